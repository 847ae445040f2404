//! Counting, ending, removing, moving and editing jobs.

use serde_json::{Value, json};

use crate::support::env::{Running, TestEnv};
use crate::support::terminal::Terminal;

/// Three jobs that failed, two that succeeded, one that waits.
fn some_jobs() -> (TestEnv, Running) {
    let env = TestEnv::new();
    let (store, _url) = env.serve_store(&[]);
    env.script("work.sh", "read -r job; case $job in *bad*) echo \"no host $$\" >&2; exit 3;; esac; echo ok");
    let lines: String = ["bad", "bad", "bad", "good", "good"]
        .iter()
        .map(|word| format!("{{\"type\": \"t\", \"config\": {{\"say\": \"{word}\"}}}}\n"))
        .collect();
    let posted = env.run_with(&["job", "post", "--ndjson"], &lines);
    assert_eq!((posted.code, posted.stdout.lines().count()), (Some(0), 5), "{posted:?}");
    env.ok(&["serve", "--handler", "t=./work.sh", "--once"]);
    env.post(&["later"]);
    (env, store)
}

#[test]
fn jobs_are_counted_and_failures_grouped() {
    let (env, _store) = some_jobs();
    let counted = |by: &str| -> Vec<(String, u64)> {
        let records = env.records(&["job", "count", "--by", by]);
        let pair =
            |record: &Value| (record["what"].as_str().unwrap().to_owned(), record["count"].as_u64().unwrap());
        records.iter().map(pair).collect()
    };
    let named = |pairs: &[(&str, u64)]| {
        pairs.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect::<Vec<_>>()
    };
    assert_eq!(counted("status"), named(&[("failure", 3), ("pending", 1), ("success", 2)]));
    assert_eq!(counted("type"), named(&[("later", 1), ("t", 5)]));
    assert_eq!(counted("error"), named(&[("-", 3), ("exit-3", 3)]));
    assert_eq!(counted("day").iter().map(|(_, count)| count).sum::<u64>(), 6);
    let today = format!("{:.10}", jiff::Timestamp::now().to_string());
    let days = env.records(&["failures", "--by", "day"]);
    assert!(days.iter().all(|group| group["type"].is_null() && group["error_type"].is_null()), "{days:?}");
    // A run that goes past midnight has two.
    assert!(days.len() == 1 && days[0]["day"] == today.as_str() || days.len() == 2, "{days:?}");
    assert!(env.ok(&["failures", "--by", "day,type", "-o", "table"]).starts_with("DAY"));
    let groups = env.records(&["failures"]);
    assert!(groups.iter().all(|group| group["day"].is_null()), "{groups:?}");
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert_eq!((&groups[0]["count"], &groups[0]["error_type"]), (&json!(3), &json!("exit-3")));
}

#[test]
fn logs_are_shown_whole_in_part_and_live() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("work.sh", "echo one >&2; echo 'warn: two' >&2; exit 4");
    let key = env.post(&["t"]);
    let mut live = env.spawn(&["job", "logs", &key, "--follow", "-o", "table"]);
    env.ok(&["serve", "--handler", "t=./work.sh", "--once"]);
    assert_eq!(live.ended().code(), Some(8));
    for line in ["started", "info  one", "warn  two", "failure  Runner finshed"] {
        assert!(live.stdout.text().contains(line), "{line:?} is not in\n{}", live.stdout.text());
    }
    assert_eq!(env.records(&["job", "logs", &key]).len(), 4);
    assert_eq!(env.records(&["job", "logs", &key, "--tail", "1"])[0]["status"], "failure");
    assert_eq!(env.ok(&["job", "logs", &key, "--stderr"]), "one\nwarn: two\n");
}

#[test]
fn logs_are_shown_since_a_time_and_of_one_run() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("work.sh", "echo \"run $OADA_JOB_ATTEMPT\" >&2; [ \"$OADA_JOB_ATTEMPT\" = 3 ] || { echo '{\"snooze\": \"10ms\"}' >&3; exit 75; }");
    let key = env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=./work.sh", "--retries", "3", "--once"]);
    let said = |more: &[&str]| -> Vec<String> {
        let records = env.records(&[&["job", "logs", &key], more].concat());
        records.iter().map(|record| format!("{} {}", record["status"], record["meta"])).collect()
    };
    for attempt in ["1", "2", "3"] {
        let said = said(&["--attempt", attempt]);
        let of_handler: Vec<_> = said.iter().filter(|line| line.starts_with("\"info\"")).collect();
        assert_eq!(of_handler, [&format!("\"info\" \"run {attempt}\"")], "{said:?}");
        assert_eq!(said.iter().any(|line| line.contains("again")), attempt != "3", "{said:?}");
    }
    let runs = ["1", "2", "3"].map(|attempt| said(&["--attempt", attempt]).len());
    assert_eq!(runs.iter().sum::<usize>(), said(&[]).len());
    assert_eq!(said(&["--attempt", "3", "--tail", "1"]), [said(&[]).pop().unwrap()]);
    assert_eq!((said(&["--since", "1h"]), said(&["--since", "2099-01-01"])), (said(&[]), Vec::new()));
    env.run(&["job", "logs", &key, "--attempt", "4"]).failed(3, "has no run 4: there were 3", "job show");
    env.run(&["job", "logs", &key, "--since", "soon"]).failed(2, "cannot use --since: \"soon\"", "10m");
    assert_eq!(env.run(&["job", "logs", &key, "--follow", "--since", "2099-01-01"]).stdout, "");
}

