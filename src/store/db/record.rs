//! What a record of the journal holds: what one transaction wrote, in order.
//!
//! Done again on the state before it, it makes the same state; so does doing it twice.

use crate::store::bytes::{Decoder, Encoder};
use crate::store::error::Damage;

use super::head::HEAD;

const PUT: u8 = 1;
const REMOVE: u8 = 2;
const REMOVE_RANGE: u8 = 3;
const PUT_SYSTEM: u8 = 4;
const REMOVE_SYSTEM: u8 = 5;

/// What most records need, in bytes.
const ROOM: usize = 64 * 1024;

/// What a transaction has written so far.
#[derive(Debug)]
pub(super) struct Record {
    // The room of the head comes first, so that a record is written as it was put together.
    bytes: Encoder,
    most: u64,
    too_long: bool,
}

/// One of the things that a transaction does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Op<'a> {
    Put(&'a [u8], &'a [u8]),
    Remove(&'a [u8]),
    RemoveRange(&'a [u8], &'a [u8]),
    PutSystem(&'a str, &'a [u8]),
    RemoveSystem(&'a str),
}

impl Record {
    /// A record of at most so many bytes.
    pub(super) fn of_at_most(most: u64) -> Self {
        let mut bytes = Encoder(Vec::with_capacity(ROOM));
        bytes.0.resize(HEAD, 0);
        Self { bytes, most, too_long: false }
    }

    pub(super) fn push(&mut self, op: &Op<'_>) {
        let (tag, first, second): (u8, &[u8], Option<&[u8]>) = match op {
            Op::Put(key, value) => (PUT, key, Some(value)),
            Op::Remove(key) => (REMOVE, key, None),
            Op::RemoveRange(from, until) => (REMOVE_RANGE, from, Some(until)),
            Op::PutSystem(key, value) => (PUT_SYSTEM, key.as_bytes(), Some(value)),
            Op::RemoveSystem(key) => (REMOVE_SYSTEM, key.as_bytes(), None),
        };
        let room = 32 + first.len() + second.map_or(0, <[u8]>::len);
        self.too_long |= (self.bytes.0.len() + room) as u64 > self.most;
        if self.too_long {
            // It goes straight into the data file.
            return;
        }
        self.bytes.0.push(tag);
        self.bytes.bytes(first);
        if let Some(second) = second {
            self.bytes.bytes(second);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.0.len() == HEAD && !self.too_long
    }

    /// How long it is, unless it is too long for the journal.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.0.len() as u64
    }

    /// Whether it is too long for the journal.
    pub(super) fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// The record with the room for its head; `None` if it is too long for the journal.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        (!self.too_long).then_some(self.bytes.0)
    }
}

/// Calls `each` with what a record holds.
pub(super) fn read<E: From<Damage>>(
    record: &[u8],
    mut each: impl FnMut(Op<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut input = Decoder(record);
    while !input.is_at_end() {
        each(match input.byte()? {
            PUT => Op::Put(input.bytes()?, input.bytes()?),
            REMOVE => Op::Remove(input.bytes()?),
            REMOVE_RANGE => Op::RemoveRange(input.bytes()?, input.bytes()?),
            PUT_SYSTEM => Op::PutSystem(input.text()?, input.bytes()?),
            REMOVE_SYSTEM => Op::RemoveSystem(input.text()?),
            _ => return Err(Damage("record of an unknown kind").into()),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ops() -> [Op<'static>; 5] {
        [
            Op::Put(b"key", b"value"),
            Op::Remove(b"key"),
            Op::RemoveRange(b"a", b""),
            Op::PutSystem("name", b"\0"),
            Op::RemoveSystem("name"),
        ]
    }

    #[test]
    fn what_was_done_comes_back_in_order() {
        let mut record = Record::of_at_most(1000);
        assert!(record.is_empty());
        ops().iter().for_each(|op| record.push(op));
        assert!(!record.is_empty());
        let bytes = record.into_bytes().unwrap();
        let mut expected = ops().into_iter();
        read::<Damage>(&bytes[HEAD..], |op| {
            assert_eq!(Some(op), expected.next());
            Ok(())
        })
        .unwrap();
        assert_eq!(expected.next(), None);
        for end in HEAD + 1..HEAD + 8 {
            read::<Damage>(&bytes[HEAD..end], |_| Ok(())).unwrap_err();
        }
    }

    #[test]
    fn a_transaction_that_is_too_long_is_no_record() {
        let mut record = Record::of_at_most(1000);
        record.push(&Op::Put(b"key", &[0; 1000]));
        record.push(&Op::Remove(b"key"));
        assert!(!record.is_empty());
        assert!(record.into_bytes().is_none());
    }
}
