//! `handler test`: runs of a handler by the contract, without any store.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Map, Value, json};

use super::trial::{Ran, Rules, exit_of, record, show};
use crate::cli::Interrupts;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, chain};
use crate::cli::job::{config, configs};
use crate::cli::logging::{self, LogFormat};
use crate::cli::serve::{Kind, RunningArgs, check, keep_limits, program};
use crate::cli::time::limit;
use crate::engine::OWN_QUEUE;
use crate::engine::handler::{
    BatchHandler, BatchJob, Context, Handler, JobFacts, Outcome, Program, ShellBatchHandler, ShellHandler,
    StopReason, StreamHandler, StreamOptions,
};
use crate::model::{Job, new_key};
use crate::process::StartError;

/// Run a handler by the contract, without any store, and show what would be stored
///
/// Ends with 0 where all jobs would succeed, and with 8 where one would not. The first INT or TERM stops the handler as a
/// worker would, with the time of --kill-after to end; the second kills it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs handler test ./send.sh '{\"to\": \"a@b.c\"}'
  oada-jobs handler test ./send.sh @job.json --timeout 5s
  oada-jobs handler test ./insert.py @jobs.ndjson --as-batch --batch-size 10")]
pub(in crate::cli) struct TestArgs {
    /// The command, as in --handler TYPE=COMMAND
    command: String,

    /// A job, or its config alone: JSON, `@FILE`, or `-` for stdin; several, also one after the other in a file, with
    /// --as-batch
    #[arg(value_name = "JOB", default_value = "{}")]
    jobs: Vec<String>,

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

    /// The command is run for several jobs at once, as with --batch TYPE=COMMAND; what it logs goes to stderr
    #[arg(long = "as-batch", conflicts_with = "is_stream")]
    is_batch: bool,

    #[command(flatten)]
    running: RunningArgs,
}

/// A name of its own, since clap takes two options in each other for a flag whose value may be left out.
type Limit = Option<Duration>;

pub(in crate::cli) async fn test(args: TestArgs, app: &App) -> Result<Exit, Failure> {
    let jobs = jobs(&args)?;
    let job_type = jobs.first().map(|job| job.job_type.clone()).unwrap_or_default();
    let kind = match (args.is_stream, args.is_batch) {
        (true, _) => Kind::Stream,
        (_, true) => Kind::Batch,
        _ => Kind::Each,
    };
    args.running.check_alone(&job_type, kind)?;
    let program = program(&args.command, args.running.is_without_shell(&job_type))?;
    let options = args.running.stream(&job_type);
    check(&job_type, &program, options.shell.cwd.as_deref())?;
    if options.shell.resources.need_group() {
        app.ui.note(&keep_limits());
    }
    crate::process::adopt_orphans();
    let desk = Desk {
        rules: Rules { timeout: args.timeout, spill_over: args.running.spill_over(&job_type) },
        longest: args.running.longest(&job_type),
        attempt: args.attempt,
        worker: new_key(),
        logging: std::env::var("OADA_JOBS_LOGGING").unwrap_or_default(),
        app,
    };
    if kind == Kind::Batch {
        logging::start(&app.ui, LogFormat::Text);
        let handler = made(ShellBatchHandler::new(program, options.shell))?;
        return desk.try_batches(&handler, &jobs, args.running.batch(&job_type).size).await;
    }
    desk.try_one(handler(program, options, kind)?, &jobs[0]).await
}

fn handler(program: Program, options: StreamOptions, kind: Kind) -> Result<Arc<dyn Handler>, Failure> {
    Ok(match kind {
        Kind::Stream => Arc::new(made(StreamHandler::new(program, options))?),
        Kind::Each | Kind::Batch => Arc::new(made(ShellHandler::new(program, options.shell))?),
    })
}

fn made<T>(made: Result<T, StartError>) -> Result<T, Failure> {
    made.map_err(|error| Failure::usage(format!("cannot use the command: {}", chain(&error))))
}

/// The jobs, all of one type.
fn jobs(args: &TestArgs) -> Result<Vec<Job>, Failure> {
    let mut given = Vec::new();
    for text in &args.jobs {
        if args.is_batch {
            given.extend(configs(text)?);
        } else {
            given.push(config(text)?);
        }
    }
    let jobs: Vec<Job> = given.into_iter().map(|given| job(given, &args.job_type)).collect();
    match jobs.as_slice() {
        [] => Err(Failure::usage("there is no job in what was given")),
        [_, _, ..] if !args.is_batch => {
            Err(Failure::usage("several jobs are given, and the command is run for one at a time")
                .hint("run it for all at once with --as-batch"))
        }
        [first, others @ ..] => match others.iter().find(|job| job.job_type != first.job_type) {
            Some(other) => Err(Failure::usage(format!(
                "jobs of the types {:?} and {:?} are never in one batch",
                first.job_type, other.job_type
            ))),
            None => Ok(jobs),
        },
    }
}

fn job(given: Map<String, Value>, job_type: &str) -> Job {
    let (told, config) = match (given.get("type"), given.get("config")) {
        (told, Some(Value::Object(config))) => (told.and_then(Value::as_str), config.clone()),
        _ => (None, given.clone()),
    };
    Job { job_type: told.unwrap_or(job_type).to_owned(), config, ..Job::default() }
}

