//! Workers, pauses, figures, probes, pruning, contexts, and the spelling of the npm command.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use oada_jobs::oada::{Client, Domain};

use serde_json::{Value, json};

use crate::support::env::TestEnv;
use crate::support::terminal::Terminal;
use crate::support::trouble::{Fault, Trouble};

#[test]
fn workers_are_listed_and_stopped() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    assert!(env.records(&["worker", "ls"]).is_empty());
    let mut worker = env.serve(&["--handler", "t=true"]);
    let listed = env.wait_for("the worker", || env.records(&["worker", "ls"]).into_iter().next());
    assert_eq!((&listed["state"], &listed["types"]), (&json!("alive"), &json!("t")));
    let feed = env.wait_for("a live feed", || {
        let worker = env.records(&["worker", "ls"]).remove(0);
        worker["feeds"].as_array().unwrap().iter().find(|feed| feed["live"] == true).cloned()
    });
    assert!(feed["list"].as_str().unwrap().starts_with("/bookmarks/services/oada-jobs/"), "{feed}");
    assert!(env.ok(&["worker", "ls", "-o", "wide"]).contains(" live"));
    let id = listed["id"].as_str().unwrap();
    env.ok(&["worker", "stop", &id[..20]]);
    assert_eq!(worker.ended().code(), Some(0));
    env.run(&["worker", "stop", id]).failed(3, "no living worker", "worker ls");
}

#[test]
fn a_paused_service_takes_no_jobs() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.ok(&["queue", "pause", "--reason", "moving"]);
    let _worker = env.serve(&["--handler", "t=true"]);
    let key = env.post(&["t"]);
    assert_eq!(env.run(&["job", "wait", &key, "--timeout", "1s"]).code, Some(124));
    env.ok(&["queue", "resume"]);
    assert_eq!(env.run(&["job", "wait", &key, "--timeout", "30s"]).code, Some(0));
}

#[test]
fn figures_and_probes_agree_with_what_is_there() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=exit 3", "--once"]);
    env.post(&["t"]);
    let stats = env.records(&["stats"]);
    let count = |what: &str| stats.iter().find(|line| line["what"] == what).unwrap()["count"].clone();
    assert_eq!((count("unfinished"), count("failure"), count("workers")), (json!(1), json!(1), json!(0)));
    let check = |args: &[&str]| env.run(&[&["check"], args].concat());
    assert_eq!(check(&["--max-pending", "1", "--max-failures", "1"]).code, Some(0));
    let critical = check(&["--min-workers", "1"]);
    assert!(critical.code == Some(2) && critical.stdout.contains("CRITICAL  0 workers"), "{critical:?}");
    let nagios = check(&["--max-pending", "0", "--format", "nagios"]).stdout;
    assert!(nagios.starts_with("CRITICAL: 1 unfinished") && nagios.contains("pending=1;;0"), "{nagios}");
    let warned = check(&["--max-pending", "0:1", "--max-pending-age", "1h:2h", "--format", "nagios"]);
    assert!(warned.code == Some(1) && warned.stdout.starts_with("WARNING: 1 unfinished"), "{warned:?}");
    assert!(warned.stdout.contains("pending=1;0;1") && warned.stdout.contains(";3600;7200"), "{warned:?}");
    assert_eq!(check(&["--max-pending", "0:1", "--min-workers", "1"]).code, Some(2));
    assert_eq!(check(&["--max-pending", "1:"]).code, Some(2));
    assert!(check(&["--format", "prometheus"]).stdout.contains("oada_jobs_pending{service=\"oada-jobs\"} 1"));
    // Nothing runs, then a job that began a moment ago.
    let runs = ["--max-running-age", "1h", "--format", "json"];
    assert!(
        check(&runs).stdout.contains("\"name\":\"running_age_seconds\",\"ok\":true"),
        "{:?}",
        check(&runs)
    );
    let key = env.post(&["long"]);
    let worker = env.serve(&["--handler", "long=sleep 600"]);
    env.wait_for_jobs(1, &["--status", "running"]);
    assert_eq!(check(&runs).code, Some(0));
    let late = env.wait_for("the job to run for a second", || {
        let late = check(&["--max-running-age", "0s"]);
        (late.code == Some(2)).then_some(late)
    });
    assert!(late.stdout.contains("CRITICAL  longest runs for ") && late.stdout.contains(&key), "{late:?}");
    drop(worker);
    let unknown = check(&["--domain", "http://127.0.0.1:1", "--token", "@/dev/null"]);
    assert_eq!(unknown.code, Some(3), "{unknown:?}");
    let doctor = env.records(&["doctor"]);
    assert!(doctor.iter().all(|finding| finding["state"] != "error"), "{doctor:?}");
    assert!(doctor.iter().any(|finding| finding["check"] == "change feed"), "{doctor:?}");
}

