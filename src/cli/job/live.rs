//! `job ls --watch`: a listing that keeps up with what happens.
//!
//! Owns knowing what happens without asking: the lists tell who comes and goes, each job tells of itself. One change
//! costs at most one read of one job, however many there are.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::{FutureExt, select_all};
use futures_util::stream::{self, BoxStream, SelectAll, StreamExt};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::filters::Filters;
use super::follow::Follow;
use super::ls::{COLUMNS, record};
use super::record::{brief, broken, progress};
use super::sweep::{Bodies, Body, More, sweep};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure, chain};
use crate::cli::listing::{Listing, Screen};
use crate::jobs::{JobEntries, Listed, PendingList, listed, pending_lists};
use crate::model::{Change, ChangeKind, Job, JobStatus, ResourceId, Rev};
use crate::oada::{Watch, WatchEvent};

/// How many jobs are followed each by itself. Of further ones is told that they come and end, not that they run.
const FOLLOWED: usize = 1000;
/// How many rows a screen keeps at most.
const ROWS: usize = 500;
/// Changes that come faster than this are drawn together.
const REDRAW_EVERY: Duration = Duration::from_millis(100);

/// How often to look whether a service without lists has some.
const LOOK_FOR_LISTS: Duration = Duration::from_secs(2);
/// How long to wait before a list that could not be read is read again.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Lists jobs as `job ls` does, and goes on until it is interrupted.
pub(super) async fn watch(
    app: &App,
    store: &Store,
    filters: &Filters,
    limit: Option<u32>,
) -> Result<Exit, Failure> {
    let mut feeds: Vec<Feed> = pending_lists(&store.client, &store.root)
        .await?
        .into_iter()
        .map(|list| Feed::begin(store, list))
        .collect();
    for feed in &mut feeds {
        feed.stand(store).await?;
    }
    // The feeds stand, so whatever the sweep sees too late or not at all, they tell.
    let mut live = Live {
        store,
        filters,
        view: View::new(app, limit),
        shown: HashMap::new(),
        following: HashMap::new(),
        followers: SelectAll::new(),
    };
    live.sweep(limit).await?;
    if !live.view.is_screen() {
        app.ui.note("watching; Ctrl-C ends it");
    }
    let mut looks = tokio::time::interval(LOOK_FOR_LISTS);
    let mut redraw_at = None;
    live.view.draw(&feeds)?;
    loop {
        tokio::select! {
            (index, event) = next_event(&mut feeds) => {
                let Some(feed) = feeds.get_mut(index) else { continue };
                live.heard(feed, event).await?;
                if feed.has_list_inside {
                    follow_new_lists(store, &mut feeds).await?;
                }
            }
            _ = looks.tick(), if feeds.is_empty() => {
                follow_new_lists(store, &mut feeds).await?;
                if feeds.is_empty() {
                    continue;
                }
                // The service is new, and so is all that has come and gone meanwhile.
                for feed in &mut feeds {
                    feed.stand(store).await?;
                }
                live.sweep(limit).await?;
            }
            Some((key, id, told)) = live.followers.next() => live.told(&key, &id, told)?,
            () = sleep_until(redraw_at) => {
                redraw_at = None;
                live.view.draw(&feeds)?;
                continue;
            }
        }
        redraw_at.get_or_insert_with(|| Instant::now() + REDRAW_EVERY);
    }
}

