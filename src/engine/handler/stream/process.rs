//! One co-process: the jobs that it has in hand, what it writes, and how it is left.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::net::unix::pipe;
use tokio::sync::oneshot;

use super::Pool;
use super::protocol::{Event, Loss, Lost, Request, Settled};
use crate::engine::handler::answer::parse_answer;
use crate::engine::handler::attempt_dir::AttemptDir;
use crate::engine::handler::control::LINE_BYTES;
use crate::engine::handler::given::RUN;
use crate::engine::handler::pipes::{ANSWER_EXTRA, read_lines, read_unseen, readable, wait_until};
use crate::model::new_key;
use crate::process::{Connections, Ended, Exit, Input, Line, Lines, ReadEnd, on_a_starter, start};

/// How long a process that has closed its output may take to end.
const ENDING: Duration = Duration::from_secs(1);
/// Answered jobs that are remembered.
const ANSWERED: usize = 64;

type Supervision = BoxFuture<'static, io::Result<Ended>>;

/// A process that is running.
pub(super) struct Process {
    stdin: pipe::Sender,
    stdout: ReadEnd,
    stderr: Option<ReadEnd>,
    control: ReadEnd,
    supervision: Supervision,
    stop: oneshot::Sender<()>,
    dir: AttemptDir,
    answers: Lines,
    log: Lines,
    said: Lines,
    outgoing: Vec<u8>,
    in_hand: VecDeque<InHand>,
    given: u64,
    /// The jobs that it answered last.
    answered: VecDeque<String>,
    output_closed: Option<tokio::time::Instant>,
    fault: Option<Loss>,
}

struct InHand {
    request: Request,
    since: Instant,
}

/// Why a process is left.
enum Leave {
    /// It has ended.
    Ended(Option<Ended>),
    /// What it did costs it the job it was at.
    Fault(Loss),
    /// The job at this place is to be stopped.
    Stopped(usize),
    /// It has done its share.
    Retired,
}

impl Process {
    pub(super) async fn start(pool: &Arc<Pool>) -> io::Result<Self> {
        let (dirs, launcher) = (Arc::clone(&pool.dirs), Arc::clone(&pool.launcher));
        let start = move || -> io::Result<_> {
            let run = new_key();
            let dir = dirs.take(&run)?;
            let (ours, theirs) = dir.open_control()?;
            let env = vec![
                (RUN, run.into()),
                ("OADA_JOB_DIR", dir.path().into()),
                ("OADA_JOB_CONTROL", dir.control().into()),
            ];
            let connections = Connections { input: Input::Pipe, control: Some(theirs), env, mark: Some(RUN) };
            let started = start(&launcher, connections).map_err(io::Error::other)?;
            Ok((dir, ours, started))
        };
        let (dir, control, mut started) = on_a_starter(start).await??;
        let pipes = started.take_pipes();
        let missing = || io::Error::other("a pipe is missing");
        let (stop, stopped) = oneshot::channel::<()>();
        let options = pool.run_options.clone();
        let supervision = Box::pin(async move {
            let stop = async {
                // Dropped with the process itself, and then nobody polls this.
                let _ = stopped.await;
            };
            started.supervise(&options, &mut |_| {}, stop).await
        });
        Ok(Self {
            stdin: pipe::Sender::from_owned_fd(pipes.stdin.ok_or_else(missing)?)?,
            stdout: pipes.stdout.ok_or_else(missing)?,
            stderr: pipes.stderr,
            control,
            supervision,
            stop,
            dir,
            answers: Lines::new(pool.options.shell.kept_bytes() + ANSWER_EXTRA),
            log: Lines::new(pool.run_options.line_bytes),
            said: Lines::new(LINE_BYTES),
            outgoing: Vec::new(),
            in_hand: VecDeque::new(),
            given: 0,
            answered: VecDeque::new(),
            output_closed: None,
            fault: None,
        })
    }

