//! The private directory of one attempt, and what lies in it.
//!
//! To make and remove a directory, a file and a named pipe costs as much as all else that is done for a small job
//! (ext4 does not like to give out what was just given back). So one that an attempt has left just as it was given is
//! used for the next, under another name: nobody can tell, and only who uses it pays for it.
//!
//! It gets its new name when it is taken. Until then, or until it is put away a moment later, it lies where it lay, so that
//! one job after the other costs one step and not two. Its file is written over and cut, but not emptied before: ext4 takes
//! a file that was emptied for one that is being replaced, and writes it to the disk when it is closed.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use tokio::runtime::Handle;

use crate::process::ReadEnd;

const JOB: &str = "job.json";
const CONTROL: &str = "control";
const RESULT: &str = "result";
const TOKEN: &str = "token";

/// Directories that are kept for attempts to come. Each holds two descriptors.
const SPARES: usize = 64;
/// How long after an attempt its directory is put away, unless it is taken before.
const PUT_AWAY_AFTER: Duration = Duration::from_millis(100);

/// How long before it was made a directory says that it was changed last: more than the coarsest clock of a file system
/// takes for a step, so that whatever is done to it later shows.
const DATED_BACK: Duration = Duration::from_secs(60);

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
    /// As attempts have left them. Bounded by how many end within the time after which they are put away.
    left: VecDeque<Furnished>,
    /// Put away, untouched and emptied.
    spares: VecDeque<Furnished>,
    /// Those that cannot be used again, to be removed.
    spoilt: Vec<PathBuf>,
    /// How many were renamed to be out of the way.
    put_away: u64,
    /// Whether somebody will come and put away.
    is_expected: bool,
}

impl AttemptDirs {
    /// Nothing is made in `parent` before the first attempt. `reuse` says whether directories are used again.
    pub(super) fn new(parent: PathBuf, reuse: bool) -> Self {
        Self { parent, reuse, place: Mutex::default() }
    }

    /// A directory with this name, which no other attempt has ever had.
    pub(super) fn take(self: &Arc<Self>, name: &str) -> io::Result<AttemptDir> {
        let root = {
            let mut place = self.place();
            match &place.root {
                Some(root) => root.clone(),
                None => {
                    place.root.insert(private_dir(&self.parent.join(format!("oada-jobs-{name}")))?).clone()
                }
            }
        };
        let path = root.join(name);
        let furnished = match self.take_over(&path) {
            Some(furnished) => furnished,
            None => Furnished::new(&path).or_else(|error| match error.kind() {
                // Somebody cleans up in the temporary folder.
                io::ErrorKind::NotFound => private_dir(&root).and_then(|_| Furnished::new(&path)),
                _ => Err(error),
            })?,
        };
        let open = OpenOptions::new().write(true).open(path.join(CONTROL))?;
        Ok(AttemptDir { furnished: Some(furnished), open: Some(open), dirs: Arc::clone(self) })
    }

    /// One that another attempt has left untouched, under this name from now on.
    fn take_over(&self, path: &Path) -> Option<Furnished> {
        loop {
            // Looked at under its new name: nobody who knows the old one comes in between.
            let left = self.place().free_left();
            if let Some(mut left) = left {
                // Whoever has removed it has removed all of it.
                if left.move_to(path).is_err() {
                    continue;
                }
                if left.is_untouched().unwrap_or(false) {
                    return Some(left);
                }
                self.spoil(left);
                continue;
            }
            let mut spare = self.place().free_spare()?;
            if spare.move_to(path).is_ok() {
                return Some(spare);
            }
        }
    }

    /// Takes back a directory that an attempt has left. Returns whether nobody is expected yet who puts it away.
    fn leave(&self, furnished: Furnished) -> bool {
        let mut place = self.place();
        place.left.push_back(furnished);
        !std::mem::replace(&mut place.is_expected, true)
    }

    /// Puts away what attempts have left: untouched directories for attempts to come, all others are removed.
    fn put_away(&self) {
        let (left, spoilt) = {
            let mut place = self.place();
            place.is_expected = false;
            (std::mem::take(&mut place.left), std::mem::take(&mut place.spoilt))
        };
        spoilt.iter().for_each(|path| remove(path));
        for mut left in left {
            if self.is_spare(&mut left).unwrap_or(false) {
                self.place().spares.push_back(left);
            } else {
                remove(&left.path);
            }
        }
    }

    /// Whether a directory is good for another attempt. It is emptied and out of the way then.
    fn is_spare(&self, left: &mut Furnished) -> io::Result<bool> {
        if self.place().spares.len() >= SPARES {
            return Ok(false);
        }
        let path = self.out_of_the_way(left);
        left.move_to(&path)?;
        let is_spare = left.is_untouched()?;
        if is_spare {
            left.empty()?;
        }
        Ok(is_spare)
    }

    /// Has a directory removed later.
    fn spoil(&self, mut furnished: Furnished) {
        let path = self.out_of_the_way(&furnished);
        let _ = furnished.move_to(&path);
        self.place().spoilt.push(furnished.path);
    }

