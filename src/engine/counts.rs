//! What is counted at a gate: the handlers that run, the tokens of its rate, and the keys that are held.
//!
//! Owns that limits can change while jobs run: what has been counted stays counted, and no more start than the limits of
//! now allow. What the limits are for is the matter of `gate.rs`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

use super::gate::{Key, Rate, key_at};
use super::running::{Run, Runs, document_of};
use crate::model::Job;

/// The counts of a gate, and of those that take its place.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) room: Arc<Room>,
    pub(super) tokens: Tokens,
    held: Mutex<HashMap<Key, Held>>,
    runs: Mutex<Runs>,
}

/// A key that somebody holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// More than one where jobs run that have come to have the same key by another pointer.
    holders: usize,
    /// First come, first served.
    line: VecDeque<oneshot::Sender<KeyHold>>,
}

impl Counts {
    /// Waits until nobody holds this key. Cancelling leaves the line.
    pub(super) async fn key(self: Arc<Self>, key: Key) -> KeyHold {
        let given = {
            let mut all = self.held();
            let held = all.entry(key).or_default();
            if held.holders == 0 {
                held.holders = 1;
                return self.hold_of(key);
            }
            let (give, given) = oneshot::channel();
            held.line.retain(|waiting| !waiting.is_closed());
            held.line.push_back(give);
            given
        };
        match given.await {
            Ok(hold) => hold,
            // Nobody is forgotten who is in the line.
            Err(_) => std::future::pending().await,
        }
    }

    /// Holds the key, if nobody does and nobody waits.
    pub(super) fn try_key(self: &Arc<Self>, key: Key) -> Option<KeyHold> {
        let mut all = self.held();
        let held = all.entry(key).or_default();
        if held.holders > 0 {
            return None;
        }
        held.holders = 1;
        Some(self.hold_of(key))
    }

    /// Holds the key beside whoever does.
    fn key_beside(self: &Arc<Self>, key: Key) -> KeyHold {
        self.held().entry(key).or_default().holders += 1;
        self.hold_of(key)
    }

    fn hold_of(self: &Arc<Self>, key: Key) -> KeyHold {
        KeyHold { counts: self.clone(), key }
    }

    /// One holds the key no more. Returns who has it next, if that was the last.
    fn let_go(&self, key: Key) -> Option<oneshot::Sender<KeyHold>> {
        let mut all = self.held();
        let held = all.get_mut(&key)?;
        held.holders -= 1;
        if held.holders > 0 {
            return None;
        }
        let next = std::iter::from_fn(|| held.line.pop_front()).find(|waiting| !waiting.is_closed());
        match next {
            Some(_) => held.holders = 1,
            None => drop(all.remove(&key)),
        }
        next
    }

    /// From now on keys are what stands at this pointer. What jobs hold that run already is held for them.
    pub(super) fn go_by(self: &Arc<Self>, pointer: Option<&str>) {
        let mut runs = self.runs();
        if runs.pointer.as_deref() == pointer {
            return;
        }
        runs.pointer = pointer.map(str::to_owned);
        // Those of the pointer before are let go when nobody is looking.
        let mut before = Vec::new();
        for (job, hold) in runs.all() {
            before.extend(hold.take());
            let key = pointer.and_then(|pointer| key_at(pointer, &document_of(job)));
            *hold = key.map(|key| self.key_beside(key));
        }
        drop(runs);
        drop(before);
    }

    /// Notes that a job runs, until what is returned is dropped; `None` if keys are not what stands at this pointer any more,
    /// or its key has come to be that of a job that runs, while the pointer was another.
    pub(super) fn run(
        self: &Arc<Self>,
        pointer: Option<&str>,
        job: &Arc<Job>,
        hold: Option<&KeyHold>,
    ) -> Option<Run> {
        let mut runs = self.runs();
        let is_alone = |hold: &KeyHold| self.held().get(&hold.key).is_some_and(|held| held.holders == 1);
        if runs.pointer.as_deref() != pointer || !hold.is_none_or(is_alone) {
            return None;
        }
        let number = runs.add(job.clone());
        drop(runs);
        Some(Run::new(self.clone(), number))
    }

