//! Building structure: resources and links as a tree wants them (`oada-protocol.md` 9.4).

use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::error::Error;
use super::reply::Written;
use crate::model::{Link, Node, Path, ResourceId, Tree, nested};

/// How often the link is tried where others write to the same list.
const ATTEMPTS: u32 = 5;

/// A link that is not yet hooked in anywhere.
struct Pending {
    /// How many segments lead to its place.
    depth: usize,
    link: Link,
}

/// How a tree was found.
enum Outcome {
    /// All of it stood.
    Stood,
    /// Somebody else has just made what was missing: it has to be looked at again.
    Overtaken,
    /// Something was made; with what was written for the path itself, if that was made too.
    Made { leaf: Option<Written> },
}

impl Client {
    /// Makes sure that the resources that `tree` wants on the way to `path` stand; true if any was made.
    ///
    /// Where all stands, nothing is written. What is missing is built from the bottom up and hooked in by one
    /// conditional write, so that no half of it is ever seen; cancelling leaves at worst resources that nothing
    /// points to. Where `path` itself is a plain object in the tree, the resource around it is made, not the object.
    ///
    /// # Errors
    /// [`Error::NotInTree`], [`Error::InlineInsteadOfResource`], one of [`Error::is_conflict`] if others keep writing
    /// to the same list, and what requests can fail with.
    pub async fn ensure(&self, path: &Path, tree: &Tree) -> Result<bool, Error> {
        let outcome = self.build(path, tree, &json!({})).await?;
        Ok(matches!(outcome, Outcome::Made { .. }))
    }

    /// Merges `body` into what stands at `path`, making the resources that `tree` wants on the way.
    ///
    /// A resource that is made for `path` holds `body` before a link to it is seen. Cancelling is as for
    /// [`Client::ensure`].
    ///
    /// # Errors
    /// As for [`Client::ensure`].
    pub async fn tree_put(&self, path: &Path, body: &Value, tree: &Tree) -> Result<Written, Error> {
        if let Outcome::Made { leaf: Some(written) } = self.build(path, tree, body).await? {
            return Ok(written);
        }
        let (depth, content_type) = owner(path, tree)?;
        // Written from the resource's root, since a key of digits alone must not be part of the path (Q9).
        let body = nested(&path.segments()[depth..], body.clone());
        self.put(&path.prefix(depth), content_type, &body, None).await
    }

    async fn build(&self, path: &Path, tree: &Tree, leaf: &Value) -> Result<Outcome, Error> {
        // Kept between attempts: what was made for a place that is still missing will do.
        let mut made: Vec<Option<Written>> = vec![None; path.segments().len() + 1];
        let mut attempt = 0;
        loop {
            match self.build_once(path, tree, leaf, &mut made).await {
                Ok(Outcome::Overtaken) => {}
                Err(error) if error.is_conflict() && attempt + 1 < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(conflict_delay(attempt)).await;
                }
                result => return result,
            }
        }
    }

    async fn build_once(
        &self,
        path: &Path,
        tree: &Tree,
        leaf: &Value,
        made: &mut [Option<Written>],
    ) -> Result<Outcome, Error> {
        let whole = path.segments().len();
        let (bottom, _) = owner(path, tree)?;
        let mut pending: Option<Pending> = None;
        for depth in (1..=bottom).rev() {
            let place = path.prefix(depth);
            let node = tree.at(&place).ok_or_else(|| Error::NotInTree { path: place.to_string() })?;
            let Some(content_type) = node.content_type() else { continue };
            let body = pending
                .as_ref()
                .map(|pending| nested(&path.segments()[depth..pending.depth], pending.link.to_value()));
            if let Some(head) = self.head(&place).await? {
                if !head.leftover.is_empty() {
                    return Err(Error::InlineInsteadOfResource {
                        path: place.to_string(),
                        resource: head.resource,
                    });
                }
                let (Some(body), Some(missing)) = (body, &pending) else { return Ok(Outcome::Stood) };
                // The condition covers what was written after this answer. What was hooked in between the look at the
                // missing place and it would be overwritten, with all that is listed there.
                if self.head(&path.prefix(missing.depth)).await?.is_some() {
                    return Ok(Outcome::Overtaken);
                }
                // Written to the ancestor and not to the link's own path, which a dangling link would lead astray.
                self.put(&place, content_type, &body, Some(&head.etag)).await?;
                return Ok(Outcome::Made { leaf: made[whole].clone() });
            }
            let resource = match &made[depth] {
                Some(written) => written.resource.clone(),
                None => {
                    let id = ResourceId::generate();
                    let body = body.unwrap_or_else(|| if depth == whole { leaf.clone() } else { json!({}) });
                    let written = self.put(&id.path(), content_type, &body, None).await?;
                    made[depth] = Some(written);
                    id
                }
            };
            let link =
                if node.is_versioned() { Link::versioned(resource) } else { Link::unversioned(resource) };
            pending = Some(Pending { depth, link });
        }
        Err(Error::garbage(&path.to_string(), "nothing stands above it, not even the first of its resources"))
    }
}

/// The deepest resource on the way to `path`: how many segments lead to it, and its type.
fn owner(path: &Path, tree: &Tree) -> Result<(usize, &'static str), Error> {
    if tree.at(path).is_some() {
        for depth in (1..=path.segments().len()).rev() {
            if let Some(content_type) = tree.at(&path.prefix(depth)).and_then(Node::content_type) {
                return Ok((depth, content_type));
            }
        }
    }
    Err(Error::NotInTree { path: path.to_string() })
}

/// The pause before attempt `attempt` (the first repetition is 1), which grows with its square and differs between
/// clients that met.
fn conflict_delay(attempt: u32) -> Duration {
    let spread = fastrand::u64(..100);
    Duration::from_millis(u64::from(100 * attempt * attempt) + spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_the_deepest_resource() {
        let tree = Tree::classic();
        let depth = |path: &str| owner(&Path::parse(path).unwrap(), tree).map(|(depth, _)| depth);
        assert_eq!(depth("/bookmarks/services/s/jobs/k").unwrap(), 5);
        assert_eq!(depth("/bookmarks/services/s/jobs-success/day-index").unwrap(), 4);
        assert!(matches!(depth("/bookmarks/services/s/none"), Err(Error::NotInTree { .. })));
        assert!(matches!(depth("/"), Err(Error::NotInTree { .. })));
    }
}
