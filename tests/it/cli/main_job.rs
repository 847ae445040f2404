//! The main job: a worker runs a command for each job, whatever dies.

use std::collections::BTreeMap;
use std::fs;

use rustix::process::Signal;
use serde_json::json;

use crate::support::env::{Ran, TestEnv, finish, is_alive};

/// The first command of the README, run in an empty folder.
#[test]
fn the_readmes_first_command_shows_successes_and_failures() {
    let env = TestEnv::new();
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = fs::read_to_string(format!("{root}/README.md")).unwrap();
    let first = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap().trim();
    let script = first.strip_prefix("sh ").unwrap();
    let mut command = env.program("sh", &[&format!("{root}/{script}")]);
    command.env("OADA_JOBS_BIN", env!("CARGO_BIN_EXE_oada-jobs"));
    let Ran { code, stdout, stderr } = finish(command);
    assert_eq!(code, Some(0), "{stdout}\n{stderr}");
    let part = |from: &str, to: &str| {
        let rest = stdout.split(from).nth(1).unwrap();
        rest.split(to).next().unwrap().to_owned()
    };
    let successes = part("$ oada-jobs job ls --status success\n", "\n$");
    assert_eq!(successes.matches(r#"{"attempt":1,"sent":true}"#).count(), 2, "{successes}");
    let failures = part("$ oada-jobs job ls --status failure\n", "\n$");
    assert_eq!(failures.matches("failure").count(), 1, "{failures}");
    assert!(failures.contains("exit-3") && failures.contains("nobody has no mailbox"), "{failures}");
    assert!(fs::read_dir(env.path()).unwrap().next().is_none(), "something was left behind");
}

#[test]
fn results_and_errors_are_kept_with_their_jobs() {
    let env = TestEnv::new();
    env.script(
        "work.sh",
        r#"read -r job; case $job in *bad*) echo 'error: no' >&2; exit 7;; esac; echo "$job""#,
    );
    let good = env.post(&["echo", r#"{"n": 1}"#]);
    let bad = env.post(&["echo", "--set", "say=bad"]);
    env.ok(&["serve", "--handler", "echo=./work.sh", "--once"]);
    let good = env.records(&["job", "show", &good]).remove(0);
    assert_eq!(good["status"], "success");
    assert_eq!(good["result"]["config"], json!({"n": 1}));
    assert!(good["list"].as_str().unwrap().contains("/jobs-success/day-index/"), "{good}");
    let bad = env.records(&["job", "show", &bad]).remove(0);
    assert_eq!((&bad["status"], &bad["error_type"]), (&json!("failure"), &json!("exit-7")));
    let updates: Vec<&str> =
        bad["updates"].as_array().unwrap().iter().map(|update| update["status"].as_str().unwrap()).collect();
    assert_eq!(updates, ["started", "error", "failure"]);
}

#[test]
fn jobs_posted_while_no_worker_runs_are_run_by_the_next_in_both_layouts() {
    for layout in ["classic", "current"] {
        let env = TestEnv::new();
        env.post(&["t", "--layout", layout]);
        env.post(&["t"]);
        let mut worker = env.serve(&["--handler", "t=echo done"]);
        let jobs = env.wait_for_jobs(2, &["--status", "success"]);
        assert_eq!(jobs[0]["result"], json!({"output": "done"}));
        worker.signal(Signal::TERM);
        assert_eq!(worker.ended().code(), Some(0));
        let list = env.records(&["job", "show", "@last"])[0]["list"].as_str().unwrap().to_owned();
        assert_eq!(list.contains("/jobs/success/"), layout == "current", "{list}");
    }
}

#[test]
fn a_handler_over_its_time_leaves_no_process_and_a_failure_typed_timeout() {
    let env = TestEnv::new();
    env.script("hang.sh", "sleep 600 & echo $! > grandchild; echo $$ > child; wait");
    let key = env.post(&["hang"]);
    env.ok(&["serve", "--handler", "hang=./hang.sh", "--timeout", "hang=1s", "--once"]);
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!((&job["status"], &job["error_type"]), (&json!("failure"), &json!("timeout")));
    for name in ["child", "grandchild"] {
        let pid = fs::read_to_string(env.path().join(name)).unwrap().trim().parse().unwrap();
        assert!(!is_alive(pid), "{name} is still there");
    }
}

#[test]
fn a_worker_killed_in_the_middle_of_fifty_jobs_loses_none_and_files_none_twice() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("work.sh", "sleep 0.05; echo \"$OADA_JOB_KEY\"");
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| (0..10).for_each(|_| drop(env.post(&["work"]))));
        }
    });
    let serve = ["--handler", "work=./work.sh", "--concurrency", "4"];
    let mut worker = env.serve(&serve);
    env.wait_for("some jobs to be done", || {
        (env.records(&["job", "ls", "--status", "success", "-o", "ndjson"]).len() >= 10).then_some(())
    });
    worker.crash();
    let _second = env.serve(&serve);
    let jobs = env.wait_for_jobs(50, &["--status", "success"]);
    assert_eq!(env.records(&["job", "ls"]).len(), 50, "a job stands in two lists");
    let by_key: BTreeMap<&str, &str> = jobs
        .iter()
        .map(|job| (job["key"].as_str().unwrap(), job["result"]["output"].as_str().unwrap()))
        .collect();
    assert_eq!(by_key.len(), 50);
    assert!(by_key.iter().all(|(key, output)| key == output));
}

