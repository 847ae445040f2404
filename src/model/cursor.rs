//! JSON text looked through from front to end, without a tree of values.
//!
//! Owns where one value ends and the next begins. What stands inside a value that is passed over is only looked at as far as
//! that takes: whether it is JSON is found out by whoever reads it.

use std::borrow::Cow;

use super::quoted::before_special;

/// A place in JSON text. Whatever is asked of it is `None` where the text does not go on so.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no white space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// A string, borrowed unless it holds escapes.
    pub(crate) fn string(&mut self) -> Option<Cow<'t, str>> {
        let (quoted, has_escapes) = self.quoted()?;
        let inside = quoted.get(1..quoted.len() - 1)?;
        if !has_escapes {
            return Some(Cow::Borrowed(inside));
        }
        // Entity tags have two quotes; other escapes are rare.
        let (mut plain, mut rest) = (String::with_capacity(inside.len()), inside);
        while let Some(at) = before_special(rest.as_bytes()) {
            let (clean, from) = rest.split_at(at);
            let Some(after) = from.strip_prefix("\\\"") else {
                return serde_json::from_str(quoted).ok().map(Cow::Owned);
            };
            plain.push_str(clean);
            plain.push('"');
            rest = after;
        }
        plain.push_str(rest);
        Some(Cow::Owned(plain))
    }

    /// A string as it stands there, and whether it holds escapes.
    fn quoted(&mut self) -> Option<(&'t str, bool)> {
        if !self.takes(b'"') {
            return None;
        }
        let (begin, bytes) = (self.at - 1, self.text.as_bytes());
        let mut has_escapes = false;
        loop {
            self.at += before_special(bytes.get(self.at..)?)?;
            match bytes[self.at] {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => return None,
            }
            has_escapes = true;
        }
        self.at += 1;
        self.text.get(begin..self.at).map(|quoted| (quoted, has_escapes))
    }

    /// Any value as it stands there.
    pub(crate) fn value(&mut self) -> Option<&'t str> {
        let first = self.peek()?;
        let begin = self.at;
        match first {
            b'"' => return self.quoted().map(|(quoted, _)| quoted),
            b'{' | b'[' => self.pass_brackets()?,
            _ => {
                let is_inside =
                    |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
                self.at +=
                    self.text.as_bytes().get(begin..)?.iter().take_while(|byte| is_inside(byte)).count();
            }
        }
        self.text.get(begin..self.at).filter(|value| !value.is_empty())
    }

    fn pass_brackets(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.text.as_bytes().get(self.at)? {
                b'"' => {
                    self.quoted()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The members of an object: `each` is given the name and has to pass over the value.
    pub(crate) fn members(&mut self, mut each: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.list(b'{', b'}', |cursor| {
            let name = cursor.string()?;
            if cursor.takes(b':') { each(cursor, &name) } else { None }
        })
    }

    /// The elements of an array: `each` has to pass over one.
    pub(crate) fn elements(&mut self, each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.list(b'[', b']', each)
    }

    fn list(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.takes(open) {
            return None;
        }
        if self.takes(close) {
            return Some(());
        }
        loop {
            each(self)?;
            if self.takes(close) {
                return Some(());
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    /// Whether nothing follows.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// The tree of values, by way of a cursor.
    fn tree(cursor: &mut Cursor<'_>) -> Option<Value> {
        match cursor.peek()? {
            b'{' => {
                let mut map = serde_json::Map::new();
                cursor.members(|cursor, name| {
                    map.insert(name.to_owned(), tree(cursor)?);
                    Some(())
                })?;
                Some(Value::Object(map))
            }
            b'[' => {
                let mut array = Vec::new();
                cursor.elements(|cursor| {
                    array.push(tree(cursor)?);
                    Some(())
                })?;
                Some(Value::Array(array))
            }
            b'"' => cursor.string().map(|text| Value::String(text.into_owned())),
            _ => serde_json::from_str(cursor.value()?).ok(),
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let text = || prop_oneof!["[a-z]{0,20}", "[\"\\\\é\n/]{0,4}", any::<String>()];
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 32, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..5)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_finds_what_stands_there(value in json(), is_pretty: bool) {
            let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.unwrap();
            let mut cursor = Cursor::new(&text);
            prop_assert_eq!(tree(&mut cursor), Some(value));
            prop_assert!(cursor.is_at_end());
            let more = format!(" {text}\n]");
            let mut cursor = Cursor::new(&more);
            prop_assert_eq!(cursor.value(), Some(&*text));
            prop_assert_eq!((cursor.peek(), cursor.is_at_end()), (Some(b']'), false));
        }

        #[test]
        fn what_is_cut_off_is_not_taken_for_a_whole(value in json(), cut in any::<prop::sample::Index>()) {
            let text = Value::Array(vec![value]).to_string();
            let cut = (0..=cut.index(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            prop_assert_eq!(Cursor::new(&text[..cut]).value(), None);
            prop_assert_eq!(tree(&mut Cursor::new(&text[..cut])), None);
        }

        #[test]
        fn no_text_panics(text in prop_oneof![".{0,40}", "[\\[\\]{}\",:\\\\ 1a]{0,20}"]) {
            let mut cursor = Cursor::new(&text);
            while cursor.value().is_some() {}
            let _ = tree(&mut Cursor::new(&text));
        }
    }

    #[test]
    fn what_is_of_another_form_is_refused() {
        for bad in [
            "", "{", "\"\n\"", "[1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "\"a", "]",
            "[\"\\",
        ] {
            assert_eq!(tree(&mut Cursor::new(bad)), None, "{bad}");
        }
    }
}
