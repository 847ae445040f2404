//! Handlers from the command line: how `serve` runs them, what they say, and trying them out.

use std::fs;
use std::sync::Arc;

use oada_jobs::oada::{Client, Domain};
use serde_json::{Value, json};

use crate::support::env::TestEnv;

fn client(env: &TestEnv, url: &str) -> Client {
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let builder = Client::builder(Arc::new(Domain::parse(url).unwrap()));
    builder.token(token.trim().into()).build().unwrap()
}

#[test]
fn a_worker_runs_handlers_as_its_flags_say() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    fs::create_dir(env.path().join("sub")).unwrap();
    env.script(
        "sub/here.sh",
        r#"printf '{"env": "%s%s", "in": %s, "dir": "%s"}' "$A" "$HOME" "$(cat)" "${PWD##*/}""#,
    );
    let cwd = [
        "--handler",
        "t=./here.sh",
        "--cwd",
        "t=sub",
        "--stdin",
        "config",
        "--env",
        "t:A=x=y",
        "--clean-env",
    ];
    let path = format!("PATH={}", std::env::var("PATH").unwrap());
    let job = env.served(&["t", "--set", "n=1"], &[&cwd[..], &["--env", &path]].concat());
    assert_eq!(job["result"], json!({"env": "x=y", "in": {"n": 1}, "dir": "sub"}));

    let skipped =
        env.served(&["t", "--set", "n=1"], &["--handler", "t=exit 3", "--on-exit", "t:3=skip,42=fail"]);
    assert_eq!((&skipped["status"], &skipped["result"]["skipped"]), (&json!("success"), &json!(true)));
    let plain = env.served(&["t", "--set", "n=1"], &["--handler", "t=echo $HOME", "--no-shell=t"]);
    assert_eq!(plain["result"], json!({"output": "$HOME"}));
    let text = env.served(&["t", "--set", "n=1"], &["--handler", "t=echo text", "--result", "json"]);
    assert_eq!(text["status"], "failure");
    let large =
        env.served(&["t", "--set", "n=1"], &["--handler", "t=echo 0123456789", "--result-limit", "4"]);
    assert_eq!(large["error_type"], "result-too-large");
    let limited = env.served(&["t", "--set", "n=1"], &["--handler", "t=ulimit -n", "--max-files", "t=77"]);
    assert_eq!(limited["result"], json!({"value": 77}));

    let token = env.path().join("home/.local/share/oada-jobs/token");
    let passed =
        ["--handler", "t=cat \"$OADA_TOKEN_FILE\"", "--pass-token", "--domain", &url, "--token-file"];
    let passed = env.served(&["t", "--set", "n=1"], &[&passed[..], &[token.to_str().unwrap()]].concat());
    assert_eq!(passed["result"], json!({"output": fs::read_to_string(token).unwrap().trim()}));
}

#[test]
fn a_handler_is_given_the_token_of_the_queue_that_its_job_came_from() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    // One worker for the queues of three users on one store: its own, and two that are listed.
    let own = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let mut queues = vec![(vec![], own.trim().to_owned())];
    for name in ["ann", "bob"] {
        let made = env.records(&["store", "token", "add", name, "--user", name]).remove(0);
        let token = made["token"].as_str().unwrap().to_owned();
        let file = format!("{name}.token");
        env.file(&file, &token);
        let who = ["--domain", &url, "--token-file", &file].map(str::to_owned).to_vec();
        let args: Vec<&str> = who.iter().map(String::as_str).collect();
        env.ok(&[&["queue", "add", name], &args[..]].concat());
        queues.push((who, token));
    }
    let as_user = |who: &[String], args: &[&str]| {
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        env.records(&[args, &who].concat()).remove(0)
    };
    let mut posted = Vec::new();
    for (who, token) in &queues {
        for _ in 0..3 {
            let key = as_user(who, &["job", "post", "t"])["key"].as_str().unwrap().to_owned();
            posted.push((key, who, token));
        }
    }
    env.ok(&["serve", "--once", "--handler", "t=cat \"$OADA_TOKEN_FILE\"", "--pass-token"]);
    for (key, who, token) in posted {
        let job = as_user(who, &["job", "show", &key]);
        assert_eq!(job["result"], json!({ "output": token }), "{who:?}");
    }
}

