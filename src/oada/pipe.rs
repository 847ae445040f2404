//! A connection that needs no network, for stores in the same process.
//!
//! Owns the form of such a connection; what travels on it is what travels on a WebSocket.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, Stream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::PollSender;

/// What travels through a [`Pipe`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PipeMessage {
    /// One JSON message (`oada-protocol.md` 8).
    Text(String),
    /// A question whether the other side lives.
    Ping,
    /// The answer to it.
    Pong,
}

/// One end of a two-way connection. It is broken when the other end is dropped.
#[derive(Debug)]
pub struct Pipe {
    outgoing: PollSender<PipeMessage>,
    incoming: mpsc::Receiver<PipeMessage>,
}

impl Pipe {
    /// Two ends of one connection, each of which holds up to `capacity` messages for the other.
    #[must_use]
    pub fn pair(capacity: usize) -> (Self, Self) {
        let (to_right, from_left) = mpsc::channel(capacity);
        let (to_left, from_right) = mpsc::channel(capacity);
        let end = |outgoing, incoming| Self { outgoing: PollSender::new(outgoing), incoming };
        (end(to_right, from_right), end(to_left, from_left))
    }

    /// The next message; `None` when the other end is gone. Nothing is lost when the future is dropped.
    pub async fn receive(&mut self) -> Option<PipeMessage> {
        self.incoming.recv().await
    }

    /// What sends to the other end, apart from this one.
    #[must_use]
    pub fn sender(&self) -> Option<mpsc::Sender<PipeMessage>> {
        self.outgoing.get_ref().cloned()
    }
}

fn broken() -> tungstenite::Error {
    tungstenite::Error::ConnectionClosed
}

impl Stream for Pipe {
    type Item = Result<Message, tungstenite::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.incoming.poll_recv(cx));
        Poll::Ready(message.map(|message| {
            Ok(match message {
                PipeMessage::Text(text) => Message::Text(text.into()),
                PipeMessage::Ping => Message::Ping(bytes::Bytes::new()),
                PipeMessage::Pong => Message::Pong(bytes::Bytes::new()),
            })
        }))
    }
}

impl Sink<Message> for Pipe {
    type Error = tungstenite::Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.outgoing.poll_reserve(cx).map_err(|_| broken())
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        let message = match message {
            Message::Text(text) => PipeMessage::Text(text.as_str().to_owned()),
            Message::Ping(_) => PipeMessage::Ping,
            Message::Pong(_) => PipeMessage::Pong,
            _ => return Ok(()),
        };
        self.outgoing.send_item(message).map_err(|_| broken())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.outgoing.close();
        Poll::Ready(Ok(()))
    }
}
