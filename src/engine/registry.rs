//! Which handler runs which type, and which are out of order.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, join_all};
use tokio::sync::watch;
use tokio::time::Instant;

use super::counts::Counts;
use super::gate::{Gate, StartLimits};
use super::handler::{Handler, HandlerKind};

/// How jobs of one type are run.
#[derive(Clone)]
pub struct HandlerEntry {
    /// What runs them.
    pub handler: HandlerKind,
    /// The time limit of a run; `None` for none.
    pub timeout: Option<Duration>,
    /// How many further attempts a failed job gets, unless its failure is permanent.
    pub retries: u32,
    /// The time that a run may have in all by asking for more; `None` for any.
    pub longest: Option<Duration>,
    /// The bytes of JSON over which a result becomes a resource of its own, linked from the job; `None` for never.
    pub spill_over: Option<usize>,
    /// What must hold before one may start.
    pub limits: StartLimits,
}

impl HandlerEntry {
    /// A handler of one job at a time, without a time limit, retries or limits on starting.
    #[must_use]
    pub fn each(handler: Arc<dyn Handler>) -> Self {
        Self::of(HandlerKind::Each(handler))
    }

    /// A handler without a time limit, retries or limits on starting.
    #[must_use]
    pub fn of(handler: HandlerKind) -> Self {
        Self {
            handler,
            timeout: None,
            retries: 0,
            longest: None,
            spill_over: None,
            limits: StartLimits::default(),
        }
    }
}

/// A handler, and the gate before it.
pub(super) struct Registered {
    pub(super) entry: HandlerEntry,
    pub(super) gate: Arc<Gate>,
}

impl Registered {
    /// A handler with the gate of the one before it in its place if that is the same, else with one of its own, which goes
    /// on with these counts.
    fn new(name: &str, entry: HandlerEntry, before: Option<&Self>, counts: Option<Arc<Counts>>) -> Self {
        let batch = match &entry.handler {
            HandlerKind::Each(_) => None,
            HandlerKind::Batch(_, limits) => Some(*limits),
        };
        let kept = before.map(|before| &before.gate).filter(|gate| gate.is_like(&entry.limits, batch));
        let gate = kept.cloned().unwrap_or_else(|| Gate::new(name, entry.limits.clone(), batch, counts));
        Self { entry, gate }
    }
}

/// How long a type rests after its handler could not be started.
pub(super) const BROKEN_REST: Duration = Duration::from_secs(60);

/// Handlers by type. A type may be a pattern, in which `*` stands for any text and `?` for one character; of several
/// that match, the one with the most other characters counts.
#[derive(Default)]
struct Table {
    exact: HashMap<String, Arc<Registered>>,
    patterns: Vec<(String, Arc<Registered>)>,
    /// The counts of the gates there are and have been, by name: what runs counts for a handler that comes back.
    counts: HashMap<String, Weak<Counts>>,
}

impl Table {
    fn register(&mut self, job_type: &str, entry: HandlerEntry, before: Option<&Registered>) {
        let counts = self.counts.get(job_type).and_then(Weak::upgrade);
        let registered = Arc::new(Registered::new(job_type, entry, before, counts));
        self.counts.insert(job_type.to_owned(), Arc::downgrade(registered.gate.counts()));
        if is_pattern(job_type) {
            self.patterns.retain(|(pattern, _)| pattern != job_type);
            self.patterns.push((job_type.to_owned(), registered));
            self.patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(literal_characters(pattern)));
        } else {
            self.exact.insert(job_type.to_owned(), registered);
        }
    }

    fn find(&self, job_type: &str) -> Option<&Arc<Registered>> {
        self.exact.get(job_type).or_else(|| {
            self.patterns.iter().find(|(pattern, _)| matches(pattern, job_type)).map(|(_, found)| found)
        })
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &Arc<Registered>)> {
        self.exact.iter().chain(self.patterns.iter().map(|(pattern, found)| (pattern, found)))
    }

    /// What is registered under exactly this name.
    fn named(&self, name: &str) -> Option<&Registered> {
        self.entries().find(|(other, _)| *other == name).map(|(_, found)| &**found)
    }

    /// What may keep something running between jobs.
    fn handlers(&self) -> impl Iterator<Item = &Arc<dyn Handler>> {
        self.entries().filter_map(|(_, found)| match &found.entry.handler {
            HandlerKind::Each(handler) => Some(handler),
            HandlerKind::Batch(..) => None,
        })
    }
}

