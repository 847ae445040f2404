//! Power cuts: storage that forgets what was not synced, at any instant.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;
use serde_json::json;

use super::{applied, file, options, write};
use crate::store::auth::Session;
use crate::store::check;
use crate::store::db::{Db, Options};
use crate::store::document::{living_header, value};
use crate::store::error::Error;
use crate::store::key::DocPath;
use crate::store::request::Method;

const SECTOR: usize = 512;
const HONEST: [bool; 2] = [true, true];

/// A small generator of numbers that can be had again from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// What is on a disk: the data file and its journals.
type Image = [Vec<u8>; 3];

#[derive(Clone, Debug)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    files: [FileState; 3],
    /// How many more operations go through.
    left: u64,
    /// Whether a sync of the data file and of a journal does what it says.
    honest: [bool; 2],
}

#[derive(Debug, Default)]
struct FileState {
    /// What would be there after a power cut.
    safe: Vec<u8>,
    /// What is read.
    seen: Vec<u8>,
    unsafe_writes: Vec<(usize, Vec<u8>)>,
}

/// One of the files on a disk.
#[derive(Debug)]
struct OnDisk {
    disk: Disk,
    which: usize,
}

impl Disk {
    fn with(image: Image, left: u64, honest: [bool; 2]) -> Self {
        let files =
            image.map(|bytes| FileState { safe: bytes.clone(), seen: bytes, unsafe_writes: Vec::new() });
        Self(Arc::new(Mutex::new(State { files, left, honest })))
    }

    fn open(&self, verify: bool) -> Result<Db, Error> {
        let one = |which| -> Box<dyn StorageBackend> { Box::new(OnDisk { disk: self.clone(), which }) };
        // Short, so that the data file catches up often.
        let options = Options { journal_bytes: 24 * 1024, verify, ..options() };
        Db::in_storage(one(0), [one(1), one(2)], file(), &options)
    }

    /// What is on the disk after the cut: what was synced, and any part of what was not.
    fn cut(&self, dice: &mut Dice) -> Image {
        let state = self.0.lock().unwrap();
        [0, 1, 2].map(|which| {
            let mut image = state.files[which].safe.clone();
            for (offset, data) in &state.files[which].unsafe_writes {
                // A sector is on the disk or is not, wherever the write began.
                let first = SECTOR - offset % SECTOR;
                let (head, rest) = data.split_at(first.min(data.len()));
                let mut at = *offset;
                for sector in std::iter::once(head).chain(rest.chunks(SECTOR)) {
                    if dice.roll(2) == 0 && at + sector.len() <= image.len() {
                        image[at..at + sector.len()].copy_from_slice(sector);
                    }
                    at += sector.len();
                }
            }
            image
        })
    }
}

impl OnDisk {
    fn step<T>(&self, work: impl FnOnce(&mut FileState, bool) -> T) -> io::Result<T> {
        let mut state = self.disk.0.lock().unwrap();
        if state.left == 0 {
            return Err(io::Error::other("the power is gone"));
        }
        state.left -= 1;
        let honest = state.honest[self.which.min(1)];
        Ok(work(&mut state.files[self.which], honest))
    }
}

