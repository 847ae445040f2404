//! One queue: feeds in, slots out. Never runs a job itself.
//!
//! Owns the keys of the queue's waiting jobs and the tasks that follow its lists, beat its heart, file and run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batch::{Batch, Returning};
use super::control::ControlFeed;
use super::event::Event;
use super::feed::{Feed, FeedEvent, FeedStatus};
use super::filing::Filer;
use super::gate::{Gate, Pass};
use super::handler::BatchLimits;
use super::keys::{Disposition, Entry, Keys};
use super::presence::{Doing, Presence, Running, new_record};
use super::retry::pauses;
use super::runner;
use super::service::{LayoutChoice, Shared, Verify};
use super::turn::{Granted, Turn, Turns};
use crate::jobs::{self, DayLists, FeedHealth, Layout, PendingList, ServiceRoot, Survey};
use crate::model::Path;
use crate::oada::Client;

/// How long a worker with nothing of its own to do leaves alone what ranks first elsewhere.
const STEAL_AFTER: Duration = Duration::from_secs(5);
/// How long stopped jobs may take to be given back, after which the worker leaves them as they are.
const LAST_PATIENCE: Duration = Duration::from_secs(30);
/// How long the pauses after errors of the store may grow.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// Events taken from the feeds before anything else is looked at.
const FEED_BATCH: usize = 256;

/// What all runners of a queue share.
pub(super) struct Queue {
    pub(super) name: String,
    pub(super) domain: String,
    /// The store's address, for handlers.
    pub(super) url: String,
    pub(super) root: ServiceRoot,
    pub(super) client: Client,
    pub(super) service: Arc<Shared>,
    pub(super) presence: Presence,
    pub(super) filer: Filer,
    pub(super) control: ControlFeed,
    pub(super) returning: Returning,
    running: Running,
    feeds: Mutex<Vec<(Path, Arc<FeedStatus>)>>,
    embedded: bool,
    empty_looks: Mutex<HashMap<String, u32>>,
    survey: Survey,
}

impl Queue {
    /// Makes the lists that must stand, and registers the worker.
    pub(super) async fn open(
        service: Arc<Shared>,
        name: String,
        client: Client,
        worker: String,
    ) -> Result<(Self, impl Future<Output = ()> + Send), jobs::Error> {
        let root = service.root.clone();
        let survey = prepare(&client, &root, service.options.layout).await?;
        let options = &service.options;
        let record = new_record(worker, service.registry.types(), options.concurrency);
        let embedded = client.is_embedded_store().await.unwrap_or(false);
        let settled_after = if embedded { Duration::ZERO } else { jobs::SETTLED_AFTER };
        let times = (options.stale_after, settled_after);
        let presence = Presence::begin(client.clone(), root.clone(), record, times).await?;
        let control = ControlFeed::open(client.clone(), root.clone()).await?;
        let observer = service.observer.clone();
        let queue_name = name.clone();
        let days = DayLists::new(settled_after);
        let (filer, filing) = Filer::new(client.clone(), root.clone(), days, move |what, error| {
            observer.notice(&store_trouble(&queue_name, what, error));
        });
        let queue = Self {
            url: client.locate().await.map(|url| url.to_string()).unwrap_or_default(),
            domain: client.describe(),
            empty_looks: Mutex::default(),
            returning: Returning::default(),
            running: Running::default(),
            feeds: Mutex::default(),
            name,
            root,
            client,
            service,
            presence,
            filer,
            control,
            embedded,
            survey,
        };
        Ok((queue, filing))
    }

    /// Serves the queue until it is told to stop or, with `once`, until nothing is left to do.
    pub(super) async fn run(self, stop: CancellationToken) {
        let queue = Arc::new(self);
        queue.notice(&Event::QueueStarted { queue: queue.name.clone(), domain: queue.domain.clone() });
        let beat = CancellationToken::new();
        let heart = async {
            let doing = || Doing {
                running: queue.running.shown(),
                waiting: queue.service.registry.waiting(Some(&queue.name)),
                feeds: queue.feed_health(),
            };
            queue.presence.keep(queue.service.options.heartbeat, doing, &beat).await;
        };
        let work = async {
            Dispatcher::new(queue.clone()).run(&stop).await;
            beat.cancel();
        };
        let keep = async {
            tokio::select! {
                biased;
                () = beat.cancelled() => {}
                () = queue.control.follow() => {}
            }
        };
        tokio::join!(heart, keep, work);
        queue.service.registry.show_waiting(&queue.name, BTreeMap::new());
        queue.presence.end().await;
        queue.notice(&Event::QueueStopped { queue: queue.name.clone() });
    }

