//! Files that were cut or changed by somebody else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{done, write};
use crate::store::auth::Session;
use crate::store::db::Db;
use crate::store::document::{living_header, value};
use crate::store::error::Error;
use crate::store::key::DocPath;
use crate::store::request::Method;
use crate::store::{Store, StoreOptions, check, folder};

const KEYS: u64 = 60;

/// A data file with some resources, and what each held at each rev.
fn made(file: &Path) -> BTreeMap<(String, u64), Value> {
    let db = Db::open(file, super::CACHE, false).unwrap();
    let session = Arc::new(Session::of_everything("u"));
    let mut states = BTreeMap::new();
    for round in 0..4 {
        for key in 0..KEYS {
            let name = format!("r{key}");
            let body = json!({"round": round, "text": "x".repeat((key * 13 % 300) as usize)});
            let response =
                done(&db, &write(&session, Method::Put, &format!("/resources/{name}"), Some(body.clone())));
            let (_, rev) = response.rev.unwrap();
            states.insert((name, rev), body);
        }
    }
    states
}

/// Opens a changed file: either it is refused and stays as it is, or everything in it is what was once written.
fn try_out(file: &Path, states: &BTreeMap<(String, u64), Value>) -> bool {
    let before = fs::read(file).unwrap();
    let db = match Db::open(file, super::CACHE, false) {
        Ok(db) => db,
        Err(Error::Damaged { .. } | Error::Newer { .. }) => {
            assert_eq!(fs::read(file).unwrap(), before, "a damaged file was written to");
            return false;
        }
        Err(other) => panic!("{other}"),
    };
    let snapshot = db.snapshot().unwrap();
    for key in 0..KEYS {
        let name = format!("r{key}");
        let Some(header) = living_header(&snapshot, &name).unwrap() else { continue };
        let found = value(&snapshot, &name, &DocPath::root()).unwrap();
        assert_eq!(found.as_ref(), states.get(&(name.clone(), header.rev)), "{name} at {}", header.rev);
    }
    assert_eq!(check::check(&snapshot).unwrap().problems, Vec::<String>::new());
    true
}

#[test]
fn a_cut_or_changed_file_gives_no_wrong_answer_and_is_not_written_to() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let states = made(&file);
    assert!(try_out(&file, &states));
    let whole = fs::read(&file).unwrap();
    let mut refused = 0;
    // A panic of the database is part of what is caught here, and needs no trace on the screen.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for round in 0..120_usize {
        let mut bytes = whole.clone();
        let at = round.wrapping_mul(2_654_435_761) % bytes.len();
        match round % 3 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (round % 8),
            _ => {
                let end = (at + 700).min(bytes.len());
                bytes[at..end].fill(0xa5);
            }
        }
        fs::write(&file, &bytes).unwrap();
        refused += usize::from(!try_out(&file, &states));
    }
    std::panic::set_hook(hook);
    assert!(refused > 40, "only {refused} of 120 were noticed");
}

#[test]
fn a_newer_or_foreign_file_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path(), StoreOptions::default()).unwrap().close();
    let file = dir.path().join(folder::DATA);
    {
        let db = Db::open(&file, super::CACHE, false).unwrap();
        db.write(true, |batch| batch.put_system("format", &99_u64.to_be_bytes())).unwrap();
    }
    let before = fs::read(&file).unwrap();
    match Store::open(dir.path(), StoreOptions::default()) {
        Err(Error::Newer { found: 99, supported: 1, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&file).unwrap(), before);

    fs::write(&file, b"this is no database").unwrap();
    assert!(matches!(Store::open(dir.path(), StoreOptions::default()), Err(Error::Damaged { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"this is no database");
    fs::remove_file(&file).unwrap();
    assert!(matches!(Store::open(dir.path(), StoreOptions::default()), Err(Error::Damaged { .. })));
}
