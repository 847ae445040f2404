//! PUT, POST and DELETE, inside the writer's transaction.
//!
//! Everything that can refuse a request is looked at before its first row is written, since a transaction holds the
//! writes of many requests and cannot take back those of one.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::auth;
use super::body::{Body, Json};
use super::changes::{self, Event, wrap};
use super::condition;
use super::db::{Batch, Rows};
use super::delete;
use super::document::{self, Editor, Links, OWN_META};
use super::error::Fault;
use super::graph::{self, Found, Place};
use super::key::{self, DocPath, META_KEY};
use super::media;
use super::read;
use super::request::{Method, Refusal, Request, Response};
use super::row::{Birth, ChangeRow, Header, Written, json_text};
use super::whole::Members;

/// A write whose body has been read.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) request: Request,
    pub(super) body: Body,
    /// The key of the resource that `X-OADA-Ensure-Link` makes, and whether the link to it is versioned.
    pub(super) ensure: Option<(String, bool)>,
}

/// Does one write, or refuses it without a trace. What it did is appended to `events`.
pub(super) fn apply(
    batch: &mut Batch<'_>,
    write: &Write,
    now: f64,
    events: &mut Vec<Event>,
) -> Result<Response, Fault> {
    let request = &write.request;
    let place = graph::resolve(batch, &request.target.start, request.target.segments.clone())?;
    let done = match request.method {
        Method::Delete => {
            let removal = delete::removal(batch, request, &place)?;
            delete::carry_out(batch, request, &place, removal, now, events)?
        }
        _ => put(batch, write, &place, now, events)?,
    };
    Ok(done.unwrap_or_else(|refusal| refusal.at(Some(&place))))
}

pub(super) type Done = Result<Result<Response, Refusal>, Fault>;

pub(super) fn success(status: u16, place: &Place, resource: &str, rev: u64) -> Response {
    let mut response = Response::new(status);
    response.place(place);
    response.rev = Some((resource.to_owned(), rev));
    response
}

pub(super) fn precondition(request: &Request, resource: &str, rev: Option<u64>) -> Option<Refusal> {
    if let Some(tags) = &request.if_match
        && !condition::matches(tags, resource, rev)
    {
        return Some(Refusal::new(412, "If-Match header does not match current resource _rev"));
    }
    if let Some(tags) = &request.if_none_match
        && condition::matches(tags, resource, rev)
    {
        return Some(Refusal::new(412, "If-None-Match header contains current resource _rev"));
    }
    None
}

fn put(batch: &mut Batch<'_>, write: &Write, place: &Place, now: f64, events: &mut Vec<Event>) -> Done {
    let request = &write.request;
    if let Some(refusal) = read::refused(batch, request, place.spot())? {
        return Ok(Err(refusal));
    }
    if place.resource == request.session.user.shares {
        return Ok(Err(Refusal::new(403, "User cannot modify their shares document")));
    }
    if place.header.is_none() {
        if place.resource.contains('/') {
            return Ok(Err(Refusal::not_found()));
        }
        if !key::is_resource_key(&place.resource) {
            return Ok(Err(Refusal::new(400, "This cannot be the id of a resource")));
        }
    }
    let rev = place.header.as_ref().map(|header| header.rev);
    if let Some(refusal) = precondition(request, &place.resource, rev) {
        return Ok(Err(refusal));
    }
    let Some((new, versioned)) = &write.ensure else {
        let content_type = request.content_type.as_deref().unwrap_or_default();
        return put_body(batch, write, place, &write.body, content_type, now, events);
    };

    // The link first: where it cannot stand, no resource is made. Its target does not exist yet then, so the order of
    // the writes is the other way round.
    let mut link = Map::new();
    link.insert("_id".to_owned(), Value::from(format!("resources/{new}")));
    if *versioned {
        link.insert("_rev".to_owned(), Value::from(0));
    }
    let link = Body::Json(Json::of(Value::Object(link)));
    if let Err(refusal) = plan(place, &link, "")? {
        return Ok(Err(refusal));
    }
    let target = graph::resolve(batch, new, Vec::new())?;
    let content_type = request.content_type.as_deref().unwrap_or_default();
    if let Err(refusal) = put_body(batch, write, &target, &write.body, content_type, now, events)? {
        return Ok(Err(refusal));
    }
    put_body(batch, write, place, &link, media::JSON, now, events)
}

