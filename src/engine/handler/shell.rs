//! A handler that is a command, started once for each job (`docs/handlers.md`).
//!
//! Owns the contract between the worker and the command: what it is given, and what its exit, its output and its
//! control lines come to. The process itself is supervised by the room `process`.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::attempt_dir::{AttemptDir, AttemptDirs};
use super::control::{Control, SaidError};
use super::failure::{End, details, unsuccessful, with_causes, with_details};
use super::given::{RUN, config_line, job_environment, job_line};
use super::log::log_line;
use super::options::{ExitMeaning, OversizeMode, Program, ResultMode, ShellOptions, StdinMode};
use super::{Context, Handler, JobError, Outcome, RunEnd, result};
use crate::model::{Job, new_key};
use crate::process::{
    Captured, Connections, Ended, Exit, Input, Keep, Launcher, Line, ReadEnd, RunOptions, StartError,
    Started, Survivors, on_a_starter, start,
};

/// Runs each job as a command of its own.
#[derive(Debug)]
pub struct ShellHandler {
    launcher: Arc<Launcher>,
    options: ShellOptions,
    run_options: RunOptions,
    dirs: Arc<AttemptDirs>,
    /// Whether the run that ended last was a brief one.
    is_brief: AtomicBool,
}

/// What takes no longer is waited for by the thread that has started it, which costs less than to be told by the runtime.
const BRIEF: Duration = Duration::from_millis(20);

impl ShellHandler {
    /// A handler that runs `program`. Whether there is such a program is seen when it is started.
    ///
    /// # Errors
    /// When the command is empty, or holds a NUL byte.
    pub fn new(program: Program, options: ShellOptions) -> Result<Self, StartError> {
        let keep = match options.oversize {
            OversizeMode::Fail | OversizeMode::Spill => Keep::Head,
            OversizeMode::Truncate => Keep::Tail,
        };
        let run_options = RunOptions {
            stdout_bytes: if options.result == ResultMode::None { 0 } else { options.kept_bytes() },
            stdout_keep: keep,
            log_bytes: options.log_bytes,
            ..options.run_options()
        };
        let (launcher, dirs) = (options.launcher(program)?, options.dirs_of_runs());
        Ok(Self { launcher, run_options, dirs, options, is_brief: AtomicBool::new(false) })
    }

