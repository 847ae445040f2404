//! Posting jobs: the resource first, then its link in the pending list.
//!
//! Owns the keys, chosen here so that each step can be repeated safely.

use serde_json::{Map, Value, json};

use super::{Error, Layout, ServiceRoot, members_of, survey};
use crate::model::{Job, Link, ResourceId, Rev, Update, is_item_key, new_key, now_text};
use crate::oada::Client;

/// How often a job is marked anew where others write to it at the same time.
const ATTEMPTS: u32 = 20;

/// A job to post.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Its key, which is also its resource's; a KSUID unless the poster knows better.
    pub key: String,
    /// Its type.
    pub job_type: String,
    /// What its handler is given.
    pub config: Map<String, Value>,
    /// Further members, such as where it comes from.
    pub extra: Map<String, Value>,
}

impl NewJob {
    /// A job under a new key.
    #[must_use]
    pub fn new(job_type: &str, config: Map<String, Value>) -> Self {
        Self { key: new_key(), job_type: job_type.to_owned(), config, extra: Map::new() }
    }

    /// Its resource.
    #[must_use]
    pub fn id(&self) -> ResourceId {
        ResourceId::from_key(&self.key)
    }
}

/// A job that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its key in the pending list.
    pub key: String,
    /// Its resource.
    pub id: ResourceId,
}

/// The layout in which to post: that of the service if it has one, else `wanted`, else classic. The lists stand
/// afterwards.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn posting_layout(
    client: &Client,
    root: &ServiceRoot,
    wanted: Option<Layout>,
) -> Result<Layout, Error> {
    let layout = match wanted {
        Some(layout) => layout,
        None => survey(client, root).await?.layout().unwrap_or(Layout::Classic),
    };
    layout.ensure(client, root).await?;
    Ok(layout)
}

/// Writes the resource of a job, which nobody sees until it is linked.
///
/// # Errors
/// When the key is unfit, or the store refuses or cannot be reached.
pub async fn create(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    job: &NewJob,
) -> Result<Posted, Error> {
    write(client, root, layout, job, None).await
}

async fn write(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    job: &NewJob,
    if_match: Option<&str>,
) -> Result<Posted, Error> {
    if !is_item_key(&job.key) {
        return Err(Error::Key { key: job.key.clone() });
    }
    let mut body = job.extra.clone();
    body.insert("service".into(), root.name().into());
    body.insert("type".into(), job.job_type.clone().into());
    body.insert("config".into(), Value::Object(job.config.clone()));
    client.put(&job.id().path(), layout.job_type(), &Value::Object(body), if_match).await?;
    Ok(Posted { key: job.key.clone(), id: job.id() })
}

/// What writing a job that may be there already came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// Its resource was written; it is to be linked.
    New(Posted),
    /// It was there, as a post leaves it that was interrupted; it is to be linked.
    Unlinked(Posted),
    /// It was posted before.
    Known(Posted),
}

/// Writes the resource of a job whose key was chosen by the poster, unless a job of this key is there.
///
/// The resource is made empty and filled by compare-and-set, so that of several jobs of one key one is first.
///
/// # Errors
/// As [`create`], or when others keep writing to it.
pub async fn create_once(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    job: &NewJob,
) -> Result<Created, Error> {
    if !is_item_key(&job.key) {
        return Err(Error::Key { key: job.key.clone() });
    }
    let posted = Posted { key: job.key.clone(), id: job.id() };
    let mut left = ATTEMPTS;
    loop {
        let etag = match client.find(&posted.id.path()).await? {
            Some(document) if !members_of(&document.value).is_empty() => {
                return stands(client, root, layout, posted, &document.value).await;
            }
            Some(empty) => empty.etag,
            None => {
                let staked = client.put(&posted.id.path(), layout.job_type(), &json!({}), None).await?;
                if staked.rev != Rev(1) && left > 0 {
                    // Somebody else has made it too, and may have filled it.
                    left -= 1;
                    continue;
                }
                staked.etag
            }
        };
        match write(client, root, layout, job, Some(&etag)).await {
            Err(Error::Store(error)) if error.is_precondition_failed() && left > 0 => left -= 1,
            written => return written.map(Created::New),
        }
    }
}

