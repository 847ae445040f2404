//! Who waits for an answer over a socket, until when, and what is still to be sent for them.
//!
//! Owns that each request comes to one end: its answer, the loss of the connection, the end of its time, or that its caller goes
//! away. One timer does for all, since all have the same time. Knows nothing of connections.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::Error;
use super::letter::Letter;
use super::reply::Reply;

/// How many places there are at first.
const PLACES: usize = 16;
/// As good as for ever, and short enough to be counted from any time.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Why a request came to no answer.
#[derive(Clone, Debug)]
pub(super) enum Unanswered {
    Lost(Error),
    /// Its time is over.
    Late,
    /// Nobody keeps the connection any more.
    Ended,
}

/// All callers of one socket.
pub(super) struct Callers {
    /// How long each waits.
    timeout: Duration,
    next_id: AtomicU64,
    state: Mutex<State>,
    /// Told when somebody waits and nobody looks at the time.
    begun: Notify,
}

struct State {
    /// Each stands where its id points to, modulo their number, which is a power of two. Ids are given so that no two meet.
    places: Vec<Option<Caller>>,
    waiting: usize,
    /// Bounded by the callers, and how many those may be is limited by the client.
    letters: VecDeque<(u64, Letter)>,
    /// Who takes the letters.
    taker: Option<Waker>,
    is_timed: bool,
    is_ended: bool,
}

struct Caller {
    id: u64,
    until: Instant,
    is_sent: bool,
    state: Stage,
}

enum Stage {
    Waits(Option<Waker>),
    Told(Result<Reply, Unanswered>),
}

impl Callers {
    pub(super) fn new(timeout: Duration) -> Self {
        let state = State {
            places: std::iter::repeat_with(|| None).take(PLACES).collect(),
            waiting: 0,
            letters: VecDeque::new(),
            taker: None,
            is_timed: false,
            is_ended: false,
        };
        let timeout = timeout.min(LONGEST);
        Self { timeout, next_id: AtomicU64::new(1), state: Mutex::new(state), begun: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that no other request has.
    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// One more caller, whose time runs from now.
    pub(super) fn enter(&self) -> Waiting<'_> {
        let until = Instant::now() + self.timeout;
        let mut state = self.state();
        if state.waiting == state.places.len() {
            state.grow();
        }
        let id = loop {
            let id = self.next_id();
            if state.place(id).is_none() {
                break id;
            }
        };
        let stage = if state.is_ended { Stage::Told(Err(Unanswered::Ended)) } else { Stage::Waits(None) };
        *state.place(id) = Some(Caller { id, until, is_sent: false, state: stage });
        state.waiting += 1;
        if !std::mem::replace(&mut state.is_timed, true) {
            self.begun.notify_one();
        }
        drop(state);
        Waiting { callers: self, id: Some(id) }
    }

    /// Tells a caller what came of its request. Whether there is one who waits under this id: otherwise the answer comes
    /// back.
    pub(super) fn tell(
        &self,
        id: u64,
        answer: Result<Reply, Unanswered>,
    ) -> Option<Result<Reply, Unanswered>> {
        let mut state = self.state();
        let Some(Caller { state: stage @ Stage::Waits(_), .. }) = state.caller(id) else {
            return Some(answer);
        };
        let told = std::mem::replace(stage, Stage::Told(answer));
        drop(state);
        told.wake();
        None
    }

    /// Tells all whose requests cannot come to an answer any more, in the order in which they asked.
    pub(super) fn lose(&self, error: &Unanswered) {
        self.state().letters.clear();
        self.finish(error, |_| true);
    }

    /// Nobody will answer any more, whoever asks.
    pub(super) fn end(&self) {
        self.state().is_ended = true;
        self.lose(&Unanswered::Ended);
    }

    /// The one that was sent before all others that wait.
    pub(super) fn oldest(&self) -> Option<u64> {
        let state = self.state();
        let sent = state.places.iter().flatten().filter(|caller| caller.is_sent && caller.state.waits());
        sent.map(|caller| caller.id).min()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.state().waiting
    }

    /// Takes what is to be sent, at most so much at a time, without what its caller has given up.
    pub(super) fn poll_letters(
        &self,
        cx: &mut Context<'_>,
        most: usize,
        take: &mut Vec<(u64, Letter)>,
    ) -> Poll<()> {
        let _stale;
        let mut state = self.state();
        if state.letters.is_empty() {
            _stale = leave_word(&mut state.taker, cx);
            return Poll::Pending;
        }
        for _ in 0..most.min(state.letters.len()) {
            let Some((id, letter)) = state.letters.pop_front() else { break };
            if let Some(caller) = state.caller(id).filter(|caller| caller.state.waits()) {
                caller.is_sent = true;
                take.push((id, letter));
            }
        }
        Poll::Ready(())
    }

    /// Ends the wait of all whose time is over, for ever.
    pub(super) async fn keep_time(&self) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.places.iter().flatten().filter(|caller| caller.state.waits());
                let next = next.map(|caller| caller.until).min();
                state.is_timed = next.is_some();
                next
            };
            let Some(next) = next else {
                self.begun.notified().await;
                continue;
            };
            tokio::time::sleep_until(next).await;
            let now = Instant::now();
            self.finish(&Unanswered::Late, |caller| caller.until <= now);
        }
    }

    fn finish(&self, why: &Unanswered, is_over: impl Fn(&Caller) -> bool) {
        let mut state = self.state();
        let over = state.places.iter_mut().flatten().filter(|caller| caller.state.waits() && is_over(caller));
        let finish =
            |caller: &mut Caller| std::mem::replace(&mut caller.state, Stage::Told(Err(why.clone())));
        let mut finished: Vec<_> = over.map(|caller| (caller.id, finish(caller))).collect();
        drop(state);
        finished.sort_unstable_by_key(|(id, _)| *id);
        finished.into_iter().for_each(|(_, stage)| stage.wake());
    }
}

