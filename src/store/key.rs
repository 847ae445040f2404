//! The keys of rows: everything of one resource lies together, in the order in which it is read.
//!
//! ```text
//! <resource key> 00 <part> <rest>
//! part  rest
//! 01    -                                  header: rev, type, owner, times; a small document, as a whole
//! 02    rev, inverted, big-endian          one change
//! 03    path                               one row per value of any other document
//! 04    path below _meta                   what clients have written into _meta
//! 05    parent key 00 path in the parent   an incoming versioned link
//! 06    -                                  content that is not JSON
//! ```
//!
//! The newest change comes first, right behind the header: a write changes both, and they are on one page whatever the
//! length of the log and of the document.
//!
//! A path is its segments, each ended by 00; inside a segment 00 is written 01 01 and 01 is written 01 02. So a value
//! stands right before the values below it, and a subtree is one range.

/// The longest key of a resource, in bytes.
pub(super) const MAX_RESOURCE_KEY: usize = 254;

const HEADER: u8 = 1;
const CHANGE: u8 = 2;
const DOCUMENT: u8 = 3;
const META: u8 = 4;
const INCOMING: u8 = 5;
const CONTENT: u8 = 6;

const END: u8 = 0;
const ESCAPE: u8 = 1;

/// The key under which clients find a resource's own description.
pub(super) const META_KEY: &str = "_meta";

/// Whether `key` may name a resource.
pub(super) fn is_resource_key(key: &str) -> bool {
    (1..=MAX_RESOURCE_KEY).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-:.@()+,=;$!*'%".contains(&byte))
}

/// The key in `resources/<key>`, if that names a resource.
pub(super) fn resource_of(id: &str) -> Option<&str> {
    id.strip_prefix("resources/").filter(|key| is_resource_key(key))
}

fn start(resource: &str, part: u8, room: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(resource.len() + 2 + room);
    key.extend_from_slice(resource.as_bytes());
    key.push(END);
    key.push(part);
    key
}

pub(super) fn header(resource: &str) -> Vec<u8> {
    start(resource, HEADER, 0)
}

pub(super) fn change(resource: &str, rev: u64) -> Vec<u8> {
    let mut key = start(resource, CHANGE, 8);
    key.extend_from_slice(&(!rev).to_be_bytes());
    key
}

/// The range of all changes of `resource`, the newest first.
pub(super) fn change_range(resource: &str) -> (Vec<u8>, Vec<u8>) {
    (start(resource, CHANGE, 0), start(resource, CHANGE + 1, 0))
}

/// The rev in the key of a change.
pub(super) fn change_rev(key: &[u8]) -> Option<u64> {
    let (_, rev) = key.split_last_chunk::<8>()?;
    Some(!u64::from_be_bytes(*rev))
}

pub(super) fn content(resource: &str) -> Vec<u8> {
    start(resource, CONTENT, 0)
}

pub(super) fn incoming(target: &str, parent: &str, path: &DocPath) -> Vec<u8> {
    let mut key = start(target, INCOMING, parent.len() + 1 + path.0.len());
    key.extend_from_slice(parent.as_bytes());
    key.push(END);
    key.extend_from_slice(&path.0);
    key
}

/// The range of all incoming versioned links of `target`.
pub(super) fn incoming_range(target: &str) -> (Vec<u8>, Vec<u8>) {
    (start(target, INCOMING, 0), start(target, INCOMING + 1, 0))
}

/// The parent and the path in it, from the key of an incoming link of `target`.
pub(super) fn incoming_parts(target: &str, key: &[u8]) -> Option<(String, DocPath)> {
    let rest = key.get(target.len() + 2..)?;
    let (parent, path) = split_end(rest)?;
    Some((std::str::from_utf8(parent).ok()?.to_owned(), DocPath(path.to_vec())))
}

/// What stands before the next end, and what follows it.
fn split_end(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == END)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// The part of a key after the resource: `(resource, part, rest)`.
pub(super) fn split(key: &[u8]) -> Option<(&str, Part, &[u8])> {
    let (resource, rest) = split_end(key)?;
    let resource = std::str::from_utf8(resource).ok()?;
    let (part, rest) = rest.split_first()?;
    let part = match *part {
        HEADER => Part::Header,
        DOCUMENT => Part::Document,
        META => Part::Meta,
        CHANGE => Part::Change,
        INCOMING => Part::Incoming,
        CONTENT => Part::Content,
        _ => return None,
    };
    Some((resource, part, rest))
}

/// What a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Header,
    Document,
    Meta,
    Change,
    Incoming,
    Content,
}

/// A path inside a resource, in the form in which keys hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct DocPath(Vec<u8>);

impl DocPath {
    pub(super) fn root() -> Self {
        Self::default()
    }

    pub(super) fn from_segments<S: AsRef<str>>(segments: &[S]) -> Self {
        let mut path = Self::root();
        for segment in segments {
            path.push(segment.as_ref());
        }
        path
    }

