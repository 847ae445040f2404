//! @oada/jobs 1.0.4 as a whole service against our store.

use serde_json::{Value, json};

use crate::node_jobs::post_old_job;
use crate::support::deployed::{StoreProcess, Wire, eventually};
use crate::support::node::judges;
use crate::support::recorded::{Comparison, Revs, Talk};

const ROOT: &str = "/bookmarks/services/svc";

/// Waits until the job is in today's list and not pending any more, and returns it.
async fn filed(store: &StoreProcess, list: &str, key: &str) -> Value {
    eventually("the job is filed", || async {
        let index = store.find(&format!("{ROOT}/{list}/day-index")).await?;
        let day = index.as_object().unwrap().keys().next_back()?.clone();
        let job = store.find(&format!("{ROOT}/{list}/day-index/{day}/{key}")).await?;
        let pending = store.get(&format!("{ROOT}/jobs")).await;
        pending.get(key).is_none().then_some(job)
    })
    .await
}

async fn post(store: &StoreProcess, key: &str, job_type: &str) {
    let kind = "application/vnd.oada.service.job+json";
    let job = json!({"service": "svc", "type": job_type, "config": {}});
    store.put(&format!("/resources/{key}"), kind, &job).await;
    store.put(&format!("{ROOT}/jobs/{key}"), kind, &json!({"_id": format!("resources/{key}")})).await;
}

/// What the updates of a job say, in their order.
fn updates(job: &Value) -> Vec<(&str, &Value)> {
    job["updates"]
        .as_object()
        .unwrap()
        .values()
        .map(|update| (update["status"].as_str().unwrap(), &update["meta"]))
        .collect()
}

#[tokio::test]
async fn it_makes_its_lists_on_an_empty_store_and_runs_jobs_to_every_end() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    let worker = judges.worker1(&store, "svc").await;

    // One after the other: where two jobs make a day list at once, this worker files one of them as a failure.
    post(&store, "first", "noop").await;
    let first = filed(&store, "jobs-success", "first").await;
    assert_eq!((&first["status"], &first["result"]), (&json!("success"), &json!({"ok": true})));
    let (started, finished) = (json!("Runner started"), json!("Runner finshed"));
    assert_eq!(updates(&first), [("started", &started), ("success", &finished)]);

    post(&store, "second", "fail").await;
    let second = filed(&store, "jobs-failure", "second").await;
    assert_eq!((&second["status"], &second["result"]), (&json!("failure"), &json!({})));
    post(&store, "third", "slow").await;
    let third = filed(&store, "jobs-failure", "third").await;
    assert_eq!(third["result"], json!({"name": "TimeoutError"}));
    post(&store, "fourth", "talk").await;
    let fourth = filed(&store, "jobs-success", "fourth").await;
    assert_eq!(
        updates(&fourth),
        [("started", &started), ("halfway", &json!({"page": 2})), ("success", &finished)]
    );

    assert_eq!(worker.end().await, json!({"faults": []}));
}

#[tokio::test]
async fn it_works_off_what_it_finds_and_what_comes() {
    let Some(judges) = judges() else { return };
    let store = StoreProcess::start(Wire::Tls);
    // The lists of today stand, so that jobs can be filed at the same time.
    let Some(talk) = Talk::read("talk-old-worker-success") else { return };
    talk.plant(&store).await;
    let posted = judges.run(&store, "classic/post-classic.cjs", &["svc", "noop", "50"]).await;
    let worker = judges.worker1(&store, "svc").await;
    let more = judges.run(&store, "classic/post-classic.cjs", &["svc", "noop", "50"]).await;
    for key in [posted, more].iter().flat_map(|posted| posted["keys"].as_array().unwrap()) {
        let job = filed(&store, "jobs-success", key.as_str().unwrap()).await;
        assert_eq!(job["result"], json!({"ok": true}));
        assert_eq!(updates(&job).len(), 2, "run once: {job}");
    }
    assert_eq!(worker.end().await, json!({"faults": []}));
}

/// One job on the tree that stood there.
async fn as_recorded(recording: &str, job_type: &str, list: &str) {
    let Some(judges) = judges() else { return };
    let (Some(start), Some(talk)) = (Talk::read("talk-old-worker-start"), Talk::read(recording)) else {
        return;
    };
    let (store, tap) = StoreProcess::tapped(Wire::Tls).await;
    talk.plant(&store).await;
    let worker = judges.worker1(&store, "svc").await;
    let mut recorded = start.exchanges("worker");
    recorded.extend(talk.exchanges("worker"));
    post_old_job(&store, job_type).await;
    filed(&store, list, "old-job").await;
    // The tree was planted by fewer writes than it was made by.
    let compared = Comparison::new(Revs::Present).and_heard(recorded, &tap);
    compared.assert_documents(&store, &talk).await;
    assert_eq!(worker.end().await, json!({"faults": []}));
}

#[tokio::test]
async fn it_leaves_a_success_as_recorded() {
    as_recorded("talk-old-worker-success", "noop", "jobs-success").await;
}

#[tokio::test]
async fn it_leaves_a_failure_as_recorded() {
    as_recorded("talk-old-worker-failure", "fail", "jobs-failure").await;
}

#[tokio::test]
async fn it_makes_the_list_of_a_new_day_at_the_first_try() {
    let Some(judges) = judges() else { return };
    let Some(talk) = Talk::read("talk-old-worker-new-day") else { return };
    let store = StoreProcess::start(Wire::Tls);
    talk.plant(&store).await;
    let worker = judges.worker1(&store, "svc").await;
    post_old_job(&store, "noop").await;
    let job = filed(&store, "jobs-success", "old-job").await;
    assert_eq!(updates(&job).len(), 2, "{job}");
    let list = store.get(&format!("{ROOT}/jobs-success")).await;
    // Made, and linked by a conditional write with a bare rev: the reference server refuses it.
    assert_eq!(list["_rev"], 2, "one write after it was planted: {list}");
    assert_eq!(store.get(&format!("{ROOT}/jobs-failure")).await["day-index"], json!({}));
    assert_eq!(worker.end().await, json!({"faults": []}));
}
