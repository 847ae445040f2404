//! What `docs/output.md` promises of results, held against results.

use serde_json::Value;

use crate::support::env::TestEnv;

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

#[test]
fn results_have_no_members_that_are_not_documented() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let key = env.post(&["t"]);
    env.file("token", "x");
    env.ok(&["serve", "--handler", "t=echo said >&2; exit 3", "--once"]);
    let waiting = env.post(&["t"]);
    for (command, args) in [
        ("queue add", &["q", "--domain", "a.example", "--token-file", "token"][..]),
        ("queue ls", &[]),
        ("queue rm", &["q"]),
        ("queue pause", &["--type", "x", "--for", "1h"]),
        ("queue resume", &["--type", "x"]),
        ("context add", &["c", "--domain", "a.example", "--token-file", "token"]),
        ("ls", &[]),
        ("use", &[]),
        ("rm", &["c"]),
        ("job count", &["--by", "type"]),
        ("failures", &[]),
        ("job retry", &[&key]),
        ("job cancel", &[&waiting]),
        ("job rm", &[&key]),
        ("stats", &[]),
        ("doctor", &[]),
        ("store check", &[]),
        ("store stats", &[]),
        ("store token ls", &[]),
    ] {
        let group = if ["ls", "use", "rm"].contains(&command) { "context " } else { "" };
        let words: Vec<&str> =
            group.split(' ').chain(command.split(' ')).filter(|word| !word.is_empty()).collect();
        let records = env.records(&[&words[..], args].concat());
        assert!(!records.is_empty(), "{command}");
        for record in records {
            assert_documented(command, &record);
        }
    }
}
