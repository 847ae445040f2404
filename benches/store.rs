//! What the embedded store costs: `cargo bench --bench store [-- SECTION…]`.
//!
//! Sections: `writes`, `list`, `watch`, `reopen`, `disk`; all of them without a name. The figures of one run are in
//! `docs/benchmarks.md`. `OADA_BENCH_MANY` is how many resources or links a large store has; without it 1,000,000.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop; its figures are its output"
)]

mod words;

use std::collections::VecDeque;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use oada_jobs::store::{Local, Store, StoreOptions, serve};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use words::Parts;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many resources or links a large store has.
static MANY: LazyLock<usize> =
    LazyLock::new(|| std::env::var("OADA_BENCH_MANY").map_or(1_000_000, |many| many.parse().unwrap()));

fn main() {
    let arguments: Vec<String> = words::given().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let [word, folder] = arguments.as_slice()
        && word == "serve"
    {
        runtime.block_on(serve_for_a_parent(Path::new(folder)));
        return;
    }
    let sections = Parts::read(arguments, &["writes", "list", "watch", "reopen", "disk"]);
    if sections.has("writes") {
        runtime.block_on(writes());
    }
    if sections.has("list") {
        runtime.block_on(list());
    }
    if sections.has("watch") {
        runtime.block_on(watch());
    }
    if sections.has("reopen") {
        runtime.block_on(reopen());
    }
    if sections.has("disk") {
        runtime.block_on(disk());
    }
}

/// Serves a folder until the parent kills this process; says where on standard output.
async fn serve_for_a_parent(folder: &Path) {
    let local = Local::new(folder);
    let url = local.endpoint().await.unwrap();
    println!("{url}");
    std::future::pending::<()>().await;
}

struct Served {
    store: Store,
    address: String,
    token: String,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

impl Served {
    async fn start(folder: &Path) -> Self {
        Self::with(folder, StoreOptions::default()).await
    }

    async fn with(folder: &Path, options: StoreOptions) -> Self {
        let store = Store::open(folder, options).unwrap();
        let token = std::fs::read_to_string(folder.join("token")).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let serving = serve(store.clone(), listener, None, stop.clone());
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        Self { store, address, token, stop, serving }
    }

    async fn socket(&self) -> Socket {
        Socket::open(&self.address, &self.token).await
    }

    async fn end(self) {
        self.stop.cancel();
        self.serving.await.unwrap();
        self.store.close();
    }
}

struct Socket {
    stream: WebSocketStream<TcpStream>,
    token: String,
    /// How long the answers of the last flood took. They come in the order in which they were asked for.
    waits: Vec<Duration>,
}

impl Socket {
    async fn open(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (stream, _) = tokio_tungstenite::client_async(format!("ws://{address}/"), stream).await.unwrap();
        Self { stream, token: token.to_owned(), waits: Vec::new() }
    }

