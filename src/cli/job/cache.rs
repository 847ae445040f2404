//! Finished jobs as they were last seen, kept on this machine: they hardly ever change, so the second look needs less.
//!
//! Owns the files. What is listed always comes from the server, and whether a job is still as it was is asked of it;
//! only what it holds is taken from here. Whatever is wrong with a file, the job is fetched.
//!
//! Below `oada-jobs/finished` in the XDG cache folder, each user of a store has a folder, and each day some files, that
//! are written once and never changed: a line a job, with a checksum, in the order in which jobs are listed. So a day is
//! read along with its list, whatever its length, and processes do not get in each other's way. A line holds a job as
//! results show it too, so that showing it again takes no more than copying that.

use std::cmp::Reverse;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::record::brief;
use crate::jobs::Found;
use crate::model::{Rev, new_key};

/// How much is kept of all stores.
const MOST_BYTES: u64 = 512 << 20;
/// The longest line that is kept or read.
const LONGEST_LINE: u64 = 1 << 20;
/// How much of a file is read at once.
const READ_AT_ONCE: usize = 64 << 10;
/// How many files a day may have before they are made one.
const MOST_FILES: usize = 8;
/// How long an unfinished file may be somebody's work.
const UNFINISHED: std::time::Duration = std::time::Duration::from_secs(3600);

/// What lines are like, and what they hold as results: whatever another version left is not read.
const FORMAT: &str = concat!("tabs ", env!("CARGO_PKG_VERSION"));

/// A job as it was last seen.
///
/// On a line, its parts stand between tabs, which are in none of them: JSON text has escapes for them.
#[derive(Clone, Debug)]
pub(super) struct Known {
    text: String,
    /// Where its parts end, without the last.
    ends: [usize; 5],
    rev: Rev,
}

impl Known {
    fn of(found: &Found) -> Option<Self> {
        let record = Value::Object(brief(&found.key, &found.id, &found.job));
        let parts = [&found.key, found.id.as_str(), &found.rev.0.to_string(), &found.etag];
        Self::parse(format!("{}\t{record}\t{}", parts.join("\t"), found.document))
    }

    fn parse(text: String) -> Option<Self> {
        let mut tabs = text.match_indices(['\t', '\n']).map(|(at, _)| at);
        let mut ends = [0; 5];
        for end in &mut ends {
            *end = tabs.next()?;
        }
        let is_more = tabs.next().is_some();
        drop(tabs);
        let mut known = Self { text, ends, rev: Rev(0) };
        known.rev = Rev(known.part(2).parse().ok()?);
        (!is_more).then_some(known)
    }

    fn part(&self, number: usize) -> &str {
        let begin = number.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        &self.text[begin..self.ends.get(number).copied().unwrap_or(self.text.len())]
    }

    fn key(&self) -> &str {
        self.part(0)
    }

    pub(super) fn id(&self) -> &str {
        self.part(1)
    }

    pub(super) fn rev(&self) -> Rev {
        self.rev
    }

    pub(super) fn etag(&self) -> &str {
        self.part(3)
    }

    /// The job as results show it, as JSON text.
    pub(super) fn record(&self) -> &str {
        self.part(4)
    }

    /// What the resource held.
    pub(super) fn document(&self) -> Option<Value> {
        serde_json::from_str(self.part(5)).ok()
    }
}

/// What is kept of one service for one user of a store.
#[derive(Debug)]
pub(in crate::cli) struct Cache {
    base: PathBuf,
    folder: PathBuf,
}

impl Cache {
    /// The cache for whom these words name; `None` where there is no place for one.
    pub(in crate::cli) fn named(words: &[&str]) -> Option<Self> {
        let base = etcetera::choose_base_strategy().ok()?.cache_dir().join("oada-jobs/finished");
        Some(Self::at(base, words))
    }

    fn at(base: PathBuf, words: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for word in [&[FORMAT], words].concat() {
            digest.update(word);
            digest.update([0]);
        }
        let folder = base.join(hex(&digest.finalize()[..16]));
        Self { base, folder }
    }

