//! Where the database keeps its bytes.
//!
//! While a file is being opened nothing of it is changed: what the database wants to write is kept aside until it has
//! shown that it can make sense of the file. So a file that is damaged stays as it is.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use redb::StorageBackend;

use super::seal::Seal;

const BLOCK: u64 = 4096;

/// A file, without locks: the data folder has one for all that is in it.
#[derive(Debug)]
pub(super) struct FileStorage {
    path: PathBuf,
    file: OnceLock<File>,
    /// What is told before the file is changed.
    seal: Option<Arc<Seal>>,
}

impl FileStorage {
    /// A file that is there, and the seal that stands for it.
    pub(super) fn sealed(file: File, seal: Arc<Seal>) -> Self {
        Self { path: PathBuf::new(), file: OnceLock::from(file), seal: Some(seal) }
    }

    /// A file that is made when it is first written to.
    pub(super) fn lazy(path: &Path) -> io::Result<Self> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => OnceLock::from(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => OnceLock::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { path: path.to_owned(), file, seal: None })
    }

    fn there(&self) -> io::Result<&File> {
        self.file.get().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn for_writing(&self) -> io::Result<&File> {
        if let Some(seal) = &self.seal {
            seal.begin();
        }
        if self.file.get().is_none() {
            let mut making = OpenOptions::new();
            let made =
                making.read(true).write(true).create(true).truncate(false).mode(0o600).open(&self.path)?;
            if let Some(folder) = self.path.parent() {
                File::open(folder)?.sync_all()?;
            }
            // Another thread may have been first; its file is the same.
            let _ = self.file.set(made);
        }
        self.there()
    }
}

impl StorageBackend for FileStorage {
    fn len(&self) -> io::Result<u64> {
        self.file.get().map_or(Ok(0), |file| Ok(file.metadata()?.len()))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.there()?.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.for_writing()?.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.there()?.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.for_writing()?.write_all_at(data, offset)
    }
}

/// Storage that is not written to before [`Guarded::accept`], nor after [`Guarded::refuse`].
#[derive(Clone, Debug)]
pub(super) struct Guarded(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    storage: Box<dyn StorageBackend>,
    accepted: AtomicBool,
    refused: AtomicBool,
    aside: Mutex<Aside>,
}

#[derive(Debug)]
struct Aside {
    len: u64,
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Guarded {
    pub(super) fn new(storage: Box<dyn StorageBackend>) -> io::Result<Self> {
        let aside = Mutex::new(Aside { len: storage.len()?, blocks: BTreeMap::new() });
        Ok(Self(Arc::new(Inner {
            storage,
            accepted: AtomicBool::new(false),
            refused: AtomicBool::new(false),
            aside,
        })))
    }

    /// Writes what was kept aside, and from now on at once.
    pub(super) fn accept(&self) -> io::Result<()> {
        let mut aside = self.aside();
        let storage = &self.0.storage;
        if storage.len()? != aside.len {
            storage.set_len(aside.len)?;
        }
        for (block, bytes) in std::mem::take(&mut aside.blocks) {
            let offset = block * BLOCK;
            let length = aside.len.saturating_sub(offset).min(BLOCK) as usize;
            storage.write(offset, &bytes[..length])?;
        }
        storage.sync_data()?;
        self.0.accepted.store(true, Ordering::Release);
        Ok(())
    }

    /// From now on nothing is written any more.
    pub(super) fn refuse(&self) {
        self.0.refused.store(true, Ordering::Release);
    }

    fn still(&self) -> io::Result<()> {
        if self.0.refused.load(Ordering::Acquire) {
            return Err(io::Error::other("an earlier write failed"));
        }
        Ok(())
    }

    fn accepted(&self) -> bool {
        self.0.accepted.load(Ordering::Acquire)
    }

    fn aside(&self) -> MutexGuard<'_, Aside> {
        self.0.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// A block as it is in the storage; zeroes past its end.
    fn block(&self, block: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; BLOCK as usize];
        let there = self.storage.len()?.saturating_sub(block * BLOCK).min(BLOCK) as usize;
        if there > 0 {
            self.storage.read(block * BLOCK, &mut bytes[..there])?;
        }
        Ok(bytes)
    }
}

