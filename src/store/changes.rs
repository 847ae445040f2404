//! The change log: what a stored change looks like to clients, and what happened in a transaction.

use std::fmt::Write as _;
use std::slice;

use serde_json::{Map, Value, json};

use super::db::{Batch, Rows};
use super::document::parse;
use super::error::Fault;
use super::key::{self, DocPath, META_KEY};
use super::row::{ChangeRow, Written, json_text};

/// What happened to one resource in a transaction, in the order in which watchers are to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) resource: String,
    /// The rev that the resource got; when it was deleted, the last that it had.
    pub(super) rev: u64,
    pub(super) deleted: bool,
}

impl Event {
    pub(super) fn changed(resource: &str, rev: u64) -> Self {
        Self { resource: resource.to_owned(), rev, deleted: false }
    }

    pub(super) fn deleted(resource: &str, rev: u64) -> Self {
        Self { resource: resource.to_owned(), rev, deleted: true }
    }
}

pub(super) fn read(rows: &impl Rows, resource: &str, rev: u64) -> Result<Option<ChangeRow>, Fault> {
    match rows.get(&key::change(resource, rev))? {
        Some(bytes) => Ok(Some(ChangeRow::from_bytes(&bytes)?)),
        None => Ok(None),
    }
}

/// Adds a change to the log, and takes away those that are not to be kept any longer.
pub(super) fn append(
    batch: &mut Batch<'_>,
    resource: &str,
    rev: u64,
    change: &ChangeRow,
) -> Result<(), Fault> {
    batch.put(&key::change(resource, rev), &change.to_bytes())?;
    if let Some(last) = batch.keep_changes.and_then(|keep| rev.checked_sub(keep)) {
        // Older changes lie behind newer ones.
        let (_, end) = key::change_range(resource);
        batch.remove_range(&key::change(resource, last), &end, |_, _| {})?;
    }
    Ok(())
}

