//! What goes between a job that waits, the process that it is given to, and the lines that this one reads and writes.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use crate::process::{Ended, Exit};

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
    pub(super) id: String,
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
    let Some(Value::String(id)) = members.remove("id") else {
        return Err("it wrote an answer without an id".to_owned());
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

/// A job that waits for a process.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) line: Vec<u8>,
    /// What is said of it meanwhile.
    pub(super) events: mpsc::Sender<Event>,
    /// What became of it.
    pub(super) settle: oneshot::Sender<Settled>,
    /// Resolves when it is to be stopped, or nobody waits for it any more.
    pub(super) stopped: oneshot::Receiver<()>,
}

impl Request {
    /// Says that the job is lost. Whoever has gone need not know.
    pub(super) fn lose(self, lost: Lost) {
        let _ = self.settle.send(Settled::Lost(lost));
    }
}

/// What is said of a job while a process has it.
#[derive(Debug)]
pub(super) enum Event {
    /// A line of standard error.
    Log { bytes: Vec<u8>, cut: usize },
    /// A control line.
    Said(Map<String, Value>),
    /// Something that was meant as a control line.
    Complaint(String),
}

/// What became of a job.
#[derive(Debug)]
pub(super) enum Settled {
    Answered(Status, Map<String, Value>),
    Lost(Lost),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The job was to be stopped.
    Stopped,
    /// The process ended by itself.
    Crashed,
    /// The process wrote what it must not.
    Protocol(String),
    /// The answer was longer than may be.
    TooLarge,
    /// There is no process to be had.
    Broken(String),
}

/// A job without an answer, and what is known of its process.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) why: Loss,
    pub(super) exit: Option<Exit>,
    pub(super) killed: bool,
    pub(super) ran_out_of_memory: bool,
    /// How long the process had the job.
    pub(super) duration: Duration,
}

impl Lost {
    pub(super) fn new(why: Loss) -> Self {
        Self { why, exit: None, killed: false, ran_out_of_memory: false, duration: Duration::ZERO }
    }

    pub(super) fn with(why: Loss, ended: Option<&Ended>, since: Instant) -> Self {
        Self {
            why,
            exit: ended.map(|ended| ended.exit),
            killed: ended.is_some_and(|ended| ended.killed),
            ran_out_of_memory: ended.is_some_and(|ended| ended.ran_out_of_memory),
            duration: since.elapsed(),
        }
    }
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
    fn an_answer_has_an_id_and_a_status_that_is_known_or_follows() {
        let status = |line: &str| parse_answer(line.as_bytes()).map(|answer| answer.status);
        assert_eq!(status(r#"{"id": "a"}"#), Ok(Status::Ok));
        assert_eq!(status(r#"{"id": "a", "error": "x"}"#), Ok(Status::Fail));
        assert_eq!(status(r#"{"id": "a", "status": "retry", "snooze": 5}"#), Ok(Status::Retry));
        for wrong in ["", "[]", "{}", r#"{"id": 1}"#, r#"{"id": "a", "status": "maybe"}"#, "nonsense"] {
            assert!(status(wrong).is_err(), "{wrong}");
        }
    }
}
