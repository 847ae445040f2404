//! A store in memory, reached over a bad network in simulated time, for tests of what must hold whatever happens.
//!
//! It speaks the messages of `oada-protocol.md` 8 and keeps documents, revs, links, changes and watches as section 3
//! to 7 say, without propagation up versioned links, on which no worker relies.

mod judge;
mod network;
mod people;
mod store;

pub(crate) use judge::FIRST_PERSON;
pub(crate) use network::{Faults, Sim};

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end`, without `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
