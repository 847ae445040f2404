//! `job`: posting jobs, and seeing, following and retrying them.

mod bulk;
mod cache;
mod cancel;
mod count;
mod edit;
mod ending;
mod events;
mod export;
pub(super) mod failures;
mod filters;
mod follow;
mod import;
mod input;
mod intake;
mod live;
mod logs;
mod ls;
mod pick;
mod post;
mod record;
mod retry;
mod rm;
mod rows;
mod selectors;
mod settle;
mod show;
mod sweep;
mod types;
mod view;
mod wait;
mod watch;

pub(super) use bulk::{BulkArgs, Target};
pub(super) use cache::Cache;
pub(super) use input::{config, configs};
pub(super) use ls::{LsArgs, longest_running, ls};
pub(super) use record::started_at;
pub(super) use retry::{RetryArgs, retry};
pub(super) use show::{PrintArgs, print};
pub(super) use types::suggest;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};

/// Post jobs, and see, follow, retry and end them
#[derive(Debug, Subcommand)]
pub(super) enum JobCommand {
    Post(post::PostArgs),
    #[command(visible_alias = "list")]
    Ls(ls::LsArgs),
    Count(count::CountArgs),
    #[command(visible_alias = "get")]
    Show(show::ShowArgs),
    Watch(watch::WatchArgs),
    Wait(wait::WaitArgs),
    Logs(logs::LogsArgs),
    Retry(retry::RetryArgs),
    Edit(edit::EditArgs),
    Cancel(cancel::CancelArgs),
    Complete(settle::CompleteArgs),
    Fail(settle::FailArgs),
    #[command(visible_alias = "delete")]
    Rm(rm::RmArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

impl JobCommand {
    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        !matches!(
            self,
            Self::Ls(_)
                | Self::Count(_)
                | Self::Show(_)
                | Self::Watch(_)
                | Self::Wait(_)
                | Self::Logs(_)
                | Self::Export(_)
        )
    }
}

pub(super) async fn run(command: JobCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        JobCommand::Post(args) => post::post(args, app).await,
        JobCommand::Ls(args) => ls::ls(args, app).await,
        JobCommand::Count(args) => count::count(args, app).await,
        JobCommand::Show(args) => show::show(args, app).await,
        JobCommand::Watch(args) => watch::watch(args, app).await,
        JobCommand::Wait(args) => wait::wait(args, app).await,
        JobCommand::Logs(args) => logs::logs(args, app).await,
        JobCommand::Retry(args) => retry::retry(args, app).await,
        JobCommand::Edit(args) => edit::edit(args, app).await,
        JobCommand::Cancel(args) => cancel::cancel(args, app).await,
        JobCommand::Complete(args) => settle::complete(args, app).await,
        JobCommand::Fail(args) => settle::fail(args, app).await,
        JobCommand::Rm(args) => rm::rm(args, app).await,
        JobCommand::Export(args) => export::export(args, app).await,
        JobCommand::Import(args) => import::import(args, app).await,
    }
}
