//! What operators tell this worker through the control document of a queue.
//!
//! Owns one watch per queue, whatever runs. Acting on it is the dispatcher's and the runners' affair.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::retry::pauses;
use crate::jobs::{self, Control, ServiceRoot};
use crate::model::Tree;
use crate::oada::{Client, WatchEvent};

/// The control document as last read, kept fresh by [`ControlFeed::follow`].
pub(super) struct ControlFeed {
    client: Client,
    root: ServiceRoot,
    current: watch::Sender<Arc<Control>>,
}

impl ControlFeed {
    /// Reads the document. It is made if it is missing, so that it can be watched.
    pub(super) async fn open(client: Client, root: ServiceRoot) -> Result<Self, jobs::Error> {
        client.ensure(&root.control(), Tree::classic()).await?;
        let control = jobs::control(&client, &root).await?;
        Ok(Self { client, root, current: watch::Sender::new(Arc::new(control)) })
    }

    /// Keeps it fresh, for ever.
    pub(super) async fn follow(&self) {
        let path = self.root.control();
        let mut watch = self.client.watch(&path, None);
        let mut pauses = pauses(Duration::from_secs(60));
        loop {
            // The watch stands before the document is read, so nothing is missed in between.
            match watch.next().await {
                WatchEvent::Started { .. } | WatchEvent::Changes(_) => {}
                WatchEvent::Gap => {
                    watch = self.client.watch(&path, None);
                    continue;
                }
                _ => continue,
            }
            match jobs::control(&self.client, &self.root).await {
                Ok(control) => {
                    self.current.send_replace(Arc::new(control));
                }
                Err(error) => {
                    tracing::warn!(%error, "the control document could not be read");
                    tokio::time::sleep(pauses.next().unwrap_or_default()).await;
                    watch = self.client.watch(&path, None);
                }
            }
        }
    }

    /// What operators say now.
    pub(super) fn now(&self) -> Arc<Control> {
        self.current.borrow().clone()
    }

    /// Tells when that changes.
    pub(super) fn changes(&self) -> watch::Receiver<Arc<Control>> {
        self.current.subscribe()
    }

    /// Resolves when somebody asks for a job to be cancelled.
    pub(super) async fn asked_to_cancel(&self, key: &str) {
        let mut changes = self.changes();
        let asked = |control: &Arc<Control>| control.cancel.iter().any(|wanted| wanted == key);
        let was_asked = changes.wait_for(asked).await.is_ok();
        if !was_asked {
            std::future::pending().await
        }
    }

    /// Whether nothing may be claimed at present.
    pub(super) fn is_paused(&self) -> bool {
        let now = Timestamp::now();
        self.current.borrow().paused.as_ref().is_some_and(|pause| pause.holds_at(now))
    }

    /// How long until the next pause ends by itself.
    pub(super) fn next_end(&self) -> Option<Duration> {
        let now = Timestamp::now();
        let control = self.now();
        let pauses = control.paused.iter().chain(control.paused_types.values());
        let ends = pauses.filter_map(|pause| crate::model::parse_time(pause.until.as_deref()?));
        ends.filter(|end| *end > now).min().and_then(|end| end.duration_since(now).try_into().ok())
    }
}
