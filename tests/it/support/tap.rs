//! A tap on the wire: stands between a client and a store and takes down what the client asks for.
//!
//! Requests over HTTP are sent on one by one; a socket is passed through byte by byte and only listened to, so that its
//! pings reach the client as they are.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::deployed::Wire;

/// What is compared of the headers of a request, and of an answer.
const ASKED: [&str; 3] = ["content-type", "if-match", "x-oada-ensure-link"];
const ANSWERED: &str = "content-location";

/// Dropped, it is gone.
pub(crate) struct Tap {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    tasks: Vec<JoinHandle<()>>,
}

struct Seen {
    /// Which request of which socket it is; none over HTTP.
    request_id: Option<(u64, Value)>,
    exchange: Value,
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Tap {
    /// A tap before a store without TLS, which itself speaks it or not.
    pub(crate) async fn before(upstream: &str, wire: Wire) -> Self {
        let seen = Arc::default();
        let ear = Ear { upstream: upstream.to_owned(), seen: Arc::clone(&seen), sockets: Arc::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let plain = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(move |request| pass(ear.clone(), request));
        let mut tasks = vec![tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })];
        let url = match wire {
            Wire::Plain => format!("http://{plain}"),
            Wire::Tls => {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
                tasks.push(tokio::spawn(unwrap_tls(listener, plain)));
                url
            }
        };
        Self { url, seen, tasks }
    }

    /// What was asked and answered so far, in the order of the requests.
    pub(crate) fn exchanges(&self) -> Vec<Value> {
        self.seen.lock().unwrap().iter().map(|seen| seen.exchange.clone()).collect()
    }
}

/// The recorded requests of `who`, in the form in which a tap gives them.
pub(crate) fn recorded(frames: &[Value], who: &str) -> Vec<Value> {
    let mut seen: Vec<Seen> = Vec::new();
    for frame in frames.iter().filter(|frame| frame["who"] == who) {
        let (message, socket) = (&frame["message"], &frame["socket"]);
        if let Some(request) = frame.get("request") {
            let mut exchange = asked(request, request.get("body"));
            answered(&mut exchange, &frame["response"]);
            seen.push(Seen { request_id: None, exchange });
        } else if frame["from"] == "client" {
            let request_id = Some((0, json!([socket, message["requestId"]])));
            seen.push(Seen { request_id, exchange: asked(message, message.get("data")) });
        } else if frame["from"] == "server" {
            take_answer(&mut seen, (0, json!([socket, message["requestId"]])), message);
        }
    }
    seen.into_iter().map(|seen| seen.exchange).collect()
}

fn asked(request: &Value, body: Option<&Value>) -> Value {
    let mut exchange = json!({
        "method": request["method"].as_str().unwrap().to_ascii_lowercase(),
        "path": request["path"],
    });
    let headers = request["headers"].as_object().unwrap();
    for (name, value) in headers.iter().filter(|(name, _)| ASKED.contains(&name.as_str())) {
        exchange[name.as_str()] = value.clone();
    }
    if let Some(body) = body {
        exchange["body"] = body.clone();
    }
    exchange
}

fn answered(exchange: &mut Value, answer: &Value) {
    exchange["status"] = answer["status"].clone();
    if let Some(location) = answer["headers"].get(ANSWERED) {
        exchange[ANSWERED] = location.clone();
    }
}

/// The reference server answers a watch that resumes twice, and only the second time says where it is.
fn take_answer(seen: &mut [Seen], id: (u64, Value), answer: &Value) {
    let asked = seen.iter_mut().rev().find(|seen| seen.request_id.as_ref() == Some(&id));
    if let Some(asked) = asked.filter(|_| answer.get("status").is_some()) {
        answered(&mut asked.exchange, answer);
    }
}

/// What all connections of a tap share.
#[derive(Clone)]
struct Ear {
    upstream: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    sockets: Arc<Mutex<u64>>,
}

