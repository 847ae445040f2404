//! Files that are generated or repeat what the binary says agree with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::env::TestEnv;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn completions_manual_pages_and_the_schema_are_fresh() {
    let env = TestEnv::new();
    env.ok(&["generate", "."]);
    for folder in ["completions", "man"] {
        let fresh = files(&env.path().join(folder));
        let committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&committed), names(&fresh), "run `oada-jobs generate .`");
        for (name, bytes) in &fresh {
            assert!(committed[name] == *bytes, "{folder}/{name} is stale: run `oada-jobs generate .`");
        }
    }
    let schema = |folder: &Path| fs::read(folder.join("docs/oada-jobs.schema.json")).unwrap();
    let committed = schema(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(committed == schema(env.path()), "the schema is stale: run `oada-jobs generate .`");
}

#[test]
fn each_command_has_help_and_a_manual_page() {
    let env = TestEnv::new();
    let page = env.ok(&["man", "job", "post"]);
    assert!(page.contains(".TH oada-jobs-job-post 1"), "{page}");
    assert_eq!(env.run(&["man", "job", "pots"]).code, Some(3));
    assert!(env.ok(&["help", "job", "ls"]).contains("--status"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(env.ok(&["completions", shell]).contains("oada-jobs"), "{shell}");
    }
}

#[test]
fn help_begins_with_what_it_is_for_and_examples() {
    let env = TestEnv::new();
    let mut with_examples = 0;
    for page in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).into_keys() {
        let stem = page.trim_end_matches(".1").trim_start_matches("oada-jobs").trim_start_matches('-');
        let words: Vec<&str> = stem.split('-').filter(|word| !word.is_empty()).collect();
        let texts = [env.ok(&[&words[..], &["--help"]].concat()), env.ok(&[&["help"], &words[..]].concat())];
        for text in texts {
            let at = |heading: &str| text.find(heading);
            assert!(at("Usage:").is_some() && at("Usage:") < at("Options:"), "{page}: {text}");
            if let Some(examples) = at("Examples:") {
                assert!(
                    Some(examples) < at("\nOptions:") && Some(examples) < at("Global options:"),
                    "{page}"
                );
                with_examples += 1;
            }
        }
    }
    assert!(with_examples > 80, "{with_examples}");
}

#[test]
fn the_readme_lists_the_commands_and_exit_codes() {
    let env = TestEnv::new();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let table = readme.split("## Commands").nth(1).unwrap().split("## ").next().unwrap();
    let listed: Vec<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .flat_map(|line| {
            let cell = line.split(" | ").next().unwrap();
            let words: Vec<&str> = cell.split(", ").map(|word| word.trim_matches('`')).collect();
            // `queue add`, `ls`: the group is named once.
            let group = words[0].rsplit_once(' ').map(|(group, _)| group.to_owned());
            words
                .into_iter()
                .map(|word| match &group {
                    Some(group) if !word.contains(' ') => format!("{group} {word}"),
                    _ => word.to_owned(),
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let pages: Vec<String> = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).into_keys().collect();
    let mut commands: Vec<String> = pages
        .iter()
        .filter(|page| {
            // Groups are not commands by themselves.
            let stem = page.trim_end_matches(".1");
            stem != "oada-jobs" && !pages.iter().any(|other| other.starts_with(&format!("{stem}-")))
        })
        .map(|page| page.trim_end_matches(".1").trim_start_matches("oada-jobs-").replace('-', " "))
        .collect();
    let mut listed = listed;
    commands.sort();
    listed.sort();
    assert_eq!(listed, commands);

    let codes = env.ok(&["help", "exit-codes"]);
    for line in codes.lines().skip(2) {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        assert!(readme.contains(&format!("| {code} | {meaning} |")), "{line:?} is not in README.md");
    }
}
