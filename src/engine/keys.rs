//! The keys of waiting jobs, in memory.
//!
//! Owns which job is looked at next, and that none is in two hands. Holds keys only, packed, so that a million of
//! them fit; knows nothing of stores or handlers, and no clock but the one it is handed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use tokio::time::Instant;

use super::gated::{Called, Gated, Wait};
use crate::jobs::Listed;
use crate::model::{Ksuid, ResourceId};

/// A job in a list: small, ordered by age where its key is a KSUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Entry(Key);

/// Each with the index of its list, which lies here so that it takes no room of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    /// A key that is no KSUID, or not that of its resource. First, so that the endless stream of KSUIDs cannot starve
    /// it.
    Other(u8, Box<(String, ResourceId)>),
    /// A KSUID that is also its resource's key, as posters make it.
    Ksuid(Ksuid, u8),
}

impl Entry {
    /// Packs a job of the list with this index: its key, and that of its resource.
    pub(super) fn new(list: u8, key: &str, id: &str) -> Self {
        let ksuid = if id == key { Ksuid::parse(key) } else { None };
        Self(match ksuid {
            Some(ksuid) => Key::Ksuid(ksuid, list),
            None => Key::Other(list, Box::new((key.to_owned(), ResourceId::from_key(id)))),
        })
    }

    /// The index of its list.
    pub(super) fn list(&self) -> u8 {
        match self.0 {
            Key::Other(list, _) | Key::Ksuid(_, list) => list,
        }
    }

    /// Its key and resource.
    pub(super) fn job(&self) -> Listed {
        match &self.0 {
            Key::Other(_, named) => Listed { key: named.0.clone(), id: named.1.clone() },
            Key::Ksuid(ksuid, _) => {
                let key = ksuid.to_string();
                Listed { id: ResourceId::from_key(&key), key }
            }
        }
    }
}

/// The entries with one key in one list, whatever resource they link to.
struct Named<'k> {
    list: u8,
    key: &'k str,
    same: Entry,
}

impl<'k> Named<'k> {
    fn new(list: u8, key: &'k str) -> Self {
        let same = Entry::new(list, key, key);
        Self { list, key, same }
    }

    /// The first or the last that may link to another resource.
    fn other(&self, id: &str) -> Entry {
        Entry(Key::Other(self.list, Box::new((self.key.to_owned(), ResourceId::from_key(id)))))
    }

    /// The one that is among these.
    fn find_in<T>(&self, known: &BTreeMap<Entry, T>) -> Option<Entry> {
        let found = known.get_key_value(&self.same).or_else(|| {
            // Such entries come first, and are rare.
            known.first_key_value().filter(|(first, _)| matches!(first.0, Key::Other(..)))?;
            known.range(self.other("")..=self.other("\u{10ffff}")).next()
        });
        found.map(|(entry, _)| entry.clone())
    }
}

/// What became of a job that was taken.
#[derive(Clone, Debug)]
pub(super) enum Disposition {
    /// It is filed, or gone.
    Done,
    /// It is left alone: nobody here can run it.
    LeftAlone,
    /// Another living worker has it.
    Taken,
    /// It should be looked at again, not before this time.
    LookAgain(Instant),
    /// It has to wait at a gate.
    Gated(Box<Wait>),
}

/// Which reading of its list last showed an entry, counted round and round. A mark with each entry costs a byte; a set
/// of all that a reading has shown would cost as much as the entries.
type Round = u8;

type Entries = BTreeMap<Entry, Round>;

/// The keys of one queue.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// To be taken, oldest first.
    waiting: Entries,
    /// Ranked first at another worker.
    elsewhere: Entries,
    in_hand: HashSet<Entry>,
    later: BTreeSet<(Instant, Entry)>,
    later_at: BTreeMap<Entry, (Instant, Round)>,
    left_alone: Entries,
    taken: Entries,
    /// Known to wait at a gate.
    pub(super) gated: Gated,
    /// When those that wait there were last listed.
    gated_marks: Entries,
    /// The present or last reading of each list.
    rounds: BTreeMap<u8, Round>,
}

impl Keys {
    /// Notes a job that stands in a list.
    pub(super) fn offer(&mut self, entry: Entry) {
        let round = self.round(&entry);
        for known in [&mut self.elsewhere, &mut self.left_alone, &mut self.taken] {
            if let Some(mark) = known.get_mut(&entry) {
                *mark = round;
                return;
            }
        }
        if let Some((_, mark)) = self.later_at.get_mut(&entry) {
            *mark = round;
        } else if let Some(mark) = self.gated_marks.get_mut(&entry) {
            *mark = round;
        } else if !self.in_hand.contains(&entry) {
            self.waiting.insert(entry, round);
        }
    }

