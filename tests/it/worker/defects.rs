//! The defects of `jobs-contract.md` 12, by number.
//!
//! D33 is in `sharing`. The others are not a worker's, or of things that it does not do: D26 to D28 of reports, D37 of
//! Slack, D30 and D31 of metrics, D39 and D40 of clients, D42 and D43 of what lies on a store, D45 and D46 of papers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use oada_jobs::engine::handler::JobError;
use oada_jobs::engine::{Event, LayoutChoice, Options, Service, Stop, Unknown};
use oada_jobs::jobs::{self, Layout};
use oada_jobs::model::JobStatus;
use oada_jobs::oada::WatchEvent;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

use super::world::{Worker, World, client, echo, eventually, options};
use crate::support::server::{PATIENCE, TestStore};

const NO_LIMIT: Option<Duration> = None;

#[tokio::test]
async fn d1_two_workers_run_a_job_once() {
    let world = World::new().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let mut workers = Vec::new();
    for _ in 0..2 {
        let runs = runs.clone();
        let count = async move |_, _| -> Result<(), JobError> {
            runs.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        workers.push(
            Worker::start(world.service().on("work", NO_LIMIT, move |job, context| {
                let count = count.clone();
                async move { count(job, context).await }
            }))
            .await,
        );
    }
    let mut keys = Vec::new();
    for n in 0..30 {
        keys.push(world.post("work", json!({ "n": n })).await);
    }
    for key in &keys {
        world.until_filed(key).await;
        assert_eq!(world.filed(key).await.len(), 1);
    }
    assert_eq!(runs.load(Ordering::SeqCst), keys.len());
}

#[tokio::test]
async fn d2_a_link_put_again_does_not_run_the_job_again() {
    let world = World::new().await;
    let (started, go_on) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (count, gate) = (started.clone(), go_on.clone());
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, move |_, _| {
        let (count, gate) = (count.clone(), gate.clone());
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            Ok::<(), JobError>(())
        }
    }))
    .await;
    let key = world.post("work", json!({})).await;
    eventually("it runs", async || started.load(Ordering::SeqCst) == 1).await;
    for _ in 0..3 {
        world.put("/bookmarks/services/svc/jobs", &json!({&key: {"_id": format!("resources/{key}")}})).await;
    }
    // A second job that is seen after the links shows that they have been seen.
    let other = world.post("work", json!({})).await;
    eventually("the other runs", async || started.load(Ordering::SeqCst) == 2).await;
    go_on.add_permits(2);
    world.until_filed(&key).await;
    world.until_filed(&other).await;
    assert_eq!(started.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn d3_d4_a_lost_connection_is_made_again_and_nothing_is_missed() {
    let mut world = World::new().await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    let before = world.post("work", json!({"n": 1})).await;
    world.until_filed(&before).await;
    world.store = world.store.close().await.open().await;
    let after = world.post("work", json!({"n": 2})).await;
    world.until_filed(&after).await;
    assert!(worker.events.count(|event| matches!(event, Event::FeedInterrupted { .. })) > 0);
}

#[tokio::test]
async fn d5_d9_an_entry_that_is_no_link_stops_nothing() {
    let world = World::laid_out(Layout::Classic).await;
    world
        .put("/bookmarks/services/svc/jobs", &json!({"a-string": "x", "no-id": {"x": 1}, "nothing": null}))
        .await;
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    world.put("/bookmarks/services/svc/jobs", &json!({"another": {"y": 1}})).await;
    let key = world.post("work", json!({})).await;
    world.until_filed(&key).await;
}

#[tokio::test]
async fn d6_a_dangling_link_stops_nothing() {
    let world = World::laid_out(Layout::Classic).await;
    world.put("/bookmarks/services/svc/jobs", &json!({"a-dangling": {"_id": "resources/nowhere"}})).await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    let key = world.post("work", json!({})).await;
    world.until_filed(&key).await;
    worker
        .events
        .until("it is reported", |event| {
            matches!(event, Event::JobLeftAlone { key, reason, .. } if key == "a-dangling" && reason.contains("nothing"))
        })
        .await;
}

#[tokio::test]
async fn d7_d8_a_worker_that_may_not_start_says_so() {
    let store = TestStore::start().await;
    for token in ["wrong", ""] {
        let world = World::new().await;
        let service = Service::builder(world.root.name())
            .client(client(&store.address, token))
            .on("work", NO_LIMIT, echo)
            .build()
            .unwrap();
        let error = service.run(Stop::default()).await.unwrap_err();
        assert!(error.to_string().contains("/bookmarks/services/svc"), "{error}");
    }
}

#[tokio::test]
async fn d10_d11_an_invalid_job_is_filed_once_with_the_reason() {
    let world = World::laid_out(Layout::Classic).await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    for (key, body) in [
        ("no-type", json!({"service": "svc"})),
        ("bad-config", json!({"service": "svc", "type": "work", "config": [1]})),
        ("bad-updates", json!({"service": "svc", "type": "work", "updates": [1]})),
    ] {
        world.link_raw(key, &body).await;
        eventually("it is filed", async || world.filed(key).await.len() == 1).await;
        let result = world.get(&format!("/resources/{key}/result")).await.unwrap();
        assert_eq!(result["JobError"], "invalid", "{key}");
        assert!(result["message"].as_str().unwrap().contains("not a job"), "{result}");
    }
    let finished = worker.events.count(|event| matches!(event, Event::JobFinished { .. }));
    assert_eq!(finished, 3);
}

#[tokio::test]
async fn d12_a_type_without_a_handler_is_left_alone_or_fails() {
    let world = World::new().await;
    let key = world.post("unknown", json!({})).await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    worker
        .events
        .until(
            "it is left alone",
            |event| matches!(event, Event::JobLeftAlone { reason, .. } if reason.contains("unknown")),
        )
        .await;
    assert!(world.is_pending(&key).await && world.job(&key).await.updates.is_empty());
    worker.drain().await;

    let failing = Options { unknown: Unknown::Fail, ..options() };
    let _worker = Worker::start(world.service().options(failing).on("work", NO_LIMIT, echo)).await;
    let job = world.until_filed(&key).await;
    assert_eq!(job.result.unwrap()["message"], "No worker registered for unknown");
}

#[tokio::test]
async fn d13_d14_a_store_that_is_away_when_a_job_ends_does_not_make_it_fail() {
    let mut world = World::new().await;
    let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let (told, gate) = (started.clone(), go_on.clone());
    let worker = Worker::start(world.service().on("work", NO_LIMIT, move |job, _| {
        let (told, gate) = (told.clone(), gate.clone());
        async move {
            told.notify_one();
            gate.acquire().await.unwrap().forget();
            Ok::<_, JobError>(job.config)
        }
    }))
    .await;
    let key = world.post("work", json!({"n": 1})).await;
    started.notified().await;
    let closed = world.store.close().await;
    go_on.add_permits(1);
    worker.events.until("the feed breaks", |event| matches!(event, Event::FeedInterrupted { .. })).await;
    world.store = closed.open().await;
    let job = world.until_filed(&key).await;
    assert_eq!((job.status(), job.result), (JobStatus::Success, Some(json!({"n": 1}))));
    assert_eq!(job.attempts.len(), 1);
}

#[tokio::test]
async fn d15_a_job_that_ended_unfiled_is_filed_and_not_run() {
    let world = World::laid_out(Layout::Classic).await;
    let ended = "2024-01-02T03:04:05.678Z";
    world
        .link_raw(
            "ended",
            &json!({
                "service": "svc", "type": "work", "status": "success", "result": {"n": 1},
                "updates": {"k1": {"status": "success", "time": ended, "meta": "Runner finshed"}}
            }),
        )
        .await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    let job = world.until_filed("ended").await;
    assert_eq!(world.filed("ended").await, ["jobs-success/day-index/2024-01-02"]);
    assert_eq!((job.result, job.updates.len()), (Some(json!({"n": 1})), 1));
    assert_eq!(worker.events.count(|event| matches!(event, Event::JobStarted(_))), 0);
}

#[tokio::test]
async fn d15_a_job_that_is_filed_already_is_not_filed_under_another_day() {
    let world = World::laid_out(Layout::Classic).await;
    let done = json!({
        "service": "svc", "type": "work", "status": "failure", "result": {},
        "updates": {"k1": {"status": "failure", "time": "2024-01-02T23:30:00.000Z"}}
    });
    world.link_raw("done", &done).await;
    // A worker one hour to the east has filed it under the next day.
    let day = "/bookmarks/services/svc/jobs-failure/day-index/2024-01-03";
    let path = oada_jobs::model::Path::parse(day).unwrap();
    world.client.ensure(&path, Layout::Classic.tree()).await.unwrap();
    world.put(day, &json!({"done": {"_id": "resources/done"}})).await;
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    eventually("it is unlinked", async || !world.is_pending("done").await).await;
    assert_eq!(world.filed("done").await, ["jobs-failure/day-index/2024-01-03"]);
}

#[tokio::test]
async fn d16_a_job_over_its_time_is_stopped_and_says_nothing_more() {
    let world = World::laid_out(Layout::Current).await;
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let limit = Some(Duration::from_millis(50));
    let _worker = Worker::start(world.service().on("slow", limit, move |_, _| {
        let guard = OnDrop(count.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
            Ok::<(), JobError>(())
        }
    }))
    .await;
    let key = world.post("slow", json!({})).await;
    let job = world.until_filed(&key).await;
    assert_eq!(
        job.result,
        Some(json!({"name": "TimeoutError", "message": "Job exceeded the allowed 50 ms running limit"}))
    );
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    let today = Timestamp::now().to_string()[..10].to_owned();
    let typed = format!("/bookmarks/services/svc/jobs/typed-failure/timeout/day-index/{today}/{key}");
    assert!(world.get(&typed).await.is_some(), "{typed}");
}

struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn d17_d20_errors_keep_their_message_and_odd_types_are_filed() {
    let world = World::laid_out(Layout::Current).await;
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, async |_, _| {
        Err::<(), _>(JobError::typed("bad address/ü", "no such host").with("host", "x.example"))
    }))
    .await;
    let key = world.post("work", json!({})).await;
    let job = world.until_filed(&key).await;
    assert_eq!(
        job.result,
        Some(
            json!({"name": "Error", "message": "no such host", "host": "x.example", "JobError": "bad address/ü"})
        )
    );
    let today = Timestamp::now().to_string()[..10].to_owned();
    let typed = format!("/bookmarks/services/svc/jobs/typed-failure/bad-address/day-index/{today}/{key}");
    eventually("it is filed by type", async || world.get(&typed).await.is_some()).await;
}

