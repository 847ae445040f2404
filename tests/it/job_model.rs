//! Whatever dies, each job ends in exactly one final list, once, with the result of a run that held its claim.
//!
//! Seeded schedules in simulated time: workers die wherever they are, are cut off, wake up late, drain; the store
//! restarts; messages are lost, late, repeated and out of order; others write onto jobs in between. Run one schedule
//! again with `OADA_JOBS_SEED=n cargo test --test it job_model`, more of them with `OADA_JOBS_SCHEDULES=n`, from
//! `OADA_JOBS_FIRST=n` on. How the model is itself tested is in `docs/job-life.md`.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::tz::{self, TimeZone};
use oada_jobs::engine::handler::{Context, Handler, JobError, Outcome};
use oada_jobs::engine::{Event, HandlerEntry, LayoutChoice, Options, Service, Stop, Verify};
use oada_jobs::jobs::{self, Layout, NewJob, ServiceRoot};
use oada_jobs::model::{Job, Ksuid};
use oada_jobs::oada::Client;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::sim::{FIRST_PERSON, Faults, Random, Sim};

/// Schedules that each run of the tests plays.
const SCHEDULES: u64 = 60;
/// Schedules that have found a fault, or that are the first to find one of those in `tests/mutations`.
const ALWAYS: [u64; 0] = [];
/// How often workers meet.
const MEETINGS: u64 = 6;
/// More join only while there are fewer.
const MOST_WORKERS: usize = 5;
/// How long jobs may take to be filed once all is well: a list is read again after five minutes.
const PATIENCE: Duration = Duration::from_secs(3 * 3600);

/// Does what its job says: takes its time, asks for another attempt, fails.
struct Work(Sim);

impl Handler for Work {
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome> {
        let work = async {
            let facts = context.facts();
            let _run = self.0.run_begins(&facts.worker, &facts.key, facts.attempt);
            let number = |name: &str| job.config[name].as_u64().unwrap();
            context.log().info("working");
            let mut left = number("millis");
            while left > 0 {
                let rest = left.min(number("says_every"));
                tokio::time::sleep(Duration::from_millis(rest)).await;
                left -= rest;
                if left > 0 {
                    context.log().info("still working");
                }
            }
            if u64::from(facts.attempt) <= number("again") {
                return Outcome::Again { delay: None, error: JobError::new("not yet") };
            }
            let run = json!({"worker": facts.worker, "attempt": facts.attempt});
            match job.config["fails"] == json!(true) {
                true => Outcome::Failure(JobError::typed("asked", "asked to fail").with("run", run)),
                false => Outcome::Success(Map::from_iter([("run".to_owned(), run)])),
            }
        };
        async move {
            tokio::select! {
                biased;
                outcome = work => outcome,
                _ = context.cancelled() => Outcome::Stopped { details: Map::new() },
            }
        }
        .boxed()
    }
}

/// A worker that can die at any moment.
struct Worker {
    participant: usize,
    stop: Stop,
    task: AbortOnDropHandle<()>,
}

struct Schedule {
    sim: Sim,
    random: Random,
    root: ServiceRoot,
    layout: Layout,
    max_attempts: u32,
    concurrency: usize,
    stale_after: Duration,
    verify: Verify,
    /// Workers file by days of different zones.
    has_zones: bool,
    /// The store accepts two writes under one condition.
    accepts_two: bool,
    workers: Vec<Worker>,
    next_participant: usize,
    /// Workers that were told to end.
    drained: BTreeSet<String>,
    posted: Vec<String>,
    /// From now on nobody dies.
    is_calm: bool,
}

impl Schedule {
    fn new(sim: &Sim, random: Random, layout: Layout) -> Self {
        Self {
            sim: sim.clone(),
            random,
            root: ServiceRoot::named("svc").unwrap(),
            layout,
            max_attempts: 1_000_000,
            concurrency: 3,
            stale_after: Options::default().stale_after,
            verify: Verify::Auto,
            has_zones: false,
            accepts_two: false,
            workers: Vec::new(),
            next_participant: 0,
            drained: BTreeSet::new(),
            posted: Vec::new(),
            is_calm: false,
        }
    }

