//! What no worker may do, whatever becomes of it and of others.
//!
//! Looks at each write of a worker when it takes effect, and at each run when it begins, with the whole store in view.
//! What a worker did because it could not know better is no breach; what it did without having made sure is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::people::RECORDS;
use super::store::Documents;

/// So many seconds after it was decided a claim may still wait for a connection.
const CLAIM_WAITS: f64 = 12.0;
/// A run may begin although somebody has done something to the job by hand so many seconds ago: what the worker read before
/// may have been on its way.
const JUST_NOW: f64 = 35.0;
/// Participants below this number are workers, called `w<number>`.
pub(crate) const FIRST_PERSON: usize = 1000;

pub(crate) struct Judge {
    /// After so many seconds of silence a worker may be taken for dead. One that knows that it was silent for half of
    /// that claims nothing.
    pub(super) stale: f64,
    pub(super) complaints: Vec<String>,
    runs: BTreeSet<(String, u64)>,
    /// How often each worker has told of the end of each job.
    ends: BTreeMap<(String, String), usize>,
    /// When something was last done to a job by hand.
    by_hand: BTreeMap<String, f64>,
    /// Until when a worker was silent for too long.
    silent_until: BTreeMap<String, f64>,
    last_beat: BTreeMap<String, f64>,
}

/// What stands on a job.
struct Seen<'a> {
    status: &'a str,
    nonce: Option<&'a str>,
    worker: &'a str,
    attempt: u64,
    attempts: Vec<u64>,
}

impl<'a> Seen<'a> {
    fn of(job: &'a Value) -> Option<Self> {
        job.get("config")?;
        let claim = job.get("claim").filter(|claim| !claim.is_null());
        let text = |name: &str| claim.and_then(|claim| claim.get(name)).and_then(Value::as_str);
        let attempts = job.get("attempts").and_then(Value::as_object);
        Some(Self {
            status: job.get("status").and_then(Value::as_str).unwrap_or("pending"),
            nonce: text("nonce"),
            worker: text("worker").unwrap_or_default(),
            attempt: claim.and_then(|claim| claim.get("attempt")).and_then(Value::as_u64).unwrap_or(0),
            attempts: attempts.into_iter().flatten().filter_map(|(number, _)| number.parse().ok()).collect(),
        })
    }

    fn has_ended(&self) -> bool {
        self.status == "success" || self.status == "failure"
    }

    fn spent(&self) -> u64 {
        self.attempts.iter().copied().max().unwrap_or(0)
    }
}

/// A write that took effect.
pub(super) struct Write<'a> {
    pub(super) participant: usize,
    pub(super) request: &'a Value,
    /// The resource as it was.
    pub(super) before: Option<&'a Value>,
    /// Its condition was not met.
    pub(super) is_doubled: bool,
}

impl Judge {
    pub(super) fn new(stale: f64) -> Self {
        Self {
            stale,
            complaints: Vec::new(),
            runs: BTreeSet::new(),
            ends: BTreeMap::new(),
            by_hand: BTreeMap::new(),
            silent_until: BTreeMap::new(),
            last_beat: BTreeMap::new(),
        }
    }

    /// Looks at a write that has taken effect.
    pub(super) fn look(&mut self, documents: &Documents, dead: &BTreeSet<usize>, write: &Write<'_>) {
        let text = |name: &str| write.request.get(name).and_then(Value::as_str).unwrap_or_default();
        let (method, path) = (text("method"), text("path"));
        if write.participant >= FIRST_PERSON {
            return;
        }
        match method {
            "put" if path.contains(RECORDS) => self.hear(documents, path),
            "put" if path.contains("/day-index/") => self.look_at_filing(documents, write, path),
            "put" => self.look_at_job(documents, dead, write, path),
            "delete" => self.look_at_unlinking(documents, path),
            _ => {}
        }
    }

    fn complain(&mut self, what: String) {
        self.complaints.push(what);
    }

    fn hear(&mut self, documents: &Documents, path: &str) {
        let now = documents.age().as_secs_f64();
        let worker = path.rsplit(RECORDS).next().unwrap_or_default().to_owned();
        let last = self.last_beat.insert(worker.clone(), now);
        if last.is_some_and(|last| now - last > self.stale) {
            self.silent_until.insert(worker, now);
        }
    }

    /// Looks at a claim that a worker sends.
    pub(super) fn hear_claim(&mut self, documents: &Documents, participant: usize, request: &Value) {
        let data = &request["data"];
        if participant >= FIRST_PERSON || data["status"] != "running" || data["claim"].is_null() {
            return;
        }
        let own = format!("w{participant}");
        let heard = documents.modified(&record_of(&own));
        let silence = heard.map_or(0.0, |heard| documents.age().as_secs_f64() - heard);
        if silence > self.stale / 2.0 + CLAIM_WAITS {
            self.complain(format!("{own} claims {}, unheard for {silence:.0} s", request["path"]));
        }
    }

    /// Hears that somebody did something to a resource by hand.
    pub(super) fn hear_of_hands(&mut self, documents: &Documents, path: &str) {
        self.by_hand.insert(path.to_owned(), documents.age().as_secs_f64());
    }

    pub(super) fn hear_of_end(&mut self, worker: &str, key: &str) {
        *self.ends.entry((worker.to_owned(), key.to_owned())).or_default() += 1;
    }

