//! Where things lie: the service's root, its lists in both layouts, and which of them a store has.
//!
//! Owns the paths of `jobs-contract.md` 2. Must not write.

use std::fmt;

use jiff::civil::Date;

use super::Error;
use crate::model::{Link, Path, ResourceId, Tree};
use crate::oada::Client;

/// A service's place on a store: `/bookmarks/services/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceRoot {
    path: Path,
}

impl ServiceRoot {
    /// The root of the service called `name`.
    ///
    /// # Errors
    /// When `name` cannot be a key on the store.
    pub fn named(name: &str) -> Result<Self, Error> {
        if !crate::model::is_item_key(name) {
            return Err(Error::ServiceName { name: name.to_owned() });
        }
        Ok(Self { path: Path::root().join("bookmarks").join("services").join(name) })
    }

    /// The name of the service.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().unwrap_or_default()
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The queue list, which both layouts keep at the same place.
    #[must_use]
    pub fn queues(&self) -> Path {
        self.path.join("queues")
    }

    /// The list of worker records.
    #[must_use]
    pub fn workers(&self) -> Path {
        self.path.join("workers")
    }

    /// The control document.
    #[must_use]
    pub fn control(&self) -> Path {
        self.path.join("control")
    }

    /// `jobs`: the pending list of the classic layout, and the parent of all lists of the current one.
    #[must_use]
    pub fn jobs(&self) -> Path {
        self.path.join("jobs")
    }
}

impl fmt::Display for ServiceRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

/// The two lists in which jobs end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FinalList {
    /// Jobs that are done.
    Success,
    /// Jobs that failed.
    Failure,
}

impl FinalList {
    /// The word on the store, which is also the job's status.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// How a service's lists are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layout {
    /// As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`.
    Classic,
    /// As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`, `jobs/typed-failure`.
    Current,
}

impl Layout {
    /// The tree with the types and link kinds of this layout.
    #[must_use]
    pub fn tree(self) -> &'static Tree {
        match self {
            Self::Classic => Tree::classic(),
            Self::Current => Tree::current(),
        }
    }

    /// The list of waiting jobs.
    #[must_use]
    pub fn pending(self, root: &ServiceRoot) -> Path {
        match self {
            Self::Classic => root.jobs(),
            Self::Current => root.jobs().join("pending"),
        }
    }

    /// The resource that holds the day index of a final list.
    #[must_use]
    pub fn final_list(self, root: &ServiceRoot, list: FinalList) -> Path {
        match self {
            Self::Classic => root.path.join(&format!("jobs-{}", list.as_str())),
            Self::Current => root.jobs().join(list.as_str()),
        }
    }

    /// The list of jobs that ended in `list` on `day`.
    #[must_use]
    pub fn day(self, root: &ServiceRoot, list: FinalList, day: Date) -> Path {
        self.final_list(root, list).join("day-index").join(&day.to_string())
    }

    /// The further list for failures of one type, where the layout has such; `error_type` as from
    /// [`error_type_segment`].
    #[must_use]
    pub fn typed_day(self, root: &ServiceRoot, error_type: &str, day: Date) -> Option<Path> {
        let typed = || root.jobs().join("typed-failure").join(error_type);
        self.has_typed_failures().then(|| typed().join("day-index").join(&day.to_string()))
    }

    /// Whether failures are listed by their types too.
    pub(super) fn has_typed_failures(self) -> bool {
        self == Self::Current
    }

    /// A link to a job in a day list: versioned only in the current layout.
    #[must_use]
    pub fn final_link(self, id: ResourceId) -> Link {
        match self {
            Self::Classic => Link::unversioned(id),
            Self::Current => Link::versioned(id),
        }
    }

    /// The `_type` of jobs.
    #[must_use]
    pub fn job_type(self) -> &'static str {
        match self {
            Self::Classic => "application/vnd.oada.service.job+json",
            Self::Current => "application/vnd.oada.service.job.1+json",
        }
    }

    /// The `_type` of lists of jobs.
    #[must_use]
    pub fn list_type(self) -> &'static str {
        match self {
            Self::Classic => "application/vnd.oada.service.jobs+json",
            Self::Current => "application/vnd.oada.service.jobs.1+json",
        }
    }

    /// Makes the lists that must stand before anything is watched or posted. Writes nothing where they do.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub async fn ensure(self, client: &Client, root: &ServiceRoot) -> Result<(), Error> {
        for list in self.lists(root) {
            client.ensure(&list, self.tree()).await?;
        }
        Ok(())
    }

    /// The lists that must stand before anything is watched or posted, in the order of the Node worker.
    pub(super) fn lists(self, root: &ServiceRoot) -> Vec<Path> {
        let mut lists = vec![self.pending(root)];
        if self == Self::Current {
            lists.push(self.final_list(root, FinalList::Failure));
            lists.push(self.final_list(root, FinalList::Success));
        }
        lists
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classic => "classic",
            Self::Current => "current",
        })
    }
}

/// Makes a failure's type fit for a path: characters outside `A-Za-z0-9._-` become `-`. `None` if nothing is left,
/// or only what could not stand as a key.
#[must_use]
pub fn error_type_segment(error_type: &str) -> Option<String> {
    let segment: String = error_type
        .chars()
        .take(100)
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
        .collect();
    let segment = segment.trim_matches('-');
    crate::model::is_item_key(segment).then(|| segment.to_owned())
}

