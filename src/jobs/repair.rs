//! Turning plain objects into the resources that should stand in their place.
//!
//! Owns mending what posts without a tree leave behind (`jobs-contract.md` 2.4, `oada-protocol.md` Q13): the whole path
//! as objects inside the bookmarks, where no watch of the list sees anything.

use serde_json::{Map, Value};

use super::{Error, Layout, ServiceRoot};
use crate::model::{Link, Path, ResourceId, Tree, nested, pointer_segments};
use crate::oada::{self, Client};

/// How often an object is replaced anew where others write to it at the same time.
const ATTEMPTS: u32 = 20;

/// Makes the lists of a layout as [`Layout::ensure`] does, and turns plain objects that are in the way into resources
/// with the same members. Returns the places that were mended, outermost first.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn ensure_or_repair(
    client: &Client,
    root: &ServiceRoot,
    layout: Layout,
) -> Result<Vec<Path>, Error> {
    let mut mended = Vec::new();
    loop {
        let in_the_way = match layout.ensure(client, root).await {
            Err(Error::Store(oada::Error::InlineInsteadOfResource { path, .. })) => Path::parse(&path),
            Err(error) => return Err(error),
            Ok(()) => return Ok(mended),
        };
        let Ok(path) = in_the_way else { return Ok(mended) };
        let place = outermost_inline(client, &path, layout.tree()).await?;
        replace_by_resource(client, &place, layout.tree()).await?;
        mended.push(place);
    }
}

/// The places where [`ensure_or_repair`] would make a resource of a plain object, outermost first. Writes nothing.
///
/// # Errors
/// When the store refuses or cannot be reached.
pub async fn inline_lists(client: &Client, root: &ServiceRoot, layout: Layout) -> Result<Vec<Path>, Error> {
    let mut found = Vec::new();
    for list in layout.lists(root) {
        if client.head(&list).await?.is_none_or(|head| head.leftover.is_empty()) {
            continue;
        }
        let place = outermost_inline(client, &list, layout.tree()).await?;
        if !found.contains(&place) {
            found.push(place);
        }
    }
    Ok(found)
}

/// The first place on the way to `path` where the tree wants a resource and an object stands.
async fn outermost_inline(client: &Client, path: &Path, tree: &Tree) -> Result<Path, Error> {
    for depth in 1..path.segments().len() {
        let place = path.prefix(depth);
        let wants_resource = tree.at(&place).is_some_and(|node| node.content_type().is_some());
        if wants_resource && client.head(&place).await?.is_some_and(|head| !head.leftover.is_empty()) {
            return Ok(place);
        }
    }
    Ok(path.clone())
}

/// Copies the members of the object at `place` into a new resource, and puts a link to it in their place.
///
/// A PUT merges, so the object cannot be removed and the link set in one write; instead the members are set to `null`
/// beside the link, by the same conditional write. Nobody ever sees the place empty.
async fn replace_by_resource(client: &Client, place: &Path, tree: &Tree) -> Result<(), Error> {
    let node = tree.at(place);
    let content_type = node.and_then(crate::model::Node::content_type).unwrap_or("application/json");
    let mut left = ATTEMPTS;
    loop {
        let object = client.get(place).await?;
        let Value::Object(members) = object.value else { return Ok(()) };
        if object.leftover.is_empty() {
            return Ok(());
        }
        let id = ResourceId::generate();
        let kept: Map<String, Value> = members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        client.put(&id.path(), content_type, &Value::Object(kept), None).await?;
        let link = match node.is_some_and(crate::model::Node::is_versioned) {
            true => Link::versioned(id),
            false => Link::unversioned(id),
        };
        let mut replacement: Map<String, Value> =
            members.keys().map(|key| (key.clone(), Value::Null)).collect();
        replacement.extend(link.to_value().as_object().cloned().unwrap_or_default());
        let body = nested(&pointer_segments(&object.leftover), Value::Object(replacement));
        match client.put(&object.resource.path(), "application/json", &body, Some(&object.etag)).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_precondition_failed() && left > 0 => left -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}
