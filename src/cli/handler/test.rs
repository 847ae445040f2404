//! `handler test`: one run of a handler by the contract, without any store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Map, Value, json};

use crate::cli::Interrupts;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, chain};
use crate::cli::job::config;
use crate::cli::serve::{RunningArgs, check, program};
use crate::cli::time::{limit, show_duration};
use crate::engine::OWN_QUEUE;
use crate::engine::handler::{
    Context, Handler, JobError, JobFacts, Outcome, ShellHandler, StopReason, StreamHandler,
};
use crate::model::{Job, Update, new_key};
use crate::process::StartError;

/// Run a handler by the contract, without any store, and show what would be stored
///
/// Ends with 0 where the job would succeed, and with 8 where it would not. The first INT or TERM stops the handler as a
/// worker would, with the time of --kill-after to end; the second kills it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs handler test ./send.sh '{\"to\": \"a@b.c\"}'
  oada-jobs handler test ./send.sh @job.json --timeout 5s")]
pub(in crate::cli) struct TestArgs {
    /// The command, as in --handler TYPE=COMMAND
    command: String,

    /// A job, or its config alone: JSON, `@FILE`, or `-` for stdin
    #[arg(default_value = "{}")]
    job: String,

    /// The job's type, where JOB does not tell
    #[arg(long = "type", value_name = "TYPE", default_value = "test")]
    job_type: String,

    /// Which attempt it is
    #[arg(long, value_name = "N", default_value = "1")]
    attempt: u32,

    /// The time limit, or `none`
    #[arg(long, value_name = "DURATION", value_parser = limit, default_value = "10m")]
    timeout: Limit,

    /// The command lives on between jobs, as with --stream TYPE=COMMAND
    #[arg(long = "as-stream")]
    is_stream: bool,

    #[command(flatten)]
    running: RunningArgs,
}

/// A name of its own, since clap takes two options in each other for a flag whose value may be left out.
type Limit = Option<Duration>;

/// What one run would leave on a store.
struct Ran {
    outcome: Outcome,
    stopped: Option<StopReason>,
    took: Duration,
    /// What the command ends with, if it was told to.
    interrupted: Option<Exit>,
}

/// Runs the handler once. The first INT or TERM stops it as a worker would, the second kills it.
pub(in crate::cli) async fn test(args: TestArgs, app: &App) -> Result<Exit, Failure> {
    let job = job(&args)?;
    let timeout = args.timeout;
    let program = program(&args.command, args.running.is_without_shell(&job.job_type))?;
    let options = args.running.stream(&job.job_type);
    check(&job.job_type, &program, options.shell.cwd.as_deref())?;
    crate::process::adopt_orphans();
    let made: Result<Arc<dyn Handler>, StartError> = if args.is_stream {
        StreamHandler::new(program, options).map(|stream| Arc::new(stream) as _)
    } else {
        ShellHandler::new(program, options.shell).map(|shell| Arc::new(shell) as _)
    };
    let handler =
        made.map_err(|error| Failure::usage(format!("cannot use the command: {}", chain(&error))))?;
    let facts = JobFacts {
        id: format!("resources/{}", new_key()),
        key: new_key(),
        service: app.settings.service.value.clone(),
        queue: OWN_QUEUE.to_owned(),
        domain: app
            .settings
            .domain
            .as_ref()
            .map_or_else(|| "localhost".to_owned(), |domain| domain.value.clone()),
        attempt: args.attempt,
        max_attempts: args.attempt,
        timeout,
        longest: args.running.longest(&job.job_type),
        worker: new_key(),
    };
    let context = Context::new(facts, &std::env::var("OADA_JOBS_LOGGING").unwrap_or_default());
    let ran = run(&*handler, &job, &context, app).await;
    if ran.interrupted.is_none() {
        handler.retire().await;
    }
    show(&ran, &context, timeout, app)
}