/// Follows the lists that there were none of before: those of a new service, or `jobs/pending` in an older one.
async fn follow_new_lists(store: &Store, feeds: &mut Vec<Feed>) -> Result<(), Failure> {
    for list in pending_lists(&store.client, &store.root).await? {
        if !feeds.iter().any(|feed| feed.list.path == list.path) {
            feeds.push(Feed::begin(store, list));
        }
    }
    for feed in feeds {
        feed.has_list_inside = false;
    }
    Ok(())
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Nothing is lost when this is dropped.
async fn next_event(feeds: &mut [Feed]) -> (usize, WatchEvent) {
    if feeds.is_empty() {
        return std::future::pending().await;
    }
    let (event, index, _) = select_all(feeds.iter_mut().map(|feed| feed.watch.next().boxed())).await;
    (index, event)
}

/// A list that is followed.
struct Feed {
    list: PendingList,
    watch: Watch,
    /// What stands in it.
    known: HashMap<String, ResourceId>,
    /// Where in its resource the list is; empty for a resource of its own.
    leftover: String,
    /// Whether a list was seen to come inside this one.
    has_list_inside: bool,
    trouble: Option<String>,
}

impl Feed {
    fn begin(store: &Store, list: PendingList) -> Self {
        let watch = store.client.watch(&list.path, None);
        Self {
            list,
            watch,
            known: HashMap::new(),
            leftover: String::new(),
            has_list_inside: false,
            trouble: None,
        }
    }

    /// Returns when the watch stands and the list was read.
    async fn stand(&mut self, store: &Store) -> Result<(), Failure> {
        loop {
            match self.watch.next().await {
                WatchEvent::Started { .. } => break,
                WatchEvent::Missing(error) | WatchEvent::Disconnected(error) => return Err(error.into()),
                WatchEvent::Changes(_) | WatchEvent::Gap | WatchEvent::Deleted => {}
            }
        }
        self.read(store).await?;
        Ok(())
    }

    /// Reads the list, however long the store is away, and returns what has come, what has gone, and the rev.
    async fn read(&mut self, store: &Store) -> Result<(Vec<Listed>, Vec<Listed>, Rev), Failure> {
        loop {
            match self.try_to_read(store).await {
                Err(failure) if failure.exit == Exit::Unreachable => tokio::time::sleep(READ_AGAIN).await,
                read => return read,
            }
        }
    }

    async fn try_to_read(&mut self, store: &Store) -> Result<(Vec<Listed>, Vec<Listed>, Rev), Failure> {
        let mut known = HashMap::new();
        let mut come = Vec::new();
        let mut rev = Rev(0);
        if let Some(mut entries) = JobEntries::open(&store.client, &self.list.path).await? {
            rev = entries.rev;
            self.leftover.clone_from(&entries.leftover);
            while let Some(job) = entries.next().await? {
                known.insert(job.key.clone(), job.id.clone());
                if !self.known.contains_key(&job.key) {
                    come.push(job);
                }
            }
        }
        let before = std::mem::replace(&mut self.known, known);
        let gone = before
            .into_iter()
            .filter(|(key, _)| !self.known.contains_key(key))
            .map(|(key, id)| Listed { key, id })
            .collect();
        Ok((come, gone, rev))
    }

    /// What one change did to the list; `None` where it has to be read again.
    fn changed(&mut self, change: &Change) -> Option<(Vec<Listed>, Vec<Listed>)> {
        let (mut come, mut gone) = (Vec::new(), Vec::new());
        if !self.leftover.is_empty() {
            return None;
        }
        for (key, value) in change.body.iter().flatten() {
            self.has_list_inside |= key == "pending";
            match change.kind {
                ChangeKind::Merge => come.extend(listed(key, value)),
                ChangeKind::Delete if value.is_null() => {
                    gone.extend(self.known.remove(key).map(|id| Listed { key: key.clone(), id }));
                }
                ChangeKind::Delete => {}
            }
        }
        come.retain(|job| self.known.insert(job.key.clone(), job.id.clone()).is_none());
        Some((come, gone))
    }
}

/// What a job tells of itself.
enum Told {
    Is(Box<(Job, Value)>),
    Gone,
}

/// What has to change for a job to be shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    status: JobStatus,
    per_cent: u8,
}

impl State {
    fn of(job: &Job, tells_progress: bool) -> Self {
        let fraction = progress(job).filter(|_| tells_progress).map_or(0.0, |(fraction, _)| fraction);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a fraction from 0 to 1 is cut to per cent"
        )]
        Self { status: job.status(), per_cent: (fraction.clamp(0.0, 1.0) * 100.0) as u8 }
    }
}

/// What is shown, and who is followed for it.
struct Live<'a> {
    store: &'a Store,
    filters: &'a Filters,
    view: View<'a>,
    /// Jobs that are shown and have not left their list.
    shown: HashMap<String, State>,
    following: HashMap<String, CancellationToken>,
    followers: SelectAll<BoxStream<'a, (String, ResourceId, Told)>>,
}

