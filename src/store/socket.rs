//! WebSocket: many requests at a time on one connection, and watches.
//!
//! One task reads, answers and feeds the watches; another writes. Both end when the connection does.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use super::auth::{Session, Unauthorized};
use super::changes;
use super::error::Fault;
use super::http;
use super::request::{Content, MAX_BODY, Method, Refusal, Request, Response, names_resources, reason};
use super::row::json_text;
use super::server::Serving;
use super::watch::{self, Inbox, Note};
use super::{Store, routes};

/// The largest message: a body of the largest size, and room for the rest.
pub(super) const MAX_MESSAGE: usize = MAX_BODY + 1024 * 1024;
/// The most requests of one socket that are under way.
const MAX_IN_FLIGHT: usize = 512;
/// The most watches of one socket.
const MAX_WATCHES: usize = 10_000;
/// The most messages that wait to be written.
const MAX_OUTGOING: usize = 256;
/// How often the other end is asked whether it is still there. A socket that has not answered by the next time is
/// closed.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long one message may take to be written, and a farewell to be answered.
const WRITE_TIME: Duration = Duration::from_secs(60);
const FAREWELL_TIME: Duration = Duration::from_secs(2);
/// How long the changes of a new watch wait for the client to have read the answer.
const HOLD_TIME: Duration = Duration::from_secs(1);

/// Serves one socket until it ends.
pub(super) async fn run(serving: Serving, base: String, connection: WebSocket) {
    let tracker = serving.sockets.clone();
    let running = tracker.track_future(async move {
        let (sink, stream) = connection.split();
        let (outgoing, messages) = mpsc::channel(MAX_OUTGOING);
        let writing = tokio::spawn(write(sink, messages));
        let mut socket = Socket::new(serving, base, outgoing);
        socket.serve(stream).await;
        socket.end();
        drop(socket);
        // It ends with its channel, in bounded time; a panic of it has nobody to be told.
        let _ = writing.await;
    });
    running.await;
}

/// Writes messages as they come, as many at a time as there are.
async fn write(mut sink: SplitSink<WebSocket, Message>, mut messages: mpsc::Receiver<Message>) {
    let mut batch = Vec::with_capacity(MAX_OUTGOING);
    while messages.recv_many(&mut batch, MAX_OUTGOING).await > 0 {
        let closing = batch.iter().any(|message| matches!(message, Message::Close(_)));
        let written = async {
            for message in batch.drain(..) {
                sink.feed(message).await?;
            }
            sink.flush().await
        };
        match tokio::time::timeout(WRITE_TIME, written).await {
            Ok(Ok(())) if !closing => {}
            _ => break,
        }
    }
    let _ = tokio::time::timeout(FAREWELL_TIME, sink.close()).await;
}

type Pending = Pin<Box<dyn Future<Output = (Asked, Response)> + Send>>;

/// What an answer is the answer to.
struct Asked {
    id: String,
    /// Leave out the body, of an error too.
    head: bool,
    /// Begin a watch with it.
    watch: bool,
}

struct Socket {
    store: Store,
    stop: tokio_util::sync::CancellationToken,
    base: String,
    outgoing: mpsc::Sender<Message>,
    pending: FuturesUnordered<Pending>,
    watches: Watches,
    /// The last `Authorization` that was seen, since it is the same on nearly every message.
    known: Option<(String, u64, Arc<Session>)>,
}

/// The other end is gone, or is to go.
struct Ended;

impl Socket {
    fn new(serving: Serving, base: String, outgoing: mpsc::Sender<Message>) -> Self {
        let Serving { store, stop, .. } = serving;
        let watches = Watches::new(store.clone());
        let pending = FuturesUnordered::new();
        Self { store, stop, base, outgoing, pending, watches, known: None }
    }