    pub(super) fn push(&mut self, segment: &str) {
        for byte in segment.bytes() {
            match byte {
                END => self.0.extend_from_slice(&[ESCAPE, 1]),
                ESCAPE => self.0.extend_from_slice(&[ESCAPE, 2]),
                other => self.0.push(other),
            }
        }
        self.0.push(END);
    }

    /// The number of bytes, to go back to with [`DocPath::truncate`].
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn segments(&self) -> Vec<String> {
        segments_of(&self.0)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The path of a resource's own description. It is always an object and has no row of its own.
    pub(super) fn meta() -> Self {
        Self(b"_meta\0".to_vec())
    }

    /// Whether the value here is an object without a row: the root, or `_meta`.
    pub(super) fn is_base(&self) -> bool {
        self.0.is_empty() || self.0 == b"_meta\0"
    }

    /// Whether this lies in a resource's own description.
    pub(super) fn is_in_meta(&self) -> bool {
        self.0.starts_with(b"_meta\0")
    }

    /// The key of the row for the value at this path.
    pub(super) fn row(&self, resource: &str) -> Vec<u8> {
        let (part, rest) = match self.0.strip_prefix(b"_meta\0") {
            Some(rest) => (META, rest),
            None => (DOCUMENT, self.0.as_slice()),
        };
        let mut key = start(resource, part, rest.len() + 8);
        key.extend_from_slice(rest);
        key
    }

    /// The range of the rows strictly below this path, without those of `_meta` where this is the root.
    pub(super) fn below(&self, resource: &str) -> (Vec<u8>, Vec<u8>) {
        let from = self.row(resource);
        let mut until = from.clone();
        if let Some(last) = until.last_mut() {
            // The last byte is the end of a segment, or the part: nothing else sorts between it and its successor.
            *last += 1;
        }
        let mut first = from;
        first.push(0);
        (first, until)
    }
}

/// The segments in the bytes of a path.
pub(super) fn segments_of(path: &[u8]) -> Vec<String> {
    let mut segments = Vec::new();
    let mut rest = path;
    while let Some((segment, after)) = split_end(rest) {
        segments.push(unescape(segment));
        rest = after;
    }
    segments
}

/// A segment as clients write it.
pub(super) fn unescape(bytes: &[u8]) -> String {
    if !bytes.contains(&ESCAPE) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut iter = bytes.iter();
    while let Some(byte) = iter.next() {
        match byte {
            &ESCAPE => plain.push(if iter.next() == Some(&1) { END } else { ESCAPE }),
            other => plain.push(*other),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Appends `segment` to a JSON pointer.
pub(super) fn push_pointer(pointer: &mut String, segment: &str) {
    pointer.push('/');
    if segment.contains(['~', '/']) {
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(segment);
    }
}

/// The JSON pointer for these segments; empty for none.
pub(super) fn pointer<S: AsRef<str>>(segments: &[S]) -> String {
    let mut text = String::new();
    for segment in segments {
        push_pointer(&mut text, segment.as_ref());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn resource_keys_are_those_of_the_reference_server() {
        for good in ["a", "a-b_c:d.e@f", "p(q)+r,s=t;u$v!w*x'y", "ids-%41", &"x".repeat(254)] {
            assert!(is_resource_key(good), "{good}");
        }
        for bad in ["", "a&b", "a/b", "ä", "a b", "a\0b", &"x".repeat(255)] {
            assert!(!is_resource_key(bad), "{bad}");
        }
    }

    #[test]
    fn meta_has_rows_of_its_own() {
        let meta = DocPath::from_segments(&["_meta", "x"]);
        assert_eq!(split(&meta.row("r")).unwrap().1, Part::Meta);
        assert_eq!(split(&DocPath::from_segments(&["_metal"]).row("r")).unwrap().1, Part::Document);
    }

    #[test]
    fn an_incoming_link_gives_back_its_parent() {
        let path = DocPath::from_segments(&["a/b", "c"]);
        let key = incoming("target", "parent", &path);
        let (from, until) = incoming_range("target");
        assert!(from <= key && key < until);
        assert_eq!(incoming_parts("target", &key), Some(("parent".to_owned(), path)));
    }

    proptest! {
        #[test]
        fn segments_come_back(segments in prop::collection::vec("[\u{0}-\u{2}a-c/~ä]{0,4}", 0..4)) {
            prop_assert_eq!(DocPath::from_segments(&segments).segments(), segments);
        }

        #[test]
        fn a_subtree_is_one_range(
            at in prop::collection::vec("[\u{0}-\u{2}ab]{0,3}", 0..3),
            other in prop::collection::vec("[\u{0}-\u{2}ab]{0,3}", 0..4),
        ) {
            let (from, until) = DocPath::from_segments(&at).below("r");
            let key = DocPath::from_segments(&other).row("r");
            prop_assert_eq!(from <= key && key < until, other.len() > at.len() && other.starts_with(&at));
        }
    }
}