    fn round(&self, entry: &Entry) -> Round {
        self.rounds.get(&entry.list()).copied().unwrap_or_default()
    }

    /// Notes that a key does not stand in its list any more. One in hand is finished all the same.
    pub(super) fn withdraw(&mut self, list: u8, key: &str) {
        let named = Named::new(list, key);
        for known in [&mut self.waiting, &mut self.elsewhere, &mut self.left_alone, &mut self.taken] {
            if let Some(entry) = named.find_in(known) {
                known.remove(&entry);
            }
        }
        if let Some(entry) = named.find_in(&self.later_at) {
            self.forget_later(&entry);
        }
        if let Some(entry) = named.find_in(self.gated.places()) {
            self.gated.remove(&entry);
            self.gated_marks.remove(&entry);
        }
    }

    fn forget_later(&mut self, entry: &Entry) {
        if let Some((at, _)) = self.later_at.remove(entry) {
            self.later.remove(&(at, entry.clone()));
        }
    }

    /// A listing begins: jobs not offered before it ends will be withdrawn. Those that other workers have are looked at
    /// once more, in case a worker's end was missed.
    pub(super) fn begin_listing(&mut self, list: u8) {
        let again = self.taken.extract_if(.., |entry, _| entry.list() == list);
        self.waiting.extend(again);
        let round = self.rounds.entry(list).or_default();
        *round = round.wrapping_add(1);
    }

    /// A listing was read to its end. One that breaks off withdraws nothing: what it did not show may still be there.
    pub(super) fn end_listing(&mut self, list: u8) {
        let Some(round) = self.rounds.get(&list).copied() else { return };
        let stays = |entry: &Entry, mark: Round| entry.list() != list || mark == round;
        for known in [&mut self.waiting, &mut self.elsewhere, &mut self.left_alone, &mut self.taken] {
            known.retain(|entry, mark| stays(entry, *mark));
        }
        let gone = self.later_at.iter().filter(|(entry, (_, mark))| !stays(entry, *mark));
        for entry in gone.map(|(entry, _)| entry.clone()).collect::<Vec<_>>() {
            self.forget_later(&entry);
        }
        for (entry, _) in self.gated_marks.extract_if(.., |entry, mark| !stays(entry, *mark)) {
            self.gated.remove(&entry);
        }
    }

    /// Takes the oldest waiting job that is `mine`; the others are put by until [`Keys::rank_again`] or
    /// [`Keys::take_elsewhere`].
    pub(super) fn take(&mut self, mine: impl Fn(&Entry) -> bool) -> Option<Entry> {
        while let Some((entry, mark)) = self.waiting.pop_first() {
            if mine(&entry) {
                self.in_hand.insert(entry.clone());
                return Some(entry);
            }
            self.elsewhere.insert(entry, mark);
        }
        None
    }

    /// Takes the oldest job that ranks first elsewhere and for which `may` holds.
    pub(super) fn take_elsewhere(&mut self, may: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let entry = self.elsewhere.keys().find(|entry| may(entry))?.clone();
        self.elsewhere.remove(&entry);
        self.in_hand.insert(entry.clone());
        Some(entry)
    }

    /// Takes the job whose turn it is at a gate.
    pub(super) fn call(&mut self, gate: &str) -> Option<Called> {
        let called = self.gated.call(gate)?;
        self.gated_marks.remove(&called.entry);
        self.in_hand.insert(called.entry.clone());
        Some(called)
    }

    /// The set of workers has changed: all that was left to others is waiting again.
    pub(super) fn rank_again(&mut self) {
        self.waiting.append(&mut self.elsewhere);
        self.waiting.append(&mut self.taken);
    }

    /// What may be run has changed: all that was left alone is waiting again.
    pub(super) fn try_again(&mut self) {
        self.waiting.append(&mut self.left_alone);
    }

    /// The handlers are others: all that was left alone, put off or waits at a gate is waiting again.
    pub(super) fn try_all_again(&mut self) {
        self.try_again();
        self.later.clear();
        let put_off = std::mem::take(&mut self.later_at);
        self.waiting.extend(put_off.into_iter().map(|(entry, (_, mark))| (entry, mark)));
        self.gated.clear();
        self.waiting.append(&mut self.gated_marks);
    }

