//! Paths on a store: JSON-pointer segments behind a slash (`oada-protocol.md` 3.5).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{before, decode_segment};

/// An absolute path such as `/bookmarks/services/mailer`, kept as its decoded segments.
///
/// Segments are JSON-pointer segments: `~1` stands for `/`, `~0` for `~`. Percent escapes are left as they are,
/// since the server does not decode them either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    segments: Vec<String>,
}

/// Why a text is not a path that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// It does not begin with a slash.
    #[error("{0:?} is not an absolute path: it must begin with \"/\"")]
    NotAbsolute(String),
    /// It has an empty segment in its middle.
    #[error("{0:?} has an empty segment")]
    EmptySegment(String),
    /// It has a character that clients and servers refuse in a request.
    #[error("{path:?} holds {character:?}, which cannot stand in a path")]
    Character {
        /// The whole text.
        path: String,
        /// The first offender.
        character: char,
    },
}

impl Path {
    /// The empty path, to which segments are joined.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads an absolute path. One trailing slash is dropped.
    ///
    /// # Errors
    /// See [`PathError`].
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let rest = text.strip_prefix('/').ok_or_else(|| PathError::NotAbsolute(text.to_owned()))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() {
            return Ok(Self::root());
        }
        if let Some(character) = rest.chars().find(|c| !is_path_character(*c)) {
            return Err(PathError::Character { path: text.to_owned(), character });
        }
        let segments: Vec<String> = rest.split('/').map(decode_segment).collect();
        if segments.iter().any(String::is_empty) {
            return Err(PathError::EmptySegment(text.to_owned()));
        }
        Ok(Self { segments })
    }

    /// The path with these segments, given decoded.
    pub(super) fn of<const N: usize>(segments: [&str; N]) -> Self {
        Self { segments: segments.map(str::to_owned).into() }
    }

    /// This path with one more segment, given decoded.
    #[must_use]
    pub fn join(&self, segment: &str) -> Self {
        let mut segments = Vec::with_capacity(self.segments.len() + 1);
        segments.extend_from_slice(&self.segments);
        segments.push(segment.to_owned());
        Self { segments }
    }

    /// The decoded segments, outermost first.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The last segment.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.segments.last().map(String::as_str)
    }

    /// The path without its last segment; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, init) = self.segments.split_last()?;
        Some(Self { segments: init.to_vec() })
    }

    /// The text of it, as `Display` gives it, without its detours: each request has one.
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.text_with_room(1);
        if text.is_empty() {
            text.push('/');
        }
        text
    }

    /// The text of this path with one more segment, given decoded.
    pub(crate) fn text_of(&self, segment: &str) -> String {
        let mut text = self.text_with_room(1 + segment.len());
        push_segment(&mut text, segment);
        text
    }

    /// The text of the segments, with room for more behind it.
    fn text_with_room(&self, room: usize) -> String {
        let length: usize = self.segments.iter().map(|segment| segment.len() + 1).sum();
        let mut text = String::with_capacity(length + room);
        self.segments.iter().for_each(|segment| push_segment(&mut text, segment));
        text
    }

    /// The first `length` segments.
    #[must_use]
    pub fn prefix(&self, length: usize) -> Self {
        Self { segments: self.segments[..length.min(self.segments.len())].to_vec() }
    }
}

/// Appends a segment to the text of a path.
fn push_segment(text: &mut String, segment: &str) {
    text.push('/');
    if before(segment.as_bytes(), |byte| (byte == b'~') | (byte == b'/')).is_some() {
        text.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    } else {
        text.push_str(segment);
    }
}

/// Unreserved, sub-delims, `:`, `@`, `%` and the separators: what `uri-reference` allows in a path (RFC 3986, 3.3).
fn is_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(c)
}

/// Whether `key` may name an item of a list that all known clients and servers can handle: the characters of a URL
/// path segment, and not digits alone, which the server would take for an array index (`oada-protocol.md` Q9).
#[must_use]
pub fn is_item_key(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with('_')
        && key.chars().all(|c| is_path_character(c) && c != '/' && c != '%')
        && !key.chars().all(|c| c.is_ascii_digit())
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Path {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_escapes_stay_and_pointer_escapes_are_decoded() {
        let path = Path::parse("/bookmarks/a%20b/c~1d~0e/").unwrap();
        assert_eq!(path.segments(), ["bookmarks", "a%20b", "c/d~e"]);
        assert_eq!(path.to_string(), "/bookmarks/a%20b/c~1d~0e");
    }

    #[test]
    fn bad_paths_are_named() {
        assert!(matches!(Path::parse("bookmarks"), Err(PathError::NotAbsolute(_))));
        assert!(matches!(Path::parse("/a//b"), Err(PathError::EmptySegment(_))));
        assert!(matches!(Path::parse("/a b"), Err(PathError::Character { character: ' ', .. })));
        assert!(matches!(Path::parse("/a?x=1"), Err(PathError::Character { .. })));
    }

    #[test]
    fn item_keys() {
        for good in ["2Xyz", "old-job", "a.b:c@d", "1a"] {
            assert!(is_item_key(good), "{good}");
        }
        for bad in ["", "123", "_id", "a/b", "a b", "ä", "a%20b", "a|b"] {
            assert!(!is_item_key(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(segments in prop::collection::vec("[a-zA-Z0-9~/._-]{1,8}", 0..5)) {
            let path = segments.iter().fold(Path::root(), |path, segment| path.join(segment));
            prop_assert_eq!(path.text_of("a/b~"), path.join("a/b~").to_string());
            prop_assert_eq!(Path::parse(&path.to_string()).unwrap(), path);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Path::parse(&text);
        }
    }
}
