//! Files after kill -9: opened without being read from end to end.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::{applied, options, write};
use crate::store::auth::Session;
use crate::store::db::{Db, Options};
use crate::store::document::living_header;
use crate::store::request::Method;

/// Fills a file in ten transactions, and leaves it as kill -9 does.
fn killed(file: &Path, options: &Options) {
    let db = Db::open(file, options).unwrap();
    let session = Arc::new(Session::of_everything("u"));
    for part in 0..10 {
        db.write(|batch| {
            for key in 0..100 {
                let body = Some(json!({"text": "x".repeat(1000)}));
                applied(batch, &write(&session, Method::Put, &format!("/resources/r{part}-{key}"), body))?;
            }
            Ok(())
        })
        .unwrap();
    }
    // Dropping it would close the file in order.
    std::mem::forget(db);
}

fn is_whole(db: &Db) -> bool {
    let snapshot = db.snapshot().unwrap();
    let there = |key: String| living_header(&snapshot, &key).unwrap().is_some();
    (0..10).all(|part| (0..100).all(|key| there(format!("r{part}-{key}"))))
}

#[test]
fn a_file_of_any_size_is_opened_at_once_after_a_kill() {
    // The data file catches up never, now and then, and with each transaction.
    for journal_bytes in [64 * 1024 * 1024, 600 * 1024, 0] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("store.redb");
        let options = Options { journal_bytes, ..options() };
        killed(&file, &options);
        let db = Db::open(&file, &options).unwrap();
        assert!(!db.was_walked() && is_whole(&db), "{journal_bytes}");
    }
}

#[test]
fn a_small_file_that_was_touched_is_walked_and_a_large_one_is_not() {
    for (walk_bytes, walked) in [(u64::MAX, true), (256 * 1024, false)] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("store.redb");
        let options = Options { walk_bytes, ..options() };
        killed(&file, &options);
        // As if it had been killed in the middle of a commit to the file.
        let seal = file.with_extension("seal");
        let inode = std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(&file).unwrap());
        std::fs::write(&seal, format!("writing {inode}")).unwrap();
        let db = Db::open(&file, &options).unwrap();
        assert_eq!(db.was_walked(), walked);
        assert!(is_whole(&db));
    }
}

#[test]
fn a_file_that_was_closed_in_order_is_whole_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    killed(&file, &options());
    drop(Db::open(&file, &options()).unwrap());
    std::fs::remove_file(file.with_extension("journal")).unwrap();
    assert!(is_whole(&Db::open(&file, &options()).unwrap()));
}
