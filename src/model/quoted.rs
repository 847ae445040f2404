//! Text as a JSON string.

use std::borrow::Cow;

use serde::Deserialize;

/// Appends `text` as a JSON string. What goes through here (ids, paths, headers) seldom holds what JSON has to escape.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ') {
        out.push_str(&serde_json::Value::from(text).to_string());
        return;
    }
    out.reserve(text.len() + 4);
    out.push('"');
    let mut rest = text;
    // Entity tags have two of them.
    while let Some(at) = rest.bytes().position(|byte| byte == b'"' || byte == b'\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        out.push('\\');
        let (escaped, after) = from.split_at(1);
        out.push_str(escaped);
        rest = after;
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes what there is, with commas between.
pub(crate) fn push_separated<T>(
    out: &mut String,
    all: impl IntoIterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    for (at, one) in all.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, one);
    }
}

/// A JSON string, borrowed unless it holds escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_read_as_what_it_was(text in prop_oneof![any::<String>(), "[a\"\\\\é\n]{0,6}"]) {
            let mut out = "before ".to_owned();
            push_quoted(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out["before ".len()..]).unwrap(), text);
        }
    }
}
