//! The worker: Service → Queue → Runner, handlers, filing, and the events that tell of them.
//!
//! Owns the life of a job in a worker (`design.md` 3). Must not print and must not know the command line.

pub mod handler;
