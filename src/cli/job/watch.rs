//! `job watch`.

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::ending::{EndingArgs, exit_of, worst};
use super::follow::{Follow, Told};
use super::selectors::{SelectorArgs, resolve};
use super::view::View;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};

/// Follow jobs to their end: status, updates and result, as they come
///
/// Ends with 0 when all succeeded, 8 when one failed, 9 when one was cancelled. Leaving it never stops a job.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job watch @last
  oada-jobs job ls --status running -o name | oada-jobs job watch -")]
pub(in crate::cli) struct WatchArgs {
    #[command(flatten)]
    jobs: SelectorArgs,

    #[command(flatten)]
    ending: EndingArgs,
}

pub(super) async fn watch(args: WatchArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut follows = Vec::new();
    for selector in args.jobs.read()? {
        let found = resolve(&store, &selector).await?;
        follows.push(Follow::begin(&store, &found.key, &found.id));
    }
    Ok(args.ending.of(follow_all(app, &store, follows).await?))
}

/// Follows jobs to their ends and shows what happens.
pub(super) async fn follow_all(app: &App, store: &Store, follows: Vec<Follow>) -> Result<Exit, Failure> {
    let view = std::cell::RefCell::new(View::new(&app.ui, follows.len()));
    let mut running: FuturesUnordered<_> = follows
        .into_iter()
        .map(async |mut follow| {
            let key = follow.key().to_owned();
            let mut tell = |told: Told| view.borrow_mut().tell(&key, &told);
            follow.until_end(store, &mut tell).await.map(|job| exit_of(&job))
        })
        .collect();
    let mut exits = Vec::new();
    while let Some(ended) = running.next().await {
        exits.push(ended?);
        if view.borrow().is_closed() {
            break;
        }
    }
    drop(running);
    view.into_inner().finish()?;
    Ok(worst(exits))
}
