//! Several DELETEs in one write: they do what they would do one by one, but for the number of changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::{Value, json};

use super::model::{self, Op, RESOURCES, plain, url};
use super::{done, file, options, write};
use crate::store::auth::Session;
use crate::store::changes::{self, Event};
use crate::store::check;
use crate::store::db::{Db, Options, Rows as _};
use crate::store::document;
use crate::store::key::{self, DocPath, Part};
use crate::store::removals::{self, Removals};
use crate::store::request::{Method, Response};

fn db(journal_bytes: u64) -> Db {
    let memory = || -> Box<dyn StorageBackend> { Box::new(InMemoryBackend::new()) };
    let options = Options { journal_bytes, ..options() };
    Db::in_storage(memory(), [memory(), memory()], file(), &options).unwrap()
}

fn session() -> Arc<Session> {
    Arc::new(Session::of_everything("u"))
}

fn put(db: &Db, path: &str, body: Value) -> Response {
    done(db, &write(&session(), Method::Put, path, Some(body)))
}

fn removals(session: &Arc<Session>, paths: &[String]) -> Removals {
    let mut requests = paths.iter().map(|path| write(session, Method::Delete, path, None).request);
    let request = requests.next().unwrap();
    Removals { request, others: requests.map(|request| request.target).collect() }
}

fn removed_by(db: &Db, removals: &Removals) -> (Vec<Response>, Vec<Event>) {
    db.write(|batch| {
        let mut events = Vec::new();
        Ok((removals::apply(batch, removals, 1.5, &mut events)?, events))
    })
    .unwrap()
}

/// Removes what is at these paths in one write.
fn removed(db: &Db, paths: &[&str]) -> (Vec<Response>, Vec<Event>) {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    removed_by(db, &removals(&session(), &paths))
}

fn told(answers: &[Response]) -> Vec<(u16, &str, Option<u64>)> {
    let one = |answer: &Response| answer.rev.as_ref().map(|(_, rev)| *rev);
    answers.iter().map(|answer| (answer.status, answer.location.as_deref().unwrap(), one(answer))).collect()
}

/// The changes of a rev, without what is in their `_meta`.
fn change(db: &Db, resource: &str, rev: u64) -> Value {
    let text = changes::array(&db.snapshot().unwrap(), resource, rev).unwrap();
    let mut changes: Value = serde_json::from_str(&text).unwrap();
    for change in changes.as_array_mut().unwrap() {
        change["body"].as_object_mut().unwrap().remove("_meta");
    }
    changes
}

fn assert_sound(db: &Db) {
    assert_eq!(check::check(&db.snapshot().unwrap()).unwrap().problems, Vec::<String>::new());
}

fn rev(db: &Db, resource: &str) -> u64 {
    document::living_header(&db.snapshot().unwrap(), resource).unwrap().unwrap().rev
}

/// A list of links, in a resource that follows it.
fn list(db: &Db) {
    for job in ["j1", "j2", "j3"] {
        put(db, &format!("/resources/{job}"), json!({"is": job}));
    }
    let link = |job: &str| json!({"_id": format!("resources/{job}"), "_rev": 0});
    let links =
        json!({"a": link("j1"), "b": link("j2"), "c": link("j3"), "d": {"x": {"_id": "resources/j1"}}});
    put(db, "/resources/list", links);
    put(db, "/resources/top", json!({"list": {"_id": "resources/list", "_rev": 0}}));
}

#[test]
fn links_of_one_list_go_in_one_change() {
    let db = db(0);
    list(&db);
    let paths = ["/resources/list/a", "/resources/top/list/c", "/resources/list/a", "/resources/list/d/x"];
    let (answers, events) = removed(&db, &paths);
    assert_eq!(
        told(&answers),
        [
            (204, "/resources/j1", Some(2)),
            (204, "/resources/j3", Some(2)),
            (204, "/resources/list/a", Some(2)),
            (204, "/resources/j1", Some(2)),
        ]
    );
    assert_eq!(events, [Event::changed("list", 2), Event::changed("top", 2)]);
    assert_eq!(
        change(&db, "top", 2),
        json!([
            {"resource_id": "resources/top", "path": "", "type": "merge",
             "body": {"_rev": 2, "list": {"_rev": 2}}},
            {"resource_id": "resources/list", "path": "/list", "type": "delete",
             "body": {"_rev": 2, "a": null, "c": null, "d": {"x": null}}},
        ])
    );
    let left = document::value(&db.snapshot().unwrap(), "list", &DocPath::root()).unwrap().unwrap();
    assert_eq!(left, json!({"b": {"_id": "resources/j2", "_rev": 1}, "d": {}}));
    // What is no longer linked no longer climbs.
    put(&db, "/resources/j1", json!({"more": 1}));
    assert_eq!(rev(&db, "list"), 2);
    put(&db, "/resources/j2", json!({"more": 1}));
    assert_eq!((rev(&db, "list"), rev(&db, "top")), (3, 3));
    assert_sound(&db);
}

