//! A server on a real port whose answers a test writes down.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Method, Response, Uri};
use axum::routing::{any, get};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a test waits for a fact.
const DEADLINE: Duration = Duration::from_secs(20);

/// A request as it arrived over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Script = Box<dyn Fn(&Seen) -> Option<Response<Body>> + Send + Sync>;

struct Shared {
    script: Script,
    seen: Mutex<Vec<Seen>>,
    sockets: mpsc::UnboundedSender<WebSocket>,
}

/// The server. Dropping it breaks all its connections, as the end of a process would.
pub(crate) struct Scripted {
    pub(crate) url: String,
    shared: Arc<Shared>,
    sockets: mpsc::UnboundedReceiver<WebSocket>,
    runtime: Option<Runtime>,
}

impl Scripted {
    /// A server that answers each request as `script` says; where that is `None`, never.
    pub(crate) fn start(script: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static) -> Self {
        Self::serve(script, None)
    }

    /// The same over TLS, with this certificate.
    pub(crate) fn start_tls(
        certificate: &rcgen::CertifiedKey<rcgen::KeyPair>,
        script: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self::serve(script, Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn serve(
        script: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (sender, sockets) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { script: Box::new(script), seen: Mutex::default(), sockets: sender });
        let app = Router::new().route("/", get(upgrade)).fallback(any(answer)).with_state(shared.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            match tls {
                Some(acceptor) => axum::serve(TlsListener { listener, acceptor }, app).await.unwrap(),
                None => axum::serve(listener, app).await.unwrap(),
            }
        });
        Self { url, shared, sockets, runtime: Some(runtime) }
    }

    /// The requests that arrived over HTTP so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The next socket that a client opens.
    pub(crate) async fn socket(&mut self) -> Peer {
        let socket = tokio::time::timeout(DEADLINE, self.sockets.recv()).await.unwrap().unwrap();
        Peer { socket }
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            // A client that does not trust the certificate breaks off.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

async fn upgrade(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response<Body> {
    upgrade.on_upgrade(async move |socket| {
        // The test may be over.
        let _ = shared.sockets.send(socket);
    })
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let seen = Seen { method, path: uri.path().to_owned(), headers, body };
    shared.seen.lock().unwrap().push(seen.clone());
    match (shared.script)(&seen) {
        Some(response) => response,
        None => std::future::pending().await,
    }
}

/// An answer with this status and nothing else.
pub(crate) fn status(status: u16) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

/// An answer about the resource `key` at `rev`.
pub(crate) fn resource(code: u16, key: &str, rev: u64, body: &Value) -> Response<Body> {
    Response::builder()
        .status(code)
        .header("content-location", format!("/resources/{key}"))
        .header("x-oada-rev", rev)
        .header("etag", format!("\"{key}/{rev}\""))
        .header("content-type", "application/json")
        .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
        .unwrap()
}

/// The server's end of a socket. Dropping it breaks the connection.
pub(crate) struct Peer {
    socket: WebSocket,
}

impl Peer {
    /// The next request.
    pub(crate) async fn receive(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(DEADLINE, self.socket.recv()).await.unwrap();
            if let Message::Text(text) = message.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Answers `request` about the resource `key` at `rev`.
    pub(crate) async fn answer(&mut self, request: &Value, code: u16, key: &str, rev: u64, data: Value) {
        let mut message = json!({
            "requestId": request["requestId"], "status": code,
            "headers": {
                "content-location": format!("/resources/{key}"), "x-oada-rev": rev.to_string(),
                "etag": format!("\"{key}/{rev}\""), "content-type": "application/json",
            },
        });
        if !data.is_null() {
            message["data"] = data;
        }
        self.send(message).await;
    }

    /// Announces the change of the resource `key` that made `rev` to the watch asked for by `request`.
    pub(crate) async fn change(&mut self, request: &Value, key: &str, rev: u64) {
        let resource = format!("resources/{key}");
        self.send(json!({
            "resourceId": resource, "requestId": [request["requestId"]], "path_leftover": [""],
            "change": [{"resource_id": resource, "path": "", "type": "merge", "body": {"_rev": rev}}],
        }))
        .await;
    }
}
