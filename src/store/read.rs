//! GET and HEAD.

use serde_json::Value;

use super::auth::Need;
use super::changes;
use super::condition;
use super::db::{Rows, Snapshot};
use super::document::own_meta;
use super::error::Fault;
use super::graph::{self, Found, Place, Spot};
use super::key::{self, DocPath, META_KEY};
use super::media;
use super::render::{self, Render};
use super::request::{Content, Method, Refusal, Request, Response};
use super::row::{Header, Node, json_text};

/// Documents up to this size are answered at once, longer ones as they are read.
const AT_ONCE: usize = 64 * 1024;

/// Answers a GET or HEAD.
pub(super) fn answer(snapshot: &Snapshot, request: &Request) -> Result<Response, Fault> {
    let place = graph::resolve(snapshot, &request.target.start, request.target.segments.clone())?;
    if let Some(refusal) = refused(snapshot, request, place.spot())? {
        return Ok(refusal.at(Some(&place)));
    }
    let rev = place.header.as_ref().map(|header| (place.resource.clone(), header.rev));
    let mut response = match found(snapshot, request, &place)? {
        Ok(response) => response,
        Err(refusal) => {
            let mut response = refusal.at(Some(&place));
            response.vary = refusal.status == 406;
            response
        }
    };
    response.rev = rev;
    if request.method == Method::Head {
        response.content = Content::None;
    }
    Ok(response)
}

/// Whether the user or the token may not do what the request wants with what is there.
pub(super) fn refused(rows: &impl Rows, request: &Request, spot: Spot<'_>) -> Result<Option<Refusal>, Fault> {
    let need = match request.method {
        Method::Get | Method::Head => Need::Read,
        Method::Put | Method::Post | Method::Delete => Need::Write,
    };
    if !request.session.may(rows, spot, need)? {
        let what = if need == Need::Read { "read" } else { "write" };
        let message = format!("User does not have {what} permission for this resource");
        return Ok(Some(Refusal::silent(403, message)));
    }
    let content_type = match (spot.header, &request.content_type) {
        (Some(header), _) => &header.content_type,
        (None, Some(content_type)) if need == Need::Write => content_type,
        (None, _) => return Ok(None),
    };
    if !request.session.scope_covers(content_type, need) {
        return Ok(Some(Refusal::silent(403, "Token does not have required scope")));
    }
    Ok(None)
}

fn found(snapshot: &Snapshot, request: &Request, place: &Place) -> Result<Result<Response, Refusal>, Fault> {
    if request.ensure_link.is_some() {
        return Ok(Err(Refusal::new(400, "X-OADA-Ensure-Link is for PUT and POST")));
    }
    let rev = place.header.as_ref().map(|header| header.rev);
    if let Some(tags) = &request.if_match
        && !condition::matches(tags, &place.resource, rev)
    {
        return Ok(Err(Refusal::new(412, "If-Match header does not match current resource")));
    }
    let Some(header) = &place.header else { return Ok(Err(Refusal::not_found())) };
    let mut response = Response::new(200);
    response.place(place);
    let in_meta = place.leftover.first().is_some_and(|segment| segment == META_KEY);
    if !in_meta && !media::is_json(&header.content_type) {
        return binary(snapshot, request, place, header, response);
    }
    let in_changes = in_meta && place.leftover.get(1).is_some_and(|segment| segment == "_changes");
    let content = match content(snapshot, request, place, header)? {
        Some(content) => content,
        None => return Ok(Err(Refusal::not_found())),
    };
    let content_type = match (in_meta, in_changes) {
        (_, true) => media::META_UTF8,
        (true, false) => media::META,
        _ => &header.content_type,
    };
    response.content_type = Some(content_type.to_owned());
    if !in_meta {
        response.schema = media::schema(content_type);
    }
    if not_modified(request, place, header) {
        response.status = 304;
        return Ok(Ok(response));
    }
    if !media::accepts(request.accept.as_deref(), content_type) {
        return Ok(Err(Refusal::new(406, "Not Acceptable")));
    }
    response.vary = !in_changes;
    response.content = content;
    Ok(Ok(response))
}

