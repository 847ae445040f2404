//! `queue stats`.

use clap::Args;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::Which;
use super::figures::Figures;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show};
use crate::engine::OWN_QUEUE;
use crate::jobs;

/// Show how the queues of a service are doing, a line for each
///
/// A queue that cannot be reached is shown with the reason; the others are shown all the same.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue stats
  oada-jobs queue stats --columns name,state,unfinished,oldest")]
pub(in crate::cli) struct StatsArgs {
    #[command(flatten)]
    queue: Which,
}

/// How many queues are asked at a time.
const PARALLEL: usize = 8;

const COLUMNS: [Column; 11] = [
    Column::new("NAME", "name"),
    Column::new("DOMAIN", "domain"),
    Column::new("STATE", "state").shown(Show::Status),
    Column::new("UNFINISHED", "unfinished"),
    Column::new("RUNNING", "running"),
    Column::new("WORKERS", "workers"),
    Column::new("OLDEST", "oldest").shown(Show::Time),
    Column::new("SUCCESS", "success_today"),
    Column::new("FAILURE", "failure_today"),
    Column::new("SLOTS", "slots").wide(),
    Column::new("PROBLEM", "problem"),
];

pub(super) async fn stats(args: StatsArgs, app: &App) -> Result<Exit, Failure> {
    let queues: Vec<(String, Result<Store, Failure>)> = match args.queue.name() {
        Some(name) => vec![(name.to_owned(), app.queue(Some(name)).await)],
        None => {
            let own = app.store().await?;
            let mut queues = Vec::new();
            for (name, entry) in jobs::queues(&own.client, &own.root).await? {
                let store = match entry {
                    Ok(entry) => app.listed_store(&own, entry),
                    Err(problem) => Err(Failure::new(Exit::Error, problem)),
                };
                queues.push((name, store));
            }
            queues.insert(0, (OWN_QUEUE.to_owned(), Ok(own)));
            queues
        }
    };
    let is_single = queues.len() == 1;
    let mut listing = app.ui.listing(&COLUMNS);
    let mut records = stream::iter(queues)
        .map(async |(name, store)| {
            let record = match store {
                Ok(store) => {
                    let figures = Figures::read(&store, &app.ui.zone).await;
                    figures.map(|figures| figures.record(&name, &store))
                }
                Err(failure) => Err(failure),
            };
            (name, record)
        })
        .buffered(PARALLEL);
    while let Some((name, record)) = records.next().await {
        let mut record = match record {
            Ok(record) => record,
            Err(failure) if is_single => return Err(failure),
            Err(failure) => json!({"name": name, "state": "error", "problem": failure.message}),
        };
        if record.get("problem").is_none() {
            record["problem"] = Value::Null;
        }
        listing.push(&name, &record)?;
    }
    listing.finish("no queues")?;
    Ok(Exit::Ok)
}
