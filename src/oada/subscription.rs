//! A watch as the socket and its consumer share it: the feed, and the events that wait.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::error::{Error, Method};
use super::feed::{Feed, Need, Output};
use super::reply::Reply;
use super::watch::{WatchEvent, WatchState, WatchStatus};
use crate::model::{Change, ResourceId, Rev};

/// How many events may wait for a slow consumer. While one reads a list of a million, some ten thousand come at the rates
/// that a store is capable of; were they too many, it would have to read the list again, and again.
const MOST_EVENTS: usize = 32 << 10;
/// How many bytes of changes may wait for a slow consumer.
const MOST_BYTES: usize = 16 << 20;
/// The longest pause before a watch that the server refuses is asked for again.
const LONGEST_REFUSAL: Duration = Duration::from_secs(30);

pub(super) struct Subscription {
    path: String,
    boot: Option<String>,
    told: Notify,
    state: Mutex<State>,
}

struct State {
    feed: Feed,
    events: VecDeque<(WatchEvent, usize)>,
    bytes: usize,
    /// Whether a gap was put into the events since the consumer last resumed.
    is_gap_told: bool,
    /// The id of the request that the server knows the watch by.
    request: Option<u64>,
    refusal: Option<Refusal>,
    backoff: Backoff,
    is_disconnection_told: bool,
    last_event: Option<Instant>,
    place: Option<(ResourceId, String)>,
}

struct Refusal {
    status: Option<u16>,
    /// `None` if asking again is of no use.
    again: Option<Instant>,
}

