//! Unique jobs: at most one job of a service for each key that its posters agree on, whoever they are.
//!
//! Owns the record of a key, `resources/oada-jobs-unique-<digest>`, which is linked nowhere and names the job that was
//! posted first. It is made empty and filled by compare-and-set, so that of many posters at once one is first.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::post::{Created, create, standing};
use super::{Error, Layout, NewJob, Posted, ServiceRoot};
use crate::model::{Link, ResourceId, Rev, now_text, parse_time};
use crate::oada::{Client, Document};

const RECORD_TYPE: &str = "application/vnd.oada-jobs.unique.1+json";
/// How often a record is written anew where others write to it at the same time.
const ATTEMPTS: u32 = 20;
/// The member of a job that holds its key.
const MEMBER: &str = "unique";

/// The keys of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    scope: String,
    lasts: Option<Duration>,
}

impl Unique {
    /// The keys of a service whose lists stand. With `lasts`, a key is free again that long after its job was posted.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub async fn of(client: &Client, root: &ServiceRoot, lasts: Option<Duration>) -> Result<Self, Error> {
        // Services of one name that belong to several users of a store are told apart by their resources.
        let head = client.head(root.path()).await?;
        let scope = head.map_or(root.to_string(), |head| format!("{}{}", head.resource, head.leftover));
        Ok(Self { scope, lasts })
    }

    /// The resource that holds the record of a key.
    #[must_use]
    pub fn record(&self, key: &str) -> ResourceId {
        let digest = Sha256::new().chain_update(&self.scope).chain_update([0]).chain_update(key).finalize();
        let digest: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
        ResourceId::from_key(&format!("oada-jobs-unique-{digest}"))
    }

    /// Writes the resource of a job, unless a job of this key was posted before; then it is that one.
    ///
    /// A key whose job was deleted is free again. Cancelling, or dying, leaves at worst a job that is linked nowhere;
    /// whoever posts the key next goes on from there.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached, or others keep writing to the record.
    pub async fn create(
        &self,
        client: &Client,
        root: &ServiceRoot,
        layout: Layout,
        (key, job): (&str, &NewJob),
    ) -> Result<Created, Error> {
        let record = self.record(key);
        let mut job = job.clone();
        job.extra.insert(MEMBER.to_owned(), key.into());
        let mut created: Option<Posted> = None;
        let mut left = ATTEMPTS;
        loop {
            let etag = match client.find(&record.path()).await? {
                Some(document) => {
                    if let Some(first) = self.first(&document) {
                        if created.as_ref() == Some(&first) {
                            // Our own write has landed although its answer was lost.
                            return Ok(Created::New(first));
                        }
                        if let Some(known) = standing(client, root, layout, &first).await? {
                            discard(client, created).await;
                            return Ok(known);
                        }
                    }
                    document.etag
                }
                None => {
                    let staked = client.put(&record.path(), RECORD_TYPE, &json!({}), None).await?;
                    if staked.rev != Rev(1) {
                        // Somebody else has made it too, and may have filled it.
                        left = left.checked_sub(1).ok_or_else(|| Error::ClaimLost {
                            id: record.to_string(),
                            by: "others that post the same key".into(),
                        })?;
                        continue;
                    }
                    staked.etag
                }
            };
            let posted = match &created {
                Some(posted) => posted.clone(),
                None => created.insert(create(client, root, layout, &job).await?).clone(),
            };
            let body = json!({
                "key": key, "job": Link::unversioned(posted.id.clone()).to_value(), "at": now_text(),
            });
            match client.put(&record.path(), RECORD_TYPE, &body, Some(&etag)).await {
                Ok(_) => return Ok(Created::New(posted)),
                Err(error) if error.is_precondition_failed() && left > 0 => left -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The job that a record names, if the key is still taken.
    fn first(&self, record: &Document) -> Option<Posted> {
        let id = Link::from_value(record.value.get("job")?)?.id;
        let at = record.value.get("at").and_then(Value::as_str).and_then(parse_time);
        let age = at.map(|at| at.duration_until(Timestamp::now()).unsigned_abs());
        let is_over = self.lasts.zip(age).is_some_and(|(lasts, age)| age > lasts);
        (!is_over).then(|| Posted { key: id.key().to_owned(), id })
    }

    /// Frees the key of a job that is deleted, if it has one and is the first of it.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub async fn forget(&self, client: &Client, id: &ResourceId, document: &Value) -> Result<(), Error> {
        let Some(key) = document.get(MEMBER).and_then(Value::as_str) else { return Ok(()) };
        let record = self.record(key).path();
        let Some(found) = client.find(&record).await? else { return Ok(()) };
        let is_its_own = found.value.get("job").and_then(Link::from_value).is_some_and(|link| link.id == *id);
        if is_its_own {
            match client.delete(&record, Some(&found.etag)).await {
                Err(error) if !error.is_precondition_failed() => return Err(error.into()),
                // Somebody has just posted the key again.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Deletes a job that came second and that nobody has seen.
async fn discard(client: &Client, created: Option<Posted>) {
    if let Some(posted) = created
        && let Err(error) = client.delete(&posted.id.path(), None).await
    {
        tracing::debug!(%error, id = %posted.id, "a job that is linked nowhere is left");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(scope: &str, lasts: Option<Duration>) -> Unique {
        Unique { scope: scope.to_owned(), lasts }
    }

    #[test]
    fn a_key_has_one_record_in_each_service() {
        let (one, other) = (unique("resources/a", None), unique("resources/b", None));
        assert_eq!(one.record("k"), unique("resources/a", None).record("k"));
        assert_ne!(one.record("k"), other.record("k"));
        assert_ne!(one.record("k"), one.record("l"));
        for odd in ["", "ä/ö ?", &"long".repeat(1000)] {
            assert!(crate::model::is_item_key(one.record(odd).key()), "{odd}");
        }
    }
}
