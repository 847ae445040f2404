//! One job, from the look at it to its place in a final list.
//!
//! Owns the order of the steps (`design.md` 3, A job's life): read, claim, run, finish, link, unlink. Doing and filing
//! are apart: nothing that goes wrong after the handler has ended changes what it came to.
//!
//! What few jobs need is awaited on the heap, so that the task of each job, moved about and kept until it is filed, is
//! small.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::batch::{Departed, Passenger, Seat};
use super::doubt::{ask, is_in_doubt};
use super::event::{Event, JobEvent};
use super::gate::Key;
use super::handler::{Context, HandlerKind, JobError, JobFacts, Outcome, StopReason, marks};
use super::keys::Disposition;
use super::links::{link_back, names_any};
use super::queue::Queue;
use super::registry::{BROKEN_REST, HandlerEntry, Registered};
use super::retry::{pauses, until_it_lands};
use super::running::document_of;
use super::service::Unknown;
use super::spill::spill;
use super::turn::Turn;
use super::updates::{Watched, run_watched};
use crate::jobs::{self, Claimed, DayList, FinalList, Finish, JobWrite, Listed, LostTo, PendingList};
use crate::model::{Attempt, InvalidJob, Job, JobStatus, now_text, time_text};
use crate::oada::Unread;
use crate::process;

/// How long the pauses between repeated writes may grow.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long what a dead worker left running may take to end.
const SURVIVOR_GRACE: Duration = Duration::from_secs(10);
/// When a job is looked at again that was taken from this worker, or changed before it was claimed, and is to be had again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often a job that is still empty is looked at, a second apart, before it counts as invalid.
const EMPTY_LOOKS: u32 = 5;

/// What to do with a job.
enum Plan {
    /// Nothing, for now.
    Leave(Disposition),
    /// It has ended: file it.
    File(Job),
    /// Run it.
    Run { job: Job, found: Found, attempt: u32 },
    /// Fail it without running it.
    Fail { job: Job, error: Box<JobError>, attempt: u32 },
}

/// The handler of a job, and the key that it has at the gate before it.
struct Found {
    handler: Arc<Registered>,
    key: Option<Key>,
}

/// Where an ended job goes, its result, and what it failed of.
type Ending = (FinalList, Map<String, Value>, Option<JobError>);

/// How a run ended, once its reason to stop is taken into account.
enum Verdict {
    Ended(FinalList, Map<String, Value>, Option<JobError>),
    Again(Duration, JobError),
    Release(String),
}

/// Looks at a job and does with it what has to be done, as far as `turn` allows: it is given back when the handler has
/// ended.
///
/// # Errors
/// When the store cannot be asked about the job. What follows the claim is repeated until it lands.
pub(super) async fn work(
    queue: &Queue,
    list: &PendingList,
    listed: &Listed,
    turn: Turn,
) -> Result<Disposition, jobs::Error> {
    let Some(document) = queue.client.find_unread(listed.id.path_text()).await? else {
        queue.left_alone(&listed.key, "its link leads to nothing");
        return Ok(Disposition::LeftAlone);
    };
    let plan = plan(queue, listed, &document).await?;
    // What came with it is not kept while it runs.
    let etag = document.into_etag();
    let (job, found, attempt, turn): (Arc<Job>, _, _, _) = match plan {
        Plan::Leave(disposition) => return Ok(disposition),
        Plan::File(job) => {
            drop(turn);
            Box::pin(refile(queue, list, listed, &job)).await;
            return Ok(Disposition::Done);
        }
        Plan::Run { job, found, attempt } => {
            let job = Arc::new(job);
            match turn.admit(&found.handler.gate, found.key, &job) {
                Ok(turn) => (job, Ok(found), attempt, turn),
                Err(disposition) => return Ok(disposition),
            }
        }
        Plan::Fail { job, error, attempt } => (job.into(), Err(error), attempt, turn),
    };
    let silence = queue.presence.suspected();
    if queue.presence.is_suspect() {
        // It has become so while the job was looked at.
        return Ok(look_again(Duration::ZERO));
    }
    let claimed = match claim(queue, listed, &etag, (&job, attempt), &silence).await {
        Ok(claimed) => claimed,
        Err(jobs::Error::ClaimLost { by, .. }) => return Ok(after_loss(&by)),
        Err(error) => return Err(error),
    };
    let mut held = Held { queue, list, listed, job, claimed, silence, turn, told: None };
    let _active = queue.hold(&held.claimed.claim.nonce, &listed.key);
    Ok(match found {
        Ok(found) => held.run(found).await,
        Err(error) => Box::pin(held.fail(*error)).await,
    })
}

