//! Results that are too large for their job: each becomes a resource of its own, to which the job links.
//!
//! Owns what the job's `result` is then. The resource is written before the job ends, so a job that has ended has all of
//! its result.

use serde_json::{Map, Value, json};

use super::handler::JobError;
use super::queue::Queue;
use super::retry::pauses;
use super::runner::LONGEST_PAUSE;
use crate::model::{Link, ResourceId, new_key};

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
    let result = Value::Object(result);
    let size = serde_json::to_vec(&result).map_or(0, |bytes| bytes.len());
    if size > over {
        let id = ResourceId::from_key(&new_key());
        write(queue, key, &id, &result).await?;
        let link = Link::unversioned(id).to_value();
        return Ok(object(json!({ "spilled": size, "result": link })));
    }
    Ok(object(result))
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

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
