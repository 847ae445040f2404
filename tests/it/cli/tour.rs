//! `docs/tour.md`, replayed.

use std::fs;

use crate::support::env::{TestEnv, finish};

/// What differs from run to run, made alike: keys, relative times, and the spaces that depend on their width.
fn alike(text: &str) -> String {
    let words = text.split([' ', '\n']).filter(|word| !word.is_empty());
    let mut made: Vec<String> = Vec::new();
    for word in words {
        let bare = word.trim_matches(['`', ';']);
        let is_key = bare.len() == 27 && bare.chars().all(|c| c.is_ascii_alphanumeric());
        let is_age = word.strip_suffix('s').is_some_and(|number| number.parse::<u32>().is_ok());
        if is_key {
            made.push(word.replace(bare, "KEY"));
        } else if word == "ago" && made.last().is_some_and(|last| last == "AGE") {
            made.pop();
            made.push("TIME".to_owned());
        } else if is_age {
            made.push("AGE".to_owned());
        } else {
            made.push(word.to_owned());
        }
    }
    made.join(" ")
}

#[test]
fn the_tour_is_as_written() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md")).unwrap();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_oada-jobs")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut replayed = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for part in block.split("$ ").skip(1) {
            let (command, written) = part.split_once('\n').unwrap();
            if command == "cat send.sh" {
                env.script("send.sh", written.trim_start_matches("#!/bin/sh\n"));
            }
            let mut shell = env.program("sh", &["-c", command]);
            shell.env("PATH", &path).env("OADA_JOBS_OUTPUT", "table").env_remove("COLUMNS");
            let ran = finish(shell);
            let shown = if ran.code == Some(0) { ran.stdout.clone() } else { ran.stderr.clone() };
            assert_eq!(alike(&shown), alike(written), "$ {command}\n{ran:?}");
            replayed += 1;
        }
    }
    assert!(replayed > 10);
}
