//! One run from start to settled: what is read while it lives, how it is stopped, and that nothing of it stays.

use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::net::unix::pipe;
use tokio::time::{Instant, sleep, timeout_at};

use super::command::{Launcher, StartError};
use super::output::{Capture, Captured, Keep, Line, Lines};
use super::spawn::{Descriptors, Exit, Input, Leader, spawn};
use super::survivors::Traces;

/// How long output is read after the leader has ended, whoever still holds it.
const DRAIN: Duration = Duration::from_secs(2);
/// How long killed processes may take to be gone. Only one that hangs in the kernel takes longer.
const SETTLE: Duration = Duration::from_secs(10);

/// What becomes of processes of the group that outlive its leader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orphans {
    /// They are killed.
    #[default]
    Kill,
    /// The run lasts until they have ended.
    Wait,
    /// They are left alone.
    Ignore,
}

/// The signal that asks a command to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopSignal {
    /// `SIGTERM`.
    #[default]
    Term,
    /// `SIGINT`.
    Int,
    /// `SIGHUP`.
    Hup,
    /// `SIGQUIT`.
    Quit,
    /// `SIGUSR1`.
    Usr1,
    /// `SIGUSR2`.
    Usr2,
    /// `SIGKILL`: no grace.
    Kill,
}

impl StopSignal {
    fn signal(self) -> Signal {
        match self {
            Self::Term => Signal::TERM,
            Self::Int => Signal::INT,
            Self::Hup => Signal::HUP,
            Self::Quit => Signal::QUIT,
            Self::Usr1 => Signal::USR1,
            Self::Usr2 => Signal::USR2,
            Self::Kill => Signal::KILL,
        }
    }
}

/// Limits of a run, and how it is stopped.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Bytes of standard output that are kept.
    pub stdout_bytes: usize,
    /// Which of them, if there are more.
    pub stdout_keep: Keep,
    /// Bytes of one line of standard error that are kept.
    pub line_bytes: usize,
    /// Bytes of standard error that are given on as lines; of what comes later only the tail is kept.
    pub log_bytes: u64,
    /// Bytes of the tail of standard error.
    pub tail_bytes: usize,
    /// Lines of the tail of standard error.
    pub tail_lines: usize,
    /// Time between the stop signal and the kill.
    pub grace: Duration,
    /// How a command is asked to end.
    pub stop_signal: StopSignal,
    /// What becomes of processes that outlive the leader.
    pub orphans: Orphans,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            stdout_bytes: 1 << 20,
            stdout_keep: Keep::Head,
            line_bytes: 64 << 10,
            log_bytes: 1 << 20,
            tail_bytes: 8 << 10,
            tail_lines: 40,
            grace: Duration::from_secs(10),
            stop_signal: StopSignal::default(),
            orphans: Orphans::default(),
        }
    }
}

/// What one run is connected to.
pub struct Io<'a> {
    /// What it reads.
    pub input: Input,
    /// What it finds as descriptor 3, besides the first three.
    pub control: Option<OwnedFd>,
    /// What it finds in its environment besides what its [`Launcher`] gives every run.
    pub env: Vec<(&'static str, OsString)>,
    /// The name of the entry of `env` that no other run has, by which strays are found.
    pub mark: Option<&'static str>,
    /// Takes the lines of its standard error as they come.
    pub log: &'a mut (dyn FnMut(Line<'_>) + Send),
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io")
            .field("input", &self.input)
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}

/// What became of the processes that outlived their leader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Survivors {
    /// There were none.
    #[default]
    None,
    /// They were killed.
    Killed,
    /// They could not be killed in time.
    Remain,
}

/// The end of standard error, and what was not given on as lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// The last lines.
    pub text: Vec<u8>,
    /// Bytes over the limit.
    pub dropped_bytes: u64,
    /// Lines over the limit.
    pub dropped_lines: u64,
}

/// What one run came to.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How the leader ended.
    pub exit: Exit,
    /// Whether it was asked to end before it had.
    pub stopped: bool,
    /// Whether the grace was over and it was killed.
    pub killed: bool,
    /// Standard output.
    pub stdout: Captured,
    /// The end of standard error.
    pub log: LogTail,
    /// What became of the processes that outlived their leader.
    pub survivors: Survivors,
    /// From the start to the end of the leader.
    pub duration: Duration,
}

