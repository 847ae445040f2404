//! A server that stands before a real store, passes requests on to it, and breaks what a test tells it to break.

use std::collections::HashSet;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;

use super::env::TestEnv;

/// A request, on whichever way it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// In upper case; `UPGRADE` for the opening of a socket.
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) by_socket: bool,
    /// How many came before it since the rule was set.
    pub(crate) number: usize,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is passed on.
    Nothing,
    /// It is passed on without what the embedded store alone knows, as if to another server.
    Foreign,
    /// It is passed on after a while.
    Late(Duration),
    /// It is never answered.
    Never,
    /// It is answered so.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// What is sent in place of an answer is this.
    Text(&'static str),
    /// The answer breaks off in its middle.
    Half,
    /// The answer does not end.
    Endless,
    /// The connection ends without an answer.
    Close,
}

impl Fault {
    /// A refusal, in the form of the reference server.
    pub(crate) fn status(status: u16) -> Self {
        let body = json!({"statusCode": status, "message": "as told"}).to_string();
        Self::Answer(status, vec![("content-type", "application/json".to_owned())], body)
    }

    /// A refusal for a while.
    pub(crate) fn wait(retry_after: &str) -> Self {
        Self::Answer(429, vec![("retry-after", retry_after.to_owned())], String::new())
    }

    /// An answer about a resource, with a body that need not fit.
    pub(crate) fn resource(body: &str) -> Self {
        Self::Answer(200, headers().into(), body.to_owned())
    }
}

fn headers() -> [(&'static str, String); 4] {
    [
        ("content-location", "/resources/strange".to_owned()),
        ("x-oada-rev", "7".to_owned()),
        ("etag", "\"strange/7\"".to_owned()),
        ("content-type", "application/json".to_owned()),
    ]
}

type Rule = Arc<dyn Fn(&Asked) -> Fault + Send + Sync>;

struct Shared {
    upstream: String,
    rule: Mutex<Rule>,
    asked: AtomicUsize,
    most_under_way: AtomicUsize,
    cut: watch::Sender<()>,
}

impl Shared {
    fn decide(&self, method: &str, path: &str, by_socket: bool) -> Fault {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        let rule = self.rule.lock().unwrap().clone();
        rule(&Asked { method: method.to_owned(), path: path.to_owned(), by_socket, number })
    }
}

/// The server. Dropping it breaks all its connections.
pub(crate) struct Trouble {
    pub(crate) url: String,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Trouble {
    /// A server before the store that `env` serves at `url` out of its folder `data`, named in `settings` as the domain, and
    /// the token of that store.
    pub(crate) fn before_store_of(env: &TestEnv, url: &str, settings: &str) -> (Self, String) {
        let trouble = Self::before(url);
        let token = fs::read_to_string(env.path().join("data/token")).unwrap().trim().to_owned();
        env.file(settings, &format!("domain = \"{}\"\ntoken_file = \"data/token\"\n", trouble.url));
        (trouble, token)
    }

    /// A server before the store at `url`, which breaks nothing yet.
    pub(crate) fn before(url: &str) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let shared = Arc::new(Shared {
            upstream: url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned(),
            rule: Mutex::new(Arc::new(|_: &Asked| Fault::Nothing)),
            asked: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            cut: watch::Sender::new(()),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let theirs = shared.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, theirs.clone()));
            }
        });
        Self { url, shared, runtime: Some(runtime) }
    }

    /// Breaks requests as told from now on.
    pub(crate) fn breaks(&self, rule: impl Fn(&Asked) -> Fault + Send + Sync + 'static) {
        *self.shared.rule.lock().unwrap() = Arc::new(rule);
        self.shared.asked.store(0, Ordering::SeqCst);
        self.shared.most_under_way.store(0, Ordering::SeqCst);
    }

    /// Ends all sockets; they may be opened again.
    pub(crate) fn cut(&self) {
        self.shared.cut.send_replace(());
    }

    /// How many requests came since the rule was set.
    pub(crate) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// How many requests on sockets were under way at a time at most since the rule was set.
    pub(crate) fn most_under_way(&self) -> usize {
        self.shared.most_under_way.load(Ordering::SeqCst)
    }
}

