//! Writes documents out as JSON text, row by row: a list of a million items is never held as a whole.

use std::fmt;
use std::fmt::Write as _;

use serde_json::Value;

use super::db::{Scan, Snapshot};
use super::document;
use super::error::Fault;
use super::key::{self, DocPath};
use super::row::{Header, NodeRef, json_text};

/// JSON text that is made as it is asked for.
pub(super) struct Render {
    source: Source,
    scan: Scan<'static>,
    done: bool,
    /// What was made before and is still to be handed out.
    begun: String,
    /// Where the revs of linked resources are looked up, if links are to tell them.
    revs: Option<Snapshot>,
}

enum Source {
    /// Rows of a document, with the length of the key of what they lie below, and the number of open objects.
    Document { base: usize, open: usize, first: bool, prelude: String },
    /// The list of changes of a resource.
    Changes { resource: String, first: bool },
}

/// The document of a resource that its header holds, with `_meta` cut down to a link.
pub(super) fn whole(resource: &str, header: &Header, members: &str) -> String {
    let mut text = own_root(resource, header, members.len());
    text.push(',');
    text.push_str(members.strip_prefix('{').unwrap_or(members));
    text
}

/// The document of a resource up to where its members begin, with room for those.
fn own_root(resource: &str, header: &Header, room: usize) -> String {
    let rev = header.rev.to_string();
    let mut text = String::with_capacity(2 * resource.len() + header.content_type.len() + 128 + room);
    let mut push = |parts: &[&str]| parts.iter().for_each(|part| text.push_str(part));
    // The key of a resource needs no escapes.
    push(&[r#"{"_id":"resources/"#, resource, r#"","_type":"#, &json_text(&header.content_type)]);
    push(&[r#","_rev":"#, &rev, r#","_meta":{"_id":"resources/"#, resource, r#"/_meta","_rev":"#, &rev, "}"]);
    text
}

impl fmt::Debug for Render {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Render").field("done", &self.done).finish_non_exhaustive()
    }
}

impl Render {
    /// The document of a resource, with `_meta` cut down to a link.
    pub(super) fn resource(snapshot: &Snapshot, resource: &str, header: &Header) -> Result<Self, Fault> {
        let prelude = own_root(resource, header, 0);
        Self::document(snapshot, resource, &DocPath::root(), prelude, false)
    }

    /// The meta document of a resource.
    pub(super) fn meta(snapshot: &Snapshot, resource: &str, header: &Header) -> Result<Self, Fault> {
        let mut prelude = json_text(&Value::Object(document::own_meta(resource, header)));
        prelude.pop();
        Self::document(snapshot, resource, &DocPath::meta(), prelude, false)
    }

    /// An object inside a resource.
    pub(super) fn object(snapshot: &Snapshot, resource: &str, path: &DocPath) -> Result<Self, Fault> {
        Self::document(snapshot, resource, path, "{".to_owned(), true)
    }

    fn document(
        snapshot: &Snapshot,
        resource: &str,
        path: &DocPath,
        prelude: String,
        first: bool,
    ) -> Result<Self, Fault> {
        let (from, until) = path.below(resource);
        let source = Source::Document { base: from.len() - 1, open: 1, first, prelude };
        Ok(Self::new(source, snapshot.owned_scan(&from, &until)?))
    }

    /// The list of all changes of a resource.
    pub(super) fn changes(snapshot: &Snapshot, resource: &str) -> Result<Self, Fault> {
        let (from, until) = key::change_range(resource);
        let scan = snapshot.owned_scan(&from, &until)?;
        Ok(Self::new(Source::Changes { resource: resource.to_owned(), first: true }, scan))
    }

    fn new(source: Source, scan: Scan<'static>) -> Self {
        Self { source, scan, done: false, begun: String::new(), revs: None }
    }

    /// Has links tell the rev at which their resources are now, also those that do not follow them.
    pub(super) fn with_link_revs(self, snapshot: &Snapshot) -> Self {
        Self { revs: Some(snapshot.clone()), ..self }
    }

    /// Puts text that was taken back in front.
    pub(super) fn begun_with(&mut self, text: String) {
        self.begun = text;
    }

    /// Appends to `out` until it has `length` bytes or the end is reached, and says whether it is.
    pub(super) fn fill(&mut self, out: &mut String, length: usize) -> Result<bool, Fault> {
        out.push_str(&std::mem::take(&mut self.begun));
        while !self.done && out.len() < length {
            let row = match self.source {
                Source::Document { .. } => self.scan.next(),
                // The oldest change lies last.
                Source::Changes { .. } => self.scan.next_back(),
            };
            match row.transpose()? {
                Some((row_key, row_value)) => {
                    self.source.row(out, &row_key, &row_value, self.revs.as_ref())?
                }
                None => {
                    self.source.end(out);
                    self.done = true;
                }
            }
        }
        Ok(self.done)
    }
}

impl Source {
    fn row(
        &mut self,
        out: &mut String,
        row_key: &[u8],
        row_value: &[u8],
        revs: Option<&Snapshot>,
    ) -> Result<(), Fault> {
        match self {
            Self::Document { base, open, first, prelude } => {
                out.push_str(&std::mem::take(prelude));
                let rest = &row_key[*base..];
                let path = rest.strip_suffix(&[0]).ok_or(Fault::Damage("key of a value"))?;
                let depth = 1 + path.iter().filter(|byte| **byte == 0).count();
                let name = path.rsplit(|byte| *byte == 0).next().unwrap_or_default();
                while *open > depth {
                    out.push('}');
                    *open -= 1;
                    *first = false;
                }
                if *open < depth {
                    return Err(Fault::Damage("value without its object"));
                }
                if !std::mem::replace(first, false) {
                    out.push(',');
                }
                out.push_str(&json_text(&key::unescape(name)));
                out.push(':');
                match NodeRef::from_bytes(row_value)? {
                    NodeRef::Object => {
                        out.push('{');
                        *open += 1;
                        *first = true;
                    }
                    NodeRef::Leaf(text) | NodeRef::LinkArray(text) | NodeRef::Packed(text) => {
                        out.push_str(text)
                    }
                    NodeRef::Link(mut link) => {
                        if let Some(snapshot) = revs {
                            let header = document::living_header(snapshot, &link.target)?;
                            link.rev = header.map(|header| header.rev);
                        }
                        link.write(out);
                    }
                }
            }
            Self::Changes { resource, first } => {
                let rev = key::change_rev(row_key).ok_or(Fault::Damage("key of a change"))?;
                out.push(if std::mem::replace(first, false) { '{' } else { ',' });
                let _ = write!(
                    out,
                    r#""{rev}":{{"_id":"resources/{resource}/_meta/_changes/{rev}","_rev":{rev}}}"#
                );
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut String) {
        match self {
            Self::Document { open, prelude, .. } => {
                out.push_str(prelude);
                out.extend(std::iter::repeat_n('}', *open));
            }
            Self::Changes { first: true, .. } => out.push_str("{}"),
            Self::Changes { .. } => out.push('}'),
        }
    }
}
