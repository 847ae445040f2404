//! A handler that is a co-process: it lives on between jobs and answers each line of JSON with one.
//!
//! ```text
//! in   {"id": "resources/abc", "job": {"id": "resources/abc", "type": "email", "config": {…}, …}}
//! out  {"id": "resources/abc", "status": "ok", "result": {…}}
//! out  {"id": "resources/abc", "status": "fail", "error": {"type": "bad-address", "message": "no such host"}}
//! ```
//!
//! `status` is one of the words for exit codes: `ok`, `skip`, `fail`, `never`, `retry`. An answer may carry all that a
//! control line may (`control.rs`); control lines name their job by `id` if several are in hand. Standard error is log.
//!
//! A process that ends, answers what it was not asked, writes what is no answer or is over its time is replaced. Only
//! the job that it was at is affected: the others that it was given go to the next process.
//!
//! Owns the queue between jobs and processes. One process is the matter of `process.rs`.

mod process;
mod protocol;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::process::Process;
use self::protocol::{Event, Loss, Lost, Request, Settled};
use super::answer::{Status, outcome_of, request_line};
use super::attempt_dir::AttemptDirs;
use super::control::Control;
use super::failure::{End, describe, details, with_causes};
use super::given::job_line;
use super::log::log_line;
use super::options::{Program, ShellOptions};
use super::result::too_large;
use super::{Context, Handler, JobError, Outcome};
use crate::model::Job;
use crate::process::{Capture, Keep, Launcher, Line, RunOptions, StartError};

/// What is said of one job and not yet taken in, at most. What is over that is lost: nobody could have read it.
const EVENTS: usize = 256;

/// How a co-process handles jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamOptions {
    /// What it has in common with a command started for each job: its environment and working directory, how it is
    /// stopped, and the limits of a result and of the log of one job.
    pub shell: ShellOptions,
    /// `--processes`: how many of it are kept; 1.
    pub processes: usize,
    /// `--pipeline`: how many jobs one of them is given before it has answered the first; 1.
    pub pipeline: usize,
    /// `--max-jobs-per-process`: after how many jobs it is replaced; never.
    pub max_jobs: Option<u64>,
    /// `--idle`: after how long without a job it is ended, to be started again for the next; never.
    pub idle: Option<Duration>,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self { shell: ShellOptions::default(), processes: 1, pipeline: 1, max_jobs: None, idle: None }
    }
}

/// Gives jobs to long-lived processes. Dropping it kills them.
#[derive(Debug)]
pub struct StreamHandler {
    pool: Arc<Pool>,
    /// One task for each process that is kept.
    slots: Mutex<JoinSet<()>>,
}

impl StreamHandler {
    /// A handler that starts `program` when there is a job for it. Whether there is such a program is seen then.
    ///
    /// # Errors
    /// When the command is empty, or holds a NUL byte.
    pub fn new(program: Program, options: StreamOptions) -> Result<Self, StartError> {
        let pool = Pool {
            launcher: options.shell.launcher(program)?,
            dirs: options.shell.attempt_dirs(false),
            run_options: options.shell.run_options(),
            options,
            waiting: Mutex::default(),
            work: Notify::new(),
            retired: CancellationToken::new(),
            alive: watch::Sender::new(0),
        };
        Ok(Self { pool: Arc::new(pool), slots: Mutex::default() })
    }

    async fn run_job(&self, job: &Job, context: &Context) -> Outcome {
        let started = Instant::now();
        let id = context.facts().id.clone();
        let (events, mut said) = mpsc::channel(EVENTS);
        let (settle, mut settled) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let line = request_line(&id, &job_line(job, context.facts()));
        self.submit(Request { id: id.clone(), line, events, settle, stopped });
        let mut ear = Ear::new(context, &self.pool);
        // Dropped by being dropped with this future as well: then nobody waits for the job any more.
        let mut stop = Some(stop);
        let told_to_stop = context.cancelled();
        tokio::pin!(told_to_stop);
        let settled = loop {
            tokio::select! {
                biased;
                _ = &mut told_to_stop, if stop.is_some() => {
                    if self.pool.withdraw(&id) {
                        return Outcome::Stopped { details: Map::new() };
                    }
                    stop = None;
                }
                Some(event) = said.recv() => ear.hear(event),
                settled = &mut settled => break settled,
            }
        };
        while let Ok(event) = said.try_recv() {
            ear.hear(event);
        }
        match settled {
            Ok(Settled::Answered(status, members)) => ear.answer(status, members, started.elapsed()),
            Ok(Settled::Lost(lost)) => ear.lost(&lost),
            // The task of a slot cannot end before its handler.
            Err(_) => Outcome::Broken { reason: "the handler is being dropped".to_owned() },
        }
    }

    fn submit(&self, request: Request) {
        {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() < self.pool.options.processes.max(1) {
                slots.spawn(slot(Arc::clone(&self.pool)));
            }
        }
        self.pool.waiting().push_back(request);
        // The one that had work last: the others may then come to be idle.
        self.pool.work.notify_last();
    }
}

impl Handler for StreamHandler {
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome> {
        Box::pin(self.run_job(job, context))
    }

