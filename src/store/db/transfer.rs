//! Writes the rows that are in memory into the data file.
//!
//! A row by itself costs a way down the tree and, where it has no room, a leaf and its branch that are made anew. But most
//! rows lie close together: jobs are done in about the order in which they were posted. So where few rows of the data file
//! lie between those to be written, the whole stretch is made anew at once.

use std::ops::Bound;

use redb::{ReadableTable as _, WriteTransaction};

use super::ROWS;
use super::batch::{Table, name_of, write_row, write_system};
use super::recent::{Recent, Row};
use crate::store::error::Fault;

/// After how many rows, or the stretch that reaches so many, others are let to the processor.
const A_TURN: usize = 16;
/// The most rows that are written in one stretch, and how many are worth one.
const MOST: usize = 64;
const FEWEST: usize = 4;
/// How many rows of the data file may lie between two that are written.
const MOST_BETWEEN: usize = 4;
/// The longest row in a stretch, in bytes.
const LONGEST: usize = 1024;

/// Writes the rows that are in memory into a transaction of the data file.
pub(super) fn write_to(transaction: &WriteTransaction, recent: &Recent) -> Result<(), Fault> {
    let mut table = transaction.open_table(ROWS)?;
    let mut rows = Vec::new();
    recent.rows.each(|row| {
        rows.push(row);
        Ok::<_, Fault>(())
    })?;
    let (mut left, mut written) = (&rows[..], 0);
    while !left.is_empty() {
        let stretch = Stretch::at(&table, left)?;
        let (these, others) = left.split_at(stretch.written.max(1));
        if these.len() < FEWEST {
            these.iter().try_for_each(|row| write_row(&mut table, row.key(), row.value()))?;
        } else {
            stretch.write(&mut table, these)?;
        }
        left = others;
        written += these.len();
        if written >= A_TURN {
            written = 0;
            super::give_way();
        }
    }
    recent.system.each(|row| write_system(transaction, name_of(row)?, row.value()))
}

/// Rows that lie close together.
struct Stretch {
    /// How many are written.
    written: usize,
    /// What is to stand there, in order.
    rows: Vec<Row>,
    /// Whether anything stands there.
    replaces: bool,
}

impl Stretch {
    /// The stretch at the beginning of these rows.
    fn at(table: &Table<'_>, rows: &[&Row]) -> Result<Self, Fault> {
        let mut stretch = Self { written: 0, rows: Vec::with_capacity(MOST), replaces: false };
        let Some(first) = rows.first() else { return Ok(stretch) };
        let mut stored = table.range::<&[u8]>(first.key()..)?;
        let mut next = stored.next().transpose()?;
        let mut draft = Vec::new();
        for row in rows.iter().take(MOST).take_while(|row| row.bytes() <= LONGEST) {
            let before = stretch.rows.len();
            while let Some((key, value)) = next.as_ref().filter(|(key, _)| key.value() < row.key()) {
                let (key, value) = (key.value(), value.value());
                if stretch.rows.len() - before == MOST_BETWEEN || key.len() + value.len() > LONGEST {
                    stretch.rows.truncate(before);
                    return Ok(stretch);
                }
                stretch.rows.push(Row::new(key, Some(value), &mut draft));
                next = stored.next().transpose()?;
            }
            let is_there = next.as_ref().is_some_and(|(key, _)| key.value() == row.key());
            if is_there {
                next = stored.next().transpose()?;
            }
            stretch.replaces |= is_there || stretch.rows.len() > before;
            stretch.rows.extend(row.value().map(|_| Row::clone(row)));
            stretch.written += 1;
        }
        Ok(stretch)
    }

    /// Puts it in the place of what stands there, from the first of these rows to the last.
    fn write(self, table: &mut Table<'_>, rows: &[&Row]) -> Result<(), Fault> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        if self.replaces {
            table.retain_in::<&[u8], _>(first.key()..=last.key(), |_, _| false)?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut at = table.lower_bound_mut(Bound::Included(first.key()))?;
        for row in &self.rows {
            at.insert_before(row.key(), row.value().unwrap_or_default())?;
        }
        Ok(at.close()?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use redb::Database;
    use redb::backends::InMemoryBackend;

    use super::*;

    type Plain = BTreeMap<Vec<u8>, Vec<u8>>;

    fn transfer(database: &Database, rows: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        let mut recent = Recent::default();
        for (key, value) in rows {
            recent.rows.set(Row::new(key, value.as_deref(), &mut Vec::new()));
        }
        let transaction = database.begin_write().unwrap();
        write_to(&transaction, &recent).unwrap();
        transaction.commit().unwrap();
    }

    fn stored(database: &Database) -> Plain {
        use redb::ReadableDatabase as _;
        let table = database.begin_read().unwrap().open_table(ROWS).unwrap();
        let rows = table.range::<&[u8]>(..).unwrap().map(Result::unwrap);
        rows.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).collect()
    }

    /// Rows of many lengths, mostly such as a job has.
    fn value() -> impl Strategy<Value = Vec<u8>> {
        let length = prop_oneof![20 => 0..500_usize, 1 => 900..1100_usize, 1 => 3000..9000_usize];
        (length, any::<u8>()).prop_map(|(length, byte)| vec![byte; length])
    }

    /// Some rows of one part of all keys, close together or not.
    fn rows() -> impl Strategy<Value = BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
        let row = (0..400_u16, prop_oneof![1 => Just(None), 2 => value().prop_map(Some)]);
        (0..2000_u16, 1..20_u16, prop::collection::vec(row, 0..400)).prop_map(|(from, step, rows)| {
            // So much alike that the tree is several branches high.
            let key = |number: u16| format!("{}{:05}", "k".repeat(200), from + number * step).into_bytes();
            rows.into_iter().map(|(number, value)| (key(number), value)).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_data_file_has_what_was_written_last(transfers in prop::collection::vec(rows(), 1..12)) {
            let mut database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
            let mut expected = Plain::new();
            for rows in transfers {
                transfer(&database, &rows);
                for (key, value) in rows {
                    match value {
                        Some(value) => drop(expected.insert(key, value)),
                        None => drop(expected.remove(&key)),
                    }
                }
                prop_assert!(stored(&database) == expected);
            }
            prop_assert!(database.check_integrity().unwrap());
        }
    }

    #[test]
    fn rows_that_lie_close_together_are_a_stretch() {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        let key = |number: u16| number.to_be_bytes();
        let all =
            |value: &[u8]| (0..1000).map(|number| (key(number).to_vec(), Some(value.to_vec()))).collect();
        transfer(&database, &all(b"value"));
        let length_of = |written: &[(u16, usize)]| {
            let row = |(number, length): &(u16, usize)| {
                Row::new(&key(*number), Some(&vec![0; *length]), &mut Vec::new())
            };
            let rows: Vec<Row> = written.iter().map(row).collect();
            let rows: Vec<&Row> = rows.iter().collect();
            let transaction = database.begin_write().unwrap();
            let table = transaction.open_table(ROWS).unwrap();
            Stretch::at(&table, &rows).unwrap().written
        };
        let every = |step: u16| (0..100).map(|number| (number * step, 9)).collect::<Vec<_>>();
        assert_eq!([1, 5, 6].map(|step| length_of(&every(step))), [MOST, MOST, 1]);
        assert_eq!(length_of(&[(1, 9), (2, 9), (3, LONGEST), (4, 9)]), 2);
        // Beyond the last row there is nothing between any two.
        assert_eq!(length_of(&[(998, 9), (5000, 9), (9000, 9)]), 3);
    }
}
