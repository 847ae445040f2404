//! How fast a worker with an empty handler drains jobs that wait, on an embedded store in the same process.
//!
//! `cargo bench --bench drain -- [JOBS] [CONCURRENCY] [--after N] [--pending N] [--finished N] [--paced] [--running N]`. Prints
//! jobs a second, requests a job, the processor time a job of worker and store together, and the time from the start of
//! the worker to its first job. With `--after`, the rate and the processor time are those of the jobs after so many
//! others; with `--pending`, so many jobs more wait and are left waiting; with `--finished`, so many are listed under
//! today before; `--paced` then posts at 80 % of the rate for ten seconds and prints from post to end;
//! `--running` holds so many jobs running and prints from a write onto one of them to who watches it. Compare runs on
//! one machine only.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

#[path = "words/given.rs"]
mod words;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Event, Options, Service, Stop};
use oada_jobs::jobs::{self, FinalList, Layout, NewJob, Posted, ServiceRoot};
use oada_jobs::model::new_key;
use oada_jobs::oada::{Client, Domain, Transport, WatchEvent};
use oada_jobs::store::{Store, StoreOptions, serve};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use words::given;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many writes a watcher waits for, one after the other.
const WRITES: usize = 200;

fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

struct Wanted {
    jobs: usize,
    concurrency: usize,
    after: usize,
    pending: usize,
    finished: usize,
    paced: bool,
    running: usize,
}

impl Wanted {
    fn read() -> Self {
        let mut wanted = Self {
            jobs: 5000,
            concurrency: 100,
            after: 0,
            pending: 0,
            finished: 0,
            paced: false,
            running: 0,
        };
        let (mut numbers, mut args) = (0, given());
        while let Some(arg) = args.next() {
            let mut number = || args.next().unwrap().parse().unwrap();
            match arg.as_str() {
                "--after" => wanted.after = number(),
                "--pending" => wanted.pending = number(),
                "--finished" => wanted.finished = number(),
                "--running" => wanted.running = number(),
                "--paced" => wanted.paced = true,
                text => {
                    let number =
                        text.parse().unwrap_or_else(|_| panic!("{text:?} is no number and no option"));
                    *(if numbers == 0 { &mut wanted.jobs } else { &mut wanted.concurrency }) = number;
                    numbers += 1;
                }
            }
        }
        wanted
    }
}

/// A store in this process, and a service on it.
struct Bench {
    domain: Domain,
    token: String,
    root: ServiceRoot,
    poster: Client,
    layout: Layout,
}

impl Bench {
    fn client(&self) -> Client {
        let client = Client::builder(Arc::new(self.domain.clone())).token(self.token.clone().into());
        client.transport(Transport::Socket).build().unwrap()
    }

    async fn post(&self, count: usize) -> Vec<Posted> {
        let create = async |n| {
            let config = Map::from_iter([("n".to_owned(), json!(n))]);
            jobs::create(&self.poster, &self.root, self.layout, &NewJob::new("work", config)).await.unwrap()
        };
        let posted: Vec<_> = stream::iter(0..count).map(create).buffer_unordered(64).collect().await;
        for chunk in posted.chunks(500) {
            jobs::link(&self.poster, &self.root, self.layout, chunk).await.unwrap();
        }
        posted
    }

    /// Lists so many jobs under today. There are only the links.
    async fn list_finished(&self, count: usize) {
        let day = self.layout.day(
            &self.root,
            FinalList::Success,
            jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date(),
        );
        self.poster.ensure(&day, self.layout.tree()).await.unwrap();
        let mut left = count;
        while left > 0 {
            let chunk = left.min(2000);
            let link = |_| {
                let key = new_key();
                (key.clone(), json!({"_id": format!("resources/{key}")}))
            };
            let links: Map<String, Value> = (0..chunk).map(link).collect();
            self.poster.put(&day, self.layout.list_type(), &Value::Object(links), None).await.unwrap();
            left -= chunk;
        }
    }

    /// Works until so many jobs are filed; returns how many it was a second.
    async fn drain(&self, wanted: &Wanted) -> f64 {
        let (worker, stop) = (self.client(), Stop::default());
        let (filed, first, enough) = (AtomicUsize::new(0), Arc::new(OnceLock::new()), stop.drain.clone());
        let (after, count, began_first) = (wanted.after, wanted.after + wanted.jobs, first.clone());
        let (began, counted_from) = (Instant::now(), Arc::new(Mutex::new((Instant::now(), cpu_time()))));
        let (from, counted_to) = (counted_from.clone(), Arc::new(OnceLock::new()));
        let to = counted_to.clone();
        let service = Service::builder(self.root.name())
            .client(worker.clone())
            .options(Options { concurrency: wanted.concurrency, ..Options::default() })
            .on("work", None, move |_, _| {
                began_first.get_or_init(Instant::now);
                async { Ok::<(), JobError>(()) }
            })
            .observer(move |event: &Event| {
                if !matches!(event, Event::JobFiled(_)) {
                    return;
                }
                let filed = filed.fetch_add(1, Ordering::Relaxed) + 1;
                if filed == after {
                    *from.lock().unwrap() = (Instant::now(), cpu_time());
                }
                if filed == count {
                    to.get_or_init(|| (Instant::now(), cpu_time()));
                    enough.cancel();
                }
            })
            .build()
            .unwrap();
        let summary = service.run(stop).await.unwrap();
        let (from, to) = (*counted_from.lock().unwrap(), *counted_to.get().unwrap());
        let (wall, cpu) = (to.0 - from.0, to.1 - from.1);
        let done = wanted.jobs as f64;
        println!(
            "drain at {}: {:.0} jobs/s, {:.2} requests/job, {:.0} µs of processor/job, first job after {:.1} ms",
            wanted.concurrency,
            done / wall.as_secs_f64(),
            worker.requests().requests as f64 / summary.success as f64,
            cpu.as_secs_f64() * 1e6 / done,
            first.get().map_or(0.0, |first| first.duration_since(began).as_secs_f64() * 1e3),
        );
        done / wall.as_secs_f64()
    }

