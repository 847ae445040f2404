//! The conformance checklist of `oada-protocol.md` 11, row by row, but for what only the Node clients can show.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::server::{Reply, Socket, TestStore, http};

const QUIET: Duration = Duration::from_millis(150);
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// The list and the item that the rows speak of: `L` linked versioned at `/bookmarks/l`, and `K`.
async fn with_list() -> TestStore {
    let store = TestStore::start().await;
    assert_eq!(store.put("/resources/K", &json!({})).await.status, 201);
    assert_eq!(store.put("/resources/L", &json!({})).await.status, 201);
    assert_eq!(store.put("/bookmarks/l", &json!({"_id": "resources/L", "_rev": 0})).await.status, 201);
    store
}

async fn with_item(versioned: bool) -> TestStore {
    let store = with_list().await;
    let link =
        if versioned { json!({"_id": "resources/K", "_rev": 0}) } else { json!({"_id": "resources/K"}) };
    assert_eq!(store.put("/bookmarks/l/k", &link).await.status, 201);
    store
}

async fn rev(store: &TestStore, path: &str) -> u64 {
    store.head(path).await.rev()
}

async fn bookmarks(store: &TestStore) -> String {
    let me = store.get("/users/me").await.json();
    me["bookmarks"]["_id"].as_str().unwrap().to_owned()
}

async fn put_if(store: &TestStore, path: &str, tag: &str, body: &Value) -> Reply {
    let headers = [JSON[0], ("if-match", tag)];
    store.send("PUT", path, &headers, body.to_string().as_bytes()).await
}

#[tokio::test]
async fn row_01_discovery_needs_no_token() {
    let store = TestStore::start().await;
    for name in ["oada-configuration", "openid-configuration", "oauth-authorization-server"] {
        let reply = http(&store.address, "GET", &format!("/.well-known/{name}"), &[], b"").await;
        assert_eq!(reply.status, 200, "{name}");
        assert!(reply.header("content-type").unwrap().starts_with("application/json"));
        assert_eq!(reply.json()["oada_base_uri"], format!("http://{}/", store.address));
        assert_eq!(reply.json()["oada_jobs"]["version"], env!("CARGO_PKG_VERSION"));
    }
}

#[tokio::test]
async fn rows_02_to_04_no_token_no_answer() {
    let store = TestStore::start().await;
    let bad = [("authorization", "Bearer no-such-token")];
    for (headers, path) in
        [(&bad[..0], "/bookmarks"), (&bad[..], "/bookmarks"), (&bad[..], "/bookmarks/none")]
    {
        let reply = http(&store.address, "GET", path, headers, b"").await;
        assert_eq!(reply.status, 401, "{path}");
        assert_eq!(reply.json()["statusCode"], 401);
    }
}

#[tokio::test]
async fn row_05_users_me() {
    let store = TestStore::start().await;
    let me = store.get("/users/me").await;
    assert_eq!(me.status, 200);
    assert!(me.header("content-location").unwrap().starts_with("/users/"));
    assert!(me.json()["bookmarks"]["_id"].as_str().unwrap().starts_with("resources/"));
    assert_eq!(me.json().get("password"), None);
    let found = store.get("/users/username-index/owner").await;
    assert_eq!(found.json()["sub"], me.json()["sub"]);
}

#[tokio::test]
async fn rows_06_to_10_bookmarks() {
    let store = TestStore::start().await;
    let id = bookmarks(&store).await;
    let key = id.strip_prefix("resources/").unwrap();
    let head = store.head("/bookmarks").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag").unwrap(), format!("\"{key}/1\""));
    assert_eq!(head.header("x-oada-rev"), Some("1"));
    assert_eq!(head.header("content-location").unwrap(), format!("/{id}"));
    for path in ["/bookmarks", "/bookmarks/"] {
        let got = store.get(path).await;
        assert_eq!(got.status, 200);
        let kind = got.header("content-type").unwrap();
        assert!(kind.starts_with("application/vnd.oada.bookmarks.1+json"), "{kind}");
        let expected = json!({
            "_id": id, "_type": "application/vnd.oada.bookmarks.1+json", "_rev": 1,
            "_meta": {"_id": format!("{id}/_meta"), "_rev": 1},
        });
        assert_eq!(got.json(), expected);
    }
    for (method, body) in [("GET", true), ("HEAD", false)] {
        let none = store.send(method, "/bookmarks/none", &[], b"").await;
        assert_eq!(none.status, 404);
        assert_eq!(none.header("content-location").unwrap(), format!("/{id}/none"));
        assert_eq!(none.header("x-oada-path-leftover"), Some("/none"));
        assert_eq!(!none.body.is_empty(), body);
    }
}

