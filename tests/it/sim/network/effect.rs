//! What a request comes to when it reaches the store: what others do just before, its answer, and who is told.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::judge::{FIRST_PERSON, Write};
use super::super::people;
use super::super::store::{Answer, Logged, refusal};
use super::{Ailing, Faults, Line, Random, State, Told, Watch, digest};

impl State {
    /// Does what a request asks; returns the answer with what follows it, and what watchers are to be told.
    pub(super) fn take_effect(
        &mut self,
        line: &Line,
        request: &Value,
        faults: &Faults,
        fate: &mut Random,
    ) -> (Vec<String>, Vec<Told>) {
        let state = self;
        let method = request["method"].as_str().unwrap();
        let id: u64 = request["requestId"].as_str().unwrap().parse().unwrap();
        if method == "unwatch" {
            state.watches.remove(&(line.connection, id));
            return (vec![json!({"requestId": id.to_string(), "status": 200}).to_string()], Vec::new());
        }
        let path = request["path"].as_str().unwrap();
        let resource = state.documents.resource_at(path);
        let is_worker = line.participant < FIRST_PERSON;
        let is_beat = method == "put" && path.contains(people::RECORDS);
        let is_refused = is_worker && fate.chance(faults.refuse)
            || is_beat && state.ails(line.participant).is_some()
            || state.denies(line.participant, path);
        let mut changes = Vec::new();
        if method == "put" && !is_refused {
            let mut others_write = |state: &mut State, what: &str, data: Value| {
                let at = state.documents.age().as_secs_f64();
                state.log.push(format!("{at:9.3} {resource} is {what}"));
                let path = format!("/{resource}");
                let before_status = state.documents.read(&format!("{path}/status"));
                changes.extend(state.documents.answer(&people::put(&path, data)).change);
                if before_status != state.documents.read(&format!("{path}/status")) {
                    state.judge.hear_of_hands(&state.documents, &path);
                }
            };
            if fate.chance(faults.meddle) && state.documents.rev(&resource).is_some() {
                others_write(state, "meddled with", json!({"meddled": true}));
            }
            if is_worker
                && fate.chance(faults.take_back)
                && let Some(taken_back) = people::taken_back(&state.documents, &resource)
            {
                others_write(state, "taken back by hand", taken_back);
            }
            if is_worker && fate.chance(faults.settle) && state.documents.is_unfinished_job(&resource) {
                others_write(state, "ended by hand", people::settlement());
            }
        }
        let before = state.documents.read(&format!("/{resource}"));
        let answer = if is_refused { refusal(500) } else { state.documents.answer(request) };
        state.write_down(line.participant, request, &answer);
        if answer.status < 300 {
            let (participant, is_doubled) = (line.participant, answer.is_doubled);
            let write = Write { participant, request, before: before.as_ref(), is_doubled };
            state.judge.look(&state.documents, &state.dead, &write);
        }
        let mut message =
            json!({"requestId": id.to_string(), "status": answer.status, "headers": answer.headers});
        if let Some(data) = answer.data {
            message["data"] = data;
        }
        let mut messages = vec![message.to_string()];
        changes.extend(answer.change);
        let told: Vec<_> = changes.iter().flat_map(|(id, logged)| state.watchers_of(id, logged)).collect();
        if method == "watch" && answer.status == 200 {
            let resource = state.documents.resource_at(path);
            if let Some(rev) = request["headers"].get("x-oada-rev").and_then(Value::as_str) {
                let missed = state.documents.changes_after(&resource, rev.parse().unwrap());
                messages.extend(missed.iter().map(|logged| change(&resource, logged, id)));
            }
            state.watches.insert((line.connection, id), Watch { resource, line: line.clone() });
        }
        (messages, told)
    }

    pub(super) fn ails(&self, participant: usize) -> Option<Ailing> {
        self.ailing.get(&participant).copied().filter(|ailing| ailing.until > Instant::now())
    }

    fn denies(&self, participant: usize, path: &str) -> bool {
        let until = self.denied.get(&(participant, path.to_owned()));
        until.is_some_and(|until| *until > Instant::now())
    }

    pub(super) fn has_died(&self, worker: &str) -> bool {
        worker.trim_start_matches('w').parse().is_ok_and(|number| self.dead.contains(&number))
    }

    fn write_down(&mut self, participant: usize, request: &Value, answer: &Answer) {
        let asked = [&request["method"], &request["path"], &request["headers"]["if-match"], &request["data"]];
        let asked: String =
            asked.iter().filter(|part| !part.is_null()).map(|part| format!("{part} ")).collect();
        let etag = answer.headers.get("etag").and_then(Value::as_str).unwrap_or_default();
        let at = self.documents.age().as_secs_f64();
        self.log.push(format!("{at:9.3} {participant}: {asked}-> {} {etag}", answer.status));
    }

    /// Who is to be told of a change, each by a parcel of its own, so that order is lost.
    pub(super) fn watchers_of(&self, resource: &str, logged: &Logged) -> Vec<Told> {
        let mut told = Vec::new();
        for ((_, id), Watch { line, .. }) in
            self.watches.iter().filter(|(_, watch)| watch.resource == resource)
        {
            let label = format!("change {} of {resource}", logged.rev);
            let fate = digest(&(line.participant, logged.rev)) ^ self.seed;
            let twice = Random::new(fate).chance(self.faults.duplicate_change);
            for _ in 0..=u8::from(twice) {
                let message = change(resource, logged, *id);
                told.push(Told { line: line.clone(), label: label.clone(), message });
            }
        }
        told
    }
}

fn change(resource: &str, logged: &Logged, id: u64) -> String {
    json!({"resourceId": resource, "change": logged.array(resource), "requestId": [id.to_string()], "path_leftover": [""]})
        .to_string()
}
