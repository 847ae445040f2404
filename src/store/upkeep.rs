//! Looking after a data folder: copies, compaction, figures.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::check::{self, CheckReport};
use super::db::{self, Db};
use super::error::Error;
use super::folder::Folder;
use super::{Store, StoreOptions};

/// The size of a store, and what it is doing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Stats {
    /// All rows of the data file.
    pub rows: u64,
    /// What the rows hold, keys included, in bytes.
    pub stored_bytes: u64,
    /// What the data file takes on the disk with its journals, in bytes.
    pub disk_bytes: u64,
    /// Users.
    pub users: usize,
    /// Tokens, that of the folder included.
    pub tokens: usize,
    /// Resources that sockets watch, counted once for each socket.
    pub watches: usize,
    /// Writes since the store was opened.
    pub writes: u64,
    /// Transactions in which they were written: a sync of the journal each, unless nothing was to be written.
    pub commits: u64,
}

impl Store {
    /// Figures about the store.
    ///
    /// # Errors
    /// [`Error::Database`] if they cannot be read.
    pub fn stats(&self) -> Result<Stats, Error> {
        let (rows, stored_bytes) = self.db()?.size()?;
        let on_disk = |file: &Path| fs::metadata(file).map_or(0, |data| data.blocks() * 512);
        let disk_bytes = self.data_file().map(|file| {
            on_disk(&file) + db::journals_of(&file).iter().map(|journal| on_disk(journal)).sum::<u64>()
        });
        Ok(Stats {
            rows,
            stored_bytes,
            disk_bytes: disk_bytes.unwrap_or(0),
            users: self.inner.auth.user_count(),
            tokens: self.inner.auth.tokens().len(),
            watches: self.inner.hub.count(),
            writes: self.inner.writer.counts().writes.load(Ordering::Relaxed),
            commits: self.inner.writer.counts().commits.load(Ordering::Relaxed),
        })
    }

    /// Copies the state of this moment to a new file, while the store goes on.
    ///
    /// # Errors
    /// [`Error::Io`] if the file exists or cannot be written.
    pub fn backup(&self, file: &Path) -> Result<(), Error> {
        if file.exists() {
            return Err(Error::io("create", file)(std::io::ErrorKind::AlreadyExists.into()));
        }
        let draft = draft(file);
        // One may be left of a copy that was broken off.
        let _ = fs::remove_file(&draft);
        let copied = self.db()?.copy_to(&draft);
        if copied.is_err() {
            let _ = fs::remove_file(&draft);
        }
        copied?;
        fs::rename(&draft, file).map_err(Error::io("write", file))
    }

    /// Makes a data folder of a copy. What is wrong with the copy is found before anything is made of it.
    ///
    /// The folder must not hold data. Its owner gets a new token.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Newer`] for a copy that cannot be used; [`Error::Locked`]; [`Error::Io`], also
    /// if the folder holds data.
    pub fn restore(copy: &Path, dir: &Path) -> Result<(), Error> {
        let options = StoreOptions::default().verify();
        if !copy.is_file() {
            return Err(Error::io("read", copy)(std::io::ErrorKind::NotFound.into()));
        }
        let folder = Folder::lock(dir)?;
        let data = folder.data();
        if data.exists() {
            return Err(Error::io("create", data)(std::io::ErrorKind::AlreadyExists.into()));
        }
        let draft = draft(&data);
        let restored = (|| {
            fs::copy(copy, &draft).map_err(Error::io("copy", copy))?;
            let report = {
                // The file is opened as a copy, so that no data file is there before it has been understood.
                let db = Db::open(&draft, &options.db())?;
                check::check(&db.snapshot()?)?
            };
            sound(copy, &report)?;
            let file = fs::File::open(&draft).map_err(Error::io("open", &draft))?;
            file.sync_all().map_err(Error::io("sync", &draft))?;
            fs::rename(&draft, &data).map_err(Error::io("write", &data))
        })();
        let [first, second] = db::journals_of(&draft);
        for left in [draft.clone(), draft.with_extension("seal"), first, second] {
            let _ = fs::remove_file(left);
        }
        restored
    }

    /// Gives back to the system what the data file no longer needs. The folder must not be in use.
    ///
    /// Returns the bytes that the file took on the disk before and after.
    ///
    /// # Errors
    /// [`Error::Locked`]; as [`Store::open`].
    pub fn compact(dir: &Path) -> Result<(u64, u64), Error> {
        let folder = Folder::lock(dir)?;
        let data = folder.data();
        let size = || fs::metadata(&data).map(|data| data.blocks() * 512).map_err(Error::io("read", &data));
        let before = size()?;
        let mut db = Db::open(&data, &StoreOptions::default().db())?;
        db.compact()?;
        drop(db);
        Ok((before, size()?))
    }
}

/// Where a file is made before it gets its name.
fn draft(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".draft");
    PathBuf::from(name)
}

fn sound(copy: &Path, report: &CheckReport) -> Result<(), Error> {
    match report.problems.first() {
        None => Ok(()),
        Some(problem) => Err(Error::Damaged { file: copy.to_owned(), reason: problem.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_makes_a_folder_again_and_the_owner_gets_a_token() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to, file) = (dir.path().join("from"), dir.path().join("to"), dir.path().join("copy"));
        let store = Store::open(&from, StoreOptions::default()).unwrap();
        store.add_user("ann").unwrap();
        store.backup(&file).unwrap();
        assert!(matches!(store.backup(&file), Err(Error::Io { .. })));
        assert!(matches!(Store::restore(&file, &from), Err(Error::Locked { .. })));

        Store::restore(&file, &to).unwrap();
        assert!(matches!(Store::restore(&file, &to), Err(Error::Io { .. })));
        let again = Store::open(&to, StoreOptions::default()).unwrap();
        assert_eq!(again.stats().unwrap().users, 2);
        assert_eq!(again.owner(), store.owner());
        let token = fs::read_to_string(to.join("token")).unwrap();
        let bearer = format!("Bearer {token}");
        assert!(again.inner.auth.session(Some(&bearer)).unwrap().owner);
        assert!(again.check().unwrap().is_clean());
    }

    #[test]
    fn a_damaged_copy_makes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (file, to) = (dir.path().join("copy"), dir.path().join("to"));
        fs::write(&file, "no database").unwrap();
        assert!(matches!(Store::restore(&file, &to), Err(Error::Damaged { .. })));
        assert!(!to.join(super::super::folder::DATA).exists());
    }

    #[test]
    fn a_folder_in_use_is_not_compacted() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), StoreOptions::default()).unwrap();
        assert!(matches!(Store::compact(dir.path()), Err(Error::Locked { .. })));
        store.close();
        let (before, after) = Store::compact(dir.path()).unwrap();
        assert!(after <= before, "{before} {after}");
        Store::open(dir.path(), StoreOptions::default()).unwrap();
    }
}
