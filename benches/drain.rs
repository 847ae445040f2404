//! How fast a worker with an empty handler drains jobs that wait, on an embedded store in the same process.
//!
//! `cargo bench --bench drain -- [JOBS] [CONCURRENCY]`. Prints jobs a second, requests a job and the processor time a
//! job of worker and store together. Compare runs on one machine only.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::oada::{Client, Domain, Transport};
use oada_jobs::store::{Store, StoreOptions, serve};
use serde_json::{Map, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

#[tokio::main]
async fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let (count, concurrency) =
        (numbers.first().copied().unwrap_or(5000), numbers.get(1).copied().unwrap_or(100));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), StoreOptions::default()).unwrap();
    let token = std::fs::read_to_string(folder.path().join("token")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let domain = Domain::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(store.clone(), listener, None, stop.clone()));
    let client = || {
        let client = Client::builder(Arc::new(domain.clone())).token(token.trim().to_owned().into());
        client.transport(Transport::Socket).build().unwrap()
    };
    let (root, poster) = (ServiceRoot::named("bench").unwrap(), client());
    let layout = jobs::posting_layout(&poster, &root, None).await.unwrap();

    let began = Instant::now();
    let posted: Vec<_> = stream::iter(0..count)
        .map(|n| {
            let config = Map::from_iter([("n".to_owned(), json!(n))]);
            let (poster, root) = (&poster, &root);
            async move { jobs::create(poster, root, layout, &NewJob::new("work", config)).await.unwrap() }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    for chunk in posted.chunks(500) {
        jobs::link(&poster, &root, layout, chunk).await.unwrap();
    }
    println!("post: {:.0} jobs/s", count as f64 / began.elapsed().as_secs_f64());

    let worker = client();
    let service = Service::builder(root.name())
        .client(worker.clone())
        .options(Options { once: true, ..Options::default() })
        .concurrency(concurrency)
        .on("work", None, async |_, _| Ok::<(), JobError>(()))
        .build()
        .unwrap();
    let (began, cpu) = (Instant::now(), cpu_time());
    let summary = service.run(Stop::default()).await.unwrap();
    let (wall, cpu) = (began.elapsed(), cpu_time() - cpu);
    assert_eq!(usize::try_from(summary.success).unwrap(), count);
    println!(
        "drain at {concurrency}: {:.0} jobs/s, {:.2} requests/job, {:.0} µs of processor/job",
        count as f64 / wall.as_secs_f64(),
        worker.requests().requests as f64 / count as f64,
        cpu.as_secs_f64() * 1e6 / count as f64,
    );
    stop.cancel();
    serving.await.unwrap().unwrap();
}