/// What stands at the place of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListState {
    /// Nothing.
    Absent,
    /// A plain object inside another resource, as a post without a tree leaves it.
    Inline,
    /// A resource of its own.
    Resource(ResourceId),
}

impl ListState {
    async fn of(client: &Client, path: &Path) -> Result<Self, Error> {
        Ok(match client.head(path).await? {
            None => Self::Absent,
            Some(head) if head.leftover.is_empty() => Self::Resource(head.resource),
            Some(_) => Self::Inline,
        })
    }

    /// Whether anything is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        *self != Self::Absent
    }
}

/// Which lists a service has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// `jobs`.
    pub jobs: ListState,
    /// `jobs/pending`.
    pub pending: ListState,
    /// `jobs-success` or `jobs-failure`.
    pub classic_finals: bool,
}

/// A list in which jobs wait, and how jobs found there are filed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingList {
    /// Where it is.
    pub path: Path,
    /// The layout in which its jobs are filed.
    pub layout: Layout,
}

/// Looks which lists a service has, without reading any.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn survey(client: &Client, root: &ServiceRoot) -> Result<Survey, Error> {
    let (jobs, pending) = (root.jobs(), Layout::Current.pending(root));
    let finals = [FinalList::Success, FinalList::Failure].map(|list| Layout::Classic.final_list(root, list));
    let (jobs, pending, success, failure) = futures_util::try_join!(
        ListState::of(client, &jobs),
        ListState::of(client, &pending),
        ListState::of(client, &finals[0]),
        ListState::of(client, &finals[1]),
    )?;
    Ok(Survey { jobs, pending, classic_finals: success.exists() || failure.exists() })
}

impl Survey {
    /// The layout of the service; `None` for a service that has no lists yet.
    #[must_use]
    pub fn layout(&self) -> Option<Layout> {
        match (&self.pending, &self.jobs) {
            (ListState::Resource(_), _) => Some(Layout::Current),
            (ListState::Inline, _) if !self.classic_finals => Some(Layout::Current),
            (_, ListState::Absent) if !self.classic_finals => None,
            _ => Some(Layout::Classic),
        }
    }

    /// The lists in which jobs may wait. `jobs` comes first.
    #[must_use]
    pub fn pending_lists(&self, root: &ServiceRoot) -> Vec<PendingList> {
        let mut lists = Vec::new();
        if self.jobs.exists() {
            lists.push(PendingList { path: root.jobs(), layout: Layout::Classic });
        }
        if self.pending.exists() {
            lists.push(self.nested_pending_list(root));
        }
        lists
    }

    /// `jobs/pending` as a list. An inline one inside a classic service, left by a post in the wrong layout, is
    /// filed the classic way: lists of the current layout would keep a 1.x worker from starting.
    #[must_use]
    pub fn nested_pending_list(&self, root: &ServiceRoot) -> PendingList {
        let layout = match self.pending {
            ListState::Inline if self.classic_finals => Layout::Classic,
            _ => Layout::Current,
        };
        PendingList { path: Layout::Current.pending(root), layout }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> ServiceRoot {
        ServiceRoot::named("svc").unwrap()
    }

    #[test]
    fn paths_are_those_of_the_contract() {
        let day = Date::constant(2024, 1, 2);
        let path = |layout: Layout, list| layout.day(&root(), list, day).to_string();
        assert_eq!(
            path(Layout::Classic, FinalList::Success),
            "/bookmarks/services/svc/jobs-success/day-index/2024-01-02"
        );
        assert_eq!(
            path(Layout::Current, FinalList::Failure),
            "/bookmarks/services/svc/jobs/failure/day-index/2024-01-02"
        );
        assert_eq!(
            Layout::Current.typed_day(&root(), "timeout", day).unwrap().to_string(),
            "/bookmarks/services/svc/jobs/typed-failure/timeout/day-index/2024-01-02"
        );
        assert_eq!(Layout::Classic.typed_day(&root(), "timeout", day), None);
        assert!(matches!(ServiceRoot::named("a/b"), Err(Error::ServiceName { .. })));
    }

    #[test]
    fn error_types_are_made_fit_for_a_path() {
        assert_eq!(error_type_segment("bad address/ü").as_deref(), Some("bad-address"));
        assert_eq!(error_type_segment("exit-3").as_deref(), Some("exit-3"));
        for none in ["", "///", "_x", "123"] {
            assert_eq!(error_type_segment(none), None, "{none}");
        }
    }

    #[test]
    fn layouts_are_told_apart() {
        let resource = || ListState::Resource(ResourceId::from_key("r"));
        let survey = |jobs, pending, classic_finals| Survey { jobs, pending, classic_finals };
        assert_eq!(survey(ListState::Absent, ListState::Absent, false).layout(), None);
        assert_eq!(survey(resource(), ListState::Absent, false).layout(), Some(Layout::Classic));
        assert_eq!(survey(resource(), resource(), false).layout(), Some(Layout::Current));
        let misled = survey(resource(), ListState::Inline, true);
        assert_eq!(misled.layout(), Some(Layout::Classic));
        assert_eq!(misled.pending_lists(&root())[1].layout, Layout::Classic);
        assert_eq!(survey(resource(), ListState::Inline, false).layout(), Some(Layout::Current));
    }
}
