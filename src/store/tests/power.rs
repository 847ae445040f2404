//! Power cuts: storage that forgets what was not synced, at any instant.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;
use serde_json::json;

use super::{CACHE, applied, file, write};
use crate::store::auth::Session;
use crate::store::check;
use crate::store::db::Db;
use crate::store::document::{living_header, value};
use crate::store::key::DocPath;
use crate::store::request::Method;

const SECTOR: usize = 512;

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

#[derive(Clone, Debug)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What would be there after a power cut.
    safe: Vec<u8>,
    /// What is read.
    seen: Vec<u8>,
    unsafe_writes: Vec<(usize, Vec<u8>)>,
    /// How many more operations go through.
    left: u64,
    /// Whether a sync does what it says.
    honest: bool,
}

impl Disk {
    fn with(image: Vec<u8>, left: u64, honest: bool) -> Self {
        let state = State { safe: image.clone(), seen: image, unsafe_writes: Vec::new(), left, honest };
        Self(Arc::new(Mutex::new(state)))
    }

    fn step<T>(&self, work: impl FnOnce(&mut State) -> T) -> io::Result<T> {
        let mut state = self.0.lock().unwrap();
        if state.left == 0 {
            return Err(io::Error::other("the power is gone"));
        }
        state.left -= 1;
        Ok(work(&mut state))
    }

    /// What is on the disk after the cut: what was synced, and any part of what was not.
    fn cut(&self, dice: &mut Dice) -> Vec<u8> {
        let state = self.0.lock().unwrap();
        let mut image = state.safe.clone();
        for (offset, data) in &state.unsafe_writes {
            for (index, sector) in data.chunks(SECTOR).enumerate() {
                let at = offset + index * SECTOR;
                if dice.roll(2) == 0 && at + sector.len() <= image.len() {
                    image[at..at + sector.len()].copy_from_slice(sector);
                }
            }
        }
        image
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock().unwrap();
        let offset = offset as usize;
        let bytes = state.seen.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        // The length is metadata, which journals keep in order.
        self.step(|state| {
            state.seen.resize(len as usize, 0);
            state.safe.resize(len as usize, 0);
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(|state| {
            if state.honest {
                for (offset, data) in std::mem::take(&mut state.unsafe_writes) {
                    // A file that was made shorter since has lost the end of it.
                    let end = (offset + data.len()).min(state.safe.len());
                    if offset < end {
                        state.safe[offset..end].copy_from_slice(&data[..end - offset]);
                    }
                }
            }
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(|state| {
            let offset = offset as usize;
            state.seen[offset..offset + data.len()].copy_from_slice(data);
            state.unsafe_writes.push((offset, data.to_vec()));
        })
    }
}

/// Writes until the power goes, and returns the image, and the revs that were acknowledged by then.
fn until_the_cut(disk: &Disk, dice: &mut Dice, acknowledged: &mut BTreeMap<String, u64>) {
    let Ok(db) = Db::in_storage(Box::new(disk.clone()), file(), CACHE) else { return };
    let session = Arc::new(Session::of_everything("u"));
    loop {
        let writes: Vec<_> = (0..1 + dice.roll(6))
            .map(|_| {
                let key = format!("r{}", dice.roll(8));
                let body = json!({"n": dice.roll(1000), "to": {"_id": format!("resources/r{}", dice.roll(8)), "_rev": 0}});
                (key.clone(), write(&session, Method::Put, &format!("/resources/{key}"), Some(body)))
            })
            .collect();
        let quick = dice.roll(4) == 0;
        let answered = db.write(quick, |batch| {
            let mut revs = Vec::new();
            for (key, write) in &writes {
                let (_, rev) = applied(batch, write)?.rev.unwrap();
                revs.push((key.clone(), rev));
            }
            Ok(revs)
        });
        match answered {
            Ok(revs) => acknowledged.extend(revs),
            Err(_) => return,
        }
    }
}

/// What is wrong after the cut, if anything.
fn inspect(image: Vec<u8>, acknowledged: &BTreeMap<String, u64>) -> Option<String> {
    let disk = Disk::with(image, u64::MAX, true);
    let db = match Db::in_storage(Box::new(disk), file(), CACHE) {
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

fn one_round(seed: u64, honest: bool) -> Option<String> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut acknowledged = BTreeMap::new();
    let mut image = Vec::new();
    // The store is made whole, then cut off some times in a row, also while it recovers.
    let first = Disk::with(image.clone(), 400 + dice.roll(400), honest);
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
    let problems: Vec<String> = (1..=rounds()).filter_map(|seed| one_round(seed, true)).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_disk_that_lies_is_noticed() {
    // Otherwise the test above would show nothing.
    assert!((1..=20).any(|seed| one_round(seed, false).is_some()));
}
