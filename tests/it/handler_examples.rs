//! The handlers in `examples/handlers`, where there is their interpreter.

use std::path::Path;
use std::process::Command;

use oada_jobs::engine::handler::{Outcome, Program, StreamHandler, StreamOptions};
use serde_json::{Value, json};

use crate::support::handler::{Run, run_job};

fn example(name: &str) -> Program {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/handlers").join(name);
    Program::Argv(vec![path.into()])
}

fn is_missing(interpreter: &str) -> bool {
    Command::new(interpreter).arg("--version").output().is_err()
}

#[tokio::test]
async fn the_one_in_sh_reports_and_refuses() {
    let done = Run::new().config(json!({"text": "x"})).program(example("report.sh")).await;
    assert_eq!(done.said("info").len(), 1);
    assert!(done.result()["size"].as_u64().unwrap() > 100);
    let error =
        Run::new().config(json!({"text": "x".repeat(1_000_000)})).program(example("report.sh")).await.error();
    assert!(error.permanent && error.error_type.as_deref() == Some("too-big"));
}

#[tokio::test]
async fn those_in_other_languages_greet_and_refuse() {
    for (interpreter, name) in [("python3", "greet.py"), ("node", "greet.mjs"), ("perl", "greet.pl")] {
        if is_missing(interpreter) {
            continue;
        }
        let done = Run::new().config(json!({"name": "Ada"})).program(example(name)).await;
        assert_eq!(done.updates.len(), 1, "{name}: {:?}", done.updates);
        assert_eq!(done.result(), json!({"greeting": "Hello, Ada!"}), "{name}");
        let error = Run::new().config(json!({"name": []})).program(example(name)).await.error();
        assert!(error.permanent && error.error_type.as_deref() == Some("no-name"), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn the_co_process_greets_and_refuses() {
    if is_missing("python3") {
        return;
    }
    let handler = StreamHandler::new(example("greet_stream.py"), StreamOptions::default()).unwrap();
    let (outcome, _) = run_job(&handler, "a", json!({"name": "Ada"}), None).await;
    let Outcome::Success(result) = outcome else { panic!("{outcome:?}") };
    assert_eq!(Value::Object(result), json!({"greeting": "Hello, Ada!"}));
    let (outcome, _) = run_job(&handler, "b", json!({}), None).await;
    let Outcome::Failure(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.permanent && error.error_type.as_deref() == Some("no-name"));
}
