//! The text messages on a socket (`oada-protocol.md` 8.2 to 8.4).

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::error::Method;
use super::http::Request;
use super::letter::Put;
use super::reply::{Headers, Reply};
use crate::model::{Change, Cursor, ResourceId, Rev, push_quoted, push_separated};

/// Writes requests. The token is put into its JSON form once.
pub(super) struct Writer {
    authorization: SecretString,
}

impl Writer {
    pub(super) fn new(token: &SecretString) -> Self {
        let mut authorization = String::new();
        push_quoted(&mut authorization, &format!("Bearer {}", token.expose_secret()));
        Self { authorization: authorization.into() }
    }

    /// One request, to be answered with `id`.
    pub(super) fn request(&self, id: u64, request: &Request<'_>) -> Utf8Bytes {
        let body = request.body.as_deref().and_then(|body| std::str::from_utf8(body).ok());
        let mut text = self.start(id, request.method.lower_case(), request.path, body.map_or(0, str::len));
        let is_on = |asked: bool| asked.then_some("true");
        for (name, value) in [
            ("content-type", request.content_type),
            ("if-match", request.if_match),
            ("x-oada-link-revs", is_on(request.link_revs)),
            ("x-oada-ahead", is_on(request.ahead)),
        ] {
            if let Some(value) = value {
                push(&mut text, &[",\"", name, "\":"]);
                push_quoted(&mut text, value);
            }
        }
        text.push('}');
        if let Some(body) = body {
            push(&mut text, &[",\"data\":", body]);
        }
        text.push('}');
        text.into()
    }

    /// Several requests that differ in their paths alone, each to be answered with its own id.
    pub(super) fn several(&self, method: Method, requests: &[(u64, String)]) -> Utf8Bytes {
        let size = requests.iter().map(|(_, path)| path.len()).sum();
        let ids = requests.iter().map(|(id, _)| *id);
        let paths = requests.iter().map(|(_, path)| path.as_str());
        let mut text = self.start_several(method, ids, paths, size);
        text.push_str("}}");
        text.into()
    }

    /// Several PUTs of JSON, each to be answered with its own id.
    pub(super) fn several_puts(&self, requests: &[(u64, Put)]) -> Utf8Bytes {
        let size_of =
            |put: &Put| put.path.len() + put.if_match.as_ref().map_or(4, String::len) + put.body.len();
        let size = requests.iter().map(|(_, put)| size_of(put)).sum();
        let ids = requests.iter().map(|(id, _)| *id);
        let paths = requests.iter().map(|(_, put)| put.path.as_str());
        let mut text = self.start_several(Method::Put, ids, paths, size);
        text.push_str(",\"content-type\":\"application/json\"},\"ifMatch\":[");
        push_separated(&mut text, requests.iter(), |text, (_, put)| match &put.if_match {
            Some(etag) => push_quoted(text, etag),
            None => text.push_str("null"),
        });
        text.push_str("],\"bodies\":[");
        push_separated(&mut text, requests.iter(), |text, (_, put)| {
            // What is no text is no JSON; the server says so.
            text.push_str(std::str::from_utf8(&put.body).unwrap_or("null"));
        });
        text.push_str("]}");
        text.into()
    }

    fn start_several<'p>(
        &self,
        method: Method,
        ids: impl ExactSizeIterator<Item = u64>,
        paths: impl Iterator<Item = &'p str>,
        size: usize,
    ) -> String {
        let authorization = self.authorization.expose_secret();
        let mut text = String::with_capacity(160 + authorization.len() + size + 32 * ids.len());
        text.push_str("{\"requestId\":[");
        push_separated(&mut text, ids, push_id);
        push(&mut text, &["],\"method\":\"", method.lower_case(), "\",\"path\":["]);
        push_separated(&mut text, paths, push_quoted);
        push(&mut text, &["],\"headers\":{\"authorization\":", authorization]);
        text
    }

    /// A request to watch `path`, from `rev` if there is one. A worker on the machine that has this `boot` gets what is linked
    /// along, and need not be told after the disk.
    pub(super) fn watch(&self, id: u64, path: &str, rev: Option<Rev>, boot: Option<&str>) -> Utf8Bytes {
        let mut text = self.start(id, "watch", path, 0);
        if let Some(rev) = rev {
            push(&mut text, &[",\"x-oada-rev\":\"", &rev.to_string(), "\""]);
        }
        if let Some(boot) = boot {
            text.push_str(",\"x-oada-linked\":\"true\",\"x-oada-ahead\":");
            push_quoted(&mut text, boot);
        }
        text.push_str("}}");
        text.into()
    }

    fn start(&self, id: u64, method: &str, path: &str, extra: usize) -> String {
        let authorization = self.authorization.expose_secret();
        let mut text = String::with_capacity(192 + path.len() + authorization.len() + extra);
        text.push_str("{\"requestId\":");
        push_id(&mut text, id);
        push(&mut text, &[",\"method\":\"", method, "\",\"path\":"]);
        push_quoted(&mut text, path);
        push(&mut text, &[",\"headers\":{\"authorization\":", authorization]);
        text
    }
}