async fn claim(
    queue: &Queue,
    listed: &Listed,
    etag: &str,
    (job, attempt): (&Job, u32),
    silence: &watch::Receiver<u64>,
) -> Result<Claimed, jobs::Error> {
    let (worker, verify) = (queue.presence.id(), || queue.must_verify_claims());
    let claimed = jobs::claim(&queue.client, &listed.id, etag, job, (worker, attempt), verify).await?;
    if is_in_doubt(queue, silence) {
        // The answer may be old news.
        Box::pin(jobs::verify(&queue.client, &claimed)).await?;
    }
    Ok(claimed)
}

/// Nobody tells workers that a job may be had again, but whoever tried to write onto it has seen it.
fn after_loss(by: &LostTo) -> Disposition {
    match by {
        LostTo::Nobody => look_again(AGAIN_AFTER),
        LostTo::Other(_) => Disposition::Taken,
    }
}

async fn plan(queue: &Queue, listed: &Listed, document: &Unread) -> Result<Plan, jobs::Error> {
    let job = match document.read(Job::from_text)? {
        Ok(job) => job,
        // A tree put links an item before it writes it (protocol Q5).
        Err(InvalidJob::Empty) if queue.looked_at_empty(&listed.key) < EMPTY_LOOKS => {
            return Ok(Plan::Leave(look_again(Duration::from_secs(1))));
        }
        Err(reason) => {
            let error = JobError::typed("invalid", format!("this is not a job: {reason}"));
            return Ok(Plan::Fail { job: Job::default(), error: error.into(), attempt: 1 });
        }
    };
    if job.status().is_final() {
        return Ok(Plan::File(job));
    }
    let spent = job.attempts.keys().last().copied().unwrap_or(0);
    let attempt = match job.claim.as_ref().filter(|_| job.status() == JobStatus::Running) {
        None => {
            // An operator took it away from a worker that may have left something running.
            let last = job.attempts.get(&spent).filter(|attempt| attempt.outcome == "crashed");
            if let Some(last) = last {
                Box::pin(stop_survivors(listed, &last.worker, &job.job_type)).await;
            }
            spent + 1
        }
        Some(claim) if claim.worker == queue.presence.id() => {
            if queue.holds(&claim.nonce) {
                return Ok(Plan::Leave(Disposition::Taken));
            }
            claim.attempt
        }
        Some(claim) if Box::pin(queue.presence.is_alive(&claim.worker)).await? => {
            return Ok(Plan::Leave(Disposition::Taken));
        }
        Some(claim) => {
            Box::pin(stop_survivors(listed, &claim.worker, &job.job_type)).await;
            let crashed = claim.attempt.max(spent);
            if crashed >= queue.service.options.max_attempts {
                let error =
                    JobError::typed("crashed", format!("its worker died {crashed} times while running it"));
                return Ok(Plan::Fail { job, error: error.into(), attempt: crashed + 1 });
            }
            crashed + 1
        }
    };
    if let Some(until) = queue.service.registry.resting_until(&job.job_type) {
        return Ok(Plan::Leave(Disposition::LookAgain(until)));
    }
    if queue.control.now().pause_for(&job.job_type, Timestamp::now()).is_some() {
        return Ok(Plan::Leave(Disposition::LeftAlone));
    }
    Ok(match (queue.service.registry.find(&job.job_type), queue.service.options.unknown) {
        (Some(handler), _) => {
            let key = if handler.gate.has_keys() {
                handler.gate.key_of(&document.read(|text| serde_json::from_str(text))?)
            } else {
                None
            };
            Plan::Run { found: Found { handler, key }, job, attempt }
        }
        (None, Unknown::Fail) => {
            let error = JobError::new(format!("No worker registered for {}", job.job_type));
            Plan::Fail { job, error: error.into(), attempt }
        }
        (None, Unknown::Skip) => {
            queue.left_alone(&listed.key, &format!("no handler for type {:?}", job.job_type));
            Plan::Leave(Disposition::LeftAlone)
        }
    })
}

