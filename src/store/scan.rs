//! JSON that is looked through without being read into values.
//!
//! Each step goes over something at the place where the last one ended. They take less than JSON allows, and nothing that it
//! does not, but for [`Scan::skip_value`], which goes to the end of what is known to be JSON.

use std::borrow::Cow;

use crate::model::before_special;

/// The most bytes of a number: all of them are read as they are written.
const MOST_DIGITS: usize = 15;

/// A way through a text. What returns `None` has found something else, and left the place somewhere before it.
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Whether there is nothing more but space.
    pub(super) fn end(&mut self) -> Option<()> {
        self.space();
        (self.at == self.text.len()).then_some(())
    }

    /// What `pass` goes over, as it is written.
    pub(super) fn passed(&mut self, pass: impl FnOnce(&mut Self) -> Option<()>) -> Option<&'t str> {
        let from = self.at;
        pass(self)?;
        self.text.get(from..self.at)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// A string without escapes, whose quote is next; what is in it.
    pub(super) fn string(&mut self) -> Option<&'t str> {
        self.take(b'"')?;
        let from = self.at;
        self.at += before_special(self.rest())?;
        let string = self.text.get(from..self.at)?;
        self.take(b'"').map(|()| string)
    }

    /// A string whose quote is next, in which nothing but quotes and backslashes is escaped.
    pub(super) fn quoted(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        let mut before = None::<String>;
        loop {
            let from = self.at;
            self.at += before_special(self.rest())?;
            let clean = self.text.get(from..self.at)?;
            if self.take(b'"').is_some() {
                return Some(match before {
                    None => Cow::Borrowed(clean),
                    Some(before) => Cow::Owned(before + clean),
                });
            }
            self.take(b'\\')?;
            let escaped = self.peek().filter(|byte| matches!(byte, b'"' | b'\\'))?;
            self.at += 1;
            let before = before.get_or_insert_default();
            before.push_str(clean);
            before.push(char::from(escaped));
        }
    }

    pub(super) fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    /// A number without an exponent.
    fn number(&mut self) -> Option<()> {
        let from = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        (self.at - from <= MOST_DIGITS).then_some(())
    }

    pub(super) fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    /// An object, each value of which is read by `value`, which is told its name.
    pub(super) fn object(&mut self, mut value: impl FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        self.space();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            let name = self.string()?;
            self.space();
            self.take(b':')?;
            self.space();
            value(self, name)?;
            self.space();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
            self.space();
        }
    }

    /// An array, each element of which is read by `element`.
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        self.space();
        if self.take(b']').is_some() {
            return Some(());
        }
        loop {
            element(self)?;
            self.space();
            if self.take(b',').is_none() {
                return self.take(b']');
            }
            self.space();
        }
    }

    /// Goes to the end of a string that may hold escapes, whose quote is next.
    fn skip_string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            self.at += before_special(self.rest())?;
            if self.take(b'\\').is_none() {
                return self.take(b'"');
            }
            self.at += 1;
        }
    }

    /// Goes to the end of any value.
    pub(super) fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth > 0 => self.at += 1,
                b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' => return None,
                _ => {
                    let ends =
                        |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                    self.at += self.rest().iter().position(ends)?;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
