//! Co-processes: many jobs for one process, and what becomes of a job when its process fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use oada_jobs::engine::handler::{JobError, Outcome, Program, ShellOptions, StreamHandler, StreamOptions};
use oada_jobs::model::{Update, new_key};
use serde_json::{Value, json};

use crate::support::handler::{marked, run_job};

/// Does what the config of each job tells it to.
const SERVANT: &str = r#"
import json, os, sys, time
control = open(3, "w", buffering=1)
def answer(**members):
    print(json.dumps(members), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    id, config = request["id"], request["job"]["config"]
    do = config.get("do", "answer")
    if do == "answer": answer(id=id, status="ok", result={"pid": os.getpid(), "n": config.get("n")})
    elif do == "say":
        print("warn: a word", file=sys.stderr, flush=True)
        print(json.dumps({"id": id, "update": "half", "meta": 2}), file=control)
        print(json.dumps({"update": "rest"}), file=control)
        answer(id=id, status="skip")
    elif do == "fail": answer(id=id, status="fail", error={"type": "bad-address", "message": "no such host"})
    elif do == "never": answer(id=id, status="never", error="no")
    elif do == "retry": answer(id=id, status="retry", snooze=7)
    elif do == "crash": os._exit(3)
    elif do == "signal": os.kill(os.getpid(), 9)
    elif do == "nonsense": print("this is no answer", flush=True)
    elif do == "foreign": answer(id="resources/other", status="ok")
    elif do == "twice": answer(id=id, result={"pid": os.getpid()}); answer(id=id)
    elif do == "huge": answer(id=id, result={"text": "x" * 3000000})
    elif do == "large": answer(id=id, result={"size": len(config["text"])})
    elif do == "close": os.close(1); time.sleep(1000)
    elif do == "silence": time.sleep(1000)
    elif do == "deaf": time.sleep(0.5); answer(id=id)
    elif do == "end": answer(id=id); sys.exit(0)
"#;

struct Servants {
    handler: Arc<StreamHandler>,
    mark: String,
}

impl Servants {
    fn new(set: impl FnOnce(&mut StreamOptions)) -> Self {
        Self::of(Program::Argv(vec!["python3".into(), "-c".into(), SERVANT.into()]), set)
    }

    fn of(program: Program, set: impl FnOnce(&mut StreamOptions)) -> Self {
        let mark = format!("OADA_TEST_MARK={}", new_key());
        let shell = ShellOptions { grace: Duration::from_millis(300), ..ShellOptions::default() };
        let mut options = StreamOptions { shell, ..StreamOptions::default() };
        let (name, value) = mark.split_once('=').unwrap();
        options.shell.env.insert(name.into(), value.into());
        set(&mut options);
        Self { handler: Arc::new(StreamHandler::new(program, options).unwrap()), mark }
    }

    async fn told(&self, config: Value) -> (Outcome, Vec<Update>) {
        run_job(&*self.handler, &new_key(), config, None).await
    }

    async fn outcome(&self, what: &str) -> Outcome {
        self.told(json!({ "do": what })).await.0
    }

    async fn error(&self, what: &str) -> JobError {
        match self.outcome(what).await {
            Outcome::Failure(error) => error,
            other => panic!("not a failure: {other:?}"),
        }
    }

    /// The process that answers.
    async fn pid(&self) -> u64 {
        match self.told(json!({})).await.0 {
            Outcome::Success(result) => result["pid"].as_u64().unwrap(),
            other => panic!("not a success: {other:?}"),
        }
    }

    async fn are_gone(self) {
        drop(self.handler);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !marked(&self.mark).is_empty() {
            assert!(Instant::now() < deadline, "{:?}", marked(&self.mark));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn one_process_does_many_jobs() {
    let servants = Servants::new(|_| {});
    let pid = servants.pid().await;
    for _ in 0..50 {
        assert_eq!(servants.pid().await, pid);
    }
    let size = 5_000_000;
    let (outcome, _) = servants.told(json!({"do": "large", "text": "x".repeat(size)})).await;
    assert_eq!(outcome, Outcome::Success(json!({ "size": size }).as_object().unwrap().clone()));
    servants.are_gone().await;
}

#[tokio::test]
async fn answers_come_to_what_the_contract_says() {
    let servants = Servants::new(|_| {});
    let (outcome, updates) = servants.told(json!({"do": "say"})).await;
    assert_eq!(outcome, Outcome::Success(json!({"skipped": true}).as_object().unwrap().clone()));
    let mut said: Vec<_> =
        updates.iter().map(|update| (update.status.as_str(), update.meta.clone())).collect();
    // Standard error and the control channel are not ordered among each other.
    said.sort_by_key(|(status, _)| *status);
    assert_eq!(
        said,
        [("half", Some(json!(2))), ("rest", Some(Value::Null)), ("warn", Some(json!("a word")))]
    );
    let error = servants.error("fail").await;
    assert_eq!((error.error_type.as_deref(), error.message.as_str()), (Some("bad-address"), "no such host"));
    assert!(servants.error("never").await.permanent);
    let Outcome::Again { delay, .. } = servants.outcome("retry").await else { panic!() };
    assert_eq!(delay, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_process_that_fails_is_replaced() {
    let servants = Servants::new(|_| {});
    let mut last = servants.pid().await;
    for (what, error_type) in [
        ("crash", "crashed"),
        ("signal", "crashed"),
        ("nonsense", "protocol"),
        ("foreign", "protocol"),
        ("huge", "result-too-large"),
        ("close", "protocol"),
    ] {
        let error = servants.error(what).await;
        assert_eq!(error.error_type.as_deref(), Some(error_type), "{what}: {error:?}");
        let pid = servants.pid().await;
        assert_ne!(pid, last, "{what}");
        last = pid;
    }
    let twice = servants.outcome("twice").await;
    assert!(matches!(twice, Outcome::Success(_)), "{twice:?}");
    // One that ends by itself takes nothing with it that it has not read.
    for _ in 0..10 {
        assert!(matches!(servants.outcome("end").await, Outcome::Success(_)));
        servants.pid().await;
    }
    servants.are_gone().await;
}

#[tokio::test]
async fn silence_past_the_time_costs_only_its_own_job() {
    let servants = Servants::new(|options| options.pipeline = 8);
    let before = servants.pid().await;
    let silent = run_job(&*servants.handler, "s", json!({"do": "silence"}), Some(Duration::from_millis(500)));
    let others = join_all((0..5).map(|n| servants.told(json!({ "n": n }))));
    let ((silent, _), others) = tokio::join!(silent, others);
    assert!(matches!(silent, Outcome::Stopped { .. }), "{silent:?}");
    for (n, (outcome, _)) in others.into_iter().enumerate() {
        let Outcome::Success(result) = outcome else { panic!("{outcome:?}") };
        assert_eq!(result["n"], n);
        assert_ne!(result["pid"], before);
    }
    servants.are_gone().await;
}

#[tokio::test]
async fn a_full_pipe_blocks_nobody_else() {
    let servants = Servants::new(|options| options.pipeline = 4);
    // What it does not read while it is deaf is more than a pipe holds.
    let deaf = servants.told(json!({"do": "deaf"}));
    let large =
        join_all((0..3).map(|_| servants.told(json!({"do": "large", "text": "x".repeat(1_000_000)}))));
    let (deaf, large) = tokio::join!(deaf, large);
    assert!(matches!(deaf.0, Outcome::Success(_)));
    assert!(large.iter().all(|(outcome, _)| matches!(outcome, Outcome::Success(_))), "{large:?}");
}

#[tokio::test]
async fn several_processes_share_the_jobs_and_a_crash_of_one() {
    let servants = Servants::new(|options| options.processes = 3);
    let outcomes = join_all((0..60).map(|n| {
        let what = if n % 10 == 9 { "crash" } else { "answer" };
        servants.outcome(what)
    }));
    for (n, outcome) in outcomes.await.into_iter().enumerate() {
        assert_eq!(matches!(outcome, Outcome::Success(_)), n % 10 != 9, "{n}: {outcome:?}");
    }
    assert!(marked(&servants.mark).len() <= 3);
    servants.are_gone().await;
}

#[tokio::test]
async fn processes_are_recycled_after_their_share_or_a_rest() {
    let servants = Servants::new(|options| options.max_jobs = Some(2));
    let pids = [servants.pid().await, servants.pid().await, servants.pid().await];
    assert!(pids[0] == pids[1] && pids[1] != pids[2]);
    let servants = Servants::new(|options| options.idle = Some(Duration::from_millis(50)));
    let pid = servants.pid().await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while !marked(&servants.mark).is_empty() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_ne!(servants.pid().await, pid);
}

#[tokio::test]
async fn a_program_that_is_none_is_broken() {
    let missing = Servants::of(Program::Shell("no-such-program".to_owned()), |_| {});
    assert!(matches!(missing.outcome("answer").await, Outcome::Broken { .. }));
    let in_shell = Servants::of(Program::Shell("no-such-program; exit $?".to_owned()), |_| {});
    assert!(matches!(in_shell.outcome("answer").await, Outcome::Broken { .. }));
}

#[tokio::test]
async fn a_job_that_nobody_waits_for_any_more_is_stopped() {
    let servants = Servants::new(|_| {});
    servants.pid().await;
    let handler = Arc::clone(&servants.handler);
    let waiting = tokio::spawn(async move { run_job(&*handler, "s", json!({"do": "silence"}), None).await });
    tokio::task::yield_now().await;
    waiting.abort();
    let _ = waiting.await;
    servants.pid().await;
    servants.are_gone().await;
}
