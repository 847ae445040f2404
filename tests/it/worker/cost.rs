//! What a job costs, counted and not timed: requests, allocations and tasks of the worker, writes and syncs of the store.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::oada::Client;
use serde_json::{Map, Value, json};

use super::world::{Worker, World, client, eventually, options};
use crate::support::env::TestEnv;

const JOBS: u32 = 400;
const JOBS_ALONE: u32 = 40;

#[derive(Clone, Copy, Debug)]
struct Cost {
    requests: f64,
    messages: f64,
    writes: f64,
    syncs: f64,
}

#[tokio::test]
async fn a_job_costs_five_requests_at_most() {
    let cost = cost_of_a_job(1).await;
    // A start with jobs has a request or two more than one without.
    assert!(cost.requests <= 5.02, "{cost:?}");
    assert!(cost.writes <= 4.02, "{cost:?}");
}

#[tokio::test]
async fn requests_and_links_travel_together_when_many_jobs_run_at_once() {
    let cost = cost_of_a_job(100).await;
    assert!(cost.requests < 4.5, "{cost:?}");
    assert!(cost.messages < 0.5, "{cost:?}");
    assert!(cost.writes < 2.5, "{cost:?}");
    assert!(cost.syncs < cost.writes / 2.0, "{cost:?}");
}

/// It comes along with its link, so it is claimed, ended, linked and unlinked, and not read.
#[tokio::test]
async fn a_job_that_comes_alone_is_not_read() {
    let world = World::new().await;
    let worker_client = client(&world.store.address, &world.store.token);
    let options = Options { heartbeat: Duration::from_secs(3600), ..options() };
    let service = world.service().client(worker_client.clone()).options(options);
    let worker = Worker::start(service.on("work", None, async |_, _| Ok::<_, JobError>(Value::Null))).await;
    let mut before = worker_client.requests().requests;
    for job in 0..=JOBS_ALONE {
        let key = world.post("work", json!({})).await;
        world.until_filed(&key).await;
        eventually("it is put away", async || !world.is_pending(&key).await).await;
        if job == 0 {
            // It has made the lists of the day.
            before = worker_client.requests().requests;
        }
    }
    let requests = worker_client.requests().requests - before;
    let each = f64::from(u32::try_from(requests).unwrap()) / f64::from(JOBS_ALONE);
    // A machine that is busy may take longer to look at what came along than that counts as new.
    assert!((4.0..4.5).contains(&each), "{each} requests a job");
    drop(worker);
}

/// What one more job costs a worker that has started.
async fn cost_of_a_job(concurrency: usize) -> Cost {
    let world = World::new().await;
    // Makes the lists of the day.
    post(&world.client, &world.root, 1).await;
    drain(&world, concurrency, 1).await;
    let start = drain(&world, concurrency, 0).await;
    post(&world.client, &world.root, JOBS).await;
    let all = drain(&world, concurrency, JOBS).await;
    let jobs = f64::from(JOBS);
    Cost {
        requests: (all.requests - start.requests) / jobs,
        messages: (all.messages - start.messages) / jobs,
        writes: (all.writes - start.writes) / jobs,
        syncs: (all.syncs - start.syncs) / jobs,
    }
}

async fn post(client: &Client, root: &ServiceRoot, count: u32) {
    let layout = jobs::posting_layout(client, root, None).await.unwrap();
    let create =
        async |_| jobs::create(client, root, layout, &NewJob::new("work", Map::new())).await.unwrap();
    let posted: Vec<_> = stream::iter(0..count).map(create).buffer_unordered(64).collect().await;
    jobs::link(client, root, layout, &posted).await.unwrap();
}

/// Allocations are counted by thread, tasks by process: so the worker has one thread, in a process whose other tests do
/// not run, and its store is another process.
#[test]
fn a_job_costs_few_allocations_and_one_task() {
    let alone = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker::cost::alone", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&alone.stdout), String::from_utf8_lossy(&alone.stderr));
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "run by a_job_costs_few_allocations_and_one_task"]
fn alone() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let address = url[url.find("http://").unwrap() + 7..].trim().trim_end_matches('/').to_owned();
    let token = std::fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let (client, root) = (client(&address, &token), ServiceRoot::named("svc").unwrap());
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let posting = runtime();
    posting.block_on(post(&client, &root, 1));
    let start = on_one_thread(&address, &token, 0);
    posting.block_on(post(&client, &root, JOBS));
    let all = on_one_thread(&address, &token, JOBS);
    let per_job = |all: u64, start: u64| (all - start) as f64 / f64::from(JOBS);
    let (allocations, tasks) = (per_job(all.0, start.0), per_job(all.1, start.1));
    eprintln!("{allocations:.1} allocations and {tasks:.2} tasks a job");
    assert!(allocations < 86.0 && tasks < 1.1, "{allocations:.1} allocations and {tasks:.2} tasks a job");
}

/// The allocations and tasks of a worker from its start to its end, with so many jobs at the least.
fn on_one_thread(address: &str, token: &str, jobs: u32) -> (u64, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let last_task = || {
        let id = runtime.block_on(async { tokio::spawn(async { tokio::task::id() }).await.unwrap() });
        id.to_string().parse::<u64>().unwrap()
    };
    let before = last_task();
    let used = allocation_counter::measure(|| {
        let service = service("svc", client(address, token), 10);
        let summary = runtime.block_on(service.run(Stop::default())).unwrap();
        assert!(summary.success >= u64::from(jobs));
    });
    (used.count_total, last_task() - before)
}

fn service(name: &str, client: Client, concurrency: usize) -> Service {
    let heartbeat = Duration::from_secs(3600);
    Service::builder(name)
        .client(client)
        .options(Options { once: true, heartbeat, concurrency, ..options() })
        .on("work", None, async |_, _| Ok::<_, JobError>(Value::Null))
        .build()
        .unwrap()
}

/// What it costs to work off what waits, from the start of a worker to its end.
async fn drain(world: &World, concurrency: usize, jobs: u32) -> Cost {
    let client = client(&world.store.address, &world.store.token);
    let before = world.store.store.stats().unwrap();
    let service = service(world.root.name(), client.clone(), concurrency);
    let summary = service.run(Stop::default()).await.unwrap();
    assert_eq!(summary.success, u64::from(jobs));
    let after = world.store.store.stats().unwrap();
    let number = |count: u64| f64::from(u32::try_from(count).unwrap());
    Cost {
        requests: number(client.requests().requests),
        messages: number(client.requests().messages),
        writes: number(after.writes - before.writes),
        syncs: number(after.commits - before.commits),
    }
}
