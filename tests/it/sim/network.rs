//! The network between workers and the simulated store: slow, lossy, disordered, sometimes cut.
//!
//! Whatever goes from one side to the other is a parcel, and all parcels go through one hand: one is delivered, all
//! that it sets off comes to rest, then comes the next. What becomes of a parcel follows from the seed and from what
//! it is, not from when it was handed in, so that a seed plays the same course again.

mod effect;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oada_jobs::oada::{Client, Endpoint, Error, Pipe, PipeMessage, Url};
use serde_json::Value;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Random;
use super::judge::{FIRST_PERSON, Judge, record_of};
use super::people;
use super::store::Documents;

/// Time passes only when all tasks are at rest, so whoever sleeps for a moment wakes when they are.
const MOMENT: Duration = Duration::from_millis(1);

/// What may go wrong, in percent of messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// The connection breaks before a request takes effect.
    pub(crate) lose_request: u64,
    /// The connection breaks after a request took effect, before its answer.
    pub(crate) lose_answer: u64,
    /// A change is told twice.
    pub(crate) duplicate_change: u64,
    /// Somebody else writes onto the resource just before.
    pub(crate) meddle: u64,
    /// Somebody ends the job by hand just before it is written onto.
    pub(crate) settle: u64,
    /// Somebody takes the running job from its worker just before it is written onto.
    pub(crate) take_back: u64,
    /// The store refuses what a worker asks with a 500.
    pub(crate) refuse: u64,
    /// The longest delay of a message.
    pub(crate) delay: Duration,
    /// The longest that changes are told late, while answers come in time.
    pub(crate) lag: Duration,
}

/// A participant's connection.
#[derive(Clone)]
struct Line {
    connection: u64,
    participant: usize,
    out: mpsc::Sender<PipeMessage>,
    /// Cancelled when it breaks.
    broken: CancellationToken,
}

impl Line {
    fn say(&self, messages: &[String]) {
        for message in messages {
            // A full or forsaken line is one that broke.
            if self.out.try_send(PipeMessage::Text(message.clone())).is_err() {
                self.broken.cancel();
            }
        }
    }
}

enum Step {
    Connect(oneshot::Sender<Option<Pipe>>),
    Request(Line, Value),
    Answer(Line, Vec<String>),
    Pong(Line),
    /// Whoever acts upon the simulation itself may do so now.
    Turn(oneshot::Sender<()>),
}

struct Parcel {
    participant: usize,
    label: String,
    due: Instant,
    /// Of those that are due, the one with the lowest lot goes first.
    lot: u64,
    fate: Random,
    step: Step,
}

/// A participant for which the store is as good as away, and not quite.
#[derive(Clone, Copy)]
struct Ailing {
    until: Instant,
    /// The longest that an answer to what it writes takes.
    late: Duration,
}

struct Watch {
    resource: String,
    line: Line,
}

/// What a watcher is to be told.
struct Told {
    line: Line,
    label: String,
    message: String,
}

struct State {
    documents: Documents,
    judge: Judge,
    seed: u64,
    faults: Faults,
    parcels: Vec<Parcel>,
    /// How many parcels of each kind have been handed in.
    handed_in: BTreeMap<String, u64>,
    /// Keys that are the same each time the schedule is played.
    known: BTreeSet<String>,
    watches: BTreeMap<(u64, u64), Watch>,
    next_connection: u64,
    down_until: Instant,
    cut_off: BTreeMap<usize, Instant>,
    ailing: BTreeMap<usize, Ailing>,
    /// Which paths a participant is refused, and until when.
    denied: BTreeMap<(usize, String), Instant>,
    dead: BTreeSet<usize>,
    dooms: BTreeMap<usize, (u64, CancellationToken)>,
    /// Which worker runs which job.
    runs: Vec<(String, String)>,
    /// A digest of what was delivered, in order and with the time.
    course: u64,
    log: Vec<String>,
}

