//! Writing rows: the transaction that is being made.
//!
//! Most are rows in memory until they are put down in the journal. One that is too long for that goes into a transaction of
//! the data file from then on, and what it has done so far with it.

use std::cell::OnceCell;

use redb::{Database, ReadableDatabase as _, ReadableTable, WriteTransaction};

use super::recent::{Layer, Recent, Row};
use super::record::{Op, Record};
use super::rows::{Bytes, Rows, Scan, Snapshot};
use super::{ROWS, SYSTEM, transfer};
use crate::store::error::Fault;

/// How many rows of a range are removed in one go.
const PART: usize = 1000;

/// The rows of a transaction that is being written.
pub(in crate::store) struct Batch<'t> {
    target: Target<'t>,
    database: &'t Database,
    /// Where the transaction of the data file is kept, once there is one.
    transaction: &'t OnceCell<WriteTransaction>,
    record: Record,
    /// The most memory that its rows and those before them may take.
    most_bytes: usize,
    /// How many changes of each resource are kept; all without it.
    pub(in crate::store) keep_changes: Option<u64>,
}

pub(super) type Table<'t> = redb::Table<'t, &'static [u8], &'static [u8]>;

enum Target<'t> {
    Memory(Memory),
    DataFile(Table<'t>),
}

/// Rows in memory.
struct Memory {
    rows: Snapshot,
    /// What was written since the data file began to catch up, if it is doing so.
    since: Option<Recent>,
    /// Somewhere to put a row together.
    draft: Vec<u8>,
}

impl Memory {
    /// Writes a row into a layer, or without a value removes it.
    fn set(&mut self, layer: impl Fn(&mut Recent) -> &mut Layer, key: &[u8], value: Option<&[u8]>) {
        let row = Row::new(key, value, &mut self.draft);
        if let Some(since) = &mut self.since {
            layer(since).set(row.clone());
        }
        layer(&mut self.rows.recent).set(row);
    }
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
            Target::Memory(memory) => memory.rows.get(key),
            Target::DataFile(table) => Ok(table.get(key)?.map(Bytes::stored)),
        }
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        match &self.target {
            Target::Memory(memory) => memory.rows.scan(from, until),
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
        let target = Target::Memory(Memory { rows, since, draft: Vec::new() });
        Self { target, database, transaction, record, most_bytes, keep_changes }
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
            Target::Memory(Memory { rows, since, .. }) => Some((self.record.into_bytes()?, rows, since)),
            Target::DataFile(_) => None,
        }
    }

    /// From now on it is a transaction of the data file.
    pub(super) fn go_through(&mut self) -> Result<(), Fault> {
        let Target::Memory(memory) = &self.target else { return Ok(()) };
        let begun = self.database.begin_write()?;
        let transaction = self.transaction.get_or_init(|| begun);
        transfer::write_to(transaction, &memory.rows.recent)?;
        self.target = Target::DataFile(transaction.open_table(ROWS)?);
        Ok(())
    }

    /// Takes down what is to be done, and where that is to be done.
    fn note(&mut self, op: &Op<'_>) -> Result<(), Fault> {
        self.record.push(op);
        match &self.target {
            Target::Memory(memory) if self.record.is_too_long() || self.is_large(memory) => self.go_through(),
            _ => Ok(()),
        }
    }

    fn is_large(&self, memory: &Memory) -> bool {
        memory.rows.recent.bytes() > self.most_bytes
    }

    pub(in crate::store) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.note(&Op::Put(key, value))?;
        self.set(key, Some(value))
    }

    pub(in crate::store) fn remove(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.note(&Op::Remove(key))?;
        self.set(key, None)
    }

    fn set(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Fault> {
        match &mut self.target {
            Target::Memory(memory) => memory.set(|recent| &mut recent.rows, key, value),
            Target::DataFile(table) => write_row(table, key, value)?,
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
        while let Target::Memory(memory) = &mut self.target {
            let mut keys = Vec::new();
            for row in memory.rows.scan(&from, until)?.take(PART) {
                let (key, value) = row?;
                seen(&key, &value);
                keys.push(key.to_vec());
            }
            for key in &keys {
                memory.set(|recent| &mut recent.rows, key, None);
            }
            match keys.pop() {
                Some(last) if keys.len() + 1 == PART => from = last,
                _ => return Ok(()),
            }
            // The next key there can be.
            from.push(0);
            if memory.rows.recent.bytes() > self.most_bytes {
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
        if let Target::Memory(memory) = &self.target {
            if let Some(row) = memory.rows.recent.system.get(name.as_bytes()) {
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
        if let Target::Memory(memory) = &mut self.target {
            memory.set(|recent| &mut recent.system, name.as_bytes(), value);
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

/// Writes a row, or without a value removes it.
pub(super) fn write_row(table: &mut Table<'_>, key: &[u8], value: Option<&[u8]>) -> Result<(), Fault> {
    match value {
        Some(value) => drop(table.insert(key, value)?),
        None => drop(table.remove(key)?),
    }
    Ok(())
}

/// Writes a row about the store itself, or without a value removes it.
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

/// The name of a row about the store itself.
pub(super) fn name_of(row: &Row) -> Result<&str, Fault> {
    std::str::from_utf8(row.key()).map_err(|_| Fault::Damage("name of a row about the store"))
}
