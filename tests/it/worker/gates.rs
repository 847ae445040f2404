//! Limits on starting: how many of a type run at once, how often one starts, which exclude each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use oada_jobs::engine::handler::{Context, Handler, HandlerKind, JobError, Outcome};
use oada_jobs::engine::{Builder, Event, HandlerEntry, Options, Rate, StartLimits};
use oada_jobs::jobs::{self, Pause};
use oada_jobs::model::{Job, now_text};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::world::{Events, Worker, World, client, eventually, options};

/// Runs jobs for as long as it is told to, and counts them.
struct Counting {
    tally: Arc<Mutex<Tally>>,
    ends: Arc<Semaphore>,
}

#[derive(Default)]
struct Tally {
    now: BTreeMap<String, usize>,
    most: BTreeMap<String, usize>,
    started: Vec<(String, Value, Instant)>,
}

impl Counting {
    /// Each job runs until `ends` has a permit for it.
    fn new() -> (Arc<Self>, Arc<Mutex<Tally>>, Arc<Semaphore>) {
        let (tally, ends) = (Arc::default(), Arc::new(Semaphore::new(0)));
        (Arc::new(Self { tally: Arc::clone(&tally), ends: ends.clone() }), tally, ends)
    }
}

impl Handler for Counting {
    fn run<'a>(&'a self, job: &'a Job, _: &'a Context) -> futures_util::future::BoxFuture<'a, Outcome> {
        // One counter for the type, and one for the type and what it is for.
        let counters = [job.job_type.clone(), format!("{} {}", job.job_type, json!(job.config.get("to")))];
        Box::pin(async move {
            {
                let mut tally = self.tally.lock().unwrap();
                for name in &counters {
                    let now = tally.now.entry(name.clone()).or_default();
                    *now += 1;
                    let now = *now;
                    let most = tally.most.entry(name.clone()).or_default();
                    *most = now.max(*most);
                }
                tally.started.push((job.job_type.clone(), Value::Object(job.config.clone()), Instant::now()));
            }
            self.ends.acquire().await.unwrap().forget();
            let mut tally = self.tally.lock().unwrap();
            for name in &counters {
                *tally.now.entry(name.clone()).or_default() -= 1;
            }
            Outcome::Success(Map::new())
        })
    }
}

fn with(service: Builder, job_type: &str, handler: &Arc<Counting>, limits: StartLimits) -> Builder {
    let kind = HandlerKind::Each(handler.clone());
    service.handler(job_type, HandlerEntry { limits, ..HandlerEntry::of(kind) })
}

fn at_most(concurrency: usize) -> StartLimits {
    StartLimits { concurrency: Some(concurrency), ..StartLimits::default() }
}

fn filed(events: &Events) -> usize {
    events.count(|event| matches!(event, Event::JobFiled(_)))
}

#[tokio::test]
async fn a_type_at_its_limit_holds_up_nobody_else_and_claims_nothing_it_cannot_run() {
    let world = World::new().await;
    let mut slow = Vec::new();
    for n in 0..30 {
        slow.push(world.post("slow", json!({ "n": n })).await);
    }
    for n in 0..20 {
        world.post("quick", json!({ "n": n })).await;
    }
    let (handler, tally, ends) = Counting::new();
    let quick = Options { concurrency: 4, heartbeat: Duration::from_millis(100), ..options() };
    let service = with(world.service().options(quick), "slow", &handler, at_most(2));
    let service = service.on("quick", None, async |_, _| Ok::<(), JobError>(()));
    let worker = Worker::start(service).await;
    // All of the others, behind thirty that cannot start, while two of those run.
    eventually("the others are done", async || filed(&worker.events) == 20).await;
    let mut running = 0;
    for key in &slow {
        running += usize::from(world.job(key).await.claim.is_some());
    }
    assert_eq!((running, tally.lock().unwrap().started.len()), (2, 2));
    eventually("what waits is told", async || {
        let workers = jobs::workers(&world.client, &world.root).await.unwrap();
        workers.iter().any(|worker| worker.waiting == BTreeMap::from([("slow".to_owned(), 28)]))
    })
    .await;
    ends.add_permits(30);
    eventually("all are done", async || filed(&worker.events) == 50).await;
    let tally = tally.lock().unwrap();
    assert_eq!(tally.most["slow"], 2);
    let order: Vec<u64> = tally.started.iter().map(|(_, config, _)| config["n"].as_u64().unwrap()).collect();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1] + 2), "not in their order: {order:?}");
}

