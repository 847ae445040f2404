//! What a message from a client asks for.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::store::http;
use crate::store::request::Method;

/// What one message asks for.
pub(super) struct Ask<'m> {
    pub(super) id: Cow<'m, str>,
    pub(super) path: Cow<'m, str>,
    pub(super) method: Verb,
    pub(super) authorization: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) data: Option<&'m RawValue>,
}

#[derive(Clone, Copy)]
pub(super) enum Verb {
    Ping,
    Unwatch,
    Do { method: Method, watch: bool },
}

#[derive(Deserialize)]
struct Raw<'m> {
    #[serde(borrow, rename = "requestId")]
    id: Cow<'m, str>,
    #[serde(borrow)]
    path: Cow<'m, str>,
    #[serde(borrow)]
    method: Cow<'m, str>,
    headers: BTreeMap<String, Value>,
    #[serde(borrow, default)]
    data: Option<&'m RawValue>,
}

impl<'m> Ask<'m> {
    /// Reads a message; the error is the answer to one that is none.
    pub(super) fn read(text: &'m str) -> Result<Self, String> {
        let raw: Raw<'m> = serde_json::from_str(text).map_err(|error| {
            let id = serde_json::from_str::<Value>(text).ok();
            let id = id.as_ref().and_then(|message| message.get("requestId")?.as_str());
            malformed(id, &error.to_string())
        })?;
        let method = match raw.method.as_ref() {
            "ping" => Verb::Ping,
            "unwatch" => Verb::Unwatch,
            "get" => Verb::Do { method: Method::Get, watch: false },
            "head" => Verb::Do { method: Method::Head, watch: false },
            "put" => Verb::Do { method: Method::Put, watch: false },
            "post" => Verb::Do { method: Method::Post, watch: false },
            "delete" => Verb::Do { method: Method::Delete, watch: false },
            "watch" | "head-watch" => Verb::Do { method: Method::Head, watch: true },
            "get-watch" => Verb::Do { method: Method::Get, watch: true },
            "put-watch" => Verb::Do { method: Method::Put, watch: true },
            "post-watch" => Verb::Do { method: Method::Post, watch: true },
            "delete-watch" => Verb::Do { method: Method::Delete, watch: true },
            other => return Err(malformed(Some(&raw.id), &format!("there is no method {other:?}"))),
        };
        let authorization = match raw.headers.get("authorization") {
            Some(Value::String(text)) => text.clone(),
            _ => return Err(malformed(Some(&raw.id), "headers must have authorization")),
        };
        if !is_uri_reference(&raw.path) {
            return Err(malformed(Some(&raw.id), "path is not a URI reference"));
        }
        let mut headers = HashMap::with_capacity(raw.headers.len());
        for (name, value) in raw.headers {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            headers.insert(name.to_ascii_lowercase(), text);
        }
        Ok(Self { id: raw.id, path: raw.path, method, authorization, headers, data: raw.data })
    }
}

fn is_uri_reference(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    path.bytes().all(allowed) && http::escapes_are_whole(path)
}

/// The answer to a message that cannot be read; it has the id if that much could be.
pub(super) fn malformed(id: Option<&str>, detail: &str) -> String {
    let id = id.map_or_else(|| serde_json::json!(["error"]), Value::from);
    let data = serde_json::json!({
        "code": 400,
        "status": "BadRequest",
        "title": "Bad Request",
        "href": "https://github.com/OADA/oada-docs",
        "userMessage": "Invalid socket message format",
        "detail": {"message": detail},
    });
    serde_json::json!({"status": 400, "requestId": id, "headers": {}, "data": data}).to_string()
}