impl Live<'_> {
    async fn sweep(&mut self, limit: Option<u32>) -> Result<(), Failure> {
        let mut count = 0;
        let mut unfinished = Vec::new();
        let (view, shown) = (&mut self.view, &mut self.shown);
        sweep(self.store, self.filters, Bodies::All, |job| {
            if let Some(Body::Job(found)) = &job.body
                && !found.job.status().is_final()
            {
                shown.insert(job.listed.key.clone(), State::of(&found.job, view.is_screen()));
                unfinished.push(job.listed.clone());
            }
            view.show(&job.listed.key, record(&job))?;
            count += 1;
            Ok(if limit == Some(count) { More::No } else { More::Yes })
        })
        .await?;
        for job in unfinished {
            self.follow(job);
        }
        Ok(())
    }

    /// Follows a job, if there is room.
    fn follow(&mut self, job: Listed) -> bool {
        if self.following.len() >= FOLLOWED || !self.filters.want_unfinished() {
            return false;
        }
        let stop = CancellationToken::new();
        let (key, id) = (job.key.clone(), job.id.clone());
        let following = follow(self.store, job, self.view.is_screen());
        let told = following.map(move |told| (key.clone(), id.clone(), told));
        let stopped = stop.clone();
        self.followers.push(told.take_until(async move { stopped.cancelled().await }).boxed());
        true
    }

    async fn heard(&mut self, feed: &mut Feed, event: WatchEvent) -> Result<(), Failure> {
        match event {
            WatchEvent::Started { .. } => {
                feed.trouble = None;
                let (come, gone, _) = feed.read(self.store).await?;
                self.moved(come, gone).await
            }
            WatchEvent::Gap => {
                feed.trouble = None;
                let (come, gone, rev) = feed.read(self.store).await?;
                feed.watch.resume_from(rev);
                self.moved(come, gone).await
            }
            WatchEvent::Changes(changes) => {
                let Some(own) = changes.iter().find(|change| change.path.is_empty()) else { return Ok(()) };
                let (come, gone) = match feed.changed(own) {
                    Some(moved) => moved,
                    None => {
                        let (come, gone, _) = feed.read(self.store).await?;
                        (come, gone)
                    }
                };
                self.moved(come, gone).await
            }
            WatchEvent::Deleted => {
                let gone = feed.known.drain().map(|(key, id)| Listed { key, id }).collect();
                self.moved(Vec::new(), gone).await
            }
            WatchEvent::Missing(error) if error.is_not_found() => Ok(()),
            WatchEvent::Missing(error) => Err(error.into()),
            WatchEvent::Disconnected(error) => {
                feed.trouble = Some(chain(&error));
                self.view.trouble(&chain(&error));
                Ok(())
            }
        }
    }

    async fn moved(&mut self, come: Vec<Listed>, gone: Vec<Listed>) -> Result<(), Failure> {
        for job in come {
            // One that is followed tells of itself, now as later.
            if !self.follow(job.clone()) && self.filters.want_unfinished() {
                self.read(&job).await?;
            }
        }
        for job in gone {
            if let Some(following) = self.following.remove(&job.key) {
                following.cancel();
            }
            // It may have told its end itself.
            if self.shown.get(&job.key).is_none_or(|state| !state.status.is_final()) {
                self.read(&job).await?;
            }
            if self.shown.remove(&job.key).is_some_and(|state| !state.status.is_final()) {
                self.removed(&job.key, &job.id)?;
            }
        }
        Ok(())
    }

    async fn read(&mut self, job: &Listed) -> Result<(), Failure> {
        let Some(document) = self.store.client.find(&job.id.path()).await? else { return Ok(()) };
        match Job::from_value(&document.value) {
            Ok(read) => self.told(&job.key, &job.id, Told::Is(Box::new((read, document.value)))),
            Err(_) => Ok(()),
        }
    }

    fn told(&mut self, key: &str, id: &ResourceId, told: Told) -> Result<(), Failure> {
        let Told::Is(read) = told else {
            return if self.shown.remove(key).is_some() { self.removed(key, id) } else { Ok(()) };
        };
        let (job, document) = *read;
        let state = State::of(&job, self.view.is_screen());
        let before = self.shown.get(key).copied();
        if before == Some(state) {
            return Ok(());
        }
        let fits = self.filters.fits(key, &job, &document);
        if !fits && before.is_none() {
            return Ok(());
        }
        self.shown.insert(key.to_owned(), state);
        if !fits && self.view.is_screen() {
            self.view.take_away(key);
            return Ok(());
        }
        self.view.show(key, Value::Object(brief(key, id, &job)))
    }

    fn removed(&mut self, key: &str, id: &ResourceId) -> Result<(), Failure> {
        if self.view.is_screen() {
            self.view.take_away(key);
            return Ok(());
        }
        self.view.show(key, Value::Object(broken(key, id, "removed", "it was taken out of its list")))
    }
}