#[test]
fn a_single_removal_is_the_change_that_it_would_be_alone() {
    let (alone, one) = (db(0), db(0));
    list(&alone);
    list(&one);
    done(&alone, &write(&session(), Method::Delete, "/resources/list/b", None));
    removed(&one, &["/resources/list/b", "/resources/list/none"]);
    let row = |db: &Db| db.snapshot().unwrap().get(&key::change("list", 2)).unwrap().unwrap().to_vec();
    assert_eq!(row(&alone), row(&one));
}

#[test]
fn what_is_no_plain_member_is_done_by_itself() {
    let db = db(0);
    list(&db);
    put(&db, "/resources/list", json!({"n": [1, 2, 3], "o": {"p": {"q": 1}, "r": 2}}));
    let before = rev(&db, "list");
    let paths = [
        "/resources/list/a",
        "/resources/list/_id",
        "/resources/list/n/0",
        "/resources/list/n/0",
        "/resources/list/o/p/q",
        "/resources/list/o/r",
        // Two that cannot stand in one body.
        "/resources/list/o/p",
        "/resources/list/o/p/q",
        "/resources/j3",
        "/resources/list/c",
        "/resources/list/b",
    ];
    let (answers, _) = removed(&db, &paths);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [204, 422, 204, 204, 204, 204, 204, 204, 204, 204, 204]);
    let own: Vec<Value> =
        (before + 1..=rev(&db, "list")).map(|rev| change(&db, "list", rev)[0].take()).collect();
    let bodies: Vec<(&Value, &Value)> = own.iter().map(|change| (&change["type"], &change["body"])).collect();
    let (merge, delete) = (&json!("merge"), &json!("delete"));
    assert_eq!(
        bodies,
        [
            (delete, &json!({"_rev": before + 1, "a": null})),
            (merge, &json!({"_rev": before + 2, "n": [2, 3]})),
            (merge, &json!({"_rev": before + 3, "n": [3]})),
            (delete, &json!({"_rev": before + 4, "o": {"p": {"q": null}, "r": null}})),
            (delete, &json!({"_rev": before + 5, "o": {"p": null}})),
            // The link follows a resource that is gone.
            (merge, &json!({"_rev": before + 6, "c": {"_rev": 0}})),
            (delete, &json!({"_rev": before + 7, "b": null, "c": null})),
        ]
    );
    assert_sound(&db);
}

#[test]
fn a_way_that_was_removed_leads_nowhere() {
    let db = db(0);
    put(&db, "/resources/a", json!({"k": 1, "m": 2, "n": 3, "b": {"_id": "resources/b"}}));
    put(&db, "/resources/b", json!({"a": {"_id": "resources/a"}}));
    let (answers, _) =
        removed(&db, &["/resources/a/b/a/k", "/resources/a/b/a/b", "/resources/a/b/a/m", "/resources/a/n"]);
    let locations: Vec<&str> = told(&answers).iter().map(|(_, location, _)| *location).collect();
    assert_eq!(locations, ["/resources/a/k", "/resources/b", "/resources/a/b/a/m", "/resources/a/n"]);
    let left = document::value(&db.snapshot().unwrap(), "a", &DocPath::root()).unwrap().unwrap();
    assert_eq!(left, json!({"m": 2}));
    assert_eq!(rev(&db, "a"), 2);
    assert_sound(&db);
}

#[test]
fn a_condition_is_put_to_each() {
    let db = db(0);
    list(&db);
    let paths = ["/resources/list/a", "/resources/list/b"].map(str::to_owned);
    let mut removals = removals(&session(), &paths);
    removals.request.if_match = Some("\"list/1\"".to_owned());
    let (answers, _) = removed_by(&db, &removals);
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [204, 412]);
}