/// The end of the watch that was asked for with `id`.
pub(super) fn unwatch(id: u64) -> Utf8Bytes {
    format!(r#"{{"requestId":"{id}","method":"unwatch","path":"","headers":{{"authorization":""}}}}"#).into()
}

fn push_id(text: &mut String, id: u64) {
    // Writing into memory cannot fail.
    let _ = write!(text, "\"{id}\"");
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// A message from the server.
#[derive(Debug)]
pub(super) enum Message {
    /// An answer, to several if it is the refusal of what travelled together; without an id where the server could not
    /// read that of the request (Q18).
    Answer { ids: Vec<u64>, reply: Reply },
    /// The answers to requests that travelled together, one for each.
    Answers { ids: Vec<u64>, replies: Vec<Reply> },
    /// Changes of a resource, for the watches with these ids, and what they have linked, if the server sends it along.
    Changes {
        ids: Vec<u64>,
        changes: Result<(ResourceId, Vec<Change>), String>,
        linked: Option<(ResourceId, Reply)>,
    },
}

impl Message {
    /// Reads a message. The body of an answer shares its memory, and is as yet unread.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn read(text: Utf8Bytes) -> Result<Self, &'static str> {
        let memory = Bytes::from(text.clone());
        let Raw { ids, answer, answers, resource, change, linked } =
            Raw::read(&text, &memory).ok_or("it has another form than a message")?;
        if answer.status.is_some() {
            let reply = answer.into_reply().ok_or("it has no status")?;
            return Ok(Self::Answer { ids, reply });
        }
        if let Some(replies) = answers {
            if replies.len() != ids.len() {
                return Err("it has more or fewer answers than requests");
            }
            return Ok(Self::Answers { ids, replies });
        }
        let changes = match (resource, change) {
            (Some(resource), Some(change)) => serde_json::from_str(change)
                .map_err(|error| error.to_string())
                .and_then(|changes| Ok((ResourceId::try_from(resource.into_owned())?, changes))),
            _ => Err("neither an answer nor a change".to_owned()),
        };
        Ok(Self::Changes { ids, changes, linked })
    }
}

/// The members of a message.
#[derive(Default)]
struct Raw<'t> {
    ids: Vec<u64>,
    answer: RawAnswer,
    answers: Option<Vec<Reply>>,
    resource: Option<Cow<'t, str>>,
    change: Option<&'t str>,
    linked: Option<(ResourceId, Reply)>,
}

/// What is said of one answer, whether it is the message or one of several in it.
#[derive(Default)]
struct RawAnswer {
    status: Option<u16>,
    headers: Headers,
    body: Bytes,
}

impl<'t> Raw<'t> {
    /// Reads the message whose text lies in `memory`. What is `null` counts as absent.
    fn read(text: &'t str, memory: &Bytes) -> Option<Self> {
        let mut raw = Self::default();
        let mut cursor = Cursor::new(text);
        cursor.members(|cursor, name| {
            match name {
                "requestId" => raw.ids = read_ids(cursor)?,
                "answers" if cursor.peek() == Some(b'[') => {
                    let replies = raw.answers.insert(Vec::with_capacity(raw.ids.len()));
                    cursor.elements(|cursor| {
                        let mut answer = RawAnswer::default();
                        cursor.members(|cursor, name| answer.read(cursor, name, memory))?;
                        replies.push(answer.into_reply()?);
                        Some(())
                    })?;
                }
                "answers" => is_null(cursor.value()?)?,
                "resourceId" if cursor.peek() == Some(b'"') => raw.resource = Some(cursor.string()?),
                "resourceId" => is_null(cursor.value()?)?,
                "change" => raw.change = Some(cursor.value()?).filter(|change| *change != NULL),
                "linked" if cursor.peek() == Some(b'{') => raw.linked = read_linked(cursor, memory)?,
                "linked" => is_null(cursor.value()?)?,
                name => raw.answer.read(cursor, name, memory)?,
            }
            Some(())
        })?;
        cursor.is_at_end().then_some(raw)
    }
}

