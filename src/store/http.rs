//! HTTP: turns what hyper hands over into a request, and an answer into what it sends.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures_util::{StreamExt as _, stream};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::request::{Content, MAX_BODY, Method, Refusal, Request, Response, Target, names_resources};
use super::server::Serving;
use super::{auth::Session, routes, socket};
use crate::model::before;

const REV: HeaderName = HeaderName::from_static("x-oada-rev");
const LEFTOVER: HeaderName = HeaderName::from_static("x-oada-path-leftover");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ENSURE_LINK: HeaderName = HeaderName::from_static("x-oada-ensure-link");
const IGNORE_LINKS: HeaderName = HeaderName::from_static("x-oada-ignore-links");
const LINK_REVS: HeaderName = HeaderName::from_static("x-oada-link-revs");
const SEVERAL: HeaderName = HeaderName::from_static("x-oada-several");

/// How much of a body that is too large is read, so that a client gets to read the answer, and for how long.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// How long the next piece of a body may be in coming.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// The size of the pieces in which long documents are sent.
const PIECE: usize = 64 * 1024;

/// Answers one request.
pub(super) async fn handle(serving: Serving, request: axum::extract::Request) -> HttpResponse {
    let (mut parts, body) = request.into_parts();
    let id = parts.headers.get(&REQUEST_ID).cloned();
    let mut response = if wants_socket(&parts) {
        upgrade(serving, &mut parts)
    } else {
        answer(&serving, &parts, body).await
    };
    let headers = response.headers_mut();
    let id = id.or_else(|| HeaderValue::try_from(crate::model::new_key()).ok());
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-oada-rev, x-oada-path-leftover, location, content-location, etag"),
    );
    response
}

