//! Requests on their way into messages, and which of them travel together.
//!
//! Our own store takes several that differ in their paths alone, or in what they write, as one message, and several removals
//! from one resource as one change (`docs/store.md`). It says so when a socket is opened; to others each goes by itself.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::error::Method;
use super::http::Request;
use super::message::Writer;

/// The most requests that travel together. The store takes twice as many; with 16, 32 and 64 jobs came to the same rate.
const MOST: usize = 32;
/// The largest body that travels with others.
const LARGEST: usize = 8 << 10;

/// What a server takes several of in one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Several {
    gets: bool,
    puts: bool,
    deletes: bool,
}

impl Several {
    /// Reads the `X-OADA-Several` of an answer to an upgrade.
    pub(super) fn read(value: &str) -> Self {
        let names = |method: &str| value.split(',').any(|named| named.trim().eq_ignore_ascii_case(method));
        Self { gets: names("get"), puts: names("put"), deletes: names("delete") }
    }

    /// Whether it is our own store that says so, which knows more that others do not.
    pub(super) fn is_of_our_store(self) -> bool {
        self.puts
    }
}

/// One request, as far as it is written.
pub(super) enum Letter {
    Written(Utf8Bytes),
    /// A GET or DELETE with nothing but a path.
    Plain(Method, String),
    Put(Put),
}

/// A small PUT of JSON.
pub(super) struct Put {
    pub(super) path: String,
    pub(super) if_match: Option<String>,
    pub(super) body: Bytes,
    /// Whether it may be answered before it has come to the disk; with others it is not.
    pub(super) ahead: bool,
}

const JSON: &str = "application/json";

impl Letter {
    pub(super) fn of(writer: &Writer, id: u64, request: &Request<'_>) -> Self {
        match (request.method, &request.body) {
            (Method::Get | Method::Delete, _) if request.is_plain() => {
                Self::Plain(request.method, request.path.to_owned())
            }
            (Method::Put, Some(body)) if request.content_type == Some(JSON) && body.len() <= LARGEST => {
                let if_match = request.if_match.map(str::to_owned);
                let (path, ahead) = (request.path.to_owned(), request.ahead);
                Self::Put(Put { path, if_match, body: body.clone(), ahead })
            }
            _ => Self::Written(writer.request(id, request)),
        }
    }

    /// The message of this request alone.
    pub(super) fn text(self, writer: &Writer, id: u64) -> Utf8Bytes {
        match self {
            Self::Written(text) => text,
            Self::Plain(method, path) => writer.request(id, &Request::new(method, &path)),
            Self::Put(put) => put.text(writer, id),
        }
    }
}

impl Put {
    fn text(&self, writer: &Writer, id: u64) -> Utf8Bytes {
        let request = Request {
            content_type: Some(JSON),
            if_match: self.if_match.as_deref(),
            body: Some(self.body.clone()),
            ahead: self.ahead,
            ..Request::new(Method::Put, &self.path)
        };
        writer.request(id, &request)
    }
}

/// Requests that are taken up in one go, by what they have in common.
pub(super) struct Alike {
    several: Several,
    gets: Vec<(u64, String)>,
    puts: Vec<(u64, Put)>,
    deletes: Vec<(u64, String)>,
}

impl Alike {
    pub(super) fn new(several: Several) -> Self {
        Self { several, gets: Vec::new(), puts: Vec::new(), deletes: Vec::new() }
    }

    /// Takes in a request, or gives back one that goes by itself.
    pub(super) fn add(&mut self, id: u64, letter: Letter) -> Option<Letter> {
        match letter {
            Letter::Plain(Method::Get, path) if self.several.gets => self.gets.push((id, path)),
            Letter::Plain(Method::Delete, path) if self.several.deletes => self.deletes.push((id, path)),
            Letter::Put(put) if self.several.puts => self.puts.push((id, put)),
            // What our own store does is not asked of others.
            Letter::Put(put) => return Some(Letter::Put(Put { ahead: false, ..put })),
            letter => return Some(letter),
        }
        None
    }

