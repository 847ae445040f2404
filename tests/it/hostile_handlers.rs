//! Handlers that do all they can: each job still comes to what the contract says, and nothing of them stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use oada_jobs::engine::handler::{Orphans, Outcome, OversizeMode, Program, StdinMode};
use serde_json::json;

use crate::support::handler::{Run, marked};

const SOON: Duration = Duration::from_millis(300);

#[tokio::test]
async fn never_reads_its_input() {
    let big = || Run::new().config(json!({"text": "x".repeat(10_000_000)}));
    assert_eq!(big().sh("echo done").await.result(), json!({"output": "done"}));
    let config = |options: &mut oada_jobs::engine::handler::ShellOptions| options.stdin = StdinMode::Config;
    assert_eq!(big().option(config).sh("echo done").await.result(), json!({"output": "done"}));
    assert_eq!(big().option(config).sh("exec <&-; echo done").await.result(), json!({"output": "done"}));
    assert_eq!(big().option(config).sh("wc -c").await.result(), json!({"value": 10_000_012}));
}

#[tokio::test]
async fn closes_its_output_at_once() {
    assert_eq!(Run::new().sh("exec >&- 2>&-; sleep 0.2").await.result(), json!({}));
}

#[tokio::test]
async fn prints_a_gigabyte() {
    let error = Run::new().sh("head -c 1000000000 /dev/zero").await.error();
    assert_eq!(error.error_type.as_deref(), Some("result-too-large"));
    let truncate = |options: &mut oada_jobs::engine::handler::ShellOptions| {
        options.oversize = OversizeMode::Truncate;
    };
    let result = Run::new().option(truncate).sh("head -c 100000000 /dev/zero; echo end").await.result();
    assert_eq!(result["truncated"], 100_000_004 - (1 << 20));
    assert!(result["output"].as_str().unwrap().ends_with("\0end"));

    let done =
        Run::new().sh("yes 'a line' | head -c 1000000000 >&2; echo >&2; echo 'the end' >&2; exit 1").await;
    let kept: usize = done.said("info").iter().map(String::len).sum();
    assert!(kept < 2 << 20, "{kept}");
    assert!(done.said("warn")[0].contains("bytes of log were left out"), "{:?}", done.said("warn"));
    assert_eq!(done.said("info").last().unwrap(), "the end");
    assert!(done.error().message.ends_with(": the end"));
}