/// A run of a handler that is not over.
pub(crate) struct Run {
    sim: Sim,
    worker: String,
    key: String,
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut state = self.sim.state.lock().unwrap_or_else(PoisonError::into_inner);
        let place = state.runs.iter().position(|(worker, key)| *worker == self.worker && *key == self.key);
        if let Some(place) = place {
            state.runs.swap_remove(place);
        }
    }
}

/// The store with its network.
#[derive(Clone)]
pub(crate) struct Sim {
    state: Arc<Mutex<State>>,
    /// Cancelled and replaced when the store restarts.
    life: Arc<Mutex<CancellationToken>>,
    arrived: Arc<Notify>,
}

impl Sim {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let state = State {
            documents: Documents::new(),
            judge: Judge::new(60.0),
            seed,
            faults,
            parcels: Vec::new(),
            handed_in: BTreeMap::new(),
            known: BTreeSet::new(),
            watches: BTreeMap::new(),
            next_connection: 0,
            down_until: Instant::now(),
            cut_off: BTreeMap::new(),
            ailing: BTreeMap::new(),
            denied: BTreeMap::new(),
            dead: BTreeSet::new(),
            dooms: BTreeMap::new(),
            runs: Vec::new(),
            course: 0,
            log: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), life: Arc::default(), arrived: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A client for the participant with this number.
    pub(crate) fn client(&self, participant: usize, patience: Duration) -> Client {
        let endpoint = Seat { sim: self.clone(), participant };
        Client::builder(Arc::new(endpoint)).patience(patience).build().unwrap()
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.note(&format!("from now on {faults:?}"));
        self.state().faults = faults;
    }

    /// Says that a key is the same each time the schedule is played.
    pub(crate) fn know(&self, key: &str) {
        self.state().known.insert(key.to_owned());
    }

    /// Makes the store accept two writes under one condition, if they come within this time.
    pub(crate) fn accept_double_claims(&self, within: Duration) {
        self.note(&format!("two writes under one condition are accepted within {within:?}"));
        self.state().documents.double_claims_for = within;
    }

    /// Says when workers take others for dead; after a minute unless told.
    pub(crate) fn stale_after(&self, silence: Duration) {
        self.note(&format!("who is silent for {silence:?} is taken for dead"));
        self.state().judge.stale = silence.as_secs_f64();
    }

    /// Breaks all connections, and refuses new ones for a while.
    pub(crate) fn restart(&self, down: Duration) {
        self.note(&format!("the store is down for {down:?}"));
        self.state().down_until = Instant::now() + down;
        std::mem::take(&mut *self.life.lock().unwrap()).cancel();
    }

    /// Lets nothing of a participant through for a while, in either direction, without breaking its connection.
    pub(crate) fn cut_off(&self, participant: usize, time: Duration) {
        self.note(&format!("participant {participant} is cut off for {time:?}"));
        self.state().cut_off.insert(participant, Instant::now() + time);
    }

    /// Waits until everything is at rest and it is our turn: what is done to the simulation at once after this is done at the
    /// same place of a course each time.
    pub(crate) async fn turn(&self) {
        let (turn, ours) = oneshot::channel();
        self.hand_in(FIRST_PERSON + 1, "turn".to_owned(), Step::Turn(turn));
        ours.await.unwrap();
    }

    /// Refuses a participant's heartbeats for a while, and answers what else it writes as late as this, half of that at
    /// least. Its connection stands.
    pub(crate) fn ail(&self, participant: usize, time: Duration, late: Duration) {
        self.note(&format!("participant {participant} is not heard for {time:?}, its writes take {late:?}"));
        self.state().ailing.insert(participant, Ailing { until: Instant::now() + time, late });
    }

    /// Refuses what a participant asks of a path for a while.
    pub(crate) fn deny(&self, participant: usize, path: &str, time: Duration) {
        self.note(&format!("participant {participant} is refused {path} for {time:?}"));
        self.state().denied.insert((participant, path.to_owned()), Instant::now() + time);
    }