/// What a job tells, each time that it is another, to its end.
fn follow<'a>(store: &'a Store, job: Listed, tells_progress: bool) -> BoxStream<'a, Told> {
    let begun = Some((Follow::begin(store, &job.key, &job.id), None));
    let telling = stream::unfold(begun, move |following| async move {
        let (mut follow, last) = following?;
        // The lists say when the connection is lost.
        let state = |job: &Job| Some(State::of(job, tells_progress));
        let Ok(job) = follow.until(store, &mut |_| {}, |job| state(job) != last).await else {
            return Some((Told::Gone, None));
        };
        let document = follow.document().cloned().unwrap_or_default();
        let next = if job.status().is_final() { None } else { Some((follow, state(&job))) };
        Some((Told::Is(Box::new((job, document))), next))
    });
    telling.boxed()
}

/// Where it is shown: a screen that is drawn anew, or lines that are added.
enum View<'a> {
    Screen { screen: Screen<'a>, rows: Vec<(String, Value)>, limit: usize },
    Lines { app: &'a App, listing: Listing<'a> },
}

impl<'a> View<'a> {
    fn new(app: &'a App, limit: Option<u32>) -> Self {
        match app.ui.screen(&COLUMNS) {
            Some(screen) => {
                let limit = limit.map_or(ROWS, |limit| ROWS.min(limit as usize));
                Self::Screen { screen, rows: Vec::new(), limit }
            }
            None => Self::Lines { app, listing: app.ui.listing(&COLUMNS) },
        }
    }

    fn is_screen(&self) -> bool {
        matches!(self, Self::Screen { .. })
    }

    fn show(&mut self, key: &str, record: Value) -> Result<(), Failure> {
        match self {
            Self::Lines { listing, .. } => {
                listing.push(key, &record)?;
                listing.flush()
            }
            Self::Screen { rows, limit, .. } => {
                match rows.iter_mut().find(|(shown, _)| shown == key) {
                    Some((_, row)) => *row = record,
                    None => rows.push((key.to_owned(), record)),
                }
                sort(rows);
                rows.truncate(*limit);
                Ok(())
            }
        }
    }

    fn take_away(&mut self, key: &str) {
        if let Self::Screen { rows, .. } = self {
            rows.retain(|(shown, _)| shown != key);
        }
    }

    fn trouble(&self, reason: &str) {
        if let Self::Lines { app, .. } = self {
            app.ui.warn(&format!("{reason}; waiting for it to come back"));
        }
    }

    fn draw(&mut self, feeds: &[Feed]) -> Result<(), Failure> {
        let Self::Screen { screen, rows, .. } = self else { return Ok(()) };
        let unfinished: usize = feeds.iter().map(|feed| feed.known.len()).sum();
        let trouble: HashSet<&str> = feeds.iter().filter_map(|feed| feed.trouble.as_deref()).collect();
        let mut footer = format!("{unfinished} unfinished; live, Ctrl-C ends it");
        for reason in trouble {
            footer = format!("not live: {reason}");
        }
        let rows: Vec<&Value> = rows.iter().map(|(_, row)| row).collect();
        screen.draw(&rows, &footer)
    }
}

/// Those that have not ended, the newest first, then those that have, the last to end first.
fn sort(rows: &mut [(String, Value)]) {
    rows.sort_by(|(a_key, a), (b_key, b)| {
        let finished = |row: &Value| row.get("finished").and_then(Value::as_str).map(str::to_owned);
        let (a_end, b_end) = (finished(a), finished(b));
        a_end.is_some().cmp(&b_end.is_some()).then_with(|| b_end.cmp(&a_end)).then_with(|| b_key.cmp(a_key))
    });
}
