//! What each flag of a run does, through the binary: what is filed, and what the system says of the processes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use oada_jobs::oada::{Client, Domain};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::support::env::{Ran, TestEnv, finish, is_alive};

/// The number that a handler wrote into a file.
fn pid_in(env: &TestEnv, name: &str) -> u32 {
    env.wait_for(name, || fs::read_to_string(env.path().join(name)).ok()?.trim().parse().ok())
}

#[test]
fn a_handler_may_use_what_its_flags_allow() {
    let env = TestEnv::new();
    let flags = ["--memory", "1G", "--cpu", "7", "--max-files", "64", "--nice", "3"];
    let look = "cat /proc/self/limits; cut -d' ' -f19 /proc/self/stat";
    let tried = env.records(&[&["handler", "test", look], &flags[..]].concat()).remove(0);
    let output = tried["result"]["output"].as_str().unwrap();
    let limit = |name: &str| {
        let line = output.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(limit("Max address space"), ["1073741824", "1073741824"]);
    assert_eq!(limit("Max cpu time"), ["7", "12"]);
    assert_eq!(limit("Max open files"), ["64", "64"]);
    // The tests may be run nicely themselves.
    let own = rustix::process::nice(0).unwrap();
    assert_eq!(output.lines().last(), Some(&*(own + 3).to_string()));
}

#[test]
fn a_handler_that_wants_more_fails() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let busy = env.served(&["t"], &["--handler", "t=while :; do :; done", "--cpu", "t=1"]);
    assert_eq!((&busy["error_type"], &busy["result"]["signal"]), (&json!("signal"), &json!("SIGXCPU")));
    let hungry = "t=python3 -c 'x = bytes(1 << 28)'";
    let hungry = env.served(&["t"], &["--handler", hungry, "--memory", "t=128M"]);
    assert_eq!(hungry["error_type"], "exit-1");
    assert!(hungry["result"]["stderr"].as_str().unwrap().contains("MemoryError"), "{hungry}");
    let many = "t=python3 -c 'import os; [os.dup(0) for _ in range(99)]'";
    let many = env.served(&["t"], &["--handler", many, "--max-files", "t=50"]);
    assert!(many["result"]["stderr"].as_str().unwrap().contains("Too many open files"), "{many}");
}

#[test]
fn what_outlives_a_handler_is_killed_waited_for_or_left() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let stays = |file: &str| format!("t=sleep 1000 >/dev/null 2>&1 & echo $! > {file}; echo early");
    let killed = env.served(&["t"], &["--handler", &stays("killed")]);
    assert!(!is_alive(pid_in(&env, "killed")));
    let told = env.ok(&["job", "logs", killed["key"].as_str().unwrap()]);
    assert!(told.contains("outlived the handler were killed"), "{told}");
    let waited =
        env.served(&["t"], &["--handler", "t=(sleep 0.3; echo late) & echo early", "--orphans", "t=wait"]);
    assert_eq!(waited["result"], json!({"output": "early\nlate"}));
    let left = env.served(&["t"], &["--handler", &stays("left"), "--orphans", "ignore"]);
    assert_eq!(left["result"], json!({"output": "early"}));
    let pid = pid_in(&env, "left");
    assert!(is_alive(pid));
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_handler_is_asked_to_end_by_the_signal_that_it_wants() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let trap = "t=trap 'echo asked > asked; exit 0' USR1; trap '' TERM; sleep 1000 & wait";
    let job = env.served(&["t"], &["--handler", trap, "--stop-signal", "t=USR1", "--timeout", "300ms"]);
    assert_eq!((&job["error_type"], job["result"].get("killed")), (&json!("timeout"), None));
    assert_eq!(fs::read_to_string(env.path().join("asked")).unwrap(), "asked\n");
}