#[tokio::test]
async fn d18_results_that_are_no_objects_are_wrapped() {
    let world = World::new().await;
    let _worker =
        Worker::start(world.service().on("work", NO_LIMIT, async |_, _| Ok::<_, JobError>([1, 2]))).await;
    let key = world.post("work", json!({})).await;
    assert_eq!(world.until_filed(&key).await.result, Some(json!({"value": [1, 2]})));
}

#[tokio::test]
async fn d19_an_earlier_result_is_not_merged_into_the_next() {
    let world = World::laid_out(Layout::Classic).await;
    world
        .link_raw(
            "again",
            &json!({"service": "svc", "type": "work", "config": {"new": 1}, "result": {"old": 1}}),
        )
        .await;
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    assert_eq!(world.until_filed("again").await.result, Some(json!({"new": 1})));
}

#[tokio::test]
async fn d21_days_are_those_of_the_zone_that_is_named() {
    let world = World::new().await;
    let far = Options { zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(14)), ..options() };
    let _worker = Worker::start(world.service().options(far.clone()).on("work", NO_LIMIT, echo)).await;
    let key = world.post("work", json!({})).await;
    let job = world.until_filed(&key).await;
    let day = job.finished_at().unwrap().to_zoned(far.zone).date();
    assert_eq!(world.filed(&key).await, [format!("jobs-success/day-index/{day}")]);
}