    /// When a worker was last heard of, in seconds of the store's clock.
    pub(crate) fn heard_of(&self, worker: &str) -> Option<f64> {
        self.state().documents.modified(&record_of(worker))
    }

    /// Somebody who is no participant writes.
    pub(crate) fn write(&self, path: &str, data: Value) {
        self.note(&format!("somebody writes onto {path}"));
        let mut state = self.state();
        let change = state.documents.answer(&people::put(path, data)).change;
        let State { judge, documents, .. } = &mut *state;
        judge.hear_of_hands(documents, path);
        let told: Vec<_> = change.iter().flat_map(|(id, logged)| state.watchers_of(id, logged)).collect();
        drop(state);
        self.tell(told);
    }

    /// Somebody takes a job from its worker, if one has it.
    pub(crate) fn take_back(&self, key: &str) {
        let path = format!("resources/{key}");
        let taken_back = people::taken_back(&self.state().documents, &path);
        if let Some(taken_back) = taken_back {
            self.write(&format!("/{path}"), taken_back);
        }
    }

    fn tell(&self, told: Vec<Told>) {
        for Told { line, label, message } in told {
            self.hand_in(line.participant, label, Step::Answer(line, vec![message]));
        }
    }

    /// A process is gone: nobody hears it, and it hears nothing. What it has sent may still arrive.
    pub(crate) fn bury(&self, participant: usize) {
        self.note(&format!("participant {participant} dies"));
        let mut state = self.state();
        state.dead.insert(participant);
        state.watches.retain(|_, watch| watch.line.participant != participant);
        state.parcels.retain_mut(|parcel| {
            parcel.participant != participant
                || (matches!(parcel.step, Step::Request(..)) && parcel.fate.chance(50))
        });
    }

    /// Lets a participant die at its event with this number: a connection made, a request on its way or done, an
    /// answer or a change that arrives. Between two of them nothing can be seen of it from outside, so these are all
    /// the moments at which it can die. The token says when.
    pub(crate) fn doom(&self, participant: usize, event: u64) -> CancellationToken {
        let token = CancellationToken::new();
        self.state().dooms.insert(participant, (event, token.clone()));
        token
    }

    /// Counts an event of a participant; true if it was its last.
    fn dies(&self, participant: usize) -> bool {
        let mut state = self.state();
        let Some((left, token)) = state.dooms.get_mut(&participant) else { return false };
        *left = left.saturating_sub(1);
        if *left > 0 {
            return false;
        }
        token.cancel();
        state.dooms.remove(&participant);
        drop(state);
        self.bury(participant);
        true
    }

    /// Ends all cuts, outages and dooms.
    pub(crate) fn heal(&self) {
        self.note("all is well again");
        let mut state = self.state();
        state.cut_off.clear();
        state.ailing.clear();
        state.dooms.clear();
        state.down_until = Instant::now();
    }

    pub(crate) fn read(&self, path: &str) -> Option<Value> {
        self.state().documents.read(path)
    }

    /// For how long there has been a store.
    pub(crate) fn age(&self) -> Duration {
        self.state().documents.age()
    }

    /// What took effect, in order, and what was done to the network.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    /// What has been delivered so far, in order, as one number.
    pub(crate) fn course(&self) -> u64 {
        self.state().course
    }

