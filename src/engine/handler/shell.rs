//! A handler that is a command, started once for each job (`docs/handlers.md`).
//!
//! Owns the contract between the worker and the command: what it is given, and what its exit, its output and its
//! control lines come to. The process itself is supervised by the room `process`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::net::unix::pipe;

use super::attempt_dir::{AttemptDir, AttemptDirs};
use super::control::{Control, SaidError};
use super::options::{ExitMeaning, Orphans, OversizeMode, Program, ResultMode, ShellOptions, StdinMode};
use super::{Context, Handler, JobError, JobFacts, Outcome, result};
use crate::model::{Job, key_time, new_key};
use crate::process::{
    Captured, CommandSpec, Connections, Ended, Exit, Input, Keep, Launcher, Line, RunOptions, StartError,
    Started, Survivors, signal_name, start,
};

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

/// The entry of the environment that differs in each run.
const RUN: &str = "OADA_JOB_RUN";

/// Finds the token of the store that a job came from.
pub type TokenSource = Arc<dyn Fn(&JobFacts) -> Option<SecretString> + Send + Sync>;

/// Runs each job as a command of its own.
pub struct ShellHandler {
    launcher: Arc<Launcher>,
    options: ShellOptions,
    run_options: RunOptions,
    dirs: Arc<AttemptDirs>,
    tokens: Option<TokenSource>,
}

impl std::fmt::Debug for ShellHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShellHandler").field("launcher", &self.launcher).finish_non_exhaustive()
    }
}

impl ShellHandler {
    /// A handler that runs `program`. Whether there is such a program is seen when it is started.
    ///
    /// # Errors
    /// When the command is empty, or holds a NUL byte.
    pub fn new(program: Program, options: ShellOptions) -> Result<Self, StartError> {
        let env = environment(&options, std::env::vars_os());
        let launcher = Launcher::new(&CommandSpec { program, cwd: options.cwd.clone(), env })?;
        let keep = match options.oversize {
            OversizeMode::Fail => Keep::Head,
            OversizeMode::Truncate => Keep::Tail,
        };
        let run_options = RunOptions {
            stdout_bytes: if options.result == ResultMode::None { 0 } else { options.result_bytes },
            stdout_keep: keep,
            log_bytes: options.log_bytes,
            grace: options.grace,
            stop_signal: options.stop_signal,
            orphans: options.orphans,
            ..RunOptions::default()
        };
        let work_dir = options.work_dir.clone().unwrap_or_else(std::env::temp_dir);
        // Who is left alone may write into its directory for ever.
        let reuse = options.orphans != Orphans::Ignore;
        let dirs = Arc::new(AttemptDirs::new(work_dir, reuse));
        Ok(Self { launcher: Arc::new(launcher), options, run_options, dirs, tokens: None })
    }

    /// Where tokens come from for [`ShellOptions::pass_token`].
    #[must_use]
    pub fn with_tokens(mut self, tokens: TokenSource) -> Self {
        self.tokens = Some(tokens);
        self
    }