#[tokio::test]
async fn the_cost_of_a_job_does_not_grow_with_those_that_wait_at_its_gate() {
    let world = World::new().await;
    for n in 0..300 {
        world.post("slow", json!({ "n": n })).await;
    }
    let (handler, _, ends) = Counting::new();
    ends.add_permits(1000);
    let client = client(&world.store.address, &world.store.token);
    let service = world.service().client(client.clone()).options(Options { once: true, ..options() });
    let worker = Worker::start(with(service, "slow", &handler, at_most(1))).await;
    assert_eq!(worker.end().await.success, 300);
    // Two reads, the claim, the end, the two links: a little more for what is done once.
    let requests = client.requests().requests;
    assert!(requests < 300 * 7, "{requests} requests for 300 jobs");
}

#[tokio::test]
async fn no_two_jobs_of_a_key_run_at_once_and_others_run_beside_them() {
    let world = World::new().await;
    let tos = ["a", "a", "a", "b", "a", "b", "c"];
    for to in tos {
        world.post("email", json!({ "to": to })).await;
    }
    for _ in 0..2 {
        world.post("email", json!({})).await;
    }
    let (handler, tally, ends) = Counting::new();
    let key = StartLimits { key: Some("/config/to".to_owned()), ..StartLimits::default() };
    let worker = Worker::start(with(world.service(), "email", &handler, key)).await;
    // One of each, and both that are for nobody.
    eventually("five run", async || tally.lock().unwrap().started.len() == 5).await;
    for done in 1..=9 {
        ends.add_permits(1);
        eventually("one more is done", async || filed(&worker.events) == done).await;
    }
    let tally = tally.lock().unwrap();
    assert_eq!(
        [r#"email "a""#, r#"email "b""#, r#"email "c""#, "email null"].map(|key| tally.most[key]),
        [1, 1, 1, 2]
    );
    let of_a = tally.started.iter().filter(|(_, config, _)| config["to"] == "a");
    assert_eq!(of_a.count(), 4);
}

#[tokio::test]
async fn queues_share_a_gate() {
    let world = World::new().await;
    let (second, entry) = world.second_user();
    jobs::add_queue(&world.client, &world.root, "second", &entry).await.unwrap();
    let layout = jobs::posting_layout(&second, &world.root, None).await.unwrap();
    for n in 0..10 {
        let config = json!({ "to": n % 2, "n": n });
        world.post("email", config.clone()).await;
        let job = jobs::NewJob::new("email", config.as_object().cloned().unwrap());
        jobs::post(&second, &world.root, layout, &job).await.unwrap();
    }
    let (handler, tally, ends) = Counting::new();
    let limits = StartLimits { key: Some("/config/to".to_owned()), ..at_most(2) };
    let service = world.service_with_list().options(Options { once: true, ..options() });
    let worker = Worker::start(with(service, "email", &handler, limits)).await;
    eventually("two run", async || tally.lock().unwrap().started.len() == 2).await;
    ends.add_permits(20);
    assert_eq!(worker.end().await.success, 20);
    let tally = tally.lock().unwrap();
    assert_eq!(
        tally.most,
        [("email", 2), ("email 0", 1), ("email 1", 1)].map(|(k, n)| (k.to_owned(), n)).into()
    );
}

#[tokio::test]
async fn starts_keep_to_the_rate() {
    let world = World::new().await;
    for n in 0..9 {
        world.post("call", json!({ "n": n })).await;
    }
    let (handler, tally, ends) = Counting::new();
    ends.add_permits(9);
    let rate = Rate { count: 20, per: Duration::from_secs(1), burst: 3 };
    let limits = StartLimits { rate: Some(rate), ..StartLimits::default() };
    let service = world.service().options(Options { once: true, ..options() });
    let worker = Worker::start(with(service, "call", &handler, limits)).await;
    assert_eq!(worker.end().await.success, 9);
    let tally = tally.lock().unwrap();
    // What delays the first start only makes this longer for the others.
    let whole = tally.started[8].2 - tally.started[0].2;
    assert!(whole >= Duration::from_millis(50 * 4), "nine starts within {whole:?}");
}

/// Fails until its third attempt.
struct ThirdTime(Arc<Counting>);

impl Handler for ThirdTime {
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> futures_util::future::BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.0.run(job, context).await {
                Outcome::Success(_) if context.facts().attempt < 3 => {
                    Outcome::Again { delay: Some(Duration::from_millis(5)), error: JobError::new("not yet") }
                }
                other => other,
            }
        })
    }
}