/// Runs a command until nothing of it is left.
///
/// When `stop` resolves, its session is sent the stop signal, and after the grace the kill signal. Dropping the
/// future kills the group at once.
///
/// # Errors
/// When the command could not be started. Nothing of it has run then.
pub async fn run(
    launcher: &Arc<Launcher>,
    io: Io<'_>,
    options: &RunOptions,
    stop: impl Future<Output = ()>,
) -> Result<Ended, StartError> {
    let Io { input, control, env, mark, log } = io;
    let mark = mark
        .and_then(|name| env.iter().find(|(key, _)| *key == name))
        .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
    let program = OsStr::from_bytes(launcher.argv[0].as_bytes());
    let failed = |source| StartError::Failed { program: program.into(), source };
    let (pump, descriptors) = Pump::new(input, control, options, log).map_err(failed)?;
    let starting = Arc::clone(launcher);
    // Starting blocks its thread until the program has been executed; the threads of the runtime have better to do.
    let start = tokio::task::spawn_blocking(move || {
        let env: Vec<_> = env.iter().map(|(name, value)| (OsStr::new(name), value.as_os_str())).collect();
        let started = std::time::Instant::now();
        spawn(&starting, &env, &descriptors).map(|leader| (leader, started))
    });
    let (leader, started) = start.await.map_err(|error| failed(io::Error::other(error)))??;
    let traces = Traces { session: leader.pid(), mark };
    let mut run =
        Run { leader, traces, options, pump, stopped: false, killed: false, survivors: Survivors::None };
    tokio::pin!(stop);
    run.until_ended(&mut stop).await.map_err(failed)?;
    let duration = started.elapsed();
    run.outlive(&mut stop).await;
    let exit = run.settle().await.ok_or_else(|| failed(io::Error::other("it could not be reaped")))?;
    let Run { pump, stopped, killed, survivors, .. } = run;
    let (stdout, log) = pump.finish();
    Ok(Ended { exit, stopped, killed, stdout, log, survivors, duration })
}

struct Run<'a> {
    leader: Leader,
    traces: Traces,
    options: &'a RunOptions,
    pump: Pump<'a>,
    stopped: bool,
    killed: bool,
    survivors: Survivors,
}

impl Run<'_> {
    /// Waits until the leader has ended, by itself or because it was stopped.
    async fn until_ended(&mut self, stop: &mut (impl Future<Output = ()> + Unpin)) -> io::Result<()> {
        tokio::select! {
            biased;
            exit = self.leader.exited() => exit.map(drop),
            () = stop => self.stop().await,
            never = self.pump.forever() => match never {},
        }
    }

    /// Stop signal, grace, kill. The leader has ended afterwards and is unreaped.
    async fn stop(&mut self) -> io::Result<()> {
        self.stopped = true;
        let over = Instant::now() + self.options.grace;
        let signal = self.options.stop_signal.signal();
        self.signal(signal).await;
        // What is suspended hears no other signal.
        self.signal(Signal::CONT).await;
        if signal != Signal::KILL {
            let grace = async {
                self.leader.exited().await?;
                self.traces.wait_for_others().await;
                Ok(())
            };
            tokio::select! {
                ended = timeout_at(over, grace) => if let Ok(ended) = ended { return ended },
                never = self.pump.forever() => match never {},
            }
        }
        self.killed = true;
        self.signal(Signal::KILL).await;
        tokio::select! {
            exit = self.leader.exited() => exit.map(drop),
            never = self.pump.forever() => match never {},
        }
    }

    async fn signal(&mut self, signal: Signal) {
        self.leader.signal_group(signal);
        self.traces.signal_strays(signal).await;
    }

    /// Reads what is still to come after the end of the leader, and waits for the others if that is wanted.
    async fn outlive(&mut self, stop: &mut (impl Future<Output = ()> + Unpin)) {
        if self.options.orphans == Orphans::Wait && !self.stopped {
            let stopped = tokio::select! {
                () = self.traces.wait_for_others() => false,
                () = stop => true,
                never = self.pump.forever() => match never {},
            };
            if stopped {
                let _ = self.stop().await;
            }
        }
        let _ = timeout_at(Instant::now() + DRAIN, self.pump.until_closed()).await;
    }

    /// Kills what is left, reaps the leader and waits until all are gone.
    async fn settle(&mut self) -> Option<Exit> {
        if self.options.orphans == Orphans::Ignore && !self.stopped {
            return self.leader.reap();
        }
        // Whether there is anybody or not: it costs less than looking, and nobody can fork in between.
        self.leader.signal_group(Signal::KILL);
        let exit = self.leader.reap();
        let over = Instant::now() + SETTLE;
        let mut pause = Duration::from_millis(1);
        while self.traces.group_was_killed() || self.traces.has_orphans() {
            self.survivors = Survivors::Killed;
            self.traces.signal_strays(Signal::KILL).await;
            if self.traces.others().await.is_empty() {
                break;
            }
            if Instant::now() > over {
                self.survivors = Survivors::Remain;
                break;
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        exit
    }
}

/// Moves bytes between the run and its pipes.
struct Pump<'a> {
    stdin: Option<(pipe::Sender, Vec<u8>, usize)>,
    stdout: Option<pipe::Receiver>,
    stderr: Option<pipe::Receiver>,
    captured: Capture,
    log: Log<'a>,
}

/// Reads from one pipe before the others have their turn, at most.
const READS_PER_TURN: usize = 8;

