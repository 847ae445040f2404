//! `job logs`.

use clap::Args;
use serde_json::Value;

use super::ending::{EndingArgs, exit_of};
use super::events::JobEvent;
use super::follow::{Follow, Told};
use super::record::update_record;
use super::selectors::resolve;
use super::wait::note_connection;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::plain;
use crate::model::Update;

/// Show what a job's handler said: its updates, oldest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job logs @last -f
  oada-jobs job logs 2Xyz --tail 20
  oada-jobs job logs 2Xyz --stderr")]
pub(in crate::cli) struct LogsArgs {
    /// The job: a key, the beginning of one, `resources/…`, an absolute path or `@last`
    #[arg(value_name = "JOB")]
    job: String,

    /// Goes on until the job has ended
    #[arg(short, long)]
    follow: bool,

    /// Shows only the last lines
    #[arg(long, value_name = "N")]
    tail: Option<usize>,

    /// Shows what the handler wrote last to stderr, which is kept with a failure
    #[arg(long, conflicts_with_all = ["follow", "tail"])]
    stderr: bool,

    #[command(flatten)]
    ending: EndingArgs,
}

pub(super) async fn logs(args: LogsArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let found = resolve(&store, &args.job).await?;
    if args.stderr {
        let tail = found.job.result.as_ref().and_then(|result| result.get("stderr")).and_then(Value::as_str);
        let tail = tail.ok_or_else(|| {
            Failure::new(Exit::NotFound, format!("nothing of stderr is kept with {}", found.key))
                .hint("it is kept with failures of commands only; see its updates without --stderr")
        })?;
        app.ui.say(tail.trim_end())?;
        return Ok(Exit::Ok);
    }
    let skipped = args.tail.map_or(0, |tail| found.job.updates.len().saturating_sub(tail));
    if !args.follow {
        for (key, update) in found.job.updates.iter().skip(skipped) {
            line(app, key, update)?;
        }
        return Ok(Exit::Ok);
    }
    let mut follow = Follow::begin(&store, &found.key, &found.id);
    let (mut seen, mut failed) = (0, None);
    let mut tell = |told: Told| match told {
        Told::Job(JobEvent::Update { key, update }) => {
            seen += 1;
            if seen > skipped
                && let Err(failure) = line(app, &key, &update)
            {
                failed.get_or_insert(failure);
            }
        }
        told => note_connection(app, &told),
    };
    let job = follow.until_end(&store, &mut tell).await?;
    failed.map_or(Ok(args.ending.of(exit_of(&job))), Err)
}

fn line(app: &App, key: &str, update: &Update) -> Result<(), Failure> {
    app.ui.result(key, &update_record(key, update), || {
        format!("{}  {}  {}", update.time, app.ui.status(&update.status), plain(update.meta.as_ref()))
    })
}
