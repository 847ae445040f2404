//! `failures`: what fails, in groups.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::filters::FilterArgs;
use super::record::error_message;
use super::sweep::{Bodies, Body, More, sweep};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show};

/// Group failures by job type and error, the most frequent first
///
/// Numbers in messages count as equal, so that failures differing only in an id or a time are one group.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs failures --since 24h
  oada-jobs failures --type email --error 'exit-*'")]
pub(in crate::cli) struct FailuresArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// Asks the server for finished jobs too that were seen before
    #[arg(long)]
    no_cache: bool,
}

const COLUMNS: [Column; 6] = [
    Column::new("COUNT", "count"),
    Column::new("TYPE", "type"),
    Column::new("ERROR TYPE", "error_type"),
    Column::new("LAST", "last").shown(Show::Time),
    Column::new("EXAMPLE", "example"),
    Column::new("ERROR", "error"),
];

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
    let mut groups: BTreeMap<(String, String, String), Group> = BTreeMap::new();
    sweep(&store, &filters, Bodies::All, |fitting| {
        let Some(Body::Job(found)) = fitting.body else { return Ok(More::Yes) };
        let job = &found.job;
        let error = error_message(job).unwrap_or_default();
        let key = (job.job_type.clone(), job.error_type().unwrap_or_default().to_owned(), alike(&error));
        let time = job.finished_at();
        let group = groups.entry(key).or_insert_with(|| Group {
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
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.count));
    let mut listing = app.ui.listing(&COLUMNS);
    for ((job_type, error_type, _), group) in groups {
        let text = |time: Option<Timestamp>| time.map(|time| format!("{time:.3}"));
        let record = json!({
            "count": group.count, "type": job_type, "error_type": error_type,
            "first": text(group.first), "last": text(group.last),
            "example": group.example, "error": group.error,
        });
        listing.push(&group.example, &record)?;
    }
    listing.finish(&format!("no failures in {}", store.root))?;
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