    async fn run_job(&self, job: &Job, context: &Context) -> Outcome {
        match self.attempt(job, context).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Broken { reason: with_causes(&error) },
        }
    }

    async fn attempt(&self, job: &Job, context: &Context) -> Result<Outcome, AttemptError> {
        let Attempt { dir, control, started } = self.start(job, context.facts()).await?;
        let key = &context.facts().key;
        let mut log = |line: Line<'_>| log_line(context, key, line);
        let mut said = Control::new(context);
        let stop = async {
            context.stopped().await;
        };
        let running = started.supervise(&self.run_options, &mut log, stop);
        tokio::pin!(running);
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended.map_err(AttemptError::Wait)?,
                Ok(()) = control.readable() => read_control(&control, &mut said),
            }
        };
        // What was written before the end is in the pipe still.
        read_control(&control, &mut said);
        said.finish();
        note_limits(context, &ended);
        let told = Told { result: said.result, error: said.error, snooze: said.snooze };
        let written = self.written_result(&dir);
        drop_in_background(dir);
        Ok(self.outcome(context, &ended, told, written))
    }

    /// Makes what one attempt needs and starts it, away from the threads of the runtime: both take their time.
    async fn start(&self, job: &Job, facts: &JobFacts) -> Result<Attempt, AttemptError> {
        let job_json = job_line(job, facts);
        let config = (self.options.stdin == StdinMode::Config).then(|| config_line(job));
        let token = self.options.pass_token.then(|| self.tokens.as_ref()?(facts)).flatten();
        let stdin = self.options.stdin;
        let mut env = job_environment(job, facts);
        let (dirs, launcher) = (Arc::clone(&self.dirs), Arc::clone(&self.launcher));
        let prepare = move || -> io::Result<_> {
            let run = new_key();
            let dir = dirs.take(&run)?;
            let job_file = dir.job();
            dir.write_job(&job_json)?;
            let (ours, theirs) = dir.open_control()?;
            let input = match (stdin, config) {
                // The file is its standard input as well: nothing has to be written while it runs.
                (StdinMode::Job, _) => Input::File(File::open(&job_file)?),
                (_, Some(config)) => Input::Bytes(config),
                _ => Input::Empty,
            };
            env.push((RUN, run.into()));
            env.push(("OADA_JOB_DIR", dir.path().into()));
            env.push(("OADA_JOB_FILE", job_file.into()));
            env.push(("OADA_JOB_RESULT_FILE", dir.result().into()));
            env.push(("OADA_JOB_CONTROL", dir.control().into()));
            if let Some(token) = token {
                dir.write_token(token.expose_secret())?;
                env.push(("OADA_TOKEN_FILE", dir.token().into()));
            }
            Ok((dir, ours, Connections { input, control: Some(theirs), env, mark: Some(RUN) }))
        };
        let start = move || -> Result<_, AttemptError> {
            let (dir, control, connections) = prepare().map_err(AttemptError::Prepare)?;
            Ok((dir, control, start(&launcher, connections)?))
        };
        let started = tokio::task::spawn_blocking(start).await;
        let (dir, control, started) = started.map_err(|error| AttemptError::Prepare(error.into()))??;
        let control = pipe::Receiver::from_file_unchecked(control).map_err(AttemptError::Prepare)?;
        Ok(Attempt { dir, control, started })
    }

    /// What the handler wrote into its result file; `None` if nothing.
    fn written_result(&self, dir: &AttemptDir) -> Option<Captured> {
        let limit = self.options.result_bytes;
        let mut bytes = dir.read_result(limit).unwrap_or_else(|error| {
            tracing::warn!(%error, "failed to read a handler's result file");
            None
        })?;
        let dropped = bytes.len().saturating_sub(limit) as u64;
        bytes.truncate(limit);
        Some(Captured { bytes, dropped })
    }

    fn outcome(&self, context: &Context, ended: &Ended, told: Told, written: Option<Captured>) -> Outcome {
        if ended.stopped {
            return Outcome::Stopped { details: details(context, ended) };
        }
        let meaning = match ended.exit {
            Exit::Code(code) => self.options.meaning_of(code),
            Exit::Signal(_) => ExitMeaning::Fail,
        };
        match meaning {
            ExitMeaning::Success | ExitMeaning::Skip => {
                let mut result = match self.result(context, ended, told, written) {
                    Ok(result) => result,
                    Err(error) => return Outcome::Failure(with_details(error, context, ended)),
                };
                if meaning == ExitMeaning::Skip {
                    result.insert("skipped".to_owned(), true.into());
                }
                Outcome::Success(result)
            }
            ExitMeaning::Fail => Outcome::Failure(failure(None, told.error, context, ended)),
            ExitMeaning::Never => {
                Outcome::Failure(failure(Some("data"), told.error, context, ended).permanent())
            }
            ExitMeaning::Retry => Outcome::Again {
                delay: told.snooze,
                error: failure(Some("temporary"), told.error, context, ended),
            },
            ExitMeaning::Broken => Outcome::Broken { reason: describe(ended) },
        }
    }

    fn result(
        &self,
        context: &Context,
        ended: &Ended,
        told: Told,
        written: Option<Captured>,
    ) -> Result<Map<String, Value>, JobError> {
        if let Some(error) = told.error {
            let message = error.message.or(error.error_type).unwrap_or_default();
            context.log("warn", format!("it spoke of an error and then ended without one: {message}"));
        }
        if told.result.is_some() || written.is_some() {
            let mut lines = crate::process::Lines::new(self.run_options.line_bytes);
            let mut log = |line: Line<'_>| log_line(context, &context.facts().key, line);
            lines.push(&ended.stdout.bytes, &mut log);
            lines.finish(&mut log);
        }
        match (told.result, written) {
            (Some(result), _) => Ok(result),
            (None, Some(written)) => result::from_output(&written, &self.options),
            (None, None) => result::from_output(&ended.stdout, &self.options),
        }
    }
}

