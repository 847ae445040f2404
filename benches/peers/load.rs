//! Our side of `benches/peers/run`, which starts it: posting, working and waiting through the library.
//!
//! `load post SERVICE JOBS | drain SERVICE CONCURRENCY HANDLER | serve SERVICE | latency SERVICE JOBS | spawn JOBS
//! CONCURRENCY | trips FOLDER JOBS`, where HANDLER is `function` or `stream`; the store is in `DOMAIN` and `TOKEN`. Each says `ready`, waits for a
//! line on stdin, does its work, says what came of it as a line of JSON, and ends with its stdin: so that `run` can
//! read its processor time before and after.
#![expect(clippy::print_stdout, reason = "it talks over stdout")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

#[path = "../words/given.rs"]
mod words;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use oada_jobs::engine::handler::{Context, JobError, Program, StreamHandler, StreamOptions};
use oada_jobs::engine::{Builder, HandlerEntry, Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::model::Job;
use oada_jobs::oada::{Client, Domain, Transport, WatchEvent};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::mpsc;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LIMIT: Option<Duration> = Some(Duration::from_secs(60));

/// A small co-process: answers each line with the id it began with.
const SERVANT: &str = "
import sys
for line in sys.stdin:
    sys.stdout.write(line[:line.index(',')] + ',\"status\":\"ok\"}\\n')
    sys.stdout.flush()
";

/// The lines of stdin, until it ends.
struct Input(mpsc::Receiver<String>);

impl Input {
    fn open() -> Self {
        let (sender, lines) = mpsc::channel(1);
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                if sender.blocking_send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Self(lines)
    }

    /// Says that all is ready, and waits for the word to begin.
    async fn told(&mut self) -> Instant {
        println!("\"ready\"");
        self.0.recv().await.unwrap();
        Instant::now()
    }

    async fn ended(&mut self) {
        while self.0.recv().await.is_some() {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo bench` and `cargo test --benches` start it too.
    let words: Vec<String> = words::given().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut input = Input::open();
    let said = match words[..] {
        ["post", service, count] => post(&mut input, service, count.parse().unwrap()).await,
        ["drain", service, concurrency, handler] => {
            drain(&mut input, service, concurrency.parse().unwrap(), handler).await
        }
        ["serve", service] => return work(&mut input, service).await,
        ["latency", service, count] => latency(&mut input, service, count.parse().unwrap()).await,
        ["spawn", count, concurrency] => {
            spawn(&mut input, count.parse().unwrap(), concurrency.parse().unwrap()).await
        }
        ["trips", folder, count] => trips(&mut input, folder, count.parse().unwrap()).await,
        ["far", folder] => return far(folder),
        _ => return println!("started by benches/peers/run"),
    };
    println!("{said}");
    input.ended().await;
}

fn client() -> Client {
    let domain = Domain::parse(&std::env::var("DOMAIN").unwrap()).unwrap();
    let client = Client::builder(Arc::new(domain)).token(std::env::var("TOKEN").unwrap().into());
    client.accept_invalid_certs(true).transport(Transport::Socket).build().unwrap()
}

async fn nothing(_: Job, _: Context) -> Result<(), JobError> {
    Ok(())
}

fn numbered(number: usize) -> NewJob {
    NewJob::new("work", Map::from_iter([("number".to_owned(), json!(number))]))
}

async fn post(input: &mut Input, service: &str, count: usize) -> Value {
    let (client, root) = (client(), ServiceRoot::named(service).unwrap());
    let began = input.told().await;
    let layout = jobs::posting_layout(&client, &root, None).await.unwrap();
    let posted: Vec<_> = stream::iter(0..count)
        .map(|number| {
            let (client, root) = (&client, &root);
            async move { jobs::create(client, root, layout, &numbered(number)).await.unwrap() }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    for chunk in posted.chunks(500) {
        jobs::link(&client, &root, layout, chunk).await.unwrap();
    }
    json!({"jobs": count, "seconds": began.elapsed().as_secs_f64(), "requests": client.requests().requests})
}

fn builder(client: &Client, service: &str, concurrency: usize, once: bool) -> Builder {
    Service::builder(service)
        .client(client.clone())
        .options(Options { once, ..Options::default() })
        .concurrency(concurrency)
}

async fn drain(input: &mut Input, service: &str, concurrency: usize, handler: &str) -> Value {
    let began = input.told().await;
    let client = client();
    let builder = builder(&client, service, concurrency, true);
    let builder = match handler {
        "function" => builder.on("work", LIMIT, nothing),
        "stream" => {
            let program = Program::Argv(vec!["/usr/bin/python3".into(), "-c".into(), SERVANT.into()]);
            let options = StreamOptions { pipeline: concurrency, ..StreamOptions::default() };
            let handler = Arc::new(StreamHandler::new(program, options).unwrap());
            builder.handler("work", HandlerEntry { timeout: LIMIT, ..HandlerEntry::each(handler) })
        }
        other => panic!("no handler {other}"),
    };
    let summary = builder.build().unwrap().run(Stop::default()).await.unwrap();
    assert_eq!(summary.failure, 0);
    json!({
        "jobs": summary.success,
        "seconds": began.elapsed().as_secs_f64(),
        "requests": client.requests().requests,
    })
}

/// Works until stdin ends.
async fn work(input: &mut Input, service: &str) {
    input.told().await;
    let stop = Stop::default();
    let service = builder(&client(), service, 10, false).on("work", LIMIT, nothing).build().unwrap();
    let running = tokio::spawn(service.run(stop.clone()));
    println!("\"started\"");
    input.ended().await;
    stop.drain.cancel();
    running.await.unwrap().unwrap();
}

/// Posts one job at a time, and takes the time from sending its link until its end is told.
async fn latency(input: &mut Input, service: &str, count: usize) -> Value {
    let (client, root) = (client(), ServiceRoot::named(service).unwrap());
    input.told().await;
    let layout = jobs::posting_layout(&client, &root, None).await.unwrap();
    let mut taken = Vec::new();
    // The first few find a worker that is still warming up.
    for number in 0..count + 20 {
        let posted = jobs::create(&client, &root, layout, &numbered(number)).await.unwrap();
        let mut watch = client.watch(&posted.id.path(), None);
        while !matches!(watch.next().await, WatchEvent::Started { .. }) {}
        let began = Instant::now();
        jobs::link(&client, &root, layout, &[posted]).await.unwrap();
        loop {
            let WatchEvent::Changes(changes) = watch.next().await else { continue };
            let bodies = changes.iter().filter_map(|change| change.body.as_ref());
            if bodies.into_iter().any(|body| body.get("status") == Some(&json!("success"))) {
                break;
            }
        }
        taken.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    json!({"milliseconds": taken.split_off(20)})
}

/// How long a message of a trip is.
const MESSAGE: usize = 400;

/// What the machine takes for the trips of a job, with nothing done on them, where each is waited for: there and back between
/// two processes four times, for the link, the look, the claim and the end, and in all but the second with so many bytes
/// brought to the disk.
async fn trips(input: &mut Input, folder: &str, count: usize) -> Value {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let mut far = command.args(["far", folder]).stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(far.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let mut line = TcpStream::connect(("127.0.0.1", port.trim().parse().unwrap())).unwrap();
    line.set_nodelay(true).unwrap();
    input.told().await;
    let mut taken = Vec::new();
    let mut message = [0; MESSAGE];
    for _ in 0..count + 20 {
        let began = Instant::now();
        for is_write in [1, 0, 1, 1] {
            message[0] = is_write;
            line.write_all(&message).unwrap();
            line.read_exact(&mut message).unwrap();
        }
        taken.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    drop(line);
    far.wait().unwrap();
    json!({"milliseconds": taken.split_off(20)})
}

/// The other end of the trips.
fn far(folder: &str) {
    let room = 4 << 20;
    let path = std::path::Path::new(folder).join("trips");
    let file = File::create(&path).unwrap();
    file.write_all_at(&vec![1; room], 0).unwrap();
    file.sync_all().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let (mut line, _) = listener.accept().unwrap();
    line.set_nodelay(true).unwrap();
    let (mut message, mut at) = ([0; MESSAGE], 0);
    while line.read_exact(&mut message).is_ok() {
        if message[0] == 1 {
            file.write_all_at(&message, at % (room - MESSAGE) as u64).unwrap();
            file.sync_data().unwrap();
            at += MESSAGE as u64;
        }
        line.write_all(&message).unwrap();
    }
    std::fs::remove_file(path).unwrap();
}

/// Starts the command of the spawn contender with three pipes, and nothing else.
async fn spawn(input: &mut Input, count: usize, concurrency: usize) -> Value {
    let began = input.told().await;
    stream::iter(0..count)
        .map(|_| async {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "/bin/true"]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            // It need not read.
            let _ = child.stdin.take().unwrap().write_all(b"{}\n").await;
            assert!(child.wait_with_output().await.unwrap().status.success());
        })
        .buffer_unordered(concurrency)
        .for_each(async |()| {})
        .await;
    json!({"jobs": count, "seconds": began.elapsed().as_secs_f64()})
}
