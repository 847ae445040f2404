//! Following one job to its end, through lost connections.

use serde_json::Value;

use super::events::{JobEvent, Seen};
use crate::cli::connect::Store;
use crate::cli::error::{Exit, Failure};
use crate::model::{ChangeKind, Job, ResourceId, merge};
use crate::oada::{self, Watch, WatchEvent};

/// What following tells.
pub(super) enum Told {
    /// Something happened to the job.
    Job(JobEvent),
    /// The connection is lost, and is being made again.
    Lost(String),
    /// There is a connection again.
    Back,
}

/// A job that is watched.
pub(super) struct Follow {
    key: String,
    id: ResourceId,
    watch: Watch,
    document: Option<Value>,
    seen: Seen,
    is_lost: bool,
}

impl Follow {
    /// Begins to watch a job. It may be linked nowhere yet.
    pub(super) fn begin(store: &Store, key: &str, id: &ResourceId) -> Self {
        Self {
            key: key.to_owned(),
            id: id.clone(),
            watch: store.client.watch(&id.path(), None),
            document: None,
            seen: Seen::default(),
            is_lost: false,
        }
    }

    /// Its key.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Returns when the watch stands and the job was read, so that nothing that comes later can be missed.
    ///
    /// # Errors
    /// When the job cannot be read or watched.
    pub(super) async fn stand(&mut self, store: &Store, tell: &mut impl FnMut(Told)) -> Result<(), Failure> {
        while self.document.is_none() {
            self.step(store, tell).await?;
        }
        Ok(())
    }

    /// Follows the job to its end.
    ///
    /// # Errors
    /// When the job is deleted, or cannot be read or watched. A lost connection is none.
    pub(super) async fn until_end(
        &mut self,
        store: &Store,
        tell: &mut impl FnMut(Told),
    ) -> Result<Job, Failure> {
        self.until(store, tell, |job| job.status().is_final()).await
    }

    /// Follows the job until it is as asked.
    ///
    /// # Errors
    /// As [`Follow::until_end`].
    pub(super) async fn until(
        &mut self,
        store: &Store,
        tell: &mut impl FnMut(Told),
        is_there: impl Fn(&Job) -> bool,
    ) -> Result<Job, Failure> {
        loop {
            if let Some(job) = self.job().filter(&is_there) {
                return Ok(job);
            }
            self.step(store, tell).await?;
        }
    }

    /// The job as last seen.
    pub(super) fn job(&self) -> Option<Job> {
        Job::from_value(self.document.as_ref()?).ok()
    }

    /// The job's resource as last seen.
    pub(super) fn document(&self) -> Option<&Value> {
        self.document.as_ref()
    }

    async fn step(&mut self, store: &Store, tell: &mut impl FnMut(Told)) -> Result<(), Failure> {
        match self.watch.next().await {
            WatchEvent::Started { .. } => {
                self.is_back(tell);
                self.read(store, tell).await?;
            }
            WatchEvent::Gap => {
                self.is_back(tell);
                let rev = self.read(store, tell).await?;
                self.watch.resume_from(rev);
            }
            WatchEvent::Changes(changes) => {
                // Only the job's own change comes with the empty path.
                let own = changes.into_iter().find(|change| change.path.is_empty());
                match (own, &mut self.document) {
                    (Some(change), Some(document)) if change.kind == ChangeKind::Merge => {
                        merge(document, &Value::Object(change.body.unwrap_or_default()));
                        self.look(tell);
                    }
                    _ => {
                        self.read(store, tell).await?;
                    }
                }
            }
            WatchEvent::Deleted => {
                return Err(Failure::new(Exit::NotFound, format!("{} was deleted", self.id)));
            }
            WatchEvent::Missing(error) => return Err(error.into()),
            // There never was a watch, and there will be none.
            WatchEvent::Disconnected(error @ oada::Error::NoWebSocket { .. }) => return Err(error.into()),
            WatchEvent::Disconnected(error) => {
                if !std::mem::replace(&mut self.is_lost, true) {
                    tell(Told::Lost(crate::cli::error::chain(&error)));
                }
            }
        }
        Ok(())
    }

    fn is_back(&mut self, tell: &mut impl FnMut(Told)) {
        if std::mem::take(&mut self.is_lost) {
            tell(Told::Back);
        }
    }

    async fn read(
        &mut self,
        store: &Store,
        tell: &mut impl FnMut(Told),
    ) -> Result<crate::model::Rev, Failure> {
        let document = loop {
            match store.client.get(&self.id.path()).await {
                Ok(document) => break document,
                Err(error) if error.is_transient() => {
                    if !std::mem::replace(&mut self.is_lost, true) {
                        tell(Told::Lost(crate::cli::error::chain(&error)));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        };
        self.is_back(tell);
        self.document = Some(document.value);
        self.look(tell);
        Ok(document.rev)
    }

    fn look(&mut self, tell: &mut impl FnMut(Told)) {
        if let Some(job) = self.job() {
            self.seen.look(&job).into_iter().for_each(|event| tell(Told::Job(event)));
        }
    }
}
