//! What shells are answered while a word is typed.

use std::net::TcpListener;
use std::process::Command;

use crate::support::env::{Ran, Running, TestEnv};
use crate::support::terminal::Terminal;

/// A service with a bit of everything, and a key of a job that waits.
fn served() -> (TestEnv, Vec<Running>, String) {
    let env = TestEnv::new();
    let (store, url) = env.serve_store(&[]);
    env.post(&["done-one"]);
    env.ok(&["serve", "--handler", "done-one=true", "--once"]);
    let waiting = env.post(&["waits"]);
    env.file("token", "x");
    for name in ["partner", "other"] {
        env.ok(&["queue", "add", name, "--domain", &url, "--token-file", "token"]);
    }
    for name in ["prod", "test"] {
        env.ok(&["context", "add", name, "--domain", "a.example", "--token-file", "token"]);
    }
    env.post(&["elsewhere", "-s", "mailer"]);
    (env, vec![store], waiting)
}

/// The environment of a shell that has the program in its path, and patience with a busy machine.
fn shell(env: &TestEnv, program: &str, args: &[&str]) -> Command {
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_oada-jobs")).parent().unwrap();
    let mut command = env.program(program, args);
    command.env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    command.env("OADA_JOBS_COMPLETE_WITHIN", "30s");
    command
}

/// What bash offers for the last of some words.
fn bash(env: &TestEnv, words: &[&str]) -> Vec<String> {
    let script = r#"
source <(oada-jobs completions bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
_clap_complete_oada_jobs oada-jobs "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}""#;
    let args = [&["--norc", "-c", script, "bash", "oada-jobs"], words].concat();
    let ran = Ran::of(shell(env, "bash", &args).output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words:?}: {ran:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}

/// What the program answers to a shell, in its own words.
fn answer(env: &TestEnv, shell_name: &str, words: &[&str]) -> Ran {
    let mut command = shell(env, env!("CARGO_BIN_EXE_oada-jobs"), &[&["--", "oada-jobs"], words].concat());
    command.env("OADA_JOBS_COMPLETE", shell_name);
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).env("_CLAP_IFS", "\n");
    Ran::of(command.output().unwrap())
}

fn has_bash() -> bool {
    Command::new("bash").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn bash_completes_what_stands_on_the_store() {
    if !has_bash() {
        return;
    }
    let (env, _running, waiting) = served();
    assert_eq!(bash(&env, &["wor"]), ["worker"]);
    assert_eq!(bash(&env, &["queue", "show", ""]), ["other", "partner", "--help"]);
    assert_eq!(bash(&env, &["queue", "show", "--read"]), ["--read-only"]);
    assert_eq!(bash(&env, &["queue", "drain", "par"]), ["partner"]);
    assert_eq!(bash(&env, &["context", "use", ""]), ["prod", "test", "--help"]);
    assert_eq!(bash(&env, &["-C", "pr"]), ["prod"]);
    assert_eq!(bash(&env, &["--service", "ma"]), ["mailer"]);
    assert_eq!(bash(&env, &["job", "post", "w"]), ["waits"]);
    let mut types = bash(&env, &["job", "ls", "--type", ""]);
    types.sort();
    assert_eq!(types, ["done-one", "waits"]);
    assert_eq!(bash(&env, &["job", "ls", "-s", "mailer", "--type", ""]), ["elsewhere"]);
    let jobs = bash(&env, &["job", "show", ""]);
    assert!(jobs[0] == waiting && jobs.contains(&"@last".to_owned()), "{jobs:?}");
    assert_eq!(jobs.iter().filter(|job| job.len() == 27).count(), 2, "{jobs:?}");
    assert_eq!(bash(&env, &["job", "retry", &waiting[..25]])[0], waiting);
    let _worker = env.serve(&["--handler", "t=true"]);
    assert_eq!(bash(&env, &["worker", "stop", ""])[0].len(), 27);
}

#[test]
fn bash_completes_in_a_terminal() {
    if !has_bash() {
        return;
    }
    let (env, _running, _waiting) = served();
    let mut terminal = Terminal::start(shell(&env, "bash", &["--norc", "--noprofile", "-i"]), 100);
    terminal.presses("PS1=$'rea''dy> '; source <(oada-jobs completions bash)\n");
    terminal.shows("ready> ");
    terminal.presses("oada-jobs context use pr\t");
    terminal.shows("oada-jobs context use prod");
    terminal.presses("\n");
    terminal.shows("context prod is in use");
}

#[test]
fn other_shells_are_told_what_a_job_is() {
    let (env, _running, waiting) = served();
    for name in ["zsh", "fish"] {
        let told = answer(&env, name, &["job", "show", &waiting[..25]]);
        assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{told:?}");
        let line = told.stdout.lines().find(|line| line.starts_with(&waiting)).unwrap();
        assert!(line.contains("waits pending"), "{name}: {told:?}");
    }
    assert!(env.ok(&["completions", "zsh"]).starts_with("#compdef oada-jobs"));
    assert!(env.ok(&["completions", "fish"]).contains("complete --"));
    assert!(env.ok(&["completions", "bash", "--static"]).contains("--max-pending-age"));
}

#[test]
fn a_store_in_the_data_folder_is_asked_and_none_is_made() {
    let env = TestEnv::new();
    let nothing = answer(&env, "bash", &["job", "show", ""]);
    assert_eq!((nothing.code, nothing.stderr.as_str()), (Some(0), ""), "{nothing:?}");
    assert!(!env.path().join("home/.local").exists());
    let key = env.post(&["t"]);
    assert!(answer(&env, "bash", &["job", "show", ""]).stdout.contains(&key));
}

#[test]
fn what_fails_is_left_out_in_silence_and_nobody_waits() {
    let env = TestEnv::new();
    // It takes the connection and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    env.file("token", "x");
    env.file("broken.toml", "domain = [");
    for flags in [
        &["-d", &silent, "--token-file", "token"][..],
        &["-d", "http://127.0.0.1:1", "--token-file", "token"],
        &["-d", "a.example"],
        &["--token-file", "nowhere", "-d", &silent],
        &["--config-file", "broken.toml"],
        &["-C", "nowhere"],
        &["-t", "-", "-d", &silent],
    ] {
        for words in [&["job", "show", ""][..], &["job", "ls", "--type", ""], &["queue", "rm", ""]] {
            let words = [flags, words].concat();
            let mut command =
                shell(&env, env!("CARGO_BIN_EXE_oada-jobs"), &[&["--", "oada-jobs"], &words[..]].concat());
            command.env("OADA_JOBS_COMPLETE", "bash").env("OADA_JOBS_COMPLETE_WITHIN", "150ms");
            command.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
            let told = Ran::of(command.output().unwrap());
            assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{words:?}: {told:?}");
            assert!(!told.stdout.contains("3M"), "{told:?}");
        }
    }
    // A command that gives the token might ask a question.
    env.ok(&["context", "add", "asks", "--domain", &silent, "--token-command", "touch asked; echo x"]);
    answer(&env, "bash", &["-C", "asks", "job", "show", ""]);
    assert!(!env.path().join("asked").exists());
    let unknown = answer(&env, "tcsh", &["job"]);
    assert_eq!((unknown.code, unknown.stderr.as_str()), (Some(1), ""), "{unknown:?}");
}