/// What a write comes to once it is known what is there.
struct Plan<'b> {
    /// What is to be merged into the root.
    members: Members<'b>,
    meta: Option<Map<String, Value>>,
    content_type: Option<String>,
    owner: Option<String>,
    content: Option<&'b [u8]>,
    written: Written,
}

/// Checks a body against the place where it is to go.
fn plan<'b>(place: &Place, body: &'b Body, content_type: &str) -> Result<Result<Plan<'b>, Refusal>, Fault> {
    let leftover = &place.leftover;
    let created = place.header.is_none();
    if let Body::Json(json) = body {
        if let Some(text) = json.plain().filter(|_| leftover.is_empty()) {
            let members = Members::Plain(text, json);
            let written = Written::Merge(DocPath::root(), text.to_owned());
            let content_type = content_type_of(None, created, content_type);
            let plan = |content_type| Plan {
                members,
                meta: None,
                content_type,
                owner: None,
                content: None,
                written,
            };
            return Ok(content_type.map(plan));
        }
        if leftover.len() + depth(json.value()) > MAX_DEPTH {
            return Ok(Err(Refusal::new(422, "A document may not be nested so deeply")));
        }
    }
    let id = format!("resources/{}", place.resource);
    let mut text = None;
    let (path, value, content) = match body {
        Body::None => return Ok(Err(Refusal::new(400, "A body is required"))),
        Body::Content(_) if !leftover.is_empty() => {
            return Ok(Err(Refusal::new(400, "Content that is not JSON belongs at the root of a resource")));
        }
        Body::Content(bytes) => (&leftover[..0], Cow::Owned(Value::Object(Map::new())), Some(&bytes[..])),
        Body::Json(json) => match &place.found {
            Found::InArray { array_depth, array, .. } => {
                let mut array = array.clone();
                if let Err(refusal) = set_in_array(&mut array, &leftover[*array_depth..], json.value()) {
                    return Ok(Err(refusal));
                }
                (&leftover[..*array_depth], Cow::Owned(array), None)
            }
            _ => {
                text = Some(json);
                (&leftover[..], Cow::Borrowed(json.value()), None)
            }
        },
    };
    let root: Cow<'b, Map<String, Value>> = match (path.is_empty(), value) {
        (true, Cow::Borrowed(Value::Object(map))) => Cow::Borrowed(map),
        (true, Cow::Owned(Value::Object(map))) => Cow::Owned(map),
        (true, _) => return Ok(Err(Refusal::new(422, "A resource is an object"))),
        (false, value) => match wrap(path, value.into_owned()) {
            Value::Object(map) => Cow::Owned(map),
            _ => return Err(Fault::Damage("path without segments")),
        },
    };
    if let Some(theirs) = root.get("_id").filter(|theirs| theirs.as_str() != Some(&id)) {
        let theirs = theirs.as_str().map_or_else(|| theirs.to_string(), str::to_owned);
        let message = format!("Tried to write _id {theirs} to resource with _id {id}");
        return Ok(Err(Refusal::new(422, message)));
    }
    let meta = match root.get(META_KEY) {
        Some(Value::Object(meta)) => Some(meta.clone()),
        Some(_) => return Ok(Err(Refusal::new(422, "_meta is an object"))),
        None => None,
    };
    let from_meta = |name: &str| meta.as_ref().and_then(|meta| meta.get(name));
    let new_type = match root.get("_type").or_else(|| from_meta("_type")) {
        Some(Value::String(text)) if media::is_plausible(text) => Some(text.clone()),
        Some(_) => return Ok(Err(Refusal::new(422, "_type is a media type"))),
        None => None,
    };
    let owner = match from_meta("_owner") {
        Some(Value::String(owner)) if !owner.is_empty() => Some(owner.clone()),
        Some(_) => return Ok(Err(Refusal::new(422, "_owner is the id of a user"))),
        None => None,
    };
    let content_type = match content_type_of(new_type, created, content_type) {
        Ok(content_type) => content_type,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let written = written(path, &root, text.map(Json::text), created);
    let members = match (text, &root) {
        (Some(json), Cow::Borrowed(map)) => Members::Body(map, json),
        _ => Members::Values(root),
    };
    let meta = meta.map(|mut meta| {
        meta.retain(|name, _| !OWN_META.contains(&name.as_str()));
        meta
    });
    Ok(Ok(Plan { members, meta, content_type, owner, content, written }))
}

