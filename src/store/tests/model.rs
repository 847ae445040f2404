//! Random writes, against a model that is as plain as can be: one JSON value a resource.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::{Map, Value, json};

use super::{done, file, options, write};
use crate::store::auth::Session;
use crate::store::db::{Db, JOURNAL_BYTES, Options, Rows as _};
use crate::store::key::{self, DocPath, Part};
use crate::store::request::{Content, Method};
use crate::store::row::Node;
use crate::store::{check, document, read};

pub(super) const RESOURCES: [&str; 4] = ["r0", "r1", "r2", "r3"];

#[derive(Clone, Debug)]
pub(super) enum Op {
    Put { resource: usize, path: Vec<String>, body: Value },
    Delete { resource: usize, path: Vec<String> },
}

pub(super) fn segment() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c/d", "0", "1", "_x", "ä"]).prop_map(str::to_owned)
}

/// Links go from each resource to later ones only, or anywhere.
fn link(from: usize, cycles: bool) -> BoxedStrategy<Value> {
    let targets: Vec<usize> =
        if cycles { (0..RESOURCES.len()).collect() } else { (from + 1..RESOURCES.len()).collect() };
    if targets.is_empty() {
        return Just(json!({})).boxed();
    }
    (prop::sample::select(targets), any::<bool>(), any::<bool>())
        .prop_map(|(target, versioned, extra)| {
            let mut link = json!({"_id": format!("resources/{}", RESOURCES[target])});
            if versioned {
                link["_rev"] = json!(0);
            }
            if extra {
                link["extra"] = json!({"e": 1});
            }
            link
        })
        .boxed()
}

fn value(from: usize, cycles: bool) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        any::<i32>().prop_map(Value::from),
        "[a-zä\"\\\\]{0,4}".prop_map(Value::from),
        // A few of these are more than an object in one row may hold.
        Just(json!("long ".repeat(50))),
        link(from, cycles),
        link(from, cycles),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            object(inner.clone()),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(segment(), inner, 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

pub(super) fn op(cycles: bool) -> impl Strategy<Value = Op> {
    (0..RESOURCES.len()).prop_flat_map(move |resource| {
        let path = || prop::collection::vec(segment(), 0..3);
        let put = (path(), value(resource, cycles), object(value(resource, cycles))).prop_map(
            move |(path, any, object)| {
                let body = if path.is_empty() { object } else { any };
                Op::Put { resource, path, body }
            },
        );
        prop_oneof![
            4 => put,
            1 => path().prop_map(move |path| Op::Delete { resource, path }),
        ]
    })
}

/// Takes the revs off links, which the model does not follow.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => {
            let link =
                map.get("_id").and_then(Value::as_str).is_some_and(|id| key::resource_of(id).is_some());
            let members = map.iter().filter(|(name, _)| !link || *name != "_rev");
            Value::Object(members.map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

/// The documents as plain values, and where a path leads in them.
#[derive(Default)]
struct Model {
    documents: BTreeMap<String, Value>,
}

/// A place in the model: a resource and the way on in it.
struct At {
    resource: String,
    rest: Vec<String>,
    /// The place of the link that led there, if the way ends with it.
    link: Option<(String, Vec<String>)>,
    overshot: bool,
}

impl Model {
    fn resolve(&self, resource: &str, path: &[String]) -> At {
        let mut at = At { resource: resource.to_owned(), rest: Vec::new(), link: None, overshot: false };
        for (index, segment) in path.iter().enumerate() {
            at.rest.push(segment.clone());
            let Some(document) = self.documents.get(&at.resource) else { break };
            let found = get(document, &at.rest);
            let target = found.and_then(|value| key::resource_of(value.get("_id")?.as_str()?));
            if let Some(target) = target {
                at.link = Some((at.resource.clone(), std::mem::take(&mut at.rest)));
                at.resource = target.to_owned();
                if !self.documents.contains_key(&at.resource) {
                    at.overshot = index + 1 < path.len();
                    break;
                }
            }
        }
        at
    }

    fn put(&mut self, at: &At, body: &Value) {
        let document = self.documents.entry(at.resource.clone()).or_insert_with(|| json!({}));
        put(document, &at.rest, body);
        // A link written through a link is merged into the root of its target, which keeps its own.
        if let Value::Object(root) = document {
            root.retain(|name, _| !document::OWN_ROOT.contains(&name.as_str()));
        }
    }

    fn delete(&mut self, at: &At) {
        match &at.link {
            Some(_) if at.overshot => {}
            Some((parent, path)) if at.rest.is_empty() => {
                if let Some(document) = self.documents.get_mut(parent) {
                    take(document, path);
                }
            }
            _ if at.rest.is_empty() => {
                self.documents.remove(&at.resource);
            }
            _ => {
                if let Some(document) = self.documents.get_mut(&at.resource) {
                    take(document, &at.rest);
                }
            }
        }
    }
}

fn index(segment: &str) -> Option<usize> {
    let canonical = segment.parse::<usize>().ok()?;
    (canonical.to_string() == segment).then_some(canonical)
}

fn get<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, segment| match value {
        Value::Array(items) => items.get(index(segment)?),
        Value::Object(map) => map.get(segment),
        _ => None,
    })
}