#[test]
fn the_first_signal_lets_a_job_end_and_the_second_gives_it_back() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("work.sh", "touch running; while [ ! -e go ]; do sleep 0.05; done; echo done");
    let key = env.post(&["work"]);
    let wait_until_running =
        || env.wait_for("the handler", || env.path().join("running").exists().then_some(()));
    let status = || env.records(&["job", "show", &key])[0]["status"].as_str().unwrap().to_owned();

    let mut worker = env.serve(&["--handler", "work=./work.sh"]);
    wait_until_running();
    worker.signal(Signal::INT);
    worker.stderr.line_with("taking no more jobs");
    worker.signal(Signal::INT);
    assert_eq!(worker.ended().code(), Some(130));
    assert_eq!(status(), "pending");

    fs::remove_file(env.path().join("running")).unwrap();
    let mut worker = env.serve(&["--handler", "work=./work.sh"]);
    wait_until_running();
    worker.signal(Signal::TERM);
    worker.stderr.line_with("taking no more jobs");
    env.file("go", "");
    assert_eq!(worker.ended().code(), Some(0));
    assert_eq!(status(), "success");
}

#[test]
fn a_queue_added_while_the_worker_runs_is_served_with_its_own_token() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let token = env.records(&["store", "token", "add", "second", "--user", "second"]).remove(0);
    let token = token["token"].as_str().unwrap().to_owned();
    env.file("second.token", &token);
    let mut worker = env.serve(&["--handler", "who=cat", "--unknown", "fail"]);
    let as_second =
        |args: &[&str]| env.records(&[args, &["--domain", &url, "--token-file", "second.token"]].concat());
    let posted = as_second(&["job", "post", "who", r#"{"of": "second"}"#]).remove(0);
    assert!(env.records(&["job", "ls"]).is_empty(), "the users share their jobs");
    let added = env.ok(&["queue", "add", "second", "--domain", &url, "--token-file", "second.token"]);
    assert!(added.contains("added"));
    worker
        .stderr
        .line_where("queue second", |line| line.contains("queue started") && line.contains("second"));
    let job = as_second(&["job", "wait", posted["key"].as_str().unwrap()]).remove(0);
    assert_eq!(job["result"]["config"], json!({"of": "second"}));
    assert_eq!(job["result"]["queue"], "second");

    let listed = env.ok(&["queue", "ls"]);
    assert!(listed.contains("second") && !listed.contains(&token));
    env.ok(&["queue", "rm", "second"]);
    worker
        .stderr
        .line_where("queue stopped", |line| line.contains("queue stopped") && line.contains("second"));
    assert!(!worker.stderr.text().contains(&token));
    worker.signal(Signal::TERM);
    assert_eq!(worker.ended().code(), Some(0));
}

#[test]
fn a_handler_is_told_where_the_embedded_store_is() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=echo \"$OADA_DOMAIN\"", "--once"]);
    let jobs = env.records(&["job", "ls", "--status", "success"]);
    let told = jobs[0]["result"]["output"].as_str().unwrap();
    assert!(told.starts_with("http://127.0.0.1:"), "{told}");
}
