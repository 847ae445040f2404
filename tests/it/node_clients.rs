//! The published Node clients against our store: @oada/client 5.3.0 over HTTP and over a socket, and 1.1.4 over wss.

use serde_json::{Value, json};

use crate::support::deployed::{StoreProcess, Wire};
use crate::support::node::{Connection, Conversation, judges};
use crate::support::recorded::{Comparison, Revs, Talk};

const BOTH: [Connection; 2] = [Connection::Http, Connection::Ws];

/// The tree of the recorded conversations.
fn tree() -> Value {
    json!({"bookmarks": {
        "_type": "application/vnd.oada.bookmarks.1+json",
        "_rev": 0,
        "things": {
            "_type": "application/vnd.oada.things.1+json",
            "_rev": 0,
            "*": {
                "_type": "application/vnd.oada.thing.1+json",
                "_rev": 0,
                "list": {
                    "_type": "application/vnd.oada.list.1+json",
                    "*": {"_type": "application/vnd.oada.item.1+json"},
                },
            },
        },
    }})
}

fn header<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer["headers"][name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// The revs of the root changes of a watch.
fn revs(changes: &Value) -> Vec<u64> {
    let changes = changes.as_array().unwrap().iter();
    // A change of a tree watch is an array, its root first.
    changes.map(|change| change.get(0).unwrap_or(change)["body"]["_rev"].as_u64().unwrap()).collect()
}

/// Every verb, by a client of either age.
async fn verbs(client: &mut Conversation, key: &str) {
    let path = format!("/resources/{key}");
    let inner = format!("{path}/b");
    let typed = "application/vnd.oada.test.1+json";
    let made = client
        .call("put", json!({"path": path, "contentType": typed, "data": {"a": 1, "b": {"c": [1]}}}))
        .await;
    assert_eq!((&made["status"], header(&made, "content-location")), (&json!(201), path.as_str()));
    assert_eq!(header(&made, "x-oada-rev"), "1");

    let read = client.call("get", json!({"path": path})).await;
    assert_eq!(read["status"], 200);
    assert_eq!(
        read["data"],
        json!({
            "_id": path[1..], "_rev": 1, "_type": typed,
            "_meta": {"_id": format!("{}/_meta", &path[1..]), "_rev": 1},
            "a": 1, "b": {"c": [1]},
        })
    );

    let merged = client.call("put", json!({"path": inner, "data": {"d": true}})).await;
    assert_eq!((&merged["status"], header(&merged, "x-oada-rev")), (&json!(201), "2"));
    let read = client.call("get", json!({"path": inner})).await;
    assert_eq!(read["data"], json!({"c": [1], "d": true}));

    let posted = client.call("post", json!({"path": inner, "data": {"e": 2}})).await;
    assert_eq!(posted["status"], 201);
    let entry = header(&posted, "content-location").strip_prefix(&format!("{inner}/")).unwrap();
    assert_eq!(entry.len(), 27);
    let of_its_own = client.call("post", json!({"path": "/resources", "data": {"e": 2}})).await;
    let own_path = header(&of_its_own, "content-location");
    assert_eq!(client.call("get", json!({"path": own_path})).await["data"]["e"], 2);

    let head = client.call("head", json!({"path": path})).await;
    assert_eq!((&head["status"], header(&head, "x-oada-rev")), (&json!(200), "3"));
    assert_eq!(header(&head, "etag"), format!("\"{key}/3\""));

    let deleted = client.call("delete", json!({"path": format!("{inner}/d")})).await;
    assert_eq!(deleted["status"], 204);
    let read = client.call("get", json!({"path": inner})).await;
    assert_eq!(read["data"], json!({"c": [1], entry: {"e": 2}}));

    assert_eq!(client.call("delete", json!({"path": path})).await["status"], 204);
    for call in ["get", "head"] {
        let error = client.attempt(call, json!({"path": path})).await.unwrap_err();
        assert_eq!(error["status"], 404, "{call}: {error}");
    }
}

#[tokio::test]
async fn client_5_has_every_verb() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let mut client = judges.client5(&store, connection);
        verbs(&mut client, &format!("verbs-{connection:?}")).await;
        let error = client.attempt("get", json!({"path": "/resources/none"})).await.unwrap_err();
        assert_eq!(error["code"], "404", "the clients test for it: {error}");
    }
}

