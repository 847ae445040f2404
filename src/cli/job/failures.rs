//! `failures`: what fails, in groups.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::filters::FilterArgs;
use super::record::error_message;
use super::sweep::{Bodies, Body, More, sweep};
use super::types::suggest;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show};

/// Group failures by job type and error, or by day, the most frequent first
///
/// Numbers in messages count as equal, so that failures differing only in an id or a time are one group.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs failures --since 24h
  oada-jobs failures --by day,type --since 2026-01-01
  oada-jobs failures --type email --error 'exit-*'")]
pub(in crate::cli) struct FailuresArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// What failures of one group have in common; by day, the newest day comes first
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "type,error")]
    by: Vec<By>,

    /// Asks the server for finished jobs too that were seen before
    #[arg(long)]
    no_cache: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// The job type.
    Type,
    /// The type of the failure, and its message.
    Error,
    /// The day on which they ended.
    Day,
}

const BY_DAY: [Column; 7] =
    [Column::new("DAY", "day"), COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4], COLUMNS[5]];

const COLUMNS: [Column; 6] = [
    Column::new("COUNT", "count"),
    Column::new("TYPE", "type"),
    Column::new("ERROR TYPE", "error_type"),
    Column::new("LAST", "last").shown(Show::Time),
    Column::new("EXAMPLE", "example"),
    Column::new("ERROR", "error"),
];

/// What failures of one group have in common, as far as they are grouped by it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Common {
    day: Option<Date>,
    job_type: Option<String>,
    error_type: Option<String>,
    message: Option<String>,
}

struct Group {
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    example: String,
    error: String,
}

pub(in crate::cli) async fn failures(mut args: FailuresArgs, app: &App) -> Result<Exit, Failure> {
    args.filters.prefer_failures();
    let filters = args.filters.read(&app.ui.zone, Timestamp::now())?;
    let store = app.store_to_look(!args.no_cache).await?;
    let mut groups: BTreeMap<Common, Group> = BTreeMap::new();
    sweep(&store, &filters, Bodies::All, |fitting| {
        let day = fitting.day();
        let Some(Body::Job(found)) = fitting.body else { return Ok(More::Yes) };
        let job = &found.job;
        let error = error_message(job).unwrap_or_default();
        let by = |what| args.by.contains(&what);
        let common = Common {
            day: day.filter(|_| by(By::Day)),
            job_type: by(By::Type).then(|| job.job_type.clone()),
            error_type: by(By::Error).then(|| job.error_type().unwrap_or_default().to_owned()),
            message: by(By::Error).then(|| alike(&error)),
        };
        let time = job.finished_at();
        let group = groups.entry(common).or_insert_with(|| Group {
            count: 0,
            first: time,
            last: time,
            example: found.key.clone(),
            error,
        });
        group.count += 1;
        group.first = group.first.min(time);
        group.last = group.last.max(time);
        Ok(More::Yes)
    })
    .await?;
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(common, group)| std::cmp::Reverse((common.day, group.count)));
    let columns: &'static [Column] = if args.by.contains(&By::Day) { &BY_DAY } else { &COLUMNS };
    let mut listing = app.ui.listing(columns);
    for (common, group) in groups {
        let text = |time: Option<Timestamp>| time.map(|time| format!("{time:.3}"));
        let record = json!({
            "count": group.count, "day": common.day.map(|day| day.to_string()), "type": common.job_type,
            "error_type": common.error_type, "first": text(group.first), "last": text(group.last),
            "example": group.example, "error": group.error,
        });
        listing.push(&group.example, &record)?;
    }
    let listed = listing.finish(&format!("no failures in {}", store.root))?;
    if let (0, Some(job_type)) = (listed, args.filters.exact_type()) {
        suggest(app, &store, job_type).await;
    }
    Ok(Exit::Ok)
}

/// A message with its numbers taken out.
fn alike(message: &str) -> String {
    let mut text = String::new();
    for c in message.chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if !(c == '#' && text.ends_with('#')) {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_differ_in_numbers_are_alike() {
        assert_eq!(alike("job 123 failed after 4.5 s"), alike("job 9 failed after 12.25 s"));
        assert_ne!(alike("no host"), alike("no route"));
    }
}
