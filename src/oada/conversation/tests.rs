//! Conversations over a pipe in memory, under a paused clock.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::super::callers::{Unanswered, Waiting};
use super::super::feed;
use super::super::http::Request;
use super::super::letter::{Letter, Several};
use super::super::socket::Shared;
use super::super::subscription::Subscription;
use super::super::watch::{WatchEvent, WatchState};
use super::super::{Error, Method};
use super::{Conversation, SILENCE};
use crate::model::Rev;

type Answer = Waiting<'static>;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// The far end of a conversation.
struct Peer {
    shared: &'static Shared,
    stream: WebSocketStream<DuplexStream>,
    talk: JoinHandle<Error>,
}

impl Peer {
    async fn start() -> Self {
        Self::that_takes("").await
    }

    /// One that takes several of these methods in one message.
    async fn that_takes(several: &'static str) -> Self {
        let (near, far) = tokio::io::duplex(64 << 10);
        let near = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        let stream = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
        let shared: &Shared = Box::leak(Box::new(Shared::new(&"token".to_owned().into(), LONG)));
        let talk = tokio::spawn(async move {
            let mut conversation = Conversation::new(shared, "test".to_owned());
            conversation.may_send(Several::read(several));
            conversation.hold(near).await
        });
        Self { shared, stream, talk }
    }

    fn ask(&self, path: &str) -> Answer {
        let waiting = self.shared.callers.enter();
        waiting.send(|id| Letter::of(&self.shared.writer, id, &Request::new(Method::Get, path)));
        waiting
    }

    fn watch(&self, from: Option<u64>) -> Arc<Subscription> {
        self.watch_on(from, None)
    }

    /// As a worker on a machine with this boot, if there is one.
    fn watch_on(&self, from: Option<u64>, boot: Option<&str>) -> Arc<Subscription> {
        let (path, boot) = ("/resources/l".to_owned(), boot.map(str::to_owned));
        let subscription = Arc::new(Subscription::new(path, from.map(Rev), boot));
        self.shared.follow(&subscription);
        subscription
    }

    /// The next request, whatever else comes before.
    async fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.stream.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next request, which must have this method; its id and its rev.
    async fn expect(&mut self, method: &str) -> (String, Option<String>) {
        let request = self.receive().await;
        assert_eq!(request["method"], method, "{request}");
        let rev = request["headers"]["x-oada-rev"].as_str().map(str::to_owned);
        (request["requestId"].as_str().unwrap().to_owned(), rev)
    }

