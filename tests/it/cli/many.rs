//! Thousands of jobs in one command: posted, chosen to be unique, kept and put back, through one socket.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::env::{Running, TestEnv};
use crate::support::trouble::{Fault, Trouble};

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("{{\"n\": {n}}}\n")).collect()
}

fn keys(records: &[Value]) -> BTreeSet<String> {
    records.iter().map(|record| record["key"].as_str().unwrap().to_owned()).collect()
}

/// What a command printed, which must have gone well.
fn records_with(env: &TestEnv, args: &[&str], stdin: &str) -> Vec<Value> {
    let ran = env.run_with(args, stdin);
    assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn many_go_through_one_socket_and_never_one_by_one() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&["--data-dir", "data"]);
    let trouble = Trouble::before(&url);
    let at = ["--domain", &trouble.url, "--token-file", "data/token"];
    let sockets = || {
        trouble.breaks(|asked| match (asked.method.as_str(), asked.by_socket) {
            // The connection for lists and for asking which server it is.
            ("UPGRADE", _) | (_, true) => Fault::Nothing,
            ("GET", false) if !asked.path.starts_with("/resources") => Fault::Nothing,
            _ => Fault::status(400),
        });
    };
    sockets();
    let posted = records_with(&env, &[&["job", "post", "t", "--ndjson"], &at[..]].concat(), &lines(1000));
    assert_eq!(keys(&posted).len(), 1000);
    let bounded = |least: usize| {
        let most = trouble.most_under_way();
        assert!((least..=256).contains(&most), "{most} were under way at a time");
    };
    bounded(30);
    // Lists are linked many at a time.
    assert!(trouble.asked() < 1000 + 300, "{} requests", trouble.asked());
    sockets();
    assert_eq!(env.records(&[&["job", "export", "--all"], &at[..]].concat()).len(), 1000);
    bounded(20);
    sockets();
    let cancelled = env.records(&[&["job", "cancel", "--type", "t", "--yes"], &at[..]].concat());
    assert_eq!(cancelled.len(), 1000);
    bounded(20);
    sockets();
    let retried = env.records(&[&["job", "retry", "--status", "failure", "--yes"], &at[..]].concat());
    assert_eq!(retried.len(), 1000);
    bounded(20);
    let most = |args: &[&str]| {
        sockets();
        env.ok(&[args, &["--parallel", "3"], &at[..]].concat());
        trouble.most_under_way()
    };
    for args in [&["job", "ls", "--no-cache"][..], &["job", "cancel", "--status", "pending", "--yes"]] {
        assert!((2..=3).contains(&most(args)), "{args:?}");
    }
    assert_eq!(env.run(&["job", "ls", "--parallel", "0"]).code, Some(2));
    sockets();
    let named: String = keys(&posted).into_iter().map(|key| format!("{key}\n")).collect();
    let removed = records_with(&env, &[&["job", "rm", "-", "--resources"], &at[..]].concat(), &named);
    assert_eq!(removed.len(), 1000);
    bounded(20);
    assert_eq!(env.records(&["job", "ls", "--data-dir", "data", "-o", "ndjson"]).len(), 1000);
}

#[test]
fn a_line_is_posted_when_it_comes_and_not_when_the_input_ends() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let mut command = env.command(&["job", "post", "t", "--ndjson"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"n\": 1}\n").unwrap();
    env.wait_for_jobs(1, &["--status", "pending"]);
    stdin.write_all(b"no json\n{\"n\": 2}\n").unwrap();
    env.wait_for_jobs(2, &["--status", "pending"]);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(7), "{told}");
    assert!(told.contains("error: line 2: it is no job: expected"), "{told}");
    assert!(told.contains("posted 2 jobs, 1 lines failed"), "{told}");
}

