//! `job retry`.

use std::cell::RefCell;

use clap::Args;
use serde_json::{Value, json};

use super::bulk::{BulkArgs, Target};
use super::ending::EndingArgs;
use super::follow::Follow;
use super::input::{ChangeArgs, Changes};
use super::pick;
use super::wait::{Awaited, Limit, wait_until};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::cli::time::limit;
use crate::cli::work::Verb;
use crate::jobs::{self, Layout, Posted, Retried, successor};

/// Post finished jobs again, each as a new job that names the old one
///
/// A job that was retried already is not retried twice, so the command may be repeated, also after an interruption. On
/// a terminal, without any job named or chosen, the newest failures are offered: typing searches them, tab marks one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job retry                            search recent failures, and choose
  oada-jobs job retry 2Xyz --set to=ada@b.c --wait
  oada-jobs job retry --status failure --since yesterday --error timeout --dry-run
  oada-jobs job retry --status failure --where result.name=HTTPError --rate 5 --yes")]
pub(in crate::cli) struct RetryArgs {
    #[command(flatten)]
    bulk: BulkArgs,

    /// Retries also what was retried already
    #[arg(long)]
    again: bool,

    #[command(flatten)]
    changes: ChangeArgs,

    /// Waits until the new jobs have ended, and says how they did, in place of what was posted
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,

    /// How long to wait at most, after which it ends with 124
    #[arg(long, value_name = "DURATION", default_value = "none", value_parser = limit, requires = "wait")]
    wait_timeout: Limit,

    #[command(flatten)]
    ending: EndingArgs,
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
    let changes = args.changes.read()?;
    let posted = RefCell::new(Vec::new());
    if args.wait {
        args.bulk.tell_no_results();
    }
    let act = async |target: &Target| {
        let (new, record) = retry_one(&store, layout, target, (&changes, args.again)).await?;
        let done = (new.key.clone(), record);
        posted.borrow_mut().push(new);
        Ok(done)
    };
    let exit = args.bulk.run(app, &store, (verb, &COLUMNS), wanted, act).await?;
    let posted = posted.into_inner();
    if !args.wait || posted.is_empty() {
        return Ok(exit);
    }
    let follows = posted.into_iter().map(|new| {
        let follow = Follow::begin(&store, &new.key, &new.id);
        (new.id, follow)
    });
    let ended =
        wait_until(app, &store, (follows.collect(), args.wait_timeout), (Awaited::Finished, false)).await?;
    Ok(if exit == Exit::Ok { args.ending.of(ended) } else { exit })
}

async fn retry_one(
    store: &Store,
    layout: Layout,
    target: &Target,
    (changes, again): (&Changes, bool),
) -> Result<(Posted, Value), Failure> {
    let job = &target.found()?.job;
    if !job.status().is_final() {
        let message = format!("job {} has not ended: it is {}", target.key, job.status().as_str());
        return Err(Failure::new(Exit::Conflict, message)
            .hint(format!("follow it with `oada-jobs job watch {}`", target.key)));
    }
    let config = changes.of(&job.config)?;
    let config = Some(&config).filter(|_| !changes.is_empty());
    let retried = jobs::retry(&store.client, &store.root, layout, &target.id, (config, again)).await?;
    let (new, done) = match retried {
        Retried::Posted(new) => (new, "retried"),
        Retried::Already(new) => (new, "already retried"),
    };
    let record = json!({
        "key": new.key, "id": new.id.as_str(), "type": job.job_type, "retry_of": target.key, "done": done,
    });
    Ok((new, record))
}
