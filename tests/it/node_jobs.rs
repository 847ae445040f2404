//! Jobs posted by the published Node clients to our store, and run by our worker: each is filed once, and what the
//! poster and the store see at the end is what was recorded with a Node worker.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::deployed::{StoreProcess, Wire, eventually};
use crate::support::env::Running;
use crate::support::node::{Connection, judges};
use crate::support::recorded::{Comparison, Revs, Talk};

const JOBS: usize = 200;

/// What our worker keeps beside the lists of the Node worker.
const OUR_LISTS: [&str; 3] = ["workers", "queues", "control"];
/// What our worker keeps on a job that the Node worker does not.
const OUR_JOB: [&str; 2] = ["claim", "attempts"];
/// What stands in the result of a failed shell handler beside the error.
const OUR_RESULT: [&str; 8] =
    ["attempt", "duration", "exit", "killed", "signal", "stderr", "type", "JobError"];

/// The keys of the links in a list.
fn links(list: &Value) -> BTreeSet<String> {
    let members = list.as_object().into_iter().flatten();
    members.filter(|(key, _)| !key.starts_with('_')).map(|(key, _)| key.clone()).collect()
}

/// The days of a final list; the list need not be there.
async fn days(store: &StoreProcess, list: &str) -> Vec<(String, BTreeSet<String>)> {
    let Some(index) = store.find(&format!("{list}/day-index")).await else { return vec![] };
    let mut days = Vec::new();
    for day in index.as_object().unwrap().keys() {
        days.push((day.clone(), links(&store.get(&format!("{list}/day-index/{day}")).await)));
    }
    days
}

/// Waits until the pending list is empty, and checks that exactly `keys` are filed in `success`, once and today, each
/// with what its handler printed, and none in `failure`.
async fn each_is_filed_once(
    store: &StoreProcess,
    pending: &str,
    [success, failure]: [&str; 2],
    keys: &Value,
) {
    let keys: BTreeSet<String> =
        keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap().into()).collect();
    assert_eq!(keys.len(), JOBS);
    eventually("no job is pending", || async {
        let list = store.get(pending).await;
        links(&list).iter().all(|key| key == "pending").then_some(())
    })
    .await;

    let mut filed = Vec::new();
    let yesterday_or_later = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    for (day, of_day) in days(store, success).await {
        assert!(day >= yesterday_or_later.strftime("%Y-%m-%d").to_string(), "filed under {day}");
        filed.extend(of_day);
    }
    filed.sort();
    assert_eq!(filed, keys.iter().cloned().collect::<Vec<_>>(), "each once");
    assert_eq!(days(store, failure).await, []);

    let mut numbers = BTreeSet::new();
    for key in &keys {
        let job = store.get(&format!("/resources/{key}")).await;
        assert_eq!(job["status"], "success", "{job}");
        assert_eq!(job["result"], json!({"done": job["config"]["number"]}), "{job}");
        assert_eq!(job["attempts"].as_object().unwrap().len(), 1, "{job}");
        numbers.insert(job["config"]["number"].as_u64().unwrap());
    }
    assert_eq!(numbers.len(), JOBS);
}

/// A handler that answers a job's number; a shell can cut it out of the line by itself.
const NUMBER: &str = r#"number=read -r job; number=${job##*'"number":'}; echo "{\"done\": ${number%%\}*}}""#;

#[tokio::test]
async fn jobs_posted_by_client_5_are_each_filed_once() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Plain);
    let _worker = store.serve("svc", &["--layout", "current", "--handler", NUMBER]);
    let posted = judges.run(&store, "current/post-links.mjs", &["svc", "number", &JOBS.to_string()]).await;
    let root = "/bookmarks/services/svc/jobs";
    let lists = [format!("{root}/success"), format!("{root}/failure")];
    each_is_filed_once(&store, &format!("{root}/pending"), [&lists[0], &lists[1]], &posted["keys"]).await;
}

#[tokio::test]
async fn jobs_posted_by_client_1_are_each_filed_once() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    let _worker = store.serve("svc", &["--layout", "classic", "--handler", NUMBER]);
    let posted = judges.run(&store, "classic/post-classic.cjs", &["svc", "number", &JOBS.to_string()]).await;
    let root = "/bookmarks/services/svc";
    let lists = [format!("{root}/jobs-success"), format!("{root}/jobs-failure")];
    each_is_filed_once(&store, &format!("{root}/jobs"), [&lists[0], &lists[1]], &posted["keys"]).await;
}