    /// Gives it jobs until it has to be left. What is returned leaves it, and must be awaited.
    pub(super) async fn serve(mut self, pool: &Arc<Pool>, first: Request) -> BoxFuture<'static, ()> {
        self.take(first);
        let leave = self.until_left(pool).await;
        self.leave(pool, leave)
    }

    async fn until_left(&mut self, pool: &Pool) -> Leave {
        let options = &pool.options;
        loop {
            if let Some(fault) = self.fault.take() {
                return Leave::Fault(fault);
            }
            let done = options.max_jobs.is_some_and(|max| self.given >= max);
            while !done && self.in_hand.len() < options.pipeline.max(1) {
                let Some(request) = pool.next() else { break };
                self.take(request);
            }
            if (done || pool.retired.is_cancelled()) && self.in_hand.is_empty() {
                return Leave::Retired;
            }
            self.write();
            let has_room = !done && self.in_hand.len() < options.pipeline.max(1);
            let idle = options.idle.filter(|_| self.in_hand.is_empty());
            tokio::select! {
                Ok(()) = self.stdout.readable(), if self.output_closed.is_none() => self.read_answers(),
                ended = &mut self.supervision => {
                    self.read_answers();
                    return Leave::Ended(ended.ok());
                }
                () = pool.work.notified(), if has_room => {}
                () = readable(self.stderr.as_mut()) => self.read_log(),
                Ok(()) = self.control.readable() => self.read_control(),
                Ok(()) = self.stdin.writable(), if !self.outgoing.is_empty() => {}
                place = first_stopped(&mut self.in_hand) => return Leave::Stopped(place),
                () = wait_until(self.output_closed.map(|at| at + ENDING)) => {
                    return Leave::Fault(Loss::Protocol("it closed its output".to_owned()));
                }
                () = wait_for(idle) => return Leave::Retired,
                () = pool.retired.cancelled(), if self.in_hand.is_empty() => return Leave::Retired,
            }
        }
    }

    fn take(&mut self, request: Request) {
        if self.in_hand.is_empty() {
            // What it has said since its last job belongs to none.
            self.read_log();
            self.read_control();
        }
        self.outgoing.extend_from_slice(&request.line);
        self.in_hand.push_back(InHand { request, since: Instant::now() });
        self.given += 1;
    }

    fn write(&mut self) {
        let mut written = 0;
        while written < self.outgoing.len() {
            match self.stdin.try_write(&self.outgoing[written..]) {
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // It does not read any more. That it ends or is silent shows elsewhere.
                Err(_) => written = self.outgoing.len(),
            }
        }
        self.outgoing.drain(..written);
    }

    fn read_answers(&mut self) {
        let (answers, is_at_end) = read_unseen(&self.stdout, &mut self.answers);
        if is_at_end {
            self.output_closed = Some(tokio::time::Instant::now());
        }
        if !answers.is_empty() {
            self.read_log();
            self.read_control();
        }
        answers.iter().for_each(|answer| self.answer(answer.line()));
    }

    fn answer(&mut self, line: Line<'_>) {
        if self.fault.is_some() {
            return;
        }
        if line.cut > 0 {
            self.fault = Some(Loss::TooLarge);
            return;
        }
        let answer = match parse_answer(line.bytes) {
            Ok(answer) => answer,
            Err(why) => {
                self.fault = Some(Loss::Protocol(why));
                return;
            }
        };
        let Some(id) = answer.id else {
            self.fault = Some(Loss::Protocol("it wrote an answer without an id".to_owned()));
            return;
        };
        let place = self.in_hand.iter().position(|job| job.request.id == id);
        let Some(job) = place.and_then(|place| self.in_hand.remove(place)) else {
            if self.answered.contains(&id) {
                // The job that it is at now has no part in it.
                tracing::warn!(job = id, "a handler answered for a job again, which is ignored");
                return;
            }
            let why = format!("it answered {:?}, which it was not given", id);
            self.fault = Some(Loss::Protocol(why));
            return;
        };
        if self.answered.len() == ANSWERED {
            self.answered.pop_front();
        }
        self.answered.push_back(id);
        let _ = job.request.settle.send(Settled::Answered(answer.status, answer.members));
    }

    /// Its log goes to the job that it has had for the longest.
    fn read_log(&mut self) {
        let Some(stderr) = &self.stderr else { return };
        let head = self.in_hand.front();
        let sink = |line: Line<'_>| match head {
            Some(job) => {
                let event = Event::Log { bytes: line.bytes.to_vec(), cut: line.cut };
                let _ = job.request.events.try_send(event);
            }
            None => {
                let line = String::from_utf8_lossy(line.bytes);
                tracing::info!(target: "oada_jobs::handler", "{line}");
            }
        };
        if read_lines(stderr, &mut self.log, sink) {
            self.stderr = None;
        }
    }

    fn read_control(&mut self) {
        let in_hand = &self.in_hand;
        read_lines(&self.control, &mut self.said, |line| {
            let (id, event) = control_event(line);
            let job = match id {
                Some(id) => in_hand.iter().find(|job| job.request.id == id),
                None => in_hand.front(),
            };
            if let Some(job) = job {
                let _ = job.request.events.try_send(event);
            }
        });
    }

    /// Gives back the jobs that are not to blame, and returns what is left to be awaited.
    fn leave(mut self, pool: &Pool, leave: Leave) -> BoxFuture<'static, ()> {
        let (place, loss) = match leave {
            Leave::Ended(ended) => {
                if !self.has_left_head_unread()
                    && let Some(job) = self.in_hand.pop_front()
                {
                    let loss = self.loss_by_end(ended.as_ref());
                    job.request.lose(Lost::with(loss, ended.as_ref(), job.since));
                }
                pool.give_back(self.in_hand.into_iter().map(|job| job.request));
                return async {}.boxed();
            }
            Leave::Fault(loss) => (0, Some(loss)),
            Leave::Stopped(place) => (place, Some(Loss::Stopped)),
            Leave::Retired => (0, None),
        };
        let blamed = self.in_hand.remove(place);
        pool.give_back(std::mem::take(&mut self.in_hand).into_iter().map(|job| job.request));
        let grace = pool.run_options.grace;
        let Self { stdin, stdout, stderr, supervision, stop, dir, control, .. } = self;
        async move {
            if loss.is_some() {
                let _ = stop.send(());
                let ended = swallow(supervision, stdout, stderr).await.ok();
                if let (Some(job), Some(loss)) = (blamed, loss) {
                    job.request.lose(Lost::with(loss, ended.as_ref(), job.since));
                }
            } else {
                drop(stdin);
                let mut leaving = Box::pin(swallow(supervision, stdout, stderr));
                if tokio::time::timeout(grace, &mut leaving).await.is_err() {
                    let _ = stop.send(());
                    let _ = leaving.await;
                }
            }
            drop((control, dir));
        }
        .boxed()
    }

    /// Whether it has ended without reading even the first of the jobs that it has in hand, as one does that ends by
    /// itself after some jobs. One that has never answered is to blame all the same: it would go on like that.
    fn has_left_head_unread(&self) -> bool {
        let in_pipe = rustix::io::ioctl_fionread(&self.stdin).unwrap_or(0);
        let unread = in_pipe + self.outgoing.len() as u64;
        let given: usize = self.in_hand.iter().map(|job| job.request.line.len()).sum();
        !self.answered.is_empty() && unread >= given as u64
    }

    /// What a process that ended by itself means for the job it was at.
    fn loss_by_end(&self, ended: Option<&Ended>) -> Loss {
        match ended.map(|ended| ended.exit) {
            Some(Exit::Code(code @ (126 | 127))) if self.answered.is_empty() => {
                Loss::Broken(format!("it ended with exit code {code}"))
            }
            _ => Loss::Crashed,
        }
    }
}

