//! `job post`.

use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value, json};

use super::ending::{EndingArgs, exit_of};
use super::follow::{Follow, Told};
use super::import::new_job;
use super::input;
use super::intake::take_in;
use super::types::suggest;
use super::wait::{Limit, note_connection, show_end, timed_out};
use super::watch::follow_all;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::plain;
use crate::cli::time::{duration, limit};
use crate::jobs::{self, Created, Layout, NewJob, Posted, Unique};

/// Post a job
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job post email '{\"to\": \"a@b.c\"}'
  oada-jobs job post email --set to=a@b.c --set retries=3 --wait
  oada-jobs job post report @config.json
  jq .config job.json | oada-jobs job post report -
  oada-jobs job post email --ndjson < configs.ndjson
  oada-jobs job post invoice --unique order-17 --set order=17")]
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

    /// Posts it only if no job of the service was posted with this text before; else tells that one
    #[arg(long, value_name = "TEXT", conflicts_with = "key")]
    unique: Option<String>,

    /// The same with the value of a member of its config, such as `order.id`
    #[arg(long, value_name = "PATH", conflicts_with_all = ["key", "unique"])]
    unique_by: Option<String>,

    /// How long after a post the same text or value may be posted again [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    unique_for: Option<Duration>,

    /// Posts one for each line of stdin: `{"type": …, "config": {…}}`, also `"key"` and `"unique"`; with TYPE, a line
    /// is the config alone
    #[arg(long, conflicts_with_all = ["config", "set", "key", "unique", "wait", "follow"])]
    ndjson: bool,

    /// Says of it whatever is of use to find it again, as a member `labels`; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    label: Vec<String>,

    /// What a request is traced by: the member `traceId` of its config, which Node workers put into their logs
    #[arg(long, value_name = "ID")]
    trace_id: Option<String>,

    /// Waits until it has ended: 0 success, 8 failure, 9 cancelled
    #[arg(long)]
    wait: bool,

    /// Follows it to its end and shows what happens
    #[arg(long, conflicts_with = "wait")]
    follow: bool,

    /// How long to wait at most, after which it ends with 124
    #[arg(long, value_name = "DURATION", default_value = "none", value_parser = limit, requires = "wait")]
    wait_timeout: Limit,

    #[command(flatten)]
    ending: EndingArgs,
}

pub(super) async fn post(args: PostArgs, app: &App) -> Result<Exit, Failure> {
    let labels = labels(&args.label)?;
    let job_type = args.job_type.unwrap_or_default();
    let order =
        Order { has_key: args.key.is_some(), unique: args.unique.clone(), by: args.unique_by.clone() };
    if args.ndjson {
        let read = |line: &str| {
            let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let value = if job_type.is_empty() { value } else { json!({"type": job_type, "config": value}) };
            let mut job = new_job(&value)?;
            trace(&mut job.config, args.trace_id.as_deref());
            let order = order.of_line(&mut job)?;
            job.extra.extend(labels.clone());
            Ok((job, order))
        };
        let store = app.store_over_socket().await?;
        let layout = store.posting_layout().await?;
        let unique = Unique::of(&store.client, &store.root, args.unique_for).await?;
        return take_in(app, &store, ("-", layout, "posted"), read, async |(job, order)| {
            Ok(order.create(&store, layout, Some(&unique), &job).await?.into())
        })
        .await;
    }
    let mut config = input::config(&args.config)?;
    for assignment in &args.set {
        input::set(&mut config, assignment)?;
    }
    trace(&mut config, args.trace_id.as_deref());
    let mut job = NewJob::new(&job_type, config);
    let order = order.by_config(&job).map_err(Failure::usage)?;
    job.extra.extend(labels);
    if let Some(key) = &args.key {
        job.key.clone_from(key);
    }
    let store = app.store().await?;
    let layout = store.posting_layout().await?;
    let unique = match &order.unique {
        Some(_) => Some(Unique::of(&store.client, &store.root, args.unique_for).await?),
        None => None,
    };
    let created = order.create(&store, layout, unique.as_ref(), &job).await?;
    let is_new = matches!(created, Created::New(_));
    let is_linked = matches!(created, Created::Known(_));
    let (Created::New(posted) | Created::Unlinked(posted) | Created::Known(posted)) = created;
    // Watched before it is linked, so that a fast worker cannot end it unseen.
    let mut follow = None;
    if args.wait || args.follow {
        let mut begun = Follow::begin(&store, &posted.key, &posted.id);
        begun.stand(&store, &mut |told: Told| note_connection(app, &told)).await?;
        follow = Some(begun);
    }
    if !is_linked {
        jobs::link(&store.client, &store.root, layout, std::slice::from_ref(&posted)).await?;
    }
    let Some(mut follow) = follow else {
        tell(app, &job_type, &posted, is_new)?;
        // Programs that post many have their types from a program.
        if app.ui.is_for_people() {
            suggest(app, &store, &job_type).await;
        }
        return Ok(Exit::Ok);
    };
    if args.follow {
        app.ui.note(&format!("posted {job_type} {}", posted.key));
        return Ok(args.ending.of(follow_all(app, &store, vec![follow]).await?));
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
    Ok(args.ending.of(exit_of(&job)))
}

/// Whether a job is posted only if it was not before, and how that is told.
#[derive(Clone, Default)]
struct Order {
    /// Its key was chosen by the poster.
    has_key: bool,
    /// No other job of the service has this text.
    unique: Option<String>,
    /// Where in the config that text is.
    by: Option<String>,
}

impl Order {
    /// What a line says of itself beside the job.
    fn of_line(&self, job: &mut NewJob) -> Result<Self, String> {
        let mut text = |member: &str| match job.extra.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{member:?} must be a string")),
        };
        let (key, unique) = (text("key")?, text("unique")?);
        if key.is_some() && (unique.is_some() || self.by.is_some()) {
            return Err("it has a key, and so needs no \"unique\"".to_owned());
        }
        let order = Self { has_key: key.is_some(), unique, by: self.by.clone() };
        if let Some(key) = key {
            job.key = key;
        }
        order.by_config(job)
    }

    /// This, with the text that is in the config.
    fn by_config(&self, job: &NewJob) -> Result<Self, String> {
        let Some(path) = &self.by else { return Ok(self.clone()) };
        let mut keys = path.split('.');
        let first = keys.next().and_then(|key| job.config.get(key));
        let found = keys.fold(first, |value, key| value?.get(key));
        match found.filter(|value| !value.is_null()) {
            Some(value) => Ok(Self { unique: Some(plain(Some(value))), ..self.clone() }),
            None => Err(format!("its config has no {path:?}, by which it is unique")),
        }
    }

    async fn create(
        &self,
        store: &Store,
        layout: Layout,
        unique: Option<&Unique>,
        job: &NewJob,
    ) -> Result<Created, Failure> {
        let (client, root) = (&store.client, &store.root);
        Ok(match (&self.unique, unique) {
            (Some(text), Some(unique)) => unique.create(client, root, layout, (text, job)).await?,
            _ if self.has_key => jobs::create_once(client, root, layout, job).await?,
            _ => Created::New(jobs::create(client, root, layout, job).await?),
        })
    }
}

/// Says by what a job is traced, unless it says so itself.
fn trace(config: &mut Map<String, Value>, id: Option<&str>) {
    if let Some(id) = id {
        config.entry("traceId").or_insert_with(|| id.into());
    }
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
