//! A schedule: workers that die, are cut off and come back, the jobs that they are given, and how these must stand in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use jiff::tz::{self, TimeZone};
use oada_jobs::engine::handler::{
    BatchHandler, BatchJob, BatchLimits, Context, Handler, HandlerKind, JobError, Outcome,
};
use oada_jobs::engine::{
    Event, HandlerEntry, Handlers, LayoutChoice, Options, Service, StartLimits, Stop, Verify,
};
use oada_jobs::jobs::{self, Layout, NewJob, Pause, ServiceRoot};
use oada_jobs::model::{Job, Ksuid, now_text};
use oada_jobs::oada::Client;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::sim::{Faults, Random, Sim};

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
            let number = |name: &str| job.config.get(name).and_then(Value::as_u64).unwrap_or_default();
            if self.0.age() < Duration::from_secs(number("broken_until")) {
                return Outcome::Broken { reason: "not there yet".to_owned() };
            }
            let _run = self.0.run_begins(&facts.worker, &facts.key, facts.attempt);
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

impl BatchHandler for Work {
    fn run(&self, jobs: Vec<BatchJob>) -> BoxFuture<'_, ()> {
        let each = jobs.into_iter().map(async |one| {
            let outcome = Handler::run(self, one.job(), one.context()).await;
            one.end(outcome);
        });
        join_all(each).map(drop).boxed()
    }
}

/// A worker that can die at any moment.
pub(super) struct Worker {
    pub(super) participant: usize,
    stop: Stop,
    /// Those of the service that it runs now.
    handlers: Arc<Mutex<Option<Handlers>>>,
    task: AbortOnDropHandle<()>,
}

/// Workers and jobs on a simulated store, and what is done to them.
pub(super) struct Schedule {
    pub(super) sim: Sim,
    pub(super) random: Random,
    pub(super) root: ServiceRoot,
    pub(super) layout: Layout,
    pub(super) max_attempts: u32,
    pub(super) concurrency: usize,
    pub(super) stale_after: Duration,
    pub(super) verify: Verify,
    /// Jobs are run together, as many as this says.
    pub(super) batch: Option<BatchLimits>,
    /// What must hold before a job may start.
    pub(super) limits: StartLimits,
    /// How many further attempts a failed job gets.
    pub(super) retries: u32,
    /// Some jobs are posted by the newer layout, while the service has the classic one.
    pub(super) has_both: bool,
    /// Workers file by days of different zones.
    pub(super) has_zones: bool,
    /// The store accepts two writes under one condition.
    pub(super) accepts_two: bool,
    pub(super) workers: Vec<Worker>,
    pub(super) next_participant: usize,
    /// Workers that were told to end.
    pub(super) drained: BTreeSet<String>,
    pub(super) posted: Vec<String>,
    /// Where those are listed that do not go by the layout that the service began with.
    layouts: BTreeMap<String, Layout>,
    /// Jobs that were to be cancelled.
    cancelled: BTreeSet<String>,
    /// Workers that were told to claim nothing more.
    quiet: BTreeSet<String>,
    /// From now on nobody dies.
    pub(super) is_calm: bool,
}

impl Schedule {
    pub(super) fn new(sim: &Sim, random: Random, layout: Layout) -> Self {
        Self {
            sim: sim.clone(),
            random,
            root: ServiceRoot::named("svc").unwrap(),
            layout,
            max_attempts: 1_000_000,
            concurrency: 3,
            stale_after: Options::default().stale_after,
            verify: Verify::Auto,
            batch: None,
            limits: StartLimits::default(),
            retries: 0,
            has_both: false,
            has_zones: false,
            accepts_two: false,
            workers: Vec::new(),
            next_participant: 0,
            drained: BTreeSet::new(),
            posted: Vec::new(),
            layouts: BTreeMap::new(),
            cancelled: BTreeSet::new(),
            quiet: BTreeSet::new(),
            is_calm: false,
        }
    }

