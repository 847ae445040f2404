//! Starting a leader of a new session, waiting for it, signalling its group, and reaping it.
//!
//! The only file that starts processes. `posix_spawn` is called directly, because `std::process::Command` can give a
//! child no descriptor but the first three and no session without a closure between fork and exec, and such a
//! closure makes each start copy the page tables of the worker (22 starts a second instead of 1,900 with 1 GiB).

use std::ffi::{CStr, CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigSet, Signal as NixSignal};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus};
#[cfg(target_os = "linux")]
use tokio::io::{Interest, unix::AsyncFd};

use super::cgroup::{Group, VARIABLE};
use super::command::{Launcher, StartError, env_entry};
use super::survivors;

/// How the leader of a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// The name of a signal, such as `SIGTERM`.
#[must_use]
pub fn signal_name(signal: i32) -> String {
    NixSignal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |name| name.to_string())
}

/// What a command reads on its standard input.
#[derive(Debug, Default)]
pub enum Input {
    /// Nothing.
    #[default]
    Empty,
    /// These bytes, written through a pipe while output is read. A command that does not read them is no error.
    Bytes(Vec<u8>),
    /// This file.
    File(File),
    /// What is written into [`Pipes::stdin`](super::Pipes::stdin).
    Pipe,
}

/// The child's ends of its first descriptors.
#[derive(Debug)]
pub(super) struct Descriptors {
    pub(super) stdin: OwnedFd,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    pub(super) control: Option<OwnedFd>,
}

/// The number under which a command finds its control channel.
const CONTROL: i32 = 3;

/// Starts a command in a session of its own. Blocks until the program has been executed (about half a millisecond).
pub(super) fn spawn(
    launcher: &Launcher,
    env: &[(&str, OsString)],
    descriptors: &Descriptors,
    group: Option<&Group>,
) -> Result<Leader, StartError> {
    let path = launcher.resolve()?;
    let group = group.map(|group| (VARIABLE, group.path().as_os_str()));
    let of_run = env.iter().map(|(name, value)| (*name, value.as_os_str())).chain(group);
    let of_run = of_run.map(|(name, value)| env_entry(OsStr::new(name), value));
    let of_run = of_run.collect::<Result<Vec<CString>, _>>()?;
    let entries: Vec<&CStr> = launcher.env.iter().chain(&of_run).map(CString::as_c_str).collect();
    let failed = |error: nix::Error| Launcher::start_error(&path, error.into());
    let actions = file_actions(descriptors).map_err(failed)?;
    let attributes = attributes().map_err(failed)?;
    let start = |path: &Path, argv: &[CString]| {
        survivors::while_starting(|| {
            let pid = posix_spawn(path, &actions, &attributes, argv, &entries)?;
            Pid::from_raw(pid.as_raw()).ok_or(nix::Error::ESRCH)
        })
    };
    let started = match start(&path, &launcher.argv) {
        // A script without an interpreter line: the shell is its interpreter, as for every shell and `execvp`.
        Err(nix::Error::ENOEXEC) => start(Path::new("/bin/sh"), &as_script(&path, &launcher.argv)),
        other => other,
    };
    Ok(Leader { pid: started.map_err(failed)?, reaped: false })
}

fn as_script(path: &Path, argv: &[CString]) -> Vec<CString> {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap_or_default();
    [c"/bin/sh".to_owned(), path].into_iter().chain(argv.iter().skip(1).cloned()).collect()
}

fn file_actions(descriptors: &Descriptors) -> nix::Result<PosixSpawnFileActions> {
    let mut actions = PosixSpawnFileActions::init()?;
    actions.add_dup2(descriptors.stdin.as_raw_fd(), 0)?;
    actions.add_dup2(descriptors.stdout.as_raw_fd(), 1)?;
    actions.add_dup2(descriptors.stderr.as_raw_fd(), 2)?;
    // Last, since one of the others may have the number now.
    if let Some(control) = &descriptors.control {
        actions.add_dup2(control.as_raw_fd(), CONTROL)?;
    }
    Ok(actions)
}

