//! What is served beside resources: discovery, health, users and tokens.

use std::sync::Arc;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use secrecy::ExposeSecret as _;

use super::auth::{Need, Session, User};
use super::error::Error;
use super::request::{Content, Method, Refusal, Response};
use super::{Store, VERSION};

/// Answers what needs no token; `None` if `path` is nothing of that kind.
pub(super) fn open(store: &Store, method: Method, path: &str, base: &str) -> Option<Response> {
    if !matches!(method, Method::Get | Method::Head) {
        return None;
    }
    let body = match path {
        "/health" => json!({"statusCode": 200, "status": "ok", "instance": store.inner.instance}),
        "/.well-known/openid-configuration"
        | "/.well-known/oada-configuration"
        | "/.well-known/oauth-authorization-server" => discovery(base),
        _ => return None,
    };
    Some(Response::json(200, body.to_string()))
}

fn discovery(base: &str) -> Value {
    json!({
        "well_known_version": "1.1.0",
        "oada_version": "3.5.1",
        "oada_base_uri": format!("{base}/"),
        "scopes_supported": [{"name": "oada.all.1", "read+write": true}],
        "issuer": format!("{base}/"),
        "registration_endpoint": format!("{base}/oadaauth/register"),
        "authorization_endpoint": format!("{base}/oadaauth/auth"),
        "token_endpoint": format!("{base}/oadaauth/token"),
        "device_authorization_endpoint": format!("{base}/oadaauth/device"),
        "userinfo_endpoint": format!("{base}/oadaauth/userinfo"),
        "jwks_uri": format!("{base}/oadaauth/certs"),
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "oada_jobs": {"version": VERSION},
    })
}

/// Whether a token is needed before it is said that `path` is nothing.
pub(super) fn needs_token(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    ["users", "authorizations", "store"].contains(&first)
}

/// Answers what a user or the owner of the folder may ask. Some of it takes its time, so it is done aside.
pub(super) async fn closed(
    store: &Store,
    session: Arc<Session>,
    method: Method,
    path: &str,
    body: Option<Bytes>,
) -> Response {
    let (store, path) = (store.clone(), path.to_owned());
    let working =
        tokio::task::spawn_blocking(move || answer(&store, &session, method, &path, body.as_deref()));
    let mut response = match working.await {
        Ok(answered) => answered.unwrap_or_else(|refusal| refusal.at(None)),
        Err(_) => Refusal::internal().at(None),
    };
    if method == Method::Head {
        response.content = Content::None;
    }
    response
}

fn answer(
    store: &Store,
    session: &Session,
    method: Method,
    path: &str,
    body: Option<&[u8]>,
) -> Result<Response, Refusal> {
    let path = path.trim_matches('/');
    match path.split_once('/') {
        Some(("users", rest)) => user(store, session, method, rest, body),
        None if path == "users" && method == Method::Post => new_user(store, session, body),
        None if path == "users" => Err(Refusal::not_found()),
        _ if !session.owner => Err(Refusal::new(403, "Only the token of the data folder may do this")),
        Some(("authorizations", id)) => authorization(store, method, id),
        Some(("store", what)) => upkeep(store, method, what, body),
        None if path == "authorizations" => authorizations(store, session, method, body),
        _ => Err(Refusal::not_found()),
    }
}

/// A user that is asked about by `me`, by id, or by name, or about whom more is said.
fn user(
    store: &Store,
    session: &Session,
    method: Method,
    rest: &str,
    body: Option<&[u8]>,
) -> Result<Response, Refusal> {
    let auth = &store.inner.auth;
    if rest == "me" && matches!(method, Method::Get | Method::Head) {
        let user = auth.user(&session.user.id).ok_or_else(Refusal::not_found)?;
        let mut response = shown(&user);
        response.location = Some(format!("/users/{}", user.id));
        return Ok(response);
    }
    let rest = if rest == "me" { session.user.id.as_str() } else { rest };
    // The ids hold a slash of their own; both ways of naming one are seen.
    let by_id = || auth.user(rest).or_else(|| auth.user(&format!("users/{rest}")));
    match (method, rest.strip_prefix("username-index/")) {
        (Method::Get | Method::Head, Some(name)) => {
            if name != session.user.username && !session.administers_users(Need::Read) {
                return Err(Refusal::new(403, "Token does not have required oada.admin.user scope"));
            }
            auth.user_named(name).map(|user| shown(&user)).ok_or_else(Refusal::not_found)
        }
        (Method::Get | Method::Head, None) => by_id().map(|user| shown(&user)).ok_or_else(Refusal::not_found),
        (Method::Put, None) => {
            may_write_users(session)?;
            store.put_user(rest, &about(body)?).map(|user| stored(&user)).map_err(refusal)
        }
        _ => Err(Refusal::not_found()),
    }
}

