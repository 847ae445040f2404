//! Finding jobs: by key, id, path or the beginning of a key, and list by list.
//!
//! Owns knowing all five shapes in which lists lie in old and new stores (`jobs-contract.md` 2). Reads links; a job's
//! body is fetched only where one job is asked for.

use jiff::civil::Date;
use serde_json::Value;

use super::{Error, FinalList, Layout, PendingList, ServiceRoot, survey};
use crate::model::{Job, Path, ResourceId, Rev, is_item_key};
use crate::oada::{Client, Entries};

/// A list in which a job was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedIn {
    /// It waits or runs.
    Pending(PendingList),
    /// It has ended.
    Final(FinishedDay),
}

/// The jobs that ended on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedDay {
    /// Success or failure.
    pub list: FinalList,
    /// The day, in the time zone of the worker that filed it.
    pub day: Date,
    /// Where the list is.
    pub path: Path,
}

/// A link to a job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key in the list.
    pub key: String,
    /// Its resource.
    pub id: ResourceId,
}

/// A job with where it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its key in the list; where it is in none, that of its resource.
    pub key: String,
    /// Its resource.
    pub id: ResourceId,
    /// The resource's rev.
    pub rev: Rev,
    /// The resource's entity tag, for writes that must not meet a change.
    pub etag: String,
    /// The job.
    pub job: Job,
    /// The whole resource as it was read.
    pub document: Value,
}

/// Keys in `jobs` that are lists of the current layout and not jobs.
const RESERVED: [&str; 6] = ["pending", "success", "failure", "typed-failure", "reports", "delayed"];

/// The jobs of a list, as they are read. Entries that are no links to jobs are passed over.
pub struct JobEntries {
    entries: Entries,
    /// The rev of the resource that holds the list.
    pub rev: Rev,
    /// Where in that resource the list is; empty for a list that is a resource of its own.
    pub leftover: String,
}

impl JobEntries {
    /// Opens a list; `None` if it does not exist.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub async fn open(client: &Client, list: &Path) -> Result<Option<Self>, Error> {
        Self::opened(client.entries(list).await)
    }

    /// The same, with links that tell the rev at which their jobs are now where the server can say it.
    ///
    /// # Errors
    /// As [`JobEntries::open`].
    pub async fn open_with_revs(client: &Client, list: &Path) -> Result<Option<Self>, Error> {
        Self::opened(client.entries_with_revs(list).await)
    }

    fn opened(opened: Result<Entries, crate::oada::Error>) -> Result<Option<Self>, Error> {
        match opened {
            Ok(entries) => Ok(Some(Self { rev: entries.rev, leftover: entries.leftover.clone(), entries })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The next job; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks, or the list is not JSON.
    pub async fn next(&mut self) -> Result<Option<Listed>, Error> {
        while let Some((key, value)) = self.next_entry().await? {
            if let Some(job) = listed(&key, &value) {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    /// The next entry, whatever it is; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks, or the list is not JSON.
    pub async fn next_entry(&mut self) -> Result<Option<(String, Value)>, Error> {
        Ok(self.entries.next().await.transpose()?)
    }
}

/// Reads an entry of a list; `None` if it is no link to a job.
#[must_use]
pub fn listed(key: &str, value: &Value) -> Option<Listed> {
    listed_key(key, value).map(|id| Listed { key: key.to_owned(), id: ResourceId::from_key(id) })
}

/// The key of the resource to which an entry of a list leads; `None` if it is no link to a job.
pub(crate) fn listed_key<'a>(key: &str, value: &'a Value) -> Option<&'a str> {
    if key.starts_with('_') || RESERVED.contains(&key) {
        return None;
    }
    ResourceId::key_in(value.get("_id")?.as_str()?)
}

/// The lists in which jobs of a service may wait.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn pending_lists(client: &Client, root: &ServiceRoot) -> Result<Vec<PendingList>, Error> {
    Ok(survey(client, root).await?.pending_lists(root))
}

/// The days on which jobs of a service ended, newest first, in whatever shape the lists have.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn finished_days(
    client: &Client,
    root: &ServiceRoot,
    list: FinalList,
) -> Result<Vec<FinishedDay>, Error> {
    let mut days = Vec::new();
    for layout in [Layout::Classic, Layout::Current] {
        let path = layout.final_list(root, list);
        let Some(document) = client.find(&path).await? else { continue };
        collect_days(&document.value, &path, list, &mut days);
        if layout == Layout::Classic {
            continue;
        }
        // 4.0 to 4.5 filed one level deeper, by the failure's type or `unknown`.
        for (key, value) in document.value.as_object().into_iter().flatten() {
            if key.starts_with('_') || key == "day-index" || !value.is_object() {
                continue;
            }
            let deeper = path.join(key);
            if let Some(document) = client.find(&deeper).await? {
                collect_days(&document.value, &deeper, list, &mut days);
            }
        }
    }
    days.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.path.cmp(&b.path)));
    Ok(days)
}

