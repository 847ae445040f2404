//! Waiting for jobs, and what comes of them.

use serde_json::{Value, json};

use crate::support::env::TestEnv;

const HANDLER: [&str; 2] = ["--handler", "t=./work.sh"];
const WORK: &str = r#"
echo '{"progress": 0.5, "message": "half"}' >&3
echo said >&2
read -r job
case $job in *bad*) exit 9;; esac
echo '{"ok": true}'"#;

#[test]
fn a_watch_tells_status_updates_progress_and_result() {
    let env = TestEnv::new();
    env.script("work.sh", WORK);
    let (_store, _url) = env.serve_store(&[]);
    let key = env.post(&["t"]);
    let mut watch = env.spawn(&["job", "watch", &key[..20]]);
    watch.stdout.line_with("pending");
    env.ok(&[&["serve", "--once"], HANDLER.as_slice()].concat());
    assert_eq!(watch.ended().code(), Some(0));
    let events: Vec<Value> =
        watch.stdout.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let has = |event: &str, member: &str, value: Value| {
        events.iter().any(|told| told["event"] == event && told.pointer(member) == Some(&value))
    };
    assert!(has("status", "/status", json!("running")), "{events:?}");
    assert!(has("progress", "/fraction", json!(0.5)), "{events:?}");
    assert!(has("update", "/update/meta", json!("said")), "{events:?}");
    assert_eq!(events.last().unwrap()["result"], json!({"ok": true}));
    assert!(events.iter().all(|event| event["key"] == key.as_str()));
}

#[test]
fn posting_and_waiting_ends_as_the_job_does() {
    let env = TestEnv::new();
    env.script("work.sh", WORK);
    let _worker = env.serve(&HANDLER);
    let good = env.run(&["job", "post", "t", "--wait"]);
    assert_eq!(good.code, Some(0), "{good:?}");
    assert_eq!(serde_json::from_str::<Value>(&good.stdout).unwrap()["result"], json!({"ok": true}));
    let bad = env.run(&["job", "post", "t", "--set", "say=bad", "--wait"]);
    assert_eq!(bad.code, Some(8), "{bad:?}");
    let bad: Value = serde_json::from_str(&bad.stdout).unwrap();
    assert_eq!(bad["error_type"], "exit-9");
    let key = bad["key"].as_str().unwrap();
    assert_eq!(env.run(&["job", "watch", key]).code, Some(8));
    assert_eq!(env.run(&["job", "wait", key]).code, Some(8));
    assert_eq!(env.run(&["job", "wait", key, "--for", "failure"]).code, Some(0));
    assert_eq!(env.run(&["job", "wait", key, "--for", "success"]).code, Some(8));
    let done = serde_json::from_str::<Value>(&good.stdout).unwrap()["key"].as_str().unwrap().to_owned();
    env.run(&["job", "wait", &done, "--for", "failure"]).failed(1, "waited for to fail", "job show");
    for command in [&["job", "wait", key][..], &["job", "watch", key], &["job", "logs", "-f", key]] {
        assert_eq!(env.run(&[command, &["--no-exit-status"]].concat()).code, Some(0), "{command:?}");
    }
    let followed = env.run(&["job", "post", "t", "--follow"]);
    assert!(followed.code == Some(0) && followed.stdout.contains("\"ended\""), "{followed:?}");
}

#[test]
fn a_wait_that_takes_too_long_ends_and_the_job_stays() {
    let env = TestEnv::new();
    let waited = env.run(&["job", "post", "t", "--wait", "--wait-timeout", "300ms"]);
    waited.failed(124, "not ended within 0.3s", "job watch");
    assert_eq!(env.records(&["job", "ls", "--status", "pending"]).len(), 1);
    env.run(&["job", "wait", "@last", "--timeout", "100ms"]).failed(124, "not ended", "job watch");
}

