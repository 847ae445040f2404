//! Gates on starting: how many handlers of a type may run at once, how often one may start, and which jobs must not run
//! at the same time.
//!
//! Owns what a handler's limits ask for, for all queues of a service; the counting is the matter of `counts.rs`. Knows
//! nothing of lists or stores; whose turn it is in a queue is the matter of `gated.rs`.
//!
//! Whoever needs more than one thing takes them in this order, and never waits for an earlier one while it has a later:
//! the key, the pass, a slot of the service.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::counts::{Counts, KeyHold, Place};
use super::handler::BatchLimits;
use super::running::Run;
use crate::model::Job;

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
    pub(super) fn interval(self) -> Duration {
        self.per / self.count.max(1)
    }

    pub(super) fn tolerance(self) -> Duration {
        self.interval() * self.burst.saturating_sub(1)
    }
}

/// The pointer of [`StartLimits::key`] and what stands there, as far as it has to be told from others. Two that are taken
/// for one, once in 2^64, only wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(u64);

/// The key of a job that goes by what stands there.
pub(super) fn key_at(pointer: &str, job: &Value) -> Option<Key> {
    let value = job.pointer(pointer).filter(|value| !value.is_null())?;
    let mut hasher = DefaultHasher::new();
    (pointer, value).hash(&mut hasher);
    Some(Key(hasher.finish()))
}

/// The gate of one handler.
#[derive(Debug)]
pub(super) struct Gate {
    name: Arc<str>,
    limits: StartLimits,
    /// How many jobs are given out at a time, and how long a first one waits for company.
    batch: Option<BatchLimits>,
    counts: Arc<Counts>,
}

impl Gate {
    /// The gate of the handler that is registered under this name. `counts` are those of the gate in whose place it is: what
    /// went through that one and has not ended counts here.
    pub(super) fn new(
        name: &str,
        limits: StartLimits,
        batch: Option<BatchLimits>,
        counts: Option<Arc<Counts>>,
    ) -> Arc<Self> {
        let counts = counts.unwrap_or_default();
        counts.room.set(limits.concurrency);
        counts.tokens.set(limits.rate);
        counts.go_by(limits.key.as_deref());
        Arc::new(Self { name: name.into(), limits, batch, counts })
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn batch(&self) -> Option<BatchLimits> {
        self.batch
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Whether it is the same in all that was asked for.
    pub(super) fn is_like(&self, limits: &StartLimits, batch: Option<BatchLimits>) -> bool {
        self.limits == *limits && self.batch == batch
    }

    /// Whether jobs are kept from running at the same time by what stands in them.
    pub(super) fn has_keys(&self) -> bool {
        self.limits.key.is_some()
    }

    /// The key of a job.
    pub(super) fn key_of(&self, job: &Value) -> Option<Key> {
        key_at(self.limits.key.as_deref()?, job)
    }

    /// Notes that a job has been let through and runs; `None` if another gate that goes by other keys has come in the place
    /// of this one, or since it was let through.
    pub(super) fn run(&self, job: &Arc<Job>, hold: Option<&KeyHold>) -> Option<Run> {
        self.counts.run(self.limits.key.as_deref(), job, hold)
    }

    /// Waits until one more handler may start. Cancelling leaves the line.
    pub(super) async fn pass(self: Arc<Self>) -> Pass {
        let place = self.counts.room.clone().enter().await;
        let has_token = self.counts.tokens.take().await;
        Pass { gate: self, _place: place, has_token }
    }

    /// A pass, if one more handler may start at once and nobody waits.
    pub(super) fn try_pass(self: &Arc<Self>) -> Option<Pass> {
        let place = self.counts.room.try_enter()?;
        let has_token = self.counts.tokens.try_take()?;
        Some(Pass { gate: self.clone(), _place: place, has_token })
    }

    /// Waits until no job with this key runs. Cancelling leaves the line.
    pub(super) async fn key(self: Arc<Self>, key: Key) -> KeyHold {
        self.counts.clone().key(key).await
    }

    /// Holds the key, if no job with it runs and none waits.
    pub(super) fn try_key(self: &Arc<Self>, key: Key) -> Option<KeyHold> {
        self.counts.try_key(key)
    }
}

/// The right to start one handler, and to have it run until this is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Arc<Gate>,
    _place: Place,
    /// Whether a token was taken for it that has not been used.
    has_token: bool,
}

impl Pass {
    pub(super) fn is_of(&self, gate: &Arc<Gate>) -> bool {
        Arc::ptr_eq(&self.gate, gate)
    }

