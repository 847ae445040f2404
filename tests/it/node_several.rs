//! The published Node clients watch a list of jobs from which several links are taken in one message.

use serde_json::{Value, json};

use crate::support::deployed::{StoreProcess, Wire, eventually};
use crate::support::node::{Connection, judges};
use crate::support::server::Socket;

const PENDING: &str = "/bookmarks/services/svc/jobs/pending";

/// A list of six jobs, in a resource that follows it.
async fn six_pending(store: &StoreProcess) {
    let json = "application/json";
    let mut list = json!({});
    for key in ["a", "b", "c", "d", "e", "f"] {
        store.put(&format!("/resources/job-{key}"), json, &json!({"service": "svc", "type": "noop"})).await;
        list[key] = json!({"_id": format!("resources/job-{key}")});
    }
    store.put("/resources/pending", json, &list).await;
    store.put("/resources/jobs", json, &json!({"pending": {"_id": "resources/pending", "_rev": 0}})).await;
    let services = json!({"services": {"svc": {"jobs": {"_id": "resources/jobs", "_rev": 0}}}});
    store.put("/bookmarks", json, &services).await;
}

/// A socket to the store itself, whatever is before it.
async fn plain_socket(store: &StoreProcess) -> Socket {
    Socket::open(store.url.strip_prefix("http://").unwrap(), "/", &store.token).await
}

/// Takes the links with these keys out of the list, in one message.
async fn take_out(store: &StoreProcess, keys: &[&str]) {
    let mut socket = plain_socket(store).await;
    let paths: Vec<String> = keys.iter().map(|key| format!("{PENDING}/{key}")).collect();
    socket.ask_several("delete", &paths).await;
    let (answers, together) = socket.answers(keys.len()).await;
    assert_eq!(together, keys.len());
    assert!(answers.iter().all(|answer| answer["status"] == 204), "{answers:?}");
}

/// The members that each of these changes takes away.
fn taken<'c>(changes: impl IntoIterator<Item = &'c Value>) -> Vec<Vec<&'c str>> {
    let members = |change: &'c Value| {
        assert_eq!(change["type"], "delete", "{change}");
        let body = change["body"].as_object().unwrap().iter();
        body.filter(|(_, value)| value.is_null()).map(|(name, _)| name.as_str()).collect()
    };
    changes.into_iter().map(members).collect()
}

#[tokio::test]
async fn client_5_is_told_of_each() {
    let Some(judges) = judges() else { return };
    for connection in [Connection::Http, Connection::Ws] {
        let store = StoreProcess::start(Wire::Plain);
        six_pending(&store).await;
        let mut client = judges.client5(&store, connection);
        client.call("watch", json!({"name": "list", "path": PENDING})).await;
        let tree = json!({"name": "tree", "path": "/bookmarks/services/svc/jobs", "type": "tree"});
        client.call("watch", tree).await;
        take_out(&store, &["c", "a", "e"]).await;
        take_out(&store, &["b", "none"]).await;

        let list = client.call("changes", json!({"name": "list", "count": 2})).await;
        assert_eq!(taken(list.as_array().unwrap()), [vec!["a", "c", "e"], vec!["b"]]);
        let tree = client.call("changes", json!({"name": "tree", "count": 2})).await;
        let children = tree.as_array().unwrap().iter().map(|change| &change[1]);
        assert!(children.clone().all(|child| child["path"] == "/pending"), "{tree}");
        assert_eq!(taken(children), [vec!["a", "c", "e"], vec!["b"]]);

        // A watch that was away is told the same.
        client.call("watch", json!({"name": "late", "path": PENDING, "rev": 1})).await;
        let late = client.call("changes", json!({"name": "late", "count": 2})).await;
        assert_eq!(late, list);
        let read = client.call("get", json!({"path": PENDING})).await;
        let left: Vec<&String> =
            read["data"].as_object().unwrap().keys().filter(|key| !key.starts_with('_')).collect();
        assert_eq!(left, ["d", "f"]);
    }
}

#[tokio::test]
async fn client_1_is_told_of_each() {
    let Some(judges) = judges() else { return };
    let (store, _tap) = StoreProcess::tapped(Wire::Tls).await;
    six_pending(&store).await;
    let mut client = judges.client1(&store);
    client.call("get", json!({"name": "list", "path": PENDING})).await;
    take_out(&store, &["c", "a", "e"]).await;
    take_out(&store, &["b"]).await;
    let list = client.call("changes", json!({"name": "list", "count": 2})).await;
    assert_eq!(taken(list.as_array().unwrap()), [vec!["a", "c", "e"], vec!["b"]]);
}

#[tokio::test]
async fn a_list_watch_sees_each_item_go() {
    let Some(judges) = judges() else { return };
    let (store, _tap) = StoreProcess::tapped(Wire::Tls).await;
    six_pending(&store).await;
    let mut list = judges.list1(&store, PENDING).await;
    take_out(&store, &["f", "a", "c"]).await;
    let mut removed: Vec<Value> =
        serde_json::from_value(list.call("removed", json!({"count": 3})).await).unwrap();
    removed.sort_by_key(Value::to_string);
    assert_eq!(removed, ["a", "c", "f"]);
    take_out(&store, &["b"]).await;
    assert_eq!(list.call("removed", json!({"count": 1})).await, json!(["b"]));
}

#[tokio::test]
async fn an_old_worker_goes_on() {
    let Some(judges) = judges() else { return };
    let (store, _tap) = StoreProcess::tapped(Wire::Tls).await;
    let worker = judges.worker1(&store, "svc").await;
    // It has begun with these, and will take some away itself, when their links are taken from it.
    let posted = judges.run(&store, "classic/post-classic.cjs", &["svc", "slow", "6"]).await;
    let links: Vec<String> = posted["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| format!("/bookmarks/services/svc/jobs/{}", key.as_str().unwrap()))
        .collect();
    let mut socket = plain_socket(&store).await;
    socket.ask_several("delete", &links).await;
    assert!(socket.answers(links.len()).await.0.iter().all(|answer| answer["status"] == 204));
    let posted = judges.run(&store, "classic/post-classic.cjs", &["svc", "noop", "3"]).await;
    for key in posted["keys"].as_array().unwrap() {
        let job = format!("/resources/{}", key.as_str().unwrap());
        eventually("the job is done", || async {
            store.find(&job).await.filter(|job| job["status"] == "success")
        })
        .await;
    }
    assert_eq!(worker.end().await, json!({"faults": []}));
}