#[tokio::test]
async fn client_1_has_every_verb() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    verbs(&mut judges.client1(&store), "verbs").await;
}

#[tokio::test]
async fn client_5_over_tls_has_every_verb() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    for connection in BOTH {
        verbs(&mut judges.client5(&store, connection), &format!("verbs-{connection:?}")).await;
    }
}

#[tokio::test]
async fn tree_puts_of_client_5_leave_what_was_recorded() {
    let Some(judges) = judges() else { return };
    for (connection, recording) in BOTH.into_iter().zip(["talk-tree-put-http", "talk-tree-put-ws"]) {
        let Some(talk) = Talk::read(recording) else { return };
        let (store, tap) = StoreProcess::tapped(Wire::Plain).await;
        let mut client = judges.client5(&store, connection);
        for (item, data) in [("x", json!({"v": 1})), ("y", json!({"v": 2})), ("x", json!({"w": 1}))] {
            let path = format!("/bookmarks/things/one/list/{item}");
            client.call("put", json!({"path": path, "data": data, "tree": tree()})).await;
        }
        let compared = Comparison::new(Revs::Exact).and_heard(talk.exchanges("client"), &tap);
        compared.assert_documents(&store, &talk).await;
    }
}

#[tokio::test]
async fn ensures_of_client_5_leave_what_was_recorded() {
    let Some(judges) = judges() else { return };
    for (connection, recording) in BOTH.into_iter().zip(["talk-ensure-http", "talk-ensure-ws"]) {
        let Some(talk) = Talk::read(recording) else { return };
        let (store, tap) = StoreProcess::tapped(Wire::Plain).await;
        let mut client = judges.client5(&store, connection);
        for made in [true, false] {
            let ensure = json!({"path": "/bookmarks/things/one", "data": {"made": made}, "tree": tree()});
            client.call("ensure", ensure).await;
        }
        let compared = Comparison::new(Revs::Exact).and_heard(talk.exchanges("client"), &tap);
        compared.assert_documents(&store, &talk).await;
    }
}

#[tokio::test]
async fn tree_posts_and_gets_of_client_5_go_as_recorded() {
    let Some(judges) = judges() else { return };
    let Some(talk) = Talk::read("talk-post-tree-ws") else { return };
    for connection in BOTH {
        let (store, tap) = StoreProcess::tapped(Wire::Plain).await;
        let mut client = judges.client5(&store, connection);
        let list = "/bookmarks/things/one/list";
        client.call("post", json!({"path": list, "data": {"v": 1}, "tree": tree()})).await;
        client.call("post", json!({"path": list, "data": {"v": 2}})).await;
        let mut compared = Comparison::new(Revs::Exact);
        if connection == Connection::Ws {
            compared = compared.and_heard(talk.exchanges("client"), &tap);
        }
        compared.assert_documents(&store, &talk).await;

        let read = client.call("get", json!({"path": "/bookmarks/things", "tree": tree()})).await;
        let list = read["data"]["one"]["list"].as_object().unwrap();
        let mut values: Vec<&Value> = list.values().filter_map(|entry| entry.get("v")).collect();
        values.sort_by_key(|value| value.as_u64());
        assert_eq!(values, [1, 2], "items are there, linked or not: {read}");
    }
}

