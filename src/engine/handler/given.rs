//! What a handler is given: its environment and the line of JSON that it reads.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::JobFacts;
use super::options::ShellOptions;
use crate::model::{Job, key_time};

/// The version of the contract, given as `OADA_JOBS_CONTRACT`.
pub const CONTRACT_VERSION: u32 = 1;

/// Names that a handler never inherits, beside all that begin with `OADA_JOB_`: the worker's secrets, and what would
/// let a handler speak to the service manager in the worker's name.
const NEVER_INHERITED: &[&str] = &[
    "OADA_TOKEN",
    "OADA_TOKEN_FILE",
    "CREDENTIALS_DIRECTORY",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// What every run of a handler finds in its environment.
pub(super) fn environment(
    options: &ShellOptions,
    inherited: impl Iterator<Item = (OsString, OsString)>,
) -> BTreeMap<OsString, OsString> {
    let is_kept = |name: &OsStr| {
        let name = name.to_string_lossy();
        let secret =
            NEVER_INHERITED.contains(&&*name) || options.secret_env.iter().any(|secret| *secret == name);
        !secret && !name.starts_with("OADA_JOB_")
    };
    let inherited = inherited.filter(|(name, _)| !options.clean_env && is_kept(name));
    let own = options
        .env
        .iter()
        .filter(|(name, _)| is_kept(name))
        .map(|(name, value)| (name.clone(), value.clone()));
    let mut env: BTreeMap<_, _> = inherited.chain(own).collect();
    env.insert("OADA_JOBS_CONTRACT".into(), CONTRACT_VERSION.to_string().into());
    // Each run brings its own.
    env.remove(OsStr::new("OADA_DOMAIN"));
    env
}

/// The entry of the environment that differs in each run.
pub(super) const RUN: &str = "OADA_JOB_RUN";
/// An entry that all have who run several jobs at once.
const BATCH: (&str, &str) = ("OADA_JOB_MODE", "batch");

/// What a run of one job finds in its environment.
pub(super) fn job_environment(job: &Job, facts: &JobFacts) -> Vec<(&'static str, OsString)> {
    let mut env = run_environment(job, facts);
    env.push(("OADA_JOB_ID", without_nul(&facts.id)));
    env.push(("OADA_JOB_KEY", without_nul(&facts.key)));
    env.push(("OADA_JOB_ATTEMPT", facts.attempt.to_string().into()));
    env.push(("OADA_JOB_MAX_ATTEMPTS", facts.max_attempts.to_string().into()));
    env
}

/// What a run of several jobs finds in its environment; `job` is any of them.
pub(super) fn batch_environment(count: usize, job: &Job, facts: &JobFacts) -> Vec<(&'static str, OsString)> {
    let mut env = run_environment(job, facts);
    env.push(("OADA_JOB_COUNT", count.to_string().into()));
    env.push((BATCH.0, BATCH.1.into()));
    env
}

/// The entries by which what a worker has left running of a job is found: those of a run of its own, and those of a run
/// of several jobs that it may have been among.
pub(in crate::engine) fn marks(worker: &str, job_id: &str, job_type: &str) -> [Vec<String>; 2] {
    let of_worker = format!("OADA_JOB_WORKER={worker}");
    let of_type = format!("OADA_JOB_TYPE={}", without_nul(job_type).display());
    [
        vec![format!("OADA_JOB_ID={job_id}"), of_worker.clone()],
        vec![format!("{}={}", BATCH.0, BATCH.1), of_worker, of_type],
    ]
}

fn run_environment(job: &Job, facts: &JobFacts) -> Vec<(&'static str, OsString)> {
    let mut env: Vec<(&'static str, OsString)> = vec![
        ("OADA_JOB_TYPE", without_nul(&job.job_type)),
        ("OADA_JOB_SERVICE", without_nul(&facts.service)),
        ("OADA_JOB_QUEUE", without_nul(&facts.queue)),
        ("OADA_JOB_WORKER", without_nul(&facts.worker)),
        ("OADA_DOMAIN", without_nul(&facts.domain)),
    ];
    if let Some(timeout) = facts.timeout {
        env.push(("OADA_JOB_TIMEOUT", timeout.as_secs_f64().to_string().into()));
        if let Ok(deadline) = Timestamp::now().checked_add(timeout) {
            env.push(("OADA_JOB_DEADLINE", format!("{deadline:.3}").into()));
        }
    }
    env
}

/// A NUL byte ends an environment entry; a job that carries one still has it in its JSON.
fn without_nul(text: &str) -> OsString {
    text.replace('\0', "\u{fffd}").into()
}

/// The job as a handler reads it.
#[derive(Serialize)]
pub(super) struct JobLine<'a> {
    id: &'a str,
    key: &'a str,
    service: &'a str,
    r#type: &'a str,
    config: &'a Map<String, Value>,
    attempt: u32,
    max_attempts: u32,
    queue: &'a str,
    domain: &'a str,
    worker: &'a str,
    /// Seconds.
    timeout: Option<f64>,
    /// RFC 3339, from the key.
    posted: Option<String>,
}

pub(super) fn job_line(job: &Job, facts: &JobFacts) -> Vec<u8> {
    line(&JobLine {
        id: &facts.id,
        key: &facts.key,
        service: &facts.service,
        r#type: &job.job_type,
        config: &job.config,
        attempt: facts.attempt,
        max_attempts: facts.max_attempts,
        queue: &facts.queue,
        domain: &facts.domain,
        worker: &facts.worker,
        timeout: facts.timeout.map(|timeout| timeout.as_secs_f64()),
        posted: key_time(&facts.key).map(|time| time.to_string()),
    })
}

pub(super) fn config_line(job: &Job) -> Vec<u8> {
    line(&job.config)
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and maps with string keys cannot fail to be written.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
