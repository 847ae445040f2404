//! Putting whole jobs back as they were: with status, result and updates, into the list where each stood.
//!
//! Owns what a job without its store is. Nothing that is there already is overwritten.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Error, FinalList, Layout, ServiceRoot, destinations};
use crate::model::{Job, Path, ResourceId, is_item_key};
use crate::oada::Client;

/// The list in which a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It waits or runs.
    Pending,
    /// It has ended, and is filed under this day.
    Final(FinalList, Date),
}

/// A job as it lay on some store.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeJob {
    /// Its key in the list.
    pub key: String,
    /// Its resource.
    pub id: ResourceId,
    /// The type of the resource; `None` for that of the layout.
    pub content_type: Option<String>,
    /// Where it stood.
    pub place: Place,
    /// All its members, without those of the store.
    pub members: Map<String, Value>,
}

/// What putting a job back came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Its resource was written; it is to be linked.
    New,
    /// It is there already, just so; it may have to be linked.
    Same,
    /// Another job, or a later state of it, is there and was left alone.
    Other,
}

impl WholeJob {
    /// Lists into which it is to be linked, besides the pending one.
    #[must_use]
    pub fn days(&self, root: &ServiceRoot, layout: Layout) -> Vec<Path> {
        let Place::Final(list, day) = self.place else { return Vec::new() };
        let job = Job::from_value(&Value::Object(self.members.clone())).ok();
        destinations(root, layout, (list, day, job.as_ref().and_then(Job::error_type)))
    }
}

/// Writes the resource of a job as it was. Doing it again is safe.
///
/// # Errors
/// [`Error::Key`], [`Error::NotAJob`], or when the store refuses or cannot be reached.
pub async fn restore(client: &Client, layout: Layout, whole: &WholeJob) -> Result<Restored, Error> {
    for key in [whole.key.as_str(), whole.id.key()] {
        if !is_item_key(key) {
            return Err(Error::Key { key: key.to_owned() });
        }
    }
    let members = Value::Object(whole.members.clone());
    Job::from_value(&members).map_err(|reason| Error::NotAJob { id: whole.id.to_string(), reason })?;
    if let Some(document) = client.find(&whole.id.path()).await? {
        return Ok(if members_of(&document.value) == whole.members {
            Restored::Same
        } else {
            Restored::Other
        });
    }
    let content_type = whole.content_type.as_deref().unwrap_or(layout.job_type());
    client.put(&whole.id.path(), content_type, &members, None).await?;
    Ok(Restored::New)
}

/// The members of a resource without those of the store.
#[must_use]
pub fn members_of(document: &Value) -> Map<String, Value> {
    let members = document.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| !key.starts_with('_'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