    async fn serve(&mut self, mut stream: SplitStream<WebSocket>) {
        let mut pings = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut alive = true;
        let inbox = Arc::clone(&self.watches.inbox);
        let (stop, outgoing) = (self.stop.clone(), self.outgoing.clone());
        loop {
            let more = self.watches.has_more();
            let hold = self.watches.next_release();
            let turn = tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.finish().await;
                    self.close(close_code::AWAY, "the server is stopping").await
                }
                Some((asked, response)) = self.pending.next() => self.answered(asked, response).await,
                permit = outgoing.reserve(), if more => match permit {
                    Ok(permit) => {
                        if let Some(text) = self.watches.next_message() {
                            permit.send(Message::Text(text.into()));
                        }
                        Ok(())
                    }
                    Err(_) => Err(Ended),
                },
                message = stream.next(), if self.pending.len() < MAX_IN_FLIGHT => match message {
                    Some(Ok(message)) => {
                        alive = true;
                        self.received(message).await
                    }
                    Some(Err(_)) | None => Err(Ended),
                },
                () = inbox.arrived() => {
                    self.watches.take_notes();
                    Ok(())
                }
                () = tokio::time::sleep_until(hold.unwrap_or_else(Instant::now)), if hold.is_some() => {
                    self.watches.release_due();
                    Ok(())
                }
                _ = pings.tick() => {
                    if std::mem::replace(&mut alive, false) {
                        self.send(Message::Ping(Bytes::new())).await
                    } else {
                        self.close(close_code::POLICY, "no answer to a ping").await
                    }
                }
            };
            if turn.is_err() {
                break;
            }
        }
    }

    fn end(&mut self) {
        self.watches.clear();
    }

    /// Answers what is under way before the farewell.
    async fn finish(&mut self) {
        let finishing = async {
            while let Some((asked, response)) = self.pending.next().await {
                if self.answered(asked, response).await.is_err() {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(FAREWELL_TIME, finishing).await;
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        self.outgoing.send(message).await.map_err(|_| Ended)
    }

    async fn close(&mut self, code: u16, why: &'static str) -> Result<(), Ended> {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(why) };
        let sent = self.outgoing.send_timeout(Message::Close(Some(frame)), FAREWELL_TIME).await;
        drop(sent);
        Err(Ended)
    }

    async fn received(&mut self, message: Message) -> Result<(), Ended> {
        match message {
            Message::Text(text) => self.asked(text.as_str()).await,
            Message::Binary(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => self.asked(text).await,
                Err(_) => self.send(Message::Text(malformed(None, "not UTF-8").into())).await,
            },
            Message::Pong(payload) => {
                self.watches.pong(&payload);
                Ok(())
            }
            Message::Ping(_) => Ok(()),
            Message::Close(_) => Err(Ended),
        }
    }

    async fn asked(&mut self, text: &str) -> Result<(), Ended> {
        let asked = match Ask::read(text) {
            Ok(asked) => asked,
            Err(answer) => return self.send(Message::Text(answer.into())).await,
        };
        let id = asked.id.into_owned();
        let (method, watch) = match asked.method {
            Verb::Ping => return self.send(Message::Text(bare(&id, 204).into())).await,
            Verb::Unwatch => {
                self.watches.unwatch(&id);
                return self.send(Message::Text(bare(&id, 200).into())).await;
            }
            Verb::Do { method, watch } => (method, watch),
        };
        let asked_for = Asked { id, head: method == Method::Head, watch };
        let path = asked.path.split(['?', '#']).next().unwrap_or_default();
        if let Some(response) = routes::open(&self.store, method, path, &self.base) {
            return self.answered(asked_for, response).await;
        }
        let resources = names_resources(path) && path.starts_with('/');
        if !resources && !routes::needs_token(path) {
            return self.answered(asked_for, Response::new(404)).await;
        }
        let session = match self.session(&asked.authorization) {
            Ok(session) => session,
            Err(unauthorized) => {
                return self.answered(asked_for, Refusal::from(unauthorized).at(None)).await;
            }
        };
        let body = asked.data.map(|data| Bytes::copy_from_slice(data.get().as_bytes()));
        if body.as_ref().is_some_and(|body| body.len() > MAX_BODY) {
            return self.answered(asked_for, Refusal::too_large().at(None)).await;
        }
        if !resources {
            let (store, path) = (self.store.clone(), path.to_owned());
            self.pending.push(Box::pin(async move {
                (asked_for, routes::closed(&store, session, method, &path, body).await)
            }));
            return Ok(());
        }
        let target = match http::target(method, path, &session) {
            Ok(target) => target,
            Err(refusal) => return self.answered(asked_for, refusal.at(None)).await,
        };
        let mut headers = asked.headers;
        let request = Request {
            method,
            target,
            session,
            content_type: headers.remove("content-type"),
            accept: headers.remove("accept"),
            if_match: headers.remove("if-match"),
            if_none_match: headers.remove("if-none-match"),
            ensure_link: headers.remove("x-oada-ensure-link"),
            ignore_links: headers
                .remove("x-oada-ignore-links")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
            body,
        };
        match method {
            Method::Get | Method::Head if watch => {
                let from = headers.remove("x-oada-rev").and_then(|rev| rev.trim().parse::<i64>().ok());
                let response = self.watches.begin(&asked_for.id, &request, from);
                self.send_answer(&asked_for, response).await?;
                self.hold().await
            }
            Method::Get | Method::Head => {
                let response = self.store.read(&request);
                self.send_answer(&asked_for, response).await
            }
            Method::Put | Method::Post | Method::Delete => {
                let store = self.store.clone();
                self.pending.push(Box::pin(async move { (asked_for, store.write(request).await) }));
                Ok(())
            }
        }
    }

    fn session(&mut self, authorization: &str) -> Result<Arc<Session>, Unauthorized> {
        let auth = &self.store.inner.auth;
        let generation = auth.generation();
        if let Some((known, at, session)) = &self.known
            && *at == generation
            && known == authorization
        {
            return Ok(Arc::clone(session));
        }
        let session = auth.session(Some(authorization))?;
        self.known = Some((authorization.to_owned(), generation, Arc::clone(&session)));
        Ok(session)
    }

    async fn answered(&mut self, asked: Asked, response: Response) -> Result<(), Ended> {
        let begun = asked.watch && response.status < 300 && self.watches.follow(&asked.id, &response);
        self.send_answer(&asked, response).await?;
        if begun { self.hold().await } else { Ok(()) }
    }

    async fn send_answer(&mut self, asked: &Asked, mut response: Response) -> Result<(), Ended> {
        if asked.head {
            response.content = Content::None;
        }
        self.send(Message::Text(answer_text(&asked.id, response).into())).await
    }

    /// Sends the ping whose answer shows that the client has read what was sent before it.
    async fn hold(&mut self) -> Result<(), Ended> {
        match self.watches.hold() {
            Some(payload) => self.send(Message::Ping(Bytes::copy_from_slice(&payload.to_be_bytes()))).await,
            None => Ok(()),
        }
    }
}

/// What one message asks for.
struct Ask<'m> {
    id: Cow<'m, str>,
    path: Cow<'m, str>,
    method: Verb,
    authorization: String,
    headers: HashMap<String, String>,
    data: Option<&'m RawValue>,
}

#[derive(Clone, Copy)]
enum Verb {
    Ping,
    Unwatch,
    Do { method: Method, watch: bool },
}

#[derive(Deserialize)]
struct Raw<'m> {
    #[serde(borrow, rename = "requestId")]
    id: Cow<'m, str>,
    #[serde(borrow)]
    path: Cow<'m, str>,
    #[serde(borrow)]
    method: Cow<'m, str>,
    headers: BTreeMap<String, Value>,
    #[serde(borrow, default)]
    data: Option<&'m RawValue>,
}