/// The content type that a resource gets by a write: the one that the body names, or that of the body if it is new.
fn content_type_of(named: Option<String>, created: bool, of_body: &str) -> Result<Option<String>, Refusal> {
    let content_type = named.or_else(|| created.then(|| of_body.to_owned()));
    match content_type.as_deref().filter(|text| !text.is_empty() && !media::is_plausible(text)) {
        Some(bad) => Err(Refusal::new(400, format!("{bad:?} is not a media type"))),
        None => Ok(content_type),
    }
}

/// The most objects and arrays inside each other: what all clients can read, with what a change puts around it.
const MAX_DEPTH: usize = 110;

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// What the log keeps of a write: the body as it was sent, without what every change carries anyway. The text is that of
/// the body, if that is what is merged.
fn written(path: &[String], root: &Map<String, Value>, text: Option<&str>, created: bool) -> Written {
    let own = |name: &str| ["_rev", "_type", META_KEY].contains(&name);
    if let Some(first) = path.first()
        && !own(first)
    {
        let there = || path[1..].iter().fold(root.get(first), |value, segment| value?.get(segment));
        let text = text.map(str::to_owned).or_else(|| there().map(json_text));
        return Written::Merge(DocPath::from_segments(path), text.unwrap_or_else(|| "null".to_owned()));
    }
    if !root.keys().any(|name| own(name)) {
        return Written::Merge(DocPath::root(), text.map_or_else(|| json_text(root), str::to_owned));
    }
    let mut kept = root.clone();
    kept.remove("_rev");
    let new_type = if created { kept.remove("_type") } else { kept.get("_type").cloned() };
    let mut meta = match kept.remove(META_KEY) {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    let ours = ["_id", "_rev", "_changes", "modified", "modifiedBy", "stats"];
    meta.retain(|name, _| !ours.contains(&name.as_str()));
    if let Some(new_type) = new_type.filter(|_| !created) {
        meta.insert("_type".to_owned(), new_type);
    }
    if !meta.is_empty() {
        kept.insert(META_KEY.to_owned(), Value::Object(meta));
    }
    Written::Merge(DocPath::root(), json_text(&kept))
}

/// Merges `body` into a copy of an array, at a path inside it.
fn set_in_array(value: &mut Value, path: &[String], body: &Value) -> Result<(), Refusal> {
    let Some((segment, rest)) = path.split_first() else {
        crate::model::merge(value, body);
        return Ok(());
    };
    match value {
        Value::Array(items) => {
            let index = if segment == "-" { Some(items.len()) } else { graph::index_of(segment) };
            match index {
                Some(index) if index < items.len() => set_in_array(&mut items[index], rest, body),
                Some(index) if index == items.len() => {
                    items.push(wrap(rest, body.clone()));
                    Ok(())
                }
                Some(_) => Err(Refusal::new(422, format!("The array has no element {segment}"))),
                None => {
                    *value = wrap(path, body.clone());
                    Ok(())
                }
            }
        }
        Value::Object(map) if map.contains_key(segment) => set_in_array(&mut map[segment], rest, body),
        Value::Object(map) => {
            map.insert(segment.clone(), wrap(rest, body.clone()));
            Ok(())
        }
        other => {
            *other = wrap(path, body.clone());
            Ok(())
        }
    }
}

fn put_body(
    batch: &mut Batch<'_>,
    write: &Write,
    place: &Place,
    body: &Body,
    content_type: &str,
    now: f64,
    events: &mut Vec<Event>,
) -> Done {
    let plan = match plan(place, body, content_type)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let user = &write.request.session.user.id;
    let resource = place.resource.as_str();
    let created = place.header.is_none();
    let mut header = match &place.header {
        Some(header) => header.clone(),
        None => newborn(batch, resource, user, now)?,
    };
    header.rev += 1;
    header.modified = now;
    header.modified_by.clone_from(user);
    if let Some(content_type) = plan.content_type {
        header.content_type = content_type;
    }
    if let Some(owner) = plan.owner {
        header.owner = owner;
    }
    if created && header.content_type.is_empty() {
        return Ok(Err(Refusal::new(400, "No content type specified")));
    }

    let links = if write.request.ignore_links { Links::Ignore } else { Links::Follow };
    let mut editor = Editor::new(batch, resource, links);
    editor.merge_body(&mut header, &plan.members, created)?;
    if let Some(meta) = &plan.meta {
        editor.merge_members(&mut DocPath::meta(), meta, created)?;
    }
    if let Some(content) = plan.content {
        batch.put(&key::content(resource), content)?;
    }
    let sharing = Sharing { resource, user, now };
    let named = plan.meta.as_ref().and_then(|meta| meta.get("_permissions")).cloned();
    let birth =
        created.then(|| Birth { content_type: header.content_type.clone(), owner: header.owner.clone() });
    log(batch, resource, header.rev, plan.written, user, now, birth, events)?;
    if let Some(Value::Object(permissions)) = named {
        for other in permissions.keys().filter(|other| *other != user) {
            sharing.with(batch, other, events)?;
        }
    }
    Ok(Ok(success(201, place, resource, header.rev)))
}

/// A resource on which somebody else has been given permissions.
struct Sharing<'a> {
    resource: &'a str,
    user: &'a str,
    now: f64,
}