impl StorageBackend for OnDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.0.lock().unwrap().files[self.which].seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.disk.0.lock().unwrap();
        let (seen, offset) = (&state.files[self.which].seen, offset as usize);
        let bytes = seen.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        // The length is metadata, which journals keep in order.
        self.step(|file, _| {
            file.seen.resize(len as usize, 0);
            file.safe.resize(len as usize, 0);
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(|file, honest| {
            if honest {
                for (offset, data) in std::mem::take(&mut file.unsafe_writes) {
                    // A file that was made shorter since has lost the end of it.
                    let end = (offset + data.len()).min(file.safe.len());
                    if offset < end {
                        file.safe[offset..end].copy_from_slice(&data[..end - offset]);
                    }
                }
            }
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(|file, _| {
            let offset = offset as usize;
            file.seen[offset..offset + data.len()].copy_from_slice(data);
            file.unsafe_writes.push((offset, data.to_vec()));
        })
    }
}

/// Writes until the power goes, and returns the image, and the revs that were acknowledged by then.
fn until_the_cut(disk: &Disk, dice: &mut Dice, acknowledged: &mut BTreeMap<String, u64>) {
    let Ok(db) = disk.open(dice.roll(2) == 0) else { return };
    let session = Arc::new(Session::of_everything("u"));
    let mut waiting = BTreeMap::new();
    loop {
        let writes: Vec<_> = (0..1 + dice.roll(6))
            .map(|_| {
                let key = format!("r{}", dice.roll(8));
                // Now and then more than the journal takes.
                let text = "x".repeat(if dice.roll(40) == 0 { 7000 } else { dice.roll(300) as usize });
                let to = json!({"_id": format!("resources/r{}", dice.roll(8)), "_rev": 0});
                let body = json!({"n": dice.roll(1000), "to": to, "text": text});
                (key.clone(), write(&session, Method::Put, &format!("/resources/{key}"), Some(body)))
            })
            .collect();
        if dice.roll(10) == 0 && db.settle().is_err() {
            return;
        }
        if dice.roll(4) == 0 && db.catch_up().is_err() {
            return;
        }
        let staged = db.stage(|batch| {
            let mut revs = Vec::new();
            for (key, write) in &writes {
                let (_, rev) = applied(batch, write)?.rev.unwrap();
                revs.push((key.clone(), rev));
            }
            Ok(revs)
        });
        let Ok(revs) = staged else { return };
        waiting.extend(revs);
        if dice.roll(3) == 0 {
            // More are made before these are on the disk.
            continue;
        }
        if db.sync().is_err() {
            return;
        }
        acknowledged.append(&mut waiting);
        if dice.roll(60) == 0 {
            // Closed in order; the power may go even then.
            drop(db);
            return until_the_cut(disk, dice, acknowledged);
        }
    }
}

/// What is wrong after the cut, if anything.
fn inspect(image: Image, acknowledged: &BTreeMap<String, u64>) -> Option<String> {
    let db = match Disk::with(image, u64::MAX, HONEST).open(false) {
        Ok(db) => db,
        Err(error) => return Some(error.to_string()),
    };
    let snapshot = db.snapshot().unwrap();
    for (key, rev) in acknowledged {
        let header = living_header(&snapshot, key).unwrap();
        let found = header.map_or(0, |header| header.rev);
        if found < *rev {
            return Some(format!("{key} is at rev {found}, {rev} was acknowledged"));
        }
        value(&snapshot, key, &DocPath::root()).unwrap().unwrap();
    }
    check::check(&snapshot).unwrap().problems.first().cloned()
}

fn rounds() -> u64 {
    std::env::var("OADA_POWER_CUTS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(200)
}

fn one_round(seed: u64, honest: [bool; 2]) -> Option<String> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut acknowledged = BTreeMap::new();
    let mut image = Image::default();
    // The store is made whole, then cut off some times in a row, also while it recovers.
    let first = Disk::with(image.clone(), 200 + dice.roll(800), honest);
    until_the_cut(&first, &mut dice, &mut acknowledged);
    image = first.cut(&mut dice);
    for _ in 0..dice.roll(3) {
        let again = Disk::with(image.clone(), 1 + dice.roll(300), honest);
        until_the_cut(&again, &mut dice, &mut acknowledged);
        image = again.cut(&mut dice);
    }
    inspect(image, &acknowledged).map(|problem| format!("round {seed}: {problem}"))
}

#[test]
fn what_was_acknowledged_outlives_the_power() {
    let problems: Vec<String> = (1..=rounds()).filter_map(|seed| one_round(seed, HONEST)).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn what_is_not_on_the_disk_is_not_read() {
    let disk = Disk::with(Image::default(), u64::MAX, HONEST);
    let db = disk.open(false).unwrap();
    let session = Arc::new(Session::of_everything("u"));
    let put = |n: u64| write(&session, Method::Put, "/resources/r", Some(json!({ "n": n })));
    let rev = |db: &Db| living_header(&db.snapshot().unwrap(), "r").unwrap().map_or(0, |header| header.rev);
    for n in 1..=3 {
        db.write(|batch| applied(batch, &put(n))).unwrap();
    }
    db.stage(|batch| applied(batch, &put(4))).unwrap();
    db.stage(|batch| applied(batch, &put(5))).unwrap();
    assert_eq!(rev(&db), 3);
    db.sync().unwrap();
    assert_eq!(rev(&db), 5);

    // Nor is it when the data file has caught up with what was before.
    let mut n = 5;
    while !db.is_due() {
        n += 1;
        db.stage(|batch| applied(batch, &put(n))).unwrap();
        db.sync().unwrap();
    }
    db.stage(|batch| applied(batch, &put(n + 1))).unwrap();
    db.catch_up().unwrap();
    assert_eq!(rev(&db), n);
    db.sync().unwrap();
    assert_eq!(rev(&db), n + 1);
    let last = n + 1;

    // The journal cannot be written: what was staged is nowhere, and stays so.
    db.stage(|batch| applied(batch, &put(last + 1))).unwrap();
    disk.0.lock().unwrap().left = 0;
    db.sync().unwrap_err();
    assert_eq!(rev(&db), last);
    disk.0.lock().unwrap().left = u64::MAX;
    db.write(|batch| applied(batch, &put(last + 2))).unwrap_err();
    drop(db);
    assert_eq!(rev(&disk.open(true).unwrap()), last);
}

#[test]
fn a_disk_that_lies_is_noticed() {
    // Otherwise the test above would show nothing. The data file is synced seldom, and its lies take longer to find.
    for (honest, rounds) in [([false, false], 20), ([true, false], 20), ([false, true], 60)] {
        assert!((1..=rounds).any(|seed| one_round(seed, honest).is_some()), "{honest:?}");
    }
}
