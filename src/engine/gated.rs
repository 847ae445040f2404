//! The jobs of one queue that wait at gates, in memory.
//!
//! Owns whose turn it is at a gate: the oldest first, and never two with one key. Each step costs the same however many
//! wait. Holds keys only; when there is a turn is the matter of `gate.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::batch::Seat;
use super::counts::KeyHold;
use super::gate::{Gate, Key};
use super::keys::Entry;

/// Where a job has to wait.
#[derive(Clone, Debug)]
pub(super) struct Wait {
    pub(super) gate: Arc<Gate>,
    /// The job's key, if its gate goes by keys.
    pub(super) key: Option<Key>,
    /// Whether a job with this key runs: there is no sense in a turn before it has ended.
    pub(super) behind_key: bool,
}

/// A turn at a gate, and the job whose turn it is.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) entry: Entry,
    pub(super) hold: Option<KeyHold>,
}

/// The jobs that wait, by gate.
#[derive(Debug, Default)]
pub(super) struct Gated {
    places: BTreeMap<Entry, Place>,
    lines: BTreeMap<Arc<str>, Line>,
    /// Keys behind which somebody has come to wait, or still does after the last was free.
    wanted: Vec<(Arc<Gate>, Key)>,
}

/// Where a job waits.
#[derive(Debug)]
pub(super) struct Place {
    line: Arc<str>,
    key: Option<Key>,
    behind_key: bool,
}

/// Those who wait at one gate.
#[derive(Debug)]
pub(super) struct Line {
    gate: Arc<Gate>,
    ready: BTreeSet<Entry>,
    behind_key: BTreeMap<Key, BTreeSet<Entry>>,
    /// How many there are behind keys.
    behind: usize,
    /// The keys of some that are ready.
    holds: BTreeMap<Entry, KeyHold>,
    /// Jobs in hand that are to be tried again, in a batch.
    again: VecDeque<oneshot::Sender<Seat>>,
    /// When the first of those who are ready came.
    since: Option<Instant>,
}

impl Line {
    pub(super) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// From when on a turn is wanted; `None` while all wait behind keys.
    pub(super) fn ripe_at(&self) -> Option<Instant> {
        let since = self.since?;
        let count = self.ready.len() + self.again.len();
        match self.gate.batch() {
            Some(batch) if count < batch.size => since.checked_add(batch.wait),
            _ => Some(since),
        }
    }

    /// Lets a job wait behind a key; whether it is the first to do so.
    fn put_behind(&mut self, entry: Entry, key: Key) -> bool {
        let behind = self.behind_key.entry(key).or_default();
        let is_first = behind.is_empty();
        behind.insert(entry);
        self.behind += 1;
        is_first
    }

    /// Forgets a key behind which nobody waits any more; whether that is so.
    fn forget_if_free(&mut self, key: Key) -> bool {
        let is_free = self.behind_key.get(&key).is_none_or(BTreeSet::is_empty);
        if is_free {
            self.behind_key.remove(&key);
        }
        is_free
    }
}

impl Gated {
    /// Lets a job wait.
    pub(super) fn park(&mut self, entry: Entry, wait: &Wait, now: Instant) {
        self.remove(&entry);
        let name = wait.gate.name();
        let line = line_of(&mut self.lines, &wait.gate);
        match wait.key.filter(|_| wait.behind_key) {
            Some(key) => {
                if line.put_behind(entry.clone(), key) {
                    self.wanted.push((line.gate.clone(), key));
                }
            }
            None => {
                line.ready.insert(entry.clone());
                line.since.get_or_insert(now);
            }
        }
        let place = Place { line: name.clone(), key: wait.key, behind_key: wait.behind_key };
        self.places.insert(entry, place);
    }

    /// Lets a job in hand wait for a seat in the next batch, before all others.
    pub(super) fn park_again(&mut self, gate: &Arc<Gate>, seat: oneshot::Sender<Seat>, now: Instant) {
        let line = line_of(&mut self.lines, gate);
        line.again.push_back(seat);
        line.since.get_or_insert(now);
    }

    /// Who waits for a seat in a batch and still does.
    pub(super) fn call_again(&mut self, name: &str) -> Option<oneshot::Sender<Seat>> {
        let line = self.lines.get_mut(name)?;
        let called = std::iter::from_fn(|| line.again.pop_front()).find(|seat| !seat.is_closed());
        self.tidy(name);
        called
    }

