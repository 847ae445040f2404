//! Several requests in one message to the store, over a real socket.

use std::time::Duration;

use oada_jobs::store::StoreOptions;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::server::{Socket, TestStore, link};

/// What a request alone is answered.
async fn alone(socket: &mut Socket, method: &str, path: &str) -> Value {
    socket.ask("alone", method, path, json!({}), None).await;
    let mut answer = socket.next().await;
    assert_eq!(answer.as_object_mut().unwrap().remove("requestId"), Some(json!("alone")));
    answer
}

#[tokio::test]
async fn a_client_is_told_of_what_there_may_be_several() {
    let store = TestStore::start().await;
    let stream = TcpStream::connect(&store.address).await.unwrap();
    let url = format!("ws://{}/", store.address);
    let (_, response) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    assert_eq!(response.headers()["x-oada-several"], "get, put, delete");
    assert_eq!(store.get("/bookmarks").await.header("x-oada-several"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_gets_are_answered_as_each_alone() {
    let store = TestStore::start().await;
    store.put("/resources/job", &json!({"is": "small", "in": {"it": [1, {"x": "ä\""}]}})).await;
    store.put("/resources/list", &json!({"job": link("job"), "gone": link("none"), "n": null})).await;
    store.send("PUT", "/resources/bytes", &[("content-type", "image/png")], b"\x89PNG").await;
    let many: serde_json::Map<String, Value> = (0..9000).map(|n| (format!("key{n}"), link("job"))).collect();
    store.put("/resources/many", &many.into()).await;
    let other = store.token_for("owner", &["oada.service:read"]);
    let long = format!("/resources/{}", "x/".repeat(200));
    let paths = [
        "/resources/job",
        "/resources/list",
        "/resources/list/job",
        "/resources/list/job/in/it/1/x",
        "/resources/job",
        "/resources/list/gone",
        "/resources/none/x",
        "/resources/list/n",
        "/resources/list/_meta/_changes",
        "/resources/list/_meta/_changes/1",
        "/resources/bytes",
        "/resources/many",
        "/bookmarks?query#fragment",
        "/shares/",
        "/users/me",
        "/.well-known/oada-configuration",
        "/health",
        "/nothing",
        "resources/job",
        "/resources",
        "/resources/a b",
        "/resources/%2",
        &long,
    ];
    for token in [store.token.clone(), other, "none".to_owned()] {
        let mut socket = Socket::open(&store.address, "/", &token).await;
        let mut expected = Vec::new();
        for path in paths {
            expected.push(alone(&mut socket, "get", path).await);
        }
        socket.ask_several("get", &paths).await;
        let (answers, _) = socket.answers(paths.len()).await;
        for ((path, answer), expected) in paths.iter().zip(&answers).zip(&expected) {
            assert_eq!(answer, expected, "{path}");
        }
    }
    let mut socket = store.socket().await;
    let paths =
        ["/resources/job", "/resources/many", "/resources/none", "/resources/bytes", "/resources/list"];
    socket.ask_several("get", &paths).await;
    let (answers, together) = socket.answers(paths.len()).await;
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status"]).collect();
    assert_eq!(statuses, [200, 200, 404, 400, 200]);
    assert_eq!(together, 3, "the long one and the bytes come by themselves");
}

/// What several PUTs of JSON in one message, or each in one of its own, are answered.
async fn put_each(
    socket: &mut Socket,
    token: &str,
    puts: &[(&str, Value, Value)],
    together: bool,
) -> Vec<Value> {
    let headers = json!({"authorization": format!("Bearer {token}"), "content-type": "application/json"});
    if together {
        let part = |part: fn(&(&str, Value, Value)) -> Value| puts.iter().map(part).collect::<Vec<_>>();
        let ids: Vec<String> = (0..puts.len()).map(|number| number.to_string()).collect();
        let message = json!({
            "requestId": ids, "method": "put", "headers": headers,
            "path": part(|put| put.0.into()), "ifMatch": part(|put| put.1.clone()), "bodies": part(|put| put.2.clone()),
        });
        socket.send_text(&message.to_string()).await;
        return socket.answers(puts.len()).await.0;
    }
    let mut answers = Vec::new();
    for (path, tag, body) in puts {
        let mut headers = headers.clone();
        if tag.is_string() {
            headers["if-match"] = tag.clone();
        }
        socket.ask("alone", "put", path, headers, Some(body.clone())).await;
        let mut answer = socket.next().await;
        answer.as_object_mut().unwrap().remove("requestId");
        answers.push(answer);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn several_puts_are_done_and_answered_as_each_alone() {
    let puts = [
        ("/resources/a", Value::Null, json!({"is": "a"})),
        ("/resources/a", json!("\"a/1\""), json!({"is": {"more": 1}})),
        ("/resources/a", json!("\"a/1\""), json!({"is": "late"})),
        ("/resources/b/deep/in", Value::Null, json!(1)),
        ("/resources/list", Value::Null, json!({"a": link("a"), "b": link("b")})),
        ("/resources/b", Value::Null, json!({"text": "\u{e9}\"\\"})),
        ("/resources/list/b/deep", Value::Null, json!({"in": [1, {"_id": "resources/a"}]})),
        ("/resources/a", Value::Null, json!([1])),
        ("/resources/a", Value::Null, json!({"_id": "resources/b"})),
        ("/resources/a b", Value::Null, json!({})),
        ("/nothing", Value::Null, json!({})),
        ("/resources/a", json!("\"a/2\""), json!({"end": true})),
    ];
    let mut seen = Vec::new();
    for together in [false, true] {
        let store = TestStore::start().await;
        let mut socket = store.socket().await;
        let answers = put_each(&mut socket, &store.token, &puts, together).await;
        let mut held = Vec::new();
        for path in ["/resources/a", "/resources/b", "/resources/list", "/resources/list/_meta/_changes/1"] {
            let mut value = store.get(path).await.json();
            // When it was.
            value.as_object_mut().map(|value| value.remove("_meta"));
            held.push(if value.is_array() { value[0]["path"].clone() } else { value });
        }
        assert!(store.store.check().unwrap().is_clean());
        seen.push((answers, held));
    }
    let statuses: Vec<&Value> = seen[1].0.iter().map(|answer| &answer["status"]).collect();
    assert_eq!(statuses, [201, 201, 412, 404, 201, 201, 201, 422, 422, 400, 404, 201]);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn one_of_several_puts_that_may_not_be_done_hinders_no_other() {
    let store = TestStore::start().await;
    let reader = store.token_for("owner", &["oada.service:read"]);
    let puts =
        [("/resources/a", Value::Null, json!({"is": 1})), ("/resources/b", Value::Null, json!({"is": 2}))];
    for (token, status) in [(store.token.clone(), 201), (reader, 403), ("none".to_owned(), 401)] {
        let mut socket = Socket::open(&store.address, "/", &token).await;
        let answers = put_each(&mut socket, &token, &puts, true).await;
        let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status"]).collect();
        assert_eq!(statuses, [status, status]);
    }
}

#[tokio::test]
async fn headers_are_those_of_each() {
    let store = TestStore::start().await;
    store.put("/resources/job", &json!({"a": 1})).await;
    store.put("/resources/list", &json!({"job": {"_id": "resources/job"}})).await;
    let mut socket = store.socket().await;
    let message = json!({
        "requestId": ["0", "1"], "method": "get", "path": ["/resources/list", "/resources/job"],
        "headers": {
            "authorization": format!("Bearer {}", store.token),
            "X-OADA-Link-Revs": "true",
            "if-none-match": "\"job/1\"",
        },
    });
    socket.send_text(&message.to_string()).await;
    let (answers, together) = socket.answers(2).await;
    assert_eq!(together, 2);
    assert_eq!(answers[0]["data"]["job"], json!({"_id": "resources/job", "_rev": 1}));
    assert_eq!((&answers[1]["status"], answers[1].get("data")), (&json!(304), None));
}

#[tokio::test]
async fn answers_that_would_get_long_together_come_by_themselves() {
    let store = TestStore::start().await;
    let mut socket = store.socket().await;
    let paths: Vec<String> = (0..12).map(|number| format!("/resources/long{number}")).collect();
    for path in &paths {
        store.put(path, &json!({"text": "x".repeat(50_000)})).await;
    }
    socket.ask_several("get", &paths).await;
    let (answers, together) = socket.answers(paths.len()).await;
    assert_eq!(together, 5, "as many as 256 KiB hold");
    for (answer, path) in answers.iter().zip(&paths) {
        assert_eq!((&answer["status"], &answer["data"]["_id"]), (&json!(200), &json!(path[1..])));
    }
}

#[tokio::test]
async fn several_deletes_are_one_change_that_stays() {
    let store = TestStore::start().await;
    for key in ["a", "b", "c"] {
        store.put(&format!("/resources/{key}"), &json!({"is": key})).await;
    }
    store
        .put("/resources/list", &json!({"a": link("a"), "b": link("b"), "c": link("c"), "d": {"e": 1}}))
        .await;
    store.put("/bookmarks", &json!({"list": link("list")})).await;
    let mut watcher = store.socket().await;
    watcher.ask("w", "watch", "/bookmarks", json!({}), None).await;
    let watched = watcher.next().await;
    assert_eq!(watched["status"], 200);

    let mut socket = store.socket().await;
    let paths =
        ["/bookmarks/list/a", "/resources/list/d/e", "/resources/list/a", "/users/me", "/bookmarks/list/c"];
    socket.ask_several("delete", &paths).await;
    let (answers, together) = socket.answers(paths.len()).await;
    let location = |answer: &Value| answer["headers"]["content-location"].clone();
    let told: Vec<(Value, &Value, Value)> = answers
        .iter()
        .map(|answer| (answer["status"].clone(), &answer["headers"]["x-oada-rev"], location(answer)))
        .collect();
    let rev = json!("2");
    let at = |location: &str| (json!(204), &rev, json!(location));
    assert_eq!(told[..3], [at("/resources/a"), at("/resources/list/d/e"), at("/resources/list/a")]);
    assert_eq!((&told[3].0, &told[4]), (&json!(404), &at("/resources/c")));
    assert_eq!(together, 4);

    let change = watcher.next().await["change"].clone();
    let body =
        json!({"_rev": 2, "_meta": change[1]["body"]["_meta"], "a": null, "c": null, "d": {"e": null}});
    assert_eq!((&change[1]["type"], &change[1]["path"]), (&json!("delete"), &json!("/list")));
    assert_eq!(change[1]["body"], body);
    store.put("/resources/list", &json!({"last": 1})).await;
    assert_eq!(watcher.next().await["change"][1]["body"]["last"], 1, "one change for all");

    // It is the same for who comes later, and after the store was closed.
    assert!(store.store.check().unwrap().is_clean());
    let store = store.close().await.open().await;
    assert!(store.store.check().unwrap().is_clean());
    let logged = store.get("/resources/list/_meta/_changes/2").await.json();
    assert_eq!(logged[0]["body"], body);
    let mut late = store.socket().await;
    late.ask("l", "watch", "/resources/list", json!({"x-oada-rev": "1"}), None).await;
    assert_eq!(late.next().await["status"], 200);
    assert_eq!(late.next().await["change"], logged);
    let left = store.get("/resources/list").await.json();
    assert_eq!(
        (&left["b"]["_id"], &left["d"], left.get("a"), left.get("c")),
        (&json!("resources/b"), &json!({}), None, None)
    );
}

#[tokio::test]
async fn changes_of_several_are_let_go_of_like_others() {
    let options = StoreOptions::default().keep_changes(2);
    let store = TestStore::open(tempfile::tempdir().unwrap(), options).await;
    let numbers: serde_json::Map<String, Value> =
        (0..20).map(|n| (n.to_string(), json!("x".repeat(100)))).collect();
    store.put("/resources/list", &numbers.into()).await;
    let mut socket = store.socket().await;
    for first in [0, 5, 10] {
        let paths: Vec<String> = (first..first + 5).map(|n| format!("/resources/list/{n}")).collect();
        socket.ask_several("delete", &paths).await;
        assert_eq!(socket.answers(5).await.1, 5);
    }
    let mut kept = Vec::new();
    for rev in 1..=4 {
        let changes = store.get(&format!("/resources/list/_meta/_changes/{rev}")).await.json();
        kept.push(changes.as_array().unwrap().len());
    }
    assert_eq!(kept, [0, 0, 1, 1]);
    assert!(store.store.check().unwrap().is_clean());
}

#[tokio::test]
async fn messages_that_are_none_are_refused_for_all_their_ids() {
    let store = TestStore::start().await;
    store.put("/resources/a", &json!({"b": 1})).await;
    let bearer = format!("Bearer {}", store.token);
    let headers = json!({"authorization": bearer});
    let many = |count: usize| -> Vec<String> { (0..count).map(|number| number.to_string()).collect() };
    let paths = |count: usize| vec!["/resources/a"; count];
    let error = json!(["error"]);
    let both = json!(["1", "2"]);
    let cases = [
        (json!({"requestId": ["1", "2"], "method": "get", "path": paths(1)}), &both),
        (json!({"requestId": ["1", "2"], "method": "get", "path": paths(3)}), &both),
        (json!({"requestId": ["1", "2"], "method": "get", "path": "/resources/a"}), &both),
        (json!({"requestId": "1", "method": "get", "path": paths(1)}), &json!("1")),
        (json!({"requestId": [], "method": "get", "path": []}), &error),
        (json!({"requestId": ["1", "2"], "method": "get", "path": []}), &both),
        (json!({"requestId": many(65), "method": "get", "path": paths(65)}), &error),
        (json!({"requestId": many(100_000), "method": "delete", "path": paths(100_000)}), &error),
        (json!({"requestId": [["1"]], "method": "get", "path": [["/resources/a"]]}), &error),
        (json!({"requestId": ["1", "2"], "method": "get", "path": ["/resources/a", null]}), &both),
        (json!({"requestId": ["1", 2], "method": "get", "path": paths(2)}), &error),
        (json!({"requestId": {"1": 2}, "method": "get", "path": paths(2)}), &error),
        (json!({"requestId": ["1", "2"], "method": ["get", "get"], "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "data": [{}, {}]}), &both),
        (json!({"requestId": ["1", "2"], "method": "get", "path": paths(2), "data": {}}), &both),
        (json!({"requestId": ["1", "2"], "method": "get", "path": paths(2), "bodies": [{}, {}]}), &both),
        (json!({"requestId": ["1", "2"], "method": "put", "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "bodies": [{}]}), &both),
        (json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "bodies": [{}, {}, {}]}), &both),
        (json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "bodies": {}}), &both),
        (
            json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "bodies": [{}, {}], "ifMatch": ["x"]}),
            &both,
        ),
        (
            json!({"requestId": ["1", "2"], "method": "put", "path": paths(2), "bodies": [{}, {}], "ifMatch": [1, 2]}),
            &both,
        ),
        (json!({"requestId": ["1", "2"], "method": "watch", "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "delete-watch", "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "ping", "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "unwatch", "path": paths(2)}), &both),
        (json!({"requestId": ["1", "2"], "method": "get", "path": paths(2), "headers": {}}), &both),
        (
            json!({"requestId": ["1", "2"], "method": "get", "path": paths(2), "headers": [headers, headers]}),
            &both,
        ),
    ];
    let mut socket = store.socket().await;
    for (mut message, id) in cases {
        if message.get("headers").is_none() {
            message["headers"] = headers.clone();
        }
        socket.send_text(&message.to_string()).await;
        let answer = socket.next().await;
        let shown: String = message.to_string().chars().take(200).collect();
        assert_eq!((&answer["status"], &answer["requestId"]), (&json!(400), id), "{shown}");
        assert_eq!(answer["data"]["userMessage"], "Invalid socket message format", "{shown}");
    }
    assert_eq!(socket.until_quiet(Duration::from_millis(100)).await, Vec::<Value>::new());
    // As many as there may be, and the same id twice, which is the client's own business.
    socket.ask_several("get", &paths(64)).await;
    assert_eq!(socket.answers(64).await.1, 64);
    let twice = json!({"requestId": ["x", "x"], "method": "get", "path": paths(2), "headers": headers});
    socket.send_text(&twice.to_string()).await;
    let answer = socket.next().await;
    assert_eq!((&answer["requestId"], answer["answers"].as_array().unwrap().len()), (&json!(["x", "x"]), 2));
    assert_eq!(store.get("/resources/a").await.rev(), 1, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_several_is_answered_and_hinders_nobody() {
    const ROUNDS: usize = 20;
    const MESSAGES: usize = 16;
    let store = TestStore::start().await;
    let mut socket = store.socket().await;
    for round in 0..ROUNDS {
        let numbers: serde_json::Map<String, Value> =
            (0..MESSAGES * 32).map(|n| (n.to_string(), json!(n))).collect();
        store.put("/resources/list", &numbers.into()).await;
        for message in 0..MESSAGES {
            let method = if message % 2 == 0 { "delete" } else { "get" };
            let numbers = message * 64..(message + 1) * 64;
            let ids: Vec<String> = numbers.clone().map(|number| number.to_string()).collect();
            let paths: Vec<String> =
                numbers.map(|number| format!("/resources/list/{}", number / 2)).collect();
            let headers = json!({"authorization": format!("Bearer {}", store.token)});
            let text = json!({"requestId": ids, "method": method, "path": paths, "headers": headers});
            socket.send_text(&text.to_string()).await;
        }
        if round == ROUNDS / 2 {
            assert_eq!(store.get("/bookmarks").await.status, 200);
        }
        let (answers, together) = socket.answers(MESSAGES * 64).await;
        assert_eq!(together, answers.len());
        for (number, answer) in answers.iter().enumerate() {
            let expected = if number / 64 % 2 == 0 { 204 } else { 200 };
            assert_eq!(answer["status"], expected, "{number}: {answer}");
        }
    }
    assert!(store.store.check().unwrap().is_clean());
}
