//! DELETE, of a value, a link or a resource, inside the writer's transaction.

use std::borrow::Cow;

use serde_json::Value;

use super::apply::{Done, log, precondition, success};
use super::changes::{Event, wrap};
use super::db::Batch;
use super::document::{self, Editor, Links};
use super::error::Fault;
use super::graph::{self, Found, Place, Spot};
use super::key::{self, DocPath};
use super::read;
use super::request::{Refusal, Request};
use super::row::{Header, Written, json_text};
use super::whole::Members;

/// What a DELETE comes to once it is known what is there.
pub(super) enum Removal<'p> {
    Refused(Refusal),
    /// There is nothing where the path leads. The answer tells this rev of this resource.
    Nothing {
        resource: &'p str,
        rev: u64,
    },
    /// There is no resource where the path leads.
    NoResource,
    /// The resource as a whole.
    Resource(&'p Header),
    /// The value, or the link, at the end of a path; in an array if one begins after so many segments.
    Member {
        from: Spot<'p>,
        array_depth: Option<usize>,
    },
}

/// Looks at everything that can refuse a DELETE, and at what it is to remove.
pub(super) fn removal<'p>(
    batch: &Batch<'_>,
    request: &Request,
    place: &'p Place,
) -> Result<Removal<'p>, Fault> {
    if request.ensure_link.is_some() {
        return Ok(Removal::Refused(Refusal::new(400, "X-OADA-Ensure-Link is for PUT and POST")));
    }
    if let Some((link, via)) = place.link().filter(|_| place.leftover.is_empty()) {
        // The link goes, not what it leads to: all that counts is the parent.
        if let Some(refusal) = read::refused(batch, request, link)? {
            return Ok(Removal::Refused(refusal));
        }
        if let Some(refusal) = precondition(request, &via.resource, Some(via.header.rev)) {
            return Ok(Removal::Refused(refusal));
        }
        if via.overshot {
            return Ok(Removal::Nothing { resource: &place.resource, rev: 0 });
        }
        return Ok(Removal::Member { from: link, array_depth: via.array_depth });
    }
    let spot = place.spot();
    if let Some(refusal) = read::refused(batch, request, spot)? {
        return Ok(Removal::Refused(refusal));
    }
    let user = &request.session.user;
    if place.resource == user.shares {
        return Ok(Removal::Refused(Refusal::new(403, "User cannot modify their shares document")));
    }
    if place.leftover.is_empty() && place.resource == user.bookmarks {
        return Ok(Removal::Refused(Refusal::new(403, "User cannot delete their bookmarks")));
    }
    let rev = place.header.as_ref().map(|header| header.rev);
    if let Some(refusal) = precondition(request, &place.resource, rev) {
        return Ok(Removal::Refused(refusal));
    }
    Ok(match &place.header {
        None => Removal::NoResource,
        Some(header) if place.leftover.is_empty() => Removal::Resource(header),
        Some(header) => match &place.found {
            Found::Own => {
                Removal::Refused(Refusal::new(422, "This is kept by the store and cannot be deleted"))
            }
            Found::Nothing | Found::InArray { value: None, .. } | Found::InPacked(None) => {
                Removal::Nothing { resource: &place.resource, rev: header.rev }
            }
            Found::InArray { array_depth, .. } => {
                Removal::Member { from: spot, array_depth: Some(*array_depth) }
            }
            Found::Node(_) | Found::InPacked(Some(_)) => Removal::Member { from: spot, array_depth: None },
        },
    })
}

/// Does what a DELETE comes to.
pub(super) fn carry_out(
    batch: &mut Batch<'_>,
    request: &Request,
    place: &Place,
    removal: Removal<'_>,
    now: f64,
    events: &mut Vec<Event>,
) -> Done {
    let (resource, rev) = match removal {
        Removal::Refused(refusal) => return Ok(Err(refusal)),
        Removal::Nothing { resource, rev } => (resource, rev),
        Removal::NoResource => {
            // Versioned links to it are told again that there is nothing, as the reference server does.
            graph::propagate(batch, &place.resource, 0, now, events)?;
            (place.resource.as_str(), 0)
        }
        Removal::Resource(header) => {
            delete_resource(batch, &place.resource, header, now, events)?;
            (place.resource.as_str(), 0)
        }
        Removal::Member { from, array_depth } => {
            let Some(mut header) = from.header.cloned() else { return Ok(Err(Refusal::not_found())) };
            if let Some(written) = remove(batch, &mut header, from, array_depth)? {
                header.rev += 1;
                put_down(batch, request, from.resource, &mut header, written, now, events)?;
            }
            (from.resource, header.rev)
        }
    };
    Ok(Ok(success(204, place, resource, rev)))
}

/// Removes the value at the end of a path; `None` if there is none.
fn remove(
    batch: &mut Batch<'_>,
    header: &mut Header,
    from: Spot<'_>,
    array_depth: Option<usize>,
) -> Result<Option<Written>, Fault> {
    let Some(depth) = array_depth else {
        let path = DocPath::from_segments(from.path);
        let removed = Editor::new(batch, from.resource, Links::Follow).remove_from(header, &path)?;
        return Ok(removed.map(|_| Written::Delete(path)));
    };
    let path = DocPath::from_segments(&from.path[..depth]);
    let Some(mut array) = document::value(batch, from.resource, &path)? else {
        return Err(Fault::Damage("array that was there"));
    };
    take_out(&mut array, &from.path[depth..]);
    let text = json_text(&array);
    if let Value::Object(map) = wrap(&from.path[..depth], array) {
        let members = Members::Values(Cow::Owned(map));
        Editor::new(batch, from.resource, Links::Follow).merge_body(header, &members, false)?;
    }
    Ok(Some(Written::Merge(path, text)))
}

/// Writes the header that a resource got by a removal, and the change.
pub(super) fn put_down(
    batch: &mut Batch<'_>,
    request: &Request,
    resource: &str,
    header: &mut Header,
    written: Written,
    now: f64,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let user = &request.session.user.id;
    header.modified = now;
    header.modified_by.clone_from(user);
    batch.put(&key::header(resource), &header.to_bytes())?;
    log(batch, resource, header.rev, written, user, now, None, events)
}

/// Takes a value out of an array, or out of something inside it; later elements move up.
fn take_out(value: &mut Value, path: &[String]) {
    match (value, path) {
        (Value::Array(items), [last]) => {
            if let Some(index) = graph::index_of(last).filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        (Value::Object(map), [last]) => {
            map.remove(last);
        }
        (Value::Array(items), [first, rest @ ..]) => {
            if let Some(item) = graph::index_of(first).and_then(|index| items.get_mut(index)) {
                take_out(item, rest);
            }
        }
        (Value::Object(map), [first, rest @ ..]) => {
            if let Some(member) = map.get_mut(first) {
                take_out(member, rest);
            }
        }
        _ => {}
    }
}

/// Removes a resource. Its log stays, and its header to remember the rev.
fn delete_resource(
    batch: &mut Batch<'_>,
    resource: &str,
    header: &Header,
    now: f64,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let mut editor = Editor::new(batch, resource, Links::Follow);
    editor.remove_below(&DocPath::root())?;
    editor.remove_below(&DocPath::meta())?;
    batch.remove(&key::content(resource))?;
    let mut gone = header.clone();
    gone.exists = false;
    gone.whole = None;
    batch.put(&key::header(resource), &gone.to_bytes())?;
    events.push(Event::deleted(resource, header.rev));
    graph::propagate(batch, resource, 0, now, events)
}
