//! What a message from a client asks for.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::Text;
use crate::store::http;
use crate::store::request::Method;

/// What one message asks for.
pub(super) struct Ask<'m> {
    pub(super) id: Cow<'m, str>,
    pub(super) path: Cow<'m, str>,
    pub(super) method: Verb,
    pub(super) authorization: Cow<'m, str>,
    pub(super) headers: Headers<'m>,
    pub(super) data: Option<&'m RawValue>,
}

#[derive(Clone, Copy)]
pub(super) enum Verb {
    Ping,
    Unwatch,
    Do { method: Method, watch: bool },
}

/// The headers that mean something, whatever the case of their names, but for the first: the reference server knows it in
/// lower case alone.
#[derive(Default)]
pub(super) struct Headers<'m> {
    authorization: Option<Cow<'m, str>>,
    pub(super) content_type: Option<Cow<'m, str>>,
    pub(super) accept: Option<Cow<'m, str>>,
    pub(super) if_match: Option<Cow<'m, str>>,
    pub(super) if_none_match: Option<Cow<'m, str>>,
    pub(super) ensure_link: Option<Cow<'m, str>>,
    pub(super) ignore_links: Option<Cow<'m, str>>,
    pub(super) link_revs: Option<Cow<'m, str>>,
    pub(super) rev: Option<Cow<'m, str>>,
}

impl<'m> Headers<'m> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<Cow<'m, str>>> {
        if name == AUTHORIZATION {
            return Some(&mut self.authorization);
        }
        let slots = [
            ("content-type", &mut self.content_type),
            ("if-match", &mut self.if_match),
            ("accept", &mut self.accept),
            ("if-none-match", &mut self.if_none_match),
            ("x-oada-ensure-link", &mut self.ensure_link),
            ("x-oada-ignore-links", &mut self.ignore_links),
            ("x-oada-link-revs", &mut self.link_revs),
            ("x-oada-rev", &mut self.rev),
        ];
        slots.into_iter().find_map(|(known, slot)| known.eq_ignore_ascii_case(name).then_some(slot))
    }
}

const AUTHORIZATION: &str = "authorization";

impl<'de: 'm, 'm> Deserialize<'de> for Headers<'m> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeadersVisitor;
        impl<'de> Visitor<'de> for HeadersVisitor {
            type Value = Headers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of headers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers<'de>, A::Error> {
                let mut headers = Headers::default();
                while let Some(Text(name)) = map.next_key()? {
                    let value = map.next_value::<&RawValue>()?.get();
                    let Some(slot) = headers.slot(&name) else { continue };
                    *slot = match serde_json::from_str::<Text<'de>>(value) {
                        Ok(Text(text)) => Some(text),
                        // A token is a string; a number elsewhere has a plain meaning.
                        Err(_) if name == AUTHORIZATION => None,
                        Err(_) => Some(value.into()),
                    };
                }
                Ok(headers)
            }
        }
        deserializer.deserialize_map(HeadersVisitor)
    }
}

#[derive(Deserialize)]
struct Raw<'m> {
    #[serde(borrow, rename = "requestId")]
    id: Cow<'m, str>,
    #[serde(borrow)]
    path: Cow<'m, str>,
    #[serde(borrow)]
    method: Cow<'m, str>,
    #[serde(borrow)]
    headers: Headers<'m>,
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
        let mut headers = raw.headers;
        let Some(authorization) = headers.authorization.take() else {
            return Err(malformed(Some(&raw.id), "headers must have authorization"));
        };
        if !is_uri_reference(&raw.path) {
            return Err(malformed(Some(&raw.id), "path is not a URI reference"));
        }
        Ok(Self { id: raw.id, path: raw.path, method, authorization, headers, data: raw.data })
    }
}

fn is_uri_reference(path: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'!' | b'$')
            || matches!(byte, b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b'%')
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_headers_may_be_written_in_any_case_but_for_that_of_the_token() {
        let message = |headers: Value| {
            json!({"requestId": "1", "method": "get", "path": "/resources/a", "headers": headers}).to_string()
        };
        let asked = message(
            json!({"authorization": "Bearer \"x", "If-Match": "\"a/1\"", "X-OADA-Rev": 7, "else": []}),
        );
        let asked = Ask::read(&asked).unwrap_or_else(|answer| panic!("{answer}"));
        assert_eq!(asked.authorization, "Bearer \"x");
        assert_eq!(asked.headers.if_match.as_deref(), Some("\"a/1\""));
        assert_eq!(asked.headers.rev.as_deref(), Some("7"));
        for bad in [json!({"Authorization": "Bearer x"}), json!({"authorization": 7}), json!({}), json!([])] {
            let answer = Ask::read(&message(bad)).err().unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!((&answer["status"], &answer["requestId"]), (&json!(400), &json!("1")));
        }
    }
}
