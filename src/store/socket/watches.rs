//! The watches of one socket: who is told of which change, and when.
//!
//! A watch ends by `unwatch`, with its socket, or when its resource is deleted. That a permission was taken back does not
//! end it, as on the reference server; that its token was withdrawn ends the socket.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::linked;
use crate::store::ahead::Ahead;
use crate::store::auth::Session;
use crate::store::error::Fault;
use crate::store::request::{Refusal, Request, Response};
use crate::store::row::json_text;
use crate::store::watch::{self, Inbox, Note};
use crate::store::{Store, changes, document};

/// The most watches of one socket.
const MAX_WATCHES: usize = 10_000;
/// How long the changes of a new watch wait for the client to have read the answer.
const HOLD_TIME: Duration = Duration::from_secs(1);

/// The watches of one socket.
pub(super) struct Watches {
    store: Store,
    /// Whether this socket is told, and reads, what has been written and has not come to the disk yet.
    pub(super) ahead: Ahead,
    pub(super) inbox: Arc<Inbox>,
    by_id: HashMap<u64, Watched>,
    by_resource: HashMap<String, u64>,
    /// What is to be told, in order.
    notes: VecDeque<Note>,
    /// Until when changes are held back, by the payload of the ping.
    holds: VecDeque<(Instant, u64, u64)>,
    next_hold: u64,
    /// The watch that has just begun, until it is held.
    begun: Option<u64>,
}

/// One watched resource.
struct Watched {
    resource: String,
    /// The rev up to which notes have come.
    latest: u64,
    deleted: bool,
    listeners: Vec<Listener>,
}

/// One `requestId` that watches.
struct Listener {
    id: String,
    session: Arc<Session>,
    /// Whether what is linked comes along.
    linked: bool,
    /// The rev up to which it has been told.
    told: u64,
    /// The payload of the ping it waits for.
    held: Option<u64>,
}