#[test]
fn a_unique_job_is_posted_once_whoever_posts_it() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let post = |more: &[&str]| {
        env.records(&[&["job", "post", "t", "--unique", "order 17/ä"], more].concat()).remove(0)
    };
    let posts: Vec<Value> = std::thread::scope(|scope| {
        let posts: Vec<_> =
            (0..6).map(|n| scope.spawn(move || post(&["--set", &format!("n={n}")]))).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    let first = posts[0]["key"].as_str().unwrap();
    assert_eq!(keys(&posts).len(), 1, "{posts:?}");
    assert_eq!(posts.iter().filter(|post| post["done"] == "posted").count(), 1, "{posts:?}");
    let jobs = env.records(&["job", "ls"]);
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!(env.records(&["job", "show", first])[0]["extra"], json!({"unique": "order 17/ä"}));

    // Once it has run too.
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    assert_eq!((post(&[])["key"].as_str(), post(&[])["done"].as_str()), (Some(first), Some("already there")));
    assert_eq!(env.records(&["job", "ls"]).len(), 1);
    // Other services have their own, and a key that has run out or whose job was deleted is free.
    assert_eq!(post(&["--service", "other"])["done"], "posted");
    let again = env.wait_for("the key to run out", || {
        Some(post(&["--unique-for", "10ms"])).filter(|again| again["done"] == "posted")
    });
    env.ok(&["job", "rm", again["key"].as_str().unwrap(), "--resources"]);
    let last = post(&[]);
    assert_eq!(last["done"], "posted");
    assert_ne!(last["key"], again["key"]);
}

#[test]
fn many_unique_jobs_of_many_posters_are_each_posted_once() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let configs: String = (0..100).map(|n| format!("{{\"order\": {{\"id\": {}}}}}\n", n % 50)).collect();
    let by_path = ["job", "post", "t", "--ndjson", "--unique-by", "order.id"];
    let posted: Vec<Vec<Value>> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..3).map(|_| scope.spawn(|| records_with(&env, &by_path, &configs))).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    let all = posted.concat();
    assert_eq!((all.len(), keys(&all).len()), (300, 50));
    assert_eq!(all.iter().filter(|post| post["done"] == "posted").count(), 50);
    let jobs = env.records(&["job", "ls"]);
    let ids: BTreeSet<u64> = jobs.iter().map(|job| job["config"]["order"]["id"].as_u64().unwrap()).collect();
    assert_eq!((jobs.len(), ids.len()), (50, 50));
    // Named in the lines, and by a key of one's own.
    let named = r#"{"type": "u", "unique": "a"}
{"type": "u", "unique": "a", "config": {"later": true}}
{"type": "u", "key": "mine-1"}
{"type": "u", "key": "mine-1"}
"#;
    for again in [2, 0] {
        let done = records_with(&env, &["job", "post", "--ndjson"], named);
        assert_eq!(done.iter().filter(|post| post["done"] == "posted").count(), again, "{done:?}");
        assert_eq!(keys(&done).len(), 2);
    }
    let wrong = env.run_with(&["job", "post", "--ndjson", "--unique-by", "a.b"], "{\"type\": \"u\"}\n");
    assert!(wrong.code == Some(7) && wrong.stderr.contains("its config has no \"a.b\""), "{wrong:?}");
}

/// A key that sorts with the others, so that an export lists the jobs in this order.
fn key(n: usize) -> String {
    format!("k{n:04}")
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()).prop_map(Value::from),
        "[\\PC]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z0-9 /~é_.-]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn exported_jobs() -> impl Strategy<Value = Vec<Value>> {
    let object = || {
        prop::collection::btree_map("[a-zA-Z0-9 ./~-]{1,8}", json_values(), 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    };
    let place = prop_oneof![
        Just((Value::Null, json!("pending"), Value::Null)),
        Just((json!("running"), json!("pending"), Value::Null)),
        (1..28_u8).prop_map(|day| (json!("success"), json!("success"), json!(format!("2026-01-{day:02}")))),
        (1..28_u8).prop_map(|day| (json!("failure"), json!("failure"), json!(format!("2025-12-{day:02}")))),
    ];
    let job = (place, object(), object(), json_values());
    prop::collection::vec(job, 1..12).prop_map(|jobs| {
        let record = |(n, (place, config, result, extra)): (usize, (_, _, Value, _))| {
            let (status, list, day): (Value, Value, Value) = place;
            let mut job = json!({
                "service": "oada-jobs", "type": format!("t{n}"), "config": config, "extra": extra,
                "updates": {"u1": {"status": "started", "time": "2026-01-02T03:04:05.678Z", "meta": result}},
            });
            if !status.is_null() {
                job["status"] = status;
                job["result"] = result;
                job["claim"] =
                    json!({"worker": "w", "nonce": "n", "attempt": 1, "at": "2026-01-02T03:04:05Z"});
                job["attempts"] = json!({"1": {"worker": "w", "started": "", "ended": "", "outcome": "x"}});
            }
            let id =
                if n % 3 == 0 { format!("resources/other-{n}") } else { format!("resources/{}", key(n)) };
            json!({
                "key": key(n), "id": id, "list": list, "day": day,
                "content_type": "application/vnd.oada.service.job.1+json", "job": job,
            })
        };
        jobs.into_iter().enumerate().map(record).collect()
    })
}

