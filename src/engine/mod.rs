//! The worker: Service → Queue → Runner, handlers, filing, and the events that tell of them.
//!
//! Owns the life of a job in a worker (`design.md` 3). Must not print and must not know the command line.

mod batch;
mod control;
mod counts;
mod doubt;
mod error;
mod event;
mod feed;
mod filing;
mod gate;
mod gated;
pub mod handler;
mod keys;
mod links;
mod listed;
mod presence;
mod queue;
mod registry;
mod retry;
mod runner;
mod running;
mod service;
mod spill;
mod turn;
mod updates;

pub use error::Error;
pub use event::{Event, JobEvent, Observer};
pub use gate::{Rate, StartLimits};
#[doc(hidden)]
pub use keys::KeySet;
pub use registry::{HandlerEntry, Handlers, matches};
pub use service::{Builder, LayoutChoice, OWN_QUEUE, Options, Service, Stop, Summary, Unknown, Verify};
pub use spill::Spilled;
