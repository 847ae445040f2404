//! `queue ls`.

use clap::Args;
use serde_json::json;

use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show};
use crate::jobs;

/// List the queues of a service; tokens are never shown
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue ls")]
pub(in crate::cli) struct LsArgs {}

const COLUMNS: [Column; 4] = [
    Column::new("NAME", "name"),
    Column::new("DOMAIN", "domain"),
    Column::new("STATE", "state").shown(Show::Status),
    Column::new("PROBLEM", "problem"),
];

pub(super) async fn ls(LsArgs {}: LsArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut listing = app.ui.listing(&COLUMNS);
    for (name, entry) in jobs::queues(&store.client, &store.root).await? {
        let record = match entry {
            Ok(entry) => json!({"name": name, "domain": entry.domain, "state": "ok", "problem": null}),
            Err(problem) => json!({"name": name, "domain": null, "state": "error", "problem": problem}),
        };
        listing.push(&name, &record)?;
    }
    listing.finish(&format!(
        "no queues in {} besides its own; add one with `oada-jobs queue add`",
        store.root
    ))?;
    Ok(Exit::Ok)
}