    /// Starts a worker that dies at its event with this number, if any.
    fn start_worker(&mut self, dies_at: Option<u64>) {
        let participant = self.next_participant;
        self.next_participant += 1;
        let client = self.sim.client(participant, Duration::from_secs(5));
        let options = Options {
            concurrency: self.concurrency,
            max_attempts: self.max_attempts,
            temporary_attempts: 1_000_000,
            stale_after: self.stale_after,
            heartbeat: self.stale_after / 6,
            verify_claims: self.verify,
            layout: match self.layout {
                Layout::Classic => LayoutChoice::Classic,
                Layout::Current => LayoutChoice::Current,
            },
            zone: match (self.has_zones, participant % 2) {
                (false, _) => TimeZone::UTC,
                // A whole day apart, whatever the time is.
                (true, 0) => TimeZone::fixed(tz::offset(12)),
                (true, _) => TimeZone::fixed(tz::offset(-12)),
            },
            ..Options::default()
        };
        let (root, sim) = (self.root.clone(), self.sim.clone());
        let build = move || {
            let handler = std::sync::Arc::new(Work(sim.clone()));
            let (worker, ends) = (format!("w{participant}"), sim.clone());
            let entry =
                HandlerEntry { timeout: Some(Duration::from_secs(120)), ..HandlerEntry::each(handler) };
            Service::builder(root.name())
                .client(client.clone())
                .options(options.clone())
                .worker_id(&worker.clone())
                .observer(move |event: &Event| {
                    if let Event::JobFinished { job, .. } = event {
                        ends.ended(&worker, &job.key);
                    }
                })
                .handler("work", entry)
                .build()
                .unwrap()
        };
        let death = dies_at.map(|event| self.sim.doom(participant, event)).unwrap_or_default();
        let stop = Stop::default();
        let serve = {
            let stop = stop.clone();
            async move {
                // A store that is away when a worker starts is an error for its user, who starts it again.
                while build().run(stop.clone()).await.is_err() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        let task = tokio::spawn(async move {
            tokio::select! {
                biased;
                () = death.cancelled() => {}
                () = serve => {}
            }
        });
        self.workers.push(Worker { participant, stop, task: AbortOnDropHandle::new(task) });
    }

    /// Starts others for workers that have died or ended.
    fn replace_ended(&mut self) {
        let before = self.workers.len();
        self.workers.retain(|worker| !worker.task.is_finished());
        for _ in self.workers.len()..before {
            let dies_at = self.random_death();
            self.start_worker(dies_at);
        }
    }

    fn random_death(&mut self) -> Option<u64> {
        let end = if self.random.chance(50) { 60 } else { 400 };
        (!self.is_calm && self.random.chance(50)).then(|| 1 + self.random.below(end))
    }

    fn any_worker(&mut self) -> usize {
        usize::try_from(self.random.below(self.workers.len() as u64)).unwrap()
    }

    async fn crash_one(&mut self) {
        let index = self.any_worker();
        let Worker { participant, task, .. } = self.workers.swap_remove(index);
        self.sim.bury(participant);
        task.abort();
        // It may have ended by itself in this moment.
        let _ = task.await;
        let dies_at = self.random_death();
        self.start_worker(dies_at);
    }

    async fn disturb(&mut self) {
        self.replace_ended();
        match self.random.below(16) {
            0..=3 => self.crash_one().await,
            4..=6 => {
                let index = self.any_worker();
                let time = Duration::from_secs(1 + self.random.below(150));
                self.sim.cut_off(self.workers[index].participant, time);
            }
            7 => self.sim.restart(Duration::from_secs(self.random.below(30))),
            8 => {
                let index = self.any_worker();
                let worker = format!("w{}", self.workers[index].participant);
                self.sim.note(&format!("{worker} drains"));
                self.drained.insert(worker);
                self.workers[index].stop.drain.cancel();
            }
            9 => self.sim.set_faults(Faults { meddle: 60 + self.random.below(35), ..Faults::default() }),
            10..=11 => {
                let index = self.any_worker();
                let time = Duration::from_secs(20 + self.random.below(130));
                // A request is given up after thirty seconds.
                let late = Duration::from_secs(if self.random.chance(50) { 28 } else { 0 });
                self.sim.ail(self.workers[index].participant, time, late);
            }
            12 if self.workers.len() < MOST_WORKERS => {
                let dies_at = self.random_death();
                self.start_worker(dies_at);
            }
            13 => self.take_back_all(),
            _ => {
                let calm = self.random.chance(50);
                self.sim.set_faults(if calm { Faults::default() } else { bad_network(&mut self.random) });
            }
        }
        tokio::time::sleep(Duration::from_millis(self.random.below(20_000))).await;
    }

    /// An operator gives all jobs that run to whoever comes first.
    fn take_back_all(&self) {
        self.posted.iter().for_each(|key| self.sim.take_back(key));
    }

    /// Posts jobs that are seen all at once.
    async fn post(&mut self, poster: &Client, configs: &[Value]) {
        let mut posted = Vec::new();
        for config in configs {
            let key = self.new_key();
            let job = NewJob { key, ..NewJob::new("work", config.as_object().cloned().unwrap()) };
            posted.push(jobs::create(poster, &self.root, self.layout, &job).await.unwrap());
        }
        jobs::link(poster, &self.root, self.layout, &posted).await.unwrap();
    }

    /// Posts a job as other clients do: it is listed while it is still empty.
    async fn post_listed_first(&mut self, config: &Value) {
        let key = self.new_key();
        let resource = format!("/resources/{key}");
        self.sim.write(&resource, json!({}));
        let list = self.layout.pending(&self.root).to_string();
        self.sim.write(&list, json!({ key.as_str(): { "_id": format!("resources/{key}") } }));
        // A worker takes it for invalid after four seconds.
        tokio::time::sleep(Duration::from_millis(self.random.below(3000))).await;
        self.sim.write(&resource, json!({"service": self.root.name(), "type": "work", "config": config}));
    }

    fn new_key(&mut self) -> String {
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&self.random.next().to_be_bytes());
        // Of some time in the past, so that a schedule's keys are the same whenever it is played.
        let key = Ksuid::new(1_700_000_000 + i64::try_from(self.posted.len()).unwrap(), payload).to_string();
        self.sim.know(&key);
        self.posted.push(key.clone());
        key
    }

    fn any_config(&mut self) -> Value {
        let is_long = self.random.chance(50);
        json!({
            "millis": self.random.below(if is_long { 90_000 } else { 500 }),
            "says_every": if self.random.chance(30) { 700 } else { 1_000_000 },
            "again": if self.random.chance(20) { 1 + self.random.below(2) } else { 0 },
            "fails": self.random.chance(25),
        })
    }

    /// Simulated time, of which there is plenty: a stale claim takes a minute to be noticed.
    async fn wait_until_filed(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let pending = self.layout.pending(&self.root);
        loop {
            let waits = |key: &&String| self.sim.read(&pending.join(key).to_string()).is_some();
            let left: Vec<_> = self.posted.iter().filter(waits).collect();
            self.hear_complaints();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "jobs left in pending: {left:?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.replace_ended();
        }
    }

    fn hear_complaints(&self) {
        let complaints = self.sim.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
    }

    fn check(&self) {
        self.hear_complaints();
        for key in &self.posted {
            self.check_job(key);
        }
    }

    fn check_job(&self, key: &str) {
        let job = self.sim.read(&format!("/resources/{key}")).unwrap();
        let days = |list: &'static str| {
            self.days_with(list, key).into_iter().map(move |day| format!("{list} {day}"))
        };
        let listed: Vec<String> = ["success", "failure"].into_iter().flat_map(days).collect();
        assert_eq!(listed.len(), 1, "{key} is listed in {listed:?}: {job:#}");
        let status = job["status"].as_str().unwrap();
        assert!(listed[0].starts_with(status), "{key} is {status} and listed in {listed:?}");
        let finals = |status: &str| {
            let updates = job["updates"].as_object().unwrap();
            updates.values().filter(|update| update["status"] == status).count()
        };
        let is_settled = job["result"]["settled"] == json!(true);
        // Such a store accepts the worker's write too, and the job is of both: what is left to see is that it is filed
        // once.
        let is_by_hand = |update: &&str| job["updates"].get(update).is_some();
        if self.accepts_two && ["by-hand", "taken-by-hand"].iter().any(is_by_hand) {
            return;
        }
        assert_eq!(finals("success") + finals("failure"), 1, "{key} was finished more than once: {job:#}");
        if is_settled {
            assert_eq!(job["claim"], json!(null), "{job:#}");
            return;
        }
        let attempts = job["attempts"].as_object().unwrap().len() as u64;
        assert_eq!(job["claim"]["attempt"], attempts, "an attempt is not recorded: {job:#}");
        if job["result"]["JobError"] == "crashed" {
            // Those that were taken back by hand count, and end nothing.
            assert!(attempts > u64::from(self.max_attempts), "{job:#}");
        } else {
            let run = &job["result"]["run"];
            assert_eq!(
                (&run["worker"], &run["attempt"]),
                (&job["claim"]["worker"], &job["claim"]["attempt"]),
                "the result is not of the run that held the claim: {job:#}"
            );
        }
        let worker = job["claim"]["worker"].as_str().unwrap();
        if !self.accepts_two && !self.sim.has_died(worker) && !self.drained.contains(worker) {
            assert_eq!(self.sim.ends_told(worker, key), 1, "{worker} has not told of this end: {job:#}");
        }
    }

