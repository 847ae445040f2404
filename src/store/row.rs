//! What rows hold, as bytes.

use serde_json::{Map, Value};

use super::bytes::{Decoder, Encoder, utf8};
use super::error::Damage;
use super::key::DocPath;

/// The user in whose name links are kept up to date.
pub(super) const GRAPH_USER: &str = "system/rev_graph_update";

/// What is known of a resource apart from its document, and that too if it is small.
///
/// It stays, with `exists` false, when the resource is deleted: a rev is never used twice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) exists: bool,
    pub(super) rev: u64,
    pub(super) content_type: String,
    pub(super) owner: String,
    /// Seconds since the epoch.
    pub(super) created: f64,
    pub(super) created_by: String,
    pub(super) modified: f64,
    pub(super) modified_by: String,
    /// The whole document as JSON text, if it is small and has no links; its values have no rows then.
    pub(super) whole: Option<String>,
}

const EXISTS: u8 = 1;
const CREATED_BY_OWNER: u8 = 2;
const MODIFIED_BY_OWNER: u8 = 4;
const MODIFIED_BY_GRAPH: u8 = 8;
const HAS_WHOLE: u8 = 16;

impl Header {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut flags = 0;
        let mut set = |on: bool, flag: u8| flags |= if on { flag } else { 0 };
        set(self.exists, EXISTS);
        set(self.created_by == self.owner, CREATED_BY_OWNER);
        set(self.modified_by == self.owner, MODIFIED_BY_OWNER);
        set(self.modified_by == GRAPH_USER, MODIFIED_BY_GRAPH);
        set(self.whole.is_some(), HAS_WHOLE);
        let whole = self.whole.as_deref().unwrap_or_default();
        let mut out = Encoder::with_flags(flags, 64 + self.content_type.len() + whole.len());
        out.number(self.rev);
        out.float(self.created);
        out.float(self.modified);
        out.text(&self.content_type);
        out.text(&self.owner);
        if flags & CREATED_BY_OWNER == 0 {
            out.text(&self.created_by);
        }
        if flags & (MODIFIED_BY_OWNER | MODIFIED_BY_GRAPH) == 0 {
            out.text(&self.modified_by);
        }
        out.0.extend_from_slice(whole.as_bytes());
        out.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Damage> {
        let mut input = Decoder(bytes);
        let flags = input.byte()?;
        let rev = input.number()?;
        let created = input.float()?;
        let modified = input.float()?;
        let content_type = input.text()?.to_owned();
        let owner = input.text()?.to_owned();
        let created_by = if flags & CREATED_BY_OWNER != 0 { owner.clone() } else { input.text()?.to_owned() };
        let modified_by = if flags & MODIFIED_BY_OWNER != 0 {
            owner.clone()
        } else if flags & MODIFIED_BY_GRAPH != 0 {
            GRAPH_USER.to_owned()
        } else {
            input.text()?.to_owned()
        };
        let whole = if flags & HAS_WHOLE != 0 { Some(utf8(input.0)?.to_owned()) } else { None };
        let exists = flags & EXISTS != 0;
        Ok(Self { exists, rev, content_type, owner, created, created_by, modified, modified_by, whole })
    }
}

/// One value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// An object whose members have rows of their own.
    Object,
    /// A scalar, or an array without links, as JSON text.
    Leaf(String),
    /// An array in which the objects with an `_id` are links, as JSON text.
    LinkArray(String),
    /// A small object with all that is in it, as JSON text.
    Packed(String),
    /// A link.
    Link(LinkNode),
}

/// A link as it stands in a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinkNode {
    /// The key of the target.
    pub(super) target: String,
    /// `_rev` in the document.
    pub(super) rev: Option<u64>,
    /// Whether changes of the target climb through it. A versioned link that was written again without `_rev` keeps
    /// the number and no longer follows.
    pub(super) follows: bool,
    /// Members other than `_id` and `_rev`.
    pub(super) extra: Map<String, Value>,
}

const OBJECT: u8 = 0;
const LEAF: u8 = 1;
const LINK_ARRAY: u8 = 2;
const PACKED: u8 = 3;
const LINK: u8 = 8;
const LINK_HAS_REV: u8 = 1;
const LINK_FOLLOWS: u8 = 2;
const LINK_HAS_EXTRA: u8 = 4;

impl Node {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Object => vec![OBJECT],
            Self::Leaf(text) => tagged(LEAF, text),
            Self::LinkArray(text) => tagged(LINK_ARRAY, text),
            Self::Packed(text) => tagged(PACKED, text),
            Self::Link(link) => link.to_bytes(),
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Damage> {
        Ok(match NodeRef::from_bytes(bytes)? {
            NodeRef::Object => Self::Object,
            NodeRef::Leaf(text) => Self::Leaf(text.to_owned()),
            NodeRef::LinkArray(text) => Self::LinkArray(text.to_owned()),
            NodeRef::Packed(text) => Self::Packed(text.to_owned()),
            NodeRef::Link(link) => Self::Link(link),
        })
    }
}

