//! `job complete` and `job fail`: ending by hand what cannot end by itself.

use clap::Args;
use serde_json::{Map, json};

use super::cancel::failure;
use super::ending::has_ended;
use super::input;
use super::selectors::resolve;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs::{self, FinalList, Found, Settlement, is_waiting};

/// Which job to end, and whether its worker is overruled.
#[derive(Debug, Args)]
struct Ending {
    /// The job: a key, the beginning of one, `resources/…`, an absolute path or `@last`
    #[arg(value_name = "JOB")]
    job: String,

    /// Ends it also while a worker has it; what the worker makes of it is dropped
    #[arg(long)]
    force: bool,
}

/// End a job as a success, without running it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job complete 2Xyz --result '{\"by\": \"hand\"}'
  oada-jobs job complete 2Xyz --result @result.json --force")]
pub(in crate::cli) struct CompleteArgs {
    #[command(flatten)]
    ending: Ending,

    /// Its result: a JSON object, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "RESULT", default_value = "{}", hide_default_value = true)]
    result: String,
}

/// End a job as a failure, without running it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job fail 2Xyz --error-type bad-address --message 'no such street'")]
pub(in crate::cli) struct FailArgs {
    #[command(flatten)]
    ending: Ending,

    /// The type of the failure
    #[arg(long, value_name = "TYPE")]
    error_type: Option<String>,

    /// What went wrong
    #[arg(long, value_name = "TEXT", default_value = "failed by hand")]
    message: String,
}

pub(super) async fn complete(args: CompleteArgs, app: &App) -> Result<Exit, Failure> {
    let how = Settlement {
        list: FinalList::Success,
        result: input::config(&args.result)?,
        error_type: None,
        note: "completed by hand".to_owned(),
    };
    settle(&args.ending, &how, app).await
}

pub(super) async fn fail(args: FailArgs, app: &App) -> Result<Exit, Failure> {
    let result = match &args.error_type {
        Some(error_type) => failure(error_type, &args.message),
        None => {
            Map::from_iter([("name".to_owned(), json!("Error")), ("message".to_owned(), json!(args.message))])
        }
    };
    let how = Settlement {
        list: FinalList::Failure,
        result,
        error_type: args.error_type,
        note: format!("failed by hand: {}", args.message),
    };
    settle(&args.ending, &how, app).await
}

async fn settle(ending: &Ending, how: &Settlement, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let found = resolve(&store, &ending.job).await?;
    check(&found, ending.force)?;
    jobs::settle(&store.client, &store.root, &found, how, &app.ui.zone).await?;
    let status = how.list.as_str();
    let record =
        json!({"key": found.key, "id": found.id.as_str(), "type": found.job.job_type, "done": status});
    app.ui.result(&found.key, &record, || format!("ended {} as {}", found.key, app.ui.status(status)))?;
    Ok(Exit::Ok)
}

fn check(found: &Found, force: bool) -> Result<(), Failure> {
    if found.job.status().is_final() {
        return Err(has_ended(&found.key, &found.job));
    }
    if is_waiting(found) || force {
        return Ok(());
    }
    let worker = found.job.claim.as_ref().map_or("somebody", |claim| claim.worker.as_str());
    Err(Failure::new(Exit::Conflict, format!("job {} is being run by worker {worker}", found.key)).hint(
        format!("cancel it with `oada-jobs job cancel {}`, or overrule the worker with --force", found.key),
    ))
}