impl RawAnswer {
    fn read(&mut self, cursor: &mut Cursor<'_>, name: &str, memory: &Bytes) -> Option<()> {
        match name {
            "status" => match cursor.value()? {
                NULL => self.status = None,
                status => self.status = Some(status.parse().ok()?),
            },
            "headers" if cursor.peek() == Some(b'{') => self.headers = read_headers(cursor)?,
            "headers" => is_null(cursor.value()?)?,
            "data" => match cursor.value()? {
                NULL => self.body = Bytes::new(),
                data => self.body = memory.slice_ref(data.as_bytes()),
            },
            _ => drop(cursor.value()?),
        }
        Some(())
    }

    fn into_reply(self) -> Option<Reply> {
        Some(Reply { status: self.status?, headers: self.headers, body: self.body })
    }
}

/// An answer that comes along with a change, about the resource that was linked; `None` inside where it names none. Its body
/// is small and is kept beyond the message, so it has memory of its own.
fn read_linked(cursor: &mut Cursor<'_>, memory: &Bytes) -> Option<Option<(ResourceId, Reply)>> {
    let (mut id, mut answer) = (None, RawAnswer::default());
    cursor.members(|cursor, name| {
        match name {
            "id" => id = Some(cursor.string()?),
            name => answer.read(cursor, name, memory)?,
        }
        Some(())
    })?;
    answer.body = Bytes::copy_from_slice(&answer.body);
    let (id, reply) = (id?, answer.into_reply()?);
    Some(ResourceId::try_from(id.into_owned()).ok().map(|id| (id, reply)))
}

const NULL: &str = "null";

fn is_null(value: &str) -> Option<()> {
    (value == NULL).then_some(())
}

/// The request ids that are ours, out of one string or an array.
fn read_ids(cursor: &mut Cursor<'_>) -> Option<Vec<u64>> {
    if cursor.peek() == Some(b'"') {
        return Some(cursor.string()?.parse().into_iter().collect());
    }
    let mut ids = Vec::new();
    cursor.elements(|cursor| {
        ids.extend(cursor.string()?.parse::<u64>());
        Some(())
    })?;
    Some(ids)
}