    pub(super) fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that somebody holds.
    pub(super) fn held(&self) -> MutexGuard<'_, HashMap<Key, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps other jobs with the same key from being started until it is dropped.
#[derive(Debug)]
pub(super) struct KeyHold {
    counts: Arc<Counts>,
    key: Key,
}

impl KeyHold {
    /// Whether it keeps those with this key from running that are counted there.
    pub(super) fn is_of(&self, counts: &Arc<Counts>, key: Key) -> bool {
        Arc::ptr_eq(&self.counts, counts) && self.key == key
    }
}

impl Drop for KeyHold {
    fn drop(&mut self) {
        if let Some(next) = self.counts.let_go(self.key) {
            // One that has left the line just now hands it on.
            let _ = next.send(self.counts.hold_of(self.key));
        }
    }
}

/// How many may run at once.
#[derive(Debug)]
pub(super) struct Room {
    permits: Arc<Semaphore>,
    limit: Mutex<Limit>,
}

#[derive(Debug)]
struct Limit {
    most: usize,
    /// How many run beyond that, since it was lowered: nobody takes their place.
    excess: usize,
}

impl Default for Room {
    fn default() -> Self {
        let most = Semaphore::MAX_PERMITS;
        Self { permits: Arc::new(Semaphore::new(most)), limit: Mutex::new(Limit { most, excess: 0 }) }
    }
}

impl Room {
    /// From now on so many may run, those that do included; `None` for any.
    pub(super) fn set(&self, most: Option<usize>) {
        let most = most.map_or(Semaphore::MAX_PERMITS, |most| most.clamp(1, Semaphore::MAX_PERMITS));
        let mut limit = self.limit();
        if most < limit.most {
            let fewer = limit.most - most;
            limit.excess += fewer - self.permits.forget_permits(fewer);
        } else {
            let more = most - limit.most;
            let taken_up = more.min(limit.excess);
            limit.excess -= taken_up;
            self.permits.add_permits(more - taken_up);
        }
        limit.most = most;
    }

    /// Waits until one more may run; first come, first served. Cancelling leaves the line.
    pub(super) async fn enter(self: Arc<Self>) -> Place {
        loop {
            let Ok(permit) = self.permits.clone().acquire_owned().await else {
                // It is never closed.
                return std::future::pending().await;
            };
            if let Some(place) = self.place(permit) {
                return place;
            }
        }
    }

    /// One more, if it may run at once and nobody waits.
    pub(super) fn try_enter(self: &Arc<Self>) -> Option<Place> {
        self.place(self.permits.clone().try_acquire_owned().ok()?)
    }

    /// Somebody may have left the line with a permit in hand since the limit was lowered.
    fn place(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Option<Place> {
        let place = Place { room: self.clone(), permit: Some(permit) };
        let is_in_excess = self.limit().excess > 0;
        if is_in_excess { None } else { Some(place) }
    }

    fn limit(&self) -> MutexGuard<'_, Limit> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those that may run, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Room>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut limit = self.room.limit();
        if limit.excess > 0
            && let Some(permit) = self.permit.take()
        {
            limit.excess -= 1;
            permit.forget();
        }
    }
}

/// The tokens of a rate, and the line of those who wait for one.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    bucket: Mutex<Bucket>,
    /// First come, first served.
    line: tokio::sync::Mutex<()>,
    /// Whoever is first in the line has to look again.
    changed: Notify,
}

impl Tokens {
    /// From now on the rate is this. Tokens that are missing are missing still.
    pub(super) fn set(&self, rate: Option<Rate>) {
        self.bucket().set(rate, Instant::now());
        self.changed.notify_one();
    }

    /// Waits for a token. Returns whether one was taken: none is needed where there is no rate. Cancelling leaves the line.
    pub(super) async fn take(&self) -> bool {
        if self.bucket().rate.is_none() {
            return false;
        }
        let _line = self.line.lock().await;
        loop {
            match self.look() {
                Ok(taken) => return taken,
                Err(at) => tokio::select! {
                    () = tokio::time::sleep_until(at) => {}
                    () = self.changed.notified() => {}
                },
            }
        }
    }

    /// The same at once; `None` if one has to wait.
    pub(super) fn try_take(&self) -> Option<bool> {
        if self.bucket().rate.is_none() {
            return Some(false);
        }
        let _line = self.line.try_lock().ok()?;
        self.look().ok()
    }

    pub(super) fn give_back(&self) {
        self.bucket().give_back();
    }

