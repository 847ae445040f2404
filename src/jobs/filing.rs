//! Putting finished jobs away: the day index, and the link in the pending list.
//!
//! Owns which day a job is filed under and that a day list stands before anything is put into it. Every step may be
//! repeated.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Error, FinalList, Layout, ServiceRoot, error_type_segment, until_settled};
use crate::model::{Link, Path, ResourceId, is_item_key};
use crate::oada::Client;

/// The day under which a job that ended at `time` is filed.
#[must_use]
pub fn day_of(time: Timestamp, zone: &TimeZone) -> Date {
    time.to_zoned(zone.clone()).date()
}

/// One list of jobs that ended, by what it is for: its path is longer, and the same for many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DayList {
    layout: Layout,
    list: FinalList,
    day: Date,
    /// As it stands in the path.
    error_type: Option<String>,
}

impl DayList {
    /// The lists in which a job is linked that ended so; see [`super::destinations`].
    pub(crate) fn all_of(
        layout: Layout,
        (list, day, error_type): (FinalList, Date, Option<&str>),
    ) -> impl Iterator<Item = Self> + use<> {
        let is_typed = list == FinalList::Failure && layout.has_typed_failures();
        let typed = error_type.filter(|_| is_typed).and_then(error_type_segment);
        let typed = typed.map(|error_type| Self { layout, list, day, error_type: Some(error_type) });
        std::iter::once(Self { layout, list, day, error_type: None }).chain(typed)
    }

    /// The layout of its service.
    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// Where it lies.
    pub(crate) fn path(&self, root: &ServiceRoot) -> Path {
        let typed = self.error_type.as_deref();
        typed
            .and_then(|error_type| self.layout.typed_day(root, error_type, self.day))
            .unwrap_or_else(|| self.layout.day(root, self.list, self.day))
    }
}

/// The day lists known to stand, so that each is ensured once and not for every job.
#[derive(Debug)]
pub struct DayLists {
    known: Mutex<HashSet<Path>>,
    settled_after: Duration,
}

impl DayLists {
    /// No list is known yet. Nothing is put into a list before `settled_after` has passed since it was first seen: in a
    /// store that may accept two writes under one condition ([`super::SETTLED_AFTER`]), two workers can make the same
    /// list, and what is in the one that loses is lost.
    #[must_use]
    pub fn new(settled_after: Duration) -> Self {
        Self { known: Mutex::default(), settled_after }
    }

    /// Links jobs into a day list, all in one PUT.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub async fn file(
        &self,
        client: &Client,
        layout: Layout,
        day: &Path,
        jobs: &[(String, ResourceId)],
    ) -> Result<(), Error> {
        let links: BTreeMap<&str, Link> =
            jobs.iter().map(|(key, id)| (key.as_str(), layout.final_link(id.clone()))).collect();
        if !self.is_known(day) {
            client.ensure(day, layout.tree()).await?;
            until_settled(self.settled_after).await;
            self.known().insert(day.clone());
        }
        let written = client.put(day, layout.list_type(), &links, None).await?;
        if written.leftover.is_empty() {
            return Ok(());
        }
        // The list was deleted since, so the PUT made a plain object in its place: nobody else can have put
        // anything there, since everybody makes the list first.
        client.delete(day, Some(&written.etag)).await?;
        client.ensure(day, layout.tree()).await?;
        client.put(day, layout.list_type(), &links, None).await?;
        Ok(())
    }

    fn is_known(&self, day: &Path) -> bool {
        self.known().contains(day)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<Path>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The day list around `day` that already holds `key`: workers file in their own time zones, so the days on either
/// side are looked at too.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn filed_day(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
    (list, day): (FinalList, Date),
    key: &str,
) -> Result<Option<Date>, Error> {
    for day in [Some(day), day.yesterday().ok(), day.tomorrow().ok()].into_iter().flatten() {
        let entry = layout.day(root, list, day).join(key);
        if client.head(&entry).await?.is_some_and(|head| head.leftover.is_empty()) {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// Takes a job's link out of a pending list. The job itself stays.
///
/// # Errors
/// When the store refuses or cannot be reached; a link that is gone already is none.
pub async fn unlink(client: &Client, list: &Path, key: &str) -> Result<(), Error> {
    if !is_item_key(key) {
        return Err(Error::Key { key: key.to_owned() });
    }
    match client.delete_text(list.text_of(key)).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone() {
        let late: Timestamp = "2024-01-02T23:30:00Z".parse().unwrap();
        assert_eq!(day_of(late, &TimeZone::UTC), Date::constant(2024, 1, 2));
        assert_eq!(day_of(late, &TimeZone::fixed(jiff::tz::offset(1))), Date::constant(2024, 1, 3));
    }
}
