//! `job`: posting jobs, and seeing, following and retrying them.

mod bulk;
mod ending;
mod events;
mod filters;
mod follow;
mod input;
mod ls;
mod post;
mod record;
mod retry;
mod selectors;
mod show;
mod sweep;
mod view;
mod wait;
mod watch;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};

/// Post, see, follow and retry jobs
#[derive(Debug, Subcommand)]
pub(super) enum JobCommand {
    Post(post::PostArgs),
    #[command(visible_alias = "list")]
    Ls(ls::LsArgs),
    #[command(visible_alias = "get")]
    Show(show::ShowArgs),
    Watch(watch::WatchArgs),
    Wait(wait::WaitArgs),
    Retry(retry::RetryArgs),
}

pub(super) async fn run(command: JobCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        JobCommand::Post(args) => post::post(args, app).await,
        JobCommand::Ls(args) => ls::ls(args, app).await,
        JobCommand::Show(args) => show::show(args, app).await,
        JobCommand::Watch(args) => watch::watch(args, app).await,
        JobCommand::Wait(args) => wait::wait(args, app).await,
        JobCommand::Retry(args) => retry::retry(args, app).await,
    }
}