struct Store {
    env: TestEnv,
    _store: Running,
}

impl Store {
    fn new() -> Self {
        let env = TestEnv::new();
        let (store, _url) = env.serve_store(&[]);
        Self { env, _store: store }
    }

    fn import(&self, text: &str, flags: &[&str]) -> String {
        let ran = self.env.run_with(&[&["job", "import"], flags].concat(), text);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.stderr
    }

    fn export(&self, flags: &[&str]) -> String {
        self.env.ok(&[&["job", "export", "--all"], flags].concat())
    }
}

/// The lines of an export in an order that does not depend on the store.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn any_job_comes_out_of_another_store_as_it_was() {
    let (first, second) = (Store::new(), Store::new());
    let cases = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    runner
        .run(&exported_jobs(), |jobs| {
            // Resources belong to the whole store, so each case has its own.
            let services = cases.get() + 1;
            cases.set(services);
            let service = format!("s{services}");
            let text: String = jobs
                .iter()
                .map(|job| {
                    let mut job = job.clone();
                    job["job"]["service"] = json!(service);
                    job["id"] = json!(format!("{}-{services}", job["id"].as_str().unwrap()));
                    format!("{job}\n")
                })
                .collect();
            let layout = if services % 2 == 0 { "classic" } else { "current" };
            let flags = ["--service", &service, "--layout", layout];
            first.import(&text, &flags);
            let out = first.export(&flags);
            prop_assert_eq!(sorted(&out), sorted(&text));
            second.import(&out, &flags);
            prop_assert_eq!(second.export(&flags), out.clone());
            let again = second.import(&out, &flags);
            prop_assert!(again.contains("imported 0 jobs"), "{}", again);
            prop_assert_eq!(second.export(&flags), out);
            Ok(())
        })
        .unwrap();
}

#[test]
fn jobs_that_workers_ended_are_kept_with_their_days_and_put_back() {
    for layout in ["classic", "current"] {
        let (first, second) = (Store::new(), Store::new());
        let env = &first.env;
        env.script(
            "work.sh",
            "echo said >&2; read -r job; case $job in *bad*) exit 3;; esac; echo '{\"ok\": 1.50}'",
        );
        for say in ["bad", "good", "good"] {
            env.post(&["t", "--set", &format!("say={say}"), "--layout", layout]);
        }
        env.ok(&["serve", "--handler", "t=./work.sh", "--once"]);
        env.post(&["t"]);
        let kept = first.export(&[]);
        assert_eq!(kept.lines().count(), 4);
        fs::write(second.env.path().join("kept.ndjson"), &kept).unwrap();
        second.env.ok(&["job", "import", "kept.ndjson", "--layout", layout]);
        assert_eq!(second.export(&[]), kept, "{layout}");
        let listed = |store: &Store| store.env.ok(&["job", "ls", "--status", "failure"]);
        assert_eq!(listed(&second), listed(&first));
        // They are jobs like others: what waits is run, and what failed can be retried.
        second.env.ok(&["serve", "--handler", "t=true", "--once"]);
        assert_eq!(second.env.records(&["job", "ls", "--status", "success"]).len(), 3);
        assert_eq!(second.env.records(&["job", "retry", "--status", "failure", "--yes"]).len(), 1);
        // What changed here since is left alone.
        let again = second.env.run_with(&["job", "import"], &kept);
        assert!(
            again.code == Some(0) && again.stderr.contains("imported 0 jobs, 4 were there already"),
            "{again:?}"
        );
        assert_eq!(second.env.records(&["job", "ls", "--status", "success"]).len(), 3);
        // To be run again, wherever that may be.
        let third = Store::new();
        third.import(&kept, &["--rerun"]);
        third.import(&kept, &["--rerun"]);
        assert_eq!(third.env.records(&["job", "ls", "--status", "pending"]).len(), 4);
        third.import(&kept, &["--new-keys"]);
        assert_eq!(third.env.records(&["job", "ls", "--status", "pending"]).len(), 8);
    }
}
