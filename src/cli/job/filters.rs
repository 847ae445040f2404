//! Filters: which of many jobs are meant. The same flags on every command that takes many.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::record::posted_at;
use super::types::is_pattern;
use crate::cli::error::Failure;
use crate::cli::time::{duration, moment};
use crate::engine::matches;
use crate::jobs::{FinalList, ListedIn};
use crate::model::{Job, JobStatus, pointer_segments};

/// A status to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusArg {
    /// Waiting.
    Pending,
    /// Claimed by a worker.
    Running,
    /// Claimed, and waiting for its next attempt.
    Delayed,
    /// Done.
    Success,
    /// Ended without success.
    Failure,
}

impl StatusArg {
    fn status(self) -> JobStatus {
        match self {
            Self::Pending => JobStatus::Pending,
            Self::Running | Self::Delayed => JobStatus::Running,
            Self::Success => JobStatus::Success,
            Self::Failure => JobStatus::Failure,
        }
    }
}

/// Which jobs are meant.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Jobs with this status; may be repeated
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<StatusArg>,

    /// Jobs of this type; `*` and `?` are wildcards
    #[arg(long = "type", value_name = "GLOB")]
    job_type: Option<String>,

    /// Failures of this type, such as `timeout` or `exit-*`
    #[arg(long, value_name = "GLOB")]
    error: Option<String>,

    /// Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// The same before then
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// The same longer ago than this: `30d`
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "until")]
    older_than: Option<Duration>,

    /// Jobs that ended on this day
    #[arg(long, value_name = "DAY", conflicts_with_all = ["since", "until", "older_than"])]
    day: Option<String>,

    /// Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`
    #[arg(long = "where", value_name = "PATH=VALUE")]
    conditions: Vec<String>,

    /// Jobs with this label, from `job post --label`; may be repeated
    #[arg(long = "label", value_name = "NAME=VALUE")]
    labels: Vec<String>,

    /// Jobs whose last run was this one, counted from 1
    #[arg(long, value_name = "N")]
    attempt: Option<u32>,

    /// Jobs claimed by this worker
    #[arg(long, value_name = "ID")]
    worker: Option<String>,
}

/// Filters that have been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    statuses: Vec<JobStatus>,
    /// Of those that run, only those that wait for their next attempt.
    only_delayed: bool,
    job_type: Option<String>,
    error: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    conditions: Vec<Condition>,
    attempt: Option<u32>,
    worker: Option<String>,
}

impl FilterArgs {
    /// Jobs that run and are claimed by a worker.
    pub(super) fn claimed_by(worker: &str) -> Self {
        Self { status: vec![StatusArg::Running], worker: Some(worker.to_owned()), ..Self::default() }
    }

    /// Means failures, unless a status is named.
    pub(super) fn prefer_failures(&mut self) {
        if self.status.is_empty() {
            self.status.push(StatusArg::Failure);
        }
    }

    /// Whether any was given.
    pub(super) fn is_empty(&self) -> bool {
        self.status.is_empty()
            && self.job_type.is_none()
            && self.error.is_none()
            && self.since.is_none()
            && self.until.is_none()
            && self.older_than.is_none()
            && self.day.is_none()
            && self.conditions.is_empty()
            && self.labels.is_empty()
            && self.attempt.is_none()
            && self.worker.is_none()
    }

    /// The one type that is meant, where it is one.
    pub(super) fn exact_type(&self) -> Option<&str> {
        self.job_type.as_deref().filter(|text| !is_pattern(text))
    }

