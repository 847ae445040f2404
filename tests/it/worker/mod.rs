//! The worker against the embedded store, over real sockets.
//!
//! `defects` holds what is told in `jobs-contract.md` 12 of the Node workers: each that concerns a worker is a test of
//! that name here.

mod batches;
mod cost;
mod defects;
mod feeds;
mod gates;
mod long_lists;
mod sharing;
pub(crate) mod world;
