//! The client against the embedded store.

use std::collections::BTreeSet;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use oada_jobs::model::{Link, Path, ResourceId, Rev, Tree};
use oada_jobs::oada::{Client, Endpoint, Error, Transport, Url, Watch, WatchEvent};
use oada_jobs::store::{Store, StoreOptions, serve};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const JSON: &str = "application/json";
const BOTH: [Transport; 2] = [Transport::Http, Transport::Socket];

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

/// A store in a folder, served on whichever port is free at the time.
struct Served {
    folder: TempDir,
    running: Option<Running>,
    place: Arc<Place>,
}

struct Running {
    store: Store,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

/// Where the store is at the moment.
#[derive(Default)]
struct Place(Mutex<Option<Url>>);

impl Endpoint for Place {
    fn locate(&self) -> BoxFuture<'_, Result<Url, Error>> {
        let url = self.0.lock().unwrap().clone();
        let nowhere = || Error::Unreachable {
            domain: self.describe(),
            source: Arc::new(std::io::Error::other("the store is not served")),
        };
        async move { url.ok_or_else(nowhere) }.boxed()
    }

    fn describe(&self) -> String {
        "the embedded store".to_owned()
    }
}

impl Served {
    async fn start() -> Self {
        let mut served = Self { folder: tempfile::tempdir().unwrap(), running: None, place: Arc::default() };
        served.go_on().await;
        served
    }