fn not_modified(request: &Request, place: &Place, header: &Header) -> bool {
    request
        .if_none_match
        .as_ref()
        .is_some_and(|tags| condition::matches(tags, &place.resource, Some(header.rev)))
}

fn binary(
    snapshot: &Snapshot,
    request: &Request,
    place: &Place,
    header: &Header,
    mut response: Response,
) -> Result<Result<Response, Refusal>, Fault> {
    if !place.leftover.is_empty() {
        return Ok(Err(Refusal::new(501, "Path Leftover on Binary GET")));
    }
    response.content_type = Some(header.content_type.clone());
    if not_modified(request, place, header) {
        response.status = 304;
        return Ok(Ok(response));
    }
    if !media::accepts(request.accept.as_deref(), &header.content_type) {
        return Ok(Err(Refusal::new(406, "Not Acceptable")));
    }
    let bytes = match snapshot.get(&key::content(&place.resource))? {
        Some(bytes) if request.method == Method::Get => bytes.to_vec(),
        _ => Vec::new(),
    };
    response.content = Content::Bytes(bytes);
    Ok(Ok(response))
}

/// The value that the path leads to; `None` if there is none.
fn content(
    snapshot: &Snapshot,
    request: &Request,
    place: &Place,
    header: &Header,
) -> Result<Option<Content>, Fault> {
    let resource = place.resource.as_str();
    let render = match &place.found {
        Found::Nothing => return Ok(None),
        Found::InArray { value, .. } | Found::InPacked(value) => return Ok(scalar(value.clone())),
        Found::Node(Node::Leaf(text)) if text == "null" => return Ok(None),
        Found::Node(Node::Leaf(text) | Node::LinkArray(text) | Node::Packed(text)) => {
            return Ok(Some(Content::Json(text.clone())));
        }
        Found::Node(Node::Link(link)) => return Ok(scalar(Some(link.to_value()))),
        Found::Node(Node::Object) => {
            Render::object(snapshot, resource, &DocPath::from_segments(&place.leftover))?
        }
        Found::Own => {
            let segments: Vec<&str> = place.leftover.iter().map(String::as_str).collect();
            match segments.as_slice() {
                [] => match &header.whole {
                    Some(members) => {
                        return Ok(Some(Content::Json(render::whole(resource, header, members))));
                    }
                    None => Render::resource(snapshot, resource, header)?,
                },
                [META_KEY] => Render::meta(snapshot, resource, header)?,
                [META_KEY, "_changes"] => Render::changes(snapshot, resource)?,
                [META_KEY, "_changes", rev] => {
                    return change(snapshot, resource, rev).map(|text| Some(Content::Json(text)));
                }
                [META_KEY, rest @ ..] => {
                    let meta = Value::Object(own_meta(resource, header));
                    let value = rest.iter().try_fold(&meta, |value, segment| value.get(segment));
                    return Ok(scalar(value.cloned()));
                }
                ["_id"] => return Ok(scalar(Some(Value::from(format!("resources/{resource}"))))),
                ["_type"] => return Ok(scalar(Some(Value::from(header.content_type.as_str())))),
                ["_rev"] => return Ok(scalar(Some(Value::from(header.rev)))),
                _ => return Ok(None),
            }
        }
    };
    if request.method == Method::Head {
        return Ok(Some(Content::None));
    }
    let mut render = if request.link_revs { render.with_link_revs(snapshot) } else { render };
    let mut start = String::new();
    Ok(Some(if render.fill(&mut start, AT_ONCE)? {
        Content::Json(start)
    } else {
        render.begun_with(start);
        Content::Rendered(Box::new(render))
    }))
}

fn scalar(value: Option<Value>) -> Option<Content> {
    value.filter(|value| !value.is_null()).map(|value| Content::Json(json_text(&value)))
}

fn change(snapshot: &Snapshot, resource: &str, rev: &str) -> Result<String, Fault> {
    match rev.parse::<u64>() {
        Ok(rev) if rev > 0 => changes::array(snapshot, resource, rev),
        _ => Ok(changes::delete_notice(resource)),
    }
}
