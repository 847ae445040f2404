//! What a client is sent: answers as text, and the task that writes them.
//!
//! A long document goes out in fragments of one message, made as they are written, and is never held as a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, Utf8Bytes};

use super::Connection;
use crate::model::{push_quoted, push_separated};
use crate::store::http;
use crate::store::render::Render;
use crate::store::request::{Content, Response, reason};
use crate::store::row::json_text;

/// The most messages that wait to be written.
pub(super) const MAX_OUTGOING: usize = 256;
/// How long one message, or a fragment of it, may take to be written, and a farewell to be answered.
const WRITE_TIME: Duration = Duration::from_secs(60);
pub(super) const FAREWELL_TIME: Duration = Duration::from_secs(2);
/// The most data that answers to several requests have in one message.
const MOST_TOGETHER: usize = 256 * 1024;
/// What most answers need, without their data.
const HEAD: usize = 384;
/// The size of the fragments of a long message.
const PIECE: usize = 64 * 1024;

/// One message to a client.
pub(super) enum Outgoing {
    Whole(Message),
    /// An answer whose document is still to be read.
    Long {
        /// The answer up to its document.
        begun: String,
        document: Box<Render>,
    },
}

impl Outgoing {
    pub(super) fn text(text: String) -> Self {
        Self::Whole(Message::Text(text.into()))
    }

