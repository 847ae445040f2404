//! Trees: which paths are resources of their own, of which type, and how they are linked.
//!
//! The two layouts a service can have are written down here as trees (`jobs-contract.md` 2.1 and 2.2).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Path;

/// One place in a tree.
#[derive(Clone, Debug, Default)]
pub struct Node {
    resource: Option<Resource>,
    children: BTreeMap<&'static str, Node>,
    any: Option<Box<Node>>,
}

#[derive(Clone, Copy, Debug)]
struct Resource {
    content_type: &'static str,
    versioned: bool,
}

impl Node {
    /// A plain object inside the resource around it.
    #[must_use]
    pub fn inline() -> Self {
        Self::default()
    }

    /// A resource behind an unversioned link.
    #[must_use]
    pub fn unversioned(content_type: &'static str) -> Self {
        Self { resource: Some(Resource { content_type, versioned: false }), ..Self::default() }
    }

    /// A resource behind a versioned link.
    #[must_use]
    pub fn versioned(content_type: &'static str) -> Self {
        Self { resource: Some(Resource { content_type, versioned: true }), ..Self::default() }
    }

    /// Adds a child under `key`; `*` stands for any key that has no child of its own.
    #[must_use]
    pub fn with(mut self, key: &'static str, child: Self) -> Self {
        if key == "*" {
            self.any = Some(Box::new(child));
        } else {
            self.children.insert(key, child);
        }
        self
    }

    /// The `_type` of the resource at this place; `None` where the place is inline.
    #[must_use]
    pub fn content_type(&self) -> Option<&'static str> {
        self.resource.map(|resource| resource.content_type)
    }

    /// Whether the link to this place is versioned.
    #[must_use]
    pub fn is_versioned(&self) -> bool {
        self.resource.is_some_and(|resource| resource.versioned)
    }

    fn child(&self, key: &str) -> Option<&Self> {
        self.children.get(key).or(self.any.as_deref())
    }
}

/// A tree, rooted above `/bookmarks`.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Node,
}

impl Tree {
    /// A tree with these places below the root.
    #[must_use]
    pub fn new(root: Node) -> Self {
        Self { root }
    }

    /// The place that `path` names; `None` where the tree does not reach.
    #[must_use]
    pub fn at(&self, path: &Path) -> Option<&Node> {
        path.segments().iter().try_fold(&self.root, |node, segment| node.child(segment))
    }

    /// The layout of @oada/jobs 1.x and 2.x.
    #[must_use]
    pub fn classic() -> &'static Self {
        static TREE: LazyLock<Tree> = LazyLock::new(|| services(classic_service()));
        &TREE
    }

    /// The layout of @oada/jobs 4.6 to 5.x.
    #[must_use]
    pub fn current() -> &'static Self {
        static TREE: LazyLock<Tree> = LazyLock::new(|| services(current_service()));
        &TREE
    }
}

const OLD_JOB: &str = "application/vnd.oada.service.job+json";
const OLD_JOBS: &str = "application/vnd.oada.service.jobs+json";
const JOB: &str = "application/vnd.oada.service.job.1+json";
const JOBS: &str = "application/vnd.oada.service.jobs.1+json";

fn services(service: Node) -> Tree {
    Tree::new(Node::inline().with(
        "bookmarks",
        Node::versioned("application/vnd.oada.bookmarks.1+json").with(
            "services",
            Node::versioned("application/vnd.oada.services.1+json").with("*", with_our_own(service)),
        ),
    ))
}

/// What lies beside the lists that upstream knows (`design.md` 3).
fn with_our_own(service: Node) -> Node {
    service.with("control", Node::unversioned("application/vnd.oada-jobs.control.1+json")).with(
        "workers",
        Node::unversioned("application/vnd.oada-jobs.workers.1+json")
            .with("*", Node::unversioned("application/vnd.oada-jobs.worker.1+json")),
    )
}

fn classic_service() -> Node {
    let days = |list_type| {
        let day = Node::unversioned(OLD_JOBS).with("*", Node::unversioned(OLD_JOB));
        Node::unversioned(list_type).with("day-index", Node::inline().with("*", day))
    };
    Node::versioned("application/vnd.oada.service.1+json")
        .with("queues", Node::unversioned("application/vnd.oada.service.queues+json"))
        .with("jobs", Node::unversioned(OLD_JOBS).with("*", Node::unversioned(OLD_JOB)))
        .with("jobs-success", days("application/vnd.oada.service.jobs-success+json"))
        .with("jobs-failure", days("application/vnd.oada.service.jobs-failed+json"))
}

fn current_service() -> Node {
    let days = || {
        let day = Node::versioned(JOBS).with("*", Node::versioned(JOB));
        Node::versioned(JOBS).with("day-index", Node::inline().with("*", day))
    };
    Node::versioned("application/vnd.oada.service.1+json")
        // The queue list is classic only; where we make one in a current service it has the form 1.0.4 reads.
        .with("queues", Node::unversioned("application/vnd.oada.service.queues+json"))
        .with(
            "jobs",
            Node::unversioned(JOBS)
                .with("pending", Node::unversioned(JOBS).with("*", Node::unversioned(JOB)))
                .with("success", days())
                .with("failure", days())
                .with("typed-failure", Node::inline().with("*", days())),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tree: &'static Tree, path: &str) -> Option<(Option<&'static str>, bool)> {
        let node = tree.at(&Path::parse(path).unwrap())?;
        Some((node.content_type(), node.is_versioned()))
    }

    #[test]
    fn classic_is_as_the_contract_says() {
        let tree = Tree::classic();
        assert_eq!(at(tree, "/bookmarks"), Some((Some("application/vnd.oada.bookmarks.1+json"), true)));
        assert_eq!(at(tree, "/bookmarks/services/s/jobs"), Some((Some(OLD_JOBS), false)));
        assert_eq!(at(tree, "/bookmarks/services/s/jobs/k"), Some((Some(OLD_JOB), false)));
        assert_eq!(at(tree, "/bookmarks/services/s/jobs-failure/day-index"), Some((None, false)));
        assert_eq!(
            at(tree, "/bookmarks/services/s/jobs-failure/day-index/2024-01-02"),
            Some((Some(OLD_JOBS), false))
        );
        assert_eq!(at(tree, "/bookmarks/services/s/nothing"), None);
        assert_eq!(at(tree, "/elsewhere"), None);
    }

    #[test]
    fn current_is_as_the_contract_says() {
        let tree = Tree::current();
        assert_eq!(at(tree, "/bookmarks/services/s/jobs/pending/k"), Some((Some(JOB), false)));
        assert_eq!(at(tree, "/bookmarks/services/s/jobs/success"), Some((Some(JOBS), true)));
        assert_eq!(
            at(tree, "/bookmarks/services/s/jobs/success/day-index/2024-01-02/k"),
            Some((Some(JOB), true))
        );
        assert_eq!(at(tree, "/bookmarks/services/s/jobs/typed-failure"), Some((None, false)));
        assert_eq!(at(tree, "/bookmarks/services/s/jobs/typed-failure/timeout"), Some((Some(JOBS), true)));
    }
}
