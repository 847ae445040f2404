//! Documents as rows: reading, merging and removing values.
//!
//! Every value has one row, except those inside an array, a link or a small object, which their row holds as a whole, and
//! those of a small resource, which its header holds. A link is one row, so the rows are also the index of outgoing links.
//! Must not know of requests, revs or changes.

use serde_json::{Map, Value};

use super::db::{Batch, Rows};
use super::error::Fault;
use super::key::{self, DocPath, META_KEY};
use super::packed;
use super::row::{Header, LinkNode, Node, NodeRef, json_text};
use super::whole::{self, Members};

/// Members of `_meta` that the store itself keeps; what clients write there is dropped, except `_type` and `_owner`.
pub(super) const OWN_META: [&str; 8] =
    ["_id", "_rev", "_type", "_owner", "_changes", "modified", "modifiedBy", "stats"];

/// Members of a resource's root that the store itself keeps.
pub(super) const OWN_ROOT: [&str; 3] = ["_id", "_rev", "_type"];

pub(super) fn is_own(name: &str) -> bool {
    name == META_KEY || OWN_ROOT.contains(&name)
}

pub(super) fn header(rows: &impl Rows, resource: &str) -> Result<Option<Header>, Fault> {
    match rows.get(&key::header(resource))? {
        Some(bytes) => Ok(Some(Header::from_bytes(&bytes)?)),
        None => Ok(None),
    }
}

/// The header of a resource that is there, not of one that has been deleted.
pub(super) fn living_header(rows: &impl Rows, resource: &str) -> Result<Option<Header>, Fault> {
    Ok(header(rows, resource)?.filter(|header| header.exists))
}

/// What has a row at a path. Nothing has in a resource that its header holds.
pub(super) fn node(rows: &impl Rows, resource: &str, path: &DocPath) -> Result<Option<Node>, Fault> {
    match rows.get(&path.row(resource))? {
        Some(bytes) => Ok(Some(Node::from_bytes(&bytes)?)),
        None => Ok(None),
    }
}

/// The meta document as far as it follows from the header.
pub(super) fn own_meta(resource: &str, header: &Header) -> Map<String, Value> {
    let meta_id = format!("resources/{resource}/_meta");
    let value = serde_json::json!({
        "_changes": {"_id": format!("{meta_id}/_changes"), "_rev": header.rev},
        "_id": meta_id,
        "_type": header.content_type,
        "_owner": header.owner,
        "_rev": header.rev,
        "stats": {"createdBy": header.created_by, "created": header.created},
    });
    let Value::Object(mut map) = value else { return Map::new() };
    if header.modified_by.is_empty() {
        // What was made along with its user and never written has the times where the reference server puts them.
        map["stats"]["modified"] = Value::from(header.created);
        map["stats"]["modifiedBy"] = Value::from(header.created_by.as_str());
    } else {
        map.insert("modified".to_owned(), Value::from(header.modified));
        map.insert("modifiedBy".to_owned(), Value::from(header.modified_by.as_str()));
    }
    map
}

