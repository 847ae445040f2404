//! Text as a JSON string.

use std::borrow::Cow;

use serde::Deserialize;

/// How many bytes stand in front of the first that is `wanted`; `None` if none is.
#[inline]
pub(crate) fn before(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    /// As many are looked at together, without a branch for each.
    const TOGETHER: usize = 16;
    let none = |chunk: &&[u8]| !chunk.iter().fold(false, |found, byte| found | wanted(*byte));
    let passed = TOGETHER * bytes.chunks_exact(TOGETHER).take_while(none).count();
    let rest = &bytes[passed..];
    rest.iter().position(|byte| wanted(*byte)).map(|at| passed + at)
}

/// Appends `text` as a JSON string. What goes through here (ids, paths, headers) seldom holds what JSON has to escape.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    let begin = out.len();
    out.reserve(text.len() + 4);
    out.push('"');
    let mut rest = text;
    // Entity tags have two quotes.
    while let Some(at) = before(rest.as_bytes(), |byte| (byte < b' ') | (byte == b'"') | (byte == b'\\')) {
        if rest.as_bytes()[at] < b' ' {
            out.truncate(begin);
            out.push_str(&serde_json::Value::from(text).to_string());
            return;
        }
        let (clean, from) = rest.split_at(at);
        out.push_str(clean);
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
        fn the_first_byte_is_found(text in "[ab]{0,40}") {
            let bytes = text.as_bytes();
            prop_assert_eq!(before(bytes, |byte| byte == b'b'), bytes.iter().position(|byte| *byte == b'b'));
        }

        #[test]
        fn it_is_read_as_what_it_was(text in prop_oneof![any::<String>(), "[a\"\\\\é\n]{0,6}"]) {
            let mut out = "before ".to_owned();
            push_quoted(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out["before ".len()..]).unwrap(), text);
        }
    }
}
