//! A store of its own for each test, served on a free port, and the plainest clients of it.
//!
//! The clients send paths byte for byte and check nothing, so that tests see exactly what goes over the wire.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use oada_jobs::store::{Error, Store, StoreOptions, serve};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestStore {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) stop: CancellationToken,
    pub(crate) serving: JoinHandle<Result<(), Error>>,
}

/// Opens a folder that was let go of. A process that another test has just forked holds its lock too, until it has become
/// another program.
async fn opened(folder: &Path, options: &StoreOptions) -> Store {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match Store::open(folder, options.clone()) {
            Err(Error::Locked { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            opened => return opened.unwrap(),
        }
    }
}

impl TestStore {
    pub(crate) async fn start() -> Self {
        Self::start_for("owner").await
    }

    /// A store whose first user has this name.
    pub(crate) async fn start_for(user: &str) -> Self {
        Self::open(tempfile::tempdir().unwrap(), StoreOptions::default().first_user(user)).await
    }

    /// The store of a folder that was used before.
    pub(crate) async fn again(folder: TempDir) -> Self {
        Self::open(folder, StoreOptions::default()).await
    }

    pub(crate) async fn open(folder: TempDir, options: StoreOptions) -> Self {
        Self::open_at(folder, options, "127.0.0.1:0").await
    }

    async fn open_at(folder: TempDir, options: StoreOptions, address: &str) -> Self {
        let store = opened(folder.path(), &options).await;
        let token = std::fs::read_to_string(folder.path().join("token")).unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(store.clone(), listener, None, stop.clone()));
        Self { folder, store, address, token, stop, serving }
    }

    /// Stops serving and lets go of the folder.
    pub(crate) async fn close(self) -> ClosedStore {
        self.stop.cancel();
        self.serving.await.unwrap().unwrap();
        self.store.close();
        ClosedStore { folder: self.folder, address: self.address }
    }

    /// A token of this user with these scopes.
    pub(crate) fn token_for(&self, user: &str, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let (_, secret) = self.store.add_token("test", user, &scopes).unwrap();
        secret.expose_secret().to_owned()
    }

    /// One request with the owner's token.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        http(&self.address, method, path, &all, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").await
    }

    pub(crate) async fn head(&self, path: &str) -> Reply {
        self.send("HEAD", path, &[], b"").await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, &[("content-type", "application/json")], body.to_string().as_bytes()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], b"").await
    }

    pub(crate) async fn socket(&self) -> Socket {
        Socket::open(&self.address, "/", &self.token).await
    }
}

/// A versioned link to a resource.
pub(crate) fn link(key: &str) -> Value {
    serde_json::json!({"_id": format!("resources/{key}"), "_rev": 0})
}

/// A store that is away for a while.
pub(crate) struct ClosedStore {
    folder: TempDir,
    address: String,
}