fn put(slot: &mut Value, path: &[String], body: &Value) {
    let Some((first, rest)) = path.split_first() else {
        crate::model::merge(slot, body);
        return;
    };
    match slot {
        Value::Array(items) if index(first).is_some_and(|index| index < items.len()) => {
            put(&mut items[index(first).unwrap()], rest, body);
        }
        Value::Array(items) if index(first) == Some(items.len()) => {
            items.push(Value::Null);
            put(items.last_mut().unwrap(), rest, body);
        }
        Value::Object(map) => put(map.entry(first.clone()).or_insert(Value::Null), rest, body),
        other => {
            *other = Value::Object(Map::new());
            put(other, path, body);
        }
    }
}

fn take(value: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    match value {
        Value::Array(items) => {
            let Some(index) = index(first).filter(|index| *index < items.len()) else { return };
            if rest.is_empty() {
                items.remove(index);
            } else {
                take(&mut items[index], rest);
            }
        }
        Value::Object(map) if rest.is_empty() => {
            map.remove(first);
        }
        Value::Object(map) => {
            if let Some(member) = map.get_mut(first) {
                take(member, rest);
            }
        }
        _ => {}
    }
}

pub(super) fn url(resource: usize, path: &[String]) -> String {
    format!("/resources/{}{}", RESOURCES[resource], key::pointer(path))
}

fn try_out(ops: &[Op], cycles: bool, journal_bytes: u64) -> Result<(), TestCaseError> {
    let memory = || -> Box<dyn StorageBackend> { Box::new(InMemoryBackend::new()) };
    let db = Db::in_storage(memory(), [memory(), memory()], file(), &Options { journal_bytes, ..options() })
        .unwrap();
    let session = Arc::new(Session::of_everything("u"));
    let mut model = Model::default();
    for op in ops {
        match op {
            Op::Put { resource, path, body } => {
                let at = model.resolve(RESOURCES[*resource], path);
                // A path may lead through links to a resource further on, from which the links of the body lead back.
                if !cycles && links(body).iter().any(|target| *target <= at.resource) {
                    continue;
                }
                let response =
                    done(&db, &write(&session, Method::Put, &url(*resource, path), Some(body.clone())));
                match response.status {
                    201 => model.put(&at, body),
                    // Below what is missing, a resource that is no object, an index past the end of an array, or the
                    // _id of another.
                    404 | 422 => {}
                    other => prop_assert!(false, "{other} for {op:?}"),
                }
            }
            Op::Delete { resource, path } => {
                let at = model.resolve(RESOURCES[*resource], path);
                let response = done(&db, &write(&session, Method::Delete, &url(*resource, path), None));
                prop_assert_eq!(response.status, 204, "{:?}", op);
                model.delete(&at);
            }
        }
        let snapshot = db.snapshot().unwrap();
        for resource in RESOURCES {
            let header = document::living_header(&snapshot, resource).unwrap();
            let stored = match header {
                Some(_) => document::value(&snapshot, resource, &DocPath::root()).unwrap(),
                None => None,
            };
            let expected = model.documents.get(resource).map(plain);
            prop_assert_eq!(stored.as_ref().map(plain), expected, "{} after {:?}", resource, op);
        }
        if !cycles {
            links_are_current(&db)?;
        }
    }
    let snapshot = db.snapshot().unwrap();
    let report = check::check(&snapshot).unwrap();
    prop_assert_eq!(report.problems, Vec::<String>::new());
    for resource in RESOURCES {
        what_is_read_is_what_is_stored(&db, &session, resource)?;
    }
    Ok(())
}

