//! Who may do what with the embedded store: users, scopes, and what is taken back.

use std::time::Duration;

use oada_jobs::jobs::{self, Layout, NewJob, ServiceRoot};
use oada_jobs::model::Path;
use serde_json::{Value, json};

use crate::support::server::{PATIENCE, Reply, Socket, TestStore, http};
use crate::worker::world::client;

const QUIET: Duration = Duration::from_millis(150);

/// One request with this token.
async fn ask(store: &TestStore, token: &str, method: &str, path: &str, body: Option<Value>) -> Reply {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("authorization", bearer.as_str())];
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    http(&store.address, method, path, &headers, body.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_made_by_name_and_changed_by_id() {
    let store = TestStore::start().await;
    let ann = json!({"username": "ann", "password": "secret", "name": "Ann", "sub": "users/other"});
    let made = ask(&store, &store.token, "POST", "/users", Some(ann)).await;
    assert_eq!((made.status, made.body.len()), (201, 0));
    let location = made.header("content-location").unwrap().to_owned();
    let shown = store.get(&location).await.json();
    assert_eq!((&shown["username"], &shown["name"]), (&json!("ann"), &json!("Ann")));
    assert_eq!(format!("/{}", shown["sub"].as_str().unwrap()), location);
    assert_eq!(shown.get("password"), None);
    assert!(shown["bookmarks"]["_id"].as_str().unwrap().starts_with("resources/"));

    // The same name is the same user, and what is said later is added.
    let again = json!({"username": "ann", "address": {"city": "Lafayette"}});
    let again = ask(&store, &store.token, "POST", "/users", Some(again)).await;
    assert_eq!((again.status, again.header("content-location")), (201, Some(location.as_str())));
    let changed = ask(&store, &store.token, "PUT", &location, Some(json!({"name": "Ann B"}))).await;
    assert_eq!(changed.status, 201);
    let chosen = json!({"username": "bob"});
    let chosen = ask(&store, &store.token, "PUT", "/users/chosen-id", Some(chosen)).await;
    assert_eq!((chosen.status, chosen.header("content-location")), (201, Some("/users/chosen-id")));

    for (method, path, body, status) in [
        ("POST", "/users", json!({"name": "nobody"}), 400),
        ("POST", "/users", json!([]), 400),
        ("PUT", "/users/unknown", json!({"name": "nobody"}), 400),
        ("PUT", "/users/chosen-id", json!({"username": "ann"}), 400),
        ("DELETE", "/users/chosen-id", json!({}), 404),
    ] {
        assert_eq!(
            ask(&store, &store.token, method, path, Some(body)).await.status,
            status,
            "{method} {path}"
        );
    }

    // All of it is on the disk.
    let folder = store.close().await;
    let store = folder.open().await;
    let shown = store.get(&location).await.json();
    assert_eq!((&shown["name"], &shown["address"]["city"]), (&json!("Ann B"), &json!("Lafayette")));
    let token = store.token_for("ann", &["all:all"]);
    let me = ask(&store, &token, "GET", "/users/me", None).await.json();
    assert_eq!((&me["name"], &me["sub"]), (&json!("Ann B"), &shown["sub"]));
    assert_eq!(ask(&store, &token, "GET", "/bookmarks", None).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_and_who_has_the_scope_may_write_users() {
    let store = TestStore::start().await;
    store.store.add_user("ann").unwrap();
    let bob = || Some(json!({"username": "bob"}));
    for (scopes, written, read) in [
        (&["all:all"][..], 403, 403),
        (&["oada.admin.user:read"], 403, 200),
        (&["all:all", "oada.admin.user:all"], 201, 200),
    ] {
        let token = store.token_for("ann", scopes);
        assert_eq!(ask(&store, &token, "POST", "/users", bob()).await.status, written, "{scopes:?}");
        let owner = ask(&store, &token, "GET", "/users/username-index/owner", None).await;
        assert_eq!(owner.status, read, "{scopes:?}");
        let own = ask(&store, &token, "GET", "/users/username-index/ann", None).await;
        assert_eq!(own.status, 200, "{scopes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_is_judged_by_the_type_that_is_stored() {
    let store = TestStore::start().await;
    let put = async |path: &str, content_type: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
        http(&store.address, "PUT", path, &headers, b"{}").await.status
    };
    let (jobs, job) = ("application/vnd.oada.service.jobs.1+json", "application/vnd.oada.service.job.1+json");
    assert_eq!(put("/resources/jobs", jobs, &store.token).await, 201);
    assert_eq!(put("/resources/job", job, &store.token).await, 201);
    let trellis = store.token_for("owner", &["trellis:all"]);
    let service = store.token_for("owner", &["oada.service:read"]);
    let statuses = async |token: &str| {
        let read = ask(&store, token, "GET", "/resources/jobs", None).await.status;
        let one = ask(&store, token, "GET", "/resources/job", None).await.status;
        (read, one, put("/resources/jobs", "application/json", token).await)
    };
    assert_eq!(statuses(&trellis).await, (200, 403, 201));
    assert_eq!(statuses(&service).await, (200, 200, 403));
    // What does not exist yet gets the type of the request.
    assert_eq!(put("/resources/new-job", job, &trellis).await, 403);
    assert_eq!(put("/resources/new-jobs", jobs, &trellis).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_jobs_alone_posts_and_reads_them() {
    let store = TestStore::start().await;
    let root = ServiceRoot::named("svc").unwrap();
    let job = NewJob::new("work", serde_json::Map::new());
    let owner = client(&store.address, &store.token);
    for layout in [Layout::Classic, Layout::Current] {
        layout.ensure(&owner, &root).await.unwrap();
        let scopes = ["oada.bookmarks:read", "oada.services:read", "oada.service:all"];
        let token = client(&store.address, &store.token_for("owner", &scopes));
        let posted = jobs::post(&token, &root, layout, &job).await.unwrap();
        assert_eq!(token.get(&posted.id.path()).await.unwrap().value["type"], "work");
        let elsewhere = Path::parse("/resources/other").unwrap();
        let refused = token.put(&elsewhere, "application/json", &json!({}), None).await.unwrap_err();
        assert!(refused.is_forbidden());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_watches_with_a_token_that_is_withdrawn_is_closed() {
    let store = TestStore::start().await;
    store.put("/resources/a", &json!({})).await;
    let secrets = ["all:all", "all:read"].map(|scope| store.token_for("owner", &[scope]));
    let ids: Vec<String> =
        store.store.list_tokens().into_iter().filter(|token| !token.owner).map(|t| t.id).collect();
    let mut sockets = Vec::new();
    for secret in &secrets {
        let mut socket = Socket::open(&store.address, "/", secret).await;
        socket.ask("w", "watch", "/resources/a", json!({}), None).await;
        assert_eq!(socket.next().await["status"], 200);
        sockets.push(socket);
    }
    let mut owner = store.socket().await;
    owner.ask("w", "watch", "/resources/a", json!({}), None).await;
    owner.next().await;

    assert!(store.store.remove_token(&ids[0]).unwrap());
    let mut closed = None;
    for (number, socket) in sockets.iter_mut().enumerate() {
        if let Ok(code) = tokio::time::timeout(PATIENCE / 20, socket.closed()).await {
            assert_eq!((code, closed), (Some(1008), None));
            closed = Some(number);
        }
    }
    let stays = &mut sockets[1 - closed.expect("one of them to be closed")];
    store.put("/resources/a", &json!({"v": 1})).await;
    for socket in [stays, &mut owner] {
        assert_eq!(socket.next().await["change"][0]["body"]["v"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_outlives_the_permission_that_it_began_with() {
    let store = TestStore::start().await;
    let ann = store.store.add_user("ann").unwrap();
    let token = store.token_for("ann", &["all:all"]);
    store.put("/resources/a", &json!({})).await;
    let permissions = |read: bool| json!({"_permissions": {&ann.id: {"read": read}}});
    store.put("/resources/a/_meta", &permissions(true)).await;
    let mut socket = Socket::open(&store.address, "/", &token).await;
    socket.ask("w", "watch", "/resources/a", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 200);
    store.put("/resources/a/_meta", &permissions(false)).await;
    store.put("/resources/a", &json!({"v": 1})).await;
    assert_eq!(ask(&store, &token, "GET", "/resources/a", None).await.status, 403);
    let told = socket.until_quiet(QUIET * 4).await;
    assert_eq!(told.last().unwrap()["change"][0]["body"]["v"], 1, "{told:?}");
    socket.ask("again", "watch", "/resources/a", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 403);
}
