//! Figures about one queue: what waits in it, whether it is paused, who works on it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::connect::Store;
use crate::cli::error::Failure;
use crate::cli::figures::{Unfinished, Worker, finished_on, unfinished, workers};
use crate::jobs::{self, Control, FinalList, Layout};

/// What is known of a queue.
pub(super) struct Figures {
    pub(super) control: Control,
    pub(super) unfinished: Unfinished,
    pub(super) workers: Vec<Worker>,
    pub(super) layout: Option<Layout>,
    success_today: u64,
    failure_today: u64,
}

impl Figures {
    /// Reads them; no job is read.
    pub(super) async fn read(store: &Store, zone: &TimeZone) -> Result<Self, Failure> {
        let today = Timestamp::now().to_zoned(zone.clone()).date();
        let (client, root) = (&store.client, &store.root);
        let (control, survey, unfinished, workers, success_today, failure_today) = futures_util::try_join!(
            async { jobs::control(client, root).await.map_err(Failure::from) },
            async { jobs::survey(client, root).await.map_err(Failure::from) },
            unfinished(store),
            workers(store),
            finished_on(store, FinalList::Success, today),
            finished_on(store, FinalList::Failure, today),
        )?;
        Ok(Self { control, layout: survey.layout(), unfinished, workers, success_today, failure_today })
    }

    /// The members that `queue show` and `queue stats` share. The names are documented in `docs/output.md`.
    pub(super) fn record(&self, name: &str, store: &Store) -> Value {
        let now = Timestamp::now();
        let is_paused = self.control.paused.as_ref().is_some_and(|pause| pause.holds_at(now));
        let alive = || self.workers.iter().filter(|worker| worker.is_alive);
        json!({
            "name": name,
            "service": store.root.name(),
            "domain": store.client.describe(),
            "state": if is_paused { "paused" } else { "open" },
            "unfinished": self.unfinished.count,
            "running": alive().map(|worker| worker.record.running.len()).sum::<usize>(),
            "slots": alive().map(|worker| worker.record.concurrency).sum::<usize>(),
            "workers": alive().count(),
            "oldest": self.unfinished.oldest.map(|time| format!("{time:.3}")),
            "success_today": self.success_today,
            "failure_today": self.failure_today,
        })
    }
}

/// The types that are paused at `now`.
pub(super) fn paused_types(control: &Control, now: Timestamp) -> Value {
    let holding = control.paused_types.iter().filter(|(_, pause)| pause.holds_at(now));
    holding
        .map(|(job_type, pause)| {
            json!({"type": job_type, "since": pause.since, "until": pause.until, "reason": pause.reason})
        })
        .collect()
}