    fn feed_health(&self) -> Vec<FeedHealth> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.iter().map(|(list, status)| status.health(list)).collect()
    }

    pub(super) fn notice(&self, event: &Event) {
        self.service.observer.notice(event);
    }

    pub(super) fn trouble(&self, what: &str, error: &str) {
        self.notice(&store_trouble(&self.name, what, error));
    }

    pub(super) fn left_alone(&self, key: &str, reason: &str) {
        let (queue, key, reason) = (self.name.clone(), key.to_owned(), reason.to_owned());
        self.notice(&Event::JobLeftAlone { queue, key, reason });
    }

    /// Whether claims have to be read back: the reference server in several partitions may accept two.
    pub(super) fn must_verify_claims(&self) -> bool {
        match self.service.options.verify_claims {
            Verify::Always => true,
            Verify::Never => false,
            Verify::Auto => {
                // Less than a joining worker waits, by more than two claims that are both accepted may lie apart.
                let within = self.is_known_after().saturating_sub(2 * jobs::SETTLED_AFTER);
                !self.embedded && !self.presence.is_alone(within)
            }
        }
    }

    /// How long a worker waits that joins others, until all have had the time to see it.
    fn is_known_after(&self) -> Duration {
        // One beat may be under way, and the next look around comes after the one after it.
        2 * self.service.options.heartbeat
    }

    /// From when on a worker that joins others may claim, where two claims can be accepted. One that has seen nobody else
    /// for less than that does not read its claims back.
    fn is_known_from(&self) -> Option<Instant> {
        let joins = self.service.options.verify_claims == Verify::Auto && self.must_verify_claims();
        joins.then(|| Instant::now() + self.is_known_after())
    }

    /// Counts how often a job was found empty.
    pub(super) fn looked_at_empty(&self, key: &str) -> u32 {
        let mut looks = self.empty_looks.lock().unwrap_or_else(PoisonError::into_inner);
        let count = looks.entry(key.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// Notes that a claim is being worked on, until the guard is dropped.
    pub(super) fn hold<'a>(&'a self, nonce: &str, key: &'a str) -> Holding<'a> {
        let nonce: Arc<str> = nonce.into();
        self.service.active().insert(nonce.clone());
        self.running.add(key);
        Holding { queue: self, nonce, key }
    }

    /// Whether a claim is being worked on in this process.
    pub(super) fn holds(&self, nonce: &str) -> bool {
        self.service.active().contains(nonce)
    }
}

/// A claim being worked on.
pub(super) struct Holding<'a> {
    queue: &'a Queue,
    nonce: Arc<str>,
    key: &'a str,
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.queue.service.active().remove(&self.nonce);
        self.queue.running.remove(self.key);
        let mut looks = self.queue.empty_looks.lock().unwrap_or_else(PoisonError::into_inner);
        if !looks.is_empty() {
            looks.remove(self.key);
        }
    }
}

fn store_trouble(queue: &str, what: &str, error: &str) -> Event {
    Event::StoreTrouble { queue: queue.to_owned(), what: what.to_owned(), error: error.to_owned() }
}

/// Makes the lists of the wanted layout, or of the one the service has, and says which there are.
async fn prepare(client: &Client, root: &ServiceRoot, choice: LayoutChoice) -> Result<Survey, jobs::Error> {
    let survey = jobs::survey(client, root).await?;
    let layout = match choice {
        LayoutChoice::Classic => Layout::Classic,
        LayoutChoice::Current => Layout::Current,
        LayoutChoice::Auto => survey.layout().unwrap_or(Layout::Classic),
    };
    for place in jobs::ensure_or_repair(client, root, layout).await? {
        tracing::warn!(%place, "turned a plain object into the resource that should stand there");
    }
    jobs::survey(client, root).await
}

/// What a runner came to.
type Ended = (Entry, Result<Disposition, jobs::Error>);

type Slot = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>;

/// The loop that joins feeds, slots and runners.
struct Dispatcher {
    queue: Arc<Queue>,
    keys: Keys,
    lists: Vec<Arc<PendingList>>,
    listed: HashSet<u8>,
    feeds: JoinSet<()>,
    tell: mpsc::Sender<FeedEvent>,
    told: mpsc::Receiver<FeedEvent>,
    runners: JoinSet<Ended>,
    batches: JoinSet<()>,
    slot: Option<Slot>,
    turns: Turns,
    /// Whether turns are asked for at present.
    asks: bool,
    /// Whether it was told last that nobody waits at a gate.
    shows_none: bool,
    /// Whether operators of this queue last wanted nothing more to be claimed.
    is_quiet: bool,
    /// Nothing is taken until then: after an error of the store, or before others know of this worker.
    rest_until: Option<Instant>,
    /// The pauses after errors of the store, since it last did what it was asked.
    rests: Option<Box<dyn Iterator<Item = Duration> + Send>>,
}

