//! Reading rows: those of a state that does not change.

use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::Arc;

use redb::{AccessGuard, Database, ReadOnlyTable, ReadableDatabase as _, ReadableTable};

use super::ROWS;
use super::recent::{Recent, Row, Span};
use crate::store::error::Fault;

/// Reads rows, of a snapshot or of a transaction that is being written.
pub(in crate::store) trait Rows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault>;
    /// The rows from `from` on, up to but not including `until`.
    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault>;
}

/// The bytes of a key or a value.
pub(in crate::store) struct Bytes<'a>(Held<'a>);

enum Held<'a> {
    /// Borrowed from the database.
    Stored(AccessGuard<'a, &'static [u8]>),
    KeyOf(Row),
    ValueOf(Row),
}

impl<'a> Bytes<'a> {
    pub(super) fn stored(guard: AccessGuard<'a, &'static [u8]>) -> Self {
        Self(Held::Stored(guard))
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Stored(guard) => guard.value(),
            Held::KeyOf(row) => row.key(),
            Held::ValueOf(row) => row.value().unwrap_or_default(),
        }
    }
}

type Stored<'a> = redb::Range<'a, &'static [u8], &'static [u8]>;
type StoredRow<'a> = (AccessGuard<'a, &'static [u8]>, AccessGuard<'a, &'static [u8]>);

/// An iterator over rows: those of the data file, and before them those that were written since.
pub(in crate::store) struct Scan<'a> {
    stored: Ends<Stored<'a>>,
    /// `None` where nothing was.
    recent: Option<Ends<Span>>,
}

/// An iterator that is looked at from both ends before something is taken.
struct Ends<I: DoubleEndedIterator> {
    inner: I,
    front: Option<I::Item>,
    back: Option<I::Item>,
}

impl<I: DoubleEndedIterator> Ends<I> {
    fn of(inner: I) -> Self {
        Self { inner, front: None, back: None }
    }

    fn take(&mut self, end: End) -> Option<I::Item> {
        let (seen, other) = match end {
            End::Front => (&mut self.front, &mut self.back),
            End::Back => (&mut self.back, &mut self.front),
        };
        seen.take()
            .or_else(|| match end {
                End::Front => self.inner.next(),
                End::Back => self.inner.next_back(),
            })
            .or_else(|| other.take())
    }

    fn put_back(&mut self, end: End, item: I::Item) {
        match end {
            End::Front => self.front = Some(item),
            End::Back => self.back = Some(item),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Front,
    Back,
}

impl<'a> Scan<'a> {
    pub(super) fn new(stored: Stored<'a>, recent: Option<Span>) -> Self {
        Self { stored: Ends::of(stored), recent: recent.map(Ends::of) }
    }

    fn take(&mut self, end: End) -> Result<Option<(Bytes<'a>, Bytes<'a>)>, Fault> {
        let Some(recent) = &mut self.recent else {
            return Ok(self.stored.take(end).transpose()?.map(of_stored));
        };
        loop {
            let (row, stored) = match (recent.take(end), self.stored.take(end).transpose()?) {
                (None, stored) => {
                    // There are none at the other end either.
                    self.recent = None;
                    return Ok(stored.map(of_stored));
                }
                (Some(row), None) => (row, None),
                (Some(row), Some(stored)) => (row, Some(stored)),
            };
            if let Some(stored) = stored {
                let order = row.key().cmp(stored.0.value());
                let order = if end == End::Front { order } else { order.reverse() };
                match order {
                    Ordering::Less => self.stored.put_back(end, Ok(stored)),
                    // It was written since.
                    Ordering::Equal => {}
                    Ordering::Greater => {
                        recent.put_back(end, row);
                        return Ok(Some(of_stored(stored)));
                    }
                }
            }
            if row.value().is_some() {
                return Ok(Some((Bytes(Held::KeyOf(row.clone())), Bytes(Held::ValueOf(row)))));
            }
        }
    }
}

fn of_stored<'a>((key, value): StoredRow<'a>) -> (Bytes<'a>, Bytes<'a>) {
    (Bytes::stored(key), Bytes::stored(value))
}

impl<'a> Iterator for Scan<'a> {
    type Item = Result<(Bytes<'a>, Bytes<'a>), Fault>;
    fn next(&mut self) -> Option<Self::Item> {
        self.take(End::Front).transpose()
    }
}

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.take(End::Back).transpose()
    }
}

