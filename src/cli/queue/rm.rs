//! `queue rm`.

use clap::Args;
use serde_json::json;

use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs;

/// Remove a queue from the list; its jobs stay where they are
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue rm partner")]
pub(in crate::cli) struct RmArgs {
    /// Its name
    name: String,
}

pub(super) async fn rm(args: RmArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    jobs::remove_queue(&store.client, &store.root, &args.name).await?;
    app.ui.result(&args.name, &json!({"name": args.name, "done": "removed"}), || {
        format!("removed queue {}; a running `oada-jobs serve` stops serving it, its jobs stay", args.name)
    })?;
    Ok(Exit::Ok)
}