#[tokio::test]
async fn a_doctor_mends_what_posts_without_a_tree_left() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let client = Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.trim().into()).build();
    let client = client.unwrap();
    let list = "/bookmarks/services/oada-jobs/jobs".parse().unwrap();
    let job = json!({"early": {"_id": "resources/early"}});
    client.put(&list, "application/json", &job, None).await.unwrap();
    let is_plain = async || !client.head(&list).await.unwrap().unwrap().leftover.is_empty();
    assert!(is_plain().await);
    let told = env.run(&["doctor"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let lists = told.stdout.lines().find(|line| line.contains(r#""check":"lists""#)).unwrap();
    assert!(lists.contains("plain objects") && lists.contains("doctor --repair"), "{lists}");
    assert!(is_plain().await, "it was mended without being asked");
    env.run(&["doctor", "--repair", "--read-only"]).failed(4, "nothing may be changed", "-C NAME");
    let repair = |findings: Vec<serde_json::Value>| {
        findings.into_iter().find(|finding| finding["check"] == "repair").unwrap()["found"].to_string()
    };
    let mended = repair(env.records(&["doctor", "--repair"]));
    assert!(mended.contains("/bookmarks/services"), "{mended}");
    assert!(!is_plain().await);
    assert!(repair(env.records(&["doctor", "--repair"])).contains("nothing was to be mended"));
    env.ok(&["doctor"]);
}

#[tokio::test]
async fn a_doctor_tells_of_jobs_that_were_posted_for_another_layout() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=true", "--once"]);
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let client = Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.trim().into()).build();
    let misled = "/bookmarks/services/oada-jobs/jobs/pending/early".parse().unwrap();
    let link = json!({"_id": "resources/early"});
    client.unwrap().put(&misled, "application/json", &link, None).await.unwrap();
    let lists = env.records(&["doctor"]).into_iter().find(|finding| finding["check"] == "lists").unwrap();
    assert_eq!(lists["state"], "warn", "{lists}");
    assert!(lists["found"].as_str().unwrap().contains("jobs/pending, posted for another layout"), "{lists}");
}

#[tokio::test]
async fn failures_are_pruned_from_the_lists_of_their_types_too() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    let (west, east) = ("Pacific/Pago_Pago", "Pacific/Kiritimati");
    let layout = ["--layout", "current"];
    env.post(&[&["t"], &layout[..]].concat());
    env.ok(&["serve", "--handler", "t=exit 3", "--once", "--tz", west]);
    env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=exit 4", "--once", "--tz", east]);
    let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
    let client = Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.trim().into()).build();
    let client = client.unwrap();
    let days = async |list: &str| {
        let index = format!("/bookmarks/services/oada-jobs/jobs/{list}/day-index").parse().unwrap();
        let found = client.find(&index).await.unwrap();
        found.map_or(0, |index| index.value.as_object().unwrap().len())
    };
    assert_eq!((days("failure").await, days("typed-failure/exit-3").await), (2, 1));
    env.ok(&["prune", "--failure-older-than", "0s", "--tz", east, "--yes"]);
    let left =
        (days("failure").await, days("typed-failure/exit-3").await, days("typed-failure/exit-4").await);
    assert_eq!(left, (1, 0, 1));
    assert_eq!(env.records(&["job", "ls"])[0]["error_type"], "exit-4");
}

#[test]
fn old_days_are_pruned_and_young_ones_stay() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    // It is always yesterday, or the day before, in the one place, seen from the other.
    let (west, east) = ("Pacific/Pago_Pago", "Pacific/Kiritimati");
    let old = env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=true", "--once", "--tz", west]);
    env.post(&["t"]);
    env.ok(&["serve", "--handler", "t=true", "--once", "--tz", east]);
    let prune = |more: &[&str]| {
        env.run(&[&["prune", "--success-older-than", "0s", "--resources", "--tz", east], more].concat())
    };
    let planned = prune(&["--dry-run"]);
    assert_eq!((planned.code, planned.stdout.lines().count()), (Some(0), 1), "{planned:?}");
    prune(&[]).failed(2, "Remove 1 jobs of 1 days?", "--yes");
    assert_eq!(env.records(&["job", "ls"]).len(), 2);
    let done = prune(&["--yes"]);
    assert!(done.code == Some(0) && done.stdout.contains("\"removed\""), "{done:?}");
    assert_eq!(env.records(&["job", "ls"]).len(), 1);
    assert_eq!(env.run(&["job", "show", &old]).code, Some(3));
}

