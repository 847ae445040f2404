//! What goes on over one connection: requests and their answers, watches, and signs of life.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::tungstenite::{self, Utf8Bytes};

use super::callers::Unanswered;
use super::error::{Error, Method};
use super::feed::Need;
use super::http::Request;
use super::letter::{Alike, Letter, Several};
use super::message::{Message, unwatch};
use super::reply::Reply;
use super::socket::Shared;
use super::subscription::Subscription;
use crate::model::{Change, LookOut, ResourceId};

/// How long the server may be silent before it is asked for a sign of life, and then may take to give it.
const SILENCE: Duration = Duration::from_secs(15);
/// How often watches and the connection are looked after.
const TICK: Duration = Duration::from_secs(1);
/// How many requests are taken up in one go.
const BATCH: usize = 64;
/// How many messages may wait to be written before no more requests are taken up.
const MOST_OUTGOING: usize = 256;

/// A watch that waits for an answer to something else than the watch itself.
enum Asked {
    /// Has asked whether it missed anything.
    Check(Weak<Subscription>),
    /// Has ended its watch in order to begin it anew.
    Again(Weak<Subscription>),
}

pub(super) struct Conversation<'a> {
    shared: &'a Shared,
    domain: String,
    several: Several,
    asked: BTreeMap<u64, Asked>,
    watches: BTreeMap<u64, Weak<Subscription>>,
    /// Written as fast as the server reads. Bounded: requests are only taken up while it is short, and each watch
    /// adds at most a few messages a second.
    outgoing: VecDeque<tungstenite::Message>,
    must_flush: bool,
    has_heard: bool,
    silent_since: Instant,
    pinged: Option<Instant>,
    /// For the answer to a request that is alone under way, as those of a job are where there is one at a time.
    look_out: LookOut,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(shared: &'a Shared, domain: String) -> Self {
        Self {
            shared,
            domain,
            several: Several::default(),
            asked: BTreeMap::new(),
            watches: BTreeMap::new(),
            outgoing: VecDeque::new(),
            must_flush: false,
            has_heard: false,
            silent_since: Instant::now(),
            pinged: None,
            look_out: LookOut::default(),
        }
    }

    /// Has requests that are alike travel together, where the server takes them so.
    pub(super) fn may_send(&mut self, several: Several) {
        self.several = several;
    }

    /// Whether the server has said anything sensible.
    pub(super) fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Talks until the connection is lost, and returns why. All who wait are told.
    pub(super) async fn hold<S>(&mut self, mut stream: S) -> Error
    where
        S: Stream<Item = Result<tungstenite::Message, tungstenite::Error>>
            + Sink<tungstenite::Message, Error = tungstenite::Error>
            + Unpin,
    {
        let error = match self.talk(&mut stream).await {
            Ok(never) => match never {},
            Err(error) => Error::connection(&self.domain, error),
        };
        self.asked.clear();
        self.shared.callers.lose(&Unanswered::Lost(error.clone()));
        error
    }

    async fn talk<S>(&mut self, stream: &mut S) -> Result<std::convert::Infallible, tungstenite::Error>
    where
        S: Stream<Item = Result<tungstenite::Message, tungstenite::Error>>
            + Sink<tungstenite::Message, Error = tungstenite::Error>
            + Unpin,
    {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH);
        let shared = self.shared;
        loop {
            // What is rare goes first. Requests cannot keep answers waiting: no more are taken up while many are under way.
            tokio::select! {
                biased;
                _ = ticks.tick() => {
                    self.look_after_watches();
                    self.look_for_life()?;
                }
                () = shared.attention.notified() => self.look_after_watches(),
                () = poll_fn(|cx| shared.callers.poll_letters(cx, BATCH, &mut batch)),
                    if self.outgoing.len() < MOST_OUTGOING => self.take_up(&mut batch),
                message = poll_fn(|cx| self.poll(stream, cx)) => self.hear(message?)?,
                () = LookOut::turn(), if self.look_out.is_on() => {}
            }
        }
    }

    /// Writes what can be written, and returns the next message.
    fn poll<S>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<tungstenite::Message, tungstenite::Error>>
    where
        S: Stream<Item = Result<tungstenite::Message, tungstenite::Error>>
            + Sink<tungstenite::Message, Error = tungstenite::Error>
            + Unpin,
    {
        while !self.outgoing.is_empty() && stream.poll_ready_unpin(cx)?.is_ready() {
            if let Some(message) = self.outgoing.pop_front() {
                stream.start_send_unpin(message)?;
                self.must_flush = true;
            }
        }
        if self.must_flush && stream.poll_flush_unpin(cx)?.is_ready() {
            self.must_flush = false;
        }
        stream.poll_next_unpin(cx).map(|next| next.unwrap_or(Err(tungstenite::Error::ConnectionClosed)))
    }

    fn send(&mut self, text: Utf8Bytes) {
        self.outgoing.push_back(tungstenite::Message::Text(text));
    }

    fn take_up(&mut self, batch: &mut Vec<(u64, Letter)>) {
        let waiting = self.outgoing.len();
        let mut alike = Alike::new(self.several);
        for (id, letter) in batch.drain(..) {
            if let Some(letter) = alike.add(id, letter) {
                self.send(letter.text(&self.shared.writer, id));
            }
        }
        let texts: Vec<_> = alike.texts(&self.shared.writer).collect();
        texts.into_iter().for_each(|text| self.send(text));
        if self.shared.callers.count() + self.asked.len() == 1 {
            self.look_out.begin();
        } else {
            self.look_out.give_up();
        }
        let messages = u64::try_from(self.outgoing.len() - waiting).unwrap_or(0);
        self.shared.messages.fetch_add(messages, Ordering::Relaxed);
    }

    fn hear(&mut self, message: tungstenite::Message) -> Result<(), tungstenite::Error> {
        self.silent_since = Instant::now();
        self.pinged = None;
        match message {
            tungstenite::Message::Text(text) => self.hear_text(text),
            tungstenite::Message::Close(_) => return Err(tungstenite::Error::ConnectionClosed),
            _ => {}
        }
        Ok(())
    }

    fn hear_text(&mut self, text: Utf8Bytes) {
        let size = text.len();
        match Message::read(text) {
            Ok(Message::Answer { ids, reply }) => {
                self.has_heard = true;
                match ids[..] {
                    [] => self.hear_answer(None, reply),
                    [id] => self.hear_answer(Some(id), reply),
                    _ => ids.into_iter().for_each(|id| self.hear_answer(Some(id), reply.clone())),
                }
            }
            Ok(Message::Answers { ids, replies }) => {
                self.has_heard = true;
                ids.into_iter().zip(replies).for_each(|(id, reply)| self.hear_answer(Some(id), reply));
            }
            Ok(Message::Changes { ids, changes, linked }) => {
                self.has_heard = true;
                if let Some((id, answer)) = linked.filter(|(_, answer)| answer.is_success()) {
                    self.shared.keep_linked(&id, answer);
                }
                self.hear_changes(&ids, changes, size);
            }
            Err(reason) => tracing::warn!(reason, "a message from the server cannot be read"),
        }
    }

    fn hear_answer(&mut self, id: Option<u64>, reply: Reply) {
        // A refusal without an id: the server could not even read that. The oldest request is the best guess (Q18).
        let guess = || {
            let oldest = self.shared.callers.oldest().into_iter().chain(self.asked.keys().next().copied());
            oldest.min().filter(|_| !reply.is_success())
        };
        let Some(id) = id.or_else(guess) else { return };
        let Some(Ok(reply)) = self.shared.callers.tell(id, Ok(reply)) else {
            self.look_out.end();
            return;
        };
        if let Some(subscription) = self.watches.get(&id).and_then(Weak::upgrade) {
            subscription.answered(&reply);
            if !reply.is_success() {
                self.watches.remove(&id);
            }
            self.end_if_lost(&subscription);
            return;
        }
        match self.asked.remove(&id) {
            Some(Asked::Check(subscription)) => {
                if let Some(subscription) = subscription.upgrade() {
                    subscription.checked(&reply);
                    self.end_if_lost(&subscription);
                }
            }
            Some(Asked::Again(subscription)) => {
                if let Some(subscription) = subscription.upgrade().filter(|again| !again.is_requested()) {
                    self.ask(&subscription);
                }
            }
            // A second answer (Q3), or one that nobody waits for any more.
            None => {}
        }
    }

    fn hear_changes(&mut self, ids: &[u64], changes: Result<(ResourceId, Vec<Change>), String>, size: usize) {
        let mut watchers: Vec<_> =
            ids.iter().filter_map(|id| self.watches.get(id).and_then(Weak::upgrade)).collect();
        let last = watchers.pop();
        match changes {
            Ok((resource, changes)) => {
                for subscription in &watchers {
                    subscription.changed(&resource, changes.clone(), size);
                }
                if let Some(subscription) = &last {
                    subscription.changed(&resource, changes, size);
                }
            }
            Err(reason) => {
                tracing::warn!(%reason, "a change from the server cannot be read");
                watchers.iter().chain(&last).for_each(|subscription| subscription.garbled());
            }
        }
        for subscription in watchers.iter().chain(&last) {
            self.end_if_lost(subscription);
        }
    }

    /// Ends a watch on the server that is of no use until its consumer resumes.
    fn end_if_lost(&mut self, subscription: &Subscription) {
        if subscription.is_lost()
            && let Some(id) = subscription.take_request()
        {
            self.watches.remove(&id);
            self.send(unwatch(id));
        }
    }

    fn look_after_watches(&mut self) {
        for subscription in self.shared.subscriptions() {
            match subscription.tick() {
                Need::Nothing => self.end_if_lost(&subscription),
                Need::Request => self.ask_again(&subscription),
                Need::Check => {
                    let id = self.shared.callers.next_id();
                    self.asked.insert(id, Asked::Check(Arc::downgrade(&subscription)));
                    let request = Request::new(Method::Head, subscription.path());
                    self.send(self.shared.writer.request(id, &request));
                }
            }
        }
        let is_gone = |(id, weak): (&u64, &Weak<Subscription>)| (weak.strong_count() == 0).then_some(*id);
        for id in self.watches.iter().filter_map(is_gone).collect::<Vec<_>>() {
            self.watches.remove(&id);
            self.send(unwatch(id));
        }
    }

    /// Asks for a watch, after ending an earlier one: the reference server does not revive a watch on a resource for
    /// which the socket still holds a dead one (`oada-protocol.md` 8.6).
    fn ask_again(&mut self, subscription: &Arc<Subscription>) {
        match subscription.take_request() {
            Some(id) => {
                self.watches.remove(&id);
                self.asked.insert(id, Asked::Again(Arc::downgrade(subscription)));
                self.send(unwatch(id));
            }
            None => self.ask(subscription),
        }
    }

    fn ask(&mut self, subscription: &Arc<Subscription>) {
        let id = self.shared.callers.next_id();
        let rev = subscription.request(id);
        self.watches.insert(id, Arc::downgrade(subscription));
        let boot = subscription.boot().filter(|_| self.several.is_of_our_store());
        self.send(self.shared.writer.watch(id, subscription.path(), rev, boot));
    }

    /// Asks a silent server for a sign of life, and gives it up when none comes.
    fn look_for_life(&mut self) -> Result<(), tungstenite::Error> {
        let now = Instant::now();
        match self.pinged {
            Some(pinged) if now.duration_since(pinged) >= SILENCE => {
                let reason = "the server gives no sign of life";
                return Err(tungstenite::Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason)));
            }
            None if now.duration_since(self.silent_since) >= SILENCE => {
                self.pinged = Some(now);
                self.outgoing.push_back(tungstenite::Message::Ping(Bytes::new()));
            }
            _ => {}
        }
        self.asked.retain(|_, (Asked::Check(weak) | Asked::Again(weak))| weak.strong_count() > 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
