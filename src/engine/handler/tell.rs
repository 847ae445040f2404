//! The other end of the control channel: how a handler, or a helper that it starts, speaks to the worker.
//!
//! Runs in the handler's process, never in the worker.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_setfl};
use serde_json::{Value, json};

use super::control::LINE_BYTES;

const CONTROL: &str = "OADA_JOB_CONTROL";

/// One thing to be said of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlLine {
    /// An update.
    Update {
        /// Its status: any word.
        status: String,
        /// Anything more.
        meta: Option<Value>,
    },
    /// How far the work is.
    Progress {
        /// From 0 to 1.
        fraction: f64,
        /// In words.
        message: Option<String>,
    },
    /// The result, in place of the output.
    Result(Value),
    /// What a failure is called. The exit code makes it one.
    Error {
        /// The type it is filed under.
        error_type: Option<String>,
        /// What went wrong.
        message: Option<String>,
        /// Anything more.
        data: Option<Value>,
    },
    /// This much more time from now.
    Extend(Duration),
    /// When to try again, for an exit code that asks for it.
    Snooze(Duration),
    /// A resource that the job has to do with.
    Link(Value),
}

impl ControlLine {
    fn to_json(&self) -> Value {
        match self {
            Self::Update { status, meta } => json!({ "update": status, "meta": meta }),
            Self::Progress { fraction, message } => json!({ "progress": fraction, "message": message }),
            Self::Result(result) => json!({ "result": result }),
            Self::Error { error_type, message, data } => {
                json!({ "error": { "type": error_type, "message": message, "data": data } })
            }
            Self::Extend(more) => json!({ "extend": more.as_secs_f64() }),
            Self::Snooze(delay) => json!({ "snooze": delay.as_secs_f64() }),
            Self::Link(link) => json!({ "link": link }),
        }
    }
}

/// Why the worker could not be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TellError {
    /// There is no worker to tell.
    #[error("OADA_JOB_CONTROL is not set: this is not the handler of a job")]
    NoHandler,
    /// The worker no longer listens.
    #[error("the job that this was a handler of is over")]
    Over,
    /// It is more than one line may hold.
    #[error("it is longer than {LINE_BYTES} bytes")]
    TooLong,
    /// The channel cannot be used.
    #[error("{} could not be written to", path.display())]
    Write {
        /// The channel.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Tells the worker one thing of the job whose handler this process is, or is started by. Blocks while the channel is
/// full.
///
/// # Errors
/// When this is no handler, or the job is over.
pub fn tell(line: &ControlLine) -> Result<(), TellError> {
    let path = env::var_os(CONTROL).filter(|path| !path.is_empty()).ok_or(TellError::NoHandler)?;
    tell_at(path.into(), line)
}

fn tell_at(path: PathBuf, line: &ControlLine) -> Result<(), TellError> {
    let mut text = line.to_json().to_string();
    text.push('\n');
    if text.len() > LINE_BYTES {
        return Err(TellError::TooLong);
    }
    let write = || -> io::Result<()> {
        // Opened without waiting, or it would wait for a reader for ever; written with waiting.
        let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
        let mut channel = OpenOptions::new().write(true).custom_flags(nonblocking).open(&path)?;
        fcntl_setfl(&channel, OFlags::empty())?;
        channel.write_all(text.as_bytes())
    };
    write().map_err(|source| match source.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
        Some(rustix::io::Errno::NXIO | rustix::io::Errno::NOENT | rustix::io::Errno::PIPE) => TellError::Over,
        _ => TellError::Write { path, source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    #[test]
    fn the_worker_hears_one_line_while_it_listens() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("control");
        let line = ControlLine::Update { status: "half".to_owned(), meta: None };
        assert!(matches!(tell_at(path.clone(), &line), Err(TellError::Over)));
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert!(matches!(tell_at(path.clone(), &line), Err(TellError::Over)));
        let mut reader = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        tell_at(path.clone(), &line).unwrap();
        let mut heard = [0; 64];
        let count = io::Read::read(&mut reader, &mut heard).unwrap();
        assert_eq!(&heard[..count], b"{\"meta\":null,\"update\":\"half\"}\n");
        let long = ControlLine::Result("x".repeat(LINE_BYTES).into());
        assert!(matches!(tell_at(path, &long), Err(TellError::TooLong)));
    }
}
