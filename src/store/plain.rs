//! JSON that is merged as text, without being read into values.
//!
//! Most of what is written is a small object of scalars and such objects, merged into a document that is kept as a whole
//! (`super::whole`): each job is, twice. Owns which bodies are so plain that nothing else has to be known of them, and how
//! they are merged. Must not take a text for plain that a reader of values would refuse, or read otherwise.

use super::document::is_own;
use super::key::META_KEY;
use super::scan::Scan;

/// The most objects inside each other, and the most values below one member of the root.
const MOST_DEPTH: usize = 16;
const MOST_VALUES: usize = 24;

/// Whether `text` is an object that holds nothing but scalars, arrays of scalars and objects of scalars and objects; no
/// name that means something to a store; and no string, name or number whose meaning is not plain from its letters.
pub(super) fn is_plain(text: &str) -> bool {
    let mut scan = Scan::of(text);
    scan.space();
    pass(&mut scan).and_then(|()| scan.end()).is_some()
}

/// Goes to the end of an object, if it is as plain as that.
pub(super) fn pass(scan: &mut Scan<'_>) -> Option<()> {
    scan.object(|scan, name| {
        if is_own(name) {
            return None;
        }
        match scan.peek()? {
            b'[' => scan.array(Scan::scalar),
            b'{' => pass_below(scan, 1, &mut { MOST_VALUES }),
            _ => scan.scalar(),
        }
    })
}

fn pass_below(scan: &mut Scan<'_>, depth: usize, left: &mut usize) -> Option<()> {
    if depth > MOST_DEPTH {
        return None;
    }
    scan.object(|scan, name| {
        if name == "_id" || name == META_KEY {
            return None;
        }
        *left = left.checked_sub(1)?;
        if scan.peek()? == b'{' { pass_below(scan, depth + 1, left) } else { scan.scalar() }
    })
}

/// The members of a plain `body` merged into the object `text`; `None` if that has to be done by values.
pub(super) fn merged(text: &str, body: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + body.len());
    merge_into(&mut out, text, body)?;
    Some(out)
}

/// The members of an object, in its order: names and values as they are written.
struct Members<'t> {
    scan: Scan<'t>,
    begun: bool,
}

impl<'t> Members<'t> {
    fn of(text: &'t str) -> Self {
        Self { scan: Scan::of(text), begun: false }
    }

    /// The next member; the inner `None` is the end, the outer one what cannot be read so.
    fn next(&mut self) -> Option<Option<(&'t str, &'t str)>> {
        let scan = &mut self.scan;
        if !std::mem::replace(&mut self.begun, true) {
            scan.space();
            scan.take(b'{')?;
            scan.space();
            if scan.take(b'}').is_some() {
                return Some(None);
            }
        } else {
            scan.space();
            if scan.take(b',').is_none() {
                return scan.take(b'}').map(|()| None);
            }
            scan.space();
        }
        let name = scan.passed(|scan| scan.string().map(drop))?;
        scan.space();
        scan.take(b':')?;
        scan.space();
        Some(Some((name, scan.passed(Scan::skip_value)?)))
    }
}