impl Dispatcher {
    fn new(queue: Arc<Queue>) -> Self {
        // The feeds wait when the queue is busy: the lists themselves are the buffer.
        let (tell, told) = mpsc::channel(FEED_BATCH);
        let mut dispatcher = Self {
            keys: Keys::default(),
            lists: Vec::new(),
            listed: HashSet::new(),
            feeds: JoinSet::new(),
            tell,
            told,
            runners: JoinSet::new(),
            batches: JoinSet::new(),
            slot: None,
            turns: Turns::default(),
            asks: false,
            shows_none: true,
            is_quiet: false,
            rest_until: queue.is_known_from(),
            rests: None,
            queue,
        };
        for list in dispatcher.queue.survey.pending_lists(&dispatcher.queue.root) {
            dispatcher.follow(list);
        }
        dispatcher
    }

    fn follow(&mut self, list: PendingList) {
        let Ok(index) = u8::try_from(self.lists.len()) else { return };
        let status = Arc::new(FeedStatus::default());
        let mut feeds = self.queue.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.push((list.path.clone(), status.clone()));
        drop(feeds);
        let feed = Feed {
            status,
            client: self.queue.client.clone(),
            root: self.queue.root.clone(),
            list: list.clone(),
            index,
            boot: self.queue.presence.boot().to_owned(),
            list_again_after: self.queue.service.options.list_again_after,
            tell: self.tell.clone(),
        };
        self.lists.push(Arc::new(list));
        self.feeds.spawn(feed.follow());
    }

    async fn run(mut self, stop: &CancellationToken) {
        let mut peers = self.queue.presence.peers();
        let mut orders = self.queue.control.changes();
        let mut handlers = self.queue.service.registry.replacements();
        let mut suspected = self.queue.presence.suspected();
        let mut quiet = self.queue.service.quiet.subscribe();
        let mut idle = tokio::time::interval(STEAL_AFTER);
        idle.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let queue = self.queue.clone();
        let mut patience_over = std::pin::pin!(async {
            queue.service.stop.kill.cancelled().await;
            tokio::time::sleep(LAST_PATIENCE).await;
        });
        loop {
            let stopping = stop.is_cancelled() || self.queue.service.stop.drain.is_cancelled();
            if self.runners.is_empty() && self.batches.is_empty() && (stopping || self.is_done()) {
                break;
            }
            let now = Instant::now();
            self.keys.bring_due(now);
            self.rest_until = self.rest_until.filter(|until| *until > now);
            let resting = self.rest_until.is_some()
                || self.queue.control.is_paused()
                || *quiet.borrow()
                || self.queue.presence.is_suspect();
            let pause_ends = self.queue.control.next_end().map(|left| now + left);
            let starts = !stopping && !resting && self.room() > 0;
            let takes = starts && self.keys.has_waiting();
            self.ask(takes);
            let ripe_at = self.ask_for_turns(starts, now);
            self.show_waiting();
            let wakes = [self.keys.next_due(), ripe_at, self.rest_until];
            let wake = wakes.into_iter().flatten().min();
            // What is rare goes first, and a job that can start before the news of more.
            tokio::select! {
                biased;
                () = &mut patience_over => break,
                () = stop.cancelled(), if !stopping => {}
                () = self.queue.service.stop.drain.cancelled(), if !stopping => {}
                Ok(()) = orders.changed() => self.follow_orders().await,
                Ok(()) = handlers.changed() => {
                    self.turns = Turns::default();
                    self.keys.try_all_again();
                    self.queue.presence.handles(self.queue.service.registry.types());
                }
                Ok(()) = peers.changed() => self.keys.rank_again(),
                Ok(()) = suspected.changed() => {}
                Ok(()) = quiet.changed() => self.keys.try_again(),
                () = sleep_until(pause_ends) => self.keys.try_again(),
                _ = idle.tick(), if !stopping && !resting && !self.keys.has_waiting() => self.steal(),
                () = sleep_until(wake) => {}
                Some(ended) = self.runners.join_next() => self.settle_all(ended),
                Some(ended) = self.batches.join_next() => self.settle_batch(ended),
                wanted = queue.returning.wanted() => {
                    for (gate, seat) in wanted {
                        self.keys.gated.park_again(&gate, seat, now);
                    }
                }
                Some(granted) = self.turns.next(), if starts => self.start_granted(granted),
                slot = wait(&mut self.slot), if takes => self.start_waiting(slot),
                Some(event) = self.told.recv() => self.hear(event).await,
            }
        }
        // Followers have nothing to finish, and runners are left only when the store did not come back in time: their
        // jobs stay claimed by a dead worker, and the next one takes them up.
        self.feeds.shutdown().await;
        self.runners.shutdown().await;
        self.batches.shutdown().await;
    }

