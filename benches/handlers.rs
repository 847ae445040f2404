//! What a handler costs beside what the operating system asks for: `cargo bench --bench handlers`.
//!
//! `-- [spawn] [stream] [heap]` runs only these parts, `--turns N` and `--ms N` say how many turns of which length each
//! figure is the median of, and `--side bare` or `--side handler` runs one side alone, to be looked at with `perf`.
//!
//! Ratios are of rates measured in turns within one run, so that a busy machine slows both sides alike.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark stops when it cannot go on, and prints"
)]

mod words;

use std::future::Future;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use oada_jobs::engine::handler::{
    Context, Handler, JobFacts, Outcome, Program, ShellHandler, ShellOptions, StreamHandler, StreamOptions,
};
use oada_jobs::model::Job;
use serde_json::{Map, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use words::Parts;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Commands by what they cost: no more than a program, and a shell that starts another one.
const COMMANDS: [&str; 2] = ["/bin/true", "cat >/dev/null; echo '{}'"];

/// What is to be measured.
#[derive(Clone)]
struct Wanted {
    parts: Parts,
    turns: usize,
    turn: Duration,
    side: Option<String>,
}

impl Wanted {
    fn read(mut args: impl Iterator<Item = String>) -> Self {
        let (mut turns, mut turn, mut side, mut parts) = (6, Duration::from_millis(1500), None, Vec::new());
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--turns" => turns = args.next().unwrap().parse().unwrap(),
                "--ms" => turn = Duration::from_millis(args.next().unwrap().parse().unwrap()),
                "--side" => side = args.next(),
                _ => parts.push(arg),
            }
        }
        Self { parts: Parts::read(parts, &["spawn", "stream", "heap"]), turns, turn, side }
    }

    fn has_side(&self, side: &str) -> bool {
        self.side.as_ref().is_none_or(|wanted| wanted == side)
    }
}

fn main() {
    let wanted = Wanted::read(words::given());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    oada_jobs::process::adopt_orphans();
    runtime.block_on(async {
        if wanted.parts.has("spawn") {
            for concurrency in [2, 8] {
                for line in COMMANDS {
                    spawn_mode(line, concurrency, &wanted).await;
                }
            }
        }
        if wanted.parts.has("stream") {
            for (processes, pipeline, concurrency) in [(1, 1, 1), (1, 16, 16), (2, 16, 32)] {
                stream_mode((processes, pipeline, concurrency), &wanted).await;
            }
        }
        if wanted.parts.has("heap") {
            heap(&wanted).await;
        }
    });
}

/// The same without and with the heap of a worker that has a large backlog, in turns. It is touched, so that it is there.
async fn heap(wanted: &Wanted) {
    let once = Wanted { turns: 1, side: Some("handler".to_owned()), ..wanted.clone() };
    for line in COMMANDS {
        let (mut small, mut large) = (Vec::new(), Vec::new());
        for _ in 0..wanted.turns {
            small.extend(spawn_rates(line, 8, &once).await.1);
            let heap = vec![1_u8; 1 << 30];
            large.extend(spawn_rates(line, 8, &once).await.1);
            std::hint::black_box(&heap);
        }
        let (small, large) = (median(small), median(large));
        println!(
            "heap, 8 at once, {line:?}: small {small}, 1 GiB {large}; {:.0} % by time, {:.0} % by processor",
            100.0 * large.per_second / small.per_second,
            100.0 * small.processor() / large.processor(),
        );
    }
}

async fn spawn_mode(line: &'static str, concurrency: usize, wanted: &Wanted) {
    let (bare, ours) = spawn_rates(line, concurrency, wanted).await;
    let sides = [("bare", &bare), ("handler", &ours)];
    for (side, rates) in sides.into_iter().filter(|(_, rates)| !rates.is_empty()) {
        println!("spawn, {concurrency} at once, {line:?}: {side} {}", median(rates.clone()));
    }
    if !bare.is_empty() && !ours.is_empty() {
        let (bare, ours) = (median(bare), median(ours));
        println!(
            "       {:.0} % by time, {:.0} % by processor",
            100.0 * ours.per_second / bare.per_second,
            100.0 * bare.processor() / ours.processor(),
        );
    }
}

