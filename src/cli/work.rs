//! Work on many things: a bounded number at a time, with a rate and a bar, which goes on after a failure and tells all
//! of them at the end.
//!
//! Owns how that looks, and the exit code. What is done to one thing is handed in.

use std::num::NonZeroU32;

use futures_util::{StreamExt, stream};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::connect::App;
use super::error::{Exit, Failure};
use super::output::{Column, Listing, SEEN_AFTER};

/// How many things are changed at a time.
const PARALLEL: usize = 64;
/// How many failures of many are told.
pub(super) const MOST_TOLD: usize = 20;

/// What is done, in words.
#[derive(Clone, Copy)]
pub(super) struct Verb {
    /// As in "retry 3 jobs?".
    pub(super) does: &'static str,
    /// As in "retried 3 jobs".
    pub(super) did: &'static str,
}

/// Reads how many a second are wanted at most.
pub(super) fn rate(text: &str) -> Result<NonZeroU32, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    number.parse().map_err(|_| format!("{text:?} is not a rate: write how many a second, such as 10"))
}

/// Work that is under way, and what came of it so far.
pub(super) struct Work<'a> {
    app: &'a App,
    verb: Verb,
    limiter: Option<DefaultDirectRateLimiter>,
    bar: ProgressBar,
    listing: Listing<'a>,
    count: usize,
    done: usize,
    /// Why something could not be done.
    failures: Vec<Failure>,
    /// Why the store is lost.
    lost: Option<Failure>,
    /// How many are left, some of which may have been changed all the same when the store was lost.
    untried: usize,
}

impl<'a> Work<'a> {
    /// Begins work on so many jobs.
    pub(super) fn new(
        app: &'a App,
        (verb, columns): (Verb, &'static [Column]),
        count: usize,
        rate: Option<NonZeroU32>,
    ) -> Self {
        Self {
            app,
            verb,
            limiter: rate
                .map(|rate| RateLimiter::direct(Quota::per_second(rate).allow_burst(NonZeroU32::MIN))),
            bar: progress(app, count),
            listing: app.ui.listing(columns),
            count,
            done: 0,
            failures: Vec::new(),
            lost: None,
            untried: count,
        }
    }

    /// Does to each what `act` does, unless the store is lost on the way; what `act` returns is shown.
    ///
    /// # Errors
    /// When results cannot be written.
    pub(super) async fn on<T>(
        &mut self,
        items: &[T],
        name: impl Fn(&T) -> &str,
        act: impl AsyncFn(&T) -> Result<Option<(String, Value)>, Failure>,
    ) -> Result<(), Failure> {
        let limiter = self.limiter.as_ref();
        let mut working = stream::iter(items)
            .map(async |item| {
                if let Some(limiter) = limiter {
                    limiter.until_ready().await;
                }
                (item, act(item).await)
            })
            .buffer_unordered(PARALLEL);
        let mut looks = tokio::time::interval(SEEN_AFTER);
        loop {
            let next = tokio::select! {
                next = working.next() => next,
                _ = looks.tick() => {
                    if self.listing.is_due() {
                        self.bar.suspend(|| self.listing.show_waiting())?;
                    }
                    continue;
                }
            };
            let Some((item, acted)) = next else { break };
            self.bar.inc(1);
            self.untried -= 1;
            match acted {
                Ok(shown) => {
                    self.done += 1;
                    if let Some((name, record)) = shown {
                        self.bar.suspend(|| self.listing.push(&name, &record))?;
                    }
                }
                Err(failure) => {
                    let what = format_args!("cannot {} {}", self.verb.does, name(item));
                    let failure = if self.count == 1 { failure } else { failure.context(what) };
                    // Each of the others would wait as long, to no avail.
                    if failure.exit == Exit::Unreachable {
                        self.lost = Some(failure);
                        break;
                    }
                    self.failures.push(failure);
                }
            }
        }
        Ok(())
    }

    /// Counts jobs as done that needed no work of their own.
    pub(super) fn pass(&mut self, jobs: usize) {
        self.bar.inc(jobs as u64);
        self.untried -= jobs;
        self.done += jobs;
    }

    /// Keeps a failure to be told with the others.
    pub(super) fn fail(&mut self, failure: Failure) {
        if failure.exit == Exit::Unreachable {
            self.lost = Some(failure);
        } else {
            self.failures.push(failure);
        }
    }

    /// Shows a result.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn show(&mut self, name: &str, record: &Value) -> Result<(), Failure> {
        self.bar.suspend(|| self.listing.push(name, record))
    }

    /// How many failures there were so far.
    pub(super) fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Whether the store is lost, so that nothing more is to be tried.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Ends it, and tells what came of it, also what had failed `before`. One thing that was named is an error of its own.
    ///
    /// # Errors
    /// When the store was lost, the only thing named failed, or results cannot be written.
    pub(super) fn end(
        mut self,
        nothing: &str,
        before: Vec<Failure>,
        is_single: bool,
    ) -> Result<Exit, Failure> {
        self.bar.finish_and_clear();
        let (ui, verb) = (&self.app.ui, self.verb);
        if self.done > 0 || self.count == 0 {
            self.listing.finish(nothing)?;
        }
        self.failures.splice(0..0, before);
        if is_single && let Some(failure) = self.failures.pop() {
            return Err(failure);
        }
        for failure in self.failures.iter().take(MOST_TOLD) {
            ui.fail(failure);
        }
        let mut told = format!("{} {}", verb.did, counted(self.done));
        if !self.failures.is_empty() {
            told.push_str(&format!(", {} failed", self.failures.len()));
        }
        if self.untried > 0 {
            told.push_str(&format!(", {} were not tried; run it again to go on", self.untried));
        }
        if self.done == 0 && self.failures.is_empty() && self.lost.is_none() {
            told.push_str(&format!("; {nothing}"));
        }
        if !is_single {
            ui.note(&told);
        }
        match self.lost {
            Some(failure) => Err(failure),
            None if self.failures.is_empty() => Ok(Exit::Ok),
            None => Ok(Exit::SomeFailed),
        }
    }
}

/// A bar on stderr, for many jobs and for people.
fn progress(app: &App, count: usize) -> ProgressBar {
    let template = "{bar:30} {pos}/{len} {per_sec} ends in {eta}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let target = if app.ui.is_quiet() || count < 2 {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    ProgressBar::with_draw_target(Some(count as u64), target).with_style(style)
}

/// So many jobs, in words.
pub(super) fn counted(jobs: usize) -> String {
    if jobs == 1 { "1 job".to_owned() } else { format!("{jobs} jobs") }
}
