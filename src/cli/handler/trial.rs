//! What one run of a handler would leave on a store, and how that is shown.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Ui, plain};
use crate::cli::time::show_duration;
use crate::engine::Spilled;
use crate::engine::handler::{Context, JobError, Outcome, RunEnd, StopReason};
use crate::model::Update;
use crate::process::{Exit as Ending, Survivors, signal_name};

/// One job, run.
pub(super) struct Ran {
    pub(super) outcome: Outcome,
    pub(super) stopped: Option<StopReason>,
    pub(super) took: Duration,
}

/// By what a run is judged.
pub(super) struct Rules {
    pub(super) timeout: Option<Duration>,
    /// The bytes over which a result becomes a resource of its own.
    pub(super) spill_over: Option<usize>,
}

/// The status, result and error that the job would have; without them what else becomes of it.
struct Verdict {
    status: &'static str,
    result: Option<Map<String, Value>>,
    error: Option<String>,
}

impl Verdict {
    fn of(ran: &Ran, rules: &Rules) -> Self {
        let of_error = |status, error: &JobError| Self {
            status,
            result: Some(error.to_result()),
            error: Some(error.to_string()),
        };
        let pending = |error| Self { status: "pending", result: None, error: Some(error) };
        match (ran.stopped, &ran.outcome) {
            (Some(StopReason::Timeout), outcome) => {
                let mut error = JobError::timeout(rules.timeout.unwrap_or_default());
                if let Outcome::Stopped { details } = outcome {
                    error.details = details.clone();
                }
                of_error("failure", &error)
            }
            (_, Outcome::Success(result)) => {
                Self { status: "success", result: Some(result.clone()), error: None }
            }
            (_, Outcome::Failure(error)) => of_error("failure", error),
            (_, Outcome::Again { error, .. }) => of_error("again", error),
            (_, Outcome::Broken { reason }) => pending(format!("the handler is broken: {reason}")),
            (_, Outcome::Stopped { .. }) => pending("it was stopped".to_owned()),
        }
    }
}

/// All that is known of a job when its run is over. `run` is what is known of the run beside how its processes
/// ended.
pub(super) fn record(ran: &Ran, context: &Context, rules: &Rules, mut run: Map<String, Value>) -> Value {
    let said = context.take_said();
    let Verdict { status, mut result, error } = Verdict::of(ran, rules);
    let over = rules.spill_over.filter(|_| status == "success");
    let spilled = over.zip(result.as_ref()).and_then(|(over, result)| Spilled::of(result, over));
    let resource = spilled.map(|Spilled { id, content, result: linking }| {
        result = Some(linking);
        json!({"id": id.to_string(), "content": content})
    });
    let again_in = match &ran.outcome {
        Outcome::Again { delay, .. } => delay.map(|delay| delay.as_secs_f64()),
        _ => None,
    };
    let update =
        |Update { time, status, meta, .. }: &Update| json!({"time": time, "status": status, "meta": meta});
    run.extend(context.run_end().iter().flat_map(ending));
    let run = if run.is_empty() { Value::Null } else { Value::Object(run) };
    json!({
        "id": context.facts().id, "status": status, "result": result, "spilled": resource, "error": error, "again_in": again_in,
        "seconds": ran.took.as_secs_f64(), "progress": said.progress,
        "updates": said.updates.iter().map(update).collect::<Vec<_>>(), "dropped_updates": said.dropped,
        "links": context.take_links(), "run": run,
    })
}

fn ending(end: &RunEnd) -> Map<String, Value> {
    let (exit, signal) = match end.exit {
        Ending::Code(code) => (Some(code), None),
        Ending::Signal(signal) => (None, Some(signal_name(signal))),
    };
    let survivors = match end.survivors {
        Survivors::None => "none",
        Survivors::Killed => "killed",
        Survivors::Remain => "remain",
    };
    let members = json!({
        "exit": exit, "signal": signal, "killed": end.killed, "out_of_memory": end.ran_out_of_memory,
        "survivors": survivors, "seconds": end.duration.as_secs_f64(), "output_dropped": end.output_dropped,
        "log_dropped": end.log_dropped,
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Writes the record of a job; for people under this heading.
pub(super) fn show(ui: &Ui, heading: Option<String>, record: &Value) -> Result<(), Failure> {
    let status = record["status"].as_str().unwrap_or_default();
    ui.result(status, record, || {
        let mut lines: Vec<String> = heading.into_iter().collect();
        lines.extend(record["updates"].as_array().into_iter().flatten().map(|update| {
            let meta = plain(update.get("meta"));
            format!("{}  {meta}", plain(update.get("status")))
        }));
        let took = show_duration(seconds(&record["seconds"]));
        lines.push(format!("{} after {took}{}", ui.status(status), show_ending(&record["run"])));
        lines.extend(record["error"].as_str().map(|error| format!("error: {error}")));
        if !record["result"].is_null() {
            lines.push(format!("{:#}", record["result"]));
        }
        if let Some(id) = record["spilled"]["id"].as_str() {
            lines.push(format!("{id} holds the whole result"));
        }
        lines.join("\n")
    })
}

/// How the processes of the run ended, where there is anything to say.
fn show_ending(run: &Value) -> String {
    let exit = run["exit"].as_i64().map(|code| format!(", exit code {code}"));
    let signal = run["signal"].as_str().map(|signal| format!(", ended by {signal}"));
    let survivors = match run["survivors"].as_str() {
        Some("killed") => Some(", what outlived it was killed".to_owned()),
        Some("remain") => Some(", what outlived it could not be killed".to_owned()),
        _ => None,
    };
    let dropped = run["log_dropped"].as_u64().filter(|bytes| *bytes > 0);
    let dropped = dropped.map(|bytes| format!(", {bytes} bytes of log left out"));
    [exit, signal, survivors, dropped].into_iter().flatten().collect()
}

fn seconds(value: &Value) -> Duration {
    Duration::try_from_secs_f64(value.as_f64().unwrap_or_default()).unwrap_or_default()
}

/// What the command ends with when these are the records of its jobs.
pub(super) fn exit_of<'a>(interrupted: Option<Exit>, mut records: impl Iterator<Item = &'a Value>) -> Exit {
    match interrupted {
        Some(exit) => exit,
        None if records.all(|record| record["status"] == "success") => Exit::Ok,
        None => Exit::JobFailed,
    }
}
