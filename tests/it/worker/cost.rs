//! What a job costs, counted and not timed: requests of the worker, and writes and syncs of the store.

use futures_util::stream::{self, StreamExt as _};
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Options, Service, Stop};
use oada_jobs::jobs::{self, NewJob};
use serde_json::{Map, Value};

use super::world::{World, client, options};

const JOBS: usize = 400;

/// Of one job, the share of what starting costs included.
#[derive(Debug)]
struct Cost {
    requests: f64,
    writes: f64,
    syncs: f64,
}

#[tokio::test]
async fn a_job_costs_five_requests_at_most() {
    let cost = cost_at(1).await;
    assert!(cost.requests <= 5.0, "{cost:?}");
    assert!(cost.writes <= 4.0, "{cost:?}");
}

#[tokio::test]
async fn links_travel_together_when_many_jobs_run_at_once() {
    let cost = cost_at(100).await;
    assert!(cost.requests < 4.5, "{cost:?}");
    assert!(cost.syncs < cost.writes / 2.0, "{cost:?}");
}

/// Works off jobs that wait.
async fn cost_at(concurrency: usize) -> Cost {
    let world = World::new().await;
    let layout = jobs::posting_layout(&world.client, &world.root, None).await.unwrap();
    let posted: Vec<_> = stream::iter(0..JOBS)
        .map(async |_| {
            jobs::create(&world.client, &world.root, layout, &NewJob::new("work", Map::new())).await.unwrap()
        })
        .buffer_unordered(64)
        .collect()
        .await;
    jobs::link(&world.client, &world.root, layout, &posted).await.unwrap();

    let client = client(&world.store.address, &world.store.token);
    let before = world.store.store.stats().unwrap();
    let service = Service::builder(world.root.clone(), client.clone())
        .options(Options { once: true, ..options() })
        .concurrency(concurrency)
        .on("work", None, async |_, _| Ok::<_, JobError>(Value::Null))
        .build()
        .unwrap();
    let summary = service.run(Stop::default()).await.unwrap();
    assert_eq!(summary.success, JOBS as u64);
    let after = world.store.store.stats().unwrap();
    let each =
        |count: u64| f64::from(u32::try_from(count).unwrap()) / f64::from(u16::try_from(JOBS).unwrap());
    Cost {
        requests: each(client.requests().requests),
        writes: each(after.writes - before.writes),
        syncs: each(after.commits - before.commits),
    }
}
