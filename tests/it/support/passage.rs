//! A store seen through something between: what passes is counted, and may be changed.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What stands between a store and those that ask it.
pub(crate) struct Passage {
    /// The address to ask.
    pub(crate) url: String,
    answered: Arc<AtomicU64>,
}

impl Passage {
    /// Stands before the store at `url`; `change` sees what the store answers, in the pieces that come.
    pub(crate) fn start(url: &str, change: fn(&mut Vec<u8>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let store = url.trim_start_matches("http://").to_owned();
        let answered = Arc::new(AtomicU64::new(0));
        let counter = answered.clone();
        thread::spawn(move || {
            for ours in listener.incoming().map_while(Result::ok) {
                // A store that has ended is seen as what it is.
                let Ok(theirs) = TcpStream::connect(&store) else { continue };
                let (from_us, to_them) = (ours.try_clone().unwrap(), theirs.try_clone().unwrap());
                let counter = counter.clone();
                thread::spawn(move || pass(from_us, to_them, |_| {}));
                thread::spawn(move || {
                    pass(theirs, ours, |bytes| {
                        counter.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                        change(bytes);
                    });
                });
            }
        });
        Self { url: own, answered }
    }

    /// How many bytes the store has answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, change: impl Fn(&mut Vec<u8>)) {
    let mut buffer = [0; 65536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut bytes = buffer[..count].to_vec();
        change(&mut bytes);
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown(Shutdown::Write);
}