    fn days_with(&self, list: &str, key: &str) -> Vec<String> {
        let path = match self.layout {
            Layout::Classic => format!("{}/jobs-{list}/day-index", self.root),
            Layout::Current => format!("{}/jobs/{list}/day-index", self.root),
        };
        let days: Map<String, Value> =
            self.sim.read(&path).and_then(|days| days.as_object().cloned()).unwrap_or_default();
        let holds = |day: &String| self.sim.read(&format!("{path}/{day}/{key}")).is_some();
        days.into_iter().map(|(day, _)| day).filter(holds).collect()
    }
}

fn bad_network(random: &mut Random) -> Faults {
    Faults {
        lose_request: random.below(6),
        lose_answer: random.below(6),
        duplicate_change: random.below(20),
        meddle: random.below(30),
        settle: random.below(4),
        take_back: random.below(4),
        refuse: random.below(5),
        delay: Duration::from_millis(random.below(300)),
        lag: Duration::from_secs(if random.chance(20) { 1 + random.below(15) } else { 0 }),
    }
}

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
    let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
    layout.ensure(&poster, &schedule.root).await.unwrap();
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
            schedule.disturb().await;
        }
    }
    for _ in 0..schedule.random.below(12) {
        schedule.disturb().await;
    }
    schedule.is_calm = true;
    sim.heal();
    sim.set_faults(Faults::default());
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

