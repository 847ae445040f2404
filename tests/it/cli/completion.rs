//! What shells are answered while a word is typed.

use std::fs;
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

/// Whether a shell is here; where it is not, that is said, and is an error where shells are required.
#[expect(clippy::print_stderr, reason = "a test that did nothing should not look like one that passed")]
fn has(shell: &str) -> bool {
    let is_there = Command::new("sh").args(["-c", "command -v \"$0\"", shell]).output();
    let is_there = is_there.is_ok_and(|output| output.status.success());
    // Of the five, PowerShell alone is in no distribution.
    assert!(is_there || shell == "pwsh" || std::env::var_os("OADA_JOBS_SHELLS").is_none(), "no {shell}");
    if !is_there {
        eprintln!("skipped: no {shell}");
    }
    is_there
}

/// A shell on a terminal that completes words while they are typed.
struct Typing {
    terminal: Terminal,
    /// What it takes for going to the beginning of the line.
    home: &'static str,
    lines: usize,
}

impl Typing {
    /// Starts a shell and has it do what sets completions up.
    fn in_shell(env: &TestEnv, program: &str, args: &[&str], setup: &str) -> Self {
        let mut terminal = Terminal::start(shell(env, program, args), 200);
        terminal.presses(&format!("{setup}\n"));
        let home = if program == "elvish" { "\u{1b}[H" } else { "\u{1}" };
        let mut typing = Self { terminal, home, lines: 0 };
        typing.echoes("echo", "is up", "is up");
        typing
    }

    /// Types words and tab, and checks what they became: the shell prints the line in place of running it.
    fn completes(&mut self, typed: &str, whole: &str) {
        self.echoes(&format!("{typed}\t{}echo", self.home), "", whole);
    }

    /// Types a line whose beginning is the command `echo`, and waits for what that prints.
    fn echoes(&mut self, line: &str, rest: &str, printed: &str) {
        self.lines += 1;
        // What is typed must not look like what is printed.
        let (typed, mark) = (format!(" li''ne{} {rest}", self.lines), format!("line{} ", self.lines));
        self.terminal.presses(&format!("{line}{typed}\n"));
        self.terminal.shows(&format!("{mark}{printed}"));
    }
}

/// What is completed in each shell: typed words, and what they become.
fn completed(waiting: &str) -> Vec<(String, String)> {
    let pairs = [
        ("oada-jobs wor", "oada-jobs worker"),
        ("oada-jobs queue drain par", "oada-jobs queue drain partner"),
        ("oada-jobs context use pr", "oada-jobs context use prod"),
        ("oada-jobs -C te", "oada-jobs -C test"),
        ("oada-jobs job ls --type do", "oada-jobs job ls --type done-one"),
        ("oada-jobs queue show --read", "oada-jobs queue show --read-only"),
    ];
    let mut pairs: Vec<_> = pairs.map(|(typed, whole)| (typed.to_owned(), whole.to_owned())).into();
    for command in ["show", "logs", "retry"] {
        let begun = format!("oada-jobs job {command} {}", &waiting[..25]);
        pairs.push((begun, format!("oada-jobs job {command} {waiting}")));
    }
    pairs
}

#[test]
fn bash_completes_what_stands_on_the_store() {
    if !has("bash") {
        return;
    }
    let (env, _running, waiting) = served();
    assert_eq!(bash(&env, &["wor"]), ["worker"]);
    assert_eq!(bash(&env, &["queue", "show", ""]), ["other", "partner"]);
    assert_eq!(bash(&env, &["queue", "show", "--read"]), ["--read-only"]);
    assert_eq!(bash(&env, &["queue", "drain", "par"]), ["partner"]);
    assert_eq!(bash(&env, &["job", "ls", "--status", "suc"]), ["success"]);
    // As bash splits a word.
    assert_eq!(bash(&env, &["job", "ls", "--status", "=", "suc"]), ["success"]);
    assert_eq!(bash(&env, &["stats", ""]), [""]);
    assert!(bash(&env, &["stats", "--"]).contains(&"--help".to_owned()));
    assert_eq!(bash(&env, &["context", "use", ""]), ["prod", "test"]);
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
    if !has("bash") {
        return;
    }
    let (env, _running, waiting) = served();
    let setup = "source <(oada-jobs completions bash)";
    let mut typing = Typing::in_shell(&env, "bash", &["--norc", "--noprofile", "-i"], setup);
    for (typed, whole) in completed(&waiting) {
        typing.completes(&typed, &whole);
    }
}

