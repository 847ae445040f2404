//! Several workers, operators, and queues that come and go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Event, Options, Service};
use oada_jobs::jobs::{self, Pause, Settlement};
use oada_jobs::model::{JobStatus, now_text};
use serde_json::json;

use super::world::{Worker, World, client, echo, eventually, options};

#[tokio::test]
async fn four_workers_share_the_work_and_cost_little_more_than_one() {
    let (alone, _) = requests_of(1).await;
    let (together, shares) = requests_of(4).await;
    assert_eq!(shares.values().sum::<usize>(), JOBS, "no job ran twice: {shares:?}");
    assert!(shares.len() == 4 && shares.values().all(|share| *share >= JOBS / 16), "uneven: {shares:?}");
    assert!(together * 10 < alone * 13, "{together} requests by four workers, {alone} by one");
}

const JOBS: usize = 120;

/// How many requests so many workers make to work off some jobs, and who ran how many.
async fn requests_of(workers: usize) -> (u64, BTreeMap<String, usize>) {
    let world = World::new().await;
    let shares: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let (mut running, mut clients) = (Vec::new(), Vec::new());
    for _ in 0..workers {
        let shares = shares.clone();
        let client = client(&world.store.address, &world.store.token);
        clients.push(client.clone());
        let service = Service::builder(world.root.name()).client(client).options(options()).concurrency(2);
        let service = service.on("work", None, move |_, context| {
            let shares = shares.clone();
            async move {
                *shares.lock().unwrap().entry(context.facts().worker.clone()).or_default() += 1;
                Ok::<(), JobError>(())
            }
        });
        running.push(Worker::start(service).await);
    }
    let requests = || clients.iter().map(|client| client.requests().requests).sum::<u64>();
    // They get to know each other before there is anything to share.
    let mut before = 0;
    while before != requests() {
        before = requests();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let layout = jobs::posting_layout(&world.client, &world.root, None).await.unwrap();
    let mut posted = Vec::new();
    for _ in 0..JOBS {
        let job = jobs::NewJob::new("work", serde_json::Map::new());
        posted.push(jobs::create(&world.client, &world.root, layout, &job).await.unwrap());
    }
    jobs::link(&world.client, &world.root, layout, &posted).await.unwrap();
    eventually("all are filed", async || {
        let filed = |event: &Event| matches!(event, Event::JobFiled(_));
        running.iter().map(|worker| worker.events.count(filed)).sum::<usize>() == JOBS
    })
    .await;
    let shares = shares.lock().unwrap().clone();
    (requests() - before, shares)
}

#[tokio::test]
async fn a_worker_that_dies_leaves_its_jobs_to_the_others() {
    let world = World::new().await;
    let quick = Options {
        stale_after: Duration::from_millis(400),
        heartbeat: Duration::from_millis(100),
        ..options()
    };
    let doomed = Worker::start(world.service().options(quick.clone()).on("work", None, async |_, _| {
        std::future::pending::<()>().await;
        Ok::<(), JobError>(())
    }))
    .await;
    let key = world.post("work", json!({"n": 1})).await;
    doomed.events.until("it runs", |event| matches!(event, Event::JobStarted(_))).await;
    let heir = Worker::start(world.service().options(quick).on("work", None, echo)).await;
    doomed.crash().await;
    let job = world.until_filed(&key).await;
    assert_eq!((job.status(), job.claim.unwrap().attempt), (JobStatus::Success, 2));
    assert_eq!(job.attempts[&1].outcome, "crashed");
    assert_eq!(heir.events.count(|event| matches!(event, Event::JobStarted(_))), 1);
}

#[tokio::test]
async fn a_running_job_is_cancelled_by_the_control_document() {
    let world = World::new().await;
    let worker = Worker::start(world.service().on("work", None, async |_, _| {
        std::future::pending::<()>().await;
        Ok::<(), JobError>(())
    }))
    .await;
    let key = world.post("work", json!({})).await;
    worker.events.until("it runs", |event| matches!(event, Event::JobStarted(_))).await;
    jobs::ask_to_cancel(&world.client, &world.root, &key).await.unwrap();
    let job = world.until_filed(&key).await;
    assert_eq!(job.result.unwrap()["JobError"], "cancelled");
    eventually("the order is taken back", async || {
        jobs::control(&world.client, &world.root).await.unwrap().cancel.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_waiting_job_is_ended_from_outside() {
    let world = World::new().await;
    let key = world.post("work", json!({})).await;
    let found = jobs::find(&world.client, &world.root, &key).await.unwrap();
    let how = Settlement {
        list: jobs::FinalList::Failure,
        result: JobError::typed("cancelled", "cancelled by hand").to_result(),
        error_type: Some("cancelled".into()),
        note: "cancelled by a test".into(),
    };
    let zone = jiff::tz::TimeZone::UTC;
    jobs::settle(&world.client, &world.root, &found, &how, &zone).await.unwrap();
    assert_eq!(world.filed(&key).await.len(), 1);
    assert!(!world.is_pending(&key).await);
    let again = jobs::find(&world.client, &world.root, &key).await.unwrap();
    let error = jobs::settle(&world.client, &world.root, &again, &how, &zone).await.unwrap_err();
    assert!(matches!(error, jobs::Error::ClaimLost { .. }), "{error}");
}

#[tokio::test]
async fn a_paused_type_waits_and_goes_on_when_the_pause_is_taken_back() {
    let world = World::new().await;
    let pause = Pause { since: now_text(), until: None, reason: Some("a test".into()) };
    jobs::pause(&world.client, &world.root, Some("work"), &pause).await.unwrap();
    let _worker = Worker::start(world.service().on("work", None, echo).on("other", None, echo)).await;
    let paused = world.post("work", json!({})).await;
    let other = world.post("other", json!({})).await;
    world.until_filed(&other).await;
    assert!(world.is_pending(&paused).await && world.job(&paused).await.claim.is_none());
    jobs::resume(&world.client, &world.root, Some("work")).await.unwrap();
    world.until_filed(&paused).await;
}

#[tokio::test]
async fn d33_queues_on_the_list_start_and_stop_while_the_service_runs() {
    let world = World::new().await;
    let (second, entry) = world.second_user();
    let worker = Worker::start(world.service_with_list().on("work", None, echo)).await;
    jobs::add_queue(&world.client, &world.root, "second", &entry).await.unwrap();
    world.put("/bookmarks/services/svc/queues", &json!({"broken": {"domain": 1}})).await;
    worker
        .events
        .until(
            "it is served",
            |event| matches!(event, Event::QueueStarted { queue, .. } if queue == "second"),
        )
        .await;
    let layout = jobs::posting_layout(&second, &world.root, None).await.unwrap();
    let job = jobs::NewJob::new("work", serde_json::Map::new());
    jobs::post(&second, &world.root, layout, &job).await.unwrap();
    eventually("the second user's job has run", async || {
        let found = jobs::find(&second, &world.root, &job.key).await.unwrap();
        found.job.status() == JobStatus::Success
    })
    .await;
    worker
        .events
        .until(
            "the invalid entry is told",
            |event| matches!(event, Event::QueueInvalid { queue, .. } if queue == "broken"),
        )
        .await;
    jobs::remove_queue(&world.client, &world.root, "second").await.unwrap();
    worker
        .events
        .until(
            "it is not served any more",
            |event| matches!(event, Event::QueueStopped { queue } if queue == "second"),
        )
        .await;
    assert!(matches!(
        jobs::remove_queue(&world.client, &world.root, "second").await,
        Err(jobs::Error::NoSuchQueue { .. })
    ));
}

#[tokio::test]
async fn resources_that_a_job_names_link_to_it() {
    let world = World::new().await;
    for name in ["first", "second"] {
        world.put(&format!("/resources/{name}"), &json!({"a": "document"})).await;
    }
    world.put("/bookmarks/document", &json!({"_id": "resources/second"})).await;
    let linking = Options { link_pointers: vec!["/config/document".into()], ..options() };
    let service = world.service().options(linking).on("work", None, async |_, context| {
        context.link("/bookmarks/document");
        context.link("/bookmarks/nothing");
        Ok::<(), JobError>(())
    });
    let _worker = Worker::start(service).await;
    let key = world.post("work", json!({"document": {"_id": "resources/first"}})).await;
    let job = world.until_filed(&key).await;
    assert_eq!(job.status(), JobStatus::Success);
    for name in ["first", "second"] {
        let linked = world.get(&format!("/resources/{name}/_meta/services/svc/jobs/{key}")).await.unwrap();
        assert_eq!(linked["type"], "work", "{name}");
    }
}

#[tokio::test]
async fn temporary_failures_are_tried_again_with_their_attempts_recorded() {
    let world = World::new().await;
    let entry = oada_jobs::engine::HandlerEntry::each(Arc::new(SecondTime));
    let worker = Worker::start(world.service().handler("work", entry)).await;
    let key = world.post("work", json!({})).await;
    let job = world.until_filed(&key).await;
    assert_eq!((job.status(), job.attempts.len()), (JobStatus::Success, 2));
    assert_eq!(job.attempts[&1].error.as_deref(), Some("not yet"));
    assert_eq!(worker.events.count(|event| matches!(event, Event::JobAgain { .. })), 1);
}

/// Works at the second attempt.
struct SecondTime;

impl oada_jobs::engine::handler::Handler for SecondTime {
    fn run<'a>(
        &'a self,
        _: &'a oada_jobs::model::Job,
        context: &'a oada_jobs::engine::handler::Context,
    ) -> futures_util::future::BoxFuture<'a, oada_jobs::engine::handler::Outcome> {
        use oada_jobs::engine::handler::Outcome;
        Box::pin(async move {
            if context.facts().attempt == 1 {
                Outcome::Again { delay: Some(Duration::from_millis(10)), error: JobError::new("not yet") }
            } else {
                Outcome::Success(serde_json::Map::new())
            }
        })
    }
}
