//! Following the changes of a resource.

use std::sync::Arc;

use super::client::{Client, sendable};
use super::error::Error;
use super::subscription::Subscription;
use crate::model::{Change, Path, ResourceId, Rev};

impl Client {
    /// Follows the resource that `path` leads to: all that comes after `from`, or after the rev that the server
    /// names first. The watch is made over a socket, whatever the transport; it is told when it stands.
    ///
    /// A path that cannot be requested is told as [`WatchEvent::Missing`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn watch(&self, path: &Path, from: Option<Rev>) -> Watch {
        self.follow(path, from, None)
    }

    /// The same for a worker, on the machine that has this `boot`: what is linked comes along, so that reading it next costs no
    /// trip, and a store on the same machine tells before it has waited for its disk, since a power cut that takes back what
    /// it told takes the worker too. Other servers than our own store do as for [`Client::watch`].
    pub(crate) fn watch_as_worker(&self, path: &Path, from: Option<Rev>, boot: &str) -> Watch {
        self.follow(path, from, Some(boot.to_owned()))
    }

    fn follow(&self, path: &Path, from: Option<Rev>, boot: Option<String>) -> Watch {
        let subscription = Arc::new(Subscription::new(path.to_string(), from, boot));
        match sendable(path.to_text()) {
            Ok(_) => self.socket().follow(&subscription),
            Err(error) => subscription.refuse(error),
        }
        Watch { subscription, client: self.clone() }
    }
}

/// What a [`Watch`] tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The watch stands, for the first time or again: what follows is later than `rev`. A consumer that has not
    /// listed yet must list now.
    Started {
        /// The last rev that is not told.
        rev: Rev,
    },
    /// One change array: the watched resource's own change first, then those of resources below that caused it. Revs
    /// of the first rise strictly.
    Changes(Vec<Change>),
    /// Something may have been missed. Nothing more comes until the consumer has listed anew and called
    /// [`Watch::resume_from`] with the rev that it listed.
    Gap,
    /// The resource was deleted. When there is one again, a [`WatchEvent::Gap`] comes.
    Deleted,
    /// The server refuses to watch: nothing is there (404), or it may not be seen (401, 403). Told once; the watch
    /// is asked for again, ever more slowly, and goes on when it is granted.
    Missing(Error),
    /// The connection is lost or cannot be made. Told once; it is made again, and [`WatchEvent::Started`] or
    /// [`WatchEvent::Gap`] follows.
    Disconnected(Error),
}

/// Where a watch stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchState {
    /// There is no connection, or the server has not answered yet.
    Connecting,
    /// Changes come as they happen.
    Live,
    /// The server refuses.
    Missing,
    /// A gap was told and the consumer has not resumed.
    Gap,
}

/// How a watch is doing, for health reports.
#[derive(Clone, Debug)]
pub struct WatchStatus {
    /// Where it stands with the server.
    pub state: WatchState,
    /// The last rev that was told.
    pub rev: Option<Rev>,
    /// When the server last said anything about it.
    pub last_event: Option<std::time::Instant>,
    /// The resource that the path led to, and the way from there; one that is not empty means that a plain object
    /// stands at the path and that all changes of the resource around it are told (`oada-protocol.md` Q13).
    pub place: Option<(ResourceId, String)>,
}

/// Follows the changes of one resource, through lost connections and restarts of the server.
///
/// Dropping it ends the watch.
pub struct Watch {
    subscription: Arc<Subscription>,
    /// Keeps the socket, and through it the watch, alive.
    client: Client,
}

impl Watch {
    /// The next event. It never ends by itself; nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> WatchEvent {
        self.subscription.next().await
    }

    /// Goes on from `rev`, which the consumer has listed. Events that wait are dropped.
    pub fn resume_from(&mut self, rev: Rev) {
        self.subscription.resume_from(rev);
        self.client.socket().look_at_watches();
    }

    /// How the watch is doing.
    #[must_use]
    pub fn status(&self) -> WatchStatus {
        self.subscription.status()
    }
}