    /// Posts at 80 % of a rate for ten seconds, and prints the time from before a post until the job's end.
    async fn paced(&self, wanted: &Wanted, rate: f64) {
        let (posted, stop): (Arc<Mutex<HashMap<String, Instant>>>, _) = (Arc::default(), Stop::default());
        let taken: Arc<Mutex<Vec<Duration>>> = Arc::default();
        let (known, times) = (posted.clone(), taken.clone());
        let service = Service::builder(self.root.name())
            .client(self.client())
            .options(Options { concurrency: wanted.concurrency, ..Options::default() })
            .on("work", None, async |_, _| Ok::<(), JobError>(()))
            .observer(move |event: &Event| {
                if let Event::JobFinished { job, .. } = event
                    && let Some(began) = known.lock().unwrap().remove(&job.key)
                {
                    times.lock().unwrap().push(began.elapsed());
                }
            })
            .build()
            .unwrap();
        let working = tokio::spawn(service.run(stop.clone()));
        // In groups of one step, as timers are no finer than a millisecond.
        let step = Duration::from_millis(10);
        let group = (rate * 0.8 * step.as_secs_f64()).ceil() as usize;
        let mut ticks = tokio::time::interval(step);
        for _ in 0..1000 {
            ticks.tick().await;
            let new: Vec<_> = (0..group).map(|_| NewJob::new("work", Map::new())).collect();
            let began = Instant::now();
            posted.lock().unwrap().extend(new.iter().map(|job| (job.key.clone(), began)));
            let create = async |job| jobs::create(&self.poster, &self.root, self.layout, job).await.unwrap();
            let made: Vec<_> = stream::iter(&new).map(create).buffer_unordered(64).collect().await;
            jobs::link(&self.poster, &self.root, self.layout, &made).await.unwrap();
        }
        while !posted.lock().unwrap().is_empty() {
            tokio::time::sleep(step).await;
        }
        stop.drain.cancel();
        working.await.unwrap().unwrap();
        print_times(&format!("post to end at {:.0} jobs/s", group as f64 / step.as_secs_f64()), &taken);
    }

    /// Holds jobs running, and prints the time from a write onto one until who watches it hears.
    async fn watched(&self, running: usize) {
        let posted = self.post(running).await;
        let (started, all, stop) = (AtomicUsize::new(0), Arc::new(Notify::new()), Stop::default());
        let are_all = all.clone();
        let service = Service::builder(self.root.name())
            .client(self.client())
            .options(Options { concurrency: running, max_unfiled: running, ..Options::default() })
            .on("work", None, move |_, _| {
                if started.fetch_add(1, Ordering::Relaxed) + 1 == running {
                    are_all.notify_one();
                }
                std::future::pending::<Result<(), JobError>>()
            })
            .build()
            .unwrap();
        let working = tokio::spawn(service.run(stop.clone()));
        tokio::time::timeout(Duration::from_secs(300), all.notified()).await.unwrap();
        let path = posted[running / 2].id.path();
        let mut watch = self.client().watch(&path, None);
        while !matches!(watch.next().await, WatchEvent::Started { .. }) {}
        let taken: Mutex<Vec<Duration>> = Mutex::default();
        for n in 0..WRITES {
            let began = Instant::now();
            self.poster.put(&path, "application/json", &json!({ "seen": n }), None).await.unwrap();
            while !matches!(watch.next().await, WatchEvent::Changes(_)) {}
            taken.lock().unwrap().push(began.elapsed());
        }
        print_times(&format!("a watch among {running} running"), &taken);
        working.abort();
    }
}

fn print_times(what: &str, taken: &Mutex<Vec<Duration>>) {
    let mut taken = taken.lock().unwrap();
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() * percent / 100).min(taken.len() - 1)].as_secs_f64() * 1e3;
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms", at(50), at(99));
}

#[tokio::main]
async fn main() {
    let wanted = Wanted::read();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), StoreOptions::default()).unwrap();
    let token = std::fs::read_to_string(folder.path().join("token")).unwrap().trim().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let domain = Domain::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(store.clone(), listener, None, stop.clone()));
    let poster = Client::builder(Arc::new(domain.clone())).token(token.clone().into());
    let poster = poster.transport(Transport::Socket).build().unwrap();
    let root = ServiceRoot::named("bench").unwrap();
    let layout = jobs::posting_layout(&poster, &root, None).await.unwrap();
    let bench = Bench { domain, token, root, poster, layout };

    bench.list_finished(wanted.finished).await;
    let began = Instant::now();
    let count = wanted.after + wanted.jobs + wanted.pending;
    bench.post(count).await;
    println!("post: {:.0} jobs/s", count as f64 / began.elapsed().as_secs_f64());
    let rate = bench.drain(&wanted).await;
    if wanted.paced {
        bench.paced(&wanted, rate).await;
    }
    if wanted.running > 0 {
        bench.watched(wanted.running).await;
    }
    stop.cancel();
    serving.await.unwrap().unwrap();
}