    async fn run_job(&self, job: &Job, context: &Context) -> Outcome {
        match self.attempt(job, context).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Broken { reason: with_causes(&error) },
        }
    }

    async fn attempt(&self, job: &Job, context: &Context) -> Result<Outcome, AttemptError> {
        let Attempt { dir, mut control, started } = self.start(job, context).await?;
        let key = &context.facts().key;
        let mut log = |line: Line<'_>| log_line(context, key, line);
        let mut said = Control::new(context);
        let stop = async {
            context.cancelled().await;
        };
        let running = started.supervise(&self.run_options, &mut log, stop);
        tokio::pin!(running);
        let ended = loop {
            tokio::select! {
                // One that has ended is not waited for.
                biased;
                ended = &mut running => break ended.map_err(AttemptError::Wait)?,
                Ok(()) = control.readable() => read_control(&control, &mut said),
            }
        };
        // What was written before the end is in the pipe still.
        read_control(&control, &mut said);
        said.finish();
        self.is_brief.store(ended.duration < BRIEF, Ordering::Relaxed);
        note_limits(context, &ended);
        context.note_end(RunEnd::from(&ended));
        let told = Told { result: said.result, error: said.error, snooze: said.snooze };
        let written = self.written_result(&dir);
        drop(dir);
        Ok(self.outcome(context, &ended, told, written))
    }

    /// Makes what one attempt needs and starts it, away from the threads of the runtime: both take their time.
    async fn start(&self, job: &Job, context: &Context) -> Result<Attempt, AttemptError> {
        let facts = context.facts();
        let job_json = job_line(job, facts);
        let config = (self.options.stdin == StdinMode::Config).then(|| config_line(job));
        let client = context.oada().filter(|_| self.options.pass_token);
        let token = client.map(|client| client.token().clone());
        let stdin = self.options.stdin;
        let mut env = job_environment(job, facts);
        let (dirs, launcher) = (Arc::clone(&self.dirs), Arc::clone(&self.launcher));
        let prepare = move || -> io::Result<_> {
            let run = new_key();
            let mut dir = dirs.take(&run)?;
            let job_file = dir.job();
            dir.write_jobs([job_json].iter())?;
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
        let is_brief = self.is_brief.load(Ordering::Relaxed);
        let start = move || -> Result<_, AttemptError> {
            let (dir, control, connections) = prepare().map_err(AttemptError::Prepare)?;
            let started = start(&launcher, connections)?;
            if is_brief {
                started.wait_here(BRIEF);
            }
            Ok(Attempt { dir, control, started })
        };
        on_a_starter(start).await.map_err(AttemptError::Prepare)?
    }

    /// What the handler wrote into its result file; `None` if nothing.
    fn written_result(&self, dir: &AttemptDir) -> Option<Captured> {
        let limit = self.options.kept_bytes();
        let mut bytes = dir.read_result(limit).unwrap_or_else(|error| {
            tracing::warn!(%error, "failed to read a handler's result file");
            None
        })?;
        let dropped = bytes.len().saturating_sub(limit) as u64;
        bytes.truncate(limit);
        Some(Captured { bytes, dropped })
    }

    fn outcome(&self, context: &Context, ended: &Ended, told: Told, written: Option<Captured>) -> Outcome {
        let end = &End::from(ended);
        if ended.stopped {
            return Outcome::Stopped { details: details(context, end) };
        }
        let meaning = match ended.exit {
            Exit::Code(code) => self.options.meaning_of(code),
            Exit::Signal(_) => ExitMeaning::Fail,
        };
        match meaning {
            ExitMeaning::Success | ExitMeaning::Skip => {
                let mut result = match self.result(context, ended, told, written) {
                    Ok(result) => result,
                    Err(error) => return Outcome::Failure(with_details(error, context, end)),
                };
                if meaning == ExitMeaning::Skip {
                    result.insert("skipped".to_owned(), true.into());
                }
                Outcome::Success(result)
            }
            other => unsuccessful(other, (told.error, told.snooze), context, end),
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
            context.log_at("warn", format!("it spoke of an error and then ended without one: {message}"));
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
pub(super) enum AttemptError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the directory for an attempt could not be made")]
    Prepare(#[source] io::Error),
    #[error("the command could not be waited for")]
    Wait(#[source] io::Error),
}

struct Attempt {
    dir: AttemptDir,
    control: ReadEnd,
    started: Started,
}

/// What the control channel told.
struct Told {
    result: Option<Map<String, Value>>,
    error: Option<SaidError>,
    snooze: Option<Duration>,
}

fn read_control(pipe: &ReadEnd, control: &mut Control<'_>) {
    let mut buffer = [0; 2 << 10];
    // More than a pipe holds, but bounded: a handler that never stops writing cannot keep us here.
    for _ in 0..512 {
        match pipe.read_now(&mut buffer) {
            Ok(count) if count > 0 => control.push(&buffer[..count]),
            _ => return,
        }
    }
}

/// Says what limits the run has met.
fn note_limits(context: &Context, ended: &Ended) {
    if ended.log.dropped > 0 {
        context.log_at(
            "warn",
            format!("{} bytes of log were left out; the end of it follows", ended.log.dropped),
        );
        for line in String::from_utf8_lossy(&ended.log.text).lines() {
            context.log_at("info", line);
        }
    }
    let note = match ended.survivors {
        Survivors::None => return,
        Survivors::Killed => ("warn", "processes that outlived the handler were killed"),
        Survivors::Remain => ("error", "processes that outlived the handler could not be killed"),
    };
    context.log_at(note.0, note.1);
}