    pub(super) fn ends_told(&self, worker: &str, key: &str) -> usize {
        self.ends.get(&(worker.to_owned(), key.to_owned())).copied().unwrap_or(0)
    }

    /// Whether others may take a worker for dead, or might have a moment ago.
    fn may_be_taken_for_dead(&self, documents: &Documents, dead: &BTreeSet<usize>, worker: &str) -> bool {
        let now = documents.age().as_secs_f64();
        let number = worker.trim_start_matches('w').parse::<usize>();
        let modified = documents.modified(&record_of(worker));
        number.is_ok_and(|number| dead.contains(&number))
            || modified.is_none_or(|modified| now - modified > self.stale)
            || self.silent_until.get(worker).is_some_and(|until| now - until < self.stale)
    }

    fn look_at_job(&mut self, documents: &Documents, dead: &BTreeSet<usize>, write: &Write<'_>, path: &str) {
        let after = documents.read(path);
        let (Some(before), Some(after)) =
            (write.before.and_then(Seen::of), after.as_ref().and_then(Seen::of))
        else {
            return;
        };
        let own = format!("w{}", write.participant);
        if before.has_ended() {
            // On a store that accepts two writes under one condition, the second may come just after the end.
            if !write.is_doubled {
                self.complain(format!("{own} wrote onto {path}, which had ended"));
            }
            return;
        }
        if after.nonce != before.nonce && after.nonce.is_some() {
            let is_takeover = before.status == "running" && before.worker != own;
            if after.worker != own {
                self.complain(format!("{own} claimed {path} for {}", after.worker));
            }
            if is_takeover && !write.is_doubled && !self.may_be_taken_for_dead(documents, dead, before.worker)
            {
                self.complain(format!("{own} took {path} from {}, which lives", before.worker));
            }
            let expected = match (before.status, is_takeover) {
                ("running", true) => before.attempt.max(before.spent()) + 1,
                ("running", false) => before.attempt,
                _ => before.spent() + 1,
            };
            if after.attempt != expected && !write.is_doubled {
                self.complain(format!("{own} claimed {path} as attempt {}, not {expected}", after.attempt));
            }
            if is_takeover && !write.is_doubled && !after.attempts.contains(&before.attempt) {
                self.complain(format!("{own} left no record of attempt {} on {path}", before.attempt));
            }
            return;
        }
        if before.worker != own && !write.is_doubled {
            self.complain(format!("{own} wrote onto {path}, which {:?} holds", before.worker));
        }
        if after.status == "pending" {
            self.runs.remove(&(path.to_owned(), before.attempt));
        } else if after.has_ended() && !write.is_doubled && !after.attempts.contains(&before.attempt) {
            self.complain(format!("{own} ended {path} without a record of attempt {}", before.attempt));
        }
    }

    fn look_at_filing(&mut self, documents: &Documents, write: &Write<'_>, path: &str) {
        let Some(links) = write.request.get("data").and_then(Value::as_object) else { return };
        for id in links.values().filter_map(|link| link.get("_id")).filter_map(Value::as_str) {
            let Some(job) = documents.read(&format!("/{id}")) else { continue };
            let Some(seen) = Seen::of(&job) else { continue };
            if !path.contains(&format!("-{}/", seen.status)) && !path.contains(&format!("/{}/", seen.status))
            {
                self.complain(format!(
                    "w{} filed {id}, which is {}, in {path}",
                    write.participant, seen.status
                ));
            }
        }
    }

    fn look_at_unlinking(&mut self, documents: &Documents, path: &str) {
        let Some((list, key)) = path.rsplit_once('/') else { return };
        let Some(service) = list.strip_suffix("/jobs/pending").or_else(|| list.strip_suffix("/jobs")) else {
            return;
        };
        let is_filed = ["jobs-success", "jobs-failure", "jobs/success", "jobs/failure"].iter().any(|list| {
            let index = format!("{service}/{list}/day-index");
            let days = documents.read(&index);
            let days = days.as_ref().and_then(Value::as_object).into_iter().flatten();
            days.into_iter().any(|(day, _)| documents.read(&format!("{index}/{day}/{key}")).is_some())
        });
        if !is_filed {
            self.complain(format!("{key} was unlinked before it was filed"));
        }
    }

    /// Looks at a run that begins.
    pub(super) fn run_begins(&mut self, documents: &Documents, worker: &str, key: &str, attempt: u32) {
        let path = format!("/resources/{key}");
        let job = documents.read(&path).unwrap_or_default();
        let Some(seen) = Seen::of(&job) else { return };
        let attempt = u64::from(attempt);
        let is_touched =
            self.by_hand.get(&path).is_some_and(|at| documents.age().as_secs_f64() - at < JUST_NOW);
        if !is_touched && (seen.status, seen.worker, seen.attempt) != ("running", worker, attempt) {
            let (status, holder) = (seen.status, seen.worker);
            self.complain(format!("{worker} runs {key}, which is {status} and of {holder:?}"));
        }
        if !self.runs.insert((path, attempt)) {
            self.complain(format!("attempt {attempt} of {key} is run a second time"));
        }
    }
}

/// The resource of a worker's record.
pub(super) fn record_of(worker: &str) -> String {
    format!("resources/{RECORDS}{worker}")
}
