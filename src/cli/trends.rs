//! What a service did lately, as plots for people: jobs by the hour, run times by type, the age of what is unfinished.
//!
//! Owns what is counted for them. Hours and ages are told from keys; for run times the last [`SAMPLE`] jobs are read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::connect::Store;
use super::error::Failure;
use super::job::started_at;
use super::plot::{Glyphs, bar, columns};
use super::time::show_duration;
use crate::jobs::Listed;
use crate::model::{Job, ResourceId, key_time};

/// How many finished jobs are read for their run times.
const SAMPLE: usize = 500;
/// How many are read at a time.
const PARALLEL: usize = 32;
const HOURS: usize = 24;
/// How many types are shown.
const TYPES: usize = 10;
const AGES: [(&str, u64); 5] =
    [("under 1m", 60), ("under 10m", 600), ("under 1h", 3600), ("under 1d", 86_400), ("more", u64::MAX)];

/// What was counted so far.
#[derive(Debug)]
pub(super) struct Trends {
    now: Timestamp,
    /// Jobs posted in each of the last hours, the latest last.
    posted: [u64; HOURS],
    /// Unfinished jobs of each age.
    ages: [u64; AGES.len()],
    /// The newest finished jobs.
    finished: BTreeSet<(String, ResourceId)>,
    run_times: BTreeMap<String, Vec<Duration>>,
}

impl Trends {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            posted: [0; HOURS],
            ages: [0; AGES.len()],
            finished: BTreeSet::new(),
            run_times: BTreeMap::new(),
        }
    }

    fn age(&self, key: &str) -> Option<u64> {
        u64::try_from(self.now.duration_since(key_time(key)?).as_secs()).ok()
    }

    fn posted(&mut self, age: u64) {
        let hours = usize::try_from(age / 3600).unwrap_or(usize::MAX);
        if let Some(slot) = (HOURS - 1).checked_sub(hours).and_then(|index| self.posted.get_mut(index)) {
            *slot += 1;
        }
    }

    /// Counts a job that waits or runs.
    pub(super) fn unfinished(&mut self, job: &Listed) {
        let Some(age) = self.age(&job.key) else { return };
        self.posted(age);
        if let Some(index) = AGES.iter().position(|(_, limit)| age < *limit) {
            self.ages[index] += 1;
        }
    }

    /// Counts a job that has ended.
    pub(super) fn finished(&mut self, job: &Listed) {
        if let Some(age) = self.age(&job.key) {
            self.posted(age);
        }
        self.finished.insert((job.key.clone(), job.id.clone()));
        if self.finished.len() > SAMPLE {
            self.finished.pop_first();
        }
    }

    /// Reads the newest finished jobs for their run times.
    pub(super) async fn read(&mut self, store: &Store) -> Result<(), Failure> {
        let jobs = std::mem::take(&mut self.finished);
        let mut reading = stream::iter(jobs)
            .map(async |(_, id)| store.client.find(&id.path()).await)
            .buffer_unordered(PARALLEL);
        while let Some(read) = reading.next().await {
            let Some(document) = read? else { continue };
            let Ok(job) = Job::from_value(&document.value) else { continue };
            let (Some(started), Some(finished)) = (started_at(&job), job.finished_at()) else { continue };
            if let Ok(ran) = Duration::try_from(finished.duration_since(started)) {
                self.run_times.entry(job.job_type).or_default().push(ran);
            }
        }
        Ok(())
    }

    /// The plots, no wider than `width`; empty where there is nothing to plot.
    pub(super) fn plots(&self, width: u16, glyphs: Glyphs) -> String {
        let room = usize::from(width).saturating_sub(54).clamp(5, 40);
        let mut plots = Vec::new();
        let most = self.posted.iter().copied().max().unwrap_or_default();
        if most > 0 {
            let line = columns(&self.posted, glyphs);
            plots.push(format!(
                "Jobs posted in each of the last {HOURS} hours, at most {most}\n  {line}\n  {:<width$}now",
                "24h ago",
                width = HOURS - 3
            ));
        }
        if !self.run_times.is_empty() {
            plots.push(self.run_time_plot(room, glyphs));
        }
        let unfinished: u64 = self.ages.iter().sum();
        if unfinished > 0 {
            plots.push(self.age_plot(room, glyphs));
        }
        plots.join("\n\n")
    }

    fn run_time_plot(&self, room: usize, glyphs: Glyphs) -> String {
        let mut types: Vec<(&str, Duration, Duration, usize)> = self
            .run_times
            .iter()
            .map(|(name, times)| {
                let mut times = times.clone();
                times.sort_unstable();
                let median = times[times.len() / 2];
                (name.as_str(), median, times.last().copied().unwrap_or_default(), times.len())
            })
            .collect();
        types.sort_by_key(|(_, median, ..)| std::cmp::Reverse(*median));
        let most = types.first().map_or(0.0, |(_, median, ..)| median.as_secs_f64());
        let total: usize = types.iter().map(|(.., count)| count).sum();
        let mut lines = vec![format!("Run times by type: the median of the last {total} jobs")];
        for (name, median, longest, count) in types.iter().take(TYPES) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(16).collect();
            lines.push(format!(
                "  {name:<16}  {:<room$}  {} of {count}, up to {}",
                bar(median.as_secs_f64(), most, room, glyphs),
                show_duration(*median),
                show_duration(*longest)
            ));
        }
        if types.len() > TYPES {
            lines.push(format!("  and {} more types", types.len() - TYPES));
        }
        lines.join("\n")
    }

    fn age_plot(&self, room: usize, glyphs: Glyphs) -> String {
        let most = self.ages.iter().copied().max().unwrap_or_default();
        let mut lines = vec!["Age of what waits or runs".to_owned()];
        let oldest = self.ages.iter().rposition(|count| *count > 0).unwrap_or_default();
        for ((label, _), count) in AGES.iter().zip(&self.ages).take(oldest + 1) {
            #[expect(clippy::cast_precision_loss, reason = "for a bar of some characters")]
            let bar = bar(*count as f64, most as f64, room, glyphs);
            lines.push(format!("  {label:<16}  {bar:<room$}  {count}"));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_keep_to_the_width_and_show_what_is_there() {
        let now = Timestamp::now();
        let mut trends = Trends::new(now);
        assert_eq!(trends.plots(80, Glyphs::Unicode), "");
        let key = crate::model::new_key();
        let job = Listed { id: ResourceId::from_key(&key), key };
        trends.unfinished(&job);
        for n in 0..SAMPLE + 10 {
            trends.finished(&Listed { key: format!("{}{n}", &job.key[..24]), id: job.id.clone() });
        }
        assert_eq!(trends.finished.len(), SAMPLE);
        let seconds = |all: &[u64]| all.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
        trends.run_times.insert("email".into(), seconds(&[1, 2, 30]));
        trends.run_times.insert("a-very-long-name-of-a-type".into(), seconds(&[1]));
        for width in [60, 80, 200] {
            let plots = trends.plots(width, Glyphs::Ascii);
            assert!(
                plots.is_ascii() && plots.lines().all(|line| line.len() <= usize::from(width)),
                "{plots}"
            );
            assert!(plots.contains("2s of 3, up to 30s") && plots.contains("under 1m"), "{plots}");
        }
        assert!(trends.plots(80, Glyphs::Unicode).contains('█'));
    }
}
