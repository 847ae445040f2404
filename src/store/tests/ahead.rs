//! What is told before the disk has it, and to whom: on a disk whose syncs wait, or fail.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use redb::backends::InMemoryBackend;
use serde_json::json;

use super::{Observed, Observer, file, options, write};
use crate::store::apply::Write;
use crate::store::auth::Session;
use crate::store::db::{Db, Snapshot};
use crate::store::document::living_header;
use crate::store::request::{Method, Response};
use crate::store::watch::{Hub, Inbox, Note};
use crate::store::writer::Writer;

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Syncs {
    AreDone,
    Wait,
    Fail,
}

/// What syncs of a journal do, and how many wait.
#[derive(Debug)]
struct Gate {
    state: Mutex<(Syncs, usize)>,
    changed: Condvar,
}

impl Gate {
    fn set(&self, syncs: Syncs) {
        self.state.lock().unwrap().0 = syncs;
        self.changed.notify_all();
    }

    fn pass(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |state| state.0 == Syncs::Wait).unwrap();
        state.1 -= 1;
        if state.0 == Syncs::Fail { Err(io::Error::other("the disk is gone")) } else { Ok(()) }
    }

    fn until_one_waits(&self) {
        let state = self.state.lock().unwrap();
        let none_waits = |state: &mut (Syncs, usize)| state.1 == 0;
        let waited = self.changed.wait_timeout_while(state, PATIENCE, none_waits).unwrap().1;
        assert!(!waited.timed_out(), "nothing is synced");
    }
}

impl Observer for Gate {
    fn syncs(&self) -> io::Result<()> {
        self.pass()
    }
}

struct World {
    gate: Arc<Gate>,
    db: Arc<Db>,
    writer: Arc<Writer>,
    /// Of who is told ahead, and of who is not. Both watch `a`.
    inboxes: [Arc<Inbox>; 2],
    session: Arc<Session>,
}

impl World {
    /// A store in which `a` is at rev 2, and whose syncs wait from now on.
    async fn new() -> Self {
        let gate = Arc::new(Gate { state: Mutex::new((Syncs::AreDone, 0)), changed: Condvar::new() });
        let journal = || Observed::boxed(&gate);
        let data = Box::new(InMemoryBackend::new());
        let db = Arc::new(Db::in_storage(data, [journal(), journal()], file(), &options()).unwrap());
        let hub = Arc::new(Hub::default());
        let inboxes = [true, false].map(|ahead| {
            let inbox = Arc::new(Inbox::default());
            hub.watch("a", &inbox, ahead);
            inbox
        });
        let writer = Arc::new(Writer::start(Arc::clone(&db), hub).unwrap());
        let session = Arc::new(Session::of_everything("u"));
        let world = Self { gate, db, writer, inboxes, session };
        for _ in 0..2 {
            assert!(world.writer.write(world.put(false)).await.unwrap().status < 300);
        }
        world.until_told(0, &[1, 2]).await;
        world.until_told(1, &[1, 2]).await;
        world.gate.set(Syncs::Wait);
        world
    }

    /// A write onto `a` that is another one each time.
    fn put(&self, ahead: bool) -> Box<Write> {
        let body = json!({ "key": crate::model::new_key() });
        let mut put = write(&self.session, Method::Put, "/resources/a", Some(body));
        put.request.ahead = ahead;
        Box::new(put)
    }

    fn begin(&self, ahead: bool) -> tokio::task::JoinHandle<Response> {
        let (writer, put) = (Arc::clone(&self.writer), self.put(ahead));
        tokio::spawn(async move { writer.write(put).await.unwrap() })
    }

    /// The revs of the notes that lie in an inbox.
    fn notes(&self, which: usize) -> Vec<u64> {
        let mut notes = VecDeque::<Note>::new();
        self.inboxes[which].take(&mut notes);
        notes.into_iter().map(|note| note.rev).collect()
    }

    /// Waits until all these revs have been told, and no others.
    async fn until_told(&self, which: usize, revs: &[u64]) {
        let mut told = Vec::new();
        while told.len() < revs.len() {
            tokio::time::timeout(PATIENCE, self.inboxes[which].arrived()).await.unwrap();
            told.extend(self.notes(which));
        }
        assert_eq!(told, revs);
    }

    fn revs(&self) -> (u64, u64) {
        let rev = |state: Snapshot| living_header(&state, "a").unwrap().unwrap().rev;
        (rev(self.db.snapshot().unwrap()), rev(self.db.snapshot_ahead().unwrap()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The writer is waited for.
        self.gate.set(Syncs::AreDone);
    }
}

async fn answer(begun: tokio::task::JoinHandle<Response>) -> u16 {
    tokio::time::timeout(PATIENCE, begun).await.unwrap().unwrap().status
}

#[tokio::test]
async fn who_asks_is_answered_and_told_before_the_disk_is_and_nobody_else() {
    let world = World::new().await;
    let begun = world.begin(true);
    assert_eq!(answer(begun).await, 201);
    world.gate.until_one_waits();
    world.until_told(0, &[3]).await;
    assert_eq!((world.revs(), world.notes(1)), ((2, 3), vec![]));
    world.gate.set(Syncs::AreDone);
    world.until_told(1, &[3]).await;
    assert_eq!((world.revs(), world.notes(0)), ((3, 3), vec![]), "nobody is told twice");

    world.gate.set(Syncs::Wait);
    let begun = world.begin(false);
    world.until_told(0, &[4]).await;
    world.gate.until_one_waits();
    // What has been answered by now is heard in these.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!begun.is_finished(), "who has not asked for it is answered when the disk has it");
    assert_eq!((world.revs(), world.notes(1)), ((3, 4), vec![]));
    world.gate.set(Syncs::AreDone);
    assert_eq!(answer(begun).await, 201);
    world.until_told(1, &[4]).await;
}

#[tokio::test]
async fn what_the_disk_refuses_is_not_read_by_anybody() {
    let world = World::new().await;
    assert_eq!(answer(world.begin(true)).await, 201, "a power cut would take who asked as well");
    let late = world.begin(false);
    world.gate.set(Syncs::Fail);
    assert_eq!(answer(late).await, 500);
    assert_eq!(world.revs(), (2, 2));
    assert_eq!(world.notes(1), [0; 0]);
    assert_eq!(answer(world.begin(true)).await, 500, "what is on the disk is not known any more");
}
