//! Whatever dies, each job ends in exactly one final list, once, with the result of a run that held its claim.
//!
//! Seeded schedules in simulated time: workers die wherever they are, are cut off, wake up late, drain; the store
//! restarts; messages are lost, late, repeated and out of order; others write onto jobs in between. Run one schedule
//! again with `OADA_JOBS_SEED=n cargo test --test it job_model`, more of them with `OADA_JOBS_SCHEDULES=n`, from
//! `OADA_JOBS_FIRST=n` on. How the model is itself tested is in `docs/job-life.md`.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oada_jobs::engine::handler::{Context, Handler, JobError, Outcome};
use oada_jobs::engine::{HandlerEntry, LayoutChoice, Options, Service, Stop, Verify};
use oada_jobs::jobs::{self, Layout, NewJob, ServiceRoot};
use oada_jobs::model::{Job, Ksuid};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::sim::{FIRST_PERSON, Faults, Random, Sim};

/// Schedules that each run of the tests plays.
const SCHEDULES: u64 = 60;
/// Schedules that have found a fault, or that are the first to find one of those in `tests/mutations`.
const ALWAYS: [u64; 0] = [];
/// How long jobs may take to be filed once all is well: a list is read again after five minutes.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Does what its job says: takes its time, asks for another attempt, fails.
struct Work(Sim);

impl Handler for Work {
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome> {
        let work = async {
            let facts = context.facts();
            self.0.run_begins(&facts.worker, &facts.key, facts.attempt);
            let number = |name: &str| job.config[name].as_u64().unwrap();
            context.log().info("working");
            tokio::time::sleep(Duration::from_millis(number("millis"))).await;
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
    verify: Verify,
    /// The store accepts two writes under one condition.
    accepts_two: bool,
    workers: Vec<Worker>,
    next_participant: usize,
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
            verify: Verify::Auto,
            accepts_two: false,
            workers: Vec::new(),
            next_participant: 0,
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
            concurrency: 3,
            max_attempts: self.max_attempts,
            temporary_attempts: 1_000_000,
            verify_claims: self.verify,
            layout: match self.layout {
                Layout::Classic => LayoutChoice::Classic,
                Layout::Current => LayoutChoice::Current,
            },
            ..Options::default()
        };
        let (root, sim) = (self.root.clone(), self.sim.clone());
        let build = move || {
            let handler = std::sync::Arc::new(Work(sim.clone()));
            let entry =
                HandlerEntry { timeout: Some(Duration::from_secs(120)), ..HandlerEntry::each(handler) };
            Service::builder(root.name())
                .client(client.clone())
                .options(options.clone())
                .worker_id(&format!("w{participant}"))
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
        match self.random.below(12) {
            0..=3 => self.crash_one().await,
            4..=6 => {
                let index = self.any_worker();
                let time = Duration::from_secs(1 + self.random.below(150));
                self.sim.cut_off(self.workers[index].participant, time);
            }
            7 => self.sim.restart(Duration::from_secs(self.random.below(30))),
            8 => {
                let index = self.any_worker();
                self.sim.note(&format!("w{} drains", self.workers[index].participant));
                self.workers[index].stop.drain.cancel();
            }
            9 => self.sim.set_faults(Faults { meddle: 60 + self.random.below(35), ..Faults::default() }),
            _ => {
                let calm = self.random.chance(50);
                self.sim.set_faults(if calm { Faults::default() } else { bad_network(&mut self.random) });
            }
        }
        tokio::time::sleep(Duration::from_millis(self.random.below(20_000))).await;
    }

    async fn post(&mut self, poster: &oada_jobs::oada::Client, config: &Value) {
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&self.random.next().to_be_bytes());
        // Of some time in the past, so that a schedule's keys are the same whenever it is played.
        let key = Ksuid::new(1_700_000_000 + i64::try_from(self.posted.len()).unwrap(), payload);
        let key = key.to_string();
        self.sim.know(&key);
        let job = NewJob { key, ..NewJob::new("work", config.as_object().cloned().unwrap()) };
        jobs::post(poster, &self.root, self.layout, &job).await.unwrap();
        self.posted.push(job.key);
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
        if self.accepts_two && job["updates"].get("by-hand").is_some() {
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
            assert_eq!(attempts, u64::from(self.max_attempts) + 1, "{job:#}");
        } else {
            let run = &job["result"]["run"];
            assert_eq!(
                (&run["worker"], &run["attempt"]),
                (&job["claim"]["worker"], &job["claim"]["attempt"]),
                "the result is not of the run that held the claim: {job:#}"
            );
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
        delay: Duration::from_millis(random.below(300)),
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
    }
    let poster = sim.client(FIRST_PERSON, Duration::from_secs(100_000));
    layout.ensure(&poster, &schedule.root).await.unwrap();
    sim.set_faults(bad_network(&mut schedule.random));
    for _ in 0..1 + schedule.random.below(4) {
        let dies_at = schedule.random_death();
        schedule.start_worker(dies_at);
    }
    for _ in 0..1 + schedule.random.below(10) {
        let is_long = schedule.random.chance(50);
        let config = json!({
            "millis": schedule.random.below(if is_long { 90_000 } else { 500 }),
            "again": if schedule.random.chance(20) { 1 + schedule.random.below(2) } else { 0 },
            "fails": schedule.random.chance(25),
        });
        schedule.post(&poster, &config).await;
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
    schedule.wait_until_filed().await;
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
    for seed in ALWAYS.into_iter().chain(first..first + number("OADA_JOBS_SCHEDULES").unwrap_or(SCHEDULES)) {
        run(seed);
    }
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
        schedule.post(&poster, &json!({"millis": 1500, "again": 1, "fails": false})).await;
        schedule.wait_until_filed().await;
        died = schedule.workers.iter().all(|worker| worker.participant != 0);
        schedule.check();
    });
    died
}
