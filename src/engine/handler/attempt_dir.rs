//! The private directory of one attempt, and what lies in it.
//!
//! To make and remove a directory, a file and a named pipe costs as much as all else that is done for a small job
//! (ext4 does not like to give out what was just given back). So one that an attempt has left just as it was given is
//! used for the next, emptied and under another name: nobody can tell, and only who uses it pays for it.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

const JOB: &str = "job.json";
const CONTROL: &str = "control";
const RESULT: &str = "result";
const TOKEN: &str = "token";

/// Directories that are kept for attempts to come. Each holds two descriptors.
const SPARES: usize = 64;

const PRIVATE_DIR: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;

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
    spares: VecDeque<Furnished>,
    spares_made: u64,
}

impl AttemptDirs {
    /// Nothing is made in `parent` before the first attempt. `reuse` says whether directories are used again.
    pub(super) fn new(parent: PathBuf, reuse: bool) -> Self {
        Self { parent, reuse, place: Mutex::default() }
    }

    /// A directory with this name, which no other attempt has ever had.
    pub(super) fn take(self: &Arc<Self>, name: &str) -> io::Result<AttemptDir> {
        let (root, spare) = {
            let mut place = self.place();
            let root = match &place.root {
                Some(root) => root.clone(),
                None => {
                    place.root.insert(private_dir(&self.parent.join(format!("oada-jobs-{name}")))?).clone()
                }
            };
            (root, place.free_spare())
        };
        let path = root.join(name);
        let furnished = match spare.map(|spare| spare.moved_to(&path)) {
            Some(Ok(furnished)) => furnished,
            Some(Err(_)) | None => Furnished::new(&path).or_else(|error| match error.kind() {
                // Somebody cleans up in the temporary folder.
                io::ErrorKind::NotFound => private_dir(&root).and_then(|_| Furnished::new(&path)),
                _ => Err(error),
            })?,
        };
        let open = OpenOptions::new().write(true).open(path.join(CONTROL))?;
        Ok(AttemptDir { furnished, open: Some(open), path, dirs: Arc::clone(self) })
    }

