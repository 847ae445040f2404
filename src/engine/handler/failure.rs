//! What is stored of a run that did not succeed.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::control::SaidError;
use super::options::ExitMeaning;
use super::{Context, JobError, Outcome};
use crate::process::{Ended, Exit, signal_name};

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct End<'a> {
    pub(super) exit: Exit,
    pub(super) killed: bool,
    pub(super) ran_out_of_memory: bool,
    pub(super) duration: Duration,
    /// The last of its standard error.
    pub(super) tail: &'a [u8],
}

impl<'a> From<&'a Ended> for End<'a> {
    fn from(ended: &'a Ended) -> Self {
        Self {
            exit: ended.exit,
            killed: ended.killed,
            ran_out_of_memory: ended.ran_out_of_memory,
            duration: ended.duration,
            tail: &ended.log.text,
        }
    }
}

pub(super) fn describe(end: &End<'_>) -> String {
    let text = String::from_utf8_lossy(end.tail);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let end = match end.exit {
        _ if end.ran_out_of_memory => "it was killed, since it had used up its memory".to_owned(),
        Exit::Code(code) => format!("it ended with exit code {code}"),
        Exit::Signal(signal) => format!("it was ended by {}", signal_name(signal)),
    };
    match last {
        // A line may be as long as the whole tail.
        Some(last) => format!("{end}: {}", last.chars().take(500).collect::<String>()),
        None => end,
    }
}

/// What a run comes to whose exit means no success, with what it said of it.
pub(super) fn unsuccessful(
    meaning: ExitMeaning,
    (error, snooze): (Option<SaidError>, Option<Duration>),
    context: &Context,
    end: &End<'_>,
) -> Outcome {
    match meaning {
        ExitMeaning::Never => Outcome::Failure(failure(Some("data"), error, context, end).permanent()),
        ExitMeaning::Retry => {
            Outcome::Again { delay: snooze, error: failure(Some("temporary"), error, context, end) }
        }
        ExitMeaning::Broken => Outcome::Broken { reason: describe(end) },
        ExitMeaning::Fail | ExitMeaning::Success | ExitMeaning::Skip => {
            Outcome::Failure(failure(None, error, context, end))
        }
    }
}

fn failure(fixed_type: Option<&str>, said: Option<SaidError>, context: &Context, end: &End<'_>) -> JobError {
    let said = said.unwrap_or_default();
    let error_type = said.error_type.unwrap_or_else(|| match (fixed_type, end.exit) {
        (Some(fixed), _) => fixed.to_owned(),
        (None, Exit::Code(code)) => format!("exit-{code}"),
        (None, Exit::Signal(_)) => "signal".to_owned(),
    });
    let mut error = JobError::typed(error_type, said.message.unwrap_or_else(|| describe(end)));
    if let Some(name) = said.name {
        error = error.named(name);
    }
    if let Some(data) = said.data {
        error = error.with("data", data);
    }
    with_details(error, context, end)
}

pub(super) fn with_details(mut error: JobError, context: &Context, end: &End<'_>) -> JobError {
    if let Some(error_type) = error.error_type.clone() {
        error = error.with("type", error_type);
    }
    error.details.extend(details(context, end));
    error
}

/// What is known of a run that did not succeed: members of its result.
pub(super) fn details(context: &Context, end: &End<'_>) -> Map<String, Value> {
    let mut details = Map::new();
    match end.exit {
        Exit::Code(code) => details.insert("exit".to_owned(), code.into()),
        Exit::Signal(signal) => details.insert("signal".to_owned(), signal_name(signal).into()),
    };
    let milliseconds = u64::try_from(end.duration.as_millis()).unwrap_or(u64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "no run lasts for 2^53 milliseconds")]
    details.insert("duration".to_owned(), json!(milliseconds as f64 / 1000.0));
    details.insert("attempt".to_owned(), context.facts().attempt.into());
    if !end.tail.is_empty() {
        details.insert("stderr".to_owned(), String::from_utf8_lossy(end.tail).into());
    }
    if end.ran_out_of_memory {
        details.insert("out_of_memory".to_owned(), true.into());
    }
    if end.killed {
        details.insert("killed".to_owned(), true.into());
    }
    details
}

/// An error in one line.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
