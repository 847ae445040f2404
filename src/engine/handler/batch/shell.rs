//! A command that is started once for several jobs (`docs/handlers.md`, Several jobs in one run).
//!
//! ```text
//! in   {"id": "resources/abc", "job": {"id": "resources/abc", "type": "email", "config": {…}, …}}
//! out  {"id": "resources/abc", "status": "ok", "result": {…}}
//! out  {"status": "retry"}                       of all that have no answer of their own
//! ```
//!
//! Owns what the lines and the exit of such a command come to. The lines are those of a co-process (`answer.rs`).

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::FuturesUnordered;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::{BatchHandler, BatchJob};
use crate::engine::handler::answer::{Answer, Status, outcome_of, parse_answer, request_line};
use crate::engine::handler::attempt_dir::{AttemptDir, AttemptDirs};
use crate::engine::handler::control::{Control, LINE_BYTES};
use crate::engine::handler::failure::{End, details, unsuccessful, with_causes, with_details};
use crate::engine::handler::given::{RUN, batch_environment, job_line};
use crate::engine::handler::log::stray_line;
use crate::engine::handler::options::{ExitMeaning, Program, ShellOptions};
use crate::engine::handler::pipes::{ANSWER_EXTRA, read_lines, read_unseen, readable, wait_until};
use crate::engine::handler::shell::AttemptError;
use crate::engine::handler::{Context, JobError, Outcome, RunEnd, StopReason};
use crate::model::new_key;
use crate::process::{
    Capture, Connections, Ended, Exit, Input, Keep, Launcher, Line, Lines, Pipes, ReadEnd, RunOptions,
    StartError, Started, Survivors, on_a_starter, start,
};

/// Runs each batch as a command of its own.
#[derive(Debug)]
pub struct ShellBatchHandler {
    launcher: Arc<Launcher>,
    options: ShellOptions,
    run_options: RunOptions,
    dirs: Arc<AttemptDirs>,
}

impl ShellBatchHandler {
    /// A handler that runs `program`. Whether there is such a program is seen when it is started.
    ///
    /// # Errors
    /// When the command is empty, or holds a NUL byte.
    pub fn new(program: Program, options: ShellOptions) -> Result<Self, StartError> {
        Ok(Self {
            launcher: options.launcher(program)?,
            run_options: options.run_options(),
            dirs: options.dirs_of_runs(),
            options,
        })
    }

    async fn run_batch(&self, jobs: Vec<BatchJob>) {
        let (jobs, begun) = self.start(jobs).await;
        match begun {
            Ok(begun) => self.attend(begun, jobs).await,
            Err(error) => {
                let reason = with_causes(&error);
                jobs.into_iter().for_each(|job| job.end(Outcome::Broken { reason: reason.clone() }));
            }
        }
    }

    /// Starts the command, away from the threads of the runtime.
    async fn start(&self, jobs: Vec<BatchJob>) -> (Vec<BatchJob>, Result<Begun, AttemptError>) {
        let (dirs, launcher) = (Arc::clone(&self.dirs), Arc::clone(&self.launcher));
        let passes_token = self.options.pass_token;
        let begin = move || {
            let begun = prepare(&dirs, &jobs, passes_token).map_err(AttemptError::Prepare);
            let begun = begun.and_then(|(dir, control, connections)| {
                Ok(Begun { started: start(&launcher, connections)?, dir, control })
            });
            (jobs, begun)
        };
        match on_a_starter(begin).await {
            Ok(begun) => begun,
            Err(error) => (Vec::new(), Err(AttemptError::Prepare(error))),
        }
    }

    /// Hears the command out, and says what each job has come to.
    async fn attend(&self, begun: Begun, jobs: Vec<BatchJob>) {
        let contexts: Vec<Context> = jobs.iter().map(|job| job.context().clone()).collect();
        let Begun { dir, control, mut started } = begun;
        let Pipes { stdout, stderr, .. } = started.take_pipes();
        let mut run = Run::new(self, jobs, &contexts, (stdout, stderr, control));
        let ended = run.until_ended(started, &contexts).await;
        if let Ok(ended) = &ended {
            let end = RunEnd { log_dropped: run.log_dropped, ..RunEnd::from(ended) };
            contexts.iter().for_each(|context| context.note_end(end));
        }
        run.settle(ended.map_err(AttemptError::Wait));
        drop(dir);
    }
}

