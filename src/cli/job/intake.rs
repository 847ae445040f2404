//! Taking in many jobs from lines: written many at a time, linked many in one request, in the order of the lines.
//!
//! Owns that a line is linked only after all before it, so that it can be told where to go on after a failure. What a
//! line stands for is handed in.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{pending, try_join_all};
use futures_util::{FutureExt, StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;

use super::input::unreadable;
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure, While};
use crate::cli::output::{Column, Listing};
use crate::cli::work::MOST_TOLD;
use crate::jobs::{self, DayLists, Layout, Posted, SETTLED_AFTER};
use crate::model::{Path, ResourceId};

/// How many jobs are written at a time.
const PARALLEL: usize = 128;
/// How many jobs are linked in one request at most.
const LINKED_AT_ONCE: usize = 500;
/// How many lines may wait to be taken up.
const LINES: usize = 1024;
/// The longest line taken in: more than a job may have.
const LONGEST_LINE: u64 = 32 << 20;

const COLUMNS: [Column; 3] =
    [Column::new("KEY", "key"), Column::new("ID", "id"), Column::new("DONE", "done")];

/// A job whose resource is written.
pub(super) struct Written {
    pub(super) key: String,
    pub(super) id: ResourceId,
    /// As `docs/output.md` names it.
    pub(super) done: &'static str,
    pub(super) links: Links,
}

/// Into which lists a job is to be linked.
pub(super) enum Links {
    /// It is linked already.
    None,
    Pending,
    Days(Vec<Path>),
}

impl From<jobs::Created> for Written {
    fn from(created: jobs::Created) -> Self {
        let (posted, done, links) = match created {
            jobs::Created::New(posted) => (posted, "posted", Links::Pending),
            jobs::Created::Unlinked(posted) => (posted, ALREADY, Links::Pending),
            jobs::Created::Known(posted) => (posted, ALREADY, Links::None),
        };
        Self { key: posted.key, id: posted.id, done, links }
    }
}

/// What is said of jobs that were there before.
pub(super) const ALREADY: &str = "already there";

/// Takes in a job for each line of a file, or of stdin for `-`.
///
/// `read` makes a job of a line or says why it is none; `write` writes its resource; `did` is what is said then.
///
/// # Errors
/// When the file cannot be read, or the store is lost; the failure says from which line to go on. A line that is no job
/// or that the store refuses is told, and the others are taken in.
pub(super) async fn take_in<T>(
    app: &App,
    store: &Store,
    (file, layout, did): (&str, Layout, &'static str),
    read: impl Fn(&str) -> Result<T, String>,
    write: impl AsyncFn(T) -> Result<Written, Failure>,
) -> Result<Exit, Failure> {
    let linker = Linker::new(store, layout).await?;
    let lines = stream::unfold(lines_of(file)?, async |mut lines| Some((lines.recv().await?, lines)));
    let of_line = |number, line: io::Result<String>| {
        let read = &read;
        let write = &write;
        async move {
            let line = line.during(format_args!("cannot read line {number}"))?;
            if line.trim().is_empty() {
                return Ok(None);
            }
            let job = read(&line).map_err(|reason| Failure::usage(format!("it is no job: {reason}")));
            let written = match job {
                Ok(job) => write(job).await,
                Err(failure) => Err(failure),
            };
            match written {
                Err(failure) if is_final(&failure) => Err(failure),
                written => Ok(Some((number, written))),
            }
        }
    };
    let writing = lines.enumerate().map(|(index, line)| of_line(index + 1, line)).buffered(PARALLEL);
    let mut writing = pin!(writing.fuse());
    let mut tally = Tally::new(app, did);
    let mut waiting = Vec::new();
    let mut linking = None;
    let mut lost = None;
    loop {
        if linking.is_none() && !waiting.is_empty() {
            linking = Some(linker.link(std::mem::take(&mut waiting)).boxed_local());
        }
        if linking.is_none() && (lost.is_some() || writing.is_done()) {
            break;
        }
        let linked = async {
            match &mut linking {
                Some(linking) => linking.await,
                None => pending().await,
            }
        };
        tokio::select! {
            next = writing.next(), if lost.is_none() && !writing.is_done() && waiting.len() < LINKED_AT_ONCE => {
                match next {
                    Some(Ok(Some((_, Ok(written))))) if lost.is_some() => drop(written),
                    Some(Ok(Some((number, Ok(written))))) => waiting.push((number, written)),
                    Some(Ok(Some((number, Err(failure))))) => {
                        tally.refused(failure.context(format_args!("line {number}")));
                    }
                    Some(Ok(None)) | None => {}
                    Some(Err(failure)) => {
                        lost = Some(failure);
                        // Nothing more is linked: the store would be waited for in vain.
                        waiting.clear();
                    }
                }
            }
            (batch, linked) = linked => {
                linking = None;
                match linked {
                    Ok(()) => tally.done(&batch)?,
                    Err(failure) => {
                        tally.uncertain = batch.len();
                        lost.get_or_insert(failure);
                        waiting.clear();
                    }
                }
            }
        }
    }
    tally.finish(lost)
}

/// Whether a failure would befall all other lines too.
fn is_final(failure: &Failure) -> bool {
    matches!(failure.exit, Exit::Unreachable | Exit::NotAllowed)
}

/// The lines of a file or of stdin, as they come.
fn lines_of(file: &str) -> Result<mpsc::Receiver<io::Result<String>>, Failure> {
    let mut from: Box<dyn BufRead + Send> = if file == "-" {
        Box::new(io::BufReader::new(io::stdin()))
    } else {
        let opened = std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
        Box::new(io::BufReader::new(opened))
    };
    let (lines, taken) = mpsc::channel(LINES);
    // A thread of its own, left behind at the end: reading cannot be broken off, and stdin may never end.
    std::thread::spawn(move || {
        while let Some(line) = next_line(&mut from).transpose() {
            let is_over = line.is_err();
            if lines.blocking_send(line).is_err() || is_over {
                break;
            }
        }
    });
    Ok(taken)
}

fn next_line(from: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.len() as u64 == LONGEST_LINE {
        return Err(io::Error::other(format!("it is longer than {} MiB", LONGEST_LINE >> 20)));
    }
    String::from_utf8(line).map(Some).map_err(|_| io::Error::other("it is not UTF-8"))
}

type Batch = Vec<(usize, Written)>;

/// Links jobs that are written into their lists.
struct Linker<'a> {
    store: &'a Store,
    layout: Layout,
    days: DayLists,
}

