//! The journal: a file beside the data file that holds what was written since the data file was last brought up to
//! date.
//!
//! The transactions that are brought to the disk together are one record at its end, and one sync, whatever the size of the
//! data file. From time to time the data file catches up. A journal that has been written long enough is ended for it by
//! a record that names the one in the other file, which goes on from there; once the data file has all of the first, it
//! takes down the name of the second, and the first file is free for the next journal. Where nothing is written meanwhile,
//! the data file takes down the number of the last record that it has, and the journal is written from its beginning
//! again. Whoever opens the data file does the records that it does not have once more.
//!
//! ```text
//! 0      "oadajrn2", name of the journal, checksum of both
//! 4096   records, each beginning at a multiple of 8:
//!        a head (super::head), and what it holds: what transactions did, or 00 and the name of the next journal
//! ```
//!
//! Each journal has a name of its own, which clients do not know, so nothing that they write can look like a record.
//! After the sync of a record the head of an empty one is written behind it, without a sync: where it is read, the
//! record before it was whole once. So a record that cannot be read is one whose writing was cut off, and of which
//! nobody was told, if nothing with a higher number follows; else it was damaged later.

use std::io;

use redb::StorageBackend;
use sha2::{Digest as _, Sha256};

use super::head::{ALIGN, HEAD, Head, Sums, seal};
use crate::store::bytes::{Decoder, Encoder};
use crate::store::error::Damage;

/// The longest file that is read.
const MAX_FILE: u64 = 256 * 1024 * 1024;
/// The length of the file is a multiple of this, so that one which was cut off is told from a short one.
const STEP: u64 = 64 * 1024;
const RECORDS: u64 = 4096;

const MAGIC: &[u8; 8] = b"oadajrn2";
/// What a journal of an earlier version begins with. It is read, and not written any more.
const EARLIER: &[u8; 8] = b"oadajrn1";

/// What a record begins with that names the next journal; no transaction does.
const GOES_ON: u8 = 0;

/// Where a journal can be.
pub(super) const FILES: usize = 2;
/// The files of a store's journals.
pub(super) type Files = [Box<dyn StorageBackend>; FILES];

/// Which journal belongs to a data file, and the number of the last record that the data file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    name: String,
    number: u64,
    /// In which file it is.
    which: usize,
}

impl Mark {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Encoder::default();
        out.text(&self.name);
        out.number(self.number);
        out.number(self.which as u64);
        out.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Damage> {
        let mut input = Decoder(bytes);
        let (name, number) = (input.text()?.to_owned(), input.number()?);
        // Earlier versions had one file.
        let which = if input.is_at_end() { 0 } else { input.number()? as usize };
        if which >= FILES {
            return Err(Damage("mark of a journal"));
        }
        Ok(Self { name, number, which })
    }
}

/// The end of a journal that is being written.
#[derive(Debug)]
pub(super) struct Journal {
    name: String,
    /// In which file it is.
    which: usize,
    /// The number of the last record.
    number: u64,
    /// Where the next one goes.
    at: u64,
    file_bytes: u64,
}

impl Journal {
    /// Begins a journal in one of the files, over what that held before.
    pub(super) fn begin(files: &Files, which: usize) -> io::Result<Self> {
        let name = crate::model::new_key();
        let file = &*files[which];
        let file_bytes = extend(file, file.len()?, RECORDS)?;
        file.write(0, &header(MAGIC, &name))?;
        file.sync_data()?;
        Ok(Self { name, which, number: 0, at: RECORDS, file_bytes })
    }

    /// Ends it: the journal that is begun in the other file goes on from here.
    pub(super) fn go_on(mut self, files: &Files) -> io::Result<Self> {
        let next = Self::begin(files, FILES - 1 - self.which)?;
        let mut record = vec![0; HEAD];
        record.push(GOES_ON);
        record.extend_from_slice(next.name.as_bytes());
        self.append(files, record)?;
        Ok(next)
    }

