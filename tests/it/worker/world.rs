//! A store, a service on it, and workers that can be watched.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use oada_jobs::engine::handler::{Context, JobError};
use oada_jobs::engine::{Builder, Event, Handlers, Options, Service, Stop, Summary};
use oada_jobs::jobs::{self, FinalList, Layout, NewJob, QueueEntry, ServiceRoot};
use oada_jobs::model::{Job, Path};
use oada_jobs::oada::{Client, Domain, Transport};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::server::{PATIENCE, TestStore};

pub(crate) struct World {
    pub(crate) store: TestStore,
    pub(crate) root: ServiceRoot,
    pub(crate) client: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        let store = TestStore::start().await;
        let client = client(&store.address, &store.token);
        Self { root: ServiceRoot::named("svc").unwrap(), client, store }
    }

    /// A world whose service has the lists of a layout.
    pub(crate) async fn laid_out(layout: Layout) -> Self {
        let world = Self::new().await;
        layout.ensure(&world.client, &world.root).await.unwrap();
        world
    }

    pub(crate) fn service(&self) -> Builder {
        let client = client(&self.store.address, &self.store.token);
        Service::builder(self.root.name()).client(client).options(options())
    }

    /// A worker that serves the service's list of queues too.
    pub(crate) fn service_with_list(&self) -> Builder {
        self.service().queue_list(self.store.token.clone().into(), |entry| {
            let domain = Arc::new(Domain::parse(&entry.domain)?);
            Client::builder(domain).token(entry.token.clone()).build()
        })
    }

    /// A second user of the store, and the entry by which a queue list names their queue.
    pub(crate) fn second_user(&self) -> (Client, QueueEntry) {
        self.store.store.add_user("second").unwrap();
        let token = self.store.token_for("second", &["all:all"]);
        let second = client(&self.store.address, &token);
        (second, QueueEntry { domain: format!("http://{}", self.store.address), token: token.into() })
    }

    /// Posts a job in the layout of the service and returns its key.
    pub(crate) async fn post(&self, job_type: &str, config: Value) -> String {
        let layout = jobs::posting_layout(&self.client, &self.root, None).await.unwrap();
        let job = NewJob::new(job_type, config.as_object().cloned().unwrap());
        jobs::post(&self.client, &self.root, layout, &job).await.unwrap().key
    }

    /// Writes a resource and links it into the classic pending list.
    pub(crate) async fn link_raw(&self, key: &str, body: &Value) {
        let resource = Path::root().join("resources").join(key);
        self.client.put(&resource, "application/json", body, None).await.unwrap();
        self.put("/bookmarks/services/svc/jobs", &json!({key: {"_id": format!("resources/{key}")}})).await;
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) {
        self.client.put(&Path::parse(path).unwrap(), "application/json", body, None).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Option<Value> {
        self.client.find(&Path::parse(path).unwrap()).await.unwrap().map(|document| document.value)
    }

    pub(crate) async fn job(&self, key: &str) -> Job {
        jobs::find(&self.client, &self.root, key).await.unwrap().job
    }

    /// In which final lists a job stands, by their paths below the service.
    pub(crate) async fn filed(&self, key: &str) -> Vec<String> {
        let mut lists = Vec::new();
        for list in [FinalList::Success, FinalList::Failure] {
            for day in jobs::finished_days(&self.client, &self.root, list).await.unwrap() {
                if self.client.head(&day.path.join(key)).await.unwrap().is_some() {
                    lists.push(day.path.to_string().replace(&format!("{}/", self.root), ""));
                }
            }
        }
        lists
    }

    pub(crate) async fn is_pending(&self, key: &str) -> bool {
        for list in jobs::pending_lists(&self.client, &self.root).await.unwrap() {
            if self.client.head(&list.path.join(key)).await.unwrap().is_some() {
                return true;
            }
        }
        false
    }

    /// Waits until a job is filed and nowhere pending.
    pub(crate) async fn until_filed(&self, key: &str) -> Job {
        eventually(&format!("{key} is filed"), async || {
            !self.filed(key).await.is_empty() && !self.is_pending(key).await
        })
        .await;
        self.job(key).await
    }
}

pub(crate) fn client(address: &str, token: &str) -> Client {
    Client::builder(Arc::new(Domain::parse(&format!("http://{address}")).unwrap()))
        .token(token.to_owned().into())
        .transport(Transport::Socket)
        .build()
        .unwrap()
}

pub(crate) fn options() -> Options {
    Options { grace: Duration::from_secs(5), ..Options::default() }
}

/// Waits for a fact, with a deadline.
pub(crate) async fn eventually(what: &str, fact: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !fact().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What a worker told, in order.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    pub(crate) fn all(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.all().iter().filter(|event| which(event)).count()
    }

    pub(crate) async fn until(&self, what: &str, which: impl Fn(&Event) -> bool) {
        eventually(what, async || self.count(&which) > 0).await;
    }
}

/// A running worker.
pub(crate) struct Worker {
    pub(crate) stop: Stop,
    pub(crate) events: Events,
    pub(crate) handlers: Handlers,
    task: JoinHandle<Result<Summary, oada_jobs::engine::Error>>,
}

impl Worker {
    pub(crate) async fn start(builder: Builder) -> Self {
        let (events, stop) = (Events::default(), Stop::default());
        let told = events.clone();
        let service = builder
            .observer(move |event: &Event| told.0.lock().unwrap().push(event.clone()))
            .build()
            .unwrap();
        let handlers = service.handlers();
        let task = tokio::spawn(service.run(stop.clone()));
        let worker = Self { stop, events, handlers, task };
        worker.events.until("the queue is served", |event| matches!(event, Event::QueueStarted { .. })).await;
        worker
    }

    /// Dies as a process does: nothing is given back.
    pub(crate) async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }

    pub(crate) async fn drain(self) -> Summary {
        self.stop.drain.cancel();
        self.end().await
    }

    pub(crate) async fn end(self) -> Summary {
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap().unwrap()
    }
}

/// A handler that says how often it ran, and returns what it was given.
pub(crate) async fn echo(job: Job, _: Context) -> Result<Map<String, Value>, JobError> {
    Ok(job.config)
}