/// The rates of each turn, bare and by a handler.
async fn spawn_rates(line: &'static str, concurrency: usize, wanted: &Wanted) -> (Vec<Rate>, Vec<Rate>) {
    let handler = ShellHandler::new(Program::Shell(line.to_owned()), ShellOptions::default()).unwrap();
    let handler: Arc<dyn Handler> = Arc::new(handler);
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..wanted.turns {
        if wanted.has_side("bare") {
            bare.push(rate(concurrency, wanted.turn, move || run_bare(line)).await);
        }
        if wanted.has_side("handler") {
            let handler = Arc::clone(&handler);
            ours.push(rate(concurrency, wanted.turn, move || run_job(Arc::clone(&handler), 0)).await);
        }
    }
    (bare, ours)
}

/// Answers at once, so that what is measured is the layer above it.
const SERVANT: &str = "
import sys
for line in sys.stdin:
    sys.stdout.write(line[:line.index(',')] + '}\\n')
    sys.stdout.flush()
";

async fn stream_mode((processes, pipeline, concurrency): (usize, usize, usize), wanted: &Wanted) {
    let program = Program::Argv(vec!["/usr/bin/python3".into(), "-c".into(), SERVANT.into()]);
    let options = StreamOptions { processes, pipeline, ..StreamOptions::default() };
    let handler: Arc<dyn Handler> = Arc::new(StreamHandler::new(program, options).unwrap());
    let number = Arc::new(AtomicUsize::new(0));
    let mut rates = Vec::new();
    for _ in 0..wanted.turns {
        let (handler, number) = (Arc::clone(&handler), Arc::clone(&number));
        let work = move || run_job(Arc::clone(&handler), number.fetch_add(1, Ordering::Relaxed));
        rates.push(rate(concurrency, wanted.turn, work).await);
    }
    let rate = median(rates);
    println!(
        "stream, {processes} processes, {pipeline} in the pipe, {concurrency} at once: {rate}; {:.0}/s a core of the layer",
        1.0 / rate.own,
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
    turn: Duration,
    work: impl Fn() -> F + Send + Sync + 'static,
) -> Rate {
    let (work, done) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let before = processor_seconds();
    let workers = (0..concurrency).map(|_| {
        let (work, done) = (Arc::clone(&work), Arc::clone(&done));
        tokio::spawn(async move {
            while start.elapsed() < turn {
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
    let after = processor_seconds();
    Rate {
        per_second: done / start.elapsed().as_secs_f64(),
        own: (after.0 - before.0) / done,
        of_children: (after.1 - before.1) / done,
    }
}

#[derive(Clone, Copy)]
struct Rate {
    per_second: f64,
    /// Seconds of this process's time for each. Says what a rate would be if the machine had nothing else to do.
    own: f64,
    /// The same of the processes that it has reaped.
    of_children: f64,
}

impl Rate {
    fn processor(&self) -> f64 {
        self.own + self.of_children
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { per_second, own, of_children } = self;
        write!(f, "{per_second:.0}/s, {:.0} + {:.0} µs", own * 1e6, of_children * 1e6)
    }
}

/// User and system time of this process and of its reaped children.
fn processor_seconds() -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "microseconds fit for centuries")]
    let seconds = |who| {
        let usage = getrusage(who).unwrap();
        let micros = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        micros(usage.user_time()) + micros(usage.system_time())
    };
    (seconds(UsageWho::RUSAGE_SELF), seconds(UsageWho::RUSAGE_CHILDREN))
}

fn median(mut rates: Vec<Rate>) -> Rate {
    rates.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rates[rates.len() / 2]
}
