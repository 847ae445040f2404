//! The control document of a service: what operators tell its workers (`design.md` 3, beside the lists).
//!
//! Owns `control`: pauses, and the jobs and workers to be stopped. One resource for all, so that a worker needs one
//! watch whatever it runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Error, ServiceRoot};
use crate::model::{Tree, is_item_key, new_key, now_text, parse_time};
use crate::oada::Client;

const CONTROL_TYPE: &str = "application/vnd.oada-jobs.control.1+json";

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when, as RFC 3339 in UTC.
    pub since: String,
    /// Until when; without it until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Pause {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.until.as_deref().and_then(parse_time).is_none_or(|until| now < until)
    }
}

/// What operators have told the workers of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Nothing is claimed.
    pub paused: Option<Pause>,
    /// No job of these types is claimed.
    pub paused_types: BTreeMap<String, Pause>,
    /// Keys of running jobs to be cancelled.
    pub cancel: Vec<String>,
    /// Incarnation ids of workers to be stopped.
    pub stop_workers: Vec<String>,
    /// Incarnation ids of workers that claim nothing more.
    pub quiet_workers: Vec<String>,
}

impl Control {
    /// Reads a control document; what cannot be read is passed over.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let types = value.get("paused_types").and_then(Value::as_object);
        let keys = |member| {
            let entries = value.get(member).and_then(Value::as_object);
            entries
                .into_iter()
                .flatten()
                .filter(|(_, at)| !at.is_null())
                .map(|(key, _)| key.clone())
                .collect()
        };
        Self {
            paused: value.get("paused").and_then(|pause| Pause::deserialize(pause).ok()),
            // Types may hold any character, so they are values and not keys.
            paused_types: types
                .into_iter()
                .flatten()
                .filter_map(|(_, entry)| {
                    let name = entry.get("type")?.as_str()?.to_owned();
                    Some((name, Pause::deserialize(entry).ok()?))
                })
                .collect(),
            cancel: keys("cancel"),
            stop_workers: keys("stop_workers"),
            quiet_workers: keys("quiet_workers"),
        }
    }

    /// The pause that keeps jobs of a type from being claimed at `now`.
    #[must_use]
    pub fn pause_for(&self, job_type: &str, now: Timestamp) -> Option<&Pause> {
        let paused = [self.paused.as_ref(), self.paused_types.get(job_type)];
        paused.into_iter().flatten().find(|pause| pause.holds_at(now))
    }
}

/// Reads the control document of a service.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn control(client: &Client, root: &ServiceRoot) -> Result<Control, Error> {
    let document = client.find(&root.control()).await?;
    Ok(document.map(|document| Control::from_value(&document.value)).unwrap_or_default())
}

/// When operators last told the workers of a service anything, by the store's clock in seconds since the epoch; 0 if
/// they never did.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn last_told(client: &Client, root: &ServiceRoot) -> Result<f64, Error> {
    let meta = client.find(&root.control().join("_meta")).await?;
    Ok(meta.and_then(|meta| meta.value.get("modified")?.as_f64()).unwrap_or_default())
}

/// Pauses a service, or one type of its jobs.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn pause(
    client: &Client,
    root: &ServiceRoot,
    job_type: Option<&str>,
    pause: &Pause,
) -> Result<(), Error> {
    resume(client, root, job_type).await?;
    let entry = serde_json::to_value(pause).unwrap_or_default();
    let body = match job_type {
        None => json!({ "paused": entry }),
        Some(name) => {
            let mut entry = entry;
            entry["type"] = name.into();
            json!({ "paused_types": { new_key(): entry } })
        }
    };
    put(client, root, &body).await
}

