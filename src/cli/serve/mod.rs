//! `serve`: the worker.

mod by_type;
mod file;
mod handlers;
mod keys;
mod limits;
mod metrics;
mod program;
mod reload;
mod report;
mod running;
mod schema;
mod starting;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Interrupts;
use super::args::LayoutChoice;
use super::connect::{App, connect_queue};
use super::error::{Exit, Failure};
use super::logging::{self, LogFormat};
use super::time::duration;
use crate::engine::{self, Event, Observer, Options, Service, Stop, Unknown, Verify};
use crate::process;
pub(super) use handlers::inspect;
use handlers::{HandlerArgs, Handlers};
use limits::Limits;
pub(super) use limits::keep_limits;
use metrics::Metrics;
pub(super) use program::{check, program};
use reload::reload;
use report::Report;
pub(super) use running::{Kind, RunningArgs};
pub(super) use schema::schema;

/// Run a worker: watch the service's queues and run a command for each job
///
/// The first INT or TERM lets running jobs end, for as long as --grace says; the second stops them, and they go back
/// unharmed. HUP reads the handlers of the configuration file again: jobs that run end by the old ones.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs serve --handler email=./send.sh
  oada-jobs serve --handler 'pdf-*=python3 pdf.py' --timeout 'pdf-*=1h' --concurrency 4
  oada-jobs serve --handler email=./send.sh --once
  oada-jobs serve --handler email=./send.sh --env email:SMTP_HOST=mail.example.org --on-exit email:50=retry
  oada-jobs serve --handler email=./send.sh --concurrency email=2 --rate email=30/min --key email=/config/to
  oada-jobs serve --stream 'thumb=python3 thumb.py' --processes thumb=4
  oada-jobs serve --batch row=./insert.py --batch-size row=500 --batch-wait row=2s

A handler gets the job as JSON on stdin; what it prints is the result, stderr is the log, exit 0 is success.
See `oada-jobs help contract`. Handlers may stand in oada-jobs.toml as well: see `oada-jobs help environment`.")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    handlers: HandlerArgs,

    /// Ends when the queues are empty
    #[arg(long)]
    once: bool,

    /// What becomes of jobs whose type has no handler
    #[arg(long, value_name = "WHAT", default_value = "skip")]
    unknown: UnknownArg,

    /// How long running jobs may go on after the first INT or TERM
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    grace: Duration,

    /// How often a job may take its worker down with it before it counts as failed
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(1..))]
    max_attempts: u32,

    /// Whether a claim is read back before it is believed
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    verify_claims: VerifyArg,

    /// How often a handler may ask for another attempt of a job
    #[arg(long, value_name = "N", default_value = "5", hide_short_help = true)]
    temporary_attempts: u32,

    /// How many jobs of a queue may run, or wait to be filed, at once
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..), hide_short_help = true)]
    max_unfiled: u32,

    /// How often the lists are read again although nothing seems to be missed
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration, hide_short_help = true)]
    list_again: Duration,

    /// Where jobs name resources that shall link to them, such as `/config/document`; may be repeated
    #[arg(long = "link", value_name = "POINTER", value_parser = pointer, hide_short_help = true)]
    links: Vec<String>,

    /// How often the worker says that it lives
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration, hide_short_help = true)]
    heartbeat: Duration,

    /// How long a worker may be silent before others take its jobs
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration, hide_short_help = true)]
    stale_after: Duration,

    /// Shows what the worker does as Prometheus metrics at /metrics, and whether it takes jobs at /health
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,

    /// How the log is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

