//! Speaking OADA as a client: HTTP, one multiplexed WebSocket, watches that resume, trees, typed errors.
//!
//! Owns the wire as a client sees it (`oada-protocol.md`). Must not know what a job is.
