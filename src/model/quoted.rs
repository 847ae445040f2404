//! Text as a JSON string.

use std::borrow::Cow;

use serde::Deserialize;

/// Appends `text` as a JSON string. What goes through here (ids, paths, headers) seldom holds what JSON has to escape.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.reserve(text.len() + 2);
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
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
        fn it_is_read_as_what_it_was(text in any::<String>()) {
            let mut out = "before ".to_owned();
            push_quoted(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out["before ".len()..]).unwrap(), text);
        }
    }
}
