//! Remembers what the data file looked like when it was last left in order.
//!
//! A file that still looks so is opened at once. Any other has been cut off in the middle of a write, or touched by
//! somebody else, and is checked from end to end first, unless it is large, the seal says that it was being written to,
//! and nobody has touched it since. A seal that was lost only costs that check.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How often it is said again that the file is being written to.
const SAY_AGAIN: Duration = Duration::from_secs(1);
/// How long after that was last said the file may have been changed by its own store: the time until it is said
/// again, and what a commit may take.
const LATE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Seal {
    data: PathBuf,
    file: PathBuf,
    /// When it was last said that the file is being written to; `None` if it does not stand in the seal.
    said: Mutex<Option<Instant>>,
}

impl Seal {
    pub(super) fn of(data: &Path) -> Self {
        Self { data: data.to_owned(), file: data.with_extension("seal"), said: Mutex::new(None) }
    }

    /// Whether there ever was a file in order.
    pub(super) fn exists(&self) -> bool {
        self.file.exists()
    }

    /// The bytes that the data file takes on the disk.
    pub(super) fn data_bytes(&self) -> u64 {
        fs::metadata(&self.data).map_or(0, |data| data.blocks() * 512)
    }

    /// Whether the file is as its store left it, so that it need not be checked. With `large`, it also is if it was
    /// being written to and nobody else has touched it since.
    pub(super) fn is_whole(&self, large: bool) -> bool {
        let (Ok(seen), Some(look)) = (fs::read_to_string(&self.file), self.look()) else { return false };
        seen == look
            || (large && self.writing().is_some_and(|writing| seen == writing) && self.is_untouched())
    }

    /// Whether the data file was last changed while it was being written to.
    fn is_untouched(&self) -> bool {
        let changed = |file: &Path| -> Option<SystemTime> { fs::metadata(file).ok()?.modified().ok() };
        let (Some(data), Some(said)) = (changed(&self.data), changed(&self.file)) else { return false };
        data <= said + LATE
    }

    /// Says that the file is about to be written to.
    pub(super) fn begin(&self) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| said.elapsed() > SAY_AGAIN)
            && let Some(writing) = self.writing()
        {
            self.say(&writing);
            *said = Some(Instant::now());
        }
    }

    /// Takes down what the file looks like.
    pub(super) fn set(&self) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(look) = self.look() {
            self.say(&look);
            *said = None;
        }
    }

    fn say(&self, what: &str) {
        let say = || -> std::io::Result<()> {
            let file: File =
                OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.file)?;
            file.write_all_at(what.as_bytes(), 0)?;
            file.set_len(what.len() as u64)
        };
        if let Err(error) = say() {
            tracing::warn!(%error, "the next opening of the store will be slower");
        }
    }

    fn look(&self) -> Option<String> {
        let data = fs::metadata(&self.data).ok()?;
        Some(format!("{} {} {}.{:09}", data.len(), data.ino(), data.mtime(), data.mtime_nsec()))
    }

    fn writing(&self) -> Option<String> {
        Some(format!("writing {}", fs::metadata(&self.data).ok()?.ino()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_being_written_to_is_whole_unless_somebody_else_changed_it_later() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("store.redb");
        fs::write(&data, "one").unwrap();
        let seal = Seal::of(&data);
        assert!(!seal.is_whole(true), "there is no seal");
        seal.set();
        assert!(seal.is_whole(true));
        fs::write(&data, "longer").unwrap();
        assert!(!seal.is_whole(true), "nobody said that it would be written to");
        seal.begin();
        fs::write(&data, "longer still").unwrap();
        assert!(seal.is_whole(true));
        assert!(!seal.is_whole(false), "a small file is soon checked");
        let handle = OpenOptions::new().write(true).open(&data).unwrap();
        handle.set_modified(SystemTime::now() + 3 * LATE).unwrap();
        assert!(!seal.is_whole(true), "changed long after");
        fs::rename(&data, dir.path().join("old")).unwrap();
        fs::write(&data, "longer still").unwrap();
        assert!(!seal.is_whole(true), "another file");
        seal.set();
        assert!(seal.is_whole(true));
    }
}