impl State {
    fn place(&mut self, id: u64) -> &mut Option<Caller> {
        let mask = u64::try_from(self.places.len() - 1).unwrap_or(u64::MAX);
        let index = usize::try_from(id & mask).unwrap_or(0);
        &mut self.places[index]
    }

    fn caller(&mut self, id: u64) -> Option<&mut Caller> {
        self.place(id).as_mut().filter(|caller| caller.id == id)
    }

    /// Makes more places. Those whose ids did not meet do not meet among more.
    fn grow(&mut self) {
        let more = std::iter::repeat_with(|| None).take(2 * self.places.len()).collect();
        for caller in std::mem::replace(&mut self.places, more).into_iter().flatten() {
            let id = caller.id;
            *self.place(id) = Some(caller);
        }
    }
}

impl Stage {
    fn waits(&self) -> bool {
        matches!(self, Self::Waits(_))
    }

    fn wake(self) {
        if let Self::Waits(Some(waker)) = self {
            waker.wake();
        }
    }
}

/// Has the task woken. Returns what is to be dropped when nobody is kept from looking: with a waker a whole task may go, and with
/// it a caller.
fn leave_word(waker: &mut Option<Waker>, cx: &Context<'_>) -> Option<Waker> {
    match waker {
        Some(waker) if waker.will_wake(cx.waker()) => None,
        waker => waker.replace(cx.waker().clone()),
    }
}

/// Resolves when the request has come to its end. Dropped before, it is not sent, or its answer is not heard.
pub(super) struct Waiting<'c> {
    callers: &'c Callers,
    id: Option<u64>,
}

impl Waiting<'_> {
    /// Has the request sent, which `letter` makes with its id.
    pub(super) fn send(&self, letter: impl FnOnce(u64) -> Letter) {
        let Some(id) = self.id else { return };
        let letter = letter(id);
        let mut state = self.callers.state();
        state.letters.push_back((id, letter));
        let taker = state.taker.take();
        drop(state);
        if let Some(taker) = taker {
            taker.wake();
        }
    }

    /// Leaves the place, with what there is to be told.
    fn leave(&mut self, state: &mut State) -> Option<Stage> {
        let id = self.id.take()?;
        let caller = state.place(id).take()?;
        state.waiting -= 1;
        if !caller.is_sent {
            state.letters.retain(|(of, _)| *of != id);
        }
        Some(caller.state)
    }
}

