//! `queue`: a service's own queue, and the list of further stores and users that it serves.

pub(super) mod add;
mod drain;
mod figures;
mod ls;
mod pause;
mod rm;
mod show;
mod stats;

use clap::{Args, Subcommand};

use super::connect::App;
use super::error::{Exit, Failure};
use crate::engine::OWN_QUEUE;

/// Which queue of the service is meant.
#[derive(Debug, Args)]
struct Which {
    /// A queue on the service's list; its own unless given
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl Which {
    /// The name on the list; none for the service's own queue.
    fn name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| *name != OWN_QUEUE)
    }

    /// What it is called in results.
    fn label(&self) -> &str {
        self.name().unwrap_or(OWN_QUEUE)
    }
}

/// Manage the queues of a service: its own, and those that it serves besides
#[derive(Debug, Subcommand)]
pub(super) enum QueueCommand {
    Add(add::AddArgs),
    #[command(visible_alias = "list")]
    Ls(ls::LsArgs),
    #[command(visible_alias = "delete")]
    Rm(rm::RmArgs),
    #[command(visible_alias = "get")]
    Show(show::ShowArgs),
    Stats(stats::StatsArgs),
    Pause(pause::PauseArgs),
    Resume(pause::ResumeArgs),
    Drain(drain::DrainArgs),
}

impl QueueCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(self, Self::Ls(_) | Self::Show(_) | Self::Stats(_))
    }
}

pub(super) async fn run(command: QueueCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        QueueCommand::Add(args) => add::add(args, app).await,
        QueueCommand::Ls(args) => ls::ls(args, app).await,
        QueueCommand::Rm(args) => rm::rm(args, app).await,
        QueueCommand::Show(args) => show::show(args, app).await,
        QueueCommand::Stats(args) => stats::stats(args, app).await,
        QueueCommand::Drain(args) => drain::drain(args, app).await,
        QueueCommand::Pause(args) => pause::pause(args, app).await,
        QueueCommand::Resume(args) => pause::resume(args, app).await,
    }
}
