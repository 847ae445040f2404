//! Writes that are done by the thread that has them, since there are no others: beside those that are not.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::json;

use super::{file, options, write};
use crate::store::apply::Write;
use crate::store::auth::Session;
use crate::store::db::{Db, Options};
use crate::store::document::living_header;
use crate::store::request::Method;
use crate::store::watch::{Hub, Inbox};
use crate::store::writer::Writer;

const DEADLINE: Duration = Duration::from_secs(20);

/// What is known of a file, and how it behaves.
#[derive(Debug, Default)]
struct Watched {
    /// Who has written to it or synced it, since that was last asked.
    by: Mutex<Vec<ThreadId>>,
    /// How long a sync takes at least.
    takes: Mutex<Duration>,
    fails: AtomicBool,
    /// Held by the test as long as nothing is to get through.
    gate: Mutex<()>,
}

impl Watched {
    fn touch(&self) -> io::Result<()> {
        self.by.lock().unwrap().push(std::thread::current().id());
        drop(self.gate.lock().unwrap());
        if self.fails.load(Ordering::Relaxed) { Err(io::Error::other("broken")) } else { Ok(()) }
    }

    fn taken(&self) -> Vec<ThreadId> {
        std::mem::take(&mut *self.by.lock().unwrap())
    }
}

#[derive(Debug)]
struct Storage(InMemoryBackend, Arc<Watched>);

impl StorageBackend for Storage {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.1.touch()?;
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.1.touch()?;
        std::thread::sleep(*self.1.takes.lock().unwrap());
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.1.touch()?;
        self.0.write(offset, data)
    }
}

struct Store {
    writer: Writer,
    db: Arc<Db>,
    hub: Arc<Hub>,
    session: Arc<Session>,
    data: Arc<Watched>,
    journal: Arc<Watched>,
}

impl Store {
    fn open(journal_bytes: u64) -> Self {
        let (data, journal) = (Arc::<Watched>::default(), Arc::<Watched>::default());
        let storage = |watched: &Arc<Watched>| -> Box<dyn StorageBackend> {
            Box::new(Storage(InMemoryBackend::new(), Arc::clone(watched)))
        };
        let options = Options { journal_bytes, ..options() };
        let journals = [storage(&journal), storage(&journal)];
        let db = Arc::new(Db::in_storage(storage(&data), journals, file(), &options).unwrap());
        let hub = Arc::new(Hub::default());
        let writer = Writer::start(Arc::clone(&db), Arc::clone(&hub)).unwrap();
        Self { writer, db, hub, session: Arc::new(Session::of_everything("u")), data, journal }
    }

    fn put(&self, key: &str, text: &str) -> Box<Write> {
        Box::new(write(
            &self.session,
            Method::Put,
            &format!("/resources/{key}"),
            Some(json!({ "text": text })),
        ))
    }

    fn rev(&self, key: &str) -> u64 {
        living_header(&self.db.snapshot().unwrap(), key).unwrap().map_or(0, |header| header.rev)
    }

    async fn is_written(&self, alone: bool) -> bool {
        let status = self.writer.write(self.put("r", "x"), alone).await.unwrap().status;
        assert!([201, 500].contains(&status), "{status}");
        status == 201
    }

    /// Writes until it is known that syncs are short, and a write that is alone is done at once.
    async fn settle_in(&self) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let mut writing = Box::pin(self.writer.write(self.put("r", "x"), true));
            if let Some(done) = (&mut writing).now_or_never() {
                assert_eq!(done.unwrap().status, 201);
                return;
            }
            assert_eq!(writing.await.unwrap().status, 201);
            assert!(Instant::now() < deadline, "no write was done at once");
        }
    }
}

#[tokio::test]
async fn a_lone_write_is_synced_by_who_has_it_before_it_is_answered() {
    let store = Store::open(1024 * 1024);
    store.settle_in().await;
    let me = std::thread::current().id();
    let deadline = Instant::now() + DEADLINE;
    loop {
        let before = store.rev("r");
        store.journal.taken();
        let done = Box::pin(store.writer.write(store.put("r", "x"), true)).now_or_never();
        let by = store.journal.taken();
        if let Some(response) = done {
            assert_eq!(response.unwrap().rev.unwrap().1, before + 1);
            // The record, its sync, and the head behind it.
            assert_eq!(by, [me, me, me]);
            assert_eq!(store.rev("r"), before + 1);
            break;
        }
        // A sync took long.
        assert!(Instant::now() < deadline);
        store.settle_in().await;
    }
    // Who has others waiting for it leaves it to the threads.
    store.journal.taken();
    assert!(store.is_written(false).await);
    assert!(!store.journal.taken().contains(&me));
}