/// The value at `path` with everything below it; `None` if there is none.
pub(super) fn value(rows: &impl Rows, resource: &str, path: &DocPath) -> Result<Option<Value>, Fault> {
    if !path.is_in_meta()
        && let Some(text) = header(rows, resource)?.and_then(|header| header.whole)
    {
        let document = packed::object_of(&text)?;
        return Ok(match path.segments().as_slice() {
            [] => Some(Value::Object(document)),
            segments => packed::inside(&document, segments),
        });
    }
    if !path.is_base() {
        match node(rows, resource, path)? {
            None => return Ok(None),
            Some(Node::Object) => {}
            Some(Node::Leaf(text) | Node::LinkArray(text) | Node::Packed(text)) => {
                return parse(&text).map(Some);
            }
            Some(Node::Link(link)) => return Ok(Some(link.to_value())),
        }
    }
    let (from, until) = path.below(resource);
    let mut root = Value::Object(Map::new());
    for row in rows.scan(&from, &until)? {
        let (row_key, row_value) = row?;
        let segments = key::segments_of(&row_key[from.len() - 1..]);
        let value = match NodeRef::from_bytes(&row_value)? {
            NodeRef::Object => Value::Object(Map::new()),
            NodeRef::Leaf(text) | NodeRef::LinkArray(text) | NodeRef::Packed(text) => parse(text)?,
            NodeRef::Link(link) => link.to_value(),
        };
        let Some((last, parents)) = segments.split_last() else { continue };
        let mut at = &mut root;
        for parent in parents {
            at = at.get_mut(parent.as_str()).ok_or(Fault::Damage("value without its object"))?;
        }
        let object = at.as_object_mut().ok_or(Fault::Damage("value below a scalar"))?;
        object.insert(last.clone(), value);
    }
    Ok(Some(root))
}

pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Damage("value is not JSON"))
}

/// The key of the resource that a JSON object links to, if it is a link.
fn link_target(map: &Map<String, Value>) -> Option<&str> {
    key::resource_of(map.get("_id")?.as_str()?)
}

/// Calls `visit` with each link inside an array, with the segments that lead to it from the array.
pub(super) fn links_in_array(value: &mut Value, visit: &mut impl FnMut(&[String], &mut Map<String, Value>)) {
    fn walk(
        value: &mut Value,
        at: &mut Vec<String>,
        visit: &mut impl FnMut(&[String], &mut Map<String, Value>),
    ) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    at.push(index.to_string());
                    walk(item, at, visit);
                    at.pop();
                }
            }
            Value::Object(map) if link_target(map).is_some() => visit(at, map),
            Value::Object(map) => {
                for (key, item) in map.iter_mut().filter(|(key, _)| *key != META_KEY) {
                    at.push(key.clone());
                    walk(item, at, visit);
                    at.pop();
                }
            }
            _ => {}
        }
    }
    walk(value, &mut Vec::new(), visit);
}

/// The link that `map` is, inside an array: its target, and whether changes climb through it.
pub(super) fn array_link(map: &Map<String, Value>) -> Option<(&str, bool)> {
    Some((link_target(map)?, map.contains_key("_rev")))
}

/// What to do with objects that look like links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    /// Store them as plain objects.
    Ignore,
}

/// What was removed.
pub(super) enum Removed {
    /// A link to the resource with this key.
    Link(String),
    /// Anything else.
    Value,
}

/// Writes values into one resource.
pub(super) struct Editor<'a, 't> {
    batch: &'a mut Batch<'t>,
    resource: &'a str,
    links: Links,
}

impl<'a, 't> Editor<'a, 't> {
    pub(super) fn new(batch: &'a mut Batch<'t>, resource: &'a str, links: Links) -> Self {
        Self { batch, resource, links }
    }

    /// Writes the header, and merges the members of a body into the root, but for those that the store keeps itself.
    pub(super) fn merge_body(
        &mut self,
        header: &mut Header,
        body: &Members<'_>,
        created: bool,
    ) -> Result<(), Fault> {
        let may_be_whole = created || header.whole.is_some();
        let before = header.whole.take();
        if may_be_whole {
            header.whole = whole::merged(before.as_deref(), body)?;
        }
        // First: a link to the resource itself tells the rev in it.
        self.batch.put(&key::header(self.resource), &header.to_bytes())?;
        if header.whole.is_some() {
            return Ok(());
        }
        if let Some(before) = before {
            self.merge_root(&packed::object_of(&before)?, true)?;
        }
        self.merge_root(body.values(), created)
    }

