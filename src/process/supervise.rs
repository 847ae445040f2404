//! One run from start to settled: what is read while it lives, how it is stopped, and that nothing of it stays.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::future::Future;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep, timeout_at};

use super::cgroup::{Group, group_for};
use super::command::{Launcher, StartError};
use super::output::{Captured, Keep, Line};
use super::pump::{Ends, Pump};
use super::read_end::ReadEnd;
use super::spawn::{Descriptors, Exit, Input, Leader, spawn};
use super::survivors::{Left, Traces};

/// How long output is read after the leader has ended, whoever still holds it.
const DRAIN: Duration = Duration::from_secs(2);
/// What is given to a command in one piece and fits into every pipe.
const AT_ONCE: usize = 4 << 10;
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

/// What a run is connected to and given besides what its [`Launcher`] gives every run.
#[derive(Debug, Default)]
pub struct Connections {
    /// What it reads.
    pub input: Input,
    /// What it finds as descriptor 3.
    pub control: Option<OwnedFd>,
    /// More environment.
    pub env: Vec<(&'static str, OsString)>,
    /// The name of the entry of `env` that no other run has, by which strays are found.
    pub mark: Option<&'static str>,
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

/// The end of standard error, and how much was not given on as lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// The last lines.
    pub text: Vec<u8>,
    /// Bytes that were over the limit.
    pub dropped: u64,
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
    /// Whether it was killed since it had used up the memory of its control group.
    pub ran_out_of_memory: bool,
}

/// A command that has been started. Dropping it kills its group.
#[derive(Debug)]
pub struct Started {
    leader: Leader,
    traces: Traces,
    ends: Ends,
    at: std::time::Instant,
    group: Option<Group>,
}

/// Starts a command. Blocks until its program has been executed, about half a millisecond.
///
/// # Errors
/// When it could not be started. Nothing of it has run then.
pub fn start(launcher: &Launcher, connections: Connections) -> Result<Started, StartError> {
    let Connections { input, control, env, mark } = connections;
    let program = OsStr::from_bytes(launcher.argv[0].as_bytes());
    let connect = || -> io::Result<_> {
        let (stdout, child_stdout) = io::pipe()?;
        let (stderr, child_stderr) = io::pipe()?;
        let (stdin, child_stdin) = match input {
            Input::Empty => (None, File::open("/dev/null")?.into()),
            Input::File(file) => (None, file.into()),
            Input::Pipe => {
                let (child_stdin, stdin) = io::pipe()?;
                (Some((stdin.into(), Vec::new())), child_stdin.into())
            }
            Input::Bytes(bytes) => {
                let (child_stdin, mut stdin) = io::pipe()?;
                if bytes.len() <= AT_ONCE {
                    stdin.write_all(&bytes)?;
                    (None, child_stdin.into())
                } else {
                    (Some((stdin.into(), bytes)), child_stdin.into())
                }
            }
        };
        let (stdout, stderr) = (ReadEnd::new(stdout.into())?, ReadEnd::new(stderr.into())?);
        let ends = Ends { stdin, stdout: Some(stdout), stderr: Some(stderr) };
        let (stdout, stderr) = (child_stdout.into(), child_stderr.into());
        Ok((ends, Descriptors { stdin: child_stdin, stdout, stderr, control }))
    };
    let (ends, descriptors) =
        connect().map_err(|source| StartError::Failed { program: program.into(), source })?;
    let at = std::time::Instant::now();
    let group = group_for(launcher.resources)
        .map_err(|source| StartError::Failed { program: program.into(), source })?;
    let leader = spawn(launcher, &env, &descriptors, group.as_ref())?;
    let mark = mark
        .and_then(|name| env.iter().find(|(key, _)| *key == name))
        .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
    let traces = Traces { session: leader.pid(), mark };
    Ok(Started { leader, traces, ends, at, group })
}

/// Our ends of a command's pipes, for who talks with it while it runs.
#[derive(Debug)]
pub struct Pipes {
    /// What it reads; there if its input is [`Input::Pipe`].
    pub stdin: Option<OwnedFd>,
    /// What it writes.
    pub stdout: Option<ReadEnd>,
    /// What it writes to its standard error.
    pub stderr: Option<ReadEnd>,
}

impl Started {
    /// Hands the pipes over, so that [`Started::supervise`] only waits and stops. Whoever has them must read them.
    pub fn take_pipes(&mut self) -> Pipes {
        let Ends { stdin, stdout, stderr } = &mut self.ends;
        Pipes { stdin: stdin.take().map(|(pipe, _)| pipe), stdout: stdout.take(), stderr: stderr.take() }
    }