/// How a job stands that was posted before; `None` if it is not there.
pub(super) async fn standing(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    posted: &Posted,
) -> Result<Option<Created>, Error> {
    let Some(document) = client.find(&posted.id.path()).await? else { return Ok(None) };
    stands(client, root, layout, posted.clone(), &document.value).await.map(Some)
}

async fn stands(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    posted: Posted,
    document: &Value,
) -> Result<Created, Error> {
    let is_untouched = ["status", "updates", "result"].iter().all(|member| document.get(*member).is_none());
    let is_offered = !is_untouched
        || Job::from_value(document).is_err()
        || client.head(&layout.pending(root).join(&posted.key)).await?.is_some();
    Ok(if is_offered { Created::Known(posted) } else { Created::Unlinked(posted) })
}

/// Links jobs into the pending list, all in one PUT: from here on they are offered.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn link(client: &Client, root: &ServiceRoot, layout: Layout, jobs: &[Posted]) -> Result<(), Error> {
    let links: Map<String, Value> =
        jobs.iter().map(|job| (job.key.clone(), Link::unversioned(job.id.clone()).to_value())).collect();
    client.put(&layout.pending(root), layout.list_type(), &Value::Object(links), None).await?;
    Ok(())
}

/// Posts one job into lists that stand.
///
/// # Errors
/// When the store refuses or cannot be reached. Posting the same [`NewJob`] again is safe.
pub async fn post(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    job: &NewJob,
) -> Result<Posted, Error> {
    let posted = create(client, root, layout, job).await?;
    link(client, root, layout, std::slice::from_ref(&posted)).await?;
    Ok(posted)
}

/// What a retry came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retried {
    /// A new job was posted.
    Posted(Posted),
    /// The job has a successor already, which is offered or has run.
    Already(Posted),
}

/// Posts a new job with the type of a finished one, and its config unless another is given, and marks the old one with its successor.
///
/// The mark is set by compare-and-set before the new job is linked, so two retries at once, or one that is
/// interrupted and repeated, make one successor. With `again` an earlier successor does not count.
///
/// # Errors
/// When the old job cannot be read, or the store refuses or cannot be reached.
pub async fn retry(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    old: &ResourceId,
    (config, again): (Option<&Map<String, Value>>, bool),
) -> Result<Retried, Error> {
    let mut created: Option<Posted> = None;
    let mut left = ATTEMPTS;
    loop {
        let document = client.get(&old.path()).await?;
        let job = Job::from_value(&document.value)
            .map_err(|reason| Error::NotAJob { id: old.to_string(), reason })?;
        if let Some(successor) = successor(&job) {
            if created.as_ref() == Some(&successor) {
                link(client, root, layout, std::slice::from_ref(&successor)).await?;
                return Ok(Retried::Posted(successor));
            }
            if !again {
                offer_again(client, root, layout, &successor).await?;
                return Ok(Retried::Already(successor));
            }
        }
        let new = match &created {
            Some(new) => new.clone(),
            None => {
                let mut new = NewJob::new(&job.job_type, config.unwrap_or(&job.config).clone());
                new.extra.insert("retry_of".into(), old.as_str().into());
                created.insert(create(client, root, layout, &new).await?).clone()
            }
        };
        let mark = json!({
            "retried": {"as": new.id.as_str(), "at": now_text()},
            "updates": {new_key(): Update::now("retried", new.id.as_str())},
        });
        match client.put(&old.path(), "application/json", &mark, Some(&document.etag)).await {
            Ok(_) => {
                link(client, root, layout, std::slice::from_ref(&new)).await?;
                return Ok(Retried::Posted(new));
            }
            Err(error) if error.is_precondition_failed() && left > 0 => left -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The job that was posted as a retry of this one.
#[must_use]
pub fn successor(job: &Job) -> Option<Posted> {
    let id = ResourceId::parse(job.extra.get("retried")?.get("as")?.as_str()?)?;
    Some(Posted { key: id.key().to_owned(), id })
}

/// Links a successor whose retry was interrupted before that.
async fn offer_again(client: &Client, root: &ServiceRoot, layout: Layout, job: &Posted) -> Result<(), Error> {
    match standing(client, root, layout, job).await? {
        Some(Created::Unlinked(job)) => link(client, root, layout, &[job]).await,
        _ => Ok(()),
    }
}