impl Subscription {
    pub(super) fn new(path: String, from: Option<Rev>, boot: Option<String>) -> Self {
        let state = State {
            feed: Feed::new(from, Instant::now()),
            events: VecDeque::new(),
            bytes: 0,
            is_gap_told: false,
            request: None,
            refusal: None,
            backoff: Backoff::up_to(LONGEST_REFUSAL),
            is_disconnection_told: false,
            last_event: None,
            place: None,
        };
        Self { path, boot, told: Notify::new(), state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // What the consumer does.

    pub(super) async fn next(&self) -> WatchEvent {
        loop {
            if let Some(event) = self.lock().pop() {
                return event;
            }
            self.told.notified().await;
        }
    }

    pub(super) fn resume_from(&self, rev: Rev) {
        let mut state = self.lock();
        state.clear();
        state.feed.resume_from(rev, Instant::now());
    }

    pub(super) fn status(&self) -> WatchStatus {
        let state = self.lock();
        WatchStatus {
            state: if state.feed.is_lost() {
                WatchState::Gap
            } else if state.refusal.is_some() {
                WatchState::Missing
            } else if state.feed.is_live() {
                WatchState::Live
            } else {
                WatchState::Connecting
            },
            rev: state.feed.position(),
            last_event: state.last_event.map(Instant::into_std),
            place: state.place.clone(),
        }
    }

    // What the socket does.

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The boot of the machine on which a worker follows.
    pub(super) fn boot(&self) -> Option<&str> {
        self.boot.as_deref()
    }

    /// Notes that the watch is asked for with this request, and returns the rev to resume from.
    pub(super) fn request(&self, id: u64) -> Option<Rev> {
        let mut state = self.lock();
        state.request = Some(id);
        state.feed.request(Instant::now())
    }

    /// Gives up the id of the request that the server knows the watch by, so that it can be ended there.
    pub(super) fn take_request(&self) -> Option<u64> {
        self.lock().request.take()
    }

    /// Whether the server was asked for the watch, and has not refused it.
    pub(super) fn is_requested(&self) -> bool {
        self.lock().request.is_some()
    }

    /// Whether the server should be told that this watch is of no use until the consumer resumes.
    pub(super) fn is_lost(&self) -> bool {
        self.lock().feed.is_lost()
    }

    /// What is needed now.
    pub(super) fn tick(&self) -> Need {
        let now = Instant::now();
        self.tell(|state, out| {
            let need = state.feed.tick(now, out);
            match &state.refusal {
                Some(refusal) if refusal.again.is_none_or(|again| again > now) => Need::Nothing,
                _ => need,
            }
        })
    }

    /// Takes in an answer to the watch request.
    pub(super) fn answered(&self, reply: &Reply) {
        if !reply.is_success() {
            self.refuse(reply.refusal(Method::Watch, &self.path));
            return;
        }
        self.tell(|state, out| {
            state.refusal = None;
            state.is_disconnection_told = false;
            state.backoff.reset();
            state.heard(reply, |feed, head, now| feed.answered(head, now, out));
        });
    }

    /// Takes in the answer to the question whether anything was missed.
    pub(super) fn checked(&self, reply: &Reply) {
        self.tell(|state, out| {
            state.heard(reply, |feed, head, now| match head {
                Some((rev, resource)) if reply.is_success() => feed.heard_rev(rev, resource, now, out),
                // Asking for the watch anew brings the reason to light.
                _ => feed.interrupt(),
            });
        });
    }

    /// Takes in a change array that was `size` bytes long on the wire.
    pub(super) fn changed(&self, resource: &ResourceId, changes: Vec<Change>, size: usize) {
        let now = Instant::now();
        self.tell(|state, out| {
            state.last_event = Some(now);
            state.feed.changed(resource, changes, size, now, out);
        });
    }

    /// Takes in a change that cannot be read.
    pub(super) fn garbled(&self) {
        self.tell(|state, out| {
            if !state.feed.is_lost() {
                out.push(state.feed.lose());
            }
        });
    }

    /// Takes in that the server refuses.
    pub(super) fn refuse(&self, error: Error) {
        let mut state = self.lock();
        let is_told = state.refusal.as_ref().is_some_and(|refusal| refusal.status == error.status());
        let pause = error.retry_after().unwrap_or_else(|| state.backoff.next_delay());
        let again = error.status().map(|_| Instant::now() + pause);
        state.refusal = Some(Refusal { status: error.status(), again });
        state.request = None;
        state.feed.interrupt();
        if !is_told {
            state.push(WatchEvent::Missing(error), 0);
            self.told.notify_one();
        }
    }

    /// Takes in that there is no connection.
    pub(super) fn disconnected(&self, error: &Error) {
        let mut state = self.lock();
        state.request = None;
        state.feed.interrupt();
        if !state.is_disconnection_told {
            state.is_disconnection_told = true;
            state.push(WatchEvent::Disconnected(error.clone()), 0);
            self.told.notify_one();
        }
    }

    /// Lets `step` put something out and tells the consumer.
    fn tell<T>(&self, step: impl FnOnce(&mut State, &mut Vec<Output>) -> T) -> T {
        let mut out = Vec::new();
        let mut state = self.lock();
        let result = step(&mut state, &mut out);
        if !out.is_empty() {
            for output in out {
                match output {
                    Output::Started(rev) => state.push(WatchEvent::Started { rev }, 0),
                    Output::Changes(changes, size) => state.push(WatchEvent::Changes(changes), size),
                    Output::Gap => state.push_gap(),
                    Output::Deleted => state.push(WatchEvent::Deleted, 0),
                }
            }
            self.told.notify_one();
        }
        result
    }
}

impl State {
    fn heard(&mut self, reply: &Reply, step: impl FnOnce(&mut Feed, Option<(Rev, ResourceId)>, Instant)) {
        let now = Instant::now();
        let place = reply.headers.place();
        let head = reply.headers.rev.zip(place.as_ref().map(|(resource, _)| resource.clone()));
        if place.is_some() {
            self.place = place;
        }
        self.last_event = Some(now);
        step(&mut self.feed, head, now);
    }

    /// Keeps an event for the consumer; too many become a gap.
    fn push(&mut self, event: WatchEvent, size: usize) {
        let is_full = self.events.len() >= MOST_EVENTS || self.bytes + size > MOST_BYTES;
        if is_full && !self.events.is_empty() {
            self.feed.lose();
            self.push_gap();
        } else if !(self.is_gap_told && matches!(event, WatchEvent::Changes(_))) {
            self.bytes += size;
            self.events.push_back((event, size));
        }
    }

    /// Puts a gap in the place of all that waits: the consumer has to list anew in any case.
    fn push_gap(&mut self) {
        self.clear();
        self.is_gap_told = true;
        self.events.push_back((WatchEvent::Gap, 0));
    }

    fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.is_gap_told = false;
    }

    fn pop(&mut self) -> Option<WatchEvent> {
        let (event, size) = self.events.pop_front()?;
        self.bytes -= size;
        Some(event)
    }
}