    /// What is kept of a day, to be read along with its list.
    pub(super) fn day(&self, day: Date) -> DayReader {
        DayReader { files: self.files(day).iter().filter_map(|path| Cursor::open(path)).collect() }
    }

    /// Begins to keep more of a day. Nothing is written before there is something to keep.
    pub(super) fn keep(&self, day: Date) -> DayWriter<'_> {
        DayWriter { cache: self, day, file: None }
    }

    fn files(&self, day: Date) -> Vec<PathBuf> {
        let begins = format!("{day}.");
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let of_day = entries.filter(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| name.starts_with(&begins) && name.ends_with(".jobs"))
        });
        of_day.map(|entry| entry.path()).collect()
    }

    fn create(&self) -> io::Result<(PathBuf, BufWriter<File>)> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let path = self.folder.join(format!("{}.unfinished", new_key()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok((path, BufWriter::new(file)))
    }

    /// Makes a file that is written to the end one of the day's.
    fn finish(&self, day: Date, (path, mut file): (PathBuf, BufWriter<File>)) -> io::Result<()> {
        file.flush()?;
        fs::rename(&path, self.folder.join(format!("{day}.{}.jobs", new_key())))
    }

    /// Makes one file of a day's.
    fn merge(&self, day: Date) -> io::Result<()> {
        let files = self.files(day);
        let mut reader = DayReader { files: files.iter().filter_map(|path| Cursor::open(path)).collect() };
        let mut merged = self.create()?;
        while let Some(key) = reader.files.iter().filter_map(Cursor::key).max().map(str::to_owned) {
            let newest = reader.files.iter_mut().filter(|file| file.key() == Some(&key));
            if let Some(newest) = newest.max_by_key(|file| file.line.as_ref().map(Known::rev)) {
                newest.line.iter().try_for_each(|line| write_line(&mut merged.1, line))?;
            }
            reader.files.iter_mut().filter(|file| file.key() == Some(&key)).for_each(Cursor::advance);
        }
        self.finish(day, merged)?;
        files.iter().try_for_each(fs::remove_file)
    }

    /// Removes what was written longest ago, where there is too much.
    fn trim(&self, most: u64) {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries(&self.base)
            .flat_map(|folder| entries(&folder.path()))
            .filter_map(|file| Some((file.path(), file.metadata().ok()?)))
            .filter_map(|(path, data)| Some((data.modified().ok()?, data.len(), path)))
            .collect();
        let is_left = |(modified, _, path): &(std::time::SystemTime, u64, PathBuf)| {
            path.extension().is_some_and(|extension| extension == "unfinished")
                && modified.elapsed().is_ok_and(|age| age > UNFINISHED)
        };
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        let is_too_much = total > most;
        files.sort_by_key(|file| (Reverse(is_left(file)), file.0));
        for file in &files {
            // Somewhat more than needed, so that it is not done each time.
            let is_to_go = is_left(file) || (is_too_much && total > most / 4 * 3);
            if !is_to_go {
                break;
            }
            // Others may have removed it.
            let _ = fs::remove_file(&file.2);
            total = total.saturating_sub(file.1);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The length of a checksum.
const SUM: usize = 16;

fn checksum(text: &str) -> [u8; SUM] {
    let digest = Sha256::digest(text);
    let digit = |at: usize| b"0123456789abcdef"[usize::from(digest[at / 2] >> (4 * (1 - at % 2)) & 15)];
    std::array::from_fn(digit)
}

fn write_line(to: &mut impl Write, line: &Known) -> io::Result<()> {
    if (line.text.len() + SUM) as u64 + 2 > LONGEST_LINE {
        return Ok(());
    }
    to.write_all(&checksum(&line.text))?;
    writeln!(to, "\t{}", line.text)
}

/// What is kept of a day, line by line.
pub(super) struct DayReader {
    files: Vec<Cursor>,
}

impl DayReader {
    /// What is kept of a job. Jobs must be asked for in the order of lists: newest first.
    pub(super) fn look(&mut self, key: &str) -> Option<Known> {
        for file in &mut self.files {
            while file.key().is_some_and(|at| at > key) {
                file.advance();
            }
        }
        let lines = self.files.iter().filter_map(|file| file.line.as_ref());
        lines.filter(|line| line.key() == key).max_by_key(|line| line.rev).cloned()
    }
}

/// A file, and the line at which it is read.
struct Cursor {
    file: BufReader<File>,
    line: Option<Known>,
}

impl Cursor {
    fn open(path: &Path) -> Option<Self> {
        let file = BufReader::with_capacity(READ_AT_ONCE, File::open(path).ok()?);
        let mut cursor = Self { file, line: None };
        cursor.advance();
        Some(cursor)
    }

    fn key(&self) -> Option<&str> {
        self.line.as_ref().map(Known::key)
    }

    /// Goes on to the next line that is whole.
    fn advance(&mut self) {
        let mut text = self.line.take().map(|line| line.text.into_bytes()).unwrap_or_default();
        loop {
            text.clear();
            match (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut text) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if let Some(line) = whole(&text) {
                self.line = Known::parse(line.to_owned());
            }
            if self.line.is_some() {
                return;
            }
        }
    }
}

/// What a line holds, if it is as it was written.
fn whole(line: &[u8]) -> Option<&str> {
    let (sum, text) = std::str::from_utf8(line).ok()?.strip_suffix('\n')?.split_at_checked(SUM)?;
    let text = text.strip_prefix('\t')?;
    (checksum(text) == sum.as_bytes()).then_some(text)
}

/// More of a day to be kept.
pub(super) struct DayWriter<'a> {
    cache: &'a Cache,
    day: Date,
    file: Option<(PathBuf, BufWriter<File>)>,
}

impl DayWriter<'_> {
    /// The day of which it keeps jobs.
    pub(super) fn day(&self) -> Date {
        self.day
    }

    /// Keeps a job, and returns what is kept of it. Jobs must be kept in the order of lists: newest first.
    pub(super) fn push(&mut self, found: &Found) -> Option<Known> {
        let known = Known::of(found)?;
        if let Err(error) = self.write(&known) {
            tracing::debug!(%error, folder = %self.cache.folder.display(), "a finished job is not kept");
        }
        Some(known)
    }

    fn write(&mut self, known: &Known) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(self.cache.create()?),
        };
        write_line(&mut file.1, known)
    }
}

