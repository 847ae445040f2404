//! What can go wrong with jobs on a store.

use std::fmt;

use crate::model::InvalidJob;
use crate::oada;

/// What can go wrong with jobs on a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store could not be asked, or refused.
    #[error(transparent)]
    Store(#[from] oada::Error),
    /// A service cannot have this name.
    #[error("{name:?} cannot name a service: use letters, digits and -._~, and not digits alone")]
    ServiceName {
        /// The name.
        name: String,
    },
    /// A queue, a job or a worker cannot have this key.
    #[error("{key:?} cannot be a key: use letters, digits and -._~, and not digits alone")]
    Key {
        /// The key.
        key: String,
    },
    /// No job answers to a selector.
    #[error("no job {selector:?} in {service}")]
    NoSuchJob {
        /// What was asked for.
        selector: String,
        /// The service's path.
        service: String,
    },
    /// More than one job begins with a prefix.
    #[error("{selector:?} is the beginning of {count} jobs, such as {first} and {second}")]
    Ambiguous {
        /// What was asked for.
        selector: String,
        /// How many answer to it.
        count: usize,
        /// One of them.
        first: String,
        /// Another.
        second: String,
    },
    /// A resource that should be a job is none.
    #[error("{id} is not a job: {reason}")]
    NotAJob {
        /// The resource.
        id: String,
        /// Which rule it breaks.
        #[source]
        reason: InvalidJob,
    },
    /// The queue list has no such entry.
    #[error("no queue {name:?} in {service}")]
    NoSuchQueue {
        /// What was asked for.
        name: String,
        /// The service's path.
        service: String,
    },
    /// The job is not ours any more: somebody else claimed or finished it.
    #[error("{id} is claimed by {by}")]
    ClaimLost {
        /// The job.
        id: String,
        /// What became of it.
        by: LostTo,
    },
}

/// What became of a job whose claim is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LostTo {
    /// It was given back: whoever comes next may claim it.
    Nobody,
    /// Who has it now, or why it is nobody's to claim.
    Other(String),
}

impl<T: Into<String>> From<T> for LostTo {
    fn from(by: T) -> Self {
        Self::Other(by.into())
    }
}

impl fmt::Display for LostTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody: it was given back"),
            Self::Other(by) => f.write_str(by),
        }
    }
}