impl BatchHandler for ShellBatchHandler {
    fn run(&self, jobs: Vec<BatchJob>) -> BoxFuture<'_, ()> {
        Box::pin(self.run_batch(jobs))
    }
}

struct Begun {
    dir: AttemptDir,
    control: ReadEnd,
    started: Started,
}

fn prepare(
    dirs: &Arc<AttemptDirs>,
    jobs: &[BatchJob],
    passes_token: bool,
) -> io::Result<(AttemptDir, ReadEnd, Connections)> {
    let first = jobs.first().ok_or_else(|| io::Error::other("there is no job"))?;
    let run = new_key();
    let mut dir = dirs.take(&run)?;
    let line = |job: &BatchJob| {
        let facts = job.context().facts();
        request_line(&facts.id, &job_line(job.job(), facts))
    };
    dir.write_jobs(jobs.iter().map(line))?;
    let (ours, theirs) = dir.open_control()?;
    // The file is its standard input as well: nothing has to be written while it runs.
    let input = Input::File(File::open(dir.job())?);
    let mut env = batch_environment(jobs.len(), first.job(), first.context().facts());
    env.push((RUN, run.into()));
    env.push(("OADA_JOB_DIR", dir.path().into()));
    env.push(("OADA_JOB_FILE", dir.job().into()));
    env.push(("OADA_JOB_CONTROL", dir.control().into()));
    // All are of one queue, and so is the token.
    if let Some(client) = first.context().oada().filter(|_| passes_token) {
        dir.write_token(client.token().expose_secret())?;
        env.push(("OADA_TOKEN_FILE", dir.token().into()));
    }
    Ok((dir, ours, Connections { input, control: Some(theirs), env, mark: Some(RUN) }))
}

/// A job that has no outcome yet.
struct Open<'a> {
    job: BatchJob,
    context: &'a Context,
    control: Control<'a>,
}

/// One run of the command.
struct Run<'a> {
    handler: &'a ShellBatchHandler,
    /// Whose lines go to the worker's own log.
    name: String,
    open: BTreeMap<usize, Open<'a>>,
    /// The place of each job, by its id and by its key.
    places: HashMap<String, usize>,
    stdout: Option<ReadEnd>,
    stderr: Option<ReadEnd>,
    control: ReadEnd,
    answers: Lines,
    log: Lines,
    said: Lines,
    tail: Capture,
    log_left: u64,
    log_dropped: u64,
    /// What was said last of all that have no answer of their own.
    overall: Option<Answer>,
    /// The first line that was no answer: it may have been meant as one.
    fault: Option<String>,
    at: Instant,
}

type Outputs = (Option<ReadEnd>, Option<ReadEnd>, ReadEnd);

impl<'a> Run<'a> {
    fn new(
        handler: &'a ShellBatchHandler,
        jobs: Vec<BatchJob>,
        contexts: &'a [Context],
        (stdout, stderr, control): Outputs,
    ) -> Self {
        let name = jobs.first().map(|job| format!("{} ({} jobs)", job.job().job_type, jobs.len()));
        let mut places = HashMap::new();
        for (place, context) in contexts.iter().enumerate() {
            places.insert(context.facts().key.clone(), place);
            places.insert(context.facts().id.clone(), place);
        }
        let jobs = jobs.into_iter().zip(contexts).enumerate();
        let open = jobs
            .map(|(place, (job, context))| (place, Open { job, context, control: Control::new(context) }));
        let run_options = &handler.run_options;
        Self {
            handler,
            name: name.unwrap_or_default(),
            open: open.collect(),
            places,
            stdout,
            stderr,
            control,
            answers: Lines::new(handler.options.kept_bytes() + ANSWER_EXTRA),
            log: Lines::new(run_options.line_bytes),
            said: Lines::new(LINE_BYTES),
            tail: Capture::new(run_options.tail_bytes, Keep::Tail),
            log_left: handler.options.log_bytes,
            log_dropped: 0,
            overall: None,
            fault: None,
            at: Instant::now(),
        }
    }