    /// A handler starts. Dropped without that, it counts for nothing.
    pub(super) fn use_up(&mut self) {
        self.has_token = false;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.has_token {
            self.gate.counts.tokens.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::running::document_of;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use serde_json::json;
    use tokio::time::Instant;

    fn gate(limits: StartLimits) -> Arc<Gate> {
        Gate::new("email", limits, None, None)
    }

    /// One that goes by a member of the config.
    fn by(member: &str, counts: Option<Arc<Counts>>) -> Arc<Gate> {
        let key = Some(format!("/config/{member}"));
        Gate::new("email", StartLimits { key, ..StartLimits::default() }, None, counts)
    }

    fn job(to: &str, from: &str) -> Arc<Job> {
        let config = json!({ "to": to, "from": from }).as_object().unwrap().clone();
        Arc::new(Job::new("svc", "email", config))
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
        assert_eq!(gate.counts.held().len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_gate_let_through_counts_for_the_one_in_its_place() {
        let key = |pointer: &str| Some(pointer.to_owned());
        let old = gate(StartLimits { key: key("/to"), ..StartLimits::default() });
        let in_its_place = |limits| Gate::new("email", limits, None, Some(old.counts.clone()));
        let job = json!({ "to": "a", "from": "a" });
        let a = old.key_of(&job).unwrap();
        let hold = old.try_key(a).unwrap();
        let passes = [old.try_pass().unwrap(), old.try_pass().unwrap()];
        let new = in_its_place(StartLimits { concurrency: Some(2), key: key("/to"), rate: None });
        assert!(new.try_pass().is_none() && new.try_key(new.key_of(&job).unwrap()).is_none());
        assert!(hold.is_of(&new.counts, a) && !passes[0].is_of(&new));
        drop(passes);
        assert!(new.try_pass().is_some());
        let other = in_its_place(StartLimits { key: key("/from"), ..StartLimits::default() });
        assert!(other.try_key(other.key_of(&job).unwrap()).is_some(), "it is another key");
        let again = in_its_place(StartLimits { key: key("/to"), ..StartLimits::default() });
        assert!(again.try_key(a).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_running_jobs_hold_at_a_new_pointer_is_held_for_them() {
        let old = by("to", None);
        let running = [job("a", "x"), job("b", "x"), job("c", "y")].map(|job| old.run(&job, None).unwrap());
        let new = by("from", Some(old.counts.clone()));
        assert!(old.run(&job("d", "z"), None).is_none(), "its key at the new pointer would not be known");
        let key = |from: &str| new.key_of(&document_of(&job("", from))).unwrap();
        let is_free = |from: &str| new.try_key(key(from)).is_some();
        assert_eq!([is_free("x"), is_free("y"), is_free("z")], [false, false, true]);
        let mut waiting = Box::pin(new.clone().key(key("x")));
        let [first, second, third] = running;
        drop((first, third));
        assert!((&mut waiting).now_or_never().is_none() && is_free("y"));
        drop(second);
        drop(waiting.await);
        assert_eq!((old.counts.held().len(), old.counts.runs().all().count()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pointer_that_comes_back_is_held_by_all_that_run_then() {
        let to = by("to", None);
        let (first, second, third) = (job("a", "x"), job("a", "y"), job("a", "z"));
        let key = to.key_of(&document_of(&first)).unwrap();
        let hold = to.try_key(key).unwrap();
        let first = (to.run(&first, Some(&hold)).unwrap(), hold);
        // By another pointer the second one may start beside the first.
        let from = by("from", Some(to.counts.clone()));
        let second_key = from.key_of(&document_of(&second)).unwrap();
        let second = (from.try_key(second_key).unwrap(), from.run(&second, None).unwrap());
        let to = by("to", Some(to.counts.clone()));
        drop(first);
        assert!(to.try_key(key).is_none(), "the second one runs still");
        drop(second);
        let hold = to.try_key(key).unwrap();
        // One that had its turn before, but has not started.
        let from = by("from", Some(to.counts.clone()));
        let second = from.run(&job("a", "y"), None).unwrap();
        let to = by("to", Some(to.counts.clone()));
        assert!(to.run(&third, Some(&hold)).is_none(), "one of this key runs");
        drop(hold);
        assert!(to.try_key(key).is_none());
        drop(second);
        assert!(to.try_key(key).is_some());
        assert_eq!((to.counts.held().len(), to.counts.runs().all().count()), (0, 0));
    }
}
