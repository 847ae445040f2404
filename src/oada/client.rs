//! The client: verbs, patience, and which transport carries what.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::{Response, Url};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::backoff::Backoff;
use super::endpoint::Endpoint;
use super::error::{Error, Method};
use super::http::{Connector, Http, Request};
use super::reply::{Document, Head, Reply, Unread, Written};
use super::socket::Socket;
use crate::model::{Path, before};

/// Which way requests go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Each request over HTTP.
    #[default]
    Http,
    /// Requests that fit share one WebSocket, which costs either side far less; over HTTP where none is to be had.
    Socket,
}

/// What a client has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Requests asked for by callers.
    pub requests: u64,
    /// Messages in which those of them travelled that went over a socket.
    pub messages: u64,
    /// Attempts beyond the first of a request.
    pub retries: u64,
    /// Sockets opened after one was lost.
    pub reconnects: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) reconnects: AtomicU64,
}

/// Sets up a [`Client`].
pub struct Builder {
    endpoint: Arc<dyn Endpoint>,
    token: SecretString,
    ca_file: Option<PathBuf>,
    accept_invalid_certs: bool,
    request_timeout: Duration,
    patience: Duration,
    concurrency: usize,
    transport: Transport,
}

impl Builder {
    /// Sets the token that each request carries.
    #[must_use]
    pub fn token(mut self, token: SecretString) -> Self {
        self.token = token;
        self
    }

    /// Trusts the authorities in this PEM file as well as those of the system.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Accepts any certificate, which lets anybody on the way read the token.
    #[must_use]
    pub fn accept_invalid_certs(mut self, accept: bool) -> Self {
        self.accept_invalid_certs = accept;
        self
    }

    /// Sets how long one attempt of a request may take; 30 seconds unless set.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets how long a request is repeated while the server cannot be reached or asks to wait; 30 seconds unless
    /// set. With zero, the first failure is reported.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets how many requests may be under way at a time; 512 unless set, at least 1.
    ///
    /// A worker has one for each job that it runs and for each that it puts away, so it needs several times as many as it
    /// runs jobs at once: with as many as jobs, those that are put away keep others from being claimed.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets which way requests go; HTTP unless set. Watches use a socket in any case.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Makes the client. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] and [`Error::CaFile`].
    pub fn build(self) -> Result<Client, Error> {
        let connector = Connector::new(&self.token, self.ca_file.as_ref(), self.accept_invalid_certs)?;
        let inner = Inner {
            upgrades: connector.for_upgrades(),
            token: self.token,
            socket: OnceLock::new(),
            http: Http::new(self.endpoint.clone(), connector, self.request_timeout),
            endpoint: self.endpoint,
            transport: self.transport,
            permits: Semaphore::new(self.concurrency),
            patience: self.patience,
            counters: Arc::default(),
            embedded: OnceLock::new(),
        };
        Ok(Client { inner: Arc::new(inner) })
    }
}

/// A client of one store. Clones are cheap and share their connections.
///
/// A request whose connection fails, or that the server asks to repeat (429, 502, 503, 504), is repeated until the
/// [patience](Builder::patience) ends. All writes go to a place that the caller chose, so repeating one is safe.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Arc<dyn Endpoint>,
    http: Http,
    /// Made when it is first used.
    socket: OnceLock<Socket>,
    upgrades: Connector,
    token: SecretString,
    transport: Transport,
    permits: Semaphore,
    patience: Duration,
    counters: Arc<Counters>,
    embedded: OnceLock<bool>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.describe())
    }
}

impl Client {
    /// Begins to set up a client of the store at `endpoint`.
    #[must_use]
    pub fn builder(endpoint: Arc<dyn Endpoint>) -> Builder {
        Builder {
            endpoint,
            token: SecretString::default(),
            ca_file: None,
            accept_invalid_certs: false,
            request_timeout: Duration::from_secs(30),
            patience: Duration::from_secs(30),
            concurrency: REQUESTS,
            transport: Transport::default(),
        }
    }

