//! What a change has linked, sent along with it to who asks for that: a list's follower reads it next, and is spared the trip.
//!
//! It is what a GET by the follower would be answered at that moment. Only for one link at a time, and only what is short.

use std::sync::Arc;

use serde_json::Value;

use super::outgoing;
use crate::store::auth::Session;
use crate::store::changes;
use crate::store::db::Snapshot;
use crate::store::error::Fault;
use crate::store::read;
use crate::store::request::{Request, Target};
use crate::store::row::Written;

/// The longest change that is looked through, in bytes, and the longest document that comes along.
const MOST_CHANGE: usize = 512;
const MOST_DOCUMENT: usize = 16 * 1024;
/// How many levels a link may lie below what was written.
const MOST_LEVELS: usize = 4;

/// The answer about the resource that a change has linked, if it has linked one.
pub(super) fn of(
    snapshot: &Snapshot,
    session: &Arc<Session>,
    resource: &str,
    rev: u64,
) -> Result<Option<String>, Fault> {
    let Some(change) = changes::read(snapshot, resource, rev)? else { return Ok(None) };
    let Written::Merge(_, text) = &change.what else { return Ok(None) };
    let written = (text.len() <= MOST_CHANGE).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let Some(id) = written.as_ref().and_then(only_link) else { return Ok(None) };
    let Some(start) = id.strip_prefix("resources/") else { return Ok(None) };
    let target = Target { start: start.to_owned(), segments: Vec::new() };
    let response = read::answer(snapshot, &Request::get(target, Arc::clone(session)))?;
    Ok((response.status == 200).then(|| outgoing::unasked(id, &response, MOST_DOCUMENT)).flatten())
}

/// The id in a link that is all there is in a value.
fn only_link(mut value: &Value) -> Option<&str> {
    for _ in 0..=MOST_LEVELS {
        let members = value.as_object()?;
        if let Some(id) = members.get("_id") {
            return id.as_str();
        }
        value = members.values().next().filter(|_| members.len() == 1)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_link_that_stands_alone_is_followed() {
        let link = json!({"_id": "resources/a", "_rev": 3});
        assert_eq!(only_link(&link), Some("resources/a"));
        assert_eq!(only_link(&json!({"jobs": {"k": link}})), Some("resources/a"));
        for other in [
            json!({"k": link, "l": link}),
            json!({"k": 1}),
            json!([link]),
            json!({}),
            json!({"a": {"b": {"c": {"d": {"e": link}}}}}),
            json!({"_id": 1}),
        ] {
            assert_eq!(only_link(&other), None, "{other}");
        }
    }
}
