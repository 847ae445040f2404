//! What a handler costs beside what the operating system asks for: `cargo bench --bench handlers`.
//!
//! Ratios are of rates measured in turns within one run, so that a busy machine slows both sides alike.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark stops when it cannot go on, and prints"
)]

use std::future::Future;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use oada_jobs::engine::handler::{
    Context, Handler, JobFacts, Outcome, Program, ShellHandler, ShellOptions, StreamHandler, StreamOptions,
};
use oada_jobs::model::Job;
use serde_json::{Map, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const TURNS: usize = 6;
const TURN: Duration = Duration::from_millis(1500);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    oada_jobs::process::adopt_orphans();
    runtime.block_on(async {
        for concurrency in [2, 8] {
            for line in ["/bin/true", "cat >/dev/null; echo '{}'"] {
                spawn_mode(line, concurrency).await;
            }
        }
        for (processes, pipeline, concurrency) in [(1, 1, 1), (1, 16, 16), (2, 16, 32)] {
            stream_mode(processes, pipeline, concurrency).await;
        }
        // The heap of a worker with a large backlog, touched so that it is really there.
        let heap = vec![1_u8; 1 << 30];
        println!("with {} MiB of heap:", heap.len() >> 20);
        spawn_mode("cat >/dev/null; echo '{}'", 8).await;
        std::hint::black_box(&heap);
    });
}

async fn spawn_mode(line: &'static str, concurrency: usize) {
    let handler = ShellHandler::new(Program::Shell(line.to_owned()), ShellOptions::default()).unwrap();
    let handler: Arc<dyn Handler> = Arc::new(handler);
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        bare.push(rate(concurrency, move || run_bare(line)).await);
        let handler = Arc::clone(&handler);
        ours.push(rate(concurrency, move || run_job(Arc::clone(&handler), 0)).await);
    }
    let (bare, ours) = (median(bare), median(ours));
    println!(
        "spawn, {concurrency} at once, {line:?}: bare {bare}, handler {ours}; {:.0} % by time, {:.0} % by processor",
        100.0 * ours.per_second / bare.per_second,
        100.0 * bare.processor / ours.processor,
    );
}

/// Answers at once, so that what is measured is the layer above it.
const SERVANT: &str = "
import sys
for line in sys.stdin:
    sys.stdout.write(line[:line.index(',')] + '}\\n')
    sys.stdout.flush()
";

async fn stream_mode(processes: usize, pipeline: usize, concurrency: usize) {
    let program = Program::Argv(vec!["/usr/bin/python3".into(), "-c".into(), SERVANT.into()]);
    let options = StreamOptions { processes, pipeline, ..StreamOptions::default() };
    let handler: Arc<dyn Handler> = Arc::new(StreamHandler::new(program, options).unwrap());
    let number = Arc::new(AtomicUsize::new(0));
    let mut rates = Vec::new();
    for _ in 0..TURNS {
        let (handler, number) = (Arc::clone(&handler), Arc::clone(&number));
        let work = move || run_job(Arc::clone(&handler), number.fetch_add(1, Ordering::Relaxed));
        rates.push(rate(concurrency, work).await);
    }
    println!(
        "stream, {processes} processes, {pipeline} in the pipe, {concurrency} at once: {}",
        median(rates)
    );
}

/// The same command with three pipes and nothing else.
async fn run_bare(line: &str) {
    let mut command = if line.contains(' ') { Command::new("/bin/sh") } else { Command::new(line) };
    if line.contains(' ') {
        command.args(["-c", line]);
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(b"{}\n").await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success());
}

async fn run_job(handler: Arc<dyn Handler>, number: usize) {
    let config = json!({"to": "somebody@example.org"}).as_object().unwrap().clone();
    let job = Job::new("bench", "email", config);
    let context = Context::new(facts(number), "");
    let outcome = handler.run(&job, &context).await;
    assert_eq!(outcome, Outcome::Success(Map::new()));
}

fn facts(number: usize) -> JobFacts {
    let text = str::to_owned;
    JobFacts {
        id: format!("resources/2abcdefghijklmnop{number:010}"),
        key: text("2abcdefghijklmnopqrstuvwxyz"),
        service: text("bench"),
        queue: text("default"),
        domain: text("localhost"),
        attempt: 1,
        max_attempts: 1,
        longest: None,
        timeout: Some(Duration::from_secs(600)),
        worker: text("bench"),
    }
}

/// How often a second `work` ends when it is done `concurrency` times at once.
async fn rate<F: Future<Output = ()> + Send>(
    concurrency: usize,
    work: impl Fn() -> F + Send + Sync + 'static,
) -> Rate {
    let (work, done) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let processor = processor_seconds();
    let workers = (0..concurrency).map(|_| {
        let (work, done) = (Arc::clone(&work), Arc::clone(&done));
        tokio::spawn(async move {
            while start.elapsed() < TURN {
                work().await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let done = done.load(Ordering::Relaxed) as f64;
    Rate {
        per_second: done / start.elapsed().as_secs_f64(),
        processor: (processor_seconds() - processor) / done,
    }
}

#[derive(Clone, Copy)]
struct Rate {
    per_second: f64,
    /// Seconds of processor time for each, ours and those of the processes we have reaped. Says what a rate would be
    /// if the machine had nothing else to do.
    processor: f64,
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0}/s {:.0} µs", self.per_second, self.processor * 1e6)
    }
}

fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_ascii_whitespace();
    // User and system time, and those of reaped children, in hundredths of a second.
    fields.skip(11).take(4).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

fn median(mut rates: Vec<Rate>) -> Rate {
    rates.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rates[rates.len() / 2]
}