#[tokio::test]
async fn d22_times_in_seconds_are_read_as_such() {
    let world = World::laid_out(Layout::Classic).await;
    let done = json!({
        "service": "svc", "type": "work", "status": "success", "result": {},
        "updates": {"k1": {"status": "success", "time": "1704164645"}}
    });
    world.link_raw("seconds", &done).await;
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    world.until_filed("seconds").await;
    assert_eq!(world.filed("seconds").await, ["jobs-success/day-index/2024-01-02"]);
}

#[tokio::test]
async fn d23_a_crash_is_recorded_as_an_attempt_and_counted() {
    let world = World::new().await;
    let key = world.post("work", json!({})).await;
    let quick = Options {
        stale_after: Duration::from_millis(300),
        heartbeat: Duration::from_millis(100),
        ..options()
    };
    for crash in 1..=3 {
        let worker =
            Worker::start(world.service().options(quick.clone()).on("work", NO_LIMIT, async |_, _| {
                std::future::pending::<()>().await;
                Ok::<(), JobError>(())
            }))
            .await;
        worker
            .events
            .until("it runs", |event| matches!(event, Event::JobStarted(job) if job.attempt == crash))
            .await;
        worker.crash().await;
    }
    let _worker = Worker::start(world.service().options(quick).on("work", NO_LIMIT, echo)).await;
    let job = world.until_filed(&key).await;
    assert_eq!(job.result.as_ref().unwrap()["JobError"], "crashed");
    let outcomes: Vec<&str> = job.attempts.values().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["crashed", "crashed", "crashed", "failure"]);
}