fn merge_into(out: &mut String, text: &str, body: &str) -> Option<()> {
    let mut new: Vec<(&str, Option<&str>)> = Vec::with_capacity(8);
    let mut members = Members::of(body);
    while let Some((name, value)) = members.next()? {
        // The last of those with one name counts.
        match new.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = Some(value),
            None => new.push((name, Some(value))),
        }
    }
    let mut separator = '{';
    let mut begin = |out: &mut String, name: &str| {
        out.push(separator);
        separator = ',';
        out.push_str(name);
        out.push(':');
    };
    let mut members = Members::of(text);
    while let Some((name, old)) = members.next()? {
        begin(out, name);
        let Some((_, value)) = new.iter_mut().find(|(new, _)| *new == name) else {
            out.push_str(old);
            continue;
        };
        // One that is there twice counts as it is the last time, which is not known here.
        let value = value.take()?;
        if value.starts_with('{') && old.starts_with('{') {
            merge_into(out, old, value)?;
        } else {
            out.push_str(value);
        }
    }
    for (name, value) in new {
        if let Some(value) = value {
            begin(out, name);
            out.push_str(value);
        }
    }
    out.push_str(if separator == '{' { "{}" } else { "}" });
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::merge;

    #[test]
    fn what_means_more_than_its_letters_is_not_plain() {
        for plain in [
            "{}",
            " { } ",
            r#"{"a":1,"b":{"c":null,"d":{}},"e":[1,"x",true],"f":-0.5,"g":"ä"}"#,
            r#"{"a" : { "b" : [] } }"#.replace("[]", "false").as_str(),
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "",
            "[]",
            "1",
            "{",
            "{}}",
            "{} x",
            r#"{"a":1,}"#,
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{a:1}"#,
            r#"{"_id":"resources/x"}"#,
            r#"{"_rev":1}"#,
            r#"{"_type":"a/b"}"#,
            r#"{"_meta":{}}"#,
            r#"{"a":{"_id":"resources/x"}}"#,
            r#"{"a":{"_meta":1}}"#,
            r#"{"a":{"b":[]}}"#,
            r#"{"a":[[]]}"#,
            r#"{"a":[{}]}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"\u0061":1}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":-}"#,
            r#"{"a":1e9}"#,
            r#"{"a":1234567890123456}"#,
            r#"{"a":nul}"#,
            r#"{"a":truely}"#,
            "{\"a\":{\"b\":1}",
        ] {
            assert!(!is_plain(other), "{other}");
        }
        let deep = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(is_plain(&deep(MOST_DEPTH)) && !is_plain(&deep(MOST_DEPTH + 2)));
        let many: Vec<_> = (0..=MOST_VALUES).map(|n| format!("\"{n}\":1")).collect();
        assert!(is_plain(&format!("{{{}}}", many.join(","))));
        assert!(!is_plain(&format!("{{\"a\":{{{}}}}}", many.join(","))));
    }

    #[test]
    fn a_claim_is_merged_into_a_job() {
        let job = r#"{"service":"s","config":{"n":1},"updates":{"a":{"t":"1"}},"note":"a \"b\" {"}"#;
        let claim =
            r#"{"status":"running","updates":{"b":{"t":"2"}},"config":{"n":{"x":[]}},"config":{"n":2}}"#;
        let text = merged(job, claim).unwrap();
        let expected = r#"{"service":"s","config":{"n":2},"updates":{"a":{"t":"1"},"b":{"t":"2"}},"note":"a \"b\" {","status":"running"}"#;
        assert_eq!(text, expected);
        assert_eq!(merged("{}", "{}").unwrap(), "{}");
        assert_eq!(merged("{}", r#"{"a":{"b":1}}"#).unwrap(), r#"{"a":{"b":1}}"#);
    }

    #[test]
    fn what_cannot_be_merged_as_text_is_left() {
        for (text, body) in [
            (r#"{"\u0061":1}"#, r#"{"a":2}"#),
            (r#"{"a":{"b":1},"a":{"c":1}}"#, r#"{"a":{"d":2}}"#),
            (r#"{"a":{"\u0062":1}}"#, r#"{"a":{"b":2}}"#),
            ("", "{}"),
            ("[]", "{}"),
            (r#"{"a":1"#, "{}"),
            (r#"{"a":"x"#, "{}"),
            (r#"{"a":"x\"#, "{}"),
            (r#"{"a":{"b":1}"#, "{}"),
            (r#"{"a" 1}"#, "{}"),
            (r#"{"a":,"b":1}"#, "{}"),
        ] {
            assert_eq!(merged(text, body), None, "{text} and {body}");
        }
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "[a-c_]{0,3}", "[\\PC]{0,2}"]
    }

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-1000_i64..1000).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[ -~\\PC\"\\\\]{0,6}".prop_map(Value::from),
        ]
    }

    fn object() -> impl Strategy<Value = Value> {
        let value = scalar().prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map(name(), inner, 0..4).prop_map(|map| json!(map)),
            ]
        });
        prop::collection::btree_map(name(), value, 0..5).prop_map(|map| json!(map))
    }

    fn written(value: &Value, pretty: bool) -> String {
        if pretty { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() }
    }

    proptest! {
        /// As text or by values, the same comes out.
        #[test]
        fn merging_text_is_merging_values(old in object(), new in object(), pretty in any::<bool>()) {
            let (text, body) = (written(&old, pretty), written(&new, pretty));
            if is_plain(&body) && let Some(merged) = merged(&text, &body) {
                let mut expected = old;
                merge(&mut expected, &new);
                prop_assert_eq!(serde_json::from_str::<Value>(&merged).unwrap(), expected);
            }
        }

        /// What is plain is JSON, whatever it is made of.
        #[test]
        fn what_is_plain_is_read_as_values(text in r#"\{[{}\[\]",:ab1.\-0 tfn\\rueals_id]{0,24}\}"#) {
            if is_plain(&text) {
                prop_assert!(serde_json::from_str::<serde_json::Map<String, Value>>(&text).is_ok(), "{}", text);
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,40}", body in ".{0,40}", cut in 0_usize..60, old in object()) {
            let _ = is_plain(&text);
            let _ = merged(&text, &body);
            let whole = old.to_string();
            if let Some(part) = whole.get(..cut) {
                let _ = (is_plain(part), merged(part, &whole), merged(&whole, part));
            }
        }
    }
}
