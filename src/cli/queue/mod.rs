//! `queue`: the list of further stores and users that a service serves.

pub(super) mod add;
mod ls;
mod pause;
mod rm;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};

/// Manage the queues that a service serves besides its own
#[derive(Debug, Subcommand)]
pub(super) enum QueueCommand {
    Add(add::AddArgs),
    #[command(visible_alias = "list")]
    Ls(ls::LsArgs),
    #[command(visible_alias = "delete")]
    Rm(rm::RmArgs),
    Pause(pause::PauseArgs),
    Resume(pause::ResumeArgs),
}

impl QueueCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(self, Self::Ls(_))
    }
}

pub(super) async fn run(command: QueueCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        QueueCommand::Add(args) => add::add(args, app).await,
        QueueCommand::Ls(args) => ls::ls(args, app).await,
        QueueCommand::Rm(args) => rm::rm(args, app).await,
        QueueCommand::Pause(args) => pause::pause(args, app).await,
        QueueCommand::Resume(args) => pause::resume(args, app).await,
    }
}
