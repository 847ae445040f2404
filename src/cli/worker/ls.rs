//! `worker ls`.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::figures::{Worker, workers};
use crate::cli::output::{Column, Show, plain};

/// List the workers of a service
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs worker ls
  oada-jobs worker ls -o wide")]
pub(in crate::cli) struct LsArgs {}

const COLUMNS: [Column; 11] = [
    Column::new("ID", "id"),
    Column::new("STATE", "state").shown(Show::Status),
    Column::new("HOST", "host"),
    Column::new("PID", "pid"),
    Column::new("STARTED", "started").shown(Show::Time),
    Column::new("RUNNING", "running"),
    Column::new("TYPES", "types"),
    Column::new("WAITING", "waiting").wide().shown(Show::With(waiting)),
    Column::new("HEARTBEAT", "heartbeat").wide().shown(Show::Time),
    Column::new("VERSION", "version").wide(),
    Column::new("FEEDS", "feeds").wide().shown(Show::With(feeds)),
];

/// How many jobs wait until their handler may start.
fn waiting(worker: &Value) -> String {
    let waiting = worker.get("waiting").and_then(Value::as_object).into_iter().flatten();
    waiting.map(|(handler, count)| format!("{handler} {count}")).collect::<Vec<_>>().join(", ")
}

/// How many of a worker's feeds are live, and which are not.
fn feeds(worker: &Value) -> String {
    let feeds: Vec<&Value> = worker.get("feeds").and_then(Value::as_array).into_iter().flatten().collect();
    let is_live = |feed: &&&Value| feed.get("live") == Some(&Value::Bool(true));
    let deaf: Vec<String> =
        feeds.iter().filter(|feed| !is_live(feed)).map(|feed| plain(feed.get("list"))).collect();
    let sum = format!("{} of {} live", feeds.len() - deaf.len(), feeds.len());
    if deaf.is_empty() { sum } else { format!("{sum}, not {}", deaf.join(", ")) }
}

/// A worker as listed. The names are documented in `docs/output.md`.
pub(super) fn record(worker: &Worker) -> Value {
    let record = &worker.record;
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates, and such a time is refused")]
    let heartbeat = Timestamp::from_millisecond((record.modified * 1000.0) as i64).ok();
    let version = Some(record.version.as_str()).filter(|version| !version.is_empty());
    json!({
        "id": record.id, "state": worker.state(), "host": record.host.name, "pid": record.host.pid,
        "version": version, "started": record.started,
        "heartbeat": heartbeat.map(|time| format!("{time:.3}")), "running": record.running.len(),
        "concurrency": record.concurrency, "types": record.types.join(" "), "jobs": record.running,
        "waiting": record.waiting, "feeds": record.feeds,
    })
}

pub(super) async fn ls(LsArgs {}: LsArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut listing = app.ui.listing(&COLUMNS);
    for worker in workers(&store).await? {
        listing.push(&worker.record.id, &record(&worker))?;
    }
    listing.finish(&format!("no workers of {}; start one with `oada-jobs serve`", store.root))?;
    Ok(Exit::Ok)
}