impl<'m> Ask<'m> {
    /// Reads a message; the error is the answer to one that is none.
    fn read(text: &'m str) -> Result<Self, String> {
        let raw: Raw<'m> = serde_json::from_str(text).map_err(|error| {
            let id = serde_json::from_str::<Value>(text).ok();
            let id = id.as_ref().and_then(|message| message.get("requestId")?.as_str());
            malformed(id, &error.to_string())
        })?;
        let method = match raw.method.as_ref() {
            "ping" => Verb::Ping,
            "unwatch" => Verb::Unwatch,
            "get" => Verb::Do { method: Method::Get, watch: false },
            "head" => Verb::Do { method: Method::Head, watch: false },
            "put" => Verb::Do { method: Method::Put, watch: false },
            "post" => Verb::Do { method: Method::Post, watch: false },
            "delete" => Verb::Do { method: Method::Delete, watch: false },
            "watch" | "head-watch" => Verb::Do { method: Method::Head, watch: true },
            "get-watch" => Verb::Do { method: Method::Get, watch: true },
            "put-watch" => Verb::Do { method: Method::Put, watch: true },
            "post-watch" => Verb::Do { method: Method::Post, watch: true },
            "delete-watch" => Verb::Do { method: Method::Delete, watch: true },
            other => return Err(malformed(Some(&raw.id), &format!("there is no method {other:?}"))),
        };
        let authorization = match raw.headers.get("authorization") {
            Some(Value::String(text)) => text.clone(),
            _ => return Err(malformed(Some(&raw.id), "headers must have authorization")),
        };
        if !is_uri_reference(&raw.path) {
            return Err(malformed(Some(&raw.id), "path is not a URI reference"));
        }
        let mut headers = HashMap::with_capacity(raw.headers.len());
        for (name, value) in raw.headers {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            headers.insert(name.to_ascii_lowercase(), text);
        }
        Ok(Self { id: raw.id, path: raw.path, method, authorization, headers, data: raw.data })
    }
}