/// What each recorded type of job did, as a shell handler.
const RECORDED_HANDLERS: [&str; 6] = [
    r#"ok=python3 -c 'import json,sys; c = json.load(sys.stdin)["config"]; print(json.dumps({"sum": c["a"] + c["b"]}))'"#,
    r#"bad=echo '{"error": {"message": "asked to fail"}}' >&3; exit 1"#,
    r#"typed=echo '{"error": {"type": "bad-input", "message": "no such field"}}' >&3; exit 1"#,
    "slow=sleep 600",
    r#"noop=echo '{"ok": true}'"#,
    "fail=exit 1",
];

fn serve_recorded(store: &StoreProcess, layout: &str) -> Running {
    let mut args = vec!["--layout", layout, "--timeout", "slow=300ms"];
    args.extend(RECORDED_HANDLERS.iter().flat_map(|handler| ["--handler", handler]));
    store.serve("svc", &args)
}

/// A comparison with what a Node worker of the current layout leaves of a job.
fn current() -> Comparison {
    Comparison::new(Revs::Present)
        .ours("/services/svc", &OUR_LISTS)
        .ours("/<id:7>", &OUR_JOB)
        .ours("/<id:1>", &OUR_JOB)
        .ours("/<id:11>", &OUR_JOB)
        .ours("/waiting-job", &OUR_JOB)
        .ours("resolved", &OUR_JOB)
        .ours("/result", &OUR_RESULT)
        // Of programs that are no Node programs there is no stack.
        .theirs("/result", &["stack"])
        // A shell handler's failure always has a type, if only that of its exit code.
        .ours("/jobs", &["typed-failure"])
}

/// Waits until the one job is filed: it is unlinked last.
async fn nothing_is_pending(store: &StoreProcess, pending: &str, list: &str) {
    eventually("the job is filed", || async {
        let pending = links(&store.get(pending).await);
        (pending.is_empty() && !days(store, list).await.is_empty()).then_some(())
    })
    .await;
}

/// Has doJob do the jobs of a recorded conversation, one after the other.
async fn do_job(recording: &str, connection: Connection, list: &str) {
    let Some(judges) = judges() else { return };
    let Some(talk) = Talk::read(recording) else { return };
    let (store, tap) = StoreProcess::tapped(Wire::Plain).await;
    let _worker = serve_recorded(&store, "current");
    let pending = "/bookmarks/services/svc/jobs/pending";
    let after = talk.documents_after().values();
    let mut jobs: Vec<&Value> = after.filter(|document| document.get("config").is_some()).collect();
    // The recorded result is that of the last.
    jobs.sort_by_key(|job| job["_id"] == talk.client_result()["resolved"]["_id"]);
    let (mut said, mut last) = (Value::Null, 0);
    for job in jobs {
        // Where there are two, the recording begins with the second.
        last = tap.exchanges().len();
        let posted = json!({"service": "svc", "type": job["type"], "config": job["config"]});
        said = judges.do_job(&store, connection, &posted).await;
        nothing_is_pending(&store, pending, list).await;
    }
    // It looks again whenever the job changes, and our worker writes less often than that of the recording.
    let mut compared = current().and_heard_once(talk.exchanges("poster"), tap.exchanges().split_off(last));
    let recorded = talk.client_result();
    if let Some(rejected) = recorded.get("rejected") {
        for member in ["name", "message"] {
            assert_eq!(said["rejected"][member], rejected[member], "{said}");
        }
        for member in rejected["keys"].as_array().unwrap() {
            assert!(said["rejected"].get(member.as_str().unwrap()).is_some(), "no {member}: {said}");
        }
    } else {
        compared = compared.and("resolved", &recorded["resolved"], &said["resolved"]);
    }
    compared.assert_documents(&store, &talk).await;
}

const SUCCESS: &str = "/bookmarks/services/svc/jobs/success";
const FAILURE: &str = "/bookmarks/services/svc/jobs/failure";

#[tokio::test]
async fn do_job_resolves_as_recorded() {
    do_job("talk-dojob-success", Connection::Ws, SUCCESS).await;
}

