//! Messages as they are usually written, read in one go.
//!
//! Serde reads any message, but each body only to find its end, and then it is looked through once more to learn whether it is
//! plain. Here that is one. What is unusual in any way is left to serde, which says what is wrong with it, if anything is.

use std::borrow::Cow;

use super::ask::{Headers, MOST, Raw, Sent, Texts};
use crate::model::Text;
use crate::store::plain;
use crate::store::scan::Scan;

/// Reads a message; `None` if it is unusual.
pub(super) fn read(text: &str) -> Option<Raw<'_>> {
    let (mut id, mut path, mut method, mut headers) = (None, None, None, None);
    let (mut data, mut bodies, mut if_match) = (None, None, None);
    let mut scan = Scan::of(text);
    scan.space();
    scan.object(|scan, name| match name {
        "requestId" => once(&mut id, texts(scan)?),
        "path" => once(&mut path, texts(scan)?),
        "method" => once(&mut method, Cow::Borrowed(scan.string()?)),
        "headers" => once(&mut headers, headers_of(scan)?),
        "data" => once(&mut data, sent(scan)?),
        "bodies" => once(&mut bodies, list(scan, sent)?),
        "ifMatch" => once(&mut if_match, list(scan, tag)?),
        _ => None,
    })?;
    scan.end()?;
    Some(Raw { id: id?, path: path?, method: method?, headers: headers?, data, bodies, if_match })
}

/// Takes down what must not come twice.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

fn list<'t, T>(scan: &mut Scan<'t>, read: impl Fn(&mut Scan<'t>) -> Option<T>) -> Option<Vec<T>> {
    let mut all = Vec::with_capacity(MOST / 2);
    scan.array(|scan| {
        all.push(read(scan)?);
        (all.len() <= MOST).then_some(())
    })?;
    Some(all)
}

fn texts<'t>(scan: &mut Scan<'t>) -> Option<Texts<'t>> {
    if scan.peek()? == b'"' {
        return Some(Texts::One(Cow::Borrowed(scan.string()?)));
    }
    let texts = list(scan, |scan| scan.string().map(Cow::Borrowed))?;
    (!texts.is_empty()).then_some(Texts::Several(texts))
}

fn headers_of<'t>(scan: &mut Scan<'t>) -> Option<Headers<'t>> {
    let mut headers = Headers::default();
    scan.object(|scan, name| {
        let value = scan.quoted()?;
        if let Some(slot) = headers.slot(name) {
            *slot = Some(value);
        }
        Some(())
    })?;
    Some(headers)
}

fn sent<'t>(scan: &mut Scan<'t>) -> Option<Sent<'t>> {
    Some(Sent { text: scan.passed(plain::pass)?, is_plain: true })
}

fn tag<'t>(scan: &mut Scan<'t>) -> Option<Option<Text<'t>>> {
    if scan.peek()? == b'n' {
        return scan.word(b"null").map(|()| None);
    }
    Some(Some(Text(scan.quoted()?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    /// What is read here is what serde reads; whether it is.
    fn agrees(text: &str) -> bool {
        let Some(mut raw) = read(text) else { return false };
        for sent in raw.bodies.iter_mut().flatten().chain(&mut raw.data) {
            assert!(std::mem::take(&mut sent.is_plain) && plain::is_plain(sent.text), "{text}");
        }
        assert_eq!(serde_json::from_str::<Raw<'_>>(text).ok().as_ref(), Some(&raw), "{text}");
        true
    }

    const PUTS: &str = r#"{"requestId":["1","2"],"method":"put","path":["/resources/a","/resources/b"],"headers":
        {"authorization":"Bearer x","Content-Type":"application/json"},
        "bodies":[{"status":"running"},{"a":{"b":[]},"ä":[1,null]}],"ifMatch":["\"a/\\1\"",null]}"#;
    const ONE: &str = r#" { "requestId": "1", "method": "get", "path": "/bookmarks", "headers": {"else": "\""}, "data": {} } "#;

    #[test]
    fn what_is_usual_is_read_as_by_serde() {
        let puts = PUTS.replace("{\"b\":[]}", "{\"b\":-1.5}");
        for text in [&puts, ONE] {
            assert!(agrees(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_is_left() {
        let ids = |count: usize| format!("[{}]", vec!["\"1\""; count].join(","));
        assert!(agrees(&ONE.replace("\"1\"", &ids(MOST))));
        for (part, other) in [
            ("\"1\"", "1"),
            ("\"1\"", "[]"),
            ("\"1\"", &ids(MOST + 1)),
            ("\"1\"", r#""\u0031""#),
            ("\"else\": ", "\"else\": 1, \"x\": "),
            ("\"data\"", "\"more\""),
            ("\"data\": {}", "\"data\": null"),
            ("\"data\": {}", r#""data": {"_id": "resources/x"}"#),
            ("\"data\": {}", "\"path\": \"/\""),
            ("\"method\": \"get\",", ""),
            ("{} }", "{} } }"),
        ] {
            assert!(ONE.contains(part));
            assert!(!agrees(&ONE.replace(part, other)), "{part} as {other}");
        }
        assert!(!agrees(PUTS));
    }

    proptest! {
        #[test]
        fn a_change_anywhere_is_read_as_by_serde_or_left(
            changes in prop::collection::vec((any::<Index>(), 0..3_usize, r#"[{}\[\]":,\\n"a1 ä\n]{0,2}"#), 1..4),
            puts in any::<bool>(),
        ) {
            let mut text = if puts { PUTS.replace("{\"b\":[]}", "{\"b\":-1.5}") } else { ONE.to_owned() };
            for (at, length, new) in changes {
                let from = text.floor_char_boundary(at.index(text.len()));
                let until = text.ceil_char_boundary((from + length).min(text.len()));
                text.replace_range(from..until, &new);
            }
            agrees(&text);
        }
    }
}
