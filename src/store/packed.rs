//! Small objects that are kept in one row, instead of one for each value in them.
//!
//! Only what can be neither a link nor contain one is kept so, and only while it is small: a list that grows gets rows of
//! its own, so a write costs the same however long a list is. Nothing of this can be seen from outside.

use serde_json::{Map, Value};

use super::error::Fault;
use super::key::META_KEY;
use super::row::json_text;

/// The longest text of such an object, in bytes.
const MOST_BYTES: usize = 512;
/// The most values in one.
const MOST_VALUES: usize = 24;

/// The text of an object that may be kept in one row; `None` for one that may not.
pub(super) fn text_of(map: &Map<String, Value>) -> Option<String> {
    // An empty object is most often a list that is about to be filled.
    if map.is_empty() || !may_hold(map) {
        return None;
    }
    Some(json_text(map)).filter(|text| text.len() <= MOST_BYTES)
}

/// Whether a packed object may be made of this, or it may be merged into one.
pub(super) fn may_hold(map: &Map<String, Value>) -> bool {
    is_plain(map, &mut { MOST_VALUES })
}

/// Whether an object holds nothing but scalars and such objects, no more of them than are `left`.
fn is_plain(map: &Map<String, Value>, left: &mut usize) -> bool {
    map.iter().all(|(name, value)| {
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
            && name != "_id"
            && name != META_KEY
            && match value {
                Value::Array(_) => false,
                Value::Object(map) => is_plain(map, left),
                _ => true,
            }
    })
}

/// The object that a row holds.
pub(super) fn object_of(text: &str) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Damage("packed object is not one"))
}

/// The value that `segments` lead to inside a packed object.
pub(super) fn inside(object: &Map<String, Value>, segments: &[String]) -> Option<Value> {
    let (first, rest) = segments.split_first()?;
    rest.iter().try_fold(object.get(first)?, |value, segment| value.as_object()?.get(segment)).cloned()
}

/// Takes out the value that `segments` lead to; false if there is none.
pub(super) fn take_out(object: &mut Map<String, Value>, segments: &[String]) -> bool {
    match segments {
        [] => false,
        [last] => object.remove(last).is_some(),
        [first, rest @ ..] => {
            object.get_mut(first).and_then(Value::as_object_mut).is_some_and(|member| take_out(member, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn packs(value: &Value) -> bool {
        text_of(value.as_object().unwrap()).is_some()
    }

    #[test]
    fn only_what_is_small_and_holds_no_link_is_packed() {
        assert!(packs(&json!({"a": 1, "b": {"c": null, "d": {}}})));
        for other in [
            json!({}),
            json!({"_id": "resources/x"}),
            json!({"a": {"b": {"_id": "no link, but looks like one"}}}),
            json!({"a": {"_meta": {}}}),
            json!({"a": []}),
            json!({"a": "x".repeat(MOST_BYTES)}),
        ] {
            assert!(!packs(&other), "{other}");
        }
        let many: Map<String, Value> = (0..=MOST_VALUES).map(|n| (n.to_string(), json!(n))).collect();
        assert!(text_of(&many).is_none());
    }

    #[test]
    fn values_inside_are_found_and_taken_out() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let mut object = object_of(r#"{"a": {"b": {"c": 1}}, "d": 2}"#).unwrap();
        assert_eq!(inside(&object, &path("a/b")), Some(json!({"c": 1})));
        assert_eq!(inside(&object, &path("d")), Some(json!(2)));
        for none in ["a/x", "d/e", "x"] {
            assert_eq!(inside(&object, &path(none)), None);
            assert!(!take_out(&mut object, &path(none)));
        }
        assert!(take_out(&mut object, &path("a/b/c")));
        assert_eq!(Value::Object(object), json!({"a": {"b": {}}, "d": 2}));
        assert!(object_of("[]").is_err());
    }
}
