//! `queue drain`.
//!
//! Owns telling when nothing runs any more: what each living worker has said since it was told of the pause, looked up
//! job by job. Costs a read of the workers' records a second, however much waits.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::Which;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::figures::workers;
use crate::cli::time::{limit, show_duration};
use crate::jobs::{self, JobEntries, Pause};
use crate::model::{Job, JobStatus, now_text};

/// Pause a queue and wait until none of its jobs runs any more
///
/// What waits stays where it is, and the queue stays paused until `queue resume`. Ends with 124 when jobs still run
/// after --timeout; they go on. Repeating the command goes on waiting.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue drain --timeout 10m && systemctl stop oada-jobs
  oada-jobs queue drain --type email --reason 'the mail server moves'")]
pub(in crate::cli) struct DrainArgs {
    #[command(flatten)]
    queue: Which,

    /// Drains this job type alone
    #[arg(long = "type", value_name = "TYPE")]
    job_type: Option<String>,

    /// Why, shown to whoever looks
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "none", value_parser = limit)]
    timeout: Limit,
}

/// A limit, with a name that clap does not take for an optional flag.
type Limit = Option<Duration>;

/// How often the workers are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A worker tells of so many jobs that it runs, and of no more.
const MOST_TOLD: usize = 100;

/// What is known to run.
enum Running {
    /// Workers have not spoken since they were told, or run more than they tell.
    Unknown { workers: usize },
    /// These jobs.
    Jobs(BTreeSet<String>),
}

pub(super) async fn drain(args: DrainArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.queue(args.queue.name()).await?;
    let job_type = args.job_type.as_deref();
    let begun = Instant::now();
    if pause(&store, job_type, args.reason.clone()).await? {
        app.ui.note(&format!("paused {}; waiting until nothing runs", what(app, job_type)));
    } else {
        app.ui.note(&format!("{} is paused already; waiting until nothing runs", what(app, job_type)));
    }
    let told_at = jobs::last_told(&store.client, &store.root).await?;
    let bar = spinner(app);
    loop {
        let running = look(&store, job_type, told_at).await?;
        let left = match &running {
            Running::Jobs(jobs) if jobs.is_empty() => break,
            Running::Jobs(jobs) if jobs.len() == 1 => "1 job still runs".to_owned(),
            Running::Jobs(jobs) => format!("{} jobs still run", jobs.len()),
            Running::Unknown { workers: 1 } => "1 worker has not yet said what it runs".to_owned(),
            Running::Unknown { workers } => format!("{workers} workers have not yet said what they run"),
        };
        bar.set_message(left.clone());
        let elapsed = begun.elapsed();
        if let Some(timeout) = args.timeout.filter(|timeout| elapsed >= *timeout) {
            bar.finish_and_clear();
            let mut message = format!("not drained within {}: {left}", show_duration(timeout));
            if let Running::Jobs(jobs) = running {
                let some: Vec<String> = jobs.into_iter().take(3).collect();
                message = format!("{message}, such as {}", some.join(", "));
            }
            let failure = Failure::new(Exit::WaitTimedOut, message);
            return Err(failure.hint("it stays paused: wait on by the same command, or take jobs again with `oada-jobs queue resume`"));
        }
        let rest = args.timeout.map_or(LOOK_EVERY, |timeout| (timeout - elapsed).min(LOOK_EVERY));
        tokio::time::sleep(rest).await;
    }
    bar.finish_and_clear();
    let waited = begun.elapsed();
    let record = json!({
        "service": store.root.name(), "queue": args.queue.label(), "type": job_type, "done": "drained",
        "waited_seconds": waited.as_secs_f64(),
    });
    app.ui.result(args.queue.label(), &record, || {
        let resume = job_type.map_or(String::new(), |job_type| format!(" --type {job_type}"));
        format!(
            "drained {} in {}; take jobs again with `oada-jobs queue resume{resume}`",
            what(app, job_type),
            show_duration(waited)
        )
    })?;
    Ok(Exit::Ok)
}

fn what(app: &App, job_type: Option<&str>) -> String {
    let of_type = job_type.map_or(String::new(), |job_type| format!("type {job_type} of "));
    format!("{of_type}service {}", app.settings.service.value)
}

/// Pauses unless that is done already, for good; returns whether it had to.
async fn pause(store: &Store, job_type: Option<&str>, reason: Option<String>) -> Result<bool, Failure> {
    let control = jobs::control(&store.client, &store.root).await?;
    let standing = match job_type {
        None => control.paused.as_ref(),
        Some(name) => control.paused_types.get(name),
    };
    if standing.is_some_and(|pause| pause.until.is_none()) {
        return Ok(false);
    }
    let reason = reason.or_else(|| Some("drained".to_owned()));
    let pause = Pause { since: now_text(), until: None, reason };
    jobs::pause(&store.client, &store.root, job_type, &pause).await?;
    Ok(true)
}

/// A sign of life on stderr, for people.
fn spinner(app: &App) -> ProgressBar {
    let target = if app.ui.is_quiet() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style =
        ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::with_draw_target(None, target).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

async fn look(store: &Store, job_type: Option<&str>, told_at: f64) -> Result<Running, Failure> {
    let lists = jobs::pending_lists(&store.client, &store.root).await?;
    let mut is_empty = true;
    for list in &lists {
        // What runs stands there too, so that an empty list says it all.
        if let Some(mut entries) = JobEntries::open(&store.client, &list.path).await? {
            is_empty &= entries.next().await?.is_none();
        }
    }
    if is_empty {
        return Ok(Running::Jobs(BTreeSet::new()));
    }
    let mut unknown = 0;
    let mut keys = BTreeSet::new();
    for worker in workers(store).await?.into_iter().filter(|worker| worker.is_alive) {
        let record = worker.record;
        let is_silent = record.modified <= told_at;
        unknown += usize::from(is_silent || record.running.len() >= MOST_TOLD);
        keys.extend(record.running);
    }
    if unknown > 0 {
        return Ok(Running::Unknown { workers: unknown });
    }
    let mut running = BTreeSet::new();
    for key in keys {
        for list in &lists {
            let Some(document) = store.client.find(&list.path.join(&key)).await? else { continue };
            let job = Job::from_value(&document.value);
            if job.is_ok_and(|job| {
                job.status() == JobStatus::Running && job_type.is_none_or(|wanted| wanted == job.job_type)
            }) {
                running.insert(key.clone());
            }
        }
    }
    Ok(Running::Jobs(running))
}
