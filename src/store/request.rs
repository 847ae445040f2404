//! What a request is and what an answer is, whichever way they travel.

use std::sync::Arc;

use axum::body::Bytes;
use serde_json::json;

use super::auth::{Session, Unauthorized};
use super::graph::Place;
use super::key;
use super::media;
use super::render::Render;
use crate::model::before;

/// The largest body, in bytes.
pub(super) const MAX_BODY: usize = 20 * 1024 * 1024;
/// The most segments a path may have; deeper ones could not be read by clients.
const MAX_DEPTH: usize = 100;
/// What the paths of resources begin with.
const RESOURCES: &str = "/resources/";
/// The longest path, in bytes.
const MAX_PATH: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Put,
    Post,
    Delete,
}

/// One request, of a user who is known.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) session: Arc<Session>,
    pub(super) content_type: Option<String>,
    pub(super) accept: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) ensure_link: Option<String>,
    pub(super) ignore_links: bool,
    /// Whether links are to tell the rev at which their resources are now.
    pub(super) link_revs: bool,
    /// Whether a write may be answered before its sync, since who asks is lost with this machine.
    pub(super) ahead: bool,
    pub(super) body: Option<Bytes>,
    /// Whether the body is known to be plain (`super::plain`).
    pub(super) is_plain: bool,
}

impl Request {
    /// A GET that says nothing more.
    pub(super) fn get(target: Target, session: Arc<Session>) -> Self {
        Self {
            method: Method::Get,
            target,
            session,
            content_type: None,
            accept: None,
            if_match: None,
            if_none_match: None,
            ensure_link: None,
            ignore_links: false,
            link_revs: false,
            ahead: false,
            body: None,
            is_plain: false,
        }
    }
}

/// What a path names: a resource to start at, and the way on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) start: String,
    pub(super) segments: Vec<String>,
}

impl Target {
    /// Reads a path below `/resources`, `/bookmarks` or `/shares`; `None` for another one.
    pub(super) fn parse(path: &str, session: &Session) -> Result<Option<Self>, Refusal> {
        let Some(rest) = path.strip_prefix('/') else { return Ok(None) };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let mut segments = Segments(Some(rest));
        let start = match segments.next() {
            Some("bookmarks") => session.user.bookmarks.clone(),
            Some("shares") => session.user.shares.clone(),
            Some("resources") => match segments.next() {
                Some(start) => start.to_owned(),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let segments: Vec<String> = segments.map(crate::model::decode_segment).collect();
        if path.len() > MAX_PATH || segments.len() > MAX_DEPTH {
            return Err(Refusal::new(414, "Path is too long"));
        }
        Ok(Some(Self { start, segments }))
    }
}

/// What stands between the slashes of a path.
struct Segments<'p>(Option<&'p str>);

impl<'p> Iterator for Segments<'p> {
    type Item = &'p str;
    fn next(&mut self) -> Option<&'p str> {
        let rest = self.0.take()?;
        let Some(end) = before(rest.as_bytes(), |byte| byte == b'/') else { return Some(rest) };
        self.0 = Some(&rest[end + 1..]);
        Some(&rest[..end])
    }
}

/// Whether `path` is one that [`Target::parse`] may take.
pub(super) fn names_resources(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let begins_with =
        |first: &str| path.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ["resources", "bookmarks", "shares"].into_iter().any(begins_with)
}

/// One answer.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    /// `Content-Location`.
    pub(super) location: Option<String>,
    /// `X-OADA-Path-Leftover`.
    pub(super) leftover: Option<String>,
    /// `X-OADA-Rev` and, with the key of the resource it belongs to, `ETag`.
    pub(super) rev: Option<(String, u64)>,
    pub(super) content_type: Option<String>,
    /// The address of the schema of the content's type.
    pub(super) schema: Option<String>,
    /// Whether another `Accept` could give another answer.
    pub(super) vary: bool,
    pub(super) content: Content,
    /// The resource that was reached, for a watch.
    pub(super) resource: Option<String>,
}

/// What an answer holds.
#[derive(Debug)]
pub(super) enum Content {
    None,
    /// JSON text.
    Json(String),
    /// JSON text that is too long to be made at once.
    Rendered(Box<Render>),
    Bytes(Vec<u8>),
}

/// Why a request is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) message: String,
    code: Option<&'static str>,
    /// Whether the answer says where the path led.
    pub(super) placed: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, placed: true }
    }

    /// A refusal that does not tell where the path leads.
    pub(super) fn silent(status: u16, message: impl Into<String>) -> Self {
        Self { placed: false, ..Self::new(status, message) }
    }

    pub(super) fn with_code(status: u16, message: impl Into<String>, code: &'static str) -> Self {
        Self { code: Some(code), ..Self::silent(status, message) }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(super) fn too_large() -> Self {
        Self::with_code(413, "Request body is too large", "FST_ERR_CTP_BODY_TOO_LARGE")
    }

    pub(super) fn internal() -> Self {
        Self::silent(500, "Unexpected error. Please try again or contact support.")
    }

    pub(super) fn body(&self) -> String {
        let mut body = json!({
            "statusCode": self.status,
            "error": reason(self.status),
            "message": self.message,
        });
        if let Some(code) = self.code {
            body["code"] = code.into();
        }
        body.to_string()
    }

    /// The answer, with where the path led if that may be told.
    pub(super) fn at(&self, place: Option<&Place>) -> Response {
        let mut response = Response::new(self.status);
        if let Some(place) = place.filter(|_| self.placed) {
            response.place(place);
        }
        response.content_type = Some(media::JSON.to_owned());
        response.content = Content::Json(self.body());
        response
    }
}

impl From<Unauthorized> for Refusal {
    fn from(unauthorized: Unauthorized) -> Self {
        match unauthorized {
            Unauthorized::Missing => Self::with_code(
                401,
                "missing authorization header",
                "FST_BEARER_AUTH_MISSING_AUTHORIZATION_HEADER",
            ),
            Unauthorized::Invalid => Self::with_code(
                401,
                "invalid authorization header",
                "FST_BEARER_AUTH_INVALID_AUTHORIZATION_HEADER",
            ),
        }
    }
}

impl Response {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            location: None,
            leftover: None,
            rev: None,
            content_type: None,
            schema: None,
            vary: false,
            content: Content::None,
            resource: None,
        }
    }

    /// A JSON document that is no resource.
    pub(super) fn json(status: u16, text: String) -> Self {
        let content_type = Some(media::JSON.to_owned());
        Self { content_type, content: Content::Json(text), ..Self::new(status) }
    }

    /// Says where the path led.
    pub(super) fn place(&mut self, place: &Place) {
        self.place_at(&place.resource, &place.leftover);
    }

    /// Says that the path led to a place in a resource.
    pub(super) fn place_at(&mut self, resource: &str, leftover: &[String]) {
        let leftover = key::pointer(leftover);
        let mut location = String::with_capacity(RESOURCES.len() + resource.len() + leftover.len());
        for part in [RESOURCES, resource, &leftover] {
            location.push_str(part);
        }
        self.location = Some(location);
        self.leftover = Some(leftover);
        self.resource = Some(resource.to_owned());
    }
}

/// The words that go with a status.
pub(super) fn reason(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}