    /// The messages of all that were taken in.
    pub(super) fn texts(&self, writer: &Writer) -> impl Iterator<Item = Utf8Bytes> {
        let plain = |method, requests: &[(u64, String)]| match requests {
            [(id, path)] => writer.request(*id, &Request::new(method, path)),
            _ => writer.several(method, requests),
        };
        let puts = |requests: &[(u64, Put)]| match requests {
            [(id, put)] => put.text(writer, *id),
            _ => writer.several_puts(requests),
        };
        let gets = self.gets.chunks(MOST).map(move |chunk| plain(Method::Get, chunk));
        let puts = self.puts.chunks(MOST).map(puts);
        let deletes = self.deletes.chunks(MOST).map(move |chunk| plain(Method::Delete, chunk));
        puts.chain(gets).chain(deletes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use serde_json::Value;

    fn writer() -> Writer {
        Writer::new(&"t".to_owned().into())
    }

    fn sent(several: &str, requests: &[Request<'_>]) -> Vec<Value> {
        let writer = writer();
        let mut alike = Alike::new(Several::read(several));
        let mut texts = Vec::new();
        for (id, request) in (1..).zip(requests) {
            let letter = alike.add(id, Letter::of(&writer, id, request));
            texts.extend(letter.map(|letter| letter.text(&writer, id)));
        }
        texts.extend(alike.texts(&writer));
        texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }

    fn put<'p>(path: &'p str, if_match: Option<&'p str>) -> Request<'p> {
        let body = Some(Bytes::from_static(b"{}"));
        Request { content_type: Some(JSON), if_match, body, ..Request::new(Method::Put, path) }
    }

    fn get(path: &str) -> Request<'_> {
        Request::new(Method::Get, path)
    }

    fn delete(path: &str) -> Request<'_> {
        Request::new(Method::Delete, path)
    }

    fn ids(messages: &[Value]) -> String {
        let ids: Vec<_> = messages.iter().map(|message| message["requestId"].to_string()).collect();
        ids.join(" ")
    }

    #[test]
    fn only_what_the_server_takes_together_travels_together() {
        let requests = [get("/a"), delete("/b"), get("/c"), delete("/d")];
        assert_eq!(ids(&sent("", &requests)), r#""1" "2" "3" "4""#);
        assert_eq!(ids(&sent("get", &requests)), r#""2" "4" ["1","3"]"#);
        assert_eq!(ids(&sent("GET , delete,post", &requests)), r#"["1","3"] ["2","4"]"#);
        assert_eq!(ids(&sent("get, delete", &requests[..2])), r#""1" "2""#);
    }

    #[test]
    fn small_writes_of_json_travel_together() {
        let long = Bytes::from(format!("\"{}\"", "x".repeat(LARGEST)));
        let requests = [
            put("/a", None),
            put("/b", Some("\"b/1\"")),
            Request { content_type: Some("x/y"), ..put("/c", None) },
            Request { body: Some(long), ..put("/d", None) },
        ];
        let messages = sent("get, put, delete", &requests);
        assert_eq!(ids(&messages), r#""3" "4" ["1","2"]"#);
        assert_eq!(messages[2]["ifMatch"], serde_json::json!([null, "\"b/1\""]));
        for alone in [sent("put", &requests[1..2]), sent("", &requests[1..2])] {
            assert_eq!(alone[0]["headers"]["if-match"], "\"b/1\"");
            assert_eq!(alone[0]["requestId"], "1");
        }
    }

    #[test]
    fn only_our_store_is_asked_for_an_answer_before_its_disk_and_only_of_one_alone() {
        let asks = |several: &str, requests: &[Request<'_>]| {
            let sent = sent(several, requests);
            let asks = sent.iter().filter(|message| message["headers"]["x-oada-ahead"] == "true");
            asks.map(|message| message["requestId"].to_string()).collect::<Vec<_>>()
        };
        let (hurried, other) = (Request { ahead: true, ..put("/a", None) }, put("/b", None));
        let (all, ours) = ([hurried, other], "get, put, delete");
        assert_eq!(asks(ours, &all[..1]), [r#""1""#]);
        assert!(asks("", &all[..1]).is_empty());
        assert!(asks(ours, &all).is_empty());
        assert!(asks(ours, &all[1..]).is_empty());
    }

    #[test]
    fn a_request_that_says_more_than_its_path_goes_by_itself() {
        let requests = [
            get("/a"),
            Request { if_match: Some("\"a/1\""), ..delete("/b") },
            Request { link_revs: true, ..get("/c") },
            Request {
                content_type: Some("x/y"),
                body: Some(Bytes::from_static(b"1")),
                ..Request::new(Method::Put, "/d")
            },
            Request::new(Method::Head, "/e"),
            get("/f"),
        ];
        let messages = sent("get, delete", &requests);
        assert_eq!(ids(&messages), r#""2" "3" "4" "5" ["1","6"]"#);
        assert_eq!(messages[0]["headers"]["if-match"], "\"a/1\"");
    }

    #[test]
    fn a_message_holds_no_more_than_the_store_takes() {
        let requests: Vec<_> = (0..MOST * 2 + 1).map(|_| get("/a")).collect();
        let messages = sent("get", &requests);
        let sizes: Vec<_> = messages.iter().map(|message| message["path"].as_array().map(Vec::len)).collect();
        assert_eq!(sizes, [Some(MOST), Some(MOST), None]);
    }
}
