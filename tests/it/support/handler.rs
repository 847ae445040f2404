//! One job given to a command by the contract, without any store, and a look at what is left of it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use oada_jobs::engine::handler::{
    Context, Handler, JobError, JobFacts, Outcome, Program, ShellHandler, ShellOptions, StopReason,
};
use oada_jobs::model::{Job, Update, new_key};
use serde_json::{Map, Value, json};

/// One job for one handler, run by the contract.
pub(crate) struct Run {
    pub(crate) options: ShellOptions,
    config: Value,
    timeout: Option<Duration>,
    /// In the environment of all that the handler starts, whatever session it is in.
    pub(crate) mark: String,
}

pub(crate) struct Done {
    pub(crate) outcome: Outcome,
    pub(crate) updates: Vec<Update>,
    pub(crate) mark: String,
}

impl Run {
    pub(crate) fn new() -> Self {
        let mark = format!("OADA_TEST_MARK={}", new_key());
        let mut options = ShellOptions { grace: Duration::from_millis(300), ..ShellOptions::default() };
        let (name, value) = mark.split_once('=').unwrap();
        options.env.insert(name.into(), value.into());
        Self { options, config: json!({}), timeout: None, mark }
    }

    pub(crate) fn option(mut self, set: impl FnOnce(&mut ShellOptions)) -> Self {
        set(&mut self.options);
        self
    }

    pub(crate) fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) async fn sh(self, line: &str) -> Done {
        self.program(Program::Shell(line.to_owned())).await
    }

    pub(crate) async fn python(self, script: &str) -> Done {
        self.program(Program::Argv(vec!["python3".into(), "-c".into(), script.into()])).await
    }

    pub(crate) async fn program(self, program: Program) -> Done {
        let handler = ShellHandler::new(program, self.options).unwrap();
        let (outcome, updates) = run_job(&handler, "abc", self.config, self.timeout).await;
        Done { outcome, updates, mark: self.mark }
    }
}

/// Runs one job, stopping it when its time is over, and returns what was said meanwhile.
pub(crate) async fn run_job(
    handler: &dyn Handler,
    key: &str,
    config: Value,
    timeout: Option<Duration>,
) -> (Outcome, Vec<Update>) {
    let Value::Object(config) = config else { unreachable!() };
    let job = Job::new("svc", "email", config);
    let context = Arc::new(Context::new(facts(key, timeout), ""));
    let limit = context.clone();
    let clock = tokio::spawn(async move {
        limit.time_is_over().await;
        limit.stop(StopReason::Timeout);
    });
    // No hostile handler may take longer than this, whatever it does.
    let run = tokio::time::timeout(Duration::from_secs(120), handler.run(&job, &context));
    let outcome = run.await.expect("the run to end");
    clock.abort();
    (outcome, context.take_said().updates)
}

pub(crate) fn facts(key: &str, timeout: Option<Duration>) -> JobFacts {
    let text = str::to_owned;
    JobFacts {
        id: format!("resources/{key}"),
        key: text(key),
        service: text("svc"),
        queue: text("default"),
        domain: text("localhost"),
        attempt: 2,
        max_attempts: 3,
        timeout,
        longest: None,
        worker: text("worker-1"),
    }
}

impl Done {
    pub(crate) fn result(self) -> Value {
        match self.outcome {
            Outcome::Success(ref result) => {
                self.nothing_survives();
                Value::Object(result.clone())
            }
            ref other => panic!("not a success: {other:?}"),
        }
    }

    pub(crate) fn error(self) -> JobError {
        self.nothing_survives();
        match self.outcome {
            Outcome::Failure(error) => error,
            other => panic!("not a failure: {other:?}"),
        }
    }

    pub(crate) fn stopped(self) -> Map<String, Value> {
        self.nothing_survives();
        match self.outcome {
            Outcome::Stopped { details } => details,
            other => panic!("not stopped: {other:?}"),
        }
    }

    pub(crate) fn broken(self) -> String {
        match self.outcome {
            Outcome::Broken { reason } => reason,
            other => panic!("not broken: {other:?}"),
        }
    }

    pub(crate) fn said(&self, status: &str) -> Vec<String> {
        let with_status = self.updates.iter().filter(|update| update.status == status);
        with_status.filter_map(|update| Some(update.meta.as_ref()?.as_str()?.to_owned())).collect()
    }

    pub(crate) fn nothing_survives(&self) {
        assert_eq!(marked(&self.mark), Vec::<String>::new());
    }
}

/// The living processes that have `mark` in their environment.
pub(crate) fn marked(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environ.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes()) {
            let command = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            found.push(format!("{}: {command}", entry.file_name().display()));
        }
    }
    found
}
