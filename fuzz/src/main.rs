//! Sends the store what nobody should: `oada-jobs-fuzz [SECONDS [SEED]]`.
//!
//! Requests and messages of the corpus are changed at random and sent to a store in this process, over HTTP and over
//! WebSocket. Nothing may panic, each must be answered with a documented status, errors in JSON, and in the end the
//! store must find nothing wrong with itself. A failure names the seed and shows what was sent.

mod mutate;
mod socket;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use oada_jobs::store::{Store, StoreOptions, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use mutate::Dice;

const STATUSES: [u16; 19] =
    [200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422, 431, 501];
const PATIENCE: Duration = Duration::from_secs(20);

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What was wrong with an answer.
type Wrong = String;

struct Served {
    address: String,
    token: String,
}

/// A request that HTTP itself has nothing against, unless it says so.
struct Plain {
    method: String,
    path: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Plain {
    /// Reads `METHOD /path; header: value body`.
    fn read(line: &str, token: &str) -> Self {
        let (method, rest) = line.split_once(' ').unwrap();
        let (path, rest) = rest.split_at(rest.find([' ', ';']).unwrap_or(rest.len()));
        let mut headers = vec![("authorization".to_owned(), format!("Bearer {token}").into_bytes())];
        let mut body = rest.trim_start();
        if let Some(header) = rest.strip_prefix("; ") {
            let end = header.find([' ', '{']).map_or(header.len(), |first| {
                header[first + 1..]
                    .find(" {")
                    .or_else(|| header[first + 1..].find(" \\x"))
                    .map_or(header.len(), |at| first + 1 + at)
            });
            let (name, value) = header[..end].split_once(':').unwrap();
            headers.retain(|(other, _)| other != name);
            headers.push((name.to_owned(), value.trim().into()));
            body = header[end..].trim_start();
        }
        if !body.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
            headers.push(("content-type".to_owned(), b"application/json".to_vec()));
        }
        Self { method: method.to_owned(), path: path.into(), headers, body: body.into() }
    }

    fn mutate(&mut self, dice: &mut Dice) {
        for _ in 0..=dice.roll(3) {
            match dice.roll(4) {
                0 => {
                    dice.mutate(&mut self.path);
                    self.path.retain(|byte| byte.is_ascii_graphic() && *byte != b'#');
                    if !self.path.starts_with(b"/") {
                        self.path.insert(0, b'/');
                    }
                }
                1 => {
                    let at = dice.roll(self.headers.len());
                    let value = &mut self.headers[at].1;
                    dice.mutate(value);
                    value.retain(|byte| (b' '..127).contains(byte));
                }
                _ => dice.mutate(&mut self.body),
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.path, b" HTTP/1.1\r\nhost: x\r\n"].concat();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let end = format!("connection: close\r\ncontent-length: {}\r\n\r\n", self.body.len());
        bytes.extend_from_slice(end.as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Sends bytes on a connection of their own, and returns what comes until it ends.
async fn exchange(address: &str, bytes: &[u8], half_close: bool) -> Result<Vec<u8>, Wrong> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        // The server may have answered and gone before it has read everything.
        let _ = stream.write_all(bytes).await;
        if half_close {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        Ok::<_, std::io::Error>(answer)
    };
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

async fn http(served: &Served, dice: &mut Dice, line: &str) -> Result<(), (Wrong, Vec<u8>)> {
    let mut request = Plain::read(line, &served.token);
    request.mutate(dice);
    let mut bytes = request.bytes();
    if dice.roll(8) == 0 {
        // What is no HTTP any more may be refused in any way.
        dice.mutate(&mut bytes);
        return exchange(&served.address, &bytes, true).await.map(drop).map_err(|wrong| (wrong, bytes));
    }
    let answer = exchange(&served.address, &bytes, false).await;
    answer.and_then(|answer| judge(&request, &answer)).map_err(|wrong| (wrong, bytes))
}

fn judge(request: &Plain, answer: &[u8]) -> Result<(), Wrong> {
    let shown = || String::from_utf8_lossy(&answer[..answer.len().min(1000)]).into_owned();
    let head_end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(|| format!("no answer: {}", shown()))?;
    let head = String::from_utf8_lossy(&answer[..head_end]).to_lowercase();
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    if !STATUSES.contains(&status) {
        return Err(format!("status {status}: {}", shown()));
    }
    let body = &answer[head_end + 4..];
    // Where there is nothing at all, and where HTTP is to blame, nothing more is said.
    if status < 400 || body.is_empty() && (request.method == "HEAD" || [400, 404, 414, 431].contains(&status))
    {
        return Ok(());
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(error) if error["statusCode"] == status => Ok(()),
        _ => Err(format!("not a JSON error: {}", shown())),
    }
}

async fn run(seconds: u64, seed: u64) -> Result<(u64, u64), Wrong> {
    let http_corpus: Vec<&str> = include_str!("../corpus/http.txt").lines().collect();
    let socket_corpus: Vec<&str> = include_str!("../corpus/socket.txt").lines().collect();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), StoreOptions::default()).unwrap();
    let token = std::fs::read_to_string(dir.path().join("token")).unwrap().trim().to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let served = Served { address: listener.local_addr().unwrap().to_string(), token };
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(store.clone(), listener, None, stop.clone()));

    let mut dice = Dice::new(seed);
    let mut socket = socket::Socket::open(&served).await;
    let started = Instant::now();
    let (mut requests, mut messages) = (0, 0);
    while started.elapsed() < Duration::from_secs(seconds) {
        let failed = if dice.roll(2) == 0 {
            requests += 1;
            let line = http_corpus[dice.roll(http_corpus.len())];
            http(&served, &mut dice, line).await
        } else {
            messages += 1;
            let line = socket_corpus[dice.roll(socket_corpus.len())];
            socket.ask(&served, &mut dice, line).await
        };
        let failed = failed.and_then(|()| match PANICS.lock().unwrap().first() {
            Some(panic) => Err((panic.clone(), Vec::new())),
            None => Ok(()),
        });
        if let Err((wrong, sent)) = failed {
            return Err(format!(
                "{wrong}\n--- sent as number {}:\n{}",
                requests + messages,
                sent.escape_ascii()
            ));
        }
    }
    drop(socket);
    stop.cancel();
    serving.await.unwrap().unwrap();
    let problems = store.check().unwrap().problems;
    store.close();
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    if problems.is_empty() && panics.is_empty() {
        Ok((requests, messages))
    } else {
        Err(format!("the store is in disorder: {problems:?} {panics:?}"))
    }
}

fn main() -> std::process::ExitCode {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number"));
    let seconds = numbers.next().unwrap_or(60);
    let seed = numbers.next().unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.unwrap().as_micros() as u64
    });
    println!("{seconds} s with seed {seed}");
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.lock().unwrap().push(panic.to_string());
        hook(panic);
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match runtime.block_on(run(seconds, seed)) {
        Ok((requests, messages)) => {
            println!("{requests} requests and {messages} messages, nothing wrong");
            std::process::ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("seed {seed}: {wrong}");
            std::process::ExitCode::FAILURE
        }
    }
}
