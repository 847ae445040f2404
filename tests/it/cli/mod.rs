//! The built binary, from the outside.

mod bad_input;
mod batches;
mod config_file;
mod generated;
mod handlers;
mod health;
mod large;
mod listing;
mod live;
mod main_job;
mod many;
mod members;
mod metrics;
mod operating;
mod queues;
mod reloading;
mod runs;
mod shape;
mod sharing;
mod starting;
mod terminal;
mod tour;
mod trouble;
mod upkeep;
mod watching;
mod workers;
