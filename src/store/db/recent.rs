//! The rows that were written since the data file last caught up: a tree in memory, of which a copy costs nothing.
//!
//! What is removed stays as a row that says so, since the data file may still have it. A copy shares its nodes with the
//! original; a change copies the nodes on its way unless nobody else has them. So a state that is read stays as it is
//! while the next ones are being made, and a transaction that fails is a copy let go.

use std::sync::Arc;

/// The most rows in a leaf, and the most children of a branch.
const MOST: usize = 32;
/// The bytes that a row takes besides its own: its place in a leaf, and what an allocation is counted and rounded with.
const OVERHEAD: usize = 48;

/// A row: its key, and its value unless it was removed. Clones are handles on the same.
#[derive(Clone, Debug)]
pub(super) struct Row(Arc<[u8]>);

/// In front of the key stands its length, with this added if the row was removed.
const REMOVED: u32 = 1 << 31;
const HEAD: usize = size_of::<u32>();

impl Row {
    /// A row to be written, or without a value to be removed; `draft` is somewhere to put it together.
    pub(super) fn new(key: &[u8], value: Option<&[u8]>, draft: &mut Vec<u8>) -> Self {
        // A key of 2 GiB is none that the database takes.
        let length = key.len() as u32 & !REMOVED;
        let head = if value.is_some() { length } else { length | REMOVED };
        draft.clear();
        draft.extend_from_slice(&head.to_ne_bytes());
        draft.extend_from_slice(key);
        draft.extend_from_slice(value.unwrap_or_default());
        Self(Arc::from(&draft[..]))
    }

    fn head(&self) -> u32 {
        self.0.first_chunk().map_or(0, |head| u32::from_ne_bytes(*head))
    }

    fn value_at(&self) -> usize {
        HEAD + (self.head() & !REMOVED) as usize
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.0[HEAD..self.value_at()]
    }

    /// `None` if the row was removed.
    pub(super) fn value(&self) -> Option<&[u8]> {
        (self.head() & REMOVED == 0).then(|| &self.0[self.value_at()..])
    }

    /// The memory that it takes, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() + OVERHEAD
    }
}

/// What was written since the data file last caught up.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    pub(super) rows: Layer,
    /// The rows about the store itself, by their names.
    pub(super) system: Layer,
}

impl Recent {
    /// The memory that the rows take, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes + self.system.bytes
    }
}

#[derive(Debug)]
enum Node {
    /// In the order of their keys.
    Leaf(Vec<Row>),
    /// Each child with a row whose key is at most all of its keys, and greater than all those before; that of the first
    /// is not looked at.
    Branch(Vec<(Row, Arc<Node>)>),
}

impl Clone for Node {
    /// With room for the row or child that it is copied for.
    fn clone(&self) -> Self {
        fn roomy<T: Clone>(items: &[T]) -> Vec<T> {
            let mut copy = Vec::with_capacity(MOST + 1);
            copy.extend_from_slice(items);
            copy
        }
        match self {
            Self::Leaf(rows) => Self::Leaf(roomy(rows)),
            Self::Branch(children) => Self::Branch(roomy(children)),
        }
    }
}

/// The second half of a node that became too large, and the first row in it.
type Half = (Row, Arc<Node>);

impl Node {
    /// Puts a row in; returns the one that stood there, and what did not fit any more.
    fn insert(this: &mut Arc<Self>, row: Row) -> (Option<Row>, Option<Half>) {
        match Arc::make_mut(this) {
            Self::Leaf(rows) => match place_in(rows, row.key()) {
                Ok(at) => (Some(std::mem::replace(&mut rows[at], row)), None),
                Err(at) => {
                    rows.insert(at, row);
                    let half = split(rows).map(|rows| (rows[0].clone(), Arc::new(Self::Leaf(rows))));
                    (None, half)
                }
            },
            Self::Branch(children) => {
                let key = row.key();
                let at = child_of(children, |first| first.key() <= key);
                let (before, half) = Self::insert(&mut children[at].1, row);
                if let Some(half) = half {
                    children.insert(at + 1, half);
                }
                let half = split(children);
                (before, half.map(|children| (children[0].0.clone(), Arc::new(Self::Branch(children)))))
            }
        }
    }

