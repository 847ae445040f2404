//! `queue pause` and `queue resume`.

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Which;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::job::suggest;
use crate::cli::time::{duration, moment};
use crate::jobs::{self, Pause};
use crate::model::now_text;

/// Pause a service: its workers claim no more jobs, those that run go on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue pause --reason 'the database moves'
  oada-jobs queue pause --type email --for 2h
  oada-jobs queue pause partner --until 2026-01-31T06:00:00Z")]
pub(in crate::cli) struct PauseArgs {
    #[command(flatten)]
    queue: Which,

    /// Pauses this job type alone
    #[arg(long = "type", value_name = "TYPE")]
    job_type: Option<String>,

    /// Why, shown to whoever looks
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// For how long; until `queue resume` unless given
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    lasts: Option<Duration>,

    /// Until when: `2026-01-31T06:00:00Z`, or a day
    #[arg(long, value_name = "TIME", conflicts_with = "lasts")]
    until: Option<String>,
}

impl PauseArgs {
    fn end(&self, app: &App) -> Result<Option<Timestamp>, Failure> {
        let now = Timestamp::now();
        if let Some(lasts) = self.lasts {
            let lasts = SignedDuration::try_from(lasts).map_err(|error| Failure::usage(error.to_string()))?;
            return now.checked_add(lasts).map(Some).map_err(|error| Failure::usage(error.to_string()));
        }
        let Some(text) = &self.until else { return Ok(None) };
        let wrong = |reason: String| {
            Failure::usage(format!("cannot use --until: {reason}"))
                .hint("write a time to come, or for how long with --for 2h")
        };
        let end = moment(text, &app.ui.zone, now).map_err(wrong)?;
        if end <= now {
            return Err(wrong(format!("{text:?} is not a time to come")));
        }
        Ok(Some(end))
    }
}

/// Take back a pause
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue resume
  oada-jobs queue resume --type email")]
pub(in crate::cli) struct ResumeArgs {
    #[command(flatten)]
    queue: Which,

    /// Resumes this job type alone
    #[arg(long = "type", value_name = "TYPE")]
    job_type: Option<String>,
}

pub(super) async fn pause(args: PauseArgs, app: &App) -> Result<Exit, Failure> {
    let until = args.end(app)?.map(|time| format!("{time:.3}"));
    let pause = Pause { since: now_text(), until, reason: args.reason };
    let store = app.queue(args.queue.name()).await?;
    jobs::pause(&store.client, &store.root, args.job_type.as_deref(), &pause).await?;
    if let Some(job_type) = &args.job_type {
        suggest(app, &store, job_type).await;
    }
    tell(app, &args.queue, args.job_type.as_deref(), "paused", pause.until.as_deref())
}

pub(super) async fn resume(args: ResumeArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.queue(args.queue.name()).await?;
    jobs::resume(&store.client, &store.root, args.job_type.as_deref()).await?;
    tell(app, &args.queue, args.job_type.as_deref(), "resumed", None)
}

fn tell(
    app: &App,
    queue: &Which,
    job_type: Option<&str>,
    done: &str,
    until: Option<&str>,
) -> Result<Exit, Failure> {
    let service = &app.settings.service.value;
    let record = json!({
        "service": service, "queue": queue.label(), "type": job_type, "done": done, "until": until,
    });
    app.ui.result(service, &record, || {
        let what = job_type.map_or(String::new(), |job_type| format!(" type {job_type} of"));
        let until = until.map_or(String::new(), |until| format!(" until {until}"));
        let of = queue.name().map_or(String::new(), |name| format!(" queue {name} of"));
        format!("{done}{what}{of} service {service}{until}")
    })?;
    Ok(Exit::Ok)
}
