//! Jobs that are run together, each with an end of its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use oada_jobs::engine::handler::{BatchHandler, BatchJob, BatchLimits, HandlerKind, JobError, Outcome};
use oada_jobs::engine::{Builder, Event, HandlerEntry, Options, StartLimits};
use oada_jobs::jobs;
use oada_jobs::model::JobStatus;
use serde_json::{Map, Value, json};

use super::world::{Worker, World, eventually, options};

/// What the batches were that a handler has been given: the queue and the numbers of the jobs.
type Given = Arc<Mutex<Vec<(String, Vec<u64>)>>>;

/// Does with each job what its config says.
struct Obedient(Given);

impl Obedient {
    fn new() -> (Arc<Self>, Given) {
        let given = Given::default();
        (Arc::new(Self(given.clone())), given)
    }
}

impl BatchHandler for Obedient {
    fn run(&self, jobs: Vec<BatchJob>) -> BoxFuture<'_, ()> {
        let numbers = jobs.iter().map(|job| job.job().config["n"].as_u64().unwrap()).collect();
        self.0.lock().unwrap().push((jobs[0].context().facts().queue.clone(), numbers));
        Box::pin(async move {
            let mut silent = Vec::new();
            for job in jobs {
                let told = job.job().config.get("do").and_then(Value::as_str).unwrap_or("succeed").to_owned();
                let attempt = job.context().facts().attempt;
                match told.as_str() {
                    "succeed" => {
                        job.context().update("seen", json!(attempt));
                        job.end(Outcome::Success(Map::new()));
                    }
                    "fail" => job.end(Outcome::Failure(JobError::typed("bad", "no"))),
                    "again" if attempt < 3 => {
                        let delay = Some(Duration::from_millis(5));
                        job.end(Outcome::Again { delay, error: JobError::new("not yet") });
                    }
                    "again" => job.end(Outcome::Success(Map::new())),
                    "drop" => drop(job),
                    "panic" => panic!("as it was told"),
                    _ => silent.push(job),
                }
            }
            for job in silent {
                job.context().cancelled().await;
                job.end(Outcome::Stopped { details: Map::new() });
            }
        })
    }
}

fn with(service: Builder, handler: &Arc<Obedient>, size: usize, wait: Duration) -> Builder {
    let handler = HandlerKind::Batch(handler.clone(), BatchLimits { size, wait });
    let limits = StartLimits::default();
    service.handler("mail", HandlerEntry { limits, ..HandlerEntry::of(handler) })
}

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(200);

fn once() -> Options {
    Options { once: true, ..options() }
}

#[tokio::test]
async fn jobs_are_run_together_as_many_as_may_be_and_in_one_slot() {
    let world = World::new().await;
    for n in 0..23 {
        world.post("mail", json!({ "n": n })).await;
    }
    let (handler, given) = Obedient::new();
    let service = with(
        world.service().options(Options { concurrency: 1, ..once() }),
        &handler,
        10,
        Duration::from_secs(5),
    );
    let worker = Worker::start(service).await;
    let events = worker.events.clone();
    assert_eq!(worker.end().await.success, 23);
    let given = given.lock().unwrap().clone();
    let mut sizes: Vec<usize> = given.iter().map(|(_, numbers)| numbers.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 10, 10], "{given:?}");
    let all: BTreeSet<u64> = given.into_iter().flat_map(|(_, numbers)| numbers).collect();
    assert_eq!(all.len(), 23);
    assert_eq!(events.count(|event| matches!(event, Event::JobStarted(_))), 23);
}