    fn get(&self, key: &[u8]) -> Option<&Row> {
        match self {
            Self::Leaf(rows) => {
                let at = place_in(rows, key).ok()?;
                Some(&rows[at])
            }
            Self::Branch(children) => children[child_of(children, |first| first.key() <= key)].1.get(key),
        }
    }

    /// The first row from which on `reached` is true, as it is for all rows behind one for which it is.
    fn first(&self, reached: &impl Fn(&Row) -> bool) -> Option<&Row> {
        match self {
            Self::Leaf(rows) => rows.get(rows.partition_point(|row| !reached(row))),
            Self::Branch(children) => {
                let at = child_of(children, |first| !reached(first));
                children[at].1.first(reached).or_else(|| children.get(at + 1)?.1.first(reached))
            }
        }
    }

    /// The last row for which `before` is true, as it is for all rows in front of one for which it is.
    fn last(&self, before: &impl Fn(&Row) -> bool) -> Option<&Row> {
        match self {
            Self::Leaf(rows) => rows[..rows.partition_point(before)].last(),
            Self::Branch(children) => children[child_of(children, before)].1.last(before),
        }
    }

    fn each<'n, E>(&'n self, seen: &mut impl FnMut(&'n Row) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Leaf(rows) => rows.iter().try_for_each(seen),
            Self::Branch(children) => children.iter().try_for_each(|(_, child)| child.each(seen)),
        }
    }
}

/// Where in a leaf the row of a key is, or would be.
fn place_in(rows: &[Row], key: &[u8]) -> Result<usize, usize> {
    rows.binary_search_by(|row| row.key().cmp(key))
}

/// The child in which what is looked for lies: the last whose first row is `before` it, else the first.
fn child_of(children: &[(Row, Arc<Node>)], before: impl Fn(&Row) -> bool) -> usize {
    children[1..].partition_point(|(first, _)| before(first))
}

/// Takes the second half out of what has become too long.
fn split<T>(items: &mut Vec<T>) -> Option<Vec<T>> {
    if items.len() <= MOST {
        return None;
    }
    let mut half = Vec::with_capacity(MOST + 1);
    half.extend(items.drain(items.len() / 2..));
    Some(half)
}

/// Rows of one table, the last that was written of each key.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    root: Arc<Node>,
    bytes: usize,
}

impl Default for Layer {
    fn default() -> Self {
        Self { root: Arc::new(Node::Leaf(Vec::new())), bytes: 0 }
    }
}

impl Layer {
    /// Takes in a row in the place of the one with its key.
    pub(super) fn set(&mut self, row: Row) {
        self.bytes += row.bytes();
        let (before, half) = Node::insert(&mut self.root, row);
        self.bytes -= before.map_or(0, |before| before.bytes());
        if let Some((first, half)) = half {
            let children = vec![(first.clone(), Arc::clone(&self.root)), (first, half)];
            self.root = Arc::new(Node::Branch(children));
        }
    }

    /// The row of a key, also if it was removed; `None` if it is as in the data file.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Row> {
        self.root.get(key)
    }

    /// The rows from `from` on, up to but not including `until`; `None` if there are none.
    pub(super) fn span(&self, from: &[u8], until: &[u8]) -> Option<Span> {
        let first = self.root.first(&|row| from <= row.key())?;
        let bound = |key: &[u8]| Bound::Key(key.into());
        (first.key() < until).then(|| Span {
            root: Arc::clone(&self.root),
            from: bound(from),
            until: bound(until),
        })
    }

    /// Shows all rows, in the order of their keys.
    pub(super) fn each<'l, E>(&'l self, mut seen: impl FnMut(&'l Row) -> Result<(), E>) -> Result<(), E> {
        self.root.each(&mut seen)
    }
}

/// Where a span begins or ends.
#[derive(Debug)]
enum Bound {
    /// This key, which belongs to the span at its beginning, and does not at its end.
    Key(Box<[u8]>),
    /// A row that was had already.
    Had(Row),
}