    /// Removes the value at `path` with everything below; `None` if there was none. The resource's header is to be written
    /// after that.
    pub(super) fn remove_from(
        &mut self,
        header: &mut Header,
        path: &DocPath,
    ) -> Result<Option<Removed>, Fault> {
        let text = header.whole.as_ref().filter(|_| !path.is_in_meta());
        let Some(text) = text else { return self.remove(path) };
        let Some(left) = whole::without(text, &path.segments())? else { return Ok(None) };
        header.whole = left;
        Ok(Some(Removed::Value))
    }

    fn merge_root(&mut self, map: &Map<String, Value>, fresh: bool) -> Result<(), Fault> {
        let mut path = DocPath::root();
        for (name, value) in map.iter().filter(|(name, _)| !is_own(name)) {
            path.push(name);
            self.merge(&mut path, name, value, fresh)?;
            path.truncate(0);
        }
        Ok(())
    }

    /// Merges the members of `map` into the object at `path`, which is there. With `fresh`, nothing is below it.
    pub(super) fn merge_members(
        &mut self,
        path: &mut DocPath,
        map: &Map<String, Value>,
        fresh: bool,
    ) -> Result<(), Fault> {
        for (name, value) in map {
            let mark = path.mark();
            path.push(name);
            self.merge(path, name, value, fresh)?;
            path.truncate(mark);
        }
        Ok(())
    }

    fn merge(&mut self, path: &mut DocPath, name: &str, value: &Value, fresh: bool) -> Result<(), Fault> {
        match value {
            Value::Object(map) => match link_target(map) {
                Some(target) if self.links == Links::Follow && name != META_KEY => {
                    self.merge_link(path, target, map, fresh)
                }
                _ => self.merge_object(path, map, fresh),
            },
            Value::Array(_) if self.links == Links::Follow => self.replace_by_array(path, value, fresh),
            _ => self.replace(path, &Node::Leaf(json_text(value)), fresh),
        }
    }

    fn merge_object(
        &mut self,
        path: &mut DocPath,
        map: &Map<String, Value>,
        fresh: bool,
    ) -> Result<(), Fault> {
        let existing = if fresh { None } else { node(self.batch, self.resource, path)? };
        match existing {
            Some(Node::Object) => self.merge_members(path, map, false),
            Some(Node::Link(link)) => self.merge_into_link(path, link, map),
            Some(Node::Packed(text)) => {
                let mut object = packed::object_of(&text)?;
                if packed::may_hold(map) {
                    merge_members_of(&mut object, map.iter());
                    return self.put_object(path, &object);
                }
                self.put_rows(path, &object)?;
                self.merge_members(path, map, false)
            }
            other => {
                if let Some(Node::LinkArray(text)) = other {
                    self.forget_array(path, &text)?;
                }
                self.put_object(path, map)
            }
        }
    }

    /// Puts an object where nothing is, or something without rows below it.
    fn put_object(&mut self, path: &mut DocPath, map: &Map<String, Value>) -> Result<(), Fault> {
        match packed::text_of(map) {
            // What a resource says of itself is looked up value by value.
            Some(text) if !path.is_in_meta() => self.put(path, &Node::Packed(text)),
            _ => self.put_rows(path, map),
        }
    }

    fn put_rows(&mut self, path: &mut DocPath, map: &Map<String, Value>) -> Result<(), Fault> {
        self.put(path, &Node::Object)?;
        self.merge_members(path, map, true)
    }

    /// Merges an object that is not a link itself into a link.
    fn merge_into_link(
        &mut self,
        path: &mut DocPath,
        mut link: LinkNode,
        map: &Map<String, Value>,
    ) -> Result<(), Fault> {
        if map.contains_key("_id") {
            self.forget(path, &link)?;
            let mut whole = link.to_value();
            crate::model::merge(&mut whole, &Value::Object(map.clone()));
            return match whole {
                Value::Object(map) => self.put_rows(path, &map),
                _ => Ok(()),
            };
        }
        merge_extra(&mut link.extra, map);
        if map.contains_key("_rev") {
            link.rev = Some(self.rev_of(&link.target)?);
            if !link.follows {
                link.follows = true;
                self.remember(path, &link.target)?;
            }
        }
        self.put(path, &Node::Link(link))
    }

