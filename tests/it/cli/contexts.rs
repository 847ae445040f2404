//! Contexts: where their tokens come from, what they forbid, and what is asked for them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::env::{Running, TestEnv};
use crate::support::terminal::Terminal;

/// A store that is reached by its address alone, that address, and its token.
fn elsewhere() -> (TestEnv, Running, String, String) {
    let env = TestEnv::new();
    let (store, url) = env.serve_store(&["--data-dir", "served"]);
    let token = fs::read_to_string(env.path().join("served/token")).unwrap().trim().to_owned();
    (env, store, url, token)
}

#[test]
fn a_command_gives_the_token_and_neither_is_told() {
    let (env, _store, url, token) = elsewhere();
    env.script(
        "vault",
        &format!("echo asking the vault >&2; read -r line && exit 9; echo {token}; echo more"),
    );
    env.ok(&["context", "add", "prod", "--domain", &url, "--token-command", "./vault # secret-argument"]);
    env.ok(&["context", "use", "prod"]);
    let posted = env.run_with(&["job", "post", "t", "-", "-vv"], "{}");
    assert_eq!(posted.code, Some(0), "{posted:?}");
    assert!(posted.stderr.contains("asking the vault"), "{posted:?}");
    let listed = env.run(&["context", "ls"]);
    for text in [&posted.stdout, &posted.stderr, &listed.stdout, &env.run(&["doctor", "-vv"]).stdout] {
        assert!(!text.contains(&token) && !text.contains("secret-argument"), "{text}");
    }
    let by_variable = |command: &str| {
        let mut list = env.command(&["job", "ls", "-d", &url]);
        list.env("OADA_TOKEN_COMMAND", command);
        crate::support::env::Ran::of(list.output().unwrap())
    };
    env.ok(&["context", "use"]);
    env.ok(&["queue", "add", "q", "-d", &url, "--token-command", "./vault"]);
    assert_eq!(env.records(&["queue", "show", "q"])[0]["state"], "open");
    assert_eq!(by_variable("./vault").code, Some(0));
    by_variable("exit 3").failed(4, "OADA_TOKEN_COMMAND: token_command failed: exit status: 3", "by hand");
    by_variable("echo; echo late").failed(4, "no token in its first line", "by hand");
    by_variable("kill -9 $$").failed(4, "signal: 9", "by hand");
    by_variable("./nowhere").failed(4, "exit status: 127", "by hand");
    assert_eq!(env.run(&["context", "add", "x", "--token-command", "y", "--token-file", "z"]).code, Some(2));
    env.file("oada-jobs.toml", "token_command = \"touch ran\"\n");
    env.run(&["job", "ls", "-d", &url]).failed(2, "must not run commands", "context add");
    assert!(!env.path().join("ran").exists());
}

#[test]
fn a_token_file_that_others_may_read_is_warned_of() {
    let (env, _store, url, token) = elsewhere();
    let file = env.file("token", &token);
    let list = ["job", "ls", "-d", &url, "--token-file", "token"];
    let add = ["context", "add", "prod", "-d", &url, "--token-file", "token"];
    let queue = ["queue", "add", "other", "-d", &url, "--token-file", "token"];
    for (mode, is_warned) in [(0o644, true), (0o640, true), (0o600, false), (0o400, false)] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        for args in [&list[..], &add[..], &queue[..], &["job", "ls", "-C", "prod"]] {
            let ran = env.run(args);
            assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
            assert_eq!(ran.stderr.contains("chmod 600"), is_warned, "{mode:o} {args:?}: {ran:?}");
            assert!(!ran.stderr.contains(&token));
        }
    }
}

#[test]
fn a_context_for_reading_refuses_all_that_writes() {
    let (env, _store, url, _token) = elsewhere();
    let token = env.path().join("served/token");
    let add = ["context", "add", "look", "-d", &url, "--token-file", token.to_str().unwrap(), "--read-only"];
    env.ok(&[&add[..], &["--output", "csv"]].concat());
    env.ok(&["context", "use", "look"]);
    assert!(env.ok(&["job", "ls"]).starts_with("key,type,"));
    assert!(env.ok(&["context", "ls", "-o", "ndjson"]).contains("\"read_only\":true"));
    for args in [
        &["job", "post", "t"][..],
        &["job", "retry", "--all"],
        &["queue", "pause"],
        &["queue", "drain"],
        &["queue", "add", "x", "--domain", "a.example", "--token-file", "y"],
        &["worker", "release", "x"],
        &["prune", "--success-older-than", "1d"],
        &["serve", "--handler", "t=true"],
    ] {
        env.run(args).failed(4, "look.toml says that nothing may be changed", "-C NAME");
    }
    for args in [&["queue", "show"][..], &["queue", "stats"], &["worker", "ls"], &["stats"]] {
        assert_eq!(env.run(args).code, Some(0), "{args:?}");
    }
}