#[tokio::test]
async fn do_job_resolves_as_recorded_over_http() {
    do_job("talk-dojob-success-http", Connection::Http, SUCCESS).await;
}

#[tokio::test]
async fn do_job_resolves_twice_on_one_day_as_recorded() {
    do_job("talk-dojob-two", Connection::Ws, SUCCESS).await;
}

#[tokio::test]
async fn a_job_that_waited_is_left_as_recorded() {
    let Some(talk) = Talk::read("talk-worker-backlog") else { return };
    let store = StoreProcess::start(Wire::Plain);
    talk.plant(&store).await;
    let _worker = serve_recorded(&store, "current");
    is_filed(&store, ["/bookmarks/services/svc/jobs/pending", SUCCESS], "waiting-job").await;
    current().assert_documents(&store, &talk).await;
}

#[tokio::test]
async fn do_job_rejects_a_failure_as_recorded() {
    do_job("talk-dojob-failure", Connection::Ws, FAILURE).await;
}

#[tokio::test]
async fn do_job_rejects_a_typed_failure_as_recorded() {
    do_job("talk-dojob-joberror", Connection::Ws, "/bookmarks/services/svc/jobs/typed-failure/bad-input")
        .await;
}

#[tokio::test]
async fn do_job_rejects_a_timeout_as_recorded() {
    do_job("talk-dojob-timeout", Connection::Ws, "/bookmarks/services/svc/jobs/typed-failure/timeout").await;
}

/// Waits until a job is in the latest day of a final list, and not pending any more.
async fn is_filed(store: &StoreProcess, [pending, list]: [&str; 2], key: &str) {
    eventually("the job is filed", || async {
        let day = days(store, list).await.pop()?.1;
        let pending = links(&store.get(pending).await);
        (day.contains(key) && !pending.contains(key)).then_some(())
    })
    .await;
}

/// Runs the one job of a recorded conversation of the classic worker by ours, on the tree that stood there.
async fn classic(recording: &str, job_type: &str, list: &str) {
    let Some(talk) = Talk::read(recording) else { return };
    let store = StoreProcess::start(Wire::Plain);
    talk.plant(&store).await;
    let _worker = serve_recorded(&store, "classic");
    post_old_job(&store, job_type).await;
    let root = "/bookmarks/services/svc";
    is_filed(&store, [&format!("{root}/jobs"), &format!("{root}/{list}")], "old-job").await;
    let compared = Comparison::new(Revs::Present)
        .ours("/services/svc", &OUR_LISTS)
        .ours("/old-job", &OUR_JOB)
        // The classic worker loses the message of an error.
        .ours("/result", &["name", "message"])
        .ours("/result", &OUR_RESULT);
    compared.assert_documents(&store, &talk).await;
}

/// Posts a job as the poster of the recorded conversations did.
pub(crate) async fn post_old_job(store: &StoreProcess, job_type: &str) {
    let job = json!({"service": "svc", "type": job_type, "config": {"x": 1}});
    store.put("/resources/old-job", "application/vnd.oada.service.job+json", &job).await;
    let link = json!({"_id": "resources/old-job"});
    store.put("/bookmarks/services/svc/jobs/old-job", "application/vnd.oada.service.job+json", &link).await;
}

#[tokio::test]
async fn a_classic_success_is_left_as_recorded() {
    classic("talk-old-worker-success", "noop", "jobs-success").await;
}

#[tokio::test]
async fn a_classic_failure_is_left_as_recorded() {
    classic("talk-old-worker-failure", "fail", "jobs-failure").await;
}

/// A worker that has started and found nothing to do.
async fn start(recording: &str, layout: &str) {
    let Some(talk) = Talk::read(recording) else { return };
    let store = StoreProcess::start(Wire::Plain);
    talk.plant(&store).await;
    let _worker = serve_recorded(&store, layout);
    let lists = Comparison::new(Revs::Present).ours("/services/svc", &OUR_LISTS);
    lists.assert_documents(&store, &talk).await;
}

#[tokio::test]
async fn a_start_leaves_the_lists_as_recorded() {
    start("talk-worker-start", "current").await;
}

#[tokio::test]
async fn a_classic_start_leaves_the_lists_as_recorded() {
    start("talk-old-worker-start", "classic").await;
}
