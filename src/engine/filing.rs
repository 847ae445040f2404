//! Filing: finished jobs into their day lists, many links in one PUT.
//!
//! Owns the batch that waits while a PUT is in flight. What is handed over is repeated until it lands.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::retry::until_it_lands;
use crate::jobs::{DayList, DayLists, Layout, ServiceRoot};
use crate::model::{Path, ResourceId};
use crate::oada::Client;

/// One job to link into one day list.
struct Filed {
    list: DayList,
    key: String,
    id: ResourceId,
    landed: oneshot::Sender<()>,
}

/// Hands finished jobs to the task that files them.
#[derive(Clone)]
pub(super) struct Filer {
    queue: mpsc::Sender<Filed>,
}

/// How long the pauses between tries to write a day list may grow.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The most links that travel in one PUT.
const BATCH: usize = 500;

impl Filer {
    /// A filer, and the task that does its work; the task ends when all handles are gone.
    pub(super) fn new(
        client: Client,
        root: ServiceRoot,
        days: DayLists,
        trouble: impl Fn(&str, &str) + Send + Sync + 'static,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, jobs) = mpsc::channel(BATCH);
        (Self { queue }, work(client, root, days, jobs, trouble))
    }

    /// Links a job into a day list; returns when the link is on the store.
    pub(super) async fn file(&self, list: DayList, key: &str, id: &ResourceId) {
        let (landed, waiting) = oneshot::channel();
        let filed = Filed { list, key: key.to_owned(), id: id.clone(), landed };
        if self.queue.send(filed).await.is_ok() {
            // The task answers all it has taken before it ends.
            let _ = waiting.await;
        }
    }
}

async fn work(
    client: Client,
    root: ServiceRoot,
    days: DayLists,
    mut jobs: mpsc::Receiver<Filed>,
    trouble: impl Fn(&str, &str) + Send + Sync + 'static,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut by_list: BTreeMap<DayList, (Vec<_>, Vec<_>)> = BTreeMap::new();
        for Filed { list, key, id, landed } in batch.drain(..) {
            let (links, waiting) = by_list.entry(list).or_default();
            links.push((key, id));
            waiting.push(landed);
        }
        let puts = by_list.into_iter().map(async |(list, (links, waiting))| {
            put(&client, &days, &trouble, (list.path(&root), list.layout()), &links).await;
            for landed in waiting {
                // Nobody waits for a job whose runner was stopped; its link is right all the same.
                let _ = landed.send(());
            }
        });
        futures_util::future::join_all(puts).await;
    }
}

async fn put(
    client: &Client,
    days: &DayLists,
    trouble: &(impl Fn(&str, &str) + Send + Sync),
    (day, layout): (Path, Layout),
    links: &[(String, ResourceId)],
) {
    until_it_lands(
        || days.file(client, layout, &day, links),
        |error| trouble(&day.to_string(), error),
        LONGEST_PAUSE,
    )
    .await;
}
