//! The order of a watch: what may be handed on, what must wait, and when something is missing.
//!
//! A state machine without I/O and without a clock of its own. Servers send changes twice, out of order and before
//! the answer to the watch request (`oada-protocol.md` Q2, Q3, 8.5); what comes out here has strictly rising revs,
//! and where a rev may be missing, a gap is announced.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Change, ChangeKind, ResourceId, Rev};

/// How long a missing rev may take to come.
pub(super) const STALL: Duration = Duration::from_secs(2);
/// After how long a silence the server is asked whether something was missed (Q4).
pub(super) const SILENCE: Duration = Duration::from_secs(60);
/// How long the answer to a watch request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many changes may wait for an earlier one.
const MOST_HELD: usize = 1024;
/// How many bytes of changes may wait for an earlier one.
const MOST_HELD_BYTES: usize = 16 << 20;
/// How many revs back a second change with the same rev is told from a repetition.
const MOST_SEEN: usize = 64;

/// What comes out of a feed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Output {
    /// The watch stands; what comes next is later than this rev.
    Started(Rev),
    /// One change array, and how many bytes it had on the wire.
    Changes(Vec<Change>, usize),
    /// Something may be missing. Nothing more comes until [`Feed::resume_from`].
    Gap,
    /// The resource was deleted.
    Deleted,
}

/// What a feed needs as time goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// The watch must be asked for (again).
    Request,
    /// The resource's rev must be asked for, and told to [`Feed::heard_rev`].
    Check,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// There is no watch on the server.
    Idle,
    /// A watch was asked for.
    Asked,
    /// The watch stands.
    Live,
    /// A gap was announced.
    Lost,
}

#[derive(Debug)]
struct Held {
    digest: u64,
    changes: Vec<Change>,
    size: usize,
}

/// The state of one watch.
#[derive(Debug)]
pub(super) struct Feed {
    phase: Phase,
    /// All changes up to here were handed on, or are part of what the consumer has listed.
    position: Option<Rev>,
    /// Changes that came too early.
    held: BTreeMap<Rev, Held>,
    held_bytes: usize,
    /// Digests of the newest changes that were handed on.
    seen: VecDeque<(Rev, u64)>,
    /// The highest rev that the server says the resource has.
    expected: Rev,
    resource: Option<ResourceId>,
    /// Since when a rev is missing, and whether the watch was asked for again because of it.
    behind: Option<(Instant, bool)>,
    heard: Instant,
    /// Set by a deletion: whatever comes back must be listed.
    is_gone: bool,
}

impl Feed {
    /// A feed of what comes after `from`, or after the rev that the server names first.
    pub(super) fn new(from: Option<Rev>, now: Instant) -> Self {
        Self {
            phase: Phase::Idle,
            position: from,
            held: BTreeMap::new(),
            held_bytes: 0,
            seen: VecDeque::new(),
            expected: Rev(0),
            resource: None,
            behind: None,
            heard: now,
            is_gone: false,
        }
    }

    /// The last rev that was handed on.
    pub(super) fn position(&self) -> Option<Rev> {
        self.position
    }

    /// Whether the watch stands.
    pub(super) fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    /// Whether the consumer has to list before anything more comes.
    pub(super) fn is_lost(&self) -> bool {
        self.phase == Phase::Lost
    }

    /// Goes on from what the consumer has listed.
    pub(super) fn resume_from(&mut self, rev: Rev, now: Instant) {
        *self = Self::new(Some(rev), now);
    }

    /// Drops what waits and announces a gap.
    pub(super) fn lose(&mut self) -> Output {
        self.phase = Phase::Lost;
        self.let_go();
        Output::Gap
    }

    fn let_go(&mut self) {
        self.held.clear();
        self.held_bytes = 0;
    }

    /// There is no watch on the server any more.
    pub(super) fn interrupt(&mut self) {
        if self.phase != Phase::Lost {
            self.phase = Phase::Idle;
        }
    }

