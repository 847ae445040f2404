//! What comes along with a change to who follows a list as a worker does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::server::{Socket, TestStore, link};

async fn watch(store: &TestStore, token: &str, headers: Value) -> Socket {
    let mut socket = Socket::open(&store.address, "/", token).await;
    socket.ask("w", "watch", "/resources/list", headers, None).await;
    assert_eq!(socket.next().await["status"], 200);
    socket
}

#[tokio::test]
async fn what_is_linked_comes_along_to_who_asks_as_if_it_had_been_read() {
    let store = TestStore::start().await;
    store.put("/resources/list", &json!({})).await;
    store.put("/resources/job", &json!({"type": "work", "config": {"text": "ä\""}})).await;
    let mut follower = watch(&store, &store.token, json!({"x-oada-linked": "true"})).await;
    let mut other = watch(&store, &store.token, json!({})).await;
    for place in ["/resources/list", "/resources/list/below"] {
        store.put(place, &json!({"k": link("job")})).await;
        let told = follower.next().await;
        let mut answer = told["linked"].clone();
        assert_eq!(answer.as_object_mut().unwrap().remove("id"), Some(json!("resources/job")), "{told}");
        follower.ask("g", "get", "/resources/job", json!({}), None).await;
        let mut read = follower.next().await;
        read.as_object_mut().unwrap().remove("requestId");
        assert_eq!(answer, read);
        let told = other.next().await;
        assert_eq!(
            (told["linked"].clone(), told["change"][0]["type"].clone()),
            (Value::Null, json!("merge"))
        );
    }
}

#[tokio::test]
async fn only_one_short_document_that_may_be_read_comes_along() {
    let store = TestStore::start().await;
    let long = json!({"text": "x".repeat(20_000)});
    for (key, body) in [("list", &json!({})), ("job", &json!({"a": 1})), ("long", &long)] {
        store.put(&format!("/resources/{key}"), body).await;
    }
    store.send("PUT", "/resources/bytes", &[("content-type", "image/png")], b"\x89PNG").await;
    store.send("PUT", "/resources/secret", &[("content-type", "application/vnd.secret+json")], b"{}").await;
    let token = store.token_for("owner", &["application/json:read"]);
    let mut follower = watch(&store, &token, json!({"x-oada-linked": "true"})).await;
    for body in [
        json!({"a": link("job"), "b": link("job")}),
        json!({"c": 1}),
        json!({"d": link("none")}),
        json!({"e": link("long")}),
        json!({"f": link("bytes")}),
        json!({"g": link("secret")}),
    ] {
        store.put("/resources/list", &body).await;
        let told = follower.next().await;
        let keys: BTreeSet<&String> = body.as_object().unwrap().keys().collect();
        let changed: BTreeSet<&String> = told["change"][0]["body"].as_object().unwrap().keys().collect();
        assert!(keys.is_subset(&changed), "{told}");
        assert_eq!(told.get("linked"), None, "{body}");
    }
    store.put("/resources/list", &json!({"h": link("job")})).await;
    assert_eq!(follower.next().await["linked"]["data"]["a"], 1);
}
