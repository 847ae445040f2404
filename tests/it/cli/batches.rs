//! `serve --batch`: a command for several jobs at once, from the outside.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::env::{TestEnv, is_alive};

fn results(env: &TestEnv) -> Vec<Value> {
    env.records(&["job", "ls", "--all", "--status", "success"])
        .iter()
        .map(|job| job["result"].clone())
        .collect()
}

#[test]
fn the_example_adds_up_orders_together() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let keys: Vec<String> =
        (0..5).map(|n| env.post(&["order", &json!({"prices": [n, 1]}).to_string()])).collect();
    let refused = env.post(&["order", "{}"]);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/handlers/total_batch.py");
    let batch = format!("order={}", example.display());
    env.ok(&["serve", "--once", "--batch", &batch, "--batch-size", "6", "--batch-wait", "20s"]);
    for (n, key) in keys.iter().enumerate() {
        let job = env.records(&["job", "show", key]).remove(0);
        assert_eq!(job["result"], json!({"total": n + 1, "together": 6}));
    }
    let job = env.records(&["job", "show", &refused]).remove(0);
    assert_eq!((&job["status"], &job["error_type"]), (&json!("failure"), &json!("no-prices")));
}

#[test]
fn only_jobs_without_an_answer_are_tried_again() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    // Answers for the first line that it reads, and then fails.
    env.script(
        "one.sh",
        r#"read -r line; id=${line#*\"id\":\"}; id=${id%%\"*}
echo "$OADA_JOB_COUNT $OADA_JOB_QUEUE${OADA_JOB_ID:-}" >> runs
printf '{"id": "%s", "result": {"done": true}, "status": "ok"}\n' "$id"
[ "$OADA_JOB_COUNT" = 1 ] || { echo '{"snooze": 0.1}'; exit 75; }"#,
    );
    for _ in 0..3 {
        env.post(&["row"]);
    }
    env.ok(&["serve", "--once", "--batch", "row=./one.sh", "--batch-size", "3", "--batch-wait", "row=3s"]);
    assert_eq!(results(&env), vec![json!({"done": true}); 3]);
    let runs = fs::read_to_string(env.path().join("runs")).unwrap();
    let sizes: Vec<&str> = runs.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(sizes, ["3", "2", "1"], "{runs}");
}

#[test]
fn a_run_that_a_dead_worker_left_is_stopped_before_its_jobs_run_again() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("slow.sh", "if [ -e once ]; then exit 0; fi; echo $$ > pid; exec sleep 1000");
    let serve = ["--batch", "row=./slow.sh", "--batch-size", "2", "--batch-wait", "30s"];
    let mut worker = env.serve(&serve);
    for _ in 0..2 {
        env.post(&["row"]);
    }
    let pid: u32 = env.wait_for("the run to begin", || {
        fs::read_to_string(env.path().join("pid")).ok()?.trim().parse().ok()
    });
    worker.crash();
    assert!(is_alive(pid));
    env.file("once", "");
    let _heir = env.serve(&serve);
    env.wait_for_jobs(2, &["--status", "success"]);
    assert!(!is_alive(pid), "two runs of one job met");
}

#[test]
fn flags_of_others_say_nothing_to_a_batch() {
    let env = TestEnv::new();
    let slip = env.run(&["serve", "--batch", "t=cat", "--stdin", "t=none"]);
    slip.failed(2, "--stdin says nothing to \"t\", whose command is given with --batch", "contract");
    let slip = env.run(&["serve", "--handler", "t=cat", "--batch-size", "t=3"]);
    slip.failed(2, "--batch-size says nothing to \"t\"", "contract");
    let slip = env.run(&["serve", "--batch", "t=cat", "--batch-size", "0"]);
    assert!(slip.code == Some(2) && slip.stderr.contains("at least 1"), "{slip:?}");
}
