//! What a run leaves behind: processes of its session, and descendants that made sessions of their own.
//!
//! Owns what is known of the children of this process that nobody waits for. A stray is found by an entry of its
//! environment that no other run has; it is signalled through a descriptor of the process, so that a number given to
//! somebody else meanwhile is never hit.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus};

/// How often orphans are looked for and killed before somebody else has a turn.
const ORPHAN_ROUNDS: usize = 50;

/// Whether descendants whose parents have ended become our children.
static ADOPTING: AtomicBool = AtomicBool::new(false);
/// The leaders that are not yet reaped.
static LEADERS: Mutex<Option<HashSet<Pid>>> = Mutex::new(None);
/// Where the children of this process stand.
static CHILDREN: OnceLock<Option<fs::File>> = OnceLock::new();
/// Held for reading while a leader is being started, which is a child of ours before its number is known.
static STARTING: RwLock<()> = RwLock::new(());
/// Held for reading while the list of our children is: the system leaves out a child if another one is reaped meanwhile.
static REAPING: RwLock<()> = RwLock::new(());
/// How long a process may take to become another program.
const BECOMING: Duration = Duration::from_secs(1);

/// Has descendants whose parents have ended become children of this process, as far as the system can, so that
/// they are found at the end of each run and never stay as zombies. Returns whether it does.
///
/// Only for a program that starts processes through this room alone: any other child of it would be reaped as well.
pub fn adopt_orphans() -> bool {
    #[cfg(target_os = "linux")]
    {
        let adopting = children().is_some()
            && rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_ok();
        ADOPTING.store(adopting, Ordering::Relaxed);
    }
    ADOPTING.load(Ordering::Relaxed)
}

/// Runs `start` and remembers the leader that it started.
pub(super) fn while_starting<E>(start: impl FnOnce() -> Result<Pid, E>) -> Result<Pid, E> {
    let _starting = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    let pid = start()?;
    leaders().get_or_insert_default().insert(pid);
    Ok(pid)
}

/// Forgets a leader that has been reaped.
pub(super) fn forget(leader: Pid) {
    if let Some(leaders) = leaders().as_mut() {
        leaders.remove(&leader);
    }
}

/// Reaps a child of ours that has ended. Must not be made to wait for one.
pub(super) fn reap(which: WaitId<'_>) -> Option<WaitIdStatus> {
    let _nobody_reads = REAPING.write().unwrap_or_else(PoisonError::into_inner);
    rustix::process::waitid(which, WaitIdOptions::EXITED | WaitIdOptions::NOHANG).ok()?
}

fn leaders() -> MutexGuard<'static, Option<HashSet<Pid>>> {
    LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of one run by which its processes are found.
#[derive(Clone, Debug)]
pub(super) struct Traces {
    /// The number of the session and of the first group in it.
    pub(super) session: Pid,
    /// `NAME=value`, as no other run has it in its environment.
    pub(super) mark: Option<Vec<u8>>,
}

impl Traces {
    /// Reaps what has become ours of the leader's group, and tells whether anything of the group had to be killed.
    ///
    /// Only after the leader is reaped: until then it counts.
    pub(super) fn group_was_killed(&self) -> bool {
        let exists = || {
            let answer = rustix::process::test_kill_process_group(self.session);
            !matches!(answer, Err(rustix::io::Errno::SRCH))
        };
        if !exists() {
            return false;
        }
        let mut killed = false;
        while let Some(status) = reap(WaitId::Pgid(Some(self.session))) {
            killed |= status.terminating_signal() == Some(Signal::KILL.as_raw());
        }
        killed || exists()
    }

    /// All living processes of the run but its leader.
    pub(super) async fn others(&self) -> Vec<Pid> {
        self.on_all_processes(Self::find_others).await
    }

    /// Waits until the leader is the last of the run.
    pub(super) async fn wait_for_others(&self) {
        let mut pause = Duration::from_millis(5);
        while !self.others().await.is_empty() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    /// Sends a signal to all living processes of the run outside the leader's group.
    pub(super) async fn signal_strays(&self, signal: Signal) {
        let signal_all = move |traces: &Self| {
            for pid in traces.find_others() {
                traces.strike(pid, signal);
            }
        };
        self.on_all_processes(signal_all).await;
    }

    /// Walking through `/proc` takes milliseconds, which the threads of the runtime are not to be kept for.
    async fn on_all_processes<T: Send + Default + 'static>(
        &self,
        f: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let traces = self.clone();
        tokio::task::spawn_blocking(move || f(&traces)).await.unwrap_or_default()
    }

    fn find_others(&self) -> Vec<Pid> {
        let is_other = |pid: &Pid| *pid != self.session && matches!(self.waited_look(*pid), Look::Is { .. });
        all_processes().filter(is_other).collect()
    }

