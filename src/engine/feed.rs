//! The feed of one list: what stands in it, and what comes and goes.
//!
//! Owns never going deaf: the list is read, then followed from the rev that was read, and read again after a gap and
//! every few minutes all the same. Each entry is judged by itself; none stops the rest.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::keys::Entry;
use super::retry::pauses;
use crate::jobs::{self, FeedHealth, JobEntries, PendingList, ServiceRoot, listed_key};
use crate::model::{Change, ChangeKind, Path, Rev, split_pointer};
use crate::oada::{Client, Watch, WatchEvent, WatchState, WatchStatus};

/// What a feed tells its queue. The number is the index of the list.
#[derive(Debug)]
pub(super) enum FeedEvent {
    /// The list is being read from its beginning.
    ListingBegins(u8),
    /// The list was read to its end.
    ListingEnds(u8),
    /// A job stands in the list.
    Offered(Entry),
    /// A key was taken out of the list.
    Withdrawn(u8, String),
    /// A list appeared inside this one: `jobs/pending`.
    Nested,
    /// The feed is interrupted, or the list cannot be read.
    Interrupted(u8, String),
}

/// The queue is gone, so there is nobody to tell.
struct Unheard;

/// How often the status of a quiet feed is noted.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// Follows one list.
pub(super) struct Feed {
    pub(super) client: Client,
    pub(super) root: ServiceRoot,
    pub(super) list: PendingList,
    pub(super) index: u8,
    /// The boot of this machine.
    pub(super) boot: String,
    /// The list is read again after this time even if nothing seems to be missed.
    pub(super) list_again_after: Duration,
    pub(super) tell: mpsc::Sender<FeedEvent>,
    pub(super) status: Arc<FeedStatus>,
}

/// How a feed is doing, for whoever asks.
#[derive(Debug, Default)]
pub(super) struct FeedStatus(Mutex<Option<WatchStatus>>);

impl FeedStatus {
    fn set(&self, status: WatchStatus) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
    }

    /// What to write into the worker's record about the list at `path`.
    pub(super) fn health(&self, path: &Path) -> FeedHealth {
        let status = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        FeedHealth {
            list: path.to_string(),
            live: status.as_ref().is_some_and(|status| status.state == WatchState::Live),
            rev: status.as_ref().and_then(|status| Some(status.rev?.0)),
            quiet_seconds: status.and_then(|status| Some(status.last_event?.elapsed().as_secs())),
        }
    }
}

impl Feed {
    /// Follows the list until nobody listens.
    pub(super) async fn follow(self) {
        // The only way out is that nobody listens.
        let Err(Unheard) = self.list_and_follow().await;
    }

    async fn list_and_follow(&self) -> Result<std::convert::Infallible, Unheard> {
        let mut following: Option<(Watch, String)> = None;
        let mut pause = pauses(Duration::from_secs(30));
        loop {
            let (rev, leftover) = match self.read_list().await? {
                Ok(read) => read,
                Err(error) => {
                    self.tell(FeedEvent::Interrupted(self.index, error.to_string())).await?;
                    tokio::time::sleep(pause.next().unwrap_or_default()).await;
                    continue;
                }
            };
            pause = pauses(Duration::from_secs(30));
            // A list that was inline and is now a resource, or the other way, is watched elsewhere.
            let mut watch = match following.take() {
                Some((mut watch, place)) if place == leftover => {
                    watch.resume_from(rev);
                    watch
                }
                _ => self.client.watch_as_worker(&self.list.path, Some(rev), &self.boot),
            };
            self.follow_until_listing(&mut watch, &leftover).await?;
            following = Some((watch, leftover));
        }
    }

    /// Reads the whole list. The inner error is one of the store.
    async fn read_list(&self) -> Result<Result<(Rev, String), jobs::Error>, Unheard> {
        self.tell(FeedEvent::ListingBegins(self.index)).await?;
        let read = self.offer_all().await?;
        if read.is_ok() {
            self.tell(FeedEvent::ListingEnds(self.index)).await?;
        }
        Ok(read)
    }

