//! The links of some lists, in an order and in little memory: a list may hold a hundred thousand.

use crate::cli::connect::Store;
use crate::cli::error::Failure;
use crate::jobs::{JobEntries, Listed, listed};
use crate::model::{Link, Path, ResourceId, Rev};

/// A link, with the list in which it stands.
#[derive(Clone, Copy)]
struct Row {
    /// Where its key begins in the text; the key of its resource follows if it is another one.
    start: usize,
    key: u16,
    /// The length of the resource's key; 0 if it is the same.
    resource: u16,
    list: u16,
    rev: Option<u32>,
}

/// Links of some lists, newest first.
#[derive(Default)]
pub(super) struct Rows {
    text: String,
    rows: Vec<Row>,
    next: usize,
}

impl Rows {
    /// Reads lists that stand, if `with_revs` with the revs of all jobs where the server can tell them. Of what is in none,
    /// there are no rows.
    pub(super) async fn read(store: &Store, lists: &[&Path], with_revs: bool) -> Result<Self, Failure> {
        let mut rows = Self::default();
        for (index, list) in lists.iter().enumerate() {
            let opened = match with_revs {
                true => JobEntries::open_with_revs(&store.client, list).await?,
                false => JobEntries::open(&store.client, list).await?,
            };
            let Some(mut entries) = opened else { continue };
            while let Some((key, value)) = entries.next_entry().await? {
                if let Some(job) = listed(&key, &value) {
                    rows.push(&job, Link::from_value(&value).and_then(|link| link.rev), index);
                }
            }
        }
        rows.sort();
        Ok(rows)
    }

    fn push(&mut self, job: &Listed, rev: Option<Rev>, list: usize) {
        let length = |text: &str| u16::try_from(text.len()).ok();
        let resource = job.id.key();
        let resource = if resource == job.key { "" } else { resource };
        // What is longer than any key that a store takes is none.
        let (Some(key), Some(resource_length), Ok(list)) =
            (length(&job.key), length(resource), u16::try_from(list))
        else {
            return;
        };
        let rev = rev.map(|Rev(rev)| u32::try_from(rev).unwrap_or(u32::MAX));
        self.rows.push(Row { start: self.text.len(), key, resource: resource_length, list, rev });
        self.text.push_str(&job.key);
        self.text.push_str(resource);
    }

    /// Newest first: keys begin with their time.
    fn sort(&mut self) {
        let Self { text, rows, .. } = self;
        let key = |row: &Row| &text[row.start..][..usize::from(row.key)];
        rows.sort_unstable_by(|a, b| key(b).cmp(key(a)).then(a.list.cmp(&b.list)));
    }
}

impl Iterator for Rows {
    /// The link, the rev of its job where that is told, and which of the lists it stands in.
    type Item = (Listed, Option<Rev>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let row = *self.rows.get(self.next)?;
        self.next += 1;
        let (key, resource) = (usize::from(row.key), usize::from(row.resource));
        let key = self.text[row.start..][..key].to_owned();
        let resource = &self.text[row.start + key.len()..][..resource];
        let id = ResourceId::from_key(if resource.is_empty() { &key } else { resource });
        Some((Listed { key, id }, row.rev.map(|rev| Rev(u64::from(rev))), usize::from(row.list)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_newest_first_as_they_were() {
        let mut rows = Rows::default();
        let listed = |key: &str, id: &str| Listed { key: key.into(), id: ResourceId::from_key(id) };
        let (a, b, c) = (listed("a", "a"), listed("b", "other"), listed("c", "c"));
        let (seven, zero) = (Some(Rev(7)), Some(Rev(0)));
        for (job, rev, list) in [(&b, seven, 1), (&a, None, 0), (&c, zero, 1), (&b, seven, 0)] {
            rows.push(job, rev, list);
        }
        rows.sort();
        let expected = [(c, zero, 1), (b.clone(), seven, 0), (b, seven, 1), (a, None, 0)];
        assert_eq!(rows.collect::<Vec<_>>(), expected);
    }
}
