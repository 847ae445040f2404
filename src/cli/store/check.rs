//! `store check`.

use clap::Args;
use reqwest::Method;
use serde_json::json;

use super::ask::{Ask, ask};
use super::{aside, data_folder};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};
use crate::store::{CheckReport, Error, Store, StoreOptions};

/// Compare everything that is stored with everything else
///
/// Nothing is changed. Where a process serves the store it does the work and goes on serving; else the data file is
/// read from end to end as well. Ends with 1 when anything is wrong.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store check")]
pub(in crate::cli) struct CheckArgs {}

pub(super) async fn check(CheckArgs {}: CheckArgs, app: &App) -> Result<Exit, Failure> {
    let report = match alone(app).await? {
        Some(report) => report,
        None => {
            let answer = ask(app, Ask::patient(Method::POST, "store/check")).await?;
            serde_json::from_value(answer)
                .map_err(|error| Failure::new(Exit::Error, format!("cannot understand the store: {error}")))?
        }
    };
    let value = json!({
        "state": if report.is_clean() { "ok" } else { "error" }, "resources": report.resources,
        "rows": report.rows, "changes": report.changes, "versioned_links": report.versioned_links,
        "problems": report.problems,
    });
    app.ui.result(if report.is_clean() { "ok" } else { "error" }, &value, || told(&report))?;
    match report.problems.len() {
        0 => Ok(Exit::Ok),
        count => Err(Failure::new(Exit::Error, format!("the store is damaged: {count} problems"))
            .hint("make a folder of an earlier copy with `oada-jobs store restore FILE --data-dir NEW`")),
    }
}

/// Checks the folder by ourselves, if nobody holds it.
async fn alone(app: &App) -> Result<Option<CheckReport>, Failure> {
    if app.settings.domain.is_some() {
        return Ok(None);
    }
    let folder = data_folder(app)?;
    let what = format!("cannot check {}", folder.display());
    aside(move || {
        let options = StoreOptions { verify: true, ..StoreOptions::default() };
        let store = match Store::open(&folder, options) {
            Err(Error::Locked { .. }) => return Ok(None),
            opened => opened?,
        };
        let report = store.check();
        store.close();
        report.map(Some)
    })
    .await
    .during(what)
}

fn told(report: &CheckReport) -> String {
    let CheckReport { resources, rows, changes, versioned_links, problems, .. } = report;
    let sums =
        format!("{resources} resources, {rows} rows, {changes} changes, {versioned_links} versioned links");
    let verdict = if problems.is_empty() { "nothing is wrong".to_owned() } else { problems.join("\n") };
    format!("{sums}\n{verdict}")
}
