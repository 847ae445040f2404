//! All integration tests, one module a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod architecture;
mod handlers;
mod support;
mod wire;
mod job_life;
