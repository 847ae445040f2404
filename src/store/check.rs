//! Whether what is stored agrees with itself: every link with the index of links, every log with its document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::changes::{self, wrap};
use super::db::{Rows, Snapshot};
use super::document::{self, OWN_META, array_link, links_in_array, parse};
use super::error::Fault;
use super::key::{self, DocPath, META_KEY, Part};
use super::packed;
use super::row::{Header, Node, NodeRef, Written};

/// The most problems that are named; one is enough to act on.
const MAX_PROBLEMS: usize = 100;

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// The resources that exist.
    pub resources: u64,
    /// All rows.
    pub rows: u64,
    /// All changes in the logs.
    pub changes: u64,
    /// Links that climb, counted where they stand.
    pub versioned_links: u64,
    /// What is wrong, in words; the first hundred.
    pub problems: Vec<String>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, resource: &str, what: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(format!("resources/{resource}: {what}"));
        }
    }
}

/// Looks at every row.
pub(super) fn check(snapshot: &Snapshot) -> Result<CheckReport, Fault> {
    let mut report = CheckReport::default();
    let mut current: Option<Resource> = None;
    for row in snapshot.scan(&[], &[0xff])? {
        let (row_key, row_value) = row?;
        report.rows += 1;
        let Some((name, part, rest)) = key::split(&row_key) else {
            report.problem("?", &format!("row with the key {:?}", String::from_utf8_lossy(&row_key)));
            continue;
        };
        if current.as_ref().is_none_or(|resource| resource.name != name) {
            if let Some(done) = current.take() {
                done.finish(snapshot, &mut report)?;
            }
            current = Some(Resource::new(name));
        }
        if let Some(resource) = &mut current {
            resource.row(snapshot, part, rest, &row_key, &row_value, &mut report)?;
        }
    }
    if let Some(done) = current {
        done.finish(snapshot, &mut report)?;
    }
    Ok(report)
}

/// What has been seen of one resource.
struct Resource {
    name: String,
    header: Option<Header>,
    revs: Vec<u64>,
    values: bool,
    /// The paths at which objects stand.
    objects: BTreeSet<Vec<u8>>,
}

impl Resource {
    fn new(name: &str) -> Self {
        let (name, objects) = (name.to_owned(), BTreeSet::new());
        Self { name, header: None, revs: Vec::new(), values: false, objects }
    }

    fn row(
        &mut self,
        snapshot: &Snapshot,
        part: Part,
        rest: &[u8],
        row_key: &[u8],
        row_value: &[u8],
        report: &mut CheckReport,
    ) -> Result<(), Fault> {
        match part {
            Part::Header => match Header::from_bytes(row_value) {
                Ok(header) => {
                    if header.whole.as_deref().is_some_and(|whole| packed::object_of(whole).is_err()) {
                        report.problem(&self.name, "its document is not an object");
                    }
                    report.resources += u64::from(header.exists);
                    self.header = Some(header);
                }
                Err(damage) => report.problem(&self.name, damage.0),
            },
            Part::Document | Part::Meta => {
                self.values = true;
                if part == Part::Document && self.header.as_ref().is_some_and(|header| header.whole.is_some())
                {
                    report.problem(&self.name, "has values besides its document");
                }
                let mut path = if part == Part::Meta { DocPath::meta() } else { DocPath::root() };
                for segment in key::segments_of(rest) {
                    path.push(&segment);
                }
                self.value(snapshot, &path, part, rest, row_value, report)?;
            }
            Part::Change => {
                report.changes += 1;
                self.revs.extend(key::change_rev(row_key));
            }
            Part::Incoming => {
                let found = match key::incoming_parts(&self.name, row_key) {
                    Some((parent, path)) => links_to(snapshot, &parent, &path, &self.name)?,
                    None => false,
                };
                if !found {
                    report.problem(&self.name, "is linked by the index, but not by a document");
                }
            }
            Part::Content => self.values = true,
        }
        Ok(())
    }

    fn value(
        &mut self,
        snapshot: &Snapshot,
        path: &DocPath,
        part: Part,
        rest: &[u8],
        row_value: &[u8],
        report: &mut CheckReport,
    ) -> Result<(), Fault> {
        let at = || key::pointer(&path.segments());
        let parent = rest.strip_suffix(&[0]).map(|path| {
            let end = path.iter().rposition(|byte| *byte == 0).map_or(0, |end| end + 1);
            let mut parent = vec![part as u8];
            parent.extend_from_slice(&path[..end]);
            parent
        });
        let held = parent.is_some_and(|parent| parent.len() == 1 || self.objects.contains(&parent));
        if !held {
            report.problem(&self.name, &format!("{} lies in nothing", at()));
        }
        match NodeRef::from_bytes(row_value) {
            Ok(NodeRef::Object) => {
                let mut own = vec![part as u8];
                own.extend_from_slice(rest);
                self.objects.insert(own);
            }
            Ok(NodeRef::Leaf(text)) => {
                if parse(text).is_err() {
                    report.problem(&self.name, &format!("{} is not JSON", at()));
                }
            }
            Ok(NodeRef::Packed(text)) => {
                if packed::object_of(text).is_err() {
                    report.problem(&self.name, &format!("{} is not an object", at()));
                }
            }
            Ok(NodeRef::LinkArray(text)) => {
                let mut array = parse(text)?;
                let mut found = Vec::new();
                links_in_array(&mut array, &mut |steps, map| {
                    if let Some((target, true)) = array_link(map) {
                        let mut path = path.clone();
                        for step in steps {
                            path.push(step);
                        }
                        found.push((target.to_owned(), path));
                    }
                });
                for (target, path) in found {
                    self.indexed(snapshot, &target, &path, report)?;
                }
            }
            Ok(NodeRef::Link(link)) if link.follows => self.indexed(snapshot, &link.target, path, report)?,
            Ok(NodeRef::Link(_)) => {}
            Err(damage) => report.problem(&self.name, &format!("{}: {}", at(), damage.0)),
        }
        Ok(())
    }

