//! The one socket of a client: who may use it, and one task that keeps it connected.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use reqwest::Upgraded;
use secrecy::SecretString;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_util::task::AbortOnDropHandle;

use super::backoff::Backoff;
use super::callers::{Callers, Unanswered};
use super::client::Counters;
use super::conversation::Conversation;
use super::endpoint::Endpoint;
use super::error::Error;
use super::http::{Connector, Request};
use super::letter::{Letter, Several};
use super::message::Writer;
use super::pipe::Pipe;
use super::reply::Reply;
use super::subscription::Subscription;
use super::upgrade;
use crate::model::ResourceId;

/// The longest pause between two attempts to connect.
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// For how long what was linked is as good as the answer to a request, which may take as long to be heard.
const FRESH: Duration = Duration::from_millis(50);

struct Linked {
    path: String,
    answer: Reply,
    came: Instant,
}

/// What the task and the users of a socket share.
pub(super) struct Shared {
    pub(super) writer: Writer,
    pub(super) callers: Callers,
    /// All that want to be watched, also while there is no connection.
    subscriptions: Mutex<Vec<Weak<Subscription>>>,
    /// Told when a watch was added or resumed, and when a connection is wanted.
    pub(super) attention: Notify,
    is_wanted: AtomicBool,
    /// The answer about what was linked last, where the server has sent it along.
    linked: Mutex<Option<Linked>>,
    /// How many messages requests of callers have travelled in.
    pub(super) messages: AtomicU64,
}

impl Shared {
    pub(super) fn new(token: &SecretString, timeout: Duration) -> Self {
        Self {
            writer: Writer::new(token),
            callers: Callers::new(timeout),
            subscriptions: Mutex::default(),
            attention: Notify::new(),
            is_wanted: AtomicBool::new(false),
            linked: Mutex::default(),
            messages: AtomicU64::new(0),
        }
    }

    /// Watches what `subscription` wants, from now on and after each reconnection, until it is dropped.
    pub(super) fn follow(&self, subscription: &Arc<Subscription>) {
        let mut all = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::downgrade(subscription));
        drop(all);
        self.attention.notify_one();
    }

    /// Keeps what was linked for who reads it next.
    pub(super) fn keep_linked(&self, id: &ResourceId, answer: Reply) {
        let linked = Linked { path: id.path_text(), answer, came: Instant::now() };
        *self.linked.lock().unwrap_or_else(PoisonError::into_inner) = Some(linked);
    }

    /// The answer about `path`, if it has just been sent along with the link to it. It is given once.
    pub(super) fn linked(&self, path: &str) -> Option<Reply> {
        let mut linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        let linked = linked.take_if(|linked| linked.path == path)?;
        (linked.came.elapsed() <= FRESH).then_some(linked.answer)
    }

    /// The watches that still have a consumer.
    pub(super) fn subscriptions(&self) -> Vec<Arc<Subscription>> {
        let mut all = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut living = Vec::with_capacity(all.len());
        all.retain(|weak| match weak.upgrade() {
            Some(subscription) => {
                living.push(subscription);
                true
            }
            None => false,
        });
        living
    }
}

/// Whether there is a connection, and why not.
#[derive(Clone, Default)]
struct Line {
    is_up: bool,
    /// Set when an attempt has failed since there was a connection.
    error: Option<Error>,
}

/// The socket, as its users see it. Dropping it ends the connection.
pub(super) struct Socket {
    shared: Arc<Shared>,
    line: watch::Receiver<Line>,
    domain: Arc<dyn Endpoint>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Socket {
    /// Makes a socket that connects when it is first used.
    pub(super) fn new(
        endpoint: Arc<dyn Endpoint>,
        connector: Connector,
        token: &SecretString,
        timeout: Duration,
        counters: Arc<Counters>,
    ) -> Self {
        let shared = Arc::new(Shared::new(token, timeout));
        let (line, seen) = watch::channel(Line::default());
        let keeper =
            Keeper { shared: shared.clone(), endpoint: endpoint.clone(), connector, timeout, line, counters };
        let timed = shared.clone();
        let clock = tokio::spawn(async move { timed.callers.keep_time().await });
        let tasks = [tokio::spawn(keeper.run()), clock].map(AbortOnDropHandle::new);
        Self { shared, line: seen, domain: endpoint, _tasks: tasks }
    }

    /// Sends one request and waits for the answer, whatever its status. Gives up after `patience` if no connection
    /// can be made.
    pub(super) async fn send(&self, request: &Request<'_>, patience: Duration) -> Result<Reply, Error> {
        self.connected(patience).await?;
        let waiting = self.shared.callers.enter();
        waiting.send(|id| Letter::of(&self.shared.writer, id, request));
        waiting.await.map_err(|why| match why {
            Unanswered::Lost(error) => error,
            Unanswered::Late => Error::Timeout { method: request.method, path: request.path.to_owned() },
            Unanswered::Ended => self.ended(),
        })
    }

    async fn connected(&self, patience: Duration) -> Result<(), Error> {
        if self.line.borrow().is_up {
            return Ok(());
        }
        let started = Instant::now();
        let mut line = self.line.clone();
        loop {
            let Line { is_up, error } = line.borrow_and_update().clone();
            if is_up {
                return Ok(());
            }
            if let Some(error) = error
                && (!error.is_transient() || started.elapsed() >= patience)
            {
                return Err(error);
            }
            self.shared.is_wanted.store(true, Ordering::Relaxed);
            self.shared.attention.notify_one();
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                // The first attempt is waited for, however small the patience.
                line.changed().await.map_err(|_| self.ended())?;
            } else if let Ok(changed) = tokio::time::timeout(left, line.changed()).await {
                changed.map_err(|_| self.ended())?;
            }
        }
    }

