//! Schedules that are written by hand, each for one thing that may happen to a job and by chance seldom does.

use std::time::Duration;

use oada_jobs::engine::Verify;
use oada_jobs::engine::handler::BatchLimits;
use oada_jobs::jobs::{self, Claimed, Error, JobWrite, Layout};
use oada_jobs::model::{Job, ResourceId, Tree, Update};
use oada_jobs::oada::Client;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::calm;
use super::schedule::Schedule;
use crate::sim::{Faults, Sim};

/// How often workers meet.
const MEETINGS: u64 = 6;

/// Has the first worker run a job of so many milliseconds, and starts another one. Returns the job's key.
async fn run_beside_another(schedule: &mut Schedule, poster: &Client, millis: u64) -> (Sim, String) {
    schedule.start_worker(None);
    schedule.post(poster, &[quiet(millis)]).await;
    // Until all that it has said is written.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (sim, key) = (schedule.sim.clone(), schedule.posted[0].clone());
    assert_eq!(sim.who_runs(&key), ["w0"]);
    schedule.start_worker(None);
    (sim, key)
}

/// A worker that was not heard of for so long that its job was taken from it asks about it as soon as it is heard again.
#[test]
fn whoever_comes_back_stops_what_it_has_lost() {
    calm("a worker that comes back", 1, Layout::Classic, async |schedule, poster| {
        let (sim, key) = run_beside_another(schedule, poster, 100_000).await;
        sim.cut_off(0, Duration::from_secs(75));
        tokio::time::sleep(Duration::from_secs(74)).await;
        assert_eq!(sim.who_runs(&key), ["w0", "w1"]);
        // It would go on for another 21.
        tokio::time::sleep(Duration::from_secs(16)).await;
        assert_eq!(sim.who_runs(&key), ["w1"]);
        schedule.end().await;
    });
}

