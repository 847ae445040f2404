//! When jobs may start: a flag for each of the limits.

use std::time::Duration;

use clap::Args;

use super::by_type::{ForType, assigned, number, pick, pick_all, pick_own};
use super::pointer;
use super::running::{ANY, Named, named, positive};
use crate::cli::time::duration;
use crate::engine::{Rate, StartLimits};

/// How many jobs run at once unless told.
const DEFAULT_CONCURRENCY: usize = 10;

/// When jobs may start, of all types or of one.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct StartArgs {
    /// How many jobs run at once, and how many of a type: `4`, `email=2`; may be repeated [default: 10]
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(positive))]
    pub(super) concurrency: Vec<ForType<usize>>,

    /// How often a job of a type starts, evenly spaced: `30/min`, `email=5/s`; `30/min:10` lets 10 start at once after a rest
    #[arg(long, value_name = "[TYPE=]N/TIME[:BURST]", value_parser = assigned(rate))]
    pub(super) rate: Vec<ForType<Rate>>,

    /// Where jobs of a type say what they are for, such as `email=/config/to`: of those that say the same, one runs at a time
    #[arg(long, value_name = "[TYPE=]POINTER", value_parser = assigned(pointer))]
    pub(super) key: Vec<ForType<String>>,
}

impl StartArgs {
    /// How many jobs run at once, of whatever type.
    pub(super) fn all_at_once(&self) -> usize {
        pick_all(&self.concurrency).copied().unwrap_or(DEFAULT_CONCURRENCY)
    }

    /// The limits of a type.
    pub(super) fn limits(&self, job_type: &str) -> StartLimits {
        StartLimits {
            concurrency: pick_own(&self.concurrency, job_type).copied(),
            rate: pick(&self.rate, job_type).copied(),
            key: pick(&self.key, job_type).cloned(),
        }
    }

    /// The types that the flags name.
    pub(super) fn named(&self) -> Vec<Named<'_>> {
        vec![
            named("--concurrency", &self.concurrency, ANY),
            named("--rate", &self.rate, ANY),
            named("--key", &self.key, ANY),
        ]
    }
}

/// Reads `30/min`, and `30/min:10`.
pub(super) fn rate(text: &str) -> Result<Rate, String> {
    let wrong = || format!("{text:?} is not a rate: write one such as 30/min, 5/s or 100/h");
    let (count, rest) = text.split_once('/').ok_or_else(wrong)?;
    let (time, burst) = rest.split_once(':').map_or((rest, "1"), |(time, burst)| (time, burst));
    let per = match time {
        "s" => Duration::from_secs(1),
        "m" | "min" => Duration::from_secs(60),
        "h" => Duration::from_secs(3600),
        other => duration(other).map_err(|_| wrong())?,
    };
    let (count, burst): (u32, u32) = (number(count.trim())?, number(burst)?);
    if count == 0 || burst == 0 || per.is_zero() {
        return Err(wrong());
    }
    Ok(Rate { count, per, burst })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_with_their_time_and_burst() {
        let read = |text| rate(text).map(|rate| (rate.count, rate.per.as_secs(), rate.burst));
        for (text, expected) in [
            ("30/min", (30, 60, 1)),
            ("5/s", (5, 1, 1)),
            ("100/h:20", (100, 3600, 20)),
            ("1/10s", (1, 10, 1)),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        for wrong in ["30", "0/s", "x/s", "1/", "1/s:0", "1/fortnight", "-1/s", "1/0s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_for_all_is_of_the_worker_and_one_for_a_type_is_of_its_handler() {
        let given = ["4", "email=2", "6"].map(|text| assigned(positive)(text).unwrap()).to_vec();
        let mut args = StartArgs { concurrency: given, ..StartArgs::default() };
        args.rate.push(assigned(rate)("1/s").unwrap());
        args.key.push(assigned(pointer)("email=/config/to").unwrap());
        assert_eq!((args.all_at_once(), StartArgs::default().all_at_once()), (6, 10));
        let (email, other) = (args.limits("email"), args.limits("other"));
        assert_eq!((email.concurrency, other.concurrency), (Some(2), None));
        assert_eq!((email.key.as_deref(), other.key), (Some("/config/to"), None));
        assert!(email.rate.is_some() && other.rate.is_some());
    }
}
