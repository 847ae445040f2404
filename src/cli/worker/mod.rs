//! `worker`: the workers of a service.

mod ls;
mod quiet;
mod release;
mod show;
mod stop;

use clap::Subcommand;

use super::connect::{App, Store};
use super::error::{Exit, Failure};
use super::figures::{Worker, workers};

/// See, quiet and stop the workers of a service, and take up what dead ones have left
#[derive(Debug, Subcommand)]
pub(super) enum WorkerCommand {
    #[command(visible_alias = "list")]
    Ls(ls::LsArgs),
    #[command(visible_alias = "get")]
    Show(show::ShowArgs),
    Quiet(quiet::QuietArgs),
    Stop(stop::StopArgs),
    Release(release::ReleaseArgs),
}

impl WorkerCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(self, Self::Ls(_) | Self::Show(_))
    }
}

pub(super) async fn run(command: WorkerCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        WorkerCommand::Ls(args) => ls::ls(args, app).await,
        WorkerCommand::Show(args) => show::show(args, app).await,
        WorkerCommand::Quiet(args) => quiet::quiet(args, app).await,
        WorkerCommand::Stop(args) => stop::stop(args, app).await,
        WorkerCommand::Release(args) => release::release(args, app).await,
    }
}

/// The only worker that fits and whose id begins so; `None` where there is none.
///
/// # Errors
/// When several begin so.
async fn find(store: &Store, id: &str, fits: impl Fn(&Worker) -> bool) -> Result<Option<Worker>, Failure> {
    let begins = |worker: &Worker| fits(worker) && worker.record.id.starts_with(id);
    let mut fitting: Vec<Worker> = workers(store).await?.into_iter().filter(begins).collect();
    match fitting.len() {
        0 | 1 => Ok(fitting.pop()),
        count => Err(Failure::usage(format!("{count} workers begin so")).hint("give more of the id")),
    }
}

/// The failure for a worker that is not there.
fn missing(what: &str, id: &str, store: &Store) -> Failure {
    Failure::new(Exit::NotFound, format!("no {what} {id:?} of {}", store.root))
        .hint("see them with `oada-jobs worker ls`")
}