    /// Kills the processes of the run that have become ours, and reaps those that are dead. Costs one small read where
    /// there are none.
    pub(super) fn kill_orphans(&self) -> Left {
        if !ADOPTING.load(Ordering::Relaxed) {
            return Left::None;
        }
        let mut found = Left::None;
        // One that forks and ends at once would be gone before a walk through `/proc` is over; this is faster.
        for _ in 0..ORPHAN_ROUNDS {
            // Those that came last are those that live.
            let orphans = orphans();
            let looks: Vec<Look> = orphans.iter().rev().map(|pid| self.strike(*pid, Signal::KILL)).collect();
            if looks.iter().any(|look| matches!(look, Look::Is { .. })) {
                found = Left::Killed;
            } else if found == Left::None && looks.contains(&Look::Unclear) {
                found = Left::Unclear;
            }
            if looks.contains(&Look::IsDead) {
                reap_orphans();
            } else if looks.iter().all(|look| *look == Look::IsNot) {
                return found;
            }
        }
        if found == Left::None { Left::Unclear } else { found }
    }

    /// Sends a signal to a process, if it is of the run and outside the leader's group.
    #[cfg(target_os = "linux")]
    fn strike(&self, pid: Pid, signal: Signal) -> Look {
        // Held before it is looked at, so that the number cannot become another's, and little time is lost in between.
        let process = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty());
        let look = self.look(pid);
        if let (Ok(process), Look::Is { group }) = (process, look)
            && group != self.session.as_raw_pid()
        {
            let _ = rustix::process::pidfd_send_signal(process, signal);
        }
        look
    }

    #[cfg(not(target_os = "linux"))]
    fn strike(&self, pid: Pid, _signal: Signal) -> Look {
        self.look(pid)
    }

    /// Whether a process is a living one of the run.
    fn look(&self, pid: Pid) -> Look {
        let Some(stat) = Stat::of(pid).filter(|stat| stat.is_alive) else { return Look::IsDead };
        if stat.session == self.session.as_raw_pid() {
            return Look::Is { group: stat.group };
        }
        match self.mark.as_ref().map(|mark| has_entries(pid, std::slice::from_ref(mark))) {
            Some(Some(true)) => Look::Is { group: stat.group },
            Some(None) => Look::Unclear,
            // One that ended while it was looked at may have had the mark, and children that are ours next.
            Some(Some(false)) if Stat::of(pid).is_none_or(|stat| !stat.is_alive) => Look::IsDead,
            Some(Some(false)) | None => Look::IsNot,
        }
    }

    /// The same, but waits until it is clear.
    fn waited_look(&self, pid: Pid) -> Look {
        until_clear(|| Some(self.look(pid)).filter(|look| *look != Look::Unclear)).unwrap_or(Look::IsNot)
    }
}

/// Whether a process is of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Is {
        group: i32,
    },
    IsNot,
    /// It has ended, or is about to.
    IsDead,
    /// It is becoming another program.
    Unclear,
}

/// What was found of processes of a run that have become ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// There are none.
    None,
    /// Some were killed, and there may be more.
    Killed,
    /// There are some of which it cannot be told yet whether they are of the run.
    Unclear,
}

/// The children that are no leaders.
fn orphans() -> Vec<Pid> {
    let mut children = children().unwrap_or_default();
    if let Some(leaders) = leaders().as_ref() {
        children.retain(|pid| !leaders.contains(pid));
    }
    children
}

/// Reaps the orphans that have ended.
fn reap_orphans() {
    let _none_is_starting = STARTING.write().unwrap_or_else(PoisonError::into_inner);
    for pid in orphans() {
        reap(WaitId::Pid(pid));
    }
}

/// The children of the main thread, to which the system gives all orphans. `None` where it does not say.
fn children() -> Option<Vec<Pid>> {
    // It tells anew whenever it is read from its beginning, and to open it costs more than to read it.
    let open = || {
        let pid = std::process::id();
        fs::File::open(format!("/proc/{pid}/task/{pid}/children")).ok()
    };
    let file = CHILDREN.get_or_init(open).as_ref()?;
    let _nobody_reaps = REAPING.read().unwrap_or_else(PoisonError::into_inner);
    let (mut text, mut buffer) = (Vec::new(), [0; 4 << 10]);
    loop {
        match file.read_at(&mut buffer, text.len() as u64).ok()? {
            0 => break,
            count => text.extend_from_slice(&buffer[..count]),
        }
    }
    let words = text.split(|byte| *byte == b' ');
    Some(
        words
            .filter_map(|word| Pid::from_raw(std::str::from_utf8(word).ok()?.trim().parse().ok()?))
            .collect(),
    )
}

/// All processes that there are, as far as the system lets itself be asked.
pub(super) fn all_processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?))
}

/// Whether a process has all of these entries in its environment; waits while that cannot be told.
pub(super) fn is_marked(pid: Pid, entries: &[Vec<u8>]) -> bool {
    until_clear(|| has_entries(pid, entries)).unwrap_or(false)
}

