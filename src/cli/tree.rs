//! A TOML file as a tree in which everything knows its line.
//!
//! Must not know what any key means.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and the line it begins on.
#[derive(Clone, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a file can hold.
#[derive(Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Truth(bool),
    Integer(i64),
    List(Vec<Node>),
    Table(Vec<Member>),
    /// Nothing that any key may be: a fraction, a date, a number that is too large.
    Other,
}

/// A key and what it holds, in the order of the file.
#[derive(Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    /// The line of the key.
    pub(super) line: usize,
    pub(super) node: Node,
}

/// Reads a file.
///
/// # Errors
/// The line that is no TOML, and what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<Member>, (usize, String)> {
    let lines = Lines(text);
    let root = DeTable::parse(text)
        .map_err(|error| (lines.at(error.span().map_or(0, |span| span.start)), error.message().to_owned()))?;
    Ok(lines.members(root.get_ref()))
}

struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn at(&self, offset: usize) -> usize {
        let before = self.0.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    fn members(&self, table: &DeTable<'_>) -> Vec<Member> {
        let mut members: Vec<Member> = table
            .iter()
            .map(|(key, value)| Member {
                key: key.get_ref().to_string(),
                line: self.at(key.span().start),
                node: self.node(value),
            })
            .collect();
        members.sort_by_key(|member| member.line);
        members
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let line = self.at(value.span().start);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Boolean(truth) => Value::Truth(*truth),
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Other, Value::Integer)
            }
            DeValue::Array(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => Value::Table(self.members(table)),
            DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
        };
        Node { line, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_knows_its_line() {
        let text = "a = 0x1F\n\n[t.\"x.*\"]\nb = [\n 'ü',\n true,\n]\n[t.y]\nc.d = 1.5\n";
        let root = parse(text).unwrap_or_else(|(line, what)| panic!("{line}: {what}"));
        let table = |node: &Node| match &node.value {
            Value::Table(members) => members.clone(),
            _ => panic!("no table"),
        };
        assert!(root[0].node.value == Value::Integer(31) && root[0].line == 1);
        let types = table(&root[1].node);
        assert_eq!(
            types.iter().map(|one| (one.key.as_str(), one.line)).collect::<Vec<_>>(),
            [("x.*", 3), ("y", 8)]
        );
        let Value::List(items) = &table(&types[0].node)[0].node.value else { panic!("no list") };
        assert_eq!(items.iter().map(|item| item.line).collect::<Vec<_>>(), [5, 6]);
        let dotted = table(&types[1].node).remove(0);
        assert!(dotted.line == 9 && table(&dotted.node)[0].node.value == Value::Other);
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let failed = |text| parse(text).map(|_| ()).unwrap_err().0;
        assert_eq!((failed("a = 1\nb = \n"), failed("a = 1\na = 2\n")), (2, 2));
    }
}