impl Bound {
    fn key(&self) -> &[u8] {
        match self {
            Self::Key(key) => key,
            Self::Had(row) => row.key(),
        }
    }
}

/// An iterator over rows of a state, those that were removed included.
#[derive(Debug)]
pub(super) struct Span {
    root: Arc<Node>,
    from: Bound,
    until: Bound,
}

impl Span {
    fn begins_before(&self, row: &Row) -> bool {
        match &self.from {
            Bound::Key(from) => **from <= *row.key(),
            Bound::Had(had) => had.key() < row.key(),
        }
    }
}

impl Iterator for Span {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = self.root.first(&|row| self.begins_before(row))?;
        if row.key() >= self.until.key() {
            return None;
        }
        let row = row.clone();
        self.from = Bound::Had(row.clone());
        Some(row)
    }
}

impl DoubleEndedIterator for Span {
    fn next_back(&mut self) -> Option<Row> {
        let row = self.root.last(&|row| row.key() < self.until.key())?;
        if !self.begins_before(row) {
            return None;
        }
        let row = row.clone();
        self.until = Bound::Had(row.clone());
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Plain = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

    fn plain(row: &Row) -> (Vec<u8>, Option<Vec<u8>>) {
        (row.key().to_vec(), row.value().map(<[u8]>::to_vec))
    }

    fn all(layer: &Layer) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let mut rows = Vec::new();
        let seen = layer.each(|row| {
            rows.push(plain(row));
            Ok::<_, ()>(())
        });
        seen.unwrap();
        rows
    }

    fn set(layer: &mut Layer, key: &[u8], value: Option<&[u8]>) {
        layer.set(Row::new(key, value, &mut Vec::new()));
    }

    fn key() -> impl Strategy<Value = Vec<u8>> {
        (0..2000_u16).prop_map(|number| number.to_be_bytes().to_vec())
    }

    #[test]
    fn a_copy_stays_as_it_is() {
        let mut layer = Layer::default();
        let mut states = Vec::new();
        for number in 0..2000_u16 {
            // In an order that has something of both ends and of the middle.
            let key = number.wrapping_mul(40503).to_be_bytes();
            set(&mut layer, &key, Some(&number.to_be_bytes()));
            if number % 500 == 0 {
                states.push((layer.clone(), all(&layer)));
            }
        }
        assert_eq!(all(&layer).len(), 2000);
        for (state, then) in states {
            assert_eq!(all(&state), then);
        }
    }

    #[test]
    fn what_is_written_again_takes_no_more_room() {
        let mut layer = Layer::default();
        set(&mut layer, b"key", Some(b"value"));
        let once = layer.bytes;
        set(&mut layer, b"key", Some(b"other"));
        assert_eq!(layer.bytes, once);
    }

    proptest! {
        #[test]
        fn rows_come_back(
            written in prop::collection::vec((key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..3))), 0..3000),
            from in key(),
            until in key(),
            ends in prop::collection::vec(any::<bool>(), 0..200),
        ) {
            let (mut layer, mut expected) = (Layer::default(), Plain::new());
            for (key, value) in written {
                set(&mut layer, &key, value.as_deref());
                expected.insert(key, value);
            }
            let rows: Vec<_> = expected.clone().into_iter().collect();
            prop_assert_eq!(all(&layer), rows);
            for key in [&from, &until] {
                let found = layer.get(key).map(plain);
                prop_assert_eq!(found, expected.get_key_value(key).map(|(key, value)| (key.clone(), value.clone())));
            }
            let mut span = layer.span(&from, &until).into_iter().flatten();
            let within = if from < until { Some(expected.range(from..until)) } else { None };
            let mut within = within.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
            for front in ends {
                if front {
                    prop_assert_eq!(span.next().as_ref().map(plain), within.next());
                } else {
                    prop_assert_eq!(span.next_back().as_ref().map(plain), within.next_back());
                }
            }
            prop_assert_eq!(span.map(|row| plain(&row)).collect::<Vec<_>>(), within.collect::<Vec<_>>());
        }
    }
}
