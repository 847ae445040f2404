//! What can go wrong with a store, apart from what a request can be refused for.

use std::io;
use std::path::PathBuf;

/// Why a store could not be opened, served or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process has the data folder open.
    #[error("data folder {} is in use{}", .folder.display(), held_by(.holder_pid.as_ref()))]
    Locked {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, where it could be told.
        holder_pid: Option<u32>,
    },
    /// The data file was written by a later version of this program.
    #[error("{} has format {found}, newer than the format {supported} that this version reads", .file.display())]
    Newer {
        /// The data file.
        file: PathBuf,
        /// The format it has.
        found: u64,
        /// The format this version reads and writes.
        supported: u64,
    },
    /// The data file is not one of ours, or is damaged. It has not been written to.
    #[error("{} is damaged: {reason}", .file.display())]
    Damaged {
        /// The data file.
        file: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("could not {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The listener or a socket failed.
    #[error("could not serve")]
    Serve(#[source] io::Error),
    /// The certificate or its key cannot be used.
    #[error("certificate cannot be used: {0}")]
    Tls(String),
    /// The database failed while the store was running.
    #[error("database failed: {0}")]
    Database(String),
    /// The store has been closed.
    #[error("store is closed")]
    Closed,
    /// A name, scope or id that was given is not acceptable.
    #[error("{0}")]
    Invalid(String),
}

fn held_by(pid: Option<&u32>) -> String {
    pid.map(|pid| format!(" by process {pid}")).unwrap_or_default()
}

impl Error {
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// A row that does not hold what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage(pub(super) &'static str);

/// Why the database did not do what it was told; no fault of the request.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("{0}")]
    Database(String),
    #[error("damaged row: {0}")]
    Damage(&'static str),
    #[error("store is closed")]
    Closed,
}

impl From<Damage> for Fault {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage.0)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Closed => Self::Closed,
            other => Self::Database(other.to_string()),
        }
    }
}