#[tokio::test]
async fn row_11_unknown_resource() {
    let store = TestStore::start().await;
    assert_eq!(store.get("/resources/unknown").await.status, 404);
}

#[tokio::test]
async fn rows_12_and_13_creation_and_the_same_again() {
    let store = TestStore::start().await;
    for rev in [1, 2] {
        let made = store.put("/resources/K", &json!({"a": 1})).await;
        assert_eq!((made.status, made.rev(), made.body.len()), (201, rev, 0));
        assert_eq!(made.header("etag").unwrap(), format!("\"K/{rev}\""));
        assert_eq!(made.header("content-location"), Some("/resources/K"));
        assert_eq!(made.header("content-type"), None);
    }
    let meta = store.get("/resources/K/_meta").await.json();
    assert_eq!(meta["_type"], "application/json");
    assert_eq!(meta["_owner"], meta["stats"]["createdBy"]);
    assert!(meta["modified"].as_f64().unwrap() > 1_700_000_000.0);
}

#[tokio::test]
async fn rows_14_to_18_merging() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({"a": 1})).await;
    let merged = store.put("/resources/K", &json!({"b": {"c": 2}})).await;
    assert_eq!((merged.status, merged.rev()), (201, 2));
    let inner = store.put("/resources/K/b/d", &json!(3)).await;
    assert_eq!((inner.status, inner.header("x-oada-path-leftover")), (201, Some("/b/d")));
    assert_eq!(store.get("/resources/K/b").await.json(), json!({"c": 2, "d": 3}));
    store.put("/resources/K", &json!({"b": [1]})).await;
    store.put("/resources/K", &json!({"b": [2, 3]})).await;
    assert_eq!(store.get("/resources/K/b").await.json(), json!([2, 3]));
    assert_eq!(store.put("/resources/K/x/y/z", &json!(true)).await.status, 201);
    assert_eq!(store.get("/resources/K/x").await.json(), json!({"y": {"z": true}}));
    assert_eq!(store.put("/resources/K", &json!({"a": null})).await.status, 201);
    assert_eq!(store.get("/resources/K/a").await.status, 404);
    let whole = store.get("/resources/K").await.json();
    assert_eq!((whole.get("a"), &whole["b"]), (Some(&Value::Null), &json!([2, 3])));
}

#[tokio::test]
async fn rows_19_to_22_bodies_that_are_refused() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({"a": 1})).await;
    let untyped = store.send("PUT", "/resources/K", &[], b"{}").await;
    assert_eq!(untyped.status, 400);
    assert_eq!(untyped.json()["message"], "No content type specified");
    assert_eq!(store.send("PUT", "/resources/K", &JSON, b"{bad").await.status, 400);
    let large = vec![b'x'; 21 * 1024 * 1024];
    assert_eq!(store.send("PUT", "/resources/K", &JSON, &large).await.status, 413);
    let foreign = store.put("/resources/K", &json!({"_id": "resources/Z"})).await;
    assert_eq!(foreign.status, 422);
    let message = "Tried to write _id resources/Z to resource with _id resources/K";
    assert_eq!(foreign.json()["message"], message);
    assert_eq!(rev(&store, "/resources/K").await, 1);
}

#[tokio::test]
async fn row_23_nothing_to_write_into() {
    let store = TestStore::start().await;
    assert_eq!(store.put("/resources/none/a/b", &json!(1)).await.status, 404);
    assert_eq!(store.get("/resources/none").await.status, 404);
}

