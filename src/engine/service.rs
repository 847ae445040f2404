//! A service: its own queue, the queues on its list, and everything they share.
//!
//! Owns starting, draining and stopping. Which jobs run is the queues' affair.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::Error;
use super::event::{Event, Observer};
use super::handler::{Context, Function, JobError};
use super::listed::{Connect, ListedQueues};
use super::queue::Queue;
use super::registry::{HandlerEntry, Handlers, Registry};
use crate::jobs::{self, FinalList, QueueEntry, ServiceRoot};
use crate::model::{Job, is_item_key, new_key};
use crate::oada::{self, Client};

/// The name of a service's own queue, as @oada/jobs 1.x calls it.
pub const OWN_QUEUE: &str = "default-service-queue";

/// Which lists are made when a service starts. Those that are there are served whatever this says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LayoutChoice {
    /// Those the service has; classic for a new one.
    #[default]
    Auto,
    /// Those of @oada/jobs 1.x and 2.x.
    Classic,
    /// Those of @oada/jobs 4.6 to 5.x.
    Current,
}

/// What becomes of a job whose type has no handler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// It is left for another worker.
    #[default]
    Skip,
    /// It fails, as with the Node workers.
    Fail,
}

/// Whether a claim is read back before it is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// Where other workers live and the store is not the embedded one.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a service works. The defaults are those of the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many handlers run at once, over all queues.
    pub concurrency: usize,
    /// How many jobs of a queue may be run, or wait to be filed, at once.
    pub max_unfiled: usize,
    /// Which lists are made at the start.
    pub layout: LayoutChoice,
    /// What becomes of a job whose type has no handler.
    pub unknown: Unknown,
    /// Whether to end when all queues are empty.
    pub once: bool,
    /// How long running handlers may go on after the service was told to stop.
    pub grace: Duration,
    /// How often a job may kill its workers before it counts as failed.
    pub max_attempts: u32,
    /// How often a handler may ask for another attempt.
    pub temporary_attempts: u32,
    /// How often the worker says that it lives.
    pub heartbeat: Duration,
    /// How long a worker may be silent before others take its jobs.
    pub stale_after: Duration,
    /// How often the lists are read again although nothing seems to be missed.
    pub list_again_after: Duration,
    /// The time zone that decides the day a job is filed under.
    pub zone: TimeZone,
    /// Whether claims are read back.
    pub verify_claims: Verify,
    /// JSON pointers into a job, such as `/config/document`, at which it names resources that shall link to it.
    pub link_pointers: Vec<String>,
    /// The value of `OADA_JOBS_LOGGING`: which levels below `info` become updates.
    pub logging: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 10,
            max_unfiled: 1000,
            layout: LayoutChoice::default(),
            unknown: Unknown::default(),
            once: false,
            grace: Duration::from_secs(30),
            max_attempts: 3,
            temporary_attempts: 5,
            heartbeat: Duration::from_secs(10),
            stale_after: Duration::from_secs(60),
            list_again_after: Duration::from_secs(300),
            zone: TimeZone::UTC,
            verify_claims: Verify::default(),
            link_pointers: Vec::new(),
            logging: String::new(),
        }
    }
}

/// How a running service is told to stop.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Claim nothing more, let what runs go on for the grace period, then stop it.
    pub drain: CancellationToken,
    /// Stop what runs now. Stopped jobs go back unharmed.
    pub kill: CancellationToken,
}

/// What a service has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Jobs that ended well.
    pub success: u64,
    /// Jobs that failed.
    pub failure: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tallies {
    success: AtomicU64,
    failure: AtomicU64,
}

impl Tallies {
    pub(super) fn ended(&self, list: FinalList) {
        let tally = match list {
            FinalList::Success => &self.success,
            FinalList::Failure => &self.failure,
        };
        tally.fetch_add(1, Ordering::Relaxed);
    }
}

/// What all queues of a service share.
pub(super) struct Shared {
    pub(super) root: ServiceRoot,
    pub(super) options: Options,
    pub(super) registry: Arc<Registry>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) stop: Stop,
    /// Whether an operator wants nothing more to be claimed, of any queue.
    pub(super) quiet: watch::Sender<bool>,
    pub(super) tallies: Tallies,
    active: Mutex<HashSet<Arc<str>>>,
    slots: Arc<Semaphore>,
}

impl Shared {
    /// The nonces of the claims being worked on in this process.
    pub(super) fn active(&self) -> MutexGuard<'_, HashSet<Arc<str>>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until one more handler may run. `None` never comes while the service lives.
    pub(super) async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        self.slots.clone().acquire_owned().await.ok()
    }

    /// One more handler, if it may run at once.
    pub(super) fn slot_if_free(&self) -> Option<OwnedSemaphorePermit> {
        self.slots.clone().try_acquire_owned().ok()
    }
}

/// Sets up a [`Service`].
pub struct Builder {
    name: String,
    client: Option<Client>,
    own_token: Option<secrecy::SecretString>,
    options: Options,
    registry: Arc<Registry>,
    observer: Arc<dyn Observer>,
    connect: Option<Connect>,
    worker_id: Option<String>,
}