    /// Notes that the watch is asked for, and returns the rev to resume from.
    ///
    /// That is one before the last rev handed on, where its digest is known: if the change that comes back with that
    /// rev is another one, the first was announced without being done (Q10) and the real one must not be missed.
    pub(super) fn request(&mut self, now: Instant) -> Option<Rev> {
        self.phase = Phase::Asked;
        self.heard = now;
        self.let_go();
        let position = self.position?;
        let is_known = self.seen.back().is_some_and(|(rev, _)| *rev == position);
        Some(if is_known && position.0 > 1 { Rev(position.0 - 1) } else { position })
    }

    /// Takes in an answer of success to the watch request: the first, which may say nothing about the resource when
    /// it resumes, or the second.
    pub(super) fn answered(&mut self, head: Option<(Rev, ResourceId)>, now: Instant, out: &mut Vec<Output>) {
        self.heard = now;
        if self.phase == Phase::Lost || self.phase == Phase::Idle {
            return;
        }
        if self.is_gone {
            out.push(self.lose());
            return;
        }
        let is_first = self.phase == Phase::Asked;
        if let Some((rev, resource)) = head {
            self.position.get_or_insert(rev);
            if self.is_elsewhere(rev, resource) {
                out.push(self.lose());
                return;
            }
        }
        let Some(position) = self.position else { return };
        self.phase = Phase::Live;
        if is_first {
            out.push(Output::Started(position));
        }
        self.hand_on(now, out);
    }

    /// Takes in the rev that the resource has now.
    pub(super) fn heard_rev(&mut self, rev: Rev, resource: ResourceId, now: Instant, out: &mut Vec<Output>) {
        self.heard = now;
        if self.phase == Phase::Live {
            if self.is_elsewhere(rev, resource) {
                out.push(self.lose());
            } else {
                self.hand_on(now, out);
            }
        }
    }

    /// Whether this is not the resource that was followed so far, or an earlier state of it.
    fn is_elsewhere(&mut self, rev: Rev, resource: ResourceId) -> bool {
        self.expected = self.expected.max(rev);
        self.resource.get_or_insert_with(|| resource.clone()) != &resource
            || self.position.is_some_and(|position| rev < position)
    }

    /// Takes in one change array, which had `size` bytes on the wire.
    pub(super) fn changed(
        &mut self,
        resource: &ResourceId,
        changes: Vec<Change>,
        size: usize,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        self.heard = now;
        if self.phase == Phase::Lost || self.phase == Phase::Idle {
            return;
        }
        let Some(root) = changes.first() else { return };
        if root.kind == ChangeKind::Delete && root.body.is_none() {
            self.is_gone = true;
            self.phase = Phase::Idle;
            self.let_go();
            out.push(Output::Deleted);
            return;
        }
        let is_same = self.resource.get_or_insert_with(|| resource.clone()) == resource;
        let (Some(rev), true) = (root.rev(), is_same) else {
            out.push(self.lose());
            return;
        };
        let digest = digest(root);
        let known = match self.held.get(&rev) {
            Some(held) => Some(held.digest),
            None => self.seen.iter().rev().find(|(seen, _)| *seen == rev).map(|(_, digest)| *digest),
        };
        match known {
            Some(known) if known == digest => {}
            // Two changes with one rev: one of them was announced without being done.
            Some(_) => out.push(self.lose()),
            None if self.phase == Phase::Live && self.position.is_some_and(|position| rev <= position) => {}
            None if self.held.len() == MOST_HELD || self.held_bytes > MOST_HELD_BYTES => {
                out.push(self.lose())
            }
            None => {
                self.held.insert(rev, Held { digest, changes, size });
                self.held_bytes += size;
                self.expected = self.expected.max(rev);
                self.hand_on(now, out);
            }
        }
    }

