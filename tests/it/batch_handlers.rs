//! Commands that are run for several jobs at once, and do all they can: each job still comes to what the contract says,
//! and nothing of them stays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use oada_jobs::engine::handler::{
    BatchHandler, BatchJob, Context, Outcome, Program, ShellBatchHandler, ShellOptions, StopReason,
};
use oada_jobs::model::{Job, Update, new_key};
use serde_json::{Value, json};

use crate::support::handler::{facts, marked};

/// Does what the config of each job tells it to, one after the other.
const SERVANT: &str = r#"
import json, os, signal, sys, time
control = open(3, "w", buffering=1)
requests = [json.loads(line) for line in sys.stdin]
def answer(**members):
    print(json.dumps(members), flush=True)
for request in requests:
    id, config = request["id"], request["job"]["config"]
    do = config.get("do", "answer")
    if do == "answer": answer(id=id, status="ok", result={"count": len(requests)})
    elif do == "size": answer(id=id, result={"size": len(config["text"])})
    elif do == "fail": answer(id=id, status="fail", error={"type": "bad-address", "message": "no such host"})
    elif do == "never": answer(id=id, status="never", error="no")
    elif do == "retry": answer(id=id, status="retry", snooze=7)
    elif do == "crash": print("error: lost my way", file=sys.stderr, flush=True); os._exit(3)
    elif do == "exit": sys.exit(config["code"])
    elif do == "signal": os.kill(os.getpid(), 9)
    elif do == "nonsense": print("this is no answer", flush=True)
    elif do == "foreign": answer(id="resources/other", status="ok")
    elif do == "huge": answer(id=id, result={"text": "x" * 3000000})
    elif do == "twice": answer(id=id, result={"n": 1}); answer(id=id, status="fail")
    elif do == "overall": answer(**config["say"])
    elif do == "tell": print(json.dumps(config["say"]), file=control)
    elif do == "deaf": signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)
    elif do == "silence": time.sleep(1000)
    elif do == "linger": answer(id=id); time.sleep(1000)
    elif do == "wait": time.sleep(0.5)
"#;

struct Batch {
    options: ShellOptions,
    timeout: Option<Duration>,
    mark: String,
}

impl Batch {
    fn new() -> Self {
        let mark = format!("OADA_TEST_MARK={}", new_key());
        let mut options = ShellOptions { grace: Duration::from_millis(300), ..ShellOptions::default() };
        let (name, value) = mark.split_once('=').unwrap();
        options.env.insert(name.into(), value.into());
        Self { options, timeout: None, mark }
    }

    fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    async fn run(self, configs: &[Value]) -> Vec<Outcome> {
        self.told(configs, &[]).await.into_iter().map(|(outcome, _)| outcome).collect()
    }

    async fn told(self, configs: &[Value], cancelled: &[usize]) -> Vec<(Outcome, Vec<Update>)> {
        let program = Program::Argv(vec!["python3".into(), "-c".into(), SERVANT.into()]);
        self.of(program, configs, cancelled).await
    }

    /// What becomes of jobs with these configs, some of which are cancelled meanwhile.
    async fn of(
        self,
        program: Program,
        configs: &[Value],
        cancelled: &[usize],
    ) -> Vec<(Outcome, Vec<Update>)> {
        let handler = Arc::new(ShellBatchHandler::new(program, self.options).unwrap());
        let (mut jobs, mut outcomes, mut contexts) = (Vec::new(), Vec::new(), Vec::new());
        for (n, config) in configs.iter().enumerate() {
            let context = Context::new(facts(&format!("k{n}"), self.timeout), "");
            let job = Job::new("svc", "email", config.as_object().cloned().unwrap());
            let (job, outcome) = BatchJob::new(job, context.clone());
            let clock = context.clone();
            tokio::spawn(async move {
                clock.time_is_over().await;
                clock.stop(StopReason::Timeout);
            });
            jobs.push(job);
            outcomes.push(outcome);
            contexts.push(context);
        }
        for place in cancelled {
            let context = contexts[*place].clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                context.stop(StopReason::Cancelled);
            });
        }
        let running = tokio::spawn(async move { handler.run(jobs).await });
        let outcomes = tokio::time::timeout(Duration::from_secs(120), join_all(outcomes)).await.unwrap();
        running.await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !marked(&self.mark).is_empty() {
            assert!(Instant::now() < deadline, "{:?}", marked(&self.mark));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        outcomes
            .into_iter()
            .zip(contexts)
            .map(|(outcome, context)| (outcome, context.take_said().updates))
            .collect()
    }
}

