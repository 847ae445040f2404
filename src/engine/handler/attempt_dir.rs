//! The private directory of one attempt, and what lies in it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

use crate::model::new_key;

const JOB: &str = "job.json";
const CONTROL: &str = "control";
const RESULT: &str = "result";
const TOKEN: &str = "token";

/// A directory of mode 0700 that is removed with all that is in it when this is dropped.
#[derive(Debug)]
pub(super) struct AttemptDir {
    path: PathBuf,
}

impl AttemptDir {
    /// Makes a directory whose name nobody could have foreseen.
    pub(super) fn new(parent: &Path) -> io::Result<Self> {
        let path = parent.join(format!("oada-job-{}", new_key()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path })
    }

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
}

impl Drop for AttemptDir {
    fn drop(&mut self) {
        for name in [JOB, CONTROL, RESULT, TOKEN] {
            let _ = fs::remove_file(self.path.join(name));
        }
        let removed = fs::remove_dir(&self.path).or_else(|_| {
            // The handler left more than we gave it.
            make_removable(&self.path);
            fs::remove_dir_all(&self.path)
        });
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.path.display(), %error, "failed to remove a handler's directory");
        }
    }
}

/// Gives us back the directories that a handler has closed against us. As the owner we may.
fn make_removable(dir: &Path) {
    let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_removable(&entry.path());
        }
    }
}
