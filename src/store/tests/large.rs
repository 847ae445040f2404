//! Large files: opened after a crash without being read from end to end.

use std::sync::Arc;

use serde_json::json;

use super::{CACHE, applied, write};
use crate::store::auth::Session;
use crate::store::db::Db;
use crate::store::request::Method;

/// Fills a file, leaves it as kill -9 does, and says whether it is opened without a walk over it.
fn opens_at_once(walk_bytes: u64) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let db = Db::open(&file, CACHE, false).unwrap().walking(walk_bytes);
    let session = Arc::new(Session::of_everything("u"));
    for part in 0..10 {
        db.write(false, |batch| {
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
    Db::open(&file, CACHE, false).unwrap().is_quick()
}

#[test]
fn a_large_file_is_not_walked_when_it_is_opened_after_a_crash() {
    assert!(opens_at_once(256 * 1024));
}

#[test]
fn a_small_file_is_walked_and_spares_its_commits_the_second_sync() {
    assert!(!opens_at_once(1024 * 1024 * 1024));
}