#[tokio::test]
async fn rows_24_to_26_versioned_link() {
    let store = with_list().await;
    assert_eq!(store.get("/bookmarks").await.json()["l"], json!({"_id": "resources/L", "_rev": 1}));
    let list = store.get("/bookmarks/l").await;
    assert_eq!(list.header("content-location"), Some("/resources/L"));
    assert_eq!(list.header("etag"), Some("\"L/1\""));
    let before = rev(&store, "/bookmarks").await;
    let linked = store.put("/bookmarks/l/k", &json!({"_id": "resources/K"})).await;
    assert_eq!((linked.status, linked.rev()), (201, 2));
    assert_eq!(rev(&store, "/bookmarks").await, before + 1);
    assert_eq!(store.get("/bookmarks").await.json()["l"]["_rev"], 2);
    assert_eq!(rev(&store, "/resources/K").await, 1);
}

#[tokio::test]
async fn row_27_writing_through_an_unversioned_link() {
    let store = with_item(false).await;
    let written = store.put("/bookmarks/l/k", &json!({"v": 1})).await;
    assert_eq!((written.status, written.rev()), (201, 2));
    assert_eq!(written.header("content-location"), Some("/resources/K"));
    assert_eq!(rev(&store, "/resources/L").await, 2);
}

#[tokio::test]
async fn row_28_writing_through_a_versioned_link() {
    let store = with_item(true).await;
    let before = rev(&store, "/bookmarks").await;
    store.put("/bookmarks/l/k", &json!({"v": 1})).await;
    assert_eq!(rev(&store, "/resources/L").await, 3);
    assert_eq!(rev(&store, "/bookmarks").await, before + 1);
    let change = store.get("/resources/L/_meta/_changes/3").await.json();
    assert_eq!(change.as_array().unwrap().len(), 2);
    assert_eq!((&change[0]["path"], &change[0]["body"]["k"]), (&json!(""), &json!({"_rev": 2})));
    assert_eq!((&change[1]["path"], &change[1]["body"]["v"]), (&json!("/k"), &json!(1)));
    assert_eq!(change[1]["resource_id"], "resources/K");
}

#[tokio::test]
async fn row_29_a_link_is_not_replaced_on_its_own_path() {
    let store = with_item(false).await;
    assert_eq!(store.put("/bookmarks/l/k", &json!({"_id": "resources/OTHER"})).await.status, 422);
    assert_eq!(rev(&store, "/resources/L").await, 2);
}

#[tokio::test]
async fn row_30_writing_through_a_dangling_link() {
    let store = TestStore::start().await;
    store.put("/bookmarks/d", &json!({"_id": "resources/D"})).await;
    assert_eq!(store.get("/bookmarks/d").await.status, 404);
    let made = store.put("/bookmarks/d", &json!({"v": 1})).await;
    assert_eq!((made.status, made.header("content-location")), (201, Some("/resources/D")));
    assert_eq!(store.get("/resources/D").await.json()["v"], 1);
}

#[tokio::test]
async fn rows_31_and_32_posting() {
    let store = with_list().await;
    let made = store.send("POST", "/resources", &JSON, b"{}").await;
    assert_eq!((made.status, made.rev(), made.body.len()), (201, 1, 0));
    let id = made.header("content-location").unwrap().strip_prefix("/resources/").unwrap();
    assert_eq!(id.len(), 27);
    let inline = store.send("POST", "/bookmarks/l", &JSON, br#"{"a":1}"#).await;
    assert_eq!((inline.status, inline.rev()), (201, 2));
    let key = inline.header("content-location").unwrap().strip_prefix("/resources/L/").unwrap();
    assert_eq!(key.len(), 27);
    assert_eq!(store.get("/resources/L").await.json()[key], json!({"a": 1}));
}

#[tokio::test]
async fn row_33_deleting_a_link() {
    let store = with_item(false).await;
    let gone = store.delete("/bookmarks/l/k").await;
    assert_eq!((gone.status, gone.rev(), gone.header("etag")), (204, 3, Some("\"L/3\"")));
    assert_eq!(store.get("/resources/K").await.status, 200);
    assert_eq!(store.get("/resources/L").await.json().get("k"), None);
    let change = store.get("/resources/L/_meta/_changes/3").await.json();
    assert_eq!((&change[0]["type"], &change[0]["body"]["k"]), (&json!("delete"), &Value::Null));
}

#[tokio::test]
async fn rows_34_and_35_deleting_a_key() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({"b": {"c": 1}})).await;
    let gone = store.delete("/resources/K/b/c").await;
    assert_eq!((gone.status, gone.rev()), (204, 2));
    assert_eq!(store.get("/resources/K").await.json()["b"], json!({}));
    let none = store.delete("/resources/K/none").await;
    assert_eq!((none.status, none.rev()), (204, 2));
    assert_eq!(rev(&store, "/resources/K").await, 2);
}

