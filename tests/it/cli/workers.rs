//! Looking at workers, and taking up what dead ones have left.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use oada_jobs::jobs::{ServiceRoot, WorkerHost, WorkerRecord, register};
use oada_jobs::oada::{Client, Domain};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::members::assert_documented;
use crate::support::env::{Running, TestEnv, is_alive};
use crate::support::passage::Passage;
use crate::support::terminal::Terminal;

/// A worker that has a job in hand, the job's key, and the handler's process.
fn at_work(env: &TestEnv) -> (Running, String, u32) {
    let worker = env.serve(&["--handler", "t=echo $$ > pid; exec sleep 600"]);
    let key = env.post(&["t"]);
    let pid =
        env.wait_for("the handler", || fs::read_to_string(env.path().join("pid")).ok()?.trim().parse().ok());
    (worker, key, pid)
}

fn only_worker(env: &TestEnv) -> Value {
    env.wait_for("the worker", || env.records(&["worker", "ls"]).into_iter().next())
}

fn token_file(env: &TestEnv) -> PathBuf {
    env.path().join("home/.local/share/oada-jobs/token")
}

#[test]
fn a_worker_is_shown_with_its_heartbeat_and_what_it_runs() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let (_worker, key, _pid) = at_work(&env);
    let id = only_worker(&env)["id"].as_str().unwrap().to_owned();
    let shown = env.wait_for("a heartbeat with the job", || {
        let shown = env.records(&["worker", "show", &id[..20]]).remove(0);
        (shown["running"] == 1).then_some(shown)
    });
    assert_documented("worker show", &shown);
    assert_documented("worker ls", &only_worker(&env));
    assert_eq!((&shown["state"], &shown["version"]), (&json!("alive"), &json!(env!("CARGO_PKG_VERSION"))));
    assert_eq!((&shown["claims"][0]["key"], &shown["claims"][0]["type"]), (&json!(key), &json!("t")));
    assert!(shown["silent_seconds"].as_u64().unwrap() < 30 && shown["heartbeat"].is_string(), "{shown}");
    let page = env.ok(&["worker", "show", &id, "-o", "table"]);
    for text in [&id, "alive", "Heartbeat", &key, "1 of 10 at once"] {
        assert!(page.contains(text), "{text:?} is not in\n{page}");
    }
    env.run(&["worker", "show", "nobody"]).failed(3, "no worker", "worker ls");
}

#[test]
fn the_jobs_of_a_dead_worker_are_released_at_once_and_nothing_of_it_goes_on() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let (mut worker, key, pid) = at_work(&env);
    let id = only_worker(&env)["id"].as_str().unwrap().to_owned();
    let release = |more: &[&str]| env.run(&[&["worker", "release", &id], more].concat());
    release(&["--yes"]).failed(5, "lives", "--force");
    worker.crash();
    assert_eq!(only_worker(&env)["state"], "dead");

    let planned = release(&["--dry-run"]);
    assert!(planned.code == Some(0) && planned.stdout.contains(&key), "{planned:?}");
    assert!(planned.stderr.contains("would release 1 job; nothing was done"), "{planned:?}");
    release(&[]).failed(2, "Release 1 job?", "--yes");
    assert_eq!(env.records(&["job", "show", &key])[0]["status"], "running");
    let mut terminal = Terminal::start(env.command(&["worker", "release", &id]), 100);
    terminal.shows("Release 1 job?");
    terminal.types("n");
    assert!(terminal.ended().1.contains("nothing was done"));
    assert_eq!(only_worker(&env)["state"], "dead");

    let done = release(&["--yes"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let record: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_documented("worker release", &record);
    assert_eq!((&record["key"], &record["done"]), (&json!(key), &json!("released")));
    assert!(env.records(&["worker", "ls"]).is_empty());
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!((&job["status"], &job["attempts"][0]["outcome"]), (&json!("pending"), &json!("crashed")));
    assert!(is_alive(pid));
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!((&job["status"], &job["attempt"]), (&json!("success"), &json!(2)));
    assert!(!is_alive(pid), "what the dead worker left running goes on");
    // Its record is gone, so that nothing is left to do.
    let again = release(&["--yes"]);
    assert!(again.code == Some(0) && again.stdout.is_empty(), "{again:?}");
}

#[test]
fn a_quiet_worker_ends_what_it_runs_and_takes_no_more_until_it_may() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let worker = env.serve(&["--handler", "t=until [ -e go ]; do sleep 0.05; done"]);
    let first = env.post(&["t"]);
    env.wait_for_jobs(1, &["--status", "running"]);
    let id = only_worker(&env)["id"].as_str().unwrap().to_owned();
    let asked = |more: &[&str]| {
        let record = env.records(&[&["worker", "quiet", &id[..20]], more].concat()).remove(0);
        assert_documented("worker quiet", &record);
        record["done"].as_str().unwrap().to_owned()
    };
    assert_eq!((asked(&["--undo"]), asked(&[])), ("was not quiet".into(), "asked to be quiet".into()));
    assert_eq!(asked(&[]), "already quiet");
    worker.stderr.line_with("is_quiet=true");
    assert_eq!(only_worker(&env)["state"], "quiet");
    let second = env.post(&["t"]);
    env.file("go", "");
    assert_eq!(env.run(&["job", "wait", &first, "--timeout", "60s"]).code, Some(0));
    assert_eq!(env.run(&["job", "wait", &second, "--for", "running", "--timeout", "1s"]).code, Some(124));
    // Others go on, and so does it once it may.
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    assert_eq!(env.run(&["job", "wait", &second, "--timeout", "60s"]).code, Some(0));
    let third = env.post(&["t"]);
    assert_eq!(asked(&["--undo"]), "asked to go on");
    assert_eq!(env.run(&["job", "wait", &third, "--timeout", "60s"]).code, Some(0));
    assert_eq!(only_worker(&env)["state"], "alive");
    env.run(&["worker", "quiet", "nobody"]).failed(3, "no living worker", "worker ls");
}

