//! Being one of several workers: the heartbeat, who else lives, and which of us goes first for a job.
//!
//! Owns this worker's record in one queue's store. All times compared are the store's own.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::jobs::{self, FeedHealth, ServiceRoot, WorkerHost, WorkerRecord};
use crate::oada::{Client, WatchEvent};

/// The living workers of a queue, as this one last saw them.
type Peers = BTreeSet<String>;

/// A heartbeat that arrived.
#[derive(Clone, Copy)]
struct Beat {
    /// When it was sent, by our clock. Others reckon from some time after that.
    sent: Instant,
    /// When it was known to have arrived, by our clock.
    at: Instant,
    /// When, by the store's, in seconds since the epoch.
    store_time: f64,
}

/// What a worker is doing, for its record.
pub(super) struct Doing {
    pub(super) running: Vec<String>,
    pub(super) waiting: BTreeMap<String, usize>,
    pub(super) feeds: Vec<FeedHealth>,
}

/// This worker among the workers of one queue.
pub(super) struct Presence {
    client: Client,
    root: ServiceRoot,
    record: WorkerRecord,
    stale_after: Duration,
    /// How long the list of workers may still be lost with all that is in it, where two workers made it at once.
    settled_after: Duration,
    peers: watch::Sender<Peers>,
    /// When the last look around began that showed this worker too. Who has come since then sees it.
    looked: Mutex<Option<Instant>>,
    /// The types that it has handlers for now.
    types: watch::Sender<Vec<String>>,
    /// Counts the times that this worker may have been taken for dead.
    suspected: watch::Sender<u64>,
    last_beat: Mutex<Beat>,
}

impl Presence {
    /// Registers the worker in the queue's store.
    pub(super) async fn begin(
        client: Client,
        root: ServiceRoot,
        record: WorkerRecord,
        (stale_after, settled_after): (Duration, Duration),
    ) -> Result<Self, jobs::Error> {
        let sent = Instant::now();
        let now = jobs::register(&client, &root, &record).await?;
        let presence = Self {
            types: watch::Sender::new(record.types.clone()),
            peers: watch::Sender::new(Peers::from([record.id.clone()])),
            client,
            root,
            record,
            stale_after,
            settled_after,
            suspected: watch::Sender::new(0),
            last_beat: Mutex::new(Beat { sent, at: Instant::now(), store_time: now }),
            looked: Mutex::default(),
        };
        jobs::until_settled(settled_after).await;
        presence.look_around().await?;
        Ok(presence)
    }

    /// Beats until stopped; failures are taken up by the next beat.
    pub(super) async fn keep(&self, interval: Duration, doing: impl Fn() -> Doing, stop: &CancellationToken) {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        // Who comes and goes is seen at once; who dies, by the beats that do not come.
        let mut types = self.types.subscribe();
        let mut list = self.client.watch(&self.root.workers(), None);
        loop {
            let beat = async || {
                let Doing { running, waiting, feeds } = doing();
                let types = self.types.borrow().clone();
                let record = WorkerRecord { running, waiting, feeds, types, ..self.record.clone() };
                let sent = Instant::now();
                let now = jobs::beat(&self.client, &record).await?;
                self.beaten(sent, now);
                self.look_around().await
            };
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = ticks.tick() => beat().await,
                Ok(()) = types.changed() => beat().await,
                event = list.next() => match event {
                    WatchEvent::Changes(_) => self.look_around().await,
                    WatchEvent::Gap => {
                        list = self.client.watch(&self.root.workers(), None);
                        Ok(())
                    }
                    _ => Ok(()),
                }
            };
            if let Err(error) = done {
                tracing::warn!(%error, "heartbeat failed");
            }
        }
    }

    /// Takes the worker's record away.
    pub(super) async fn end(&self) {
        if let Err(error) = jobs::retire(&self.client, &self.root, &self.record.id).await {
            tracing::warn!(error = %error, "the worker's record could not be removed");
        }
    }

    fn last_beat(&self) -> Beat {
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's time now, reckoned from the last beat.
    fn store_now(&self) -> f64 {
        let Beat { at, store_time, .. } = self.last_beat();
        store_time + at.elapsed().as_secs_f64()
    }

    /// Notes a beat that arrived. After a long silence others may have taken our jobs.
    fn beaten(&self, sent: Instant, store_time: f64) {
        let was_suspect = self.is_suspect();
        let beat = Beat { sent, at: Instant::now(), store_time };
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) = beat;
        if was_suspect {
            self.suspected.send_modify(|times| *times += 1);
        }
    }

    async fn look_around(&self) -> Result<(), jobs::Error> {
        let is_shown = |workers: &[WorkerRecord]| workers.iter().any(|worker| worker.id == self.record.id);
        let mut began = Instant::now();
        let mut workers = jobs::workers(&self.client, &self.root).await?;
        if !is_shown(&workers) {
            // Swept away by others, or lost with a list that two workers made at once.
            jobs::register(&self.client, &self.root, &self.record).await?;
            jobs::until_settled(self.settled_after).await;
            began = Instant::now();
            workers = jobs::workers(&self.client, &self.root).await?;
        }
        let is_shown = is_shown(&workers);
        let now = self.store_now();
        let mut alive = Peers::from([self.record.id.clone()]);
        for worker in workers {
            if worker.id == self.record.id {
                continue;
            }
            if !worker.is_dead(&self.record.host, now, self.stale_after) {
                alive.insert(worker.id);
            } else if worker.is_dead(&self.record.host, now - SWEEP_AFTER, self.stale_after) {
                jobs::retire(&self.client, &self.root, &worker.id).await?;
            }
        }
        self.peers.send_if_modified(|peers| {
            let changed = *peers != alive;
            *peers = alive;
            changed
        });
        if is_shown {
            *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
        }
        Ok(())
    }

    /// Whether a worker lives, as well as can be known now.
    pub(super) async fn is_alive(&self, worker: &str) -> Result<bool, jobs::Error> {
        if self.peers.borrow().contains(worker) {
            return Ok(true);
        }
        // It may have come after we last looked.
        let now = self.store_now();
        let record = jobs::worker(&self.client, worker).await?;
        Ok(record.is_some_and(|record| !record.is_dead(&self.record.host, now, self.stale_after)))
    }

    /// Notes for which types this worker has handlers from now on.
    pub(super) fn handles(&self, types: Vec<String>) {
        self.types.send_replace(types);
    }

    /// Tells when the set of living workers has changed.
    pub(super) fn peers(&self) -> watch::Receiver<Peers> {
        self.peers.subscribe()
    }

    /// Whether this worker may be taken for dead: what it claimed now could be taken from it at once.
    pub(super) fn is_suspect(&self) -> bool {
        self.last_beat().sent.elapsed() > self.stale_after / 2
    }

    /// Tells when a beat has arrived although this worker may have been taken for dead.
    pub(super) fn suspected(&self) -> watch::Receiver<u64> {
        self.suspected.subscribe()
    }

    /// This worker's incarnation id.
    pub(super) fn id(&self) -> &str {
        &self.record.id
    }

    /// The boot of the machine that it runs on; empty where that is not known.
    pub(super) fn boot(&self) -> &str {
        &self.record.host.boot
    }

    /// This worker's place in the order of those who go for a job: 0 goes first.
    pub(super) fn rank(&self, key: &impl Hash) -> usize {
        rank(&self.peers.borrow(), &self.record.id, key)
    }

    /// Whether no other worker lives, as was seen within this time.
    pub(super) fn is_alone(&self, within: Duration) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.is_some_and(|at| at.elapsed() < within) && self.peers.borrow().len() < 2
    }
}