    /// Notes what became of a job that was taken.
    pub(super) fn settle(&mut self, entry: Entry, disposition: Disposition, now: Instant) {
        self.in_hand.remove(&entry);
        // Looked at just now, which counts for as much as being listed.
        let round = self.round(&entry);
        match disposition {
            Disposition::Done => {}
            Disposition::LeftAlone => {
                self.left_alone.insert(entry, round);
            }
            Disposition::Taken => {
                self.taken.insert(entry, round);
            }
            Disposition::LookAgain(at) => {
                self.later.insert((at, entry.clone()));
                self.later_at.insert(entry, (at, round));
            }
            Disposition::Gated(wait) => {
                self.gated_marks.insert(entry.clone(), round);
                self.gated.park(entry, &wait, now);
            }
        }
    }

    /// Makes waiting what was put off until now.
    pub(super) fn bring_due(&mut self, now: Instant) {
        while self.later.first().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, entry)) = self.later.pop_first()
                && let Some((_, mark)) = self.later_at.remove(&entry)
            {
                self.waiting.insert(entry, mark);
            }
        }
    }

    /// When the next job that was put off is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.later.first().map(|(at, _)| *at)
    }

    /// Whether a job could be taken now.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether jobs wait that rank first elsewhere.
    pub(super) fn has_elsewhere(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// Whether nothing is left that this worker could do.
    pub(super) fn is_exhausted(&self) -> bool {
        self.waiting.is_empty()
            && self.in_hand.is_empty()
            && self.later.is_empty()
            && self.elsewhere.is_empty()
            && self.gated.is_empty()
    }
}

/// The set, for `benches/parts.rs`, which sees no more of it than this.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct KeySet(Keys);

#[doc(hidden)]
impl KeySet {
    /// Notes that a job waits.
    pub fn offer(&mut self, job: &Listed) {
        self.0.offer(Entry::new(0, &job.key, job.id.key()));
    }

