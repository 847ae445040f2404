//! Walking over all jobs that may fit: those that have not ended, newest first, then those that have, newest day
//! first and within a day newest first.
//!
//! Owns reading lists as late and as little as possible, and fetching bodies only where they are needed, a bounded
//! number at a time.

use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, stream};
use jiff::civil::Date;
use serde_json::Value;

use super::cache::{Cache, DayWriter, Known};
use super::filters::Filters;
use super::rows::Rows;
use crate::cli::connect::Store;
use crate::cli::error::Failure;
use crate::jobs::{FinalList, Found, Listed, ListedIn, finished_days, pending_lists};
use crate::model::{Job, Path, Rev};
use crate::oada::Document;

/// How many bodies are fetched at a time.
const PARALLEL: usize = 64;
/// How many days are read ahead, once more than the first is wanted.
const AHEAD: usize = 4;

/// A job that fits the filters.
pub(super) struct Fitting {
    pub(super) listed: Listed,
    pub(super) list: Arc<ListedIn>,
    /// What was read, where bodies were asked for.
    pub(super) body: Option<Body>,
    /// Whether the server was asked for it.
    is_fetched: bool,
}

impl Fitting {
    /// The day under which it is filed; `None` where it has not ended.
    pub(super) fn day(&self) -> Option<Date> {
        day_of(&self.list)
    }

    /// Makes a job of what is kept of it, and returns that.
    fn read_known(&mut self) -> Option<Known> {
        let Some(Body::Known(known)) = self.body.take() else { return None };
        let document = known.document().unwrap_or_default();
        let place = (known.rev(), known.etag().to_owned());
        self.body = Some(body_of(&self.listed, document, place));
        Some(known)
    }
}

fn day_of(list: &ListedIn) -> Option<Date> {
    match list {
        ListedIn::Pending(_) => None,
        ListedIn::Final(day) => Some(day.day),
    }
}

/// What stands where a job should.
pub(super) enum Body {
    Job(Box<Found>),
    /// A finished job as it is kept here, and still is.
    Known(Known),
    /// No job; the reason why.
    Invalid(String),
    /// The link leads nowhere.
    Missing,
}

/// Whether more jobs are wanted.
pub(super) enum More {
    Yes,
    No,
}

/// Whether bodies are fetched also where the filters need none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bodies {
    All,
    /// Of all, but finished jobs that are kept here may come as that.
    Kept,
    /// Of jobs that have not ended, since their lists do not tell which of them run.
    Unfinished,
    AsNeeded,
}

/// Lists read together: those of one day.
type Group = Vec<Arc<ListedIn>>;

/// Calls `each` for every job that fits, until it wants no more.
///
/// Returns whether jobs were left out because no more were wanted.
///
/// # Errors
/// When the store refuses or cannot be reached, or `each` fails.
pub(super) async fn sweep(
    store: &Store,
    filters: &Filters,
    bodies: Bodies,
    mut each: impl FnMut(Fitting) -> Result<More, Failure>,
) -> Result<bool, Failure> {
    let is_needed = |list: &ListedIn| match bodies {
        Bodies::All | Bodies::Kept => true,
        Bodies::Unfinished => matches!(list, ListedIn::Pending(_)) || filters.need_body(list),
        Bodies::AsNeeded => filters.need_body(list),
    };
    let (groups, cache) = tokio::try_join!(groups(store, filters), async { Ok(store.cache().await?) })?;
    let links = links(store, cache.as_ref(), groups, is_needed);
    let bodied = async |link: Result<Linked, Failure>| match link? {
        link if link.is_told() => Ok(link.told()),
        // Most may be told, and need none of the room that a request takes.
        link => Box::pin(fetch(store, link)).await,
    };
    let mut fetched = pin!(links.map(bodied).buffered(PARALLEL));
    let mut keeper = Keeper { cache: cache.as_ref(), writer: None };
    while let Some(job) = fetched.next().await {
        // What is kept here comes without any wait, and others are to have their turn.
        tokio::task::coop::consume_budget().await;
        let mut job = job?;
        let needs_body = filters.need_body(&job.list);
        let mut known = keeper.see(&job);
        if matches!(job.body, Some(Body::Known(_))) && (needs_body || bodies != Bodies::Kept) {
            known = job.read_known();
        }
        let fits = match &job.body {
            None | Some(Body::Known(_)) => true,
            Some(Body::Job(found)) => filters.fits(&job.listed.key, &found.job, &found.document),
            Some(_) => !needs_body,
        };
        if let (Bodies::Kept, Some(known)) = (bodies, known) {
            job.body = Some(Body::Known(known));
        }
        if fits && matches!(each(job)?, More::No) {
            return Ok(fetched.next().await.is_some());
        }
    }
    Ok(false)
}

/// A link on its way to become a job.
struct Linked {
    listed: Listed,
    /// That of the job, where the list tells it.
    rev: Option<Rev>,
    list: Arc<ListedIn>,
    is_needed: bool,
    known: Option<Known>,
}

impl Linked {
    /// Whether no request is needed: bodies are not wanted, or it is kept here and the list says that it is still so.
    fn is_told(&self) -> bool {
        let is_same = |known: &Known| self.rev == Some(known.rev()) && known.id() == self.listed.id.as_str();
        !self.is_needed || (tells(self.rev) && self.known.as_ref().is_some_and(is_same))
    }

    fn told(self) -> Fitting {
        let body = self.known.filter(|_| self.is_needed).map(Body::Known);
        Fitting { listed: self.listed, list: self.list, body, is_fetched: false }
    }
}