impl Watches {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            ahead: Ahead::default(),
            inbox: Arc::new(Inbox::default()),
            by_id: HashMap::new(),
            by_resource: HashMap::new(),
            notes: VecDeque::new(),
            holds: VecDeque::new(),
            next_hold: 0,
            begun: None,
        }
    }

    /// Answers a HEAD or GET, and watches the resource if it is there. The watch stands before the answer is read,
    /// so no change falls between them.
    pub(super) fn begin(
        &mut self,
        id: &str,
        request: &Request,
        (from, linked): (Option<i64>, bool),
    ) -> Response {
        let mut response = self.store.read(request, self.ahead.is_on());
        // The path may lead elsewhere by the time the watch stands, so it is looked at again. That it changes each
        // time is not to be expected.
        for _ in 0..8 {
            let Some(resource) = response.resource.clone().filter(|_| response.status < 300) else {
                return response;
            };
            let Some(watch) = self.watch(&resource) else {
                return Refusal::silent(429, "Too many watches on this socket").at(None);
            };
            response = self.store.read(request, self.ahead.is_on());
            let rev = response.rev.as_ref().map_or(0, |(_, rev)| *rev);
            if response.status < 300 && response.resource.as_deref() == Some(&resource) {
                let told = from.map_or(rev, |from| rev.min(u64::try_from(from).unwrap_or(0)));
                self.listen(watch, (id, &request.session, linked), told, rev);
                return response;
            }
            self.drop_if_idle(watch);
        }
        Refusal::internal().at(None)
    }

    /// Watches what a write has written, from that write on.
    pub(super) fn follow(&mut self, id: &str, session: &Arc<Session>, response: &Response) -> bool {
        let (Some(resource), Some((written, rev))) = (&response.resource, &response.rev) else {
            return false;
        };
        let Some(watch) = self.watch(resource) else { return false };
        let current = self
            .store
            .state(self.ahead.is_on())
            .and_then(|snapshot| document::living_header(&snapshot, resource));
        let Ok(Some(header)) = current else {
            self.drop_if_idle(watch);
            return false;
        };
        let told = if written == resource { rev.saturating_sub(1) } else { header.rev };
        self.listen(watch, (id, session, false), told, header.rev);
        true
    }

    fn watch(&mut self, resource: &str) -> Option<u64> {
        if let Some(watch) = self.by_resource.get(resource) {
            let deleted = self.by_id.get(watch).is_none_or(|watched| watched.deleted);
            if !deleted {
                return Some(*watch);
            }
        }
        if self.by_id.len() >= MAX_WATCHES {
            return None;
        }
        let watch = self.store.inner.hub.watch(resource, &self.inbox, self.ahead.is_on());
        self.by_resource.insert(resource.to_owned(), watch);
        let watched =
            Watched { resource: resource.to_owned(), latest: 0, deleted: false, listeners: Vec::new() };
        self.by_id.insert(watch, watched);
        Some(watch)
    }

    fn listen(
        &mut self,
        watch: u64,
        (id, session, linked): (&str, &Arc<Session>, bool),
        told: u64,
        latest: u64,
    ) {
        if let Some(watched) = self.by_id.get_mut(&watch) {
            watched.latest = watched.latest.max(latest);
            let (id, session) = (id.to_owned(), Arc::clone(session));
            watched.listeners.push(Listener { id, session, linked, told, held: None });
            self.begun = Some(watch);
        }
    }

    /// Holds back the changes of the watch that has just begun.
    pub(super) fn hold(&mut self) -> Option<u64> {
        let watch = self.begun.take()?;
        let payload = self.next_hold;
        self.by_id.get_mut(&watch)?.listeners.last_mut()?.held = Some(payload);
        self.next_hold += 1;
        self.holds.push_back((Instant::now() + HOLD_TIME, payload, watch));
        Some(payload)
    }

    pub(super) fn next_release(&self) -> Option<Instant> {
        self.holds.front().map(|(until, _, _)| *until)
    }

    pub(super) fn pong(&mut self, payload: &[u8]) {
        let Ok(payload) = payload.try_into().map(u64::from_be_bytes) else { return };
        // A pong answers the pings before it as well.
        while self.holds.front().is_some_and(|(_, held, _)| *held <= payload) {
            self.release();
        }
    }

    pub(super) fn release_due(&mut self) {
        let now = Instant::now();
        while self.holds.front().is_some_and(|(until, _, _)| *until <= now) {
            self.release();
        }
    }

    fn release(&mut self) {
        let Some((_, payload, watch)) = self.holds.pop_front() else { return };
        if let Some(watched) = self.by_id.get_mut(&watch) {
            for listener in watched.listeners.iter_mut().filter(|listener| listener.held == Some(payload)) {
                listener.held = None;
            }
            self.notes.push_back(Note { watch, rev: watched.latest, deleted: watched.deleted });
        }
    }

    pub(super) fn take_notes(&mut self) {
        let from = self.notes.len();
        self.inbox.take(&mut self.notes);
        for note in self.notes.range(from..) {
            if let Some(watched) = self.by_id.get_mut(&note.watch) {
                watched.latest = watched.latest.max(note.rev);
                watched.deleted |= note.deleted;
            }
        }
    }

    pub(super) fn has_more(&self) -> bool {
        !self.notes.is_empty()
    }

    /// The next message to send, if there is one.
    pub(super) fn next_message(&mut self) -> Option<String> {
        while let Some(note) = self.notes.front().copied() {
            let Some(watched) = self.by_id.get_mut(&note.watch) else {
                self.notes.pop_front();
                continue;
            };
            if let Some(told) = watched.behind(note.rev) {
                let rev = told + 1;
                let ids = watched.tell(rev);
                let resource = watched.resource.as_str();
                let state = || self.store.state(self.ahead.is_on());
                let text =
                    self.store.inner.hub.text(resource, rev, || watch::read_text(&state()?, resource, rev));
                match text {
                    // A rev without a change is one that retention has taken away.
                    Ok(text) if &*text == "[]" => continue,
                    Ok(text) => {
                        // Who is behind would only get what it has no time for.
                        let along = watched.listeners.iter().find(|listener| listener.linked);
                        let along = along.filter(|_| self.notes.len() == 1 && rev == note.rev);
                        let along = along.and_then(|listener| {
                            linked::of(&state().ok()?, &listener.session, resource, rev).ok()?
                        });
                        return Some(message(&ids, resource, &text, along.as_deref()));
                    }
                    Err(fault) => {
                        report(&fault);
                        continue;
                    }
                }
            }
            self.notes.pop_front();
            if note.deleted {
                let watched = self.by_id.get_mut(&note.watch)?;
                let ids = watched.dismiss();
                let resource = watched.resource.clone();
                if watched.listeners.is_empty() {
                    self.forget(note.watch);
                }
                if !ids.is_empty() {
                    return Some(message(&ids, &resource, &changes::delete_notice(&resource), None));
                }
            }
        }
        None
    }

    pub(super) fn unwatch(&mut self, id: &str) {
        let mut idle = Vec::new();
        for (watch, watched) in &mut self.by_id {
            watched.listeners.retain(|listener| listener.id != id);
            if watched.listeners.is_empty() {
                idle.push(*watch);
            }
        }
        for watch in idle {
            self.drop_if_idle(watch);
        }
    }

    fn drop_if_idle(&mut self, watch: u64) {
        if let Some(watched) = self.by_id.get(&watch)
            && watched.listeners.is_empty()
        {
            self.store.inner.hub.unwatch(&watched.resource, watch);
            self.forget(watch);
        }
    }

    fn forget(&mut self, watch: u64) {
        if let Some(watched) = self.by_id.remove(&watch)
            && self.by_resource.get(&watched.resource) == Some(&watch)
        {
            self.by_resource.remove(&watched.resource);
        }
    }

    /// Whether a token in whose name something is watched has been withdrawn.
    pub(super) fn are_withdrawn(&self) -> bool {
        let mut listeners = self.by_id.values().flat_map(|watched| &watched.listeners);
        listeners.any(|listener| listener.session.is_withdrawn())
    }

    pub(super) fn clear(&mut self) {
        for (watch, watched) in self.by_id.drain() {
            self.store.inner.hub.unwatch(&watched.resource, watch);
        }
        self.by_resource.clear();
    }
}