/// The notice that a resource was deleted as a whole, as JSON text.
pub(super) fn delete_notice(resource: &str) -> String {
    format!(r#"[{{"resource_id":"resources/{resource}","path":"","body":null,"type":"delete"}}]"#)
}

/// The change array of one rev, as JSON text: the resource's own change first, then those below that caused it, by
/// depth, then by rev. `[]` if there is no such change.
pub(super) fn array(rows: &impl Rows, resource: &str, rev: u64) -> Result<String, Fault> {
    let mut out = String::from("[");
    let mut level = match read(rows, resource, rev)? {
        Some(row) => vec![(String::new(), resource.to_owned(), rev, row)],
        None => Vec::new(),
    };
    while !level.is_empty() {
        let mut below = Vec::new();
        for (pointer, resource, rev, row) in level {
            if out.len() > 1 {
                out.push(',');
            }
            element(&mut out, &pointer, &resource, rev, &row)?;
            for child in row.children {
                if let Some(row) = read(rows, &child.resource, child.rev)? {
                    let mut pointer = pointer.clone();
                    for segment in child.path.segments() {
                        key::push_pointer(&mut pointer, &segment);
                    }
                    below.push((pointer, child.resource, child.rev, row));
                }
            }
        }
        below.sort_by_key(|(_, _, rev, _)| *rev);
        level = below;
    }
    out.push(']');
    Ok(out)
}

fn element(out: &mut String, pointer: &str, resource: &str, rev: u64, row: &ChangeRow) -> Result<(), Fault> {
    let kind = match row.what {
        Written::Delete(_) | Written::DeleteSeveral(_) => "delete",
        Written::Merge(..) | Written::LinkRev(..) => "merge",
    };
    let pointer = json_text(&pointer);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"resource_id":"resources/{resource}","path":{pointer},"type":"{kind}","body":{{"_rev":{rev},"#
    );
    let meta = meta(resource, rev, row);
    match &row.what {
        Written::Merge(path, text) if path.as_bytes().is_empty() && text.contains(r#""_meta""#) => {
            let mut body = parse(text)?;
            let mut own = Value::Object(meta);
            if let Some(theirs) = body.as_object_mut().and_then(|body| body.remove(META_KEY)) {
                crate::model::merge(&mut own, &theirs);
            }
            born(out, row);
            let _ = write!(out, r#""_meta":{}"#, json_text(&own));
            members(out, &json_text(&body));
        }
        Written::Merge(path, text) => {
            born(out, row);
            let _ = write!(out, r#""_meta":{}"#, json_text(&meta));
            if path.as_bytes().is_empty() {
                members(out, text);
            } else {
                nested(out, slice::from_ref(path), text);
            }
        }
        Written::LinkRev(path, link_rev) if !below_meta(path) => {
            let _ = write!(out, r#""_meta":{}"#, json_text(&meta));
            nested(out, slice::from_ref(path), &format!(r#"{{"_rev":{link_rev}}}"#));
        }
        Written::Delete(path) if !below_meta(path) => {
            let _ = write!(out, r#""_meta":{}"#, json_text(&meta));
            nested(out, slice::from_ref(path), "null");
        }
        Written::DeleteSeveral(paths) => {
            let _ = write!(out, r#""_meta":{}"#, json_text(&meta));
            nested(out, paths, "null");
        }
        Written::LinkRev(path, link_rev) => in_meta(out, meta, path, json!({"_rev": link_rev})),
        Written::Delete(path) => in_meta(out, meta, path, Value::Null),
    }
    out.push_str("}}");
    Ok(())
}

fn below_meta(path: &DocPath) -> bool {
    path.as_bytes().starts_with(DocPath::meta().as_bytes())
}

fn meta(resource: &str, rev: u64, row: &ChangeRow) -> Map<String, Value> {
    let mut meta = Map::new();
    meta.insert("modifiedBy".to_owned(), Value::from(row.user.as_str()));
    meta.insert("modified".to_owned(), Value::from(row.time));
    meta.insert("_rev".to_owned(), Value::from(rev));
    if let Some(birth) = &row.created {
        meta.insert("_id".to_owned(), Value::from(format!("resources/{resource}/_meta")));
        meta.insert("_type".to_owned(), Value::from(birth.content_type.as_str()));
        meta.insert("_owner".to_owned(), Value::from(birth.owner.as_str()));
        meta.insert("stats".to_owned(), json!({"createdBy": row.user, "created": row.time}));
    }
    meta
}

/// The `_type` that a creation gives.
fn born(out: &mut String, row: &ChangeRow) {
    if let Some(birth) = &row.created {
        let _ = write!(out, r#""_type":{},"#, json_text(&birth.content_type));
    }
}

/// The members of an object's text, behind others.
fn members(out: &mut String, object: &str) {
    if let Some(inner) = object.strip_prefix('{').and_then(|text| text.strip_suffix('}'))
        && !inner.is_empty()
    {
        out.push(',');
        out.push_str(inner);
    }
}

/// The same value at each of some paths, none of which leads to another, behind other members.
fn nested(out: &mut String, paths: &[DocPath], value: &str) {
    let mut paths: Vec<Vec<String>> = paths.iter().map(DocPath::segments).collect();
    // What lies in one object comes together.
    paths.sort_unstable();
    let mut before: &[String] = &[];
    for path in &paths {
        let most = before.len().min(path.len()).saturating_sub(1);
        let shared = before.iter().zip(path).take(most).take_while(|(one, other)| one == other).count();
        (shared + 1..before.len()).for_each(|_| out.push('}'));
        for (index, segment) in path.iter().enumerate().skip(shared) {
            out.push(if index == shared { ',' } else { '{' });
            out.push_str(&json_text(segment));
            out.push(':');
        }
        out.push_str(value);
        before = path;
    }
    (1..before.len()).for_each(|_| out.push('}'));
}

fn in_meta(out: &mut String, own: Map<String, Value>, path: &DocPath, value: Value) {
    let segments = path.segments();
    let written = wrap(&segments[1..], value);
    let mut meta = Value::Object(own);
    crate::model::merge(&mut meta, &written);
    let _ = write!(out, r#""_meta":{}"#, json_text(&meta));
}

/// `value` inside objects, one for each segment.
pub(super) fn wrap<S: AsRef<str>>(segments: &[S], value: Value) -> Value {
    segments.iter().rev().fold(value, |value, segment| {
        let mut map = Map::new();
        map.insert(segment.as_ref().to_owned(), value);
        Value::Object(map)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(paths: &[&[&str]]) -> String {
        let paths: Vec<DocPath> = paths.iter().map(|segments| DocPath::from_segments(segments)).collect();
        let mut out = r#"{"_rev":1"#.to_owned();
        nested(&mut out, &paths, "null");
        out + "}"
    }

    #[test]
    fn values_at_several_paths_make_one_body() {
        assert_eq!(body(&[&["b"], &["a"]]), r#"{"_rev":1,"a":null,"b":null}"#);
        assert_eq!(
            body(&[&["d", "2", "x"], &["e"], &["d", "1", "y"], &["c"], &["d", "2", "a/\""]]),
            r#"{"_rev":1,"c":null,"d":{"1":{"y":null},"2":{"a/\"":null,"x":null}},"e":null}"#
        );
        assert_eq!(body(&[&["a", "b", "c"]]), r#"{"_rev":1,"a":{"b":{"c":null}}}"#);
    }

    #[test]
    fn a_body_of_damaged_paths_is_json_all_the_same() {
        for paths in [&[&["a"][..], &["a", "b"]][..], &[&["a", "b"], &["a", "b"]], &[&["", ""], &[""]]] {
            serde_json::from_str::<Value>(&body(paths)).unwrap();
        }
    }
}