/// The handlers of a service as they are now, and which of them rest.
#[derive(Default)]
pub(super) struct Registry {
    table: RwLock<Table>,
    broken: Mutex<HashMap<String, Instant>>,
    /// Counts how often the handlers were replaced.
    replaced: watch::Sender<u64>,
    /// How many jobs wait at gates, by queue and by the name of the gate.
    waiting: Mutex<BTreeMap<String, BTreeMap<Arc<str>, usize>>>,
}

impl Registry {
    pub(super) fn register(&self, job_type: &str, entry: HandlerEntry) {
        self.table.write().unwrap_or_else(PoisonError::into_inner).register(job_type, entry, None);
    }

    /// What runs a type now.
    pub(super) fn find(&self, job_type: &str) -> Option<Arc<Registered>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).find(job_type).cloned()
    }

    /// The types and patterns, sorted.
    pub(super) fn types(&self) -> Vec<String> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let mut types: Vec<String> = table.entries().map(|(job_type, _)| job_type.clone()).collect();
        types.sort();
        types
    }

    /// Tells when the handlers have been replaced.
    pub(super) fn replacements(&self) -> watch::Receiver<u64> {
        self.replaced.subscribe()
    }

    fn replace(&self, entries: BTreeMap<String, HandlerEntry>) -> Vec<Arc<dyn Handler>> {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let mut counts = std::mem::take(&mut table.counts);
        counts.retain(|_, counts| counts.strong_count() > 0);
        let mut new = Table { counts, ..Table::default() };
        for (job_type, entry) in entries {
            new.register(&job_type, entry, table.named(&job_type));
        }
        let old = std::mem::replace(&mut *table, new);
        let mut gone: Vec<Arc<dyn Handler>> = old.handlers().cloned().collect();
        gone.retain(|old| !table.handlers().any(|handler| Arc::ptr_eq(handler, old)));
        drop(table);
        // What was broken may have been mended.
        self.broken().clear();
        self.replaced.send_modify(|times| *times += 1);
        gone
    }

    /// Lets a type rest, since its handler could not be started.
    pub(super) fn mark_broken(&self, job_type: &str) {
        self.broken().insert(job_type.to_owned(), Instant::now() + BROKEN_REST);
    }

    /// Until when a type rests.
    pub(super) fn resting_until(&self, job_type: &str) -> Option<Instant> {
        let mut broken = self.broken();
        let until = *broken.get(job_type)?;
        if until <= Instant::now() {
            broken.remove(job_type);
            return None;
        }
        Some(until)
    }

    /// Notes how many jobs of a queue wait at gates.
    pub(super) fn show_waiting(&self, queue: &str, counts: BTreeMap<Arc<str>, usize>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get_mut(queue) {
            Some(of_queue) => *of_queue = counts,
            None => drop(waiting.insert(queue.to_owned(), counts)),
        }
    }

    /// How many jobs wait at gates, by the name of the gate: those of a queue, or of all.
    pub(super) fn waiting(&self, queue: Option<&str>) -> BTreeMap<String, usize> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let meant = waiting.iter().filter(|(name, _)| queue.is_none_or(|queue| queue == *name));
        let mut sums = BTreeMap::new();
        for (gate, count) in meant.flat_map(|(_, counts)| counts).filter(|(_, count)| **count > 0) {
            *sums.entry(gate.to_string()).or_default() += count;
        }
        sums
    }

    fn broken(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handlers of a service while it runs. Clones share one service.
#[derive(Clone)]
pub struct Handlers(pub(super) Arc<Registry>);

impl Handlers {
    /// Replaces all handlers: jobs that run end by the handler that they began with, and those that start from now on have
    /// the new ones. Entries with a handler that was registered before keep what it has running.
    ///
    /// The future resolves when nothing of the handlers that are gone is running any more. Dropping it ends what they keep
    /// between jobs at once.
    pub fn replace(&self, entries: BTreeMap<String, HandlerEntry>) -> BoxFuture<'static, ()> {
        let leaving = self.0.replace(entries).into_iter().map(Handler::retire);
        join_all(leaving.collect::<Vec<_>>()).map(drop).boxed()
    }

    /// The types and patterns that have a handler now, sorted.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        self.0.types()
    }

    /// How many jobs wait at present since the limits on starting do not let them start, over all queues, by the type or
    /// pattern of their handler. Such jobs are not claimed: another worker may take them meanwhile.
    #[must_use]
    pub fn waiting(&self) -> BTreeMap<String, usize> {
        self.0.waiting(None)
    }
}