    /// How many more jobs may be taken.
    fn room(&self) -> usize {
        self.queue.service.options.max_unfiled.saturating_sub(self.runners.len())
    }

    /// Asks for a slot, if there is something to look at. Whoever does not take it leaves the line, since it would be
    /// missing elsewhere.
    fn ask(&mut self, takes: bool) {
        if !takes {
            self.slot = None;
        } else if self.slot.is_none() {
            let service = self.queue.service.clone();
            self.slot = Some(Box::pin(async move { service.slot().await }));
        }
    }

    /// Asks for turns for those who wait at gates, or leaves all lines. Returns when there will be more to ask for.
    fn ask_for_turns(&mut self, starts: bool, now: Instant) -> Option<Instant> {
        if !starts {
            if std::mem::take(&mut self.asks) {
                self.turns = Turns::default();
                self.keys.gated.let_go();
            }
            return None;
        }
        self.asks = true;
        for (gate, key) in self.keys.gated.wanted() {
            self.turns.want_key(gate, key);
        }
        let mut next: Option<Instant> = None;
        for line in self.keys.gated.lines() {
            match line.ripe_at() {
                Some(at) if at <= now => self.turns.want(line.gate(), &self.queue.service),
                Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
                None => {}
            }
        }
        next
    }

    fn show_waiting(&mut self) {
        let waits_none = self.keys.gated.is_empty();
        let showed_none = std::mem::replace(&mut self.shows_none, waits_none);
        if !(waits_none && showed_none) {
            self.queue.service.registry.show_waiting(&self.queue.name, self.keys.gated.counts());
        }
    }

    /// Whether, in a service that runs until its queues are empty, this one is, or nothing more of it is to be taken.
    fn is_done(&self) -> bool {
        self.queue.service.options.once
            && self.listed.len() == self.lists.len()
            && (self.keys.is_exhausted()
                || self.queue.control.is_paused()
                || *self.queue.service.quiet.borrow())
    }

    /// An operator has said something.
    async fn follow_orders(&mut self) {
        self.keys.try_again();
        let (queue, worker) = (&self.queue, self.queue.presence.id());
        let is_quiet = queue.control.now().quiet_workers.iter().any(|wanted| wanted == worker);
        if std::mem::replace(&mut self.is_quiet, is_quiet) != is_quiet {
            tracing::info!(is_quiet, "told by an operator whether to claim more");
            queue.service.quiet.send_replace(is_quiet);
        }
        if queue.control.now().stop_workers.iter().any(|wanted| wanted == worker) {
            queue.service.stop.drain.cancel();
            if let Err(error) = jobs::stop_is_done(&queue.client, &queue.root, worker).await {
                queue.trouble("the order to stop", &error.to_string());
            }
        }
    }

    async fn hear(&mut self, first: FeedEvent) {
        let mut next = Some(first);
        let mut left = FEED_BATCH;
        while let Some(event) = next {
            match event {
                FeedEvent::Offered(entry) => self.keys.offer(entry),
                FeedEvent::Withdrawn(list, key) => self.keys.withdraw(list, &key),
                FeedEvent::ListingBegins(list) => self.keys.begin_listing(list),
                FeedEvent::ListingEnds(list) => {
                    self.keys.end_listing(list);
                    self.listed.insert(list);
                }
                FeedEvent::Nested => self.follow_nested().await,
                FeedEvent::Interrupted(list, reason) => self.interrupted(list, reason),
            }
            left -= 1;
            next = if left > 0 { self.told.try_recv().ok() } else { None };
        }
    }

    fn interrupted(&self, list: u8, reason: String) {
        let list = self.lists.get(usize::from(list)).map(|list| list.path.to_string()).unwrap_or_default();
        self.queue.notice(&Event::FeedInterrupted { queue: self.queue.name.clone(), list, reason });
    }

    /// `jobs/pending` has appeared in a service that had none.
    async fn follow_nested(&mut self) {
        let path = Layout::Current.pending(&self.queue.root);
        if self.lists.iter().any(|list| list.path == path) {
            return;
        }
        match jobs::survey(&self.queue.client, &self.queue.root).await {
            Ok(survey) => self.follow(survey.nested_pending_list(&self.queue.root)),
            // The next listing of `jobs` shows it again.
            Err(error) => self.queue.trouble(&path.to_string(), &error.to_string()),
        }
    }