#[test]
fn a_worker_keeps_a_command_between_jobs() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let script = r#"while read -r line; do
    n=$((n + 1)); id=${line#*\"id\":\"}; id=${id%%\"*}
    printf '{"id": "%s", "status": "ok", "result": {"n": %s}}\n' "$id" "$n"
done"#;
    env.script("count.sh", script);
    env.post(&["t"]);
    let second = env.served(&["t", "--set", "n=1"], &["--stream", "t=./count.sh", "--processes", "1"]);
    let first =
        env.records(&["job", "ls", "--all"]).into_iter().find(|job| job["key"] != second["key"]).unwrap();
    let mut counts = [&first, &second].map(|job| job["result"]["n"].as_u64());
    counts.sort_unstable();
    assert_eq!(counts, [Some(1), Some(2)]);
    let slip = env.run(&["serve", "--stream", "t=cat", "--stdin", "t=none"]);
    slip.failed(2, "--stdin says nothing to \"t\"", "contract");
}

#[tokio::test]
async fn what_a_job_names_links_to_it() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let document = env.records(&["job", "post", "other"]).remove(0);
    let key = env.post(&["t", "--set", &format!("document={}", document["id"].as_str().unwrap())]);
    env.ok(&["serve", "--once", "--handler", "t=true", "--link", "/config/document", "--list-again", "1m"]);
    assert_eq!(env.records(&["job", "show", &key])[0]["status"], "success");
    let meta = format!("/{}/_meta/services/oada-jobs/jobs", document["id"].as_str().unwrap());
    let linked = client(&env, &url).get(&meta.parse().unwrap()).await.unwrap().value;
    assert!(linked.get(&key).is_some(), "{linked}");
    let slip = env.run(&["serve", "--handler", "t=true", "--link", "document"]);
    assert!(slip.code == Some(2) && slip.stderr.contains("not a JSON pointer"), "{slip:?}");
}

#[test]
fn a_handler_speaks_by_commands() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let say = format!("{} handler", env!("CARGO_BIN_EXE_oada-jobs"));
    env.script(
        "speak.sh",
        &format!(
            "set -e\n{say} update uploaded '{{\"bytes\": 3}}'\n{say} progress 40% halfway\n{say} extend 5m\n\
             {say} snooze 1h\n{say} link resources/abc\necho '{{\"n\": 7}}' | {say} result -"
        ),
    );
    let tried = env.records(&["handler", "test", "./speak.sh"]).remove(0);
    assert_eq!((&tried["status"], &tried["result"]), (&json!("success"), &json!({"n": 7})));
    assert_eq!(tried["progress"], json!({"fraction": 0.4, "message": "halfway"}));
    assert_eq!(tried["links"], json!(["resources/abc"]));
    let uploaded = tried["updates"].as_array().unwrap().iter().find(|update| update["status"] == "uploaded");
    assert_eq!(uploaded.unwrap()["meta"], json!({"bytes": 3}));

    let fail = format!("t={say} fail --type bad-address 'no such host'; exit 1");
    let job = env.served(&["t", "--set", "n=1"], &["--handler", &fail]);
    assert_eq!((&job["error_type"], &job["error"]), (&json!("bad-address"), &json!("no such host")));
    env.run(&["handler", "update", "x"]).failed(2, "OADA_JOB_CONTROL is not set", "handler test");
    let slip = env.run(&["handler", "progress", "1.5"]);
    assert!(slip.code == Some(2) && slip.stderr.contains("not from 0 to 1"), "{slip:?}");
}

