//! `job wait`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::ending::{EndingArgs, exit_of, worst};
use super::follow::{Follow, Told};
use super::record::full;
use super::selectors::{SelectorArgs, resolve};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::time::{limit, show_duration};
use crate::model::{Job, JobStatus, ResourceId};

/// Wait for jobs to end, and say how they ended
///
/// Ends with 0 when all succeeded (or failed, with --for failure), 8 when one failed, 9 when one was cancelled, 124 when it took too long; the jobs
/// go on then.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job wait @last --timeout 5m
  oada-jobs job post email --ndjson < configs.ndjson | oada-jobs job wait -
  oada-jobs job wait 2Xyz 2Xza --any --no-exit-status")]
pub(in crate::cli) struct WaitArgs {
    #[command(flatten)]
    jobs: SelectorArgs,

    /// What to wait for
    #[arg(long = "for", value_name = "STATE", default_value = "finished")]
    state: Awaited,

    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "none", value_parser = limit)]
    timeout: Limit,

    /// Ends with the first of several jobs
    #[arg(long)]
    any: bool,

    #[command(flatten)]
    ending: EndingArgs,
}

/// A limit, with a name that clap does not take for an optional flag.
pub(super) type Limit = Option<Duration>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Awaited {
    /// It has ended in any way.
    Finished,
    /// It runs, or has ended.
    Running,
    /// It has succeeded; any other end is told as such.
    Success,
    /// It has failed, which is then 0; success is an error.
    Failure,
}

pub(super) async fn wait(args: WaitArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut follows = Vec::new();
    for selector in args.jobs.read()? {
        let found = resolve(&store, &selector).await?;
        follows.push((found.id.clone(), Follow::begin(&store, &found.key, &found.id)));
    }
    let exit = wait_until(app, &store, (follows, args.timeout), (args.state, args.any)).await?;
    Ok(args.ending.of(exit))
}

/// Waits until jobs are as awaited, all of them or the first, and tells how they ended.
///
/// # Errors
/// When it takes too long, or they cannot be followed.
pub(super) async fn wait_until(
    app: &App,
    store: &Store,
    (follows, timeout): (Vec<(ResourceId, Follow)>, Limit),
    wanted: (Awaited, bool),
) -> Result<Exit, Failure> {
    let waiting = wait_for(app, store, follows, wanted);
    match timeout {
        None => waiting.await,
        Some(timeout) => tokio::time::timeout(timeout, waiting).await.map_err(|_| timed_out(timeout))?,
    }
}

/// The failure for a wait that took too long.
pub(super) fn timed_out(limit: Duration) -> Failure {
    Failure::new(Exit::WaitTimedOut, format!("not ended within {}; it goes on", show_duration(limit)))
        .hint("follow it with `oada-jobs job watch`")
}

async fn wait_for(
    app: &App,
    store: &Store,
    follows: Vec<(ResourceId, Follow)>,
    (state, any): (Awaited, bool),
) -> Result<Exit, Failure> {
    let mut running: FuturesUnordered<_> = follows
        .into_iter()
        .map(async |(id, mut follow)| {
            let mut tell = |told: Told| note_connection(app, &told);
            let job = match state {
                Awaited::Finished | Awaited::Success | Awaited::Failure => {
                    follow.until_end(store, &mut tell).await?
                }
                Awaited::Running => {
                    follow.until(store, &mut tell, |job| job.status() != JobStatus::Pending).await?
                }
            };
            Ok::<_, Failure>((follow.key().to_owned(), id, job))
        })
        .collect();
    let mut exits = Vec::new();
    while let Some(ended) = running.next().await {
        let (key, id, job) = ended?;
        show_end(app, &key, &id, &job)?;
        exits.push(match (state, job.status()) {
            (Awaited::Failure, JobStatus::Failure) => Exit::Ok,
            (Awaited::Failure, JobStatus::Success) => {
                let message = format!("job {key} was waited for to fail, and succeeded");
                return Err(Failure::new(Exit::Error, message)
                    .hint(format!("see what it did with `oada-jobs job show {key}`")));
            }
            _ => exit_of(&job),
        });
        if any {
            break;
        }
    }
    Ok(worst(exits))
}

/// Says that the connection was lost or is there again.
pub(super) fn note_connection(app: &App, told: &Told) {
    match told {
        Told::Lost(reason) => app.ui.warn(&format!("{reason}; waiting for it to come back")),
        Told::Back => app.ui.note("connected again"),
        Told::Job(_) => {}
    }
}

/// Writes how a job ended.
pub(super) fn show_end(app: &App, key: &str, id: &ResourceId, job: &Job) -> Result<(), Failure> {
    app.ui.result(key, &full(key, id, job, None), || {
        let status = app.ui.status(job.status().as_str());
        let error = super::record::error_message(job);
        match (job.error_type(), error, &job.result) {
            (Some(kind), Some(error), _) => format!("{key}  {status}  {kind}: {error}"),
            (None, Some(error), _) => format!("{key}  {status}  {error}"),
            (_, None, Some(result)) => format!("{key}  {status}  {result}"),
            _ => format!("{key}  {status}"),
        }
    })
}
