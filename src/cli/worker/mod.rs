//! `worker`: the workers of a service.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connect::App;
use super::error::{Exit, Failure};
use super::figures::{Worker, workers};
use super::output::{Column, Show, plain};
use crate::jobs;

/// See and stop the workers of a service
#[derive(Debug, Subcommand)]
pub(super) enum WorkerCommand {
    #[command(visible_alias = "list")]
    Ls(LsArgs),
    Stop(StopArgs),
}

/// List the workers of a service
#[derive(Debug, Args)]
pub(super) struct LsArgs {}

/// Ask a worker to stop: it takes no more jobs, lets those that run end, and ends
#[derive(Debug, Args)]
pub(super) struct StopArgs {
    /// Its id, or the beginning of it
    id: String,
}

impl WorkerCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(self, Self::Ls(_))
    }
}

pub(super) async fn run(command: WorkerCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        WorkerCommand::Ls(args) => ls(args, app).await,
        WorkerCommand::Stop(args) => stop(args, app).await,
    }
}

const COLUMNS: [Column; 8] = [
    Column::new("ID", "id"),
    Column::new("STATE", "state").shown(Show::Status),
    Column::new("HOST", "host"),
    Column::new("PID", "pid"),
    Column::new("STARTED", "started").shown(Show::Time),
    Column::new("RUNNING", "running"),
    Column::new("TYPES", "types"),
    Column::new("FEEDS", "feeds").wide().shown(Show::With(feeds)),
];

/// How many of a worker's feeds are live, and which are not.
fn feeds(worker: &Value) -> String {
    let feeds: Vec<&Value> = worker.get("feeds").and_then(Value::as_array).into_iter().flatten().collect();
    let is_live = |feed: &&&Value| feed.get("live") == Some(&Value::Bool(true));
    let deaf: Vec<String> =
        feeds.iter().filter(|feed| !is_live(feed)).map(|feed| plain(feed.get("list"))).collect();
    let sum = format!("{} of {} live", feeds.len() - deaf.len(), feeds.len());
    if deaf.is_empty() { sum } else { format!("{sum}, not {}", deaf.join(", ")) }
}

async fn ls(LsArgs {}: LsArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut listing = app.ui.listing(&COLUMNS);
    for Worker { record, is_alive } in workers(&store).await? {
        let value = json!({
            "id": record.id, "state": if is_alive { "alive" } else { "dead" }, "host": record.host.name,
            "pid": record.host.pid, "started": record.started, "running": record.running.len(),
            "concurrency": record.concurrency, "types": record.types.join(" "), "jobs": record.running,
            "feeds": record.feeds,
        });
        listing.push(&record.id, &value)?;
    }
    listing.finish(&format!("no workers of {}; start one with `oada-jobs serve`", store.root))?;
    Ok(Exit::Ok)
}

async fn stop(args: StopArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let workers = workers(&store).await?;
    let fitting: Vec<&Worker> =
        workers.iter().filter(|worker| worker.is_alive && worker.record.id.starts_with(&args.id)).collect();
    let worker = match fitting.as_slice() {
        [worker] => &worker.record,
        [] => {
            return Err(Failure::new(
                Exit::NotFound,
                format!("no living worker {:?} of {}", args.id, store.root),
            )
            .hint("see them with `oada-jobs worker ls`"));
        }
        _ => {
            return Err(
                Failure::usage(format!("{} workers begin so", fitting.len())).hint("give more of the id")
            );
        }
    };
    jobs::ask_to_stop(&store.client, &store.root, &worker.id).await?;
    let record = json!({"id": worker.id, "done": "asked to stop"});
    app.ui.result(&worker.id, &record, || format!("asked worker {} to stop", worker.id))?;
    Ok(Exit::Ok)
}
