//! Log lines of a handler: onto the job, and into the worker's own log.

use super::Context;
use crate::process::Line;

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

/// A line of standard error: its level is what stands before the first colon, if that is one.
pub(super) fn log_line(context: &Context, key: &str, line: Line<'_>) {
    let text = String::from_utf8_lossy(line.bytes);
    let (level, message) = leveled(&text);
    worker_log(key, level, message);
    match line.cut {
        0 => context.log_at(level, message),
        cut => context.log_at(level, format!("{message}… ({cut} bytes more)")),
    };
}

/// A line of standard error of which nobody knows what job it belongs to: for the worker's own log alone.
pub(super) fn stray_line(whose: &str, line: Line<'_>) {
    let text = String::from_utf8_lossy(line.bytes);
    let (level, message) = leveled(&text);
    worker_log(whose, level, message);
}

fn leveled(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((level, rest)) if LEVELS.contains(&level) => (level, rest.trim_start()),
        _ => ("info", text),
    }
}

fn worker_log(key: &str, level: &str, message: &str) {
    match level {
        "error" => tracing::error!(target: "oada_jobs::handler", job = key, "{message}"),
        "warn" => tracing::warn!(target: "oada_jobs::handler", job = key, "{message}"),
        "debug" => tracing::debug!(target: "oada_jobs::handler", job = key, "{message}"),
        "trace" => tracing::trace!(target: "oada_jobs::handler", job = key, "{message}"),
        _ => tracing::info!(target: "oada_jobs::handler", job = key, "{message}"),
    }
}