impl ClosedStore {
    /// The store again, where it was.
    pub(crate) async fn open(self) -> TestStore {
        TestStore::open_at(self.folder, StoreOptions::default(), &self.address).await
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn rev(&self) -> u64 {
        self.header("x-oada-rev").unwrap().parse().unwrap()
    }
}

/// Sends one request on a connection of its own, exactly as given.
pub(crate) async fn http(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    try_http(address, method, path, headers, body).await.unwrap()
}

/// As [`http`], for a server that may be gone.
pub(crate) async fn try_http(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Reply> {
    let stream = TcpStream::connect(address).await?;
    let (mut reader, mut writer) = stream.into_split();
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || ["PUT", "POST", "PATCH"].contains(&method) {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut answer = Vec::new();
    let sending = async {
        writer.write_all(head.as_bytes()).await?;
        writer.write_all(body).await
    };
    // A server may answer and close before it has read everything.
    let talking = async { tokio::join!(sending, reader.read_to_end(&mut answer)) };
    let (_, received) = tokio::time::timeout(PATIENCE, talking).await?;
    received?;
    parse(&answer).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

fn parse(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut body = answer[end + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
        body = unchunk(&body);
    }
    Some(Reply { status, headers, body })
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    body
}

/// A socket on which every message is seen as it comes.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    pub(crate) token: String,
}

impl Socket {
    pub(crate) async fn open(address: &str, path: &str, token: &str) -> Self {
        Self::try_open(address, path, token).await.expect("a socket")
    }

    /// As [`Socket::open`], for a server that may be gone.
    pub(crate) async fn try_open(address: &str, path: &str, token: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let url = format!("ws://{address}{path}");
        let opened = tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await;
        let (stream, response) = opened.ok()?;
        assert_eq!(response.status(), 101);
        Some(Self { stream, token: token.to_owned() })
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends a request; `authorization` is added.
    pub(crate) async fn ask(
        &mut self,
        id: &str,
        method: &str,
        path: &str,
        headers: Value,
        data: Option<Value>,
    ) {
        assert!(self.try_ask(id, method, path, headers, data).await, "the socket has ended");
    }

    /// As [`Socket::ask`]; false if the socket has ended.
    pub(crate) async fn try_ask(
        &mut self,
        id: &str,
        method: &str,
        path: &str,
        headers: Value,
        data: Option<Value>,
    ) -> bool {
        let mut message = serde_json::json!({
            "requestId": id, "method": method, "path": path, "headers": headers,
        });
        message["headers"]["authorization"] = format!("Bearer {}", self.token).into();
        if let Some(data) = data {
            message["data"] = data;
        }
        self.stream.send(Message::text(message.to_string())).await.is_ok()
    }

    /// Sends several requests in one message; their ids are their numbers.
    pub(crate) async fn ask_several(&mut self, method: &str, paths: &[impl AsRef<str>]) {
        let ids: Vec<String> = (0..paths.len()).map(|number| number.to_string()).collect();
        let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
        let headers = serde_json::json!({"authorization": format!("Bearer {}", self.token)});
        let message =
            serde_json::json!({"requestId": ids, "method": method, "path": paths, "headers": headers});
        self.send_text(&message.to_string()).await;
    }

    /// The answers to so many requests in one message, in their order, and how many of them came together.
    pub(crate) async fn answers(&mut self, count: usize) -> (Vec<Value>, usize) {
        let mut by_number = BTreeMap::new();
        let mut together = 0;
        let mut take = |id: &Value, mut answer: Value| {
            answer.as_object_mut().unwrap().remove("requestId");
            let number: usize = id.as_str().unwrap().parse().unwrap();
            assert!(number < count, "{number} was not asked");
            assert!(by_number.insert(number, answer).is_none(), "{number} was answered twice");
            by_number.len()
        };
        let mut taken = 0;
        while taken < count {
            let message = self.next().await;
            match message["answers"].as_array() {
                Some(answers) => {
                    let ids = message["requestId"].as_array().unwrap();
                    assert_eq!(ids.len(), answers.len());
                    together += ids.len();
                    for (id, answer) in ids.iter().zip(answers) {
                        taken = take(id, answer.clone());
                    }
                }
                None => taken = take(&message["requestId"], message.clone()),
            }
        }
        (by_number.into_values().collect(), together)
    }

    /// The next message; pings are answered on the way.
    pub(crate) async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(PATIENCE, self.next_or_end()).await;
        next.expect("a message in time").expect("a message before the end")
    }

    /// The next message, or `None` when the socket has ended.
    pub(crate) async fn next_or_end(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// All messages until none has come for `quiet`.
    pub(crate) async fn until_quiet(&mut self, quiet: Duration) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Ok(Some(message)) = tokio::time::timeout(quiet, self.next_or_end()).await {
            messages.push(message);
        }
        messages
    }

    /// Waits for the server to close, and gives back its close code.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        let waiting = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap()
    }

    pub(crate) async fn close(mut self) {
        // It may be closed already.
        let _ = self.stream.close(None).await;
    }

    pub(crate) fn into_stream(self) -> WebSocketStream<TcpStream> {
        self.stream
    }
}