#[test]
fn jobs_are_cancelled_while_they_wait_and_while_they_run() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let waiting = env.post(&["t"]);
    let done = env.records(&["job", "cancel", &waiting, "--reason", "not today"]).remove(0);
    assert_eq!(done["done"], "cancelled");
    let job = env.records(&["job", "show", &waiting]).remove(0);
    assert_eq!((&job["error_type"], &job["error"]), (&json!("cancelled"), &json!("not today")));
    assert!(job["list"].as_str().unwrap().contains("jobs-failure"), "{job}");
    assert_eq!(env.records(&["job", "cancel", &waiting])[0]["done"], "already cancelled");
    assert_eq!(env.run(&["job", "wait", &waiting]).code, Some(9));

    let _worker = env.serve(&["--handler", "t=sleep 600"]);
    let running = env.post(&["t"]);
    env.ok(&["job", "wait", &running, "--for", "running"]);
    let done = env.records(&["job", "cancel", &running]).remove(0);
    assert_eq!(done["done"], "asked its worker");
    assert_eq!(env.run(&["job", "wait", &running]).code, Some(9));
}

#[test]
fn jobs_are_ended_by_hand() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let (good, bad) = (env.post(&["t"]), env.post(&["t"]));
    env.ok(&["job", "complete", &good, "--result", r#"{"by": "hand"}"#]);
    env.ok(&["job", "fail", &bad, "--error-type", "lost", "--message", "nobody knows"]);
    let shown = |key: &str| env.records(&["job", "show", key]).remove(0);
    assert_eq!(shown(&good)["result"], json!({"by": "hand"}));
    assert_eq!(shown(&bad)["error_type"], "lost");
    assert_eq!(env.run(&["job", "complete", &bad]).code, Some(5));
    assert!(env.records(&["job", "ls", "--status", "pending"]).is_empty());
}

#[test]
fn jobs_are_removed_by_name_and_by_what_they_are() {
    let (env, _store) = some_jobs();
    env.run(&["job", "rm", "--status", "failure"]).failed(2, "Remove 3 jobs?", "--yes");
    env.ok(&["job", "rm", "--status", "failure", "--yes"]);
    assert!(env.records(&["job", "ls", "--status", "failure"]).is_empty());
    let waiting = env.records(&["job", "ls", "--status", "pending"]).remove(0);
    let key = waiting["key"].as_str().unwrap();
    env.ok(&["job", "rm", key, "--resources"]);
    assert_eq!(env.run(&["job", "show", key]).code, Some(3));
    assert_eq!(env.records(&["job", "ls"]).len(), 2);
}

#[test]
fn exported_jobs_are_imported_once_with_what_they_were_given() {
    let (env, _store) = some_jobs();
    let exported = env.ok(&["job", "export", "--status", "failure"]);
    assert_eq!(exported.lines().count(), 3);
    let other = ["--data-dir", "other"];
    let import = [&["job", "import"], &other[..]].concat();
    assert_eq!(env.run_with(&import, &exported).stdout.lines().count(), 3);
    let again = env.run_with(&import, &exported);
    assert!(again.stderr.contains("imported 0 jobs, 3 were there already"), "{again:?}");
    let jobs = env.records(&[&["job", "ls"], &other[..]].concat());
    assert_eq!(jobs.len(), 3);
    for job in jobs {
        assert!(exported.contains(job["key"].as_str().unwrap()));
        assert_eq!((&job["status"], &job["config"]), (&json!("failure"), &json!({"say": "bad"})));
    }
    let partly = env.run_with(&["job", "post", "t", "--ndjson"], "{\"n\": 1}\n[]\nx\n");
    assert_eq!(partly.code, Some(7), "{partly:?}");
    assert!(
        partly.stderr.contains("line 2: it is no job") && partly.stdout.lines().count() == 1,
        "{partly:?}"
    );
}

#[test]
fn a_job_is_posted_again_with_another_config() {
    let env = TestEnv::new();
    let key = env.post(&["t", r#"{"a": {"b": 1, "c": 2}, "d": 3}"#, "--label", "team=x"]);
    assert_eq!(env.records(&["job", "show", &key])[0]["extra"], json!({"labels": {"team": "x"}}));
    let edited =
        env.records(&["job", "edit", &key, "--patch", r#"{"a": {"b": 5}}"#, "--set", "d=4"]).remove(0);
    let job = env.records(&["job", "show", edited["key"].as_str().unwrap()]).remove(0);
    assert_eq!(job["config"], json!({"a": {"b": 5, "c": 2}, "d": 4}));
    assert_eq!(job["retry_of"], format!("resources/{key}"));
    env.run(&["job", "edit", &key]).failed(2, "what to change is missing", "--set");
    let traced = env.post(&["t", "--trace-id", "order-17"]);
    assert_eq!(env.records(&["job", "show", &traced])[0]["config"], json!({"traceId": "order-17"}));
    let line = r#"{"traceId": "its own"}"#;
    let posted =
        env.run_with(&["job", "post", "t", "--ndjson", "--trace-id", "all"], &format!("{line}\n{{}}\n"));
    assert_eq!(posted.code, Some(0), "{posted:?}");
    let found = |id: &str| env.records(&["job", "ls", "--where", &format!("config.traceId={id}")]).len();
    assert_eq!((found("its own"), found("all"), found("order-17")), (1, 1, 1));
}

#[test]
fn what_has_ended_is_not_ended_again() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let cancelled = env.post(&["t"]);
    let cancel = |key: &str| env.records(&["job", "cancel", key]).remove(0)["done"].clone();
    assert_eq!((cancel(&cancelled), cancel(&cancelled)), (json!("cancelled"), json!("already cancelled")));
    let done = env.post(&["t"]);
    env.ok(&["job", "complete", &done]);
    for verb in ["cancel", "complete", "fail"] {
        env.run(&["job", verb, &done]).failed(5, "has ended: it is success", "job show");
    }
}

#[test]
fn what_was_edited_badly_is_kept() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let key = env.post(&["t", "--set", "secret=1"]);
    let edit = |script: &str| {
        env.script("editor", script);
        let mut command = env.command(&["job", "edit", &key]);
        command.env("EDITOR", "./editor").env("TMPDIR", env.path());
        Terminal::start(command, 200).ended()
    };
    let left = || {
        let files = std::fs::read_dir(env.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.to_str().unwrap().contains("oada-jobs-")).collect::<Vec<_>>()
    };
    let (code, drawn) = edit("stat -c %a \"$1\" > mode; sed -i s/1/2/ \"$1\"");
    assert!(code == Some(0) && drawn.contains("posted"), "{drawn}");
    assert_eq!(std::fs::read_to_string(env.path().join("mode")).unwrap().trim(), "600");
    assert_eq!(env.records(&["job", "show", "@last"])[0]["config"], json!({"secret": 2}));
    let (code, drawn) = edit("true");
    assert!(code == Some(0) && drawn.contains("nothing was changed") && left().is_empty(), "{drawn}");
    let (code, drawn) = edit("exit 1");
    assert!(code == Some(1) && drawn.contains("nothing was posted") && left().is_empty(), "{drawn}");
    let (code, drawn) = edit("echo '{\"long\": \"work\",}' > \"$1\"");
    assert!(code == Some(2) && drawn.contains("it is kept: mend it"), "{drawn}");
    assert!(std::fs::read_to_string(&left()[0]).unwrap().contains("work"));
    assert_eq!(env.records(&["job", "ls"]).len(), 2);
}

#[test]
fn jobs_are_chosen_by_label_attempt_and_age() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let labelled = env.post(&["t", "--label", "team=x", "--label", "n=1"]);
    env.post(&["t", "--label", "team=y"]);
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    env.post(&["t"]);
    let keys = |args: &[&str]| -> Vec<String> {
        env.ok(&[&["job", "ls", "-o", "ids"], args].concat()).lines().map(str::to_owned).collect()
    };
    assert_eq!(keys(&["--label", "team=x"]), [labelled.as_str()]);
    assert_eq!(keys(&["--label", "team=x", "--label", "n=1"]).len(), 1);
    assert!(keys(&["--label", "team=x", "--label", "n=2"]).is_empty());
    assert_eq!((keys(&["--attempt", "1"]).len(), keys(&["--attempt", "2"]).len()), (2, 0));
    assert_eq!((keys(&["--older-than", "0s"]).len(), keys(&["--older-than", "1h"]).len()), (3, 0));
    env.run(&["job", "ls", "--label", "team"]).failed(2, "cannot use --label", "name=value");
    env.run(&["job", "import", "missing.ndjson"]).failed(3, "cannot read missing.ndjson", "check the path");
}

#[test]
fn jobs_that_wait_for_their_next_attempt_are_told_from_those_that_run() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let waits = env.post(&["fails"]);
    let runs = env.post(&["runs"]);
    let _serving = env.serve(&[
        "--handler",
        r#"fails=echo '{"snooze": "1h"}' >&3; exit 75"#,
        "--handler",
        "runs=sleep 1000",
        "--concurrency",
        "2",
    ]);
    env.wait_for_jobs(2, &["--status", "running"]);
    let delayed = env.wait_for_jobs(1, &["--status", "delayed"]);
    assert_eq!((&delayed[0]["key"], &delayed[0]["attempt"]), (&json!(waits), &json!(2)));
    assert!(delayed[0]["next_attempt"].is_string());
    let running = env.records(&["job", "ls", "--status", "running"]);
    let runs = running.iter().find(|job| job["key"] == runs.as_str()).unwrap();
    assert_eq!(runs["next_attempt"], json!(null));
}
