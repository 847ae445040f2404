//! The client against servers that refuse, stall, break off and move.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Response};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oada_jobs::model::{Path, Rev};
use oada_jobs::oada::{Client, Domain, Endpoint, Error, Transport, Url, Watch, WatchEvent};
use serde_json::{Value, json};

use crate::support::scripted::{Scripted, resource, status};

const TOKEN: &str = "very-secret";
const JSON: &str = "application/json";

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

fn builder(url: &str) -> oada_jobs::oada::Builder {
    Client::builder(Arc::new(Domain::parse(url).unwrap())).token(TOKEN.to_owned().into())
}

fn client(server: &Scripted) -> Client {
    builder(&server.url).build().unwrap()
}

/// A server that gives the answers of `script` one after the other, and the last one for ever.
fn in_turn(script: Vec<fn() -> Response<Body>>) -> Scripted {
    let turn = Mutex::new(0);
    Scripted::start(move |_| {
        let mut turn = turn.lock().unwrap();
        let answer = script[(*turn).min(script.len() - 1)]();
        *turn += 1;
        Some(answer)
    })
}

#[tokio::test]
async fn a_document_is_read_and_the_token_is_sent() {
    let server = Scripted::start(|_| Some(resource(200, "k", 7, &json!({"a": 1}))));
    let document = client(&server).get(&path("/bookmarks/a%20b")).await.unwrap();
    assert_eq!((document.value, document.rev, document.etag.as_str()), (json!({"a": 1}), Rev(7), "\"k/7\""));
    let [seen] = &server.seen()[..] else { panic!("not one request") };
    assert_eq!(seen.path, "/bookmarks/a%20b");
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn a_write_carries_its_type_and_its_condition() {
    let server = Scripted::start(|_| Some(resource(201, "k", 8, &Value::Null)));
    let written =
        client(&server).put(&path("/resources/k"), JSON, &json!({"a": 1}), Some("\"k/7\"")).await.unwrap();
    assert_eq!(written.rev, Rev(8));
    let [seen] = &server.seen()[..] else { panic!("not one request") };
    assert_eq!((&seen.method, &*seen.body), (&Method::PUT, &b"{\"a\":1}"[..]));
    assert_eq!(
        (&seen.headers["content-type"], &seen.headers["if-match"]),
        (&JSON.parse().unwrap(), &"\"k/7\"".parse().unwrap())
    );
}

#[tokio::test]
async fn refusals_are_told_once_each_by_its_name() {
    for code in [301, 400, 401, 403, 404, 406, 412, 413, 422, 500] {
        let server = Scripted::start(move |_| Some(status(code)));
        let client = client(&server);
        let error = client.put(&path("/bookmarks/a"), JSON, &json!({}), None).await.unwrap_err();
        assert_eq!(error.status(), Some(code));
        assert!(error.to_string().contains("PUT /bookmarks/a"), "{error}");
        assert!(!format!("{error} {error:?}").contains(TOKEN));
        assert_eq!(server.seen().len(), 1, "{code} was repeated");
        assert_eq!(client.requests().retries, 0);
    }
}

#[tokio::test]
async fn nothing_there_is_none_also_where_older_servers_forbid() {
    let server =
        in_turn(vec![|| status(404), || status(404), || status(403), || status(403), || status(403)]);
    let client = client(&server);
    assert_eq!(client.find(&path("/bookmarks/a")).await.unwrap(), None);
    assert_eq!(client.head(&path("/bookmarks/a")).await.unwrap(), None);
    assert_eq!(client.find(&path("/resources/a")).await.unwrap(), None);
    assert_eq!(client.head(&path("/resources/a")).await.unwrap(), None);
    assert!(client.find(&path("/bookmarks/a")).await.unwrap_err().is_forbidden());
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_asked_again() {
    let slow_down =
        || Response::builder().status(429).header("retry-after", "1").body(Body::empty()).unwrap();
    let server =
        in_turn(vec![slow_down, || status(503), || status(502), || resource(200, "k", 1, &json!(1))]);
    let client = client(&server);
    let started = std::time::Instant::now();
    assert_eq!(client.get(&path("/resources/k")).await.unwrap().value, json!(1));
    assert!(started.elapsed() >= Duration::from_secs(1), "Retry-After was not honoured");
    assert_eq!((client.requests().requests, client.requests().retries), (1, 3));
}

#[tokio::test]
async fn a_wait_beyond_the_patience_is_an_error_that_says_how_long() {
    let server = Scripted::start(|_| {
        Some(Response::builder().status(429).header("retry-after", "120").body(Body::empty()).unwrap())
    });
    let error = client(&server).get(&path("/resources/k")).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert!(error.is_transient());
}

#[tokio::test]
async fn answers_that_make_no_sense_are_named() {
    let html = || Response::builder().status(200).body(Body::from("<html>")).unwrap();
    let server = in_turn(vec![html, || resource(200, "k", 1, &Value::Null), || status(200), || status(201)]);
    let client = client(&server);
    for _ in 0..3 {
        let error = client.get(&path("/resources/k")).await.unwrap_err();
        assert!(matches!(error, Error::Garbage { .. }), "{error}");
    }
    let error = client.put(&path("/resources/k"), JSON, &json!({}), None).await.unwrap_err();
    assert!(matches!(error, Error::Garbage { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for transport in [Transport::Http, Transport::Socket] {
        for patience in [Duration::ZERO, Duration::from_millis(500)] {
            let client = builder(&url).patience(patience).transport(transport).build().unwrap();
            let started = std::time::Instant::now();
            let error = client.get(&path("/resources/k")).await.unwrap_err();
            assert!(matches!(error, Error::Unreachable { .. }), "{error}");
            assert!(error.to_string().contains(&url), "{error}");
            assert!(started.elapsed() < Duration::from_secs(10));
            assert_eq!(client.requests().retries > 0, transport == Transport::Http && !patience.is_zero());
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_times_out() {
    let mut server = Scripted::start(|_| None);
    let limit = Duration::from_millis(200);
    let set_up = || builder(&server.url).request_timeout(limit).patience(Duration::ZERO);
    let error = set_up().build().unwrap().get(&path("/resources/k")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    let client = set_up().transport(Transport::Socket).build().unwrap();
    let error = client.get(&path("/resources/k")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    server.socket().await.receive().await;
}

#[tokio::test]
async fn a_list_that_breaks_off_is_an_error() {
    let server = Scripted::start(|_| {
        let mut answer = resource(200, "l", 3, &Value::Null);
        *answer.body_mut() = Body::from(r#"{"_id":"resources/l","a":{"_id":"resources/x"},"b":"#);
        Some(answer)
    });
    let mut entries = client(&server).entries(&path("/resources/l")).await.unwrap();
    assert_eq!((entries.rev, entries.resource.key()), (Rev(3), "l"));
    assert_eq!(entries.next().await.unwrap().unwrap(), ("a".to_owned(), json!({"_id": "resources/x"})));
    assert!(matches!(entries.next().await, Some(Err(Error::Garbage { .. }))));
    assert!(entries.next().await.is_none());
}

#[tokio::test]
async fn opening_a_list_is_refused_with_the_servers_words() {
    let server = Scripted::start(|_| {
        Some(Response::builder().status(403).body(Body::from(r#"{"message":"no, not you"}"#)).unwrap())
    });
    let error = client(&server).entries(&path("/bookmarks/l")).await.err().unwrap();
    assert!(error.is_forbidden() && error.to_string().contains("no, not you"), "{error}");
}

#[tokio::test]
async fn the_socket_carries_what_is_small_and_http_the_rest() {
    let mut server = Scripted::start(|seen| {
        Some(match seen.path.as_str() {
            "/.well-known/openid-configuration" => Response::new(Body::from("{}")),
            _ => resource(201, "over-http", 1, &Value::Null),
        })
    });
    let client = builder(&server.url).transport(Transport::Socket).build().unwrap();
    let place = path("/resources/k");
    let by_socket = tokio::spawn({
        let (client, place) = (client.clone(), place.clone());
        async move {
            let read = client.get(&place).await.unwrap();
            (read, client.put(&place, JSON, &json!({"a": 1}), Some("\"k/1\"")).await.unwrap())
        }
    });
    let mut peer = server.socket().await;
    let get = peer.receive().await;
    assert_eq!((&get["method"], &get["path"]), (&json!("get"), &json!("/resources/k")));
    peer.answer(&get, 200, "k", 1, json!([1])).await;
    let put = peer.receive().await;
    assert_eq!((&put["data"], &put["headers"]["if-match"]), (&json!({"a": 1}), &json!("\"k/1\"")));
    peer.answer(&put, 201, "k", 2, Value::Null).await;
    let (read, written) = by_socket.await.unwrap();
    assert_eq!((read.value, written.rev), (json!([1]), Rev(2)));
    assert!(server.seen().is_empty());

    let large = json!("x".repeat(3 << 19));
    assert_eq!(client.put(&place, JSON, &large, None).await.unwrap().resource.key(), "over-http");
    assert_eq!(client.delete(&place, None).await.unwrap().resource.key(), "over-http");
    assert_eq!(client.delete(&place, None).await.unwrap().resource.key(), "over-http");
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/resources/k", "/.well-known/openid-configuration", "/resources/k", "/resources/k"]);
}

#[tokio::test]
async fn our_own_store_takes_deletes_over_the_socket() {
    let mut server = Scripted::start(|_| Some(Response::new(Body::from(r#"{"oada_jobs":{"version":"1"}}"#))));
    let client = builder(&server.url).transport(Transport::Socket).concurrency(1).build().unwrap();
    let deleting = tokio::spawn(async move { client.delete(&path("/resources/l/k"), None).await });
    let mut peer = server.socket().await;
    let delete = peer.receive().await;
    assert_eq!(delete["method"], "delete");
    peer.answer(&delete, 204, "k", 3, Value::Null).await;
    assert_eq!(deleting.await.unwrap().unwrap().rev, Rev(3));
}

#[tokio::test]
async fn a_request_whose_socket_dies_is_sent_again() {
    let mut server = Scripted::start(|_| None);
    let client = builder(&server.url).transport(Transport::Socket).build().unwrap();
    let reading = tokio::spawn({
        let client = client.clone();
        async move { client.get(&path("/resources/k")).await }
    });
    let mut peer = server.socket().await;
    peer.receive().await;
    drop(peer);
    let mut peer = server.socket().await;
    let get = peer.receive().await;
    peer.answer(&get, 200, "k", 1, json!(1)).await;
    assert_eq!(reading.await.unwrap().unwrap().value, json!(1));
    assert_eq!((client.requests().retries, client.requests().reconnects), (1, 1));
}

/// An endpoint that moves when the test says so.
struct Moving(Mutex<String>);

impl Endpoint for Moving {
    fn locate(&self) -> BoxFuture<'_, Result<Url, Error>> {
        let url = self.0.lock().unwrap().clone();
        async move { Ok(url.parse().unwrap()) }.boxed()
    }

    fn describe(&self) -> String {
        "the moving store".to_owned()
    }
}

#[tokio::test]
async fn a_store_that_moves_is_followed() {
    for transport in [Transport::Http, Transport::Socket] {
        let start = || Scripted::start(|_| Some(resource(200, "k", 1, &json!("http"))));
        let mut first = start();
        let endpoint = Arc::new(Moving(Mutex::new(first.url.clone())));
        let client = Client::builder(endpoint.clone()).transport(transport).build().unwrap();
        let get = || {
            let client = client.clone();
            tokio::spawn(async move { client.get(&path("/resources/k")).await.unwrap().value })
        };
        for _ in 0..2 {
            let reading = get();
            if transport == Transport::Socket {
                let mut peer = first.socket().await;
                let request = peer.receive().await;
                peer.answer(&request, 200, "k", 1, json!("socket")).await;
                assert_eq!(reading.await.unwrap(), json!("socket"));
            } else {
                assert_eq!(reading.await.unwrap(), json!("http"));
            }
            let next = start();
            endpoint.0.lock().unwrap().clone_from(&next.url);
            first = next;
        }
    }
}

/// The next event, in a word.
async fn told(watch: &mut Watch) -> String {
    match tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap() {
        WatchEvent::Started { rev } => format!("started {rev}"),
        WatchEvent::Changes(changes) => changes[0].rev().unwrap().to_string(),
        WatchEvent::Gap => "gap".to_owned(),
        WatchEvent::Deleted => "deleted".to_owned(),
        WatchEvent::Missing(error) => format!("missing {error}"),
        WatchEvent::Disconnected(_) => "disconnected".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_watch_goes_on_after_its_server_has_died_and_moved() {
    let mut server = Scripted::start(|_| None);
    let endpoint = Arc::new(Moving(Mutex::new(server.url.clone())));
    let client = Client::builder(endpoint.clone()).build().unwrap();
    let mut watch = client.watch(&path("/bookmarks/l"), Some(Rev(4)));
    let mut peer = server.socket().await;
    let request = peer.receive().await;
    assert_eq!((&request["method"], &request["headers"]["x-oada-rev"]), (&json!("watch"), &json!("4")));
    peer.answer(&request, 200, "l", 4, Value::Null).await;
    peer.change(&request, "l", 5).await;
    peer.change(&request, "l", 6).await;
    for event in ["started 4", "5", "6"] {
        assert_eq!(told(&mut watch).await, event);
    }
    let mut next = Scripted::start(|_| None);
    endpoint.0.lock().unwrap().clone_from(&next.url);
    drop(peer);
    drop(server);
    let mut peer = next.socket().await;
    let request = peer.receive().await;
    // One before the last, to see that the last one was really done.
    assert_eq!(request["headers"]["x-oada-rev"], "5");
    peer.answer(&request, 200, "l", 7, Value::Null).await;
    peer.change(&request, "l", 6).await;
    peer.change(&request, "l", 7).await;
    for event in ["disconnected", "started 6", "7"] {
        assert_eq!(told(&mut watch).await, event);
    }
    // The store was made anew.
    drop(peer);
    let mut peer = next.socket().await;
    let request = peer.receive().await;
    peer.answer(&request, 200, "l", 2, Value::Null).await;
    for event in ["disconnected", "gap"] {
        assert_eq!(told(&mut watch).await, event);
    }
    assert_eq!(client.requests().reconnects, 2);
}

#[tokio::test]
async fn a_watch_on_a_path_that_cannot_be_sent_says_so() {
    let server = Scripted::start(|_| None);
    let mut watch = client(&server).watch(&Path::root().join("a b"), None);
    assert!(told(&mut watch).await.contains("cannot be requested"));
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_and_missing_authorities_are_refused_at_once() {
    let client = builder("localhost").token("a\nb".to_owned().into()).build();
    assert!(matches!(client, Err(Error::InvalidToken)));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    assert!(matches!(builder("localhost").ca_file(&file).build(), Err(Error::CaFile { .. })));
    std::fs::write(&file, "no certificate").unwrap();
    assert!(matches!(builder("localhost").ca_file(&file).build(), Err(Error::CaFile { .. })));
}

#[tokio::test]
async fn a_certificate_is_trusted_when_its_authority_is() {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, certificate.cert.pem()).unwrap();
    let mut server = Scripted::start_tls(&certificate, |_| Some(resource(200, "k", 1, &json!("http"))));
    let place = path("/resources/k");
    for transport in [Transport::Http, Transport::Socket] {
        let set_up = || builder(&server.url).transport(transport);
        let error = set_up().build().unwrap().get(&place).await.unwrap_err();
        assert!(matches!(error, Error::Certificate { .. }) && !error.is_transient(), "{error:?}");
        let clients = [set_up().ca_file(&file), set_up().accept_invalid_certs(true)]
            .map(|set_up| set_up.build().unwrap());
        for client in clients {
            let place = place.clone();
            let reading = tokio::spawn(async move { client.get(&place).await.unwrap().value });
            if transport == Transport::Socket {
                let mut peer = server.socket().await;
                let request = peer.receive().await;
                peer.answer(&request, 200, "k", 1, json!("socket")).await;
            }
            assert!(reading.await.unwrap().is_string());
        }
    }
}
