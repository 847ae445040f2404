//! Objects of JSON written as text, member by member.

use serde::Serialize;

use super::quoted::push_quoted;

/// Writes the members of one object, in the order in which they come.
pub(crate) struct Members<'t> {
    text: &'t mut String,
    is_first: bool,
}

impl Members<'_> {
    /// An object by itself.
    pub(crate) fn write(write: impl FnOnce(&mut Members<'_>)) -> String {
        let mut text = String::with_capacity(512);
        Members::push(&mut text, write);
        text
    }

    fn push(text: &mut String, write: impl FnOnce(&mut Members<'_>)) {
        text.push('{');
        write(&mut Members { text, is_first: true });
        text.push('}');
    }

    /// The name of the next member, which is our own and so needs no escapes.
    fn name(&mut self, name: &'static str) -> &mut String {
        self.text.push_str(if std::mem::take(&mut self.is_first) { "\"" } else { ",\"" });
        self.text.push_str(name);
        self.text.push_str("\":");
        self.text
    }

    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        push_quoted(self.name(name), value);
    }

    pub(crate) fn object(&mut self, name: &'static str, write: impl FnOnce(&mut Members<'_>)) {
        Members::push(self.name(name), write);
    }

    /// Any value that is JSON; `null` in the place of others.
    pub(crate) fn value(&mut self, name: &'static str, value: &impl Serialize) {
        push_value(self.name(name), value);
    }

    /// The key of the next member, whatever it is.
    fn key(&mut self, key: &str) -> &mut String {
        if !std::mem::take(&mut self.is_first) {
            self.text.push(',');
        }
        push_quoted(self.text, key);
        self.text.push(':');
        self.text
    }

    /// An object under any key.
    pub(crate) fn object_at(&mut self, key: &str, write: impl FnOnce(&mut Members<'_>)) {
        Members::push(self.key(key), write);
    }

    /// A value under any key.
    pub(crate) fn value_at(&mut self, key: &str, value: &impl Serialize) {
        push_value(self.key(key), value);
    }
}

fn push_value(text: &mut String, value: &impl Serialize) {
    let value = serde_json::to_string(value);
    text.push_str(value.as_deref().unwrap_or("null"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn objects_are_written_as_others_write_them() {
        let text = Members::write(|all| {
            all.text("a", "\"b\"\n");
            all.object("c", |inner| inner.value("d", &[1, 2]));
            all.object_at("e\"", |_| {});
            all.value_at("f\n", &());
        });
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!({"a": "\"b\"\n", "c": {"d": [1, 2]}, "e\"": {}, "f\n": null}));
        assert_eq!(Members::write(|_| {}), "{}");
    }
}
