//! `worker quiet`.

use clap::Args;
use serde_json::json;

use super::{find, missing};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs;

/// Ask a worker to take no more jobs: those that run go on, and it stays
///
/// It is quiet in all its queues, until --undo or its end. What it leaves waiting is free for other workers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs worker quiet 2Xyz
  oada-jobs worker show 2Xyz                     see what it still runs
  oada-jobs worker quiet 2Xyz --undo             has it take jobs again")]
pub(in crate::cli) struct QuietArgs {
    /// Its id, or the beginning of it
    id: String,

    /// Takes it back: the worker takes jobs again
    #[arg(long)]
    undo: bool,
}

pub(super) async fn quiet(args: QuietArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let worker = find(&store, &args.id, |worker| worker.is_alive).await?;
    let worker = worker.ok_or_else(|| missing("living worker", &args.id, &store))?;
    let id = &worker.record.id;
    let (client, root) = (&store.client, &store.root);
    let (done, next) = match (args.undo, worker.is_quiet) {
        (false, true) => ("already quiet", "see what it still runs with `oada-jobs worker show"),
        (true, false) => ("was not quiet", "see it with `oada-jobs worker show"),
        (false, false) => {
            jobs::ask_to_be_quiet(client, root, id).await?;
            ("asked to be quiet", "see what it still runs with `oada-jobs worker show")
        }
        (true, true) => {
            jobs::ask_to_go_on(client, root, id).await?;
            ("asked to go on", "see it with `oada-jobs worker show")
        }
    };
    app.ui.result(id, &json!({"id": id, "done": done}), || format!("worker {id}: {done}; {next} {id}`"))?;
    Ok(Exit::Ok)
}
