//! Watches: who is to be told of which change.
//!
//! After a commit the writer leaves a note for each watching socket and goes on. What a note stands for is read from
//! the change log, so a slow socket misses nothing and holds up nobody.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::changes::{self, Event};
use super::db::Rows;
use super::error::Fault;

/// The most notes in one inbox; past it there is one for each watch.
const MAX_NOTES: usize = 4096;
/// The most texts of changes that are kept for the next watcher, and the longest.
const MAX_TEXTS: usize = 256;
const MAX_TEXT: usize = 256 * 1024;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// That a watched resource has come up to a rev, or was deleted after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Which of the socket's watches it is for.
    pub(super) watch: u64,
    pub(super) rev: u64,
    pub(super) deleted: bool,
}

/// What one socket has still to be told. Holds at most [`MAX_NOTES`] and one more for each watch.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    notes: Mutex<Notes>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Notes {
    queue: VecDeque<Note>,
    /// The latest of those that found no room, by watch.
    late: BTreeMap<u64, Note>,
}

impl Inbox {
    fn put(&self, note: Note) {
        {
            let mut notes = lock(&self.notes);
            if notes.queue.len() >= MAX_NOTES || notes.late.contains_key(&note.watch) {
                notes.late.insert(note.watch, note);
            } else {
                notes.queue.push_back(note);
            }
        }
        self.arrived.notify_one();
    }

    pub(super) fn take(&self, into: &mut VecDeque<Note>) {
        let mut notes = lock(&self.notes);
        into.extend(notes.queue.drain(..));
        into.extend(std::mem::take(&mut notes.late).into_values());
    }

    /// Waits until there may be something to take.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }
}

#[derive(Debug)]
struct Watcher {
    id: u64,
    inbox: Arc<Inbox>,
    /// Whether it is told before a change has come to the disk.
    ahead: bool,
}

/// Who is told of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    All,
    /// Those who are told before it has come to the disk. Nobody is told so that something was deleted.
    Ahead,
    /// Those who have not been told ahead.
    Others,
}

impl Whom {
    fn includes(self, watcher: &Watcher, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Ahead => watcher.ahead && !event.deleted,
            Self::Others => !watcher.ahead || event.deleted,
        }
    }
}

/// All watches of a store.
#[derive(Debug, Default)]
pub(super) struct Hub {
    topics: Mutex<HashMap<String, Vec<Watcher>>>,
    count: AtomicUsize,
    next_id: AtomicU64,
    texts: Mutex<Texts>,
}

#[derive(Debug, Default)]
struct Texts {
    by_resource: HashMap<String, BTreeMap<u64, Arc<str>>>,
    order: VecDeque<(String, u64)>,
}

impl Hub {
    /// Begins to leave notes on `resource` in `inbox`, and with `ahead` before a change has come to the disk, where there is
    /// no more to do than to wait for that.
    pub(super) fn watch(&self, resource: &str, inbox: &Arc<Inbox>, ahead: bool) -> u64 {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let watcher = Watcher { id, inbox: Arc::clone(inbox), ahead };
        lock(&self.topics).entry(resource.to_owned()).or_default().push(watcher);
        self.count.fetch_add(1, Ordering::SeqCst);
        id
    }