    fn look(&self) -> Result<bool, Instant> {
        self.bucket().take(Instant::now())
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Bucket {
    rate: Option<Rate>,
    /// When the bucket is full, if nobody takes anything.
    full_at: Option<Instant>,
}

impl Bucket {
    fn set(&mut self, rate: Option<Rate>, now: Instant) {
        if self.rate == rate {
            return;
        }
        let missing = self.full_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        self.full_at = match (self.rate, rate) {
            (_, None) => self.full_at,
            // More than all cannot be missing.
            (None, Some(new)) => Some(now + missing.min(new.interval() * new.burst)),
            (Some(old), Some(new)) => {
                let tokens = missing.as_secs_f64() / old.interval().as_secs_f64();
                let time = Duration::try_from_secs_f64(tokens * new.interval().as_secs_f64());
                Some(now + time.unwrap_or_default().min(new.interval() * new.burst))
            }
        };
        self.rate = rate;
    }

    /// Takes a token, if there is a rate.
    ///
    /// # Errors
    /// Says when there will be one.
    fn take(&mut self, now: Instant) -> Result<bool, Instant> {
        let Some(rate) = self.rate else { return Ok(false) };
        let full = self.full_at.unwrap_or(now).max(now);
        if full > now + rate.tolerance() {
            return Err(full - rate.tolerance());
        }
        self.full_at = Some(full + rate.interval());
        Ok(true)
    }

    fn give_back(&mut self) {
        if let (Some(rate), Some(at)) = (self.rate, self.full_at) {
            self.full_at = at.checked_sub(rate.interval());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn those_that_run_count_for_whatever_the_limit_is_now() {
        let room = Arc::new(Room::default());
        let mut running: Vec<Place> = (0..5).map(|_| room.try_enter().unwrap()).collect();
        room.set(Some(3));
        let mut waiting = Box::pin(room.clone().enter());
        for _ in 0..2 {
            running.pop();
            assert!((&mut waiting).now_or_never().is_none() && room.try_enter().is_none());
        }
        running.pop();
        running.push(waiting.await);
        room.set(Some(1));
        room.set(Some(4));
        running.push(room.try_enter().unwrap());
        assert!(room.try_enter().is_none());
        room.set(Some(2));
        room.set(None);
        assert!(room.try_enter().is_some());
        drop(running);
        room.set(Some(2));
        let two = [room.try_enter(), room.try_enter(), room.try_enter()].map(|place| place.is_some());
        assert_eq!(two, [true, true, false]);
    }

    #[tokio::test]
    async fn whoever_leaves_the_line_with_a_permit_in_hand_takes_nobody_over_a_lowered_limit() {
        let room = Arc::new(Room::default());
        room.set(Some(2));
        let (first, second) = (room.try_enter().unwrap(), room.try_enter().unwrap());
        let mut waiting = Box::pin(room.clone().enter());
        assert!((&mut waiting).now_or_never().is_none());
        drop(first);
        // It has been handed a permit now, but was not asked since.
        room.set(Some(1));
        drop(waiting);
        assert!(room.try_enter().is_none(), "two run where one may");
        drop(second);
        assert!(room.try_enter().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_that_are_missing_are_missing_at_another_rate_too() {
        let rate = |count, burst| Some(Rate { count, per: Duration::from_secs(60), burst });
        let tokens = Tokens::default();
        tokens.set(rate(1, 1));
        assert!(tokens.take().await);
        // What would have come after a minute comes after two seconds, also for who waits already.
        let mut waiting = Box::pin(tokens.take());
        assert!((&mut waiting).now_or_never().is_none());
        let begin = Instant::now();
        tokens.set(rate(30, 1));
        assert!(waiting.await);
        assert_eq!(begin.elapsed().as_secs(), 2);
        tokens.set(rate(60, 5));
        let at_once = std::iter::from_fn(|| tokens.try_take()).count();
        assert_eq!(at_once, 4, "one is missing of five");
        // A small bucket cannot miss more than it holds.
        tokens.set(rate(6, 1));
        let begin = Instant::now();
        assert!(tokens.take().await);
        assert_eq!(begin.elapsed().as_secs(), 10);
        tokens.set(None);
        assert!(!tokens.take().await);
        tokens.set(rate(6, 1));
        assert_eq!(tokens.try_take(), None);
    }
}