/// Asks until there is an answer, or no process could take so long.
fn until_clear<T>(ask: impl Fn() -> Option<T>) -> Option<T> {
    let begin = Instant::now();
    loop {
        match ask() {
            None if begin.elapsed() < BECOMING => std::thread::sleep(Duration::from_micros(50)),
            answer => return answer,
        }
    }
}

/// Whether a process has all of these entries in its environment; `None` while it is becoming another program, when it has
/// no environment for a moment, then an empty one, and then its own.
fn has_entries(pid: Pid, entries: &[Vec<u8>]) -> Option<bool> {
    match Environment::of(pid) {
        Environment::Whole(text) => {
            let has = |wanted: &Vec<u8>| text.split(|byte| *byte == 0).any(|entry| entry == wanted);
            Some(entries.iter().all(has))
        }
        Environment::IsNotShown => Some(false),
        Environment::EmptyOrGone => {
            let before = Stat::of(pid)?.program?;
            // The same program at both looks, and none in between: what was read is of this one.
            let is_empty = matches!(Environment::of(pid), Environment::EmptyOrGone);
            (is_empty && Stat::of(pid)?.program? == before).then_some(false)
        }
    }
}

/// What can be read of the environment of a process.
enum Environment {
    Whole(Vec<u8>),
    /// There is nothing in it, or the program whose it was has given way to another one, which may have been while it was
    /// read: the rest is not there then.
    EmptyOrGone,
    /// The system does not let us look, or the process has ended.
    IsNotShown,
}

impl Environment {
    fn of(pid: Pid) -> Self {
        let Ok(mut file) = fs::File::open(format!("/proc/{}/environ", pid.as_raw_pid())) else {
            return Self::IsNotShown;
        };
        let mut text = Vec::with_capacity(16 << 10);
        if file.read_to_end(&mut text).is_err() {
            return Self::IsNotShown;
        }
        // What was opened stays that of one program, and nothing is read of it any more when that one is gone.
        match file.read_at(&mut [0], 0) {
            Ok(1) => Self::Whole(text),
            _ => Self::EmptyOrGone,
        }
    }
}

struct Stat {
    group: i32,
    session: i32,
    is_alive: bool,
    /// Where the stack of its program begins, which is another place for each. `None` while it is between two.
    program: Option<u64>,
}

/// In the flags of a process: it is on its way out, and has no environment any more.
const EXITING: u32 = 0x4;
/// It is of the kernel, and never had one.
const OF_KERNEL: u32 = 0x0020_0000;

impl Stat {
    fn of(pid: Pid) -> Option<Self> {
        let text = fs::read(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
        // The name before it may hold anything, also brackets.
        let after_name = text.iter().rposition(|byte| *byte == b')')? + 1;
        let text = String::from_utf8_lossy(&text[after_name..]);
        let mut fields = text.split_ascii_whitespace();
        let is_dead = matches!(fields.next()?, "Z" | "X");
        let (group, session) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        let flags: u32 = fields.nth(2)?.parse().ok()?;
        // Where its code begins is written when its environment has been put there.
        let has_code = fields.nth(16)? != "0";
        let stack = fields.nth(1)?.parse().ok()?;
        let is_alive = !is_dead && flags & EXITING == 0;
        let program = (has_code || !is_alive || flags & OF_KERNEL != 0).then_some(stack);
        Some(Self { group, session, is_alive, program })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A process that becomes another program has no environment, then an empty one, and then its own.
    #[test]
    fn who_is_becoming_another_program_is_known_by_its_environment_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("again.sh");
        fs::write(&script, "exec /bin/sh \"$0\"\n").unwrap();
        let mark = b"SURVIVOR_TEST=again".to_vec();
        let mut child =
            std::process::Command::new("/bin/sh").arg(&script).env("SURVIVOR_TEST", "again").spawn().unwrap();
        let pid = Pid::from_child(&child);
        // Until it has become the first one, it may still be seen with the environment of the test.
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_marked(pid, std::slice::from_ref(&mark)) && Instant::now() < deadline {}
        let misses = (0..20_000).filter(|_| !is_marked(pid, std::slice::from_ref(&mark))).count();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(misses, 0);
    }

    #[test]
    fn who_has_no_environment_is_not_taken_for_one_who_is_becoming_another_program() {
        let mut child = std::process::Command::new("/bin/sleep").arg("1000").env_clear().spawn().unwrap();
        let pid = Pid::from_child(&child);
        let answer = until_clear(|| has_entries(pid, &[b"SURVIVOR_TEST=none".to_vec()]));
        child.kill().unwrap();
        let of_a_dead_one = until_clear(|| has_entries(pid, &[b"SURVIVOR_TEST=none".to_vec()]));
        child.wait().unwrap();
        let of_none = until_clear(|| has_entries(pid, &[b"SURVIVOR_TEST=none".to_vec()]));
        assert_eq!((answer, of_a_dead_one, of_none), (Some(false), Some(false), Some(false)));
    }
}