fn wants_socket(parts: &Parts) -> bool {
    let upgrade = text(&parts.headers, &header::UPGRADE);
    parts.method == axum::http::Method::GET
        && upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Makes a socket of the connection, once the client has been told so.
fn upgrade(serving: Serving, parts: &mut Parts) -> HttpResponse {
    let headers = &parts.headers;
    let connection = text(headers, &header::CONNECTION).unwrap_or_default();
    if !connection.split(',').any(|option| option.trim().eq_ignore_ascii_case("upgrade")) {
        return (StatusCode::BAD_REQUEST, "Connection must be Upgrade").into_response();
    }
    if text(headers, &header::SEC_WEBSOCKET_VERSION) != Some("13") {
        let known = [(header::SEC_WEBSOCKET_VERSION, "13")];
        return (StatusCode::UPGRADE_REQUIRED, known, "Sec-WebSocket-Version must be 13").into_response();
    }
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY) else {
        return (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing").into_response();
    };
    let accept = derive_accept_key(key.as_bytes());
    let base = base(parts, serving.tls);
    let Some(upgrading) = parts.extensions.remove::<OnUpgrade>() else {
        return (StatusCode::UPGRADE_REQUIRED, "This connection cannot be upgraded").into_response();
    };
    let sockets = serving.sockets.clone();
    sockets.spawn(async move {
        match upgrading.await {
            Ok(upgraded) => socket::run(serving, base, upgraded).await,
            Err(error) => tracing::debug!(%error, "a client left before it had a socket"),
        }
    });
    let answer = [
        (header::CONNECTION, "Upgrade"),
        (header::UPGRADE, "websocket"),
        (header::SEC_WEBSOCKET_ACCEPT, accept.as_str()),
        (SEVERAL, socket::SEVERAL),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, answer).into_response()
}

async fn answer(serving: &Serving, parts: &Parts, body: Body) -> HttpResponse {
    let path = parts.uri.path();
    let method = match parts.method.as_str() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        "OPTIONS" => return preflight(&parts.headers),
        other => {
            let message = format!("Route {other}:{path} not found");
            return render(Refusal::silent(404, message).at(None));
        }
    };
    if !escapes_are_whole(path) {
        let message = format!("'{path}' is not a valid url component");
        return render(Refusal::with_code(400, message, "FST_ERR_BAD_URL").at(None));
    }
    if let Some(response) = routes::open(&serving.store, method, path, &base(parts, serving.tls)) {
        return finish(method, response);
    }
    let resources = names_resources(path);
    if !resources && !routes::needs_token(path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let authorization = text(&parts.headers, &header::AUTHORIZATION);
    let session = match serving.store.inner.auth.session(authorization) {
        Ok(session) => session,
        Err(unauthorized) => return finish(method, Refusal::from(unauthorized).at(None)),
    };
    let body = match read_body(parts, body).await {
        Ok(body) => body,
        Err(refusal) => return finish(method, refusal.at(None)),
    };
    if !resources {
        let response = routes::closed(&serving.store, session, method, path, body).await;
        return finish(method, response);
    }
    let response = match request(method, path, &parts.headers, session, body) {
        Ok(request) => serving.store.answer(request).await,
        Err(refusal) => refusal.at(None),
    };
    finish(method, response)
}

fn request(
    method: Method,
    path: &str,
    headers: &HeaderMap,
    session: std::sync::Arc<Session>,
    body: Option<Bytes>,
) -> Result<Request, Refusal> {
    let owned = |name: &HeaderName| text(headers, name).map(str::to_owned);
    let is_on =
        |name: &HeaderName| text(headers, name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    Ok(Request {
        method,
        target: target(method, path, &session)?,
        session,
        content_type: owned(&header::CONTENT_TYPE),
        accept: owned(&header::ACCEPT),
        if_match: joined(headers, &header::IF_MATCH),
        if_none_match: joined(headers, &header::IF_NONE_MATCH),
        ensure_link: owned(&ENSURE_LINK),
        ignore_links: is_on(&IGNORE_LINKS),
        link_revs: is_on(&LINK_REVS),
        ahead: false,
        body,
        is_plain: false,
    })
}

/// What a request is about; a POST goes to a new key below its path.
pub(super) fn target(method: Method, path: &str, session: &Session) -> Result<Target, Refusal> {
    let parsed = if method == Method::Post {
        let path = path.strip_suffix('/').unwrap_or(path);
        Target::parse(&format!("{path}/{}", crate::model::new_key()), session)?
    } else {
        Target::parse(path, session)?
    };
    parsed.ok_or_else(Refusal::not_found)
}

/// A header as text; R takes the bytes as they are, but nothing of ours is anything but ASCII.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// A list that may stand in several headers of the same name.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Whether each `%` is followed by two hexadecimal digits.
pub(super) fn escapes_are_whole(path: &str) -> bool {
    let mut rest = path.as_bytes();
    while let Some(at) = before(rest, |byte| byte == b'%') {
        rest = &rest[at + 1..];
        if !rest.first_chunk::<2>().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return false;
        }
    }
    true
}

/// The address by which the client knows this server.
fn base(parts: &Parts, tls: bool) -> String {
    let host = text(&parts.headers, &header::HOST).or(parts.uri.authority().map(|host| host.as_str()));
    let scheme = if tls { "https" } else { "http" };
    // The host goes into a JSON document and must be nothing but a host.
    let host = host.filter(|host| host.parse::<Uri>().is_ok()).unwrap_or("localhost");
    format!("{scheme}://{host}")
}

async fn read_body(parts: &Parts, body: Body) -> Result<Option<Bytes>, Refusal> {
    let announced =
        text(&parts.headers, &header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    let mut stream = body.into_data_stream();
    if announced.is_some_and(|length| length > MAX_BODY) {
        drain(stream).await;
        return Err(Refusal::too_large());
    }
    let mut whole = Vec::new();
    let mut first: Option<Bytes> = None;
    while let Some(piece) = tokio::time::timeout(PIECE_TIME, stream.next())
        .await
        .map_err(|_| Refusal::silent(408, "The body did not come in time"))?
    {
        let piece = piece.map_err(|_| Refusal::silent(400, "The body was cut off"))?;
        let length = first.as_ref().map_or(whole.len(), Bytes::len) + piece.len();
        if length > MAX_BODY {
            drain(stream).await;
            return Err(Refusal::too_large());
        }
        match first.take() {
            // Most bodies come in one piece and are not copied.
            None if whole.is_empty() => first = Some(piece),
            None => whole.extend_from_slice(&piece),
            Some(begun) => {
                whole.reserve(announced.unwrap_or(length).max(length));
                whole.extend_from_slice(&begun);
                whole.extend_from_slice(&piece);
            }
        }
    }
    let body = first.unwrap_or_else(|| Bytes::from(whole));
    Ok((!body.is_empty()).then_some(body))
}

async fn drain(mut stream: axum::body::BodyDataStream) {
    let drained = async {
        let mut left = DRAIN_BYTES;
        while let Some(Ok(piece)) = stream.next().await
            && piece.len() <= left
        {
            left -= piece.len();
        }
    };
    // What matters is the answer; a client that is still sending by then will not read it.
    let _ = tokio::time::timeout(DRAIN_TIME, drained).await;
}

fn preflight(headers: &HeaderMap) -> HttpResponse {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    let methods = HeaderValue::from_static("GET, HEAD, PUT, POST, DELETE, OPTIONS");
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

fn finish(method: Method, mut response: Response) -> HttpResponse {
    if method == Method::Head {
        response.content = Content::None;
    }
    render(response)
}

fn render(mut response: Response) -> HttpResponse {
    let content = std::mem::replace(&mut response.content, Content::None);
    let body = match content {
        Content::None => Body::empty(),
        Content::Json(text) => Body::from(text),
        Content::Bytes(bytes) => Body::from(bytes),
        Content::Rendered(render) => Body::from_stream(stream::unfold(Some(render), |render| async move {
            let mut render = render?;
            let mut piece = String::with_capacity(PIECE + 1024);
            match render.fill(&mut piece, PIECE) {
                Ok(done) => Some((Ok(Bytes::from(piece)), (!done).then_some(render))),
                Err(fault) => Some((Err(fault), None)),
            }
        })),
    };
    let mut http = HttpResponse::new(body);
    *http.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = http.headers_mut();
    each_header(&response, |name, value| {
        // What cannot be a header comes from a path that hyper would not have let in.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    });
    if response.leftover.as_deref() == Some("") {
        headers.insert(LEFTOVER, HeaderValue::from_static(""));
    }
    debug_assert!(headers.get(&REV).is_none() || response.rev.is_some());
    http
}

/// Calls `put` with the headers of an answer, by their lower-case names; empty ones are left out.
pub(super) fn each_header(response: &Response, mut put: impl FnMut(&'static str, &str)) {
    if let Some(location) = &response.location {
        put("content-location", location);
    }
    if let Some(leftover) = response.leftover.as_deref().filter(|leftover| !leftover.is_empty()) {
        put("x-oada-path-leftover", leftover);
    }
    if let Some((resource, rev)) = &response.rev {
        let rev = rev.to_string();
        put("x-oada-rev", &rev);
        let mut etag = String::with_capacity(resource.len() + rev.len() + 3);
        for part in ["\"", resource, "/", &rev, "\""] {
            etag.push_str(part);
        }
        put("etag", &etag);
    }
    match (&response.content_type, &response.schema) {
        (Some(content_type), Some(schema)) => {
            put("content-type", &format!("{content_type}; schema=\"{schema}\""));
            put("link", &format!("<{schema}#>; rel=\"describedby\""));
        }
        (Some(content_type), None) => put("content-type", content_type),
        (None, _) => {}
    }
    if response.vary {
        put("vary", "Accept");
    }
}
