//! What a handler is given besides the job: facts about the run, a way to be told to stop, and a way to say things.
//!
//! Owns the buffer between a handler and the job's updates. Must not write to the store.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use super::RunEnd;
use crate::model::Update;
use crate::oada::Client;

/// What is fixed for one run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFacts {
    /// The job's resource, `resources/…`.
    pub id: String,
    /// Its key in the list.
    pub key: String,
    /// The service it runs for.
    pub service: String,
    /// The queue it came from, as named in the queue list.
    pub queue: String,
    /// The domain of that queue's store.
    pub domain: String,
    /// The number of this run, from 1.
    pub attempt: u32,
    /// How many runs it may have, as long as none asks for more by itself.
    pub max_attempts: u32,
    /// The time limit of this run; `None` for none.
    pub timeout: Option<Duration>,
    /// The time that it may have in all by asking for more; `None` for any.
    pub longest: Option<Duration>,
    /// The incarnation id of the worker.
    pub worker: String,
}

/// Why a handler is told to stop. The first reason counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Its time is over.
    Timeout,
    /// Somebody cancelled the job.
    Cancelled,
    /// The worker is shutting down: the job goes back unharmed.
    Shutdown,
    /// Another worker has the job now.
    ClaimLost,
}

/// The bytes of updates kept until they are written; of what is over that, the newest stay.
const SAID_BYTES: usize = 1 << 20;

/// The most resources that one run may have linked to its job.
const MOST_LINKS: usize = 100;

/// What a handler has said since it was last asked, to be written onto the job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Updates in the order said.
    pub updates: Vec<Update>,
    /// The newest progress.
    pub progress: Option<Value>,
    /// How many updates were dropped because too much was said at once.
    pub dropped: usize,
    bytes: usize,
}

impl Said {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.progress.is_none()
    }

    fn push(&mut self, update: Update) {
        self.bytes += weight(&update);
        self.updates.push(update);
        let excess = self
            .updates
            .iter()
            .scan(self.bytes, |left, update| (*left > SAID_BYTES).then(|| *left -= weight(update)))
            .count()
            .min(self.updates.len() - 1);
        self.dropped += excess;
        self.bytes -= self.updates.drain(..excess).map(|update| weight(&update)).sum::<usize>();
    }
}

fn weight(update: &Update) -> usize {
    let meta = match &update.meta {
        None => 0,
        Some(Value::String(text)) => text.len(),
        Some(other) => other.to_string().len(),
    };
    64 + update.status.len() + meta
}

/// A value whose changes are told. Each run has two, so it is no channel, which would be ten times as large.
#[derive(Debug)]
struct Told<T> {
    value: Mutex<T>,
    changed: Notify,
}

impl<T: Copy> Told<T> {
    fn new(value: T) -> Self {
        Self { value: Mutex::new(value), changed: Notify::new() }
    }

    fn get(&self) -> T {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `change` change it, who says whether it has.
    fn change(&self, change: impl FnOnce(&mut T) -> bool) {
        let has_changed = change(&mut self.value.lock().unwrap_or_else(PoisonError::into_inner));
        if has_changed {
            self.changed.notify_waiters();
        }
    }

    /// Resolves at a change after it was enabled.
    fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }
}

/// What one run of a handler is given. Clones share one run.
#[derive(Clone, Debug)]
pub struct Context {
    run: Arc<Run>,
    client: Option<Client>,
}

#[derive(Debug)]
struct Run {
    facts: JobFacts,
    stop: Told<Option<StopReason>>,
    deadline: Told<Option<Instant>>,
    /// Beyond which the deadline is not moved.
    latest: Option<Instant>,
    said: Mutex<Said>,
    links: Mutex<Vec<String>>,
    ended: Mutex<Option<RunEnd>>,
    something_said: Notify,
    debug_updates: bool,
    trace_updates: bool,
}

impl Context {
    /// A context whose time starts to run now. `logging` is the value of `OADA_JOBS_LOGGING`: it names the levels
    /// below `info` whose log lines become updates (`jobs-contract.md` 11).
    #[must_use]
    pub fn new(facts: JobFacts, logging: &str) -> Self {
        let now = Instant::now();
        let deadline = facts.timeout.and_then(|timeout| now.checked_add(timeout));
        let latest = facts.longest.and_then(|longest| now.checked_add(longest));
        let latest = latest.map(|latest| deadline.map_or(latest, |deadline| latest.max(deadline)));
        let run = Run {
            facts,
            stop: Told::new(None),
            deadline: Told::new(deadline),
            latest,
            said: Mutex::default(),
            links: Mutex::default(),
            ended: Mutex::default(),
            something_said: Notify::new(),
            debug_updates: logging.contains("debug"),
            trace_updates: logging.contains("trace"),
        };
        Self { run: Arc::new(run), client: None }
    }

