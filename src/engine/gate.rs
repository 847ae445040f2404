//! Gates on starting: how many handlers of a type may run at once, how often one may start, and which jobs must not run
//! at the same time.
//!
//! Owns the counting, for all queues of a service, fair among whoever waits. Knows nothing of lists or stores; whose turn
//! it is in a queue is the matter of `gated.rs`.
//!
//! Whoever needs more than one thing takes them in this order, and never waits for an earlier one while it has a later:
//! the key, the pass, a slot of the service.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::handler::BatchLimits;

/// What must hold before a job of a type may start in this worker, over all of its queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartLimits {
    /// How many handlers of the type run at once; only the service's own limit unless set.
    pub concurrency: Option<usize>,
    /// How often a handler of the type starts.
    pub rate: Option<Rate>,
    /// A JSON pointer into the job, such as `/config/to`: jobs with an equal value there run one at a time. Where nothing
    /// or `null` stands, there is nothing to wait for.
    pub key: Option<String>,
}

/// How often something may happen: a bucket of `burst` tokens, into which one comes at every `per / count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many times.
    pub count: u32,
    /// In this time.
    pub per: Duration,
    /// How many times at once after a rest; 1 for evenly spaced.
    pub burst: u32,
}

impl Rate {
    fn interval(self) -> Duration {
        self.per / self.count.max(1)
    }

    fn tolerance(self) -> Duration {
        self.interval() * self.burst.saturating_sub(1)
    }
}

/// What stands at the pointer of [`StartLimits::key`], as far as it has to be told from others. Two values that are taken
/// for one, once in 2^64, only wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(u64);

/// The gate of one handler.
#[derive(Debug)]
pub(super) struct Gate {
    name: Arc<str>,
    limits: StartLimits,
    /// How many jobs are given out at a time, and how long a first one waits for company.
    batch: Option<BatchLimits>,
    running: Option<Arc<Semaphore>>,
    /// When the next token will be there, if the bucket is to be full then.
    full_at: Mutex<Option<Instant>>,
    /// Who waits for a token; first come, first served.
    line: tokio::sync::Mutex<()>,
    held: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl Gate {
    /// The gate of the handler that is registered under this name; `None` if there is nothing to wait for.
    pub(super) fn new(name: &str, limits: StartLimits, batch: Option<BatchLimits>) -> Option<Arc<Self>> {
        if limits == StartLimits::default() && batch.is_none() {
            return None;
        }
        let permits = |limit: usize| Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS)));
        Some(Arc::new(Self {
            name: name.into(),
            running: limits.concurrency.map(permits),
            limits,
            batch,
            full_at: Mutex::default(),
            line: tokio::sync::Mutex::default(),
            held: Mutex::default(),
        }))
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn batch(&self) -> Option<BatchLimits> {
        self.batch
    }

    /// Whether it is the same in all that was asked for.
    pub(super) fn is_like(&self, limits: &StartLimits, batch: Option<BatchLimits>) -> bool {
        self.limits == *limits && self.batch == batch
    }

    /// The key of a job.
    pub(super) fn key_of(&self, job: &Value) -> Option<Key> {
        let value = job.pointer(self.limits.key.as_deref()?).filter(|value| !value.is_null())?;
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        Some(Key(hasher.finish()))
    }

    /// Waits until one more handler may start. Cancelling leaves the line.
    pub(super) async fn pass(self: Arc<Self>) -> Pass {
        let running = match &self.running {
            // It is never closed.
            Some(running) => running.clone().acquire_owned().await.ok(),
            None => None,
        };
        if let Some(rate) = self.limits.rate {
            let _line = self.line.lock().await;
            while let Err(at) = self.take_token(rate) {
                tokio::time::sleep_until(at).await;
            }
        }
        Pass { gate: self, _running: running, used: false }
    }

    /// A pass, if one more handler may start at once and nobody waits.
    pub(super) fn try_pass(self: &Arc<Self>) -> Option<Pass> {
        let running = match &self.running {
            Some(running) => Some(running.clone().try_acquire_owned().ok()?),
            None => None,
        };
        if let Some(rate) = self.limits.rate {
            let _line = self.line.try_lock().ok()?;
            self.take_token(rate).ok()?;
        }
        Some(Pass { gate: self.clone(), _running: running, used: false })
    }

    /// Takes a token.
    ///
    /// # Errors
    /// Says when there will be one.
    fn take_token(&self, rate: Rate) -> Result<(), Instant> {
        let now = Instant::now();
        let mut full_at = self.full_at();
        let full = full_at.unwrap_or(now).max(now);
        if full > now + rate.tolerance() {
            return Err(full - rate.tolerance());
        }
        *full_at = Some(full + rate.interval());
        Ok(())
    }

    fn give_token_back(&self) {
        if let Some(rate) = self.limits.rate {
            let mut full_at = self.full_at();
            *full_at = full_at.and_then(|at| at.checked_sub(rate.interval()));
        }
    }

    fn full_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no job with this key runs. Cancelling leaves the line.
    pub(super) async fn key(self: Arc<Self>, key: Key) -> KeyHold {
        let lock = self.lock_of(key);
        // Made before the wait, so that it cleans up if that is cancelled.
        let mut hold = KeyHold { gate: self, key, guard: None };
        hold.guard = Some(lock.lock_owned().await);
        hold
    }

    /// Holds the key, if no job with it runs and none waits.
    pub(super) fn try_key(self: &Arc<Self>, key: Key) -> Option<KeyHold> {
        let guard = self.lock_of(key).try_lock_owned().ok()?;
        Some(KeyHold { gate: self.clone(), key, guard: Some(guard) })
    }

    fn lock_of(&self, key: Key) -> Arc<tokio::sync::Mutex<()>> {
        self.held().entry(key).or_default().clone()
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Key, Arc<tokio::sync::Mutex<()>>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to start one handler, and to have it run until this is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Arc<Gate>,
    _running: Option<OwnedSemaphorePermit>,
    used: bool,
}

