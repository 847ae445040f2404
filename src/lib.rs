//! Runs and operates OADA job queues.
//!
//! A service on an OADA store keeps lists of jobs. This crate claims them, runs the handler registered for each
//! job's type, keeps the job's state on the store and files it under success or failure; the `oada-jobs` binary is
//! a command line over the same engine.
//!
//! The rooms depend on each other in one direction only, which a test holds:
//!
//! ```text
//! main → cli → engine → jobs → oada → model          cli → store → model
//!                └──→ process                         (never engine ↔ store)
//! ```

pub mod cli;
pub mod engine;
pub mod jobs;
pub mod model;
pub mod oada;
pub mod process;
pub mod store;