#[test]
fn jobs_of_a_living_worker_are_taken_by_force_and_run_elsewhere() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let (worker, key, _pid) = at_work(&env);
    let id = only_worker(&env)["id"].as_str().unwrap().to_owned();
    // It lives but does not listen, as behind a cable that was pulled.
    worker.signal(Signal::STOP);
    env.ok(&["worker", "release", &id, "--force", "--yes"]);
    env.ok(&["serve", "--handler", "t=echo '{\"by\": \"the other\"}'", "--once"]);
    worker.signal(Signal::CONT);
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!((&job["status"], &job["result"]), (&json!("success"), &json!({"by": "the other"})));
}

/// Lets it seem as if the clock of a store went an hour before ours.
fn change_date(bytes: &mut Vec<u8>) {
    const NAME: &[u8] = b"\ndate: ";
    let Some(at) = bytes.windows(NAME.len()).position(|window| window == NAME) else { return };
    let later = Timestamp::now() + Duration::from_secs(3600);
    let text = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&later).unwrap();
    bytes.splice(at + NAME.len()..at + NAME.len() + text.len(), text.bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_elsewhere_is_judged_by_the_clock_of_the_store() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let token = fs::read_to_string(token_file(&env)).unwrap();
    let client = Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.trim().into()).build();
    let record = WorkerRecord {
        id: "elsewhere".into(),
        host: WorkerHost { name: "elsewhere".into(), ..WorkerHost::default() },
        started: "2026-01-02T03:04:05.678Z".into(),
        version: String::new(),
        types: vec!["t".into()],
        concurrency: 1,
        running: Vec::new(),
        waiting: BTreeMap::new(),
        feeds: Vec::new(),
        modified: 0.0,
    };
    register(&client.unwrap(), &ServiceRoot::named("oada-jobs").unwrap(), &record).await.unwrap();
    assert_eq!(only_worker(&env)["state"], "alive");
    let token = token_file(&env);
    let other = Passage::start(&url, change_date);
    let listed = env.records(&["worker", "ls", "-d", &other.url, "--token-file", token.to_str().unwrap()]);
    assert_eq!(listed[0]["state"], "dead", "{listed:?}");
    let clock =
        |findings: Vec<Value>| findings.into_iter().find(|finding| finding["check"] == "clock").unwrap();
    assert_eq!(clock(env.records(&["doctor"]))["state"], "ok");
    let ahead = clock(env.records(&["doctor", "-d", &other.url, "--token-file", token.to_str().unwrap()]));
    assert!(
        ahead["state"] == "warn" && ahead["found"].as_str().unwrap().contains("ahead of ours"),
        "{ahead}"
    );
}