impl Handler for ShellHandler {
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome> {
        Box::pin(self.run_job(job, context))
    }
}

/// What keeps an attempt from being made.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the directory for an attempt could not be made")]
    Prepare(#[source] io::Error),
    #[error("the command could not be waited for")]
    Wait(#[source] io::Error),
}

struct Attempt {
    dir: AttemptDir,
    control: pipe::Receiver,
    started: Started,
}

/// What the control channel told.
struct Told {
    result: Option<Map<String, Value>>,
    error: Option<SaidError>,
    snooze: Option<Duration>,
}

/// What every run of a handler finds in its environment.
fn environment(
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
    let own = options.env.iter().map(|(name, value)| (name.clone(), value.clone()));
    let mut env: BTreeMap<_, _> = inherited.chain(own).collect();
    env.insert("OADA_JOBS_CONTRACT".into(), CONTRACT_VERSION.to_string().into());
    // Each run brings its own.
    env.remove(OsStr::new("OADA_DOMAIN"));
    env
}

fn job_environment(job: &Job, facts: &JobFacts) -> Vec<(&'static str, OsString)> {
    let mut env: Vec<(&'static str, OsString)> = vec![
        ("OADA_JOB_ID", facts.id.clone().into()),
        ("OADA_JOB_KEY", facts.key.clone().into()),
        ("OADA_JOB_TYPE", job.job_type.clone().into()),
        ("OADA_JOB_SERVICE", facts.service.clone().into()),
        ("OADA_JOB_QUEUE", facts.queue.clone().into()),
        ("OADA_JOB_ATTEMPT", facts.attempt.to_string().into()),
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
struct JobLine<'a> {
    id: &'a str,
    key: &'a str,
    service: &'a str,
    r#type: &'a str,
    config: &'a Map<String, Value>,
    attempt: u32,
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
        queue: &facts.queue,
        domain: &facts.domain,
        worker: &facts.worker,
        timeout: facts.timeout.map(|timeout| timeout.as_secs_f64()),
        posted: key_time(&facts.key).map(|time| time.to_string()),
    })
}