fn pointer(text: &str) -> Result<String, String> {
    if text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is not a JSON pointer: write one such as /config/document"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UnknownArg {
    /// They are left for another worker.
    Skip,
    /// They fail, as with @oada/jobs.
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VerifyArg {
    /// Where other workers live and the store is not the embedded one.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

pub(super) async fn serve(args: ServeArgs, app: &App) -> Result<Exit, Failure> {
    // Before anything is opened: a handler that cannot run is told at once.
    let mut hangups = signal(SignalKind::hangup())?;
    let mut handlers = args.handlers.read(app.settings.handlers.as_ref(), &Handlers::default())?;
    logging::start(&app.ui, args.log_format);
    let mut limits = Limits::default();
    limits.prepare(&handlers);
    let store = app.store_to_serve().await?;
    let stop = Stop::default();
    let metrics = args.metrics.map(|_| Metrics::new(store.root.name(), store.client.clone()));
    let _shown = match args.metrics.zip(metrics.clone()) {
        None => None,
        Some((at, metrics)) => Some(metrics::show(metrics, at, stop.drain.clone()).await?),
    };
    let settings = app.settings.clone();
    let counted = metrics.clone();
    let mut builder = Service::builder(store.root.name())
        .client(store.client.clone())
        .options(options(&args, app))
        .observer(move |event: &Event| {
            Report.notice(event);
            if let Some(metrics) = &counted {
                metrics.notice(event);
            }
        })
        .queue_list(store.token.clone(), move |entry| connect_queue(&settings, entry));
    for (job_type, entry) in handlers.entries() {
        builder = builder.handler(&job_type, entry);
    }
    let service = builder.build()?;
    // What a handler leaves behind becomes a child of this process, which starts children only by its handlers.
    process::adopt_orphans();
    tracing::info!(service = %store.root, store = %store.client.describe(), "serving");
    let (drain, kill) = (stop.drain.clone(), stop.kill.clone());
    let live = service.handlers();
    if let Some(metrics) = &metrics {
        metrics.watch(live.clone());
    }
    // Handlers that were replaced and still have something running.
    let mut leaving = FuturesUnordered::new();
    let mut interrupts = Interrupts::listen();
    let mut running = tokio::spawn(service.run(stop));
    let (ended, was_killed) = loop {
        tokio::select! {
            ended = &mut running => break (ended, kill.is_cancelled()),
            exit = interrupts.next() => stop_step(&drain, &kill, exit),
            Some(()) = hangups.recv() => {
                leaving.extend(reload(&args.handlers, app, &mut handlers, &live));
                limits.prepare(&handlers);
            }
            Some(()) = leaving.next() => {}
        }
    };
    if !was_killed {
        // What handlers keep between jobs may end in order, too.
        leaving.push(live.replace(BTreeMap::new()));
        tokio::select! {
            () = leaving.for_each(async |()| ()) => {}
            _ = interrupts.next() => {}
        }
    }
    let summary = match ended {
        Ok(summary) => summary?,
        Err(panicked) => return Err(engine::Error::Panicked(panicked.to_string()).into()),
    };
    tracing::info!(success = summary.success, failure = summary.failure, "ended");
    Ok(if was_killed { Exit::Interrupted } else { Exit::Ok })
}

fn stop_step(drain: &CancellationToken, kill: &CancellationToken, exit: Exit) {
    let signal = if exit == Exit::Interrupted { "INT" } else { "TERM" };
    if drain.is_cancelled() {
        tracing::warn!(signal, "stopping running jobs; they go back unharmed");
        kill.cancel();
    } else {
        tracing::info!(signal, "taking no more jobs; a second signal stops those that run");
        drain.cancel();
    }
}

fn options(args: &ServeArgs, app: &App) -> Options {
    Options {
        concurrency: args.handlers.starting.all_at_once(),
        layout: match app.settings.layout.value {
            LayoutChoice::Auto => engine::LayoutChoice::Auto,
            LayoutChoice::Classic => engine::LayoutChoice::Classic,
            LayoutChoice::Current => engine::LayoutChoice::Current,
        },
        unknown: match args.unknown {
            UnknownArg::Skip => Unknown::Skip,
            UnknownArg::Fail => Unknown::Fail,
        },
        once: args.once,
        grace: args.grace,
        max_attempts: args.max_attempts,
        temporary_attempts: args.temporary_attempts,
        max_unfiled: usize::try_from(args.max_unfiled).unwrap_or(usize::MAX),
        list_again_after: args.list_again,
        link_pointers: args.links.clone(),
        heartbeat: args.heartbeat,
        stale_after: args.stale_after,
        zone: app.settings.zone.value.clone(),
        verify_claims: match args.verify_claims {
            VerifyArg::Auto => Verify::Auto,
            VerifyArg::Always => Verify::Always,
            VerifyArg::Never => Verify::Never,
        },
        logging: std::env::var("OADA_JOBS_LOGGING").unwrap_or_default(),
    }
}
