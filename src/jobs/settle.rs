//! Ending a job from outside, without running it: cancelled, completed or failed by hand.
//!
//! Owns the one conditional write that decides it. Whoever writes first wins: a worker's claim and an end from outside
//! exclude each other by the job's ETag.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::{
    DayList, DayLists, Error, FinalList, Found, Layout, ListedIn, SETTLED_AFTER, ServiceRoot, day_of, keyed,
    listed_in, unlink,
};
use crate::model::{JobStatus, Path, Update, now_text};
use crate::oada::Client;

/// How a job is ended from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    /// Where it goes.
    pub list: FinalList,
    /// Its `result`.
    pub result: Map<String, Value>,
    /// The type of a failure.
    pub error_type: Option<String>,
    /// Said in an update, with who did it and why.
    pub note: String,
}

/// Ends a job that waits, or that runs but is given up: writes its status and result, files it and takes its link
/// out of the pending list.
///
/// # Errors
/// [`Error::ClaimLost`] when it changed since it was read as `found`, or has ended already; the errors of the store.
pub async fn settle(
    client: &Client,
    root: &ServiceRoot,
    found: &Found,
    how: &Settlement,
    zone: &TimeZone,
) -> Result<(), Error> {
    let lost = |by: String| Error::ClaimLost { id: found.id.to_string(), by: by.into() };
    if found.job.status().is_final() {
        return Err(lost(format!("nobody: it has ended as {}", found.job.status().as_str())));
    }
    let ended = now_text();
    let day = day_of(ended.parse().unwrap_or_else(|_| Timestamp::now()), zone);
    let finished = Update::finished(how.list.as_str(), &ended);
    let settled = Update { day: Some(day.to_string()), ..Update::now("settled", how.note.as_str()) };
    let mut body = json!({
        "status": how.list.as_str(),
        "result": how.result,
        "updates": keyed([settled, finished]),
    });
    if found.job.claim.is_some() {
        // Its worker, if it lives, finds its claim gone and writes nothing more.
        body["claim"] = Value::Null;
    }
    match client.put(&found.id.path(), "application/json", &body, Some(&found.etag)).await {
        Ok(_) => {}
        Err(error) if error.is_precondition_failed() => {
            return Err(lost("somebody else, just now".to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    let Some(ListedIn::Pending(list)) = listed_in(client, root, found).await? else { return Ok(()) };
    let embedded = client.is_embedded_store().await.unwrap_or(false);
    let days = DayLists::new(if embedded { Duration::ZERO } else { SETTLED_AFTER });
    let into = destinations(root, list.layout, (how.list, day, how.error_type.as_deref()));
    for day in into {
        days.file(client, list.layout, &day, &[(found.key.clone(), found.id.clone())]).await?;
    }
    unlink(client, &list.path, &found.key).await
}

/// The day lists in which a finished job is linked: that of its status and, in the current layout, that of its
/// failure's type.
#[must_use]
pub fn destinations(
    root: &ServiceRoot,
    layout: Layout,
    (into, day, error_type): (FinalList, jiff::civil::Date, Option<&str>),
) -> Vec<Path> {
    DayList::all_of(layout, (into, day, error_type)).map(|list| list.path(root)).collect()
}

/// Whether a job may be ended from outside without more ado: it waits.
#[must_use]
pub fn is_waiting(found: &Found) -> bool {
    found.job.status() == JobStatus::Pending
}