    /// An answer without headers or a body.
    pub(super) fn bare(id: &str, status: u16) -> Self {
        Self::text(format!(r#"{{"requestId":{},"status":{status}}}"#, json_text(&id)))
    }

    pub(super) fn answer(id: &str, mut response: Response) -> Self {
        match std::mem::replace(&mut response.content, Content::None) {
            Content::None => Self::text(begin(id, &response, None) + "}"),
            Content::Json(text) => {
                let mut out = begin(id, &response, None);
                out.reserve(text.len() + 16);
                out.push_str(DATA);
                out.push_str(&text);
                out.push('}');
                Self::text(out)
            }
            Content::Rendered(document) => Self::Long { begun: begin(id, &response, None) + DATA, document },
            Content::Bytes(_) => {
                response.status = 400;
                Self::text(begin(id, &response, Some("Cannot GET binary over WebSockets")) + "}")
            }
        }
    }
}

/// The answers to several requests: as many as one message may hold together, and each of the others by itself.
pub(super) fn answers<'i>(
    ids: impl Iterator<Item = &'i str>,
    responses: Vec<Response>,
) -> impl Iterator<Item = Outgoing> {
    let mut room = MOST_TOGETHER;
    let mut together = Vec::with_capacity(responses.len());
    let mut alone = Vec::new();
    for (id, response) in ids.zip(responses) {
        let length = match &response.content {
            Content::None => Some(0),
            Content::Json(text) => Some(text.len()),
            Content::Rendered(_) | Content::Bytes(_) => None,
        };
        match length.and_then(|length| room.checked_sub(length)) {
            Some(left) => {
                room = left;
                together.push((id, response));
            }
            None => alone.push(Outgoing::answer(id, response)),
        }
    }
    let together = (!together.is_empty()).then(|| {
        let size = MOST_TOGETHER - room + HEAD * together.len();
        Outgoing::text(joint(&together, size))
    });
    together.into_iter().chain(alone)
}

fn joint(answers: &[(&str, Response)], size: usize) -> String {
    let mut out = String::with_capacity(size);
    out.push_str(r#"{"requestId":["#);
    push_separated(&mut out, answers, |out, (id, _)| push_quoted(out, id));
    out.push_str(r#"],"answers":["#);
    push_separated(&mut out, answers, |out, (_, response)| {
        out.push('{');
        head(out, response, None);
        if let Content::Json(text) = &response.content {
            out.push_str(DATA);
            out.push_str(text);
        }
        out.push('}');
    });
    out.push_str("]}");
    out
}

/// An answer that nobody has asked for, about `id`; `None` for what is no JSON, or longer than `most`.
pub(super) fn unasked(id: &str, response: &Response, most: usize) -> Option<String> {
    let Content::Json(text) = &response.content else { return None };
    if text.len() > most {
        return None;
    }
    let mut out = String::with_capacity(HEAD + text.len());
    out.push_str(r#"{"id":"#);
    push_quoted(&mut out, id);
    out.push(',');
    head(&mut out, response, None);
    out.push_str(DATA);
    out.push_str(text);
    out.push('}');
    Some(out)
}

const DATA: &str = r#","data":"#;

/// An answer up to its headers, with nothing of it closed.
fn begin(id: &str, response: &Response, status_text: Option<&str>) -> String {
    let mut out = String::with_capacity(HEAD);
    out.push_str(r#"{"requestId":"#);
    push_quoted(&mut out, id);
    out.push(',');
    head(&mut out, response, status_text);
    out
}

/// What an answer says before its data.
fn head(out: &mut String, response: &Response, status_text: Option<&str>) {
    out.push_str(r#""status":"#);
    out.push_str(&response.status.to_string());
    if response.status >= 300 {
        out.push_str(r#","statusText":"#);
        push_quoted(out, status_text.unwrap_or_else(|| reason(response.status)));
    }
    out.push_str(r#","headers":{"#);
    let mut first = true;
    http::each_header(response, |name, value| {
        if !std::mem::replace(&mut first, false) {
            out.push(',');
        }
        out.push('"');
        out.push_str(name);
        out.push_str("\":");
        push_quoted(out, value);
    });
    out.push('}');
}

/// What the task that writes stops with.
enum Stop {
    /// The client is gone, or does not read.
    Gone,
    /// A document could not be read to its end; the client must not take what it has got for all.
    Broken,
}

/// Writes messages as they come, as many at a time as there are. `moves` is set whenever the client has taken a part of
/// a long one, since it sees no ping before its end.
pub(super) async fn write(
    mut sink: SplitSink<Connection, Message>,
    mut messages: mpsc::Receiver<Outgoing>,
    moves: Arc<AtomicBool>,
) {
    let mut batch = Vec::with_capacity(MAX_OUTGOING);
    'open: while messages.recv_many(&mut batch, MAX_OUTGOING).await > 0 {
        let mut closing = false;
        for message in batch.drain(..) {
            let written = match message {
                Outgoing::Whole(message) => {
                    closing |= matches!(message, Message::Close(_));
                    in_time(sink.feed(message)).await
                }
                Outgoing::Long { begun, document } => long(&mut sink, begun, *document, &moves).await,
            };
            match written {
                Ok(()) => {}
                Err(Stop::Gone) => break 'open,
                Err(Stop::Broken) => {
                    let reason = Utf8Bytes::from_static("the answer cannot be read to its end");
                    let farewell = CloseFrame { code: CloseCode::Error, reason };
                    let _ = in_time(sink.send(Message::Close(Some(farewell)))).await;
                    break 'open;
                }
            }
        }
        if in_time(sink.flush()).await.is_err() || closing {
            break;
        }
    }
    let _ = tokio::time::timeout(FAREWELL_TIME, sink.close()).await;
}

/// Writes a long answer in fragments.
async fn long(
    sink: &mut SplitSink<Connection, Message>,
    begun: String,
    mut document: Render,
    moves: &AtomicBool,
) -> Result<(), Stop> {
    let (mut piece, mut kind) = (begun, Data::Text);
    loop {
        piece.reserve(PIECE + 1024);
        let last = document.fill(&mut piece, PIECE).map_err(|fault| {
            tracing::error!(%fault, "a document could not be read to its end");
            Stop::Broken
        })?;
        if last {
            piece.push('}');
        }
        let fragment = Frame::message(std::mem::take(&mut piece), OpCode::Data(kind), last);
        in_time(sink.send(Message::Frame(fragment))).await?;
        moves.store(true, Ordering::Relaxed);
        if last {
            return Ok(());
        }
        kind = Data::Continue;
    }
}

async fn in_time<E>(writing: impl Future<Output = Result<(), E>>) -> Result<(), Stop> {
    match tokio::time::timeout(WRITE_TIME, writing).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Stop::Gone),
    }
}
