//! Filing: finished jobs into their day lists, many links in one PUT.
//!
//! Owns the batch that waits while a PUT is in flight. What is handed over is repeated until it lands.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::retry::until_it_lands;
use crate::jobs::{DayLists, Layout};
use crate::model::{Path, ResourceId};
use crate::oada::Client;

/// One job to link into one day list.
struct Filed {
    layout: Layout,
    day: Path,
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
        days: DayLists,
        trouble: impl Fn(&str, &str) + Send + Sync + 'static,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, jobs) = mpsc::channel(BATCH);
        (Self { queue }, work(client, days, jobs, trouble))
    }

    /// Links a job into a day list; returns when the link is on the store.
    pub(super) async fn file(&self, layout: Layout, day: Path, key: &str, id: &ResourceId) {
        let (landed, waiting) = oneshot::channel();
        let filed = Filed { layout, day, key: key.to_owned(), id: id.clone(), landed };
        if self.queue.send(filed).await.is_ok() {
            // The task answers all it has taken before it ends.
            let _ = waiting.await;
        }
    }
}

async fn work(
    client: Client,
    days: DayLists,
    mut jobs: mpsc::Receiver<Filed>,
    trouble: impl Fn(&str, &str) + Send + Sync + 'static,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut by_day: BTreeMap<(Path, Layout), Vec<Filed>> = BTreeMap::new();
        for filed in batch.drain(..) {
            by_day.entry((filed.day.clone(), filed.layout)).or_default().push(filed);
        }
        let puts = by_day.into_iter().map(|(day, jobs)| put(&client, &days, &trouble, day, jobs));
        futures_util::future::join_all(puts).await;
    }
}

async fn put(
    client: &Client,
    days: &DayLists,
    trouble: &(impl Fn(&str, &str) + Send + Sync),
    (day, layout): (Path, Layout),
    jobs: Vec<Filed>,
) {
    let links: Vec<_> = jobs.iter().map(|filed| (filed.key.clone(), filed.id.clone())).collect();
    until_it_lands(
        || days.file(client, layout, &day, &links),
        |error| trouble(&day.to_string(), error),
        LONGEST_PAUSE,
    )
    .await;
    for filed in jobs {
        // Nobody waits for a job whose runner was stopped; its link is right all the same.
        let _ = filed.landed.send(());
    }
}