    /// A name that no attempt knows.
    fn out_of_the_way(&self, furnished: &Furnished) -> PathBuf {
        let mut place = self.place();
        place.put_away += 1;
        furnished.path.with_file_name(format!("spare-{}", place.put_away))
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// One that an attempt has left and nobody has open, oldest first.
    fn free_left(&mut self) -> Option<Furnished> {
        free(&mut self.left)
    }

    /// One that was put away.
    fn free_spare(&mut self) -> Option<Furnished> {
        free(&mut self.spares)
    }
}

/// One whose control channel nobody has open. Those that have waited longest are looked at: every process that is being
/// started has all our descriptors for a moment, also the one that was just closed.
fn free(waiting: &mut VecDeque<Furnished>) -> Option<Furnished> {
    for _ in 0..waiting.len().min(4) {
        let first = waiting.pop_front()?;
        if first.is_at_end() {
            return Some(first);
        }
        waiting.push_back(first);
    }
    None
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
    job: File,
    /// How long the file may be.
    job_bytes: u64,
    /// The reading end.
    control: File,
    /// When the directory says that it was changed last, if it could be dated back: it is listed otherwise.
    dated: Option<(i64, i64)>,
}

impl Furnished {
    fn new(path: &Path) -> io::Result<Self> {
        private_dir(path)?;
        let job = path.join(JOB);
        let job = OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(job)?;
        let control = path.join(CONTROL);
        mknodat(CWD, &control, FileType::Fifo, Mode::from_raw_mode(PRIVATE_FILE), 0)?;
        let control = OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(control)?;
        let dated = date_back(path).unwrap_or_default();
        Ok(Self { path: path.to_owned(), job, job_bytes: 0, control, dated })
    }

    fn move_to(&mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.path = path.to_owned();
        Ok(())
    }

    /// Whether all is as it was given, but for what is in the file.
    fn is_untouched(&mut self) -> io::Result<bool> {
        let (dir, job, control) =
            (fs::symlink_metadata(&self.path)?, self.job.metadata()?, self.control.metadata()?);
        self.job_bytes = job.len();
        let is_given = |file: &Metadata| file.nlink() == 1 && file.mode() & 0o7777 == PRIVATE_FILE;
        Ok(dir.mode() & 0o7777 == PRIVATE_DIR
            && is_given(&job)
            && is_given(&control)
            && self.has_only_its_own(&dir, [(JOB, &job), (CONTROL, &control)])?)
    }

    /// Whether its two entries are those that it was given. A directory that was not changed has them.
    fn has_only_its_own(&self, dir: &Metadata, given: [(&str, &Metadata); 2]) -> io::Result<bool> {
        if self.dated == Some(changed_at(dir)) {
            return Ok(true);
        }
        for (name, given) in given {
            let found = fs::symlink_metadata(self.path.join(name))?;
            if (found.ino(), found.dev()) != (given.ino(), given.dev()) {
                return Ok(false);
            }
        }
        Ok(fs::read_dir(&self.path)?.take(3).count() == 2)
    }

    fn write(&mut self, lines: impl Iterator<Item = impl AsRef<[u8]>>) -> io::Result<()> {
        let mut at = 0;
        for line in lines {
            self.job.write_all_at(line.as_ref(), at)?;
            at += line.as_ref().len() as u64;
        }
        if self.job_bytes > at {
            self.job.set_len(at)?;
        }
        self.job_bytes = at;
        Ok(())
    }

    fn empty(&mut self) -> io::Result<()> {
        self.job_bytes = 0;
        self.job.set_len(0)
    }

    /// Whether the control channel is empty and nobody has it open for writing.
    fn is_at_end(&self) -> bool {
        matches!((&self.control).read(&mut [0]), Ok(0))
    }
}

/// A directory of mode 0700. It is gone soon after this is dropped, with all that is in it.
#[derive(Debug)]
pub(super) struct AttemptDir {
    /// Always there before it is dropped.
    furnished: Option<Furnished>,
    /// Keeps the control channel from being at its end whenever the handler does not have it open.
    open: Option<File>,
    dirs: Arc<AttemptDirs>,
}

impl AttemptDir {
    fn furnished(&self) -> &Furnished {
        self.furnished.as_ref().expect("it is taken out when this is dropped")
    }

    pub(super) fn path(&self) -> &Path {
        &self.furnished().path
    }

    pub(super) fn job(&self) -> PathBuf {
        self.path().join(JOB)
    }

    pub(super) fn control(&self) -> PathBuf {
        self.path().join(CONTROL)
    }

    pub(super) fn result(&self) -> PathBuf {
        self.path().join(RESULT)
    }

    pub(super) fn token(&self) -> PathBuf {
        self.path().join(TOKEN)
    }