#[tokio::test]
async fn each_job_has_an_end_updates_and_attempts_of_its_own() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for (n, told) in ["succeed", "fail", "again", "drop"].into_iter().enumerate() {
        keys.push(world.post("mail", json!({ "n": n, "do": told })).await);
    }
    let (handler, given) = Obedient::new();
    let worker =
        Worker::start(with(world.service().options(once()), &handler, 4, Duration::from_secs(2))).await;
    worker.end().await;
    let mut jobs = Vec::new();
    for key in &keys {
        assert_eq!(world.filed(key).await.len(), 1);
        jobs.push(world.job(key).await);
    }
    assert_eq!(
        jobs.iter().map(|job| job.status() == JobStatus::Success).collect::<Vec<_>>(),
        [true, false, true, false]
    );
    assert!(jobs[0].updates.values().any(|update| update.status == "seen"));
    assert!(!jobs[1].updates.values().any(|update| update.status == "seen"));
    assert_eq!(jobs[1].result.as_ref().unwrap()["JobError"], "bad");
    assert_eq!(jobs[3].result.as_ref().unwrap()["JobError"], "crashed");
    // Tried again in batches, each time as another attempt.
    assert_eq!(jobs[2].attempts.len(), 3);
    let sizes: Vec<usize> = given.lock().unwrap().iter().map(|(_, numbers)| numbers.len()).collect();
    assert_eq!(sizes, [4, 1, 1]);
}

#[tokio::test]
async fn jobs_that_are_tried_again_travel_together_with_new_ones() {
    let world = World::new().await;
    for n in 0..3 {
        world.post("mail", json!({ "n": n, "do": "again" })).await;
    }
    let (handler, given) = Obedient::new();
    let worker = Worker::start(with(world.service(), &handler, 4, Duration::from_secs(2))).await;
    eventually("they were tried", async || !given.lock().unwrap().is_empty()).await;
    world.post("mail", json!({ "n": 3 })).await;
    eventually("they travel together", async || {
        given.lock().unwrap().get(1).is_some_and(|(_, numbers)| numbers.len() == 4)
    })
    .await;
    worker.drain().await;
}

#[tokio::test]
async fn the_first_waits_for_company_unclaimed_and_costs_nobody_a_slot() {
    let world = World::new().await;
    let waiting = world.post("mail", json!({ "n": 1 })).await;
    let (handler, given) = Obedient::new();
    let service = world.service().concurrency(1).on("other", None, super::world::echo);
    let worker = Worker::start(with(service, &handler, 3, LONG)).await;
    let other = world.post("other", json!({})).await;
    world.until_filed(&other).await;
    assert!(world.job(&waiting).await.claim.is_none() && given.lock().unwrap().is_empty());
    for n in 2..4 {
        world.post("mail", json!({ "n": n })).await;
    }
    world.until_filed(&waiting).await;
    assert_eq!(given.lock().unwrap()[0].1.len(), 3);
    worker.drain().await;
}

#[tokio::test]
async fn waiting_for_company_costs_no_time() {
    let world = World::new().await;
    let key = world.post("mail", json!({ "n": 1 })).await;
    let (handler, _) = Obedient::new();
    let kind = HandlerKind::Batch(handler, BatchLimits { size: 9, wait: Duration::from_millis(1500) });
    let limits = StartLimits::default();
    let timeout = Some(Duration::from_secs(1));
    let entry = HandlerEntry { timeout, limits, ..HandlerEntry::of(kind) };
    let worker = Worker::start(world.service().options(once()).handler("mail", entry)).await;
    assert_eq!(worker.end().await.success, 1);
    world.until_filed(&key).await;
}

#[tokio::test]
async fn one_of_a_batch_is_cancelled_and_all_are_stopped_by_their_time() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..3 {
        keys.push(world.post("mail", json!({ "n": n, "do": "wait" })).await);
    }
    let (handler, _) = Obedient::new();
    let kind = HandlerKind::Batch(handler, BatchLimits { size: 3, wait: LONG });
    let limits = StartLimits::default();
    let timeout = Some(Duration::from_secs(3));
    let entry = HandlerEntry { timeout, limits, ..HandlerEntry::of(kind) };
    let worker = Worker::start(world.service().handler("mail", entry)).await;
    worker.events.until("they run", |event| matches!(event, Event::JobStarted(_))).await;
    jobs::ask_to_cancel(&world.client, &world.root, &keys[0]).await.unwrap();
    let cancelled = world.until_filed(&keys[0]).await;
    assert_eq!(cancelled.result.unwrap()["JobError"], "cancelled");
    assert_eq!(world.job(&keys[1]).await.status(), JobStatus::Running);
    for key in &keys[1..] {
        assert_eq!(world.until_filed(key).await.error_type(), Some("timeout"));
    }
    worker.drain().await;
}

