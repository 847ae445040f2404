//! `check`: a probe for monitoring.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::connect::App;
use super::error::{Exit, Failure};
use super::figures::{finished_on, unfinished, workers};
use super::job::longest_running;
use super::time::{duration, show_duration};
use crate::jobs::FinalList;

/// Check a service against limits, for monitoring
///
/// A limit is a number or duration, past which it is critical, or two of them, `WARN:MAX`, to be warned before. Ends with
/// 0 when all is well, 1 when warned, 2 when a limit is passed, 3 when it cannot be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs check --max-pending-age 15m --min-workers 1
  oada-jobs check --max-running-age 30m:2h       warn before it is critical
  oada-jobs check --max-pending 100:500 --min-workers 2:1 --format nagios
  oada-jobs check --max-failures 10 --format prometheus")]
pub(super) struct CheckArgs {
    /// The most jobs that may wait or run
    #[arg(long, value_name = "[WARN:]N", value_parser = count)]
    max_pending: Option<Limits>,

    /// How long ago the oldest of them may have been posted
    #[arg(long, value_name = "[WARN:]DURATION", value_parser = age)]
    max_pending_age: Option<Limits>,

    /// How long ago the last run of a job that runs may have begun; each that has not ended is read for it
    #[arg(long, value_name = "[WARN:]DURATION", value_parser = age)]
    max_running_age: Option<Limits>,

    /// The most jobs that may fail on one day, today's
    #[arg(long, value_name = "[WARN:]N", value_parser = count)]
    max_failures: Option<Limits>,

    /// The fewest workers that must live
    #[arg(long, value_name = "[WARN:]N", value_parser = count)]
    min_workers: Option<Limits>,

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

/// What a figure may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Limits {
    warning: Option<u64>,
    critical: Option<u64>,
}

/// Reads `MAX` or `WARN:MAX`.
fn limits(text: &str, one: impl Fn(&str) -> Result<u64, String>) -> Result<Limits, String> {
    let (warning, critical) = match text.split_once(':') {
        Some((warning, critical)) => (Some(one(warning)?), critical),
        None => (None, text),
    };
    Ok(Limits { warning, critical: Some(one(critical)?) })
}

fn count(text: &str) -> Result<Limits, String> {
    limits(text, |text| text.parse().map_err(|_| format!("{text:?} is not a number")))
}

fn age(text: &str) -> Result<Limits, String> {
    limits(text, |text| duration(text).map(|duration| duration.as_secs()))
}

/// How well a figure is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Ok,
    Warning,
    Critical,
}

impl State {
    fn of(value: u64, limits: Limits, is_past: impl Fn(u64, u64) -> bool) -> Self {
        let past = |limit: Option<u64>| limit.is_some_and(|limit| is_past(value, limit));
        match limits {
            _ if past(limits.critical) => Self::Critical,
            _ if past(limits.warning) => Self::Warning,
            _ => Self::Ok,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
        }
    }

    /// The numbers that probes end with, which are not those of other commands.
    fn exit(self) -> Exit {
        match self {
            Self::Ok => Exit::Ok,
            Self::Warning => Exit::Error,
            Self::Critical => Exit::Usage,
        }
    }
}

/// One figure and its limits.
struct Finding {
    name: &'static str,
    value: u64,
    limits: Limits,
    state: State,
    text: String,
}

pub(super) async fn check(args: CheckArgs, app: &App) -> Result<Exit, Failure> {
    // What cannot be told is neither well nor critical.
    let findings = look(&args, app).await.map_err(|failure| Failure { exit: Exit::NotFound, ..failure })?;
    let state = findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok);
    match args.format {
        ProbeFormat::Text => {
            for finding in &findings {
                app.ui.say(&format!("{:<8}  {}", finding.state.word(), finding.text))?;
            }
        }
        ProbeFormat::Nagios => {
            let texts: Vec<&str> = findings.iter().map(|finding| finding.text.as_str()).collect();
            let data: Vec<String> = findings
                .iter()
                .map(|finding| {
                    let text = |limit: Option<u64>| limit.map_or(String::new(), |limit| limit.to_string());
                    let Limits { warning, critical } = finding.limits;
                    let limits = format!(";{};{}", text(warning), text(critical));
                    format!("{}={}{}", finding.name, finding.value, limits.trim_end_matches(';'))
                })
                .collect();
            app.ui.say(&format!("{}: {} | {}", state.word(), texts.join(", "), data.join(" ")))?;
        }
        ProbeFormat::Json => {
            let findings: Vec<_> = findings
                .iter()
                .map(|finding| {
                    json!({"name": finding.name, "value": finding.value, "warning": finding.limits.warning,
                        "limit": finding.limits.critical, "state": finding.state.word().to_lowercase(),
                        "ok": finding.state == State::Ok})
                })
                .collect();
            app.ui.say(&json!({"ok": state == State::Ok, "state": state.word().to_lowercase(), "findings": findings}).to_string())?;
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
    Ok(state.exit())
}

async fn look(args: &CheckArgs, app: &App) -> Result<Vec<Finding>, Failure> {
    let store = app.store().await?;
    let waiting = unfinished(&store).await?;
    let now = Timestamp::now();
    let age = waiting.oldest.map(|time| now.duration_since(time).unsigned_abs()).unwrap_or_default();
    let today = now.to_zoned(app.ui.zone.clone()).date();
    let failures = finished_on(&store, FinalList::Failure, today).await?;
    let alive = workers(&store).await?.iter().filter(|worker| worker.is_alive).count() as u64;
    let at_most = |name, value, limits: Option<Limits>, text| {
        let limits = limits.unwrap_or_default();
        Finding { name, value, limits, state: State::of(value, limits, |value, limit| value > limit), text }
    };
    let fewest = args.min_workers.unwrap_or_default();
    let mut findings = vec![
        at_most("pending", waiting.count, args.max_pending, format!("{} unfinished", waiting.count)),
        at_most(
            "pending_age_seconds",
            age.as_secs(),
            args.max_pending_age,
            format!("oldest {} old", show_duration(Duration::from_secs(age.as_secs()))),
        ),
        at_most("failures_today", failures, args.max_failures, format!("{failures} failures today")),
        Finding {
            name: "workers",
            value: alive,
            limits: fewest,
            state: State::of(alive, fewest, |alive, limit| alive < limit),
            text: format!("{alive} workers"),
        },
    ];
    if args.max_running_age.is_some() {
        let longest = longest_running(&store).await?;
        let age =
            longest.as_ref().map_or(0, |(_, since)| now.duration_since(*since).unsigned_abs().as_secs());
        let which = longest.map_or(String::new(), |(key, _)| format!(": {key}"));
        let text = format!("longest runs for {}{which}", show_duration(Duration::from_secs(age)));
        findings.push(at_most("running_age_seconds", age, args.max_running_age, text));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_one_or_two() {
        assert_eq!(count("5").unwrap(), Limits { warning: None, critical: Some(5) });
        assert_eq!(age("1m:1h").unwrap(), Limits { warning: Some(60), critical: Some(3600) });
        for bad in ["", "x", "1:", ":1", "1:2:3", "-1"] {
            assert!(count(bad).is_err(), "{bad}");
        }
        let state = |value| State::of(value, count("3:5").unwrap(), |value, limit| value > limit);
        assert_eq!([3, 4, 5, 6].map(state), [State::Ok, State::Warning, State::Warning, State::Critical]);
        let fewest = |value| State::of(value, count("2:1").unwrap(), |value, limit| value < limit);
        assert_eq!([2, 1, 0].map(fewest), [State::Ok, State::Warning, State::Critical]);
    }
}