fn is_pattern(job_type: &str) -> bool {
    job_type.contains(['*', '?'])
}

fn literal_characters(pattern: &str) -> usize {
    pattern.chars().filter(|c| !is_pattern(c.encode_utf8(&mut [0; 4]))).count()
}

/// Whether `text` fits `pattern`, in which `*` stands for any text and `?` for one character.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when a later part does not fit: after the last star, one character further.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::handler::{Function, JobError};

    fn entry(retries: u32) -> HandlerEntry {
        let handler = Function(async |_, _| Ok::<(), JobError>(()));
        HandlerEntry { retries, ..HandlerEntry::each(Arc::new(handler)) }
    }

    #[test]
    fn the_most_specific_pattern_counts() {
        let registry = Registry::default();
        for (retries, job_type) in ["*", "pdf-*", "pdf-a*", "pdf-abc"].into_iter().enumerate() {
            registry.register(job_type, entry(u32::try_from(retries).unwrap()));
        }
        let found = |job_type| registry.find(job_type).unwrap().entry.retries;
        assert_eq!((found("email"), found("pdf-x"), found("pdf-ax"), found("pdf-abc")), (0, 1, 2, 3));
        assert_eq!(registry.types(), ["*", "pdf-*", "pdf-a*", "pdf-abc"]);
    }

    #[test]
    fn patterns_match_as_globs_do() {
        for (pattern, text) in
            [("a*c", "abbc"), ("*", ""), ("a?c", "abc"), ("*b*", "abc"), ("a*b*c", "aXbYbZc")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*c", "ab"), ("a?c", "ac"), ("", "a"), ("a", "")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_handler_in_the_place_of_another_has_its_gate_or_at_least_its_counts() {
        let limited = |concurrency| {
            let limits = StartLimits { concurrency: Some(concurrency), ..StartLimits::default() };
            BTreeMap::from([("a".to_owned(), HandlerEntry { limits, ..entry(1) })])
        };
        let registry = Registry::default();
        registry.replace(limited(2));
        let gate = || registry.find("a").unwrap().gate.clone();
        let first = gate();
        registry.replace(limited(2));
        assert!(Arc::ptr_eq(&first, &gate()));
        let running = first.try_pass().unwrap();
        registry.replace(limited(1));
        assert!(!Arc::ptr_eq(&first, &gate()) && gate().try_pass().is_none());
        registry.replace(BTreeMap::new());
        registry.replace(limited(1));
        assert!(gate().try_pass().is_none());
        drop(running);
        assert!(gate().try_pass().is_some());
    }

    #[tokio::test]
    async fn replaced_handlers_leave_and_broken_ones_are_tried_again() {
        let registry = Arc::new(Registry::default());
        registry.register("a", entry(1));
        registry.register("b*", entry(2));
        registry.mark_broken("a");
        let mut replaced = registry.replacements();
        let kept = registry.find("bx").unwrap();
        let new = BTreeMap::from([("a".to_owned(), entry(3)), ("b*".to_owned(), kept.entry.clone())]);
        let gone = registry.replace(new);
        assert_eq!(gone.len(), 1);
        assert!(matches!(&kept.entry.handler, HandlerKind::Each(kept) if !Arc::ptr_eq(&gone[0], kept)));
        assert!(replaced.has_changed().unwrap() && registry.resting_until("a").is_none());
        replaced.mark_unchanged();
        assert_eq!(registry.find("a").unwrap().entry.retries, 3);
        Handlers(registry.clone()).replace(BTreeMap::new()).await;
        assert!(replaced.has_changed().unwrap() && registry.types().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_type_rests_for_a_while() {
        let registry = Registry::default();
        registry.mark_broken("email");
        assert!(registry.resting_until("email").is_some());
        tokio::time::advance(BROKEN_REST).await;
        assert_eq!(registry.resting_until("email"), None);
    }
}
