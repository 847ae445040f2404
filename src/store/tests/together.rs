//! Writers, syncers, readers and the data file's catching up at the same time, and then the end of the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::{applied, options, write};
use crate::store::auth::Session;
use crate::store::check;
use crate::store::db::{Db, Options};
use crate::store::document::living_header;
use crate::store::request::Method;

const KEYS: u64 = 24;
const WRITES: u64 = 3000;

fn rev(db: &Db, key: u64) -> u64 {
    let snapshot = db.snapshot().unwrap();
    living_header(&snapshot, &format!("r{key}")).unwrap().map_or(0, |header| header.rev)
}

/// Makes transactions, now and then one that is too long for the journal, and notes what each came to.
fn make(db: &Db, made: &Mutex<BTreeMap<u64, u64>>) {
    let session = Arc::new(Session::of_everything("u"));
    for number in 0..WRITES {
        let key = number * 7 % KEYS;
        let text = "x".repeat(if number % 401 == 400 { 9000 } else { (number * 13 % 200) as usize });
        let to = json!({"_id": format!("resources/r{}", (key + 1) % KEYS), "_rev": 0});
        let body = if number % 3 == 0 { json!({"text": text, "to": to}) } else { json!({ "text": text }) };
        let put = write(&session, Method::Put, &format!("/resources/r{key}"), Some(body));
        // Held until it is noted, so that whoever syncs after that has synced it.
        let mut made = made.lock().unwrap();
        let (_, rev) = db.stage(|batch| applied(batch, &put)).unwrap().rev.unwrap();
        made.insert(key, rev);
    }
}

#[test]
fn what_was_acknowledged_outlives_the_process_whatever_went_on() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let options = Options { journal_bytes: 16 * 1024, ..options() };
    let mut acknowledged: BTreeMap<u64, u64> = BTreeMap::new();
    for _ in 0..3 {
        let db = Db::open(&file, &options).unwrap();
        for (key, rev_then) in &acknowledged {
            assert!(rev(&db, *key) >= *rev_then, "r{key} is at rev {}, not {rev_then}", rev(&db, *key));
        }
        assert_eq!(check::check(&db.snapshot().unwrap()).unwrap().problems, Vec::<String>::new());
        let made = Mutex::new(acknowledged.clone());
        let (ended, caught_up) = (AtomicBool::new(false), AtomicU64::new(0));
        let going_on = || !ended.load(Ordering::Acquire);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                make(&db, &made);
                ended.store(true, Ordering::Release);
            });
            scope.spawn(|| {
                while going_on() {
                    if db.is_due() {
                        db.catch_up().unwrap();
                        caught_up.fetch_add(1, Ordering::Relaxed);
                    }
                    std::thread::yield_now();
                }
            });
            scope.spawn(|| {
                for turn in 0_u64.. {
                    if !going_on() {
                        break;
                    }
                    if turn % 50 == 49 {
                        db.settle().unwrap();
                    }
                    db.sync().unwrap();
                }
            });
            scope.spawn(|| {
                // What was read once is there from then on.
                let mut seen = BTreeMap::new();
                while going_on() {
                    for key in 0..KEYS {
                        let before = seen.insert(key, rev(&db, key)).unwrap_or(0);
                        assert!(seen[&key] >= before, "r{key} went back from rev {before} to {}", seen[&key]);
                    }
                }
            });
        });
        assert!(caught_up.into_inner() > 0, "the data file never caught up");
        let last = made.into_inner().unwrap();
        db.sync().unwrap();
        acknowledged.extend(last);
        // As kill -9 leaves it.
        std::mem::forget(db);
    }
}