fn is_uri_reference(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    path.bytes().all(allowed) && http::escapes_are_whole(path)
}

/// The answer to a message that cannot be read; it has the id if that much could be.
fn malformed(id: Option<&str>, detail: &str) -> String {
    let id = id.map_or_else(|| serde_json::json!(["error"]), Value::from);
    let data = serde_json::json!({
        "code": 400,
        "status": "BadRequest",
        "title": "Bad Request",
        "href": "https://github.com/OADA/oada-docs",
        "userMessage": "Invalid socket message format",
        "detail": {"message": detail},
    });
    serde_json::json!({"status": 400, "requestId": id, "headers": {}, "data": data}).to_string()
}

fn bare(id: &str, status: u16) -> String {
    format!(r#"{{"requestId":{},"status":{status}}}"#, json_text(&id))
}

fn answer_text(id: &str, mut response: Response) -> String {
    let content = std::mem::replace(&mut response.content, Content::None);
    let (data, status_text) = match content {
        Content::None => (None, None),
        Content::Json(text) => (Some(text), None),
        Content::Rendered(mut render) => match render.whole() {
            Ok(text) => (Some(text), None),
            Err(fault) => {
                response = super::broken(&fault);
                (Some(Refusal::internal().body()), None)
            }
        },
        Content::Bytes(_) => {
            response.status = 400;
            (None, Some("Cannot GET binary over WebSockets"))
        }
    };
    let mut out = String::with_capacity(data.as_ref().map_or(0, String::len) + 256);
    out.push_str(r#"{"requestId":"#);
    out.push_str(&json_text(&id));
    out.push_str(r#","status":"#);
    out.push_str(&response.status.to_string());
    if response.status >= 300 {
        out.push_str(r#","statusText":"#);
        out.push_str(&json_text(&status_text.unwrap_or_else(|| reason(response.status))));
    }
    out.push_str(r#","headers":{"#);
    let mut first = true;
    http::each_header(&response, |name, value| {
        if !std::mem::replace(&mut first, false) {
            out.push(',');
        }
        out.push('"');
        out.push_str(name);
        out.push_str("\":");
        out.push_str(&json_text(&value));
    });
    out.push('}');
    if let Some(data) = data {
        out.push_str(r#","data":"#);
        out.push_str(&data);
    }
    out.push('}');
    out
}

/// The watches of one socket.
struct Watches {
    store: Store,
    inbox: Arc<Inbox>,
    by_id: HashMap<u64, Watched>,
    by_resource: HashMap<String, u64>,
    /// What is to be told, in order.
    notes: VecDeque<Note>,
    /// Until when changes are held back, by the payload of the ping.
    holds: VecDeque<(Instant, u64, u64)>,
    next_hold: u64,
    /// The watch that has just begun, until it is held.
    begun: Option<u64>,
}

/// One watched resource.
struct Watched {
    resource: String,
    /// The rev up to which notes have come.
    latest: u64,
    deleted: bool,
    listeners: Vec<Listener>,
}

/// One `requestId` that watches.
struct Listener {
    id: String,
    /// The rev up to which it has been told.
    told: u64,
    /// The payload of the ping it waits for.
    held: Option<u64>,
}

impl Watches {
    fn new(store: Store) -> Self {
        Self {
            store,
            inbox: Arc::new(Inbox::default()),
            by_id: HashMap::new(),
            by_resource: HashMap::new(),
            notes: VecDeque::new(),
            holds: VecDeque::new(),
            next_hold: 0,
            begun: None,
        }
    }

    /// Answers a HEAD or GET, and watches the resource if it is there. The watch stands before the answer is read,
    /// so no change falls between them.
    fn begin(&mut self, id: &str, request: &Request, from: Option<i64>) -> Response {
        let mut response = self.store.read(request);
        // The path may lead elsewhere by the time the watch stands, so it is looked at again. That it changes each
        // time is not to be expected.
        for _ in 0..8 {
            let Some(resource) = response.resource.clone().filter(|_| response.status < 300) else {
                return response;
            };
            let Some(watch) = self.watch(&resource) else {
                return Refusal::silent(429, "Too many watches on this socket").at(None);
            };
            response = self.store.read(request);
            let rev = response.rev.as_ref().map_or(0, |(_, rev)| *rev);
            if response.status < 300 && response.resource.as_deref() == Some(&resource) {
                let told = from.map_or(rev, |from| rev.min(u64::try_from(from).unwrap_or(0)));
                self.listen(watch, id, told, rev);
                return response;
            }
            self.drop_if_idle(watch);
        }
        Refusal::internal().at(None)
    }

    /// Watches what a write has written, from that write on.
    fn follow(&mut self, id: &str, response: &Response) -> bool {
        let (Some(resource), Some((written, rev))) = (&response.resource, &response.rev) else {
            return false;
        };
        let Some(watch) = self.watch(resource) else { return false };
        let current =
            self.store.snapshot().and_then(|snapshot| super::document::living_header(&snapshot, resource));
        let Ok(Some(header)) = current else {
            self.drop_if_idle(watch);
            return false;
        };
        let told = if written == resource { rev.saturating_sub(1) } else { header.rev };
        self.listen(watch, id, told, header.rev);
        true
    }

    fn watch(&mut self, resource: &str) -> Option<u64> {
        if let Some(watch) = self.by_resource.get(resource) {
            let deleted = self.by_id.get(watch).is_none_or(|watched| watched.deleted);
            if !deleted {
                return Some(*watch);
            }
        }
        if self.by_id.len() >= MAX_WATCHES {
            return None;
        }
        let watch = self.store.inner.hub.watch(resource, &self.inbox);
        self.by_resource.insert(resource.to_owned(), watch);
        let watched =
            Watched { resource: resource.to_owned(), latest: 0, deleted: false, listeners: Vec::new() };
        self.by_id.insert(watch, watched);
        Some(watch)
    }

    fn listen(&mut self, watch: u64, id: &str, told: u64, latest: u64) {
        if let Some(watched) = self.by_id.get_mut(&watch) {
            watched.latest = watched.latest.max(latest);
            watched.listeners.push(Listener { id: id.to_owned(), told, held: None });
            self.begun = Some(watch);
        }
    }

    /// Holds back the changes of the watch that has just begun.
    fn hold(&mut self) -> Option<u64> {
        let watch = self.begun.take()?;
        let payload = self.next_hold;
        self.by_id.get_mut(&watch)?.listeners.last_mut()?.held = Some(payload);
        self.next_hold += 1;
        self.holds.push_back((Instant::now() + HOLD_TIME, payload, watch));
        Some(payload)
    }

    fn next_release(&self) -> Option<Instant> {
        self.holds.front().map(|(until, _, _)| *until)
    }

    fn pong(&mut self, payload: &[u8]) {
        let Ok(payload) = payload.try_into().map(u64::from_be_bytes) else { return };
        // A pong answers the pings before it as well.
        while self.holds.front().is_some_and(|(_, held, _)| *held <= payload) {
            self.release();
        }
    }

    fn release_due(&mut self) {
        let now = Instant::now();
        while self.holds.front().is_some_and(|(until, _, _)| *until <= now) {
            self.release();
        }
    }

    fn release(&mut self) {
        let Some((_, payload, watch)) = self.holds.pop_front() else { return };
        if let Some(watched) = self.by_id.get_mut(&watch) {
            for listener in watched.listeners.iter_mut().filter(|listener| listener.held == Some(payload)) {
                listener.held = None;
            }
            self.notes.push_back(Note { watch, rev: watched.latest, deleted: watched.deleted });
        }
    }

    fn take_notes(&mut self) {
        let from = self.notes.len();
        self.inbox.take(&mut self.notes);
        for note in self.notes.range(from..) {
            if let Some(watched) = self.by_id.get_mut(&note.watch) {
                watched.latest = watched.latest.max(note.rev);
                watched.deleted |= note.deleted;
            }
        }
    }

    fn has_more(&self) -> bool {
        !self.notes.is_empty()
    }

    /// The next message to send, if there is one.
    fn next_message(&mut self) -> Option<String> {
        while let Some(note) = self.notes.front().copied() {
            let Some(watched) = self.by_id.get_mut(&note.watch) else {
                self.notes.pop_front();
                continue;
            };
            if let Some(told) = watched.behind(note.rev) {
                let rev = told + 1;
                let ids = watched.tell(rev);
                let resource = watched.resource.as_str();
                let text = self
                    .store
                    .inner
                    .hub
                    .text(resource, rev, || watch::read_text(&self.store.snapshot()?, resource, rev));
                match text {
                    // A rev without a change is one that retention has taken away.
                    Ok(text) if &*text == "[]" => continue,
                    Ok(text) => return Some(message(&ids, resource, &text)),
                    Err(fault) => {
                        report(&fault);
                        continue;
                    }
                }
            }
            self.notes.pop_front();
            if note.deleted {
                let watched = self.by_id.get_mut(&note.watch)?;
                let ids = watched.dismiss();
                let resource = watched.resource.clone();
                if watched.listeners.is_empty() {
                    self.forget(note.watch);
                }
                if !ids.is_empty() {
                    return Some(message(&ids, &resource, &changes::delete_notice(&resource)));
                }
            }
        }
        None
    }

    fn unwatch(&mut self, id: &str) {
        let mut idle = Vec::new();
        for (watch, watched) in &mut self.by_id {
            watched.listeners.retain(|listener| listener.id != id);
            if watched.listeners.is_empty() {
                idle.push(*watch);
            }
        }
        for watch in idle {
            self.drop_if_idle(watch);
        }
    }

    fn drop_if_idle(&mut self, watch: u64) {
        if let Some(watched) = self.by_id.get(&watch)
            && watched.listeners.is_empty()
        {
            self.store.inner.hub.unwatch(&watched.resource, watch);
            self.forget(watch);
        }
    }

    fn forget(&mut self, watch: u64) {
        if let Some(watched) = self.by_id.remove(&watch)
            && self.by_resource.get(&watched.resource) == Some(&watch)
        {
            self.by_resource.remove(&watched.resource);
        }
    }

    fn clear(&mut self) {
        for (watch, watched) in self.by_id.drain() {
            self.store.inner.hub.unwatch(&watched.resource, watch);
        }
        self.by_resource.clear();
    }
}

impl Watched {
    /// The rev up to which the one that is furthest behind has been told, if that is before `rev`.
    fn behind(&self, rev: u64) -> Option<u64> {
        let open = self.listeners.iter().filter(|listener| listener.held.is_none());
        open.map(|listener| listener.told).min().filter(|told| *told < rev)
    }

    /// Takes down that `rev` is told, and to whom.
    fn tell(&mut self, rev: u64) -> Vec<String> {
        let due = self.listeners.iter_mut().filter(|listener| listener.held.is_none() && listener.told < rev);
        due.map(|listener| {
            listener.told = rev;
            listener.id.clone()
        })
        .collect()
    }

    /// Lets go all that are not held back.
    fn dismiss(&mut self) -> Vec<String> {
        let (held, open): (Vec<_>, Vec<_>) =
            self.listeners.drain(..).partition(|listener| listener.held.is_some());
        self.listeners = held;
        open.into_iter().map(|listener| listener.id).collect()
    }
}

fn report(fault: &Fault) {
    tracing::error!(%fault, "a change could not be read");
}

fn message(ids: &[String], resource: &str, change: &str) -> String {
    let leftovers = vec![""; ids.len()];
    format!(
        r#"{{"requestId":{},"resourceId":"resources/{resource}","path_leftover":{},"change":{change}}}"#,
        json_text(&ids),
        json_text(&leftovers),
    )
}