#[tokio::test]
async fn a_worker_that_must_stop_gives_the_jobs_of_a_batch_back() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..3 {
        keys.push(world.post("mail", json!({ "n": n, "do": "wait" })).await);
    }
    let (handler, _) = Obedient::new();
    let worker = Worker::start(with(world.service(), &handler, 3, LONG)).await;
    eventually("they run", async || worker.events.count(|event| matches!(event, Event::JobStarted(_))) == 3)
        .await;
    worker.stop.kill.cancel();
    worker.drain().await;
    for key in keys {
        let job = world.job(&key).await;
        assert!(job.status() == JobStatus::Pending && job.claim.is_none() && job.attempts.is_empty());
    }
}

#[tokio::test]
async fn a_handler_that_panics_fails_those_it_has_not_answered() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for (n, told) in ["succeed", "panic", "succeed"].into_iter().enumerate() {
        keys.push(world.post("mail", json!({ "n": n, "do": told })).await);
    }
    let (handler, _) = Obedient::new();
    let worker = Worker::start(with(world.service().options(once()), &handler, 3, LONG)).await;
    worker.end().await;
    let mut ends = Vec::new();
    for key in &keys {
        ends.push(world.job(key).await.status() == JobStatus::Success);
    }
    assert_eq!(ends, [true, false, false]);
}

#[tokio::test]
async fn a_batch_is_of_one_queue() {
    let world = World::new().await;
    let (second, entry) = world.second_user();
    jobs::add_queue(&world.client, &world.root, "second", &entry).await.unwrap();
    let layout = jobs::posting_layout(&second, &world.root, None).await.unwrap();
    for n in 0..4_u64 {
        world.post("mail", json!({ "n": n })).await;
        let config = json!({ "n": 10 + n }).as_object().cloned().unwrap();
        let job = jobs::NewJob::new("mail", config);
        jobs::post(&second, &world.root, layout, &job).await.unwrap();
    }
    let (handler, given) = Obedient::new();
    let service = world.service_with_list().options(once());
    let worker = Worker::start(with(service, &handler, 8, SHORT)).await;
    assert_eq!(worker.end().await.success, 8);
    for (queue, numbers) in given.lock().unwrap().iter() {
        assert!(numbers.iter().all(|n| (*n >= 10) == (queue == "second")), "{queue}: {numbers:?}");
    }
}

#[tokio::test]
async fn a_key_is_in_one_batch_at_a_time_and_once_in_it() {
    let world = World::new().await;
    for n in 0..8_u64 {
        world.post("mail", json!({ "n": n, "to": n % 3 })).await;
    }
    let (handler, given) = Obedient::new();
    let handler = HandlerKind::Batch(handler, BatchLimits { size: 8, wait: SHORT });
    let limits = StartLimits { key: Some("/config/to".to_owned()), ..StartLimits::default() };
    let entry = HandlerEntry { limits, ..HandlerEntry::of(handler) };
    let worker = Worker::start(world.service().options(once()).handler("mail", entry)).await;
    assert_eq!(worker.end().await.success, 8);
    for (_, numbers) in given.lock().unwrap().iter() {
        let tos: BTreeSet<u64> = numbers.iter().map(|n| n % 3).collect();
        assert_eq!(tos.len(), numbers.len(), "{numbers:?}");
    }
}
