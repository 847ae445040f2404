//! Control groups (version 2): limits for a run with all its processes together, where the system lets us make groups.
//!
//! Owns the groups of the runs. A worker takes its own group in hand only if nobody else is in it, as in a unit with
//! `Delegate=yes`: it moves into a group below, since one that holds processes may set no limits for those below it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::command::Resources;

static GROUPS: OnceLock<Groups> = OnceLock::new();

/// The variable by which a start learns of its group.
pub(super) const VARIABLE: &str = "OADA_JOBS_CGROUP";

/// What control groups can do for the runs of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupLimits {
    /// Whether memory is limited by them.
    pub memory: bool,
}

/// Takes this process's control group in hand, so that [`Resources::memory`] and [`Resources::cpu`] count for all
/// processes of a run together from now on, as far as the answer says.
///
/// # Errors
/// When there is no such group, or it is not this process's own; limits count for each process then.
pub fn use_control_groups() -> io::Result<GroupLimits> {
    if let Some(groups) = GROUPS.get() {
        return Ok(groups.limits());
    }
    let own = own_group()?;
    let groups = Groups::claim(own, std::process::id())?;
    Ok(GROUPS.get_or_init(|| groups).limits())
}

/// The group of this process in the file system.
fn own_group() -> io::Result<PathBuf> {
    let none = |what: &str| io::Error::new(io::ErrorKind::Unsupported, what.to_owned());
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    let mount = mounts.lines().find_map(mount_of_groups);
    match (path, mount) {
        (Some(""), _) => Err(none("the process is in the root group")),
        (Some(path), Some(mount)) => Ok(mount.join(path)),
        _ => Err(none("there are no control groups of version 2")),
    }
}

/// The place of a line of `mountinfo`, if control groups are mounted there.
fn mount_of_groups(line: &str) -> Option<PathBuf> {
    let (before, after) = line.split_once(" - ")?;
    let place = before.split(' ').nth(4)?;
    after.starts_with("cgroup2 ").then(|| place.into())
}

/// A group below which groups can be made.
#[derive(Debug)]
struct Groups {
    base: PathBuf,
    has_memory: bool,
    made: AtomicU64,
    /// Groups that could not be removed at the end of their runs, since somebody was dying in them still.
    left: Mutex<Vec<PathBuf>>,
}

impl Groups {
    fn claim(base: PathBuf, pid: u32) -> io::Result<Self> {
        let procs = fs::read_to_string(base.join("cgroup.procs"))?;
        if procs.trim() != pid.to_string() {
            return Err(io::Error::other(format!("other processes are in {} too", base.display())));
        }
        let own = base.join("worker");
        make_dir(&own)?;
        fs::write(own.join("cgroup.procs"), pid.to_string())?;
        let controllers = fs::read_to_string(base.join("cgroup.controllers")).unwrap_or_default();
        let has_memory = controllers.split_whitespace().any(|name| name == "memory")
            && fs::write(base.join("cgroup.subtree_control"), "+memory").is_ok();
        Ok(Self { base, has_memory, made: AtomicU64::new(0), left: Mutex::default() })
    }