/// A state of the rows that does not change. Clones are handles on the same.
#[derive(Clone)]
pub(in crate::store) struct Snapshot {
    /// The data file as it last caught up.
    stored: Arc<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    /// What was written since.
    pub(super) recent: Recent,
}

impl Snapshot {
    /// The data file as of its last commit, and what was written since.
    pub(super) fn of(database: &Database, recent: Recent) -> Result<Self, Fault> {
        Ok(Self { stored: Arc::new(database.begin_read()?.open_table(ROWS)?), recent })
    }

    /// A scan that may outlive the snapshot.
    pub(in crate::store) fn owned_scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'static>, Fault> {
        Ok(Scan::new(self.stored.range::<&[u8]>(from..until)?, self.recent.rows.span(from, until)))
    }
}

impl Rows for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        match self.recent.rows.get(key) {
            Some(row) => Ok(row.value().map(|_| Bytes(Held::ValueOf(row.clone())))),
            None => Ok(ReadableTable::get(&*self.stored, key)?.map(Bytes::stored)),
        }
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        let stored = ReadableTable::range::<&[u8]>(&*self.stored, from..until)?;
        Ok(Scan::new(stored, self.recent.rows.span(from, until)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    use super::*;

    type Plain = BTreeMap<Vec<u8>, Vec<u8>>;

    fn key() -> impl Strategy<Value = Vec<u8>> {
        (0..60_u8).prop_map(|number| vec![number])
    }

    /// A state with some rows in the data file, and some that were written or removed since.
    fn state(stored: &Plain, since: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) -> (Database, Snapshot) {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        let transaction = database.begin_write().unwrap();
        {
            let mut table = transaction.open_table(ROWS).unwrap();
            for (key, value) in stored {
                table.insert(key.as_slice(), value.as_slice()).unwrap();
            }
        }
        transaction.commit().unwrap();
        let mut recent = Recent::default();
        for (key, value) in since {
            recent.rows.set(Row::new(key, value.as_deref(), &mut Vec::new()));
        }
        let snapshot = Snapshot::of(&database, recent).unwrap();
        (database, snapshot)
    }

    proptest! {
        #[test]
        fn what_was_written_since_stands_before_the_data_file(
            stored in prop::collection::btree_map(key(), prop::collection::vec(any::<u8>(), 0..3), 0..40),
            since in prop::collection::btree_map(key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..3)), 0..40),
            from in key(),
            until in key(),
            ends in prop::collection::vec(any::<bool>(), 0..70),
        ) {
            let (_database, snapshot) = state(&stored, &since);
            let mut expected = stored;
            for (key, value) in since {
                match value {
                    Some(value) => drop(expected.insert(key, value)),
                    None => drop(expected.remove(&key)),
                }
            }
            prop_assert_eq!(snapshot.get(&from).unwrap().map(|value| value.to_vec()), expected.get(&from).cloned());
            let (from, until) = if from <= until { (from, until) } else { (until, from) };
            let mut within = expected.range(from.clone()..until.clone()).map(|(key, value)| (key.clone(), value.clone()));
            let plain = |row: Result<(Bytes<'_>, Bytes<'_>), Fault>| {
                let (key, value) = row.unwrap();
                (key.to_vec(), value.to_vec())
            };
            let mut scan = snapshot.owned_scan(&from, &until).unwrap();
            for front in ends {
                if front {
                    prop_assert_eq!(scan.next().map(plain), within.next());
                } else {
                    prop_assert_eq!(scan.next_back().map(plain), within.next_back());
                }
            }
            prop_assert_eq!(scan.map(plain).collect::<Vec<_>>(), within.collect::<Vec<_>>());
        }
    }
}