#[test]
fn who_may_not_write_removes_nothing_and_hinders_nothing() {
    let db = db(0);
    put(&db, "/resources/theirs", json!({"a": 1, "b": 2}));
    let other = Arc::new(Session::of_everything("v"));
    done(&db, &write(&other, Method::Put, "/resources/mine", Some(json!({"a": 1, "b": 2, "c": 3}))));
    let paths = ["mine/a", "theirs/a", "theirs/b", "mine/b", "mine/c"];
    let paths = paths.map(|path| format!("/resources/{path}"));
    let (answers, events) = removed_by(&db, &removals(&other, &paths));
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [204, 403, 403, 204, 204]);
    assert_eq!(events, [Event::changed("mine", 2), Event::changed("mine", 3)]);
    assert_sound(&db);
}

/// All documents as plain values.
fn documents(db: &Db) -> BTreeMap<&'static str, Value> {
    let snapshot = db.snapshot().unwrap();
    let living = |key: &str| document::living_header(&snapshot, key).unwrap().is_some();
    let value = |key: &str| document::value(&snapshot, key, &DocPath::root()).unwrap().unwrap();
    RESOURCES.into_iter().filter(|key| living(key)).map(|key| (key, plain(&value(key)))).collect()
}

/// The index of links.
fn incoming(db: &Db) -> BTreeSet<Vec<u8>> {
    let snapshot = db.snapshot().unwrap();
    let rows = snapshot.scan(&[], &[0xff]).unwrap();
    let keys = rows.map(|row| row.unwrap().0.to_vec());
    keys.filter(|row| key::split(row).unwrap().1 == Part::Incoming).collect()
}

/// What answers say, but for the revs themselves.
fn said(answers: &[Response]) -> Vec<String> {
    let one = |answer: &Response| {
        let resource = answer.rev.as_ref().map(|(resource, _)| resource);
        format!("{} {:?} {:?} {resource:?}", answer.status, answer.location, answer.leftover)
    };
    answers.iter().map(one).collect()
}

fn the_same_as_one_by_one(steps: &[Step], journal: u64) -> Result<(), TestCaseError> {
    let session = session();
    let (alone, together) = (db(journal), db(journal));
    for step in steps {
        match step {
            Step::Single(Op::Put { resource, path, body }) => {
                let put = write(&session, Method::Put, &url(*resource, path), Some(body.clone()));
                prop_assert_eq!(done(&alone, &put).status, done(&together, &put).status);
            }
            Step::Single(Op::Delete { resource, path }) => {
                let delete = write(&session, Method::Delete, &url(*resource, path), None);
                prop_assert_eq!(said(&[done(&alone, &delete)]), said(&[done(&together, &delete)]));
            }
            Step::Several(places) => {
                let paths: Vec<String> = places.iter().map(|(resource, path)| url(*resource, path)).collect();
                let delete = |path: &String| done(&alone, &write(&session, Method::Delete, path, None));
                let one_by_one: Vec<Response> = paths.iter().map(delete).collect();
                let (joint, _) = removed_by(&together, &removals(&session, &paths));
                prop_assert_eq!(said(&one_by_one), said(&joint), "{:?}", paths);
            }
        }
        prop_assert_eq!(documents(&alone), documents(&together), "after {:?}", step);
        prop_assert_eq!(incoming(&alone), incoming(&together), "after {:?}", step);
    }
    let report = check::check(&together.snapshot().unwrap()).unwrap();
    prop_assert_eq!(report.problems, Vec::<String>::new());
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Single(Op),
    Several(Vec<(usize, Vec<String>)>),
}

fn step() -> impl Strategy<Value = Step> {
    let place = (0..RESOURCES.len(), prop::collection::vec(model::segment(), 0..4));
    // Often from one resource.
    let one =
        (0..RESOURCES.len(), prop::collection::vec(prop::collection::vec(model::segment(), 1..3), 1..8))
            .prop_map(|(resource, paths)| paths.into_iter().map(|path| (resource, path)).collect());
    prop_oneof![
        3 => model::op(true).prop_map(Step::Single),
        1 => one.prop_map(Step::Several),
        1 => prop::collection::vec(place, 1..8).prop_map(Step::Several),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: model::cases(), ..ProptestConfig::default() })]

    #[test]
    fn several_do_what_they_would_do_one_by_one(
        steps in prop::collection::vec(step(), 1..25),
        journal in model::journal_bytes(),
    ) {
        the_same_as_one_by_one(&steps, journal)?;
    }
}