    /// What the data file is to take down once it has all that was written.
    pub(super) fn mark(&self) -> Mark {
        Mark { name: self.name.clone(), number: self.number, which: self.which }
    }

    /// How much of it holds records, in bytes.
    pub(super) fn used(&self) -> u64 {
        self.at - RECORDS
    }

    /// Writes a record, for whose head there is room at its beginning, and syncs it.
    pub(super) fn append(&mut self, files: &Files, record: Vec<u8>) -> io::Result<()> {
        self.append_saying(files, record, || {})
    }

    /// The same. In between, when the record outlives this process and only the disk has to be waited for, `written` is
    /// called.
    pub(super) fn append_saying(
        &mut self,
        files: &Files,
        mut record: Vec<u8>,
        written: impl FnOnce(),
    ) -> io::Result<()> {
        let file = &*files[self.which];
        let number = self.number + 1;
        seal(&self.name, number, &mut record);
        let end = self.at + record.len() as u64;
        self.file_bytes = extend(file, self.file_bytes, end + HEAD as u64)?;
        file.write(self.at, &record)?;
        written();
        file.sync_data()?;
        self.number = number;
        self.at = end;
        let mut empty = vec![0; HEAD];
        seal(&self.name, number + 1, &mut empty);
        file.write(end, &empty)
    }

    /// Goes on from the beginning: the data file has everything.
    pub(super) fn rewind(&mut self) {
        self.at = RECORDS;
    }
}

/// Makes the file long enough, and returns how long it is.
fn extend(file: &dyn StorageBackend, from: u64, need: u64) -> io::Result<u64> {
    let until = from.max(need).next_multiple_of(STEP);
    if until > from {
        file.set_len(until)?;
        // What has been written once has its place on the disk, so a sync of it is no work for the file system.
        file.write(from, &vec![0; (until - from) as usize])?;
    }
    Ok(until)
}