#[test]
fn secrets_of_the_worker_are_kept_from_handlers() {
    let env = TestEnv::new();
    let run = |flags: &[&str]| -> Ran {
        let mut command = env.command(&[&["handler", "test", "echo ${PASSWORD-none}"], flags].concat());
        finish({
            command.env("PASSWORD", "x");
            command
        })
    };
    assert!(run(&[]).stdout.contains("\"output\":\"x\""));
    assert!(run(&["--secret-env", "PASSWORD"]).stdout.contains("\"output\":\"none\""));
    assert!(run(&["--secret-env", "test=PASSWORD"]).stdout.contains("\"output\":\"none\""));
}

#[test]
fn folders_may_hold_an_equals_sign() {
    let env = TestEnv::new();
    let folder = env.path().join("a=b");
    fs::create_dir(&folder).unwrap();
    let absolute = folder.to_str().unwrap();
    for cwd in [absolute, "./a=b", &format!("test={absolute}"), "test=a=b"] {
        let tried = env.records(&["handler", "test", "printf %s \"${PWD##*/}\"", "--cwd", cwd]).remove(0);
        assert_eq!(tried["result"], json!({"output": "a=b"}), "{cwd}");
    }
    let (_store, _url) = env.serve_store(&[]);
    let job = env.served(&["t"], &["--handler", "t=printf %s \"${PWD##*/}\"", "--cwd", absolute]);
    assert_eq!(job["result"], json!({"output": "a=b"}));
}

/// A handler for `--stream` in sh, which answers by its number and the pid of its process.
fn stream(env: &TestEnv, before: &str) -> &'static str {
    let script = r#"
id() { id=${line#*\"id\":\"}; id=${id%%\"*}; }
answer() { printf '{"id": "%s", "result": {"pid": %s}}\n' "$1" $$; }
"#;
    env.script("stream.sh", &format!("{script}\n{before}\nwhile read -r line; do id; answer \"$id\"; done"));
    "t=./stream.sh"
}

fn pids(env: &TestEnv) -> Vec<u64> {
    env.records(&["job", "ls", "--status", "success"])
        .iter()
        .map(|job| {
            env.records(&["job", "show", job["key"].as_str().unwrap()])[0]["result"]["pid"].as_u64().unwrap()
        })
        .collect()
}

#[test]
fn a_stream_is_given_jobs_ahead_as_its_flag_says() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    // Answers the first only when it has the second.
    let handler =
        stream(&env, "read -r line; id; first=$id; read -r line; id; answer \"$first\"; answer \"$id\"");
    env.post(&["t"]);
    env.post(&["t"]);
    env.ok(&["serve", "--once", "--stream", handler, "--pipeline", "t=2", "--timeout", "30s"]);
    let pids = pids(&env);
    assert!(pids.len() == 2 && pids[0] == pids[1], "{pids:?}");
}

#[test]
fn a_stream_is_replaced_after_its_share() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let handler = stream(&env, "");
    for _ in 0..3 {
        env.post(&["t"]);
    }
    env.ok(&["serve", "--once", "--stream", handler, "--max-jobs-per-process", "t=1"]);
    let mut pids = pids(&env);
    pids.sort_unstable();
    pids.dedup();
    assert_eq!(pids.len(), 3);
}

#[test]
fn an_idle_stream_is_ended_until_there_is_a_job_again() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let handler = stream(&env, "");
    let _worker = env.serve(&["--stream", handler, "--idle", "t=50ms"]);
    let run = || {
        let key = env.post(&["t"]);
        env.ok(&["job", "wait", &key, "--timeout", "30s"]);
        let pid = env.records(&["job", "show", &key])[0]["result"]["pid"].as_u64().unwrap();
        u32::try_from(pid).unwrap()
    };
    let first = run();
    env.wait_for("the end of the idle process", || (!is_alive(first)).then_some(()));
    assert_ne!(run(), first);
}