#[tokio::test]
async fn prints_what_is_no_text() {
    assert_eq!(Run::new().sh(r"printf 'caf\303'").await.result(), json!({"output": "caf\u{fffd}"}));
    let quoted = Run::new().sh(r#"printf '{"a": "caf\303"}'"#).await.result();
    assert_eq!(quoted, json!({"a": "caf\u{fffd}"}));
    assert_eq!(Run::new().sh(r"printf 'a\000b'").await.result(), json!({"output": "a\0b"}));
    let done = Run::new().sh(r"printf 'half \303\nnul \000\n' >&2; printf '\303\n' >&3").await;
    assert_eq!(done.said("info"), ["half \u{fffd}", "nul \0"]);
    assert_eq!(done.said("warn").len(), 1);
}

#[tokio::test]
async fn prints_a_megabyte_on_one_line() {
    let result = Run::new().sh("head -c 1000000 /dev/zero | tr '\\0' x").await.result();
    assert_eq!(result["output"].as_str().unwrap().len(), 1_000_000);
    let done = Run::new().sh("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo next >&2").await;
    let lines = done.said("info");
    assert!(lines[0].ends_with("… (934464 bytes more)") && lines[0].len() < 66_000);
    assert_eq!(lines[1], "next");
}

#[tokio::test]
async fn prints_deeply_nested_json_and_values_that_are_no_objects() {
    let deep = "import sys; d = '['*10000 + ']'*10000; print(d); print('{\"result\": ' + d + '}', file=open(3, 'w'))";
    let done = Run::new().python(deep).await;
    assert_eq!(done.said("warn").len(), 1);
    assert_eq!(done.result()["output"].as_str().unwrap().len(), 20_000);
    assert_eq!(Run::new().sh("printf 7").await.result(), json!({"value": 7}));
    assert_eq!(Run::new().sh("printf '[1,2]'").await.result(), json!({"value": [1, 2]}));
    assert_eq!(Run::new().sh("printf 1e999").await.result(), json!({"output": "1e999"}));
}

#[tokio::test]
async fn leaves_processes_that_hold_its_output() {
    let started = Instant::now();
    let done = Run::new().sh("sleep 1000 & (sleep 1000 &) ; echo done").await;
    assert_eq!(done.said("warn"), ["processes that outlived the handler were killed"]);
    assert_eq!(done.result(), json!({"output": "done"}));
    assert!(started.elapsed() < Duration::from_secs(20), "the output was waited for");
}

#[tokio::test]
async fn leaves_processes_that_may_stay_or_are_waited_for() {
    let orphans = |orphans| Run::new().option(|options| options.orphans = orphans);
    let done = orphans(Orphans::Wait).sh("(sleep 0.5; echo late) & echo early").await;
    assert_eq!(done.result(), json!({"output": "early\nlate"}));
    let stopped = orphans(Orphans::Wait).timeout(SOON).sh("sleep 1000 >/dev/null 2>&1 & echo early").await;
    stopped.stopped();
    let done = orphans(Orphans::Ignore).sh("sleep 3 >/dev/null 2>&1 & echo early").await;
    assert_eq!(marked(&done.mark).len(), 1);
}

#[tokio::test]
async fn makes_daemons_and_is_stopped() {
    let daemons = r#"
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
if os.fork() == 0:
    os.setsid()
    time.sleep(1000)
time.sleep(1000)
"#;
    Run::new().timeout(Duration::from_secs(1)).python(daemons).await.stopped();
}

/// Being given the orphans of all descendants is for a program that does nothing else, so these run in one.
#[test]
fn what_leaves_the_session_is_found_too() {
    let inner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "--test-threads=1", "--exact"])
        .arg("hostile_handlers::strays_are_found_by_whoever_adopts_orphans")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&inner.stdout) + String::from_utf8_lossy(&inner.stderr);
    assert!(inner.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
#[ignore = "run by what_leaves_the_session_is_found_too, in a process of its own"]
async fn strays_are_found_by_whoever_adopts_orphans() {
    assert!(oada_jobs::process::adopt_orphans());
    let strays = [
        "setsid sleep 1000 >/dev/null 2>&1 & echo done",
        "setsid sh -c 'setsid sleep 1000 & sleep 1000' & sleep 0.3; echo done",
        "(setsid sh -c 'sleep 1000; true' >/dev/null 2>&1 &) ; sleep 0.2; echo done",
    ];
    for stray in strays {
        let done = Run::new().sh(stray).await;
        assert_eq!(done.said("warn"), ["processes that outlived the handler were killed"], "{stray}");
        assert_eq!(done.result(), json!({"output": "done"}), "{stray}");
    }
    // One that is never long enough the same process to be killed after being looked for.
    let hopper = r#"
import os, sys, time
if os.fork() == 0:
    os.setsid()
    for _ in range(20000):
        if os.fork() != 0:
            os._exit(0)
        os.setsid()
else:
    time.sleep(0.2)
    print("done")
"#;
    assert_eq!(Run::new().python(hopper).await.result(), json!({"output": "done"}));
    // Many at once keep their own exit codes, whoever reaps what in between.
    let many = (0..40).map(|n| async move {
        let error =
            Run::new().sh(&format!("(setsid sleep 0.05 &); sleep 0.0{n}; exit {}", n + 1)).await.error();
        assert_eq!(error.error_type, Some(format!("exit-{}", n + 1)));
    });
    futures_util::future::join_all(many).await;
    // A stray that ended after the last look is reaped by the next.
    let pid = std::process::id();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        Run::new().sh("true").await.result();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        if children.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "zombies stay: {children}");
    }
}

#[tokio::test]
async fn ignores_the_signal_to_stop() {
    let run = Run::new().timeout(SOON);
    let details = run.sh("trap '' TERM; (trap '' TERM; sleep 1000) & sleep 1000; sleep 1000").await.stopped();
    assert_eq!((&details["killed"], &details["signal"]), (&json!(true), &json!("SIGKILL")));
}

#[tokio::test]
async fn cleans_up_when_asked_to_stop() {
    let run = Run::new().timeout(SOON);
    let details = run.sh("trap 'echo bye >&2; exit 4' TERM; sleep 1000 & wait").await.stopped();
    assert_eq!(
        (&details["exit"], &details["stderr"], details.get("killed")),
        (&json!(4), &json!("bye"), None)
    );
}

#[tokio::test]
async fn forks_as_fast_as_it_can() {
    // Each lineage is another process at each moment, and none of them hears the signal to stop.
    let lineages = "
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        while True:
            if os.fork() != 0: os._exit(0)
time.sleep(1000)
";
    Run::new().timeout(Duration::from_secs(1)).python(lineages).await.stopped();
}

#[tokio::test]
async fn suspends_itself() {
    Run::new().timeout(SOON).sh("kill -STOP $$").await.stopped();
    Run::new().timeout(SOON).sh("trap 'exit 0' TERM; kill -STOP $$; sleep 1000").await.stopped();
}

