//! `job retry`.

use clap::Args;
use serde_json::{Value, json};

use super::bulk::{BulkArgs, Target, Verb};
use super::pick;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::jobs::{self, Layout, Retried, successor};

/// Post finished jobs again, each as a new job that names the old one
///
/// A job that was retried already is not retried twice, so the command may be repeated, also after an interruption. On
/// a terminal, without any job named or chosen, the newest failures are offered: typing searches them, tab marks one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job retry                            search recent failures, and choose
  oada-jobs job retry 2Xyz
  oada-jobs job retry --status failure --since yesterday --error timeout --dry-run
  oada-jobs job retry --status failure --where result.name=HTTPError --rate 5 --yes")]
pub(in crate::cli) struct RetryArgs {
    #[command(flatten)]
    bulk: BulkArgs,

    /// Retries also what was retried already
    #[arg(long)]
    again: bool,
}

const COLUMNS: [Column; 4] = [
    Column::new("KEY", "key"),
    Column::new("TYPE", "type"),
    Column::new("RETRY OF", "retry_of"),
    Column::new("DONE", "done"),
];

pub(in crate::cli) async fn retry(mut args: RetryArgs, app: &App) -> Result<Exit, Failure> {
    args.bulk.prefer_failures();
    let store = app.store_over_socket().await?;
    if args.bulk.is_empty() && app.ui.can_ask() {
        let chosen = pick::failures(app, &store, "Retry which").await?;
        if chosen.is_empty() {
            app.ui.note("nothing was done");
            return Ok(Exit::Ok);
        }
        args.bulk.name(chosen);
    }
    let layout = store.posting_layout().await?;
    let verb = Verb { does: "retry", did: "retried" };
    let wanted = |target: &Target| {
        target.job().is_some_and(|job| job.status().is_final() && (args.again || successor(job).is_none()))
    };
    args.bulk
        .run(app, &store, (verb, &COLUMNS), wanted, async |target| {
            retry_one(&store, layout, target, args.again).await
        })
        .await
}

async fn retry_one(
    store: &Store,
    layout: Layout,
    target: &Target,
    again: bool,
) -> Result<(String, Value), Failure> {
    let job = &target.found()?.job;
    if !job.status().is_final() {
        let message = format!("job {} has not ended: it is {}", target.key, job.status().as_str());
        return Err(Failure::new(Exit::Conflict, message)
            .hint(format!("follow it with `oada-jobs job watch {}`", target.key)));
    }
    let retried = jobs::retry(&store.client, &store.root, layout, &target.id, again).await?;
    let (new, done) = match retried {
        Retried::Posted(new) => (new, "retried"),
        Retried::Already(new) => (new, "already retried"),
    };
    let record = json!({
        "key": new.key, "id": new.id.as_str(), "type": job.job_type, "retry_of": target.key, "done": done,
    });
    Ok((new.key, record))
}
