//! All integration tests, one module a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod access;
mod architecture;
mod backlog;
mod batch_handlers;
mod chaos;
mod checklist;
mod cli;
mod client;
mod handler_examples;
mod handlers;
mod hostile_clients;
mod hostile_handlers;
mod job_life;
mod job_model;
mod linked;
mod local_store;
mod mutations;
mod node_clients;
mod node_jobs;
mod node_several;
mod node_worker;
mod several;
mod sim;
mod stream_handlers;
mod support;
mod transcripts;
mod wire;
mod worker;
