//! Speaking OADA as a client: HTTP, one multiplexed WebSocket, watches that resume, trees, typed errors.
//!
//! Owns the wire as a client sees it (`oada-protocol.md`). Must not know what a job is.

mod backoff;
mod callers;
mod client;
mod conversation;
mod endpoint;
mod ensure;
mod entries;
mod error;
mod feed;
mod http;
mod letter;
mod message;
mod pipe;
mod reply;
mod socket;
mod subscription;
mod upgrade;
mod watch;

pub use client::{Builder, Client, Requests, Transport};
pub use endpoint::{Domain, Endpoint};
pub use entries::Entries;
pub use error::{Cause, Error, Method};
pub use pipe::{Pipe, PipeMessage};
pub(crate) use reply::Unread;
pub use reply::{Document, Head, Written};
pub use reqwest::Url;
pub use watch::{Watch, WatchEvent, WatchState, WatchStatus};