    /// Writes jobs into its file, one after the other.
    pub(super) fn write_jobs(&mut self, lines: impl Iterator<Item = impl AsRef<[u8]>>) -> io::Result<()> {
        self.furnished.as_mut().map_or(Ok(()), |furnished| furnished.write(lines))
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
    pub(super) fn open_control(&self) -> io::Result<(ReadEnd, OwnedFd)> {
        let theirs = self.open.as_ref().map(File::try_clone).transpose()?;
        let theirs = theirs.ok_or_else(|| io::Error::other("the control channel is closed"))?;
        Ok((ReadEnd::of_nonblocking(self.furnished().control.try_clone()?.into()), theirs.into()))
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
    /// Costs nothing to speak of: the work is done by the next attempt or by somebody else, away from the threads of the
    /// runtime.
    fn drop(&mut self) {
        self.open = None;
        let Some(furnished) = self.furnished.take() else { return };
        let (dirs, runtime) = (Arc::clone(&self.dirs), Handle::try_current().ok());
        if !dirs.reuse {
            let remove = move || remove(&furnished.path);
            match runtime {
                Some(runtime) => drop(runtime.spawn_blocking(remove)),
                None => remove(),
            }
        } else if dirs.leave(furnished) {
            match runtime {
                Some(runtime) => drop(runtime.spawn(put_away_later(dirs))),
                None => dirs.put_away(),
            }
        }
    }
}

fn changed_at(dir: &Metadata) -> (i64, i64) {
    (dir.mtime(), dir.mtime_nsec())
}

/// Has a directory say that it was changed last some time ago. Returns what it says then; `None` where that does not work.
fn date_back(dir: &Path) -> io::Result<Option<(i64, i64)>> {
    let dir = File::open(dir)?;
    let made = dir.metadata()?;
    let Some(back) = made.modified()?.checked_sub(DATED_BACK) else { return Ok(None) };
    dir.set_modified(back)?;
    let dated = changed_at(&dir.metadata()?);
    Ok((dated < changed_at(&made)).then_some(dated))
}

async fn put_away_later(dirs: Arc<AttemptDirs>) {
    tokio::time::sleep(PUT_AWAY_AFTER).await;
    // Whoever ends the runtime meanwhile drops the handler as well, and with it the whole place.
    let _ = tokio::task::spawn_blocking(move || dirs.put_away()).await;
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
        let mut dir = dirs.take(name).unwrap();
        dir.write_jobs(["{", "}"].iter()).unwrap();
        drop(dir.open_control().unwrap());
        dir
    }

    /// Runs attempts one after the other, each of which does one of many things to what it was given.
    fn attempts(parent: &Path, is_put_away: bool) {
        let outside = parent.join("outside");
        let dirs = Arc::new(AttemptDirs::new(parent.to_owned(), true));
        let deeds: [&dyn Fn(&Path); 8] = [
            &|_| {},
            &|path| fs::write(path.join("more"), "x").unwrap(),
            &|path| fs::write(path.join(JOB), "more than there was").unwrap(),
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
                let mut dir = used(&dirs, &format!("{name}{number}"));
                if name == "b" {
                    // As where a directory cannot be dated back.
                    dir.furnished.as_mut().unwrap().dated = None;
                }
                let path = dir.path().to_owned();
                let mode = |path: &Path| fs::symlink_metadata(path).unwrap().mode() & 0o777;
                assert_eq!((mode(&path), mode(&dir.job())), (PRIVATE_DIR, PRIVATE_FILE));
                assert_eq!(fs::read(dir.job()).unwrap(), b"{}");
                assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
                deed(&path);
                drop(dir);
                assert!(!(is_put_away && path.exists()));
                let _ = fs::remove_file(&outside);
            }
        }
        drop(dirs);
    }

    #[test]
    fn an_attempt_finds_its_own_directory_whatever_those_before_have_done() {
        let parent = tempfile::tempdir().unwrap();
        attempts(parent.path(), true);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn the_same_when_one_comes_right_after_the_other() {
        let parent = tempfile::tempdir().unwrap();
        // Nobody who puts away has a turn meanwhile.
        attempts(parent.path(), false);
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while fs::read_dir(parent.path()).unwrap().count() > 0 {
            assert!(std::time::Instant::now() < deadline, "what was left is not put away");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn what_was_left_is_used_again_or_put_away_soon() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        let first = used(&dirs, "a");
        let (path, number) = (first.path().to_owned(), fs::metadata(first.job()).unwrap().ino());
        drop(first);
        let second = used(&dirs, "b");
        assert!(!path.exists() && fs::metadata(second.job()).unwrap().ino() == number);
        let path = second.path().to_owned();
        drop(second);
        while path.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let root = path.parent().unwrap();
        let spare = fs::read_dir(root).unwrap().next().unwrap().unwrap().path();
        assert_eq!(fs::read(spare.join(JOB)).unwrap(), b"", "a job lies about");
        assert_eq!(fs::metadata(used(&dirs, "c").job()).unwrap().ino(), number);
    }

    #[test]
    fn a_control_channel_that_somebody_still_has_is_not_used_again() {
        let parent = tempfile::tempdir().unwrap();
        let dirs = Arc::new(AttemptDirs::new(parent.path().to_owned(), true));
        let dir = used(&dirs, "a");
        let mut late = OpenOptions::new().write(true).open(dir.control()).unwrap();
        drop(dir);
        let dir = used(&dirs, "b");
        let (ours, _theirs) = dir.open_control().unwrap();
        let _ = late.write_all(b"x");
        assert_eq!(ours.read_now(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
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
