//! `store stats`.

use clap::Args;
use reqwest::Method;

use super::ask::{Ask, ask};
use super::data_folder;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::plain;

/// Show the size of the store, and what whoever serves it has done
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store stats")]
pub(in crate::cli) struct StatsArgs {}

pub(super) async fn stats(StatsArgs {}: StatsArgs, app: &App) -> Result<Exit, Failure> {
    if app.settings.domain.is_none() {
        data_folder(app)?;
    }
    let stats = ask(app, Ask::quick(Method::GET, "store/stats")).await?;
    app.ui.result("store", &stats, || {
        let members = stats.as_object().into_iter().flatten();
        let lines =
            members.map(|(name, value)| format!("{:<14}{}", name.replace('_', " "), plain(Some(value))));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(Exit::Ok)
}