/// Jobs that do what these words say.
fn doing(words: &[&str]) -> Vec<Value> {
    words.iter().map(|word| json!({ "do": word })).collect()
}

/// Outcomes in a word each: the type of a failure, or what it is else.
fn words(outcomes: &[Outcome]) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Success(_) => "ok".to_owned(),
        Outcome::Failure(error) => error.error_type.clone().unwrap_or_default(),
        Outcome::Again { .. } => "again".to_owned(),
        Outcome::Broken { .. } => "broken".to_owned(),
        Outcome::Stopped { .. } => "stopped".to_owned(),
    };
    outcomes.iter().map(word).collect()
}

#[tokio::test]
async fn each_job_has_its_answer_and_the_rest_what_the_exit_says() {
    let outcomes = Batch::new().run(&doing(&["answer", "fail", "never", "retry", "quiet"])).await;
    assert_eq!(words(&outcomes), ["ok", "bad-address", "data", "again", "ok"]);
    assert_eq!(outcomes[0], Outcome::Success(json!({"count": 5}).as_object().unwrap().clone()));
    let Outcome::Again { delay, .. } = &outcomes[3] else { panic!() };
    assert_eq!(*delay, Some(Duration::from_secs(7)));
    for (code, rest) in [(65, "data"), (75, "again"), (99, "ok"), (127, "broken"), (3, "exit-3")] {
        let mut configs = doing(&["answer", "exit", "quiet"]);
        configs[1]["code"] = code.into();
        assert_eq!(words(&Batch::new().run(&configs).await), ["ok", rest, rest], "{code}");
    }
}

#[tokio::test]
async fn a_line_for_all_counts_for_those_without_one() {
    let say = |say: Value| json!({ "do": "overall", "say": say });
    let mut configs = doing(&["answer", "quiet"]);
    configs.push(say(json!({"status": "fail"})));
    configs.push(say(json!({"status": "retry", "snooze": 3})));
    let outcomes = Batch::new().run(&configs).await;
    assert_eq!(words(&outcomes), ["ok", "again", "again", "again"]);
    configs[3] = say(json!({"error": {"type": "down", "message": "no power"}}));
    configs.push(json!({"do": "exit", "code": 4}));
    let outcomes = Batch::new().run(&configs).await;
    assert_eq!(words(&outcomes), ["ok", "down", "down", "down", "down"]);
}

#[tokio::test]
async fn a_crash_costs_only_those_without_an_answer() {
    let outcomes = Batch::new().run(&doing(&["answer", "crash", "answer"])).await;
    assert_eq!(words(&outcomes), ["ok", "exit-3", "exit-3"]);
    let Outcome::Failure(error) = &outcomes[2] else { panic!() };
    assert!(
        error.message.contains("lost my way") && error.details["stderr"] == "error: lost my way",
        "{error:?}"
    );
    assert_eq!(words(&Batch::new().run(&doing(&["answer", "signal"])).await), ["ok", "signal"]);
}

