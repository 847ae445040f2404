//! `job import`, and posting many jobs at once.

use std::io::BufRead;

use clap::Args;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use super::post::is_there;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure, While};
use crate::jobs::{self, Layout, NewJob, Posted};

/// Post jobs that `job export` wrote, to run here
///
/// Each keeps its key, so importing twice posts once; its result and updates stay where they came from.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// The file; stdin if it is `-` or absent
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: String,

    /// Gives each job a new key
    #[arg(long)]
    new_keys: bool,
}

pub(super) async fn import(args: ImportArgs, app: &App) -> Result<Exit, Failure> {
    let new_keys = args.new_keys;
    let read = move |line: &str| {
        let exported: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let job = exported.get("job").ok_or("\"job\" is missing: was it written by `job export`?")?;
        let mut new = new_job(job)?;
        if let Some(key) = exported.get("key").and_then(Value::as_str).filter(|_| !new_keys) {
            new.key = key.to_owned();
        }
        Ok(new)
    };
    let store = app.store().await?;
    post_many(app, &store, &args.file, read, !new_keys).await
}

/// Reads a job to post: `type`, `config`, and further members that are not the worker's own.
pub(super) fn new_job(value: &Value) -> Result<NewJob, String> {
    const WORKERS_OWN: [&str; 9] =
        ["service", "type", "config", "status", "result", "updates", "claim", "attempts", "retried"];
    let job_type = value.get("type").and_then(Value::as_str).ok_or("\"type\" must be a string")?;
    let config = match value.get("config") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(config)) => config.clone(),
        Some(_) => return Err("\"config\" must be an object".to_owned()),
    };
    let mut job = NewJob::new(job_type, config);
    job.extra = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !WORKERS_OWN.contains(&key.as_str()) && !key.starts_with('_'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Ok(job)
}

/// How many jobs are written before their links travel in one request.
const BATCH: usize = 500;
/// How many jobs are written at a time.
const PARALLEL: usize = 64;

/// Posts a job for each line of a file, links in batches; each batch is reported when it is offered.
///
/// # Errors
/// When the file cannot be read, or the store refuses or cannot be reached. A line that is no job is told, and the
/// others are posted.
pub(super) async fn post_many(
    app: &App,
    store: &Store,
    file: &str,
    read: impl Fn(&str) -> Result<NewJob, String>,
    looks_first: bool,
) -> Result<Exit, Failure> {
    let mut lines: Box<dyn BufRead> = if file == "-" {
        Box::new(std::io::BufReader::new(std::io::stdin()))
    } else {
        let file_of = std::fs::File::open(file).during(format_args!("cannot read {file}"))?;
        Box::new(std::io::BufReader::new(file_of))
    };
    let layout = store.posting_layout().await?;
    let bar = bar(app);
    let (mut number, mut wrong, mut posted, mut known) = (0, 0, 0, 0);
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                break;
            }
            number += 1;
            if line.trim().is_empty() {
                continue;
            }
            match read(&line) {
                Ok(job) => batch.push(job),
                Err(reason) => {
                    wrong += 1;
                    bar.suspend(|| {
                        app.ui.fail(&Failure::usage(format!("line {number} is no job: {reason}")))
                    });
                }
            }
        }
        if batch.is_empty() {
            break;
        }
        let all = batch.len();
        let written = write(store, layout, batch, looks_first).await?;
        jobs::link(&store.client, &store.root, layout, &written).await?;
        bar.inc(all as u64);
        known += all - written.len();
        posted += written.len();
        for job in &written {
            let record = json!({"key": job.key, "id": job.id.as_str(), "done": "posted"});
            if !app.ui.is_for_people() {
                bar.suspend(|| app.ui.result(&job.key, &record, String::new))?;
            }
        }
    }
    bar.finish_and_clear();
    let already = if known > 0 { format!(", {known} were there already") } else { String::new() };
    let not_read = if wrong > 0 { format!(", {wrong} lines were no jobs") } else { String::new() };
    app.ui.note(&format!("posted {posted} jobs{already}{not_read}"));
    Ok(if wrong > 0 { Exit::SomeFailed } else { Exit::Ok })
}

/// Writes the resources of new jobs, many at a time.
async fn write(
    store: &Store,
    layout: Layout,
    batch: Vec<NewJob>,
    looks_first: bool,
) -> Result<Vec<Posted>, Failure> {
    let mut writing = stream::iter(batch)
        .map(async |job| {
            if looks_first && is_there(store, layout, &job).await? {
                return Ok(None);
            }
            jobs::create(&store.client, &store.root, layout, &job).await.map(Some).map_err(Failure::from)
        })
        .buffered(PARALLEL);
    let mut written = Vec::new();
    while let Some(job) = writing.next().await {
        written.extend(job?);
    }
    Ok(written)
}

fn bar(app: &App) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos} posted {per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let target = if app.ui.is_quiet() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    ProgressBar::with_draw_target(None, target).with_style(style)
}