impl Builder {
    /// Sets the client that reaches the service's own queue.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Registers a function for a type: `.on("email", Duration::from_secs(10), async |job, context| …)`; the time
    /// limit may be `None`.
    ///
    /// The function gets the [`Job`] and its [`Context`]; what it returns becomes the job's result (anything that is no
    /// object goes under `value`). When it must stop, its future is dropped.
    #[must_use]
    pub fn on<F, Fut, R>(self, job_type: &str, timeout: impl Into<Option<Duration>>, function: F) -> Self
    where
        F: Fn(Job, Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, JobError>> + Send,
        R: Serialize + Send,
    {
        let entry = HandlerEntry::each(Arc::new(Function(function)));
        self.handler(job_type, HandlerEntry { timeout: timeout.into(), ..entry })
    }

    /// Registers a handler for a type or a pattern of types, in which `*` stands for any text and `?` for one
    /// character.
    #[must_use]
    pub fn handler(self, job_type: &str, entry: HandlerEntry) -> Self {
        self.registry.register(job_type, entry);
        self
    }

    /// Sets how many handlers run at once, over all queues.
    #[must_use]
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.options.concurrency = handlers.max(1);
        self
    }

    /// Sets everything else.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets the id of the worker's record in the service's own queue; a new KSUID unless set. It must be new at each
    /// start: claims of an earlier worker of this id would be taken for this one's.
    #[must_use]
    pub fn worker_id(mut self, id: &str) -> Self {
        self.worker_id = Some(id.to_owned());
        self
    }

    /// Sets who is told what happens.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// Serves the queue list too, reaching its stores through `connect`. `own_token` is that of the service's own
    /// client: an entry that names the same store with it is the own queue again, and left out.
    #[must_use]
    pub fn queue_list(
        mut self,
        own_token: secrecy::SecretString,
        connect: impl Fn(&QueueEntry) -> Result<Client, oada::Error> + Send + Sync + 'static,
    ) -> Self {
        self.own_token = Some(own_token);
        self.connect = Some(Arc::new(connect));
        self
    }

    /// The service, ready to run.
    ///
    /// # Errors
    /// [`Error::NoHandlers`] if nothing is registered, [`Error::NoClient`], and [`Error::Name`].
    pub fn build(self) -> Result<Service, Error> {
        if self.registry.types().is_empty() {
            return Err(Error::NoHandlers);
        }
        let root = ServiceRoot::named(&self.name).map_err(Error::Name)?;
        let client = self.client.clone().ok_or(Error::NoClient)?;
        if let Some(key) = self.worker_id.clone().filter(|id| !is_item_key(id)) {
            return Err(Error::Name(jobs::Error::Key { key }));
        }
        Ok(Service { root, client, builder: self })
    }
}

/// A worker for one service.
pub struct Service {
    root: ServiceRoot,
    client: Client,
    builder: Builder,
}

impl Service {
    /// Begins to set up a worker for the service of this name.
    #[must_use]
    pub fn builder(name: &str) -> Builder {
        Builder {
            name: name.to_owned(),
            client: None,
            own_token: None,
            options: Options::default(),
            registry: Arc::default(),
            observer: Arc::new(|_: &Event| {}),
            connect: None,
            worker_id: None,
        }
    }

    /// The handlers, to replace them while the service runs.
    #[must_use]
    pub fn handlers(&self) -> Handlers {
        Handlers(self.builder.registry.clone())
    }

    /// Runs until told to stop or, with [`Options::once`], until all queues are empty.
    ///
    /// Dropping the future stops everything at once; claimed jobs are taken up again by the next worker.
    ///
    /// # Errors
    /// When the service's own queue cannot be served at the start. Later trouble is told to the observer, and tried
    /// again.
    pub async fn run(self, stop: Stop) -> Result<Summary, Error> {
        let Self { root, client, builder } = self;
        let Builder { own_token, options, registry, observer, connect, worker_id, .. } = builder;
        let shared = Arc::new(Shared {
            slots: Arc::new(Semaphore::new(options.concurrency)),
            active: Mutex::default(),
            quiet: watch::Sender::new(false),
            tallies: Tallies::default(),
            root,
            options,
            registry,
            observer,
            stop,
        });
        let worker = worker_id.unwrap_or_else(new_key);
        let opened = Queue::open(shared.clone(), OWN_QUEUE.to_owned(), client.clone(), worker).await;
        let (queue, filing) =
            opened.map_err(|source| Error::Queue { service: shared.root.to_string(), source })?;
        let own = AbortOnDropHandle::new(tokio::spawn(serve_opened(queue, filing, CancellationToken::new())));
        let listed =
            connect.map(|connect| ListedQueues { shared: shared.clone(), client, own_token, connect });
        let over = CancellationToken::new();
        let work = async {
            let listed = async {
                match listed {
                    Some(listed) => listed.serve().await,
                    None => Ok(()),
                }
            };
            let (own, listed) = tokio::join!(own, listed);
            over.cancel();
            own.map_err(panicked).and(listed)
        };
        let (ended, ()) = tokio::join!(work, end_of_grace(&shared, &over));
        ended?;
        Ok(Summary {
            success: shared.tallies.success.load(Ordering::Relaxed),
            failure: shared.tallies.failure.load(Ordering::Relaxed),
        })
    }
}

fn panicked(error: tokio::task::JoinError) -> Error {
    Error::Panicked(error.to_string())
}

/// Stops what runs when the grace period after the first request to stop is over.
async fn end_of_grace(shared: &Shared, over: &CancellationToken) {
    tokio::select! {
        biased;
        () = over.cancelled() => return,
        () = shared.stop.drain.cancelled() => {}
    }
    shared.observer.notice(&Event::Draining { running: shared.active().len() });
    tokio::select! {
        biased;
        () = over.cancelled() => {}
        () = tokio::time::sleep(shared.options.grace) => shared.stop.kill.cancel(),
    }
}

pub(super) async fn serve_opened(queue: Queue, filing: impl Future<Output = ()>, stop: CancellationToken) {
    // The filing ends when the queue, which holds its other end, is gone.
    tokio::join!(queue.run(stop), filing);
}
