//! JSON pointers (RFC 6901): ways into a document.
//!
//! Owns taking them apart, and putting a value at the end of one. Reading at one is `serde_json::Value::pointer`.

use serde_json::{Map, Value};

/// A segment of a pointer, decoded: `~1` stands for `/`, `~0` for `~`.
#[must_use]
pub fn decode_segment(segment: &str) -> String {
    if segment.contains('~') { segment.replace("~1", "/").replace("~0", "~") } else { segment.to_owned() }
}

/// The decoded segments of a pointer; none for the empty one, which is the whole document.
#[must_use]
pub fn pointer_segments(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(decode_segment).collect()
}

/// The first segment of a pointer, decoded, and the pointer from there on; `None` for the empty one.
#[must_use]
pub fn split_pointer(pointer: &str) -> Option<(String, &str)> {
    let rest = pointer.strip_prefix('/')?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some((decode_segment(&rest[..end]), &rest[end..]))
}

/// `value` below one object for each segment.
#[must_use]
pub fn nested(segments: &[String], value: Value) -> Value {
    let below = |inner, segment: &String| Value::Object(Map::from_iter([(segment.clone(), inner)]));
    segments.iter().rev().fold(value, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointers_are_taken_apart() {
        assert_eq!(pointer_segments("/a~1b/~01/c"), ["a/b", "~1", "c"]);
        assert_eq!(pointer_segments(""), [""; 0]);
        assert_eq!(split_pointer("/a~1b/c/d"), Some(("a/b".to_owned(), "/c/d")));
        assert_eq!(split_pointer("/last"), Some(("last".to_owned(), "")));
        assert_eq!(split_pointer(""), None);
    }

    #[test]
    fn values_are_nested_below_their_segments() {
        assert_eq!(nested(&pointer_segments("/a~1b/c"), json!(1)), json!({"a/b": {"c": 1}}));
        assert_eq!(nested(&[], json!(1)), json!(1));
    }
}
