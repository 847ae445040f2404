//! One supervised shell command: its process group, its pipes, its limits and its end.
//!
//! Must not know OADA or jobs.