    /// The keys that have to be waited for, each told once.
    pub(super) fn wanted(&mut self) -> Vec<(Arc<Gate>, Key)> {
        std::mem::take(&mut self.wanted)
    }

    /// A key is free: it is held for the oldest that waits behind it.
    pub(super) fn key_is_free(&mut self, name: &str, key: Key, hold: KeyHold, now: Instant) {
        let Some(line) = self.lines.get_mut(name) else { return };
        let first = line.behind_key.get_mut(&key).and_then(BTreeSet::pop_first);
        if let Some(entry) = first {
            line.behind -= 1;
            if let Some(place) = self.places.get_mut(&entry) {
                place.behind_key = false;
            }
            line.holds.insert(entry.clone(), hold);
            line.ready.insert(entry);
            line.since.get_or_insert(now);
        }
        if !line.forget_if_free(key) {
            self.wanted.push((line.gate.clone(), key));
        }
    }

    /// Calls the oldest that is ready. Those whose key turns out to be taken wait behind it from then on.
    pub(super) fn call(&mut self, name: &str) -> Option<Called> {
        let line = self.lines.get_mut(name)?;
        while let Some(entry) = line.ready.pop_first() {
            let key = self.places.get(&entry).and_then(|place| place.key);
            let hold = match (line.holds.remove(&entry), key) {
                (None, Some(key)) => match line.gate.try_key(key) {
                    None => {
                        if let Some(place) = self.places.get_mut(&entry) {
                            place.behind_key = true;
                        }
                        if line.put_behind(entry, key) {
                            self.wanted.push((line.gate.clone(), key));
                        }
                        continue;
                    }
                    hold => hold,
                },
                (hold, _) => hold,
            };
            self.places.remove(&entry);
            self.tidy(name);
            return Some(Called { entry, hold });
        }
        self.tidy(name);
        None
    }

    /// Forgets a job that is gone.
    pub(super) fn remove(&mut self, entry: &Entry) {
        let Some(Place { line: name, key, behind_key }) = self.places.remove(entry) else { return };
        let Some(line) = self.lines.get_mut(&name) else { return };
        match key.filter(|_| behind_key) {
            Some(key) => {
                if line.behind_key.get_mut(&key).is_some_and(|behind| behind.remove(entry)) {
                    line.behind -= 1;
                }
                line.forget_if_free(key);
            }
            None => {
                line.ready.remove(entry);
                line.holds.remove(entry);
            }
        }
        self.tidy(&name);
    }

    fn tidy(&mut self, name: &str) {
        if let Some(line) = self.lines.get_mut(name)
            && line.ready.is_empty()
            && line.again.is_empty()
        {
            line.since = None;
            if line.behind_key.is_empty() {
                self.lines.remove(name);
            }
        }
    }