    fn left(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn limits(&self) -> GroupLimits {
        GroupLimits { memory: self.has_memory }
    }

    fn make(&self, resources: Resources) -> io::Result<Group> {
        self.left().retain(|left| is_busy(left));
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let path = self.base.join(format!("run-{number}"));
        make_dir(&path)?;
        let group = Group { path, cpu: resources.cpu };
        if let Some(memory) = resources.memory.filter(|_| self.has_memory) {
            fs::write(group.path.join("memory.max"), memory.to_string())?;
            // The run as a whole is over when it has used up its memory, not whichever process is the largest.
            fs::write(group.path.join("memory.oom.group"), "1")?;
            // Without swap there is no such file.
            let _ = fs::write(group.path.join("memory.swap.max"), "0");
        }
        Ok(group)
    }
}

/// Removes a group. Returns whether somebody is in it still.
fn is_busy(group: &Path) -> bool {
    fs::remove_dir(group).is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
}

fn make_dir(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The group for one run, if it has limits and groups can be made.
pub(super) fn group_for(resources: Resources) -> io::Result<Option<Group>> {
    GROUPS.get().filter(|_| resources.need_group()).map(|groups| groups.make(resources)).transpose()
}

/// The group of one run. Removed when it is dropped, if nobody is left in it.
#[derive(Debug)]
pub(super) struct Group {
    path: PathBuf,
    cpu: Option<u64>,
}

impl Group {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Kills all that is in it.
    pub(super) fn kill(&self) {
        // Kernels before 5.14 cannot; the session is killed anyhow.
        let _ = fs::write(self.path.join("cgroup.kill"), "1");
    }

    /// Resolves when the run has used its seconds of processor time, and `more`; never if it may use any.
    pub(super) async fn has_used_up_cpu(&self, more: u64) {
        let Some(seconds) = self.cpu else { return std::future::pending().await };
        let limit = Duration::from_secs(seconds.saturating_add(more));
        loop {
            let used = self.cpu_used();
            if used >= limit {
                return;
            }
            // With many processors it is used up sooner than it passes.
            tokio::time::sleep(((limit - used) / 4).clamp(EVERY, EVERY * 20)).await;
        }
    }

    fn cpu_used(&self) -> Duration {
        let text = fs::read_to_string(self.path.join("cpu.stat")).unwrap_or_default();
        let used = text.lines().find_map(|line| line.strip_prefix("usage_usec ")?.parse().ok());
        Duration::from_micros(used.unwrap_or(0))
    }

    /// Whether processes were killed since the run had used up its memory.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        let text = fs::read_to_string(self.path.join("memory.events")).unwrap_or_default();
        text.lines().any(|line| line.strip_prefix("oom_kill ").is_some_and(|count| count != "0"))
    }
}

/// The least time between two looks at what was used.
const EVERY: Duration = Duration::from_millis(50);

impl Drop for Group {
    fn drop(&mut self) {
        if is_busy(&self.path)
            && let Some(groups) = GROUPS.get()
        {
            groups.left().push(std::mem::take(&mut self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like a group with one process.
    fn fake(controllers: &str, procs: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("cgroup.procs"), procs).unwrap();
        fs::write(dir.path().join("cgroup.controllers"), controllers).unwrap();
        dir
    }

    #[test]
    fn a_group_is_taken_in_hand_only_if_it_is_our_own() {
        let dir = fake("cpu memory pids", "41\n42\n");
        assert!(
            Groups::claim(dir.path().to_owned(), 42).unwrap_err().to_string().contains("other processes")
        );
        let dir = fake("cpu memory pids", "42\n");
        let groups = Groups::claim(dir.path().to_owned(), 42).unwrap();
        assert!(groups.limits().memory);
        let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
        assert_eq!(
            (read("worker/cgroup.procs"), read("cgroup.subtree_control")),
            ("42".into(), "+memory".into())
        );
        let limited = Resources { memory: Some(4096), ..Resources::default() };
        let group = groups.make(limited).unwrap();
        assert_eq!((read("run-0/memory.max"), read("run-0/memory.oom.group")), ("4096".into(), "1".into()));
        fs::write(group.path().join("memory.events"), "oom 1\noom_kill 2\n").unwrap();
        assert!(group.ran_out_of_memory());
        let dir = fake("cpu", "42");
        assert!(!Groups::claim(dir.path().to_owned(), 42).unwrap().limits().memory);
    }

    #[tokio::test]
    async fn processor_time_is_that_of_all_together() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("cpu.stat"), "usage_usec 2500000\nuser_usec 1\n").unwrap();
        let group = Group { path: dir.path().to_owned(), cpu: Some(2) };
        group.has_used_up_cpu(0).await;
        let soon = Duration::from_millis(1);
        assert!(tokio::time::timeout(soon, group.has_used_up_cpu(1)).await.is_err());
        let any = Group { path: dir.path().to_owned(), cpu: None };
        assert!(tokio::time::timeout(soon, any.has_used_up_cpu(0)).await.is_err());
    }

    #[test]
    fn groups_are_found_where_they_are_mounted() {
        let line = "35 26 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
        assert_eq!(mount_of_groups(line), Some("/sys/fs/cgroup".into()));
        assert_eq!(mount_of_groups("36 26 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu"), None);
    }
}
