//! `handler update` and its kin: one line to the worker that runs this handler.

use std::io::Read;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::cli::error::{Exit, Failure, chain};
use crate::cli::time::duration;
use crate::engine::handler::{ControlLine, TellError, tell};

/// Add an update to the job
#[derive(Debug, Args)]
pub(in crate::cli) struct UpdateArgs {
    /// Its status: any word
    status: String,

    /// Anything more: JSON, or else text
    #[arg(value_parser = json_or_text)]
    meta: Option<Value>,
}

/// Say how far the job is
#[derive(Debug, Args)]
pub(in crate::cli) struct ProgressArgs {
    /// From 0 to 1, or in per cent: `0.4`, `40%`
    #[arg(value_parser = fraction)]
    fraction: f64,

    /// In words
    message: Option<String>,
}

/// Give the job its result, in place of what the handler prints
#[derive(Debug, Args)]
pub(in crate::cli) struct ResultArgs {
    /// JSON, `@FILE`, or `-` for stdin
    #[arg(value_name = "JSON")]
    given: String,
}

/// Say what the job failed of; the exit code makes it a failure
#[derive(Debug, Args)]
pub(in crate::cli) struct FailArgs {
    /// What went wrong
    message: Option<String>,

    /// The type it is filed under, such as `bad-address`
    #[arg(long = "type", value_name = "TYPE")]
    error_type: Option<String>,

    /// Anything more: JSON, or else text
    #[arg(long, value_name = "JSON", value_parser = json_or_text)]
    data: Option<Value>,
}

/// Ask for this much more time from now
#[derive(Debug, Args)]
pub(in crate::cli) struct ExtendArgs {
    /// Such as `5m`
    #[arg(value_name = "DURATION", value_parser = duration)]
    more: Duration,
}

/// Say when to try again, for an exit code that asks for it
#[derive(Debug, Args)]
pub(in crate::cli) struct SnoozeArgs {
    /// Such as `1h`
    #[arg(value_name = "DURATION", value_parser = duration)]
    delay: Duration,
}

/// Link a resource to the job
#[derive(Debug, Args)]
pub(in crate::cli) struct LinkArgs {
    /// Its path or id, such as `resources/abc`
    resource: String,
}

impl UpdateArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Update { status: self.status, meta: self.meta }
    }
}

impl ProgressArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Progress { fraction: self.fraction, message: self.message }
    }
}

impl ResultArgs {
    pub(super) fn line(self) -> Result<ControlLine, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::from(error).context(format_args!("cannot read the result from {}", self.given))
        };
        let text = match self.given.strip_prefix('@') {
            _ if self.given == "-" => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
                text
            }
            Some(file) => std::fs::read_to_string(file).map_err(unreadable)?,
            None => self.given.clone(),
        };
        let result = serde_json::from_str(&text)
            .map_err(|error| Failure::usage(format!("cannot use the result: it is not JSON: {error}")))?;
        Ok(ControlLine::Result(result))
    }
}

impl FailArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Error { error_type: self.error_type, message: self.message, data: self.data }
    }
}

impl ExtendArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Extend(self.more)
    }
}

impl SnoozeArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Snooze(self.delay)
    }
}

impl LinkArgs {
    pub(super) fn line(self) -> ControlLine {
        ControlLine::Link(self.resource.into())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
fn json_or_text(text: &str) -> Result<Value, std::convert::Infallible> {
    Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into()))
}

fn fraction(text: &str) -> Result<f64, String> {
    let (number, whole) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    let fraction = number.trim().parse::<f64>().map(|number| number / whole);
    fraction
        .ok()
        .filter(|fraction| (0.0..=1.0).contains(fraction))
        .ok_or_else(|| format!("{text:?} is not from 0 to 1, nor from 0% to 100%"))
}

/// Writes the line, aside: a worker that does not read must not keep a signal from ending us.
pub(super) async fn say(line: ControlLine) -> Result<Exit, Failure> {
    let (said, hearing) = oneshot::channel();
    std::thread::spawn(move || said.send(tell(&line)));
    let told = hearing.await.map_err(|_| Failure::new(Exit::Error, "telling the worker panicked"))?;
    told.map(|()| Exit::Ok).map_err(|error| {
        let message = chain(&error);
        match error {
            TellError::NoHandler => Failure::usage(message).hint(
                "run it in a handler of `oada-jobs serve`, or try one with `oada-jobs handler test COMMAND`",
            ),
            TellError::Over => Failure::new(Exit::Conflict, message),
            _ => Failure::new(Exit::Error, message),
        }
    })
}
