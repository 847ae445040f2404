//! What a program that died has left running, found by its environment and stopped.
//!
//! Linux only: elsewhere nothing is found.

use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep};

use super::survivors::{all_processes, is_marked};

/// Stops all processes that have every one of these entries (`NAME=value`) in their environment: asks them to end, kills
/// those that have not after `grace`, and waits until they are gone. Returns how many there were.
///
/// Cancelling it leaves those alive that were only asked.
pub async fn stop_leftovers(entries: Vec<String>, grace: Duration) -> usize {
    if entries.is_empty() {
        return 0;
    }
    let found = signal_all(&entries, Signal::TERM).await;
    let (start, mut pause) = (Instant::now(), Duration::from_millis(5));
    let mut left = found;
    while left > 0 {
        // What hangs in the kernel goes when it comes out of it; nobody can wait for that.
        if start.elapsed() > grace + Duration::from_secs(10) {
            break;
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
        let signal = if start.elapsed() < grace { Signal::CONT } else { Signal::KILL };
        left = signal_all(&entries, signal).await;
    }
    found
}

/// Sends a signal to all that have the entries. Returns how many there are.
async fn signal_all(entries: &[String], signal: Signal) -> usize {
    let entries: Vec<Vec<u8>> = entries.iter().map(|entry| entry.clone().into_bytes()).collect();
    // Walking through `/proc` takes milliseconds, which the threads of the runtime are not to be kept for.
    let walk = move || {
        let is_one = |pid: Pid| is_marked(pid, &entries);
        all_processes().filter(|pid| is_one(*pid) && send(*pid, signal, is_one)).count()
    };
    tokio::task::spawn_blocking(walk).await.unwrap_or_default()
}

#[cfg(target_os = "linux")]
fn send(pid: Pid, signal: Signal, is_one: impl Fn(Pid) -> bool) -> bool {
    let Ok(process) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) else {
        return false;
    };
    // Looked at again, now that the number cannot become another's.
    is_one(pid) && rustix::process::pidfd_send_signal(process, signal).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn send(_pid: Pid, _signal: Signal, _is_one: impl Fn(Pid) -> bool) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[tokio::test]
    async fn only_those_with_all_the_entries_are_stopped() {
        let start = |line: &str, job: &str| {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", line]).env("LEFTOVER_WORKER", "w1").env("LEFTOVER_JOB", job);
            command.stdout(Stdio::null()).spawn().unwrap()
        };
        let mut stubborn = start("trap '' TERM; sleep 1000; sleep 1000", "a");
        let mut other = start("sleep 1000; true", "b");
        let entries = vec!["LEFTOVER_WORKER=w1".to_owned(), "LEFTOVER_JOB=a".to_owned()];
        let deadline = Instant::now() + Duration::from_secs(10);
        while signal_all(&entries, Signal::CONT).await < 2 {
            assert!(Instant::now() < deadline);
            sleep(Duration::from_millis(5)).await;
        }
        assert!(stop_leftovers(entries.clone(), Duration::from_millis(50)).await >= 2);
        assert_eq!(signal_all(&entries, Signal::CONT).await, 0);
        assert!(!stubborn.wait().unwrap().success());
        assert_eq!(other.try_wait().unwrap(), None);
        stop_leftovers(vec!["LEFTOVER_JOB=b".to_owned()], Duration::from_millis(50)).await;
        other.wait().unwrap();
        assert_eq!(stop_leftovers(Vec::new(), Duration::ZERO).await, 0);
    }
}
