//! Requests over HTTP.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, IF_MATCH};
use reqwest::{Certificate, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};

use super::endpoint::Endpoint;
use super::error::{Error, Method};
use super::reply::{Headers, Reply};

/// How long a connection may take to be made.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer taken in, by HTTP as by the socket. A document may have 20 MiB, and a change array several of
/// them.
pub(super) const LONGEST_BODY: usize = 128 << 20;

/// One request, freed from the transport that carries it.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) content_type: Option<&'a str>,
    pub(super) if_match: Option<&'a str>,
    pub(super) body: Option<Bytes>,
    /// Asks for links that tell the rev at which their resources are now; a server may leave it unheard.
    pub(super) link_revs: bool,
    /// Allows the answer before the write has come to the disk, where the server is on this machine.
    pub(super) ahead: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, content_type: None, if_match: None, body: None, link_revs: false, ahead: false }
    }

    /// Whether it says nothing but its path.
    pub(super) fn is_plain(&self) -> bool {
        self.content_type.is_none() && self.if_match.is_none() && self.body.is_none() && !self.link_revs
    }
}

/// How connections are made, for HTTP and for the socket alike.
#[derive(Clone)]
pub(super) struct Connector {
    authorization: HeaderValue,
    authorities: Vec<Certificate>,
    accept_invalid_certs: bool,
    built: Arc<Mutex<Option<(Kind, reqwest::Client)>>>,
    http1_only: bool,
}

/// What a client must be able to do for a URL.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    tls: bool,
    loopback: bool,
}

impl Connector {
    pub(super) fn new(
        token: &SecretString,
        ca_file: Option<&PathBuf>,
        accept_invalid_certs: bool,
    ) -> Result<Self, Error> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Error::InvalidToken)?;
        authorization.set_sensitive(true);
        let authorities = ca_file.map(read_authorities).transpose()?.unwrap_or_default();
        Ok(Self {
            authorization,
            authorities,
            accept_invalid_certs,
            built: Arc::default(),
            http1_only: false,
        })
    }

    /// The same, for upgrades to a WebSocket: HTTP/2 has none, so it must not be negotiated.
    pub(super) fn for_upgrades(&self) -> Self {
        Self { http1_only: true, built: Arc::default(), ..self.clone() }
    }

    /// A client fit for `url`. The last one is kept, since making one reads the machine's certificates.
    pub(super) fn client(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let kind = Kind { tls: url.scheme() == "https", loopback: is_loopback(url) };
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, client)) = &*built
            && *of == kind
        {
            return Ok(client.clone());
        }
        let client = self.build(kind).map_err(|source| Error::Setup { source: Arc::new(source) })?;
        *built = Some((kind, client.clone()));
        Ok(client)
    }

    fn build(&self, kind: Kind) -> Result<reqwest::Client, reqwest::Error> {
        // Fails when the process has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("oada-jobs/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, self.authorization.clone())]))
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirected PUT would become a GET, and the token would go to another server.
            .redirect(redirect::Policy::none())
            .tls_danger_accept_invalid_certs(self.accept_invalid_certs);
        if self.http1_only {
            builder = builder.http1_only();
        }
        if kind.loopback {
            builder = builder.no_proxy();
        }
        builder = if kind.tls {
            builder.tls_certs_merge(self.authorities.iter().cloned())
        } else {
            builder.tls_certs_only([])
        };
        builder.build()
    }
}

fn read_authorities(path: &PathBuf) -> Result<Vec<Certificate>, Error> {
    let name = || path.display().to_string();
    let pem = fs::read(path).map_err(|source| Error::CaFile { path: name(), source: Arc::new(source) })?;
    let authorities = Certificate::from_pem_bundle(&pem)
        .map_err(|source| Error::CaFile { path: name(), source: Arc::new(source) })?;
    if authorities.is_empty() {
        let source = std::io::Error::other("it holds no certificate in PEM form");
        return Err(Error::CaFile { path: name(), source: Arc::new(source) });
    }
    Ok(authorities)
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// A server as it was last found.
#[derive(Clone)]
struct Found {
    /// Without a slash at its end, so that paths can be joined as they are.
    base: Arc<str>,
    client: reqwest::Client,
}

/// The HTTP side of a client.
pub(super) struct Http {
    endpoint: Arc<dyn Endpoint>,
    connector: Connector,
    found: Mutex<Option<Found>>,
    timeout: Duration,
}

impl Http {
    pub(super) fn new(endpoint: Arc<dyn Endpoint>, connector: Connector, timeout: Duration) -> Self {
        Self { endpoint, connector, found: Mutex::new(None), timeout }
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Reply, Error> {
        self.in_time(request, async { self.finish(self.start(request).await?, request.path).await }).await
    }

    /// Sends one request and returns when the head of an answer of success has come.
    pub(super) async fn open(&self, request: &Request<'_>) -> Result<Response, Error> {
        let exchange = async {
            let response = self.start(request).await?;
            if response.status().is_success() {
                return Ok(response);
            }
            Err(self.finish(response, request.path).await?.refusal(request.method, request.path))
        };
        self.in_time(request, exchange).await
    }

    async fn in_time<T>(
        &self,
        request: &Request<'_>,
        exchange: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let timeout = |_| {
            self.forget();
            Error::Timeout { method: request.method, path: request.path.to_owned() }
        };
        tokio::time::timeout(self.timeout, exchange).await.map_err(timeout)?
    }

    async fn finish(&self, mut response: Response, path: &str) -> Result<Reply, Error> {
        let status = response.status().as_u16();
        let headers = read_headers(&response);
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(error))? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(Error::garbage(path, format!("it is longer than {} MiB", LONGEST_BODY >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, body: body.freeze() })
    }

    async fn start(&self, request: &Request<'_>) -> Result<Response, Error> {
        let Found { base, client } = self.find().await?;
        let url = Url::parse(&format!("{base}{}", request.path)).map_err(|_| Error::InvalidPath {
            path: request.path.to_owned(),
            reason: "it does not make a URL",
        })?;
        let mut builder = match request.method {
            Method::Get | Method::Watch => client.get(url),
            Method::Head => client.head(url),
            Method::Put => client.put(url),
            Method::Delete => client.delete(url),
        };
        if let Some(content_type) = request.content_type {
            builder = builder.header(CONTENT_TYPE, content_type);
        }
        if let Some(etag) = request.if_match {
            builder = builder.header(IF_MATCH, etag);
        }
        if request.link_revs {
            builder = builder.header("x-oada-link-revs", "true");
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder.send().await.map_err(|error| self.failure(error))
    }

    /// The server that this speaks to.
    pub(super) fn endpoint(&self) -> &Arc<dyn Endpoint> {
        &self.endpoint
    }

    /// How long one request may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    fn failure(&self, error: reqwest::Error) -> Error {
        self.forget();
        Error::connection(&self.endpoint.describe(), error.without_url())
    }

    /// Has the server looked for anew at the next request: it may have moved.
    fn forget(&self) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn find(&self) -> Result<Found, Error> {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(found) = known {
            return Ok(found);
        }
        let url = self.endpoint.locate().await?;
        let client = self.connector.client(&url)?;
        let found = Found { base: url.as_str().trim_end_matches('/').into(), client };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Ok(found)
    }
}

pub(super) fn read_headers(response: &Response) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in response.headers() {
        if let Ok(value) = value.to_str() {
            headers.set(name.as_str(), value.into());
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_known() {
        for (url, loopback) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://example.org", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