    /// Reads the times and conditions.
    pub(super) fn read(&self, zone: &TimeZone, now: Timestamp) -> Result<Filters, Failure> {
        let time = |flag: &str, text: &Option<String>| {
            let read = |text: &String| {
                moment(text, zone, now)
                    .map_err(|reason| Failure::usage(format!("cannot use --{flag}: {reason}")))
            };
            text.as_ref().map(read).transpose()
        };
        let (mut since, mut until) = (time("since", &self.since)?, time("until", &self.until)?);
        if let Some(age) = self.older_than {
            let limit = SignedDuration::try_from(age).ok().and_then(|age| now.checked_sub(age).ok());
            until = Some(limit.ok_or_else(|| Failure::usage("cannot use --older-than: it is out of range"))?);
        }
        if let Some(day) = time("day", &self.day)? {
            let start = day.to_zoned(zone.clone());
            let end =
                start.tomorrow().map_err(|error| Failure::usage(format!("cannot use --day: {error}")))?;
            (since, until) = (Some(day), Some(end.timestamp()));
        }
        let mut statuses: Vec<JobStatus> = self.status.iter().map(|status| status.status()).collect();
        if statuses.is_empty() && self.error.is_some() {
            statuses.push(JobStatus::Failure);
        }
        if statuses.is_empty() && self.day.is_some() {
            statuses.extend([JobStatus::Success, JobStatus::Failure]);
        }
        let conditions = self.conditions.iter().map(|text| Condition::read(text));
        let labels = self.labels.iter().map(|text| Condition::label(text));
        let conditions = conditions.chain(labels).collect::<Result<_, _>>()?;
        let named = |status| self.status.contains(&status);
        Ok(Filters {
            statuses,
            only_delayed: named(StatusArg::Delayed) && !named(StatusArg::Running),
            job_type: self.job_type.clone(),
            error: self.error.clone(),
            since,
            until,
            conditions,
            attempt: self.attempt,
            worker: self.worker.clone(),
        })
    }
}

impl Filters {
    /// Those that jobs fit which run.
    pub(super) fn running() -> Self {
        Self { statuses: vec![JobStatus::Running], ..Self::default() }
    }

    fn wants(&self, status: JobStatus) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// Whether jobs that have not ended may fit.
    pub(super) fn want_unfinished(&self) -> bool {
        self.wants(JobStatus::Pending) || self.wants(JobStatus::Running)
    }

    /// Whether jobs of this list may fit.
    pub(super) fn want_finished(&self, list: FinalList) -> bool {
        self.wants(match list {
            FinalList::Success => JobStatus::Success,
            FinalList::Failure => JobStatus::Failure,
        })
    }

    /// Whether jobs filed under this day may fit; workers file by their own time zones.
    pub(super) fn want_day(&self, day: Date) -> bool {
        let date = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        let after = self.since.is_none_or(|since| day >= date(since).yesterday().unwrap_or(Date::MIN));
        let before = self.until.is_none_or(|until| day <= date(until).tomorrow().unwrap_or(Date::MAX));
        after && before
    }

    /// Whether the list in which a job stands does not say enough to tell if it fits.
    pub(super) fn need_body(&self, list: &ListedIn) -> bool {
        let by_list = match list {
            ListedIn::Pending(_) => {
                self.wants(JobStatus::Pending) != self.wants(JobStatus::Running)
                    || self.only_delayed
                    || self.since.is_some()
                    || self.until.is_some()
            }
            ListedIn::Final(day) => !self.is_whole_day_wanted(day.day),
        };
        by_list
            || self.job_type.is_some()
            || self.error.is_some()
            || !self.conditions.is_empty()
            || self.attempt.is_some()
            || self.worker.is_some()
    }

    /// Whether all that is filed under a day ended in time, whatever the time zone of the worker that filed it.
    fn is_whole_day_wanted(&self, day: Date) -> bool {
        let at = |day: Option<Date>, hour| {
            let time = day?.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
            Some(time.timestamp())
        };
        // Zones are at most 14 hours before and 12 hours behind UTC.
        let (begins, ends) = (at(day.yesterday().ok(), 10), at(day.tomorrow().ok(), 12));
        self.since.is_none_or(|since| begins.is_some_and(|begins| since <= begins))
            && self.until.is_none_or(|until| ends.is_some_and(|ends| until >= ends))
    }