    fn ended(&self) -> Error {
        Error::connection(&self.domain.describe(), std::io::Error::other("the connection was given up"))
    }

    /// Watches what `subscription` wants, until it is dropped.
    pub(super) fn follow(&self, subscription: &Arc<Subscription>) {
        self.shared.follow(subscription);
    }

    /// As [`Shared::linked`].
    pub(super) fn linked(&self, path: &str) -> Option<Reply> {
        self.shared.linked(path)
    }

    /// How many messages the requests have travelled in so far.
    pub(super) fn messages(&self) -> u64 {
        self.shared.messages.load(Ordering::Relaxed)
    }

    /// Has the state of all watches looked at.
    pub(super) fn look_at_watches(&self) {
        self.shared.attention.notify_one();
    }
}

/// The task that keeps the connection.
struct Keeper {
    shared: Arc<Shared>,
    endpoint: Arc<dyn Endpoint>,
    connector: Connector,
    /// How long a connection may take to be made.
    timeout: Duration,
    line: watch::Sender<Line>,
    counters: Arc<Counters>,
}

/// A connection that was made.
enum Opened {
    Network(Box<WebSocketStream<Upgraded>>, Several),
    InProcess(Pipe),
}

impl Keeper {
    async fn open(&self) -> Result<Opened, Error> {
        if self.endpoint.is_in_process() {
            return self.endpoint.open_pipe().await.map(Opened::InProcess);
        }
        let (stream, several) = upgrade::connect(&*self.endpoint, &self.connector, self.timeout).await?;
        Ok(Opened::Network(Box::new(stream), several))
    }

    async fn run(self) {
        let mut backoff = Backoff::up_to(LONGEST_DELAY);
        let mut was_connected = false;
        loop {
            while !self.shared.is_wanted.swap(false, Ordering::Relaxed)
                && self.shared.subscriptions().is_empty()
            {
                self.shared.attention.notified().await;
            }
            let error = match self.open().await {
                Ok(line) => {
                    if was_connected {
                        self.counters.reconnects.fetch_add(1, Ordering::Relaxed);
                    }
                    was_connected = true;
                    self.line.send_replace(Line { is_up: true, error: None });
                    let mut conversation = Conversation::new(&self.shared, self.endpoint.describe());
                    let error = match line {
                        Opened::Network(stream, several) => {
                            conversation.may_send(several);
                            conversation.hold(*stream).await
                        }
                        Opened::InProcess(pipe) => conversation.hold(pipe).await,
                    };
                    if conversation.has_heard() {
                        backoff.reset();
                    }
                    tracing::info!(domain = %self.endpoint.describe(), %error, "the connection is lost");
                    // Not told as an error to those who wait for a connection: none has failed yet.
                    self.line.send_replace(Line::default());
                    error
                }
                Err(error) => {
                    tracing::debug!(domain = %self.endpoint.describe(), %error, "cannot connect");
                    self.line.send_replace(Line { is_up: false, error: Some(error.clone()) });
                    error
                }
            };
            self.shared.callers.lose(&Unanswered::Lost(error.clone()));
            for subscription in self.shared.subscriptions() {
                subscription.disconnected(&error);
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.callers.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Path;
    use crate::oada::{Client, Method};
    use futures_util::future::{BoxFuture, FutureExt, join_all, ready};
    use reqwest::Url;

    /// A store that takes one message and never reads it.
    #[derive(Default)]
    struct Stuck(Mutex<Vec<Pipe>>);

    impl Endpoint for Stuck {
        fn locate(&self) -> BoxFuture<'_, Result<Url, Error>> {
            ready(Err(Error::connection("nowhere", std::io::Error::other("it is in this process")))).boxed()
        }

        fn describe(&self) -> String {
            "stuck".to_owned()
        }

        fn is_in_process(&self) -> bool {
            true
        }

        fn open_pipe(&self) -> BoxFuture<'_, Result<Pipe, Error>> {
            let (near, far) = Pipe::pair(1);
            self.0.lock().unwrap().push(far);
            ready(Ok(near)).boxed()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_has_its_time_from_when_it_was_made_also_where_nothing_is_taken_up() {
        let limit = Duration::from_secs(5);
        let client = Client::builder(Arc::new(Stuck::default())).request_timeout(limit);
        let client = client.patience(Duration::ZERO).concurrency(2000).build().unwrap();
        let begun = Instant::now();
        // More than a conversation takes up while none is read.
        let all = (0..1000).map(async |number| {
            tokio::time::sleep(Duration::from_secs(number % 3)).await;
            let error = client.get(&Path::root().join("a")).await.unwrap_err();
            assert!(matches!(error, Error::Timeout { method: Method::Get, .. }), "{error}");
            assert_eq!(begun.elapsed().as_secs(), limit.as_secs() + number % 3);
        });
        join_all(all).await;
    }
}
