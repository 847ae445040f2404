//! The lines that a command is given for its jobs, and those with which it answers for them.

use std::time::Duration;

use serde_json::{Map, Value};

use super::control::Control;
use super::{JobError, Outcome};

/// What an answer says of its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    Skip,
    Fail,
    Never,
    Retry,
}

/// A line of standard output.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    /// Which job it is for.
    pub(super) id: Option<String>,
    pub(super) status: Status,
    /// All else that it says.
    pub(super) members: Map<String, Value>,
}

/// The line that gives a job to a process.
pub(super) fn request_line(id: &str, job_line: &[u8]) -> Vec<u8> {
    // A string can always be written.
    let id = serde_json::to_string(id).unwrap_or_default();
    let mut line = Vec::with_capacity(job_line.len() + id.len() + 20);
    line.extend_from_slice(b"{\"id\":");
    line.extend_from_slice(id.as_bytes());
    line.extend_from_slice(b",\"job\":");
    line.extend_from_slice(job_line.trim_ascii_end());
    line.extend_from_slice(b"}\n");
    line
}

/// Reads an answer.
///
/// # Errors
/// Says why it is none.
pub(super) fn parse_answer(line: &[u8]) -> Result<Answer, String> {
    let mut members: Map<String, Value> = serde_json::from_str(&String::from_utf8_lossy(line))
        .map_err(|error| format!("it wrote a line that is no answer: {error}"))?;
    let id = match members.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(id) => return Err(format!("it wrote an answer whose id is {id}")),
    };
    let status = match members.remove("status") {
        None if members.contains_key("error") => Status::Fail,
        None => Status::Ok,
        Some(status) => match status.as_str() {
            Some("ok" | "success") => Status::Ok,
            Some("skip") => Status::Skip,
            Some("fail" | "failure") => Status::Fail,
            Some("never") => Status::Never,
            Some("retry") => Status::Retry,
            _ => return Err(format!("it answered with the status {status}")),
        },
    };
    Ok(Answer { id, status, members })
}

/// What an answer makes of its job, once all that it says was said to `control`. `tail` is the end of what is known to
/// have been logged of that job.
pub(super) fn outcome_of(
    status: Status,
    control: &mut Control<'_>,
    tail: &[u8],
    duration: Duration,
) -> Outcome {
    let mut result = control.result.take().unwrap_or_default();
    let mut failure = |fixed_type| failure(control, fixed_type, tail, duration);
    match status {
        Status::Ok => Outcome::Success(result),
        Status::Skip => {
            result.insert("skipped".to_owned(), true.into());
            Outcome::Success(result)
        }
        Status::Fail => Outcome::Failure(failure(None)),
        Status::Never => Outcome::Failure(failure(Some("data")).permanent()),
        Status::Retry => {
            let error = failure(Some("temporary"));
            Outcome::Again { delay: control.snooze, error }
        }
    }
}

fn failure(control: &mut Control<'_>, fixed_type: Option<&str>, tail: &[u8], duration: Duration) -> JobError {
    let said = control.error.take().unwrap_or_default();
    let message = said.message.unwrap_or_else(|| "the handler said that it failed".to_owned());
    let error_type = said.error_type.or_else(|| fixed_type.map(str::to_owned));
    let mut error = match error_type {
        Some(error_type) => JobError::typed(error_type.clone(), message).with("type", error_type),
        None => JobError::new(message),
    };
    if let Some(name) = said.name {
        error = error.named(name);
    }
    if let Some(data) = said.data {
        error = error.with("data", data);
    }
    if !tail.is_empty() {
        error = error.with("stderr", String::from_utf8_lossy(tail).trim_end());
    }
    error.with("duration", duration.as_secs_f64()).with("attempt", control.attempt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_one_line_of_json() {
        let line = request_line("a\"b", b"{\"id\":\"a\\\"b\"}\n");
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let value: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(value, json!({"id": "a\"b", "job": {"id": "a\"b"}}));
    }

    #[test]
    fn an_answer_has_a_status_that_is_known_or_follows() {
        let status = |line: &str| parse_answer(line.as_bytes()).map(|answer| answer.status);
        assert_eq!(status(r#"{"id": "a"}"#), Ok(Status::Ok));
        assert_eq!(status(r#"{"id": "a", "error": "x"}"#), Ok(Status::Fail));
        assert_eq!(status(r#"{"id": "a", "status": "retry", "snooze": 5}"#), Ok(Status::Retry));
        assert_eq!(parse_answer(b"{}").map(|answer| answer.id), Ok(None));
        for wrong in ["", "[]", r#"{"id": 1}"#, r#"{"id": "a", "status": "maybe"}"#, "nonsense"] {
            assert!(status(wrong).is_err(), "{wrong}");
        }
    }
}