#[test]
fn zsh_completes_in_a_terminal() {
    if !has("zsh") {
        return;
    }
    let (env, _running, waiting) = served();
    // Read by hand, and from a folder of functions, as the help says.
    fs::create_dir(env.path().join("functions")).unwrap();
    env.file("functions/_oada-jobs", &env.ok(&["completions", "zsh"]));
    for setup in [
        "autoload -U compinit; compinit -D -u; source <(oada-jobs completions zsh)",
        "fpath=($PWD/functions $fpath); autoload -U compinit; compinit -D -u",
    ] {
        let mut typing = Typing::in_shell(&env, "zsh", &["-f", "-i"], setup);
        for (typed, whole) in completed(&waiting) {
            typing.completes(&typed, &whole);
        }
        // More than one are listed with what they are, and no flags among them.
        typing.terminal.presses("oada-jobs queue show \t\t");
        typing.terminal.shows("partner");
        typing.terminal.shows("-- http://127.0.0.1");
        assert!(!typing.terminal.text().contains("--help"), "{}", typing.terminal.text());
    }
}

#[test]
fn fish_completes_what_stands_on_the_store() {
    if !has("fish") {
        return;
    }
    let (env, _running, waiting) = served();
    let offered = |typed: &str| -> Vec<String> {
        let script = "oada-jobs completions fish | source; complete -C \"$argv\"";
        let ran = Ran::of(shell(&env, "fish", &["--no-config", "-c", script, typed]).output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{typed}: {ran:?}");
        ran.stdout.lines().map(str::to_owned).collect()
    };
    for (typed, whole) in completed(&waiting) {
        let word = whole.rsplit(' ').next().unwrap();
        let offered = offered(&typed);
        assert!(offered.iter().any(|line| line.split('\t').next() == Some(word)), "{typed}: {offered:?}");
    }
    let queues = offered("oada-jobs queue show ");
    let names: Vec<&str> = queues.iter().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(names, ["other", "partner"]);
    assert!(queues[0].contains("\thttp://127.0.0.1"), "{queues:?}");
}

#[test]
fn elvish_completes_in_a_terminal() {
    if !has("elvish") {
        return;
    }
    let (env, _running, waiting) = served();
    let setup = "eval (oada-jobs completions elvish | slurp)";
    let mut typing = Typing::in_shell(&env, "elvish", &["-norc"], setup);
    for (typed, whole) in completed(&waiting) {
        typing.completes(&typed, &whole);
    }
}

#[test]
fn powershell_completes_what_stands_on_the_store() {
    if !has("pwsh") {
        return;
    }
    let (env, _running, waiting) = served();
    for (typed, whole) in completed(&waiting) {
        let script = format!(
            "oada-jobs completions powershell | Out-String | Invoke-Expression; \
             (TabExpansion2 '{typed}' {}).CompletionMatches.CompletionText",
            typed.len()
        );
        let ran = Ran::of(shell(&env, "pwsh", &["-NoProfile", "-Command", &script]).output().unwrap());
        let word = whole.rsplit(' ').next().unwrap();
        assert!(ran.stdout.lines().any(|line| line.trim() == word), "{typed}: {ran:?}");
    }
}

#[test]
fn scripts_are_read_without_complaint() {
    let env = TestEnv::new();
    // Elvish and PowerShell read them only where they are used.
    for (name, check) in
        [("bash", &["-n"][..]), ("zsh", &["-f", "-n"]), ("fish", &["--no-config", "--no-execute"])]
    {
        if !has(name) {
            continue;
        }
        for flags in [&[][..], &["--static"]] {
            env.file("script", &env.ok(&[&["completions", name], flags].concat()));
            let ran = Ran::of(shell(&env, name, &[check, &["script"]].concat()).output().unwrap());
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name} {flags:?}: {ran:?}");
        }
    }
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
