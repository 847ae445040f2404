//! Handlers by their contract: what they are given, and what their end comes to.

use std::fs;
use std::time::Duration;

use oada_jobs::engine::handler::{Outcome, OversizeMode, Resources, ResultMode, StdinMode};
use serde_json::json;

use crate::support::handler::Run;

#[tokio::test]
async fn the_simplest_script_works() {
    assert_eq!(Run::new().sh("echo hello").await.result(), json!({"output": "hello"}));
    assert_eq!(Run::new().sh("true").await.result(), json!({}));
    assert_eq!(Run::new().sh("/bin/true").await.result(), json!({}));
}

#[tokio::test]
async fn a_handler_is_given_the_job_and_its_facts() {
    let script = r#"
import json, os, sys
job = json.load(sys.stdin)
assert json.load(open(os.environ["OADA_JOB_FILE"])) == job
assert os.stat(os.environ["OADA_JOB_DIR"]).st_mode & 0o777 == 0o700
env = {k: v for k, v in os.environ.items() if k.startswith("OADA_") and k.count("_") >= 2}
print(json.dumps({"job": job, "env": env, "sid": os.getsid(0) == os.getpid()}))
"#;
    let run = Run::new().config(json!({"to": "x"})).timeout(Duration::from_secs(30));
    let result = run.python(script).await.result();
    let env = &result["env"];
    assert_eq!(result["sid"], true);
    for member in ["id", "key", "service", "attempt", "max_attempts", "queue", "domain"] {
        let given = &result["job"][member];
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        let name = if member == "domain" {
            "OADA_DOMAIN".to_owned()
        } else {
            format!("OADA_JOB_{}", member.to_uppercase())
        };
        assert!(member == "domain" || env[&name] == text, "{member}: {result}");
    }
    assert_eq!(result["job"]["type"], "email");
    assert_eq!(result["job"]["config"], json!({"to": "x"}));
    assert_eq!(env["OADA_JOB_TIMEOUT"], "30");
}

#[tokio::test]
async fn exit_codes_mean_what_the_contract_says() {
    let error = Run::new().sh("echo 'something odd' >&2; exit 3").await.error();
    assert_eq!(error.error_type.as_deref(), Some("exit-3"));
    assert_eq!(error.message, "it ended with exit code 3: something odd");
    let result = error.to_result();
    assert_eq!(
        (&result["exit"], &result["attempt"], &result["stderr"]),
        (&json!(3), &json!(2), &json!("something odd"))
    );
    assert!(result["duration"].is_number() && result["type"] == "exit-3" && result["JobError"] == "exit-3");

    let error = Run::new().sh("exit 65").await.error();
    assert!(error.permanent && error.error_type.as_deref() == Some("data"));
    let again = Run::new().sh("echo '{\"snooze\": 5}' >&3; exit 75").await.outcome;
    let Outcome::Again { delay, error } = again else { panic!("{again:?}") };
    assert_eq!((delay, error.error_type.as_deref()), (Some(Duration::from_secs(5)), Some("temporary")));
    assert_eq!(Run::new().sh("exit 99").await.result(), json!({"skipped": true}));
    let error = Run::new().sh("kill -KILL $$").await.error();
    assert_eq!((error.error_type.as_deref(), &error.details["signal"]), (Some("signal"), &json!("SIGKILL")));
    let remapped = Run::new().option(|options| {
        options.on_exit.insert(3, "skip".parse().unwrap());
    });
    assert_eq!(remapped.sh("exit 3").await.result(), json!({"skipped": true}));
}

#[tokio::test]
async fn a_handler_that_cannot_be_started_is_broken() {
    let reason = Run::new().sh("/no/such/program").await.broken();
    assert_eq!(reason, "/no/such/program was not found");
    assert!(Run::new().sh("no-such-program-either").await.broken().contains("was not found"));
    assert!(Run::new().sh("no-such-program; exit $?").await.broken().contains("127"));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plain");
    fs::write(&path, "echo").unwrap();
    assert!(Run::new().sh(path.to_str().unwrap()).await.broken().ends_with("is not executable"));
    assert!(Run::new().sh(&format!("{}; exit $?", path.display())).await.broken().contains("126"));
}

#[tokio::test]
async fn a_job_over_its_time_is_stopped_with_all_it_started() {
    let run = Run::new().timeout(Duration::from_millis(300));
    let details =
        run.sh("echo working >&2; sleep 1000 & (trap '' TERM; sleep 1000) & sleep 1000").await.stopped();
    assert_eq!(details["stderr"], "working");
}

#[tokio::test]
async fn results_come_from_the_best_channel() {
    let line =
        "echo log; echo '{\"result\": {\"from\": \"control\"}}' >&3; echo 1 > \"$OADA_JOB_RESULT_FILE\"";
    let done = Run::new().sh(line).await;
    assert_eq!(done.said("info"), ["log"]);
    assert_eq!(done.result(), json!({"from": "control"}));
    let done = Run::new().sh("echo log; echo 1 > \"$OADA_JOB_RESULT_FILE\"").await;
    assert_eq!(done.said("info"), ["log"]);
    assert_eq!(done.result(), json!({"value": 1}));
    let stdin = Run::new().config(json!({"to": "x"})).option(|options| options.stdin = StdinMode::Config);
    assert_eq!(stdin.sh("cat").await.result(), json!({"to": "x"}));
    let none =
        Run::new().option(|options| (options.stdin, options.result) = (StdinMode::None, ResultMode::None));
    assert_eq!(none.sh("cat; echo x").await.result(), json!({}));
    let cut = |oversize| {
        Run::new()
            .option(|options| (options.result_bytes, options.oversize) = (4, oversize))
            .sh("printf 0123456789")
    };
    assert_eq!(cut(OversizeMode::Truncate).await.result(), json!({"output": "6789", "truncated": 6}));
    assert_eq!(cut(OversizeMode::Fail).await.error().error_type.as_deref(), Some("result-too-large"));
}

#[tokio::test]
async fn what_a_handler_may_use_is_limited() {
    let limited = |resources| Run::new().option(|options| options.resources = resources);
    // The tests may be run nicely themselves.
    let own = rustix::process::nice(0).unwrap();
    let resources = Resources { memory: Some(1 << 30), cpu: Some(7), files: Some(64), nice: Some(3) };
    let result =
        limited(resources).sh("ulimit -v; ulimit -S -t; ulimit -H -t; ulimit -n; nice").await.result();
    assert_eq!(result, json!({"output": format!("1048576\n7\n12\n64\n{}", own + 3)}));
    let busy = limited(Resources { cpu: Some(1), ..Resources::default() });
    let error = busy.sh("while :; do :; done").await.error();
    assert_eq!(error.details["signal"], "SIGXCPU");
    let hungry = limited(Resources { memory: Some(64 << 20), ..Resources::default() });
    assert!(
        hungry
            .sh("head -c 100000000 /dev/zero | tail -c 99999999 | wc -c; exit 5")
            .await
            .error()
            .message
            .contains("5")
    );
    assert!(
        limited(Resources { nice: Some(1), ..Resources::default() })
            .sh("no-such-program")
            .await
            .broken()
            .contains("127")
    );
}
