//! `store`: the embedded store as a server, its tokens, and looking after its folder.

mod ask;
mod backup;
mod check;
mod compact;
mod restore;
pub(super) mod serve;
mod stats;
mod token;

use std::path::PathBuf;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};
use crate::store;

/// Serve the embedded store to others, look after it, and manage its tokens
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    Serve(serve::ServeArgs),
    Check(check::CheckArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Compact(compact::CompactArgs),
    Stats(stats::StatsArgs),
    #[command(subcommand)]
    Token(token::TokenCommand),
}

impl StoreCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        match self {
            Self::Restore(_) | Self::Compact(_) => true,
            Self::Token(command) => !matches!(command, token::TokenCommand::Ls(_)),
            Self::Serve(_) | Self::Check(_) | Self::Backup(_) | Self::Stats(_) => false,
        }
    }
}

pub(super) async fn run(command: StoreCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Serve(args) => serve::serve(args, app).await,
        StoreCommand::Check(args) => check::check(args, app).await,
        StoreCommand::Backup(args) => backup::backup(args, app).await,
        StoreCommand::Restore(args) => restore::restore(args, app).await,
        StoreCommand::Compact(args) => compact::compact(args, app).await,
        StoreCommand::Stats(args) => stats::stats(args, app).await,
        StoreCommand::Token(command) => token::run(command, app).await,
    }
}

/// The data folder, which must be there: whoever looks after a store wants none made.
fn data_folder(app: &App) -> Result<PathBuf, Failure> {
    let folder = &app.settings.data_dir;
    if folder.value.is_dir() {
        return Ok(folder.value.clone());
    }
    let message = format!("no data folder {} (from {})", folder.value.display(), folder.source);
    Err(Failure::new(Exit::NotFound, message).hint("name another with --data-dir"))
}

/// Does what blocks.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, store::Error> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(panicked) => Err(Failure::new(Exit::Error, format!("the store panicked: {panicked}"))),
    }
}