    /// Keeps a directory for another attempt, unless it was touched.
    fn keep(&self, furnished: &Furnished) -> io::Result<()> {
        if !self.reuse || !furnished.is_untouched()? {
            return Err(io::Error::other("it was touched"));
        }
        let path = {
            let mut place = self.place();
            if place.spares.len() >= SPARES {
                return Err(io::Error::other("there are enough"));
            }
            place.spares_made += 1;
            furnished.path.with_file_name(format!("spare-{}", place.spares_made))
        };
        let spare = furnished.moved_to(&path)?;
        self.place().spares.push_back(spare);
        Ok(())
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// A spare whose control channel nobody has open. The ones that have waited longest are looked at: every process
    /// that is being started has all our descriptors for a moment, also the one that was just closed.
    fn free_spare(&mut self) -> Option<Furnished> {
        for _ in 0..self.spares.len().min(4) {
            let spare = self.spares.pop_front()?;
            if spare.is_at_end() {
                return Some(spare);
            }
            self.spares.push_back(spare);
        }
        None
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

/// A directory with the file and the named pipe that each attempt finds in its own.
#[derive(Debug)]
struct Furnished {
    path: PathBuf,
    job: Arc<File>,
    /// The reading end.
    control: Arc<File>,
}

impl Furnished {
    fn new(path: &Path) -> io::Result<Self> {
        private_dir(path)?;
        let job = path.join(JOB);
        let job = OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(job)?;
        let control = path.join(CONTROL);
        mknodat(CWD, &control, FileType::Fifo, Mode::from_raw_mode(PRIVATE_FILE), 0)?;
        let control = OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(control)?;
        Ok(Self { path: path.to_owned(), job: Arc::new(job), control: Arc::new(control) })
    }

    fn moved_to(&self, path: &Path) -> io::Result<Self> {
        fs::rename(&self.path, path)?;
        Ok(Self { path: path.to_owned(), job: Arc::clone(&self.job), control: Arc::clone(&self.control) })
    }

    /// Whether all is as it was given. Empties the file.
    fn is_untouched(&self) -> io::Result<bool> {
        let is_same = |name: &str, file: &File, is_kind: fn(&Metadata) -> bool| -> io::Result<bool> {
            let (found, given) = (fs::symlink_metadata(self.path.join(name))?, file.metadata()?);
            let is_given = found.ino() == given.ino() && found.dev() == given.dev() && found.nlink() == 1;
            Ok(is_given && is_kind(&found) && found.mode() & 0o7777 == PRIVATE_FILE)
        };
        self.job.set_len(0)?;
        Ok(fs::symlink_metadata(&self.path)?.permissions().mode() & 0o7777 == PRIVATE_DIR
            && fs::read_dir(&self.path)?.take(3).count() == 2
            && is_same(JOB, &self.job, Metadata::is_file)?
            && is_same(CONTROL, &self.control, |found| found.file_type().is_fifo())?)
    }

    /// Whether the control channel is empty and nobody has it open for writing.
    fn is_at_end(&self) -> bool {
        matches!((&*self.control).read(&mut [0]), Ok(0))
    }
}

/// A directory of mode 0700. It is gone when this is dropped, with all that is in it.
#[derive(Debug)]
pub(super) struct AttemptDir {
    furnished: Furnished,
    /// Keeps the control channel from being at its end whenever the handler does not have it open.
    open: Option<File>,
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

    /// Writes the job into its file.
    pub(super) fn write_job(&self, content: &[u8]) -> io::Result<()> {
        self.furnished.job.write_all_at(content, 0)
    }

    /// Writes several jobs into its file, one after the other.
    pub(super) fn write_jobs(&self, lines: impl Iterator<Item = Vec<u8>>) -> io::Result<()> {
        let mut at = 0;
        for line in lines {
            self.furnished.job.write_all_at(&line, at)?;
            at += line.len() as u64;
        }
        Ok(())
    }

    /// Writes the token into a file that only we can read.
    pub(super) fn write_token(&self, token: &str) -> io::Result<()> {
        let options = OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(self.token());
        options?.write_all(token.as_bytes())
    }

    /// The ends of the control channel: ours, which does not block, and the one for the handler.
    ///
    /// A named pipe is descriptor 3 and a path at once: a path is what a language that closes all descriptors of its
    /// children can still use.
    pub(super) fn open_control(&self) -> io::Result<(File, OwnedFd)> {
        let theirs = self.open.as_ref().map(File::try_clone).transpose()?;
        let theirs = theirs.ok_or_else(|| io::Error::other("the control channel is closed"))?;
        Ok((self.furnished.control.try_clone()?, theirs.into()))
    }

    /// What the handler wrote as its result, up to `limit` bytes and one; `None` if it wrote nothing.
    pub(super) fn read_result(&self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        // Not blocking, should it be a named pipe; and no link that leads elsewhere.
        let flags = flags(OFlags::NONBLOCK | OFlags::NOFOLLOW);
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
        self.open = None;
        if self.dirs.keep(&self.furnished).is_err() {
            remove(&self.path);
        }
    }
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

fn private_dir(path: &Path) -> io::Result<PathBuf> {
    DirBuilder::new().mode(PRIVATE_DIR).create(path)?;
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
    let _ = fs::set_permissions(dir, fs::Permissions::from_mode(PRIVATE_DIR));
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_removable(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory in which a job was run.
    fn used(dirs: &Arc<AttemptDirs>, name: &str) -> AttemptDir {
        let dir = dirs.take(name).unwrap();
        dir.write_job(b"{}").unwrap();
        drop(dir.open_control().unwrap());
        dir
    }

    #[test]
    fn an_attempt_finds_its_own_directory_whatever_those_before_have_done() {
        let parent = tempfile::tempdir().unwrap();
        let outside = parent.path().join("outside");
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        let deeds: [&dyn Fn(&Path); 7] = [
            &|_| {},
            &|path| fs::write(path.join("more"), "x").unwrap(),
            &|path| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap(),
            &|path| fs::set_permissions(path.join(JOB), fs::Permissions::from_mode(0o666)).unwrap(),
            &|path| fs::hard_link(path.join(JOB), &outside).unwrap(),
            &|path| {
                fs::remove_file(path.join(CONTROL)).unwrap();
                fs::write(path.join(CONTROL), "x").unwrap();
            },
            &|path| fs::remove_dir_all(path).unwrap(),
        ];
        for (number, deed) in deeds.iter().enumerate() {
            for name in ["a", "b"] {
                let dir = used(&dirs, &format!("{name}{number}"));
                let path = dir.path().to_owned();
                let mode = |path: &Path| fs::symlink_metadata(path).unwrap().mode() & 0o777;
                assert_eq!((mode(&path), mode(&dir.job())), (PRIVATE_DIR, PRIVATE_FILE));
                assert_eq!(fs::read(dir.job()).unwrap(), b"{}");
                assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
                deed(&path);
                drop(dir);
                assert!(!path.exists());
                let _ = fs::remove_file(&outside);
            }
        }
        drop(dirs);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_control_channel_that_somebody_still_has_is_not_used_again() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        let dir = used(&dirs, "a");
        let mut late = OpenOptions::new().write(true).open(dir.control()).unwrap();
        drop(dir);
        let dir = used(&dirs, "b");
        let (mut ours, _theirs) = dir.open_control().unwrap();
        let _ = late.write_all(b"x");
        assert_eq!(ours.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn the_place_is_made_again_if_somebody_cleans_up() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        drop(used(&dirs, "a"));
        let root = fs::read_dir(parent.path()).unwrap().next().unwrap().unwrap().path();
        fs::remove_dir_all(&root).unwrap();
        assert!(dirs.take("b").unwrap().path().exists());
    }
}
