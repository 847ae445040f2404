//! What a job costs, counted and not timed: requests of the worker, and writes and syncs of the store.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob};
use serde_json::{Map, Value};

use super::world::{World, client, options};

const JOBS: u32 = 400;

#[derive(Clone, Copy, Debug)]
struct Cost {
    requests: f64,
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
async fn links_travel_together_when_many_jobs_run_at_once() {
    let cost = cost_of_a_job(100).await;
    assert!(cost.requests < 4.5, "{cost:?}");
    assert!(cost.syncs < cost.writes / 2.0, "{cost:?}");
}

/// What one more job costs a worker that has started.
async fn cost_of_a_job(concurrency: usize) -> Cost {
    let world = World::new().await;
    // Makes the lists of the day.
    post(&world, 1).await;
    drain(&world, concurrency, 1).await;
    let start = drain(&world, concurrency, 0).await;
    post(&world, JOBS).await;
    let all = drain(&world, concurrency, JOBS).await;
    let jobs = f64::from(JOBS);
    Cost {
        requests: (all.requests - start.requests) / jobs,
        writes: (all.writes - start.writes) / jobs,
        syncs: (all.syncs - start.syncs) / jobs,
    }
}

async fn post(world: &World, count: u32) {
    let layout = jobs::posting_layout(&world.client, &world.root, None).await.unwrap();
    let create = async |_| {
        jobs::create(&world.client, &world.root, layout, &NewJob::new("work", Map::new())).await.unwrap()
    };
    let posted: Vec<_> = stream::iter(0..count).map(create).buffer_unordered(64).collect().await;
    jobs::link(&world.client, &world.root, layout, &posted).await.unwrap();
}

/// What it costs to work off what waits, from the start of a worker to its end.
async fn drain(world: &World, concurrency: usize, jobs: u32) -> Cost {
    let client = client(&world.store.address, &world.store.token);
    let before = world.store.store.stats().unwrap();
    let heartbeat = Duration::from_secs(3600);
    let service = Service::builder(world.root.name())
        .client(client.clone())
        .options(Options { once: true, heartbeat, concurrency, ..options() })
        .on("work", None, async |_, _| Ok::<_, JobError>(Value::Null))
        .build()
        .unwrap();
    let summary = service.run(Stop::default()).await.unwrap();
    assert_eq!(summary.success, u64::from(jobs));
    let after = world.store.store.stats().unwrap();
    let number = |count: u64| f64::from(u32::try_from(count).unwrap());
    Cost {
        requests: number(client.requests().requests),
        writes: number(after.writes - before.writes),
        syncs: number(after.commits - before.commits),
    }
}
