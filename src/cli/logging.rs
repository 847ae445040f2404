//! The log of long-running commands: tracing to stderr, as text or as JSON.

use std::io;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use super::output::Ui;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A line of JSON.
    Json,
}

/// Starts the log. `RUST_LOG` decides what is told, where it is set; else `-v` and `--quiet` do.
pub(super) fn start(ui: &Ui, format: LogFormat) {
    let level = match (ui.is_quiet(), ui.verbose) {
        (true, _) => "error",
        (_, 0) => "info",
        (_, 1) => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        // Other crates' insides help only whoever asks for everything.
        let others = if ui.verbose > 1 { "debug" } else { "warn" };
        EnvFilter::new(format!("{others},oada_jobs={level}"))
    });
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // Fails only where a log runs already, which then serves as well.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(ui.has_error_colors()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