impl Future for Waiting<'_> {
    type Output = Result<Reply, Unanswered>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let _stale;
        let mut state = self.callers.state();
        let Some(id) = self.id else { return Poll::Ready(Err(Unanswered::Ended)) };
        if let Some(Caller { state: Stage::Waits(waker), .. }) = state.caller(id) {
            _stale = leave_word(waker, cx);
            return Poll::Pending;
        }
        match self.leave(&mut state) {
            Some(Stage::Told(answer)) => Poll::Ready(answer),
            _ => Poll::Ready(Err(Unanswered::Ended)),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.id.is_some() {
            let callers = self.callers;
            let left = self.leave(&mut callers.state());
            // An answer that nobody hears is dropped when nobody is kept from looking.
            drop(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oada::error::Method;
    use bytes::Bytes;
    use futures_util::FutureExt;
    use futures_util::future::poll_fn;
    use tokio::time::{advance, sleep};

    const TIME: Duration = Duration::from_secs(30);

    fn letter(_: u64) -> Letter {
        Letter::Plain(Method::Get, "/a".to_owned())
    }

    fn reply(status: u16) -> Reply {
        Reply { status, headers: Default::default(), body: Bytes::new() }
    }

    async fn taken(callers: &Callers, most: usize) -> Vec<u64> {
        let mut taken = Vec::new();
        poll_fn(|cx| callers.poll_letters(cx, most, &mut taken)).await;
        taken.into_iter().map(|(id, _)| id).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn each_is_told_what_is_for_it_however_many_there_are() {
        let callers = Callers::new(TIME);
        let mut waiting: Vec<_> = (0..PLACES * 5).map(|_| callers.enter()).collect();
        let ids: Vec<_> = waiting.iter().filter_map(|waiting| waiting.id).collect();
        for id in ids.iter().rev().step_by(2) {
            let status = u16::try_from(*id).unwrap();
            assert!(callers.tell(*id, Ok(reply(status))).is_none());
            assert!(callers.tell(*id, Ok(reply(0))).is_some(), "a second answer is for nobody");
        }
        for (index, waiting) in waiting.iter_mut().enumerate() {
            let told = waiting.now_or_never().map(|told| u64::from(told.unwrap().status));
            assert_eq!(told, (index % 2 == 1).then_some(ids[index]));
        }
        // The places of those who are gone are taken again, and the others keep theirs.
        let more: Vec<_> = (0..PLACES * 2).map(|_| callers.enter()).collect();
        let places = callers.state().places.len();
        assert!(places <= PLACES * 8, "{places}");
        drop(more);
        for (waiting, id) in waiting.into_iter().zip(ids).step_by(2) {
            assert!(callers.tell(id, Ok(reply(200))).is_none());
            assert_eq!(waiting.await.unwrap().status, 200);
        }
        assert_eq!(callers.state().waiting, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn each_has_its_own_time() {
        let callers = Callers::new(TIME);
        let begun = Instant::now();
        let late = async |after: u64, is_sent: bool| {
            sleep(Duration::from_secs(after)).await;
            let waiting = callers.enter();
            if is_sent {
                waiting.send(letter);
            }
            let told = waiting.await;
            assert!(matches!(told, Err(Unanswered::Late)), "{told:?}");
            begun.elapsed()
        };
        let answered = async {
            let waiting = callers.enter();
            let id = waiting.id.unwrap();
            let (told, ()) = tokio::join!(waiting, async {
                sleep(TIME - Duration::from_millis(1)).await;
                callers.tell(id, Ok(reply(200)));
            });
            assert_eq!(told.unwrap().status, 200);
        };
        let all =
            async { tokio::join!(late(0, true), late(10, false), late(10, true), late(100, true), answered) };
        let ends = tokio::select! {
            (first, second, third, last, ()) = all => [first, second, third, last],
            () = callers.keep_time() => unreachable!(),
        };
        assert_eq!(ends.map(|end| end.as_secs()), [30, 40, 40, 130]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_its_caller_gives_up_is_not_sent_and_leaves_no_trace() {
        let callers = Callers::new(TIME);
        let (first, second, third) = (callers.enter(), callers.enter(), callers.enter());
        for waiting in [&first, &second, &third] {
            waiting.send(letter);
        }
        let id = second.id.unwrap();
        drop(second);
        assert_eq!(callers.oldest(), None, "nothing was sent");
        assert_eq!(callers.state().letters.len(), 2);
        assert_eq!(taken(&callers, 1).await, [first.id.unwrap()]);
        assert_eq!(taken(&callers, 9).await, [third.id.unwrap()]);
        assert!(callers.tell(id, Ok(reply(200))).is_some());
        assert_eq!(callers.oldest(), first.id);
        drop(first);
        assert_eq!(callers.oldest(), third.id);
        assert!(callers.tell(third.id.unwrap(), Ok(reply(200))).is_none());
        drop(third);
        assert_eq!((callers.oldest(), callers.state().waiting), (None, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_letters_is_woken_by_the_first() {
        let callers = Callers::new(TIME);
        let waiting = callers.enter();
        let sending = async {
            advance(Duration::from_secs(1)).await;
            waiting.send(letter);
        };
        let (ids, ()) = tokio::join!(taken(&callers, 9), sending);
        assert_eq!(ids, [waiting.id.unwrap()]);
    }

    #[tokio::test(start_paused = true)]
    async fn all_are_told_of_a_loss_sent_or_not_and_who_comes_after_the_end_at_once() {
        let callers = Callers::new(TIME);
        let (sent, unsent) = (callers.enter(), callers.enter());
        sent.send(letter);
        taken(&callers, 1).await;
        unsent.send(letter);
        callers.lose(&Unanswered::Lost(Error::connection("there", std::io::Error::other("gone"))));
        assert!(matches!(sent.await, Err(Unanswered::Lost(_))));
        assert!(matches!(unsent.await, Err(Unanswered::Lost(_))));
        let next = callers.enter();
        next.send(letter);
        assert_eq!(taken(&callers, 9).await, [next.id.unwrap()], "what was lost is not sent later");
        callers.end();
        assert!(matches!(next.await, Err(Unanswered::Ended)));
        assert!(matches!(callers.enter().await, Err(Unanswered::Ended)));
    }
}