impl Pass {
    pub(super) fn is_of(&self, gate: &Arc<Gate>) -> bool {
        Arc::ptr_eq(&self.gate, gate)
    }

    /// A handler starts. Dropped without that, it counts for nothing.
    pub(super) fn use_up(&mut self) {
        self.used = true;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if !self.used {
            self.gate.give_token_back();
        }
    }
}

/// Keeps other jobs with the same key from running until it is dropped.
#[derive(Debug)]
pub(super) struct KeyHold {
    gate: Arc<Gate>,
    key: Key,
    guard: Option<OwnedMutexGuard<()>>,
}

impl KeyHold {
    pub(super) fn is_of(&self, gate: &Arc<Gate>, key: Key) -> bool {
        Arc::ptr_eq(&self.gate, gate) && self.key == key
    }
}

impl Drop for KeyHold {
    fn drop(&mut self) {
        self.guard = None;
        let mut held = self.gate.held();
        // Locks are cloned only under the same mutex: nobody can come to have one that is being forgotten.
        if held.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            held.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use serde_json::json;

    fn gate(limits: StartLimits) -> Arc<Gate> {
        Gate::new("email", limits, None).unwrap()
    }

    fn rate(count: u32, seconds: u64, burst: u32) -> Arc<Gate> {
        let rate = Rate { count, per: Duration::from_secs(seconds), burst };
        gate(StartLimits { rate: Some(rate), ..StartLimits::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_run_than_may_and_whoever_waits_comes_to_run() {
        let gate = gate(StartLimits { concurrency: Some(3), ..StartLimits::default() });
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        join_all((0..50_u64).map(|n| {
            let (gate, now, most) = (gate.clone(), &now, &most);
            async move {
                let _pass = gate.pass().await;
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(n * 7 % 13)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        }))
        .await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_overtakes_those_who_wait() {
        let gate = gate(StartLimits { concurrency: Some(1), ..StartLimits::default() });
        let first = gate.try_pass().unwrap();
        let mut waiting = Box::pin(gate.clone().pass());
        assert!((&mut waiting).now_or_never().is_none());
        drop(first);
        assert!(gate.try_pass().is_none(), "it is the turn of who waits");
        drop(waiting.await);
        assert!(gate.try_pass().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn starts_are_spaced_by_the_rate_after_a_burst() {
        for (burst, expected) in [(1, [0, 2, 4, 6, 8]), (3, [0, 0, 0, 2, 4])] {
            let gate = rate(30, 60, burst);
            let begin = Instant::now();
            for expected in expected {
                gate.clone().pass().await.use_up();
                assert_eq!(begin.elapsed().as_secs(), expected);
            }
            assert!(gate.try_pass().is_none());
            // A rest fills the bucket, and not more than that.
            tokio::time::advance(Duration::from_secs(3600)).await;
            let at_once = std::iter::from_fn(|| gate.try_pass().map(|mut pass| pass.use_up())).count();
            assert_eq!(at_once, burst as usize);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_holds_over_any_time() {
        let gate = rate(10, 1, 4);
        let begin = Instant::now();
        let mut starts: Vec<Duration> = Vec::new();
        for n in 0..200_u64 {
            gate.clone().pass().await.use_up();
            starts.push(begin.elapsed());
            tokio::time::sleep(Duration::from_millis(n * 31 % 170)).await;
        }
        for (at, start) in starts.iter().enumerate() {
            let within = starts[at..].iter().take_while(|other| **other < *start + Duration::from_secs(1));
            assert!(within.count() <= 10 + 4);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_is_not_used_costs_no_token() {
        let gate = rate(1, 60, 1);
        drop(gate.try_pass().unwrap());
        gate.try_pass().unwrap().use_up();
        assert!(gate.try_pass().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_a_key_runs_at_a_time_and_nothing_is_kept_of_it() {
        let gate = gate(StartLimits { key: Some("/config/to".to_owned()), ..StartLimits::default() });
        let key = |to: Value| gate.key_of(&json!({ "config": { "to": to } }));
        assert_eq!((key(Value::Null), gate.key_of(&json!({"config": {}}))), (None, None));
        let (a, b) = (key(json!({"x": [1]})).unwrap(), key(json!("b")).unwrap());
        assert!(a != b && key(json!({"x": [1]})) == Some(a));
        let held = gate.try_key(a).unwrap();
        assert!(gate.try_key(b).is_some() && gate.try_key(a).is_none());
        let mut second = Box::pin(gate.clone().key(a));
        let mut third = Box::pin(gate.clone().key(a));
        assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
        drop(held);
        assert!(gate.try_key(a).is_none(), "it is the turn of who waits");
        drop(second.await);
        // Cancelled when it has been handed over but not taken.
        drop(third);
        assert!(gate.try_key(a).is_some());
        assert_eq!(gate.held().len(), 0);
    }
}
