//! `check`: a probe for monitoring.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::connect::App;
use super::error::{Exit, Failure};
use super::figures::{finished_on, unfinished, workers};
use super::time::{duration, show_duration};
use crate::jobs::FinalList;

/// Check a service against limits, for monitoring
///
/// Ends with 0 when all is well, 2 when a limit is passed, 3 when it cannot be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs check --max-pending-age 15m --min-workers 1
  oada-jobs check --max-failures 10 --format prometheus")]
pub(super) struct CheckArgs {
    /// The most jobs that may wait or run
    #[arg(long, value_name = "N")]
    max_pending: Option<u64>,

    /// How long ago the oldest of them may have been posted
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_pending_age: Option<Duration>,

    /// The most jobs that may fail on one day, today's
    #[arg(long, value_name = "N")]
    max_failures: Option<u64>,

    /// The fewest workers that must live
    #[arg(long, value_name = "N")]
    min_workers: Option<u64>,

    /// How the finding is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ProbeFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProbeFormat {
    /// A line for each figure.
    Text,
    /// One line, with performance data.
    Nagios,
    /// One JSON object.
    Json,
    /// Metrics.
    Prometheus,
}

/// One figure and its limit.
struct Finding {
    name: &'static str,
    value: u64,
    limit: Option<u64>,
    is_passed: bool,
    text: String,
}

pub(super) async fn check(args: CheckArgs, app: &App) -> Result<Exit, Failure> {
    // What cannot be told is neither well nor critical.
    let findings = look(&args, app).await.map_err(|failure| Failure { exit: Exit::NotFound, ..failure })?;
    let is_critical = findings.iter().any(|finding| finding.is_passed);
    let state = if is_critical { "CRITICAL" } else { "OK" };
    match args.format {
        ProbeFormat::Text => {
            for finding in &findings {
                let state = if finding.is_passed { "CRITICAL" } else { "OK" };
                app.ui.say(&format!("{state:<8}  {}", finding.text))?;
            }
        }
        ProbeFormat::Nagios => {
            let texts: Vec<&str> = findings.iter().map(|finding| finding.text.as_str()).collect();
            let data: Vec<String> = findings
                .iter()
                .map(|finding| {
                    let limit = finding.limit.map_or(String::new(), |limit| format!(";;{limit}"));
                    format!("{}={}{limit}", finding.name, finding.value)
                })
                .collect();
            app.ui.say(&format!("{state}: {} | {}", texts.join(", "), data.join(" ")))?;
        }
        ProbeFormat::Json => {
            let findings: Vec<_> = findings
                .iter()
                .map(|finding| {
                    json!({"name": finding.name, "value": finding.value, "limit": finding.limit,
                        "ok": !finding.is_passed})
                })
                .collect();
            app.ui.say(&json!({"ok": !is_critical, "findings": findings}).to_string())?;
        }
        ProbeFormat::Prometheus => {
            for finding in &findings {
                let name = finding.name;
                app.ui.say(&format!("# TYPE oada_jobs_{name} gauge"))?;
                let service = &app.settings.service.value;
                app.ui.say(&format!("oada_jobs_{name}{{service=\"{service}\"}} {}", finding.value))?;
            }
        }
    }
    Ok(if is_critical { Exit::Usage } else { Exit::Ok })
}

async fn look(args: &CheckArgs, app: &App) -> Result<Vec<Finding>, Failure> {
    let store = app.store().await?;
    let waiting = unfinished(&store).await?;
    let now = Timestamp::now();
    let age = waiting.oldest.map(|time| now.duration_since(time).unsigned_abs()).unwrap_or_default();
    let today = now.to_zoned(app.ui.zone.clone()).date();
    let failures = finished_on(&store, FinalList::Failure, today).await?;
    let alive = workers(&store).await?.iter().filter(|worker| worker.is_alive).count() as u64;
    let at_most = |name, value, limit: Option<u64>, text| Finding {
        name,
        value,
        limit,
        is_passed: limit.is_some_and(|limit| value > limit),
        text,
    };
    Ok(vec![
        at_most("pending", waiting.count, args.max_pending, format!("{} unfinished", waiting.count)),
        at_most(
            "pending_age_seconds",
            age.as_secs(),
            args.max_pending_age.map(|limit| limit.as_secs()),
            format!("oldest {} old", show_duration(Duration::from_secs(age.as_secs()))),
        ),
        at_most("failures_today", failures, args.max_failures, format!("{failures} failures today")),
        Finding {
            name: "workers",
            value: alive,
            limit: args.min_workers,
            is_passed: args.min_workers.is_some_and(|limit| alive < limit),
            text: format!("{alive} workers"),
        },
    ])
}
