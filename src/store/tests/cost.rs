//! What a write costs the disk, in bytes and syncs, whatever the size of the store.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::{Observed, Observer, done, file, options, write};
use crate::store::auth::Session;
use crate::store::db::{Db, Options};
use crate::store::request::Method;

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicU64,
    syncs: AtomicU64,
}

impl Counts {
    fn take(&self) -> (u64, u64) {
        (self.bytes.swap(0, Ordering::Relaxed), self.syncs.swap(0, Ordering::Relaxed))
    }
}

impl Observer for Counts {
    fn writes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn syncs(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

struct Filled {
    db: Db,
    session: Arc<Session>,
    counts: Arc<Counts>,
}

impl Filled {
    /// A store with a list of so many links.
    fn with(links: u64) -> Self {
        let counts = Arc::new(Counts::default());
        let storage = || Observed::boxed(&counts);
        let options = Options { cache_bytes: 64 * 1024 * 1024, ..options() };
        let db = Db::in_storage(storage(), [storage(), storage()], file(), &options).unwrap();
        let filled = Self { db, session: Arc::new(Session::of_everything("u")), counts };
        for part in 0..links / 1000 {
            let links: Map<String, Value> =
                (0..1000).map(|link| (key(part * 1000 + link), link_to())).collect();
            filled.write(Method::Put, "/resources/list", Some(Value::Object(links)));
        }
        // The second write begins the journal.
        filled.write(Method::Put, "/resources/other", Some(json!({})));
        filled.write(Method::Put, "/resources/other", Some(json!({})));
        filled.db.settle().unwrap();
        filled.counts.take();
        filled
    }

    fn write(&self, method: Method, path: &str, body: Option<Value>) -> u16 {
        done(&self.db, &write(&self.session, method, path, body)).status
    }
}

fn key(number: u64) -> String {
    format!("3MXtXE63pCYePD2nHI0{number:08}")
}

fn link_to() -> Value {
    json!({"_id": "resources/3MXtXE63pCYePD2nHI000000001"})
}

const TIMES: u64 = 200;

#[test]
fn a_key_costs_the_same_in_a_list_of_any_length() {
    let mut costs = Vec::new();
    for links in [1_000, 100_000] {
        let store = Filled::with(links);
        for number in 0..TIMES {
            let path = format!("/resources/list/{}a", key(number * links / TIMES));
            assert_eq!(store.write(Method::Put, &path, Some(link_to())), 201);
        }
        let (bytes, syncs) = store.counts.take();
        // One a write, and one when the data file grows.
        assert!((TIMES..=TIMES + 2).contains(&syncs), "{syncs}");
        costs.push(bytes / TIMES);
    }
    assert!(costs[1] * 10 <= costs[0] * 11, "{costs:?}");
    assert!(costs[1] < 1_000, "{costs:?}");
}

#[test]
fn what_the_data_file_takes_to_catch_up_is_little_for_each_write() {
    let store = Filled::with(100_000);
    let mut writes = 0;
    let (mut bytes, mut syncs) = (0, 0);
    // Until it has caught up, which is two syncs.
    while syncs < writes + 2 {
        let path = format!("/resources/{}", key(writes));
        let job = json!({"service": "trellis", "type": "work", "config": {"n": writes}, "status": "pending"});
        assert_eq!(store.write(Method::Put, &path, Some(job)), 201);
        writes += 1;
        let (more, again) = store.counts.take();
        (bytes, syncs) = (bytes + more, syncs + again);
        assert!(writes < 30_000);
    }
    assert!(bytes / writes < 2_500, "{bytes} bytes in {writes} writes");
}

#[test]
fn a_write_that_is_refused_costs_nothing() {
    let store = Filled::with(1_000);
    assert_eq!(store.write(Method::Put, "/bookmarks", Some(json!([]))), 422);
    assert_eq!(store.write(Method::Delete, "/resources/list/none", None), 204);
    assert_eq!(store.counts.take(), (0, 0));
}
