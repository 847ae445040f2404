//! Whatever dies, each job ends in exactly one final list, once, with the result of a run that held its claim.
//!
//! Seeded schedules in simulated time: workers die wherever they are, are cut off, wake up late, drain; the store
//! restarts; messages are lost, late, repeated and out of order; others write onto jobs in between. Run one schedule
//! again with `OADA_JOBS_SEED=n cargo test --test it job_model`, more of them with `OADA_JOBS_SCHEDULES=n`, from
//! `OADA_JOBS_FIRST=n` on. How the model is itself tested is in `docs/job-life.md`.

mod directed;
mod schedule;

use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use oada_jobs::engine::Verify;
use oada_jobs::jobs::Layout;
use oada_jobs::oada::Client;
use serde_json::json;

use self::schedule::{Schedule, any_batch, any_limits, bad_network};
use super::sim::{FIRST_PERSON, Faults, Random, Sim};

/// Schedules that each run of the tests plays.
const SCHEDULES: u64 = 100;
/// Schedules that have found a fault, or that are the first to find one of those in `tests/mutations`.
const ALWAYS: [u64; 0] = [];

/// Plays one schedule in simulated time and returns its course; tells all of it if it breaks a rule.
#[expect(clippy::print_stdout, reason = "the test runner shows it with the failure")]
fn simulated(name: &str, again: &str, sim_seed: u64, play: impl AsyncFnOnce(Sim)) -> u64 {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        fastrand::seed(sim_seed);
        let sim = Sim::new(sim_seed, Faults::default());
        let played = async {
            tokio::select! {
                biased;
                never = sim.clone().deliver() => never,
                () = play(sim.clone()) => {}
            }
        };
        if AssertUnwindSafe(played).catch_unwind().await.is_err() {
            for line in sim.log() {
                println!("{line}");
            }
            panic!("{name} broke a rule; play it again with {again}cargo test --test it job_model");
        }
        sim.course()
    })
}

fn run(seed: u64) -> u64 {
    let mut random = Random::new(seed);
    let again = format!("OADA_JOBS_SEED={seed} ");
    simulated(&format!("schedule {seed}"), &again, random.next(), async move |sim| play(sim, random).await)
}

async fn play(sim: Sim, mut random: Random) {
    let accepts_two = random.chance(30);
    if accepts_two {
        sim.accept_double_claims(Duration::from_millis(random.below(240)));
    }
    let layout = if random.chance(50) { Layout::Classic } else { Layout::Current };
    let mut schedule = Schedule::new(&sim, random, layout);
    schedule.accepts_two = accepts_two;
    if schedule.random.chance(30) {
        schedule.max_attempts = 3;
    }
    if schedule.random.chance(40) {
        schedule.verify = Verify::Always;
    } else if !accepts_two && schedule.random.chance(50) {
        // As on the embedded store.
        schedule.verify = Verify::Never;
    }
    if schedule.random.chance(30) {
        // Shorter than a request may take.
        schedule.stale_after = Duration::from_secs(20);
        sim.stale_after(schedule.stale_after);
    }
    schedule.has_zones = schedule.random.chance(30);
    schedule.concurrency = usize::try_from(1 + schedule.random.below(3)).unwrap();
    schedule.batch = any_batch(&mut schedule.random);
    schedule.limits = any_limits(&mut schedule.random);
    schedule.has_both = layout == Layout::Classic && schedule.random.chance(20);
    schedule.retries = u32::from(schedule.random.chance(30));
    let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
    layout.ensure(&poster, &schedule.root).await.unwrap();
    sim.turn().await;
    sim.set_faults(bad_network(&mut schedule.random));
    for _ in 0..1 + schedule.random.below(4) {
        let dies_at = schedule.random_death();
        schedule.start_worker(dies_at);
    }
    // Jobs that come and end together make workers meet.
    if schedule.random.chance(40) {
        let config = schedule.any_config();
        let count = usize::try_from(2 + schedule.random.below(10)).unwrap();
        schedule.post(&poster, &vec![config; count]).await;
    }
    for _ in 0..1 + schedule.random.below(10) {
        let config = schedule.any_config();
        match schedule.random.chance(10) {
            true => schedule.post_listed_first(&config).await,
            false => schedule.post(&poster, &[config]).await,
        }
        if schedule.random.chance(50) {
            schedule.disturb(&poster).await;
        }
    }
    for _ in 0..schedule.random.below(12) {
        schedule.disturb(&poster).await;
    }
    sim.turn().await;
    schedule.is_calm = true;
    sim.heal();
    sim.set_faults(Faults::default());
    schedule.take_orders_back(&poster).await;
    schedule.give_handlers_back();
    if schedule.random.chance(20) {
        schedule.take_back_all();
    }
    schedule.wait_until_filed().await;
    // Others may have filed what a worker has ended before it knows that it has: it asks again after a minute at most.
    tokio::time::sleep(Duration::from_secs(90)).await;
    schedule.check();
}