fn collect_days(document: &Value, path: &Path, list: FinalList, days: &mut Vec<FinishedDay>) {
    let index = document.get("day-index").and_then(Value::as_object);
    for (key, value) in index.into_iter().flatten() {
        if let (Ok(day), true) = (key.parse(), value.is_object()) {
            days.push(FinishedDay { list, day, path: path.join("day-index").join(key) });
        }
    }
}

/// Finds the job that a selector names: its key, its id (`resources/…`), an absolute path, or the beginning of its
/// key if no other job of the service begins so.
///
/// # Errors
/// [`Error::NoSuchJob`], [`Error::Ambiguous`], [`Error::NotAJob`], or when the store refuses or cannot be reached.
pub async fn find(client: &Client, root: &ServiceRoot, selector: &str) -> Result<Found, Error> {
    let missing = || Error::NoSuchJob { selector: selector.to_owned(), service: root.to_string() };
    if selector.starts_with('/') {
        let path = Path::parse(selector).map_err(|_| missing())?;
        return read(client, &path, path.last().unwrap_or_default()).await?.ok_or_else(missing);
    }
    if let Some(id) = ResourceId::parse(selector) {
        return read(client, &id.path(), id.key()).await?.ok_or_else(missing);
    }
    if !is_item_key(selector) {
        return Err(missing());
    }
    if let Some(found) = read(client, &ResourceId::from_key(selector).path(), selector).await? {
        return Ok(found);
    }
    let listed = find_listed(client, root, selector).await?;
    read(client, &listed.id.path(), &listed.key).await?.ok_or_else(missing)
}

async fn read(client: &Client, path: &Path, key: &str) -> Result<Option<Found>, Error> {
    let Some(document) = client.find(path).await? else { return Ok(None) };
    let id = document.resource.clone();
    let job =
        Job::from_value(&document.value).map_err(|reason| Error::NotAJob { id: id.to_string(), reason })?;
    let (rev, etag) = (document.rev, document.etag);
    Ok(Some(Found { key: key.to_owned(), id, rev, etag, job, document: document.value }))
}

/// Looks through all lists of a service for a key, or the only key with this beginning.
async fn find_listed(client: &Client, root: &ServiceRoot, selector: &str) -> Result<Listed, Error> {
    let mut matches: Vec<Listed> = Vec::new();
    for list in lists(client, root).await? {
        if let Some(head) = client.head(&list.join(selector)).await?
            && head.leftover.is_empty()
        {
            return Ok(Listed { key: selector.to_owned(), id: head.resource });
        }
        let Some(mut entries) = JobEntries::open(client, &list).await? else { continue };
        while let Some(job) = entries.next().await? {
            if job.key.starts_with(selector) && !matches.contains(&job) {
                matches.push(job);
            }
        }
    }
    match matches.as_slice() {
        [] => Err(Error::NoSuchJob { selector: selector.to_owned(), service: root.to_string() }),
        [job] => Ok(job.clone()),
        [first, second, ..] => Err(Error::Ambiguous {
            selector: selector.to_owned(),
            count: matches.len(),
            first: first.key.clone(),
            second: second.key.clone(),
        }),
    }
}

/// All lists of a service, waiting jobs first, then the days from the newest.
async fn lists(client: &Client, root: &ServiceRoot) -> Result<Vec<Path>, Error> {
    let mut lists: Vec<Path> = pending_lists(client, root).await?.into_iter().map(|list| list.path).collect();
    let mut days = finished_days(client, root, FinalList::Success).await?;
    days.extend(finished_days(client, root, FinalList::Failure).await?);
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    lists.extend(days.into_iter().map(|day| day.path));
    Ok(lists)
}

/// The list in which a job stands; `None` if in none that its status and times lead to.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn listed_in(
    client: &Client,
    root: &ServiceRoot,
    found: &Found,
) -> Result<Option<ListedIn>, Error> {
    let stands = async |path: &Path| -> Result<bool, Error> {
        Ok(client.head(&path.join(&found.key)).await?.is_some_and(|head| head.leftover.is_empty()))
    };
    for list in pending_lists(client, root).await? {
        if stands(&list.path).await? {
            return Ok(Some(ListedIn::Pending(list)));
        }
    }
    for list in [FinalList::Success, FinalList::Failure] {
        if found.job.status_field.as_deref() != Some(list.as_str()) {
            continue;
        }
        for day in finished_days(client, root, list).await? {
            if stands(&day.path).await? {
                return Ok(Some(ListedIn::Final(day)));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_that_are_no_jobs_are_passed_over() {
        let link = json!({"_id": "resources/a"});
        assert!(listed("k", &link).is_some());
        assert_eq!(listed("pending", &link), None);
        assert_eq!(listed("_meta", &link), None);
        assert_eq!(listed("k", &json!({"service": "x"})), None);
        assert_eq!(listed("k", &json!(null)), None);
    }

    #[test]
    fn days_are_read_from_an_index() {
        let mut days = Vec::new();
        let document = json!({"day-index": {
            "2024-01-02": {"_id": "resources/a"}, "not-a-day": {"_id": "resources/b"}, "2024-01-03": null
        }});
        collect_days(&document, &Path::root().join("x"), FinalList::Failure, &mut days);
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].path.to_string(), "/x/day-index/2024-01-02");
    }
}