    /// Names the server for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        self.inner.endpoint.describe()
    }

    /// Where the server is now, for others who shall reach it.
    ///
    /// # Errors
    /// As [`Endpoint::locate`].
    pub async fn locate(&self) -> Result<Url, Error> {
        self.inner.endpoint.locate().await
    }

    /// The token that each request carries, for others who shall act for the same user.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.inner.token
    }

    /// Reads the value at `path`.
    ///
    /// # Errors
    /// See [`Error`]; nothing there is an error too.
    pub async fn get(&self, path: &Path) -> Result<Document, Error> {
        let path = sendable(path.to_text())?;
        let reply = self.request(&Request::new(Method::Get, &path)).await?;
        accepted(reply, Method::Get, &path)?.into_document(&path)
    }

    /// Reads the value at `path`; `None` if nothing is there.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find(&self, path: &Path) -> Result<Option<Document>, Error> {
        let path = sendable(path.to_text())?;
        self.find_at(&path).await?.map(|reply| reply.into_document(&path)).transpose()
    }

    /// The same of a path that is text, with the value as it came.
    pub(crate) async fn find_unread(&self, path: String) -> Result<Option<Unread>, Error> {
        let path = sendable(path)?;
        let linked = self.inner.socket.get().and_then(|socket| socket.linked(&path));
        // What is not as it should be is asked for.
        if let Some(unread) = linked.and_then(|answer| answer.into_unread(path.clone()).ok()) {
            return Ok(Some(unread));
        }
        self.find_at(&path).await?.map(|reply| reply.into_unread(path)).transpose()
    }

    async fn find_at(&self, path: &str) -> Result<Option<Reply>, Error> {
        let reply = self.request(&Request::new(Method::Get, path)).await?;
        if says_missing(&reply, path) {
            return Ok(None);
        }
        accepted(reply, Method::Get, path).map(Some)
    }

    /// Reads what the server says about `path`, without the value; `None` if nothing is there.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn head(&self, path: &Path) -> Result<Option<Head>, Error> {
        let path = sendable(path.to_text())?;
        let reply = self.request(&Request::new(Method::Head, &path)).await?;
        if says_missing(&reply, &path) {
            return Ok(None);
        }
        accepted(reply, Method::Head, &path)?.into_head(&path).map(Some)
    }

    /// Merges `body` into what stands at `path`; with `if_match`, only if that entity tag is still the current one.
    ///
    /// Cancelling does not take back a request that is under way. When an answer is lost, the write is repeated: an
    /// error of [`Error::is_precondition_failed`] may then mean that one's own first attempt was done, so read
    /// before taking it for somebody else's.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn put(
        &self,
        path: &Path,
        content_type: &str,
        body: &(impl Serialize + Sync + ?Sized),
        if_match: Option<&str>,
    ) -> Result<Written, Error> {
        let path = sendable(path.to_text())?;
        let body = serde_json::to_vec(body).map_err(|error| Error::garbage(&path, error.to_string()))?;
        self.put_as(&put(&path, content_type, body.into(), if_match)).await?.into_written(&path)
    }

    /// The same of a path and JSON that are text. Returns the entity tag after the write.
    pub(crate) async fn put_text(
        &self,
        path: String,
        content_type: &str,
        body: Bytes,
        if_match: Option<&str>,
    ) -> Result<String, Error> {
        let path = sendable(path)?;
        self.put_as(&put(&path, content_type, body, if_match)).await?.into_etag(&path)
    }

    /// The same of a write that is of no use to anybody once this machine has lost its power: our own store, where it is on
    /// this machine and tells this client of what it watches [as a worker](Client::watch_as_worker), may answer before its
    /// disk does.
    pub(crate) async fn put_text_ahead(
        &self,
        path: String,
        content_type: &str,
        body: Bytes,
        if_match: Option<&str>,
    ) -> Result<String, Error> {
        let path = sendable(path)?;
        let request = Request { ahead: true, ..put(&path, content_type, body, if_match) };
        self.put_as(&request).await?.into_etag(&path)
    }

    async fn put_as(&self, request: &Request<'_>) -> Result<Reply, Error> {
        accepted(self.request(request).await?, Method::Put, request.path)
    }

    /// Removes what stands at `path`: a link (what it points to stays), a value, or a whole resource. Removing what
    /// is not there succeeds. With `if_match`, only if that entity tag is still the current one; that of a link is
    /// the tag of the resource that holds it.
    ///
    /// Cancelling and repeating are as for [`Client::put`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete(&self, path: &Path, if_match: Option<&str>) -> Result<Written, Error> {
        let path = sendable(path.to_text())?;
        self.delete_at(&path, if_match).await?.into_written(&path)
    }

    /// The same of a path that is text, whatever its entity tag is.
    pub(crate) async fn delete_text(&self, path: String) -> Result<(), Error> {
        let path = sendable(path)?;
        self.delete_at(&path, None).await?.into_etag(&path).map(drop)
    }

    async fn delete_at(&self, path: &str, if_match: Option<&str>) -> Result<Reply, Error> {
        let request = Request { if_match, ..Request::new(Method::Delete, path) };
        accepted(self.request(&request).await?, Method::Delete, path)
    }

    /// Whether the server is the store embedded in this program, which lifts some limits of the reference server.
    ///
    /// The server is asked once; its discovery document says so.
    ///
    /// # Errors
    /// See [`Error`]. A server without a discovery document is simply not ours.
    pub async fn is_embedded_store(&self) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Discovery {
            oada_jobs: Option<serde::de::IgnoredAny>,
        }
        if self.is_in_process() {
            return Ok(false);
        }
        if let Some(known) = self.inner.embedded.get() {
            return Ok(*known);
        }
        let request = Request::new(Method::Get, "/.well-known/openid-configuration");
        let reply = self.request_by_http(&request).await?;
        let discovery = serde_json::from_slice::<Discovery>(&reply.body);
        let is_ours = reply.is_success() && discovery.is_ok_and(|found| found.oada_jobs.is_some());
        Ok(*self.inner.embedded.get_or_init(|| is_ours))
    }

    /// What the server's clock says, to the second; `None` where it does not tell.
    ///
    /// Times that the store wrote, such as `_meta/modified`, are to be compared with this and not with our own clock.
    ///
    /// # Errors
    /// When it cannot be reached. A refusal tells the time as well.
    pub async fn server_time(&self) -> Result<Option<Timestamp>, Error> {
        if self.is_in_process() {
            return Ok(Some(Timestamp::now()));
        }
        let reply = self.request_by_http(&Request::new(Method::Head, "/bookmarks")).await?;
        Ok(reply.headers.date)
    }

    /// Counts what was done so far, for metrics.
    #[must_use]
    pub fn requests(&self) -> Requests {
        let counters = &self.inner.counters;
        Requests {
            requests: counters.requests.load(Ordering::Relaxed),
            messages: self.inner.socket.get().map_or(0, Socket::messages),
            retries: counters.retries.load(Ordering::Relaxed),
            reconnects: counters.reconnects.load(Ordering::Relaxed),
        }
    }

    pub(super) fn http(&self) -> &Http {
        &self.inner.http
    }

    pub(super) fn socket(&self) -> &Socket {
        let inner = &self.inner;
        inner.socket.get_or_init(|| {
            Socket::new(
                inner.endpoint.clone(),
                inner.upgrades.clone(),
                &inner.token,
                inner.http.timeout(),
                inner.counters.clone(),
            )
        })
    }

    pub(super) fn is_in_process(&self) -> bool {
        self.inner.endpoint.is_in_process()
    }

    /// Gets one request answered, whatever the answer is.
    pub(super) async fn request(&self, request: &Request<'_>) -> Result<Reply, Error> {
        if !self.goes_by_socket(request).await? {
            return self.request_by_http(request).await;
        }
        match self.request_by_socket(request).await {
            // A proxy on the way may know HTTP alone.
            Err(Error::NoWebSocket { .. }) => self.request_by_http(request).await,
            result => result,
        }
    }

    /// Waits until one more request may be under way; not even for its place in the line where nobody stands in it.
    async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        let permits = &self.inner.permits;
        match permits.try_acquire() {
            Ok(permit) => Some(permit),
            Err(_) => permits.acquire().await.ok(),
        }
    }

    async fn request_by_socket(&self, request: &Request<'_>) -> Result<Reply, Error> {
        self.inner.counters.requests.fetch_add(1, Ordering::Relaxed);
        let _permit = self.permit().await;
        let socket = self.socket();
        let patience = self.inner.patience;
        let once = || async move { patient(socket.send(request, patience).await?, request) };
        self.persist(once).await
    }

    /// On the heap: a request over HTTP is several times as large as one over the socket, and would be carried about by
    /// all that may make one.
    fn request_by_http<'a>(&'a self, request: &'a Request<'_>) -> BoxFuture<'a, Result<Reply, Error>> {
        Box::pin(async move {
            self.inner.counters.requests.fetch_add(1, Ordering::Relaxed);
            let _permit = self.permit().await;
            let http = &self.inner.http;
            self.persist(|| async move { patient(http.send(request).await?, request) }).await
        })
    }

    /// Whether a request goes over the socket: if the transport says so, if it is not large, and if it is not a
    /// DELETE on the reference server, where one of a link ends the watches of others (`oada-protocol.md` Q4).
    async fn goes_by_socket(&self, request: &Request<'_>) -> Result<bool, Error> {
        if self.is_in_process() {
            return Ok(true);
        }
        let is_small = request.body.as_ref().is_none_or(|body| body.len() <= LARGEST_ON_SOCKET);
        if self.inner.transport == Transport::Http || !is_small {
            return Ok(false);
        }
        if request.method == Method::Delete { self.is_embedded_store().await } else { Ok(true) }
    }

    /// Gets one request accepted, and leaves the body of the answer to be read by the caller, without a limit on the
    /// requests under way.
    pub(super) async fn open(&self, request: &Request<'_>) -> Result<Response, Error> {
        self.inner.counters.requests.fetch_add(1, Ordering::Relaxed);
        let _permit = self.permit().await;
        self.persist(|| self.inner.http.open(request)).await
    }

    /// Repeats `attempt` while it fails in a way that may pass, until the patience ends.
    ///
    /// The attempt is no `AsyncFn`: a future that awaits one cannot be shown to be `Send`, and so cannot be spawned.
    async fn persist<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let started = Instant::now();
        // Made only when it is wanted: it draws on the system's randomness.
        let mut backoff = None;
        loop {
            let error = match attempt().await {
                Err(error) if error.is_transient() => error,
                result => return result,
            };
            let delay = error
                .retry_after()
                .unwrap_or_else(|| backoff.get_or_insert_with(|| Backoff::up_to(LONGEST_DELAY)).next_delay());
            if started.elapsed().saturating_add(delay) > self.inner.patience {
                return Err(error);
            }
            tracing::debug!(%error, ?delay, "trying again");
            tokio::time::sleep(delay).await;
            self.inner.counters.retries.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How many requests may be under way at a time, unless it is set.
const REQUESTS: usize = 512;

/// The largest body that travels over the socket, where it would hold up all others.
const LARGEST_ON_SOCKET: usize = 1 << 20;

/// The longest pause between two attempts of a request.
const LONGEST_DELAY: Duration = Duration::from_secs(5);

fn put<'r>(path: &'r str, content_type: &'r str, body: Bytes, if_match: Option<&'r str>) -> Request<'r> {
    let (content_type, body) = (Some(content_type), Some(body));
    Request { content_type, if_match, body, ..Request::new(Method::Put, path) }
}

