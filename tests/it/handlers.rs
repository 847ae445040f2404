//! Handlers by their contract: what they are given, what their end comes to, and that nothing of them stays.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use oada_jobs::engine::handler::{
    Context, Handler, JobError, JobFacts, Outcome, OversizeMode, Program, ResultMode, ShellHandler,
    ShellOptions, StdinMode, StopReason,
};
use oada_jobs::model::{Job, Update, new_key};
use serde_json::{Map, Value, json};

/// One job for one handler, run by the contract.
struct Run {
    options: ShellOptions,
    config: Value,
    timeout: Option<Duration>,
    /// In the environment of all that the handler starts, whatever session it is in.
    mark: String,
}

struct Done {
    outcome: Outcome,
    updates: Vec<Update>,
    mark: String,
}

impl Run {
    fn new() -> Self {
        let mark = format!("OADA_TEST_MARK={}", new_key());
        let mut options = ShellOptions { grace: Duration::from_millis(300), ..ShellOptions::default() };
        let (name, value) = mark.split_once('=').unwrap();
        options.env.insert(name.into(), value.into());
        Self { options, config: json!({}), timeout: None, mark }
    }

    fn option(mut self, set: impl FnOnce(&mut ShellOptions)) -> Self {
        set(&mut self.options);
        self
    }

    fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    async fn sh(self, line: &str) -> Done {
        self.program(Program::Shell(line.to_owned())).await
    }

    async fn python(self, script: &str) -> Done {
        self.program(Program::Argv(vec!["python3".into(), "-c".into(), script.into()])).await
    }

    async fn program(self, program: Program) -> Done {
        let handler = ShellHandler::new(program, self.options).unwrap();
        let Value::Object(config) = self.config else { unreachable!() };
        let job = Job::new("svc", "email", config);
        let context = Arc::new(Context::new(facts(self.timeout), ""));
        let limit = context.clone();
        let clock = tokio::spawn(async move {
            limit.time_is_over().await;
            limit.stop(StopReason::Timeout);
        });
        // No hostile handler may take longer than this, whatever it does.
        let run = tokio::time::timeout(Duration::from_secs(60), handler.run(&job, &context));
        let outcome = run.await.expect("the run to end");
        clock.abort();
        Done { outcome, updates: context.take_said().updates, mark: self.mark }
    }
}

fn facts(timeout: Option<Duration>) -> JobFacts {
    let text = str::to_owned;
    JobFacts {
        id: text("resources/abc"),
        key: text("2abcdefghijklmnopqrstuvwxyz"),
        service: text("svc"),
        queue: text("default"),
        domain: text("localhost"),
        attempt: 2,
        timeout,
        worker: text("worker-1"),
    }
}

impl Done {
    fn result(self) -> Value {
        match self.outcome {
            Outcome::Success(ref result) => {
                self.nothing_survives();
                Value::Object(result.clone())
            }
            ref other => panic!("not a success: {other:?}"),
        }
    }

    fn error(self) -> JobError {
        self.nothing_survives();
        match self.outcome {
            Outcome::Failure(error) => error,
            other => panic!("not a failure: {other:?}"),
        }
    }

    fn stopped(self) -> Map<String, Value> {
        self.nothing_survives();
        match self.outcome {
            Outcome::Stopped { details } => details,
            other => panic!("not stopped: {other:?}"),
        }
    }

    fn broken(self) -> String {
        match self.outcome {
            Outcome::Broken { reason } => reason,
            other => panic!("not broken: {other:?}"),
        }
    }

    fn said(&self, status: &str) -> Vec<String> {
        let with_status = self.updates.iter().filter(|update| update.status == status);
        with_status.filter_map(|update| Some(update.meta.as_ref()?.as_str()?.to_owned())).collect()
    }

    fn nothing_survives(&self) {
        assert_eq!(marked(&self.mark), Vec::<String>::new());
    }
}

