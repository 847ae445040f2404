//! What `docs/output.md` promises of results, held against results.

use serde_json::Value;

/// Checks that each member of a record stands in the line of its command in `docs/output.md`.
pub(super) fn assert_documented(command: &str, record: &Value) {
    let page = include_str!("../../../docs/output.md");
    let of_command = |line: &&str| {
        let cell = line.strip_prefix("| ").and_then(|line| line.split(" | ").next()).unwrap_or_default();
        cell.split(", ").any(|named| named.trim_matches('`') == command)
    };
    let lines: String = page.lines().filter(of_command).collect();
    assert!(!lines.is_empty(), "{command:?} is not in docs/output.md");
    for member in names(record) {
        assert!(lines.contains(&format!("`{member}`")), "{member:?} of {command:?} is not in docs/output.md");
    }
}

/// All member names, at any depth, of our own records: not of configs and results.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let below = members.values().flat_map(names);
            members.keys().cloned().chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}
