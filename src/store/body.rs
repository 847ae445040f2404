//! The body of a write.

use std::sync::OnceLock;

use axum::body::Bytes;
use serde_json::Value;

use super::plain;
use super::row::json_text;

/// What is written.
#[derive(Debug)]
pub(super) enum Body {
    /// Nothing, in a DELETE.
    None,
    Json(Json),
    /// Content that is not JSON.
    Content(Bytes),
}

/// A value, and the text that it was read from. That of a plain text is only read when somebody asks for it.
#[derive(Debug)]
pub(super) struct Json {
    text: String,
    is_plain: bool,
    value: OnceLock<Value>,
}

impl Json {
    /// Reads a body, which may be known to be plain.
    ///
    /// # Errors
    /// Says why it is not JSON.
    pub(super) fn read(bytes: Bytes, is_plain: bool) -> Result<Self, String> {
        let text = String::from_utf8(bytes.into()).map_err(|error| {
            serde_json::from_slice::<Value>(error.as_bytes())
                .map_or_else(|error| error.to_string(), |_| "not UTF-8".to_owned())
        })?;
        let is_plain = is_plain || plain::is_plain(&text);
        let value = OnceLock::new();
        if !is_plain {
            let read: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let _ = value.set(read);
        }
        Ok(Self { text, is_plain, value })
    }

    pub(super) fn of(value: Value) -> Self {
        Self { text: json_text(&value), is_plain: false, value: OnceLock::from(value) }
    }

    pub(super) fn value(&self) -> &Value {
        // What is plain can be read.
        self.value.get_or_init(|| serde_json::from_str(&self.text).unwrap_or_default())
    }

    /// The text, without space around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim_ascii()
    }

    /// The text of an object of which nothing else has to be known.
    pub(super) fn plain(&self) -> Option<&str> {
        self.is_plain.then(|| self.text())
    }
}