/// Whoever asks about its jobs after a silence, and is refused, asks until it is answered.
#[test]
fn whoever_comes_back_asks_until_it_is_answered() {
    calm("a worker that comes back and is refused", 1, Layout::Classic, async |schedule, poster| {
        let (sim, key) = run_beside_another(schedule, poster, 118_000).await;
        sim.ail(0, Duration::from_secs(75), Duration::ZERO);
        sim.deny(0, &format!("/resources/{key}"), Duration::from_secs(80));
        let silent_since = sim.heard_of("w0");
        tokio::time::sleep(Duration::from_secs(75)).await;
        let deadline = Instant::now() + Duration::from_secs(20);
        while sim.heard_of("w0") == silent_since {
            assert!(Instant::now() < deadline, "it does not come back");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(sim.who_runs(&key), ["w0", "w1"]);
        // It is answered again after five seconds, and would go on for half a minute.
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(sim.who_runs(&key), ["w1"]);
        schedule.end().await;
    });
}

/// Nobody tells workers that a job may be had again: the one from which it was taken finds it.
#[test]
fn what_was_taken_back_is_soon_run_again() {
    calm("a job taken back", 1, Layout::Current, async |schedule, poster| {
        schedule.start_worker(None);
        schedule.post(poster, &[quiet(10_000)]).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        schedule.take_back_all();
        schedule.end_within(Duration::from_secs(30)).await;
        let job = schedule.sim.read(&format!("/resources/{}", schedule.posted[0])).unwrap();
        assert_eq!((&job["status"], &job["claim"]["attempt"]), (&json!("success"), &json!(2)));
    });
}

/// Between two attempts nobody hears of a job: whoever goes on with it asks first.
#[test]
fn what_was_taken_back_in_a_pause_is_not_gone_on_with() {
    calm("a job taken back in a pause", 1, Layout::Current, async |schedule, poster| {
        schedule.start_worker(None);
        schedule
            .post(poster, &[json!({"millis": 0, "says_every": 1_000_000, "again": 1, "fails": false})])
            .await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        schedule.take_back_all();
        schedule.end_within(Duration::from_secs(30)).await;
        let log = schedule.sim.log();
        let runs: Vec<_> =
            log.iter().filter_map(|line| line.split_once(" runs ")).map(|(_, run)| run).collect();
        let key = &schedule.posted[0];
        // The second attempt was spent when it was taken back.
        assert_eq!(runs, [format!("{key}, attempt 1"), format!("{key}, attempt 3")]);
    });
}

/// Whoever was too late with its claim since somebody else wrote onto the job, and did not claim it, tries again.
#[test]
fn what_is_written_onto_before_it_is_claimed_is_soon_claimed() {
    calm("jobs that are written onto", 1, Layout::Classic, async |schedule, poster| {
        schedule.start_worker(None);
        schedule.post(poster, &short_jobs()).await;
        schedule.sim.set_faults(Faults { meddle: 50, ..Faults::default() });
        schedule.end_within(Duration::from_secs(60)).await;
    });
}

/// Of two claims that a store accepts, the later one stands, and the other is not believed, whichever is answered first.
#[test]
fn of_two_claims_that_are_accepted_one_is_believed() {
    for gap in (20..=220).step_by(40) {
        calm("two claims", gap, Layout::Classic, async |schedule, poster| {
            schedule.sim.accept_double_claims(Duration::from_millis(240));
            schedule.post(poster, &[quiet(0)]).await;
            let seen = look(schedule, poster).await;
            let claim = async |participant: usize, waits: u64| {
                let client = schedule.sim.client(participant, Duration::from_secs(5));
                tokio::time::sleep(Duration::from_millis(waits)).await;
                claim(&client, participant, &seen).await
            };
            let (early, late) = tokio::join!(claim(0, 0), claim(1, gap));
            assert_eq!([early.is_ok(), late.is_ok()], [false, true], "{gap} ms apart");
            schedule.hear_complaints();
        });
    }
}

/// Whoever has lost a job and writes onto it again, in the belief that the first time did not count, has lost it still.
#[test]
fn what_is_lost_is_lost_for_good() {
    calm("a job that is lost", 1, Layout::Classic, async |schedule, poster| {
        let (client, mut claimed) = hold(schedule, poster).await;
        schedule.take_back_all();
        let write = said("one");
        for _ in 0..2 {
            let written = jobs::write(&client, &mut claimed, &write).await;
            assert!(matches!(written, Err(Error::ClaimLost { .. })), "it is written onto again: {written:?}");
        }
        schedule.hear_complaints();
    });
}

/// A write that was accepted after somebody else's says nothing of whose the job is: as long as that cannot be read, the tag
/// of that write lets nothing through.
#[test]
fn what_was_accepted_after_others_does_not_open_the_job() {
    calm("a write that was not the next", 1, Layout::Classic, async |schedule, poster| {
        let sim = schedule.sim.clone();
        sim.accept_double_claims(Duration::from_millis(240));
        let (client, mut claimed) = hold(schedule, poster).await;
        sim.ail(0, Duration::from_secs(60), Duration::from_secs(2));
        schedule.take_back_all();
        let (first, second) = (said("one"), said("two"));
        let refuse = async {
            // When the write is done and its answer is on the way.
            tokio::time::sleep(Duration::from_millis(500)).await;
            sim.set_faults(Faults { refuse: 100, ..Faults::default() });
        };
        let (written, ()) = tokio::join!(jobs::write(&client, &mut claimed, &first), refuse);
        assert!(matches!(written, Err(Error::Store(_))), "{written:?}");
        sim.set_faults(Faults::default());
        let written = jobs::write(&client, &mut claimed, &second).await;
        assert!(matches!(written, Err(Error::ClaimLost { .. })), "it is written onto again: {written:?}");
        schedule.hear_complaints();
    });
}

/// A claim may be answered when its worker has been taken for dead, and the job from it; and the worker may have been heard
/// of again before that.
#[test]
fn a_claim_that_is_answered_after_a_silence_is_read_back() {
    for silence in [24, 60] {
        calm("claims answered late", silence, Layout::Classic, async |schedule, poster| {
            schedule.verify = Verify::Never;
            schedule.concurrency = 30;
            schedule.stale_after = Duration::from_secs(20);
            schedule.sim.stale_after(schedule.stale_after);
            schedule.start_worker(None);
            schedule.start_worker(None);
            tokio::time::sleep(Duration::from_secs(10)).await;
            schedule.sim.ail(0, Duration::from_secs(silence), Duration::from_secs(29));
            schedule.post(poster, &vec![quiet(40_000); 30]).await;
            schedule.end().await;
        });
    }
}

/// A job may be taken from its worker while it waits for the others of its batch, whose claims are answered late.
#[test]
fn what_is_lost_in_its_seat_does_not_travel() {
    for silence in [24, 60] {
        calm("batches that depart late", silence, Layout::Classic, async |schedule, poster| {
            schedule.batch = Some(BatchLimits { size: 30, wait: Duration::from_secs(1) });
            schedule.verify = Verify::Never;
            schedule.stale_after = Duration::from_secs(20);
            schedule.sim.stale_after(schedule.stale_after);
            schedule.start_worker(None);
            schedule.start_worker(None);
            tokio::time::sleep(Duration::from_secs(10)).await;
            schedule.sim.ail(0, Duration::from_secs(silence), Duration::from_secs(29));
            schedule.post(poster, &vec![quiet(40_000); 30]).await;
            schedule.end().await;
        });
    }
}

/// A worker that holds a job and loses it may be told meanwhile to claim nothing more. Others, who have seen that it holds
/// the job, are not told that it is to be had: they look again when they read the list again.
#[test]
fn what_a_worker_that_was_told_to_be_quiet_has_lost_is_run_by_others() {
    calm("a quiet worker", 1, Layout::Classic, async |schedule, poster| {
        schedule.start_worker(None);
        schedule.start_worker(None);
        tokio::time::sleep(Duration::from_secs(30)).await;
        schedule.post(poster, &[quiet(60_000)]).await;
        // Until the other one has looked at it too.
        tokio::time::sleep(Duration::from_secs(20)).await;
        let holder = schedule.sim.who_runs(&schedule.posted[0]).remove(0);
        jobs::ask_to_be_quiet(poster, &schedule.root, &holder).await.unwrap();
        schedule.take_back_all();
        // A list is read again after five minutes.
        schedule.end_within(Duration::from_secs(500)).await;
    });
}

/// Workers that go for the same jobs, and make the list of the day, at the same time, where two writes under one condition
/// are accepted. They know of each other.
#[test]
fn what_workers_do_at_the_same_time_is_done_once() {
    for seed in 0..MEETINGS {
        meet("a meeting", seed, async |schedule, poster| {
            for _ in 0..3 {
                schedule.start_worker(None);
            }
            tokio::time::sleep(Duration::from_secs(30)).await;
            schedule.sim.set_faults(Faults { delay: Duration::from_millis(100), ..Faults::default() });
            schedule.post(poster, &short_jobs()).await;
        });
    }
}

/// The same, where one joins another that believes itself alone, and does not hear of it at once.
#[test]
fn who_joins_a_worker_does_not_do_again_what_it_does() {
    for seed in 0..MEETINGS {
        meet("a joining", seed, async |schedule, poster| {
            schedule.start_worker(None);
            let (delay, lag) = (Duration::from_millis(100), Duration::from_secs(9));
            schedule.sim.set_faults(Faults { delay, lag, ..Faults::default() });
            schedule.post(poster, &short_jobs()).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            schedule.start_worker(None);
        });
    }
}

/// The same, where the one that believes itself alone could not look around since.
#[test]
fn who_could_not_look_around_does_not_believe_itself_alone() {
    for seed in 0..MEETINGS {
        meet("a joining that is not seen", seed, async |schedule, poster| {
            schedule.start_worker(None);
            tokio::time::sleep(Duration::from_secs(5)).await;
            let workers = schedule.root.workers().to_string();
            schedule.sim.deny(0, &workers, Duration::from_secs(120));
            schedule.start_worker(None);
            tokio::time::sleep(Duration::from_secs(30)).await;
            schedule.sim.set_faults(Faults { delay: Duration::from_millis(100), ..Faults::default() });
            schedule.post(poster, &short_jobs()).await;
        });
    }
}

/// The first workers of a service: two of them make the list of workers, and the one that is there first is lost.
#[test]
fn who_begins_together_knows_of_each_other() {
    for seed in 0..MEETINGS {
        meet("a beginning", seed, async |schedule, poster| {
            let (sim, workers) = (schedule.sim.clone(), schedule.root.workers());
            // So that nothing else is hooked in beside the list.
            poster.ensure(&schedule.root.control(), Tree::classic()).await.unwrap();
            schedule.post(poster, &short_jobs()).await;
            schedule.start_worker(None);
            until_looked_for(&sim, &workers.to_string(), 2).await;
            // What it writes now arrives when the other one has written, and looked around.
            sim.cut_off(0, Duration::from_millis(150));
            schedule.start_worker(None);
            tokio::time::sleep(Duration::from_millis(150)).await;
            sim.set_faults(Faults { delay: Duration::from_millis(100), ..Faults::default() });
        });
    }
}

/// Two workers that make the list of a day, of which the one that is there first is lost.
#[test]
fn what_is_filed_when_two_make_the_list_is_not_lost_with_one() {
    calm("a list that is lost", 1, Layout::Classic, async |schedule, poster| {
        let sim = schedule.sim.clone();
        sim.accept_double_claims(Duration::from_millis(240));
        schedule.concurrency = 1;
        for _ in 0..2 {
            schedule.start_worker(None);
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
        let list = format!("{}/jobs-success", schedule.root);
        let before = times_looked_for(&sim, &list);
        schedule.post(poster, &short_jobs()).await;
        until_looked_for(&sim, &list, before + 2).await;
        // What it writes now arrives when the other one has made the list.
        sim.cut_off(0, Duration::from_millis(100));
        schedule.end().await;
    });
}

/// How often the first worker has looked for a list that was not there.
fn times_looked_for(sim: &Sim, list: &str) -> usize {
    let looks = format!(r#" 0: "head" "{list}" -> 404"#);
    sim.log().iter().filter(|line| line.contains(&looks)).count()
}

async fn until_looked_for(sim: &Sim, list: &str, times: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while times_looked_for(sim, list) < times {
        assert!(Instant::now() < deadline, "it does not look twice whether there is a list");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A job as it was read, and under which tag.
struct Seen {
    id: ResourceId,
    etag: String,
    job: Job,
}

/// Reads the only job.
async fn look(schedule: &Schedule, poster: &Client) -> Seen {
    let id = ResourceId::from_key(&schedule.posted[0]);
    let document = poster.find(&id.path()).await.unwrap().unwrap();
    Seen { job: Job::from_value(&document.value).unwrap(), etag: document.etag, id }
}

async fn claim(client: &Client, participant: usize, seen: &Seen) -> Result<Claimed, Error> {
    let worker = format!("w{participant}");
    jobs::claim(client, &seen.id, &seen.etag, &seen.job, (&worker, 1), || true).await
}

/// Posts a job and claims it by hand.
async fn hold(schedule: &mut Schedule, poster: &Client) -> (Client, Claimed) {
    schedule.post(poster, &[quiet(0)]).await;
    let client = schedule.sim.client(0, Duration::from_secs(5));
    let claimed = claim(&client, 0, &look(schedule, poster).await).await.unwrap();
    (client, claimed)
}

/// A write of what a handler has said.
fn said(what: &str) -> JobWrite {
    JobWrite::updates(&jobs::keyed([Update::now("info", what)]))
}

/// The config of a job that says nothing but when it begins.
fn quiet(millis: u64) -> Value {
    json!({"millis": millis, "says_every": 1_000_000, "again": 0, "fails": false})
}

fn short_jobs() -> Vec<Value> {
    vec![quiet(400); 30]
}

fn meet(name: &str, seed: u64, begin: impl AsyncFnOnce(&mut Schedule, &Client)) {
    calm(name, seed, Layout::Classic, async |schedule, poster| {
        schedule.sim.accept_double_claims(Duration::from_millis(240));
        schedule.concurrency = 1;
        begin(schedule, poster).await;
        schedule.end().await;
    });
}
