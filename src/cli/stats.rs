//! `stats`.

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::connect::App;
use super::error::{Exit, Failure};
use super::figures::{each_finished, each_unfinished, workers};
use super::output::Column;
use super::trends::Trends;
use crate::jobs::FinalList;

/// Show how a service is doing: what waits, what ended on the last days, who works
///
/// On a terminal there are plots besides: jobs by the hour, run times by type, the age of what is unfinished.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs stats
  oada-jobs stats --days 30 --service mailer")]
pub(super) struct StatsArgs {
    /// How many days to show
    #[arg(long, value_name = "N", default_value = "7")]
    days: usize,
}

const COLUMNS: [Column; 3] =
    [Column::new("WHAT", "what"), Column::new("COUNT", "count"), Column::new("DETAIL", "detail")];

pub(super) async fn stats(args: StatsArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let mut trends = Trends::new(Timestamp::now());
    let waiting = each_unfinished(&store, |job| trends.unfinished(job)).await?;
    let workers = workers(&store).await?;
    let alive: Vec<_> = workers.iter().filter(|worker| worker.is_alive).collect();
    let running: usize = alive.iter().map(|worker| worker.record.running.len()).sum();
    let slots: usize = alive.iter().map(|worker| worker.record.concurrency).sum();
    let oldest = waiting.oldest.map(|time| {
        if app.ui.is_for_people() { format!("oldest {}", app.ui.moment(time)) } else { format!("{time:.3}") }
    });
    let mut listing = app.ui.listing(&COLUMNS);
    let mut push = |what: &str, count: u64, detail: Option<String>| {
        listing.push(what, &json!({"what": what, "count": count, "detail": detail}))
    };
    push("unfinished", waiting.count, oldest)?;
    push("running", running as u64, Some(format!("of {slots} at once")))?;
    push("workers", alive.len() as u64, None)?;
    for list in [FinalList::Success, FinalList::Failure] {
        for (day, count) in each_finished(&store, list, args.days, |job| trends.finished(job)).await? {
            let today = day == Timestamp::now().to_zoned(app.ui.zone.clone()).date();
            push(list.as_str(), count, Some(if today { format!("{day}, today") } else { day.to_string() }))?;
        }
    }
    listing.finish("nothing is known")?;
    if app.ui.is_terminal && app.ui.is_for_people() {
        trends.read(&store).await?;
        let look = app.ui.look();
        let plots = trends.plots(look.width.unwrap_or(80), look.glyphs);
        if !plots.is_empty() {
            app.ui.say(&format!("\n{plots}"))?;
        }
    }
    Ok(Exit::Ok)
}