impl<'a> Pump<'a> {
    fn new(
        input: Input,
        control: Option<OwnedFd>,
        options: &RunOptions,
        log: &'a mut (dyn FnMut(Line<'_>) + Send),
    ) -> io::Result<(Self, Descriptors)> {
        let (stdout, child_stdout) = io::pipe()?;
        let (stderr, child_stderr) = io::pipe()?;
        let (stdin, child_stdin) = match input {
            Input::Empty => (None, OwnedFd::from(std::fs::File::open("/dev/null")?)),
            Input::File(file) => (None, file.into()),
            Input::Bytes(bytes) => {
                let (child_stdin, stdin) = io::pipe()?;
                (Some((pipe::Sender::from_owned_fd(stdin.into())?, bytes, 0)), child_stdin.into())
            }
        };
        let pump = Self {
            stdin,
            stdout: Some(pipe::Receiver::from_owned_fd(stdout.into())?),
            stderr: Some(pipe::Receiver::from_owned_fd(stderr.into())?),
            captured: Capture::new(options.stdout_bytes, options.stdout_keep),
            log: Log::new(options, log),
        };
        let (stdout, stderr) = (child_stdout.into(), child_stderr.into());
        Ok((pump, Descriptors { stdin: child_stdin, stdout, stderr, control }))
    }

    /// Moves bytes for as long as it is polled. Cancelling loses nothing.
    async fn forever(&mut self) -> std::convert::Infallible {
        self.until_closed().await;
        std::future::pending().await
    }

    /// Moves bytes until both outputs are closed. Cancelling loses nothing.
    async fn until_closed(&mut self) {
        while self.stdout.is_some() || self.stderr.is_some() {
            tokio::select! {
                () = readable(self.stdout.as_ref()) => read(&mut self.stdout, |bytes| self.captured.push(bytes)),
                () = readable(self.stderr.as_ref()) => read(&mut self.stderr, |bytes| self.log.push(bytes)),
                () = writable(self.stdin.as_ref().map(|(pipe, ..)| pipe)) => self.write(),
            }
        }
    }

    /// Writes what the pipe takes. One that nobody reads any more is closed.
    fn write(&mut self) {
        if let Some((pipe, bytes, written)) = &mut self.stdin {
            match pipe.try_write(&bytes[*written..]) {
                Ok(count) => *written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => *written = bytes.len(),
            }
            if *written == bytes.len() {
                self.stdin = None;
            }
        }
    }

    fn finish(self) -> (Captured, LogTail) {
        (self.captured.finish(), self.log.finish())
    }
}

async fn readable(pipe: Option<&pipe::Receiver>) {
    match pipe {
        // An error shows again in the read.
        Some(pipe) => drop(pipe.readable().await),
        None => std::future::pending().await,
    }
}

async fn writable(pipe: Option<&pipe::Sender>) {
    match pipe {
        Some(pipe) => drop(pipe.writable().await),
        None => std::future::pending().await,
    }
}

fn read(pipe: &mut Option<pipe::Receiver>, mut sink: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 << 10];
    for _ in 0..READS_PER_TURN {
        let Some(open) = pipe else { return };
        match open.try_read(&mut buffer) {
            Ok(0) => *pipe = None,
            Ok(count) => sink(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(_) => *pipe = None,
        }
    }
}

/// Standard error: lines up to the limit, and the tail.
struct Log<'a> {
    lines: Lines,
    left: u64,
    sink: &'a mut (dyn FnMut(Line<'_>) + Send),
    tail: Capture,
    tail_lines: usize,
    dropped_bytes: u64,
    dropped_lines: u64,
}

impl<'a> Log<'a> {
    fn new(options: &RunOptions, sink: &'a mut (dyn FnMut(Line<'_>) + Send)) -> Self {
        Self {
            lines: Lines::new(options.line_bytes),
            left: options.log_bytes,
            sink,
            tail: Capture::new(options.tail_bytes, Keep::Tail),
            tail_lines: options.tail_lines,
            dropped_bytes: 0,
            dropped_lines: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.tail.push(bytes);
        if self.left == 0 {
            self.dropped_bytes += bytes.len() as u64;
            self.dropped_lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            return;
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        self.lines.push(bytes, &mut *self.sink);
    }

    fn finish(mut self) -> LogTail {
        self.lines.finish(&mut *self.sink);
        let text = last_lines(self.tail.finish().bytes, self.tail_lines);
        LogTail { text, dropped_bytes: self.dropped_bytes, dropped_lines: self.dropped_lines }
    }
}

fn last_lines(mut text: Vec<u8>, lines: usize) -> Vec<u8> {
    while text.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        text.pop();
    }
    let newlines = text.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let start = newlines.map(|(at, _)| at + 1).nth(lines.saturating_sub(1)).unwrap_or(0);
    text.split_off(start)
}
