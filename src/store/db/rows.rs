//! Reading and writing rows: those of a snapshot, and those of a transaction.

use std::ops::Deref;
use std::sync::Arc;

use redb::{AccessGuard, Database, ReadOnlyTable, ReadableDatabase as _, ReadableTable, WriteTransaction};

use super::record::{Op, Record};
use super::{ROWS, SYSTEM};
use crate::store::error::Fault;

/// Reads rows, of a snapshot or of a transaction that is being written.
pub(in crate::store) trait Rows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault>;
    /// The rows from `from` on, up to but not including `until`.
    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault>;
}

/// The bytes of a key or a value, borrowed from the database.
pub(in crate::store) struct Bytes<'a>(AccessGuard<'a, &'static [u8]>);

impl Deref for Bytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.value()
    }
}

/// An iterator over rows.
pub(in crate::store) struct Scan<'a>(redb::Range<'a, &'static [u8], &'static [u8]>);

impl<'a> Iterator for Scan<'a> {
    type Item = Result<(Bytes<'a>, Bytes<'a>), Fault>;
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map(|(key, value)| (Bytes(key), Bytes(value))).map_err(Fault::from))
    }
}

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        Some(self.0.next_back()?.map(|(key, value)| (Bytes(key), Bytes(value))).map_err(Fault::from))
    }
}

/// A state of the rows that does not change. Clones are handles on the same.
#[derive(Clone)]
pub(in crate::store) struct Snapshot {
    table: Arc<ReadOnlyTable<&'static [u8], &'static [u8]>>,
}

impl Snapshot {
    /// The state as of the last commit.
    pub(super) fn of(database: &Database) -> Result<Self, Fault> {
        Ok(Self { table: Arc::new(database.begin_read()?.open_table(ROWS)?) })
    }

    /// A scan that may outlive the snapshot.
    pub(in crate::store) fn owned_scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'static>, Fault> {
        Ok(Scan(self.table.range::<&[u8]>(from..until)?))
    }
}

impl Rows for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(ReadableTable::get(&*self.table, key)?.map(Bytes))
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        Ok(Scan(ReadableTable::range::<&[u8]>(&*self.table, from..until)?))
    }
}

/// The rows of a transaction that is being written.
pub(in crate::store) struct Batch<'t> {
    transaction: &'t WriteTransaction,
    rows: redb::Table<'t, &'static [u8], &'static [u8]>,
    record: Record,
    /// How many changes of each resource are kept; all without it.
    pub(in crate::store) keep_changes: Option<u64>,
}

impl Rows for Batch<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(self.rows.get(key)?.map(Bytes))
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        Ok(Scan(self.rows.range::<&[u8]>(from..until)?))
    }
}

impl<'t> Batch<'t> {
    pub(super) fn new(
        transaction: &'t WriteTransaction,
        record: Record,
        keep_changes: Option<u64>,
    ) -> Result<Self, Fault> {
        let rows = transaction.open_table(ROWS)?;
        Ok(Self { transaction, rows, record, keep_changes })
    }

    /// What was done.
    pub(super) fn into_record(self) -> Record {
        self.record
    }

    /// Writes a row and hands back what stood there.
    pub(in crate::store) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        self.record.push(&Op::Put(key, value));
        Ok(self.rows.insert(key, value)?.map(Bytes))
    }

    /// Removes a row and hands back what stood there.
    pub(in crate::store) fn remove(&mut self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        self.record.push(&Op::Remove(key));
        Ok(self.rows.remove(key)?.map(Bytes))
    }

    /// Removes a range of rows, showing each to `seen` first.
    pub(in crate::store) fn remove_range(
        &mut self,
        from: &[u8],
        until: &[u8],
        mut seen: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Fault> {
        self.record.push(&Op::RemoveRange(from, until));
        self.rows.retain_in::<&[u8], _>(from..until, |key, value| {
            seen(key, value);
            false
        })?;
        Ok(())
    }

    pub(in crate::store) fn get_system(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let table = self.transaction.open_table(SYSTEM)?;
        let found = table.get(key)?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    pub(in crate::store) fn put_system(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        self.record.push(&Op::PutSystem(key, value));
        self.transaction.open_table(SYSTEM)?.insert(key, value)?;
        Ok(())
    }

    pub(in crate::store) fn remove_system(&mut self, key: &str) -> Result<(), Fault> {
        self.record.push(&Op::RemoveSystem(key));
        self.transaction.open_table(SYSTEM)?.remove(key)?;
        Ok(())
    }

    /// Does what a record holds.
    pub(super) fn repeat(&mut self, op: &Op<'_>) -> Result<(), Fault> {
        match op {
            Op::Put(key, value) => self.put(key, value).map(|_| ()),
            Op::Remove(key) => self.remove(key).map(|_| ()),
            Op::RemoveRange(from, until) => self.remove_range(from, until, |_, _| {}),
            Op::PutSystem(key, value) => self.put_system(key, value),
            Op::RemoveSystem(key) => self.remove_system(key),
        }
    }
}