#[tokio::test]
async fn deletes_its_directory_or_closes_it() {
    let result = Run::new().sh("rm -rf \"$OADA_JOB_DIR\"; cat | wc -l").await.result();
    assert_eq!(result, json!({"value": 1}));
    let dir = tempfile::tempdir().unwrap();
    let run = Run::new().option(|options| options.work_dir = Some(dir.path().to_owned()));
    run.sh("cd \"$OADA_JOB_DIR\"; mkdir -p a/b; touch a/b/c; chmod 000 a/b a .").await.result();
    let deadline = Instant::now() + Duration::from_secs(10);
    while fs::read_dir(dir.path()).unwrap().count() > 0 {
        assert!(Instant::now() < deadline, "the directory stays");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn fills_the_control_channel() {
    let done = Run::new()
        .sh("yes | head -c 20000000 >&3; yes x | tr -d '\\n' | head -c 3000000 >&3; echo done")
        .await;
    assert_eq!(done.said("warn").len(), 10);
    assert_eq!(done.result(), json!({"output": "done"}));
}

#[tokio::test]
async fn writes_control_lines_that_are_none() {
    let lines = [
        "nonsense",
        "[1]",
        r#"{"unknown": 1}"#,
        r#"{"update": 7}"#,
        r#"{"extend": "soon"}"#,
        r#"{"id": "resources/other", "update": "for another job"}"#,
        r#"{"key": "other", "result": 1}"#,
    ];
    for line in lines {
        let done = Run::new().sh(&format!("echo '{line}' >&3; printf 1")).await;
        assert_eq!(done.said("warn").len(), 1, "{line}");
        assert_eq!(done.updates.len(), 1, "{line}");
        assert_eq!(done.result(), json!({"value": 1}), "{line}");
    }
}

#[tokio::test]
async fn writes_control_lines_after_its_result_and_after_its_time() {
    let done = Run::new()
        .sh(r#"echo '{"result": 1}' >&3; echo '{"update": "after"}' >&3; exec >&-; echo '{"result": 2}' >&3"#)
        .await;
    assert_eq!(done.updates.len(), 1);
    assert_eq!(done.result(), json!({"value": 2}));
    let late = r#"trap 'echo "{\"update\": \"late\"}" >&3; echo late >&2; exit 0' TERM; sleep 1000 & wait"#;
    let done = Run::new().timeout(SOON).sh(late).await;
    assert_eq!(done.updates.len(), 0, "{:?}", done.updates);
    assert_eq!(done.stopped()["stderr"], "late");
}

#[tokio::test]
async fn is_not_executable_or_gone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a 'quoted' \"name\" $HOME");
    let argv = || Program::Argv(vec![path.clone().into(), "an argument".into()]);
    fs::write(&path, "#!/bin/sh\necho \"$1\"\n").unwrap();
    assert!(Run::new().program(argv()).await.broken().ends_with("is not executable"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(Run::new().program(argv()).await.result(), json!({"output": "an argument"}));
    // Without an interpreter line, as a shell would run it.
    fs::write(&path, "echo \"$1 more\"\n").unwrap();
    assert_eq!(Run::new().program(argv()).await.result(), json!({"output": "an argument more"}));
    fs::remove_file(&path).unwrap();
    assert!(Run::new().program(argv()).await.broken().ends_with("was not found"));
    let gone = Run::new().option(|options| options.cwd = Some(path.clone()));
    assert!(gone.sh("true").await.broken().contains("working directory"));
    let inside = Run::new().option(|options| options.cwd = Some(dir.path().to_owned()));
    assert_eq!(inside.sh("pwd -P").await.result(), json!({"output": dir.path().canonicalize().unwrap()}));
}

#[tokio::test]
async fn is_given_a_config_that_shells_would_obey() {
    let dir = tempfile::tempdir().unwrap();
    let obeyed = dir.path().join("obeyed");
    let touch = format!("touch {}", obeyed.display());
    let text =
        format!("$({touch}) `{touch}` \\ ; {touch} | & > < * ? ~ ' {touch} \" \n {touch} \r \t \0 é 😀");
    let config = json!({"a": text, (format!("$({touch})")): "x"});
    let done = Run::new().config(config.clone()).sh("cat").await;
    assert_eq!(done.result()["config"], config);
    assert!(!obeyed.exists());
}

#[tokio::test]
async fn is_dropped_in_the_middle() {
    let run = Run::new();
    let mark = run.mark.clone();
    let running = tokio::spawn(run.sh("sleep 1000 & sleep 1000"));
    let deadline = Instant::now() + Duration::from_secs(10);
    let until = async |wanted: bool| {
        while marked(&mark).is_empty() == wanted {
            assert!(Instant::now() < deadline);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    until(true).await;
    running.abort();
    until(false).await;
}

#[tokio::test]
async fn is_not_told_the_secrets_of_the_worker() {
    let outcome = Run::new().sh("env").await.outcome;
    let Outcome::Success(result) = outcome else { panic!("{outcome:?}") };
    assert!(!result["output"].as_str().unwrap().contains("OADA_TOKEN"));
}
