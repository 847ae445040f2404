//! The graph of resources: where a path leads, and which parents a change climbs to.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde_json::Value;

use super::changes::{self, Event};
use super::db::{Batch, Rows};
use super::document::{self, OWN_META, OWN_ROOT, array_link, links_in_array, living_header, parse};
use super::error::Fault;
use super::key::{self, DocPath, META_KEY};
use super::packed;
use super::row::{ChangeRow, Child, GRAPH_USER, Header, Node, NodeRef, Written, json_text};
use super::whole;

/// Where a path leads.
#[derive(Debug)]
pub(super) struct Place {
    /// The key of the resource reached. Where the first resource is missing, the rest of the path follows it.
    pub(super) resource: String,
    /// `None` if it does not exist.
    pub(super) header: Option<Header>,
    /// The way on from there.
    pub(super) leftover: Vec<String>,
    /// What stands at the end of `leftover`, as far as it has a row.
    pub(super) found: Found,
    /// The last link that was followed.
    pub(super) via: Option<Via>,
    /// The resources that were passed before this one.
    pub(super) passed: Vec<(String, Header)>,
}

#[derive(Debug)]
pub(super) enum Found {
    /// The root of the resource, or something the store itself keeps.
    Own,
    /// A value with a row of its own.
    Node(Node),
    /// A value inside an array: the segments up to the array, the array, and the value.
    InArray {
        array_depth: usize,
        array: Value,
        value: Option<Value>,
    },
    /// A value inside an object that is kept in one row.
    InPacked(Option<Value>),
    Nothing,
}

/// A place in a resource, with what it takes to judge who may do what there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'p> {
    pub(super) resource: &'p str,
    /// `None` if the resource does not exist.
    pub(super) header: Option<&'p Header>,
    /// The way on in the resource.
    pub(super) path: &'p [String],
    /// The resources that were passed before this one.
    pub(super) passed: &'p [(String, Header)],
}

/// A link that was followed.
#[derive(Debug)]
pub(super) struct Via {
    pub(super) resource: String,
    pub(super) header: Header,
    pub(super) path: Vec<String>,
    /// The link is inside an array, which begins after this many segments.
    pub(super) array_depth: Option<usize>,
    /// More segments followed the link, and its target is missing.
    pub(super) overshot: bool,
}

impl Found {
    fn in_array(array_depth: usize, array: Value, rest: &[String]) -> Self {
        let value = inside(&array, rest).cloned();
        Self::InArray { array_depth, array, value }
    }
}

impl Place {
    pub(super) fn spot(&self) -> Spot<'_> {
        let Self { resource, header, leftover, passed, .. } = self;
        Spot { resource, header: header.as_ref(), path: leftover, passed }
    }

    /// The last link that was followed, and where it stands.
    pub(super) fn link(&self) -> Option<(Spot<'_>, &Via)> {
        let via = self.via.as_ref()?;
        // The last is the one with the link.
        let (_, passed) = self.passed.split_last()?;
        let spot = Spot { resource: &via.resource, header: Some(&via.header), path: &via.path, passed };
        Some((spot, via))
    }
}