fn header(magic: &[u8; 8], name: &str) -> Vec<u8> {
    let mut bytes = magic.to_vec();
    bytes.extend_from_slice(name.as_bytes());
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

/// Reads the records that a data file with this mark does not have. What is wrong, and with which file, is the error.
pub(super) fn read(files: &Files, mark: &Mark) -> Result<Vec<Vec<u8>>, (usize, String)> {
    let (mut records, next) = read_one(&*files[mark.which], mark).map_err(|reason| (mark.which, reason))?;
    if let Some(name) = next {
        let which = FILES - 1 - mark.which;
        let mark = Mark { name, number: 0, which };
        let (more, after) = read_one(&*files[which], &mark).map_err(|reason| (which, reason))?;
        if after.is_some() {
            return Err((which, "it goes on in a journal that the data file should have named".to_owned()));
        }
        records.extend(more);
    }
    Ok(records)
}

/// The records of one journal, and the name of the one that goes on from there.
fn read_one(file: &dyn StorageBackend, mark: &Mark) -> Result<(Vec<Vec<u8>>, Option<String>), String> {
    let failed = |error: io::Error| error.to_string();
    let length = file.len().map_err(failed)?;
    if length == 0 {
        return Err("it is empty or gone, although the data file counts on it".to_owned());
    }
    if !length.is_multiple_of(STEP) || length > MAX_FILE {
        return Err("it has been cut off, or something was added to it".to_owned());
    }
    let mut bytes = vec![0; length as usize];
    file.read(0, &mut bytes).map_err(failed)?;
    let name = mark.name.as_str();
    let begins_with = |magic| bytes.starts_with(&header(magic, name));
    let sums = match (begins_with(MAGIC), begins_with(EARLIER)) {
        (true, _) => Sums::Present,
        (_, true) => Sums::Earlier,
        _ => return Err("it belongs to another data file, or its beginning is damaged".to_owned()),
    };
    let mut rest = &bytes[RECORDS as usize..];
    let mut number = mark.number;
    let mut records = Vec::new();
    let mut next = None;
    while let Some(head) =
        Head::read(sums, name, rest).filter(|head| head.number == number + 1 && head.length > 0)
        && let Some(record) = head.whole(sums, name, rest)
    {
        match record[HEAD..HEAD + head.length].split_first() {
            Some((&GOES_ON, name)) => next = Some(String::from_utf8_lossy(name).into_owned()),
            _ => records.push(record[HEAD..HEAD + head.length].to_vec()),
        }
        rest = &rest[record.len()..];
        number += 1;
    }
    let later = |at: usize| Head::read(sums, name, &rest[at..]).is_some_and(|head| head.number > number + 1);
    if (0..rest.len()).step_by(ALIGN).any(later) {
        return Err(format!("record {} is damaged", number + 1));
    }
    Ok((records, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    fn record(text: &str) -> Vec<u8> {
        [&[0; HEAD], text.as_bytes()].concat()
    }

    fn empty() -> Files {
        [Box::new(InMemoryBackend::new()), Box::new(InMemoryBackend::new())]
    }

    fn written(texts: &[&str]) -> (Files, Mark, Journal) {
        let files = empty();
        let mut journal = Journal::begin(&files, 0).unwrap();
        let mark = journal.mark();
        for text in texts {
            journal.append(&files, record(text)).unwrap();
        }
        (files, mark, journal)
    }

    fn texts(files: &Files, mark: &Mark) -> Result<Vec<String>, (usize, String)> {
        Ok(read(files, mark)?.into_iter().map(|record| String::from_utf8(record).unwrap()).collect())
    }

    fn bytes(file: &dyn StorageBackend) -> Vec<u8> {
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read(0, &mut bytes).unwrap();
        bytes
    }

    fn flip(file: &dyn StorageBackend, at: u64) {
        let mut byte = [0];
        file.read(at, &mut byte).unwrap();
        file.write(at, &[byte[0] ^ 1]).unwrap();
    }

    #[test]
    fn records_come_back_and_the_mark_comes_back_from_its_bytes() {
        let (files, mark, journal) = written(&["one", "two", "three"]);
        assert_eq!(texts(&files, &mark).unwrap(), ["one", "two", "three"]);
        assert_eq!(texts(&files, &journal.mark()).unwrap(), Vec::<String>::new());
        assert_eq!(Mark::from_bytes(&mark.to_bytes()), Ok(mark));
    }

    #[test]
    fn what_the_data_file_has_is_not_done_again() {
        let (files, _, mut journal) = written(&["one", "two", "three"]);
        let mark = journal.mark();
        journal.rewind();
        assert_eq!(texts(&files, &mark).unwrap(), Vec::<String>::new());
        journal.append(&files, record("four")).unwrap();
        assert_eq!(texts(&files, &mark).unwrap(), ["four"]);
    }

    #[test]
    fn a_journal_goes_on_in_the_other_file() {
        let (files, mark, journal) = written(&["one", "two"]);
        let mut next = journal.go_on(&files).unwrap();
        assert_eq!(texts(&files, &mark).unwrap(), ["one", "two"]);
        let later = next.mark();
        next.append(&files, record("three")).unwrap();
        assert_eq!(texts(&files, &mark).unwrap(), ["one", "two", "three"]);
        assert_eq!(texts(&files, &later).unwrap(), ["three"]);
        assert_eq!(Mark::from_bytes(&later.to_bytes()), Ok(later.clone()));
        // The first file is used again, once the data file has what was in it.
        let mut last = next.go_on(&files).unwrap();
        last.append(&files, record("four")).unwrap();
        assert_eq!(texts(&files, &later).unwrap(), ["three", "four"]);
        assert!(texts(&files, &mark).unwrap_err().1.contains("another"));
        // What goes on is not there.
        files[0].set_len(0).unwrap();
        assert_eq!(texts(&files, &later).unwrap_err().0, 0);
    }

    #[test]
    fn a_mark_of_an_earlier_version_is_of_the_first_file() {
        let (_, mark, _) = written(&[]);
        let bytes = mark.to_bytes();
        assert_eq!(Mark::from_bytes(&bytes[..bytes.len() - 1]), Ok(mark));
        let mut other = bytes;
        other.pop();
        other.push(2);
        assert!(Mark::from_bytes(&other).is_err());
    }

    /// A journal as version 8 of the format has it.
    fn earlier(name: &str, texts: &[&str]) -> Files {
        let sum = |parts: &[&[u8]], length: usize| Sha256::digest(parts.concat())[..length].to_vec();
        let mut bytes = [b"oadajrn1", name.as_bytes()].concat();
        bytes.extend(sum(&[&bytes], 32));
        bytes.resize(4096, 0);
        for (number, text) in (1_u64..).zip(texts.iter().chain([&""])) {
            let start = [b"JREC", &(text.len() as u32).to_le_bytes()[..], &number.to_le_bytes()].concat();
            let start = [&start[..], &sum(&[name.as_bytes(), &start], 8)].concat();
            let mut held = text.as_bytes().to_vec();
            held.resize(held.len().next_multiple_of(8), 0);
            bytes.extend([&start[..], &sum(&[name.as_bytes(), &start, &held], 16), &held].concat());
        }
        bytes.resize(65536, 0);
        let files = empty();
        files[0].set_len(65536).unwrap();
        files[0].write(0, &bytes).unwrap();
        files
    }

    #[test]
    fn a_journal_of_an_earlier_version_is_read_and_checked() {
        let (_, mark, _) = written(&[]);
        let files = earlier(&mark.name, &["one", "a longer one", "three"]);
        assert_eq!(texts(&files, &mark).unwrap(), ["one", "a longer one", "three"]);
        let end = 4096 + 48 + 56 + 48;
        for at in (0..67).chain(4096..end) {
            flip(&*files[0], at);
            assert!(texts(&files, &mark).is_err(), "{at}");
            flip(&*files[0], at);
        }
    }

    #[test]
    fn any_changed_bit_is_noticed() {
        let (files, mark, journal) = written(&["one", "a longer one", "three"]);
        for at in (0..67).chain(RECORDS..journal.at + HEAD as u64) {
            flip(&*files[0], at);
            match texts(&files, &mark) {
                Err(_) => {}
                // The empty record at the end says nothing but that the one before it is whole.
                Ok(found) => assert!(at >= journal.at && found.len() == 3, "{at}: {found:?}"),
            }
            flip(&*files[0], at);
        }
    }

    #[test]
    fn a_record_whose_writing_was_cut_off_is_as_if_it_had_never_been() {
        let (files, mark, mut journal) = written(&["one", "two"]);
        let from = journal.at as usize;
        let before = bytes(&*files[0]);
        journal.append(&files, record(&"longer than what a sector holds ".repeat(80))).unwrap();
        let after = bytes(&*files[0]);
        let sectors: Vec<usize> = (from / 512..=(journal.at as usize - 1) / 512).collect();
        assert!(sectors.len() > 4);
        for lost in sectors {
            let mut image = before.clone();
            for at in (from..journal.at as usize).filter(|at| at / 512 != lost) {
                image[at] = after[at];
            }
            let files = empty();
            files[0].set_len(image.len() as u64).unwrap();
            files[0].write(0, &image).unwrap();
            assert_eq!(texts(&files, &mark).unwrap(), ["one", "two"], "without sector {lost}");
        }
        assert_eq!(texts(&files, &mark).unwrap().len(), 3);
    }

    #[test]
    fn a_file_that_was_cut_or_replaced_is_told() {
        let (files, mark, _) = written(&["one"]);
        let (other, _, _) = written(&["one"]);
        assert!(texts(&other, &mark).unwrap_err().1.contains("another"));
        files[0].set_len(5000).unwrap();
        assert!(texts(&files, &mark).unwrap_err().1.contains("cut off"));
        files[0].set_len(0).unwrap();
        assert!(texts(&files, &mark).unwrap_err().1.contains("gone"));
    }
}
