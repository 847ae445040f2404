//! A worker before a very long list: real processes, and the memory that they come to need.
//!
//! `OADA_JOBS_BACKLOG` says how many jobs wait, 1,000,000 for the full test; `OADA_JOBS_BINARY` has another binary
//! tested than the one that was built with the tests.

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::oada::{Client, Domain};
use rustix::process::Pid;
use serde_json::{Map, Value, json};

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

async fn post(url: &str, token: &str, count: usize) {
    let client = Client::builder(Arc::new(Domain::parse(url).unwrap())).token(token.to_owned().into());
    let (client, root) = (client.build().unwrap(), ServiceRoot::named("oada-jobs").unwrap());
    let layout = jobs::posting_layout(&client, &root, None).await.unwrap();
    let create = async |_| {
        let config = Map::from_iter([("to".to_owned(), json!("ann@example.org"))]);
        jobs::create(&client, &root, layout, &NewJob::new("work", config)).await.unwrap()
    };
    let mut posted = futures_util::stream::iter(0..count).map(create).buffer_unordered(64).chunks(2000);
    while let Some(chunk) = posted.next().await {
        jobs::link(&client, &root, layout, &chunk).await.unwrap();
    }
}

fn worker_record(env: &TestEnv, url: &str) -> Option<Value> {
    env.records(&["worker", "ls", "-d", url, "--token-file", "token", "-o", "json"]).pop()
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

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = Instant::now();
    runtime.block_on(post(&url, &token, count));
    let (posting, store_posting) = (began.elapsed(), peak(store.pid()));

    // A link takes about ninety bytes: of the list, the beginning passes.
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let proxy = runtime.block_on(Proxy::start(address, PENDING, (count * 90 / 10).max(64 << 10)));
    let began = Instant::now();
    let worker = start(&[
        "serve",
        "-d",
        &format!("http://{}", proxy.address),
        "--token-file",
        "token",
        "--handler",
        "work=./work.sh",
    ]);
    let success = ["job", "count", "-d", &url, "--token-file", "token", "--status", "success", "-o", "json"];
    let filed = || env.records(&success).iter().any(|record| record["count"].as_u64() > Some(0));
    env.wait_for("the first job is filed", || filed().then_some(()));
    let first = began.elapsed();
    let is_live = |record: &Value| record["feeds"][0]["live"] == json!(true);
    assert!(
        !worker_record(&env, &url).is_some_and(|record| is_live(&record)),
        "the list was read to its end"
    );

    let began = Instant::now();
    proxy.release();
    while !worker_record(&env, &url).is_some_and(|record| is_live(&record)) {
        assert!(began.elapsed() < DEADLINE * 5, "the list is not read to its end");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    let mega = |bytes: u64| bytes / 1_000_000;
    eprintln!(
        "{count} jobs, posted in {posting:.0?}: first job filed after {first:.1?}; at most {} MB in the worker, {} MB in \
         the store ({} MB of that when all were posted)",
        mega(peak(worker.pid())),
        mega(peak(store.pid())),
        mega(store_posting),
    );
    assert!(peak(worker.pid()) < MOST_MEMORY, "{} bytes", peak(worker.pid()));
}