async fn pass(ear: Ear, mut request: axum::extract::Request) -> Response {
    if request.headers().contains_key(header::UPGRADE) {
        return pass_socket(ear, &mut request).await;
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("http://{}{}", ear.upstream, parts.uri);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut passed = client.request(parts.method.clone(), url).body(body.clone());
    for (name, value) in parts.headers.iter().filter(|(name, _)| *name != header::HOST) {
        passed = passed.header(name, value);
    }
    let index = {
        let head = json!({
            "method": parts.method.as_str(), "path": parts.uri.to_string(), "headers": shown(&parts.headers),
        });
        let body = (!body.is_empty()).then(|| serde_json::from_slice(&body).unwrap());
        let mut seen = ear.seen.lock().unwrap();
        seen.push(Seen { request_id: None, exchange: asked(&head, body.as_ref()) });
        seen.len() - 1
    };
    let answer = passed.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let shown = json!({"status": status.as_u16(), "headers": shown(&headers)});
    answered(&mut ear.seen.lock().unwrap()[index].exchange, &shown);
    let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    response
}

fn shown(headers: &HeaderMap) -> Map<String, Value> {
    let text = |value: &axum::http::HeaderValue| Value::from(value.to_str().unwrap_or_default());
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

async fn pass_socket(ear: Ear, request: &mut axum::extract::Request) -> Response {
    let upgrading = request.extensions_mut().remove::<OnUpgrade>().unwrap();
    let mut upstream = TcpStream::connect(&ear.upstream).await.unwrap();
    let mut head = format!("GET {} HTTP/1.1\r\n", request.uri());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    upstream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(upstream.read_u8().await.unwrap());
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    for line in answer.split("\r\n").skip(1).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        let name: axum::http::HeaderName = name.parse().unwrap();
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    let socket = {
        let mut sockets = ear.sockets.lock().unwrap();
        *sockets += 1;
        *sockets
    };
    tokio::spawn(async move {
        let client = TokioIo::new(upgrading.await.unwrap());
        let (from_client, to_client) = tokio::io::split(client);
        let (from_store, to_store) = upstream.into_split();
        let (asks, answers) = (Arc::clone(&ear.seen), Arc::clone(&ear.seen));
        tokio::join!(
            listen(from_client, to_store, |message| {
                let request_id = Some((socket, message["requestId"].clone()));
                let exchange = asked(message, message.get("data"));
                asks.lock().unwrap().push(Seen { request_id, exchange });
            }),
            listen(from_store, to_client, |message| {
                let id = (socket, message["requestId"].clone());
                take_answer(&mut answers.lock().unwrap(), id, message);
            }),
        );
    });
    response
}

/// Passes bytes on, and hands each message among them to `hear` before.
async fn listen(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut hear: impl FnMut(&Value),
) {
    let (mut heard, mut message) = (Vec::new(), Vec::new());
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        heard.extend_from_slice(&piece[..length]);
        while let Some(frame) = Frame::take(&mut heard) {
            if frame.is_data {
                message.extend_from_slice(&frame.payload);
            }
            if frame.is_data && frame.is_last {
                hear(&serde_json::from_slice(&std::mem::take(&mut message)).unwrap());
            }
        }
        if to.write_all(&piece[..length]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

struct Frame {
    is_data: bool,
    is_last: bool,
    payload: Bytes,
}

impl Frame {
    /// Takes the first frame off, if all of it is there.
    fn take(bytes: &mut Vec<u8>) -> Option<Self> {
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let number = |range: std::ops::Range<usize>| -> Option<usize> {
            Some(bytes.get(range)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
        };
        let (length, mut at) = match second & 0x7f {
            126 => (number(2..4)?, 4),
            127 => (number(2..10)?, 10),
            short => (usize::from(short), 2),
        };
        let mask = if second & 0x80 == 0 {
            [0; 4]
        } else {
            at += 4;
            *bytes.get(at - 4..at)?.first_chunk()?
        };
        let masked = bytes.get(at..at + length)?;
        let payload = masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        bytes.drain(..at + length);
        Some(Self { is_data: first & 0x0f <= 2, is_last: first & 0x80 != 0, payload })
    }
}

async fn unwrap_tls(listener: TcpListener, plain: String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, plain) = (acceptor.clone(), plain.clone());
        tokio::spawn(async move {
            // The client may look at the certificate and leave.
            let Ok(mut client) = acceptor.accept(stream).await else { return };
            let mut server = TcpStream::connect(plain).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
