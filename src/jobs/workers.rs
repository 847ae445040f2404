//! Worker records: who serves a service, since when, and whether it still lives.
//!
//! Owns `workers/<id>` beside the lists, and the rules by which a worker counts as dead. Liveness costs one write
//! per worker and interval, whatever it runs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Error, ServiceRoot};
use crate::model::{Link, ResourceId, Tree, now_text};
use crate::oada::Client;

const WORKER_TYPE: &str = "application/vnd.oada-jobs.worker.1+json";

/// Where a worker runs, exact enough to tell whether its process is still there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerHost {
    /// The host's name.
    pub name: String,
    /// The id of the host's present boot.
    pub boot: String,
    /// The space in which process ids are counted: containers of one host have their own.
    pub pid_namespace: String,
    /// The worker's process.
    pub pid: u32,
    /// When that process was started, in the kernel's ticks since boot: a reused pid differs in it.
    pub pid_started: u64,
}

/// What a worker says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerRecord {
    /// Its incarnation id, fresh at each start.
    #[serde(skip)]
    pub id: String,
    /// Where it runs.
    pub host: WorkerHost,
    /// When it was started, as RFC 3339 in UTC.
    pub started: String,
    /// The version of this program that it runs; empty where it is older than this member.
    #[serde(default)]
    pub version: String,
    /// The job types it has handlers for.
    pub types: Vec<String>,
    /// How many jobs it runs at once.
    pub concurrency: usize,
    /// Keys of the jobs it was running at its last heartbeat, at most a hundred.
    #[serde(default)]
    pub running: Vec<String>,
    /// How many jobs of the queue wait in it until their handler may start, by the name of the handler; those whose type
    /// it has not seen yet are not among them.
    #[serde(default)]
    pub waiting: BTreeMap<String, usize>,
    /// How well it hears of what happens in the lists it follows.
    #[serde(default)]
    pub feeds: Vec<FeedHealth>,
    /// When it last wrote, by the store's clock, in seconds since the epoch.
    #[serde(skip)]
    pub modified: f64,
}

/// How a worker's feed of one list was doing at its last heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// The list's path.
    pub list: String,
    /// Whether changes come as they happen.
    pub live: bool,
    /// The last rev of the list that it was told of. The list's own rev, less this, is how far it lags.
    pub rev: Option<u64>,
    /// How long ago the store last said anything about the list, in seconds.
    pub quiet_seconds: Option<u64>,
}

impl WorkerRecord {
    /// Whether the worker is dead as of `now`, a time of the store's clock in seconds since the epoch: its process is
    /// gone from `here`, or it has been silent for longer than `stale_after`.
    #[must_use]
    pub fn is_dead(&self, here: &WorkerHost, now: f64, stale_after: Duration) -> bool {
        self.host.is_gone(here) || now - self.modified > stale_after.as_secs_f64()
    }
}

impl WorkerHost {
    /// The process that asks.
    #[must_use]
    pub fn here() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let pid = std::process::id();
        Self {
            name: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            boot: read("/proc/sys/kernel/random/boot_id"),
            pid_namespace: std::fs::read_link("/proc/self/ns/pid")
                .map(|link| link.to_string_lossy().into_owned())
                .unwrap_or_default(),
            pid,
            pid_started: process_started(pid).unwrap_or_default(),
        }
    }

    /// Whether this process certainly does not run any more, seen from `here`. A process elsewhere is not judged.
    fn is_gone(&self, here: &Self) -> bool {
        if self.name != here.name || self.boot.is_empty() || here.boot.is_empty() {
            return false;
        }
        if self.boot != here.boot {
            return true;
        }
        self.pid_namespace == here.pid_namespace && process_started(self.pid) != Some(self.pid_started)
    }
}

/// The start time of a living process, from field 22 of `/proc/<pid>/stat` (proc(5)). Zombies do not live.
fn process_started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name is in parentheses and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    (state != "Z" && state != "X").then(|| fields.nth(18)?.parse().ok()).flatten()
}

