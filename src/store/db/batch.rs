//! Writing rows: the transaction that is being made.
//!
//! Most are rows in memory until they are put down in the journal. One that is too long for that goes into a transaction of
//! the data file from then on, and what it has done so far with it.

use std::cell::OnceCell;

use redb::{Database, ReadableDatabase as _, ReadableTable, WriteTransaction};

use super::recent::{Layer, Recent, Row};
use super::record::{Op, Record};
use super::rows::{Bytes, Rows, Scan, Snapshot};
use super::{ROWS, SYSTEM};
use crate::store::error::Fault;

/// How many rows of a range are removed in one go.
const PART: usize = 1000;

/// The rows of a transaction that is being written.
pub(in crate::store) struct Batch<'t> {
    target: Target<'t>,
    /// What was written since the data file began to catch up, if it is doing so.
    since: Option<Recent>,
    database: &'t Database,
    /// Where the transaction of the data file is kept, once there is one.
    transaction: &'t OnceCell<WriteTransaction>,
    record: Record,
    /// The most memory that its rows and those before them may take.
    most_bytes: usize,
    draft: Vec<u8>,
    /// How many changes of each resource are kept; all without it.
    pub(in crate::store) keep_changes: Option<u64>,
}

enum Target<'t> {
    Memory(Snapshot),
    DataFile(redb::Table<'t, &'static [u8], &'static [u8]>),
}

/// What a transaction may take.
pub(super) struct Limits {
    /// Where it is put down, still empty.
    pub(super) record: Record,
    /// The most memory that its rows and those before them may take, in bytes.
    pub(super) bytes: usize,
    /// How many changes of each resource are kept; all without it.
    pub(super) changes: Option<u64>,
}

impl Rows for Batch<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        match &self.target {
            Target::Memory(rows) => rows.get(key),
            Target::DataFile(table) => Ok(table.get(key)?.map(Bytes::stored)),
        }
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        match &self.target {
            Target::Memory(rows) => rows.scan(from, until),
            Target::DataFile(table) => Ok(Scan::new(table.range::<&[u8]>(from..until)?, None)),
        }
    }
}

impl<'t> Batch<'t> {
    /// A transaction upon the state of `rows`, and of what of it the data file will not have when it has caught up.
    pub(super) fn new(
        database: &'t Database,
        transaction: &'t OnceCell<WriteTransaction>,
        rows: Snapshot,
        since: Option<Recent>,
        limits: Limits,
    ) -> Self {
        let Limits { record, bytes: most_bytes, changes: keep_changes } = limits;
        let target = Target::Memory(rows);
        Self { target, since, database, transaction, record, most_bytes, draft: Vec::new(), keep_changes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.record.is_empty()
    }

    pub(super) fn record_bytes(&self) -> u64 {
        self.record.bytes()
    }

    /// Its record, the rows as they are with it, and those since; `None` if it is a transaction of the data file.
    pub(super) fn into_staged(self) -> Option<(Vec<u8>, Snapshot, Option<Recent>)> {
        match self.target {
            Target::Memory(rows) => Some((self.record.into_bytes()?, rows, self.since)),
            Target::DataFile(_) => None,
        }
    }

    /// From now on it is a transaction of the data file.
    pub(super) fn go_through(&mut self) -> Result<(), Fault> {
        let Target::Memory(rows) = &self.target else { return Ok(()) };
        let begun = self.database.begin_write()?;
        let transaction = self.transaction.get_or_init(|| begun);
        write_to(transaction, &rows.recent)?;
        self.target = Target::DataFile(transaction.open_table(ROWS)?);
        Ok(())
    }

    /// Takes down what is to be done, and where that is to be done.
    fn note(&mut self, op: &Op<'_>) -> Result<(), Fault> {
        self.record.push(op);
        match &self.target {
            Target::Memory(rows) if self.record.is_too_long() || rows.recent.bytes() > self.most_bytes => {
                self.go_through()
            }
            _ => Ok(()),
        }
    }

    pub(in crate::store) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.note(&Op::Put(key, value))?;
        match &mut self.target {
            Target::Memory(rows) => {
                let row = Row::new(key, Some(value), &mut self.draft);
                set(&mut rows.recent, self.since.as_mut(), |recent| &mut recent.rows, row);
            }
            Target::DataFile(table) => drop(table.insert(key, value)?),
        }
        Ok(())
    }

    pub(in crate::store) fn remove(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.note(&Op::Remove(key))?;
        match &mut self.target {
            Target::Memory(rows) => {
                let row = Row::new(key, None, &mut self.draft);
                set(&mut rows.recent, self.since.as_mut(), |recent| &mut recent.rows, row);
            }
            Target::DataFile(table) => drop(table.remove(key)?),
        }
        Ok(())
    }

