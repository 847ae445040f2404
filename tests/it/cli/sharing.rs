//! Commands that meet on one data folder.

use rustix::process::Signal;
use serde_json::json;

use crate::support::env::TestEnv;

#[test]
fn twenty_posts_at_once_on_a_folder_that_nobody_holds_all_succeed() {
    let env = TestEnv::new();
    std::thread::scope(|scope| {
        for n in 0..20 {
            let env = &env;
            scope.spawn(move || env.post(&["t", "--set", &format!("n={n}")]));
        }
    });
    let jobs = env.records(&["job", "ls", "--status", "pending"]);
    let mut numbers: Vec<u64> = jobs.iter().map(|job| job["config"]["n"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
}

#[test]
fn a_post_while_a_watch_holds_the_folder_succeeds_and_the_watch_goes_on() {
    let env = TestEnv::new();
    let key = env.post(&["t"]);
    let mut watch = env.spawn(&["job", "watch", &key]);
    watch.stdout.line_with(r#""status":"pending""#);
    let other = env.post(&["t"]);
    assert_ne!(key, other);
    env.ok(&["serve", "--handler", "t=echo done", "--once"]);
    watch.stdout.line_with(r#""event":"ended""#);
    assert_eq!(watch.ended().code(), Some(0));
}

#[test]
fn a_watch_goes_on_when_the_process_that_held_the_folder_is_killed() {
    let env = TestEnv::new();
    let key = env.post(&["t"]);
    let (mut store, _url) = env.serve_store(&[]);
    let mut watch = env.spawn(&["job", "watch", &key]);
    watch.stdout.line_with(r#""status":"pending""#);
    store.crash();
    env.ok(&["serve", "--handler", "t=echo done", "--once"]);
    watch.stdout.line_with(r#""event":"ended""#);
    assert_eq!(watch.ended().code(), Some(0));
}

#[test]
fn a_worker_goes_on_when_the_process_that_held_the_folder_ends() {
    let env = TestEnv::new();
    let (mut store, _url) = env.serve_store(&[]);
    let _worker = env.serve(&["--handler", "t=echo done"]);
    store.signal(Signal::TERM);
    assert_eq!(store.ended().code(), Some(0));
    env.post(&["t"]);
    let jobs = env.wait_for_jobs(1, &["--status", "success"]);
    assert_eq!(jobs[0]["result"], json!({"output": "done"}));
}

#[test]
fn tokens_are_made_listed_and_removed_whoever_serves_the_store() {
    let env = TestEnv::new();
    let made = env.records(&["store", "token", "add", "mine"]).remove(0);
    let (_store, url) = env.serve_store(&[]);
    let token = made["token"].as_str().unwrap();
    env.file("mine.token", token);
    let as_mine = ["job", "ls", "--domain", &url, "--token-file", "mine.token"];
    assert_eq!(env.run(&as_mine).code, Some(0));
    let listed = env.ok(&["store", "token", "ls"]);
    assert!(listed.contains("mine") && !listed.contains(token));
    env.ok(&["store", "token", "rm", made["id"].as_str().unwrap()]);
    env.run(&as_mine).failed(4, "does not accept the token", "--token-file");
}
