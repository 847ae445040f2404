//! The embedded store of a data folder, whoever holds it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::{Store, StoreOptions, folder, server};

/// How long to wait for a folder that is held but not served.
const PATIENCE: Duration = Duration::from_secs(10);
const RETRY: Duration = Duration::from_millis(20);
/// How long another process gets to say that it is there.
const PROBE: Duration = Duration::from_secs(2);
/// How much of its answer is read.
const HEALTH_BYTES: u64 = 4096;

/// A data folder that is served by some process of this machine: by another one if it already is, else by this.
#[derive(Clone, Debug)]
pub struct Local {
    folder: PathBuf,
    options: StoreOptions,
    own: Arc<Mutex<Option<Own>>>,
}

#[derive(Debug)]
struct Own {
    store: Store,
    url: String,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), Error>>,
}

impl Local {
    /// The store of this folder. Nothing is opened yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), options: StoreOptions::default(), own: Arc::default() }
    }

    /// The same with other options for opening it.
    #[must_use]
    pub fn with_options(self, options: StoreOptions) -> Self {
        Self { options, ..self }
    }

    /// The address at which the folder is served. If nobody serves it, this process does from now on.
    ///
    /// # Errors
    /// [`Error::Locked`] if it is held for ten seconds by a process that does not answer; else as
    /// [`Store::open`].
    pub async fn endpoint(&self) -> Result<String, Error> {
        let mut own = self.own.lock().await;
        if let Some(held) = &*own
            && !held.serving.is_finished()
        {
            return Ok(held.url.clone());
        }
        if let Some(ended) = own.take() {
            ended.end().await;
        }
        let deadline = Instant::now() + PATIENCE;
        let mut held = false;
        loop {
            if let Some(url) = self.served_elsewhere(held).await {
                return Ok(url);
            }
            match self.take_over().await {
                Ok(mine) => {
                    let url = mine.url.clone();
                    *own = Some(mine);
                    return Ok(url);
                }
                Err(Error::Locked { .. }) if Instant::now() < deadline => held = true,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Whether another process serves the folder. Nothing is opened.
    pub async fn is_served(&self) -> bool {
        self.served_elsewhere(false).await.is_some()
    }

    /// Where another process serves the folder, if it does. `held` says that some process has its lock.
    async fn served_elsewhere(&self, held: bool) -> Option<String> {
        let endpoint = folder::read_endpoint(&self.folder)?;
        let there = match endpoint.url.strip_prefix("http://") {
            Some(address) => names_itself(address, &endpoint.instance).await,
            // Behind TLS it is not asked for its name; that the folder is held and somebody listens must do.
            None => held && listens(endpoint.url.strip_prefix("https://")?).await,
        };
        there.then_some(endpoint.url)
    }

    async fn take_over(&self) -> Result<Own, Error> {
        let (folder, options) = (self.folder.clone(), self.options.clone());
        let opened = tokio::task::spawn_blocking(move || Store::open(&folder, options)).await;
        let store = opened.map_err(|_| Error::Closed)??;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::Serve)?;
        let url = server::url(listener.local_addr().map_err(Error::Serve)?, false);
        let stop = CancellationToken::new();
        // Said before the first request can come, so that whoever asks next is sent here.
        store.announce(&url)?;
        let serving = tokio::spawn(server::serve(store.clone(), listener, None, stop.clone()));
        Ok(Own { store, url, stop, serving })
    }

    /// The token of the folder's owner, once the folder has been opened by anyone.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read.
    pub fn token(&self) -> Result<SecretString, Error> {
        folder::read_token(&self.folder)
    }

    /// Whether it is this process that serves the folder.
    pub async fn is_owner(&self) -> bool {
        self.own.lock().await.is_some()
    }

    /// Ends what this process serves: requests that are under way are answered, the data file is closed, and the
    /// folder is free for others.
    pub async fn close(self) {
        let own = self.own.lock().await.take();
        if let Some(own) = own {
            own.end().await;
        }
    }
}

impl Own {
    async fn end(self) {
        self.stop.cancel();
        if let Ok(Err(error)) = self.serving.await {
            tracing::error!(%error, "the store stopped serving");
        }
        // Closing syncs, which blocks; a runtime that is shutting down does it when the handle is dropped.
        let _ = tokio::task::spawn_blocking(move || self.store.close()).await;
    }
}

async fn listens(address: &str) -> bool {
    matches!(tokio::time::timeout(PROBE, TcpStream::connect(address)).await, Ok(Ok(_)))
}

/// Whether the store that calls itself `instance` answers at `address`.
async fn names_itself(address: &str, instance: &str) -> bool {
    let asking = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(HEALTH_BYTES).read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    match tokio::time::timeout(PROBE, asking).await {
        Ok(Ok(answer)) => answer.starts_with("HTTP/1.1 200") && answer.contains(instance),
        _ => false,
    }
}