fn tagged(tag: u8, text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 1);
    out.push(tag);
    out.extend_from_slice(text.as_bytes());
    out
}

/// A [`Node`] that borrows its text from the row.
pub(super) enum NodeRef<'a> {
    Object,
    Leaf(&'a str),
    LinkArray(&'a str),
    Packed(&'a str),
    Link(LinkNode),
}

impl<'a> NodeRef<'a> {
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Damage> {
        let (tag, rest) = bytes.split_first().ok_or(Damage("empty row"))?;
        Ok(match *tag {
            OBJECT => Self::Object,
            LEAF => Self::Leaf(utf8(rest)?),
            LINK_ARRAY => Self::LinkArray(utf8(rest)?),
            PACKED => Self::Packed(utf8(rest)?),
            tag if tag & LINK != 0 => Self::Link(LinkNode::from_parts(tag, rest)?),
            _ => return Err(Damage("row of unknown kind")),
        })
    }
}

impl LinkNode {
    fn to_bytes(&self) -> Vec<u8> {
        let mut tag = LINK;
        tag |= if self.rev.is_some() { LINK_HAS_REV } else { 0 };
        tag |= if self.follows { LINK_FOLLOWS } else { 0 };
        tag |= if self.extra.is_empty() { 0 } else { LINK_HAS_EXTRA };
        let mut out = Encoder::with_flags(tag, self.target.len() + 8);
        out.text(&self.target);
        if let Some(rev) = self.rev {
            out.number(rev);
        }
        if !self.extra.is_empty() {
            out.text(&json_text(&self.extra));
        }
        out.0
    }

    fn from_parts(tag: u8, rest: &[u8]) -> Result<Self, Damage> {
        let mut input = Decoder(rest);
        let target = input.text()?.to_owned();
        let rev = if tag & LINK_HAS_REV != 0 { Some(input.number()?) } else { None };
        let extra = if tag & LINK_HAS_EXTRA != 0 {
            serde_json::from_str(input.text()?).map_err(|_| Damage("members of a link are not JSON"))?
        } else {
            Map::new()
        };
        Ok(Self { target, rev, follows: tag & LINK_FOLLOWS != 0, extra })
    }

    /// Appends the link as clients read it.
    pub(super) fn write(&self, out: &mut String) {
        if !self.extra.is_empty() {
            out.push_str(&json_text(&self.to_value()));
            return;
        }
        // The key of a resource needs no escapes.
        out.push_str(r#"{"_id":"resources/"#);
        out.push_str(&self.target);
        out.push('"');
        if let Some(rev) = self.rev {
            out.push_str(r#","_rev":"#);
            out.push_str(&rev.to_string());
        }
        out.push('}');
    }

    /// The link as clients read it.
    pub(super) fn to_value(&self) -> Value {
        let mut map = self.extra.clone();
        map.insert("_id".to_owned(), Value::String(format!("resources/{}", self.target)));
        if let Some(rev) = self.rev {
            map.insert("_rev".to_owned(), Value::from(rev));
        }
        Value::Object(map)
    }
}

/// One change of a resource, as the log keeps it: what was written, without what can be told from the rest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ChangeRow {
    pub(super) what: Written,
    /// Seconds since the epoch.
    pub(super) time: f64,
    pub(super) user: String,
    /// The `_type` that the resource got when this change created it, with its owner.
    pub(super) created: Option<Birth>,
    /// The changes of resources below that caused this one.
    pub(super) children: Vec<Child>,
}

/// What only a creation records.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Birth {
    pub(super) content_type: String,
    pub(super) owner: String,
}

/// The body of a change.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    /// JSON text merged at a path.
    Merge(DocPath, String),
    /// The value at a path was removed.
    Delete(DocPath),
    /// The values at several paths, none of which leads to another, were removed.
    DeleteSeveral(Vec<DocPath>),
    /// The `_rev` of the link at a path was set.
    LinkRev(DocPath, u64),
}

/// The change of a resource below.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Child {
    /// Where in this resource the link to it stands.
    pub(super) path: DocPath,
    pub(super) resource: String,
    pub(super) rev: u64,
}

const CHANGE_KIND: u8 = 3;
const CHANGE_MERGE: u8 = 0;
const CHANGE_DELETE: u8 = 1;
const CHANGE_LINK_REV: u8 = 2;
const CHANGE_DELETE_SEVERAL: u8 = 3;
const CHANGE_CREATED: u8 = 4;
const CHANGE_BY_GRAPH: u8 = 8;