/// A worker that was not heard of for so long that its job was taken from it asks about it as soon as it is heard again.
#[test]
fn whoever_comes_back_stops_what_it_has_lost() {
    simulated("a worker that comes back", "", 1, async |sim| {
        let mut schedule = Schedule::new(&sim, Random::new(1), Layout::Classic);
        let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
        schedule.layout.ensure(&poster, &schedule.root).await.unwrap();
        schedule.is_calm = true;
        schedule.start_worker(None);
        let quiet = json!({"millis": 100_000, "says_every": 1_000_000, "again": 0, "fails": false});
        schedule.post(&poster, &[quiet]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let key = schedule.posted[0].clone();
        assert_eq!(sim.who_runs(&key), ["w0"]);
        schedule.start_worker(None);
        sim.cut_off(0, Duration::from_secs(75));
        tokio::time::sleep(Duration::from_secs(74)).await;
        assert_eq!(sim.who_runs(&key), ["w0", "w1"]);
        // It would go on for another 25.
        tokio::time::sleep(Duration::from_secs(16)).await;
        assert_eq!(sim.who_runs(&key), ["w1"]);
        schedule.wait_until_filed().await;
        schedule.check();
    });
}

/// Nobody tells workers that a job may be had again: they find it when they next read the list.
#[test]
fn what_was_taken_back_is_found_again() {
    simulated("a job taken back", "", 1, async |sim| {
        let mut schedule = Schedule::new(&sim, Random::new(1), Layout::Current);
        let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
        schedule.layout.ensure(&poster, &schedule.root).await.unwrap();
        schedule.is_calm = true;
        schedule.start_worker(None);
        let quiet = json!({"millis": 10_000, "says_every": 1_000_000, "again": 0, "fails": false});
        schedule.post(&poster, &[quiet]).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        schedule.take_back_all();
        schedule.wait_until_filed().await;
        schedule.check();
        let job = sim.read(&format!("/resources/{}", schedule.posted[0])).unwrap();
        assert_eq!((&job["status"], &job["claim"]["attempt"]), (&json!("success"), &json!(2)));
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

fn short_jobs() -> Vec<Value> {
    vec![json!({"millis": 400, "says_every": 1_000_000, "again": 0, "fails": false}); 30]
}

fn meet(name: &str, seed: u64, begin: impl AsyncFnOnce(&mut Schedule, &Client)) {
    simulated(&format!("{name} {seed}"), "", seed, async |sim| {
        sim.accept_double_claims(Duration::from_millis(240));
        let mut schedule = Schedule::new(&sim, Random::new(seed), Layout::Classic);
        let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
        schedule.layout.ensure(&poster, &schedule.root).await.unwrap();
        (schedule.is_calm, schedule.concurrency) = (true, 1);
        begin(&mut schedule, &poster).await;
        schedule.wait_until_filed().await;
        schedule.check();
    });
}

/// Returns whether the worker died.
fn die_at(layout: Layout, has_peer: bool, event: u64) -> bool {
    let mut died = false;
    let name = format!("{layout} with peer: {has_peer}, death at event {event}");
    simulated(&name, "", event, async |sim| {
        let mut schedule = Schedule::new(&sim, Random::new(event), layout);
        let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
        layout.ensure(&poster, &schedule.root).await.unwrap();
        schedule.is_calm = true;
        schedule.start_worker(Some(event));
        if has_peer {
            schedule.start_worker(None);
        }
        // Long enough for what it says to be written by itself, and with an attempt that does not count.
        let config = json!({"millis": 1500, "says_every": 1_000_000, "again": 1, "fails": false});
        schedule.post(&poster, &[config]).await;
        schedule.wait_until_filed().await;
        died = schedule.workers.iter().all(|worker| worker.participant != 0);
        schedule.check();
    });
    died
}