/// The keys of the resources that links anywhere in `body` lead to.
fn links(body: &Value) -> Vec<String> {
    let below = |values: &mut dyn Iterator<Item = &Value>| values.flat_map(links).collect::<Vec<_>>();
    match body {
        Value::Array(items) => below(&mut items.iter()),
        Value::Object(members) => {
            let own = members.get("_id").and_then(Value::as_str).and_then(key::resource_of);
            let mut found = below(&mut members.values());
            found.extend(own.map(str::to_owned));
            found
        }
        _ => Vec::new(),
    }
}

/// Without cycles the `_rev` of each link that climbs is that of its target.
fn links_are_current(db: &Db) -> Result<(), TestCaseError> {
    let snapshot = db.snapshot().unwrap();
    let rev =
        |target: &str| document::living_header(&snapshot, target).unwrap().map_or(0, |header| header.rev);
    for row in snapshot.scan(&[], &[0xff]).unwrap() {
        let (row_key, row_value) = row.unwrap();
        let Some((_, Part::Document, _)) = key::split(&row_key) else { continue };
        match Node::from_bytes(&row_value).unwrap() {
            Node::Link(link) if link.follows => prop_assert_eq!(link.rev, Some(rev(&link.target))),
            Node::LinkArray(text) => {
                let mut wrong = Vec::new();
                document::links_in_array(&mut document::parse(&text).unwrap(), &mut |_, map| {
                    if let Some((target, true)) = document::array_link(map)
                        && map["_rev"] != rev(target)
                    {
                        wrong.push(map.clone());
                    }
                });
                prop_assert_eq!(wrong, Vec::<Map<String, Value>>::new());
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a GET answers, if there is anything.
fn read_at(
    db: &Db,
    session: &Arc<Session>,
    resource: &str,
    path: &[String],
) -> Result<Option<Value>, TestCaseError> {
    let url = format!("/resources/{resource}{}", key::pointer(path));
    let response = read::answer(&db.snapshot().unwrap(), &write(session, Method::Get, &url, None).request);
    let response = response.unwrap();
    if response.status == 404 {
        return Ok(None);
    }
    let Content::Json(text) = response.content else {
        return Err(TestCaseError::fail(format!("{response:?}")));
    };
    Ok(Some(serde_json::from_str(&text).unwrap()))
}

fn what_is_read_is_what_is_stored(
    db: &Db,
    session: &Arc<Session>,
    resource: &str,
) -> Result<(), TestCaseError> {
    let Some(read) = read_at(db, session, resource, &[])? else { return Ok(()) };
    let stored = document::value(&db.snapshot().unwrap(), resource, &DocPath::root()).unwrap().unwrap();
    let mut expected = stored.clone();
    for own in ["_id", "_type", "_rev", "_meta"] {
        prop_assert!(read.get(own).is_some());
        expected[own] = read[own].clone();
    }
    prop_assert_eq!(read, expected);
    below_it_is_the_same(db, session, resource, &mut Vec::new(), &stored)
}

/// Whether what a GET answers at each path within a document is what stands there.
fn below_it_is_the_same(
    db: &Db,
    session: &Arc<Session>,
    resource: &str,
    path: &mut Vec<String>,
    value: &Value,
) -> Result<(), TestCaseError> {
    let is_link = |members: &Map<String, Value>| members.contains_key("_id");
    for (name, inner) in value.as_object().into_iter().flatten().filter(|(name, _)| *name != "_id") {
        if inner.as_object().is_some_and(is_link) {
            // It leads elsewhere.
            continue;
        }
        path.push(name.clone());
        let expected = Some(inner.clone()).filter(|inner| !inner.is_null());
        prop_assert_eq!(read_at(db, session, resource, path)?, expected, "{} {:?}", resource, path);
        below_it_is_the_same(db, session, resource, path, inner)?;
        path.pop();
    }
    Ok(())
}

/// How many courses are tried: some hundred, or as many as `OADA_MODEL_CASES` says.
pub(super) fn cases() -> u32 {
    std::env::var("OADA_MODEL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96)
}

/// Rows are all in the data file, some there and some in memory, or nearly all in memory.
pub(super) fn journal_bytes() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![0, 1500, 6000, JOURNAL_BYTES])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn writes_do_what_they_would_do_to_plain_values(ops in prop::collection::vec(op(false), 1..25), journal in journal_bytes()) {
        try_out(&ops, false, journal)?;
    }

    #[test]
    fn cycles_of_links_end(ops in prop::collection::vec(op(true), 1..25), journal in journal_bytes()) {
        try_out(&ops, true, journal)?;
    }
}
