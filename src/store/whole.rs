//! Small resources that are kept as a whole in one row, that of their header, instead of one for each value.
//!
//! Only what has no links is kept so, and only while it is small, so a write costs the same however long a list is. Most jobs
//! are: what is written of one is a row for what it is now, and one for the change. Nothing of this can be seen from outside.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::body::Json;
use super::document::{is_own, parse};
use super::error::Fault;
use super::packed;
use super::plain;
use super::row::{Node, json_text};

/// The longest text of such a document, in bytes.
const MOST_BYTES: usize = 1024;

/// What is merged into the root of a document.
pub(super) enum Members<'b> {
    Values(Cow<'b, Map<String, Value>>),
    /// An object that was read from a text.
    Body(&'b Map<String, Value>, &'b Json),
    /// A body of which no more has to be known than its text.
    Plain(&'b str, &'b Json),
}

impl Members<'_> {
    pub(super) fn values(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        match self {
            Self::Values(map) => map,
            Self::Body(map, _) => map,
            Self::Plain(_, json) => json.value().as_object().unwrap_or(&NONE),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Values(_) => None,
            Self::Body(_, json) | Self::Plain(_, json) => Some(json.text()),
        }
    }
}

/// The members of a document, each as JSON text.
type Texts<'t> = BTreeMap<String, Cow<'t, str>>;

fn texts_of(text: &str) -> Result<Texts<'_>, Fault> {
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|_| Fault::Damage("document is not an object"))?;
    Ok(members.into_iter().map(|(name, value)| (name, Cow::Borrowed(value.get()))).collect())
}

/// The text of a document; `None` for one without members, which needs none.
fn text_of(members: &Texts<'_>) -> Option<String> {
    let mut text = String::with_capacity(MOST_BYTES);
    for (name, value) in members {
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&json_text(name));
        text.push(':');
        text.push_str(value);
    }
    if text.is_empty() {
        return None;
    }
    text.push('}');
    Some(text)
}

/// Whether a document with this member may be kept as a whole.
fn may_hold(value: &Value) -> bool {
    match value {
        Value::Object(map) => packed::may_hold(map),
        Value::Array(items) => !items.iter().any(|item| item.is_object() || item.is_array()),
        _ => true,
    }
}

/// A document into which the members of a body were merged; `None` if it may not, or cannot, be kept as a whole.
///
/// An empty one cannot: most often it is a list that is about to be filled.
pub(super) fn merged(text: Option<&str>, members: &Members<'_>) -> Result<Option<String>, Fault> {
    if let Members::Plain(body, _) = members
        && let Some(merged) = plain::merged(text.unwrap_or("{}"), body)
    {
        return Ok(Some(merged).filter(|text| text != "{}" && text.len() <= MOST_BYTES));
    }
    let (body, body_text) = (members.values(), members.text());
    let own = |name: &String| is_own(name);
    if !body.iter().all(|(name, value)| own(name) || may_hold(value)) {
        return Ok(None);
    }
    let mut merged = text.map(texts_of).transpose()?.unwrap_or_default();
    let mut texts = body_text.map(texts_of).transpose()?.unwrap_or_default();
    for (name, value) in body.iter().filter(|(name, _)| !own(name)) {
        let new = match merged.get(name) {
            Some(old) if value.is_object() && old.starts_with('{') => {
                let mut old = parse(old)?;
                crate::model::merge(&mut old, value);
                Cow::Owned(json_text(&old))
            }
            _ => texts.remove(name).unwrap_or_else(|| Cow::Owned(json_text(value))),
        };
        merged.insert(name.clone(), new);
    }
    Ok(text_of(&merged).filter(|text| text.len() <= MOST_BYTES))
}

/// What stands at a member of a document.
pub(super) fn member(text: &str, name: &str) -> Result<Option<Node>, Fault> {
    Ok(texts_of(text)?.remove(name).map(|value| {
        let object = value.starts_with('{');
        let value = value.into_owned();
        if object { Node::Packed(value) } else { Node::Leaf(value) }
    }))
}