/// Stops what a dead worker's handler of this job has left running on this host, so that no two runs of it meet.
async fn stop_survivors(listed: &Listed, worker: &str, job_type: &str) {
    let mut stopped = 0;
    for marks in marks(worker, &listed.id.to_string(), job_type) {
        stopped += process::stop_leftovers(marks, SURVIVOR_GRACE).await;
    }
    if stopped > 0 {
        tracing::warn!(job = listed.key, stopped, "stopped what a dead worker had left running");
    }
}

fn look_again(pause: Duration) -> Disposition {
    Disposition::LookAgain(tokio::time::Instant::now() + pause)
}

/// A job that this worker has claimed.
struct Held<'a> {
    queue: &'a Queue,
    list: &'a PendingList,
    listed: &'a Listed,
    job: Arc<Job>,
    claimed: Claimed,
    /// Tells of silences since the job was looked at, after which others may have taken it.
    silence: watch::Receiver<u64>,
    turn: Turn,
    /// What the last event said of the job, for the next one.
    told: Option<JobEvent>,
}

/// One run of a handler, when it is over.
struct Ran {
    outcome: Outcome,
    stopped: Option<StopReason>,
    lost: Option<LostTo>,
    said: Map<String, Value>,
    links: Vec<String>,
    started: String,
    took: Duration,
}

impl Ran {
    fn of(watched: Watched, context: &Context, started: String, clock: Instant) -> Self {
        let Watched { outcome, said, lost } = watched;
        let (stopped, links) = (context.stop_reason(), context.take_links());
        Self { outcome, stopped, lost, said, links, started, took: clock.elapsed() }
    }

    /// No handler was started.
    fn not_at_all() -> Self {
        Self {
            outcome: Outcome::Stopped { details: Map::new() },
            stopped: None,
            lost: None,
            said: Map::new(),
            links: Vec::new(),
            started: now_text(),
            took: Duration::ZERO,
        }
    }
}