    /// Hands on what waits and is next, and notes whether anything is missing.
    fn hand_on(&mut self, now: Instant, out: &mut Vec<Output>) {
        let (Phase::Live, Some(mut position)) = (self.phase, self.position) else { return };
        let mut has_moved = false;
        while let Some(entry) = self.held.first_entry() {
            let rev = *entry.key();
            if rev.0 > position.0 + 1 {
                break;
            }
            let Held { digest, changes, size } = entry.remove();
            self.held_bytes -= size;
            if rev <= position {
                continue;
            }
            position = rev;
            has_moved = true;
            if self.seen.len() == MOST_SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back((rev, digest));
            out.push(Output::Changes(changes, size));
        }
        self.position = Some(position);
        let is_behind = !self.held.is_empty() || position < self.expected;
        self.behind = match self.behind {
            _ if !is_behind => None,
            Some((_, asked)) if has_moved => Some((now, asked)),
            Some(since) => Some(since),
            None => Some((now, false)),
        };
    }

    /// Tells what is needed at `now`. Called once in a while.
    pub(super) fn tick(&mut self, now: Instant, out: &mut Vec<Output>) -> Need {
        match self.phase {
            Phase::Idle => return Need::Request,
            Phase::Asked if now.duration_since(self.heard) >= PATIENCE => return Need::Request,
            Phase::Asked | Phase::Lost => return Need::Nothing,
            Phase::Live => {}
        }
        match self.behind {
            Some((since, has_asked)) if now.duration_since(since) >= STALL => {
                if has_asked {
                    out.push(self.lose());
                    return Need::Nothing;
                }
                self.behind = Some((now, true));
                Need::Request
            }
            None if now.duration_since(self.heard) >= SILENCE => {
                self.heard = now;
                Need::Check
            }
            _ => Need::Nothing,
        }
    }
}

