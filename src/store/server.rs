//! The listener: connections, TLS, limits, and an orderly end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::Error;
use super::stall::Stall;
use super::{Store, http};

/// The most connections at a time; further ones wait to be accepted.
const MAX_CONNECTIONS: usize = 8192;
/// How long a client may take over the head of a request, and over a TLS handshake.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long a client may leave unread what it is sent.
const STUCK: Duration = Duration::from_secs(60);
/// How long requests that are under way get when the server stops.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait after the system has no descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the handlers of all connections share.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    pub(super) store: Store,
    pub(super) tls: bool,
    pub(super) stop: CancellationToken,
    pub(super) sockets: TaskTracker,
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads a chain of certificates and a private key, both in PEM.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Tls`].
    pub fn from_files(certificates: &Path, key: &Path) -> Result<Self, Error> {
        let read = |path: &Path| std::fs::read(path).map_err(Error::io("read", path));
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(certificates)?).collect();
        let chain = chain.map_err(|error| Error::Tls(format!("{}: {error}", certificates.display())))?;
        let key = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|error| Error::Tls(format!("{}: {error}", key.display())))?;
        Self::new(chain, key)
    }

    /// Makes a certificate for these names that nobody has signed, for trying things out.
    ///
    /// # Errors
    /// [`Error::Tls`] if a name cannot stand in a certificate.
    pub fn self_signed(names: &[String]) -> Result<Self, Error> {
        let made =
            rcgen::generate_simple_self_signed(names).map_err(|error| Error::Tls(error.to_string()))?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())
            .map_err(|error| Error::Tls(error.to_owned()))?;
        Self::new(vec![made.cert.der().clone()], key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Tls(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| Error::Tls(error.to_string()))?;
        // Not h2: clients that find it choose HTTP over the socket.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// Serves `store` on `listener` until `stop`, and says in the data folder where.
///
/// Then no more connections are taken, requests that are under way are answered, and sockets are closed with the
/// reason that the server goes away; what takes longer than some seconds is cut off. The store stays open.
///
/// # Errors
/// [`Error::Serve`] if the listener fails; [`Error::Io`] if the endpoint cannot be written down.
pub async fn serve(
    store: Store,
    listener: TcpListener,
    tls: Option<Tls>,
    stop: CancellationToken,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(Error::Serve)?;
    store.announce(&url(address, tls.is_some()))?;
    let sockets = TaskTracker::new();
    let serving = Serving { store, tls: tls.is_some(), stop: stop.clone(), sockets: sockets.clone() };
    let shared = serving.clone();
    let router = Router::new().fallback(move |request| http::handle(shared.clone(), request));
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, permit)) = accepted else { continue };
        // Small answers are not to wait for an acknowledgement. A socket that is gone already says so soon enough.
        let _ = stream.set_nodelay(true);
        let (router, stop, tls) = (router.clone(), stop.clone(), tls.clone());
        connections.spawn(async move {
            match tls {
                None => connection(stream, router, stop).await,
                Some(tls) => {
                    let shaken = tokio::time::timeout(HEAD_TIME, tls.acceptor.accept(stream)).await;
                    if let Ok(Ok(stream)) = shaken {
                        connection(stream, router, stop).await;
                    }
                }
            }
            drop(permit);
        });
    }
    drop(listener);
    connections.close();
    sockets.close();
    connections.wait().await;
    // Each socket bounds its own farewell.
    sockets.wait().await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            // One connection's trouble, or no descriptors: neither is a reason to stop.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Serves one connection until it ends, or until the grace after `stop` is over.
async fn connection<S>(stream: S, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(hyper_util::rt::TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).half_close(false);
    let service = TowerToHyperService::new(router);
    let served = builder.serve_connection_with_upgrades(TokioIo::new(Stall::new(stream, STUCK)), service);
    tokio::pin!(served);
    tokio::select! {
        // How a client's connection ends is the client's business.
        _ = &mut served => return,
        () = stop.cancelled() => served.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(GRACE, served).await;
}

/// The address under which a listener is reached from this machine.
pub(super) fn url(address: std::net::SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        return format!("{scheme}://localhost:{}", address.port());
    }
    format!("{scheme}://{address}")
}