#[test]
fn a_job_that_cannot_be_deleted_keeps_its_day_and_stops_no_other() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&["--data-dir", "data"]);
    let (trouble, _token) = Trouble::before_store_of(&env, &url, "oada-jobs.toml");
    let lines: String = (0..6)
        .map(|n| {
            let day = format!("2026-01-0{}", 1 + n % 2);
            let job = json!({"service": "oada-jobs", "type": "t", "config": {}, "status": "success"});
            format!("{}\n", json!({"key": format!("k{n}"), "list": "success", "day": day, "job": job}))
        })
        .collect();
    assert_eq!(env.run_with(&["job", "import"], &lines).code, Some(0));
    let prune = ["prune", "--success-older-than", "1d", "--resources", "--yes"];
    trouble.breaks(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("DELETE", "/resources/k0") => Fault::status(403),
        _ => Fault::Nothing,
    });
    let some = env.run(&prune);
    assert_eq!(some.code, Some(7), "{some:?}");
    assert!(some.stderr.contains("error: cannot remove k0: "), "{some:?}");
    assert!(some.stderr.contains("removed 5 jobs, 1 failed"), "{some:?}");
    let days: Vec<Value> = some.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = days.iter().map(|day| (&day["day"], &day["jobs"], &day["done"])).collect();
    let (first, second) = (json!("2026-01-01"), json!("2026-01-02"));
    assert_eq!(told, [(&first, &json!(3), &json!("left")), (&second, &json!(3), &json!("removed"))]);
    // The bar is for people alone.
    trouble.breaks(|_| Fault::Nothing);
    let terminal = Terminal::start(env.command(&prune), 100);
    terminal.shows("removed 3 jobs");
    assert_eq!(terminal.ended().0, Some(0));
    let none = env.run(&prune);
    assert!(none.code == Some(0) && none.stderr.contains("removed 0 jobs; nothing is that old"), "{none:?}");
}

#[test]
fn the_newest_jobs_are_kept_however_old_they_are() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let job = |day: u32, n: u32, list: &str| {
        let time = format!("2026-01-{day:02}T12:00:00.000Z");
        let update = json!({"status": list, "time": time, "meta": "Runner finshed"});
        let job = json!({"service": "oada-jobs", "type": "t", "config": {}, "status": list, "updates": {"u": update}});
        json!({"key": format!("{list}-{day:02}-{n}"), "list": list, "day": &time[..10], "job": job})
    };
    let jobs =
        (1..=4).flat_map(|day| [job(day, 1, "success"), job(day, 2, "success"), job(day, 1, "failure")]);
    let text: String = jobs.map(|job| format!("{job}\n")).collect();
    assert_eq!(env.run_with(&["job", "import"], &text).code, Some(0));
    let days = |args: &[&str]| -> Vec<String> {
        let removed = env.records(&[&["prune"], args].concat());
        let told = |record: &serde_json::Value| {
            format!("{} {}", record["list"].as_str().unwrap(), &record["day"].as_str().unwrap()[8..])
        };
        removed.iter().map(told).collect()
    };
    // Three successes take two days, and three failures three.
    let planned = ["success 01", "success 02", "failure 01"];
    assert_eq!(days(&["--keep", "3", "--dry-run"]), planned);
    assert_eq!(days(&["--keep", "3", "--failure-older-than", "1d", "--dry-run"]), planned[2..]);
    assert!(days(&["--keep", "3", "--success-older-than", "36500d", "--dry-run"]).is_empty());
    assert_eq!(days(&["--keep", "3", "--yes"]), planned);
    assert!(days(&["--keep", "3", "--yes"]).is_empty());
    assert_eq!(env.records(&["job", "ls"]).len(), 7);
    assert_eq!(env.run(&["prune", "--keep", "0", "--yes"]).code, Some(2));
}

#[test]
fn contexts_hold_settings_and_keep_their_tokens_to_themselves() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&["--data-dir", "served"]);
    let token = env.path().join("served/token");
    let token = token.to_str().unwrap();
    env.ok(&["context", "add", "local", "--domain", &url, "--token-file", token, "--service", "mailer"]);
    env.ok(&["context", "add", "typed", "--domain", "a.example", "--token", &format!("@{token}")]);
    let file = env.path().join("home/.config/oada-jobs/contexts/typed.toml");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let listed = env.ok(&["context", "ls"]);
    assert!(listed.contains("a.example") && !listed.contains(fs::read_to_string(token).unwrap().trim()));
    env.ok(&["-C", "local", "job", "post", "t"]);
    assert!(env.records(&["job", "ls"]).is_empty(), "the embedded store was used");
    env.ok(&["context", "use", "local"]);
    assert_eq!(env.records(&["job", "ls"])[0]["service"], "mailer");
    env.run(&["job", "post", "t", "--read-only"]).failed(4, "--read-only says that nothing", "-C NAME");
    env.run(&["-C", "lokal", "job", "ls"]).failed(3, "no context \"lokal\"", "local");
    env.ok(&["context", "rm", "local"]);
    assert!(env.records(&["job", "ls"]).is_empty());
}

#[test]
fn the_spelling_of_the_npm_command_is_understood() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let service = ["-q", "/bookmarks/services/old/"];
    let key = env.post(&["t", "-s", "old"]);
    env.ok(&["serve", "--handler", "t=exit 3", "--once", "-s", "old"]);
    assert_eq!(env.records(&[&service[..], &["list"]].concat()).len(), 1);
    let printed = env.records(&[&service[..], &["print", "jobs-failure", &key]].concat());
    assert_eq!(printed[0]["status"], "failure");
    assert_eq!(env.records(&[&service[..], &["retry", &key]].concat())[0]["done"], "retried");
    env.run(&["-q", "nonsense", "list"]).failed(2, "not the path of a service", "/bookmarks/services/NAME");
}