impl Sharing<'_> {
    /// Links the resource in the shares of `other`, if that is a user and does not have it yet.
    fn with(&self, batch: &mut Batch<'_>, other: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
        let Some(shares) = auth::stored_user(batch, other)?.map(|user| user.shares) else { return Ok(()) };
        let path = DocPath::from_segments(&[self.resource]);
        let Some(mut header) = document::living_header(batch, &shares)? else { return Ok(()) };
        if document::node(batch, &shares, &path)?.is_some() {
            return Ok(());
        }
        let link = serde_json::json!({"_id": format!("resources/{}", self.resource)});
        let written = Written::Merge(path, json_text(&link));
        let mut members = Map::new();
        members.insert(self.resource.to_owned(), link);
        header.rev += 1;
        header.modified = self.now;
        self.user.clone_into(&mut header.modified_by);
        let members = Members::Values(Cow::Owned(members));
        Editor::new(batch, &shares, Links::Follow).merge_body(&mut header, &members, false)?;
        log(batch, &shares, header.rev, written, self.user, self.now, None, events)
    }
}

/// The header of a resource that is about to be made. It goes on from the last rev of one that was deleted.
fn newborn(rows: &impl Rows, resource: &str, user: &str, now: f64) -> Result<Header, Fault> {
    let rev = document::header(rows, resource)?.map_or(0, |gone| gone.rev);
    Ok(Header {
        exists: true,
        rev,
        content_type: String::new(),
        owner: user.to_owned(),
        created: now,
        created_by: user.to_owned(),
        modified: now,
        modified_by: user.to_owned(),
        whole: None,
    })
}

#[expect(clippy::too_many_arguments, reason = "these are the parts of a change")]
pub(super) fn log(
    batch: &mut Batch<'_>,
    resource: &str,
    rev: u64,
    what: Written,
    user: &str,
    now: f64,
    created: Option<Birth>,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let change = ChangeRow { what, time: now, user: user.to_owned(), created, children: Vec::new() };
    changes::append(batch, resource, rev, &change)?;
    events.push(Event::changed(resource, rev));
    graph::propagate(batch, resource, rev, now, events)
}

/// Makes an empty resource for a new user.
pub(super) fn seed(
    batch: &mut Batch<'_>,
    resource: &str,
    content_type: &str,
    user: &str,
    now: f64,
) -> Result<(), Fault> {
    let mut header = newborn(batch, resource, user, now)?;
    header.rev += 1;
    content_type.clone_into(&mut header.content_type);
    header.modified_by.clear();
    let birth = Birth { content_type: content_type.to_owned(), owner: user.to_owned() };
    batch.put(&key::header(resource), &header.to_bytes())?;
    let written = Written::Merge(DocPath::root(), "{}".to_owned());
    log(batch, resource, header.rev, written, user, now, Some(birth), &mut Vec::new())
}
