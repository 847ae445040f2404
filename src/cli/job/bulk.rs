//! Changing many jobs: which, a plan, a question, and the work.
//!
//! Owns what all commands that change many jobs share. What is done to one job is handed in.

use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;

use clap::Args;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::Value;

use super::filters::FilterArgs;
use super::record::{brief, error_message};
use super::selectors::{ChoiceArgs, resolve_all};
use super::sweep::{Bodies, Body, More, sweep};
use super::types::suggest;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show};
use crate::cli::work::{Verb, Work, counted, rate};
use crate::jobs::{Found, ListedIn};
use crate::model::{Job, ResourceId};

/// How many jobs of a plan are shown before the question.
const SAMPLE: usize = 5;

/// Which jobs to change, and how carefully.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct BulkArgs {
    #[command(flatten)]
    choice: ChoiceArgs,

    /// Takes at most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Does no more than so many a second
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<NonZeroU32>,

    #[arg(skip)]
    tells_no_results: bool,
}

/// A job to change.
#[derive(Clone)]
pub(in crate::cli) struct Target {
    pub(in crate::cli) key: String,
    pub(in crate::cli) id: ResourceId,
    /// What was read; `None` where that is no job.
    pub(super) found: Option<Found>,
    /// Where it stood, if it was found by filters.
    pub(super) list: Option<Arc<ListedIn>>,
}

impl Target {
    /// The job, for what can be done to jobs alone.
    pub(in crate::cli) fn found(&self) -> Result<&Found, Failure> {
        self.found.as_ref().ok_or_else(|| Failure::new(Exit::Error, format!("{} is not a job", self.id)))
    }

    /// The job, where it is one.
    pub(in crate::cli) fn job(&self) -> Option<&Job> {
        self.found.as_ref().map(|found| &found.job)
    }

    fn record(&self) -> Value {
        match self.job() {
            Some(job) => Value::Object(brief(&self.key, &self.id, job)),
            None => serde_json::json!({"key": self.key, "id": self.id.as_str()}),
        }
    }
}

const PLAN: [Column; 5] = [
    Column::new("KEY", "key"),
    Column::new("TYPE", "type"),
    Column::new("STATUS", "status").shown(Show::Status),
    Column::new("POSTED", "posted").shown(Show::Time),
    Column::new("ERROR", "error"),
];

impl BulkArgs {
    /// The jobs that a worker has claimed.
    pub(in crate::cli) fn claimed_by(worker: &str, dry_run: bool) -> Self {
        let choice = ChoiceArgs::of(FilterArgs::claimed_by(worker));
        Self { choice, limit: None, dry_run, rate: None, tells_no_results: false }
    }

    /// Means failures where jobs are chosen by filters, unless a status is named.
    pub(super) fn prefer_failures(&mut self) {
        self.choice.prefer_failures();
    }

    /// Whether no job is named or chosen in any way.
    pub(super) fn is_empty(&self) -> bool {
        self.choice.is_empty()
    }

    /// Leaves it to the caller to tell what came of it.
    pub(super) fn tell_no_results(&mut self) {
        self.tells_no_results = true;
    }

    /// Means the jobs with these ids.
    pub(super) fn name(&mut self, ids: Vec<String>) {
        self.choice.name(ids);
    }

    /// Finds the jobs, asks where that is due, and does to each what `act` does.
    ///
    /// `wanted` leaves out jobs found by filters; `act` returns the record of what was done.
    ///
    /// # Errors
    /// When the jobs cannot be found, nobody answers, or the only job named cannot be changed.
    pub(in crate::cli) async fn run(
        &self,
        app: &App,
        store: &Store,
        (verb, columns): (Verb, &'static [Column]),
        wanted: impl Fn(&Target) -> bool,
        act: impl AsyncFn(&Target) -> Result<(String, Value), Failure>,
    ) -> Result<Exit, Failure> {
        self.choice.check(verb.does)?;
        let mut failures = Vec::new();
        let mut targets = Vec::new();
        let named = self.choice.named()?;
        let mut resolving = pin!(resolve_all(store, &named));
        while let Some(found) = resolving.next().await {
            match found {
                Ok(found) => {
                    let (key, id) = (found.key.clone(), found.id.clone());
                    targets.push(Target { key, id, found: Some(found), list: None });
                }
                Err(failure) if named.len() == 1 || failure.exit == Exit::Unreachable => return Err(failure),
                Err(failure) => failures.push(failure),
            }
        }
        if self.choice.is_by_filter() {
            targets = self.sweep(app, store, &wanted).await?;
        }
        if let (true, Some(job_type)) = (targets.is_empty(), self.choice.filters.exact_type()) {
            suggest(app, store, job_type).await;
        }
        if self.dry_run {
            return self.show_plan(app, verb, &targets);
        }
        if self.choice.is_by_filter() && !targets.is_empty() && !self.is_agreed(app, verb, &targets)? {
            app.ui.note("nothing was done");
            return Ok(Exit::Ok);
        }
        let mut work = Work::new(app, (verb, columns), targets.len(), self.rate);
        let act = async |target: &Target| {
            let shown = act(target).await?;
            Ok((!self.tells_no_results).then_some(shown))
        };
        work.on(&targets, |target| &target.key, act).await?;
        work.end("no jobs fit", failures, named.len() == 1)
    }

    async fn sweep(
        &self,
        app: &App,
        store: &Store,
        wanted: &impl Fn(&Target) -> bool,
    ) -> Result<Vec<Target>, Failure> {
        let filters = self.choice.filters.read(&app.ui.zone, Timestamp::now())?;
        let limit = self.limit.map(|limit| limit as usize);
        let mut targets = Vec::new();
        sweep(store, &filters, Bodies::All, |fitting| {
            let found = match fitting.body {
                Some(Body::Job(found)) => Some(*found),
                _ => None,
            };
            let list = Some(fitting.list);
            let target = Target { key: fitting.listed.key, id: fitting.listed.id, found, list };
            if wanted(&target) {
                targets.push(target);
            }
            Ok(if limit == Some(targets.len()) { More::No } else { More::Yes })
        })
        .await?;
        Ok(targets)
    }

    fn show_plan(&self, app: &App, verb: Verb, targets: &[Target]) -> Result<Exit, Failure> {
        let mut listing = app.ui.listing(&PLAN);
        for target in targets {
            listing.push(&target.key, &target.record())?;
        }
        listing.finish("no jobs fit")?;
        app.ui.note(&format!("would {} {}; nothing was done", verb.does, counted(targets.len())));
        Ok(Exit::Ok)
    }

    fn is_agreed(&self, app: &App, verb: Verb, targets: &[Target]) -> Result<bool, Failure> {
        for target in targets.iter().take(SAMPLE) {
            let job_type = target.job().map_or("no job", |job| job.job_type.as_str());
            let error = target.job().and_then(error_message).unwrap_or_default();
            app.ui.note(format!("  {}  {job_type}  {error}", target.key).trim_end());
        }
        if targets.len() > SAMPLE {
            app.ui.note(&format!("  and {} more", targets.len() - SAMPLE));
        }
        app.ui.confirm(&format!("{} {}?", capital(verb.does), counted(targets.len())))
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