#[tokio::test]
async fn another_attempt_waits_for_its_turn_as_well() {
    let world = World::new().await;
    for n in 0..12 {
        world.post("email", json!({ "to": n % 3 })).await;
    }
    let (counting, tally, ends) = Counting::new();
    ends.add_permits(1000);
    let limits = StartLimits { concurrency: Some(2), key: Some("/config/to".to_owned()), rate: None };
    let handler = HandlerKind::Each(Arc::new(ThirdTime(counting)));
    let entry = HandlerEntry { limits, ..HandlerEntry::of(handler) };
    let service = world.service().options(Options { once: true, ..options() });
    let worker = Worker::start(service.handler("email", entry)).await;
    assert_eq!(worker.end().await.success, 12);
    let tally = tally.lock().unwrap();
    assert_eq!(tally.started.len(), 36);
    assert!(tally.most["email"] <= 2);
    assert!(tally.most.iter().filter(|(name, _)| name.contains(' ')).all(|(_, most)| *most == 1));
}

#[tokio::test]
async fn what_waits_at_a_gate_can_be_cancelled_paused_and_taken_away() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..4 {
        keys.push(world.post("slow", json!({ "n": n })).await);
    }
    let (handler, tally, ends) = Counting::new();
    let worker = Worker::start(with(world.service(), "slow", &handler, at_most(1))).await;
    worker.events.until("one runs", |event| matches!(event, Event::JobStarted(_))).await;
    // Those that are looked at only after the pause come to the gate in any order.
    eventually("the others wait at the gate", async || {
        worker.handlers.waiting() == BTreeMap::from([("slow".to_owned(), 3)])
    })
    .await;
    let pause = Pause { since: now_text(), until: None, reason: None };
    jobs::pause(&world.client, &world.root, None, &pause).await.unwrap();
    let list = jobs::pending_lists(&world.client, &world.root).await.unwrap().remove(0);
    jobs::unlink(&world.client, &list.path, &keys[1]).await.unwrap();
    ends.add_permits(10);
    eventually("the first is done", async || filed(&worker.events) == 1).await;
    jobs::resume(&world.client, &world.root, None).await.unwrap();
    eventually("the others are done", async || filed(&worker.events) == 3).await;
    let order: Vec<Value> =
        tally.lock().unwrap().started.iter().map(|(_, config, _)| config["n"].clone()).collect();
    assert_eq!(order, [json!(0), json!(2), json!(3)]);
    worker.drain().await;
}

#[tokio::test]
async fn what_runs_counts_for_limits_that_come_later() {
    let world = World::new().await;
    for n in 0..7 {
        world.post("email", json!({ "to": n % 4, "n": n })).await;
    }
    let (handler, tally, ends) = Counting::new();
    let of = |limits: StartLimits| {
        let kind = HandlerKind::Each(handler.clone());
        BTreeMap::from([("email".to_owned(), HandlerEntry { limits, ..HandlerEntry::of(kind) })])
    };
    let started = |count: usize| {
        let tally = tally.clone();
        async move || tally.lock().unwrap().started.len() == count
    };
    let key = |most: usize| StartLimits { key: Some("/config/to".to_owned()), ..at_most(most) };
    // Four run, one for each; then no more than two may.
    let worker = Worker::start(with(world.service(), "email", &handler, key(4))).await;
    eventually("four run", started(4)).await;
    worker.handlers.replace(of(at_most(2))).await;
    eventually("the others wait at the new gate", async || {
        worker.handlers.waiting() == BTreeMap::from([("email".to_owned(), 3)])
    })
    .await;
    for done in 1..=2 {
        ends.add_permits(1);
        eventually("one has ended", async || filed(&worker.events) == done).await;
    }
    assert_eq!(tally.lock().unwrap().started.len(), 4, "one has started beside two others");
    // The keys that are held are held for handlers that come back, too.
    worker.handlers.replace(BTreeMap::new()).await;
    worker.handlers.replace(of(StartLimits { concurrency: None, ..key(1) })).await;
    eventually("two more run", started(6)).await;
    ends.add_permits(10);
    eventually("all are done", async || filed(&worker.events) == 7).await;
    let tally = tally.lock().unwrap();
    assert!(tally.most.iter().filter(|(name, _)| name.contains(' ')).all(|(_, most)| *most == 1));
}
