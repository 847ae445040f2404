//! Revs, changes, and how a written body folds into a document (`oada-protocol.md` 5.2 and 7).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResourceId;

/// The revision of a resource: 1 when created, one more for each write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rev(pub u64);

impl fmt::Display for Rev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a change adds or removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// The body was merged into the document.
    Merge,
    /// The paths that are `null` in the body were removed; without a body, the whole resource.
    Delete,
}

/// One element of a change array: what one write did to one resource.
///
/// An array holds the watched resource's own change first, then those of resources below it that caused it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The resource that was written.
    pub resource_id: ResourceId,
    /// The way from the watched resource to this one, as a JSON pointer; empty for the watched resource itself.
    pub path: String,
    /// The part of the document that was written, from the resource's root; `None` when it was deleted as a whole.
    pub body: Option<Map<String, Value>>,
    /// What was done with the body.
    #[serde(rename = "type")]
    pub kind: ChangeKind,
}

impl Change {
    /// The rev that this change made, if it says one.
    #[must_use]
    pub fn rev(&self) -> Option<Rev> {
        self.body.as_ref()?.get("_rev")?.as_u64().map(Rev)
    }
}

/// Merges `body` into `document` as a PUT does: objects recursively, everything else (arrays and `null` too)
/// replaced.
pub fn merge(document: &mut Value, body: &Value) {
    match (document, body) {
        (Value::Object(document), Value::Object(body)) => {
            for (key, value) in body {
                match document.get_mut(key) {
                    Some(slot) => merge(slot, value),
                    None => {
                        document.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (document, body) => *document = body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merge_follows_the_table_of_5_2() {
        let cases = [
            (json!({"a": {"b": 1}}), json!({"a": {"c": 2}}), json!({"a": {"b": 1, "c": 2}})),
            (json!({"a": {"b": 1}}), json!({"a": 3}), json!({"a": 3})),
            (json!({"a": 3}), json!({"a": {"b": 1}}), json!({"a": {"b": 1}})),
            (json!({"a": [1, 2, 3]}), json!({"a": [4]}), json!({"a": [4]})),
            (json!({"a": [1]}), json!({"a": {"b": 1}}), json!({"a": {"b": 1}})),
            (json!({"a": {"b": 1}}), json!({"a": null}), json!({"a": null})),
            (json!({"a": {"b": 1}}), json!({"a": {}}), json!({"a": {"b": 1}})),
        ];
        for (mut document, body, expected) in cases {
            merge(&mut document, &body);
            assert_eq!(document, expected);
        }
    }

    #[test]
    fn changes_are_read_as_the_server_writes_them() {
        let change: Change = serde_json::from_value(json!({
            "resource_id": "resources/x", "path": "", "type": "merge", "body": {"a": 1, "_rev": 4}
        }))
        .unwrap();
        assert_eq!(change.rev(), Some(Rev(4)));
        let gone: Change = serde_json::from_value(
            json!({"resource_id": "resources/x", "path": "", "body": null, "type": "delete"}),
        )
        .unwrap();
        assert_eq!((gone.kind, gone.rev()), (ChangeKind::Delete, None));
    }
}