impl Drop for DayWriter<'_> {
    fn drop(&mut self) {
        let Some(file) = self.file.take() else { return };
        let finished = self.cache.finish(self.day, file).and_then(|()| {
            self.cache.trim(MOST_BYTES);
            if self.cache.files(self.day).len() > MOST_FILES { self.cache.merge(self.day) } else { Ok(()) }
        });
        if let Err(error) = finished {
            tracing::debug!(%error, folder = %self.cache.folder.display(), "finished jobs are not kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;
    use crate::model::{Job, ResourceId};

    const DAY: Date = Date::constant(2026, 1, 2);

    fn found(key: &str, rev: u64) -> Found {
        let document = json!({"service": "s", "type": "t", "n": rev});
        Found {
            key: key.to_owned(),
            id: ResourceId::from_key(key),
            rev: Rev(rev),
            etag: format!("\"{key}/{rev}\""),
            job: Job::from_value(&document).unwrap(),
            document,
        }
    }

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("finished"), &["https://a.example", "resources/b", "s"]);
        (folder, cache)
    }

    fn keep(cache: &Cache, jobs: &[(&str, u64)]) {
        let mut writer = cache.keep(DAY);
        for (key, rev) in jobs {
            assert!(writer.push(&found(key, *rev)).is_some());
        }
    }

    fn revs(cache: &Cache, keys: &[&str]) -> Vec<Option<u64>> {
        let mut reader = cache.day(DAY);
        keys.iter().map(|key| reader.look(key).map(|known| known.rev().0)).collect()
    }

    #[test]
    fn jobs_come_back_as_they_were_whoever_kept_them() {
        let (folder, cache) = cache();
        assert_eq!(revs(&cache, &["a"]), [None]);
        keep(&cache, &[("e", 1), ("c", 1), ("a", 1)]);
        keep(&cache, &[("d", 1), ("c", 2)]);
        assert_eq!(
            revs(&cache, &["f", "e", "d", "c", "b", "a"]),
            [None, Some(1), Some(1), Some(2), None, Some(1)]
        );
        // In both lists of a day.
        assert_eq!(revs(&cache, &["c", "c", "a"]), [Some(2), Some(2), Some(1)]);
        let known = cache.day(DAY).look("e").unwrap();
        let kept = found("e", 1);
        assert_eq!(known.document().unwrap(), kept.document);
        assert_eq!(known.record(), Value::Object(brief("e", &kept.id, &kept.job)).to_string());
        assert_eq!((known.id(), known.etag()), ("resources/e", "\"e/1\""));
        assert!(cache.day(Date::constant(2026, 1, 3)).look("e").is_none());
        assert!(Cache::at(folder.path().join("finished"), &["other"]).day(DAY).look("e").is_none());
        for file in cache.files(DAY) {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::metadata(&cache.folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn many_files_become_one() {
        let (_folder, cache) = cache();
        for n in 0..30 {
            keep(&cache, &[("b", n), (&format!("a{n:02}"), 1)]);
        }
        assert!(cache.files(DAY).len() <= MOST_FILES, "{:?}", cache.files(DAY));
        assert_eq!(revs(&cache, &["b", "a29", "a17", "a00"]), [Some(29), Some(1), Some(1), Some(1)]);
    }

    #[test]
    fn what_is_damaged_is_as_if_it_were_not_there() {
        let (_folder, cache) = cache();
        keep(&cache, &[("c", 1), ("b", 1), ("a", 1)]);
        let file = cache.files(DAY).remove(0);
        let whole = fs::read(&file).unwrap();
        let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let mut flipped = whole.clone();
        // Still JSON, but another number.
        let at = second + whole[second..].windows(4).position(|bytes| bytes == b"\"n\":").unwrap() + 4;
        flipped[at] = b'7';
        fs::write(&file, &flipped).unwrap();
        assert_eq!(revs(&cache, &["c", "b", "a"]), [Some(1), None, Some(1)]);
        fs::write(&file, &whole[..second + 20]).unwrap();
        assert_eq!(revs(&cache, &["c", "b", "a"]), [Some(1), None, None]);
        for noise in [&b""[..], b"\n\n\n", b"\xff\xfe\n", b"no sum {}\n", &[b'x'; 3 << 20]] {
            fs::write(&file, noise).unwrap();
            assert_eq!(revs(&cache, &["c", "b", "a"]), [None, None, None]);
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(revs(&cache, &["c"]), [None]);
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let (_folder, cache) = cache();
        for n in 0..5 {
            keep(&cache, &[(&format!("k{n}"), 1)]);
            let newest =
                cache.files(DAY).into_iter().max_by_key(|path| path.file_name().map(ToOwned::to_owned));
            let age = std::time::SystemTime::now() - std::time::Duration::from_secs(1000 - n * 100);
            File::open(newest.unwrap()).unwrap().set_modified(age).unwrap();
        }
        let size = fs::metadata(&cache.files(DAY)[0]).unwrap().len();
        cache.trim(size * 5);
        assert_eq!(cache.files(DAY).len(), 5);
        cache.trim(size * 4);
        assert_eq!(revs(&cache, &["k4", "k3", "k2", "k1", "k0"]), [Some(1), Some(1), Some(1), None, None]);
    }
}
