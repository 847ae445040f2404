//! `job post`.

use clap::Args;
use serde_json::{Map, Value, json};

use super::ending::exit_of;
use super::follow::{Follow, Told};
use super::import::{new_job, post_many};
use super::input;
use super::wait::{Limit, note_connection, show_end, timed_out};
use super::watch::follow_all;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::time::limit;
use crate::jobs::{self, Layout, NewJob, Posted};

/// Post a job
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job post email '{\"to\": \"a@b.c\"}'
  oada-jobs job post email --set to=a@b.c --set retries=3 --wait
  oada-jobs job post report @config.json
  jq .config job.json | oada-jobs job post report -
  oada-jobs job post email --ndjson < configs.ndjson")]
pub(in crate::cli) struct PostArgs {
    /// Its type
    #[arg(value_name = "TYPE", required_unless_present = "ndjson")]
    job_type: Option<String>,

    /// What its handler is given: a JSON object, `@FILE`, or `-` for stdin
    #[arg(value_name = "CONFIG", default_value = "{}", hide_default_value = true)]
    config: String,

    /// Sets one value: `--set a.b=1`; JSON where it can be read as such, else text
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// Its key; posting one that is there already changes nothing
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    /// Posts one for each line of stdin: `{"type": …, "config": {…}}`; with TYPE, a line is the config alone
    #[arg(long, conflicts_with_all = ["config", "set", "key", "wait", "follow"])]
    ndjson: bool,

    /// Says of it whatever is of use to find it again, as a member `labels`; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    label: Vec<String>,

    /// Waits until it has ended: 0 success, 8 failure, 9 cancelled
    #[arg(long)]
    wait: bool,

    /// Follows it to its end and shows what happens
    #[arg(long, conflicts_with = "wait")]
    follow: bool,

    /// How long to wait at most, after which it ends with 124
    #[arg(long, value_name = "DURATION", default_value = "none", value_parser = limit, requires = "wait")]
    wait_timeout: Limit,
}

pub(super) async fn post(args: PostArgs, app: &App) -> Result<Exit, Failure> {
    let labels = labels(&args.label)?;
    let job_type = args.job_type.unwrap_or_default();
    if args.ndjson {
        let read = |line: &str| {
            let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let value = if job_type.is_empty() { value } else { json!({"type": job_type, "config": value}) };
            let mut job = new_job(&value)?;
            job.extra.extend(labels.clone());
            Ok(job)
        };
        let store = app.store().await?;
        return post_many(app, &store, "-", read, false).await;
    }
    let mut config = input::config(&args.config)?;
    for assignment in &args.set {
        input::set(&mut config, assignment)?;
    }
    let mut job = NewJob::new(&job_type, config);
    job.extra.extend(labels);
    let store = app.store().await?;
    let layout = store.posting_layout().await?;
    let is_new = match &args.key {
        None => true,
        Some(key) => {
            job.key.clone_from(key);
            is_untouched(&store, layout, &job).await?
        }
    };
    let posted = if is_new {
        jobs::create(&store.client, &store.root, layout, &job).await?
    } else {
        Posted { key: job.key.clone(), id: job.id() }
    };
    // Watched before it is linked, so that a fast worker cannot end it unseen.
    let mut follow = None;
    if args.wait || args.follow {
        let mut begun = Follow::begin(&store, &posted.key, &posted.id);
        begun.stand(&store, &mut |told: Told| note_connection(app, &told)).await?;
        follow = Some(begun);
    }
    if is_new {
        jobs::link(&store.client, &store.root, layout, std::slice::from_ref(&posted)).await?;
    }
    let Some(mut follow) = follow else {
        tell(app, &job_type, &posted, is_new)?;
        return Ok(Exit::Ok);
    };
    if args.follow {
        app.ui.note(&format!("posted {job_type} {}", posted.key));
        return follow_all(app, &store, vec![follow]).await;
    }
    let mut tell_connection = |told: Told| note_connection(app, &told);
    let ending = follow.until_end(&store, &mut tell_connection);
    let job = match args.wait_timeout {
        None => ending.await?,
        Some(timeout) => tokio::time::timeout(timeout, ending)
            .await
            .map_err(|_| timed_out(timeout).context(format_args!("job {}", posted.key)))??,
    };
    show_end(app, &posted.key, &posted.id, &job)?;
    Ok(exit_of(&job))
}

/// The member that holds labels, where there are any.
fn labels(labels: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut members = Map::new();
    for label in labels {
        let (name, value) = label.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
            Failure::usage(format!("cannot use --label {label:?}")).hint("write it as --label name=value")
        })?;
        members.insert(name.to_owned(), value.into());
    }
    Ok(if members.is_empty() { members } else { Map::from_iter([("labels".to_owned(), members.into())]) })
}

/// Whether a job of this key is there already.
pub(super) async fn is_there(store: &Store, layout: Layout, job: &NewJob) -> Result<bool, Failure> {
    Ok(!is_untouched(store, layout, job).await?)
}

fn tell(app: &App, job_type: &str, posted: &Posted, is_new: bool) -> Result<(), Failure> {
    let done = if is_new { "posted" } else { "already there" };
    let record = json!({"key": posted.key, "id": posted.id.as_str(), "type": job_type, "done": done});
    app.ui.result(&posted.key, &record, || {
        if is_new {
            format!("posted {job_type} {}; follow it with `oada-jobs job watch {0}`", posted.key)
        } else {
            format!("{job_type} {} is there already; see it with `oada-jobs job show {0}`", posted.key)
        }
    })
}

/// Whether nothing has become of a job of this key yet: it is not there, or only its resource is, as a post leaves it
/// that was interrupted.
async fn is_untouched(store: &Store, layout: Layout, job: &NewJob) -> Result<bool, Failure> {
    let Some(document) = store.client.find(&job.id().path()).await? else { return Ok(true) };
    let members = document.value.as_object().cloned().unwrap_or_default();
    let touched = ["status", "updates", "result"].iter().any(|member| members.contains_key(*member));
    let is_same = members.get("type") == Some(&json!(job.job_type))
        && members.get("config").unwrap_or(&json!(Map::new())) == &json!(job.config);
    let is_linked = store.client.head(&layout.pending(&store.root).join(&job.key)).await?.is_some();
    Ok(!touched && is_same && !is_linked)
}
