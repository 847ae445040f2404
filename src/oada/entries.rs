//! Reading a list key by key, however long it is.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream};
use serde_json::Value;

use super::client::{Client, accepted, sendable};
use super::endpoint::Endpoint;
use super::error::{Error, Method};
use super::http::{Request, read_headers};
use super::reply::{Head, Reply};
use crate::model::{Path, ResourceId, Rev};

impl Client {
    /// Opens the list at `path` for reading key by key, over HTTP whatever the transport.
    ///
    /// # Errors
    /// See [`Error`]; nothing there is an error too.
    pub async fn entries(&self, path: &Path) -> Result<Entries, Error> {
        self.open_entries(path, false).await
    }

    /// The same, asking that each link tell the rev at which its resource is now. A server that does not know of that, as
    /// the embedded store does, answers as ever.
    ///
    /// # Errors
    /// As [`Client::entries`].
    pub async fn entries_with_revs(&self, path: &Path) -> Result<Entries, Error> {
        self.open_entries(path, true).await
    }

    async fn open_entries(&self, path: &Path, link_revs: bool) -> Result<Entries, Error> {
        let path = sendable(path.to_text())?;
        let request = Request { link_revs, ..Request::new(Method::Get, &path) };
        let (reply, body) = if self.is_in_process() {
            let reply = accepted(self.request(&request).await?, Method::Get, &path)?;
            let body = reply.body.clone();
            (reply, stream::once(ready(Ok(body))).boxed())
        } else {
            let response = self.open(&request).await?;
            let (status, headers) = (response.status().as_u16(), read_headers(&response));
            (Reply { status, headers, body: Bytes::new() }, response.bytes_stream().boxed())
        };
        let Head { rev, resource, leftover, .. } = reply.into_head(&path)?;
        let http = self.http();
        Ok(Entries {
            rev,
            resource,
            leftover,
            path,
            endpoint: http.endpoint().clone(),
            idle: http.timeout(),
            body,
            scanner: Scanner::default(),
            found: VecDeque::new(),
            ended: false,
        })
    }
}

/// The keys of a list and what stands under them, in the server's order, without those that begin with `_`.
///
/// Memory does not grow with the length of the list. Dropping it breaks off the reading.
pub struct Entries {
    /// The rev of the resource that holds the list, as it is read.
    pub rev: Rev,
    /// The resource that holds the list.
    pub resource: ResourceId,
    /// The way from that resource to the list; empty when the resource is the list.
    pub leftover: String,
    path: String,
    endpoint: Arc<dyn Endpoint>,
    idle: Duration,
    body: BoxStream<'static, reqwest::Result<Bytes>>,
    scanner: Scanner,
    found: VecDeque<(String, Value)>,
    ended: bool,
}

