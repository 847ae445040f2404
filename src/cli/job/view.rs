//! Showing what happens to jobs as it happens: lines, and on a terminal a bar for each job below them.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::events::JobEvent;
use super::follow::Told;
use crate::cli::error::Failure;
use crate::cli::output::{Ui, plain};
use crate::model::parse_time;

/// A view of some jobs.
pub(super) struct View<'a> {
    ui: &'a Ui,
    bars: MultiProgress,
    by_job: HashMap<String, ProgressBar>,
    /// Whether lines must say which job they are about.
    names_jobs: bool,
    failed: Option<Failure>,
}

impl<'a> View<'a> {
    pub(super) fn new(ui: &'a Ui, jobs: usize) -> Self {
        // Drawn on stderr, and not at all where that is no terminal.
        let bars = MultiProgress::new();
        if !ui.is_for_people() || !ui.is_terminal {
            bars.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self { ui, bars, by_job: HashMap::new(), names_jobs: jobs > 1, failed: None }
    }

    /// Shows what was told of a job. A closed stdout is kept for [`View::finish`].
    pub(super) fn tell(&mut self, key: &str, told: &Told) {
        let shown = match told {
            Told::Job(event) => self.event(key, event),
            Told::Lost(reason) => {
                self.bars.suspend(|| self.ui.warn(&format!("{reason}; waiting for it to come back")));
                Ok(())
            }
            Told::Back => {
                self.bars.suspend(|| self.ui.note("connected again"));
                Ok(())
            }
        };
        if let Err(failure) = shown {
            self.failed.get_or_insert(failure);
        }
    }

    /// Whether nobody reads any more.
    pub(super) fn is_closed(&self) -> bool {
        self.failed.is_some()
    }

    /// Takes the bars away.
    ///
    /// # Errors
    /// When something could not be written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        for bar in self.by_job.values() {
            bar.finish_and_clear();
        }
        self.failed.map_or(Ok(()), Err)
    }

    fn event(&mut self, key: &str, event: &JobEvent) -> Result<(), Failure> {
        if !self.ui.is_for_people() {
            return self.ui.say(&event.record(key).to_string());
        }
        let bar = self.bar(key);
        let line = match event {
            JobEvent::Status(status) => {
                bar.set_message(status.as_str());
                return Ok(());
            }
            JobEvent::Progress { fraction, message } => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a fraction from 0 to 1 is cut to per mille"
                )]
                bar.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
                bar.set_style(progress_style());
                if let Some(message) = message {
                    bar.set_message(message.clone());
                }
                return Ok(());
            }
            JobEvent::Update { update, .. } => {
                let time = parse_time(&update.time).map_or(update.time.clone(), |time| {
                    time.to_zoned(self.ui.zone.clone()).strftime("%H:%M:%S").to_string()
                });
                let meta = plain(update.meta.as_ref());
                format!("{time}  {}  {meta}", self.ui.status(&update.status))
            }
            JobEvent::Ended { status, error_type, error, result } => {
                bar.finish_and_clear();
                let status = self.ui.status(status.as_str());
                match (error_type, error) {
                    (Some(kind), Some(error)) => format!("{status}: {kind}: {error}"),
                    (None, Some(error)) => format!("{status}: {error}"),
                    _ => match result {
                        Some(result) => format!("{status}: {result}"),
                        None => status,
                    },
                }
            }
        };
        let line = if self.names_jobs { format!("{key}  {line}") } else { line };
        self.bars.suspend(|| self.ui.say(&line))
    }

    fn bar(&mut self, key: &str) -> ProgressBar {
        let bars = &self.bars;
        let make = || {
            let bar = bars.add(ProgressBar::new(1000).with_prefix(key.to_owned()));
            bar.set_style(waiting_style());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        };
        self.by_job.entry(key.to_owned()).or_insert_with(make).clone()
    }
}

fn waiting_style() -> ProgressStyle {
    style("{spinner} {prefix} {msg} {elapsed}")
}

fn progress_style() -> ProgressStyle {
    style("{spinner} {prefix} [{bar:30}] {percent} % {msg} {elapsed}")
}

fn style(template: &str) -> ProgressStyle {
    // The templates are fixed and valid; the default style would do as well.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