    /// The rules that were broken so far.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.state().judge.complaints.clone()
    }

    /// Says that a worker has told of the end of a job.
    pub(crate) fn ended(&self, worker: &str, key: &str) {
        self.state().judge.hear_of_end(worker, key);
    }

    /// How often a worker has told of the end of a job.
    pub(crate) fn ends_told(&self, worker: &str, key: &str) -> usize {
        self.state().judge.ends_told(worker, key)
    }

    /// Whether a worker has died.
    pub(crate) fn has_died(&self, worker: &str) -> bool {
        self.state().has_died(worker)
    }

    /// Says that a worker begins to run a job; the run is over when what is returned is dropped.
    pub(crate) fn run_begins(&self, worker: &str, key: &str, attempt: u32) -> Run {
        self.note(&format!("{worker} runs {key}, attempt {attempt}"));
        let state = &mut *self.state();
        state.judge.run_begins(&state.documents, worker, key, attempt);
        state.runs.push((worker.to_owned(), key.to_owned()));
        Run { sim: self.clone(), worker: worker.to_owned(), key: key.to_owned() }
    }

    /// The workers that run a job at present.
    pub(crate) fn who_runs(&self, key: &str) -> Vec<String> {
        let state = self.state();
        state.runs.iter().filter(|(_, of)| of == key).map(|(worker, _)| worker.clone()).collect()
    }

    pub(crate) fn note(&self, what: &str) {
        let mut state = self.state();
        let line = format!("{:9.3} {what}", state.documents.age().as_secs_f64());
        state.log.push(line);
    }

    fn hand_in(&self, participant: usize, label: String, step: Step) {
        let mut state = self.state();
        let known = &state.known;
        let is_date = |part: &str| part.len() == 10 && part.parse::<jiff::civil::Date>().is_ok();
        let same_each_time = |part: &str| match (part.len() == 27 && !known.contains(part)) || is_date(part) {
            true => "*".to_owned(),
            false => part.to_owned(),
        };
        let label = label.split('/').map(same_each_time).collect::<Vec<_>>().join("/");
        let label = format!("{participant} {label}");
        let count = state.handed_in.entry(label.clone()).or_default();
        *count += 1;
        let mut fate = Random::new(digest(&(*count, &label)) ^ state.seed);
        let longest = u64::try_from(state.faults.delay.as_micros()).unwrap();
        let mut due = Instant::now() + Duration::from_micros(fate.below(longest + 1));
        if let (true, Some(ailing)) = (label.contains(" answer to put "), state.ails(participant)) {
            due += ailing.late / 200 * u32::try_from(100 + fate.below(100)).unwrap();
        }
        if label.contains(" change ") {
            due +=
                Duration::from_millis(fate.below(u64::try_from(state.faults.lag.as_millis()).unwrap() + 1));
        }
        let lot = fate.next();
        state.parcels.push(Parcel { participant, label, due, lot, fate, step });
        drop(state);
        self.arrived.notify_one();
    }

    /// Delivers parcels, for ever.
    pub(crate) async fn deliver(self) {
        loop {
            tokio::time::sleep(MOMENT).await;
            let next = self.next_parcel();
            match next {
                Ok(parcel) => self.deliver_one(parcel),
                Err(due) => {
                    let due = async {
                        match due {
                            Some(due) => tokio::time::sleep_until(due).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        biased;
                        () = self.arrived.notified() => {}
                        () = due => {}
                    }
                }
            }
        }
    }

    fn next_parcel(&self) -> Result<Parcel, Option<Instant>> {
        let now = Instant::now();
        let mut state = self.state();
        let due = state.parcels.iter().enumerate().filter(|(_, parcel)| parcel.due <= now);
        let Some((index, _)) = due.min_by_key(|(_, parcel)| parcel.lot) else {
            return Err(state.parcels.iter().map(|parcel| parcel.due).min());
        };
        let parcel = state.parcels.swap_remove(index);
        state.course = digest(&(state.course, &parcel.label, parcel.lot, state.documents.age().as_millis()));
        Ok(parcel)
    }

    fn deliver_one(&self, mut parcel: Parcel) {
        let participant = parcel.participant;
        let is_dead = self.state().dead.contains(&participant);
        let cut_off = self.state().cut_off.get(&participant).copied();
        let cut_off = cut_off.filter(|until| *until > Instant::now());
        if let (Some(until), false) = (cut_off, matches!(parcel.step, Step::Connect(_))) {
            parcel.due = until;
            self.state().parcels.push(parcel);
            return;
        }
        let Parcel { mut fate, step, .. } = parcel;
        match step {
            Step::Connect(answer) => {
                let is_down = self.state().down_until > Instant::now() || cut_off.is_some();
                // Whoever asked may be gone.
                let _ = answer.send((!is_down).then(|| self.connect(participant)));
                self.dies(participant);
            }
            Step::Request(line, request) => {
                if !is_dead && self.dies(participant) {
                    return;
                }
                let faults = self.state().faults;
                if fate.chance(faults.lose_request) {
                    line.broken.cancel();
                    return;
                }
                // What was sent before the line broke may have arrived.
                if line.broken.is_cancelled() && fate.chance(50) {
                    return;
                }
                let (messages, told) = self.state().take_effect(&line, &request, &faults, &mut fate);
                self.tell(told);
                if is_dead || self.dies(participant) {
                    return;
                }
                if fate.chance(faults.lose_answer) {
                    line.broken.cancel();
                    return;
                }
                let label = format!("answer to {}", name_of(&request));
                self.hand_in(participant, label, Step::Answer(line, messages));
            }
            Step::Answer(line, messages) => {
                if !line.broken.is_cancelled() && !self.dies(participant) {
                    line.say(&messages);
                }
            }
            // Whoever waited may be gone.
            Step::Turn(turn) => drop(turn.send(())),
            Step::Pong(line) => drop(line.out.try_send(PipeMessage::Pong)),
        }
    }

    fn connect(&self, participant: usize) -> Pipe {
        let (ours, theirs) = Pipe::pair(64);
        let connection = {
            let mut state = self.state();
            state.next_connection += 1;
            state.next_connection
        };
        self.note(&format!("participant {participant} connects as #{connection}"));
        let broken = self.life.lock().unwrap().child_token();
        if let Some(out) = ours.sender() {
            tokio::spawn(self.clone().listen(ours, Line { connection, participant, out, broken }));
        }
        theirs
    }

    async fn listen(self, mut pipe: Pipe, line: Line) {
        loop {
            let message = tokio::select! {
                biased;
                () = line.broken.cancelled() => break,
                message = pipe.receive() => message,
            };
            let participant = line.participant;
            match message {
                Some(PipeMessage::Text(text)) => {
                    let request: Value = serde_json::from_str(&text).unwrap();
                    {
                        let state = &mut *self.state();
                        state.judge.hear_claim(&state.documents, participant, &request);
                    }
                    self.hand_in(participant, name_of(&request), Step::Request(line.clone(), request));
                }
                Some(_) => self.hand_in(participant, "ping".to_owned(), Step::Pong(line.clone())),
                None => break,
            }
        }
        line.broken.cancel();
        self.state().watches.retain(|(of, _), _| *of != line.connection);
    }
}

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn name_of(request: &Value) -> String {
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    format!("{} {}", text("method"), text("path"))
}

/// One participant's way to the store.
struct Seat {
    sim: Sim,
    participant: usize,
}

impl Endpoint for Seat {
    fn locate(&self) -> BoxFuture<'_, Result<Url, Error>> {
        async { Ok(Url::parse("http://simulated.invalid").unwrap()) }.boxed()
    }

    fn describe(&self) -> String {
        "the simulated store".to_owned()
    }

    fn is_in_process(&self) -> bool {
        true
    }

    fn open_pipe(&self) -> BoxFuture<'_, Result<Pipe, Error>> {
        async {
            let (answer, answered) = oneshot::channel();
            self.sim.hand_in(self.participant, "connect".to_owned(), Step::Connect(answer));
            // A participant that is dead hears nothing more.
            if let Ok(Some(pipe)) = answered.await {
                return Ok(pipe);
            }
            let source = Arc::new(io::Error::other("it is down"));
            Err(Error::Unreachable { domain: self.describe(), source })
        }
        .boxed()
    }
}