    fn merge_link(
        &mut self,
        path: &mut DocPath,
        target: &str,
        map: &Map<String, Value>,
        fresh: bool,
    ) -> Result<(), Fault> {
        let existing = if fresh { None } else { node(self.batch, self.resource, path)? };
        let (mut extra, mut rev) = (Map::new(), None);
        match existing {
            Some(Node::Link(old)) => {
                self.forget(path, &old)?;
                (extra, rev) = (old.extra, old.rev);
            }
            Some(Node::Object) => {
                // An object whose links were ignored, or a plain one, becomes a link.
                if let Some(Value::Object(old)) = value(self.batch, self.resource, path)? {
                    rev = old.get("_rev").and_then(Value::as_u64);
                    merge_extra(&mut extra, &old);
                }
                self.remove_below(path)?;
            }
            Some(Node::Packed(text)) => {
                let old = packed::object_of(&text)?;
                rev = old.get("_rev").and_then(Value::as_u64);
                merge_extra(&mut extra, &old);
            }
            Some(Node::LinkArray(text)) => self.forget_array(path, &text)?,
            Some(Node::Leaf(_)) | None => {}
        }
        merge_extra(&mut extra, map);
        let follows = map.contains_key("_rev");
        if follows {
            rev = Some(self.rev_of(target)?);
            self.remember(path, target)?;
        }
        self.put(path, &Node::Link(LinkNode { target: target.to_owned(), rev, follows, extra }))
    }

    fn replace_by_array(&mut self, path: &mut DocPath, array: &Value, fresh: bool) -> Result<(), Fault> {
        let mut array = array.clone();
        let mut found = Vec::new();
        links_in_array(&mut array, &mut |at, map| {
            if let Some((target, follows)) = array_link(map) {
                found.push((at.to_vec(), target.to_owned(), follows));
            }
        });
        if found.is_empty() {
            return self.replace(path, &Node::Leaf(json_text(&array)), fresh);
        }
        let mut revs = Vec::with_capacity(found.len());
        for (_, target, follows) in &found {
            revs.push(if *follows { Some(self.rev_of(target)?) } else { None });
        }
        let mut next = revs.into_iter();
        links_in_array(&mut array, &mut |_, map| {
            if let Some(Some(rev)) = next.next() {
                map.insert("_rev".to_owned(), Value::from(rev));
            }
        });
        self.replace(path, &Node::LinkArray(json_text(&array)), fresh)?;
        for (at, target, _) in found.iter().filter(|(_, _, follows)| *follows) {
            self.remember(&joined(path, at), target)?;
        }
        Ok(())
    }

    /// Puts a value without rows below it in the place of whatever is there.
    fn replace(&mut self, path: &mut DocPath, new: &Node, fresh: bool) -> Result<(), Fault> {
        let old = if fresh { None } else { node(self.batch, self.resource, path)? };
        self.put(path, new)?;
        match old {
            Some(Node::Object) => self.remove_below(path),
            Some(Node::Link(link)) => self.forget(path, &link),
            Some(Node::LinkArray(text)) => self.forget_array(path, &text),
            Some(Node::Leaf(_) | Node::Packed(_)) | None => Ok(()),
        }
    }

    fn remove(&mut self, path: &DocPath) -> Result<Option<Removed>, Fault> {
        let Some(old) = node(self.batch, self.resource, path)? else { return self.take_out(path) };
        self.batch.remove(&path.row(self.resource))?;
        match old {
            Node::Object => self.remove_below(path)?,
            Node::Link(link) => {
                self.forget(path, &link)?;
                return Ok(Some(Removed::Link(link.target)));
            }
            Node::LinkArray(text) => self.forget_array(path, &text)?,
            Node::Leaf(_) | Node::Packed(_) => {}
        }
        Ok(Some(Removed::Value))
    }