    /// Whether a job fits.
    pub(super) fn fits(&self, key: &str, job: &Job, document: &Value) -> bool {
        let time = job.finished_at().or_else(|| posted_at(key, job));
        let in_time = match time {
            Some(time) => {
                self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
            }
            None => self.since.is_none() && self.until.is_none(),
        };
        in_time
            && self.wants(job.status())
            && (!self.only_delayed || job.status() != JobStatus::Running || is_delayed(job))
            && self.job_type.as_ref().is_none_or(|pattern| matches(pattern, &job.job_type))
            && self
                .error
                .as_ref()
                .is_none_or(|pattern| matches(pattern, job.error_type().unwrap_or_default()))
            && self.worker.as_ref().is_none_or(|worker| {
                job.claim.as_ref().is_some_and(|claim| claim.worker.starts_with(worker.as_str()))
            })
            && self
                .attempt
                .is_none_or(|attempt| job.claim.as_ref().is_some_and(|claim| claim.attempt == attempt))
            && self.conditions.iter().all(|condition| condition.holds(document))
    }
}

fn is_delayed(job: &Job) -> bool {
    job.next_attempt().is_some_and(|next| next > Timestamp::now())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    NotEqual,
    AtLeast,
    AtMost,
    Equal,
    Contains,
    Less,
    More,
}

/// A condition on one member of a job.
#[derive(Clone, Debug)]
struct Condition {
    path: Vec<String>,
    operator: Operator,
    value: String,
}

