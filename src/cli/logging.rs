//! The log of long-running commands: tracing to stderr, as text or as JSON; and a word of other commands while they wait for
//! a store that does not answer.

use std::fmt::{Debug, Write};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::output::Ui;
use super::time::show_duration;

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

/// After how long in vain it is said that a command waits.
const SAID_AFTER: Duration = Duration::from_secs(1);

/// Says once that a command waits for a store, and why; with `-v`, logs all.
pub(super) fn start_patience(ui: &Ui, longest: Duration) {
    if ui.verbose > 0 {
        return start(ui, LogFormat::Text);
    }
    if ui.is_quiet() {
        return;
    }
    let patience = Patience { longest, trouble: Mutex::new(Trouble::None) };
    let attempts = Targets::new().with_target("oada_jobs::oada", Level::DEBUG);
    // Fails only where a log runs already, which then says it as well.
    let _ = tracing_subscriber::registry().with(patience.with_filter(attempts)).try_init();
}

/// What was heard of attempts that failed.
enum Trouble {
    None,
    Since(Instant),
    /// It was said, or is said by the command itself, which had a connection.
    Said,
}

/// Hears of attempts that failed.
struct Patience {
    longest: Duration,
    trouble: Mutex<Trouble>,
}

impl<S: Subscriber> Layer<S> for Patience {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match (told.message.as_str(), &*trouble) {
            ("the connection is lost", _) => *trouble = Trouble::Said,
            ("trying again" | "cannot connect", Trouble::None) => *trouble = Trouble::Since(Instant::now()),
            ("trying again" | "cannot connect", Trouble::Since(since)) if since.elapsed() >= SAID_AFTER => {
                *trouble = Trouble::Said;
                let longest = show_duration(self.longest);
                // Nobody is left to be told that stderr is gone.
                let _ = io::Write::write_fmt(
                    &mut io::stderr(),
                    format_args!("{}; trying for {longest}, Ctrl-C ends it\n", told.error),
                );
            }
            _ => {}
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Told {
    message: String,
    error: String,
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = match field.name() {
            "message" => &mut self.message,
            "error" => &mut self.error,
            _ => return,
        };
        // Strings cannot fail.
        let _ = write!(text, "{value:?}");
    }
}
