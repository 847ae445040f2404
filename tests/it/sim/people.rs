//! What people write by hand, beside the workers.

use serde_json::{Value, json};

use super::store::Documents;

/// What the paths of workers' records have in them.
pub(super) const RECORDS: &str = "oada-jobs-worker-";

const TIME: &str = "2024-01-02T03:04:05.678Z";

/// A request that writes without a condition.
pub(super) fn put(path: &str, data: Value) -> Value {
    json!({"method": "put", "path": path, "headers": {}, "data": data})
}

/// What an operator writes who ends a job.
pub(super) fn settlement() -> Value {
    let update = json!({"status": "failure", "time": TIME, "meta": "by hand"});
    json!({"status": "failure", "result": {"settled": true}, "claim": null, "updates": {"by-hand": update}})
}

/// What an operator writes who takes a job from its worker; `None` if none has it.
pub(super) fn taken_back(documents: &Documents, resource: &str) -> Option<Value> {
    let job = documents.read(&format!("/{resource}"))?;
    let claim = job.get("claim").filter(|_| job["status"] == "running")?;
    let attempt = claim.get("attempt")?.to_string();
    let crashed = json!({"worker": claim["worker"], "started": TIME, "ended": TIME, "outcome": "crashed"});
    let update = json!({"status": "released", "time": TIME, "meta": "by hand"});
    Some(json!({
        "status": "pending", "claim": null, "updates": {"taken-by-hand": update}, "attempts": {attempt: crashed}
    }))
}
