//! Files that were cut or changed by somebody else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{done, options, write};
use crate::store::auth::Session;
use crate::store::db::{Db, FORMAT, FORMAT_WITH_JOURNAL, journals_of};
use crate::store::document::{living_header, value};
use crate::store::error::Error;
use crate::store::key::DocPath;
use crate::store::request::Method;
use crate::store::{Store, StoreOptions, check, folder};

const KEYS: u64 = 60;

type States = BTreeMap<(String, u64), Value>;

/// A data file with some resources, and what each held at each rev.
fn made(db: &Db) -> States {
    let session = Arc::new(Session::of_everything("u"));
    let mut states = BTreeMap::new();
    for round in 0..4 {
        for key in 0..KEYS {
            let name = format!("r{key}");
            let body = json!({"round": round, "text": "x".repeat((key * 13 % 300) as usize)});
            let response =
                done(db, &write(&session, Method::Put, &format!("/resources/{name}"), Some(body.clone())));
            let (_, rev) = response.rev.unwrap();
            states.insert((name, rev), body);
        }
    }
    states
}

/// Opens changed files: either they are refused and stay as they are, or everything in them is what was once written.
fn try_out(file: &Path, states: &States) -> bool {
    let [first, second] = journals_of(file);
    let bytes = || [file, &first, &second].map(|file| fs::read(file).unwrap_or_default());
    let before = bytes();
    let db = match Db::open(file, &options()) {
        Ok(db) => db,
        Err(Error::Damaged { .. } | Error::Newer { .. }) => {
            assert!(bytes() == before, "a damaged file was written to");
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

/// Changes one of the files in some way, tries them out, and says how often that was refused.
fn refused(rounds: usize, file: &Path, changed: &Path, states: &States) -> usize {
    let [first, second] = journals_of(file);
    let restore: Vec<_> = [file, &first, &second, &file.with_extension("seal")]
        .into_iter()
        .filter_map(|file| Some((file.to_owned(), fs::read(file).ok()?)))
        .collect();
    let whole = fs::read(changed).unwrap();
    // A panic of the database is part of what is caught here, and needs no trace on the screen.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut refused = 0;
    for round in 0..rounds {
        for (file, bytes) in &restore {
            fs::write(file, bytes).unwrap();
        }
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
        fs::write(changed, &bytes).unwrap();
        refused += usize::from(!try_out(file, states));
    }
    std::panic::set_hook(hook);
    refused
}

#[test]
fn a_cut_or_changed_file_gives_no_wrong_answer_and_is_not_written_to() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let states = made(&Db::open(&file, &options()).unwrap());
    assert!(try_out(&file, &states));
    let refused = refused(120, &file, &file, &states);
    assert!(refused > 40, "only {refused} of 120 were noticed");
}

#[test]
fn a_cut_or_changed_journal_gives_no_wrong_answer_and_is_not_written_to() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let db = Db::open(&file, &options()).unwrap();
    let states = made(&db);
    // As kill -9 leaves it.
    std::mem::forget(db);
    let [journal, _] = journals_of(&file);
    // Behind the records there is nothing that could be damaged.
    let used = fs::read(&journal).unwrap().iter().rposition(|byte| *byte != 0).unwrap();
    let kept = fs::read(&journal).unwrap().len();
    let refused = refused(120, &file, &journal, &states);
    let expected = 40 + 70 * used / kept;
    assert!(refused >= expected, "only {refused} of 120 were noticed, not {expected}");
    fs::remove_file(&journal).unwrap();
    assert!(matches!(Db::open(&file, &options()), Err(Error::Damaged { file, .. }) if file == journal));
}

#[test]
fn what_was_acknowledged_is_in_the_file_or_the_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let db = Db::open(&file, &options()).unwrap();
    made(&db);
    let revs = |db: &Db| {
        let snapshot = db.snapshot().unwrap();
        let rev = |key: u64| living_header(&snapshot, &format!("r{key}")).unwrap().map(|header| header.rev);
        (0..KEYS).map(rev).collect::<Vec<_>>()
    };
    let acknowledged = revs(&db);
    std::mem::forget(db);
    let [journal, _] = journals_of(&file);
    let whole = fs::read(&journal).unwrap();
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap();
    // The last records among them: none of them is taken for one that was never whole.
    for at in (0..end - 100).step_by(499).chain((end - 400..end - 100).step_by(7)) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        if bytes[4096..] == whole[4096..] && at >= 67 {
            continue;
        }
        fs::write(&journal, &bytes).unwrap();
        assert!(matches!(Db::open(&file, &options()), Err(Error::Damaged { .. })), "at {at} of {end}");
    }
    fs::write(&journal, &whole).unwrap();
    assert_eq!(revs(&Db::open(&file, &options()).unwrap()), acknowledged);
}

#[test]
fn a_file_of_an_earlier_format_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    for earlier in (1..FORMAT_WITH_JOURNAL).filter(|format| *format != FORMAT) {
        let format = |db: &Db| {
            let (_, format) = db.system().unwrap().into_iter().find(|(name, _)| name == "format").unwrap();
            u64::from_be_bytes(format.try_into().unwrap())
        };
        let db = Db::open(&file, &options()).unwrap();
        assert_eq!(format(&db), FORMAT);
        db.write(|batch| batch.put_system("format", &earlier.to_be_bytes())).unwrap();
        assert_eq!(format(&db), earlier);
    }
}

#[test]
fn a_newer_or_foreign_file_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path(), StoreOptions::default()).unwrap().close();
    let file = dir.path().join(folder::DATA);
    {
        let db = Db::open(&file, &options()).unwrap();
        db.write(|batch| batch.put_system("format", &99_u64.to_be_bytes())).unwrap();
    }
    let before = fs::read(&file).unwrap();
    match Store::open(dir.path(), StoreOptions::default()) {
        Err(Error::Newer { found: 99, supported: FORMAT_WITH_JOURNAL, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&file).unwrap(), before);

    fs::write(&file, b"this is no database").unwrap();
    assert!(matches!(Store::open(dir.path(), StoreOptions::default()), Err(Error::Damaged { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"this is no database");
    fs::remove_file(&file).unwrap();
    assert!(matches!(Store::open(dir.path(), StoreOptions::default()), Err(Error::Damaged { .. })));
}