/// Where handlers are tried: a worker without a store.
struct Desk<'a> {
    rules: Rules,
    longest: Option<Duration>,
    attempt: u32,
    worker: String,
    logging: String,
    app: &'a App,
}

impl Desk<'_> {
    /// What a run that begins now is given.
    fn context(&self) -> Context {
        let settings = &self.app.settings;
        let domain = settings.domain.as_ref();
        let key = new_key();
        let facts = JobFacts {
            id: format!("resources/{key}"),
            key,
            service: settings.service.value.clone(),
            queue: OWN_QUEUE.to_owned(),
            domain: domain.map_or_else(|| "localhost".to_owned(), |domain| domain.value.clone()),
            attempt: self.attempt,
            max_attempts: self.attempt,
            timeout: self.rules.timeout,
            longest: self.longest,
            worker: self.worker.clone(),
        };
        Context::new(facts, &self.logging)
    }

    /// Runs a job by itself.
    async fn try_one(&self, handler: Arc<dyn Handler>, job: &Job) -> Result<Exit, Failure> {
        let (context, began, mut told) = (self.context(), Instant::now(), None);
        // Before the handler runs, which may be heard of at once.
        let interrupts = Interrupts::listen();
        let ran = tokio::select! {
            ran = watched(handler.run(job, &context), &context) => ran,
            () = self.interrupted(interrupts, std::slice::from_ref(&context), &mut told) => killed(&context, began),
        };
        if told.is_none() {
            handler.retire().await;
        }
        let record = record(&ran, &context, &self.rules, Map::new());
        show(&self.app.ui, None, &record)?;
        Ok(exit_of(told, [&record].into_iter()))
    }

    /// Runs jobs together, as many at once as may be.
    async fn try_batches(
        &self,
        handler: &ShellBatchHandler,
        jobs: &[Job],
        size: usize,
    ) -> Result<Exit, Failure> {
        let (mut records, mut told) = (Vec::new(), None);
        for (run, batch) in jobs.chunks(size).enumerate() {
            for (context, ran) in self.run_batch(handler, batch, &mut told).await {
                let of_run = [("number".to_owned(), json!(run + 1)), ("jobs".to_owned(), json!(batch.len()))];
                let mut record = record(&ran, &context, &self.rules, Map::from_iter(of_run));
                let job = records.len() + 1;
                record["job"] = json!(job);
                let gap = if job == 1 { "" } else { "\n" };
                let heading =
                    format!("{gap}job {job} of {}, in run {} of {} jobs", jobs.len(), run + 1, batch.len());
                show(&self.app.ui, Some(heading), &record)?;
                records.push(record);
            }
            if told.is_some() {
                break;
            }
        }
        Ok(exit_of(told, records.iter()))
    }

    async fn run_batch(
        &self,
        handler: &ShellBatchHandler,
        jobs: &[Job],
        told: &mut Option<Exit>,
    ) -> Vec<(Context, Ran)> {
        let began = Instant::now();
        let contexts: Vec<Context> = jobs.iter().map(|_| self.context()).collect();
        let (mut given, mut waiting) = (Vec::new(), FuturesUnordered::new());
        for (place, (job, context)) in jobs.iter().zip(&contexts).enumerate() {
            let (job, outcome) = BatchJob::new(job.clone(), context.clone());
            given.push(job);
            waiting.push(async move { (place, watched(outcome, context).await) });
        }
        let mut ended: Vec<Option<Ran>> = contexts.iter().map(|_| None).collect();
        let (mut run, mut is_over) = (handler.run(given), false);
        let killing = self.interrupted(Interrupts::listen(), &contexts, told);
        tokio::pin!(killing);
        while !(is_over && waiting.is_empty()) {
            tokio::select! {
                Some((place, ran)) = waiting.next() => ended[place] = Some(ran),
                () = &mut run, if !is_over => is_over = true,
                () = &mut killing => break,
            }
        }
        let ran = |(context, ran): (&Context, Option<Ran>)| {
            (context.clone(), ran.unwrap_or_else(|| killed(context, began)))
        };
        contexts.iter().zip(ended).map(ran).collect()
    }

    /// At the first INT or TERM stops what runs, as a worker would; resolves at the second.
    async fn interrupted(&self, mut interrupts: Interrupts, contexts: &[Context], told: &mut Option<Exit>) {
        *told = Some(interrupts.next().await);
        self.app.ui.note("stopping the handler; a second signal kills it");
        contexts.iter().for_each(|context| context.stop(StopReason::Shutdown));
        interrupts.next().await;
    }
}

/// A run within its time limit.
async fn watched(run: impl Future<Output = Outcome>, context: &Context) -> Ran {
    let began = Instant::now();
    let watchdog = async {
        context.time_is_over().await;
        context.stop(StopReason::Timeout);
        std::future::pending::<Infallible>().await
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        never = watchdog => match never {},
    };
    Ran { outcome, stopped: context.stop_reason(), took: began.elapsed() }
}

/// A run that was not waited for.
fn killed(context: &Context, began: Instant) -> Ran {
    let outcome = Outcome::Stopped { details: Map::new() };
    Ran { outcome, stopped: context.stop_reason(), took: began.elapsed() }
}
