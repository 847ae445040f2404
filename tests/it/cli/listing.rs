//! How results are written.

use std::process::Stdio;

use serde_json::Value;

use crate::support::env::{TestEnv, finish};

fn three_jobs() -> TestEnv {
    let env = TestEnv::new();
    for n in 1..=3 {
        env.post(&["t", "--set", &format!("n={n}"), "--set", "text=a fairly long text to be cut somewhere"]);
    }
    env
}

#[test]
fn each_format_is_what_it_says() {
    let env = three_jobs();
    let list = |format: &str| env.ok(&["job", "ls", "-o", format]);
    let json: Vec<Value> = serde_json::from_str(&list("json")).unwrap();
    assert_eq!(json.len(), 3);
    assert_eq!(env.ok(&["job", "ls", "--json"]), list("json"));
    let ndjson: Vec<Value> = list("ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ndjson, json);
    let keys: Vec<&str> = json.iter().map(|job| job["key"].as_str().unwrap()).collect();
    assert_eq!(list("name").lines().collect::<Vec<_>>(), keys);
    assert!(list("csv").starts_with("key,type,status,"));
    assert_eq!(env.ok(&["job", "ls", "-o", "csv", "--no-headers"]).lines().count(), 3);
    assert_eq!(list("yaml").matches("status: pending").count(), 3);
    let table = list("table");
    assert!(table.starts_with("KEY ") && table.lines().count() == 4, "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    let narrow = {
        let mut command = env.command(&["job", "ls", "-o", "wide"]);
        command.env("COLUMNS", "60");
        finish(command).stdout
    };
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    assert!(!env.ok(&["job", "ls", "-o", "table", "--color", "never"]).contains('\u{1b}'));
    assert!(env.ok(&["job", "ls", "-o", "table", "--color", "always"]).contains('\u{1b}'));
}

#[test]
fn nothing_is_an_empty_result_and_a_word_on_stderr() {
    let env = TestEnv::new();
    assert_eq!(env.ok(&["job", "ls", "-o", "json"]), "[]\n");
    assert_eq!(env.ok(&["job", "ls"]), "");
    let table = env.run(&["job", "ls", "-o", "table"]);
    assert_eq!(table.stdout, "");
    assert!(table.stderr.contains("no jobs in /bookmarks/services/oada-jobs"), "{table:?}");
    assert_eq!(env.run(&["job", "ls", "-o", "table", "--quiet"]).stderr, "");
}

#[test]
fn filters_choose_and_limits_say_so() {
    let env = three_jobs();
    assert_eq!(env.records(&["job", "ls", "--where", "config.n>=2"]).len(), 2);
    assert_eq!(env.records(&["job", "ls", "--type", "x*"]).len(), 0);
    assert_eq!(env.records(&["job", "ls", "--status", "success,failure"]).len(), 0);
    assert_eq!(env.records(&["job", "ls", "--since", "1h", "--until", "now"]).len(), 3);
    assert_eq!(env.records(&["job", "ls", "--until", "1h"]).len(), 0);
    let cut = env.run(&["job", "ls", "--limit", "2"]);
    assert_eq!(cut.stdout.lines().count(), 2);
    assert!(cut.stderr.contains("the first 2 are shown"), "{cut:?}");
}

#[test]
fn jobs_are_named_in_many_ways() {
    let env = three_jobs();
    // Later than the others by less than keys tell.
    let newest = &env.post(&["last"]);
    let named =
        |selector: &str| env.records(&["job", "show", selector])[0]["key"].as_str().unwrap().to_owned();
    let path = format!("/bookmarks/services/oada-jobs/jobs/{newest}");
    for selector in [newest.as_str(), &newest[..24], &format!("resources/{newest}"), &path, "@last"] {
        assert_eq!(named(selector), *newest, "{selector}");
    }
    let keys = env.ok(&["job", "ls", "-o", "name"]);
    let shown = env.run_with(&["job", "show", "-"], &keys);
    assert_eq!(shown.stdout.lines().count(), 4);
    let records = env.ok(&["job", "ls"]);
    assert_eq!(env.run_with(&["job", "show", "-", "-o", "name"], &records).stdout, keys);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let env = three_jobs();
    let mut child = env.command(&["job", "ls"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
