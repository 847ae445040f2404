//! `job logs`.

use clap::Args;
use jiff::Timestamp;
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
use crate::cli::time::moment;
use crate::jobs::Found;
use crate::model::{AGAIN_STATUS, Job, Update, parse_time};

/// Show what a job's handler said: its updates, oldest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job logs @last -f
  oada-jobs job logs 2Xyz --tail 20 --since 10m
  oada-jobs job logs 2Xyz --attempt 1             what was said in the first run
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

    /// Shows only what was said since: `2026-01-31T12:00:00Z`, a day, `yesterday`, or how long ago, as `10m`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// Shows only what was said in this run, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "follow")]
    attempt: Option<u32>,

    /// Shows what the handler wrote last to stderr, which is kept with a failure
    #[arg(long, conflicts_with_all = ["follow", "tail", "since", "attempt"])]
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
    let since = match &args.since {
        None => None,
        Some(text) => Some(moment(text, &app.ui.zone, Timestamp::now()).map_err(|reason| {
            Failure::usage(format!("cannot use --since: {reason}"))
                .hint("write it as --since 10m, or --since 2026-01-31T12:00:00Z")
        })?),
    };
    let run = args.attempt.map(|attempt| Run::of(&found.job, attempt).ok_or_else(|| no_run(&found, attempt)));
    let run = run.transpose()?;
    let fits = |update: &Update| {
        let time = parse_time(&update.time);
        since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && run.as_ref().is_none_or(|run| run.holds(update))
    };
    let fitting: Vec<_> = found.job.updates.iter().filter(|(_, update)| fits(update)).collect();
    let skipped = args.tail.map_or(0, |tail| fitting.len().saturating_sub(tail));
    if !args.follow {
        for (key, update) in fitting.into_iter().skip(skipped) {
            line(app, key, update)?;
        }
        return Ok(Exit::Ok);
    }
    let mut follow = Follow::begin(&store, &found.key, &found.id);
    let (mut seen, mut failed) = (0, None);
    let mut tell = |told: Told| match told {
        Told::Job(JobEvent::Update { key, update }) if fits(&update) => {
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

/// One run of a job, by what is told of the runs before and after it.
struct Run {
    attempt: u32,
    /// When the run before it ended.
    after: Option<Timestamp>,
    /// When the run itself ended, if it did.
    until: Option<Timestamp>,
}

impl Run {
    /// A run of a job; `None` where there was none of this number.
    fn of(job: &Job, attempt: u32) -> Option<Self> {
        let ended = |attempt| parse_time(&job.attempts.get(&attempt)?.ended);
        let newest = job.claim.as_ref().map_or(0, |claim| claim.attempt);
        let is_known = attempt <= newest || job.attempts.contains_key(&attempt);
        is_known.then(|| Self {
            attempt,
            after: attempt.checked_sub(1).and_then(ended),
            // What a job says last is written when its last run has ended.
            until: ended(attempt).filter(|_| attempt < newest),
        })
    }

    fn holds(&self, update: &Update) -> bool {
        // It is written after the end of a run, and is about that.
        if update.status == AGAIN_STATUS {
            let number = update.meta.as_ref().and_then(|meta| meta.get("attempt")?.as_u64());
            return number == Some(u64::from(self.attempt));
        }
        let Some(time) = parse_time(&update.time) else { return false };
        self.after.is_none_or(|after| time > after) && self.until.is_none_or(|until| time <= until)
    }
}

fn no_run(found: &Found, attempt: u32) -> Failure {
    let runs = found.job.claim.as_ref().map_or(0, |claim| claim.attempt);
    let message = format!("job {} has no run {attempt}: there were {runs}", found.key);
    Failure::new(Exit::NotFound, message)
        .hint(format!("see its runs with `oada-jobs job show {}`", found.key))
}

fn line(app: &App, key: &str, update: &Update) -> Result<(), Failure> {
    app.ui.result(key, &update_record(key, update), || {
        format!("{}  {}  {}", update.time, app.ui.status(&update.status), plain(update.meta.as_ref()))
    })
}
