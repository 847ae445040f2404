//! What a store answers, freed from the transport that brought it.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;
use serde_json::Value;

use super::error::{Error, Method};
use crate::model::{ResourceId, Rev};

/// A value that was read, with what the server said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// The rev of the resource that holds it.
    pub rev: Rev,
    /// The entity tag of that resource, to be handed back in `If-Match`.
    pub etag: String,
    /// The resource that the path led to.
    pub resource: ResourceId,
    /// The way from that resource to the value, as a JSON pointer; empty when the resource itself was read.
    pub leftover: String,
    /// The resource's media type, with its parameters.
    pub content_type: String,
}

/// A value that was read and is still the text that came.
pub(crate) struct Unread {
    path: String,
    /// Shares the memory of the message that brought it.
    body: Bytes,
    etag: String,
}

impl Unread {
    /// Takes it apart in the way of the caller.
    ///
    /// # Errors
    /// When it is not JSON.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&str) -> serde_json::Result<T>) -> Result<T, Error> {
        let text = std::str::from_utf8(&self.body).map_err(serde::de::Error::custom);
        text.and_then(read).map_err(|error| no_json(&self.path, &error))
    }

    /// The entity tag of the resource that holds it.
    pub(crate) fn into_etag(self) -> String {
        self.etag
    }
}

fn no_etag(path: &str) -> Error {
    Error::garbage(path, "it has no entity tag")
}

fn no_json(path: &str, error: &serde_json::Error) -> Error {
    Error::garbage(path, format!("the body is not JSON: {error}"))
}

/// What the server said about a path, without the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The rev of the resource that the path led to.
    pub rev: Rev,
    /// The entity tag of that resource.
    pub etag: String,
    /// The resource that the path led to.
    pub resource: ResourceId,
    /// The way from that resource to the value, as a JSON pointer; empty when the path is the resource itself.
    pub leftover: String,
    /// The resource's media type, with its parameters.
    pub content_type: String,
}

/// What the server said about a write that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The rev that the write made; 0 when a whole resource was deleted.
    ///
    /// Deleting a link writes to the resource that held it: rev and entity tag are of that one, although `resource`
    /// names the one that the link pointed to (`oada-protocol.md` Q4).
    pub rev: Rev,
    /// The entity tag after the write.
    pub etag: String,
    /// The resource that the path led to.
    pub resource: ResourceId,
    /// The way from that resource to the place written, as a JSON pointer.
    pub leftover: String,
}

/// The headers that this client reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Headers {
    pub(super) rev: Option<Rev>,
    pub(super) etag: Option<String>,
    pub(super) content_location: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) retry_after: Option<Duration>,
    /// The server's clock.
    pub(super) date: Option<Timestamp>,
}

impl Headers {
    /// Takes in one header. The name must be in lower case. Revs that are no numbers (`null`) count as absent (Q15).
    pub(super) fn set(&mut self, name: &str, value: Cow<'_, str>) {
        match name {
            "x-oada-rev" => self.rev = value.parse().ok().map(Rev),
            "etag" => self.etag = Some(value.into_owned()),
            "content-location" => self.content_location = Some(value.into_owned()),
            "content-type" => self.content_type = Some(value.into_owned()),
            "retry-after" => self.retry_after = parse_retry_after(&value),
            "date" => self.date = rfc2822::DateTimeParser::new().parse_timestamp(&*value).ok(),
            _ => {}
        }
    }

    /// The resource and the leftover in `Content-Location: /resources/<key>[/leftover]`.
    pub(super) fn place(&self) -> Option<(ResourceId, String)> {
        self.key_and_leftover().map(|(key, leftover)| (ResourceId::from_key(key), leftover.to_owned()))
    }

    fn key_and_leftover(&self) -> Option<(&str, &str)> {
        let location = self.content_location.as_deref()?;
        let rest = location.strip_prefix("/resources/")?;
        Some(rest.split_at(rest.find('/').unwrap_or(rest.len()))).filter(|(key, _)| !key.is_empty())
    }

    fn checked_place(&self, path: &str) -> Result<(&str, &str), Error> {
        self.key_and_leftover().ok_or_else(|| Error::garbage(path, "it does not say which resource it is"))
    }

    fn checked_rev(&self, path: &str) -> Result<Rev, Error> {
        self.rev.ok_or_else(|| Error::garbage(path, "it has no rev"))
    }
}

