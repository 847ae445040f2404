//! The error a job fails with.

use serde_json::{Map, Value};

/// Why a job failed, as it is stored in the job's `result`.
///
/// Stored with `name`, `message`, the details, and `JobError` holding the type, as @oada/jobs 5.x does, so that
/// Node's `doJob` rebuilds the error.
#[derive(Clone, Debug, PartialEq)]
pub struct JobError {
    /// The type it is filed under, such as `timeout` or `bad-address`.
    pub error_type: Option<String>,
    /// `name` of the error; `Error` unless set.
    pub name: String,
    /// What went wrong.
    pub message: String,
    /// Whether another attempt could help.
    pub permanent: bool,
    /// Further members of the result.
    pub details: Map<String, Value>,
}

const TIMEOUT_NAME: &str = "TimeoutError";

impl JobError {
    /// A failure without a type.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            error_type: None,
            name: "Error".to_owned(),
            message: message.into(),
            permanent: false,
            details: Map::new(),
        }
    }

    /// A failure that is also filed under `error_type`.
    #[must_use]
    pub fn typed(error_type: impl Into<String>, message: impl Into<String>) -> Self {
        Self { error_type: Some(error_type.into()), ..Self::new(message) }
    }

    /// The failure of a run that took longer than `limit`, as the Node workers word it.
    #[must_use]
    pub fn timeout(limit: std::time::Duration) -> Self {
        let message = format!("Job exceeded the allowed {} ms running limit", limit.as_millis());
        Self::typed("timeout", message).named(TIMEOUT_NAME)
    }

    /// Sets the `name` of the error.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Marks that no further attempt can help.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Adds a member to the stored result.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// The job's `result`. The error's own members win over details of the same name.
    #[must_use]
    pub fn to_result(&self) -> Map<String, Value> {
        let mut result = self.details.clone();
        result.insert("name".to_owned(), self.name.clone().into());
        result.insert("message".to_owned(), self.message.clone().into());
        // Node workers file timeouts by type too, but leave the type out of the result: the name tells.
        if let Some(error_type) = self.error_type.as_ref().filter(|_| self.name != TIMEOUT_NAME) {
            result.insert("JobError".to_owned(), error_type.clone().into());
        }
        result
    }
}

impl std::fmt::Display for JobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.error_type {
            Some(error_type) => write!(f, "{error_type}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for JobError {}

/// A config, or a result, that is not of the form the handler wants: no further attempt can help.
impl From<serde_json::Error> for JobError {
    fn from(error: serde_json::Error) -> Self {
        Self::typed("data", error.to_string()).permanent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_result_is_what_do_job_rebuilds() {
        let error = JobError::typed("bad-address", "no such host").with("exit", 3).with("name", "hidden");
        assert_eq!(
            Value::Object(error.to_result()),
            json!({"name": "Error", "message": "no such host", "JobError": "bad-address", "exit": 3})
        );
        assert_eq!(error.to_string(), "bad-address: no such host");
        assert!(!JobError::new("x").to_result().contains_key("JobError"));
        assert_eq!(
            Value::Object(JobError::timeout(std::time::Duration::from_millis(300)).to_result()),
            json!({"name": "TimeoutError", "message": "Job exceeded the allowed 300 ms running limit"})
        );
    }
}