fn resource(id: &str) -> ResourceId {
    ResourceId::from_key(&format!("oada-jobs-worker-{id}"))
}

/// Writes a worker's record and links it into the list. Returns the store's time of it.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn register(client: &Client, root: &ServiceRoot, record: &WorkerRecord) -> Result<f64, Error> {
    client.ensure(&root.workers(), Tree::classic()).await?;
    let modified = beat(client, record).await?;
    let link = Link::unversioned(resource(&record.id)).to_value();
    client.put(&root.workers(), "application/json", &json!({record.id.as_str(): link}), None).await?;
    Ok(modified)
}

/// Writes a worker's record again: its heartbeat. Returns the store's time of it.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn beat(client: &Client, record: &WorkerRecord) -> Result<f64, Error> {
    let id = resource(&record.id);
    let mut body = serde_json::to_value(record).unwrap_or_default();
    if let Value::Object(members) = &mut body {
        members.insert("beat".to_owned(), now_text().into());
    }
    client.put(&id.path(), WORKER_TYPE, &body, None).await?;
    modified(client, &id).await
}

async fn modified(client: &Client, id: &ResourceId) -> Result<f64, Error> {
    let meta = client.find(&id.path().join("_meta")).await?;
    Ok(meta.and_then(|meta| meta.value.get("modified")?.as_f64()).unwrap_or_default())
}

/// Removes a worker's record.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn retire(client: &Client, root: &ServiceRoot, id: &str) -> Result<(), Error> {
    client.delete(&root.workers().join(id), None).await?;
    client.delete(&resource(id).path(), None).await?;
    Ok(())
}

/// Reads one worker's record; `None` if there is none.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn worker(client: &Client, id: &str) -> Result<Option<WorkerRecord>, Error> {
    let resource = resource(id);
    let Some(document) = client.find(&resource.path()).await? else { return Ok(None) };
    let Ok(mut record) = WorkerRecord::deserialize(&document.value) else { return Ok(None) };
    record.id = id.to_owned();
    record.modified = modified(client, &resource).await?;
    Ok(Some(record))
}

/// Reads all workers' records.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn workers(client: &Client, root: &ServiceRoot) -> Result<Vec<WorkerRecord>, Error> {
    let Some(list) = client.find(&root.workers()).await? else { return Ok(Vec::new()) };
    let ids =
        list.value.as_object().into_iter().flatten().map(|(id, _)| id).filter(|id| !id.starts_with('_'));
    let records = futures_util::future::try_join_all(ids.map(|id| worker(client, id))).await?;
    Ok(records.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(host: WorkerHost, modified: f64) -> WorkerRecord {
        WorkerRecord {
            id: "w".into(),
            host,
            started: now_text(),
            version: String::new(),
            types: vec![],
            concurrency: 1,
            running: vec![],
            waiting: BTreeMap::new(),
            feeds: vec![],
            modified,
        }
    }

    #[test]
    fn a_worker_is_dead_when_silent_or_gone_from_here() {
        let here = WorkerHost::here();
        assert!(here.pid_started > 0 && !here.boot.is_empty());
        let stale = Duration::from_secs(60);
        assert!(!record(here.clone(), 100.0).is_dead(&here, 159.0, stale));
        assert!(record(here.clone(), 100.0).is_dead(&here, 161.0, stale));
        let reused = WorkerHost { pid_started: here.pid_started + 1, ..here.clone() };
        assert!(record(reused, 100.0).is_dead(&here, 100.0, stale));
        let rebooted = WorkerHost { boot: "other".into(), ..here.clone() };
        assert!(record(rebooted, 100.0).is_dead(&here, 100.0, stale));
        let elsewhere = WorkerHost { name: "other".into(), pid: 0, ..here.clone() };
        assert!(!record(elsewhere, 100.0).is_dead(&here, 100.0, stale));
        let contained = WorkerHost { pid_namespace: "other".into(), pid: 0, ..here.clone() };
        assert!(!record(contained, 100.0).is_dead(&here, 100.0, stale));
    }

    #[test]
    fn a_process_that_has_ended_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!(process_started(pid), None);
    }
}