    /// This context, with a client of the queue's store for the handler to use.
    #[must_use]
    pub fn with_client(self, client: Client) -> Self {
        Self { client: Some(client), ..self }
    }

    /// A client of the store that the job came from, with the queue's own token; `None` outside a worker.
    #[must_use]
    pub fn oada(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    /// The facts of this run.
    #[must_use]
    pub fn facts(&self) -> &JobFacts {
        &self.run.facts
    }

    /// Resolves, with the reason, when the job is cancelled, its time is over, its claim is lost or the worker stops. A
    /// function's future is dropped then; what it has spawned can wait for this. Cancelling the wait is harmless.
    pub async fn cancelled(&self) -> StopReason {
        loop {
            let mut changed = pin!(self.run.stop.changed());
            changed.as_mut().enable();
            if let Some(reason) = self.run.stop.get() {
                return reason;
            }
            changed.await;
        }
    }

    /// Why the handler was told to stop; `None` while it may go on.
    #[must_use]
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.run.stop.get()
    }

    /// Tells the handler to stop. Only the first reason counts.
    pub fn stop(&self, reason: StopReason) {
        self.run.stop.change(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
    }

    /// Resolves when the time limit is over; never without one. Cancelling the wait is harmless.
    pub async fn time_is_over(&self) {
        loop {
            let mut changed = pin!(self.run.deadline.changed());
            changed.as_mut().enable();
            let at = self.run.deadline.get();
            let over = async {
                match at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = changed => {}
                () = over => return,
            }
        }
    }

    /// Moves the end of the time limit to `more` from now, if that is later than it was, but not beyond
    /// [`JobFacts::longest`]. Returns whether it may have all of it.
    pub fn extend(&self, more: Duration) -> bool {
        let asked = Instant::now().checked_add(more);
        let is_granted = self.run.latest.is_none_or(|latest| asked.is_some_and(|asked| asked <= latest));
        let wanted = if is_granted { asked } else { self.run.latest };
        self.run.deadline.change(|deadline| match (*deadline, wanted) {
            (Some(old), Some(new)) if new > old => {
                *deadline = Some(new);
                true
            }
            (Some(_), None) => {
                *deadline = None;
                true
            }
            _ => false,
        });
        is_granted
    }

    /// Adds an update to the job, such as `update("uploaded", json!({"bytes": 12}))`.
    pub fn update(&self, status: &str, meta: impl Into<Value>) {
        self.say(|said| said.push(Update::now(status, meta)));
    }

    /// The job's log: `context.log().info("sending")`.
    #[must_use]
    pub fn log(&self) -> Log<'_> {
        Log(self)
    }

    /// Adds a log line as an update whose status is the level. `debug` and `trace` are kept only where
    /// `OADA_JOBS_LOGGING` names them. Returns whether it was kept.
    pub fn log_at(&self, level: &str, message: impl Into<Value>) -> bool {
        let kept = match level {
            "debug" => self.run.debug_updates,
            "trace" => self.run.trace_updates,
            _ => true,
        };
        if kept {
            self.update(level, message);
        }
        kept
    }

    /// Says how far the work is; only the newest is written. `fraction` goes from 0 to 1.
    pub fn progress(&self, fraction: f64, message: Option<&str>) {
        let mut progress = Map::new();
        progress.insert("fraction".to_owned(), json!(fraction.clamp(0.0, 1.0)));
        if let Some(message) = message {
            progress.insert("message".to_owned(), message.into());
        }
        self.say(|said| said.progress = Some(Value::Object(progress)));
    }

    /// Names a resource that the job is about, by path or id: it will link to the job. Beyond a hundred they are left
    /// out.
    pub fn link(&self, target: &str) {
        self.update("link", target);
        let mut links = self.run.links.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stop_reason().is_none() && links.len() < MOST_LINKS {
            links.push(target.to_owned());
        }
    }

