//! `serve --metrics`: what the worker does, in numbers, for Prometheus.
//!
//! Owns the names of the metrics and the small server that shows them. Learns all it knows from the worker's events, its
//! handlers, its client's counters and the operating system.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use nix::sys::resource::{Usage, UsageWho, getrusage};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, MetricEncoder, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::cli::error::Failure;
use crate::engine::{Event, Handlers, JobEvent, Observer};
use crate::oada::Client;

/// How the text form of OpenMetrics is announced.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfType {
    service: String,
    r#type: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    service: String,
    r#type: String,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WithStatus {
    service: String,
    r#type: String,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfQueue {
    service: String,
    queue: String,
}

/// Counts the events of a worker.
#[derive(Clone)]
pub(super) struct Metrics {
    service: String,
    registry: Arc<Registry>,
    /// Those of the worker, once it is made.
    handlers: Arc<OnceLock<Handlers>>,
    /// The types of the jobs that run, by their resource: an end is told in more than one way.
    running: Arc<Mutex<HashMap<String, String>>>,
    /// As @oada/jobs shows it (`jobs-contract.md` 11), so that dashboards go on.
    jobs: Family<InState, Gauge>,
    run_seconds: Family<WithStatus, Histogram, fn() -> Histogram>,
    filed: Family<OfType, Counter>,
    repeated: Family<OfType, Counter>,
    released: Family<OfType, Counter>,
    claims_lost: Family<OfType, Counter>,
    store_trouble: Family<OfQueue, Counter>,
    feed_interruptions: Family<OfQueue, Counter>,
}

/// From 10 ms to about 45 minutes.
fn run_buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 4.0, 10))
}

impl Metrics {
    /// Counters at zero, for the worker of `service` that uses `client`.
    pub(super) fn new(service: &str, client: Client) -> Self {
        let mut metrics = Self {
            service: service.to_owned(),
            registry: Arc::default(),
            handlers: Arc::default(),
            running: Arc::default(),
            jobs: Family::default(),
            run_seconds: Family::new_with_constructor(run_buckets),
            filed: Family::default(),
            repeated: Family::default(),
            released: Family::default(),
            claims_lost: Family::default(),
            store_trouble: Family::default(),
            feed_interruptions: Family::default(),
        };
        let mut registry = Registry::default();
        registry.register("oada_jobs_total", "Number of OADA jobs", metrics.jobs.clone());
        let mut own = |name: &str, help: &str, family: &Family<OfType, Counter>| {
            registry.register(format!("oada_jobs_{name}"), help, family.clone());
        };
        own("filed", "Jobs that stand in a final list", &metrics.filed);
        own("repeated", "Runs that did not work and are repeated", &metrics.repeated);
        own("released", "Jobs given back without having ended", &metrics.released);
        own("claims_lost", "Jobs that another worker took over while they ran", &metrics.claims_lost);
        let mut own = |name: &str, help: &str, family: &Family<OfQueue, Counter>| {
            registry.register(format!("oada_jobs_{name}"), help, family.clone());
        };
        own("store_trouble", "Writes that must land and are repeated", &metrics.store_trouble);
        own("feed_interruptions", "Interruptions of change feeds", &metrics.feed_interruptions);
        let help = "Time that handlers ran, from their start to their end";
        registry.register_with_unit("oada_jobs_run", help, Unit::Seconds, metrics.run_seconds.clone());
        registry.register_collector(Box::new(Costs { client }));
        let (service, handlers) = (metrics.service.clone(), metrics.handlers.clone());
        registry.register_collector(Box::new(AtGates { service, handlers }));
        metrics.registry = Arc::new(registry);
        metrics
    }

    /// The handlers at whose gates jobs may wait.
    pub(super) fn watch(&self, handlers: Handlers) {
        // There is one worker, and it is made once.
        let _ = self.handlers.set(handlers);
    }

    fn of_type(&self, job: &JobEvent) -> OfType {
        OfType { service: self.service.clone(), r#type: job.job_type.clone() }
    }

    fn of_queue(&self, queue: &str) -> OfQueue {
        OfQueue { service: self.service.clone(), queue: queue.to_owned() }
    }

    fn in_state(&self, job_type: &str, state: &'static str) -> Gauge {
        let labels = InState { service: self.service.clone(), r#type: job_type.to_owned(), state };
        self.jobs.get_or_create_owned(&labels)
    }

    fn starts(&self, job: &JobEvent) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(job.id.clone(), job.job_type.clone()).is_none() {
            self.in_state(&job.job_type, "running").inc();
        }
    }

    fn ends(&self, job: &JobEvent) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job_type) = running.remove(&job.id) {
            self.in_state(&job_type, "running").dec();
        }
    }

    /// The metrics in their text form.
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut shown = String::new();
        text::encode(&mut shown, &self.registry)?;
        Ok(shown)
    }
}