    fn message(&self, method: &str, path: &str, data: Option<&str>) -> Message {
        let data = data.map(|data| format!(r#","data":{data}"#)).unwrap_or_default();
        Message::text(format!(
            r#"{{"requestId":"{path}","method":"{method}","path":"{path}","headers":{{"authorization":"Bearer {}","content-type":"application/json"}}{data}}}"#,
            self.token
        ))
    }

    async fn ask(&mut self, method: &str, path: &str, data: Option<&str>) -> Value {
        let message = self.message(method, path, data);
        self.stream.send(message).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.stream.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Sends `count` requests with `width` of them under way, and returns the time it took.
    async fn flood(
        &mut self,
        width: usize,
        count: usize,
        mut next: impl FnMut(usize) -> (&'static str, String, Option<String>),
    ) -> Duration {
        let started = Instant::now();
        let (mut sent, mut answered, mut asked) = (0, 0, VecDeque::with_capacity(width));
        self.waits.clear();
        while answered < count {
            while sent < count && sent - answered < width {
                let (method, path, data) = next(sent);
                let message = self.message(method, &path, data.as_deref());
                self.stream.feed(message).await.unwrap();
                asked.push_back(Instant::now());
                sent += 1;
            }
            self.stream.flush().await.unwrap();
            match self.stream.next().await.unwrap().unwrap() {
                Message::Text(text) => {
                    assert!(text.contains(r#""status":20"#), "{text}");
                    self.waits.extend(asked.pop_front().map(|asked: Instant| asked.elapsed()));
                    answered += 1;
                }
                _ => continue,
            }
        }
        started.elapsed()
    }
}

fn key(number: usize) -> String {
    // Like KSUIDs: the same length, rising.
    format!("3MXtXE63pCYePD2nHI{number:09}")
}

const JOB: &str = r#"{"type":"email","service":"mailer","config":{"to":"someone@example.org","subject":"hello"},"status":"pending"}"#;

// ---------------------------------------------------------------------------------------------------------------

async fn writes() {
    println!("## Acknowledged PUTs of a new job-sized resource, over one WebSocket");
    println!("| in flight | store, /s | p99, ms | longest, ms | requests a sync | bare redb, /s | share |");
    println!("|---|---|---|---|---|---|---|");
    for (width, count) in [(1, 2_000), (16, 20_000), (128, 60_000)] {
        let dir = tempfile::tempdir().unwrap();
        let served = Served::start(dir.path()).await;
        let mut socket = served.socket().await;
        let put = |number| ("put", format!("/resources/{}", key(number)), Some(JOB.to_owned()));
        socket.flood(width, count / 10, put).await;
        let put = |number| ("put", format!("/resources/{}", key(number + count)), Some(JOB.to_owned()));
        let before = served.store.stats().unwrap();
        let took = socket.flood(width, count, put).await;
        let after = served.store.stats().unwrap();
        socket.waits.sort_unstable();
        let wait = |part: f64| socket.waits[(part * (count - 1) as f64) as usize].as_secs_f64() * 1e3;
        let (p99, longest) = (wait(0.99), wait(1.0));
        served.end().await;
        let ours = count as f64 / took.as_secs_f64();
        let batch = (after.writes - before.writes) as f64 / (after.commits - before.commits) as f64;
        let bare = bare(dir.path(), batch.round() as usize, count);
        println!(
            "| {width} | {ours:.0} | {p99:.1} | {longest:.0} | {batch:.1} | {bare:.0} | {:.0} % |",
            100.0 * ours / bare
        );
    }
}

/// The same rows in the same batches, with nothing around them.
fn bare(dir: &Path, width: usize, count: usize) -> f64 {
    const ROWS: redb::TableDefinition<&[u8], &[u8]> = redb::TableDefinition::new("rows");
    let database = redb::Database::create(dir.join("bare.redb")).unwrap();
    let value = |length: usize| vec![b'x'; length];
    let rows: [(&[u8], usize); 2] = [(b"\x01", 195), (b"\x02\xff\xff\xff\xff\xff\xff\xff\xfe", 200)];
    let mut started = Instant::now();
    let warm = count / 10 / width;
    for batch in 0..warm + count / width {
        if batch == warm {
            started = Instant::now();
        }
        let mut transaction = database.begin_write().unwrap();
        transaction.set_durability(redb::Durability::Immediate).unwrap();
        {
            let mut table = transaction.open_table(ROWS).unwrap();
            for number in 0..width {
                let name = key(batch * width + number);
                for (rest, length) in rows {
                    let mut row = name.clone().into_bytes();
                    row.push(0);
                    row.extend_from_slice(rest);
                    table.insert(row.as_slice(), value(length).as_slice()).unwrap();
                }
            }
        }
        transaction.commit().unwrap();
    }
    count as f64 / started.elapsed().as_secs_f64()
}

// ---------------------------------------------------------------------------------------------------------------

fn written_bytes() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap();
    line.parse().unwrap()
}

async fn fill(socket: &mut Socket, list: &str, links: usize) {
    const PART: usize = 100_000;
    for from in (0..links).step_by(PART) {
        let members: serde_json::Map<String, Value> = (from..(from + PART).min(links))
            .map(|number| (key(number), json!({"_id": format!("resources/{}", key(number))})))
            .collect();
        let answer = socket.ask("put", list, Some(&Value::Object(members).to_string())).await;
        assert_eq!(answer["status"], 201);
    }
}

async fn list() {
    println!("\n## One key of a list, one at a time");
    println!("| links | PUT, ms | bytes written | DELETE, ms | bytes written |");
    println!("|---|---|---|---|---|");
    for links in [1_000, *MANY] {
        let dir = tempfile::tempdir().unwrap();
        let served = Served::start(dir.path()).await;
        let mut socket = served.socket().await;
        fill(&mut socket, "/resources/list", links).await;
        list_row(&mut socket, "/resources/list", links, &links.to_string()).await;
        if links == *MANY {
            fill(&mut socket, "/resources/other", 1_000).await;
            list_row(&mut socket, "/resources/other", 1_000, "1000, beside the many").await;
        }
        served.end().await;
        if links == *MANY {
            println!("\nGET of the long list");
            let mut process = Process::start(dir.path()).await;
            stream(&process, "in a new process").await;
            stream(&process, "once more").await;
            process.kill().await;
        }
    }
}

async fn list_row(socket: &mut Socket, list: &str, links: usize, title: &str) {
    const TIMES: usize = 300;
    let path = |number: usize| format!("{list}/{}a", key(number * (links / TIMES)));
    let mut cells = format!("| {title} ");
    for (method, data) in [("put", Some(r#"{"_id":"resources/x"}"#.to_owned())), ("delete", None)] {
        let warm = |number| (method, path(number), data.clone());
        socket.flood(1, 20, warm).await;
        let before = written_bytes();
        let took = socket.flood(1, TIMES - 20, |number| (method, path(number + 20), data.clone())).await;
        let bytes = (written_bytes() - before) / (TIMES as u64 - 20);
        cells += &format!("| {:.2} | {bytes} ", took.as_secs_f64() * 1000.0 / (TIMES - 20) as f64);
    }
    println!("{cells}|");
}

async fn stream(process: &Process, when: &str) {
    let before = process.memory("VmRSS:");
    let started = Instant::now();
    let mut stream = TcpStream::connect(&process.address).await.unwrap();
    let request = format!(
        "GET /resources/list HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\r\n",
        process.token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        total += read;
    }
    println!(
        "{when}: {:.1} MB in {:.2} s; memory grew from {before:.1} to {:.1} MB at most",
        total as f64 / 1e6,
        started.elapsed().as_secs_f64(),
        process.memory("VmHWM:")
    );
}

// ---------------------------------------------------------------------------------------------------------------

async fn watch() {
    println!("\n## From the write to the watcher");
    println!("| watchers | p50, ms | p99, ms |");
    println!("|---|---|---|");
    for watchers in [1, 1000] {
        let dir = tempfile::tempdir().unwrap();
        let served = Served::start(dir.path()).await;
        let mut writer = served.socket().await;
        writer.ask("put", "/resources/w", Some("{}")).await;
        let (seen, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for _ in 0..watchers {
            let mut socket = served.socket().await;
            assert_eq!(socket.ask("watch", "/resources/w", None).await["status"], 200);
            let seen = seen.clone();
            tasks.push(tokio::spawn(async move {
                while let Some(Ok(message)) = socket.stream.next().await {
                    if matches!(message, Message::Text(_)) && seen.send(Instant::now()).is_err() {
                        break;
                    }
                }
            }));
        }
        // Nothing is told to a watcher before it has read that it watches: once all have been told, they do.
        writer.ask("put", "/resources/w", Some("{}")).await;
        for _ in 0..watchers {
            arrivals.recv().await.unwrap();
        }
        let mut times = Vec::new();
        for number in 0..200 {
            let started = Instant::now();
            let message = writer.message("put", "/resources/w", Some(&format!(r#"{{"n":{number}}}"#)));
            writer.stream.send(message).await.unwrap();
            for _ in 0..watchers {
                times.push(arrivals.recv().await.unwrap() - started);
            }
            writer.answer().await;
        }
        times.sort();
        let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!("| {watchers} | {:.2} | {:.2} |", at(0.5), at(0.99));
        for task in tasks {
            task.abort();
        }
        served.end().await;
    }
}

// ---------------------------------------------------------------------------------------------------------------

async fn reopen() {
    println!("\n## Opening a store with {} resources, to the first answer", *MANY);
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start(dir.path()).await;
    let mut socket = served.socket().await;
    let put = |number| ("put", format!("/resources/{}", key(number)), Some(JOB.to_owned()));
    let took = socket.flood(512, *MANY, put).await;
    println!("filled in {:.0} s, {:.0} PUTs a second", took.as_secs_f64(), *MANY as f64 / took.as_secs_f64());
    served.end().await;
    println!("data file: {:.0} MB", disk_bytes(dir.path()) as f64 / 1e6);
    println!("| after | s |");
    println!("|---|---|");
    println!("| a clean stop | {:.2} |", first_answer(dir.path(), false).await);
    println!("| kill -9 while idle | {:.2} |", first_answer(dir.path(), false).await);
    first_answer(dir.path(), true).await;
    println!("| kill -9 in the middle of writing | {:.2} |", first_answer(dir.path(), false).await);
    large(dir.path()).await;
}

/// What the journal spares a large store, over so many writes that the data file catches up some times.
async fn large(folder: &Path) {
    println!("\n## PUTs all over this store, with the journal and with every commit in the data file");
    println!("| in flight | journal, /s | bytes a request | data file, /s | bytes a request |");
    println!("|---|---|---|---|---|");
    for (width, count) in [(1, 8_000), (16, 16_000), (128, 40_000)] {
        let mut cells = format!("| {width} ");
        for journal_bytes in [StoreOptions::default().journal_bytes, 0] {
            let mut options = StoreOptions::default();
            options.journal_bytes = journal_bytes;
            // Without the journal it takes long enough.
            let count = if journal_bytes == 0 { count / 8 } else { count };
            let served = Served::with(folder, options).await;
            let mut socket = served.socket().await;
            let put =
                |number| ("put", format!("/resources/{}", key(number * 7919 % *MANY)), Some(JOB.to_owned()));
            socket.flood(width, count / 10, put).await;
            let bytes = written_bytes();
            let took = socket.flood(width, count, |number| put(number + count)).await;
            let bytes = (written_bytes() - bytes) / count as u64;
            cells += &format!("| {:.0} | {bytes} ", count as f64 / took.as_secs_f64());
            served.end().await;
        }
        println!("{cells}|");
    }
}

/// A process of its own that serves a folder.
struct Process {
    child: tokio::process::Child,
    address: String,
    token: String,
}

impl Process {
    async fn start(folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("serve").arg(folder).stdout(Stdio::piped());
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().unwrap();
        let address = url.strip_prefix("http://").unwrap().to_owned();
        let token = Local::new(folder).token().unwrap().expose_secret().to_owned();
        Self { child, address, token }
    }

    /// One of the sizes of memory that the system knows of it, in MB.
    fn memory(&self, size: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(size)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Starts a process that serves the folder and asks it for a resource; then kills it, if wanted while it writes.
async fn first_answer(folder: &Path, busy: bool) -> f64 {
    let started = Instant::now();
    let mut process = Process::start(folder).await;
    let mut socket = Socket::open(&process.address, &process.token).await;
    assert_eq!(socket.ask("get", &format!("/resources/{}", key(7)), None).await["status"], 200);
    let took = started.elapsed().as_secs_f64();
    if busy {
        for number in 0..500 {
            let message = socket.message("put", &format!("/resources/{}", key(number)), Some(JOB));
            socket.stream.feed(message).await.unwrap();
        }
        socket.stream.flush().await.unwrap();
        socket.answer().await;
    }
    process.kill().await;
    took
}

fn disk_bytes(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(folder.join("store.redb")).unwrap().blocks() * 512
}

async fn disk() {
    println!("\n## Bytes on disk for each job: created, linked, claimed, finished, filed, unlinked");
    println!("| jobs | bytes a job |");
    println!("|---|---|");
    for jobs in [1_000, 10_000, 50_000] {
        let dir = tempfile::tempdir().unwrap();
        let served = Served::start(dir.path()).await;
        let mut socket = served.socket().await;
        for list in ["pending", "day"] {
            socket.ask("put", &format!("/resources/{list}"), Some("{}")).await;
        }
        let link = |number| Some(format!(r#"{{"_id":"resources/{}"}}"#, key(number)));
        let resource = |number| format!("/resources/{}", key(number));
        socket.flood(128, jobs, |number| ("put", resource(number), Some(JOB.to_owned()))).await;
        socket
            .flood(128, jobs, |number| ("put", format!("/resources/pending/{}", key(number)), link(number)))
            .await;
        let claim = r#"{"status":"running","claim":{"worker":"w1","attempt":1,"at":1700000000.1},"updates":{"3MXtXE63pCYePD2nHI000000001":{"status":"started","time":"2026-11-24T08:00:00Z"}}}"#;
        socket.flood(128, jobs, |number| ("put", resource(number), Some(claim.to_owned()))).await;
        let end = r#"{"status":"success","result":{"ok":true},"updates":{"3MXtXE63pCYePD2nHI000000002":{"status":"success","time":"2026-11-24T08:00:01Z"}}}"#;
        socket.flood(128, jobs, |number| ("put", resource(number), Some(end.to_owned()))).await;
        socket
            .flood(128, jobs, |number| ("put", format!("/resources/day/{}", key(number)), link(number)))
            .await;
        socket
            .flood(128, jobs, |number| ("delete", format!("/resources/pending/{}", key(number)), None))
            .await;
        served.end().await;
        println!("| {jobs} | {:.0} |", disk_bytes(dir.path()) as f64 / jobs as f64);
    }
}
