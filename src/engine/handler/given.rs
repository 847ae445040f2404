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

pub(super) fn job_environment(job: &Job, facts: &JobFacts) -> Vec<(&'static str, OsString)> {
    let mut env: Vec<(&'static str, OsString)> = vec![
        ("OADA_JOB_ID", facts.id.clone().into()),
        ("OADA_JOB_KEY", facts.key.clone().into()),
        ("OADA_JOB_TYPE", job.job_type.clone().into()),
        ("OADA_JOB_SERVICE", facts.service.clone().into()),
        ("OADA_JOB_QUEUE", facts.queue.clone().into()),
        ("OADA_JOB_ATTEMPT", facts.attempt.to_string().into()),
        ("OADA_JOB_MAX_ATTEMPTS", facts.max_attempts.to_string().into()),
        ("OADA_JOB_WORKER", facts.worker.clone().into()),
        ("OADA_DOMAIN", facts.domain.clone().into()),
    ];
    if let Some(timeout) = facts.timeout {
        env.push(("OADA_JOB_TIMEOUT", timeout.as_secs_f64().to_string().into()));
        if let Ok(deadline) = Timestamp::now().checked_add(timeout) {
            env.push(("OADA_JOB_DEADLINE", format!("{deadline:.3}").into()));
        }
    }
    // A NUL byte ends an environment entry; a job that carries one still has it in its JSON.
    for (_, value) in &mut env {
        if value.as_encoded_bytes().contains(&0) {
            *value = value.to_string_lossy().replace('\0', "\u{fffd}").into();
        }
    }
    env
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