    fn indexed(
        &self,
        snapshot: &Snapshot,
        target: &str,
        path: &DocPath,
        report: &mut CheckReport,
    ) -> Result<(), Fault> {
        report.versioned_links += 1;
        if snapshot.get(&key::incoming(target, &self.name, path))?.is_none() {
            let at = key::pointer(&path.segments());
            report.problem(&self.name, &format!("the link at {at} is not in the index"));
        }
        Ok(())
    }

    fn finish(mut self, snapshot: &Snapshot, report: &mut CheckReport) -> Result<(), Fault> {
        self.revs.sort_unstable();
        let name = self.name.as_str();
        let Some(header) = &self.header else {
            if self.values || !self.revs.is_empty() {
                report.problem(name, "has no header");
            }
            return Ok(());
        };
        if !header.exists && self.values {
            report.problem(name, "is deleted, but not all of it");
        }
        if self.revs.windows(2).any(|pair| pair[1] != pair[0] + 1) {
            report.problem(name, "its log has gaps");
        }
        if self.revs.last().is_some_and(|last| *last != header.rev) {
            report.problem(name, &format!("is at rev {}, but its log is not", header.rev));
        }
        if header.exists {
            match compare(snapshot, name, &self.revs, report) {
                // The others are to be looked at all the same.
                Err(Fault::Damage(what)) => report.problem(name, what),
                compared => return compared,
            }
        }
        Ok(())
    }
}

/// Whether there is a versioned link to `target` at `path` of `parent`.
fn links_to(snapshot: &Snapshot, parent: &str, path: &DocPath, target: &str) -> Result<bool, Fault> {
    if let Some(Node::Link(link)) = document::node(snapshot, parent, path)? {
        return Ok(link.follows && link.target == target);
    }
    let segments = path.segments();
    for depth in 1..segments.len() {
        let array = DocPath::from_segments(&segments[..depth]);
        if let Some(Node::LinkArray(text)) = document::node(snapshot, parent, &array)? {
            let mut found = false;
            links_in_array(&mut parse(&text)?, &mut |steps, map| {
                found |= *steps == segments[depth..] && array_link(map) == Some((target, true));
            });
            return Ok(found);
        }
    }
    Ok(false)
}

/// Whether the log, followed from the creation on, gives the document.
fn compare(snapshot: &Snapshot, name: &str, revs: &[u64], report: &mut CheckReport) -> Result<(), Fault> {
    let mut made: Option<Value> = None;
    for rev in revs {
        let change = match changes::read(snapshot, name, *rev) {
            Ok(Some(change)) => change,
            Ok(None) => continue,
            Err(fault) => {
                report.problem(name, &format!("change {rev}: {fault}"));
                return Ok(());
            }
        };
        if change.created.is_some() {
            made = Some(Value::Object(Map::new()));
        }
        // What was before the log begins is not known.
        let Some(document) = &mut made else { continue };
        match change.what {
            Written::Merge(path, text) => {
                let body = wrap(&path.segments(), parse(&text)?);
                crate::model::merge(document, &body);
            }
            Written::LinkRev(path, rev) => {
                let body = wrap(&path.segments(), serde_json::json!({"_rev": rev}));
                crate::model::merge(document, &body);
            }
            Written::Delete(path) => remove(document, &path.segments()),
            Written::DeleteSeveral(paths) => {
                paths.iter().for_each(|path| remove(document, &path.segments()));
            }
        }
    }
    let Some(mut made) = made else { return Ok(()) };
    let mut stored = document::value(snapshot, name, &DocPath::root())?.unwrap_or_default();
    let meta = document::value(snapshot, name, &DocPath::meta())?.unwrap_or_default();
    stored[META_KEY] = meta;
    normalise(&mut made);
    normalise(&mut stored);
    if made != stored {
        report.problem(name, "its log does not give its document");
    }
    Ok(())
}

fn remove(document: &mut Value, path: &[String]) {
    let Some((last, parents)) = path.split_last() else { return };
    let parent = parents.iter().try_fold(document, |value, segment| value.get_mut(segment.as_str()));
    if let Some(Value::Object(map)) = parent {
        map.remove(last);
    }
}

/// Takes away what the log and the document say differently: what the store keeps itself, and the revs of links.
fn normalise(document: &mut Value) {
    let Value::Object(root) = document else { return };
    root.retain(|name, _| !document::OWN_ROOT.contains(&name.as_str()));
    let meta = root.entry(META_KEY).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(meta) = meta {
        meta.retain(|name, _| !OWN_META.contains(&name.as_str()));
    }
    for value in root.values_mut() {
        forget_link_revs(value);
    }
}

fn forget_link_revs(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_link_revs),
        Value::Object(map) => {
            if map.get("_id").and_then(Value::as_str).is_some_and(|id| key::resource_of(id).is_some()) {
                map.remove("_rev");
            }
            map.values_mut().for_each(forget_link_revs);
        }
        _ => {}
    }
}