#[tokio::test]
async fn rows_36_to_38_deleting_a_resource_and_making_it_again() {
    let store = with_item(true).await;
    let list = rev(&store, "/resources/L").await;
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/K", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 200);
    let gone = store.delete("/resources/K").await;
    assert_eq!((gone.status, gone.rev()), (204, 0));
    let notice = socket.next().await;
    assert_eq!(
        notice["change"],
        json!([{"resource_id": "resources/K", "path": "", "body": null, "type": "delete"}])
    );
    assert_eq!(store.get("/bookmarks/l/k").await.status, 404);
    assert_eq!(store.get("/resources/L").await.json()["k"], json!({"_id": "resources/K", "_rev": 0}));
    assert_eq!(rev(&store, "/resources/L").await, list + 1);
    let unknown = store.delete("/resources/unknown").await;
    assert_eq!((unknown.status, unknown.rev()), (204, 0));
    assert_eq!(store.put("/resources/K", &json!({})).await.rev(), 2);
}

#[tokio::test]
async fn row_39_bookmarks_cannot_be_deleted() {
    let store = TestStore::start().await;
    assert_eq!(store.delete("/bookmarks").await.status, 403);
    assert_eq!(store.get("/bookmarks").await.status, 200);
}

#[tokio::test]
async fn rows_40_and_41_if_match() {
    let store = TestStore::start().await;
    for (key, tag) in [("exact", "\"exact/1\""), ("bare", "1"), ("quoted", "\"1\"")] {
        let path = format!("/resources/{key}");
        store.put(&path, &json!({})).await;
        assert_eq!(put_if(&store, &path, tag, &json!({"a": 1})).await.status, 201, "{tag}");
        assert_eq!(put_if(&store, &path, tag, &json!({"a": 2})).await.status, 412, "{tag}");
        assert_eq!(store.get(&path).await.json()["a"], 1);
        assert_eq!(rev(&store, &path).await, 2);
    }
}

#[tokio::test]
async fn row_42_a_link_race_is_lost_with_412() {
    let store = with_item(false).await;
    let other = json!({"_id": "resources/OTHER"});
    assert_eq!(put_if(&store, "/bookmarks/l/k", "\"L/1\"", &other).await.status, 412);
    assert_eq!(store.get("/resources/L").await.json()["k"]["_id"], "resources/K");
}

#[tokio::test]
async fn row_43_if_none_match() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({})).await;
    store.put("/resources/K", &json!({})).await;
    for (tag, status) in [("\"K/2\"", 304), ("\"K/1\"", 200), ("\"other/2\"", 200), ("*", 304)] {
        let reply = store.send("GET", "/resources/K", &[("if-none-match", tag)], b"").await;
        assert_eq!(reply.status, status, "{tag}");
        assert_eq!(reply.body.is_empty(), status == 304);
        assert_eq!(reply.header("etag"), Some("\"K/2\""));
    }
}

#[tokio::test]
async fn rows_44_to_46_meta_and_changes() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({"a": 1})).await;
    let meta = store.get("/resources/K/_meta").await;
    assert_eq!(meta.header("content-type"), Some("application/vnd.oada.meta+json"));
    let changes = json!({"_id": "resources/K/_meta/_changes", "_rev": 1});
    assert_eq!(meta.json()["_changes"], changes);
    let list = store.get("/resources/K/_meta/_changes").await.json();
    assert_eq!(list, json!({"1": {"_id": "resources/K/_meta/_changes/1", "_rev": 1}}));
    let change = store.get("/resources/K/_meta/_changes/1").await.json();
    assert_eq!((&change[0]["body"]["a"], &change[0]["body"]["_rev"]), (&json!(1), &json!(1)));
    assert_eq!(store.get("/resources/K/_meta/_changes/7").await.json(), json!([]));
}

