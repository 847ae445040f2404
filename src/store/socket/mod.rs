//! WebSocket: many requests at a time on one connection, and watches.
//!
//! One task reads, answers and feeds the watches; another writes. Both end when the connection does.

mod ask;
mod linked;
mod outgoing;
mod several;
mod usual;
mod watches;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{FuturesUnordered, SplitStream};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use super::auth::{Session, Unauthorized};
use super::http;
use super::request::{Content, MAX_BODY, Method, Refusal, Request, Response, names_resources};
use super::server::Serving;
use super::{Store, routes};
use crate::model::{LookOut, before};
use ask::{Ask, Verb, malformed};
use outgoing::{FAREWELL_TIME, MAX_OUTGOING, Outgoing, write};
use watches::Watches;

/// The largest message: a body of the largest size, and room for the rest.
const MAX_MESSAGE: usize = MAX_BODY + 1024 * 1024;
/// The most requests of one socket that are under way.
const MAX_IN_FLIGHT: usize = 512;
/// With up to so many writes under way, whoever waits for one looks out for its end.
const FEW: usize = 4;
/// How often the other end is asked whether it is still there. A socket that has not answered by the next time, nor taken
/// a part of a long message, is closed.
const PING_EVERY: Duration = Duration::from_secs(30);

type Connection = WebSocketStream<TokioIo<Upgraded>>;

/// Serves one socket until it ends.
pub(super) async fn run(serving: Serving, base: String, upgraded: Upgraded) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(16 * 1024)
        .write_buffer_size(64 * 1024);
    let connection = TokioIo::new(upgraded);
    let connection = WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await;
    let (sink, stream) = connection.split();
    let (outgoing, messages) = mpsc::channel(MAX_OUTGOING);
    let moves = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write(sink, messages, Arc::clone(&moves)));
    let mut socket = Socket::new(serving, base, outgoing);
    socket.serve(stream, &moves).await;
    socket.end();
    drop(socket);
    // It ends with its channel, in bounded time; a panic of it has nobody to be told.
    let _ = writing.await;
}

/// The methods of which several may come in one message, as a client is told that is given a socket.
pub(super) const SEVERAL: &str = "get, put, delete";

type Pending = Pin<Box<dyn Future<Output = Done> + Send>>;

/// Requests that have been done, and what they came to.
enum Done {
    One(Asked, Response),
    /// Their ids, and the answers in the same order.
    Several(Vec<String>, Vec<Response>),
}

/// What an answer is the answer to.
struct Asked {
    id: String,
    /// Leave out the body, of an error too.
    head: bool,
    /// Begin a watch with it, in whose name.
    watch: Option<Arc<Session>>,
}

struct Socket {
    store: Store,
    stop: tokio_util::sync::CancellationToken,
    base: String,
    outgoing: mpsc::Sender<Outgoing>,
    pending: FuturesUnordered<Pending>,
    watches: Watches,
    /// The last `Authorization` that was seen, since it is the same on nearly every message.
    known: Option<(String, Arc<Session>)>,
    /// For the end of a write that is alone under way on this socket.
    look_out: LookOut,
}

/// The other end is gone, or is to go.
struct Ended;

impl Socket {
    fn new(serving: Serving, base: String, outgoing: mpsc::Sender<Outgoing>) -> Self {
        let Serving { store, stop, .. } = serving;
        let watches = Watches::new(store.clone());
        let pending = FuturesUnordered::new();
        Self { store, stop, base, outgoing, pending, watches, known: None, look_out: LookOut::default() }
    }

