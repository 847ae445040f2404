//! Why a worker cannot start or go on.

use crate::jobs;

/// Why a worker cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No handler is registered, so no job could be run.
    #[error("no handler is registered")]
    NoHandlers,
    /// There is no client for the service's own queue.
    #[error("no client is set")]
    NoClient,
    /// The service cannot have its name.
    #[error(transparent)]
    Name(jobs::Error),
    /// The service's own queue cannot be served.
    #[error("cannot serve {service}")]
    Queue {
        /// The service's path.
        service: String,
        /// What is wrong.
        #[source]
        source: jobs::Error,
    },
    /// A task of the worker panicked, which is a fault of this program.
    #[error("a task of the worker panicked: {0}")]
    Panicked(String),
}