impl Observer for Metrics {
    fn notice(&self, event: &Event) {
        match event {
            Event::JobStarted(job) => self.starts(job),
            Event::JobAgain { job, .. } => {
                self.ends(job);
                self.repeated.get_or_create(&self.of_type(job)).inc();
            }
            Event::JobFinished { job, status, ran, .. } => {
                self.ends(job);
                self.in_state(&job.job_type, status).inc();
                let labels =
                    WithStatus { service: self.service.clone(), r#type: job.job_type.clone(), status };
                self.run_seconds.get_or_create(&labels).observe(ran.as_secs_f64());
            }
            Event::JobFiled(job) => {
                self.filed.get_or_create(&self.of_type(job)).inc();
            }
            Event::JobReleased { job, .. } => {
                self.ends(job);
                self.released.get_or_create(&self.of_type(job)).inc();
            }
            Event::ClaimLost { job, .. } => {
                self.ends(job);
                self.claims_lost.get_or_create(&self.of_type(job)).inc();
            }
            Event::StoreTrouble { queue, .. } => {
                self.store_trouble.get_or_create(&self.of_queue(queue)).inc();
            }
            Event::FeedInterrupted { queue, .. } => {
                self.feed_interruptions.get_or_create(&self.of_queue(queue)).inc();
            }
            _ => {}
        }
    }
}

/// How many jobs the limits on starting keep waiting, read when it is looked at.
struct AtGates {
    service: String,
    handlers: Arc<OnceLock<Handlers>>,
}

impl fmt::Debug for AtGates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtGates").field("service", &self.service).finish_non_exhaustive()
    }
}

