//! One WebSocket, opened again when the server has had enough of it.

use std::slice;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::mutate::Dice;
use crate::{PATIENCE, STATUSES, Served, Wrong};

pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub async fn open(served: &Served) -> Self {
        let stream = TcpStream::connect(&served.address).await.unwrap();
        let url = format!("ws://{}/", served.address);
        Self(tokio_tungstenite::client_async(url, stream).await.unwrap().0)
    }

    /// Sends a changed message and reads until it is answered.
    pub async fn ask(
        &mut self,
        served: &Served,
        dice: &mut Dice,
        line: &str,
    ) -> Result<(), (Wrong, Vec<u8>)> {
        let mut bytes = line.replace("{token}", &format!("Bearer {}", served.token)).into_bytes();
        for _ in 0..dice.roll(4) {
            dice.mutate(&mut bytes);
        }
        let message = match String::from_utf8(bytes.clone()) {
            Ok(text) => Message::text(text),
            Err(_) => Message::binary(bytes.clone()),
        };
        if dice.roll(100) == 0 {
            *self = Self::open(served).await;
        }
        let answered = async {
            self.0.send(message).await.map_err(|error| error.to_string())?;
            self.answer().await
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.unwrap_or_else(|_| Err("no answer".to_owned())).map_err(|wrong| (wrong, bytes))
    }

    async fn answer(&mut self) -> Result<(), Wrong> {
        while let Some(message) = self.0.next().await {
            let text = match message.map_err(|error| error.to_string())? {
                Message::Text(text) => text,
                Message::Close(frame) => return Err(format!("closed: {frame:?}")),
                _ => continue,
            };
            let answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
            if answer.get("requestId").is_none() {
                return Err(format!("no requestId in {text}"));
            }
            if answer.get("change").is_some() {
                continue;
            }
            // Of several, some may come by themselves; those are read as answers to later messages.
            let answers = answer["answers"].as_array().map_or(slice::from_ref(&answer), Vec::as_slice);
            let is_known = |answer: &Value| STATUSES.iter().any(|known| answer["status"] == *known);
            if answers.iter().all(is_known) {
                return Ok(());
            }
            return Err(format!("no answer and no change: {text}"));
        }
        Err("the connection ended".to_owned())
    }
}