/// Which job a control line is for, if it says so, and what it says.
fn control_event(line: Line<'_>) -> (Option<String>, Event) {
    if line.cut > 0 {
        return (None, Event::Complaint(format!("it is longer than {LINE_BYTES} bytes")));
    }
    match serde_json::from_str::<Map<String, Value>>(&String::from_utf8_lossy(line.bytes)) {
        Ok(members) => {
            let id = members.get("id").and_then(Value::as_str).map(str::to_owned);
            (id, Event::Said(members))
        }
        Err(error) => (None, Event::Complaint(format!("it is no JSON object: {error}"))),
    }
}

/// Waits for the end of a process, and reads what it writes until then, so that it is not kept from ending.
async fn swallow(supervision: Supervision, stdout: ReadEnd, stderr: Option<ReadEnd>) -> io::Result<Ended> {
    let all = async {
        tokio::join!(swallow_all(Some(stdout)), swallow_all(stderr));
        std::future::pending().await
    };
    tokio::select! {
        ended = supervision => ended,
        never = all => never,
    }
}

async fn swallow_all(pipe: Option<ReadEnd>) {
    let Some(mut pipe) = pipe else { return };
    while pipe.readable().await.is_ok() {
        match pipe.read_now(&mut [0; 4 << 10]) {
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
            _ => {}
        }
    }
}

/// The place of the first job that is to be stopped.
async fn first_stopped(in_hand: &mut VecDeque<InHand>) -> usize {
    std::future::poll_fn(|cx| {
        let stopped = |job: &mut InHand| Pin::new(&mut job.request.stopped).poll(cx).is_ready();
        match in_hand.iter_mut().position(stopped) {
            Some(place) => Poll::Ready(place),
            None => Poll::Pending,
        }
    })
    .await
}

async fn wait_for(time: Option<Duration>) {
    wait_until(time.and_then(|time| tokio::time::Instant::now().checked_add(time))).await;
}
