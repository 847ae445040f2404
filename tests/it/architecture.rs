//! The rooms depend on each other in one direction only (`design.md` 2).

use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms each room may use.
const ARROWS: [(&str, &[&str]); 7] = [
    ("model", &[]),
    ("oada", &["model"]),
    ("jobs", &["oada", "model"]),
    ("process", &[]),
    ("engine", &["jobs", "oada", "model", "process"]),
    ("store", &["model"]),
    ("cli", &["engine", "jobs", "oada", "model", "process", "store"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms named after `crate::` in the non-test part of a file.
fn rooms_used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .flat_map(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            Some(name).filter(|name| !name.is_empty())
        })
        .collect()
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (room, allowed) in ARROWS {
        let mut files = Vec::new();
        sources(&src.join(room), &mut files);
        assert!(!files.is_empty(), "no sources in {room}");
        for file in files {
            for used in rooms_used(&fs::read_to_string(&file).unwrap()) {
                let is_room = ARROWS.iter().any(|(other, _)| *other == used);
                if is_room && used != room && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{} uses {used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows of design.md 2:\n{}", wrong.join("\n"));
}

#[test]
fn no_room_prints_or_exits_but_cli() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, _) in ARROWS.iter().filter(|(room, _)| *room != "cli") {
        let mut files = Vec::new();
        sources(&src.join(room), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["println!", "eprintln!", "process::exit"] {
                assert!(!code.contains(word), "{} has {word}", file.display());
            }
        }
    }
}