#[tokio::test]
async fn d24_d25_no_more_jobs_are_in_hand_than_there_are_slots() {
    let world = World::new().await;
    for n in 0..20 {
        world.post("work", json!({ "n": n })).await;
    }
    let (running, most, gate) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (now, peak, go_on) = (running.clone(), most.clone(), gate.clone());
    let worker = Worker::start(world.service().concurrency(3).on("work", NO_LIMIT, move |_, _| {
        let (now, peak, go_on) = (now.clone(), peak.clone(), go_on.clone());
        async move {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            go_on.acquire().await.unwrap().forget();
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<(), JobError>(())
        }
    }))
    .await;
    eventually("the slots are taken", async || running.load(Ordering::SeqCst) == 3).await;
    assert_eq!(worker.events.count(|event| matches!(event, Event::JobStarted(_))), 3);
    gate.add_permits(20);
    eventually("all are filed", async || {
        worker.events.count(|event| matches!(event, Event::JobFiled(_))) == 20
    })
    .await;
    assert!(most.load(Ordering::SeqCst) <= 3);
}

#[tokio::test]
async fn d29_two_services_run_in_one_process() {
    let world = World::new().await;
    let other = jobs::ServiceRoot::named("other").unwrap();
    let store = client(&world.store.address, &world.store.token);
    let second = Service::builder(other.name()).client(store).options(options()).on("work", NO_LIMIT, echo);
    let (_first, second) =
        (Worker::start(world.service().on("work", NO_LIMIT, echo)).await, Worker::start(second).await);
    let key = world.post("work", json!({})).await;
    let job = jobs::NewJob::new("work", serde_json::Map::new());
    jobs::post(&world.client, &other, Layout::Classic, &job).await.unwrap();
    world.until_filed(&key).await;
    second.events.until("the other's job is filed", |event| matches!(event, Event::JobFiled(_))).await;
}

#[tokio::test]
async fn d32_stopping_drains_then_gives_back_without_spending_an_attempt() {
    let world = World::new().await;
    let short = Options { grace: Duration::from_millis(50), ..options() };
    let worker = Worker::start(world.service().options(short).on("work", NO_LIMIT, async |_, _| {
        std::future::pending::<()>().await;
        Ok::<(), JobError>(())
    }))
    .await;
    let key = world.post("work", json!({})).await;
    worker.events.until("it runs", |event| matches!(event, Event::JobStarted(_))).await;
    worker.drain().await;
    let job = world.job(&key).await;
    assert_eq!((job.status(), job.claim, job.attempts.len()), (JobStatus::Pending, None, 0));
    assert!(world.is_pending(&key).await);
    assert_eq!(world.get("/bookmarks/services/svc/workers").await.map(|list| keys_of(&list)), Some(vec![]));

    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    let job = world.until_filed(&key).await;
    assert_eq!(job.claim.unwrap().attempt, 1);
}

fn keys_of(list: &Value) -> Vec<String> {
    list.as_object().unwrap().keys().filter(|key| !key.starts_with('_')).cloned().collect()
}

#[tokio::test]
async fn d34_d35_a_running_job_shows_it_and_what_its_handler_says() {
    let world = World::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let go_on = gate.clone();
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, move |_, context| {
        let go_on = go_on.clone();
        async move {
            context.log().info("half way");
            context.log().debug("not asked for");
            context.progress(0.5, Some("half"));
            go_on.acquire().await.unwrap().forget();
            Ok::<(), JobError>(())
        }
    }))
    .await;
    let key = world.post("work", json!({})).await;
    eventually("what it says is on the store", async || {
        let job = world.job(&key).await;
        let said: Vec<String> = job.updates.values().map(|update| update.status.clone()).collect();
        job.status() == JobStatus::Running && said == ["started", "info", "progress"]
    })
    .await;
    gate.add_permits(1);
    let job = world.until_filed(&key).await;
    let said: Vec<&str> = job.updates.values().map(|update| update.status.as_str()).collect();
    assert_eq!(said, ["started", "info", "progress", "success"]);
}