    /// Starts a worker that dies at its event with this number, if any.
    pub(super) fn start_worker(&mut self, dies_at: Option<u64>) {
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
        let (root, sim, entry) = (self.root.clone(), self.sim.clone(), self.entry(self.batch));
        let handlers = Arc::<Mutex<Option<Handlers>>>::default();
        let its_handlers = handlers.clone();
        let build = move || {
            let (worker, ends) = (format!("w{participant}"), sim.clone());
            let service = Service::builder(root.name())
                .client(client.clone())
                .options(options.clone())
                .worker_id(&worker.clone())
                .observer(move |event: &Event| {
                    if let Event::JobFinished { job, .. } = event {
                        ends.ended(&worker, &job.key);
                    }
                })
                .handler("work", entry.clone())
                .build()
                .unwrap();
            *its_handlers.lock().unwrap() = Some(service.handlers());
            service
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
        self.workers.push(Worker { participant, stop, handlers, task: AbortOnDropHandle::new(task) });
    }

    /// What runs the jobs, one at a time or as many together as this says.
    fn entry(&self, batch: Option<BatchLimits>) -> HandlerEntry {
        let work = Arc::new(Work(self.sim.clone()));
        let handler = match batch {
            Some(limits) => HandlerKind::Batch(work, limits),
            None => HandlerKind::Each(work),
        };
        let (timeout, limits) = (Some(Duration::from_secs(120)), self.limits.clone());
        HandlerEntry { timeout, limits, retries: self.retries, ..HandlerEntry::of(handler) }
    }

    /// A worker is given other handlers, or none.
    fn replace_handlers(&mut self) {
        let index = self.any_worker();
        let (batch, limits) = (any_batch(&mut self.random), any_limits(&mut self.random));
        let had = std::mem::replace(&mut self.limits, limits);
        let entry = self.entry(batch);
        self.limits = had;
        let entries = match self.random.chance(30) {
            true => BTreeMap::new(),
            false => BTreeMap::from([("work".to_owned(), entry)]),
        };
        let Worker { participant, handlers, .. } = &self.workers[index];
        self.sim.note(&format!("w{participant} has other handlers, {} of them", entries.len()));
        if let Some(handlers) = &*handlers.lock().unwrap() {
            drop(handlers.replace(entries));
        }
    }

    /// All workers have the handlers that they began with.
    pub(super) fn give_handlers_back(&self) {
        for worker in &self.workers {
            if let Some(handlers) = &*worker.handlers.lock().unwrap() {
                drop(handlers.replace(BTreeMap::from([("work".to_owned(), self.entry(self.batch))])));
            }
        }
    }

    /// Starts others for workers that have died or ended.
    pub(super) fn replace_ended(&mut self) {
        let before = self.workers.len();
        self.workers.retain(|worker| !worker.task.is_finished());
        for _ in self.workers.len()..before {
            let dies_at = self.random_death();
            self.start_worker(dies_at);
        }
    }

    pub(super) fn random_death(&mut self) -> Option<u64> {
        let end = if self.random.chance(50) { 60 } else { 400 };
        (!self.is_calm && self.random.chance(50)).then(|| 1 + self.random.below(end))
    }

    pub(super) fn any_worker(&mut self) -> usize {
        usize::try_from(self.random.below(self.workers.len() as u64)).unwrap()
    }

    pub(super) async fn crash_one(&mut self) {
        let index = self.any_worker();
        let Worker { participant, task, .. } = self.workers.swap_remove(index);
        self.sim.bury(participant);
        task.abort();
        // It may have ended by itself in this moment.
        let _ = task.await;
        let dies_at = self.random_death();
        self.start_worker(dies_at);
    }

    pub(super) async fn disturb(&mut self, poster: &Client) {
        self.sim.turn().await;
        self.replace_ended();
        match self.random.below(20) {
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
            14..=16 => self.order(poster).await,
            17 => self.replace_handlers(),
            _ => {
                let calm = self.random.chance(50);
                self.sim.set_faults(if calm { Faults::default() } else { bad_network(&mut self.random) });
            }
        }
        tokio::time::sleep(Duration::from_millis(self.random.below(20_000))).await;
    }

    /// An operator tells the workers something.
    async fn order(&mut self, poster: &Client) {
        let root = &self.root;
        let told = match self.random.below(6) {
            0..=1 if !self.posted.is_empty() => {
                let index = usize::try_from(self.random.below(self.posted.len() as u64)).unwrap();
                let key = self.posted[index].clone();
                self.sim.note(&format!("{key} is to be cancelled"));
                self.cancelled.insert(key.clone());
                jobs::ask_to_cancel(poster, root, &key).await
            }
            2..=3 => {
                let index = self.any_worker();
                let worker = format!("w{}", self.workers[index].participant);
                self.sim.note(&format!("{worker} is to be quiet"));
                self.quiet.insert(worker.clone());
                jobs::ask_to_be_quiet(poster, &self.root, &worker).await
            }
            4 => {
                let job_type = self.random.chance(50).then_some("work");
                self.sim.note(&format!("a pause of {job_type:?}"));
                let pause = Pause { since: now_text(), until: None, reason: None };
                jobs::pause(poster, root, job_type, &pause).await
            }
            _ => return self.take_orders_back(poster).await,
        };
        if let Err(error) = told {
            // Others wrote all the time, so that the control document could not be made.
            self.sim.note(&format!("in vain: {error}"));
        }
    }

    /// An operator lets all go on.
    pub(super) async fn take_orders_back(&mut self, poster: &Client) {
        self.sim.note("orders are taken back");
        for worker in std::mem::take(&mut self.quiet) {
            jobs::ask_to_go_on(poster, &self.root, &worker).await.unwrap();
        }
        for job_type in [None, Some("work")] {
            jobs::resume(poster, &self.root, job_type).await.unwrap();
        }
    }

    /// An operator gives all jobs that run to whoever comes first.
    pub(super) fn take_back_all(&self) {
        self.posted.iter().for_each(|key| self.sim.take_back(key));
    }

    fn layout_of(&self, key: &str) -> Layout {
        self.layouts.get(key).copied().unwrap_or(self.layout)
    }

    /// Posts jobs that are seen all at once.
    pub(super) async fn post(&mut self, poster: &Client, configs: &[Value]) {
        let layout = match self.has_both && self.random.chance(50) {
            true => Layout::Current,
            false => self.layout,
        };
        if layout != self.layout {
            // In vain as long as others write all the time.
            while layout.ensure(poster, &self.root).await.is_err() {}
        }
        let mut posted = Vec::new();
        for config in configs {
            let key = self.new_key();
            self.layouts.insert(key.clone(), layout);
            let job = NewJob { key, ..NewJob::new("work", config.as_object().cloned().unwrap()) };
            posted.push(jobs::create(poster, &self.root, layout, &job).await.unwrap());
        }
        jobs::link(poster, &self.root, layout, &posted).await.unwrap();
    }

    /// Posts a job as other clients do: it is listed while it is still empty.
    pub(super) async fn post_listed_first(&mut self, config: &Value) {
        let key = self.new_key();
        let resource = format!("/resources/{key}");
        self.sim.turn().await;
        self.sim.write(&resource, json!({}));
        let list = self.layout.pending(&self.root).to_string();
        self.sim.write(&list, json!({ key.as_str(): { "_id": format!("resources/{key}") } }));
        // A worker takes it for invalid after four seconds.
        tokio::time::sleep(Duration::from_millis(self.random.below(3000))).await;
        self.sim.turn().await;
        self.sim.write(&resource, json!({"service": self.root.name(), "type": "work", "config": config}));
    }

    pub(super) fn new_key(&mut self) -> String {
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&self.random.next().to_be_bytes());
        // Of some time in the past, so that a schedule's keys are the same whenever it is played.
        let key = Ksuid::new(1_700_000_000 + i64::try_from(self.posted.len()).unwrap(), payload).to_string();
        self.sim.know(&key);
        self.posted.push(key.clone());
        key
    }

