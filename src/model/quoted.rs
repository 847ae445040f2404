//! Text as a JSON string.

use std::borrow::Cow;

use serde::Deserialize;

/// How many bytes stand in front of the first that is `wanted`; `None` if none is. `wanted` had better have no branches
/// (`|` between comparisons).
#[inline]
pub(crate) fn before(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    /// As many are looked at together, without a branch for each.
    const TOGETHER: usize = 16;
    let none = |chunk: &[u8; TOGETHER]| !chunk.iter().fold(false, |found, byte| found | wanted(*byte));
    let (chunks, rest) = bytes.as_chunks();
    let clean = chunks.iter().take_while(|chunk| none(chunk)).count();
    if clean == chunks.len() {
        // The first of the rest stands where there is nothing.
        let mut padded = [*rest.first()?; TOGETHER];
        padded[..rest.len()].copy_from_slice(rest);
        if none(&padded) {
            return None;
        }
    }
    let passed = clean * TOGETHER;
    bytes[passed..].iter().position(|byte| wanted(*byte)).map(|at| passed + at)
}

/// How many bytes stand in front of the first that ends a JSON string, begins an escape in one, or must be escaped; `None` if
/// none is.
#[inline]
pub(crate) fn before_special(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::MAX / 255;
    let mut at = 0;
    // Eight at a time. In each word the lowest byte that is marked is one; those above it may be marked in error.
    while let Some(word) = bytes[at..].first_chunk() {
        let word = u64::from_le_bytes(*word);
        let zeros = |word: u64| word.wrapping_sub(EACH) & !word;
        let quotes = zeros(word ^ (EACH * u64::from(b'"')));
        let escapes = zeros(word ^ (EACH * u64::from(b'\\')));
        let controls = word.wrapping_sub(EACH * u64::from(b' ')) & !word;
        let marked = (quotes | escapes | controls) & (EACH << 7);
        if marked != 0 {
            return Some(at + marked.trailing_zeros() as usize / 8);
        }
        at += size_of_val(&word);
    }
    let rest = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
    rest.map(|rest| at + rest)
}

/// Appends `text` as a JSON string. What goes through here (ids, paths, headers) seldom holds what JSON has to escape.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    let begin = out.len();
    out.reserve(text.len() + 4);
    out.push('"');
    let mut rest = text;
    // Entity tags have two quotes.
    while let Some(at) = before_special(rest.as_bytes()) {
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
#[derive(Debug, Deserialize, PartialEq)]
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
        fn the_first_special_byte_is_found(text in "[a!\\]#\\[\u{7f}-\u{a0}äÿ]{0,20}[\"\\\\\u{0}\u{1f} a]{0,2}.{0,20}") {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
            prop_assert_eq!(before_special(text.as_bytes()), text.bytes().position(|byte| special(&byte)));
        }

        #[test]
        fn it_is_read_as_what_it_was(text in prop_oneof![any::<String>(), "[a\"\\\\é\n]{0,6}"]) {
            let mut out = "before ".to_owned();
            push_quoted(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out["before ".len()..]).unwrap(), text);
        }
    }
}