/// The same name twice is the same user.
fn new_user(store: &Store, session: &Session, body: Option<&[u8]>) -> Result<Response, Refusal> {
    may_write_users(session)?;
    let about = about(body)?;
    let username = about.get("username").and_then(Value::as_str);
    let username = username.ok_or_else(|| Refusal::new(400, "A user needs a username"))?;
    store.put_user_named(username, &about).map(|user| stored(&user)).map_err(refusal)
}

fn may_write_users(session: &Session) -> Result<(), Refusal> {
    if session.administers_users(Need::Write) {
        return Ok(());
    }
    Err(Refusal::new(403, "Token does not have required oada.admin.user scope"))
}

fn about(body: Option<&[u8]>) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body.unwrap_or_default())
        .map_err(|error| Refusal::new(400, format!("This says nothing about a user: {error}")))
}

fn stored(user: &User) -> Response {
    let mut response = Response::new(201);
    response.location = Some(format!("/{}", user.id));
    response
}

fn shown(user: &User) -> Response {
    let mut response = Response::json(200, user_document(user).to_string());
    response.location = Some(format!("/{}", user.id));
    response
}

fn user_document(user: &User) -> Value {
    let mut document = user.profile.clone();
    let own = json!({
        "_id": user.id,
        "sub": user.id,
        "username": user.username,
        "bookmarks": {"_id": format!("resources/{}", user.bookmarks)},
        "shares": {"_id": format!("resources/{}", user.shares)},
    });
    if let Value::Object(own) = own {
        document.extend(own);
    }
    Value::Object(document)
}

/// A token that is asked for. Without a user it acts for the one who asks; a user that is not known yet is made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    name: String,
    user: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

fn authorizations(
    store: &Store,
    session: &Session,
    method: Method,
    body: Option<&[u8]>,
) -> Result<Response, Refusal> {
    match method {
        Method::Get | Method::Head => {
            let tokens = serde_json::to_value(store.list_tokens()).map_err(|_| Refusal::internal())?;
            Ok(Response::json(200, tokens.to_string()))
        }
        Method::Post => {
            let wanted: Wanted = serde_json::from_slice(body.unwrap_or_default())
                .map_err(|error| Refusal::new(400, format!("This asks for no token: {error}")))?;
            let user = wanted.user.as_deref().unwrap_or(&session.user.id);
            let auth = &store.inner.auth;
            let is_known = auth.user_named(user).is_some() || auth.user(user).is_some();
            if !is_known && !user.starts_with("users/") {
                store.add_user(user).map_err(refusal)?;
            }
            let scopes = if wanted.scopes.is_empty() { vec!["all:all".to_owned()] } else { wanted.scopes };
            let (id, token) = store.add_token(&wanted.name, user, &scopes).map_err(refusal)?;
            let token = json!({"id": id, "token": token.expose_secret()});
            let mut response = Response::json(201, token.to_string());
            response.location = Some(format!("/authorizations/{id}"));
            Ok(response)
        }
        Method::Put | Method::Delete => Err(Refusal::not_found()),
    }
}

fn authorization(store: &Store, method: Method, id: &str) -> Result<Response, Refusal> {
    match method {
        Method::Get | Method::Head => {
            let token = store.list_tokens().into_iter().find(|token| token.id == id);
            let token = token.ok_or_else(Refusal::not_found)?;
            let text = serde_json::to_string(&token).map_err(|_| Refusal::internal())?;
            Ok(Response::json(200, text))
        }
        Method::Delete if store.remove_token(id).map_err(refusal)? => Ok(Response::new(204)),
        _ => Err(Refusal::not_found()),
    }
}

/// Where a copy of the store is to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Copy {
    file: std::path::PathBuf,
}

/// Looking after a store that another process serves; whoever has the folder's token has the folder.
fn upkeep(store: &Store, method: Method, what: &str, body: Option<&[u8]>) -> Result<Response, Refusal> {
    let text = match (method, what) {
        (Method::Get | Method::Head, "stats") => serde_json::to_string(&store.stats().map_err(refusal)?),
        (Method::Post, "check") => serde_json::to_string(&store.check().map_err(refusal)?),
        (Method::Post, "backup") => {
            let copy: Copy = serde_json::from_slice(body.unwrap_or_default())
                .map_err(|error| Refusal::new(400, format!("This names no file: {error}")))?;
            if !copy.file.is_absolute() {
                return Err(Refusal::new(400, "The file is to be named from the root"));
            }
            store.backup(&copy.file).map_err(|error| match error {
                Error::Io { source, .. } => Refusal::new(409, format!("{}: {source}", copy.file.display())),
                other => refusal(other),
            })?;
            return Ok(Response::new(204));
        }
        _ => return Err(Refusal::not_found()),
    };
    text.map(|text| Response::json(200, text)).map_err(|_| Refusal::internal())
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Invalid(message) => Refusal::new(400, message),
        other => {
            tracing::error!(error = %other, "tokens could not be changed");
            Refusal::internal()
        }
    }
}