    /// Removes a range of rows, showing each to `seen` first.
    pub(in crate::store) fn remove_range(
        &mut self,
        from: &[u8],
        until: &[u8],
        mut seen: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Fault> {
        self.note(&Op::RemoveRange(from, until))?;
        let mut from = from.to_vec();
        while let Target::Memory(rows) = &mut self.target {
            let mut keys = Vec::new();
            for row in rows.scan(&from, until)?.take(PART) {
                let (key, value) = row?;
                seen(&key, &value);
                keys.push(key.to_vec());
            }
            for key in &keys {
                let row = Row::new(key, None, &mut self.draft);
                set(&mut rows.recent, self.since.as_mut(), |recent| &mut recent.rows, row);
            }
            match keys.pop() {
                Some(last) if keys.len() + 1 == PART => from = last,
                _ => return Ok(()),
            }
            // The next key there can be.
            from.push(0);
            if rows.recent.bytes() > self.most_bytes {
                self.go_through()?;
            }
        }
        if let Target::DataFile(table) = &mut self.target {
            table.retain_in::<&[u8], _>(from.as_slice()..until, |key, value| {
                seen(key, value);
                false
            })?;
        }
        Ok(())
    }

    pub(in crate::store) fn get_system(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        if let Target::Memory(rows) = &self.target {
            if let Some(row) = rows.recent.system.get(name.as_bytes()) {
                return Ok(row.value().map(<[u8]>::to_vec));
            }
            let table = self.database.begin_read()?.open_table(SYSTEM)?;
            return Ok(table.get(name)?.map(|value| value.value().to_vec()));
        }
        let Some(transaction) = self.transaction.get() else { return Ok(None) };
        let table = transaction.open_table(SYSTEM)?;
        let found = table.get(name)?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    pub(in crate::store) fn put_system(&mut self, name: &str, value: &[u8]) -> Result<(), Fault> {
        self.note(&Op::PutSystem(name, value))?;
        self.set_system(name, Some(value))
    }

    pub(in crate::store) fn remove_system(&mut self, name: &str) -> Result<(), Fault> {
        self.note(&Op::RemoveSystem(name))?;
        self.set_system(name, None)
    }

    fn set_system(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), Fault> {
        if let Target::Memory(rows) = &mut self.target {
            let row = Row::new(name.as_bytes(), value, &mut self.draft);
            set(&mut rows.recent, self.since.as_mut(), |recent| &mut recent.system, row);
        } else if let Some(transaction) = self.transaction.get() {
            write_system(transaction, name, value)?;
        }
        Ok(())
    }

    /// Does what a record holds.
    pub(super) fn repeat(&mut self, op: &Op<'_>) -> Result<(), Fault> {
        match op {
            Op::Put(key, value) => self.put(key, value),
            Op::Remove(key) => self.remove(key),
            Op::RemoveRange(from, until) => self.remove_range(from, until, |_, _| {}),
            Op::PutSystem(name, value) => self.put_system(name, value),
            Op::RemoveSystem(name) => self.remove_system(name),
        }
    }
}

/// Takes a row into a layer of all that is in memory, and of what was written since the data file began to catch up.
fn set(all: &mut Recent, since: Option<&mut Recent>, layer: impl Fn(&mut Recent) -> &mut Layer, row: Row) {
    if let Some(since) = since {
        layer(since).set(row.clone());
    }
    layer(all).set(row);
}

pub(super) fn write_system(
    transaction: &WriteTransaction,
    name: &str,
    value: Option<&[u8]>,
) -> Result<(), Fault> {
    let mut table = transaction.open_table(SYSTEM)?;
    match value {
        Some(value) => drop(table.insert(name, value)?),
        None => drop(table.remove(name)?),
    }
    Ok(())
}

/// Writes the rows that are in memory into a transaction of the data file.
pub(super) fn write_to(transaction: &WriteTransaction, recent: &Recent) -> Result<(), Fault> {
    let mut table = transaction.open_table(ROWS)?;
    recent.rows.each(|row| {
        match row.value() {
            Some(value) => drop(table.insert(row.key(), value)?),
            None => drop(table.remove(row.key())?),
        }
        Ok::<_, Fault>(())
    })?;
    recent.system.each(|row| write_system(transaction, name_of(row)?, row.value()))
}

/// The name of a row about the store itself.
pub(super) fn name_of(row: &Row) -> Result<&str, Fault> {
    std::str::from_utf8(row.key()).map_err(|_| Fault::Damage("name of a row about the store"))
}