#[tokio::test]
async fn rows_47_and_48_ensure_link() {
    let store = with_list().await;
    let headers = |value| [JSON[0], ("x-oada-ensure-link", value)];
    let made = store.send("POST", "/bookmarks/l", &headers("versioned"), br#"{"v":1}"#).await;
    assert_eq!((made.status, made.rev(), made.body.len()), (201, 2, 0));
    let key = made.header("content-location").unwrap().strip_prefix("/resources/L/").unwrap();
    let link = &store.get("/resources/L").await.json()[key];
    assert_eq!(link["_rev"], 1);
    assert_eq!(store.get(&format!("/bookmarks/l/{key}")).await.json()["v"], 1);
    for method in ["POST", "PUT", "GET", "DELETE"] {
        let reply = store.send(method, "/bookmarks/l", &headers("foo"), b"{}").await;
        assert_eq!(reply.status, 400, "{method}");
    }
    assert_eq!(rev(&store, "/resources/L").await, 2);
}

#[tokio::test]
async fn row_49_ignored_links_do_not_propagate() {
    let store = with_list().await;
    let headers = [JSON[0], ("x-oada-ignore-links", "true")];
    let body = br#"{"k":{"_id":"resources/K","_rev":0}}"#;
    assert_eq!(store.send("PUT", "/resources/P", &headers, body).await.status, 201);
    store.put("/resources/K", &json!({"v": 1})).await;
    assert_eq!(rev(&store, "/resources/P").await, 1);
    let inner = store.get("/resources/P/k").await;
    assert_eq!(inner.json(), json!({"_id": "resources/K", "_rev": 0}));
}

#[tokio::test]
async fn row_50_content_that_is_not_json() {
    let store = TestStore::start().await;
    let bytes = [0, 159, 146, 150, 255];
    let headers = [("content-type", "application/pdf")];
    assert_eq!(store.send("PUT", "/resources/P", &headers, &bytes).await.status, 201);
    let got = store.get("/resources/P").await;
    assert_eq!((got.status, got.header("content-type")), (200, Some("application/pdf")));
    assert_eq!((got.header("content-length"), got.body.as_slice()), (Some("5"), bytes.as_slice()));
    assert_eq!(store.get("/resources/P/_meta").await.json()["_type"], "application/pdf");
    assert_eq!(store.get("/resources/P/a").await.status, 501);
}

#[tokio::test]
async fn row_51_percent_escapes_stay_and_pointer_escapes_are_decoded() {
    let store = TestStore::start().await;
    store.put("/resources/K", &json!({})).await;
    store.put("/resources/K/a%20b", &json!(1)).await;
    store.put("/resources/K/a~1b", &json!(2)).await;
    let whole = store.get("/resources/K").await.json();
    assert_eq!((&whole["a%20b"], &whole["a/b"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn rows_52_and_56_a_socket_without_a_token() {
    let store = TestStore::start().await;
    for path in ["/", "/anything"] {
        let mut socket = Socket::open(&store.address, path, "").await;
        for (method, status) in [("ping", 204), ("unwatch", 200)] {
            let message = json!({
                "requestId": "r", "method": method, "path": "", "headers": {"authorization": ""},
            });
            socket.send_text(&message.to_string()).await;
            assert_eq!(socket.next().await, json!({"requestId": "r", "status": status}));
        }
    }
}

#[tokio::test]
async fn rows_53_to_55_socket_requests() {
    let store = with_list().await;
    let mut socket = store.socket().await;
    socket.ask("r1", "get", "/resources/K", json!({}), None).await;
    let got = socket.next().await;
    assert_eq!((&got["requestId"], &got["status"]), (&json!("r1"), &json!(200)));
    assert_eq!((&got["headers"]["x-oada-rev"], &got["data"]["_rev"]), (&json!("1"), &json!(1)));
    assert_eq!((got.get("statusText"), got["headers"].get("x-oada-path-leftover")), (None, None));

    let owner = std::mem::replace(&mut socket.token, "wrong".to_owned());
    socket.ask("r2", "get", "/resources/K", json!({}), None).await;
    let refused = socket.next().await;
    assert_eq!((&refused["status"], &refused["statusText"]), (&json!(401), &json!("Unauthorized")));
    assert_eq!(refused["data"]["statusCode"], 401);

    let message = json!({"requestId": "r3", "method": "get", "path": "/bookmarks", "headers": {}});
    socket.send_text(&message.to_string()).await;
    let malformed = socket.next().await;
    assert_eq!((&malformed["requestId"], &malformed["status"]), (&json!("r3"), &json!(400)));
    assert_eq!(malformed["data"]["userMessage"], "Invalid socket message format");
    socket.send_text("no json").await;
    assert_eq!(socket.next().await["requestId"], json!(["error"]));

    socket.token = owner;
    socket.ask("r4", "head", "/resources/K", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 200);
}

#[tokio::test]
async fn rows_57_and_58_watching() {
    for (path, inner) in [("/bookmarks/l", false), ("/resources/L/in", true)] {
        let store = with_list().await;
        store.put("/resources/L", &json!({"in": {}})).await;
        let mut socket = store.socket().await;
        socket.ask("w", "watch", path, json!({}), None).await;
        let begun = socket.next().await;
        assert_eq!((&begun["status"], begun.get("data")), (&json!(200), None));
        assert_eq!(begun["headers"].get("x-oada-path-leftover").is_some(), inner);
        for count in 0..3 {
            store.put("/resources/L", &json!({"n": count})).await;
            let change = socket.next().await;
            assert_eq!(change["resourceId"], "resources/L");
            assert_eq!((&change["requestId"], &change["path_leftover"]), (&json!(["w"]), &json!([""])));
            assert_eq!(change["change"][0]["body"]["n"], count);
        }
        assert_eq!(socket.until_quiet(QUIET).await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn row_59_resuming() {
    let store = TestStore::start().await;
    for count in 1..=6 {
        store.put("/resources/L", &json!({"n": count})).await;
    }
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/L", json!({"x-oada-rev": "3"}), None).await;
    let begun = socket.next().await;
    assert_eq!((&begun["status"], &begun["headers"]["x-oada-rev"]), (&json!(200), &json!("6")));
    store.put("/resources/L", &json!({"n": 7})).await;
    for rev in 4..=7 {
        assert_eq!(socket.next().await["change"][0]["body"]["_rev"], rev);
    }
    assert_eq!(socket.until_quiet(QUIET).await, Vec::<Value>::new());
}

#[tokio::test]
async fn row_60_two_watches_one_message() {
    let store = with_list().await;
    let mut socket = store.socket().await;
    for id in ["w1", "w2"] {
        socket.ask(id, "watch", "/resources/L", json!({}), None).await;
        socket.next().await;
    }
    // The pings that hold changes back are answered by reading.
    assert_eq!(socket.until_quiet(QUIET).await, Vec::<Value>::new());
    store.put("/resources/L", &json!({"n": 1})).await;
    let change = socket.next().await;
    assert_eq!((&change["requestId"], &change["path_leftover"]), (&json!(["w1", "w2"]), &json!(["", ""])));
    assert_eq!(socket.until_quiet(QUIET).await, Vec::<Value>::new());
}

#[tokio::test]
async fn rows_61_and_62_get_watch_and_a_missing_path() {
    let store = with_list().await;
    let mut socket = store.socket().await;
    socket.ask("w1", "get-watch", "/resources/L", json!({}), None).await;
    assert_eq!(socket.next().await["data"]["_id"], "resources/L");
    socket.ask("w2", "watch", "/resources/L/none", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 404);
    store.put("/resources/L", &json!({"n": 1})).await;
    assert_eq!(socket.next().await["requestId"], json!(["w1"]));
    assert_eq!(socket.until_quiet(QUIET).await, Vec::<Value>::new());
}

#[tokio::test]
async fn row_63_a_watch_outlives_links_to_its_resource() {
    let store = with_item(false).await;
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/K", json!({}), None).await;
    socket.next().await;
    socket.ask("d", "delete", "/bookmarks/l/k", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 204);
    store.put("/resources/K", &json!({"still": true})).await;
    assert_eq!(socket.next().await["change"][0]["body"]["still"], true);
}

#[tokio::test]
async fn row_65_a_grandchild_climbs_twice() {
    let store = TestStore::start().await;
    store.put("/resources/k", &json!({})).await;
    store.put("/resources/a", &json!({"k": {"_id": "resources/k", "_rev": 0}})).await;
    store.put("/resources/top", &json!({"a": {"_id": "resources/a", "_rev": 0}})).await;
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/top", json!({}), None).await;
    socket.next().await;
    store.put("/resources/k", &json!({"v": 1})).await;
    let change = socket.next().await["change"].clone();
    let paths: Vec<&Value> = change.as_array().unwrap().iter().map(|change| &change["path"]).collect();
    assert_eq!(paths, ["", "/a", "/a/k"]);
    assert_eq!((rev(&store, "/resources/a").await, rev(&store, "/resources/top").await), (2, 2));
}

#[tokio::test]
async fn row_66_a_cycle_stops() {
    let store = TestStore::start().await;
    store.put("/resources/a", &json!({})).await;
    store.put("/resources/b", &json!({"a": {"_id": "resources/a", "_rev": 0}})).await;
    store.put("/resources/a", &json!({"b": {"_id": "resources/b", "_rev": 0}})).await;
    let before = (rev(&store, "/resources/a").await, rev(&store, "/resources/b").await);
    store.put("/resources/a", &json!({"v": 1})).await;
    let after = (rev(&store, "/resources/a").await, rev(&store, "/resources/b").await);
    assert_eq!(after, (before.0 + 1, before.1 + 1));
}

/// Row 64, a socket that answers no ping, is in the recordings; this is the other way in which a socket ends.
#[tokio::test]
async fn a_stopping_server_says_so_and_answers_what_it_has_begun() {
    let store = with_list().await;
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/L", json!({}), None).await;
    socket.next().await;
    socket
        .ask("p", "put", "/resources/L", json!({"content-type": "application/json"}), Some(json!({})))
        .await;
    assert_eq!(socket.next().await["status"], 201);
    store.stop.cancel();
    assert_eq!(socket.closed().await, Some(1001));
    store.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let store = with_item(true).await;
    store.stop.cancel();
    store.serving.await.unwrap().unwrap();
    store.store.close();
    let again = TestStore::again(store.folder).await;
    assert_eq!(again.get("/bookmarks/l/k").await.json()["_id"], "resources/K");
    assert_eq!(again.put("/resources/K", &json!({})).await.rev(), 2);
    assert_eq!(rev(&again, "/resources/L").await, 3);
}

#[tokio::test]
async fn old_changes_go_where_not_all_are_to_be_kept() {
    let options = oada_jobs::store::StoreOptions::default().keep_changes(3);
    let store = TestStore::open(tempfile::tempdir().unwrap(), options).await;
    for count in 1..=10 {
        store.put("/resources/K", &json!({"n": count})).await;
    }
    let list = store.get("/resources/K/_meta/_changes").await.json();
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["10", "8", "9"]);
    let mut socket = store.socket().await;
    socket.ask("w", "watch", "/resources/K", json!({"x-oada-rev": "2"}), None).await;
    assert_eq!(socket.next().await["status"], 200);
    for rev in 8..=10 {
        assert_eq!(socket.next().await["change"][0]["body"]["_rev"], rev);
    }
    assert!(store.store.check().unwrap().is_clean());
}

#[tokio::test]
async fn cors_lets_any_page_read_the_headers() {
    let store = TestStore::start().await;
    let asked = [("access-control-request-headers", "authorization"), ("origin", "http://elsewhere")];
    let preflight = http(&store.address, "OPTIONS", "/bookmarks", &asked, b"").await;
    assert_eq!(
        (preflight.status, preflight.header("access-control-allow-headers")),
        (204, Some("authorization"))
    );
    let got = store.get("/bookmarks").await;
    assert_eq!(got.header("access-control-allow-origin"), Some("*"));
    assert!(got.header("access-control-expose-headers").unwrap().contains("x-oada-rev"));
}

#[tokio::test]
async fn a_body_may_come_in_pieces() {
    let store = TestStore::start().await;
    let mut stream = tokio::net::TcpStream::connect(&store.address).await.unwrap();
    let head = format!(
        "PUT /resources/K HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        store.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in ["4\r\n{\"a\"\r\n", "1\r\n:\r\n", "2\r\n1}\r\n", "0\r\n\r\n"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(store.get("/resources/K").await.json()["a"], 1);
}