#[test]
fn an_interrupted_test_gives_the_handler_time_to_end() {
    let env = TestEnv::new();
    env.script(
        "tidy.sh",
        "trap 'sleep 0.2; echo tidy > tidied; exit 0' TERM\necho $$ > pid\nsleep 1000 & wait",
    );
    let mut tried = env.spawn(&["handler", "test", "./tidy.sh", "-o", "json"]);
    let pid = pid_in(&env, "pid");
    tried.signal(Signal::INT);
    assert_eq!(tried.ended().code(), Some(130));
    assert!(tried.stdout.text().contains("\"pending\""), "{}", tried.stdout.text());
    assert_eq!(fs::read_to_string(env.path().join("tidied")).unwrap(), "tidy\n");
    assert!(!is_alive(pid));

    fs::remove_file(env.path().join("pid")).unwrap();
    env.script("deaf.sh", "trap '' TERM\necho $$ > pid\nwhile :; do sleep 0.1; done");
    let mut tried = env.spawn(&["handler", "test", "./deaf.sh", "--kill-after", "1h"]);
    let pid = pid_in(&env, "pid");
    tried.signal(Signal::TERM);
    tried.stderr.line_with("a second signal kills it");
    tried.signal(Signal::TERM);
    assert_eq!(tried.ended().code(), Some(143));
    env.wait_for("the end of the handler", || (!is_alive(pid)).then_some(()));
}

#[tokio::test]
async fn a_result_that_is_too_large_becomes_a_resource_of_its_own() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let large = "t=head -c 3000000 /dev/zero | tr '\\0' x";
    let job = env.served(&["t"], &["--handler", large, "--result-oversize", "t=spill"]);
    assert_eq!((&job["status"], &job["result"]["spilled"]), (&json!("success"), &json!(3_000_013)));
    let id = job["result"]["result"]["_id"].as_str().unwrap();
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let client = Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.trim().into());
    let client = client.build().unwrap();
    for path in [format!("/{id}"), format!("/{}/result/result", job["id"].as_str().unwrap())] {
        let stored = client.get(&path.parse().unwrap()).await.unwrap().value;
        let text = stored["output"].as_str().unwrap_or_else(|| panic!("{path}"));
        assert!(text.len() == 3_000_000 && text.bytes().all(|byte| byte == b'x'), "{path}");
    }
    let small = env.served(&["t"], &["--handler", "t=echo small", "--result-oversize", "spill"]);
    assert_eq!(small["result"], json!({"output": "small"}));
    let huge = "t=head -c 17000000 /dev/zero";
    let huge = env.served(&["t"], &["--handler", huge, "--result-oversize", "spill"]);
    assert_eq!(huge["error_type"], "result-too-large");
}

/// However a command is run.
#[test]
fn a_large_result_in_an_answer_becomes_a_resource_too() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let script = r#"
import json, sys
for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"id": job["id"], "result": {"text": "x" * job["job"]["config"]["size"]}}), flush=True)
"#;
    env.file("answer.py", script);
    for flag in ["--stream", "--batch"] {
        let serve = |size: &str, oversize: &str| {
            let wait = ["--batch-wait", "0s", "--result-oversize", oversize];
            env.served(
                &["t", "--set", &format!("size={size}")],
                &[&[flag, "t=python3 answer.py"][..], &wait].concat(),
            )
        };
        let job = serve("3000000", "t=spill");
        let of_result = "{\"text\":\"\"}".len() + 3_000_000;
        assert_eq!(
            (&job["status"], &job["result"]["spilled"]),
            (&json!("success"), &json!(of_result)),
            "{flag}"
        );
        assert!(job["result"]["result"]["_id"].as_str().is_some_and(|id| id.starts_with("resources/")));
        assert_eq!(serve("10", "spill")["result"], json!({"text": "x".repeat(10)}));
        assert_eq!(serve("3000000", "fail")["status"], "failure");
        assert_eq!(serve("17000000", "spill")["status"], "failure");
        let slip = env.run(&["serve", flag, "t=cat", "--result-oversize", "t=truncate"]);
        slip.failed(2, "--result-oversize truncate says nothing to \"t\"", "contract");
    }
}