    pub(super) fn any_config(&mut self) -> Value {
        let is_long = self.random.chance(50);
        json!({
            "millis": self.random.below(if is_long { 90_000 } else { 500 }),
            "says_every": if self.random.chance(30) { 700 } else { 1_000_000 },
            "again": if self.random.chance(20) { 1 + self.random.below(2) } else { 0 },
            "fails": self.random.chance(25),
            "broken_until": if self.random.chance(5) { self.random.below(200) } else { 0 },
        })
    }

    /// Simulated time, of which there is plenty: a stale claim takes a minute to be noticed.
    pub(super) async fn wait_until_filed(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let pending = |key: &str| self.layout_of(key).pending(&self.root).join(key);
            let waits = |key: &&String| self.sim.read(&pending(key).to_string()).is_some();
            let left: Vec<_> = self.posted.iter().filter(waits).collect();
            self.hear_complaints();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "jobs left in pending: {left:?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.sim.turn().await;
            self.replace_ended();
        }
    }

    /// Waits until all is filed, and looks at how it is.
    pub(super) async fn end(&mut self) {
        self.wait_until_filed().await;
        self.check();
    }

    /// The same, where it must not take longer than this.
    pub(super) async fn end_within(&mut self, time: Duration) {
        let began = Instant::now();
        self.end().await;
        assert!(began.elapsed() < time, "it took {:?}", began.elapsed());
    }

    pub(super) fn hear_complaints(&self) {
        let complaints = self.sim.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
    }

    pub(super) fn check(&self) {
        self.hear_complaints();
        for key in &self.posted {
            self.check_job(key);
        }
    }

    pub(super) fn check_job(&self, key: &str) {
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
        } else if job["result"]["JobError"] == "cancelled" {
            assert!(self.cancelled.contains(key), "nobody wanted {key} cancelled: {job:#}");
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

    pub(super) fn days_with(&self, list: &str, key: &str) -> Vec<String> {
        let path = match self.layout_of(key) {
            Layout::Classic => format!("{}/jobs-{list}/day-index", self.root),
            Layout::Current => format!("{}/jobs/{list}/day-index", self.root),
        };
        let days: Map<String, Value> =
            self.sim.read(&path).and_then(|days| days.as_object().cloned()).unwrap_or_default();
        let holds = |day: &String| self.sim.read(&format!("{path}/{day}/{key}")).is_some();
        days.into_iter().map(|(day, _)| day).filter(holds).collect()
    }
}

/// How jobs are run together, if they are.
pub(super) fn any_batch(random: &mut Random) -> Option<BatchLimits> {
    let size = usize::try_from(2 + random.below(4)).unwrap();
    let wait = Duration::from_millis(random.below(10_000));
    random.chance(20).then_some(BatchLimits { size, wait })
}

/// Limits on starting, if there are any.
pub(super) fn any_limits(random: &mut Random) -> StartLimits {
    if !random.chance(20) {
        return StartLimits::default();
    }
    // All that fail have one key, and all that do not.
    let key = random.chance(50).then(|| "/config/fails".to_owned());
    let concurrency = Some(usize::try_from(1 + random.below(2)).unwrap());
    StartLimits { key, concurrency, ..StartLimits::default() }
}

pub(super) fn bad_network(random: &mut Random) -> Faults {
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
