//! `job ls`.

use std::cell::RefCell;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::filters::{FilterArgs, Filters};
use super::live;
use super::record::{brief, broken, started_at};
use super::sweep::{Bodies, Body, Fitting, More, sweep};
use super::types::suggest;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Format, Show};

/// List jobs: those that wait or run, then those that ended, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job ls --status failure --since 24h
  oada-jobs job ls --type 'pdf-*' --error timeout -o name
  oada-jobs job ls --where config.to=a@b.c --all -o csv
  oada-jobs job ls --columns key,config.to,error --sort finished:desc
  oada-jobs job ls --watch                       live, until Ctrl-C")]
pub(in crate::cli) struct LsArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// How many to list at most [default: 50 on a terminal, else all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Lists all
    #[arg(long, conflicts_with = "limit")]
    all: bool,

    /// Goes on and shows what changes: drawn anew on a terminal, a row for each change elsewhere
    #[arg(long)]
    watch: bool,

    /// Asks the server for finished jobs too that were seen before
    #[arg(long)]
    no_cache: bool,
}

const TERMINAL_LIMIT: u32 = 50;

pub(super) const COLUMNS: [Column; 11] = [
    Column::new("KEY", "key"),
    Column::new("TYPE", "type"),
    Column::new("STATUS", "status").shown(Show::Status),
    Column::new("WHEN", "finished").shown(Show::TimeOr("posted")),
    Column::new("POSTED", "posted").shown(Show::Time).wide(),
    Column::new("ATTEMPT", "attempt").wide(),
    Column::new("WORKER", "worker").wide(),
    Column::new("RETRIED AS", "retried_as").wide(),
    Column::new("CONFIG", "config").wide(),
    Column::new("ERROR TYPE", "error_type").wide(),
    Column::new("RESULT", "result").shown(Show::With(outcome)),
];

pub(in crate::cli) async fn ls(args: LsArgs, app: &App) -> Result<Exit, Failure> {
    let filters = args.filters.read(&app.ui.zone, Timestamp::now())?;
    let limit = match args.limit {
        Some(limit) => Some(limit),
        None if args.all || !app.ui.is_terminal => None,
        None => Some(TERMINAL_LIMIT),
    };
    if args.watch {
        return watch(app, &filters, limit).await;
    }
    let mut listing = app.ui.listing(&COLUMNS);
    listing.at_most(limit);
    let mut count = 0;
    let is_brief = app.ui.format() == Format::Name && !listing.is_sorted();
    let store = app.store_to_look(!args.no_cache && !is_brief).await?;
    let bodies = if is_brief { Bodies::AsNeeded } else { Bodies::Kept };
    let is_sorted = listing.is_sorted();
    let listing = RefCell::new(listing);
    let sweeping = sweep(&store, &filters, bodies, |job| {
        match &job.body {
            Some(Body::Known(known)) => listing.borrow_mut().push_text(&job.listed.key, known.record())?,
            _ => listing.borrow_mut().push(&job.listed.key, &record(&job))?,
        }
        count += 1;
        Ok(if limit == Some(count) && !is_sorted { More::No } else { More::Yes })
    });
    let cut = app.ui.shown_as_it_comes(sweeping, || listing.borrow_mut().show_waiting()).await?;
    let listing = listing.into_inner();
    let nothing = if args.filters.is_empty() { "no jobs" } else { "no jobs fit" };
    let listed = listing.finish(&format!("{nothing} in {}", store.root))?;
    if let (0, Some(job_type)) = (listed, args.filters.exact_type()) {
        suggest(app, &store, job_type).await;
    }
    if cut {
        app.ui.note(&format!("the first {count} are shown; see more with --limit N or --all"));
    }
    Ok(Exit::Ok)
}

async fn watch(app: &App, filters: &Filters, limit: Option<u32>) -> Result<Exit, Failure> {
    let refused =
        |what: &str| Failure::usage(format!("--watch shows jobs as they come, without an end: {what}"));
    if app.ui.format() == Format::Json {
        return Err(refused("that is not one JSON text").hint("use -o ndjson"));
    }
    if app.ui.shape.sort.is_some() {
        return Err(refused("they cannot be sorted").hint("leave out --sort"));
    }
    // Each job that is followed is one watch on the same socket.
    let store = app.store_over_socket().await?;
    live::watch(app, &store, filters, limit).await
}

/// The job whose run began longest ago, and when that was. Each that has not ended is read.
pub(in crate::cli) async fn longest_running(store: &Store) -> Result<Option<(String, Timestamp)>, Failure> {
    let mut longest: Option<(String, Timestamp)> = None;
    sweep(store, &Filters::running(), Bodies::All, |job| {
        if let Some(Body::Job(found)) = &job.body
            && let Some(since) = started_at(&found.job)
            && longest.as_ref().is_none_or(|(_, first)| since < *first)
        {
            longest = Some((job.listed.key.clone(), since));
        }
        Ok(More::Yes)
    })
    .await?;
    Ok(longest)
}

/// A job as listed.
pub(super) fn record(job: &Fitting) -> Value {
    let (key, id) = (&job.listed.key, &job.listed.id);
    Value::Object(match &job.body {
        Some(Body::Job(found)) => brief(key, id, &found.job),
        Some(Body::Known(known)) => return serde_json::from_str(known.record()).unwrap_or_default(),
        Some(Body::Invalid(reason)) => broken(key, id, "invalid", reason),
        Some(Body::Missing) => broken(key, id, "missing", "the link leads nowhere"),
        None => Map::new(),
    })
}

/// What came of a job, in a few words.
fn outcome(record: &Value) -> String {
    let text = |field: &str| record.get(field).and_then(Value::as_str);
    match (text("error_type"), text("error"), record.get("result"), record.get("progress")) {
        (Some(error_type), Some(_), Some(result), _) if error_type.starts_with("exit-") => {
            // The message says once more which exit it was; what the handler said last says why.
            let said = result.get("stderr").and_then(Value::as_str).unwrap_or_default();
            format!("{error_type}: {}", said.trim_end().lines().next_back().unwrap_or_default())
        }
        (Some(error_type), Some(error), ..) => format!("{error_type}: {error}"),
        (Some(error), None, ..) | (None, Some(error), ..) => error.to_owned(),
        (None, None, Some(result), _) if !result.is_null() => match result.get("output") {
            // Text that a handler printed is stored under this one member.
            Some(Value::String(output)) if result.as_object().is_some_and(|result| result.len() == 1) => {
                output.clone()
            }
            _ => result.to_string(),
        },
        (None, None, _, Some(Value::Number(progress))) => {
            format!("{:.0} %", progress.as_f64().unwrap_or_default() * 100.0)
        }
        _ => String::new(),
    }
}