    async fn serve(&mut self, mut stream: SplitStream<Connection>, moves: &AtomicBool) {
        let mut pings = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut alive = true;
        let inbox = Arc::clone(&self.watches.inbox);
        let mut tokens = self.store.inner.auth.changes();
        let (stop, outgoing) = (self.stop.clone(), self.outgoing.clone());
        loop {
            let more = self.watches.has_more();
            let hold = self.watches.next_release();
            let turn = tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.finish().await;
                    self.close(CloseCode::Away, "the server is stopping").await
                }
                Some(done) = self.pending.next() => self.done(done).await,
                permit = outgoing.reserve(), if more => match permit {
                    Ok(permit) => {
                        if let Some(text) = self.watches.next_message() {
                            permit.send(Outgoing::text(text));
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
                Ok(()) = tokens.changed() => {
                    if self.watches.are_withdrawn() {
                        self.close(CloseCode::Policy, "the token was withdrawn").await
                    } else {
                        Ok(())
                    }
                }
                () = LookOut::turn(), if self.looks_out() => Ok(()),
                _ = pings.tick() => {
                    let moved = moves.swap(false, Ordering::Relaxed);
                    if std::mem::replace(&mut alive, false) || moved {
                        self.send(Outgoing::Whole(Message::Ping(Bytes::new()))).await
                    } else {
                        self.close(CloseCode::Policy, "no answer to a ping").await
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
            while let Some(done) = self.pending.next().await {
                if self.done(done).await.is_err() {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(FAREWELL_TIME, finishing).await;
    }

    async fn send(&mut self, message: Outgoing) -> Result<(), Ended> {
        self.outgoing.send(message).await.map_err(|_| Ended)
    }

    async fn close(&mut self, code: CloseCode, why: &'static str) -> Result<(), Ended> {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(why) };
        let sent =
            self.outgoing.send_timeout(Outgoing::Whole(Message::Close(Some(frame))), FAREWELL_TIME).await;
        drop(sent);
        Err(Ended)
    }

    async fn received(&mut self, message: Message) -> Result<(), Ended> {
        match message {
            Message::Text(text) => self.read(text.as_str()).await,
            Message::Binary(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => self.read(text).await,
                Err(_) => self.send(Outgoing::text(malformed(None, "not UTF-8"))).await,
            },
            Message::Pong(payload) => {
                self.watches.pong(&payload);
                Ok(())
            }
            // The library answers pings; frames it puts together before it hands them over.
            Message::Ping(_) | Message::Frame(_) => Ok(()),
            Message::Close(_) => Err(Ended),
        }
    }

    async fn read(&mut self, text: &str) -> Result<(), Ended> {
        match ask::Message::read(text) {
            Ok(ask::Message::One(asked)) => self.asked(asked).await,
            Ok(ask::Message::Several(alike)) => self.asked_several(alike).await,
            Err(answer) => self.send(Outgoing::text(answer)).await,
        }
    }

    async fn asked(&mut self, asked: Ask<'_>) -> Result<(), Ended> {
        let id = asked.id.into_owned();
        let (method, watch) = match asked.method {
            Verb::Ping => return self.send(Outgoing::bare(&id, 204)).await,
            Verb::Unwatch => {
                self.watches.unwatch(&id);
                return self.send(Outgoing::bare(&id, 200)).await;
            }
            Verb::Do { method, watch } => (method, watch),
        };
        let mut asked_for = Asked { id, head: method == Method::Head, watch: None };
        let path = without_query(&asked.path);
        if let Some(response) = routes::open(&self.store, method, path, &self.base) {
            return self.answered(asked_for, response).await;
        }
        let resources = leads_to_resources(path);
        if !resources && !routes::needs_token(path) {
            return self.answered(asked_for, Response::new(404)).await;
        }
        let session = match self.session(&asked.authorization) {
            Ok(session) => session,
            Err(unauthorized) => {
                return self.answered(asked_for, Refusal::from(unauthorized).at(None)).await;
            }
        };
        asked_for.watch = watch.then(|| Arc::clone(&session));
        let is_plain = asked.data.as_ref().is_some_and(|data| data.is_plain);
        let body = asked.data.map(|data| Bytes::copy_from_slice(data.text.as_bytes()));
        if body.as_ref().is_some_and(|body| body.len() > MAX_BODY) {
            return self.answered(asked_for, Refusal::too_large().at(None)).await;
        }
        if !resources {
            let (store, path) = (self.store.clone(), path.to_owned());
            self.wait_for(Box::pin(async move {
                Done::One(asked_for, routes::closed(&store, session, method, &path, body).await)
            }));
            return Ok(());
        }
        let target = match http::target(method, path, &session) {
            Ok(target) => target,
            Err(refusal) => return self.answered(asked_for, refusal.at(None)).await,
        };
        let mut headers = asked.headers;
        let rev = headers.rev.as_ref().and_then(|rev| rev.trim().parse::<i64>().ok());
        let (ahead, linked) = (headers.ahead.take(), ask::is_on(headers.linked.take()));
        if let Some(boot) = ahead.as_ref().filter(|_| watch) {
            self.watches.ahead.hear_boot(boot);
        }
        let ahead = self.watches.ahead.answers(ask::is_on(ahead));
        let request = Request { body, is_plain, ahead, ..headers.request(method, target, session) };
        match method {
            Method::Get | Method::Head if watch => {
                let response = self.watches.begin(&asked_for.id, &request, (rev, linked));
                self.send_answer(&asked_for, response).await?;
                self.hold().await
            }
            Method::Get | Method::Head => {
                let response = self.store.read(&request, self.watches.ahead.is_on());
                self.send_answer(&asked_for, response).await
            }
            Method::Put | Method::Post | Method::Delete => {
                let store = self.store.clone();
                self.wait_for(Box::pin(async move { Done::One(asked_for, store.write(request).await) }));
                Ok(())
            }
        }
    }

    fn session(&mut self, authorization: &str) -> Result<Arc<Session>, Unauthorized> {
        if let Some((known, session)) = &self.known
            && known == authorization
            && !session.is_withdrawn()
        {
            return Ok(Arc::clone(session));
        }
        let session = self.store.inner.auth.session(Some(authorization))?;
        self.known = Some((authorization.to_owned(), Arc::clone(&session)));
        Ok(session)
    }

    fn wait_for(&mut self, pending: Pending) {
        self.pending.push(pending);
        if self.pending.len() == 1 {
            self.look_out.begin();
        } else {
            self.look_out.give_up();
        }
    }

    /// Whether the end of a write is better looked out for than slept for: while the store has little else to do.
    fn looks_out(&self) -> bool {
        self.look_out.is_on() && self.store.inner.writer.under_way() <= FEW
    }

    async fn done(&mut self, done: Done) -> Result<(), Ended> {
        self.look_out.end();
        match done {
            Done::One(asked, response) => self.answered(asked, response).await,
            Done::Several(ids, responses) => {
                self.send_answers(ids.iter().map(String::as_str), responses).await
            }
        }
    }

    async fn answered(&mut self, asked: Asked, response: Response) -> Result<(), Ended> {
        let begun = match &asked.watch {
            Some(session) if response.status < 300 => self.watches.follow(&asked.id, session, &response),
            _ => false,
        };
        self.send_answer(&asked, response).await?;
        if begun { self.hold().await } else { Ok(()) }
    }

    async fn send_answer(&mut self, asked: &Asked, mut response: Response) -> Result<(), Ended> {
        if asked.head {
            response.content = Content::None;
        }
        self.send(Outgoing::answer(&asked.id, response)).await
    }

    /// Sends the ping whose answer shows that the client has read what was sent before it.
    async fn hold(&mut self) -> Result<(), Ended> {
        match self.watches.hold() {
            Some(payload) => {
                let payload = Bytes::copy_from_slice(&payload.to_be_bytes());
                self.send(Outgoing::Whole(Message::Ping(payload))).await
            }
            None => Ok(()),
        }
    }
}

fn without_query(path: &str) -> &str {
    let end = before(path.as_bytes(), |byte| (byte == b'?') | (byte == b'#'));
    end.map_or(path, |end| &path[..end])
}

fn leads_to_resources(path: &str) -> bool {
    path.starts_with('/') && names_resources(path)
}
