//! `worker stop`.

use clap::Args;
use serde_json::json;

use super::{find, missing};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs;

/// Ask a worker to stop: it takes no more jobs, lets those that run end, and ends
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs worker stop 2Xyz")]
pub(in crate::cli) struct StopArgs {
    /// Its id, or the beginning of it
    id: String,
}

pub(super) async fn stop(args: StopArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let worker = find(&store, &args.id, |worker| worker.is_alive).await?;
    let id = worker.ok_or_else(|| missing("living worker", &args.id, &store))?.record.id;
    jobs::ask_to_stop(&store.client, &store.root, &id).await?;
    app.ui
        .result(&id, &json!({"id": id, "done": "asked to stop"}), || format!("asked worker {id} to stop"))?;
    Ok(Exit::Ok)
}
