//! Listings that keep up with what happens.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::env::{Running, TestEnv};
use crate::support::passage::Passage;
use crate::support::terminal::Terminal;

fn records(watch: &Running) -> Vec<Value> {
    watch.stdout.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The statuses that were told of a job, in their order.
fn told(watch: &Running, key: &str) -> Vec<String> {
    let of_job = records(watch).into_iter().filter(|record| record["key"] == key);
    of_job.map(|record| record["status"].as_str().unwrap().to_owned()).collect()
}

fn tells(env: &TestEnv, watch: &Running, key: &str, statuses: &[&str]) {
    env.wait_for(&format!("{statuses:?} of {key} in {}", watch.stderr.text()), || {
        (told(watch, key) == statuses).then_some(())
    });
}

#[test]
fn a_row_is_added_for_each_change_and_none_is_missed() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let before = env.post(&["t"]);
    let mut watch = env.spawn(&["job", "ls", "--watch"]);
    tells(&env, &watch, &before, &["pending"]);
    let later = env.post(&["t", "--set", "fail=1"]);
    tells(&env, &watch, &later, &["pending"]);
    let taken_away = env.post(&["other"]);
    tells(&env, &watch, &taken_away, &["pending"]);
    env.ok(&["job", "rm", &taken_away]);
    tells(&env, &watch, &taken_away, &["pending", "removed"]);
    env.ok(&["serve", "--handler", "t=sleep 0.3; ! grep fail", "--once"]);
    tells(&env, &watch, &before, &["pending", "running", "success"]);
    tells(&env, &watch, &later, &["pending", "running", "failure"]);
    let listed = env.records(&["job", "ls", "--status", "failure"]).remove(0);
    assert!(records(&watch).contains(&listed), "rows are those of the listing");
    watch.signal(Signal::INT);
    assert_eq!(watch.ended().code(), Some(130));
}

#[test]
fn filters_hold_for_what_comes_later() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let failures = env.spawn(&["job", "ls", "--watch", "--status", "failure"]);
    let of_type = env.spawn(&["job", "ls", "--watch", "--type", "u*", "--columns", "key,status"]);
    failures.stderr.line_with("watching");
    of_type.stderr.line_with("watching");
    let (good, bad, other) = (env.post(&["t"]), env.post(&["u"]), env.post(&["unknown"]));
    env.ok(&["serve", "--handler", "t=true", "--handler", "u=false", "--once"]);
    tells(&env, &failures, &bad, &["failure"]);
    assert_eq!(told(&failures, &good), [""; 0]);
    tells(&env, &of_type, &other, &["pending"]);
    env.wait_for("the end", || told(&of_type, &bad).contains(&"failure".to_owned()).then_some(()));
    assert_eq!(told(&of_type, &good), [""; 0]);
    let members = records(&of_type).remove(0);
    assert_eq!(members.as_object().unwrap().keys().collect::<Vec<_>>(), ["key", "status"]);
    env.run(&["job", "ls", "--watch", "--json"]).failed(2, "not one JSON text", "ndjson");
    env.run(&["job", "ls", "--watch", "--sort", "key"]).failed(2, "cannot be sorted", "--sort");
}

#[test]
fn a_listing_goes_on_when_the_store_has_been_away() {
    let env = TestEnv::new();
    let (mut store, url) = env.serve_store(&[]);
    let token = env.path().join("home/.local/share/oada-jobs/token");
    let port = url.rsplit(':').next().unwrap();
    let remote = ["-d", &url, "--token-file", token.to_str().unwrap()];
    let watch = env.spawn(&[&["job", "ls", "--watch"], &remote[..]].concat());
    let first = env.post(&["t"]);
    tells(&env, &watch, &first, &["pending"]);
    store.crash();
    watch.stderr.line_with("waiting for it to come back");
    let missed = env.post(&["t"]);
    let again = env.spawn(&["store", "serve", "--listen", &format!("127.0.0.1:{port}")]);
    again.stdout.line_with("://");
    tells(&env, &watch, &missed, &["pending"]);
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    env.wait_for("the ends", || {
        let ended = |key| told(&watch, key).last().is_some_and(|status| status == "success");
        (ended(&first) && ended(&missed)).then_some(())
    });
    assert_eq!(told(&watch, &first)[0], "pending");
}

#[test]
fn a_terminal_is_drawn_anew() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let key = env.post(&["t"]);
    let terminal = Terminal::start(env.command(&["job", "ls", "--watch"]), 100);
    terminal.shows("1 unfinished; live");
    terminal.shows(&key);
    let later = env.post(&["t"]);
    terminal.shows(&later);
    terminal.shows("2 unfinished; live");
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    terminal.shows("0 unfinished; live");
    terminal.shows("success");
    let drawn = terminal.text();
    // Three lines stood there before the second job came.
    assert!(drawn.contains("\u{1b}[3F\u{1b}[J"), "{drawn:?}");
    terminal.interrupt();
    let (code, drawn) = terminal.ended();
    assert_eq!(code, Some(130), "{drawn}");
    let last = drawn.rsplit("\u{1b}[J").next().unwrap();
    assert!(last.contains(&key) && last.contains(&later) && !last.contains("pending"), "{last}");
    assert_eq!(json!(last.lines().filter(|line| line.contains("success")).count()), 2);
}

#[test]
fn a_change_costs_the_same_however_many_jobs_wait() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let many = 2000;
    let lines = "{\"type\": \"waits\"}\n".repeat(many);
    assert_eq!(env.run_with(&["job", "post", "--ndjson"], &lines).code, Some(0));
    let proxy = Passage::start(&url, |_| {});
    let token = env.path().join("home/.local/share/oada-jobs/token");
    let watch = env.spawn(&[
        "job",
        "ls",
        "--watch",
        "--limit",
        "10",
        "-d",
        &proxy.url,
        "--token-file",
        token.to_str().unwrap(),
    ]);
    watch.stderr.line_with("watching");
    let listed = proxy.answered();
    let post_and_end = || {
        let key = env.post(&["t"]);
        env.ok(&["serve", "--handler", "t=true", "--once"]);
        env.wait_for("the end", || told(&watch, &key).contains(&"success".to_owned()).then_some(()));
    };
    post_and_end();
    let before = proxy.answered();
    post_and_end();
    let cost = proxy.answered() - before;
    assert!(listed > 200_000, "the list itself is {listed} bytes");
    assert!(cost < 20_000, "one job cost {cost} bytes");
}
