//! The private directory of one attempt, and what lies in it.
//!
//! To make and remove a directory costs more than all else that is done for a small job, so one that an attempt has
//! left empty is given to the next, under another name.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

const JOB: &str = "job.json";
const CONTROL: &str = "control";
const RESULT: &str = "result";
const TOKEN: &str = "token";

/// Empty directories that are kept for attempts to come.
const SPARES: usize = 64;

/// The place of the private directories of one handler. Removed with all that is in it when this is dropped.
#[derive(Debug)]
pub(super) struct AttemptDirs {
    parent: PathBuf,
    reuse: bool,
    place: Mutex<Place>,
}

#[derive(Debug, Default)]
struct Place {
    root: Option<PathBuf>,
    spares: Vec<PathBuf>,
    spares_made: u64,
}

impl AttemptDirs {
    /// Nothing is made in `parent` before the first attempt. `reuse` says whether directories left empty are used again.
    pub(super) fn new(parent: PathBuf, reuse: bool) -> Self {
        Self { parent, reuse, place: Mutex::default() }
    }

    /// A directory with this name, which no other attempt has ever had.
    pub(super) fn take(self: &Arc<Self>, name: &str) -> io::Result<AttemptDir> {
        let (root, spare) = {
            let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            let root = match &place.root {
                Some(root) => root.clone(),
                None => {
                    place.root.insert(make_private(&self.parent.join(format!("oada-jobs-{name}")))?).clone()
                }
            };
            (root, place.spares.pop())
        };
        let path = root.join(name);
        match spare.map(|spare| fs::rename(spare, &path)) {
            Some(Ok(())) => {}
            // Somebody cleans up in the temporary folder.
            Some(Err(_)) | None => {
                make_private(&path).or_else(|error| match error.kind() {
                    io::ErrorKind::NotFound => make_private(&root).and_then(|_| make_private(&path)),
                    _ => Err(error),
                })?;
            }
        }
        Ok(AttemptDir { path, dirs: Arc::clone(self) })
    }

    /// Takes an empty directory back.
    fn keep(&self, path: &Path) -> io::Result<()> {
        let spare = {
            let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.reuse || place.spares.len() >= SPARES {
                return fs::remove_dir(path);
            }
            place.spares_made += 1;
            path.with_file_name(format!("spare-{}", place.spares_made))
        };
        fs::rename(path, &spare)?;
        self.place.lock().unwrap_or_else(PoisonError::into_inner).spares.push(spare);
        Ok(())
    }
}

impl Drop for AttemptDirs {
    fn drop(&mut self) {
        let place = self.place.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(root) = &place.root {
            remove(root);
        }
    }
}

/// A directory of mode 0700. What is in it is removed when this is dropped, and so is it, as far as anybody can see.
#[derive(Debug)]
pub(super) struct AttemptDir {
    path: PathBuf,
    dirs: Arc<AttemptDirs>,
}

impl AttemptDir {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn job(&self) -> PathBuf {
        self.path.join(JOB)
    }

    pub(super) fn control(&self) -> PathBuf {
        self.path.join(CONTROL)
    }

    pub(super) fn result(&self) -> PathBuf {
        self.path.join(RESULT)
    }

    pub(super) fn token(&self) -> PathBuf {
        self.path.join(TOKEN)
    }

    /// Writes a file that only we can read.
    pub(super) fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        debug_assert!(path.starts_with(&self.path));
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(content)
    }

    /// Makes the named pipe of the control channel; returns our end and the one for the handler.
    ///
    /// A named pipe is descriptor 3 and a path at once: a path is what a language that closes all descriptors of its
    /// children can still use. Ours is open for writing too, so that the pipe is not at its end whenever nobody else
    /// has it open.
    pub(super) fn open_control(&self) -> io::Result<(File, OwnedFd)> {
        let path = self.control();
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
        let ours = OpenOptions::new().read(true).write(true).custom_flags(nonblocking).open(&path)?;
        let theirs = OpenOptions::new().write(true).open(&path)?;
        Ok((ours, theirs.into()))
    }

    /// What the handler wrote as its result, up to `limit` bytes and one; `None` if it wrote nothing.
    pub(super) fn read_result(&self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        // Not blocking, should it be a named pipe; and no link that leads elsewhere.
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
        let file = match OpenOptions::new().read(true).custom_flags(flags).open(self.result()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut content = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut content)?;
        Ok(Some(content))
    }

    /// Whether the directory is as it was given, once what we put there is gone.
    fn is_untouched(&self) -> io::Result<bool> {
        for name in [JOB, CONTROL] {
            fs::remove_file(self.path.join(name))?;
        }
        let mode = fs::symlink_metadata(&self.path)?.permissions().mode();
        Ok(mode & 0o7777 == PRIVATE && fs::read_dir(&self.path)?.next().is_none())
    }
}

impl Drop for AttemptDir {
    fn drop(&mut self) {
        let kept = self.is_untouched().is_ok_and(|untouched| untouched && self.dirs.keep(&self.path).is_ok());
        if !kept {
            remove(&self.path);
        }
    }
}

const PRIVATE: u32 = 0o700;

fn make_private(path: &Path) -> io::Result<PathBuf> {
    DirBuilder::new().mode(PRIVATE).create(path)?;
    Ok(path.to_owned())
}

fn remove(dir: &Path) {
    let removed = fs::remove_dir_all(dir).or_else(|_| {
        make_removable(dir);
        fs::remove_dir_all(dir)
    });
    if let Err(error) = removed
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %dir.display(), %error, "failed to remove a handler's directory");
    }
}

/// Gives us back the directories that a handler has closed against us. As the owner we may.
fn make_removable(dir: &Path) {
    let _ = fs::set_permissions(dir, fs::Permissions::from_mode(PRIVATE));
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_removable(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_all(dir: &AttemptDir) {
        dir.write(&dir.job(), b"{}").unwrap();
        dir.open_control().unwrap();
    }

    #[test]
    fn a_directory_is_gone_whether_it_was_left_empty_or_not() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        for touch in [
            |_: &Path| {},
            |path: &Path| fs::write(path.join("more"), "x").unwrap(),
            |path: &Path| {
                fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
            },
        ] {
            for name in ["a", "b"] {
                let dir = dirs.take(name).unwrap();
                put_all(&dir);
                let path = dir.path().to_owned();
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, PRIVATE);
                touch(&path);
                drop(dir);
                assert!(!path.exists());
            }
        }
        drop(dirs);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_place_is_made_again_if_somebody_cleans_up() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        put_all(&dirs.take("a").unwrap());
        let root = fs::read_dir(parent.path()).unwrap().next().unwrap().unwrap().path();
        fs::remove_dir_all(&root).unwrap();
        assert!(dirs.take("b").unwrap().path().exists());
    }
}