/// Takes back the pause of a service, or of one type of its jobs. Taking back none is fine.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn resume(client: &Client, root: &ServiceRoot, job_type: Option<&str>) -> Result<(), Error> {
    let Some(document) = client.find(&root.control()).await? else { return Ok(()) };
    let Some(name) = job_type else {
        if document.value.get("paused").is_some() {
            client.delete(&root.control().join("paused"), None).await?;
        }
        return Ok(());
    };
    let types = document.value.get("paused_types").and_then(Value::as_object);
    for (key, entry) in types.into_iter().flatten() {
        if entry.get("type").and_then(Value::as_str) == Some(name) {
            client.delete(&root.control().join("paused_types").join(key), None).await?;
        }
    }
    Ok(())
}

/// Asks the worker that runs a job to cancel it.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn ask_to_cancel(client: &Client, root: &ServiceRoot, key: &str) -> Result<(), Error> {
    ask(client, root, "cancel", key).await
}

/// Asks a worker to stop: to drain and to end.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn ask_to_stop(client: &Client, root: &ServiceRoot, worker: &str) -> Result<(), Error> {
    ask(client, root, "stop_workers", worker).await
}

/// Asks a worker to claim nothing more; what it runs goes on.
///
/// What was asked of workers that are gone is taken back by the way.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn ask_to_be_quiet(client: &Client, root: &ServiceRoot, worker: &str) -> Result<(), Error> {
    let there = super::workers(client, root).await?;
    for asked in control(client, root).await?.quiet_workers {
        if !there.iter().any(|worker| worker.id == asked) {
            ask_to_go_on(client, root, &asked).await?;
        }
    }
    ask(client, root, "quiet_workers", worker).await
}

/// Takes back that a worker is to claim nothing more.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn ask_to_go_on(client: &Client, root: &ServiceRoot, worker: &str) -> Result<(), Error> {
    client.delete(&root.control().join("quiet_workers").join(worker), None).await?;
    Ok(())
}

async fn ask(client: &Client, root: &ServiceRoot, what: &str, key: &str) -> Result<(), Error> {
    if !is_item_key(key) {
        return Err(Error::Key { key: key.to_owned() });
    }
    put(client, root, &json!({ what: { key: now_text() } })).await
}

/// Takes back what was asked about a job, once it is done.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn cancel_is_done(client: &Client, root: &ServiceRoot, key: &str) -> Result<(), Error> {
    client.delete(&root.control().join("cancel").join(key), None).await?;
    Ok(())
}

/// Takes back what was asked about a worker, once it is done.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn stop_is_done(client: &Client, root: &ServiceRoot, worker: &str) -> Result<(), Error> {
    client.delete(&root.control().join("stop_workers").join(worker), None).await?;
    Ok(())
}

async fn put(client: &Client, root: &ServiceRoot, body: &Value) -> Result<(), Error> {
    client.ensure(&root.control(), Tree::classic()).await?;
    client.put(&root.control(), CONTROL_TYPE, body, None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_hold_until_their_end_and_only_for_their_type() {
        let control = Control::from_value(&json!({
            "paused_types": {
                "k1": {"type": "email", "since": "2024-01-02T03:04:05.000Z", "until": "2024-01-02T04:00:00Z"},
                "k2": {"type": "a/b c", "since": "2024-01-02T03:04:05.000Z"},
                "k3": "nonsense"
            },
            "cancel": {"a": "2024-01-02T03:04:05.000Z", "b": null},
            "_rev": 3
        }));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(control.pause_for("email", at("2024-01-02T03:59:59Z")).is_some());
        assert!(control.pause_for("email", at("2024-01-02T04:00:00Z")).is_none());
        assert!(control.pause_for("a/b c", at("2099-01-01T00:00:00Z")).is_some());
        assert!(control.pause_for("other", at("2024-01-02T03:30:00Z")).is_none());
        assert_eq!(control.cancel, ["a"]);
        let all = Control::from_value(&json!({"paused": {"since": "2024-01-02T03:04:05.000Z"}}));
        assert!(all.pause_for("other", at("2099-01-01T00:00:00Z")).is_some());
    }
}