    async fn send(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn accept(&mut self, id: &str, rev: u64) {
        self.send(json!({"requestId": id, "status": 200, "headers": head(rev)})).await;
    }

    async fn change(&mut self, id: &str, rev: u64) {
        self.send(change(id, &json!({"_rev": rev}))).await;
    }
}

fn head(rev: u64) -> Value {
    json!({
        "content-location": "/resources/l", "etag": format!("\"l/{rev}\""), "x-oada-rev": rev.to_string(),
    })
}

fn change(id: &str, body: &Value) -> Value {
    let kind = if body.is_null() { "delete" } else { "merge" };
    json!({
        "resourceId": "resources/l", "requestId": [id], "path_leftover": [""],
        "change": [{"resource_id": "resources/l", "path": "", "type": kind, "body": body}],
    })
}

/// The error of a request that was lost with its connection.
async fn lost(answer: Answer) -> Error {
    match answer.await {
        Err(Unanswered::Lost(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The next event, in a word.
async fn told(subscription: &Subscription) -> String {
    match subscription.next().await {
        WatchEvent::Started { rev } => format!("started {rev}"),
        WatchEvent::Changes(changes) => changes[0].rev().unwrap().to_string(),
        WatchEvent::Gap => "gap".to_owned(),
        WatchEvent::Deleted => "deleted".to_owned(),
        WatchEvent::Missing(error) => format!("missing {}", error.status().unwrap()),
        WatchEvent::Disconnected(_) => "disconnected".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn answers_find_their_callers_in_any_order() {
    let mut peer = Peer::start().await;
    let (one, two) = (peer.ask("/one"), peer.ask("/two"));
    let (first, _) = peer.expect("get").await;
    let (second, _) = peer.expect("get").await;
    peer.send(json!({"requestId": second, "status": 404})).await;
    peer.send(json!({"requestId": "unknown", "status": 200})).await;
    peer.send(json!({"requestId": first, "status": 200, "data": [1]})).await;
    peer.send(json!({"requestId": first, "status": 200})).await;
    assert_eq!(two.await.unwrap().status, 404);
    assert_eq!(&*one.await.unwrap().body, b"[1]");
}

#[tokio::test(start_paused = true)]
async fn what_travelled_together_is_answered_together_or_not() {
    let mut peer = Peer::that_takes("get").await;
    let mut answers = Vec::new();
    for path in ["/1", "/2", "/3", "/4"] {
        answers.push(peer.ask(path));
    }
    let request = peer.receive().await;
    assert_eq!(request["path"], json!(["/1", "/2", "/3", "/4"]));
    let ids: Vec<String> = serde_json::from_value(request["requestId"].clone()).unwrap();
    peer.send(json!({"requestId": ids[2], "status": 206})).await;
    let two = json!([{"status": 200, "data": 4}, {"status": 404}]);
    peer.send(json!({"requestId": [ids[3], ids[0]], "answers": two})).await;
    peer.send(json!({"requestId": [ids[1], ids[2]], "status": 401})).await;
    let mut statuses = Vec::new();
    for answer in answers {
        statuses.push(answer.await.unwrap().status);
    }
    assert_eq!(statuses, [404, 401, 206, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_an_id_is_for_the_oldest_request() {
    let mut peer = Peer::start().await;
    let (one, two) = (peer.ask("/one"), peer.ask("/two"));
    peer.expect("get").await;
    let (second, _) = peer.expect("get").await;
    peer.send(json!({"requestId": ["error"], "status": 400, "headers": {}, "data": {}})).await;
    assert_eq!(one.await.unwrap().status, 400);
    peer.send(json!({"requestId": second, "status": 200})).await;
    assert_eq!(two.await.unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_are_told_when_the_connection_is_lost() {
    let mut peer = Peer::start().await;
    let (one, two) = (peer.ask("/one"), peer.ask("/two"));
    peer.expect("get").await;
    peer.expect("get").await;
    drop(peer.stream);
    for answer in [one, two] {
        assert!(lost(answer).await.is_transient());
    }
    assert!(peer.talk.await.unwrap().is_transient());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_has_given_up_is_not_written_for() {
    let mut peer = Peer::start().await;
    drop(peer.ask("/one"));
    let _two = peer.ask("/two");
    assert_eq!(peer.receive().await["path"], "/two");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_pings_is_dead() {
    let peer = Peer::start().await;
    let started = tokio::time::Instant::now();
    let answer = peer.ask("/one");
    // The peer never reads, so it never answers.
    let error = lost(answer).await;
    assert!(error.is_transient());
    let waited = started.elapsed();
    assert!(waited >= SILENCE * 2 && waited < SILENCE * 3, "{waited:?}");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("sign of life"));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_peer_that_answers_pings_is_kept() {
    let mut peer = Peer::start().await;
    // Reading is what answers pings.
    let quiet = tokio::time::timeout(
        SILENCE * 20,
        peer.stream.by_ref().for_each(|message| {
            assert!(message.unwrap().is_ping());
            async {}
        }),
    );
    assert!(quiet.await.is_err());
    assert!(!peer.talk.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_does_not_stop_us_from_reading() {
    let mut peer = Peer::start().await;
    let long = "/x".repeat(40 << 10);
    let (one, _two) = (peer.ask(&long), peer.ask(&long));
    // The paused clock moves on when nobody can do anything more: both requests are stuck by then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    peer.send(json!({"requestId": "1", "status": 200})).await;
    assert_eq!(one.await.unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_watch_takes_changes_before_its_answer_and_both_answers() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, rev) = peer.expect("watch").await;
    assert_eq!(rev.as_deref(), Some("2"));
    peer.change(&id, 3).await;
    peer.send(json!({"requestId": id, "status": 200})).await;
    peer.change(&id, 3).await;
    peer.change(&id, 5).await;
    peer.change(&id, 4).await;
    peer.accept(&id, 5).await;
    for event in ["started 2", "3", "4", "5"] {
        assert_eq!(told(&watch).await, event);
    }
    assert_eq!(watch.status().state, WatchState::Live);
    assert_eq!(watch.status().place.unwrap().0.key(), "l");
    assert!(watch.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_gap_ends_the_watch_until_the_consumer_resumes() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 2).await;
    peer.change(&id, 4).await;
    assert_eq!(told(&watch).await, "started 2");
    // Asked for once more, after the old one is ended ...
    let (ended, _) = peer.expect("unwatch").await;
    assert_eq!(ended, id);
    peer.send(json!({"requestId": ended, "status": 200})).await;
    let (id, rev) = peer.expect("watch").await;
    assert_eq!(rev.as_deref(), Some("2"));
    peer.accept(&id, 4).await;
    peer.change(&id, 4).await;
    assert_eq!(told(&watch).await, "started 2");
    // ... and then given up.
    assert_eq!(told(&watch).await, "gap");
    assert_eq!(peer.expect("unwatch").await.0, id);
    assert_eq!(watch.status().state, WatchState::Gap);
    watch.resume_from(Rev(6));
    peer.shared.attention.notify_one();
    let (id, rev) = peer.expect("watch").await;
    assert_eq!(rev.as_deref(), Some("6"));
    peer.accept(&id, 6).await;
    peer.change(&id, 7).await;
    assert_eq!(told(&watch).await, "started 6");
    assert_eq!(told(&watch).await, "7");
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_was_killed_without_a_word_is_made_again() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 2).await;
    let (check, _) = peer.expect("head").await;
    peer.accept(&check, 3).await;
    let (ended, _) = peer.expect("unwatch").await;
    peer.send(json!({"requestId": ended, "status": 200})).await;
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 3).await;
    peer.change(&id, 3).await;
    for event in ["started 2", "started 2", "3"] {
        assert_eq!(told(&watch).await, event);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_watch_is_told_once_and_asked_for_ever_more_slowly() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(None);
    let mut times = Vec::new();
    for _ in 0..8 {
        let (id, _) = peer.expect("watch").await;
        times.push(tokio::time::Instant::now());
        peer.send(json!({"requestId": id, "status": 404})).await;
    }
    let pauses: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[6] > pauses[0] * 4, "{pauses:?}");
    assert_eq!(told(&watch).await, "missing 404");
    assert_eq!(watch.status().state, WatchState::Missing);
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 1).await;
    assert_eq!(told(&watch).await, "started 1");
    assert_eq!(watch.status().state, WatchState::Live);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_resource_must_be_listed_when_it_is_back() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 2).await;
    peer.send(change(&id, &Value::Null)).await;
    assert_eq!(told(&watch).await, "started 2");
    assert_eq!(told(&watch).await, "deleted");
    let (ended, _) = peer.expect("unwatch").await;
    peer.send(json!({"requestId": ended, "status": 200})).await;
    let (id, _) = peer.expect("watch").await;
    peer.send(json!({"requestId": id, "status": 404})).await;
    assert_eq!(told(&watch).await, "missing 404");
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 4).await;
    assert_eq!(told(&watch).await, "gap");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_read_is_a_gap() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 2).await;
    assert_eq!(told(&watch).await, "started 2");
    peer.stream.send(Message::text("no JSON")).await.unwrap();
    peer.change(&id, 3).await;
    assert_eq!(told(&watch).await, "3");
    peer.send(json!({"requestId": [id], "resourceId": "resources/l", "change": [{"type": "what"}]})).await;
    assert_eq!(told(&watch).await, "gap");
}

/// A watch with so many changes that its consumer has not heard of, and the id of its request.
async fn unheard(changes: u64) -> (Peer, Arc<Subscription>, String) {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(0));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 0).await;
    for rev in 1..=changes {
        peer.change(&id, rev).await;
    }
    (peer, watch, id)
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_costs_bounded_memory_and_gets_a_gap() {
    let (mut peer, watch, id) = unheard(40_000).await;
    assert_eq!(peer.expect("unwatch").await.0, id);
    assert_eq!(told(&watch).await, "gap");
    assert!(watch.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_happens_while_a_long_list_is_read_is_no_gap() {
    // As many as come in two seconds.
    let (_peer, watch, _) = unheard(30_000).await;
    assert_eq!(told(&watch).await, "started 0");
    for rev in 1..=30_000 {
        assert_eq!(told(&watch).await, rev.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_watch_is_ended_on_the_server() {
    let mut peer = Peer::start().await;
    let (one, two) = (peer.watch(None), peer.watch(None));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 2).await;
    let (other, _) = peer.expect("watch").await;
    peer.accept(&other, 2).await;
    assert_eq!(told(&one).await, "started 2");
    drop(one);
    assert_eq!(peer.expect("unwatch").await.0, id);
    peer.change(&other, 3).await;
    assert_eq!(told(&two).await, "started 2");
    assert_eq!(told(&two).await, "3");
}

#[tokio::test(start_paused = true)]
async fn a_rev_that_never_comes_does_not_outlast_the_stall() {
    let mut peer = Peer::start().await;
    let watch = peer.watch(Some(2));
    let (id, _) = peer.expect("watch").await;
    let started = tokio::time::Instant::now();
    peer.accept(&id, 3).await;
    peer.expect("unwatch").await;
    // The server does not answer the end of the watch, and does not watch again.
    assert_eq!(told(&watch).await, "started 2");
    assert_eq!(told(&watch).await, "gap");
    assert!(started.elapsed() < feed::STALL * 4);
}

#[tokio::test(start_paused = true)]
async fn only_our_own_store_is_told_where_a_worker_runs() {
    for (several, boot) in [("", Value::Null), ("get, put, delete", json!("b-1"))] {
        let mut peer = Peer::that_takes(several).await;
        let _subscription = peer.watch_on(None, Some("b-1"));
        let request = peer.receive().await;
        assert_eq!(request["headers"].get("x-oada-ahead").unwrap_or(&Value::Null), &boot, "{request}");
        assert_eq!(request["headers"].get("x-oada-linked").is_some(), !several.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_linked_is_given_once_and_while_it_is_new() {
    let mut peer = Peer::that_takes("get, put, delete").await;
    let subscription = peer.watch_on(Some(1), Some("b-1"));
    let (id, _) = peer.expect("watch").await;
    peer.accept(&id, 1).await;
    assert!(matches!(subscription.next().await, WatchEvent::Started { .. }));
    let given = async |peer: &mut Peer, rev: u64, status: u16, wait: u64, path: &str| {
        let mut told = change(&id, &json!({"_rev": rev}));
        told["linked"] =
            json!({"id": "resources/j", "status": status, "headers": head(rev), "data": {"rev": rev}});
        peer.send(told).await;
        assert!(matches!(subscription.next().await, WatchEvent::Changes(_)));
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let body = peer.shared.linked(path).map(|reply| reply.body);
        body.map(|body| serde_json::from_slice::<Value>(&body).unwrap())
    };
    assert_eq!(given(&mut peer, 2, 200, 0, "/resources/j").await, Some(json!({"rev": 2})));
    assert!(peer.shared.linked("/resources/j").is_none(), "it is given once");
    assert_eq!(given(&mut peer, 3, 200, 0, "/resources/other").await, None);
    assert!(peer.shared.linked("/resources/j").is_some(), "it is kept for who asks for it");
    assert_eq!(given(&mut peer, 4, 404, 0, "/resources/j").await, None);
    assert_eq!(given(&mut peer, 5, 200, 60, "/resources/j").await, None);
    assert_eq!(given(&mut peer, 6, 200, 40, "/resources/j").await, Some(json!({"rev": 6})));
}