impl ChangeRow {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let by_graph = self.user == GRAPH_USER;
        let kind = match self.what {
            Written::Merge(..) => CHANGE_MERGE,
            Written::Delete(_) => CHANGE_DELETE,
            Written::DeleteSeveral(_) => CHANGE_DELETE_SEVERAL,
            Written::LinkRev(..) => CHANGE_LINK_REV,
        };
        let flags = kind
            | if self.created.is_some() { CHANGE_CREATED } else { 0 }
            | if by_graph { CHANGE_BY_GRAPH } else { 0 };
        let text = if let Written::Merge(_, text) = &self.what { text.len() } else { 0 };
        let mut out = Encoder::with_flags(flags, 64 + text);
        out.float(self.time);
        if !by_graph {
            out.text(&self.user);
        }
        if let Some(birth) = &self.created {
            out.text(&birth.content_type);
            out.text(&birth.owner);
        }
        out.number(self.children.len() as u64);
        for child in &self.children {
            out.bytes(child.path.as_bytes());
            out.text(&child.resource);
            out.number(child.rev);
        }
        match &self.what {
            Written::Merge(path, text) => {
                out.bytes(path.as_bytes());
                out.0.extend_from_slice(text.as_bytes());
            }
            Written::Delete(path) => out.bytes(path.as_bytes()),
            Written::DeleteSeveral(paths) => paths.iter().for_each(|path| out.bytes(path.as_bytes())),
            Written::LinkRev(path, rev) => {
                out.bytes(path.as_bytes());
                out.number(*rev);
            }
        }
        out.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Damage> {
        let mut input = Decoder(bytes);
        let flags = input.byte()?;
        let time = input.float()?;
        let user =
            if flags & CHANGE_BY_GRAPH != 0 { GRAPH_USER.to_owned() } else { input.text()?.to_owned() };
        let created = if flags & CHANGE_CREATED != 0 {
            Some(Birth { content_type: input.text()?.to_owned(), owner: input.text()?.to_owned() })
        } else {
            None
        };
        let mut children = Vec::new();
        for _ in 0..input.number()? {
            let path = DocPath::from_bytes(input.bytes()?);
            let resource = input.text()?.to_owned();
            children.push(Child { path, resource, rev: input.number()? });
        }
        let path = DocPath::from_bytes(input.bytes()?);
        let what = match flags & CHANGE_KIND {
            CHANGE_MERGE => Written::Merge(path, utf8(input.0)?.to_owned()),
            CHANGE_DELETE => Written::Delete(path),
            CHANGE_LINK_REV => Written::LinkRev(path, input.number()?),
            _ => {
                let mut paths = vec![path];
                while !input.is_at_end() {
                    paths.push(DocPath::from_bytes(input.bytes()?));
                }
                Written::DeleteSeveral(paths)
            }
        };
        Ok(Self { what, time, user, created, children })
    }
}

/// The JSON text of a value that was read from JSON.
pub(super) fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn header(modified_by: &str) -> Header {
        Header {
            exists: true,
            rev: 300,
            content_type: "application/json".to_owned(),
            owner: "users/a".to_owned(),
            created: 1.5,
            created_by: "users/b".to_owned(),
            modified: 2.25,
            modified_by: modified_by.to_owned(),
            whole: None,
        }
    }

    #[test]
    fn headers_come_back() {
        for user in ["users/a", "users/b", GRAPH_USER] {
            let header = header(user);
            assert_eq!(Header::from_bytes(&header.to_bytes()).unwrap(), header);
            let header = Header { whole: Some(r#"{"a":"ä"}"#.to_owned()), ..header };
            assert_eq!(Header::from_bytes(&header.to_bytes()).unwrap(), header);
        }
    }

    #[test]
    fn nodes_come_back() {
        let extra = json!({"extra": [1]}).as_object().unwrap().clone();
        let link = |rev, follows, extra| Node::Link(LinkNode { target: "k".to_owned(), rev, follows, extra });
        let nodes = [
            Node::Object,
            Node::Leaf("1.5".to_owned()),
            Node::LinkArray("[]".to_owned()),
            Node::Packed(r#"{"a":1}"#.to_owned()),
            link(None, false, Map::new()),
            link(Some(300), true, Map::new()),
            link(Some(0), false, extra),
        ];
        for node in nodes {
            assert_eq!(Node::from_bytes(&node.to_bytes()).unwrap(), node);
        }
    }

    #[test]
    fn changes_come_back() {
        let path = DocPath::from_segments(&["a", "b"]);
        let child = Child { path: path.clone(), resource: "k".to_owned(), rev: 7 };
        let birth = Birth { content_type: "application/json".to_owned(), owner: "users/a".to_owned() };
        let whats = [
            Written::Merge(path.clone(), "{}".to_owned()),
            Written::Delete(path.clone()),
            Written::DeleteSeveral(vec![path.clone(), DocPath::from_segments(&["c"])]),
            Written::LinkRev(path, 9),
        ];
        for what in whats {
            for user in ["users/a", GRAPH_USER] {
                for created in [None, Some(birth.clone())] {
                    let row = ChangeRow {
                        what: what.clone(),
                        time: 1.25,
                        user: user.to_owned(),
                        created,
                        children: vec![child.clone()],
                    };
                    assert_eq!(ChangeRow::from_bytes(&row.to_bytes()).unwrap(), row);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Header::from_bytes(&bytes);
            let _ = Node::from_bytes(&bytes);
            let _ = ChangeRow::from_bytes(&bytes);
        }
    }
}
