//! `store`: the embedded store as a server, and its tokens.

pub(super) mod serve;
mod token;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};

/// Serve the embedded store to others, and manage its tokens
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    Serve(serve::ServeArgs),
    #[command(subcommand)]
    Token(token::TokenCommand),
}

impl StoreCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(self, Self::Serve(_) | Self::Token(token::TokenCommand::Ls(_)))
    }
}

pub(super) async fn run(command: StoreCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Serve(args) => serve::serve(args, app).await,
        StoreCommand::Token(command) => token::run(command, app).await,
    }
}
