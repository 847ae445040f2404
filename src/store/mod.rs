//! The embedded store: an OADA server for one machine, durable on disk.
//!
//! Owns documents, links, revs, changes and tokens, and serves them over HTTP and WebSocket. Must not know what a
//! job is.