fn parse_retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(until.duration_since(Timestamp::now()).try_into().unwrap_or(Duration::ZERO))
}

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The error that a refusal stands for.
    pub(super) fn refusal(&self, method: Method, path: &str) -> Error {
        Error::Status {
            status: self.status,
            method,
            path: path.to_owned(),
            message: message(&self.body),
            retry_after: self.headers.retry_after,
        }
    }

    pub(super) fn into_document(self, path: &str) -> Result<Document, Error> {
        let value = serde_json::from_slice(&self.body).map_err(|error| no_json(path, &error))?;
        let Head { rev, etag, resource, leftover, content_type } = self.into_head(path)?;
        Ok(Document { value, rev, etag, resource, leftover, content_type })
    }

    pub(super) fn into_unread(mut self, path: String) -> Result<Unread, Error> {
        let body = std::mem::take(&mut self.body);
        let etag = self.into_etag(&path)?;
        Ok(Unread { path, body, etag })
    }

    pub(super) fn into_head(self, path: &str) -> Result<Head, Error> {
        let Self { headers, .. } = self;
        let (key, leftover) = headers.checked_place(path)?;
        Ok(Head {
            resource: ResourceId::from_key(key),
            leftover: leftover.to_owned(),
            rev: headers.checked_rev(path)?,
            etag: headers.etag.ok_or_else(|| no_etag(path))?,
            content_type: headers.content_type.unwrap_or_default(),
        })
    }

    /// The entity tag, of an answer that says what answers about resources say.
    pub(super) fn into_etag(self, path: &str) -> Result<String, Error> {
        let Self { headers, .. } = self;
        headers.checked_place(path)?;
        headers.checked_rev(path)?;
        headers.etag.ok_or_else(|| no_etag(path))
    }

    pub(super) fn into_written(self, path: &str) -> Result<Written, Error> {
        let Head { rev, etag, resource, leftover, .. } = self.into_head(path)?;
        Ok(Written { rev, etag, resource, leftover })
    }
}

/// The message in an error body, cut to a length fit for a terminal.
fn message(body: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ErrorBody {
        message: Option<String>,
        user_message: Option<String>,
    }
    const LONGEST: usize = 300;
    let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else { return String::new() };
    let text = body.message.or(body.user_message).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(headers: &[(&str, &str)], body: &'static str) -> Reply {
        let mut read = Headers::default();
        for (name, value) in headers {
            read.set(name, (*value).into());
        }
        Reply { status: 200, headers: read, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn a_document_is_read_with_its_place() {
        let reply = reply(
            &[
                ("x-oada-rev", "7"),
                ("etag", "\"abc/7\""),
                ("content-location", "/resources/abc/a/b"),
                ("content-type", "application/json"),
            ],
            "{\"x\":1}",
        );
        let document = reply.into_document("/p").unwrap();
        assert_eq!(document.rev, Rev(7));
        assert_eq!(document.resource.as_str(), "resources/abc");
        assert_eq!(document.leftover, "/a/b");
    }

    #[test]
    fn answers_without_sense_are_named() {
        let whole = [("x-oada-rev", "7"), ("etag", "e"), ("content-location", "/resources/abc")];
        let error = reply(&whole, "<html>").into_document("/p").unwrap_err();
        assert!(error.to_string().contains("not JSON"), "{error}");
        let unread = reply(&whole, "<html>").into_unread("/p".to_owned()).unwrap();
        let error = unread.read(|text| serde_json::from_str::<Value>(text)).unwrap_err();
        assert!(error.to_string().contains("not JSON"), "{error}");
        assert_eq!(unread.into_etag(), "e");
        for missing in 0..whole.len() {
            let mut headers = whole.to_vec();
            headers.remove(missing);
            assert!(matches!(reply(&headers, "1").into_head("/p"), Err(Error::Garbage { .. })));
            assert!(matches!(reply(&headers, "1").into_etag("/p"), Err(Error::Garbage { .. })));
        }
        for location in ["/users/x", "/resources/", "resources/x", ""] {
            let headers = [whole[0], whole[1], ("content-location", location)];
            assert!(matches!(reply(&headers, "1").into_head("/p"), Err(Error::Garbage { .. })), "{location}");
        }
        let null = [("x-oada-rev", "null"), whole[1], whole[2]];
        assert!(reply(&null, "1").into_head("/p").is_err());
    }

    #[test]
    fn waits_are_read_as_seconds_and_as_dates() {
        assert_eq!(parse_retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let far = parse_retry_after("Fri, 31 Dec 2100 23:59:59 GMT").unwrap();
        assert!(far > Duration::from_secs(86_400));
        assert_eq!(parse_retry_after("soon"), None);
    }

    #[test]
    fn messages_come_from_either_kind_of_error_body() {
        assert_eq!(message(br#"{"statusCode":404,"message":"Not Found"}"#), "Not Found");
        assert_eq!(message(br#"{"code":400,"userMessage":"Invalid"}"#), "Invalid");
        for nothing in [&b""[..], b"<html>", b"[]", b"{\"message\":1}"] {
            assert_eq!(message(nothing), "");
        }
    }
}