#[test]
fn what_a_context_misses_is_asked_for_and_the_token_is_hidden() {
    let env = TestEnv::new();
    let mut terminal = Terminal::start(env.command(&["context", "add"]), 100);
    terminal.shows("Name of the context");
    terminal.types("prod");
    terminal.shows("Domain");
    terminal.types("oada.example.org");
    terminal.shows("Token");
    terminal.types("very-secret");
    let (code, drawn) = terminal.ended();
    assert_eq!(code, Some(0), "{drawn}");
    assert!(!drawn.contains("very-secret") && drawn.contains("added context prod"), "{drawn}");
    let file = env.path().join("home/.config/oada-jobs/contexts/prod.toml");
    assert!(fs::read_to_string(&file).unwrap().contains("very-secret"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    env.run(&["context", "add"]).failed(2, "name of the context is missing", "context add NAME");
    env.run(&["context", "add", "x"]).failed(2, "domain is missing", "--domain");
    env.run(&["context", "add", "x", "--domain", "a"]).failed(2, "token is missing", "--token-file");
    env.run(&["queue", "add", "x", "--domain", "a"]).failed(2, "token is missing", "--token-file");
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let (env, _store, url, token) = elsewhere();
    let file = env.path().join("served/token");
    let file = file.to_str().unwrap();
    env.ok(&["context", "add", "prod", "-d", &url, "--token-file", file, "--service", "mailer"]);
    env.ok(&["context", "add", "other", "-d", "other.example", "-t", "@served/token"]);
    env.file("oada-jobs.toml", "layout = \"current\"\n");
    let show = |args: &[&str], setting: &str| {
        let records = env.records(&[&["context", "show"], args].concat());
        let found = records.into_iter().find(|record| record["setting"] == setting).unwrap();
        let text = |member: &str| found[member].as_str().unwrap_or("-").to_owned();
        (text("value"), text("from"))
    };
    assert_eq!(show(&[], "context"), ("-".into(), "-".into()));
    assert_eq!(show(&[], "domain"), ("-".into(), "-".into()));
    assert_eq!(show(&[], "service"), ("oada-jobs".into(), "default".into()));
    env.ok(&["context", "use", "prod"]);
    assert_eq!(show(&[], "context"), ("prod".into(), "context use".into()));
    let (domain, from) = show(&[], "domain");
    assert!(domain == url && from.ends_with("contexts/prod.toml"), "{domain} {from}");
    assert_eq!(show(&["--service", "x"], "service"), ("x".into(), "--service".into()));
    assert!(show(&[], "layout").1.ends_with("oada-jobs.toml"));
    let (where_from, _) = show(&[], "token");
    assert!(where_from.ends_with("served/token"), "{where_from}");
    assert_eq!(show(&["other"], "domain").0, "other.example");
    assert_eq!(show(&["-C", "other"], "context"), ("other".into(), "--context".into()));
    assert_eq!(show(&["other"], "token").0, "given");
    for format in ["table", "ndjson", "json", "yaml", "csv"] {
        assert!(!env.ok(&["context", "show", "other", "-o", format]).contains(&token));
    }
    env.run(&["context", "show", "othre"]).failed(3, "no context \"othre\"", "\"other\"");
}

#[test]
fn the_context_before_is_used_again() {
    let env = TestEnv::new();
    env.file("token", "x");
    for name in ["first", "second"] {
        env.ok(&["context", "add", name, "-d", "a.example", "--token-file", "token"]);
    }
    let current = || {
        let contexts = env.records(&["context", "ls"]);
        let current = contexts.into_iter().find(|context| context["current"] == true);
        current.map(|context| context["name"].as_str().unwrap().to_owned())
    };
    let back = ["context", "use", "-"];
    env.run(&back).failed(3, "no context was in use before", "context use NAME");
    env.ok(&["context", "use", "first"]);
    env.run(&back).failed(3, "no context was in use before", "context use NAME");
    env.ok(&["context", "use", "second"]);
    env.ok(&["context", "use", "second"]);
    assert_eq!(env.records(&back)[0]["name"], "first");
    assert_eq!(current().as_deref(), Some("first"));
    env.ok(&["context", "previous"]);
    assert_eq!(current().as_deref(), Some("second"));
    env.ok(&["context", "use"]);
    assert_eq!(current(), None);
    env.ok(&["context", "previous"]);
    assert_eq!(current().as_deref(), Some("second"));
    env.ok(&["context", "use", "first"]);
    env.ok(&["context", "rm", "second"]);
    env.run(&back).failed(3, "no context \"second\"", "context ls");
    assert_eq!(current().as_deref(), Some("first"));
    env.run(&["context", "add", "-x", "--domain", "a"]).code.filter(|code| *code == 2).unwrap();
}

#[test]
fn no_example_shows_a_token_on_the_command_line() {
    let env = TestEnv::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![fs::read_to_string(root.join("README.md")).unwrap()];
    for folder in ["docs", "examples", "contrib", "man"] {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        texts.extend(files.filter_map(|path| fs::read_to_string(path).ok()));
    }
    texts.push(env.ok(&["help", "environment"]));
    for text in texts {
        for line in text.lines() {
            let line = line.replace('\\', "");
            let given = line.split("--token ").skip(1).chain(line.split(" -t ").skip(1));
            for value in given.filter(|_| line.contains("oada-jobs ")) {
                assert!(value.starts_with(['@', '-', '<', '[', '"']), "{line}");
            }
        }
    }
}