impl Entries {
    /// The next key and its value; `None` after the last. Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// What the connection can fail with, and [`Error::Garbage`] where the body is not one JSON object. After an
    /// error there is nothing more; the list has to be opened again.
    pub async fn next(&mut self) -> Option<Result<(String, Value), Error>> {
        loop {
            if let Some(entry) = self.found.pop_front() {
                return Some(Ok(entry));
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.read().await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    async fn read(&mut self) -> Result<(), Error> {
        let timeout = || Error::Timeout { method: Method::Get, path: self.path.clone() };
        let garbage = |reason| Error::garbage(&self.path, reason);
        match tokio::time::timeout(self.idle, self.body.next()).await.map_err(|_| timeout())? {
            Some(Ok(chunk)) => self.scanner.feed(&chunk, &mut self.found).map_err(garbage),
            Some(Err(error)) => Err(Error::connection(&self.endpoint.describe(), error.without_url())),
            None if self.scanner.is_done() => {
                self.ended = true;
                Ok(())
            }
            None => Err(garbage("the list breaks off".to_owned())),
        }
    }
}

/// The longest key or value of a list that is taken in: more than a document may have.
const LONGEST_MEMBER: usize = 32 << 20;

/// Cuts the text of one JSON object into its members, holding no more than one of them.
#[derive(Debug, Default)]
struct Scanner {
    place: Place,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The text of the key, or of the value, so far.
    text: Vec<u8>,
    key: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    /// After `{`, where the object may end at once.
    First,
    /// After a comma.
    BeforeKey,
    Key,
    Colon,
    Value,
    Done,
}

impl Scanner {
    fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    fn feed(&mut self, chunk: &[u8], found: &mut VecDeque<(String, Value)>) -> Result<(), String> {
        for &byte in chunk {
            self.step(byte, found)?;
        }
        Ok(())
    }

    fn step(&mut self, byte: u8, found: &mut VecDeque<(String, Value)>) -> Result<(), String> {
        if self.text.len() > LONGEST_MEMBER {
            return Err(format!("a member of it is longer than {} MiB", LONGEST_MEMBER >> 20));
        }
        if self.in_string {
            self.text.push(byte);
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.in_string = false;
                if self.place == Place::Key {
                    self.key = serde_json::from_slice(&self.text).map_err(|error| error.to_string())?;
                    self.text.clear();
                    self.place = Place::Colon;
                }
            }
            return Ok(());
        }
        let is_inside_value = self.place == Place::Value && !self.text.is_empty();
        if byte.is_ascii_whitespace() && !is_inside_value {
            return Ok(());
        }
        match (self.place, byte) {
            (Place::Before, b'{') => self.place = Place::First,
            (Place::Before, _) => return Err("it is not an object".to_owned()),
            (Place::First, b'}') => self.place = Place::Done,
            (Place::First | Place::BeforeKey, b'"') => {
                self.place = Place::Key;
                self.in_string = true;
                self.text.push(byte);
            }
            (Place::Colon, b':') => self.place = Place::Value,
            (Place::Value, b',' | b'}') if self.depth == 0 => {
                self.finish_member(found)?;
                self.place = if byte == b',' { Place::BeforeKey } else { Place::Done };
            }
            (Place::Value, _) => {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => {
                        self.depth =
                            self.depth.checked_sub(1).ok_or("a bracket closes what was never opened")?;
                    }
                    _ => {}
                }
                self.text.push(byte);
            }
            (Place::Done, _) => return Err("something follows the object".to_owned()),
            (Place::First | Place::BeforeKey | Place::Key | Place::Colon, _) => {
                return Err(format!("{:?} stands where a key should", char::from(byte)));
            }
        }
        Ok(())
    }

    fn finish_member(&mut self, found: &mut VecDeque<(String, Value)>) -> Result<(), String> {
        if !self.key.starts_with('_') {
            let value = serde_json::from_slice(&self.text).map_err(|error| error.to_string())?;
            found.push_back((std::mem::take(&mut self.key), value));
        }
        self.text.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn scan(chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Vec<(String, Value)>, String> {
        let (mut scanner, mut found) = (Scanner::default(), VecDeque::new());
        for chunk in chunks {
            scanner.feed(chunk.as_ref(), &mut found)?;
        }
        if scanner.is_done() { Ok(found.into()) } else { Err("cut off".to_owned()) }
    }

    #[test]
    fn members_come_out_without_those_of_the_server() {
        let text = r#" { "_id" : "resources/l", "a" : {"_id":"resources/x"} ,"b\"}":[1, "}"],"_meta":{"_rev":{}}, "c": null } "#;
        let expected = [
            ("a".to_owned(), json!({"_id": "resources/x"})),
            ("b\"}".to_owned(), json!([1, "}"])),
            ("c".to_owned(), json!(null)),
        ];
        assert_eq!(scan([text]).unwrap(), expected);
        assert_eq!(scan(["{}"]).unwrap(), []);
        assert_eq!(scan(text.as_bytes().chunks(1)).unwrap(), expected);
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        for bad in [
            "",
            "[]",
            "1",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1}}",
            "{a:1}",
            "{\"a\":1 2}",
            "{\"a\":[}",
            "{\"a\":1,}",
            "{\"a\":]}",
            "{,}",
            "<html>",
        ] {
            assert!(scan([bad]).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_object_is_read_however_it_is_cut(
            members in prop::collection::btree_map("[a-z\"\\\\{}, é]{0,6}", "[\\PC]{0,12}", 0..6),
            size in 1..40_usize,
        ) {
            let value = json!(members);
            let expected: Vec<_> = members.into_iter().map(|(key, text)| (key, json!(text))).collect();
            prop_assert_eq!(scan(serde_json::to_vec(&value).unwrap().chunks(size)).unwrap(), expected.clone());
            prop_assert_eq!(scan(serde_json::to_vec_pretty(&value).unwrap().chunks(size)).unwrap(), expected);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = scan([bytes]);
        }
    }
}