/// Makes an error of an answer that asks to try again.
fn patient(reply: Reply, request: &Request<'_>) -> Result<Reply, Error> {
    if reply.is_success() {
        return Ok(reply);
    }
    let refusal = reply.refusal(request.method, request.path);
    if refusal.is_transient() { Err(refusal) } else { Ok(reply) }
}

/// Makes an error of any answer but success.
pub(super) fn accepted(reply: Reply, method: Method, path: &str) -> Result<Reply, Error> {
    if reply.is_success() { Ok(reply) } else { Err(reply.refusal(method, path)) }
}

/// Older servers answer 403 for a resource that does not exist (`oada-protocol.md` Q21).
fn says_missing(reply: &Reply, path: &str) -> bool {
    reply.status == 404 || (reply.status == 403 && path.starts_with("/resources/"))
}

/// The text of a path as it is sent. Whatever would make another path of it on the way is refused.
pub(super) fn sendable(text: String) -> Result<String, Error> {
    let is_graphic = |byte: u8| (byte > b' ') & (byte < 0x7f);
    let unsendable = |byte: u8| !is_graphic(byte) | (byte == b'?') | (byte == b'#') | (byte == b'\\');
    let reason = if before(text.as_bytes(), unsendable).is_some() {
        "it holds characters that cannot stand in a request"
    } else if text.contains("/.") && text.split('/').any(|segment| matches!(segment, "." | "..")) {
        "\".\" and \"..\" are resolved on the way to the server"
    } else {
        return Ok(text);
    };
    Err(Error::InvalidPath { path: text, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::Value;

    /// Everything must be usable from a spawned task.
    #[test]
    fn futures_can_be_sent() {
        fn sent<T: Send>(_: impl FnOnce(Client, Path, crate::model::Tree) -> T) {}
        sent(|client, path, _| async move { client.get(&path).await });
        sent(|client, path, _| async move { client.head(&path).await });
        sent(|client, path, _| async move { client.put(&path, "", &Value::Null, None).await });
        sent(|client, path, _| async move { client.delete(&path, None).await });
        sent(|client, path, tree| async move { client.tree_put(&path, &Value::Null, &tree).await });
        sent(|client, path, _| async move { client.entries(&path).await.ok()?.next().await });
        sent(|client, path, _| async move { client.watch(&path, None).next().await });
    }

    #[test]
    fn paths_that_would_change_on_the_way_are_refused() {
        let path = |segment: &str| sendable(Path::root().join("bookmarks").join(segment).to_text());
        assert_eq!(path("a%20b/c").unwrap(), "/bookmarks/a%20b~1c");
        for bad in ["..", ".", "a?b", "a#b", "a b", "\u{e9}", "a\\b", "a\nb"] {
            assert!(matches!(path(bad), Err(Error::InvalidPath { .. })), "{bad:?}");
        }
    }
}