impl Condition {
    fn read(text: &str) -> Result<Self, Failure> {
        // Longer operators first, so that `!=` is not taken for `=`.
        const OPERATORS: [(&str, Operator); 7] = [
            ("!=", Operator::NotEqual),
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            ("=", Operator::Equal),
            ("~", Operator::Contains),
            ("<", Operator::Less),
            (">", Operator::More),
        ];
        // In a JSON pointer, `~0` and `~1` are escapes.
        let searched = if text.starts_with('/') {
            text.replace("~0", "__").replace("~1", "__")
        } else {
            text.to_owned()
        };
        let found = OPERATORS
            .iter()
            .filter_map(|(sign, operator)| Some((searched.find(sign)?, sign, operator)))
            .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())));
        let (at, sign, operator) = found.filter(|(at, ..)| *at > 0).ok_or_else(|| {
            Failure::usage(format!("cannot use --where {text:?}"))
                .hint("write it as --where config.to=a@b.c; = may be != ~ < > <= >=")
        })?;
        let path = &text[..at];
        let path = match path.starts_with('/') {
            true => pointer_segments(path),
            false => path.split('.').map(str::to_owned).collect(),
        };
        Ok(Self { path, operator: *operator, value: text[at + sign.len()..].to_owned() })
    }

    /// The condition that a job has a label.
    fn label(text: &str) -> Result<Self, Failure> {
        let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
            Failure::usage(format!("cannot use --label {text:?}")).hint("write it as --label name=value")
        })?;
        let path = vec!["labels".to_owned(), name.to_owned()];
        Ok(Self { path, operator: Operator::Equal, value: value.to_owned() })
    }

    fn holds(&self, document: &Value) -> bool {
        let found = self.path.iter().try_fold(document, |value, key| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(key),
        });
        let Some(found) = found.filter(|value| !value.is_null()) else {
            return self.operator == Operator::NotEqual;
        };
        let text = match found {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let order = match (found.as_f64(), self.value.parse::<f64>()) {
            (Some(a), Ok(b)) => a.partial_cmp(&b),
            _ => Some(text.as_str().cmp(&self.value)),
        };
        match self.operator {
            Operator::Equal => order == Some(std::cmp::Ordering::Equal),
            Operator::NotEqual => order != Some(std::cmp::Ordering::Equal),
            Operator::Contains => text.contains(&self.value),
            Operator::Less => order.is_some_and(std::cmp::Ordering::is_lt),
            Operator::More => order.is_some_and(std::cmp::Ordering::is_gt),
            Operator::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Operator::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{FinishedDay, Layout, PendingList};
    use crate::model::Path;
    use serde_json::json;

    #[test]
    fn conditions_compare_text_and_numbers() {
        let document = json!({"config": {"to": "a@b.c", "n": 10, "a/b": true}, "result": {"list": [1, 2]}});
        let holds = |text: &str| Condition::read(text).unwrap().holds(&document);
        for yes in [
            "config.to=a@b.c",
            "config.n>9",
            "config.n>=10",
            "config.n=10.0",
            "config.to~@b",
            "config.gone!=x",
            "/config/a~1b=true",
            "result.list.1=2",
            "config.to!=x=y",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in ["config.n<9", "config.n<=9", "config.gone=x", "config.to=A", "config.to!=a@b.c"] {
            assert!(!holds(no), "{no}");
        }
        assert!(Condition::read("nothing").is_err() && Condition::read("=x").is_err());
    }

    #[test]
    fn times_are_those_of_the_end_or_of_the_posting() {
        let args = FilterArgs { day: Some("2026-01-02".into()), ..FilterArgs::default() };
        let filters = args.read(&TimeZone::UTC, Timestamp::now()).unwrap();
        assert!(!filters.want_unfinished() && filters.want_finished(FinalList::Failure));
        assert!(
            filters.want_day(Date::constant(2026, 1, 1)) && !filters.want_day(Date::constant(2026, 1, 5))
        );
        let job = |time: &str| {
            Job::from_value(&json!({"service": "s", "type": "t", "status": "success",
                "updates": {"u": {"status": "success", "time": time}}}))
            .unwrap()
        };
        let fits = |time| filters.fits("k", &job(time), &Value::Null);
        assert!(fits("2026-01-02T23:00:00Z") && !fits("2026-01-03T00:00:00Z"));
    }

    #[test]
    fn a_filter_by_error_means_failures() {
        let args = FilterArgs { error: Some("exit-*".into()), ..FilterArgs::default() };
        let filters = args.read(&TimeZone::UTC, Timestamp::now()).unwrap();
        assert!(!filters.want_unfinished() && !filters.want_finished(FinalList::Success));
        let list = PendingList { path: Path::root(), layout: Layout::Classic };
        let pending = ListedIn::Pending(list);
        let args = FilterArgs { status: vec![StatusArg::Running], ..FilterArgs::default() };
        assert!(args.read(&TimeZone::UTC, Timestamp::now()).unwrap().need_body(&pending));
        assert!(!FilterArgs::default().read(&TimeZone::UTC, Timestamp::now()).unwrap().need_body(&pending));
    }

    #[test]
    fn days_within_the_time_that_is_asked_for_need_no_bodies() {
        let now = "2026-01-20T12:00:00Z".parse().unwrap();
        let args = |since: &str, until: &str| FilterArgs {
            since: Some(since.into()),
            until: Some(until.into()),
            ..FilterArgs::default()
        };
        let filters = args("2026-01-10", "2026-01-15").read(&TimeZone::UTC, now).unwrap();
        let needs = |filters: &Filters, day| {
            let (list, path) = (FinalList::Success, Path::root());
            filters.need_body(&ListedIn::Final(FinishedDay { list, day: Date::constant(2026, 1, day), path }))
        };
        // Workers file by their own time zones.
        let needy: Vec<i8> = (9..=16).filter(|day| needs(&filters, *day)).collect();
        assert_eq!(needy, [9, 10, 14, 15, 16]);
        let typed = FilterArgs { job_type: Some("t".into()), ..args("2026-01-10", "2026-01-15") };
        assert!(needs(&typed.read(&TimeZone::UTC, now).unwrap(), 12));
    }
}