impl StorageBackend for Guarded {
    fn len(&self) -> io::Result<u64> {
        if self.accepted() { self.0.storage.len() } else { Ok(self.aside().len) }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if self.accepted() {
            return self.0.storage.read(offset, out);
        }
        let aside = self.aside();
        if offset + out.len() as u64 > aside.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if aside.blocks.is_empty() {
            return self.0.storage.read(offset, out);
        }
        let mut done = 0;
        while done < out.len() {
            let at = offset + done as u64;
            let within = (at % BLOCK) as usize;
            let length = (BLOCK as usize - within).min(out.len() - done);
            let piece = &mut out[done..done + length];
            match aside.blocks.get(&(at / BLOCK)) {
                Some(bytes) => piece.copy_from_slice(&bytes[within..within + length]),
                None => piece.copy_from_slice(&self.0.block(at / BLOCK)?[within..within + length]),
            }
            done += length;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.still()?;
        if self.accepted() {
            return self.0.storage.set_len(len);
        }
        let mut aside = self.aside();
        if len < aside.len {
            aside.blocks.split_off(&len.div_ceil(BLOCK));
        }
        aside.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.still()?;
        if self.accepted() { self.0.storage.sync_data() } else { Ok(()) }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.still()?;
        if self.accepted() {
            // A commit writes hundreds of pages.
            super::give_way();
            return self.0.storage.write(offset, data);
        }
        let mut aside = self.aside();
        let mut done = 0;
        while done < data.len() {
            let at = offset + done as u64;
            let within = (at % BLOCK) as usize;
            let length = (BLOCK as usize - within).min(data.len() - done);
            let bytes = match aside.blocks.entry(at / BLOCK) {
                Entry::Occupied(kept) => kept.into_mut(),
                Entry::Vacant(new) => new.insert(self.0.block(at / BLOCK)?),
            };
            bytes[within..within + length].copy_from_slice(&data[done..done + length]);
            done += length;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.0.storage.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    fn bytes(storage: &dyn StorageBackend) -> Vec<u8> {
        let mut bytes = vec![0; storage.len().unwrap() as usize];
        storage.read(0, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn nothing_is_written_before_it_is_accepted() {
        let storage = InMemoryBackend::new();
        storage.set_len(5000).unwrap();
        storage.write(4090, b"before").unwrap();
        let storage = Arc::new(storage);
        #[derive(Debug)]
        struct Shared(Arc<InMemoryBackend>);
        impl StorageBackend for Shared {
            fn len(&self) -> io::Result<u64> {
                self.0.len()
            }
            fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
                self.0.read(offset, out)
            }
            fn set_len(&self, len: u64) -> io::Result<()> {
                self.0.set_len(len)
            }
            fn sync_data(&self) -> io::Result<()> {
                Ok(())
            }
            fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
                self.0.write(offset, data)
            }
        }
        let original = bytes(storage.as_ref());
        let guarded = Guarded::new(Box::new(Shared(Arc::clone(&storage)))).unwrap();
        guarded.set_len(9000).unwrap();
        guarded.write(4094, b"after it").unwrap();
        guarded.write(8990, b"the end").unwrap();
        let mut expected = original.clone();
        expected.resize(9000, 0);
        expected[4094..4102].copy_from_slice(b"after it");
        expected[8990..8997].copy_from_slice(b"the end");
        assert_eq!(bytes(&guarded), expected);
        assert_eq!(bytes(storage.as_ref()), original);
        guarded.accept().unwrap();
        assert_eq!(bytes(storage.as_ref()), expected);
        guarded.write(0, b"at once").unwrap();
        assert_eq!(&bytes(storage.as_ref())[..7], b"at once");
    }
}
