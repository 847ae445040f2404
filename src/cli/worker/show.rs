//! `worker show`.

use clap::Args;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::ls::record;
use super::{find, missing};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Ui, page, plain};
use crate::cli::time::show_duration;
use crate::jobs;
use crate::model::Job;

/// Show all that is known of a worker: where it runs, its heartbeat, and the jobs that it runs
///
/// The jobs are those of its last heartbeat, at most a hundred.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs worker show 2Xyz")]
pub(in crate::cli) struct ShowArgs {
    /// Its id, or the beginning of it
    id: String,
}

/// How many jobs are read at a time.
const PARALLEL: usize = 16;

pub(super) async fn show(args: ShowArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let worker = find(&store, &args.id, |_| true).await?;
    let worker = worker.ok_or_else(|| missing("worker", &args.id, &store))?;
    let mut record = record(&worker);
    record["silent_seconds"] = json!(worker.silent.as_secs());
    record["claims"] = claims(&store, &worker.record.running).await?.into();
    let silent = show_duration(std::time::Duration::from_secs(worker.silent.as_secs()));
    app.ui.result(&worker.record.id, &record, || describe(&app.ui, &record, &silent))?;
    Ok(Exit::Ok)
}

/// What a worker runs. A job that has ended since is left out.
async fn claims(store: &Store, keys: &[String]) -> Result<Vec<Value>, Failure> {
    let lists = jobs::pending_lists(&store.client, &store.root).await?;
    let read = |key: &String| {
        let (key, lists) = (key.clone(), lists.clone());
        async move {
            for list in &lists {
                let Some(document) = store.client.find(&list.path.join(&key)).await? else { continue };
                let Ok(job) = Job::from_value(&document.value) else { continue };
                let claim = job.claim.as_ref();
                return Ok(Some(json!({
                    "key": key, "type": job.job_type, "status": job.status().as_str(),
                    "attempt": claim.map(|claim| claim.attempt), "at": claim.map(|claim| claim.at.as_str()),
                })));
            }
            Ok::<_, Failure>(None)
        }
    };
    let mut found = Vec::new();
    let mut reading = stream::iter(keys).map(read).buffered(PARALLEL);
    while let Some(job) = reading.next().await {
        found.extend(job?);
    }
    Ok(found)
}

fn describe(ui: &Ui, record: &Value, silent: &str) -> String {
    let text = |field: &str| plain(record.get(field));
    let moment = |text: &str| text.parse().map_or(text.to_owned(), |time| ui.moment(time));
    let entries = |field: &str| record.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut lines = vec![
        ("Worker", text("id")),
        ("State", ui.status(&text("state"))),
        ("Host", text("host")),
        ("Pid", text("pid")),
        ("Version", text("version")),
        ("Started", format!("{} ({})", moment(&text("started")), text("started"))),
        ("Heartbeat", format!("{silent} ago ({})", text("heartbeat"))),
        ("Types", text("types")),
        ("Runs", format!("{} of {} at once", text("running"), text("concurrency"))),
    ];
    for (handler, count) in record.get("waiting").and_then(Value::as_object).into_iter().flatten() {
        lines.push(("Waits", format!("{count} jobs at the gate of {handler}")));
    }
    for feed in entries("feeds") {
        let live = feed.get("live") == Some(&Value::Bool(true));
        let word = if live { "live" } else { "not live" };
        lines.push(("Feed", format!("{}: {word}", plain(feed.get("list")))));
    }
    let mut page = page(&lines);
    for claim in entries("claims") {
        let part = |field: &str| plain(claim.get(field));
        page.push_str(&format!(
            "\n  {}  {}  {}  attempt {}, {}",
            part("key"),
            part("type"),
            ui.status(&part("status")),
            part("attempt"),
            moment(&part("at"))
        ));
    }
    page
}
