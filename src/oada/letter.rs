//! Requests on their way into messages, and which of them travel together.
//!
//! Our own store takes several that differ in their paths alone as one message, and several removals from one resource
//! as one write (`docs/store.md`). It says so when a socket is opened; to others each goes by itself.

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::error::Method;
use super::http::Request;
use super::message::Writer;

/// The most requests that travel together.
pub(super) const MOST: usize = 64;

/// What a server takes several of in one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Several {
    gets: bool,
    deletes: bool,
}

impl Several {
    /// Reads the `X-OADA-Several` of an answer to an upgrade.
    pub(super) fn read(value: &str) -> Self {
        let names = |method: &str| value.split(',').any(|named| named.trim().eq_ignore_ascii_case(method));
        Self { gets: names("get"), deletes: names("delete") }
    }
}

/// One request, as far as it is written.
pub(super) enum Letter {
    Written(Utf8Bytes),
    /// A GET or DELETE with nothing but a path.
    Plain(Method, String),
}

impl Letter {
    pub(super) fn of(writer: &Writer, id: u64, request: &Request<'_>) -> Self {
        match request.method {
            Method::Get | Method::Delete if request.is_plain() => {
                Self::Plain(request.method, request.path.to_owned())
            }
            _ => Self::Written(writer.request(id, request)),
        }
    }

    /// The message of this request alone.
    pub(super) fn text(self, writer: &Writer, id: u64) -> Utf8Bytes {
        match self {
            Self::Written(text) => text,
            Self::Plain(method, path) => writer.request(id, &Request::new(method, &path)),
        }
    }
}

/// Requests that are taken up in one go, by what they have in common.
pub(super) struct Alike {
    several: Several,
    gets: Vec<(u64, String)>,
    deletes: Vec<(u64, String)>,
}

impl Alike {
    pub(super) fn new(several: Several) -> Self {
        Self { several, gets: Vec::new(), deletes: Vec::new() }
    }

    /// Takes in a request, or gives back one that goes by itself.
    pub(super) fn add(&mut self, id: u64, letter: Letter) -> Option<Letter> {
        match letter {
            Letter::Plain(Method::Get, path) if self.several.gets => self.gets.push((id, path)),
            Letter::Plain(Method::Delete, path) if self.several.deletes => self.deletes.push((id, path)),
            letter => return Some(letter),
        }
        None
    }

    /// The messages of all that were taken in.
    pub(super) fn texts(self, writer: &Writer) -> impl Iterator<Item = Utf8Bytes> {
        let groups = [(Method::Get, self.gets), (Method::Delete, self.deletes)];
        groups.into_iter().flat_map(move |(method, requests)| {
            let texts = requests.chunks(MOST).map(|chunk| match chunk {
                [(id, path)] => writer.request(*id, &Request::new(method, path)),
                _ => writer.several(method, chunk),
            });
            texts.collect::<Vec<_>>()
        })
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
        assert_eq!(ids(&sent("GET , delete,put", &requests)), r#"["1","3"] ["2","4"]"#);
        assert_eq!(ids(&sent("get, delete", &requests[..2])), r#""1" "2""#);
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