#[tokio::test]
async fn a_tree_get_and_a_tree_watch_of_client_5_ask_what_was_recorded() {
    let Some(judges) = judges() else { return };
    for recording in ["talk-get-tree-ws", "talk-watch-ws"] {
        let Some(talk) = Talk::read(recording) else { return };
        let (store, tap) = StoreProcess::tapped(Wire::Plain).await;
        let mut client = judges.client5(&store, Connection::Ws);
        let item = "/bookmarks/things/one/list/x";
        client.call("put", json!({"path": item, "data": {"v": 1}, "tree": tree()})).await;
        let things = "/bookmarks/things";
        if recording == "talk-get-tree-ws" {
            client.call("get", json!({"path": things, "tree": tree()})).await;
        } else {
            client.call("watch", json!({"name": "w", "path": things, "type": "tree"})).await;
            client.call("put", json!({"path": "/bookmarks/things/one", "data": {"v": 1}})).await;
            client.call("delete", json!({"path": "/bookmarks/things/one/v"})).await;
            assert_eq!(revs(&client.call("changes", json!({"name": "w", "count": 2})).await).len(), 2);
        }
        Comparison::new(Revs::Exact).and_heard(talk.exchanges("client"), &tap).assert_same();
    }
}

#[tokio::test]
async fn a_tree_put_of_client_1_asks_what_was_recorded_until_it_is_taken_here() {
    let Some(judges) = judges() else { return };
    let Some(talk) = Talk::read("talk-tree-put-old-client") else { return };
    let (store, tap) = StoreProcess::tapped(Wire::Tls).await;
    let mut client = judges.client1(&store);
    let put = json!({"path": "/bookmarks/things/one", "data": {"v": 1}, "tree": tree()});
    assert_eq!(client.call("put", put).await["status"], 201);
    let mut recorded = talk.exchanges("client");
    let link = recorded.iter().position(|exchange| exchange["status"] == 412).unwrap();
    recorded.truncate(link + 1);
    let heard = tap.exchanges();
    recorded[link]["status"] = 201.into();
    let same = Comparison::new(Revs::Exact);
    same.and("requests", &recorded.into(), &heard[..=link].into()).assert_same();
    let [data] = &heard[link + 1..] else { panic!("more than the data was sent: {heard:?}") };
    assert_eq!((&data["path"], &data["body"]), (&json!("/bookmarks/things/one"), &json!({"v": 1})));
}

#[tokio::test]
async fn a_tree_put_of_client_1_needs_one_try() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    let mut client = judges.client1(&store);
    for (item, data) in [("x", json!({"v": 1})), ("y", json!({"v": 2})), ("x", json!({"w": 1}))] {
        let path = format!("/bookmarks/things/one/list/{item}");
        let put = client.call("put", json!({"path": path, "data": data, "tree": tree()})).await;
        assert_eq!(put["status"], 201);
    }
    // The reference server refuses the bare If-Match of this client; where it is taken, there is no difference to
    // what the newer one leaves.
    let Some(talk) = Talk::read("talk-tree-put-ws") else { return };
    Comparison::new(Revs::Exact).assert_documents(&store, &talk).await;
}

#[tokio::test]
async fn conditional_writes_of_client_5_are_refused_when_late() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let mut client = judges.client5(&store, connection);
        let path = format!("/resources/conditional-{connection:?}");
        let made = client.call("put", json!({"path": path, "data": {"n": 1}})).await;
        let etag = header(&made, "etag").to_owned();
        let second = client.call("put", json!({"path": path, "data": {"n": 2}, "etagIfMatch": etag})).await;
        assert_eq!(second["status"], 201);
        let late = json!({"path": path, "data": {"n": 3}, "etagIfMatch": etag});
        assert_eq!(client.attempt("put", late).await.unwrap_err()["code"], "412");
        let any_of_two =
            json!({"path": path, "data": {"n": 4}, "etagIfMatch": [etag, header(&second, "etag")]});
        assert_eq!(client.call("put", any_of_two).await["status"], 201);
        assert_eq!(client.call("get", json!({"path": path})).await["data"]["n"], 4);
    }
}

#[tokio::test]
async fn conditional_writes_of_client_1_are_refused_when_late() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    let mut client = judges.client1(&store);
    let path = "/resources/conditional";
    client.call("put", json!({"path": path, "data": {"n": 1}})).await;
    client.call("put", json!({"path": path, "data": {"n": 2}, "revIfMatch": 1})).await;
    let late = client.attempt("put", json!({"path": path, "data": {"n": 3}, "revIfMatch": 1})).await;
    assert_eq!(late.unwrap_err()["status"], 412);
    assert_eq!(client.call("get", json!({"path": path})).await["data"]["n"], 2);
}

