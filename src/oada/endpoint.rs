//! Where a store is.

use std::fmt;
use std::str::FromStr;

use futures_util::future::{BoxFuture, FutureExt, ready};
use reqwest::Url;

use super::{Error, Pipe};

/// Where the server is.
///
/// It is asked each time a connection is made, since a store may move: the embedded one does when the process that
/// held it ends and another opens it.
pub trait Endpoint: Send + Sync + 'static {
    /// Finds the server's base URL, with the scheme `http` or `https`.
    ///
    /// # Errors
    /// A transient error (see [`Error::is_transient`]) makes the client ask again later; any other is final.
    fn locate(&self) -> BoxFuture<'_, Result<Url, Error>>;

    /// Names the server for messages.
    fn describe(&self) -> String;

    /// Whether the store is in this process: all requests then go through [`Endpoint::open_pipe`], none over a network.
    fn is_in_process(&self) -> bool {
        false
    }

    /// Opens a connection to a store in this process.
    ///
    /// # Errors
    /// As [`Endpoint::locate`].
    fn open_pipe(&self) -> BoxFuture<'_, Result<Pipe, Error>> {
        let refused = std::io::Error::other("it is not in this process");
        ready(Err(Error::connection(&self.describe(), refused))).boxed()
    }
}

/// A server with a fixed address.
#[derive(Clone, PartialEq, Eq)]
pub struct Domain {
    url: Url,
}

impl Domain {
    /// Reads `host`, `host:port`, `https://host` or `http://host:port`. Without a scheme, https is meant.
    ///
    /// # Errors
    /// [`Error::InvalidDomain`], which says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Error::InvalidDomain {
            // Credentials in a URL are refused below and must not come back in the message.
            domain: text.rsplit_once('@').map_or(text, |(_, host)| host).to_owned(),
            reason: reason.to_owned(),
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(invalid("it is empty"));
        }
        let with_scheme =
            if trimmed.contains("://") { trimmed.to_owned() } else { format!("https://{trimmed}") };
        let mut url = Url::parse(&with_scheme).map_err(|error| invalid(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("the scheme must be https or http"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("user names and passwords do not belong here; use a token"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it must end with the host, the port or a path"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url })
    }

    /// The base URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domain({self})")
    }
}

impl FromStr for Domain {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Endpoint for Domain {
    fn locate(&self) -> BoxFuture<'_, Result<Url, Error>> {
        ready(Ok(self.url.clone())).boxed()
    }

    fn describe(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_as_people_write_them() {
        for (text, url) in [
            ("example.org", "https://example.org"),
            ("localhost:3000", "https://localhost:3000"),
            ("http://127.0.0.1:80/", "http://127.0.0.1"),
            ("https://example.org/store/", "https://example.org/store"),
            (" example.org ", "https://example.org"),
            ("[::1]:8", "https://[::1]:8"),
        ] {
            assert_eq!(Domain::parse(text).unwrap().to_string(), url, "{text}");
        }
    }

    #[test]
    fn what_is_no_domain_is_named() {
        for (text, reason) in [
            ("", "empty"),
            ("ftp://a", "scheme"),
            ("https://", "host"),
            ("a b", "domain"),
            ("host:port", "port"),
            ("https://me:secret@host", "token"),
            ("host?x=1", "end with"),
        ] {
            let message = Domain::parse(text).unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
