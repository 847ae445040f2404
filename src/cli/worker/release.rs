//! `worker release`.

use std::cell::Cell;

use clap::Args;
use serde_json::{Value, json};

use super::{find, missing};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::job::{BulkArgs, Target};
use crate::cli::output::Column;
use crate::cli::time::show_duration;
use crate::cli::work::Verb;
use crate::jobs;
use crate::model::{Claim, JobStatus};

/// Take the jobs of a dead worker from it at once, so that others run them
///
/// Workers do this by themselves after a minute's silence; this is for those who cannot wait, or who have no other
/// worker. The jobs are pending again, the run that broke off counts as an attempt. Of a worker that lives nothing is
/// taken, unless forced: its handlers go on, although nothing that they come to is stored, and a job may run twice.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs worker release 2Xyz --dry-run
  oada-jobs worker release 2Xyz --yes")]
pub(in crate::cli) struct ReleaseArgs {
    /// Its id, or the beginning of it
    id: String,

    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Takes them from a worker that lives, too
    #[arg(long)]
    force: bool,
}

const COLUMNS: [Column; 5] = [
    Column::new("KEY", "key"),
    Column::new("TYPE", "type"),
    Column::new("WORKER", "worker"),
    Column::new("ATTEMPT", "attempt"),
    Column::new("DONE", "done"),
];

/// How long an id is: that of a worker whose record is gone must be given in full.
const ID_LENGTH: usize = 27;

pub(super) async fn release(args: ReleaseArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let id = match find(&store, &args.id, |_| true).await? {
        Some(worker) if worker.is_alive && !args.force => {
            let id = worker.record.id;
            let heard = show_duration(std::time::Duration::from_secs(worker.silent.as_secs()));
            return Err(Failure::new(Exit::Conflict, format!("worker {id} lives: it was heard {heard} ago"))
                .hint(format!(
                    "let it end in order with `oada-jobs worker stop {id}`, or insist with --force"
                )));
        }
        Some(worker) => worker.record.id,
        None if args.id.len() == ID_LENGTH => args.id.clone(),
        None => return Err(missing("worker", &args.id, &store)),
    };
    let (fitting, done) = (Cell::new(0), Cell::new(0));
    let wanted = |target: &Target| {
        let is_its = claim_of(target).is_some_and(|claim| claim.worker == id);
        fitting.set(fitting.get() + usize::from(is_its));
        is_its
    };
    let verb = Verb { does: "release", did: "released" };
    let exit = BulkArgs::claimed_by(&id, args.dry_run)
        .run(app, &store, (verb, &COLUMNS), wanted, async |target| {
            let released = release_one(&store, target).await;
            done.set(done.get() + usize::from(released.is_ok()));
            released
        })
        .await?;
    if done.get() == fitting.get() && !args.dry_run {
        // The others look at once at what it had.
        jobs::retire(&store.client, &store.root, &id).await?;
    }
    Ok(exit)
}

fn claim_of(target: &Target) -> Option<&Claim> {
    target.job().filter(|job| job.status() == JobStatus::Running)?.claim.as_ref()
}

async fn release_one(store: &Store, target: &Target) -> Result<(String, Value), Failure> {
    jobs::take_back(&store.client, target.found()?, "taken from its worker by hand").await?;
    let (job, claim) = (target.job(), claim_of(target));
    let record = json!({
        "key": target.key, "id": target.id.as_str(), "type": job.map(|job| job.job_type.as_str()),
        "worker": claim.map(|claim| claim.worker.as_str()), "attempt": claim.map(|claim| claim.attempt),
        "done": "released",
    });
    Ok((target.key.clone(), record))
}