#[tokio::test]
async fn bytes_travel_over_http() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    let mut client = judges.client5(&store, Connection::Http);
    let data = json!({"base64": "/wD+AQ=="});
    let put = json!({"path": "/resources/bytes", "data": data, "contentType": "application/octet-stream"});
    assert_eq!(client.call("put", put).await["status"], 201);
    let read = client.call("get", json!({"path": "/resources/bytes"})).await;
    assert_eq!((header(&read, "content-type"), &read["data"]), ("application/octet-stream", &data));
    // What is found in the bytes themselves is the type where none is said.
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    client.call("put", json!({"path": "/resources/picture", "data": {"base64": png}})).await;
    let read = client.call("get", json!({"path": "/resources/picture"})).await;
    assert_eq!((header(&read, "content-type"), &read["data"]["base64"]), ("image/png", &json!(png)));

    // Over a socket they cannot travel, and the client is told.
    let mut client = judges.client5(&store, Connection::Ws);
    let refused = client.attempt("get", json!({"path": "/resources/bytes"})).await.unwrap_err();
    assert_eq!(refused["code"], "400");
}

#[tokio::test]
async fn watches_of_client_5_are_told_every_change_until_they_end() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let mut client = judges.client5(&store, connection);
        let path = format!("/resources/watched-{connection:?}");
        let item = format!("{path}-item");
        client.call("put", json!({"path": item, "data": {"n": 0}})).await;
        let link = json!({"item": {"_id": item[1..], "_rev": 0}});
        client.call("put", json!({"path": path, "data": link})).await;

        let single = client.call("watch", json!({"name": "single", "path": path})).await;
        assert_eq!(single["status"], 200);
        client.call("watch", json!({"name": "tree", "path": path, "type": "tree"})).await;
        client.call("put", json!({"path": path, "data": {"own": 1}})).await;
        client.call("put", json!({"path": item, "data": {"n": 1}})).await;
        client.call("delete", json!({"path": format!("{path}/own")})).await;

        let whole = client.call("changes", json!({"name": "tree", "count": 3})).await;
        assert_eq!(revs(&whole), [2, 3, 4]);
        assert_eq!(whole[0][0]["body"]["own"], 1);
        assert_eq!(
            (&whole[1][1]["path"], &whole[1][1]["body"]["n"]),
            (&json!("/item"), &json!(1)),
            "{whole}"
        );
        assert_eq!((&whole[2][0]["type"], &whole[2][0]["body"]["own"]), (&json!("delete"), &Value::Null));
        // A single watch gives the changes of the children one by one.
        let one_by_one = client.call("changes", json!({"name": "single", "count": 4})).await;
        let of_whole: Vec<&Value> =
            whole.as_array().unwrap().iter().flat_map(|all| all.as_array().unwrap()).collect();
        assert_eq!(one_by_one.as_array().unwrap().iter().collect::<Vec<_>>(), of_whole);

        // One ends by itself, the other by its id; a third sees that there was something to be told.
        client.call("end", json!({"name": "tree"})).await;
        assert_eq!(client.call("unwatch", json!({"requestId": single["requestId"]})).await["status"], 200);
        client.call("watch", json!({"name": "third", "path": path})).await;
        client.call("put", json!({"path": path, "data": {"own": 2}})).await;
        assert_eq!(revs(&client.call("changes", json!({"name": "third", "count": 1})).await), [5]);
        assert_eq!(client.call("quiet", json!({"name": "single"})).await, true);
    }
}