/// Follows `segments` from the resource `start`.
pub(super) fn resolve(rows: &impl Rows, start: &str, segments: Vec<String>) -> Result<Place, Fault> {
    let mut walk = Walk { rows, resource: start.to_owned(), via: None, passed: Vec::new() };
    let Some(mut header) = walk.header()? else {
        walk.resource.push_str(&key::pointer(&segments));
        return Ok(walk.end(None, Vec::new(), Found::Nothing));
    };
    let (mut base, mut index, mut path) = (0, 0, DocPath::root());
    while index < segments.len() {
        let segment = &segments[index];
        let depth = index - base;
        let in_meta = segments[base] == META_KEY;
        let own = match depth {
            0 => OWN_ROOT.contains(&segment.as_str()),
            1 => in_meta && OWN_META.contains(&segment.as_str()),
            _ => false,
        };
        if own {
            return Ok(walk.end(Some(header), segments[base..].to_vec(), Found::Own));
        }
        path.push(segment);
        if depth == 0 && in_meta {
            index += 1;
            continue;
        }
        let last = index + 1 == segments.len();
        let node = match &header.whole {
            // Further down it looks into the member itself.
            Some(text) if !in_meta => whole::member(text, segment)?,
            _ => walk.node(&path)?,
        };
        let end = match node {
            Some(Node::Object) if !last => {
                index += 1;
                continue;
            }
            Some(Node::Link(link)) => Err((link.target, index + 1, None)),
            Some(Node::Leaf(text)) if !last && text.starts_with('[') => {
                Ok(Found::in_array(depth + 1, parse(&text)?, &segments[index + 1..]))
            }
            Some(Node::LinkArray(text)) if !last => {
                let array = parse(&text)?;
                match first_link(&array, &segments[index + 1..]) {
                    Some((target, steps)) => Err((target, index + 1 + steps, Some(depth + 1))),
                    None => Ok(Found::in_array(depth + 1, array, &segments[index + 1..])),
                }
            }
            Some(Node::Packed(text)) if !last => {
                Ok(Found::InPacked(packed::inside(&packed::object_of(&text)?, &segments[index + 1..])))
            }
            Some(node) if last => Ok(Found::Node(node)),
            Some(_) | None => Ok(Found::Nothing),
        };
        let (target, next, array_depth) = match end {
            Ok(found) => {
                return Ok(walk.end(Some(header), segments[base..].to_vec(), found));
            }
            Err(link) => link,
        };
        let left = std::mem::replace(&mut walk.resource, target);
        walk.via = Some(Via {
            resource: left.clone(),
            header: header.clone(),
            path: segments[base..next].to_vec(),
            array_depth,
            overshot: false,
        });
        walk.passed.push((left, header));
        let Some(found) = walk.header()? else {
            if let Some(via) = &mut walk.via {
                via.overshot = next < segments.len();
            }
            return Ok(walk.end(None, Vec::new(), Found::Nothing));
        };
        header = found;
        (base, index, path) = (next, next, DocPath::root());
    }
    Ok(walk.end(Some(header), segments[base..].to_vec(), Found::Own))
}

struct Walk<'r, R> {
    rows: &'r R,
    resource: String,
    via: Option<Via>,
    passed: Vec<(String, Header)>,
}

impl<R: Rows> Walk<'_, R> {
    fn header(&self) -> Result<Option<Header>, Fault> {
        living_header(self.rows, &self.resource)
    }

    fn node(&self, path: &DocPath) -> Result<Option<Node>, Fault> {
        document::node(self.rows, &self.resource, path)
    }

    fn end(self, header: Option<Header>, leftover: Vec<String>, found: Found) -> Place {
        let Self { resource, via, passed, .. } = self;
        Place { resource, header, leftover, found, via, passed }
    }
}

/// The value that `segments` lead to inside an array.
fn inside<'v>(array: &'v Value, segments: &[String]) -> Option<&'v Value> {
    segments.iter().try_fold(array, |value, segment| match value {
        Value::Array(items) => items.get(index_of(segment)?),
        Value::Object(map) => map.get(segment),
        _ => None,
    })
}

/// The array index that `segment` is.
pub(super) fn index_of(segment: &str) -> Option<usize> {
    let digits = segment.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (segment == "0" || !segment.starts_with('0'))).then(|| segment.parse().ok())?
}

/// The first link on the way of `segments` inside an array, and how many segments lead to it.
fn first_link(array: &Value, segments: &[String]) -> Option<(String, usize)> {
    let mut value = array;
    for (index, segment) in segments.iter().enumerate() {
        value = match value {
            Value::Array(items) => items.get(index_of(segment)?)?,
            Value::Object(map) => map.get(segment)?,
            _ => return None,
        };
        if let Some((target, _)) = value.as_object().and_then(array_link) {
            return Some((target.to_owned(), index + 1));
        }
    }
    None
}

/// A rewrite of one versioned link that is still to be done.
struct Climb {
    rev: u64,
    children: Vec<Child>,
    /// The resources that caused it: where a link leads back to one of them, the climb stops.
    chain: BTreeSet<String>,
}

/// The rewrites that wait, in order.
#[derive(Default)]
struct Waiting {
    order: VecDeque<(String, DocPath)>,
    climbs: HashMap<(String, DocPath), Climb>,
}

