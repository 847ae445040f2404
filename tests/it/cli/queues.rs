//! Looking at queues, and draining them.

use std::thread;

use serde_json::{Value, json};

use super::members::assert_documented;
use crate::support::env::{Running, TestEnv};
use crate::support::terminal::Terminal;

fn served() -> (TestEnv, Running, String) {
    let env = TestEnv::new();
    let (store, url) = env.serve_store(&[]);
    (env, store, url)
}

#[test]
fn a_queue_is_shown_with_its_pause_its_lists_and_its_workers() {
    let (env, _store, url) = served();
    let oldest = env.post(&["t"]);
    env.ok(&["queue", "pause", "--reason", "moving"]);
    env.ok(&["queue", "pause", "--type", "email", "--for", "1h"]);
    let until = env.records(&["queue", "pause", "--type", "email", "--until", "2099-01-31"]).remove(0);
    assert_eq!(until["until"], "2099-01-31T00:00:00.000Z");
    env.run(&["queue", "pause", "--until", "2h"]).failed(2, "not a time to come", "--for 2h");
    let _worker = env.serve(&["--handler", "t=true", "--concurrency", "3"]);
    let shown = env.wait_for("the worker", || {
        let shown = env.records(&["queue", "show"]).remove(0);
        (shown["workers"] == 1).then_some(shown)
    });
    assert_documented("queue show", &shown);
    let members = ["name", "state", "unfinished", "running", "slots", "oldest_key", "layout"];
    let found: Vec<&Value> = members.iter().map(|member| &shown[*member]).collect();
    assert_eq!(
        json!(found),
        json!(["default-service-queue", "paused", 1, 0, 3, oldest, "classic"]),
        "{shown}"
    );
    assert_eq!(
        (&shown["paused"]["reason"], &shown["paused_types"][0]["type"]),
        (&json!("moving"), &json!("email"))
    );
    assert_eq!(shown["worker_list"][0]["types"], "t");
    assert_eq!(shown["lists"], json!([{"list": "/bookmarks/services/oada-jobs/jobs", "jobs": 1}]));
    let page = env.ok(&["queue", "show", "-o", "table"]);
    for text in ["paused since", ": moving", "email since", &oldest, "0 of 3 at once", "1 alive"] {
        assert!(page.contains(text), "{text:?} is not in\n{page}");
    }
    assert_eq!(env.ok(&["queue", "show", "-o", "name"]), "default-service-queue\n");
    env.run(&["queue", "show", "nowhere"]).failed(3, "nowhere", "queue ls");

    env.ok(&["store", "token", "add", "partner", "-o", "json"]);
    let token = env.path().join("home/.local/share/oada-jobs/token");
    let listed = ["queue", "add", "partner", "--domain", &url, "--token-file", token.to_str().unwrap()];
    env.ok(&listed);
    env.ok(&["queue", "resume", "partner"]);
    let shown = env.records(&["queue", "show", "partner"]).remove(0);
    assert_eq!((&shown["name"], &shown["state"]), (&json!("partner"), &json!("open")));
}

#[test]
fn a_token_is_shown_only_where_it_is_asked_for() {
    let (env, _store, url) = served();
    let token = std::fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let token = token.trim();
    env.file("token", token);
    env.ok(&["queue", "add", "partner", "--domain", &url, "--token-file", "token"]);
    for name in ["partner", "default-service-queue"] {
        let asked = env.records(&["queue", "show", name, "--show-token"]).remove(0);
        assert_eq!(asked["token"], token);
        assert_documented("queue show", &asked);
        assert!(env.ok(&["queue", "show", name, "--show-token", "-o", "table"]).contains(token));
        for format in ["json", "table"] {
            let silent = env.run(&["queue", "show", name, "-o", format]);
            assert!(silent.code == Some(0) && !silent.stdout.contains(token), "{silent:?}");
        }
    }
}

