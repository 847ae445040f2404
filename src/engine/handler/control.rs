//! The control channel: what a handler says beside its output, one JSON object a line.
//!
//! ```text
//! {"update": "uploaded", "meta": {"bytes": 12}}      an update on the job
//! {"progress": 0.4, "message": "page 2 of 5"}        also {"progress": {"current": 2, "total": 5}}
//! {"result": {"id": 7}}                              the result, in place of the output
//! {"error": {"type": "bad-address", "message": "no such host", "data": {}}}   what its failure is called
//! {"extend": 60}                                     that many seconds more from now; also "5m"
//! {"snooze": "1h"}                                   when to try again, for exit code 75
//! {"link": "/bookmarks/documents/abc"}                a resource that the job is about: it will link to the job
//! ```
//!
//! A line may carry several of them, and `id` or `key` to say which job it is for. Must not decide what becomes of
//! the job: the exit code does.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Context;
use super::result::from_value;
use crate::process::{Line, Lines};

/// The longest control line.
pub(super) const LINE_BYTES: usize = 64 << 10;
/// Complaints about control lines that are kept of one run. Whoever writes more wrong lines writes thousands.
const MAX_COMPLAINTS: u32 = 10;

/// What a failure is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SaidError {
    pub(super) error_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) message: Option<String>,
    pub(super) data: Option<Value>,
}

/// What one run has said through its control channel.
#[derive(Debug)]
pub(super) struct Control<'a> {
    context: &'a Context,
    lines: Lines,
    complaints: u32,
    /// Whether it was told that there is no more time to be had.
    is_at_most_time: bool,
    pub(super) result: Option<Map<String, Value>>,
    pub(super) error: Option<SaidError>,
    pub(super) snooze: Option<Duration>,
}

impl<'a> Control<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self {
            context,
            lines: Lines::new(LINE_BYTES),
            complaints: 0,
            is_at_most_time: false,
            result: None,
            error: None,
            snooze: None,
        }
    }

    /// Which attempt speaks.
    pub(super) fn attempt(&self) -> u32 {
        self.context.facts().attempt
    }

    /// Takes the next piece of the stream. Nothing said after the handler was stopped counts.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut lines = std::mem::replace(&mut self.lines, Lines::new(0));
        lines.push(bytes, |line| self.line(line));
        self.lines = lines;
    }

    /// Takes a last line that has no end.
    pub(super) fn finish(&mut self) {
        let mut lines = std::mem::replace(&mut self.lines, Lines::new(0));
        lines.finish(|line| self.line(line));
    }

    fn line(&mut self, line: Line<'_>) {
        if self.context.stop_reason().is_some() || line.bytes.trim_ascii().is_empty() {
            return;
        }
        if line.cut > 0 {
            return self.complain(&format!("it is longer than {LINE_BYTES} bytes"));
        }
        match serde_json::from_str(&String::from_utf8_lossy(line.bytes)) {
            Ok(Value::Object(members)) => self.say(members),
            Ok(_) => self.complain("it is no JSON object"),
            Err(error) => self.complain(&format!("it is no JSON: {error}")),
        }
    }

    /// Applies one control object.
    pub(super) fn say(&mut self, mut members: Map<String, Value>) {
        let facts = self.context.facts();
        for (name, own) in [("id", &facts.id), ("key", &facts.key)] {
            if members.remove(name).is_some_and(|given| given.as_str() != Some(own)) {
                return self.complain("it is for another job");
            }
        }
        let message = members.remove("message");
        let meta = members.remove("meta");
        for (name, value) in members {
            let understood = match name.as_str() {
                "update" => self.update(value, meta.as_ref()),
                "progress" => self.progress(&value, message.as_ref()),
                "result" => {
                    self.result = Some(from_value(value));
                    true
                }
                "error" => self.fail(value),
                "extend" => match duration(&value) {
                    Some(more) => {
                        self.extend(more);
                        true
                    }
                    None => false,
                },
                "snooze" => {
                    let delay = duration(&value);
                    self.snooze = delay.or(self.snooze);
                    delay.is_some()
                }
                "link" => {
                    let target = value.get("path").unwrap_or(&value).as_str();
                    target.map(|target| self.context.link(target)).is_some()
                }
                other => {
                    self.complain(&format!("{other:?} is not known"));
                    continue;
                }
            };
            if !understood {
                self.complain(&format!("the value of {name:?} cannot be used"));
            }
        }
    }

    fn extend(&mut self, more: Duration) {
        if !self.context.extend(more) && !std::mem::replace(&mut self.is_at_most_time, true) {
            let longest = self.context.facts().longest.unwrap_or_default();
            self.context.log_at(
                "warn",
                format!(
                    "it asked for more time than the {} s that it may have in all",
                    longest.as_secs_f64()
                ),
            );
        }
    }

    fn update(&mut self, value: Value, meta: Option<&Value>) -> bool {
        match value {
            Value::String(status) => {
                self.context.update(&status, meta.cloned().unwrap_or_default());
                true
            }
            Value::Object(mut update) => {
                let Some(Value::String(status)) = update.remove("status") else { return false };
                let meta = update.remove("meta").unwrap_or(Value::Object(update));
                self.context.update(&status, meta);
                true
            }
            _ => false,
        }
    }

    fn progress(&mut self, value: &Value, message: Option<&Value>) -> bool {
        let number = |name| value.get(name).and_then(Value::as_f64);
        let fraction = value.as_f64().or_else(|| number("fraction")).or_else(|| {
            let total = number("total").filter(|total| *total > 0.0)?;
            Some(number("current")? / total)
        });
        let message = value.get("message").or(message).and_then(Value::as_str);
        fraction.map(|fraction| self.context.progress(fraction, message)).is_some()
    }

    fn fail(&mut self, value: Value) -> bool {
        let error = match value {
            Value::String(message) => SaidError { message: Some(message), ..SaidError::default() },
            Value::Object(mut members) => {
                let mut text = |name| match members.remove(name) {
                    Some(Value::String(text)) if !text.is_empty() => Some(text),
                    _ => None,
                };
                let (error_type, name, message) = (text("type"), text("name"), text("message"));
                SaidError { error_type, name, message, data: members.remove("data") }
            }
            _ => return false,
        };
        self.error = Some(error);
        true
    }

    /// Says, a few times at most, that something meant as a control line was none.
    pub(super) fn complain(&mut self, why: &str) {
        self.complaints += 1;
        if self.complaints <= MAX_COMPLAINTS {
            self.context.log_at("warn", format!("a control line was ignored: {why}"));
        }
    }
}

/// Seconds, or a number with a unit such as `"90s"`, `"5m"`, `"1h"`.
fn duration(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(seconds) => seconds.as_f64()?,
        Value::String(text) => {
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let number: f64 = digits.trim().parse().ok()?;
            let unit = match &text[digits.len()..] {
                "ms" => 0.001,
                "" | "s" => 1.0,
                "m" | "min" => 60.0,
                "h" => 3600.0,
                "d" => 86_400.0,
                _ => return None,
            };
            number * unit
        }
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