    async fn offer_all(&self) -> Result<Result<(Rev, String), jobs::Error>, Unheard> {
        let mut entries = match JobEntries::open(&self.client, &self.list.path).await {
            Ok(Some(entries)) => entries,
            // The list was deleted, or its link leads nowhere.
            Ok(None) => match self.list.layout.ensure(&self.client, &self.root).await {
                Ok(()) => return Ok(Ok((Rev(0), String::new()))),
                Err(error) => return Ok(Err(error)),
            },
            Err(error) => return Ok(Err(error)),
        };
        loop {
            match entries.next_entry().await {
                Ok(Some((key, value))) => self.offer(&key, &value).await?,
                Ok(None) => return Ok(Ok((entries.rev, entries.leftover))),
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    async fn offer(&self, key: &str, value: &Value) -> Result<(), Unheard> {
        if let Some(id) = listed_key(key, value) {
            self.tell(FeedEvent::Offered(Entry::new(self.index, key, id))).await?;
        } else if key == "pending" && value.is_object() && self.list.path == self.root.jobs() {
            self.tell(FeedEvent::Nested).await?;
        }
        Ok(())
    }

    /// Tells changes until the list has to be read again.
    async fn follow_until_listing(&self, watch: &mut Watch, leftover: &str) -> Result<(), Unheard> {
        let list_again = Instant::now() + self.list_again_after;
        loop {
            self.status.set(watch.status());
            let event = tokio::select! {
                biased;
                () = self.tell.closed() => return Err(Unheard),
                () = tokio::time::sleep_until(list_again) => return Ok(()),
                event = watch.next() => event,
                () = tokio::time::sleep(STATUS_EVERY) => continue,
            };
            match event {
                WatchEvent::Changes(changes) => {
                    let Some(own) = changes.first() else { continue };
                    if !self.tell_change(own, leftover).await? {
                        return Ok(());
                    }
                }
                WatchEvent::Gap => return Ok(()),
                WatchEvent::Deleted => {
                    self.tell(FeedEvent::Interrupted(self.index, "the list was deleted".to_owned())).await?;
                    return Ok(());
                }
                WatchEvent::Missing(error) | WatchEvent::Disconnected(error) => {
                    self.tell(FeedEvent::Interrupted(self.index, error.to_string())).await?;
                }
                _ => {}
            }
        }
    }

    /// Tells what one change did to the list; `false` if the list has to be read again.
    async fn tell_change(&self, change: &Change, leftover: &str) -> Result<bool, Unheard> {
        let members = match change.body.as_ref().and_then(|body| descend(body, leftover)) {
            None => return Ok(true),
            Some(Reached::Overwritten) => return Ok(false),
            Some(Reached::Members(members)) => members,
        };
        if !leftover.is_empty() && members.contains_key("_id") {
            return Ok(false);
        }
        for (key, value) in members {
            match change.kind {
                ChangeKind::Merge => self.offer(key, value).await?,
                ChangeKind::Delete if value.is_null() => {
                    self.tell(FeedEvent::Withdrawn(self.index, key.clone())).await?;
                }
                ChangeKind::Delete => {}
            }
        }
        Ok(true)
    }

    async fn tell(&self, event: FeedEvent) -> Result<(), Unheard> {
        self.tell.send(event).await.map_err(|_| Unheard)
    }
}

/// The part of a change's body at a JSON pointer; `None` if the change does not reach there.
fn descend<'a>(body: &'a Map<String, Value>, pointer: &str) -> Option<Reached<'a>> {
    let Some((key, rest)) = split_pointer(pointer) else { return Some(Reached::Members(body)) };
    match body.get(&key)? {
        Value::Object(members) => descend(members, rest),
        _ => Some(Reached::Overwritten),
    }
}

/// What a change did at a place.
#[derive(Debug, PartialEq)]
enum Reached<'a> {
    /// It wrote these members, or removed those that are `null`.
    Members(&'a Map<String, Value>),
    /// It put something else in its place, or removed it.
    Overwritten,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_read_at_the_place_of_the_list() {
        let body = json!({"services": {"svc": {"a/b": {"k": 1}}, "other": null}, "_rev": 3});
        let body = body.as_object().unwrap();
        let members = |pointer| match descend(body, pointer) {
            Some(Reached::Members(members)) => members.keys().cloned().collect::<Vec<_>>(),
            other => vec![format!("{other:?}")],
        };
        assert_eq!(members(""), ["_rev", "services"]);
        assert_eq!(members("/services/svc/a~1b"), ["k"]);
        assert_eq!(descend(body, "/services/other/jobs"), Some(Reached::Overwritten));
        assert_eq!(descend(body, "/elsewhere"), None);
    }
}