    /// Removes a value that lies in a packed object.
    fn take_out(&mut self, path: &DocPath) -> Result<Option<Removed>, Fault> {
        let segments = path.segments();
        for depth in 1..segments.len() {
            let mut holder = DocPath::from_segments(&segments[..depth]);
            let Some(Node::Packed(text)) = node(self.batch, self.resource, &holder)? else { continue };
            let mut object = packed::object_of(&text)?;
            if !packed::take_out(&mut object, &segments[depth..]) {
                return Ok(None);
            }
            self.put_object(&mut holder, &object)?;
            return Ok(Some(Removed::Value));
        }
        Ok(None)
    }

    /// Removes everything below `path`; of the root without, of `_meta` with what is below that.
    pub(super) fn remove_below(&mut self, path: &DocPath) -> Result<(), Fault> {
        let (from, until) = path.below(self.resource);
        let base = from.len() - 1;
        let mut links = Vec::new();
        let mut damaged = None;
        self.batch.remove_range(&from, &until, |row_key, row_value| {
            match NodeRef::from_bytes(row_value) {
                Ok(NodeRef::Link(link)) if link.follows => {
                    links.push((row_key[base..].to_vec(), Node::Link(link)));
                }
                Ok(NodeRef::LinkArray(text)) => {
                    links.push((row_key[base..].to_vec(), Node::LinkArray(text.to_owned())));
                }
                Ok(_) => {}
                Err(damage) => damaged = Some(damage),
            }
        })?;
        if let Some(damage) = damaged {
            return Err(damage.into());
        }
        for (rest, node) in links {
            let at = joined(path, &key::segments_of(&rest));
            match node {
                Node::Link(link) => self.forget(&at, &link)?,
                Node::LinkArray(text) => self.forget_array(&at, &text)?,
                Node::Object | Node::Leaf(_) | Node::Packed(_) => {}
            }
        }
        Ok(())
    }

    fn put(&mut self, path: &DocPath, new: &Node) -> Result<(), Fault> {
        self.batch.put(&path.row(self.resource), &new.to_bytes())?;
        Ok(())
    }

    fn rev_of(&self, target: &str) -> Result<u64, Fault> {
        Ok(living_header(self.batch, target)?.map_or(0, |header| header.rev))
    }

    fn remember(&mut self, path: &DocPath, target: &str) -> Result<(), Fault> {
        self.batch.put(&key::incoming(target, self.resource, path), &[])?;
        Ok(())
    }

    fn forget(&mut self, path: &DocPath, link: &LinkNode) -> Result<(), Fault> {
        if link.follows {
            self.batch.remove(&key::incoming(&link.target, self.resource, path))?;
        }
        Ok(())
    }

    fn forget_array(&mut self, path: &DocPath, text: &str) -> Result<(), Fault> {
        let mut found = Vec::new();
        links_in_array(&mut parse(text)?, &mut |at, map| {
            if let Some((target, true)) = array_link(map) {
                found.push(key::incoming(target, self.resource, &joined(path, at)));
            }
        });
        for row in found {
            self.batch.remove(&row)?;
        }
        Ok(())
    }
}

fn joined(path: &DocPath, segments: &[String]) -> DocPath {
    let mut path = path.clone();
    for segment in segments {
        path.push(segment);
    }
    path
}

fn merge_members_of<'v>(
    into: &mut Map<String, Value>,
    members: impl Iterator<Item = (&'v String, &'v Value)>,
) {
    for (name, value) in members {
        match into.get_mut(name) {
            Some(slot) => crate::model::merge(slot, value),
            None => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

fn merge_extra(extra: &mut Map<String, Value>, map: &Map<String, Value>) {
    merge_members_of(extra, map.iter().filter(|(name, _)| *name != "_id" && *name != "_rev"));
}