impl Drop for Trouble {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let mut head = vec![0; 16 << 10];
    let end = loop {
        let length = stream.peek(&mut head).await.ok().filter(|length| *length > 0)?;
        if let Some(end) = head[..length].windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    let head = String::from_utf8_lossy(&head[..end]).into_owned();
    let mut words = head.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    if !head.to_ascii_lowercase().contains("upgrade: websocket") {
        return answer(stream, head, shared.decide(&method, &path, false), &shared.upstream).await;
    }
    match shared.decide("UPGRADE", &path, false) {
        Fault::Nothing | Fault::Foreign => talk(stream, shared).await,
        fault => answer(stream, head, fault, &shared.upstream).await,
    }
}

/// One request over HTTP, after which the connection ends.
async fn answer(mut stream: TcpStream, head: String, fault: Fault, upstream: &str) -> Option<()> {
    let length = head.to_ascii_lowercase();
    let length = length.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    let mut request = vec![0; head.len() + length.unwrap_or(0)];
    stream.read_exact(&mut request).await.ok()?;
    let pass_on = async |stream: &mut TcpStream| {
        let mut there = TcpStream::connect(upstream).await.ok()?;
        let known = match fault {
            Fault::Foreign => head.replace("x-oada-link-revs", "x-unknown"),
            _ => head.clone(),
        };
        let (first, rest) = known.split_once("\r\n")?;
        let passed = format!("{first}\r\nconnection: close\r\n{rest}");
        let body = &request[request.len() - length.unwrap_or(0)..];
        there.write_all(&[passed.as_bytes(), body].concat()).await.ok()?;
        tokio::io::copy(&mut there, stream).await.ok()
    };
    match fault {
        Fault::Nothing | Fault::Foreign => drop(pass_on(&mut stream).await),
        Fault::Late(pause) => {
            tokio::time::sleep(pause).await;
            pass_on(&mut stream).await;
        }
        Fault::Never => std::future::pending().await,
        Fault::Answer(status, headers, body) => {
            let mut text = format!("HTTP/1.1 {status} told\r\nconnection: close\r\n");
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
            stream.write_all(text.as_bytes()).await.ok()?;
        }
        Fault::Text(text) => stream.write_all(text.as_bytes()).await.ok()?,
        Fault::Half => {
            let body = format!("{{\"a\": {{\"_id\": \"resources/x\"}}, {}", " ".repeat(100));
            let length = body.len() * 2;
            stream
                .write_all(with_head(&format!("content-length: {length}\r\n\r\n{body}")).as_bytes())
                .await
                .ok()?;
        }
        Fault::Endless => {
            stream.write_all(with_head("\r\n{\"a\": \"").as_bytes()).await.ok()?;
            let more = "x".repeat(1 << 16);
            while stream.write_all(more.as_bytes()).await.is_ok() {}
        }
        Fault::Close => {}
    }
    // What is left unread would make the end of the connection a reset, which takes back what was written.
    stream.shutdown().await.ok()
}

fn with_head(rest: &str) -> String {
    let headers: String = headers().iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{headers}{rest}")
}

/// One socket, message by message.
async fn talk(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let here = tokio_tungstenite::accept_async(stream).await.ok()?;
    let there = TcpStream::connect(&shared.upstream).await.ok()?;
    let url = format!("ws://{}/", shared.upstream);
    let (there, _) = tokio_tungstenite::client_async(url, there).await.ok()?;
    let ((mut to_client, mut from_client), (mut to_store, mut from_store)) = (here.split(), there.split());
    let (store, mut for_store) = mpsc::unbounded_channel::<Message>();
    let (client, mut for_client) = mpsc::unbounded_channel::<Message>();
    let mut cut = shared.cut.subscribe();
    let mut under_way = HashSet::new();
    loop {
        tokio::select! {
            _ = cut.changed() => return None,
            message = from_client.next() => match message? {
                Ok(Message::Text(text)) => {
                    under_way.insert(id_of(&text));
                    shared.most_under_way.fetch_max(under_way.len(), Ordering::SeqCst);
                    break_message(&shared, &text, &store, &client)?;
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            },
            message = from_store.next() => match message? {
                Ok(Message::Text(text)) => {
                    under_way.remove(&id_of(&text));
                    to_client.send(Message::Text(text)).await.ok()?;
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            },
            Some(message) = for_store.recv() => to_store.send(message).await.ok()?,
            Some(message) = for_client.recv() => {
                under_way.remove(&id_of(message.to_text().unwrap()));
                to_client.send(message).await.ok()?;
            }
        }
    }
}

fn id_of(message: &str) -> String {
    let message: Value = serde_json::from_str(message).unwrap_or_default();
    message["requestId"].to_string()
}

/// Passes a message on, or does to it what the rule says; `None` where the socket is to end.
fn break_message(
    shared: &Shared,
    text: &str,
    store: &mpsc::UnboundedSender<Message>,
    client: &mpsc::UnboundedSender<Message>,
) -> Option<()> {
    let request: Value = serde_json::from_str(text).unwrap();
    let (method, path) = (request["method"].as_str()?.to_ascii_uppercase(), request["path"].as_str()?);
    match shared.decide(&method, path, true) {
        Fault::Nothing | Fault::Foreign => store.send(Message::text(text)).ok(),
        Fault::Late(pause) => {
            let (store, text) = (store.clone(), text.to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                // The socket may have ended.
                let _ = store.send(Message::text(text));
            });
            Some(())
        }
        Fault::Never => Some(()),
        Fault::Answer(status, headers, body) => {
            let headers: serde_json::Map<String, Value> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            let mut answer = json!({"requestId": request["requestId"], "status": status, "headers": headers});
            if let Ok(data) = serde_json::from_str::<Value>(&body) {
                answer["data"] = data;
            }
            client.send(Message::text(answer.to_string())).ok()
        }
        Fault::Text(text) => client.send(Message::text(text)).ok(),
        Fault::Half | Fault::Endless | Fault::Close => None,
    }
}