/// Whether a list says at which rev a job is. There is no rev 0; it stands for one that is to be put there.
fn tells(rev: Option<Rev>) -> bool {
    rev.is_some_and(|rev| rev != Rev(0))
}

async fn fetch(store: &Store, link: Linked) -> Result<Fitting, Failure> {
    let Linked { listed, rev, list, known, .. } = link;
    if let Some(body) = still_known(store, (&listed, rev), known).await? {
        return Ok(Fitting { listed, list, body: Some(body), is_fetched: false });
    }
    let body = match store.client.find(&listed.id.path()).await? {
        Some(Document { value, rev, etag, .. }) => body_of(&listed, value, (rev, etag)),
        None => Body::Missing,
    };
    Ok(Fitting { listed, list, body: Some(body), is_fetched: true })
}

/// What is kept of a job, if it is still so: the server is asked, where the list does not say it.
async fn still_known(
    store: &Store,
    (listed, rev): (&Listed, Option<Rev>),
    known: Option<Known>,
) -> Result<Option<Body>, Failure> {
    let Some(known) = known.filter(|known| known.id() == listed.id.as_str()) else { return Ok(None) };
    if tells(rev) {
        return Ok(None);
    }
    Ok(match store.client.head(&listed.id.path()).await? {
        None => Some(Body::Missing),
        Some(head) if head.etag == known.etag() && head.rev == known.rev() => Some(Body::Known(known)),
        Some(_) => None,
    })
}

/// Keeps finished jobs as they are seen.
struct Keeper<'a> {
    cache: Option<&'a Cache>,
    writer: Option<DayWriter<'a>>,
}

impl Keeper<'_> {
    /// Keeps a job, if it is one to be kept.
    fn see(&mut self, job: &Fitting) -> Option<Known> {
        let (Some(cache), Some(day), Some(Body::Job(found))) = (self.cache, job.day(), &job.body) else {
            return None;
        };
        if !job.is_fetched || !found.job.status().is_final() {
            return None;
        }
        if self.writer.as_ref().is_some_and(|writer| writer.day() != day) {
            self.writer = None;
        }
        self.writer.get_or_insert_with(|| cache.keep(day)).push(found)
    }
}

fn body_of(listed: &Listed, document: Value, (rev, etag): (Rev, String)) -> Body {
    let (key, id) = (listed.key.clone(), listed.id.clone());
    match Job::from_value(&document) {
        Ok(job) => Body::Job(Box::new(Found { key, id, rev, etag, job, document })),
        Err(reason) => Body::Invalid(reason.to_string()),
    }
}

/// The links of groups, in their order. The second group is read when the first is used up, the others ahead of time.
fn links<'a>(
    store: &'a Store,
    cache: Option<&'a Cache>,
    groups: Vec<Group>,
    is_needed: impl Fn(&ListedIn) -> bool + 'a,
) -> impl Stream<Item = Result<Linked, Failure>> + 'a {
    let with_revs = cache.is_some();
    let read = move |group: Group| async move {
        let paths: Vec<&Path> = group.iter().map(|list| path_of(list)).collect();
        let rows = Rows::read(store, &paths, with_revs).await?;
        Ok::<_, Failure>((rows, group))
    };
    let mut groups = groups.into_iter();
    let first = stream::iter(groups.next()).then(read);
    let others = stream::iter(groups).map(read).buffered(AHEAD);
    first.chain(others).flat_map(move |read| match read {
        Ok((rows, group)) => {
            let needed: Vec<bool> = group.iter().map(|list| is_needed(list)).collect();
            let day = group.first().and_then(|list| day_of(list)).filter(|_| needed.contains(&true));
            let mut kept = cache.zip(day).map(|(cache, day)| cache.day(day));
            let link = move |(listed, rev, list): (Listed, Option<Rev>, usize)| {
                let known = kept.as_mut().and_then(|kept| kept.look(&listed.key));
                Ok(Linked { listed, rev, list: group[list].clone(), is_needed: needed[list], known })
            };
            stream::iter(rows).map(link).boxed_local()
        }
        Err(failure) => stream::iter([Err(failure)]).boxed_local(),
    })
}

fn path_of(list: &ListedIn) -> &Path {
    match list {
        ListedIn::Pending(list) => &list.path,
        ListedIn::Final(day) => &day.path,
    }
}

async fn groups(store: &Store, filters: &Filters) -> Result<Vec<Group>, Failure> {
    let (client, root) = (&store.client, &store.root);
    let pending =
        async { if filters.want_unfinished() { pending_lists(client, root).await } else { Ok(Vec::new()) } };
    let finished = async |list| {
        if filters.want_finished(list) { finished_days(client, root, list).await } else { Ok(Vec::new()) }
    };
    let (pending, success, failure) =
        tokio::try_join!(pending, finished(FinalList::Success), finished(FinalList::Failure))?;
    let mut groups: Vec<Group> = Vec::new();
    if !pending.is_empty() {
        groups.push(pending.into_iter().map(|list| Arc::new(ListedIn::Pending(list))).collect());
    }
    let mut days = [success, failure].concat();
    days.retain(|day| filters.want_day(day.day));
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    let by_day = days.chunk_by(|a, b| a.day == b.day);
    groups.extend(by_day.map(|days| days.iter().map(|day| Arc::new(ListedIn::Final(day.clone()))).collect()));
    Ok(groups)
}
