//! The network between workers and the simulated store: slow, lossy, disordered, sometimes cut.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oada_jobs::oada::{Client, Endpoint, Error, Pipe, PipeMessage, Url};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Random;
use super::store::Documents;

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
    /// The longest delay of a message.
    pub(crate) delay: Duration,
}

struct State {
    documents: Documents,
    random: Random,
    faults: Faults,
    watches: BTreeMap<(u64, u64), Watch>,
    next_connection: u64,
    down_until: Instant,
    cut_off: BTreeMap<usize, Instant>,
    log: Vec<String>,
}

struct Watch {
    resource: String,
    out: mpsc::Sender<PipeMessage>,
}

/// The store with its network.
#[derive(Clone)]
pub(crate) struct Sim {
    state: Arc<Mutex<State>>,
    /// Cancelled and replaced when the store restarts.
    life: Arc<Mutex<CancellationToken>>,
}

impl Sim {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let state = State {
            documents: Documents::new(),
            random: Random::new(seed),
            faults,
            watches: BTreeMap::new(),
            next_connection: 0,
            down_until: Instant::now(),
            cut_off: BTreeMap::new(),
            log: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), life: Arc::default() }
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
        self.state().faults = faults;
    }

    /// Makes the store accept two writes under one condition, if they come within this time.
    pub(crate) fn accept_double_claims(&self, within: Duration) {
        self.state().documents.double_claims_for = within;
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

    /// Ends all cuts and outages.
    pub(crate) fn heal(&self) {
        self.note("all is well again");
        let mut state = self.state();
        state.cut_off.clear();
        state.down_until = Instant::now();
    }

    pub(crate) fn read(&self, path: &str) -> Option<Value> {
        self.state().documents.read(path)
    }

    /// What took effect, in order, and what was done to the network.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    pub(crate) fn note(&self, what: &str) {
        let mut state = self.state();
        let line = format!("{:9.3} {what}", state.documents.age().as_secs_f64());
        state.log.push(line);
    }

    fn is_cut_off(&self, participant: usize) -> Option<Instant> {
        self.state().cut_off.get(&participant).copied().filter(|until| *until > Instant::now())
    }

    fn delay(&self) -> Duration {
        let mut state = self.state();
        let longest = u64::try_from(state.faults.delay.as_micros()).unwrap();
        Duration::from_micros(state.random.below(longest + 1))
    }

    fn chance(&self, percent: impl Fn(&Faults) -> u64) -> bool {
        let mut state = self.state();
        let percent = percent(&state.faults);
        state.random.chance(percent)
    }

    async fn serve(self, participant: usize, connection: u64, mut pipe: Pipe, life: CancellationToken) {
        let Some(out) = pipe.sender() else { return };
        // Cancelled to break this one connection.
        let line = life.child_token();
        loop {
            if let Some(until) = self.is_cut_off(participant) {
                tokio::time::sleep_until(until).await;
            }
            let message = tokio::select! {
                () = line.cancelled() => break,
                message = pipe.receive() => message,
            };
            match message {
                Some(PipeMessage::Text(text)) => {
                    let request: Value = serde_json::from_str(&text).unwrap();
                    let one = self.clone().one(participant, connection, request, out.clone(), line.clone());
                    tokio::spawn(one);
                }
                Some(_) => drop(out.try_send(PipeMessage::Pong)),
                None => break,
            }
        }
        self.state().watches.retain(|(of, _), _| *of != connection);
    }

    async fn one(
        self,
        participant: usize,
        connection: u64,
        request: Value,
        out: mpsc::Sender<PipeMessage>,
        line: CancellationToken,
    ) {
        tokio::time::sleep(self.delay()).await;
        if self.chance(|faults| faults.lose_request) {
            line.cancel();
        }
        if line.is_cancelled() {
            return;
        }
        let answer = self.take_effect(connection, &request, &out);
        tokio::time::sleep(self.delay()).await;
        if let Some(until) = self.is_cut_off(participant) {
            tokio::time::sleep_until(until).await;
        }
        if self.chance(|faults| faults.lose_answer) {
            line.cancel();
        }
        if line.is_cancelled() {
            return;
        }
        for message in answer {
            if out.send(PipeMessage::Text(message.to_string())).await.is_err() {
                return;
            }
        }
    }

    /// Does what a request asks, tells watchers, and returns the answer with what follows it.
    fn take_effect(&self, connection: u64, request: &Value, out: &mpsc::Sender<PipeMessage>) -> Vec<Value> {
        let method = request["method"].as_str().unwrap();
        let id: u64 = request["requestId"].as_str().unwrap().parse().unwrap();
        if method == "unwatch" {
            self.state().watches.remove(&(connection, id));
            return vec![json!({"requestId": id.to_string(), "status": 200})];
        }
        if method == "put" && self.chance(|faults| faults.meddle) {
            let resource = self.state().documents.resource_at(request["path"].as_str().unwrap());
            if self.state().documents.rev(&resource).is_some() {
                let meddling = json!({"method": "put", "path": format!("/{resource}"), "headers": {}, "data": {"meddled": true}});
                let answer = self.state().documents.answer(&meddling);
                self.tell(answer.change);
            }
        }
        let answer = self.state().documents.answer(request);
        let asked = [&request["method"], &request["path"], &request["headers"]["if-match"], &request["data"]];
        let asked: String =
            asked.iter().filter(|part| !part.is_null()).map(|part| format!("{part} ")).collect();
        self.note(&format!(
            "#{connection} {asked}-> {} {}",
            answer.status,
            answer.headers.get("etag").unwrap_or_default()
        ));
        let mut messages =
            vec![json!({"requestId": id.to_string(), "status": answer.status, "headers": answer.headers})];
        if let Some(data) = answer.data {
            messages[0]["data"] = data;
        }
        self.tell(answer.change);
        if method == "watch" && answer.status == 200 {
            let mut state = self.state();
            let resource = state.documents.resource_at(request["path"].as_str().unwrap());
            if let Some(rev) = request["headers"].get("x-oada-rev").and_then(Value::as_str) {
                let missed = state.documents.changes_after(&resource, rev.parse().unwrap());
                messages.extend(missed.iter().map(|logged| change(&resource, &logged.array(&resource), id)));
            }
            state.watches.insert((connection, id), Watch { resource, out: out.clone() });
        }
        messages
    }

    /// Tells a change to all who watch its resource, each after a delay of its own, so that order is lost.
    fn tell(&self, changed: Option<(String, super::store::Logged)>) {
        let Some((resource, logged)) = changed else { return };
        let watchers: Vec<(u64, mpsc::Sender<PipeMessage>)> = {
            let state = self.state();
            let watching = state.watches.iter().filter(|(_, watch)| watch.resource == resource);
            watching.map(|((_, id), watch)| (*id, watch.out.clone())).collect()
        };
        for (id, out) in watchers {
            let message = change(&resource, &logged.array(&resource), id).to_string();
            let times = if self.chance(|faults| faults.duplicate_change) { 2 } else { 1 };
            for _ in 0..times {
                let (out, message, delay) = (out.clone(), message.clone(), self.delay());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    // A watcher that is gone needs no change.
                    let _ = out.send(PipeMessage::Text(message)).await;
                });
            }
        }
    }
}

fn change(resource: &str, array: &Value, id: u64) -> Value {
    json!({"resourceId": resource, "change": array, "requestId": [id.to_string()], "path_leftover": [""]})
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
            tokio::time::sleep(self.sim.delay()).await;
            let down = self.sim.state().down_until > Instant::now();
            if down || self.sim.is_cut_off(self.participant).is_some() {
                let source = Arc::new(io::Error::other("it is down"));
                return Err(Error::Unreachable { domain: self.describe(), source });
            }
            let (ours, theirs) = Pipe::pair(64);
            let connection = {
                let mut state = self.sim.state();
                state.next_connection += 1;
                state.next_connection
            };
            self.sim.note(&format!("participant {} connects as #{connection}", self.participant));
            let life = self.sim.life.lock().unwrap().clone();
            tokio::spawn(self.sim.clone().serve(self.participant, connection, ours, life));
            Ok(theirs)
        }
        .boxed()
    }
}