#[test]
fn every_job_is_filed_once_whatever_dies() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("OADA_JOBS_SEED") {
        run(seed);
        return;
    }
    let first = number("OADA_JOBS_FIRST").unwrap_or(0);
    let last = first + number("OADA_JOBS_SCHEDULES").unwrap_or(SCHEDULES);
    run_all(ALWAYS.into_iter().chain(first..last));
}

/// Plays schedules on all processors, until one of them breaks a rule.
fn run_all(seeds: impl Iterator<Item = u64> + Send) {
    let (seeds, is_broken) = (Mutex::new(seeds), AtomicBool::new(false));
    let play = || {
        let next = || seeds.lock().unwrap().next().filter(|_| !is_broken.load(Ordering::Relaxed));
        while let Some(seed) = next() {
            if std::panic::catch_unwind(|| run(seed)).is_err() {
                is_broken.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(play);
        }
    });
    assert!(!is_broken.into_inner(), "a rule was broken");
}

#[test]
fn a_seed_plays_the_same_course_again() {
    for seed in 0..4 {
        assert_eq!(run(seed), run(seed), "schedule {seed} went another way");
    }
}

/// One job and one worker that dies at its first, second, third … event, until it lives to see the job filed. Another
/// worker is there from the beginning, or comes afterwards.
#[test]
fn a_worker_may_die_at_any_moment() {
    for (layout, has_peer) in [(Layout::Classic, false), (Layout::Current, true)] {
        let mut event = 1;
        while die_at(layout, has_peer, event) {
            event += 1;
        }
        assert!(event > 40, "a life of {event} events is too short to be true");
    }
}

/// Plays what happens to workers that do not die by chance; `play` is also handed whoever posts jobs.
fn calm(name: &str, seed: u64, layout: Layout, play: impl AsyncFnOnce(&mut Schedule, &Client)) {
    simulated(&format!("{name} ({seed})"), "", seed, async |sim| {
        let mut schedule = Schedule::new(&sim, Random::new(seed), layout);
        let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
        layout.ensure(&poster, &schedule.root).await.unwrap();
        schedule.is_calm = true;
        play(&mut schedule, &poster).await;
    });
}

/// Returns whether the worker died.
fn die_at(layout: Layout, has_peer: bool, event: u64) -> bool {
    let mut died = false;
    calm(
        &format!("{layout} with peer: {has_peer}, death at event"),
        event,
        layout,
        async |schedule, poster| {
            schedule.start_worker(Some(event));
            if has_peer {
                schedule.start_worker(None);
            }
            // Long enough for what it says to be written by itself, and with an attempt that does not count.
            let config = json!({"millis": 1500, "says_every": 1_000_000, "again": 1, "fails": false});
            schedule.post(poster, &[config]).await;
            schedule.wait_until_filed().await;
            died = schedule.workers.iter().all(|worker| worker.participant != 0);
            schedule.check();
        },
    );
    died
}