    fn retire(self: Arc<Self>) -> BoxFuture<'static, ()> {
        self.pool.retired.cancel();
        Box::pin(async move {
            let mut alive = self.pool.alive.subscribe();
            let is_over = |alive: &usize| *alive == 0 && self.pool.waiting().is_empty();
            // The sender lives in the pool, so the wait cannot fail.
            let _ = alive.wait_for(is_over).await;
        })
    }
}

/// What the processes share.
#[derive(Debug)]
struct Pool {
    launcher: Arc<Launcher>,
    dirs: Arc<AttemptDirs>,
    run_options: RunOptions,
    options: StreamOptions,
    /// Bounded by the jobs that are run at once, each of which waits for its own.
    waiting: Mutex<VecDeque<Request>>,
    work: Notify,
    /// Set when no process is to be kept between jobs any more.
    retired: CancellationToken,
    /// How many processes there are, those that are leaving included.
    alive: watch::Sender<usize>,
}

impl Pool {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Request>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a job back that no process has been given.
    fn withdraw(&self, id: &str) -> bool {
        let mut waiting = self.waiting();
        let place = waiting.iter().position(|request| request.id == id);
        place.and_then(|place| waiting.remove(place)).is_some()
    }

    /// Gives jobs back that a process was given and not to blame for, in their order.
    fn give_back(&self, requests: impl DoubleEndedIterator<Item = Request>) {
        let mut waiting = self.waiting();
        for request in requests.rev() {
            waiting.push_front(request);
            self.work.notify_last();
        }
    }

    /// The next job that somebody still waits for.
    fn next(&self) -> Option<Request> {
        let mut waiting = self.waiting();
        std::iter::from_fn(|| waiting.pop_front()).find(|request| !request.settle.is_closed())
    }
}

/// Keeps one process, from job to job and from process to process.
async fn slot(pool: Arc<Pool>) {
    // Processes that are being stopped; a new one does not wait for their grace to be over. There is no more than one
    // for each job that was stopped within it.
    let mut leaving = JoinSet::new();
    loop {
        let Some(first) = pool.next() else {
            tokio::select! {
                () = pool.work.notified() => {}
                Some(_) = leaving.join_next() => {}
            }
            continue;
        };
        pool.alive.send_modify(|alive| *alive += 1);
        match Process::start(&pool).await {
            Err(error) => {
                first.lose(Lost::new(Loss::Broken(with_causes(&error))));
                pool.alive.send_modify(|alive| *alive -= 1);
            }
            Ok(process) => {
                let farewell = process.serve(&pool, first).await;
                let pool = Arc::clone(&pool);
                leaving.spawn(async move {
                    farewell.await;
                    pool.alive.send_modify(|alive| *alive -= 1);
                });
            }
        }
        while leaving.try_join_next().is_some() {}
    }
}

/// Takes in what is said of one job.
struct Ear<'a> {
    context: &'a Context,
    control: Control<'a>,
    log_left: u64,
    result_bytes: usize,
    tail: Capture,
}

impl<'a> Ear<'a> {
    fn new(context: &'a Context, pool: &Pool) -> Self {
        Self {
            context,
            control: Control::new(context),
            log_left: pool.options.shell.log_bytes,
            result_bytes: pool.options.shell.kept_bytes(),
            tail: Capture::new(pool.run_options.tail_bytes, Keep::Tail),
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Said(members) => self.control.say(members),
            Event::Complaint(why) => self.control.complain(&why),
            Event::Log { bytes, cut } => {
                self.tail.push(&bytes);
                self.tail.push(b"\n");
                if self.log_left > 0 {
                    self.log_left = self.log_left.saturating_sub(bytes.len() as u64);
                    log_line(self.context, &self.context.facts().key, Line { bytes: &bytes, cut });
                }
            }
        }
    }

    fn answer(mut self, status: Status, members: Map<String, Value>, duration: Duration) -> Outcome {
        self.control.say(members);
        let tail = self.tail.finish().bytes;
        outcome_of(status, &mut self.control, &tail, duration)
    }

    /// The process is gone, and with it the job.
    fn lost(self, lost: &Lost) -> Outcome {
        let tail = self.tail.finish().bytes;
        if let Some(end) = lost.end {
            self.context.note_end(end);
        }
        let end = lost.end.map(|end| End {
            exit: end.exit,
            killed: end.killed,
            ran_out_of_memory: end.ran_out_of_memory,
            duration: lost.duration,
            tail: tail.trim_ascii_end(),
        });
        let known = end.as_ref().map(|end| details(self.context, end)).unwrap_or_default();
        let failure = |error_type: &str, message: String| {
            let mut error = JobError::typed(error_type, message).with("type", error_type);
            error.details.extend(known.clone());
            Outcome::Failure(error)
        };
        match &lost.why {
            Loss::Stopped => Outcome::Stopped { details: known },
            Loss::Broken(reason) => Outcome::Broken { reason: reason.clone() },
            Loss::Crashed => {
                let end = end.as_ref().map_or_else(|| "it ended".to_owned(), describe);
                failure("crashed", format!("the handler was gone before it had answered: {end}"))
            }
            Loss::Protocol(what) => failure("protocol", what.clone()),
            Loss::TooLarge => {
                let mut error = too_large(self.result_bytes);
                error.details.extend(known);
                Outcome::Failure(error)
            }
        }
    }
}