impl Collector for AtGates {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Jobs that may not start yet, by the type that their handler was given for.";
        let kind = ConstGauge::new(0_i64).metric_type();
        let mut jobs = encoder.encode_descriptor("oada_jobs_waiting", help, None, kind)?;
        let Some(handlers) = self.handlers.get() else { return Ok(()) };
        // A type that has nobody waiting is shown as well: what is not there cannot be told from what is not known.
        let mut waiting: BTreeMap<String, usize> =
            handlers.types().into_iter().map(|job_type| (job_type, 0)).collect();
        waiting.extend(handlers.waiting());
        for (r#type, count) in waiting {
            let labels = OfType { service: self.service.clone(), r#type };
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            ConstGauge::new(count).encode(jobs.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// What the worker asks of the store and of the machine, read when it is looked at.
#[derive(Debug)]
struct Costs {
    client: Client,
}

#[derive(Debug, EncodeLabelSet)]
struct Of {
    of: &'static str,
}

impl Collector for Costs {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let asked = self.client.requests();
        let counts = [
            ("requests", "Requests to the store of the service.", asked.requests),
            ("request_retries", "Attempts beyond the first of a request.", asked.retries),
            ("messages", "Messages that requests over a socket travelled in.", asked.messages),
            ("reconnects", "Sockets opened after one was lost.", asked.reconnects),
        ];
        for (name, help, count) in counts {
            let counter = ConstCounter::new(count);
            let name = format!("oada_jobs_{name}");
            counter.encode(encoder.encode_descriptor(&name, help, None, counter.metric_type())?)?;
        }
        let usage = [("worker", UsageWho::RUSAGE_SELF), ("handlers", UsageWho::RUSAGE_CHILDREN)];
        let usage = usage.map(|(of, who)| (of, getrusage(who)));
        let help = "Processor time; of handlers, of those that have ended.";
        let kind = ConstCounter::new(0.0).metric_type();
        let mut seconds = encoder.encode_descriptor("oada_jobs_cpu", help, Some(&Unit::Seconds), kind)?;
        for (of, usage) in &usage {
            if let Ok(usage) = usage {
                of_family(&mut seconds, of, &ConstCounter::new(processor_seconds(usage)))?;
            }
        }
        let help = "The most memory in use at once; of handlers, of the largest.";
        let kind = ConstGauge::new(0_i64).metric_type();
        let mut bytes = encoder.encode_descriptor("oada_jobs_peak_memory", help, Some(&Unit::Bytes), kind)?;
        for (of, usage) in &usage {
            if let Ok(usage) = usage {
                of_family(&mut bytes, of, &ConstGauge::new(usage.max_rss().saturating_mul(1024)))?;
            }
        }
        Ok(())
    }
}

fn of_family(
    encoder: &mut MetricEncoder<'_>,
    of: &'static str,
    metric: &impl EncodeMetric,
) -> Result<(), std::fmt::Error> {
    metric.encode(encoder.encode_family(&Of { of })?)
}

fn processor_seconds(usage: &Usage) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of processor time fit for centuries")]
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    micros(usage.user_time()) + micros(usage.system_time())
}

/// The server that shows them, until it is dropped.
pub(super) struct Shown {
    _task: AbortOnDropHandle<()>,
}

/// Shows the metrics at `/metrics` and whether the worker takes jobs at `/health`.
pub(super) async fn show(
    metrics: Metrics,
    at: SocketAddr,
    draining: CancellationToken,
) -> Result<Shown, Failure> {
    let listener = TcpListener::bind(at).await.map_err(|error| {
        let failure = Failure::from(error).context(format_args!("cannot show metrics on {at}"));
        failure.hint("another process may listen there: choose another with --metrics, or any with --metrics 127.0.0.1:0")
    })?;
    tracing::info!("metrics at http://{}/metrics", listener.local_addr()?);
    let read = move || async move {
        match metrics.text() {
            Ok(text) => (StatusCode::OK, [(CONTENT_TYPE, TEXT)], text),
            Err(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/plain")], error.to_string())
            }
        }
    };
    let health = move || async move {
        match draining.is_cancelled() {
            false => (StatusCode::OK, "serving\n"),
            true => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        }
    };
    let routes = Router::new().route("/metrics", get(read)).route("/health", get(health));
    let serving = async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "metrics are not shown any more");
        }
    };
    Ok(Shown { _task: AbortOnDropHandle::new(tokio::spawn(serving)) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::oada::Domain;

    fn shown_after(events: &[Event]) -> String {
        let domain = Domain::parse("http://localhost:1").unwrap();
        let metrics = Metrics::new("mailer", Client::builder(Arc::new(domain)).build().unwrap());
        events.iter().for_each(|event| metrics.notice(event));
        metrics.text().unwrap()
    }

    fn job(id: &str) -> JobEvent {
        let job_type = "email".to_owned();
        JobEvent { queue: "own".into(), key: id.into(), id: id.into(), job_type, attempt: 1 }
    }

    fn running(text: &str) -> Option<&str> {
        text.lines().find_map(|line| {
            line.strip_prefix("oada_jobs_total{service=\"mailer\",type=\"email\",state=\"running\"} ")
        })
    }

    #[tokio::test]
    async fn the_documented_metrics_are_those_shown() {
        let (error, reason, queue) = (String::new(), String::new(), String::new());
        let text = shown_after(&[
            Event::JobStarted(job("a")),
            Event::JobAgain { job: job("a"), error: error.clone(), delay: Duration::ZERO },
            Event::JobReleased { job: job("a"), reason: reason.clone() },
            Event::ClaimLost { job: job("a"), by: String::new() },
            Event::JobFinished { job: job("b"), status: "success", ran: Duration::ZERO, error: None },
            Event::JobFiled(job("b")),
            Event::StoreTrouble { queue: queue.clone(), what: String::new(), error },
            Event::FeedInterrupted { queue, list: String::new(), reason },
        ]);
        let shown: BTreeSet<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
            .map(|(name, kind)| if kind == "counter" { format!("{name}_total") } else { name.to_owned() })
            .collect();
        let documented: BTreeSet<String> = include_str!("../../../docs/metrics.md")
            .lines()
            .filter_map(|line| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned()))
            .collect();
        assert_eq!(documented, shown);
    }

    /// One run may be told to be over more than once, and a job may end that never ran.
    #[tokio::test]
    async fn what_runs_is_counted_once() {
        let again = Event::JobAgain { job: job("a"), error: String::new(), delay: Duration::ZERO };
        let released = Event::JobReleased { job: job("a"), reason: String::new() };
        let failed =
            Event::JobFinished { job: job("b"), status: "failure", ran: Duration::ZERO, error: None };
        let started = Event::JobStarted(job("a"));
        assert_eq!(running(&shown_after(&[started.clone(), failed.clone()])), Some("1"));
        assert_eq!(running(&shown_after(&[started.clone(), again.clone(), released])), Some("0"));
        assert_eq!(running(&shown_after(&[started.clone(), again, started, failed])), Some("1"));
    }
}
