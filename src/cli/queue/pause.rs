//! `queue pause` and `queue resume`.

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Which;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::time::duration;
use crate::jobs::{self, Pause};
use crate::model::now_text;

/// Pause a service: its workers claim no more jobs, those that run go on
#[derive(Debug, Args)]
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
}

/// Take back a pause
#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    #[command(flatten)]
    queue: Which,

    /// Resumes this job type alone
    #[arg(long = "type", value_name = "TYPE")]
    job_type: Option<String>,
}

pub(super) async fn pause(args: PauseArgs, app: &App) -> Result<Exit, Failure> {
    let until = args.lasts.map(|lasts| {
        let lasts = SignedDuration::try_from(lasts).map_err(|error| Failure::usage(error.to_string()))?;
        let until = Timestamp::now().checked_add(lasts);
        until.map(|time| format!("{time:.3}")).map_err(|error| Failure::usage(error.to_string()))
    });
    let pause = Pause { since: now_text(), until: until.transpose()?, reason: args.reason };
    let store = app.queue(args.queue.name()).await?;
    jobs::pause(&store.client, &store.root, args.job_type.as_deref(), &pause).await?;
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
