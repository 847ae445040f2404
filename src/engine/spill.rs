//! Results that are too large for their job: each becomes a resource of its own, to which the job links.
//!
//! Owns what the job's `result` is then. The resource is written before the job ends, so a job that has ended has all of
//! its result.

use serde_json::{Map, Value};

use super::handler::JobError;
use super::queue::Queue;
use super::retry::pauses;
use super::runner::LONGEST_PAUSE;
use crate::model::{Link, ResourceId, new_key};

/// A result that became a resource of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Spilled {
    /// The resource.
    pub id: ResourceId,
    /// What it holds: all of the result.
    pub content: Value,
    /// The result of the job, which links to it.
    pub result: Map<String, Value>,
}

impl Spilled {
    /// What becomes of a result that is larger than `over` bytes of JSON; `None` for one that is not.
    #[must_use]
    pub fn of(result: &Map<String, Value>, over: usize) -> Option<Self> {
        let size = serde_json::to_vec(result).map_or(0, |bytes| bytes.len());
        (size > over).then(|| {
            let id = ResourceId::from_key(&new_key());
            let link = Link::unversioned(id.clone()).to_value();
            let linking = [("spilled".to_owned(), size.into()), ("result".to_owned(), link)];
            Self { id, content: Value::Object(result.clone()), result: Map::from_iter(linking) }
        })
    }
}

/// Writes a result that is larger than `over` bytes of JSON as a resource, and returns what links to it; one that is not
/// larger as it is. Repeated until it lands.
///
/// # Errors
/// The failure of the job, when the store does not want it.
pub(super) async fn spill(
    queue: &Queue,
    key: &str,
    result: Map<String, Value>,
    over: usize,
) -> Result<Map<String, Value>, JobError> {
    match Spilled::of(&result, over) {
        None => Ok(result),
        Some(Spilled { id, content, result }) => write(queue, key, &id, &content).await.map(|()| result),
    }
}

async fn write(queue: &Queue, key: &str, id: &ResourceId, result: &Value) -> Result<(), JobError> {
    let mut pauses = pauses(LONGEST_PAUSE);
    loop {
        match queue.client.put(&id.path(), "application/json", result, None).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_transient() => {
                queue.trouble(&format!("the result of a job ({key})"), &error.to_string());
            }
            Err(error) => {
                let message = format!("its result could not be stored as a resource of its own: {error}");
                return Err(JobError::typed("result-too-large", message));
            }
        }
        tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}
