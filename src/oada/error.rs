//! What can go wrong when speaking to a store.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::model::ResourceId;

/// The cause below an [`Error`], shared so that all who waited for the same connection can be told.
pub type Cause = Arc<dyn StdError + Send + Sync>;

/// A request method, as far as this client uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads the headers alone.
    Head,
    /// Merges.
    Put,
    /// Removes.
    Delete,
    /// Follows the changes of a resource.
    Watch,
}

impl Method {
    pub(super) fn lower_case(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Head => "head",
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Watch => "watch",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Watch => "WATCH",
        })
    }
}

/// Why a request to a store failed. No message holds a token.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text does not name a server.
    #[error("{domain:?} is not a domain: {reason}")]
    InvalidDomain {
        /// The text.
        domain: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token holds characters that cannot be sent.
    #[error("the token holds characters that cannot be sent in a header")]
    InvalidToken,
    /// The path cannot be sent as it is.
    #[error("{path:?} cannot be requested: {reason}")]
    InvalidPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file with certificates of authorities cannot be read.
    #[error("cannot use the certificates in {path}")]
    CaFile {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The HTTP client cannot be set up on this machine.
    #[error("cannot set up the HTTP client")]
    Setup {
        /// Why.
        #[source]
        source: Cause,
    },
    /// No connection to the server, or it broke before the answer came.
    #[error("cannot reach {domain}")]
    Unreachable {
        /// The server, as the endpoint describes it.
        domain: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The server, or a proxy before it, answers but opens no WebSocket.
    #[error("{domain} opens no WebSocket: it answers with status {status}")]
    NoWebSocket {
        /// The server, as the endpoint describes it.
        domain: String,
        /// The status code in answer to the request for one.
        status: u16,
    },
    /// The server's certificate is not trusted.
    #[error("the certificate of {domain} is not trusted")]
    Certificate {
        /// The server, as the endpoint describes it.
        domain: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The server did not answer in time.
    #[error("{method} {path}: no answer in time")]
    Timeout {
        /// The method.
        method: Method,
        /// The path.
        path: String,
    },
    /// The server refused.
    #[error("{method} {path}: {}{}", meaning(*status), detail(message))]
    Status {
        /// The status code.
        status: u16,
        /// The method.
        method: Method,
        /// The path.
        path: String,
        /// What the server said, which may be nothing.
        message: String,
        /// How long the server asks to wait before trying again.
        retry_after: Option<Duration>,
    },
    /// The server's answer is not what the protocol says.
    #[error("{path}: the answer makes no sense: {reason}")]
    Garbage {
        /// The path asked for.
        path: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// A plain object stands where the tree wants a resource of its own, left by a write to a path without structure.
    #[error("{path} is a plain object inside {resource}, where a resource of its own should be")]
    InlineInsteadOfResource {
        /// The place.
        path: String,
        /// The resource around it.
        resource: ResourceId,
    },
    /// The tree does not reach to this path.
    #[error("{path} has no place in the tree")]
    NotInTree {
        /// The path.
        path: String,
    },
}

/// What a status means to the person who sees it.
fn meaning(status: u16) -> String {
    let meaning = match status {
        400 => "the server does not understand the request",
        401 => "the server does not accept the token",
        403 => "not allowed with this token",
        404 => "not found",
        406 => "the server cannot answer in JSON",
        412 => "it was changed by somebody else meanwhile",
        413 => "too large for the server",
        422 => "the server cannot write this there",
        429 => "the server asks to slow down",
        500 => "the server failed",
        502..=504 => "the server is not available",
        301 | 302 | 307 | 308 => "the server has moved",
        _ => "the server refused",
    };
    format!("{meaning} (status {status})")
}

fn detail(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl Error {
    /// The status code that the server answered with, if it answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether nothing is there (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether the token is unknown (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(401)
    }

    /// Whether the token does not allow it (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(403)
    }

    /// Whether the resource is no longer as `If-Match` said (412). After a lost answer this may be one's own write:
    /// see [`Client::put`](super::Client::put).
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(412)
    }

    /// Whether somebody else's write came first (412, or 422 where a link was made meanwhile).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(412 | 422))
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } => true,
            Self::Status { status, .. } => matches!(status, 429 | 502..=504),
            _ => false,
        }
    }

    /// How long the server asks to wait before trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(super) fn garbage(path: &str, reason: impl Into<String>) -> Self {
        Self::Garbage { path: path.to_owned(), reason: reason.into() }
    }

    /// A failure to connect, told apart by whether the certificate was the reason.
    pub(super) fn connection(domain: &str, source: impl StdError + Send + Sync + 'static) -> Self {
        let domain = domain.to_owned();
        let is_certificate = is_certificate_error(&source);
        let source: Cause = Arc::new(source);
        if is_certificate {
            Self::Certificate { domain, source }
        } else {
            Self::Unreachable { domain, source }
        }
    }
}

fn is_certificate_error(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        // An io::Error hides what it wraps from `source`.
        let inner = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref());
        let rustls = match inner {
            Some(inner) => inner.downcast_ref::<rustls::Error>(),
            None => error.downcast_ref::<rustls::Error>(),
        };
        if let Some(rustls::Error::InvalidCertificate(_)) = rustls {
            return true;
        }
        next = inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> Error {
        Error::Status {
            status,
            method: Method::Put,
            path: "/a".into(),
            message: "why".into(),
            retry_after: None,
        }
    }

    #[test]
    fn statuses_are_told_apart() {
        assert!(status(404).is_not_found() && !status(404).is_transient());
        assert!(status(401).is_unauthorized() && status(403).is_forbidden());
        assert!(status(412).is_precondition_failed() && status(412).is_conflict());
        assert!(status(422).is_conflict() && !status(422).is_precondition_failed());
        for transient in [429, 502, 503, 504] {
            assert!(status(transient).is_transient());
        }
        assert!(!status(500).is_transient());
    }

    #[test]
    fn messages_read_on_their_own() {
        assert_eq!(
            status(412).to_string(),
            "PUT /a: it was changed by somebody else meanwhile (status 412): why"
        );
        assert_eq!(
            Error::Timeout { method: Method::Get, path: "/a".into() }.to_string(),
            "GET /a: no answer in time"
        );
    }

    #[test]
    fn a_distrusted_certificate_is_found_below_io_errors() {
        let cause = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = Error::connection("host", io::Error::other(io::Error::other(cause)));
        assert!(matches!(error, Error::Certificate { .. }) && !error.is_transient());
        let error = Error::connection("host", io::Error::from(io::ErrorKind::ConnectionReset));
        assert!(matches!(error, Error::Unreachable { .. }) && error.is_transient());
    }
}