impl Watched {
    /// The rev up to which the one that is furthest behind has been told, if that is before `rev`.
    fn behind(&self, rev: u64) -> Option<u64> {
        let open = self.listeners.iter().filter(|listener| listener.held.is_none());
        open.map(|listener| listener.told).min().filter(|told| *told < rev)
    }

    /// Takes down that `rev` is told, and to whom.
    fn tell(&mut self, rev: u64) -> Vec<String> {
        let due = self.listeners.iter_mut().filter(|listener| listener.held.is_none() && listener.told < rev);
        due.map(|listener| {
            listener.told = rev;
            listener.id.clone()
        })
        .collect()
    }

    /// Lets go all that are not held back.
    fn dismiss(&mut self) -> Vec<String> {
        let (held, open): (Vec<_>, Vec<_>) =
            self.listeners.drain(..).partition(|listener| listener.held.is_some());
        self.listeners = held;
        open.into_iter().map(|listener| listener.id).collect()
    }
}

fn report(fault: &Fault) {
    tracing::error!(%fault, "a change could not be read");
}

fn message(ids: &[String], resource: &str, change: &str, linked: Option<&str>) -> String {
    let leftovers = vec![""; ids.len()];
    let mut out = format!(
        r#"{{"requestId":{},"resourceId":"resources/{resource}","path_leftover":{},"change":{change}"#,
        json_text(&ids),
        json_text(&leftovers),
    );
    if let Some(linked) = linked {
        out.push_str(r#","linked":"#);
        out.push_str(linked);
    }
    out.push('}');
    out
}
