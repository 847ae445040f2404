//! The head of a record in a journal: which one it is, and the sums by which damage is noticed.
//!
//! ```text
//! 0    "JREC", length, number
//! 16   sum of what the record holds, with what fills it up to a multiple of 8
//! 32   checksum of the journal's name and all these
//! ```
//!
//! The sum is a fast one that anybody could make, since much is written; that it is the one that was written says the
//! checksum, which nobody can make who does not know the name.
//!
//! Earlier versions had a checksum of the name and the first 16 bytes there, and then one of the name, these 16 and what the
//! record holds.

use std::ops::Range;

use sha2::{Digest as _, Sha256};
use twox_hash::XxHash3_128;

/// The length of a record's head.
pub(super) const HEAD: usize = 40;
/// Records begin at multiples of this.
pub(super) const ALIGN: usize = 8;

const RECORD: &[u8; 4] = b"JREC";
/// Where in a head what stands.
const LENGTH: Range<usize> = 4..8;
const NUMBER: Range<usize> = 8..16;
const SUM: Range<usize> = 16..32;
const HEAD_SUM: Range<usize> = 32..40;

const EARLIER_HEAD_SUM: Range<usize> = 16..24;
const EARLIER_SUM: Range<usize> = 24..40;

/// How the records of a journal are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sums {
    Present,
    /// As up to the format 8.
    Earlier,
}

/// Fills in the head of a record and what is missing to a whole number of words.
pub(super) fn seal(name: &str, number: u64, record: &mut Vec<u8>) {
    let length = (record.len() - HEAD) as u32;
    record.resize(record.len().next_multiple_of(ALIGN), 0);
    record[..RECORD.len()].copy_from_slice(RECORD);
    record[LENGTH].copy_from_slice(&length.to_le_bytes());
    record[NUMBER].copy_from_slice(&number.to_le_bytes());
    let sum = XxHash3_128::oneshot(&record[HEAD..]);
    record[SUM].copy_from_slice(&sum.to_le_bytes());
    let sum = keyed(name, &[&record[..HEAD_SUM.start]]);
    record[HEAD_SUM].copy_from_slice(&sum[..HEAD_SUM.len()]);
}

/// The beginning of the checksum of the journal's name and some bytes.
fn keyed(name: &str, parts: &[&[u8]]) -> [u8; 16] {
    let hash = parts.iter().fold(Sha256::new().chain_update(name), |hash, part| hash.chain_update(part));
    hash.finalize().first_chunk().copied().unwrap_or_default()
}

/// A head that was written to this journal, at the beginning of some bytes.
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) length: usize,
}

impl Head {
    pub(super) fn read(sums: Sums, name: &str, bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        if !head.starts_with(RECORD) {
            return None;
        }
        let sum = match sums {
            Sums::Present => HEAD_SUM,
            Sums::Earlier => EARLIER_HEAD_SUM,
        };
        if head[sum.clone()] != keyed(name, &[&head[..sum.start]])[..sum.len()] {
            return None;
        }
        let length = u32::from_le_bytes(*head[LENGTH].first_chunk()?);
        let number = u64::from_le_bytes(*head[NUMBER].first_chunk()?);
        Some(Self { number, length: length as usize })
    }

    /// The record with its head, if all of it is there.
    pub(super) fn whole<'b>(&self, sums: Sums, name: &str, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let record = bytes.get(..(HEAD + self.length).next_multiple_of(ALIGN))?;
        let (head, held) = record.split_at_checked(HEAD)?;
        let is_whole = match sums {
            Sums::Present => head[SUM] == XxHash3_128::oneshot(held).to_le_bytes(),
            Sums::Earlier => head[EARLIER_SUM] == keyed(name, &[&head[..EARLIER_SUM.start], held]),
        };
        is_whole.then_some(record)
    }
}