#[test]
fn a_failed_job_is_retried_once_however_often_it_is_asked_for() {
    let env = TestEnv::new();
    env.script("work.sh", WORK);
    let key = env.post(&["t", "--set", "say=bad"]);
    env.run(&["job", "retry", &key]).failed(5, "has not ended", "job watch");
    env.ok(&[&["serve", "--once"], HANDLER.as_slice()].concat());
    let first = env.records(&["job", "retry", &key]).remove(0);
    assert_eq!((&first["done"], &first["retry_of"]), (&json!("retried"), &json!(key)));
    let second = env.records(&["job", "retry", &key]).remove(0);
    assert_eq!((&second["done"], &second["key"]), (&json!("already retried"), &first["key"]));
    let jobs = env.records(&["job", "ls", "--status", "pending"]);
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["config"], json!({"say": "bad"}));
    assert_eq!(env.records(&["job", "show", &key])[0]["retried_as"], first["key"]);
}

#[test]
fn jobs_are_retried_with_another_config_and_waited_for() {
    let env = TestEnv::new();
    env.script("work.sh", WORK);
    let (_store, _url) = env.serve_store(&[]);
    let keys = [0, 1].map(|n| env.post(&["t", "--set", "say=bad", "--set", &format!("n={n}")]));
    let _worker = env.serve(&HANDLER);
    for key in &keys {
        env.run(&["job", "wait", key]);
    }
    let retry = |more: &[&str]| env.run(&[&["job", "retry", "--yes", "--wait"], more].concat());
    // What is wrong with the change is told before anything is done.
    retry(&[&keys[0], "--set", "=x"]).failed(2, "--set", "--set name=value");
    retry(&[&keys[0], "--set", "say.deep=x"]).failed(2, "is not an object", "as a whole");
    assert_eq!(env.records(&["job", "ls"]).len(), 2);
    let failed = retry(&["--status", "failure", "--wait-timeout", "60s"]);
    assert_eq!((failed.code, failed.stdout.lines().count()), (Some(8), 2), "{failed:?}");
    let mended =
        retry(&["--status", "failure", "--set", "say=good", "--patch", "{\"n\": null, \"more\": 1}"]);
    assert_eq!((mended.code, mended.stdout.lines().count()), (Some(0), 2), "{mended:?}");
    for line in mended.stdout.lines() {
        let job: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&job["status"], &job["config"]),
            (&json!("success"), &json!({"say": "good", "n": null, "more": 1}))
        );
        assert!(job["retry_of"].is_string(), "{job}");
    }
    env.ok(&["queue", "pause"]);
    let late = retry(&[&keys[0], "--again", "--wait-timeout", "1s"]);
    late.failed(124, "not ended within 1s", "job watch");
    assert_eq!(env.run(&["job", "retry", &keys[0], "--wait-timeout", "1s"]).code, Some(2));
}

#[test]
fn many_are_retried_by_what_they_are_after_a_look_and_a_yes() {
    let env = TestEnv::new();
    env.script("work.sh", WORK);
    let (_store, _url) = env.serve_store(&[]);
    for n in 0..4 {
        env.post(&["t", "--set", &format!("say={}", if n == 0 { "good" } else { "bad" })]);
    }
    env.ok(&[&["serve", "--once"], HANDLER.as_slice()].concat());
    let failures = ["job", "retry", "--error", "exit-*", "--where", "config.say=bad"];
    let planned = env.run(&[&failures[..], &["--dry-run"]].concat());
    assert_eq!((planned.code, planned.stdout.lines().count()), (Some(0), 3), "{planned:?}");
    assert!(planned.stderr.contains("would retry 3 jobs; nothing was done"), "{planned:?}");
    env.run(&failures).failed(2, "Retry 3 jobs?", "--yes");
    assert!(env.records(&["job", "ls", "--status", "pending"]).is_empty());
    let done = env.run(&[&failures[..], &["--yes", "--rate", "100"]].concat());
    assert_eq!((done.code, done.stdout.lines().count()), (Some(0), 3), "{done:?}");
    let again = env.run(&[&failures[..], &["--yes"]].concat());
    assert!(again.code == Some(0) && again.stdout.is_empty(), "{again:?}");
    assert_eq!(env.records(&["job", "ls", "--status", "pending"]).len(), 3);
    env.run(&["job", "retry"]).failed(2, "no jobs to retry are named", "--status failure");
    let some = env.run(&["job", "retry", "no-such-job", "@last"]);
    assert_eq!(some.code, Some(7), "{some:?}");
}