/// Brings the versioned links to `resource` up to its `rev`, and those to their parents, and so on.
///
/// Each link is one change of its parent; while it waits, further changes below join it, so that a change of one
/// resource costs a bounded number of writes whatever the shape of the graph. `rev` 0 stands for a deleted resource.
pub(super) fn propagate(
    batch: &mut Batch<'_>,
    resource: &str,
    rev: u64,
    time: f64,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let mut waiting = Waiting::default();
    waiting.parents_of(batch, resource, rev, &BTreeSet::new())?;
    while let Some((parent, path, climb)) = waiting.next() {
        let Some(mut header) = living_header(batch, &parent)? else { continue };
        let Some(written) = rewrite(batch, &parent, &path, climb.rev)? else { continue };
        header.rev += 1;
        header.modified = time;
        GRAPH_USER.clone_into(&mut header.modified_by);
        batch.put(&key::header(&parent), &header.to_bytes())?;
        let user = GRAPH_USER.to_owned();
        let change = ChangeRow { what: written, time, user, created: None, children: climb.children };
        changes::append(batch, &parent, header.rev, &change)?;
        events.push(Event::changed(&parent, header.rev));
        waiting.parents_of(batch, &parent, header.rev, &climb.chain)?;
    }
    Ok(())
}

impl Waiting {
    fn next(&mut self) -> Option<(String, DocPath, Climb)> {
        let link = self.order.pop_front()?;
        let climb = self.climbs.remove(&link)?;
        Some((link.0, link.1, climb))
    }

    fn parents_of(
        &mut self,
        batch: &Batch<'_>,
        resource: &str,
        rev: u64,
        chain: &BTreeSet<String>,
    ) -> Result<(), Fault> {
        let (from, until) = key::incoming_range(resource);
        for row in batch.scan(&from, &until)? {
            let (row_key, _) = row?;
            let (parent, path) =
                key::incoming_parts(resource, &row_key).ok_or(Fault::Damage("key of an incoming link"))?;
            if parent == resource || chain.contains(&parent) {
                continue;
            }
            let child = (rev > 0).then(|| Child { path: path.clone(), resource: resource.to_owned(), rev });
            let order = &mut self.order;
            let climb = self.climbs.entry((parent, path)).or_insert_with_key(|link| {
                order.push_back(link.clone());
                Climb { rev, children: Vec::new(), chain: BTreeSet::new() }
            });
            climb.rev = rev;
            climb.children.extend(child);
            climb.chain.extend(chain.iter().cloned());
            climb.chain.insert(resource.to_owned());
        }
        Ok(())
    }
}

/// Sets `_rev` of the versioned link at `path`; `None` if there is none, which the index says cannot be.
fn rewrite(batch: &mut Batch<'_>, parent: &str, path: &DocPath, rev: u64) -> Result<Option<Written>, Fault> {
    let row = path.row(parent);
    let link = match batch.get(&row)? {
        Some(bytes) => match NodeRef::from_bytes(&bytes)? {
            NodeRef::Link(link) => Some(link),
            _ => None,
        },
        None => None,
    };
    if let Some(mut link) = link {
        link.rev = Some(rev);
        batch.put(&row, &Node::Link(link).to_bytes())?;
        return Ok(Some(Written::LinkRev(path.clone(), rev)));
    }
    rewrite_in_array(batch, parent, path, rev)
}

fn rewrite_in_array(
    batch: &mut Batch<'_>,
    parent: &str,
    path: &DocPath,
    rev: u64,
) -> Result<Option<Written>, Fault> {
    let segments = path.segments();
    for depth in 1..segments.len() {
        let array_path = DocPath::from_segments(&segments[..depth]);
        let Some(Node::LinkArray(text)) = document::node(batch, parent, &array_path)? else { continue };
        let mut array = parse(&text)?;
        links_in_array(&mut array, &mut |at, map| {
            if *at == segments[depth..] {
                map.insert("_rev".to_owned(), Value::from(rev));
            }
        });
        let text = json_text(&array);
        batch.put(&array_path.row(parent), &Node::LinkArray(text.clone()).to_bytes())?;
        return Ok(Some(Written::Merge(array_path, text)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_digits_without_a_leading_zero() {
        assert_eq!(index_of("0"), Some(0));
        assert_eq!(index_of("12"), Some(12));
        for none in ["", "-", "01", "x", "1x", "99999999999999999999999"] {
            assert_eq!(index_of(none), None, "{none}");
        }
    }
}