#[tokio::test]
async fn a_line_that_is_no_answer_makes_nothing_a_success() {
    for what in ["nonsense", "foreign", "huge"] {
        let outcomes = Batch::new().run(&doing(&["answer", what, "quiet", "fail", "answer"])).await;
        assert_eq!(words(&outcomes), ["ok", "protocol", "protocol", "bad-address", "ok"], "{what}");
    }
    let twice = Batch::new().run(&doing(&["twice", "quiet"])).await;
    assert_eq!(twice[0], Outcome::Success(json!({"n": 1}).as_object().unwrap().clone()));
    assert_eq!(words(&twice), ["ok", "ok"]);
}

#[tokio::test]
async fn silence_past_the_time_stops_the_run() {
    let soon = Duration::from_millis(800);
    let outcomes = Batch::new().timeout(soon).run(&doing(&["answer", "silence", "answer"])).await;
    assert_eq!(words(&outcomes), ["ok", "stopped", "stopped"]);
    let outcomes = Batch::new().timeout(soon).run(&doing(&["answer", "deaf", "quiet"])).await;
    assert_eq!(words(&outcomes), ["ok", "stopped", "stopped"]);
    let Outcome::Stopped { details } = &outcomes[2] else { panic!() };
    assert_eq!((&details["killed"], &details["signal"]), (&json!(true), &json!("SIGKILL")));
}

#[tokio::test]
async fn a_run_that_does_not_end_after_its_last_answer_is_stopped() {
    assert_eq!(words(&Batch::new().run(&doing(&["answer", "linger"])).await), ["ok", "ok"]);
}

#[tokio::test]
async fn a_cancelled_job_is_let_go_and_the_others_go_on() {
    let outcomes = Batch::new().told(&doing(&["wait", "answer", "answer"]), &[1]).await;
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(outcome, _)| outcome).collect();
    assert_eq!(words(&outcomes), ["ok", "stopped", "ok"]);
    // With the last of them the run ends too.
    let outcomes = Batch::new().told(&doing(&["silence", "quiet"]), &[0, 1]).await;
    assert!(outcomes.iter().all(|(outcome, _)| matches!(outcome, Outcome::Stopped { .. })), "{outcomes:?}");
}

#[tokio::test]
async fn large_configs_arrive_and_need_not_be_read() {
    let size = 10_000_000;
    let large = json!({"do": "size", "text": "x".repeat(size)});
    let outcomes = Batch::new().run(&[large.clone(), large.clone()]).await;
    let expected = Outcome::Success(json!({ "size": size }).as_object().unwrap().clone());
    assert_eq!(outcomes, [expected.clone(), expected]);
    let unread =
        Batch::new().of(Program::Shell("exec <&-; true".to_owned()), &[large.clone(), large], &[]).await;
    assert!(unread.iter().all(|(outcome, _)| matches!(outcome, Outcome::Success(_))));
}

#[tokio::test]
async fn control_lines_are_for_one_or_for_all() {
    let tell = |say: Value| json!({ "do": "tell", "say": say });
    let configs = [
        tell(json!({"id": "resources/k1", "update": "mine"})),
        tell(json!({"update": "ours"})),
        tell(json!({"key": "k2", "update": "by key"})),
        tell(json!({"id": "resources/other", "update": "nobody's"})),
    ];
    let told = Batch::new().told(&configs, &[]).await;
    let said: Vec<Vec<&str>> = told
        .iter()
        .map(|(_, updates)| updates.iter().map(|update| update.status.as_str()).collect())
        .collect();
    assert_eq!(said, [vec!["ours"], vec!["mine", "ours"], vec!["ours", "by key"], vec!["ours"]]);
}

#[tokio::test]
async fn a_program_that_is_none_harms_no_job() {
    for program in [Program::Shell("no-such-program".into()), Program::Argv(vec!["./none".into()])] {
        let outcomes = Batch::new().of(program, &doing(&["answer", "answer"]), &[]).await;
        assert!(
            outcomes.iter().all(|(outcome, _)| matches!(outcome, Outcome::Broken { .. })),
            "{outcomes:?}"
        );
    }
}