/// The document without the value that `segments` lead to, where an empty one needs no text; `None` if there is none.
pub(super) fn without(text: &str, segments: &[String]) -> Result<Option<Option<String>>, Fault> {
    let mut object = packed::object_of(text)?;
    let is_taken = packed::take_out(&mut object, segments);
    Ok(is_taken.then(|| (!object.is_empty()).then(|| json_text(&object))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a body is merged into a document as: in the way that is taken, and in the other one.
    fn merged_from(text: Option<&str>, body: &str) -> Option<String> {
        let json = Json::read(body.to_owned().into(), false).unwrap();
        let map = json.value().as_object().unwrap();
        let by_values = merged(text, &Members::Values(Cow::Borrowed(map))).unwrap();
        let by_body = merged(text, &Members::Body(map, &json)).unwrap();
        let read = |text: &Option<String>| text.as_deref().map(|text| parse(text).unwrap());
        assert_eq!(read(&by_values), read(&by_body));
        let Some(plain) = json.plain() else { return by_body };
        let by_text = merged(text, &Members::Plain(plain, &json)).unwrap();
        assert_eq!(read(&by_text), read(&by_body));
        by_text
    }

    fn made(body: &Value) -> Option<String> {
        merged_from(None, &body.to_string())
    }

    #[test]
    fn only_what_is_small_and_holds_no_link_is_kept_as_a_whole() {
        assert!(
            made(&json!({"a": 1, "b": {"c": null, "d": {}}, "e": [1, "x"], "_id": "resources/r"})).is_some()
        );
        for other in [
            json!({}),
            json!({"_id": "resources/r", "_type": "t", "_rev": 1}),
            json!({"a": {"_id": "resources/x"}}),
            json!({"a": [{"_id": "resources/x"}]}),
            json!({"a": {"b": [1]}}),
            json!({"a": "x".repeat(MOST_BYTES)}),
        ] {
            assert_eq!(made(&other), None, "{other}");
        }
    }

    #[test]
    fn what_is_written_is_kept_as_it_was_written() {
        let text = "{ \"a\" : [1.0, 2],\n\"b\": {\"c\" : 1e2}, \"b\": {\"d\":  0} }";
        let kept = merged_from(Some(r#"{"e":1}"#), text);
        assert_eq!(kept.unwrap(), r#"{"a":[1.0, 2],"b":{"d":  0},"e":1}"#);
        let plain = text.replace("1e2", "12");
        assert_eq!(merged_from(Some(r#"{"e":1}"#), &plain).unwrap(), r#"{"e":1,"a":[1.0, 2],"b":{"d":  0}}"#);
    }

    #[test]
    fn members_are_merged_found_and_taken_out() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let text = made(&json!({"b": {"c": 1, "d": 0}, "a": "x", "n": null})).unwrap();
        let body = json!({"b": {"c": {"e": 2}}, "a": {"z": true}, "_rev": 7});
        let text = merged_from(Some(&text), &body.to_string()).unwrap();
        assert_eq!(text, r#"{"a":{"z":true},"b":{"c":{"e":2},"d":0},"n":null}"#);
        assert_eq!(member(&text, "n").unwrap(), Some(Node::Leaf("null".to_owned())));
        assert_eq!(member(&text, "a").unwrap(), Some(Node::Packed(r#"{"z":true}"#.to_owned())));
        assert_eq!(member(&text, "x").unwrap(), None);
        for none in ["x", "n/x", "b/x", "b/d/x"] {
            assert_eq!(without(&text, &path(none)).unwrap(), None, "{none}");
        }
        let text = without(&text, &path("b/c/e")).unwrap().unwrap().unwrap();
        assert_eq!(text, r#"{"a":{"z":true},"b":{"c":{},"d":0},"n":null}"#);
        let text = without(&text, &path("b")).unwrap().unwrap().unwrap();
        let text = without(&text, &path("n")).unwrap().unwrap().unwrap();
        assert_eq!(without(&text, &path("a")).unwrap(), Some(None));
    }
}