/// How long a dead worker's record is kept for people to see, in seconds.
const SWEEP_AFTER: f64 = 3600.0;

/// Rendezvous hashing (Thaler and Ravishankar, 1996): each worker weighs each key by itself, so that one who comes or
/// goes moves only its own share. Every process must come to the same order, so the hash has fixed keys.
fn rank(alive: &Peers, own: &str, key: &impl Hash) -> usize {
    if alive.len() < 2 {
        return 0;
    }
    let weight = |worker: &str| {
        let mut hasher = DefaultHasher::new();
        worker.hash(&mut hasher);
        key.hash(&mut hasher);
        (hasher.finish(), worker.to_owned())
    };
    let ours = weight(own);
    alive.iter().filter(|worker| weight(worker) > ours).count()
}

/// A record for a worker that starts now, under an id that no worker has had.
pub(super) fn new_record(id: String, types: Vec<String>, concurrency: usize) -> WorkerRecord {
    WorkerRecord {
        id,
        host: WorkerHost::here(),
        started: crate::model::now_text(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        types,
        concurrency,
        running: Vec::new(),
        waiting: BTreeMap::new(),
        feeds: Vec::new(),
        modified: 0.0,
    }
}

/// The keys this worker has in hand, for its record.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashSet<String>>>);

impl Running {
    /// At most this many are shown, the oldest.
    const SHOWN: usize = 100;

    pub(super) fn add(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
    }

    pub(super) fn remove(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    pub(super) fn shown(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys: Vec<_> = all.iter().cloned().collect();
        drop(all);
        keys.sort_unstable();
        keys.truncate(Self::SHOWN);
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn first(workers: &BTreeSet<String>, key: usize) -> String {
        workers.iter().find(|worker| rank(workers, worker, &key) == 0).unwrap().clone()
    }

    #[test]
    fn exactly_one_goes_first_and_the_work_is_even() {
        let workers = alive(&["a", "b", "c", "d"]);
        let mut share = std::collections::BTreeMap::<String, usize>::new();
        for key in 0..4000_usize {
            let mut ranks: Vec<usize> = workers.iter().map(|worker| rank(&workers, worker, &key)).collect();
            ranks.sort_unstable();
            assert_eq!(ranks, [0, 1, 2, 3]);
            *share.entry(first(&workers, key)).or_default() += 1;
        }
        assert!(share.values().all(|jobs| (850..1150).contains(jobs)), "{share:?}");
    }

    #[test]
    fn one_who_leaves_moves_only_its_share() {
        let (before, after) = (alive(&["a", "b", "c", "d"]), alive(&["a", "b", "c"]));
        for key in 0..1000_usize {
            let old = first(&before, key);
            assert!(old == "d" || first(&after, key) == old);
        }
    }
}