    /// Reads until nothing of the command is left. It is stopped when its time is over or no job is left for which it
    /// should go on; after its last answer it has as long to end as one that was asked to.
    async fn until_ended(&mut self, started: Started, contexts: &[Context]) -> io::Result<Ended> {
        let (stop, stopped) = oneshot::channel::<()>();
        let mut stop = Some(stop);
        let mut no_log = |_: Line<'_>| {};
        let handler = self.handler;
        let supervision = started.supervise(&handler.run_options, &mut no_log, async {
            let _ = stopped.await;
        });
        tokio::pin!(supervision);
        let mut cancelled: FuturesUnordered<_> = contexts
            .iter()
            .enumerate()
            .map(|(place, context)| async move { (place, context.cancelled().await) }.boxed())
            .collect();
        let mut end_by = None;
        let ended = loop {
            if self.open.is_empty() && end_by.is_none() {
                end_by = Some(tokio::time::Instant::now() + handler.run_options.grace);
            }
            tokio::select! {
                ended = &mut supervision => break ended,
                () = readable(self.stdout.as_mut()) => self.read_answers(),
                () = readable(self.stderr.as_mut()) => self.read_log(),
                Ok(()) = self.control.readable() => self.read_control(),
                Some((place, reason)) = cancelled.next(), if stop.is_some() => {
                    if self.must_stop(place, reason) {
                        stop = None;
                    }
                }
                () = wait_until(end_by), if stop.is_some() => stop = None,
            }
        };
        self.read_answers();
        self.read_log();
        self.read_control();
        let mut answers = std::mem::replace(&mut self.answers, Lines::new(0));
        answers.finish(|line| self.answer(line));
        ended
    }

    /// A job was cancelled: whether there is no sense in going on.
    fn must_stop(&mut self, place: usize, reason: StopReason) -> bool {
        if !self.open.contains_key(&place) {
            return false;
        }
        match reason {
            // All have one time, and one worker.
            StopReason::Timeout | StopReason::Shutdown => {
                for open in self.open.values() {
                    open.context.stop(reason);
                }
                true
            }
            StopReason::Cancelled | StopReason::ClaimLost if self.open.len() == 1 => true,
            StopReason::Cancelled | StopReason::ClaimLost => {
                if let Some(open) = self.open.remove(&place) {
                    open.job.end(Outcome::Stopped { details: Map::new() });
                }
                false
            }
        }
    }

    fn read_answers(&mut self) {
        let Some(stdout) = &self.stdout else { return };
        let (answers, is_at_end) = read_unseen(stdout, &mut self.answers);
        if is_at_end {
            self.stdout = None;
        }
        if !answers.is_empty() {
            self.read_log();
            self.read_control();
        }
        answers.iter().for_each(|answer| self.answer(answer.line()));
    }

    fn answer(&mut self, line: Line<'_>) {
        if line.bytes.trim_ascii().is_empty() {
            return;
        }
        if line.cut > 0 {
            return self.note_fault(format!("it wrote an answer of {} bytes", line.bytes.len() + line.cut));
        }
        let answer = match parse_answer(line.bytes) {
            Ok(answer) => answer,
            Err(why) => return self.note_fault(why),
        };
        let Some(id) = &answer.id else {
            self.overall = Some(answer);
            return;
        };
        let Some(place) = self.places.get(id).copied() else {
            return self.note_fault(format!("it answered {id:?}, which it was not given"));
        };
        match self.open.remove(&place) {
            // Nothing said of a job counts any more when it has been stopped.
            Some(open) if open.context.stop_reason().is_some() => {
                self.open.insert(place, open);
            }
            Some(mut open) => {
                open.control.say(answer.members);
                open.job.end(outcome_of(answer.status, &mut open.control, &[], self.at.elapsed()));
            }
            None => tracing::warn!(job = id, "an answer for a job that has its end already is ignored"),
        }
    }