    /// Takes the resources named so far. For the runner.
    pub fn take_links(&self) -> Vec<String> {
        std::mem::take(&mut *self.run.links.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes how the processes of the run ended. For handlers that have some.
    pub fn note_end(&self, end: RunEnd) {
        *self.run.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }

    /// How the processes of the run ended; `None` while they have not, and for a handler without any of its own.
    #[must_use]
    pub fn run_end(&self) -> Option<RunEnd> {
        *self.run.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was said so far. For the runner.
    pub fn take_said(&self) -> Said {
        std::mem::take(&mut *self.said())
    }

    /// Resolves when something has been said since the last call. For the runner.
    pub async fn something_said(&self) {
        self.run.something_said.notified().await;
    }

    /// Nothing said after the handler was stopped counts.
    fn say(&self, what: impl FnOnce(&mut Said)) {
        if self.stop_reason().is_none() {
            what(&mut self.said());
            self.run.something_said.notify_one();
        }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.run.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The log of a job: each line becomes an update whose status is its level, those below `info` only where
/// `OADA_JOBS_LOGGING` names them.
#[derive(Clone, Copy, Debug)]
pub struct Log<'a>(&'a Context);

impl Log<'_> {
    /// Says what happens.
    pub fn info(&self, message: impl Into<Value>) {
        self.0.log_at("info", message);
    }

    /// Says what is odd, but not the end of the job.
    pub fn warn(&self, message: impl Into<Value>) {
        self.0.log_at("warn", message);
    }

    /// Says what went wrong.
    pub fn error(&self, message: impl Into<Value>) {
        self.0.log_at("error", message);
    }

    /// Says what helps to find a fault.
    pub fn debug(&self, message: impl Into<Value>) {
        self.0.log_at("debug", message);
    }

    /// Says everything.
    pub fn trace(&self, message: impl Into<Value>) {
        self.0.log_at("trace", message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(timeout: Option<Duration>, logging: &str) -> Context {
        let text = || "x".to_owned();
        let facts = JobFacts {
            id: text(),
            key: text(),
            service: text(),
            queue: text(),
            domain: text(),
            attempt: 1,
            max_attempts: 1,
            timeout,
            longest: Some(Duration::from_secs(100)),
            worker: text(),
        };
        Context::new(facts, logging)
    }

    #[test]
    fn debug_and_trace_become_updates_only_when_named() {
        let quiet = context(None, "");
        assert!(quiet.log_at("info", "a") && !quiet.log_at("debug", "b") && !quiet.log_at("trace", "c"));
        assert_eq!(quiet.take_said().updates.len(), 1);
        let loud = context(None, "debug");
        assert!(loud.log_at("debug", "b") && !loud.log_at("trace", "c"));
    }

    #[test]
    fn of_too_much_the_newest_stays() {
        let context = context(None, "");
        for n in 0..40 {
            context.update("info", format!("{n}{}", "x".repeat(SAID_BYTES / 16)));
        }
        let said = context.take_said();
        assert!(said.updates.len() < 17 && said.dropped + said.updates.len() == 40);
        assert!(said.updates.last().unwrap().meta.as_ref().unwrap().as_str().unwrap().starts_with("39"));
        assert!(context.take_said().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_reason_to_stop_counts_and_silences() {
        let context = context(Some(Duration::from_secs(5)), "");
        context.time_is_over().await;
        context.stop(StopReason::Timeout);
        context.stop(StopReason::Shutdown);
        assert_eq!(context.cancelled().await, StopReason::Timeout);
        context.update("late", "x");
        assert!(context.take_said().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn extending_moves_the_end() {
        let context = context(Some(Duration::from_secs(5)), "");
        let start = Instant::now();
        assert!(context.extend(Duration::from_secs(60)) && context.extend(Duration::from_secs(1)));
        context.time_is_over().await;
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_already_is_told() {
        let context = context(Some(Duration::from_secs(5)), "");
        let start = Instant::now();
        let acting = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(context.extend(Duration::from_secs(60)));
            tokio::time::sleep(Duration::from_secs(1)).await;
            context.stop(StopReason::Cancelled);
        };
        let over = async {
            context.time_is_over().await;
            start.elapsed().as_secs()
        };
        let told = async { (context.cancelled().await, start.elapsed().as_secs()) };
        let (told, over, ()) = tokio::join!(told, over, acting);
        assert_eq!((told, over), ((StopReason::Cancelled, 2), 61));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_gets_more_time_than_there_may_be() {
        let context = context(Some(Duration::from_secs(5)), "");
        let start = Instant::now();
        assert!(!context.extend(Duration::MAX) && !context.extend(Duration::from_secs(101)));
        context.time_is_over().await;
        assert_eq!(start.elapsed().as_secs(), 100);
        assert!(!context.extend(Duration::from_secs(1)));
        context.time_is_over().await;
        assert_eq!(start.elapsed().as_secs(), 100);
    }
}