#[tokio::test]
async fn d36_what_fails_after_the_end_does_not_change_it() {
    let world = World::new().await;
    let linking = Options { link_pointers: vec!["/config/document".into()], ..options() };
    let worker = Worker::start(world.service().options(linking).on("work", NO_LIMIT, echo)).await;
    let key = world.post("work", json!({"document": "resources/nowhere"})).await;
    let job = world.until_filed(&key).await;
    assert_eq!(job.status(), JobStatus::Success);
    let said: Vec<&str> = job.updates.values().map(|update| update.status.as_str()).collect();
    assert_eq!(said, ["started", "success"]);
    assert_eq!(worker.events.count(|event| matches!(event, Event::StoreTrouble { .. })), 1);
}

#[tokio::test]
async fn d38_a_job_that_is_written_after_its_link_runs_when_it_is_there() {
    let world = World::laid_out(Layout::Classic).await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    world.link_raw("late", &json!({})).await;
    // What is seen after it shows that the empty job has been looked at.
    let other = world.post("work", json!({})).await;
    world.until_filed(&other).await;
    world.put("/resources/late", &json!({"service": "svc", "type": "work", "config": {"n": 1}})).await;
    let job = world.until_filed("late").await;
    assert_eq!((job.status(), job.result), (JobStatus::Success, Some(json!({"n": 1}))));
    assert_eq!(worker.events.count(|event| matches!(event, Event::JobFinished { .. })), 2);
}

#[tokio::test]
async fn d41_a_start_writes_nothing_onto_lists_that_stand() {
    let world = World::laid_out(Layout::Current).await;
    world.put("/bookmarks/services/svc/queues", &json!({})).await;
    let lists =
        ["", "/pending", "/success", "/failure"].map(|list| format!("/bookmarks/services/svc/jobs{list}"));
    let revs = async || {
        let mut revs = Vec::new();
        for list in &lists {
            revs.push(world.get(list).await.unwrap()["_rev"].clone());
        }
        revs
    };
    let before = revs().await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    worker.drain().await;
    assert_eq!(revs().await, before);
}

#[tokio::test]
async fn d44_who_watches_a_job_hears_of_it_after_it_was_unlinked() {
    let world = World::new().await;
    let key = world.post("work", json!({})).await;
    let path = oada_jobs::model::ResourceId::from_key(&key).path();
    let mut watch = world.client.watch(&path, None);
    assert!(matches!(watch.next().await, WatchEvent::Started { .. }));
    let _worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    world.until_filed(&key).await;
    world.put(&path.to_string(), &json!({"seen": true})).await;
    let heard = async {
        loop {
            if let WatchEvent::Changes(changes) = watch.next().await
                && changes[0].body.as_ref().is_some_and(|body| body.contains_key("seen"))
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.unwrap();
}

#[tokio::test]
async fn a_post_in_the_wrong_layout_and_one_before_any_tree_are_found_and_run() {
    let world = World::new().await;
    // Before any tree: the whole path becomes plain objects in the bookmarks.
    world.put("/resources/early", &json!({"service": "svc", "type": "work", "config": {"n": 1}})).await;
    world.put("/bookmarks/services/svc/jobs/pending/early", &json!({"_id": "resources/early"})).await;
    let worker = Worker::start(world.service().on("work", NO_LIMIT, echo)).await;
    world.until_filed("early").await;
    let pending = "/bookmarks/services/svc/jobs/pending".parse().unwrap();
    let head = world.client.head(&pending).await.unwrap().unwrap();
    assert_eq!(head.leftover, "", "the list is a resource of its own now");
    worker.drain().await;

    let world = World::laid_out(Layout::Classic).await;
    let choice = Options { layout: LayoutChoice::Auto, ..options() };
    let _worker = Worker::start(world.service().options(choice).on("work", NO_LIMIT, echo)).await;
    let first = world.post("work", json!({})).await;
    world.until_filed(&first).await;
    world.put("/resources/misled", &json!({"service": "svc", "type": "work"})).await;
    world.put("/bookmarks/services/svc/jobs/pending/misled", &json!({"_id": "resources/misled"})).await;
    let job = world.until_filed("misled").await;
    assert_eq!(job.status(), JobStatus::Success);
    let filed = world.filed("misled").await;
    assert!(filed[0].starts_with("jobs-success/"), "a classic service stays classic: {filed:?}");
}