#[tokio::test]
async fn watches_of_client_5_resume_where_they_left_off() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let mut client = judges.client5(&store, connection);
        let path = format!("/resources/resumed-{connection:?}");
        for number in 1..=40 {
            client.call("put", json!({"path": path, "data": {"number": number}})).await;
        }
        for missed in [0, 1, 3, 39] {
            let name = format!("after {missed}");
            client.call("watch", json!({"name": name, "path": path, "rev": 40 - missed})).await;
            let mut told = Vec::new();
            if missed > 0 {
                told = revs(&client.call("changes", json!({"name": name, "count": missed})).await);
            }
            assert_eq!(told, (41 - missed..=40).collect::<Vec<u64>>(), "{connection:?}");
        }
        client.call("put", json!({"path": path, "data": {"number": 41}})).await;
        for missed in [0, 1, 3, 39] {
            let name = format!("after {missed}");
            assert_eq!(revs(&client.call("changes", json!({"name": name, "count": 1})).await), [41]);
        }
    }
}

#[tokio::test]
async fn a_watch_of_client_5_ends_with_its_resource() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let mut client = judges.client5(&store, connection);
        let path = format!("/resources/ended-{connection:?}");
        client.call("put", json!({"path": path, "data": {}})).await;
        client.call("watch", json!({"name": "tree", "path": path, "type": "tree"})).await;
        client.call("delete", json!({"path": path})).await;
        let told = client.call("changes", json!({"name": "tree", "count": 1})).await;
        assert_eq!((&told[0][0]["type"], &told[0][0]["path"]), (&json!("delete"), &json!("")), "{told}");
    }
}

#[tokio::test]
async fn watches_of_client_1_resume_and_end() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    let mut client = judges.client1(&store);
    let path = "/resources/watched";
    for number in 1..=5 {
        client.call("put", json!({"path": path, "data": {"number": number}})).await;
    }
    // A GET that goes on as a watch, from the rev that it has read.
    let read = client.call("get", json!({"path": path, "name": "gone on"})).await;
    assert_eq!(read["data"]["number"], 5);
    let resumed = client.call("watch", json!({"path": path, "name": "resumed", "rev": "2"})).await;
    client.call("put", json!({"path": path, "data": {"number": 6}})).await;
    assert_eq!(revs(&client.call("changes", json!({"name": "resumed", "count": 4})).await), [3, 4, 5, 6]);
    assert_eq!(revs(&client.call("changes", json!({"name": "gone on", "count": 1})).await), [6]);

    assert_eq!(client.call("unwatch", json!({"requestId": resumed})).await["status"], 200);
    client.call("delete", json!({"path": format!("{path}/number")})).await;
    let told = client.call("changes", json!({"name": "gone on", "count": 1})).await;
    assert_eq!((&told[0]["type"], &told[0]["body"]["number"]), (&json!("delete"), &Value::Null));
    assert_eq!(client.call("quiet", json!({"name": "resumed"})).await, true);
}

#[tokio::test]
async fn a_watch_of_client_5_that_is_kept_on_the_store_goes_on_in_the_next_process() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    for connection in BOTH {
        let path = format!("/resources/kept-{connection:?}");
        let watch =
            json!({"name": "kept", "path": path, "persist": {"name": "judge", "recordLapsedTimeout": 60000}});
        let mut client = judges.client5(&store, connection);
        client.call("put", json!({"path": path, "data": {"number": 1}})).await;
        client.call("watch", watch.clone()).await;
        for number in 2..=4 {
            client.call("put", json!({"path": path, "data": {"number": number}})).await;
        }
        let numbers = |changes: Value| -> Vec<Option<u64>> {
            changes.as_array().unwrap().iter().map(|change| change["body"]["number"].as_u64()).collect()
        };
        let told = client.call("changes", json!({"name": "kept", "count": 2})).await;
        assert_eq!(numbers(told), [Some(2), Some(3)]);
        drop(client);

        // The client's own note in the resource's meta counts as a change that it has not been told of, so it begins
        // there.
        let mut next = judges.client5(&store, connection);
        next.call("watch", watch).await;
        let told = next.call("changes", json!({"name": "kept", "count": 4})).await;
        assert_eq!(numbers(told), [None, Some(2), Some(3), Some(4)]);
    }
}
