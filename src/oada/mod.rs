//! Speaking OADA as a client: HTTP, one multiplexed WebSocket, watches that resume, trees, typed errors.
//!
//! Owns the wire as a client sees it (`oada-protocol.md`). Must not know what a job is.

mod backoff;
mod client;
mod endpoint;
mod ensure;
mod entries;
mod error;
mod http;
mod reply;

pub use client::{Builder, Client, Requests, Transport};
pub use endpoint::{Domain, Endpoint};
pub use entries::Entries;
pub use error::{Cause, Error, Method};
pub use reply::{Document, Head, Written};
pub use reqwest::Url;
