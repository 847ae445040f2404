//! `job show`.

use std::fmt::Write;

use clap::Args;
use serde_json::Value;

use super::record::full;
use super::selectors::{SelectorArgs, resolve};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Ui, plain};
use crate::jobs::{ListedIn, listed_in};

/// Show all that is known of jobs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job show 2Xyz
  oada-jobs job show @last --result | jq .
  oada-jobs job ls --status failure -o name | oada-jobs job show -")]
pub(in crate::cli) struct ShowArgs {
    #[command(flatten)]
    jobs: SelectorArgs,

    /// Shows the config alone
    #[arg(long, group = "part")]
    config: bool,

    /// Shows the result alone
    #[arg(long, group = "part")]
    result: bool,

    /// Shows the resource as it lies on the store
    #[arg(long, group = "part")]
    raw: bool,
}

pub(super) async fn show(args: ShowArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    for (index, selector) in args.jobs.read()?.iter().enumerate() {
        let found = resolve(&store, selector).await?;
        let part = if args.raw {
            Some(found.document.clone())
        } else if args.config {
            Some(Value::Object(found.job.config.clone()))
        } else if args.result {
            Some(found.job.result.clone().unwrap_or_default())
        } else {
            None
        };
        if let Some(part) = part {
            app.ui.result(&found.key, &part, || format!("{part:#}"))?;
            continue;
        }
        let list = match listed_in(&store.client, &store.root, &found).await? {
            Some(ListedIn::Pending(list)) => Some(list.path.to_string()),
            Some(ListedIn::Final(day)) => Some(day.path.to_string()),
            None => None,
        };
        let record = full(&found.key, &found.id, &found.job, list.as_deref());
        app.ui.result(&found.key, &record, || {
            let gap = if index == 0 { "" } else { "\n" };
            format!("{gap}{}", page(&app.ui, &record))
        })?;
    }
    Ok(Exit::Ok)
}

/// Show a job, in the spelling of the npm command: `print LIST JOB`
#[derive(Debug, Args)]
pub(in crate::cli) struct PrintArgs {
    /// `jobs`, `jobs-success` or `jobs-failure`; a job is found wherever it is
    #[arg(value_name = "LIST")]
    list: String,

    #[command(flatten)]
    jobs: SelectorArgs,
}

pub(in crate::cli) async fn print(args: PrintArgs, app: &App) -> Result<Exit, Failure> {
    if !["jobs", "jobs-success", "jobs-failure"].contains(&args.list.as_str()) {
        return Err(Failure::usage(format!("no list {:?}", args.list))
            .hint("it is one of jobs, jobs-success, jobs-failure; or use `oada-jobs job show JOB`"));
    }
    show(ShowArgs { jobs: args.jobs, config: false, result: false, raw: true }, app).await
}

/// A job as a page for people.
fn page(ui: &Ui, record: &Value) -> String {
    let text =
        |field: &str| record.get(field).map(|value| plain(Some(value))).filter(|text| !text.is_empty());
    let moment = |field: &str| {
        let time = text(field)?.parse().ok()?;
        Some(format!("{} ({})", ui.moment(time), text(field)?))
    };
    let status = text("status").map(|status| {
        let mut shown = ui.status(&status);
        for part in [text("error_type"), text("error")].into_iter().flatten() {
            shown = format!("{shown}: {part}");
        }
        shown
    });
    let lines = [
        ("Key", text("key")),
        ("Id", text("id")),
        ("Type", text("type")),
        ("Status", status),
        ("Service", text("service")),
        ("List", text("list").or(Some("none: it is linked nowhere".into()))),
        ("Posted", moment("posted")),
        ("Started", moment("started")),
        ("Finished", moment("finished")),
        ("Attempt", text("attempt")),
        ("Worker", text("worker")),
        ("Retry of", text("retry_of")),
        ("Retried as", text("retried_as")),
    ];
    let mut page = String::new();
    for (label, value) in lines {
        if let Some(value) = value {
            // Writing to a string does not fail, here and below.
            let _ = writeln!(page, "{label:<11} {value}");
        }
    }
    for (label, field) in [("Config", "config"), ("Result", "result"), ("Extra", "extra")] {
        if let Some(value) = record.get(field).filter(|value| !is_nothing(value)) {
            let _ = writeln!(page, "{label}\n{}", indented(&format!("{value:#}")));
        }
    }
    let entries = |field: &str| record.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let attempts = entries("attempts");
    if !attempts.is_empty() {
        page.push_str("Attempts\n");
        for attempt in attempts {
            let part = |field: &str| plain(attempt.get(field));
            let line = [part("attempt"), part("started"), part("outcome"), part("error_type"), part("error")];
            let _ = writeln!(page, "  {}", line.join("  ").trim_end());
        }
    }
    let updates = entries("updates");
    if !updates.is_empty() {
        page.push_str("Updates\n");
        for update in updates {
            let part = |field: &str| plain(update.get(field));
            let line = [part("time"), ui.status(&part("status")), part("meta")].join("  ");
            let _ = writeln!(page, "  {}", line.trim_end());
        }
    }
    page.truncate(page.trim_end().len());
    page
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
