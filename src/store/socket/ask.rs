//! What a message from a client asks for: one thing, or several that are alike.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::usual;
use crate::model::Text;
use crate::store::auth::Session;
use crate::store::http;
use crate::store::request::{Method, Request, Target};

/// The most requests in one message.
pub(super) const MOST: usize = 64;

/// What a message asks for.
pub(super) enum Message<'m> {
    One(Ask<'m>),
    Several(Alike<'m>),
}

/// Requests that differ in their paths, and in what they write, alone.
pub(super) struct Alike<'m> {
    /// As many as there are paths, at least one.
    pub(super) ids: Vec<Cow<'m, str>>,
    pub(super) paths: Vec<Cow<'m, str>>,
    /// As many, if they are PUTs; none otherwise.
    pub(super) puts: Vec<Put<'m>>,
    /// GET, PUT or DELETE.
    pub(super) method: Method,
    pub(super) authorization: Cow<'m, str>,
    pub(super) headers: Headers<'m>,
}

/// What is written by one of several PUTs.
pub(super) struct Put<'m> {
    pub(super) if_match: Option<Cow<'m, str>>,
    pub(super) body: Sent<'m>,
}

/// The JSON text of a body.
#[derive(Debug, PartialEq)]
pub(super) struct Sent<'m> {
    pub(super) text: &'m str,
    /// Whether it is known to be plain (`crate::store::plain`).
    pub(super) is_plain: bool,
}

impl<'de: 'm, 'm> Deserialize<'de> for Sent<'m> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self { text, is_plain: false })
    }
}

/// One request.
pub(super) struct Ask<'m> {
    pub(super) id: Cow<'m, str>,
    pub(super) path: Cow<'m, str>,
    pub(super) method: Verb,
    pub(super) authorization: Cow<'m, str>,
    pub(super) headers: Headers<'m>,
    pub(super) data: Option<Sent<'m>>,
}

#[derive(Clone, Copy)]
pub(super) enum Verb {
    Ping,
    Unwatch,
    Do { method: Method, watch: bool },
}

/// The headers that mean something, whatever the case of their names, but for the first: the reference server knows it in
/// lower case alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Headers<'m> {
    authorization: Option<Cow<'m, str>>,
    content_type: Option<Cow<'m, str>>,
    accept: Option<Cow<'m, str>>,
    pub(super) if_match: Option<Cow<'m, str>>,
    if_none_match: Option<Cow<'m, str>>,
    ensure_link: Option<Cow<'m, str>>,
    ignore_links: Option<Cow<'m, str>>,
    link_revs: Option<Cow<'m, str>>,
    pub(super) rev: Option<Cow<'m, str>>,
    /// On a watch, the boot of the machine that the client runs on, so that it may be told before a sync. On a write, whether
    /// it may be answered before its own.
    pub(super) ahead: Option<Cow<'m, str>>,
    /// On a watch, whether what is linked comes along.
    pub(super) linked: Option<Cow<'m, str>>,
}

impl<'m> Headers<'m> {
    pub(super) fn slot(&mut self, name: &str) -> Option<&mut Option<Cow<'m, str>>> {
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
            ("x-oada-ahead", &mut self.ahead),
            ("x-oada-linked", &mut self.linked),
        ];
        slots.into_iter().find_map(|(known, slot)| known.eq_ignore_ascii_case(name).then_some(slot))
    }
}

const AUTHORIZATION: &str = "authorization";

pub(super) fn is_on(value: Option<Cow<'_, str>>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

impl Headers<'_> {
    /// The request that has these headers, without a body.
    pub(super) fn request(self, method: Method, target: Target, session: Arc<Session>) -> Request {
        Request {
            method,
            target,
            session,
            content_type: self.content_type.map(Cow::into_owned),
            accept: self.accept.map(Cow::into_owned),
            if_match: self.if_match.map(Cow::into_owned),
            if_none_match: self.if_none_match.map(Cow::into_owned),
            ensure_link: self.ensure_link.map(Cow::into_owned),
            ignore_links: is_on(self.ignore_links),
            link_revs: is_on(self.link_revs),
            ahead: false,
            body: None,
            is_plain: false,
        }
    }
}

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