/// Tells one change from another with the same rev. `_meta` is left out, as it may be written differently when a
/// change is read from the log.
fn digest(change: &Change) -> u64 {
    let mut hasher = DefaultHasher::new();
    matches!(change.kind, ChangeKind::Delete).hash(&mut hasher);
    for (key, value) in change.body.iter().flatten().filter(|(key, _)| *key != "_meta") {
        key.hash(&mut hasher);
        value.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, json};

    fn list() -> ResourceId {
        ResourceId::from_key("list")
    }

    /// The change that made `rev`; `content` tells two with one rev apart.
    fn change(rev: u64, content: &str) -> Vec<Change> {
        let body = Map::from_iter([("_rev".to_owned(), json!(rev)), ("k".to_owned(), json!(content))]);
        vec![Change { resource_id: list(), path: String::new(), body: Some(body), kind: ChangeKind::Merge }]
    }

    struct Run {
        feed: Feed,
        now: Instant,
        out: Vec<Output>,
    }

    impl Run {
        /// A feed from `from` whose watch stands at `rev`.
        fn live(from: Option<u64>, rev: u64) -> Self {
            let now = Instant::now();
            let mut run = Self { feed: Feed::new(from.map(Rev), now), now, out: Vec::new() };
            run.feed.request(now);
            run.answer(Some(rev));
            run
        }

        fn answer(&mut self, rev: Option<u64>) {
            self.feed.answered(rev.map(|rev| (Rev(rev), list())), self.now, &mut self.out);
        }

        fn change(&mut self, rev: u64) {
            self.feed.changed(&list(), change(rev, ""), 10, self.now, &mut self.out);
        }

        fn wait(&mut self, time: Duration) -> Need {
            self.now += time;
            self.feed.tick(self.now, &mut self.out)
        }

        /// What came out since the last call: revs of changes, and words for the rest.
        fn told(&mut self) -> Vec<String> {
            let word = |output: Output| match output {
                Output::Started(rev) => format!("started {rev}"),
                Output::Changes(changes, _) => changes[0].rev().unwrap().to_string(),
                Output::Gap => "gap".to_owned(),
                Output::Deleted => "deleted".to_owned(),
            };
            self.out.drain(..).map(word).collect()
        }
    }

    #[test]
    fn changes_are_sorted_and_told_once() {
        let mut run = Run::live(None, 5);
        for rev in [5, 8, 6, 6, 7, 8, 9] {
            run.change(rev);
        }
        assert_eq!(run.told(), ["started 5", "6", "7", "8", "9"]);
    }

    #[test]
    fn changes_before_the_answer_wait_for_it() {
        let now = Instant::now();
        let mut run = Run { feed: Feed::new(None, now), now, out: Vec::new() };
        assert_eq!(run.feed.request(now), None);
        run.change(6);
        run.change(7);
        assert_eq!(run.told(), [""; 0]);
        run.answer(Some(6));
        assert_eq!(run.told(), ["started 6", "7"]);
    }

    #[test]
    fn the_reference_server_resumes_with_two_answers() {
        let now = Instant::now();
        let mut run = Run { feed: Feed::new(Some(Rev(2)), now), now, out: Vec::new() };
        assert_eq!(run.feed.request(now), Some(Rev(2)));
        run.answer(None);
        run.change(3);
        run.answer(Some(4));
        run.change(4);
        assert_eq!(run.told(), ["started 2", "3", "4"]);
    }

    #[test]
    fn a_missing_rev_is_asked_for_and_then_a_gap() {
        let mut run = Run::live(Some(5), 5);
        run.change(7);
        assert_eq!(run.wait(STALL / 2), Need::Nothing);
        assert_eq!(run.wait(STALL), Need::Request);
        assert_eq!(run.feed.request(run.now), Some(Rev(5)));
        run.answer(Some(7));
        assert_eq!(run.wait(STALL), Need::Nothing);
        assert_eq!(run.told(), ["started 5", "started 5", "gap"]);
        run.change(8);
        run.feed.resume_from(Rev(7), run.now);
        assert_eq!(run.wait(Duration::ZERO), Need::Request);
        run.feed.request(run.now);
        run.answer(Some(8));
        run.change(8);
        assert_eq!(run.told(), ["started 7", "8"]);
    }

    #[test]
    fn revs_that_the_server_has_and_never_sends_are_missed() {
        let mut run = Run::live(Some(5), 6);
        assert_eq!(run.wait(STALL), Need::Request);
        run.feed.request(run.now);
        run.answer(None);
        run.change(6);
        run.answer(Some(6));
        assert_eq!(run.wait(STALL), Need::Nothing);
        assert_eq!(run.told(), ["started 5", "started 5", "6"]);
    }

    #[test]
    fn a_silent_watch_is_checked() {
        let mut run = Run::live(None, 5);
        assert_eq!(run.wait(SILENCE), Need::Check);
        run.feed.heard_rev(Rev(5), list(), run.now, &mut run.out);
        assert_eq!(run.wait(STALL), Need::Nothing);
        assert_eq!(run.wait(SILENCE), Need::Check);
        run.feed.heard_rev(Rev(6), list(), run.now, &mut run.out);
        assert_eq!(run.wait(STALL), Need::Request, "the watch was killed without a word");
    }

    #[test]
    fn an_earlier_rev_or_another_resource_is_a_gap() {
        let mut run = Run::live(Some(5), 3);
        assert_eq!(run.told(), ["gap"]);
        run = Run::live(Some(5), 5);
        run.feed.interrupt();
        run.feed.request(run.now);
        let other = ResourceId::from_key("other");
        run.feed.answered(Some((Rev(9), other.clone())), run.now, &mut run.out);
        assert_eq!(run.told(), ["started 5", "gap"]);
        run = Run::live(Some(5), 5);
        run.feed.changed(&other, change(6, ""), 10, run.now, &mut run.out);
        assert_eq!(run.told(), ["started 5", "gap"]);
    }

    #[test]
    fn a_second_change_with_the_same_rev_is_a_gap_unless_it_is_the_same() {
        let mut run = Run::live(Some(5), 5);
        run.change(6);
        run.change(6);
        assert_eq!(run.told(), ["started 5", "6"]);
        run.feed.changed(&list(), change(6, "other"), 10, run.now, &mut run.out);
        assert_eq!(run.told(), ["gap"]);
    }

    #[test]
    fn resuming_repeats_the_last_rev_to_see_that_it_was_done() {
        let mut run = Run::live(Some(5), 5);
        run.change(6);
        run.feed.interrupt();
        assert_eq!(run.feed.request(run.now), Some(Rev(5)));
        run.answer(Some(6));
        run.change(6);
        run.change(7);
        assert_eq!(run.told(), ["started 5", "6", "started 6", "7"]);
    }

    #[test]
    fn what_was_deleted_must_be_listed_when_it_is_back() {
        let mut run = Run::live(Some(5), 5);
        let gone = Change { resource_id: list(), path: String::new(), body: None, kind: ChangeKind::Delete };
        run.feed.changed(&list(), vec![gone], 10, run.now, &mut run.out);
        assert_eq!(run.wait(Duration::ZERO), Need::Request);
        run.feed.request(run.now);
        run.answer(Some(7));
        assert_eq!(run.told(), ["started 5", "deleted", "gap"]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut run = Run::live(Some(5), 5);
        for rev in 0..=MOST_HELD as u64 {
            run.change(rev + 7);
        }
        assert_eq!(run.told(), ["started 5", "gap"]);
        assert!(run.feed.held.is_empty());
        run = Run::live(Some(5), 5);
        for rev in 7..12 {
            run.feed.changed(&list(), change(rev, ""), MOST_HELD_BYTES / 2, run.now, &mut run.out);
        }
        assert_eq!(run.told(), ["started 5", "gap"]);
    }

    #[test]
    fn a_request_without_an_answer_is_repeated() {
        let mut run = Run::live(Some(5), 5);
        run.feed.interrupt();
        run.feed.request(run.now);
        assert_eq!(run.wait(PATIENCE / 2), Need::Nothing);
        assert_eq!(run.wait(PATIENCE), Need::Request);
    }

    /// What a network and a server may do to a watch.
    #[derive(Clone, Debug)]
    enum Happening {
        /// The change of this many revs after the first arrives.
        Arrives(u64),
        /// The connection breaks and is made again.
        Breaks,
        /// Time passes.
        Waits(u64),
        /// The answer to a request comes (again).
        Answers,
    }

    fn happenings() -> impl Strategy<Value = Vec<Happening>> {
        let one = prop_oneof![
            8 => (1..20_u64).prop_map(Happening::Arrives),
            1 => Just(Happening::Breaks),
            1 => (1..3000_u64).prop_map(Happening::Waits),
            2 => Just(Happening::Answers),
        ];
        prop::collection::vec(one, 0..80)
    }

    proptest! {
        /// Whatever arrives, in whichever order and how often: what is handed on has strictly rising revs without a
        /// hole, and a rev that is missing in the end has been announced as a gap.
        #[test]
        fn nothing_is_lost_without_a_gap(happenings in happenings()) {
            let mut run = Run::live(Some(0), 0);
            let mut top = 0;
            for happening in happenings {
                match happening {
                    Happening::Arrives(rev) => {
                        top = top.max(rev);
                        run.change(rev);
                    }
                    Happening::Breaks => {
                        run.feed.interrupt();
                        if !run.feed.is_lost() {
                            run.feed.request(run.now);
                            run.answer(Some(top));
                        }
                    }
                    Happening::Waits(milliseconds) => {
                        if run.wait(Duration::from_millis(milliseconds)) == Need::Request {
                            run.feed.request(run.now);
                            run.answer(Some(top));
                        }
                    }
                    Happening::Answers => run.answer(Some(top)),
                }
            }
            while !run.feed.is_lost() && run.feed.behind.is_some() {
                if run.wait(STALL) == Need::Request {
                    run.feed.request(run.now);
                    run.answer(Some(top));
                }
            }
            let revs: Vec<u64> = run.out.iter().filter_map(|output| match output {
                Output::Changes(changes, _) => changes[0].rev().map(|rev| rev.0),
                _ => None,
            }).collect();
            prop_assert_eq!(&revs, &(1..=revs.len() as u64).collect::<Vec<_>>());
            prop_assert!(run.feed.is_lost() || revs.len() as u64 == top, "{} of {top}", revs.len());
            prop_assert_eq!(run.out.iter().filter(|output| **output == Output::Gap).count(), usize::from(run.feed.is_lost()));
        }
    }
}
