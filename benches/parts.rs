//! What single parts cost, each beside something simple that does the same bytes: `cargo bench --bench parts [-- PART…]`.
//!
//! Parts: `merge`, `framing`, `keys`; all of them without a name. Each figure is the least of some turns, and only the
//! ratios within one run should be compared. Fan-out of changes is in `store.rs` (`watch`), the handler layer in
//! `handlers.rs`. The figures of one run are in `docs/benchmarks.md`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

mod words;

use std::hint::black_box;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use oada_jobs::engine::KeySet;
use oada_jobs::jobs::Listed;
use oada_jobs::model::{self, Ksuid, ResourceId};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use words::Parts;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TURNS: usize = 7;

fn main() {
    let parts = Parts::read(words::given().collect(), &["merge", "framing", "keys"]);
    if parts.has("merge") {
        merge();
    }
    if parts.has("framing") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(framing());
    }
    if parts.has("keys") {
        keys();
    }
}

/// The least time of one of `count` steps, over some turns.
fn least(count: u32, mut step: impl FnMut(u32)) -> Duration {
    let turn = |_| {
        let began = Instant::now();
        (0..count).for_each(&mut step);
        began.elapsed() / count
    };
    (0..TURNS).map(turn).min().unwrap()
}

/// A status written at its path into documents of several sizes, beside reading the body's text.
fn merge() {
    println!("merge: one member at a path, ns");
    let text =
        r#"{"jobs":{"3MXtXE63pCYePD2nHI000000001":{"status":"running","at":"2026-11-26T07:00:00.000Z"}}}"#;
    let body: Value = serde_json::from_str(text).unwrap();
    let read = least(100_000, |_| {
        black_box(serde_json::from_str::<Value>(black_box(text)).unwrap());
    });
    for members in [10, 1_000, 100_000] {
        let jobs: Map<String, Value> = (0..members)
            .map(|number| (format!("3MXtXE63pCYePD2nHI0{number:08}"), json!({"n": number})))
            .collect();
        let mut document = json!({ "jobs": jobs });
        let merged = least(100_000, |_| model::merge(black_box(&mut document), black_box(&body)));
        let share = merged.as_secs_f64() / read.as_secs_f64();
        println!("  {members:>7} members  {:>6}  {share:.2} of reading the body", merged.as_nanos());
    }
}

/// Messages through a WebSocket in memory, beside the same bytes through the pipe alone.
async fn framing() {
    println!("framing: messages through a pipe in memory, a second");
    for (bytes, count) in [(300, 20_000), (64 * 1024, 500)] {
        let (framed, bare) = (framed(bytes, count).await, bare(bytes, count).await);
        println!(
            "  {bytes:>6} bytes  {framed:>9.0} framed  {bare:>9.0} bare  {:.0} %",
            100.0 * framed / bare
        );
    }
}

async fn framed(bytes: usize, count: usize) -> f64 {
    let mut best = 0_f64;
    for _ in 0..TURNS {
        let (near, far) = tokio::io::duplex(256 * 1024);
        let mut near = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        let mut far = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
        let text = "x".repeat(bytes);
        let began = Instant::now();
        let sending = async {
            for _ in 0..count {
                near.send(Message::text(text.clone())).await.unwrap();
            }
        };
        let receiving = async {
            for _ in 0..count {
                black_box(far.next().await.unwrap().unwrap());
            }
        };
        tokio::join!(sending, receiving);
        best = best.max(count as f64 / began.elapsed().as_secs_f64());
    }
    best
}

async fn bare(bytes: usize, count: usize) -> f64 {
    let mut best = 0_f64;
    for _ in 0..TURNS {
        let (mut near, mut far): (DuplexStream, DuplexStream) = tokio::io::duplex(256 * 1024);
        let text = "x".repeat(bytes);
        let mut received = vec![0; bytes];
        let began = Instant::now();
        let sending = async {
            for _ in 0..count {
                near.write_all(text.as_bytes()).await.unwrap();
            }
        };
        let receiving = async {
            for _ in 0..count {
                far.read_exact(&mut received).await.unwrap();
                black_box(&received);
            }
        };
        tokio::join!(sending, receiving);
        best = best.max(count as f64 / began.elapsed().as_secs_f64());
    }
    best
}

/// A job posted and the oldest taken and put away, with so many waiting.
fn keys() {
    println!("keys: one job posted and one taken, ns");
    let mut first = None;
    for waiting in [1_000, 100_000, 1_000_000] {
        let mut set = KeySet::default();
        let mut number = 0;
        let mut next = || {
            number += 1;
            listed(number)
        };
        (0..waiting).for_each(|_| set.offer(&next()));
        let jobs: Vec<Listed> = (0..100_000 * TURNS).map(|_| next()).collect();
        let mut jobs = jobs.iter();
        let took = least(100_000, |_| {
            set.offer(jobs.next().unwrap());
            set.take();
        });
        let ratio = took.as_secs_f64() / first.get_or_insert(took).as_secs_f64();
        println!("  {waiting:>9} waiting  {:>6}  {ratio:.2} of the first", took.as_nanos());
    }
}

/// A job as posters name it: its key is a KSUID, and its resource's.
fn listed(number: u64) -> Listed {
    let key = Ksuid::parse(&format!("3MXtXE63pCYePD2nHI0{number:08}")).unwrap().to_string();
    Listed { id: ResourceId::from_key(&key), key }
}
