//! Whatever one client sends or leaves undone, it gets an answer, and the others do not notice.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::server::{PATIENCE, Socket, TestStore, http};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Sends bytes and gives back what comes until the server closes.
async fn raw(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // The server may close while this is still being sent.
    let _ = stream.write_all(bytes).await;
    let _ = tokio::time::timeout(PATIENCE * 2, stream.read_to_end(&mut answer)).await.expect("an end");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_and_nothing_stops() {
    let store = TestStore::start().await;
    let head = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let long = "x".repeat(200_000);
    let cases: Vec<Vec<u8>> = vec![
        vec![0; 1000],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\xff\xfe\xfd / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        head(&format!("/resources/{long}")).into_bytes(),
        format!("GET / HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(5000)).into_bytes(),
        b"PUT /resources/a HTTP/1.1\r\nhost: x\r\ncontent-length: nonsense\r\n\r\n".to_vec(),
        b"PUT /resources/a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n".to_vec(),
    ];
    for case in cases {
        let answer = raw(&store.address, &case).await;
        let line = String::from_utf8_lossy(&answer[..answer.len().min(40)]).into_owned();
        assert!(answer.is_empty() || line.starts_with("HTTP/1.1 4"), "{line}");
    }
    assert_eq!(store.get("/bookmarks").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_and_body_has_a_documented_answer() {
    let store = TestStore::start().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{}1{}", r#"{"a":"#.repeat(120), "}".repeat(120));
    let bodies: Vec<(Vec<u8>, &[u16])> = vec![
        (deep.into_bytes(), &[400]),
        (nested.into_bytes(), &[422]),
        (b"\xff\xff".to_vec(), &[400]),
        (b"{\"a\":1e999}".to_vec(), &[400]),
        (b"[]".to_vec(), &[422]),
        (b"{\"_meta\":5}".to_vec(), &[422]),
        (b"{\"_type\":5}".to_vec(), &[422]),
        (b"{\"_type\":\"a\\nb\"}".to_vec(), &[422]),
        (b"{\"\":{\"\":1},\"a\\u0000b\":2,\"a/~\":3}".to_vec(), &[201]),
    ];
    for (body, statuses) in bodies {
        let reply = store.send("PUT", "/resources/b", &JSON, &body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert!(statuses.contains(&reply.status), "{} for {shown}", reply.status);
        if reply.status >= 400 {
            assert_eq!(reply.json()["statusCode"], reply.status);
        }
    }
    let whole = store.get("/resources/b").await.json();
    assert_eq!((&whole[""][""], &whole["a\0b"], &whole["a/~"]), (&json!(1), &json!(2), &json!(3)));

    let long = "/x".repeat(200);
    let paths = [
        ("/resources", 404),
        ("/resources/", 404),
        ("/resources//", 404),
        ("/resources/%00", 404),
        ("/resources/b/~2/~/%2f", 404),
        ("/bookmarks/_meta/_changes/99999999999999999999999", 200),
        ("/bookmarks/_meta/_changes/1/0/body", 404),
        ("/bookmarks/_rev/x", 404),
        ("/users/", 404),
        (long.as_str(), 404),
        (&*format!("/resources/b{long}"), 414),
        ("//", 404),
        ("/resources/b/%", 400),
    ]
    .map(|(path, status)| (path.to_owned(), status));
    for (path, status) in paths {
        assert_eq!(store.get(&path).await.status, status, "{path}");
    }
    for own in ["_id", "_rev", "_type", "_meta", "_meta/_owner", "_meta/stats"] {
        assert_eq!(store.delete(&format!("/resources/b/{own}")).await.status, 422, "{own}");
    }
    assert!(store.store.check().unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_cut_off() {
    let store = TestStore::start().await;
    let mut stream = TcpStream::connect(&store.address).await.unwrap();
    stream.write_all(b"GET /bookmarks HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "still open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_messages_is_answered_and_hinders_nobody() {
    const FLOOD: usize = 5_000;
    let store = TestStore::start().await;
    store.put("/resources/a", &json!({})).await;
    let mut flood = store.socket().await;
    for number in 0..FLOOD {
        let method = if number % 10 == 0 { "put" } else { "get" };
        let data = (number % 10 == 0).then(|| json!({"n": number}));
        let headers = json!({"content-type": "application/json"});
        flood.ask(&number.to_string(), method, "/resources/a", headers, data).await;
        if number == FLOOD / 2 {
            assert_eq!(store.get("/bookmarks").await.status, 200);
        }
    }
    let mut answered = vec![false; FLOOD];
    for _ in 0..FLOOD {
        let answer = flood.next().await;
        assert!(answer["status"].as_u64().unwrap() < 300, "{answer}");
        let number: usize = answer["requestId"].as_str().unwrap().parse().unwrap();
        assert!(!std::mem::replace(&mut answered[number], true), "{number} was answered twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_does_not_read_holds_up_nobody_and_misses_nothing() {
    const WRITES: u64 = 600;
    let store = TestStore::start().await;
    store.put("/resources/w", &json!({})).await;
    let mut lazy = store.socket().await;
    lazy.ask("w", "watch", "/resources/w", json!({}), None).await;
    lazy.next().await;
    let mut writer = store.socket().await;
    // More than all the buffers on the way can hold.
    let text = "x".repeat(20_000);
    for number in 1..=WRITES {
        let data = json!({"n": number, "text": text});
        writer.ask("p", "put", "/resources/w", json!({"content-type": "application/json"}), Some(data)).await;
        assert_eq!(writer.next().await["status"], 201);
    }
    for number in 1..=WRITES {
        let change = lazy.next().await;
        assert_eq!(change["change"][0]["body"]["n"], number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_watches_on_one_socket() {
    const RESOURCES: usize = 2_000;
    let store = TestStore::start().await;
    let mut socket = store.socket().await;
    let json_type = json!({"content-type": "application/json"});
    for (method, status) in [("put", 201), ("watch", 200)] {
        for number in 0..RESOURCES {
            let data = (method == "put").then(|| json!({}));
            let path = format!("/resources/w{number}");
            socket.ask(&number.to_string(), method, &path, json_type.clone(), data).await;
        }
        for _ in 0..RESOURCES {
            assert_eq!(socket.next().await["status"], status);
        }
    }
    assert_eq!(store.store.stats().unwrap().watches, RESOURCES);
    let mut writer = store.socket().await;
    for number in (0..RESOURCES).step_by(100) {
        let path = format!("/resources/w{number}");
        writer.ask("p", "put", &path, json_type.clone(), Some(json!({"n": number}))).await;
        assert_eq!(writer.next().await["status"], 201);
        let change = socket.next().await;
        assert_eq!(change["requestId"], json!([number.to_string()]));
    }
    socket.close().await;
    for _ in 0..200 {
        if store.store.stats().unwrap().watches == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("watches outlive their socket");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pieces_and_whole() {
    let store = TestStore::start().await;
    let members: serde_json::Map<String, Value> = (0..20_000)
        .map(|number| (format!("k{number:06}"), json!({"_id": format!("resources/r{number}")})))
        .collect();
    assert_eq!(store.put("/resources/list", &Value::Object(members.clone())).await.status, 201);
    let got = store.get("/resources/list").await;
    assert_eq!(got.header("transfer-encoding"), Some("chunked"));
    let mut whole = got.json();
    let map = whole.as_object_mut().unwrap();
    for own in ["_id", "_rev", "_type", "_meta"] {
        assert!(map.remove(own).is_some());
    }
    assert_eq!(*map, members);
    let mut socket = store.socket().await;
    socket.ask("g", "get", "/resources/list", json!({}), None).await;
    assert_eq!(socket.next().await["data"].as_object().unwrap().len(), 20_004);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_token_reads_only() {
    let store = TestStore::start().await;
    store.put("/resources/a", &json!({"v": 1})).await;
    let token = store.token_for("owner", &["all:read"]);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), JSON[0]];
    let address = &store.address;
    assert_eq!(http(address, "GET", "/resources/a", &headers, b"").await.status, 200);
    for (method, path) in [("PUT", "/resources/a"), ("PUT", "/resources/new"), ("DELETE", "/resources/a")] {
        let refused = http(address, method, path, &headers, b"{}").await;
        assert_eq!(refused.status, 403, "{method} {path}");
        assert_eq!(refused.json()["message"], "Token does not have required scope");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_on_a_list_reaches_its_items_and_shows_among_the_shares() {
    let store = TestStore::start().await;
    let ann = store.store.add_user("ann").unwrap();
    let token = store.token_for("ann", &["all:all"]);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), JSON[0]];
    let address = &store.address;
    store.put("/resources/item", &json!({"v": 1})).await;
    store.put("/resources/list", &json!({"k": {"_id": "resources/item"}})).await;
    assert_eq!(http(address, "GET", "/resources/list/k", &headers, b"").await.status, 403);
    let grant = json!({"_permissions": {&ann.id: {"read": true, "write": false}}});
    assert_eq!(store.put("/resources/list/_meta", &grant).await.status, 201);
    let read = http(address, "GET", "/resources/list/k", &headers, b"").await;
    assert_eq!((read.status, &read.json()["v"]), (200, &json!(1)));
    assert_eq!(http(address, "PUT", "/resources/list/k", &headers, b"{}").await.status, 403);
    assert_eq!(http(address, "GET", "/resources/item", &headers, b"").await.status, 403);
    let shares = http(address, "GET", "/shares", &headers, b"").await.json();
    assert_eq!(shares["list"], json!({"_id": "resources/list"}));
    assert_eq!(http(address, "PUT", "/shares", &headers, b"{}").await.status, 403);

    // Nobody comes to read a foreign resource by linking it.
    assert_eq!(
        http(address, "PUT", "/bookmarks/stolen", &headers, br#"{"_id":"resources/item"}"#).await.status,
        201
    );
    assert_eq!(http(address, "GET", "/bookmarks/stolen", &headers, b"").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_managed_over_http_by_the_owner_alone() {
    let store = TestStore::start().await;
    let made = store.send("POST", "/authorizations", &JSON, br#"{"name":"ci","scopes":["all:read"]}"#).await;
    assert_eq!(made.status, 201);
    let (id, token) = (made.json()["id"].clone(), made.json()["token"].clone());
    let token = token.as_str().unwrap();
    let listed = store.get("/authorizations").await;
    assert_eq!(listed.json().as_array().unwrap().len(), 2);
    assert!(!String::from_utf8_lossy(&listed.body).contains(token));
    let folder = std::fs::read(store.folder.path().join("store.redb")).unwrap();
    assert!(!folder.windows(token.len()).any(|window| window == token.as_bytes()), "a token is on the disk");

    let mut socket = Socket::open(&store.address, "/", token).await;
    socket.ask("r", "get", "/bookmarks", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 200);
    let bearer = format!("Bearer {token}");
    let theirs = [("authorization", bearer.as_str())];
    let refused = http(&store.address, "GET", "/authorizations", &theirs, b"").await;
    assert_eq!(refused.status, 403);

    let path = format!("/authorizations/{}", id.as_str().unwrap());
    assert_eq!(store.delete(&path).await.status, 204);
    socket.ask("r", "get", "/bookmarks", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 401);
    assert_eq!(store.delete(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_with_a_certificate_nobody_signed() {
    use oada_jobs::store::{Store, StoreOptions, Tls, serve};
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), StoreOptions::default()).unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Tls::self_signed(&["localhost".to_owned()]).unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let serving = tokio::spawn(serve(store, listener, Some(tls), stop.clone()));
    let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build().unwrap();
    let url = format!("https://127.0.0.1:{port}");
    let answer = client.get(format!("{url}/.well-known/oada-configuration")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let document: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(document["oada_base_uri"], format!("{url}/"));
    assert!(reqwest::get(&url).await.is_err(), "nobody has signed it");
    stop.cancel();
    serving.await.unwrap().unwrap();
}