    pub(super) fn unwatch(&self, resource: &str, id: u64) {
        let mut topics = lock(&self.topics);
        let Some(watchers) = topics.get_mut(resource) else { return };
        let before = watchers.len();
        watchers.retain(|watcher| watcher.id != id);
        self.count.fetch_sub(before - watchers.len(), Ordering::SeqCst);
        if watchers.is_empty() {
            topics.remove(resource);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Leaves notes of what a commit has done. Never waits for a watcher.
    pub(super) fn announce(&self, events: &[Event], whom: Whom) {
        if self.count() == 0 {
            return;
        }
        let mut topics = lock(&self.topics);
        for event in events {
            let Some(watchers) = topics.get(&event.resource) else { continue };
            for watcher in watchers.iter().filter(|watcher| whom.includes(watcher, event)) {
                watcher.inbox.put(Note { watch: watcher.id, rev: event.rev, deleted: event.deleted });
            }
            if event.deleted && whom != Whom::Ahead {
                self.count.fetch_sub(watchers.len(), Ordering::SeqCst);
                topics.remove(&event.resource);
            }
        }
    }

    /// The change array of a rev, made once for all watchers of the moment.
    pub(super) fn text(
        &self,
        resource: &str,
        rev: u64,
        rows: impl FnOnce() -> Result<String, Fault>,
    ) -> Result<Arc<str>, Fault> {
        if let Some(text) = lock(&self.texts).by_resource.get(resource).and_then(|revs| revs.get(&rev)) {
            return Ok(Arc::clone(text));
        }
        let text: Arc<str> = rows()?.into();
        if text.len() <= MAX_TEXT {
            lock(&self.texts).keep(resource, rev, &text);
        }
        Ok(text)
    }
}

impl Texts {
    fn keep(&mut self, resource: &str, rev: u64, text: &Arc<str>) {
        let revs = self.by_resource.entry(resource.to_owned()).or_default();
        if revs.insert(rev, Arc::clone(text)).is_none() {
            self.order.push_back((resource.to_owned(), rev));
        }
        if self.order.len() > MAX_TEXTS
            && let Some((resource, rev)) = self.order.pop_front()
            && let Some(revs) = self.by_resource.get_mut(&resource)
        {
            revs.remove(&rev);
            if revs.is_empty() {
                self.by_resource.remove(&resource);
            }
        }
    }
}

/// The change array of a rev, from the log.
pub(super) fn read_text(rows: &impl Rows, resource: &str, rev: u64) -> Result<String, Fault> {
    changes::array(rows, resource, rev)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(inbox: &Inbox) -> Vec<Note> {
        let mut notes = VecDeque::new();
        inbox.take(&mut notes);
        notes.into()
    }

    #[test]
    fn only_watchers_of_the_resource_are_told() {
        let hub = Hub::default();
        let inbox = Arc::new(Inbox::default());
        let watch = hub.watch("a", &inbox, false);
        hub.announce(&[Event::changed("b", 1), Event::changed("a", 2)], Whom::All);
        assert_eq!(taken(&inbox), [Note { watch, rev: 2, deleted: false }]);
        hub.unwatch("a", watch);
        hub.announce(&[Event::changed("a", 3)], Whom::All);
        assert_eq!(taken(&inbox), []);
        assert_eq!(hub.count(), 0);
    }

    #[test]
    fn a_watch_ends_with_its_resource() {
        let hub = Hub::default();
        let inbox = Arc::new(Inbox::default());
        let watch = hub.watch("a", &inbox, false);
        hub.announce(&[Event::deleted("a", 5), Event::changed("a", 6)], Whom::All);
        assert_eq!(taken(&inbox), [Note { watch, rev: 5, deleted: true }]);
        assert_eq!(hub.count(), 0);
    }

    #[test]
    fn who_is_told_ahead_is_told_once_and_of_no_deletion() {
        let hub = Hub::default();
        let (inbox, other) = (Arc::new(Inbox::default()), Arc::new(Inbox::default()));
        let (watch, late) = (hub.watch("a", &inbox, true), hub.watch("a", &other, false));
        let note = |watch, rev, deleted| Note { watch, rev, deleted };
        let events = [Event::changed("a", 4), Event::deleted("a", 5)];
        hub.announce(&events, Whom::Ahead);
        assert_eq!((taken(&inbox), taken(&other)), (vec![note(watch, 4, false)], vec![]));
        hub.announce(&events, Whom::Others);
        assert_eq!(taken(&inbox), [note(watch, 5, true)]);
        assert_eq!(taken(&other), [note(late, 4, false), note(late, 5, true)]);
        assert_eq!(hub.count(), 0);
    }

    #[test]
    fn a_full_inbox_keeps_the_latest_of_each_watch() {
        let hub = Hub::default();
        let inbox = Arc::new(Inbox::default());
        let watch = hub.watch("a", &inbox, false);
        let last = MAX_NOTES as u64 + 1000;
        for rev in 1..=last {
            hub.announce(&[Event::changed("a", rev)], Whom::All);
        }
        let notes = taken(&inbox);
        assert_eq!(notes.len(), MAX_NOTES + 1);
        assert_eq!(notes.last(), Some(&Note { watch, rev: last, deleted: false }));
    }

    #[test]
    fn a_text_is_made_once() {
        let hub = Hub::default();
        let mut made = 0;
        for _ in 0..3 {
            let text = hub.text("a", 1, || {
                made += 1;
                Ok("[]".to_owned())
            });
            assert_eq!(&*text.unwrap(), "[]");
        }
        assert_eq!(made, 1);
    }
}