impl<'a> Linker<'a> {
    async fn new(store: &'a Store, layout: Layout) -> Result<Self, Failure> {
        let is_embedded = store.client.is_embedded_store().await?;
        let days = DayLists::new(if is_embedded { Duration::ZERO } else { SETTLED_AFTER });
        Ok(Self { store, layout, days })
    }

    /// Links a batch, one request for each list.
    async fn link(&self, batch: Batch) -> (Batch, Result<(), Failure>) {
        let linked = self.link_all(&batch).await;
        (batch, linked)
    }

    async fn link_all(&self, batch: &Batch) -> Result<(), Failure> {
        let Store { client, root, .. } = self.store;
        let mut pending = Vec::new();
        let mut by_day: BTreeMap<String, (&Path, Vec<_>)> = BTreeMap::new();
        for (_, written) in batch {
            let (key, id) = (written.key.clone(), written.id.clone());
            match &written.links {
                Links::None => {}
                Links::Pending => pending.push(Posted { key, id }),
                Links::Days(days) => {
                    for day in days {
                        let of_day = by_day.entry(day.to_string()).or_insert((day, Vec::new()));
                        of_day.1.push((key.clone(), id.clone()));
                    }
                }
            }
        }
        if !pending.is_empty() {
            jobs::link(client, root, self.layout, &pending).await?;
        }
        let filing = by_day.values().map(|(day, jobs)| self.days.file(client, self.layout, day, jobs));
        try_join_all(filing).await?;
        Ok(())
    }
}

/// How far it has come, shown as it goes.
struct Tally<'a> {
    app: &'a App,
    did: &'static str,
    listing: Listing<'a>,
    bar: ProgressBar,
    posted: usize,
    known: usize,
    refused: usize,
    /// The last line up to which all is done.
    line: usize,
    /// How many jobs after that may be linked or not.
    uncertain: usize,
}

impl<'a> Tally<'a> {
    fn new(app: &'a App, did: &'static str) -> Self {
        let style = ProgressStyle::with_template("{spinner} {human_pos} jobs {per_sec} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let hidden = app.ui.is_quiet();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            app,
            did,
            listing: app.ui.listing(&COLUMNS),
            bar,
            posted: 0,
            known: 0,
            refused: 0,
            line: 0,
            uncertain: 0,
        }
    }

    fn refused(&mut self, failure: Failure) {
        self.refused += 1;
        if self.refused <= MOST_TOLD {
            self.bar.suspend(|| self.app.ui.fail(&failure));
        }
    }

    fn done(&mut self, batch: &Batch) -> Result<(), Failure> {
        for (number, Written { key, id, done, .. }) in batch {
            self.line = *number;
            if *done == ALREADY {
                self.known += 1
            } else {
                self.posted += 1
            }
            if !self.app.ui.is_for_people() {
                let record = json!({"key": key, "id": id.as_str(), "done": done});
                self.bar.suspend(|| self.listing.push(key, &record))?;
            }
        }
        self.bar.inc(batch.len() as u64);
        self.app.ui.flush()
    }

    fn finish(self, lost: Option<Failure>) -> Result<Exit, Failure> {
        self.bar.finish_and_clear();
        if !self.app.ui.is_for_people() {
            self.listing.finish("")?;
        }
        let mut told = format!("{} {} jobs", self.did, self.posted);
        if self.known > 0 {
            told.push_str(&format!(", {} were there already", self.known));
        }
        if self.refused > 0 {
            told.push_str(&format!(", {} lines failed", self.refused));
        }
        self.app.ui.note(&told);
        let Some(failure) = lost else {
            return Ok(if self.refused > 0 { Exit::SomeFailed } else { Exit::Ok });
        };
        let mut next = format!("the first {} lines are {}", self.line, self.did);
        if self.uncertain > 0 {
            next.push_str(&format!("; whether the {} after them are is not known", self.uncertain));
        }
        Err(failure.hint(next).hint("go on with the others; jobs with a key of their own may be sent again"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_an_end_and_a_longest_length() {
        let mut text: &[u8] = b"one\n\ntwo";
        let mut next = || next_line(&mut text).unwrap();
        assert_eq!([next(), next(), next()].map(Option::unwrap), ["one\n", "\n", "two"]);
        assert_eq!(next(), None);
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        assert!(next_line(&mut endless).unwrap_err().to_string().contains("longer than 32 MiB"));
        assert!(next_line(&mut &b"\xff\n"[..]).unwrap_err().to_string().contains("UTF-8"));
    }
}