#[tokio::test]
async fn where_syncs_take_long_nobody_waits_for_them() {
    let store = Store::open(1024 * 1024);
    store.settle_in().await;
    *store.journal.takes.lock().unwrap() = Duration::from_millis(2);
    // The first finds out.
    assert!(store.is_written(true).await);
    store.journal.taken();
    for _ in 0..20 {
        assert!(store.is_written(true).await);
    }
    assert!(!store.journal.taken().contains(&std::thread::current().id()));
    // When they are short again it is found out too.
    *store.journal.takes.lock().unwrap() = Duration::ZERO;
    store.settle_in().await;
}

#[tokio::test]
async fn after_a_fault_nobody_writes() {
    for first_alone in [true, false] {
        let store = Store::open(1024 * 1024);
        store.settle_in().await;
        let last = store.rev("r");
        store.journal.fails.store(true, Ordering::Relaxed);
        assert!(!store.is_written(first_alone).await);
        store.journal.fails.store(false, Ordering::Relaxed);
        store.journal.taken();
        for alone in [true, false, true, true] {
            assert!(!store.is_written(alone).await);
        }
        assert_eq!(store.journal.taken(), []);
        assert_eq!(store.rev("r"), last);
    }
}

/// Writes, some of them longer than the journal takes, until some in a row were not done at once.
fn until_handed_over(store: &Store, most: usize) -> Vec<impl Future<Output = bool>> {
    let (mut waiting, mut in_a_row, mut number) = (Vec::new(), 0, 0);
    while in_a_row < 5 && number < most {
        number += 1;
        let text = "x".repeat(if number % 100 == 0 { 9000 } else { number * 13 % 200 });
        let put = store.put(&format!("r{}", number % 20), &text);
        let mut writing = Box::pin(async move { store.writer.write(put, true).await.unwrap().status == 201 });
        in_a_row = match (&mut writing).now_or_never() {
            Some(done) => {
                assert!(done);
                0
            }
            None => {
                waiting.push(writing);
                in_a_row + 1
            }
        };
    }
    waiting
}

#[tokio::test]
async fn nobody_waits_for_the_data_file_but_the_threads() {
    let store = Store::open(24 * 1024);
    let me = std::thread::current().id();
    for _ in 0..20 {
        store.settle_in().await;
        store.data.taken();
        let gate = store.data.gate.lock().unwrap();
        // On another thread, so that one that waits is found out.
        let (ended, end) = mpsc::channel();
        let waiting = std::thread::scope(|scope| {
            scope.spawn(|| {
                let waiting = until_handed_over(&store, 2000);
                ended.send((std::thread::current().id(), waiting)).unwrap();
            });
            let waited = end.recv_timeout(DEADLINE);
            // Before the scope waits for the thread.
            drop(gate);
            waited
        });
        let (who, waiting) = waiting.expect("a write waits for the data file");
        for done in waiting {
            assert!(done.await);
        }
        let by = store.data.taken();
        assert!(!by.contains(&who) && !by.contains(&me));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beside_others_all_are_told_of_in_order() {
    const WRITERS: u64 = 6;
    const WRITES: u64 = 400;
    let store = Arc::new(Store::open(64 * 1024));
    let inbox = Arc::new(Inbox::default());
    store.settle_in().await;
    let first = store.rev("r") + 1;
    store.hub.watch("r", &inbox);
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut last = 0;
                for turn in 0..WRITES {
                    let alone = (turn / 8 + number) % 3 > 0;
                    let response = store.writer.write(store.put("r", "x"), alone).await.unwrap();
                    let (_, rev) = response.rev.unwrap();
                    assert!(rev > last && store.rev("r") >= rev);
                    last = rev;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    // The last is told of after it is answered.
    store.writer.close();
    let mut notes = VecDeque::new();
    inbox.take(&mut notes);
    let told: Vec<u64> = notes.iter().map(|note| note.rev).collect();
    assert_eq!(told, (first..first + WRITERS * WRITES).collect::<Vec<_>>());
}

/// A store with so much in its journal that the data file should catch up, of which its threads know nothing yet.
async fn written_at_once(deadline: Instant) -> Store {
    'again: loop {
        assert!(Instant::now() < deadline);
        let store = Store::open(256 * 1024);
        store.settle_in().await;
        if store.db.wants_to_settle() {
            continue;
        }
        while !store.db.wants_to_settle() {
            let mut writing = Box::pin(store.writer.write(store.put("r", "x"), true));
            if (&mut writing).now_or_never().is_none() {
                // A sync took long.
                assert_eq!(writing.await.unwrap().status, 201);
                continue 'again;
            }
        }
        return store;
    }
}

#[tokio::test]
async fn the_data_file_catches_up_when_nobody_writes_any_more() {
    let deadline = Instant::now() + DEADLINE;
    let mut stores = Vec::new();
    // In one or another a thread may have been late, and know it by itself.
    for _ in 0..6 {
        let store = written_at_once(deadline).await;
        // The threads are told by the next.
        store.settle_in().await;
        stores.push(store);
    }
    for store in stores {
        while store.db.wants_to_settle() {
            assert!(Instant::now() < deadline, "the data file does not catch up");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