    async fn go_on(&mut self) {
        let store = Store::open(self.folder.path(), StoreOptions::default()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        *self.place.0.lock().unwrap() = Some(url.parse().unwrap());
        let stop = CancellationToken::new();
        let serving = serve(store.clone(), listener, None, stop.clone());
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        self.running = Some(Running { store, stop, serving });
    }

    async fn stop(&mut self) {
        let Running { store, stop, serving } = self.running.take().unwrap();
        stop.cancel();
        serving.await.unwrap();
        store.close();
        *self.place.0.lock().unwrap() = None;
    }

    fn client(&self, transport: Transport) -> Client {
        let token = std::fs::read_to_string(FilePath::join(self.folder.path(), "token")).unwrap();
        Client::builder(self.place.clone())
            .token(token.trim().to_owned().into())
            .transport(transport)
            .build()
            .unwrap()
    }
}

#[tokio::test]
async fn documents_are_written_read_and_removed() {
    let served = Served::start().await;
    for transport in BOTH {
        let client = served.client(transport);
        let place = ResourceId::generate().path();
        assert_eq!(client.find(&place).await.unwrap(), None);
        assert_eq!(client.head(&place).await.unwrap(), None);
        assert!(client.get(&place).await.unwrap_err().is_not_found());

        let made = client.put(&place, JSON, &json!({"a": 1, "b": {"c": 2}}), None).await.unwrap();
        assert_eq!((made.rev, made.resource.path()), (Rev(1), place.clone()));
        let inner = client.get(&place.join("b")).await.unwrap();
        assert_eq!((inner.value, inner.leftover.as_str()), (json!({"c": 2}), "/b"));

        let stale = client.put(&place, JSON, &json!({"a": 2}), Some(&made.etag)).await.unwrap();
        let error = client.put(&place, JSON, &json!({"a": 3}), Some(&made.etag)).await.unwrap_err();
        assert!(error.is_precondition_failed(), "{error}");
        assert_eq!(client.head(&place).await.unwrap().unwrap().etag, stale.etag);

        client.delete(&place.join("b"), None).await.unwrap();
        client.delete(&place.join("b"), None).await.unwrap();
        assert_eq!(client.find(&place.join("b")).await.unwrap(), None);
        client.delete(&place, None).await.unwrap();
        assert_eq!(client.find(&place).await.unwrap(), None);
        assert!(client.is_embedded_store().await.unwrap());
    }
}

#[tokio::test]
async fn a_wrong_token_is_told_apart() {
    let served = Served::start().await;
    for transport in BOTH {
        let client = Client::builder(served.place.clone())
            .token("wrong".to_owned().into())
            .transport(transport)
            .build()
            .unwrap();
        assert!(client.get(&path("/bookmarks")).await.unwrap_err().is_unauthorized());
        let mut watch = client.watch(&path("/bookmarks"), None);
        let WatchEvent::Missing(error) = watch.next().await else { panic!("watched with a wrong token") };
        assert!(error.is_unauthorized());
    }
}

#[tokio::test]
async fn ensure_builds_what_is_missing_and_nothing_else() {
    let served = Served::start().await;
    for (transport, service) in BOTH.into_iter().zip(["one", "two"]) {
        let client = served.client(transport);
        let jobs = path(&format!("/bookmarks/services/{service}/jobs"));
        assert!(client.ensure(&jobs, Tree::classic()).await.unwrap());
        let list = client.get(&jobs).await.unwrap();
        assert_eq!(list.content_type.split(';').next(), Some("application/vnd.oada.service.jobs+json"));
        assert_eq!(list.leftover, "");

        let before = client.head(&path("/bookmarks")).await.unwrap();
        assert!(!client.ensure(&jobs, Tree::classic()).await.unwrap());
        assert!(!client.ensure(&jobs, Tree::classic()).await.unwrap());
        assert_eq!(client.head(&path("/bookmarks")).await.unwrap(), before, "something was written");

        // The day list is a resource below a plain object.
        let day = path(&format!("/bookmarks/services/{service}/jobs-success/day-index/2024-01-02"));
        assert!(client.ensure(&day, Tree::classic()).await.unwrap());
        assert_eq!(client.get(&day).await.unwrap().leftover, "");
        let index = client.get(&day.parent().unwrap()).await.unwrap();
        assert_eq!(index.leftover, "/day-index");
        assert_eq!(Link::from_value(&index.value["2024-01-02"]).unwrap().rev, None);
        let root = client.get(&path(&format!("/bookmarks/services/{service}"))).await.unwrap();
        assert!(Link::from_value(&root.value["jobs-success"]).is_some());

        let outside = path("/bookmarks/elsewhere");
        assert!(matches!(client.ensure(&outside, Tree::classic()).await, Err(Error::NotInTree { .. })));
    }
}

#[tokio::test]
async fn a_plain_object_in_the_way_is_named() {
    let served = Served::start().await;
    let client = served.client(Transport::Http);
    let service = path("/bookmarks/services/inline");
    client.ensure(&service, Tree::classic()).await.unwrap();
    client.put(&service, JSON, &json!({"jobs": {"k": {"_id": "resources/x"}}}), None).await.unwrap();
    let error = client.ensure(&service.join("jobs"), Tree::classic()).await.unwrap_err();
    let Error::InlineInsteadOfResource { path, resource } = error else { panic!("{error}") };
    assert_eq!(path, "/bookmarks/services/inline/jobs");
    assert_eq!(Some(resource), client.head(&service).await.unwrap().map(|head| head.resource));
}

#[tokio::test]
async fn many_who_ensure_the_same_tree_end_with_one() {
    let served = Served::start().await;
    let clients: Vec<Client> = (0..4).map(|_| served.client(Transport::Socket)).collect();
    let day =
        |n: usize| path(&format!("/bookmarks/services/s/jobs-failure/day-index/2024-01-0{}", n % 2 + 1));
    let all = clients.iter().cycle().take(8).enumerate();
    let made = join_all(all.map(async |(n, client)| client.ensure(&day(n), Tree::classic()).await)).await;
    let made: Vec<bool> = made.into_iter().map(Result::unwrap).collect();
    assert!(made.contains(&true));
    for n in 0..2 {
        assert_eq!(clients[0].get(&day(n)).await.unwrap().leftover, "");
    }
}

#[tokio::test]
async fn a_dangling_link_is_replaced() {
    let served = Served::start().await;
    let client = served.client(Transport::Http);
    let service = path("/bookmarks/services/dangling");
    client.ensure(&service, Tree::classic()).await.unwrap();
    client.put(&service, JSON, &json!({"jobs": {"_id": "resources/nowhere"}}), None).await.unwrap();
    assert!(client.ensure(&service.join("jobs"), Tree::classic()).await.unwrap());
    let jobs = client.get(&service.join("jobs")).await.unwrap();
    assert_ne!(jobs.resource.key(), "nowhere");
}

#[tokio::test]
async fn a_tree_put_holds_its_data_before_it_is_linked() {
    let served = Served::start().await;
    let client = served.client(Transport::Socket);
    let job = path("/bookmarks/services/s/jobs/k1");
    let made = client.tree_put(&job, &json!({"service": "s", "type": "t"}), Tree::classic()).await.unwrap();
    assert_eq!(made.rev, Rev(1), "the data came after the resource was made");
    assert_eq!(client.get(&job).await.unwrap().value["type"], "t");
    let merged = client.tree_put(&job, &json!({"status": "x"}), Tree::classic()).await.unwrap();
    assert_eq!((merged.rev, merged.resource), (Rev(2), made.resource));
    // A place inside a resource, under a key that must not be part of a path.
    let index = path("/bookmarks/services/s/jobs-success/day-index");
    client.tree_put(&index, &json!({"2024": {"_id": "resources/x"}}), Tree::classic()).await.unwrap();
    assert!(client.get(&index).await.unwrap().value["2024"].is_object());
}

#[tokio::test]
async fn a_long_list_is_read_key_by_key() {
    const KEYS: usize = 20_000;
    let served = Served::start().await;
    let client = served.client(Transport::Socket);
    let list = path("/resources/long");
    let links: Map<String, Value> = (0..KEYS)
        .map(|n| (format!("k{n}"), Link::unversioned(ResourceId::from_key("x")).to_value()))
        .collect();
    client.put(&list, JSON, &Value::Object(links), None).await.unwrap();
    let mut entries = client.entries(&list).await.unwrap();
    assert_eq!((entries.rev, entries.leftover.as_str()), (Rev(1), ""));
    let mut keys = BTreeSet::new();
    while let Some(entry) = entries.next().await {
        let (key, value) = entry.unwrap();
        assert!(Link::from_value(&value).is_some());
        assert!(keys.insert(key), "a key came twice");
        if keys.len() == 10 {
            // Other requests are not held up by a list that is being read.
            assert!(client.head(&list).await.unwrap().is_some());
        }
    }
    assert_eq!(keys.len(), KEYS);
    assert!(client.entries(&path("/resources/none")).await.err().unwrap().is_not_found());
}

/// The next event, in a word.
async fn told(watch: &mut Watch) -> String {
    match tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap() {
        WatchEvent::Started { rev } => format!("started {rev}"),
        WatchEvent::Changes(changes) => changes[0].rev().unwrap().to_string(),
        WatchEvent::Gap => "gap".to_owned(),
        WatchEvent::Deleted => "deleted".to_owned(),
        WatchEvent::Missing(error) => format!("missing {}", error.status().unwrap()),
        WatchEvent::Disconnected(_) => "disconnected".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_watch_follows_its_resource_over_restarts_on_other_ports() {
    let mut served = Served::start().await;
    let client = served.client(Transport::Socket);
    let list = path("/resources/followed");
    let write = async |n: u64| client.put(&list, JSON, &json!({"n": n}), None).await.unwrap().rev;
    write(0).await;
    let mut watch = client.watch(&list, Some(Rev(0)));
    assert_eq!(told(&mut watch).await, "started 0");
    assert_eq!(told(&mut watch).await, "1");
    for n in 2..=4 {
        assert_eq!(write(n).await, Rev(n));
        assert_eq!(told(&mut watch).await, n.to_string());
    }
    for round in 0..2 {
        served.stop().await;
        assert_eq!(told(&mut watch).await, "disconnected");
        served.go_on().await;
        let last = 4 + round;
        assert_eq!(write(0).await, Rev(last + 1));
        assert_eq!(told(&mut watch).await, format!("started {last}"));
        assert_eq!(told(&mut watch).await, (last + 1).to_string());
    }
    assert_eq!(watch.status().place.unwrap().0.key(), "followed");
    assert_eq!(client.requests().reconnects, 2);
}

#[tokio::test]
async fn no_change_is_missed_while_the_store_restarts_under_load() {
    const WRITES: u64 = 300;
    let mut served = Served::start().await;
    let client = served.client(Transport::Socket);
    let list = path("/resources/under-load");
    client.put(&list, JSON, &json!({}), None).await.unwrap();
    let mut watch = client.watch(&list, Some(Rev(0)));
    let writing = tokio::spawn({
        let (client, list) = (client.clone(), list.clone());
        async move {
            for n in 0..WRITES {
                client.put(&list, JSON, &json!({format!("k{n}"): n}), None).await.unwrap();
            }
        }
    });
    let (mut keys, mut last, mut restarts) = (BTreeSet::new(), Rev(0), 0);
    while (keys.len() as u64) < WRITES {
        match tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap() {
            WatchEvent::Changes(changes) => {
                assert_eq!(changes[0].rev(), Some(Rev(last.0 + 1)));
                last = Rev(last.0 + 1);
                let body = changes[0].body.clone().unwrap();
                keys.extend(body.into_iter().map(|(key, _)| key).filter(|key| key.starts_with('k')));
                if keys.len() as u64 >= (restarts + 1) * WRITES / 4 && restarts < 3 {
                    restarts += 1;
                    served.stop().await;
                    served.go_on().await;
                }
            }
            WatchEvent::Started { .. } | WatchEvent::Disconnected(_) => {}
            other => panic!("{other:?}"),
        }
    }
    writing.await.unwrap();
    assert_eq!(client.requests().reconnects, 3);
}

#[tokio::test]
async fn requests_wait_for_a_store_that_restarts() {
    let mut served = Served::start().await;
    for transport in BOTH {
        let client = served.client(transport);
        let place = path("/resources/patient");
        client.put(&place, JSON, &json!({}), None).await.unwrap();
        served.stop().await;
        let writing = {
            let (client, place) = (client.clone(), place.clone());
            tokio::spawn(async move { client.put(&place, JSON, &json!({"late": true}), None).await })
        };
        tokio::task::yield_now().await;
        served.go_on().await;
        writing.await.unwrap().unwrap();
        assert_eq!(client.get(&place.join("late")).await.unwrap().value, json!(true));
    }
}

#[tokio::test]
async fn a_watch_tells_of_deletion_and_of_what_comes_back() {
    let served = Served::start().await;
    let client = served.client(Transport::Socket);
    let place = path("/resources/comes-and-goes");
    let mut watch = client.watch(&place, None);
    assert_eq!(told(&mut watch).await, "missing 404");
    client.put(&place, JSON, &json!({}), None).await.unwrap();
    assert_eq!(told(&mut watch).await, "started 1");
    client.delete(&place, None).await.unwrap();
    assert_eq!(told(&mut watch).await, "deleted");
    let again = client.put(&place, JSON, &json!({}), None).await.unwrap().rev;
    loop {
        match told(&mut watch).await.as_str() {
            "missing 404" => {}
            "gap" => break,
            other => panic!("{other}"),
        }
    }
    watch.resume_from(again);
    assert_eq!(told(&mut watch).await, format!("started {again}"));
    let next = client.put(&place, JSON, &json!({}), None).await.unwrap().rev;
    assert_eq!(told(&mut watch).await, next.to_string());
}

#[tokio::test]
async fn a_consumer_that_falls_behind_gets_a_gap_and_can_go_on() {
    let served = Served::start().await;
    let client = served.client(Transport::Socket);
    let list = path("/resources/busy");
    client.put(&list, JSON, &json!({}), None).await.unwrap();
    let mut watch = client.watch(&list, None);
    assert_eq!(told(&mut watch).await, "started 1");
    // More bytes than may wait.
    let text = "x".repeat(20_000);
    let write = async |n: u64| client.put(&list, JSON, &json!({"n": n, "text": text}), None).await.unwrap();
    for round in 0..12 {
        join_all((0..100).map(|n| write(round * 100 + n))).await;
    }
    let mut last = 1;
    loop {
        match told(&mut watch).await.as_str() {
            "gap" => break,
            rev => {
                assert_eq!(rev, (last + 1).to_string());
                last += 1;
            }
        }
    }
    let listed = client.get(&list).await.unwrap();
    watch.resume_from(listed.rev);
    assert_eq!(told(&mut watch).await, format!("started {}", listed.rev));
    let written = write(0).await;
    assert_eq!(told(&mut watch).await, written.rev.to_string());
}