    /// Waits on this thread until the leader has ended, but no longer than `time`: what has ended by then is supervised
    /// without the runtime being told of its pipes. Who writes more than its pipes hold waits as well.
    ///
    /// Returns at once for one that is given more than its pipe holds, and where the system cannot wait like this.
    pub fn wait_here(&self, time: Duration) {
        if self.ends.stdin.is_none() {
            self.leader.wait_here(time);
        }
    }

    /// Waits until nothing of the run is left, and gives the lines of its standard error to `log` as they come.
    ///
    /// When `stop` resolves, its session is sent the stop signal, and after the grace the kill signal. Dropping the
    /// future kills the group at once.
    ///
    /// # Errors
    /// When the system does not let us wait for it; it is killed then.
    pub async fn supervise(
        self,
        options: &RunOptions,
        log: &mut (dyn FnMut(Line<'_>) + Send),
        stop: impl Future<Output = ()>,
    ) -> io::Result<Ended> {
        let Self { leader, traces, ends, at, group } = self;
        let pump = Pump::new(ends, options, log)?;
        let survivors = Survivors::None;
        let mut run = Run { leader, traces, options, pump, group, stopped: false, killed: false, survivors };
        tokio::pin!(stop);
        run.until_ended(&mut stop).await?;
        let duration = at.elapsed();
        run.outlive(&mut stop).await;
        let exit = run.settle().await.ok_or_else(|| io::Error::other("the command could not be reaped"))?;
        let Run { pump, stopped, killed, survivors, group, .. } = run;
        let ran_out_of_memory = group.as_ref().is_some_and(Group::ran_out_of_memory);
        let (stdout, log) = pump.finish();
        Ok(Ended { exit, stopped, killed, stdout, log, survivors, duration, ran_out_of_memory })
    }
}

async fn cpu_is_used_up(group: Option<&Group>, more: u64) {
    match group {
        Some(group) => group.has_used_up_cpu(more).await,
        None => std::future::pending().await,
    }
}

struct Run<'a> {
    leader: Leader,
    traces: Traces,
    options: &'a RunOptions,
    pump: Pump<'a>,
    group: Option<Group>,
    stopped: bool,
    killed: bool,
    survivors: Survivors,
}

impl Run<'_> {
    /// Waits until the leader has ended, by itself or because it was stopped.
    async fn until_ended(&mut self, stop: &mut (impl Future<Output = ()> + Unpin)) -> io::Result<()> {
        // As the system does it to each process: the signal at the limit, the kill five seconds of work later.
        for (more, signal) in [(0, Signal::XCPU), (5, Signal::KILL)] {
            tokio::select! {
                biased;
                exit = self.leader.exited() => return exit.map(drop),
                () = &mut *stop => return self.stop().await,
                () = cpu_is_used_up(self.group.as_ref(), more) => {}
                never = self.pump.forever() => match never {},
            }
            self.signal(signal).await;
        }
        tokio::select! {
            exit = self.leader.exited() => exit.map(drop),
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
        if let Some(group) = &self.group {
            group.kill();
        }
        // Whether there is anybody or not: it costs less than looking, and nobody can fork in between.
        self.leader.signal_group(Signal::KILL);
        let exit = self.leader.reap();
        let over = Instant::now() + SETTLE;
        let mut pause = Duration::from_millis(1);
        loop {
            let (group, orphans) = (self.traces.group_was_killed(), self.traces.kill_orphans());
            if !group && orphans == Left::None {
                break;
            }
            if group || orphans == Left::Killed {
                self.survivors = Survivors::Killed;
                self.traces.signal_strays(Signal::KILL).await;
            }
            // What is left of the group may be dead and somebody else's to reap.
            if orphans == Left::None && self.traces.others().await.is_empty() {
                break;
            }
            if Instant::now() > over {
                if self.survivors == Survivors::Killed {
                    self.survivors = Survivors::Remain;
                }
                break;
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        exit
    }
}
