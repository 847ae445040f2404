//! `job export`.

use std::pin::pin;

use clap::Args;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::selectors::{ChoiceArgs, resolve};
use super::sweep::{Bodies, Body, More, sweep};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs::{Found, ListedIn, listed_in, members_of};

/// Write whole jobs as NDJSON, to be kept or imported elsewhere
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job export --status failure > failures.ndjson
  oada-jobs job export --all | oada-jobs job import --data-dir other")]
pub(in crate::cli) struct ExportArgs {
    #[command(flatten)]
    choice: ChoiceArgs,
}

/// The members of a line.
pub(super) const KEY: &str = "key";
pub(super) const ID: &str = "id";
pub(super) const LIST: &str = "list";
pub(super) const DAY: &str = "day";
pub(super) const TYPE: &str = "content_type";
pub(super) const JOB: &str = "job";

/// How many jobs that are named are looked for at a time.
const PARALLEL: usize = 32;

pub(super) async fn export(args: ExportArgs, app: &App) -> Result<Exit, Failure> {
    args.choice.check("export")?;
    let filters = args.choice.filters.read(&app.ui.zone, Timestamp::now())?;
    let named = args.choice.named()?;
    let store = app.store_over_socket().await?;
    let find = async |selector: &String| {
        let found = resolve(&store, selector).await?;
        let list = listed_in(&store.client, &store.root, &found).await?;
        Ok::<_, Failure>((found, list))
    };
    let mut finding = pin!(futures_util::stream::iter(&named).map(find).buffered(PARALLEL));
    while let Some(found) = finding.next().await {
        let (found, list) = found?;
        app.ui.say(&whole(&found, list.as_ref()).to_string())?;
    }
    if args.choice.is_by_filter() {
        let mut skipped = 0;
        let sweeping = sweep(&store, &filters, Bodies::All, |fitting| {
            match &fitting.body {
                Some(Body::Job(found)) => {
                    app.ui.write_line(&whole(found, Some(&fitting.list)).to_string())?;
                }
                _ => skipped += 1,
            }
            Ok(More::Yes)
        });
        app.ui.shown_as_it_comes(sweeping, || Ok(())).await?;
        if skipped > 0 {
            app.ui.warn(&format!("{skipped} listed resources were left out: they are no jobs"));
        }
    }
    Ok(Exit::Ok)
}

/// A job with where it stood, without what the store adds.
fn whole(found: &Found, list: Option<&ListedIn>) -> Value {
    let (list, day) = match list {
        None => (None, None),
        Some(ListedIn::Pending(_)) => (Some("pending"), None),
        Some(ListedIn::Final(day)) => (Some(day.list.as_str()), Some(day.day.to_string())),
    };
    json!({
        KEY: found.key, ID: found.id.as_str(), LIST: list, DAY: day,
        TYPE: found.document.get("_type"), JOB: members_of(&found.document),
    })
}