fn attributes() -> nix::Result<PosixSpawnAttr> {
    // A session of its own, and so a group: no terminal, and what the command moves to further groups of the
    // session is still seen to be its own.
    let session = PosixSpawnFlags::from_bits_retain(POSIX_SPAWN_SETSID);
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_flags(
        session | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK,
    )?;
    // What the worker ignores, or was started ignoring, is nothing that a command should inherit. And to reset all costs
    // half of what it costs the C library to ask of each whether it has to be reset.
    attributes.set_sigdefault(&SigSet::all())?;
    attributes.set_sigmask(&SigSet::empty())?;
    Ok(attributes)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const POSIX_SPAWN_SETSID: i32 = 0x80;
#[cfg(target_vendor = "apple")]
const POSIX_SPAWN_SETSID: i32 = 0x400;

/// The first process of a run, which leads a session and a group. Dropping it kills the group.
#[derive(Debug)]
pub(super) struct Leader {
    pid: Pid,
    reaped: bool,
}

impl Leader {
    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// Sends a signal to the whole group, which may be empty but for the dead leader.
    pub(super) fn signal_group(&self, signal: Signal) {
        debug_assert!(!self.reaped, "the group's number may be somebody else's");
        let _ = rustix::process::kill_process_group(self.pid, signal);
    }

    /// How the leader ended, if it has. It stays unreaped.
    pub(super) fn ended(&self) -> Option<Exit> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        exit_of(&rustix::process::waitid(WaitId::Pid(self.pid), look).ok()??)
    }

    /// Waits on this thread until the leader has ended, but no longer than `time`.
    pub(super) fn wait_here(&self, time: Duration) {
        #[cfg(target_os = "linux")]
        if let Ok(pidfd) = rustix::process::pidfd_open(self.pid, rustix::process::PidfdFlags::empty())
            && let Ok(time) = time.try_into()
        {
            let mut ended = [rustix::event::PollFd::new(&pidfd, rustix::event::PollFlags::IN)];
            let _ = rustix::event::poll(&mut ended, Some(&time));
        }
        let _ = time;
    }

    /// Resolves when the leader has ended. It stays unreaped. Cancelling the wait is harmless.
    pub(super) async fn exited(&self) -> io::Result<Exit> {
        if let Some(exit) = self.ended() {
            return Ok(exit);
        }
        let mut watch = ExitWatch::new(self.pid)?;
        loop {
            if let Some(exit) = self.ended() {
                return Ok(exit);
            }
            watch.changed().await?;
        }
    }

    /// Reaps the leader, if it has ended.
    pub(super) fn reap(&mut self) -> Option<Exit> {
        let exit = survivors::reap(WaitId::Pid(self.pid)).and_then(|status| exit_of(&status));
        self.reaped = exit.is_some();
        if self.reaped {
            survivors::forget(self.pid);
        }
        exit
    }
}

fn exit_of(status: &WaitIdStatus) -> Option<Exit> {
    match status.exit_status() {
        Some(code) => Some(Exit::Code(code)),
        None => status.terminating_signal().map(Exit::Signal),
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        self.signal_group(Signal::KILL);
        if self.reap().is_some() {
            return;
        }
        // A killed process ends soon, but not at once, and nobody is left who could wait for it.
        let pid = self.pid;
        let reaper = std::thread::Builder::new().name("reaper".to_owned());
        let _ = reaper.spawn(move || {
            let _ = rustix::process::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            survivors::reap(WaitId::Pid(pid));
            survivors::forget(pid);
        });
    }
}

/// Wakes when a child may have ended.
#[derive(Debug)]
enum ExitWatch {
    #[cfg(target_os = "linux")]
    Pidfd(AsyncFd<OwnedFd>),
    Signal(tokio::signal::unix::Signal),
}

impl ExitWatch {
    fn new(pid: Pid) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(pidfd) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
            #[expect(
                deprecated,
                reason = "its successor is unsafe to call; an `OwnedFd` keeps what that asks for"
            )]
            return Ok(Self::Pidfd(AsyncFd::with_interest(pidfd, Interest::READABLE)?));
        }
        let _ = pid;
        Ok(Self::Signal(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::child())?))
    }

    async fn changed(&mut self) -> io::Result<()> {
        match self {
            // It stays ready: a process ends once.
            #[cfg(target_os = "linux")]
            Self::Pidfd(pidfd) => pidfd.readable().await.map(drop),
            Self::Signal(signal) => {
                signal.recv().await;
                Ok(())
            }
        }
    }
}