#[test]
fn queues_are_told_of_in_a_line_each_and_one_in_trouble_stops_none() {
    let (env, _store, _url) = served();
    env.post(&["t", "--set", "n=1"]);
    env.ok(&["serve", "--handler", "t=exit 3", "--once"]);
    env.post(&["t"]);
    env.file("token", "x");
    env.ok(&["queue", "add", "gone", "--domain", "http://127.0.0.1:1", "--token-file", "token"]);
    let stats = env.records(&["queue", "stats", "--request-timeout", "2s"]);
    assert_eq!(stats.len(), 2, "{stats:?}");
    assert_documented("queue stats", &stats[0]);
    let members = ["name", "state", "unfinished", "failure_today", "success_today", "problem"];
    let found: Vec<&Value> = members.iter().map(|member| &stats[0][*member]).collect();
    assert_eq!(json!(found), json!(["default-service-queue", "open", 1, 1, 0, null]), "{stats:?}");
    assert_eq!((&stats[1]["name"], &stats[1]["state"]), (&json!("gone"), &json!("error")));
    assert!(stats[1]["problem"].as_str().unwrap().contains("127.0.0.1:1"), "{stats:?}");
    env.run(&["queue", "stats", "gone", "--request-timeout", "2s"]).failed(6, "127.0.0.1:1", "check");
    assert!(
        env.ok(&["queue", "stats", "default-service-queue", "-o", "csv"])
            .starts_with("name,domain,state,unfinished,")
    );
}

#[test]
fn a_drained_queue_runs_nothing_and_takes_nothing() {
    let (env, _store, _url) = served();
    let worker = env.serve(&["--handler", "t=while [ ! -e go ]; do sleep 0.05; done"]);
    let running = env.post(&["t"]);
    env.ok(&["job", "wait", &running, "--for", "running"]);
    let late = env.run(&["queue", "drain", "--timeout", "1s"]);
    late.failed(124, "not drained within 1s", "queue resume");
    let waiting = env.post(&["t"]);
    let drained = thread::scope(|scope| {
        let draining = scope.spawn(|| env.run(&["queue", "drain", "--timeout", "50s"]));
        env.wait_for("the worker to say what it runs", || {
            let worker = env.records(&["worker", "ls"]).remove(0);
            (worker["running"] == 1).then_some(())
        });
        env.file("go", "");
        draining.join().unwrap()
    });
    assert_eq!(drained.code, Some(0), "{drained:?}");
    assert!(drained.stderr.contains("is paused already"), "{drained:?}");
    let record: Value = serde_json::from_str(&drained.stdout).unwrap();
    assert_documented("queue drain", &record);
    assert_eq!((&record["done"], &record["type"]), (&json!("drained"), &json!(null)));
    let status = |key: &str| env.records(&["job", "show", key])[0]["status"].clone();
    assert_eq!((status(&running), status(&waiting)), (json!("success"), json!("pending")));
    env.ok(&["queue", "resume"]);
    env.ok(&["job", "wait", &waiting]);
    drop(worker);
    // Nothing stands in the list any more, so there is nobody to wait for.
    env.ok(&["queue", "drain", "--timeout", "0s"]);
}

#[test]
fn one_type_is_drained_while_others_run() {
    let (env, _store, _url) = served();
    let _worker = env.serve(&["--handler", "slow=sleep 600", "--handler", "quick=true"]);
    let slow = env.post(&["slow"]);
    env.ok(&["job", "wait", &slow, "--for", "running"]);
    let drained = env.records(&["queue", "drain", "--type", "quick", "--timeout", "50s"]).remove(0);
    assert_eq!((&drained["done"], &drained["type"]), (&json!("drained"), &json!("quick")));
    let waiting = env.post(&["quick"]);
    assert_eq!(env.run(&["job", "wait", &waiting, "--timeout", "500ms"]).code, Some(124));
    env.run(&["queue", "drain", "--read-only"]).failed(4, "nothing may be changed", "-C NAME");
}

#[test]
fn a_drain_shows_on_a_terminal_what_it_waits_for() {
    let (env, _store, _url) = served();
    let _worker = env.serve(&["--handler", "t=while [ ! -e go ]; do sleep 0.05; done"]);
    let key = env.post(&["t"]);
    env.ok(&["job", "wait", &key, "--for", "running"]);
    let terminal = Terminal::start(env.command(&["queue", "drain"]), 100);
    terminal.shows("1 job still runs");
    env.file("go", "");
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("drained service oada-jobs"), "{drawn}");
}