/// A message as it is written.
#[derive(Debug, Deserialize, PartialEq)]
pub(super) struct Raw<'m> {
    #[serde(borrow, rename = "requestId")]
    pub(super) id: Texts<'m>,
    #[serde(borrow)]
    pub(super) path: Texts<'m>,
    #[serde(borrow)]
    pub(super) method: Cow<'m, str>,
    #[serde(borrow)]
    pub(super) headers: Headers<'m>,
    #[serde(borrow, default)]
    pub(super) data: Option<Sent<'m>>,
    /// Of several PUTs.
    #[serde(borrow, default)]
    pub(super) bodies: Option<Vec<Sent<'m>>>,
    /// Of several PUTs, as many as they are, or none.
    #[serde(borrow, default, rename = "ifMatch")]
    pub(super) if_match: Option<Vec<Option<Text<'m>>>>,
}

/// A string, or several.
#[derive(Debug, PartialEq)]
pub(super) enum Texts<'m> {
    One(Cow<'m, str>),
    Several(Vec<Cow<'m, str>>),
}

impl<'de: 'm, 'm> Deserialize<'de> for Texts<'m> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextsVisitor;
        impl<'de> Visitor<'de> for TextsVisitor {
            type Value = Texts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a string, or 1 to {MOST} of them")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Texts<'de>, E> {
                Ok(Texts::One(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts<'de>, E> {
                Ok(Texts::One(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Texts<'de>, A::Error> {
                let mut texts = Vec::new();
                while let Some(Text(text)) = seq.next_element()? {
                    if texts.len() == MOST {
                        return Err(A::Error::invalid_length(MOST + 1, &self));
                    }
                    texts.push(text);
                }
                if texts.is_empty() {
                    Err(A::Error::invalid_length(0, &self))
                } else {
                    Ok(Texts::Several(texts))
                }
            }
        }
        deserializer.deserialize_any(TextsVisitor)
    }
}

impl<'m> Message<'m> {
    /// Reads a message; the error is the answer to one that is none.
    pub(super) fn read(text: &'m str) -> Result<Self, String> {
        let any = || {
            serde_json::from_str(text).map_err(|error| {
                let id = serde_json::from_str::<Value>(text).ok();
                let id = id.as_ref().and_then(|message| message.get("requestId"));
                malformed(id.filter(|id| names_requests(id)), &error.to_string())
            })
        };
        let raw: Raw<'m> = usual::read(text).map_or_else(any, Ok)?;
        let Raw { method, headers, data, bodies, if_match, .. } = raw;
        match (raw.id, raw.path) {
            (Texts::One(id), Texts::One(path)) => Ask::read(id, path, &method, headers, data).map(Self::One),
            (Texts::Several(ids), Texts::Several(paths)) if ids.len() == paths.len() => {
                let puts = Put::each(bodies, if_match);
                Alike::read((ids, paths), puts, &method, headers, data).map(Self::Several)
            }
            (Texts::One(id), _) => Err(malformed(Some(&id.into()), UNEVEN)),
            (Texts::Several(ids), _) => Err(malformed(Some(&ids.into()), UNEVEN)),
        }
    }
}

const UNEVEN: &str = "requestId and path must be as many";

/// Whether an answer with this id tells the client what it is the answer to.
fn names_requests(id: &Value) -> bool {
    match id {
        Value::Array(ids) => (1..=MOST).contains(&ids.len()) && ids.iter().all(Value::is_string),
        id => id.is_string(),
    }
}

impl<'m> Put<'m> {
    /// What several PUTs write; `None` if the parts of it are not as many.
    fn each(bodies: Option<Vec<Sent<'m>>>, tags: Option<Vec<Option<Text<'m>>>>) -> Option<Vec<Self>> {
        let bodies = bodies.unwrap_or_default();
        let tags = tags.unwrap_or_else(|| bodies.iter().map(|_| None).collect());
        let put = |(body, tag): (_, Option<Text<'m>>)| Self { if_match: tag.map(|Text(tag)| tag), body };
        (bodies.len() == tags.len()).then(|| bodies.into_iter().zip(tags).map(put).collect())
    }
}

impl<'m> Alike<'m> {
    fn read(
        (ids, paths): (Vec<Cow<'m, str>>, Vec<Cow<'m, str>>),
        puts: Option<Vec<Put<'m>>>,
        method: &str,
        mut headers: Headers<'m>,
        data: Option<Sent<'m>>,
    ) -> Result<Self, String> {
        let refused = |ids: Vec<Cow<'_, str>>, detail: &str| Err(malformed(Some(&ids.into()), detail));
        let method = match method {
            "get" => Method::Get,
            "put" => Method::Put,
            "delete" => Method::Delete,
            other => return refused(ids, &format!("there are no several of {other:?}")),
        };
        if data.is_some() {
            return refused(ids, "several have no data, but bodies");
        }
        let expected = if method == Method::Put { ids.len() } else { 0 };
        let Some(puts) = puts.filter(|puts| puts.len() == expected) else {
            return refused(ids, "bodies and ifMatch must be as many as the PUTs");
        };
        match headers.authorization.take() {
            Some(authorization) => Ok(Self { ids, paths, puts, method, authorization, headers }),
            None => refused(ids, NO_AUTHORIZATION),
        }
    }
}

const NO_AUTHORIZATION: &str = "headers must have authorization";

impl<'m> Ask<'m> {
    fn read(
        id: Cow<'m, str>,
        path: Cow<'m, str>,
        method: &str,
        mut headers: Headers<'m>,
        data: Option<Sent<'m>>,
    ) -> Result<Self, String> {
        let refused = |detail: &str| Err(malformed(Some(&Value::from(&*id)), detail));
        let method = match method {
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
            other => return refused(&format!("there is no method {other:?}")),
        };
        let Some(authorization) = headers.authorization.take() else {
            return refused(NO_AUTHORIZATION);
        };
        if !is_uri_reference(&path) {
            return Err(no_reference(&id));
        }
        Ok(Self { id, path, method, authorization, headers, data })
    }
}

/// The answer to a request whose path is none.
pub(super) fn no_reference(id: &str) -> String {
    malformed(Some(&id.into()), "path is not a URI reference")
}

pub(super) fn is_uri_reference(path: &str) -> bool {
    path.bytes().fold(true, |all, byte| all & IN_URI_REFERENCE[usize::from(byte)])
        && http::escapes_are_whole(path)
}

/// Which bytes a URI reference is made of.
const IN_URI_REFERENCE: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut others: &[u8] = b"-._~:/?#@!$&'()*+,;=%";
    while let [first, rest @ ..] = others {
        allowed[*first as usize] = true;
        others = rest;
    }
    allowed
};

/// The answer to a message that cannot be read; it has the id, or the ids, if that much could be.
pub(super) fn malformed(id: Option<&Value>, detail: &str) -> String {
    let id = id.cloned().unwrap_or_else(|| serde_json::json!(["error"]));
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
        let Ok(Message::One(asked)) = Message::read(&asked) else { panic!("{asked}") };
        assert_eq!(asked.authorization, "Bearer \"x");
        assert_eq!(asked.headers.if_match.as_deref(), Some("\"a/1\""));
        assert_eq!(asked.headers.rev.as_deref(), Some("7"));
        for bad in [json!({"Authorization": "Bearer x"}), json!({"authorization": 7}), json!({}), json!([])] {
            let answer = Message::read(&message(bad)).err().unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!((&answer["status"], &answer["requestId"]), (&json!(400), &json!("1")));
        }
    }

    #[test]
    fn several_are_as_many_ids_as_paths() {
        let read = |count: usize, method: &str| {
            let ids: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let paths = vec!["/resources/a"; count];
            let headers = json!({"authorization": "Bearer x", "accept": "y"});
            json!({"requestId": ids, "method": method, "path": paths, "headers": headers}).to_string()
        };
        for (method, meant) in [("get", Method::Get), ("delete", Method::Delete)] {
            for count in [1, 2, MOST] {
                let message = read(count, method);
                let Ok(Message::Several(alike)) = Message::read(&message) else { panic!("{message}") };
                assert_eq!((alike.ids.len(), alike.paths.len(), alike.method), (count, count, meant));
                assert_eq!((&*alike.authorization, alike.headers.accept.as_deref()), ("Bearer x", Some("y")));
            }
        }
        for (count, method) in [(0, "get"), (MOST + 1, "get"), (2, "put"), (2, "head"), (2, "get-watch")] {
            assert!(Message::read(&read(count, method)).is_err(), "{count} {method}");
        }
    }
}