/// The headers that are strings. Numbers are not allowed, but their meaning is plain.
fn read_headers(cursor: &mut Cursor<'_>) -> Option<Headers> {
    let mut headers = Headers::default();
    cursor.members(|cursor, name| {
        if cursor.peek() == Some(b'"') {
            headers.set(name, cursor.string()?);
            return Some(());
        }
        let value = cursor.value()?;
        if value.parse::<i64>().is_ok() || value.parse::<u64>().is_ok() {
            headers.set(name, value.into());
        }
        Some(())
    })?;
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn written(text: &Utf8Bytes) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn writer() -> Writer {
        Writer::new(&"se\"cret".to_owned().into())
    }

    #[test]
    fn requests_have_the_form_of_8_2() {
        let request = Request {
            content_type: Some("application/json; a=\"b\""),
            if_match: Some("\"abc/7\""),
            body: Some(Bytes::from_static(b"{\"x\":[1]}")),
            ..Request::new(Method::Put, "/bookmarks/a\"b")
        };
        assert_eq!(
            written(&writer().request(12, &request)),
            json!({
                "requestId": "12", "method": "put", "path": "/bookmarks/a\"b",
                "headers": {
                    "authorization": "Bearer se\"cret",
                    "content-type": "application/json; a=\"b\"",
                    "if-match": "\"abc/7\"",
                },
                "data": {"x": [1]},
            })
        );
        assert_eq!(
            written(&writer().request(1, &Request::new(Method::Head, "/a"))),
            json!({"requestId": "1", "method": "head", "path": "/a", "headers": {"authorization": "Bearer se\"cret"}})
        );
        assert_eq!(
            written(&writer().watch(2, "/a", Some(Rev(3)), None)),
            json!({
                "requestId": "2", "method": "watch", "path": "/a",
                "headers": {"authorization": "Bearer se\"cret", "x-oada-rev": "3"},
            })
        );
        assert_eq!(
            written(&writer().watch(2, "/a", None, Some("b-1")))["headers"],
            json!({"authorization": "Bearer se\"cret", "x-oada-linked": "true", "x-oada-ahead": "b-1"})
        );
        assert_eq!(
            written(&unwatch(2)),
            json!({"requestId": "2", "method": "unwatch", "path": "", "headers": {"authorization": ""}})
        );
    }

    fn read(value: &Value) -> Message {
        Message::read(value.to_string().into()).unwrap()
    }

    #[test]
    fn answers_are_read() {
        let Message::Answer { ids, reply } = read(&json!({
            "requestId": "7", "status": 200, "data": {"a": 1},
            "headers": {
                "x-oada-rev": "5", "etag": "\"k/5\"", "content-location": "/resources/k",
                "other": null, "more": [{"a": 1}], "yes": true, "half": 0.5, "less": -1,
            },
        })) else {
            panic!("not an answer");
        };
        assert_eq!((&ids[..], reply.status, &*reply.body), (&[7][..], 200, &b"{\"a\":1}"[..]));
        assert_eq!((reply.headers.rev, reply.headers.etag.as_deref()), (Some(Rev(5)), Some("\"k/5\"")));

        let Message::Answer { ids, reply } = read(&json!({"requestId": ["error"], "status": 400})) else {
            panic!("not an answer");
        };
        assert_eq!((ids.len(), reply.status, reply.body.len()), (0, 400, 0));

        let Message::Answer { reply, .. } =
            read(&json!({"requestId": "1", "status": 201, "headers": {"x-oada-rev": 6}}))
        else {
            panic!("not an answer");
        };
        assert_eq!(reply.headers.rev, Some(Rev(6)));
    }

    #[test]
    fn several_are_asked_and_answered_in_one_message() {
        let requests = [(5, "/resources/a".to_owned()), (6, "/resources/b\"".to_owned())];
        assert_eq!(
            written(&writer().several(Method::Delete, &requests)),
            json!({
                "requestId": ["5", "6"], "method": "delete", "path": ["/resources/a", "/resources/b\""],
                "headers": {"authorization": "Bearer se\"cret"},
            })
        );
        let put = |path: &str, if_match: Option<&str>, body: &'static str| Put {
            path: path.to_owned(),
            if_match: if_match.map(str::to_owned),
            body: Bytes::from_static(body.as_bytes()),
            ahead: true,
        };
        let puts = [(7, put("/a", Some("\"a/1\""), "{\"x\":1}")), (8, put("/b", None, "[]"))];
        assert_eq!(
            written(&writer().several_puts(&puts)),
            json!({
                "requestId": ["7", "8"], "method": "put", "path": ["/a", "/b"],
                "headers": {"authorization": "Bearer se\"cret", "content-type": "application/json"},
                "ifMatch": ["\"a/1\"", null],
                "bodies": [{"x": 1}, []],
            })
        );
        let Message::Answers { ids, replies } = read(&json!({
            "requestId": ["5", "6", "7"],
            "answers": [
                {"status": 200, "headers": {"x-oada-rev": "3"}, "data": {"a": 1}},
                {"status": 404, "headers": {}, "data": "no"},
                {"status": 204},
            ],
        })) else {
            panic!("not answers");
        };
        let seen: Vec<_> = replies.iter().map(|reply| (reply.status, &*reply.body)).collect();
        assert_eq!(seen, [(200, &b"{\"a\":1}"[..]), (404, &b"\"no\""[..]), (204, &b""[..])]);
        assert_eq!((&ids[..], replies[0].headers.rev), (&[5, 6, 7][..], Some(Rev(3))));
        let uneven = json!({"requestId": ["5", "theirs"], "answers": [{"status": 200}, {"status": 200}]});
        assert!(Message::read(uneven.to_string().into()).is_err());
    }

    #[test]
    fn changes_are_read() {
        let mut message = json!({
            "resourceId": "resources/k", "requestId": ["3", "4", "theirs"], "path_leftover": ["", "", ""],
            "change": [{"resource_id": "resources/k", "path": "", "type": "merge", "body": {"_rev": 2}}],
        });
        let Message::Changes { ids, changes, linked: None } = read(&message) else { panic!("not a change") };
        let (resource, changes) = changes.unwrap();
        assert_eq!((ids, resource.key(), changes[0].rev()), (vec![3, 4], "k", Some(Rev(2))));

        message["linked"] =
            json!({"id": "resources/j", "status": 200, "headers": {"etag": "\"j/1\""}, "data": {"a": [1]}});
        let Message::Changes { linked: Some((linked, answer)), .. } = read(&message) else {
            panic!("no link")
        };
        assert_eq!((linked.key(), answer.status, &answer.body[..]), ("j", 200, &b"{\"a\":[1]}"[..]));
        assert_eq!(answer.headers.etag.as_deref(), Some("\"j/1\""));

        for broken in [
            json!({"requestId": ["3"]}),
            json!({"requestId": ["3"], "resourceId": "k", "change": []}),
            json!({"requestId": ["3"], "resourceId": "resources/k", "change": [{}]}),
            json!({"requestId": ["3"], "resourceId": "resources/k", "change": 1}),
        ] {
            let Message::Changes { ids, changes, .. } = read(&broken) else { panic!("not a change") };
            assert_eq!(ids, [3]);
            assert!(changes.is_err(), "{broken}");
        }
        assert!(Message::read("[]".into()).is_err());
        assert!(Message::read("{\"requestId\":5}".into()).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = Message::read(text.into());
        }
    }
}