fn job(args: &TestArgs) -> Result<Job, Failure> {
    let given = config(&args.job)?;
    let (job_type, config) = match (given.get("type"), given.get("config")) {
        (job_type, Some(Value::Object(config))) => (job_type.and_then(Value::as_str), config.clone()),
        _ => (None, given.clone()),
    };
    let job_type = job_type.unwrap_or(&args.job_type).to_owned();
    Ok(Job { job_type, config, ..Job::default() })
}

async fn run(handler: &dyn Handler, job: &Job, context: &Context, app: &App) -> Ran {
    let started = Instant::now();
    let watchdog = async {
        context.time_is_over().await;
        context.stop(StopReason::Timeout);
        std::future::pending::<()>().await;
    };
    let mut told = None;
    let interrupts = async {
        let mut interrupts = Interrupts::listen();
        told = Some(interrupts.next().await);
        app.ui.note("stopping the handler; a second signal kills it");
        context.stop(StopReason::Shutdown);
        interrupts.next().await;
    };
    let outcome = tokio::select! {
        outcome = handler.run(job, context) => outcome,
        () = watchdog => Outcome::Stopped { details: Map::new() },
        () = interrupts => Outcome::Stopped { details: Map::new() },
    };
    Ran { outcome, stopped: context.stop_reason(), took: started.elapsed(), interrupted: told }
}

/// The status, result and error that the job would have; without them what else becomes of it.
fn verdict(
    ran: &Ran,
    timeout: Option<Duration>,
) -> (&'static str, Option<Map<String, Value>>, Option<String>) {
    let failed = |error: &JobError| ("failure", Some(error.to_result()), Some(error.to_string()));
    match (ran.stopped, &ran.outcome) {
        (Some(StopReason::Timeout), outcome) => {
            let mut error = JobError::timeout(timeout.unwrap_or_default());
            if let Outcome::Stopped { details } = outcome {
                error.details = details.clone();
            }
            failed(&error)
        }
        (_, Outcome::Success(result)) => ("success", Some(result.clone()), None),
        (_, Outcome::Failure(error)) => failed(error),
        (_, Outcome::Again { error, .. }) => ("again", Some(error.to_result()), Some(error.to_string())),
        (_, Outcome::Broken { reason }) => {
            ("pending", None, Some(format!("the handler is broken: {reason}")))
        }
        (_, Outcome::Stopped { .. }) => ("pending", None, Some("it was stopped".to_owned())),
    }
}

fn show(ran: &Ran, context: &Context, timeout: Option<Duration>, app: &App) -> Result<Exit, Failure> {
    let said = context.take_said();
    let (status, result, error) = verdict(ran, timeout);
    let again_in = match &ran.outcome {
        Outcome::Again { delay, .. } => delay.map(|delay| delay.as_secs_f64()),
        _ => None,
    };
    let updates: Vec<Value> = said
        .updates
        .iter()
        .map(|Update { time, status, meta, .. }| json!({"time": time, "status": status, "meta": meta}))
        .collect();
    let value = json!({
        "status": status, "result": result, "error": error, "again_in": again_in, "seconds": ran.took.as_secs_f64(),
        "progress": said.progress, "updates": updates, "dropped_updates": said.dropped,
        "links": context.take_links(),
    });
    app.ui.result(status, &value, || {
        let mut lines: Vec<String> = said
            .updates
            .iter()
            .map(|update| {
                let meta = crate::cli::output::plain(update.meta.as_ref());
                format!("{}  {meta}", update.status)
            })
            .collect();
        lines.push(format!("{} after {}", app.ui.status(status), show_duration(ran.took)));
        lines.extend(error.iter().map(|error| format!("error: {error}")));
        lines.extend(result.map(|result| format!("{:#}", Value::Object(result))));
        lines.join("\n")
    })?;
    Ok(match ran.interrupted {
        Some(exit) => exit,
        None if status == "success" => Exit::Ok,
        None => Exit::JobFailed,
    })
}