impl Held<'_> {
    /// Tells of something that happened to the job.
    fn tell(&mut self, event: impl FnOnce(JobEvent) -> Event) {
        let mut job = self.told.take().unwrap_or_else(|| JobEvent {
            queue: self.queue.name.clone(),
            key: self.listed.key.clone(),
            id: self.listed.id.to_string(),
            job_type: self.job.job_type.clone(),
            attempt: 0,
        });
        job.attempt = self.claimed.claim.attempt;
        let event = event(job);
        self.queue.notice(&event);
        self.told = event.into_job();
    }

    async fn run(&mut self, mut found: Found) -> Disposition {
        loop {
            let mut ran = self.run_once(&found.handler.entry).await;
            if let Some(by) = &ran.lost {
                return self.lost(by);
            }
            let verdict = self.judge(&ran, &found.handler.entry);
            // Another job may run while this one is put away.
            self.turn = Turn::default();
            match verdict {
                Verdict::Ended(list, result, error) => {
                    let ending = (list, result, error);
                    let (list, result, error) = match found.handler.entry.spill_over {
                        Some(over) => Box::pin(self.fit(ending, over)).await,
                        None => ending,
                    };
                    let (finish, day) = self.ending((list, result), error.as_ref(), &mut ran);
                    return self.finish((finish, day), error, (ran.took, &ran.links)).await;
                }
                Verdict::Release(why) => return Box::pin(self.release(&why, &ran.said)).await,
                Verdict::Again(delay, error) => {
                    self.tell(|job| Event::JobAgain { job, error: error.to_string(), delay });
                    let record = self.attempt_record(&mut ran, "failure", Some(&error), Timestamp::now());
                    let next = JobWrite::next_attempt(&mut self.claimed, &record, &ran.said, delay);
                    if let Err(lost) = Box::pin(self.write(&next, "the record of an attempt")).await {
                        return lost;
                    }
                    if let Err(why) = Box::pin(self.pause(delay, &mut found)).await {
                        return Box::pin(self.release(why, &Map::new())).await;
                    }
                    if let Err(by) = Box::pin(ask(self.queue, &self.listed.key, &self.claimed)).await {
                        return self.lost(&by);
                    }
                }
            }
        }
    }

    fn facts(&self, entry: &HandlerEntry) -> JobFacts {
        let queue = self.queue;
        JobFacts {
            id: self.listed.id.to_string(),
            key: self.listed.key.clone(),
            service: queue.root.name().to_owned(),
            queue: queue.name.clone(),
            domain: queue.url.trim_end_matches('/').to_owned(),
            attempt: self.claimed.claim.attempt,
            max_attempts: entry.retries.saturating_add(1).max(self.claimed.claim.attempt),
            timeout: entry.timeout,
            longest: entry.longest,
            worker: queue.presence.id().to_owned(),
        }
    }

    async fn run_once(&mut self, entry: &HandlerEntry) -> Ran {
        if let Some(seat) = self.turn.start() {
            return Box::pin(self.run_seated(seat, entry)).await;
        }
        // Nobody is admitted to a batch without a seat.
        let HandlerKind::Each(handler) = &entry.handler else { return Ran::not_at_all() };
        let (queue, service) = (self.queue, &self.queue.service);
        let context = Context::new(self.facts(entry), &service.options.logging);
        let context = context.with_client(queue.client.clone());
        let (started, clock) = self.begin();
        let handler = handler.run(&self.job, &context);
        let claim = (&mut self.claimed, &mut self.silence);
        let watched = run_watched(queue, &self.listed.key, &context, claim, handler).await;
        Ran::of(watched, &context, started, clock)
    }

    /// Waits in its seat until its batch departs, and then until it is told what it has come to.
    async fn run_seated(&mut self, seat: Seat, entry: &HandlerEntry) -> Ran {
        let HandlerKind::Batch(handler, _) = &entry.handler else { return Ran::not_at_all() };
        let passenger = Passenger {
            job: Job::clone(&self.job),
            facts: self.facts(entry),
            handler: handler.clone(),
            claimed: self.claimed.clone(),
            silence: self.silence.clone(),
        };
        let departed = seat.board(passenger).await;
        let Some(Departed { context, outcome }) = departed else { return Ran::not_at_all() };
        let (started, clock) = self.begin();
        let claim = (&mut self.claimed, &mut self.silence);
        let watched = run_watched(self.queue, &self.listed.key, &context, claim, outcome).await;
        Ran::of(watched, &context, started, clock)
    }

    fn begin(&mut self) -> (String, Instant) {
        self.tell(Event::JobStarted);
        (now_text(), Instant::now())
    }

    /// What a run comes to: a reason to stop counts for more than what the handler made of it.
    fn judge(&self, ran: &Ran, entry: &HandlerEntry) -> Verdict {
        let failed = |error: JobError| Verdict::Ended(FinalList::Failure, error.to_result(), Some(error));
        let with_details = |mut error: JobError| {
            if let Outcome::Stopped { details } = &ran.outcome {
                error.details = details.clone();
            }
            failed(error)
        };
        match (ran.stopped, &ran.outcome) {
            (Some(StopReason::Timeout), _) => {
                with_details(JobError::timeout(entry.timeout.unwrap_or_default()))
            }
            (Some(StopReason::Cancelled), _) => {
                with_details(JobError::typed("cancelled", "the job was cancelled").permanent())
            }
            (_, Outcome::Stopped { .. }) => Verdict::Release("the worker stopped".to_owned()),
            (_, Outcome::Success(result)) => Verdict::Ended(FinalList::Success, result.clone(), None),
            (_, Outcome::Broken { reason }) => {
                self.queue.service.registry.mark_broken(&self.job.job_type);
                self.queue.notice(&Event::HandlerBroken {
                    job_type: self.job.job_type.clone(),
                    reason: reason.clone(),
                    again_in: BROKEN_REST,
                });
                Verdict::Release(format!("its handler could not be started: {reason}"))
            }
            (_, Outcome::Failure(error)) => {
                if !error.permanent && self.claimed.claim.attempt <= entry.retries {
                    Verdict::Again(self.backoff(None), error.clone())
                } else {
                    failed(error.clone())
                }
            }
            (_, Outcome::Again { delay, error }) => {
                let limit = self.queue.service.options.temporary_attempts.max(entry.retries + 1);
                if self.claimed.claim.attempt < limit {
                    Verdict::Again(self.backoff(*delay), error.clone())
                } else {
                    failed(JobError { error_type: Some("temporary".to_owned()), ..error.clone() })
                }
            }
        }
    }

    /// Puts the result of a success where there is room for it.
    async fn fit(&self, (list, result, error): Ending, over: usize) -> Ending {
        if list != FinalList::Success {
            return (list, result, error);
        }
        match spill(self.queue, &self.listed.key, result, over).await {
            Ok(result) => (list, result, error),
            Err(error) => (FinalList::Failure, error.to_result(), Some(error)),
        }
    }

    /// Five seconds, doubled with each attempt up to half an hour, and up to a quarter more so that jobs that failed
    /// together do not come back together.
    fn backoff(&self, wanted: Option<Duration>) -> Duration {
        let exponent = self.claimed.claim.attempt.saturating_sub(1).min(16);
        let pause = wanted.unwrap_or_else(|| {
            (Duration::from_secs(5) * 2_u32.pow(exponent)).min(Duration::from_secs(30 * 60))
        });
        let spread = self.listed.key.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        pause + pause / 400 * (spread % 100)
    }

    fn attempt_record(
        &self,
        ran: &mut Ran,
        outcome: &str,
        error: Option<&JobError>,
        ended: Timestamp,
    ) -> Attempt {
        Attempt {
            worker: self.claimed.claim.worker.clone(),
            started: std::mem::take(&mut ran.started),
            ended: time_text(ended),
            outcome: outcome.to_owned(),
            day: None,
            error_type: error.and_then(|error| error.error_type.clone()),
            error: error.map(|error| error.message.clone()),
        }
    }

    /// The end of a job, which falls on the day that it is here.
    fn ending(
        &self,
        (list, result): (FinalList, Map<String, Value>),
        error: Option<&JobError>,
        ran: &mut Ran,
    ) -> (Finish, Date) {
        let ended = Timestamp::now();
        let mut attempt = self.attempt_record(ran, list.as_str(), error, ended);
        let day = jobs::day_of(ended, &self.queue.service.options.zone);
        attempt.day = Some(day.to_string());
        (Finish { list, result, attempt, updates: std::mem::take(&mut ran.said) }, day)
    }

    /// Keeps the claim and waits for the time of the next attempt and for its turn, by the handler that there is then.
    ///
    /// # Errors
    /// Says why the job has to be given back.
    async fn pause(&mut self, delay: Duration, found: &mut Found) -> Result<(), &'static str> {
        let service = &self.queue.service;
        let next = async {
            tokio::time::sleep(delay).await;
            loop {
                let turn = Turn::again(self.queue, &found.handler.gate, found.key, &self.job).await;
                let now = service.registry.find(&self.job.job_type).ok_or("its handler is gone")?;
                let is_at_its_gate = Arc::ptr_eq(&now.gate, &found.handler.gate);
                if !is_at_its_gate {
                    found.key = now.gate.key_of(&document_of(&self.job));
                }
                found.handler = now;
                if let Some(turn) = turn.filter(|_| is_at_its_gate) {
                    return Ok::<_, &str>(turn);
                }
                // A gate that is about to come has changed the keys already.
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = service.stop.drain.cancelled() => return Err("the worker stopped"),
            turn = next => self.turn = turn?,
        }
        Ok(())
    }

    /// Writes onto the job until it lands; `Err` if the job is not ours any more.
    async fn write(&mut self, write: &JobWrite, what: &str) -> Result<(), Disposition> {
        let mut pauses = pauses(LONGEST_PAUSE);
        loop {
            match jobs::write(&self.queue.client, &mut self.claimed, write).await {
                Ok(()) => return Ok(()),
                Err(jobs::Error::ClaimLost { by, .. }) => return Err(self.lost(&by)),
                Err(error) => {
                    self.queue.trouble(&format!("{what} ({})", self.listed.key), &error.to_string())
                }
            }
            tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    async fn fail(&mut self, error: JobError) -> Disposition {
        self.turn = Turn::default();
        let mut ran = Ran::not_at_all();
        let finish = self.ending((FinalList::Failure, error.to_result()), Some(&error), &mut ran);
        self.finish(finish, Some(error), (ran.took, &ran.links)).await
    }

    async fn finish(
        &mut self,
        (finish, day): (Finish, Date),
        error: Option<JobError>,
        (ran, links): (Duration, &[String]),
    ) -> Disposition {
        let end = JobWrite::finish(&self.claimed, &finish);
        let written = self.write(&end, "the end of a job").await;
        if let Err(lost) = written {
            return lost;
        }
        self.queue.service.tallies.ended(finish.list);
        self.tell(|job| Event::JobFinished {
            job,
            status: finish.list.as_str(),
            ran,
            error: error.as_ref().map(ToString::to_string),
        });
        let error_type = error.and_then(|error| error.error_type);
        if !links.is_empty() || names_any(self.queue) {
            Box::pin(link_back(self.queue, self.listed, &self.job, links)).await;
        }
        put_away(self.queue, self.list, self.listed, (finish.list, day, error_type.as_deref())).await;
        if self.queue.control.now().cancel.contains(&self.listed.key) {
            let done = jobs::cancel_is_done(&self.queue.client, &self.queue.root, &self.listed.key);
            let done = Box::pin(done).await;
            if let Err(error) = done {
                self.queue.trouble("the order to cancel", &error.to_string());
            }
        }
        self.tell(Event::JobFiled);
        Disposition::Done
    }

    async fn release(&mut self, why: &str, said: &Map<String, Value>) -> Disposition {
        let release = JobWrite::release(why, said);
        if let Err(lost) = self.write(&release, "a job given back").await {
            return lost;
        }
        self.tell(|job| Event::JobReleased { job, reason: why.to_owned() });
        look_again(Duration::ZERO)
    }

    fn lost(&mut self, by: &LostTo) -> Disposition {
        self.tell(|job| Event::ClaimLost { job, by: by.to_string() });
        after_loss(by)
    }
}

/// Files a job that had ended before this worker looked at it.
async fn refile(queue: &Queue, list: &PendingList, listed: &Listed, job: &Job) {
    let into = match job.status() {
        JobStatus::Success => FinalList::Success,
        _ => FinalList::Failure,
    };
    link_back(queue, listed, job, &[]).await;
    let day = match job.finished_day() {
        Some(day) => day,
        None => {
            // It was ended by somebody who files in a zone of their own. Of several who find it, all take the same day.
            let ended = job.finished_at().unwrap_or_else(Timestamp::now);
            let day = jobs::day_of(ended, &TimeZone::UTC);
            let look = || jobs::filed_day(&queue.client, &queue.root, list.layout, (into, day), &listed.key);
            let filed = until_it_lands(look, |error| queue.trouble(&listed.key, error), LONGEST_PAUSE).await;
            filed.unwrap_or(day)
        }
    };
    put_away(queue, list, listed, (into, day, job.error_type())).await;
}

/// Links a job where it belongs, and then takes it out of the list it waited in.
async fn put_away(
    queue: &Queue,
    list: &PendingList,
    listed: &Listed,
    (into, day, error_type): (FinalList, Date, Option<&str>),
) {
    let Listed { key, id } = listed;
    let layout = list.layout;
    for day_list in DayList::all_of(layout, (into, day, error_type)) {
        queue.filer.file(day_list, key, id).await;
    }
    let unlink = || jobs::unlink(&queue.client, &list.path, key);
    until_it_lands(unlink, |error| queue.trouble(key, error), LONGEST_PAUSE).await;
}
#[cfg(test)]
mod tests {
    use super::*;

    /// Each job that runs or waits to be filed is such a task, copied when it is made.
    #[test]
    fn the_task_of_a_job_is_small() {
        fn size<F: Future>(
            _: impl Fn(&'static Queue, &'static PendingList, &'static Listed, Turn) -> F,
        ) -> usize {
            size_of::<F>()
        }
        assert!(size(work) <= 6 * 1024, "{} bytes", size(work));
    }
}