    /// Starts a job for the slot that was waited for, and one for each that is free beside it.
    fn start_waiting(&mut self, slot: Option<OwnedSemaphorePermit>) {
        self.slot = None;
        let mut next = slot;
        while let Some(slot) = next {
            let presence = &self.queue.presence;
            let Some(entry) = self.keys.take(|entry| presence.rank(entry) == 0) else { return };
            self.start(entry, Turn::to_look(slot));
            let goes_on = self.room() > 0 && self.keys.has_waiting();
            next = if goes_on { self.queue.service.slot_if_free() } else { None };
        }
    }

    fn start_granted(&mut self, granted: Granted) {
        match granted {
            Granted::Key(gate, key, hold) => {
                self.keys.gated.key_is_free(gate.name(), key, hold, Instant::now());
            }
            Granted::Turn(gate, pass, slot) => match gate.batch() {
                Some(limits) => self.start_batch(gate, limits, (pass, slot)),
                None => {
                    if let Some(called) = self.keys.call(gate.name()) {
                        self.start(called.entry, Turn::called(slot, pass, called.hold));
                    }
                }
            },
        }
    }

    /// Gives seats to those who wait at the gate of a batch handler.
    fn start_batch(&mut self, gate: Arc<Gate>, limits: BatchLimits, turn: (Pass, OwnedSemaphorePermit)) {
        let most = limits.size.min(self.room());
        let batch = Batch::new(gate.clone(), most);
        let mut seats = 0;
        while seats < most {
            let Some(wanted) = self.keys.gated.call_again(gate.name()) else { break };
            seats += usize::from(wanted.send(batch.seat()).is_ok());
        }
        while seats < most {
            let Some(called) = self.keys.call(gate.name()) else { break };
            self.start(called.entry, Turn::seated(batch.seat(), called.hold));
            seats += 1;
        }
        if seats > 0 {
            self.batches.spawn(batch.travel(self.queue.clone(), turn));
        }
    }

    fn settle_batch(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended {
            self.queue.trouble("a batch", &error.to_string());
        }
    }

    fn start(&mut self, entry: Entry, turn: Turn) {
        let Some(list) = self.lists.get(usize::from(entry.list())).cloned() else { return };
        let queue = self.queue.clone();
        // On the heap at once: whatever begins a task moves its future about ten times.
        self.runners.spawn(Box::pin(async move {
            let done = runner::work(&queue, &list, &entry.job(), turn).await;
            (entry, done)
        }));
    }

    /// With nothing of its own to do, a worker takes what another has left lying: first what it ranks second for.
    fn steal(&mut self) {
        while self.room() > 0 && self.keys.has_elsewhere() {
            let Some(slot) = self.queue.service.slot_if_free() else { return };
            let presence = &self.queue.presence;
            let entry = self
                .keys
                .take_elsewhere(|entry| presence.rank(entry) == 1)
                .or_else(|| self.keys.take_elsewhere(|_| true));
            match entry {
                Some(entry) => self.start(entry, Turn::to_look(slot)),
                None => return,
            }
        }
    }

    fn settle_all(&mut self, first: Result<Ended, JoinError>) {
        self.settle(first);
        for _ in 0..FEED_BATCH {
            let Some(ended) = self.runners.try_join_next() else { return };
            self.settle(ended);
        }
    }

    fn settle(&mut self, ended: Result<Ended, JoinError>) {
        let (entry, result) = match ended {
            Ok(ended) => ended,
            // A panic in a runner is a fault of ours; its job stays claimed by us and is taken up again at the next
            // start. The others go on.
            Err(error) => return self.queue.trouble("a runner", &error.to_string()),
        };
        let disposition = match result {
            Ok(disposition) => {
                self.rests = None;
                disposition
            }
            Err(error) => {
                self.queue.trouble(&entry.job().key, &error.to_string());
                let rests = self.rests.get_or_insert_with(|| Box::new(pauses(LONGEST_REST)));
                let until = Instant::now() + rests.next().unwrap_or_default();
                self.rest_until = self.rest_until.max(Some(until));
                Disposition::LookAgain(until)
            }
        };
        self.keys.settle(entry, disposition, Instant::now());
    }
}

async fn wait(slot: &mut Option<Slot>) -> Option<OwnedSemaphorePermit> {
    match slot {
        Some(slot) => slot.await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