    fn note_fault(&mut self, why: String) {
        tracing::warn!(handler = self.name, "{why}");
        self.fault.get_or_insert(why);
    }

    fn read_log(&mut self) {
        let Some(stderr) = &self.stderr else { return };
        let (tail, left, name) = (&mut self.tail, &mut self.log_left, &self.name);
        let dropped = &mut self.log_dropped;
        let is_at_end = read_lines(stderr, &mut self.log, |line| {
            tail.push(line.bytes);
            tail.push(b"\n");
            if *left > 0 {
                *left = left.saturating_sub(line.bytes.len() as u64);
                stray_line(name, line);
            } else {
                *dropped += line.bytes.len() as u64;
            }
        });
        if is_at_end {
            self.stderr = None;
        }
    }

    fn read_control(&mut self) {
        let mut said = Vec::new();
        let name = &self.name;
        read_lines(&self.control, &mut self.said, |line| {
            match serde_json::from_str::<Map<String, Value>>(&String::from_utf8_lossy(line.bytes)) {
                Ok(members) if line.cut == 0 => said.push(members),
                _ => tracing::warn!(handler = name, "a control line was ignored: it is no JSON object"),
            }
        });
        for members in said {
            self.say(members);
        }
    }

    /// What names no job is said of all that have no end yet; and more time is for all, since they have one run.
    fn say(&mut self, members: Map<String, Value>) {
        let named = members.get("id").or_else(|| members.get("key")).and_then(Value::as_str);
        let Some(place) = named.map(|name| self.places.get(name).copied()) else {
            for open in self.open.values_mut() {
                open.control.say(members.clone());
            }
            return;
        };
        if let Some(more) = members.get("extend") {
            for (_, open) in self.open.iter_mut().filter(|(other, _)| Some(**other) != place) {
                open.control.say(Map::from_iter([("extend".to_owned(), more.clone())]));
            }
        }
        match place {
            Some(place) => {
                if let Some(open) = self.open.get_mut(&place) {
                    open.control.say(members);
                }
            }
            None => tracing::warn!(handler = self.name, "a control line was ignored: it is for another job"),
        }
    }

    /// Says what those have come to that have no answer of their own.
    fn settle(self, ended: Result<Ended, AttemptError>) {
        let Self { handler, name, open, tail, overall, fault, .. } = self;
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                for (_, open) in open {
                    open.job.end(Outcome::Broken { reason: with_causes(&error) });
                }
                return;
            }
        };
        if ended.survivors != Survivors::None {
            tracing::warn!(handler = name, survivors = ?ended.survivors, "processes outlived the handler");
        }
        let tail = tail.finish().bytes;
        let end = End { tail: tail.trim_ascii_end(), ..End::from(&ended) };
        for (_, Open { job, context, mut control }) in open {
            let outcome = if ended.stopped {
                Outcome::Stopped { details: details(context, &end) }
            } else {
                rest(&handler.options, context, &mut control, &end, (overall.as_ref(), fault.as_deref()))
            };
            job.end(outcome);
        }
    }
}

/// What a job without an answer has come to.
fn rest(
    options: &ShellOptions,
    context: &Context,
    control: &mut Control<'_>,
    end: &End<'_>,
    (overall, fault): (Option<&Answer>, Option<&str>),
) -> Outcome {
    if let Some(overall) = overall {
        control.say(overall.members.clone());
    }
    let meaning = match end.exit {
        Exit::Code(code) => options.meaning_of(code),
        Exit::Signal(_) => ExitMeaning::Fail,
    };
    let status = match (meaning, overall) {
        (ExitMeaning::Skip, _) => Status::Skip,
        (ExitMeaning::Success, Some(overall)) => overall.status,
        (ExitMeaning::Success, None) => Status::Ok,
        (other, _) => return unsuccessful(other, (control.error.take(), control.snooze), context, end),
    };
    match fault.filter(|_| matches!(status, Status::Ok | Status::Skip)) {
        Some(fault) => Outcome::Failure(with_details(JobError::typed("protocol", fault), context, end)),
        None => outcome_of(status, control, end.tail, end.duration),
    }
}