    /// Gives the keys back that are held for jobs whose turn has not come, while nothing may start. All keys are wanted
    /// afterwards.
    pub(super) fn let_go(&mut self) {
        self.wanted.clear();
        for line in self.lines.values_mut() {
            line.holds.clear();
            self.wanted.extend(line.behind_key.keys().map(|key| (line.gate.clone(), *key)));
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }

    /// Takes all away, since they may have other gates now. Jobs in hand keep their places.
    pub(super) fn clear(&mut self) {
        self.wanted.clear();
        self.lines.retain(|_, line| {
            line.ready.clear();
            line.behind_key.clear();
            line.behind = 0;
            line.holds.clear();
            !line.again.is_empty()
        });
        self.places.clear();
    }

    /// All that wait.
    pub(super) fn places(&self) -> &BTreeMap<Entry, Place> {
        &self.places
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many wait, by the name of their gate.
    pub(super) fn counts(&self) -> BTreeMap<Arc<str>, usize> {
        self.lines.iter().map(|(name, line)| (name.clone(), line.ready.len() + line.behind)).collect()
    }
}

/// The line at a gate. A gate that was made anew has the place of its predecessor.
fn line_of<'a>(lines: &'a mut BTreeMap<Arc<str>, Line>, gate: &Arc<Gate>) -> &'a mut Line {
    let line = lines.entry(gate.name().clone()).or_insert_with(|| Line {
        gate: gate.clone(),
        ready: BTreeSet::new(),
        behind_key: BTreeMap::new(),
        behind: 0,
        holds: BTreeMap::new(),
        again: VecDeque::new(),
        since: None,
    });
    if !Arc::ptr_eq(&line.gate, gate) {
        line.gate = gate.clone();
        line.holds.clear();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::engine::gate::StartLimits;
    use crate::engine::handler::BatchLimits;

    fn entry(n: usize) -> Entry {
        let key = format!("k{n:05}");
        Entry::new(0, &key, &key)
    }

    fn gate(batch: Option<BatchLimits>) -> Arc<Gate> {
        let limits =
            StartLimits { concurrency: Some(1), key: Some("/key".to_owned()), ..StartLimits::default() };
        Gate::new("email", limits, batch, None)
    }

    fn wait(gate: &Arc<Gate>, key: Value, behind_key: bool) -> Wait {
        Wait { gate: gate.clone(), key: gate.key_of(&json!({ "key": key })), behind_key }
    }

    fn call(gated: &mut Gated) -> Option<(Entry, Option<KeyHold>)> {
        gated.call("email").map(|called| (called.entry, called.hold))
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_is_called_first_and_no_two_of_a_key() {
        let (gate, mut gated, now) = (gate(None), Gated::default(), Instant::now());
        for (n, key) in ["b", "a", "a", "b"].into_iter().enumerate().rev() {
            gated.park(entry(n), &wait(&gate, json!(key), false), now);
        }
        let (first, _b) = call(&mut gated).unwrap();
        let (second, a) = call(&mut gated).unwrap();
        assert_eq!((first, second), (entry(0), entry(1)));
        assert!(call(&mut gated).is_none() && !gated.is_empty());
        assert_eq!(gated.counts(), BTreeMap::from([("email".into(), 2)]));
        let wanted = gated.wanted();
        assert_eq!(wanted.len(), 2);
        assert!(gated.lines().all(|line| line.ripe_at().is_none()));
        drop(a);
        let (key, hold) = wanted.into_iter().find_map(|(gate, key)| Some((key, gate.try_key(key)?))).unwrap();
        gated.key_is_free("email", key, hold, now);
        let (third, hold) = call(&mut gated).unwrap();
        assert!(third == entry(2) && hold.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_gone_leaves_nothing_behind() {
        let (gate, mut gated, now) = (gate(None), Gated::default(), Instant::now());
        for n in 0..4 {
            gated.park(entry(n), &wait(&gate, json!("a"), n % 2 == 0), now);
        }
        gated.park(entry(1), &wait(&gate, json!("a"), true), now);
        let key = gated.wanted().remove(0).1;
        gated.key_is_free("email", key, gate.try_key(key).unwrap(), now);
        assert!(gate.try_key(key).is_none());
        for n in 0..4 {
            assert!(gated.places().contains_key(&entry(n)));
            gated.remove(&entry(n));
        }
        assert!(gated.is_empty() && gated.lines().count() == 0 && gate.try_key(key).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn keys_are_given_back_while_nothing_may_start() {
        let (gate, mut gated, now) = (gate(None), Gated::default(), Instant::now());
        for n in 0..3 {
            gated.park(entry(n), &wait(&gate, json!("a"), true), now);
        }
        let key = gated.wanted().remove(0).1;
        gated.key_is_free("email", key, gate.try_key(key).unwrap(), now);
        gated.let_go();
        assert!(gate.try_key(key).is_some());
        assert_eq!(gated.wanted().len(), 1);
        assert_eq!(call(&mut gated).unwrap().0, entry(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_is_ripe_when_it_is_full_or_has_waited() {
        let batch = BatchLimits { size: 3, wait: Duration::from_secs(5) };
        let (gate, mut gated, begin) = (gate(Some(batch)), Gated::default(), Instant::now());
        let ripe_at = |gated: &Gated| gated.lines().next().and_then(Line::ripe_at);
        gated.park(entry(1), &wait(&gate, json!("a"), false), begin);
        tokio::time::advance(Duration::from_secs(1)).await;
        gated.park(entry(2), &wait(&gate, json!("b"), false), Instant::now());
        assert_eq!(ripe_at(&gated), Some(begin + batch.wait));
        let (seat, given) = oneshot::channel();
        gated.park_again(&gate, seat, Instant::now());
        assert_eq!(ripe_at(&gated), Some(begin));
        drop(given);
        assert!(gated.call_again("email").is_none(), "nobody waits for it any more");
        assert_eq!(ripe_at(&gated), Some(begin + batch.wait));
        assert!(call(&mut gated).is_some() && call(&mut gated).is_some() && call(&mut gated).is_none());
        assert_eq!(ripe_at(&gated), None);
    }
}