/// The living processes that have `mark` in their environment.
fn marked(mark: &str) -> Vec<String> {
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

#[tokio::test]
async fn the_simplest_script_works() {
    assert_eq!(Run::new().sh("echo hello").await.result(), json!({"output": "hello"}));
    assert_eq!(Run::new().sh("true").await.result(), json!({}));
    assert_eq!(Run::new().sh("/bin/true").await.result(), json!({}));
}

#[tokio::test]
async fn a_handler_is_given_the_job_and_its_facts() {
    let script = r#"
import json, os, sys
job = json.load(sys.stdin)
assert json.load(open(os.environ["OADA_JOB_FILE"])) == job
assert os.stat(os.environ["OADA_JOB_DIR"]).st_mode & 0o777 == 0o700
env = {k: v for k, v in os.environ.items() if k.startswith("OADA_") and k.count("_") == 2}
print(json.dumps({"job": job, "env": env, "sid": os.getsid(0) == os.getpid()}))
"#;
    let run = Run::new().config(json!({"to": "x"})).timeout(Duration::from_secs(30));
    let result = run.python(script).await.result();
    let env = &result["env"];
    assert_eq!(result["sid"], true);
    for member in ["id", "key", "service", "attempt", "queue", "domain"] {
        let given = &result["job"][member];
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        let name = if member == "domain" {
            "OADA_DOMAIN".to_owned()
        } else {
            format!("OADA_JOB_{}", member.to_uppercase())
        };
        assert!(member == "domain" || env[&name] == text, "{member}: {result}");
    }
    assert_eq!(result["job"]["type"], "email");
    assert_eq!(result["job"]["config"], json!({"to": "x"}));
    assert_eq!(env["OADA_JOB_TIMEOUT"], "30");
}

#[tokio::test]
async fn exit_codes_mean_what_the_contract_says() {
    let error = Run::new().sh("echo 'something odd' >&2; exit 3").await.error();
    assert_eq!(error.error_type.as_deref(), Some("exit-3"));
    assert_eq!(error.message, "it ended with exit code 3: something odd");
    let result = error.to_result();
    assert_eq!(
        (&result["exit"], &result["attempt"], &result["stderr"]),
        (&json!(3), &json!(2), &json!("something odd"))
    );
    assert!(result["duration"].is_number() && result["type"] == "exit-3" && result["JobError"] == "exit-3");

    let error = Run::new().sh("exit 65").await.error();
    assert!(error.permanent && error.error_type.as_deref() == Some("data"));
    let again = Run::new().sh("echo '{\"snooze\": 5}' >&3; exit 75").await.outcome;
    let Outcome::Again { delay, error } = again else { panic!("{again:?}") };
    assert_eq!((delay, error.error_type.as_deref()), (Some(Duration::from_secs(5)), Some("temporary")));
    assert_eq!(Run::new().sh("exit 99").await.result(), json!({"skipped": true}));
    let error = Run::new().sh("kill -KILL $$").await.error();
    assert_eq!((error.error_type.as_deref(), &error.details["signal"]), (Some("signal"), &json!("SIGKILL")));
    let remapped = Run::new().option(|options| {
        options.on_exit.insert(3, "skip".parse().unwrap());
    });
    assert_eq!(remapped.sh("exit 3").await.result(), json!({"skipped": true}));
}

#[tokio::test]
async fn a_handler_that_cannot_be_started_is_broken() {
    let reason = Run::new().sh("/no/such/program").await.broken();
    assert_eq!(reason, "/no/such/program was not found");
    assert!(Run::new().sh("no-such-program-either").await.broken().contains("was not found"));
    assert!(Run::new().sh("no-such-program; exit $?").await.broken().contains("127"));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plain");
    fs::write(&path, "echo").unwrap();
    assert!(Run::new().sh(path.to_str().unwrap()).await.broken().ends_with("is not executable"));
    assert!(Run::new().sh(&format!("{}; exit $?", path.display())).await.broken().contains("126"));
}

#[tokio::test]
async fn a_job_over_its_time_is_stopped_with_all_it_started() {
    let run = Run::new().timeout(Duration::from_millis(300));
    let details =
        run.sh("echo working >&2; sleep 1000 & (trap '' TERM; sleep 1000) & sleep 1000").await.stopped();
    assert_eq!(details["stderr"], "working");
}

#[tokio::test]
async fn results_come_from_the_best_channel() {
    let line =
        "echo log; echo '{\"result\": {\"from\": \"control\"}}' >&3; echo 1 > \"$OADA_JOB_RESULT_FILE\"";
    let done = Run::new().sh(line).await;
    assert_eq!(done.said("info"), ["log"]);
    assert_eq!(done.result(), json!({"from": "control"}));
    let done = Run::new().sh("echo log; echo 1 > \"$OADA_JOB_RESULT_FILE\"").await;
    assert_eq!(done.said("info"), ["log"]);
    assert_eq!(done.result(), json!({"value": 1}));
    let stdin = Run::new().config(json!({"to": "x"})).option(|options| options.stdin = StdinMode::Config);
    assert_eq!(stdin.sh("cat").await.result(), json!({"to": "x"}));
    let none =
        Run::new().option(|options| (options.stdin, options.result) = (StdinMode::None, ResultMode::None));
    assert_eq!(none.sh("cat; echo x").await.result(), json!({}));
    let cut = |oversize| {
        Run::new()
            .option(|options| (options.result_bytes, options.oversize) = (4, oversize))
            .sh("printf 0123456789")
    };
    assert_eq!(cut(OversizeMode::Truncate).await.result(), json!({"output": "6789", "truncated": 6}));
    assert_eq!(cut(OversizeMode::Fail).await.error().error_type.as_deref(), Some("result-too-large"));
}
