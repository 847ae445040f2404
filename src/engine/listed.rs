//! The queues on a service's queue list, which come and go while it runs.
//!
//! Owns starting and stopping them. A queue in trouble is tried again by itself; the others go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::Error;
use super::event::Event;
use super::queue::Queue;
use super::retry::pauses;
use super::service::{Shared, serve_opened};
use crate::jobs::{self, QueueEntry, Queues};
use crate::model::{Tree, new_key};
use crate::oada::{self, Client, WatchEvent};

pub(super) type Connect = Arc<dyn Fn(&QueueEntry) -> Result<Client, oada::Error> + Send + Sync>;

/// How long pauses grow between tries to serve a queue, or to read the list.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Serves the queue list of a service.
pub(super) struct ListedQueues {
    pub(super) shared: Arc<Shared>,
    pub(super) client: Client,
    pub(super) own_token: Option<secrecy::SecretString>,
    pub(super) connect: Connect,
}

struct Running {
    entry: QueueEntry,
    stop: CancellationToken,
    task: AbortOnDropHandle<()>,
}

impl ListedQueues {
    /// Serves the list until the service drains; a service that runs once reads it once.
    pub(super) async fn serve(self) -> Result<(), Error> {
        let mut running = BTreeMap::new();
        let mut leaving = Vec::new();
        if self.shared.options.once {
            match jobs::queues(&self.client, &self.shared.root).await {
                Ok(list) => self.apply(list, &mut running, &mut leaving),
                Err(error) => self.trouble(&error, Duration::ZERO),
            }
        } else {
            tokio::select! {
                biased;
                () = self.shared.stop.drain.cancelled() => {}
                () = self.follow(&mut running, &mut leaving) => {}
            }
        }
        for queue in leaving.into_iter().chain(running.into_values().map(|queue: Running| queue.task)) {
            queue.await.map_err(|error| Error::Panicked(error.to_string()))?;
        }
        Ok(())
    }

    async fn follow(
        &self,
        running: &mut BTreeMap<String, Running>,
        leaving: &mut Vec<AbortOnDropHandle<()>>,
    ) {
        let path = self.shared.root.queues();
        let mut pause = pauses(LONGEST_PAUSE);
        while let Err(error) = self.client.ensure(&path, Tree::classic()).await {
            let again_in = pause.next().unwrap_or(LONGEST_PAUSE);
            self.trouble(&error, again_in);
            tokio::time::sleep(again_in).await;
        }
        let mut watch = self.client.watch(&path, None);
        loop {
            // The watch stands before the list is read, so nothing is missed in between.
            match watch.next().await {
                WatchEvent::Started { .. } | WatchEvent::Changes(_) => self.read(running, leaving).await,
                WatchEvent::Gap => watch = self.client.watch(&path, None),
                WatchEvent::Missing(error) | WatchEvent::Disconnected(error) => {
                    self.trouble(&error, Duration::ZERO);
                }
                _ => {}
            }
            leaving.retain(|queue| !queue.is_finished());
        }
    }

    async fn read(&self, running: &mut BTreeMap<String, Running>, leaving: &mut Vec<AbortOnDropHandle<()>>) {
        let mut pause = pauses(LONGEST_PAUSE);
        loop {
            match jobs::queues(&self.client, &self.shared.root).await {
                Ok(list) => return self.apply(list, running, leaving),
                Err(error) => {
                    let again_in = pause.next().unwrap_or(LONGEST_PAUSE);
                    self.trouble(&error, again_in);
                    tokio::time::sleep(again_in).await;
                }
            }
        }
    }

    /// Stops what is not on the list any more or has changed, and starts what is new.
    fn apply(
        &self,
        list: Queues,
        running: &mut BTreeMap<String, Running>,
        leaving: &mut Vec<AbortOnDropHandle<()>>,
    ) {
        let wanted = self.wanted(list);
        let gone: Vec<String> = running
            .iter()
            .filter(|(name, queue)| wanted.get(*name) != Some(&queue.entry))
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            if let Some(queue) = running.remove(&name) {
                queue.stop.cancel();
                leaving.push(queue.task);
            }
        }
        for (name, entry) in wanted {
            running.entry(name.clone()).or_insert_with(|| {
                let stop = CancellationToken::new();
                let task = serve_listed(
                    self.shared.clone(),
                    name,
                    entry.clone(),
                    self.connect.clone(),
                    stop.clone(),
                );
                Running { entry, stop, task: AbortOnDropHandle::new(tokio::spawn(task)) }
            });
        }
    }

    /// The valid entries, each store and token once, and without the service's own.
    fn wanted(&self, list: Queues) -> BTreeMap<String, QueueEntry> {
        let mut wanted: BTreeMap<String, QueueEntry> = BTreeMap::new();
        for (name, entry) in list {
            match entry {
                Ok(entry) if self.is_own(&entry) || wanted.values().any(|other| *other == entry) => {}
                Ok(entry) => {
                    wanted.insert(name, entry);
                }
                Err(reason) => self.shared.observer.notice(&Event::QueueInvalid { queue: name, reason }),
            }
        }
        wanted
    }

    fn is_own(&self, entry: &QueueEntry) -> bool {
        self.own_token.as_ref().is_some_and(|own| own.expose_secret() == entry.token.expose_secret())
            && entry.domain == self.client.describe()
    }

    fn trouble(&self, error: &dyn std::fmt::Display, again_in: Duration) {
        self.shared.observer.notice(&Event::QueueTrouble {
            queue: self.shared.root.queues().to_string(),
            error: error.to_string(),
            again_in,
        });
    }
}

/// Serves one listed queue until it is told to stop, however long its store is away.
async fn serve_listed(
    shared: Arc<Shared>,
    name: String,
    entry: QueueEntry,
    connect: Connect,
    stop: CancellationToken,
) {
    let mut pause = pauses(LONGEST_PAUSE);
    loop {
        let open = async { Queue::open(shared.clone(), name.clone(), connect(&entry)?, new_key()).await };
        let error = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = shared.stop.drain.cancelled() => return,
            opened = open => match opened {
                Ok((queue, filing)) => return serve_opened(queue, filing, stop).await,
                Err(error) => error,
            },
        };
        let again_in = pause.next().unwrap_or(LONGEST_PAUSE);
        shared.observer.notice(&Event::QueueTrouble {
            queue: name.clone(),
            error: error.to_string(),
            again_in,
        });
        if shared.options.once {
            return;
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = shared.stop.drain.cancelled() => return,
            () = tokio::time::sleep(again_in) => {}
        }
    }
}
