//! What a check of the store finds: each kind of damage that rows may have, by its words.

use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::json;

use super::{done, file, options, write};
use crate::store::auth::Session;
use crate::store::check;
use crate::store::db::{Batch, Db};
use crate::store::document::header;
use crate::store::error::Fault;
use crate::store::key::{self, DocPath};
use crate::store::request::Method;
use crate::store::row::{Header, Node};

/// A store with a small resource, kept as a whole, one with an array that links to it, and one that was deleted.
fn store() -> Db {
    let memory = || -> Box<dyn StorageBackend> { Box::new(InMemoryBackend::new()) };
    let db = Db::in_storage(memory(), [memory(), memory()], file(), &options()).unwrap();
    let session = Arc::new(Session::of_everything("u"));
    let put =
        |path: &str, body| assert_eq!(done(&db, &write(&session, Method::Put, path, Some(body))).status, 201);
    put("/resources/small", json!({"a": 1}));
    put("/resources/list", json!({"one": {"_id": "resources/small", "_rev": 0}, "n": 1, "p": {"q": 1}}));
    put("/resources/gone", json!({"a": 1}));
    assert_eq!(done(&db, &write(&session, Method::Delete, "/resources/gone", None)).status, 204);
    assert_eq!(check::check(&db.snapshot().unwrap()).unwrap().problems, Vec::<String>::new());
    db
}

fn row(resource: &str, path: &[&str]) -> Vec<u8> {
    DocPath::from_segments(path).row(resource)
}

fn with_header(batch: &mut Batch<'_>, resource: &str, change: impl FnOnce(&mut Header)) -> Result<(), Fault> {
    let mut header = header(batch, resource)?.unwrap();
    change(&mut header);
    batch.put(&key::header(resource), &header.to_bytes())
}

#[test]
fn each_kind_of_damage_is_named() {
    let leaf = |text: &str| Node::Leaf(text.to_owned()).to_bytes();
    let packed = Node::Packed("[".to_owned()).to_bytes();
    type Damage<'a> = &'a dyn Fn(&mut Batch<'_>) -> Result<(), Fault>;
    let cases: [(&str, Damage<'_>); 12] = [
        ("small: has values besides its document", &|batch| batch.put(&row("small", &["b"]), &leaf("1"))),
        ("small: its document is not an object", &|batch| {
            with_header(batch, "small", |header| header.whole = Some("[1]".to_owned()))
        }),
        ("small: its log does not give its document", &|batch| {
            with_header(batch, "small", |header| header.whole = Some(r#"{"a":2}"#.to_owned()))
        }),
        ("small: is at rev 9, but its log is not", &|batch| {
            with_header(batch, "small", |header| header.rev = 9)
        }),
        ("small: is linked by the index, but not by a document", &|batch| {
            batch.remove(&row("list", &["one"]))
        }),
        ("list: the link at /one is not in the index", &|batch| {
            batch.remove(&key::incoming("small", "list", &DocPath::from_segments(&["one"])))
        }),
        ("list: /x/y lies in nothing", &|batch| batch.put(&row("list", &["x", "y"]), &leaf("1"))),
        ("list: /n is not JSON", &|batch| batch.put(&row("list", &["n"]), &leaf("[1"))),
        ("list: /p is not an object", &|batch| batch.put(&row("list", &["p"]), &packed)),
        ("list: its log has gaps", &|batch| batch.put(&key::change("list", 7), b"")),
        ("new: has no header", &|batch| batch.put(&row("new", &["a"]), &leaf("1"))),
        ("gone: is deleted, but not all of it", &|batch| batch.put(&row("gone", &["a"]), &leaf("1"))),
    ];
    for (problem, damage) in cases {
        let db = store();
        db.write(|batch| damage(batch)).unwrap();
        let snapshot = db.snapshot().unwrap();
        let found = match check::check(&snapshot) {
            Ok(report) => report.problems,
            Err(fault) => vec![fault.to_string()],
        };
        assert!(found.iter().any(|found| found.contains(problem)), "{problem} is not in {found:?}");
    }
}