#[test]
fn a_handler_is_tried_without_a_store() {
    let env = TestEnv::new();
    env.file("job.json", r#"{"type": "email", "config": {"to": "x"}}"#);
    let command = r#"echo hello >&2; printf '{"type": "%s", "job": %s}' "$OADA_JOB_TYPE" "$(cat)""#;
    let tried = env.records(&["handler", "test", command, "@job.json"]).remove(0);
    assert_eq!(
        (&tried["result"]["type"], &tried["result"]["job"]["config"]),
        (&json!("email"), &json!({"to": "x"}))
    );
    assert_eq!(tried["updates"][0]["meta"], "hello");
    let late = env.run(&["handler", "test", "sleep 1000", "--timeout", "100ms", "-o", "json"]);
    let record: Value = serde_json::from_str(&late.stdout).unwrap();
    assert_eq!((late.code, &record["status"]), (Some(8), &json!("failure")));
    assert!(record["result"]["message"].as_str().unwrap().contains("100 ms"), "{record}");
    let left = env.run(&["handler", "test", "sleep 1000 & echo done", "-o", "table"]);
    assert!(left.code == Some(0) && left.stdout.contains("outlived the handler were killed"), "{left:?}");
    assert!(left.stdout.contains(", exit code 0, what outlived it was killed"), "{left:?}");
    let skipped = env.records(&["handler", "test", "exit 99"]).remove(0);
    assert_eq!((&skipped["run"]["exit"], &skipped["run"]["survivors"]), (&json!(99), &json!("none")));
    let large = ["handler", "test", "printf %0100d 0", "--result-limit", "50", "--result-oversize", "spill"];
    let spilled = env.records(&large).remove(0);
    assert_eq!((&spilled["result"]["spilled"], &spilled["run"]["exit"]), (&json!(113), &json!(0)));
    assert_eq!(spilled["spilled"]["id"], spilled["result"]["result"]["_id"]);
    assert_eq!(spilled["spilled"]["content"]["output"].as_str().map(str::len), Some(100));
    env.run(&["handler", "test", "./missing.sh"]).failed(2, "./missing.sh", "check the path");
    assert!(!env.path().join("home/.local").exists(), "a store was made");
}

/// Answers each line, but the last, by what it is told; logs, and leaves somebody behind.
const BATCH: &str = r#"
import json, os, subprocess, sys
print(f"warn: {len(sys.argv)} of {os.environ['OADA_JOB_COUNT']}", file=sys.stderr)
lines = [json.loads(line) for line in sys.stdin]
for line in lines[:-1]:
    config = line["job"]["config"]
    print(json.dumps({"id": line["id"], **config["say"]}), flush=True)
if config.get("leave"):
    subprocess.Popen(["sleep", "1000"])
sys.exit(int(config.get("exit", 0)))
"#;

#[test]
fn a_batch_is_tried_without_a_store() {
    let env = TestEnv::new();
    env.file("batch.py", BATCH);
    let say = |say: Value| json!({ "say": say });
    let jobs = [
        json!({"type": "row", "config": {"say": {"result": {"n": 1}}}}),
        json!({"type": "row", "config": {"say": {"error": {"type": "bad", "message": "no"}}}}),
        json!({"type": "row", "config": {"say": {"update": "seen"}, "exit": 75, "leave": true}}),
        json!({"type": "row", "config": {}}),
    ];
    let lines: Vec<String> = jobs.iter().map(Value::to_string).collect();
    env.file("jobs.ndjson", &lines.join("\n"));
    let ran = env.run(&["handler", "test", "python3 batch.py", "@jobs.ndjson", "--as-batch", "-o", "ndjson"]);
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.stderr.contains("WARN") && ran.stderr.contains("1 of 4"), "{ran:?}");
    let records: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<&str> = records.iter().map(|record| record["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["success", "failure", "success", "again"]);
    assert_eq!(records[0]["result"], json!({"n": 1}));
    assert!(records[1]["error"].as_str().unwrap().contains("bad"), "{}", records[1]);
    assert_eq!(records[2]["updates"][0]["status"], "seen");
    assert!(records[3]["result"]["message"].as_str().unwrap().contains("exit code 75"), "{}", records[3]);
    for (place, record) in records.iter().enumerate() {
        let run = &record["run"];
        assert_eq!((&record["job"], &run["number"], &run["jobs"]), (&json!(place + 1), &json!(1), &json!(4)));
        assert_eq!((&run["exit"], &run["survivors"]), (&json!(75), &json!("killed")));
        assert!(run["seconds"].as_f64().is_some() && record["seconds"].as_f64().is_some(), "{record}");
    }

    // More than one run is given take turns; for people each job has a heading.
    let config = say(json!({"result": {"n": 2}})).to_string();
    let three = [&config[..], &config, &config];
    let flags = ["--as-batch", "--batch-size", "test=2", "-o", "table"];
    let python = ["handler", "test", "python3 batch.py"];
    let shown = env.run(&[&python[..], &three, &flags].concat());
    assert!(shown.stdout.contains("job 2 of 3, in run 1 of 2 jobs\n"), "{shown:?}");
    assert!(shown.stdout.contains("\n\njob 3 of 3, in run 2 of 1 jobs\n"), "{shown:?}");
    let late = ["--as-batch", "--timeout", "300ms", "-o", "ndjson"];
    let late = env.run(&[&["handler", "test", "sleep 1000"][..], &three[1..], &late].concat());
    assert_eq!((late.code, late.stdout.matches("timeout").count() >= 2), (Some(8), true), "{late:?}");

    let slips: [(&[&str], &str, &str); 4] = [
        (&["{}", "{}"], "one at a time", "--as-batch"),
        (&["--as-batch", "--stdin", "test=none"], "--stdin says nothing to \"test\"", "contract"),
        (&["--as-batch", "--result-oversize", "test=truncate"], "truncate says nothing", "contract"),
        (&["--idle", "test=5s"], "--idle says nothing to \"test\"", "contract"),
    ];
    for (args, told, hint) in slips {
        env.run(&[&["handler", "test", "true"], args].concat()).failed(2, told, hint);
    }
    let mixed = ["handler", "test", "true", r#"{"type": "a", "config": {}}"#, "{}", "--as-batch"];
    let mixed = env.run(&mixed);
    assert!(mixed.code == Some(2) && mixed.stderr.contains("never in one batch"), "{mixed:?}");
    assert!(!env.path().join("home/.local").exists(), "a store was made");
}
