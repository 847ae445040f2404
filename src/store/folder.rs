//! The data folder: its lock, its token, and the file that says where it is served.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::error::Error;

/// The database.
pub(super) const DATA: &str = "store.redb";
const LOCK: &str = "lock";
const TOKEN: &str = "token";
const ENDPOINT: &str = "endpoint.json";

/// A data folder that this process holds, until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    // Closing the file releases the lock.
    _lock: File,
}

/// Where a data folder is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) pid: u32,
    /// What `/health` names there, so that another server at the same address is not taken for it.
    pub(super) instance: String,
}

impl Folder {
    /// Makes the folder if it is not there, and takes its lock.
    pub(super) fn lock(path: &Path) -> Result<Self, Error> {
        create(path)?;
        let file = path.join(LOCK);
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&file)
            .map_err(Error::io("open", &file))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(Error::Locked { folder: path.to_owned(), holder_pid: holder(&file) });
            }
            Err(error) => return Err(Error::io("lock", &file)(error.into())),
        }
        let written = lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id()));
        written.map_err(Error::io("write", &file))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    /// Says where the folder is served.
    pub(super) fn announce(&self, url: &str, instance: &str) -> Result<(), Error> {
        let (url, instance) = (url.to_owned(), instance.to_owned());
        let endpoint = Endpoint { url, pid: std::process::id(), instance };
        let text = serde_json::to_string(&endpoint).unwrap_or_default();
        write_secret(&self.path, ENDPOINT, &text)
    }

    /// Takes back [`Folder::announce`].
    pub(super) fn withdraw(&self) {
        // It may never have been written; a stale one is told by the lock.
        let _ = fs::remove_file(self.path.join(ENDPOINT));
    }

    pub(super) fn write_token(&self, token: &SecretString) -> Result<(), Error> {
        write_secret(&self.path, TOKEN, token.expose_secret())
    }
}

/// The token of whoever owns the folder.
pub(super) fn read_token(folder: &Path) -> Result<SecretString, Error> {
    let file = folder.join(TOKEN);
    let text = fs::read_to_string(&file).map_err(Error::io("read", &file))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// Where the folder was last said to be served.
pub(super) fn read_endpoint(folder: &Path) -> Option<Endpoint> {
    serde_json::from_str(&fs::read_to_string(folder.join(ENDPOINT)).ok()?).ok()
}

fn create(path: &Path) -> Result<(), Error> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(Error::io("create", path))
}

fn holder(lock: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(lock).ok()?.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_secret(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let draft = folder.join(format!("{name}.{}", std::process::id()));
    let file = folder.join(name);
    let written = (|| {
        // One may be left of a process that died.
        let _ = fs::remove_file(&draft);
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        fs::rename(&draft, &file)
    })();
    written.map_err(Error::io("write", &file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_second_holder_is_told_who_has_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let held = Folder::lock(dir.path()).unwrap();
        match Folder::lock(dir.path()) {
            Err(Error::Locked { folder, holder_pid }) => {
                assert_eq!((folder.as_path(), holder_pid), (dir.path(), Some(std::process::id())));
            }
            other => panic!("{other:?}"),
        }
        drop(held);
        Folder::lock(dir.path()).unwrap();
    }

    #[test]
    fn secrets_are_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        let folder = Folder::lock(&path).unwrap();
        folder.write_token(&SecretString::from("t")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join(TOKEN)), 0o600);
        assert_eq!(read_token(&path).unwrap().expose_secret(), "t");
    }

    #[test]
    fn an_endpoint_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::lock(dir.path()).unwrap();
        assert_eq!(read_endpoint(dir.path()), None);
        folder.announce("http://127.0.0.1:1", "i").unwrap();
        let endpoint = read_endpoint(dir.path()).unwrap();
        assert_eq!((endpoint.url.as_str(), endpoint.instance.as_str()), ("http://127.0.0.1:1", "i"));
        folder.withdraw();
        assert_eq!(read_endpoint(dir.path()), None);
    }
}
