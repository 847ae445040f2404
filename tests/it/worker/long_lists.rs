//! Lists that are long: what a worker does before it has read them, and what a job costs beside them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Event, Options, Service};
use oada_jobs::jobs::{self, Layout};
use oada_jobs::model::{Path, new_key};
use serde_json::{Map, Value, json};

use super::world::{Worker, World, client, echo, eventually, options};
use crate::support::proxy::Proxy;

const PENDING: &str = "/bookmarks/services/svc/jobs";
const LONG: usize = 10_000;

/// Puts links that lead to nothing into a list. Their keys come after those of all jobs that were posted before.
async fn fill(world: &World, list: &str, count: usize) {
    let list: Path = list.parse().unwrap();
    world.client.ensure(&list, Layout::Classic.tree()).await.unwrap();
    for chunk in (0..count).collect::<Vec<_>>().chunks(2000) {
        let link = |key: String| (key.clone(), json!({"_id": format!("resources/{key}")}));
        let links: Map<String, Value> = chunk.iter().map(|_| link(new_key())).collect();
        world.client.put(&list, "application/json", &Value::Object(links), None).await.unwrap();
    }
}

#[tokio::test]
async fn jobs_run_before_the_list_has_been_read_to_its_end() {
    let world = World::laid_out(Layout::Classic).await;
    let first = world.post("work", json!({})).await;
    fill(&world, PENDING, 3000).await;
    let last = world.post("work", json!({})).await;
    // A link takes about ninety bytes.
    let proxy = Proxy::start(&world.store.address, PENDING, 64 << 10).await;
    let service = Service::builder(world.root.name())
        .client(client(&proxy.address, &world.store.token))
        .options(options())
        .on("work", None, echo);
    let worker = Worker::start(service).await;
    let filed =
        |key: &str| worker.events.count(|event| matches!(event, Event::JobFiled(job) if job.key == key)) > 0;
    eventually("the first job is filed", async || filed(&first)).await;
    assert!(!filed(&last));
    proxy.release();
    eventually("the last job is filed", async || filed(&last)).await;
}

/// What some jobs cost beside a list of this many.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    requests: u64,
    bytes: u64,
    writes: u64,
}

const JOBS: u64 = 60;

async fn cost_beside(pending: usize, finished: usize) -> Cost {
    let world = World::laid_out(Layout::Classic).await;
    let before = world.post("work", json!({})).await;
    let proxy = Arc::new(Proxy::start(&world.store.address, PENDING, 64 << 20).await);
    let client = client(&proxy.address, &world.store.token);
    // What it had cost when each job began: the one before may not have been put away yet.
    let seen: Arc<Mutex<Vec<Cost>>> = Arc::default();
    let service = || {
        let (proxy, requests, store) = (proxy.clone(), client.clone(), world.store.store.clone());
        let seen = seen.clone();
        let note = move |_, _| {
            let (requests, bytes) = (requests.requests().requests, proxy.bytes());
            let writes = store.stats().unwrap().writes;
            seen.lock().unwrap().push(Cost { requests, bytes, writes });
            async { Ok::<_, JobError>(Value::Null) }
        };
        Service::builder(world.root.name())
            .client(client.clone())
            .options(Options { concurrency: 1, heartbeat: Duration::from_secs(3600), ..options() })
            .on("work", None, note)
    };
    // Makes the list of the day.
    let worker = Worker::start(service()).await;
    world.until_filed(&before).await;
    worker.drain().await;
    let day = jobs::finished_days(&world.client, &world.root, jobs::FinalList::Success).await.unwrap();
    fill(&world, &day[0].path.to_string(), finished).await;
    let mut posted = Vec::new();
    for n in 0..=JOBS {
        posted.push(world.post("work", json!({ "n": n })).await);
    }
    fill(&world, PENDING, pending).await;
    let worker = Worker::start(service()).await;
    worker
        .events
        .until(
            "they have run",
            |event| matches!(event, Event::JobFiled(job) if Some(&job.key) == posted.last()),
        )
        .await;
    let seen = seen.lock().unwrap();
    let (start, end) = (seen[1], seen[usize::try_from(JOBS).unwrap() + 1]);
    Cost {
        requests: end.requests - start.requests,
        bytes: end.bytes - start.bytes,
        writes: end.writes - start.writes,
    }
}

#[tokio::test]
async fn a_job_costs_the_same_however_many_wait_or_have_ended_today() {
    let beside_few = cost_beside(10, 10).await;
    for (pending, finished) in [(LONG, 10), (10, LONG)] {
        let beside_many = cost_beside(pending, finished).await;
        // The count begins and ends somewhere within a job.
        let close = |few: u64, many: u64| many <= few + 2 * few.div_ceil(JOBS);
        assert!(close(beside_few.requests, beside_many.requests), "{beside_few:?} {beside_many:?}");
        assert!(close(beside_few.bytes, beside_many.bytes), "{beside_few:?} {beside_many:?}");
        assert!(close(beside_few.writes, beside_many.writes), "{beside_few:?} {beside_many:?}");
    }
}