fn config_line(job: &Job) -> Vec<u8> {
    line(&job.config)
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and maps with string keys cannot fail to be written.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

fn read_control(pipe: &pipe::Receiver, control: &mut Control<'_>) {
    let mut buffer = [0; 16 << 10];
    // More than a pipe holds, but bounded: a handler that never stops writing cannot keep us here.
    for _ in 0..64 {
        match pipe.try_read(&mut buffer) {
            Ok(count) if count > 0 => control.push(&buffer[..count]),
            _ => return,
        }
    }
}

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

/// A line of standard error: its level is what stands before the first colon, if that is one.
fn log_line(context: &Context, key: &str, line: Line<'_>) {
    let text = String::from_utf8_lossy(line.bytes);
    let (level, message) = match text.split_once(':') {
        Some((level, rest)) if LEVELS.contains(&level) => (level, rest.trim_start()),
        _ => ("info", &*text),
    };
    match level {
        "error" => tracing::error!(target: "oada_jobs::handler", job = key, "{message}"),
        "warn" => tracing::warn!(target: "oada_jobs::handler", job = key, "{message}"),
        "debug" => tracing::debug!(target: "oada_jobs::handler", job = key, "{message}"),
        "trace" => tracing::trace!(target: "oada_jobs::handler", job = key, "{message}"),
        _ => tracing::info!(target: "oada_jobs::handler", job = key, "{message}"),
    }
    match line.cut {
        0 => context.log(level, message),
        cut => context.log(level, format!("{message}… ({cut} bytes more)")),
    };
}

/// Says what limits the run has met.
fn note_limits(context: &Context, ended: &Ended) {
    if ended.log.dropped > 0 {
        context
            .log("warn", format!("{} bytes of log were left out; the end of it follows", ended.log.dropped));
        for line in String::from_utf8_lossy(&ended.log.text).lines() {
            context.log("info", line);
        }
    }
    let note = match ended.survivors {
        Survivors::None => return,
        Survivors::Killed => ("warn", "processes that outlived the handler were killed"),
        Survivors::Remain => ("error", "processes that outlived the handler could not be killed"),
    };
    context.log(note.0, note.1);
}

fn describe(ended: &Ended) -> String {
    let text = String::from_utf8_lossy(&ended.log.text);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let end = match ended.exit {
        Exit::Code(code) => format!("it ended with exit code {code}"),
        Exit::Signal(signal) => format!("it was ended by {}", signal_name(signal)),
    };
    match last {
        // A line may be as long as the whole tail.
        Some(last) => format!("{end}: {}", last.chars().take(500).collect::<String>()),
        None => end,
    }
}

fn failure(fixed_type: Option<&str>, said: Option<SaidError>, context: &Context, ended: &Ended) -> JobError {
    let said = said.unwrap_or_default();
    let error_type = said.error_type.unwrap_or_else(|| match (fixed_type, ended.exit) {
        (Some(fixed), _) => fixed.to_owned(),
        (None, Exit::Code(code)) => format!("exit-{code}"),
        (None, Exit::Signal(_)) => "signal".to_owned(),
    });
    let mut error = JobError::typed(error_type, said.message.unwrap_or_else(|| describe(ended)));
    if let Some(name) = said.name {
        error = error.named(name);
    }
    if let Some(data) = said.data {
        error = error.with("data", data);
    }
    with_details(error, context, ended)
}

fn with_details(mut error: JobError, context: &Context, ended: &Ended) -> JobError {
    if let Some(error_type) = error.error_type.clone() {
        error = error.with("type", error_type);
    }
    error.details.extend(details(context, ended));
    error
}

/// What is known of a run that did not succeed: members of its result.
fn details(context: &Context, ended: &Ended) -> Map<String, Value> {
    let mut details = Map::new();
    match ended.exit {
        Exit::Code(code) => details.insert("exit".to_owned(), code.into()),
        Exit::Signal(signal) => details.insert("signal".to_owned(), signal_name(signal).into()),
    };
    let milliseconds = u64::try_from(ended.duration.as_millis()).unwrap_or(u64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "no run lasts for 2^53 milliseconds")]
    details.insert("duration".to_owned(), json!(milliseconds as f64 / 1000.0));
    details.insert("attempt".to_owned(), context.facts().attempt.into());
    if !ended.log.text.is_empty() {
        details.insert("stderr".to_owned(), String::from_utf8_lossy(&ended.log.text).into());
    }
    if ended.killed {
        details.insert("killed".to_owned(), true.into());
    }
    details
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Gives a directory back that may hold very much, away from the threads of the runtime.
fn drop_in_background(dir: AttemptDir) {
    tokio::task::spawn_blocking(move || drop(dir));
}
