//! A worker before a very long list: real processes, and the memory that they come to need.
//!
//! `OADA_JOBS_BACKLOG` says how many jobs wait, 1,000,000 for the full test; `OADA_JOBS_BINARY` has another binary
//! tested than the one that was built with the tests.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde_json::{Value, json};

use crate::support::env::{DEADLINE, Running, TestEnv};
use crate::support::proxy::Proxy;

const PENDING: &str = "/bookmarks/services/oada-jobs/jobs";
/// What a worker may take, whatever waits.
const MOST_MEMORY: u64 = 150_000_000;

/// The most memory that a process has had, in bytes.
fn peak(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Posts as many jobs at once as there are, by the command for that.
fn post(env: &TestEnv, mut command: Command, count: usize) {
    let lines: String = (0..count)
        .map(|n| format!("{{\"type\":\"work\",\"config\":{{\"to\":\"ann@example.org\",\"n\":{n}}}}}\n"))
        .collect();
    let jobs = File::open(env.file("jobs", &lines)).unwrap();
    let command = command.stdin(jobs).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().unwrap().success(), "the jobs could not be posted");
}

/// How many jobs have ended well.
fn filed(env: &TestEnv, at: &[&str]) -> u64 {
    let counts = env.records(&[&["job", "count", "--status", "success"], at].concat());
    counts.iter().filter_map(|record| record["count"].as_u64()).sum()
}

/// Waits until one more has than before; returns how long that took.
fn until_one_is_filed(env: &TestEnv, at: &[&str], before: u64) -> Duration {
    let began = Instant::now();
    env.wait_for("the first job is filed", || (filed(env, at) > before).then_some(()));
    began.elapsed()
}

/// Waits until the only worker has read the list, and follows it; returns the most memory it has had.
fn peak_after_reading(env: &TestEnv, at: &[&str], worker: &Running) -> u64 {
    let began = Instant::now();
    let reads = |record: &Value| record["feeds"][0]["live"] != json!(true);
    while env.records(&[&["worker", "ls"], at].concat()).first().is_none_or(reads) {
        assert!(began.elapsed() < DEADLINE * 5, "the list is not read to its end");
        thread::sleep(Duration::from_millis(500));
    }
    peak(worker.pid())
}

fn drain(mut worker: Running) {
    worker.signal(Signal::TERM);
    assert!(worker.ended().success());
}

#[test]
fn a_worker_begins_at_once_and_needs_little_memory_however_many_jobs_wait() {
    let count = std::env::var("OADA_JOBS_BACKLOG").map_or(20_000, |text| text.parse().unwrap());
    let binary = std::env::var("OADA_JOBS_BINARY").unwrap_or(env!("CARGO_BIN_EXE_oada-jobs").to_owned());
    let env = TestEnv::new();
    let start = |args: &[&str]| Running::start(env.program(&binary, args));
    // Slow enough that few jobs run while the list is read.
    env.script("work.sh", "read -r job\nsleep 1\necho done");
    let store = start(&["store", "serve", "--listen", "127.0.0.1:0"]);
    let url = store.stdout.line_with("://");
    let url = url[url.find("http").unwrap()..].split_whitespace().next().unwrap().to_owned();
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    env.file("token", &token);
    let at = ["-d", &url, "--token-file", "token"];

    let began = Instant::now();
    post(&env, env.program(&binary, &[&["job", "post", "--ndjson"], &at[..]].concat()), count);
    let (posting, store_posting) = (began.elapsed(), peak(store.pid()));

    // A link takes about ninety bytes: of the list, no more than the beginning passes until it is released.
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let proxy = runtime.block_on(Proxy::start(address, PENDING, (count * 90 / 10).max(64 << 10)));
    let through = format!("http://{}", proxy.address);
    let worker = start(&["serve", "-d", &through, "--token-file", "token", "--handler", "work=./work.sh"]);
    let first = until_one_is_filed(&env, &at, 0);
    proxy.release();
    let of_worker = peak_after_reading(&env, &at, &worker);
    let of_store = peak(store.pid());
    drain(worker);
    let before = filed(&env, &at);
    drain(store);

    let both = start(&["serve", "--handler", "work=./work.sh"]);
    let first_of_both = until_one_is_filed(&env, &[], before);
    let of_both_then = peak(both.pid());
    let of_both = peak_after_reading(&env, &[], &both);
    drain(both);
    let [worker, store, posted, one_then, one] =
        [of_worker, of_store, store_posting, of_both_then, of_both].map(|bytes| bytes / 1_000_000);
    eprintln!(
        "{count} jobs, posted in {posting:.0?}: the first filed after {first:.1?}; at most {worker} MB in the worker and \
         {store} MB in the store, {posted} MB of that after posting; in a process that is both, the first after \
         {first_of_both:.1?}, {one_then} MB until then and {one} MB in all"
    );
    assert!(of_worker < MOST_MEMORY, "{of_worker} bytes");
    assert!(of_both < MOST_MEMORY, "{of_both} bytes");
}
