//! A wire between a client and a store that counts what goes over it, and can hold back the end of one answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

/// What the tasks of a proxy share.
struct Wire {
    store: String,
    /// The request line whose answers are long, and are not counted.
    long_get: String,
    bytes: AtomicU64,
    /// How many bytes of a long answer may still pass.
    passes: Semaphore,
}

/// A proxy for HTTP and WebSockets on a free port.
pub(crate) struct Proxy {
    pub(crate) address: String,
    wire: Arc<Wire>,
    _accepting: AbortOnDropHandle<()>,
}

impl Proxy {
    /// A proxy for the store at an address. Of answers to a GET of `path`, so many bytes pass until [`Proxy::release`].
    pub(crate) async fn start(store: &str, path: &str, pass: usize) -> Self {
        let wire = Arc::new(Wire {
            store: store.to_owned(),
            long_get: format!("GET {path} HTTP/1.1\r\n"),
            bytes: AtomicU64::new(0),
            passes: Semaphore::new(pass),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let of_all = wire.clone();
        let accepting = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let store = TcpStream::connect(&of_all.store).await.unwrap();
                let ((from_client, to_client), (from_store, to_store)) =
                    (client.into_split(), store.into_split());
                let is_long = Arc::new(std::sync::atomic::AtomicBool::new(false));
                connections.spawn(of_all.clone().forth(from_client, to_store, is_long.clone()));
                connections.spawn(of_all.clone().back(from_store, to_client, is_long));
            }
        });
        Self { address, wire, _accepting: AbortOnDropHandle::new(accepting) }
    }

    /// The bytes that went either way, without long answers.
    pub(crate) fn bytes(&self) -> u64 {
        self.wire.bytes.load(Ordering::Relaxed)
    }

    /// Lets the rest of long answers pass.
    pub(crate) fn release(&self) {
        self.wire.passes.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

type IsLong = Arc<std::sync::atomic::AtomicBool>;

impl Wire {
    async fn forth(self: Arc<Self>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, is_long: IsLong) {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(size @ 1..) = from.read(&mut buffer).await {
            // Clients send the head of a request in one piece, and the next one only after the answer.
            is_long.store(buffer[..size].starts_with(self.long_get.as_bytes()), Ordering::SeqCst);
            self.bytes.fetch_add(size as u64, Ordering::Relaxed);
            if to.write_all(&buffer[..size]).await.is_err() {
                return;
            }
        }
    }

    async fn back(self: Arc<Self>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, is_long: IsLong) {
        let mut buffer = vec![0; 4 << 10];
        while let Ok(size @ 1..) = from.read(&mut buffer).await {
            if is_long.load(Ordering::SeqCst) {
                self.passes.acquire_many(u32::try_from(size).unwrap()).await.unwrap().forget();
            } else {
                self.bytes.fetch_add(size as u64, Ordering::Relaxed);
            }
            if to.write_all(&buffer[..size]).await.is_err() {
                return;
            }
        }
    }
}