    /// Takes the oldest, which is done at once.
    pub fn take(&mut self) {
        if let Some(entry) = self.0.take(|_| true) {
            self.0.settle(entry, Disposition::Done, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::engine::gate::{Gate, StartLimits};

    fn entry(key: &str) -> Entry {
        Entry::new(0, key, key)
    }

    fn settle(keys: &mut Keys, entry: Entry, disposition: Disposition) {
        keys.settle(entry, disposition, Instant::now());
    }

    fn take(keys: &mut Keys) -> Option<Entry> {
        keys.take(|_| true)
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_is_in_one_hand_at_a_time() {
        let mut keys = Keys::default();
        keys.offer(entry("a"));
        keys.offer(entry("a"));
        let a = take(&mut keys).unwrap();
        keys.offer(entry("a"));
        assert_eq!(take(&mut keys), None);
        settle(&mut keys, a, Disposition::Done);
        assert!(keys.is_exhausted());
        keys.offer(entry("a"));
        assert!(take(&mut keys).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_goes_first_and_odd_keys_are_not_starved() {
        let mut keys = Keys::default();
        let posted: Vec<String> = (0..3).map(|_| crate::model::new_key()).collect();
        for key in posted.iter().rev() {
            keys.offer(entry(key));
        }
        keys.offer(entry("odd"));
        let order: Vec<String> =
            std::iter::from_fn(|| take(&mut keys)).map(|entry| entry.job().key).collect();
        assert_eq!(order, ["odd", &posted[0], &posted[1], &posted[2]]);
    }

    #[test]
    fn packing_loses_nothing() {
        for (key, id) in [
            ("odd", "other"),
            ("2Xyz", "2Xyz"),
            ("0ujtsYcgvSTl8PAuAdqWYSMnLOv", "0ujtsYcgvSTl8PAuAdqWYSMnLOv"),
        ] {
            let job = Listed { key: key.to_owned(), id: ResourceId::from_key(id) };
            assert_eq!(Entry::new(3, &job.key, job.id.key()).job(), job);
        }
    }

    /// What holds all keys of a long list while it is read a second time.
    #[test]
    fn a_key_costs_sixty_bytes_at_most() {
        const KEYS: u64 = 100_000;
        let jobs: Vec<Listed> = (0..KEYS)
            .map(|_| crate::model::new_key())
            .map(|key| Listed { id: ResourceId::from_key(&key), key })
            .collect();
        let used = allocation_counter::measure(|| {
            let mut keys = Keys::default();
            for _ in 0..2 {
                keys.begin_listing(0);
                jobs.iter().for_each(|job| keys.offer(Entry::new(0, &job.key, job.id.key())));
                keys.end_listing(0);
            }
            assert_eq!(keys.waiting.len() as u64, KEYS);
        });
        assert!(used.bytes_max <= 60 * KEYS, "{} bytes a key", used.bytes_max / KEYS);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_put_off_comes_back_when_due() {
        let mut keys = Keys::default();
        keys.offer(entry("a"));
        let a = take(&mut keys).unwrap();
        let due = Instant::now() + Duration::from_secs(5);
        settle(&mut keys, a, Disposition::LookAgain(due));
        keys.offer(entry("a"));
        assert_eq!((take(&mut keys), keys.next_due()), (None, Some(due)));
        keys.bring_due(due);
        assert_eq!(take(&mut keys), Some(entry("a")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_listing_withdraws_what_it_does_not_show() {
        let mut keys = Keys::default();
        for key in ["a", "b", "c", "d"] {
            keys.offer(entry(key));
        }
        let a = take(&mut keys).unwrap();
        let b = take(&mut keys).unwrap();
        settle(&mut keys, b, Disposition::LookAgain(Instant::now()));
        keys.bring_due(Instant::now());
        keys.begin_listing(0);
        keys.offer(entry("d"));
        keys.end_listing(0);
        assert_eq!(take(&mut keys), Some(entry("d")));
        assert_eq!(take(&mut keys), None);
        settle(&mut keys, a, Disposition::Done);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_withdrawn_whatever_it_links_to() {
        let ksuid = crate::model::new_key();
        for (key, id) in [("odd", "other"), (ksuid.as_str(), ksuid.as_str()), (ksuid.as_str(), "other")] {
            let mut keys = Keys::default();
            keys.offer(Entry::new(0, key, id));
            keys.withdraw(1, key);
            assert!(keys.has_waiting());
            keys.withdraw(0, key);
            assert!(keys.is_exhausted());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_at_a_gate_is_known_and_can_go() {
        let limits = StartLimits { concurrency: Some(1), ..StartLimits::default() };
        let wait = Wait { gate: Gate::new("t", limits, None, None), key: None, behind_key: false };
        let mut keys = Keys::default();
        for key in ["a", "b", "c"] {
            keys.offer(entry(key));
            let taken = take(&mut keys).unwrap();
            settle(&mut keys, taken, Disposition::Gated(Box::new(wait.clone())));
            keys.offer(entry(key));
        }
        assert!(!keys.has_waiting() && !keys.is_exhausted());
        keys.begin_listing(0);
        keys.offer(entry("b"));
        keys.offer(entry("c"));
        keys.end_listing(0);
        keys.withdraw(0, "b");
        assert_eq!(keys.call("t").map(|called| called.entry), Some(entry("c")));
        keys.offer(entry("c"));
        assert!(keys.call("t").is_none() && !keys.has_waiting());
        settle(&mut keys, entry("c"), Disposition::Done);
        assert!(keys.is_exhausted());
    }

    #[tokio::test(start_paused = true)]
    async fn what_others_have_is_looked_at_again_with_each_listing() {
        let mut keys = Keys::default();
        keys.offer(entry("a"));
        let a = take(&mut keys).unwrap();
        settle(&mut keys, a, Disposition::Taken);
        keys.offer(entry("a"));
        assert_eq!(take(&mut keys), None);
        keys.begin_listing(0);
        keys.offer(entry("a"));
        keys.end_listing(0);
        assert_eq!(take(&mut keys), Some(entry("a")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_listing_that_broke_off_withdraws_nothing() {
        let mut keys = Keys::default();
        keys.offer(entry("a"));
        keys.begin_listing(0);
        keys.begin_listing(0);
        keys.offer(entry("a"));
        keys.end_listing(0);
        assert!(take(&mut keys).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_ranks_elsewhere_waits_for_a_change_or_a_free_hand() {
        let mut keys = Keys::default();
        keys.offer(entry("a"));
        keys.offer(entry("b"));
        assert_eq!(keys.take(|_| false), None);
        assert!(keys.has_elsewhere() && !keys.has_waiting());
        assert_eq!(keys.take_elsewhere(|e| *e == entry("b")), Some(entry("b")));
        settle(&mut keys, entry("b"), Disposition::Taken);
        keys.rank_again();
        assert!(take(&mut keys).is_some() && take(&mut keys).is_some());
        settle(&mut keys, entry("a"), Disposition::LeftAlone);
        assert_eq!(take(&mut keys), None);
        keys.try_again();
        assert!(take(&mut keys).is_some());
    }
}
