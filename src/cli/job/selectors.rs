//! Selectors: naming jobs one by one. The same on every command.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::io::BufRead;

use clap::Args;
use futures_util::{Stream, StreamExt, stream};
use serde_json::Value;

use super::filters::{FilterArgs, Filters};
use super::sweep::{Bodies, More, sweep};
use crate::cli::connect::Store;
use crate::cli::error::{Exit, Failure};
use crate::jobs::{Found, Listed, find};
use crate::model::{ResourceId, key_time};

/// Jobs by name.
#[derive(Clone, Debug, Args)]
pub(super) struct SelectorArgs {
    /// Jobs: a key, the beginning of one, `resources/…`, an absolute path, `@last`, or `-` for some on stdin
    #[arg(value_name = "JOB", required = true)]
    jobs: Vec<String>,
}

impl SelectorArgs {
    /// The selectors, with those on stdin in the place of `-`.
    pub(super) fn read(&self) -> Result<Vec<String>, Failure> {
        selectors(&self.jobs)
    }
}

/// Jobs by name, or chosen by what they are.
#[derive(Clone, Debug, Args)]
pub(super) struct ChoiceArgs {
    /// Jobs: a key, the beginning of one, `resources/…`, an absolute path, `@last`, or `-` for some on stdin
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,

    #[command(flatten)]
    pub(super) filters: FilterArgs,

    /// Takes all jobs where no filter is given
    #[arg(long)]
    all: bool,
}

impl ChoiceArgs {
    /// Jobs of which these filters are true.
    pub(super) fn of(filters: FilterArgs) -> Self {
        Self { jobs: Vec::new(), filters, all: false }
    }

    /// Whether no job is named or chosen in any way.
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.filters.is_empty() && !self.all
    }

    /// Means the jobs with these ids.
    pub(super) fn name(&mut self, ids: Vec<String>) {
        self.jobs = ids;
    }

    /// Whether jobs are chosen by what they are, and not by name.
    pub(super) fn is_by_filter(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Means failures where jobs are chosen by filters, unless a status is named.
    pub(super) fn prefer_failures(&mut self) {
        if self.is_by_filter() && (self.all || !self.filters.is_empty()) {
            self.filters.prefer_failures();
        }
    }

    /// Checks that jobs are chosen, and in one way; `does` is what is to be done to them.
    ///
    /// # Errors
    /// A usage failure.
    pub(super) fn check(&self, does: &str) -> Result<(), Failure> {
        if !self.jobs.is_empty() && (!self.filters.is_empty() || self.all) {
            return Err(Failure::usage("jobs are named, so filters and --all have no meaning"));
        }
        if self.is_empty() {
            return Err(Failure::usage(format!("no jobs to {does} are named")).hint(format!(
                "name some, choose some with filters such as --status failure --since 24h, or {does} --all"
            )));
        }
        Ok(())
    }

    /// The selectors, with those on stdin in the place of `-`, each once.
    pub(super) fn named(&self) -> Result<Vec<String>, Failure> {
        let mut seen = HashSet::new();
        Ok(selectors(&self.jobs)?.into_iter().filter(|selector| seen.insert(selector.clone())).collect())
    }
}

/// How many jobs are looked for at a time.
const PARALLEL: usize = 32;

/// Finds the jobs that selectors name, in their order.
pub(super) fn resolve_all<'a>(
    store: &'a Store,
    selectors: &'a [String],
) -> impl Stream<Item = Result<Found, Failure>> + 'a {
    stream::iter(selectors).map(async |selector| resolve(store, selector).await).buffered(PARALLEL)
}

/// The selectors, with those on stdin in the place of `-`.
pub(super) fn selectors(args: &[String]) -> Result<Vec<String>, Failure> {
    let mut selectors = Vec::new();
    for selector in args {
        if selector != "-" {
            selectors.push(selector.clone());
            continue;
        }
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if let Some(selector) = selector_of(line.trim())? {
                selectors.push(selector);
            }
        }
    }
    Ok(selectors)
}

/// What a line of input names: a key or id as it is, or a record that our own listings print.
fn selector_of(line: &str) -> Result<Option<String>, Failure> {
    if line.is_empty() {
        return Ok(None);
    }
    if !line.starts_with('{') {
        return Ok(Some(line.to_owned()));
    }
    let record: Value = serde_json::from_str(line)
        .map_err(|error| Failure::usage(format!("cannot read a job on stdin: {error}")))?;
    // The id says more: a key is unique only within its list.
    let named = record.get("id").or_else(|| record.get("key")).and_then(Value::as_str);
    named
        .map(|named| Some(named.to_owned()))
        .ok_or_else(|| Failure::usage("cannot read a job on stdin: it has neither \"id\" nor \"key\""))
}

/// How many jobs of the same second are told apart by when they were made.
const MOST_ALIKE: usize = 64;

/// Finds the job that a selector names.
pub(super) async fn resolve(store: &Store, selector: &str) -> Result<Found, Failure> {
    if selector != "@last" {
        return Ok(find(&store.client, &store.root, selector).await?);
    }
    let mut newest: Vec<Listed> = Vec::new();
    // Keys begin with their time. The newest job waits, runs, or ended on one of the last days.
    sweep(store, &Filters::default(), Bodies::AsNeeded, |job| {
        let job = job.listed;
        let order = newest.first().map_or(Ordering::Greater, |first| by_age(&job.key, &first.key));
        if order.is_gt() {
            newest.clear();
        }
        if order.is_ge() && newest.len() < MOST_ALIKE {
            newest.push(job);
        }
        Ok(More::Yes)
    })
    .await?;
    let is_only = newest.len() == 1;
    let mut youngest: Option<(f64, ResourceId)> = None;
    for job in newest {
        let created = if is_only { 0.0 } else { created(store, &job.id).await? };
        if youngest.as_ref().is_none_or(|(time, _)| created >= *time) {
            youngest = Some((created, job.id));
        }
    }
    let Some((_, id)) = youngest else {
        return Err(Failure::new(Exit::NotFound, format!("there are no jobs in {}", store.root))
            .hint("post one with `oada-jobs job post TYPE`"));
    };
    Ok(find(&store.client, &store.root, id.as_str()).await?)
}

/// The order in which jobs were posted, as far as their keys tell: to the second.
fn by_age(key: &str, other: &str) -> Ordering {
    match (key_time(key), key_time(other)) {
        (Some(time), Some(other)) => time.cmp(&other),
        _ => key.cmp(other),
    }
}

/// When a store says that a resource was made, in seconds; 0 where it does not say so.
async fn created(store: &Store, id: &ResourceId) -> Result<f64, Failure> {
    let meta = store.client.find(&id.path().join("_meta")).await?;
    Ok(meta.and_then(|meta| meta.value.pointer("/stats/created")?.as_f64()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_jobs_as_keys_or_records() {
        assert_eq!(selector_of("2Xyz").unwrap().as_deref(), Some("2Xyz"));
        assert_eq!(selector_of(r#"{"key":"k","id":"resources/r"}"#).unwrap().as_deref(), Some("resources/r"));
        assert_eq!(selector_of("").unwrap(), None);
        assert!(selector_of("{}").is_err() && selector_of("{").is_err());
    }
}
