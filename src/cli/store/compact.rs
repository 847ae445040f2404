//! `store compact`.

use clap::Args;
use serde_json::json;

use super::{aside, data_folder};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};
use crate::store::Store;

/// Give back to the system what the data file no longer needs
///
/// Nobody may serve the folder meanwhile.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store compact")]
pub(in crate::cli) struct CompactArgs {}

pub(super) async fn compact(CompactArgs {}: CompactArgs, app: &App) -> Result<Exit, Failure> {
    let folder = data_folder(app)?;
    let name = folder.display().to_string();
    let (before, after) =
        aside(move || Store::compact(&folder)).await.during(format_args!("cannot compact {name}"))?;
    let value = json!({"folder": name, "bytes_before": before, "bytes_after": after, "done": "compacted"});
    app.ui.result(&name, &value, || format!("{name} took {before} bytes and takes {after}"))?;
    Ok(Exit::Ok)
}