#[test]
fn a_handler_gets_no_more_time_than_it_may_have() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let asks = "t=echo '{\"extend\": \"1h\"}' >&3; echo '{\"extend\": \"2h\"}' >&3; sleep 1000";
    let flags = ["--handler", asks, "--timeout", "200ms", "--extend-limit", "t=600ms"];
    let job = env.served(&["t"], &flags);
    assert_eq!(job["error_type"], "timeout");
    let told = env.ok(&["job", "logs", job["key"].as_str().unwrap()]);
    assert_eq!(told.matches("more time than the 0.6 s that it may have").count(), 1, "{told}");
    let lasts = "t=echo '{\"extend\": \"30s\"}' >&3; sleep 0.5; echo done";
    let extended = env.served(&["t"], &["--handler", lasts, "--timeout", "200ms"]);
    assert_eq!(extended["result"], json!({"output": "done"}));
}

#[test]
fn a_handler_knows_how_many_attempts_there_are() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let tells = "t=echo \"$OADA_JOB_ATTEMPT of $OADA_JOB_MAX_ATTEMPTS\"; grep -o '\"max_attempts\":[0-9]*'";
    let job = env.served(&["t"], &["--handler", tells, "--retries", "t=2"]);
    assert_eq!(job["result"], json!({"output": "1 of 3\n\"max_attempts\":3"}));
}

/// A control group in which a worker is alone, where the system lets this test make one.
struct OwnGroup(PathBuf);

impl OwnGroup {
    fn make() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let line = mounts.lines().find(|line| line.contains(" - cgroup2 "))?;
        let group = PathBuf::from(line.split(' ').nth(4)?).join(format!("oada-jobs-{}", std::process::id()));
        fs::create_dir(&group).ok()?;
        Some(Self(group))
    }

    /// The arguments of a shell that enters the group and becomes the binary.
    fn enter(&self) -> String {
        format!("echo $$ > {}/cgroup.procs && exec \"$@\"", self.0.display())
    }
}

impl Drop for OwnGroup {
    fn drop(&mut self) {
        for child in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let _ = fs::remove_dir(child.path());
        }
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn processor_time_counts_for_all_processes_where_there_are_control_groups() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    // Each of its processes stays below the limit.
    let busy = "t=while :; do timeout 0.5 sh -c 'while :; do :; done'; done";
    let flags = ["serve", "--once", "--handler", busy, "--cpu", "t=1"];
    let each = env.served(&["t"], &[&flags[2..], &["--timeout", "3s"]].concat());
    assert_eq!(each["error_type"], "timeout", "{each}");
    let Some(group) = OwnGroup::make() else { return };
    let key = env.post(&["t"]);
    let binary = env!("CARGO_BIN_EXE_oada-jobs");
    let ran = finish(env.program("/bin/sh", &[&["-c", &group.enter(), "sh", binary][..], &flags].concat()));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stderr.matches("by control groups").count(), 1, "{ran:?}");
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!(
        (&job["error_type"], &job["result"]["signal"]),
        (&json!("signal"), &json!("SIGXCPU")),
        "{job}"
    );
    let left = fs::read_dir(&group.0).unwrap().flatten().map(|entry| entry.file_name());
    assert!(
        !left.into_iter().any(|name| name.to_string_lossy().starts_with("run-")),
        "the group of the run stays"
    );
}

#[test]
fn memory_counts_for_all_processes_where_there_are_control_groups() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let Some(group) = OwnGroup::make() else { return };
    let controllers = fs::read_to_string(group.0.join("cgroup.controllers")).unwrap();
    if !controllers.contains("memory") {
        return;
    }
    let key = env.post(&["t"]);
    let hungry = "t=for n in 1 2 3; do python3 -c 'x = b\"x\" * (60 << 20); import time; time.sleep(1000)' & done; wait";
    let flags = ["serve", "--once", "--handler", hungry, "--memory", "t=128M"];
    let binary = env!("CARGO_BIN_EXE_oada-jobs");
    let ran = finish(env.program("/bin/sh", &[&["-c", &group.enter(), "sh", binary][..], &flags].concat()));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let job = env.records(&["job", "show", &key]).remove(0);
    assert_eq!(
        (&job["error_type"], &job["result"]["out_of_memory"]),
        (&json!("signal"), &json!(true)),
        "{job}"
    );
}
