//! When jobs start: `serve` with limits on how many, how often, and which beside which.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::env::TestEnv;

/// A handler that notes when it starts and ends, in nanoseconds, with its type and what the job is for.
const NOTE: &str = r#"read -r job
to=${job#*\"to\":\"}; to=${to%%\"*}
echo "$(date +%s%N) + $OADA_JOB_TYPE $to" >> notes
sleep "${1:-0.15}"
echo "$(date +%s%N) - $OADA_JOB_TYPE $to" >> notes
"#;

struct Notes(Vec<(u64, i64, String, String)>);

impl Notes {
    fn read(env: &TestEnv) -> Self {
        let text = fs::read_to_string(env.path().join("notes")).unwrap();
        let mut notes: Vec<(u64, i64, String, String)> = text
            .lines()
            .map(|line| {
                let parts: Vec<&str> = line.split(' ').collect();
                let change = if parts[1] == "+" { 1 } else { -1 };
                (parts[0].parse().unwrap(), change, parts[2].to_owned(), parts[3].to_owned())
            })
            .collect();
        notes.sort();
        Self(notes)
    }

    /// How many ran at once, at most, by what `name` makes of type and addressee.
    fn most(&self, name: impl Fn(&str, &str) -> String) -> BTreeMap<String, i64> {
        let (mut now, mut most) = (BTreeMap::<String, i64>::new(), BTreeMap::new());
        for (_, change, job_type, to) in &self.0 {
            let name = name(job_type, to);
            let running = now.entry(name.clone()).or_default();
            *running += change;
            let most = most.entry(name).or_insert(0);
            *most = (*running).max(*most);
        }
        most
    }

    fn starts(&self, job_type: &str) -> Vec<u64> {
        self.0.iter().filter(|note| note.1 > 0 && note.2 == job_type).map(|note| note.0).collect()
    }
}

fn post(env: &TestEnv, job_type: &str, to: &str) -> String {
    env.post(&[job_type, "--set", &format!("to={to}")])
}

#[test]
fn no_more_run_at_once_than_the_flags_say_and_nobody_waits_for_another_type() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("note.sh", NOTE);
    env.script("wait.sh", &NOTE.replace("sleep \"${1:-0.15}\"", "while [ ! -e go ]; do sleep 0.05; done"));
    for n in 0..8 {
        post(&env, "slow", &format!("s{n}"));
    }
    for n in 0..8 {
        post(&env, "quick", &format!("q{n}"));
    }
    let handlers = ["--handler", "slow=./wait.sh", "--handler", "quick=./note.sh"];
    let _worker = env.serve(&[&handlers[..], &["--concurrency", "4", "--concurrency", "slow=2"]].concat());
    // All of them, behind eight of which two run until they are told to end.
    env.wait_for_jobs(8, &["--status", "success"]);
    assert_eq!(Notes::read(&env).starts("slow").len(), 2);
    env.file("go", "");
    env.wait_for_jobs(16, &["--status", "success"]);
    let notes = Notes::read(&env);
    assert_eq!(notes.most(|job_type, _| job_type.to_owned())["slow"], 2);
    assert!(notes.most(|_, _| String::new())[""] <= 4);
}

#[test]
fn of_jobs_with_one_key_one_runs_at_a_time() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("note.sh", NOTE);
    for to in ["a", "b", "a", "c", "a", "b"] {
        post(&env, "email", to);
    }
    env.ok(&["serve", "--once", "--handler", "email=./note.sh", "--key", "email=/config/to"]);
    let notes = Notes::read(&env);
    assert_eq!(notes.starts("email").len(), 6);
    let most = notes.most(|_, to| to.to_owned());
    assert!(most.values().all(|most| *most == 1), "{most:?}");
    assert!(notes.most(|_, _| String::new())[""] > 1, "others did not run beside them");
}

#[test]
fn handlers_start_at_the_rate_that_is_said() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("note.sh", NOTE);
    for n in 0..5 {
        post(&env, "call", &format!("{n}"));
    }
    env.ok(&["serve", "--once", "--handler", "call=./note.sh 0", "--rate", "call=5/s"]);
    let starts = Notes::read(&env).starts("call");
    let whole = Duration::from_nanos(starts[4] - starts[0]);
    // Between the token and the note lies the start of a process, which may be late for the first.
    assert!(whole > Duration::from_millis(600), "five starts within {whole:?}");
}

#[test]
fn what_waits_is_shown_and_limits_may_stand_in_the_file() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("wait.sh", "while [ ! -e go ]; do sleep 0.05; done");
    env.file(
        "oada-jobs.toml",
        "[handlers.slow]\ncommand = \"./wait.sh\"\nconcurrency = 1\nrate = \"100/s\"\nkey = \"/config/to\"\n",
    );
    for n in 0..4 {
        post(&env, "slow", &format!("{n}"));
    }
    let _worker = env.serve(&["--heartbeat", "200ms"]);
    let waiting = json!({"slow": 3});
    env.wait_for("three to wait", || {
        let workers = env.records(&["worker", "ls"]);
        workers.iter().find(|worker| worker["waiting"] == waiting).map(drop)
    });
    let wide = env.ok(&["worker", "ls", "-o", "wide"]);
    assert!(wide.contains("slow 3"), "{wide}");
    let pending = env.records(&["job", "ls", "--status", "pending"]);
    assert_eq!(pending.len(), 3);
    assert!(pending.iter().all(|job: &Value| job["attempt"].as_u64().unwrap_or(0) == 0), "{pending:?}");
    env.file("go", "");
    env.wait_for_jobs(4, &["--status", "success"]);
}

#[test]
fn slips_in_limits_are_told() {
    let env = TestEnv::new();
    let serve = ["serve", "--handler", "email=true"];
    for (flags, told) in [
        (["--rate", "email=often"], "not a rate"),
        (["--key", "email=config"], "not a JSON pointer"),
        (["--concurrency", "0"], "at least 1"),
        (["--concurrency", "emial=1"], "no handler"),
    ] {
        let slip = env.run(&[&serve[..], &flags].concat());
        assert!(slip.code == Some(2) && slip.stderr.contains(told), "{flags:?}: {slip:?}");
    }
}
