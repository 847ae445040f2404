//! Remembers what the data file looked like when it was last left in order.
//!
//! A file that still looks so is opened at once. Any other has been cut off in the middle of a write, or touched by
//! somebody else, and is checked from end to end first. A seal that was lost only costs that check.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(super) struct Seal {
    data: PathBuf,
    file: PathBuf,
}

impl Seal {
    pub(super) fn of(data: &Path) -> Self {
        Self { data: data.to_owned(), file: data.with_extension("seal") }
    }

    /// Whether there ever was a file in order.
    pub(super) fn exists(&self) -> bool {
        self.file.exists()
    }

    /// Whether the file looks as it did.
    pub(super) fn is_whole(&self) -> bool {
        match (fs::read_to_string(&self.file), self.look()) {
            (Ok(seen), Some(look)) => seen == look,
            _ => false,
        }
    }

    /// Takes down what the file looks like.
    pub(super) fn set(&self) {
        let Some(look) = self.look() else { return };
        let set = || -> std::io::Result<()> {
            let file: File =
                OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.file)?;
            file.write_all_at(look.as_bytes(), 0)?;
            file.set_len(look.len() as u64)
        };
        if let Err(error) = set() {
            tracing::warn!(%error, "the next opening of the store will be slower");
        }
    }

    fn look(&self) -> Option<String> {
        let data = fs::metadata(&self.data).ok()?;
        Some(format!("{} {} {}.{:09}", data.len(), data.ino(), data.mtime(), data.mtime_nsec()))
    }
}
