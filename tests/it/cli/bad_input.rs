//! What is wrong is told in one line with its cause and the next step, and by the exit code.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::support::env::{Ran, TestEnv};

#[test]
fn commands_and_flags() {
    let env = TestEnv::new();
    let misspelt = env.run(&["job", "pots"]);
    assert_eq!(misspelt.code, Some(2));
    assert!(misspelt.stderr.contains("post"), "{misspelt:?}");
    assert_eq!(env.run(&[]).code, Some(2));
    assert_eq!(env.run(&["--help"]).code, Some(0));
    env.run(&["job", "ls", "--service", "a/b"]).failed(2, "cannot name a service", "--service");
}

#[test]
fn configs() {
    let env = TestEnv::new();
    env.run(&["job", "post", "t", "{\"a\": 1,}"]).failed(
        2,
        "not JSON: trailing comma at line 1 column 9",
        "--set",
    );
    env.run(&["job", "post", "t", "[1]"]).failed(2, "it is an array", "--set");
    env.file("bad.json", "{\n  \"a\": oops\n}");
    env.run(&["job", "post", "t", "@bad.json"]).failed(
        2,
        "cannot use bad.json: it is not JSON: expected value at line 2",
        "--set",
    );
    let missing = env.run(&["job", "post", "t", "@gone.json"]);
    assert_eq!(missing.code, Some(3));
    assert!(
        missing.stderr.starts_with("error: cannot read the config from gone.json: No such file"),
        "{missing:?}"
    );
    let ran = env.run_with(&["job", "post", "t", "-"], "nonsense");
    ran.failed(2, "cannot use stdin: it is not JSON", "--set");
    env.file("oada-jobs.toml", "service = \"x\"\nlayout = \"new\"\n");
    let file = env.run(&["job", "ls"]);
    assert_eq!(file.code, Some(2));
    assert!(
        file.stderr.contains("oada-jobs.toml:2: layout: \"new\" is none of auto, classic, current"),
        "{file:?}"
    );
}

#[test]
fn handlers() {
    let env = TestEnv::new();
    env.run(&["serve"]).failed(2, "no handler is given", "--handler TYPE=COMMAND");
    env.run(&["serve", "--handler", "email=./gone.sh"]).failed(
        2,
        "./gone.sh: No such file",
        "check the path",
    );
    env.file("plain.sh", "#!/bin/sh\n");
    env.run(&["serve", "--handler", "email=./plain.sh"]).failed(2, "not executable", "chmod +x ./plain.sh");
    env.run(&["serve", "--handler", "email"]).failed(2, "cannot use --handler \"email\"", "TYPE=COMMAND");
    assert!(!env.path().join("home/.local").exists(), "the store was opened all the same");
}

#[test]
fn a_misspelt_type_is_guessed() {
    let env = TestEnv::new();
    let _worker = env.serve(&["--handler", "email=true", "--handler", "pdf-*=true"]);
    let is_guessed = |args: &[&str]| {
        let ran = env.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
        ran.stderr.contains("no worker handles \"emial\"; is it \"email\"?")
    };
    for args in [
        &["job", "ls", "--type", "emial"][..],
        &["job", "count", "--type", "emial"],
        &["failures", "--type", "emial"],
        &["job", "retry", "--type", "emial", "--yes"],
        &["job", "rm", "--type", "emial", "--dry-run"],
        &["queue", "pause", "--type", "emial"],
        &["job", "post", "emial", "-o", "table"],
    ] {
        assert!(is_guessed(args), "{args:?}");
    }
    for args in [
        &["job", "ls", "--type", "email"][..],
        &["job", "ls", "--type", "em*al"],
        &["job", "ls", "--type", "pdf-1"],
        &["job", "post", "pdf-2", "-o", "table"],
        &["job", "post", "emial"],
        &["job", "ls", "--type", "quite-another"],
    ] {
        assert!(!is_guessed(args), "{args:?}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_an_error_that_says_so() {
    let env = TestEnv::new();
    env.post(&["t"]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = Ran::of(env.command(&["job", "ls"]).stdout(full).output().unwrap());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.starts_with("error: cannot write to stdout: No space left"), "{ran:?}");
}

#[test]
fn a_command_says_that_it_waits_for_a_store() {
    let env = TestEnv::new();
    // Nobody listens at a port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    env.file("token", "x");
    // The pauses between attempts double from 0.1 s: in this time some attempt is made after the first second.
    let waits = &|command: &[&str]| {
        env.run(&[command, &["-d", &url, "--token-file", "token", "--request-timeout", "10s"]].concat())
    };
    let commands = [&["job", "ls"][..], &["queue", "ls"], &["queue", "ls", "--quiet"]];
    std::thread::scope(|scope| {
        for command in commands {
            scope.spawn(move || {
                let waited = waits(command);
                waited.failed(6, "cannot reach http://127.0.0.1", "check the domain");
                let said = waited.stderr.matches("trying for 10s, Ctrl-C ends it").count();
                assert_eq!(said, usize::from(!command.contains(&"--quiet")), "{command:?}: {waited:?}");
                assert!(
                    said == 0 || waited.stderr.find("trying") < waited.stderr.find("error:"),
                    "{waited:?}"
                );
            });
        }
    });
}

#[test]
fn a_context_that_cannot_be_used_is_in_nobodys_way_but_its_own() {
    let env = TestEnv::new();
    env.file("token", "x");
    for name in ["good", "bad"] {
        env.ok(&["context", "add", name, "--domain", "a.example", "--token-file", "token"]);
    }
    env.ok(&["context", "use", "bad"]);
    let file = env.path().join("home/.config/oada-jobs/contexts/bad.toml");
    let spoil = || fs::write(&file, "domain = [\n").unwrap();
    let unlink = || fs::remove_file(&file).unwrap();
    for spoilt in [&spoil as &dyn Fn(), &unlink] {
        spoilt();
        // Jobs must not go to another store than the one that is meant.
        for args in [&["job", "post", "t"][..], &["job", "ls"], &["queue", "ls"]] {
            env.run(args).failed(2, "cannot use the context in use", "oada-jobs context use");
        }
        assert!(!env.path().join("home/.local").exists());
        for args in [&["context", "ls"][..], &["context", "show"], &["man"], &["help"]] {
            assert_eq!(env.run(args).code, Some(0), "{args:?}");
        }
        assert!(env.run(&["context", "use", "bad"]).code != Some(0));
    }
    env.ok(&["context", "use", "good"]);
    env.file("home/.config/oada-jobs/contexts/bad.toml", "domain = [\n");
    env.run(&["context", "use", "bad"]).failed(2, "bad.toml:1", "context add bad");
    env.ok(&["context", "rm", "bad"]);
}

#[test]
fn a_type_that_nobody_handles() {
    let env = TestEnv::new();
    env.post(&["emial"]);
    let left = env.run(&["serve", "--handler", "email=true", "--once"]);
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(left.stderr.contains("left alone") && left.stderr.contains("emial"), "{left:?}");
    assert_eq!(env.records(&["job", "ls", "--status", "pending"]).len(), 1);
    env.ok(&["serve", "--handler", "email=true", "--once", "--unknown", "fail"]);
    let failed = env.records(&["job", "ls", "--status", "failure"]).remove(0);
    assert!(failed["error"].as_str().unwrap().contains("emial"), "{failed}");
}

#[test]
fn ports_and_folders() {
    let env = TestEnv::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    env.run(&["store", "serve", "--listen", &address]).failed(1, "Address already in use", "--listen");

    let (_store, _url) = env.serve_store(&["--data-dir", "held"]);
    let second = env.run(&["store", "serve", "--listen", "127.0.0.1:0", "--data-dir", "held"]);
    second.failed(5, "in use by process", "--data-dir");

    env.file("file", "");
    let no_folder = env.run(&["job", "ls", "--data-dir", "file"]);
    no_folder.failed(1, "cannot open the embedded store in file", "--data-dir");
    fs::create_dir(env.path().join("torn")).unwrap();
    env.file("torn/store.redb", "this is no database");
    env.run(&["job", "ls", "--data-dir", "torn"]).failed(
        1,
        "torn/store.redb is damaged",
        "restore it from a copy",
    );
    assert_eq!(fs::read_to_string(env.path().join("torn/store.redb")).unwrap(), "this is no database");
}

#[test]
fn servers_and_tokens() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    env.run(&["job", "ls", "--domain", &url]).failed(4, "no token for http://127.0.0.1", "--token-file");
    env.file("wrong.token", "wrong-token-value\n");
    let wrong = env.run(&["job", "ls", "--domain", &url, "--token-file", "wrong.token"]);
    wrong.failed(4, "does not accept the token", "--token-file");
    assert!(!wrong.stderr.contains("wrong-token-value"));
    let gone = env.run(&["job", "ls", "--domain", &url, "--token-file", "gone.token"]);
    gone.failed(4, "cannot read gone.token: No such file", "token alone");
    let unresolved = ["job", "ls", "--domain", "no-such-host.invalid", "--token-file", "wrong.token"];
    let patience = ["--request-timeout", "1s"];
    env.run(&[&unresolved[..], &patience].concat()).failed(
        6,
        "cannot reach https://no-such-host.invalid",
        "check the domain",
    );
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let refused = ["job", "ls", "--domain", &format!("http://{free}"), "--token-file", "wrong.token"];
    env.run(&[&refused[..], &patience].concat()).failed(6, "refused", "check the domain");
    env.run(&["job", "ls", "--domain", "ftp://x", "--token-file", "wrong.token"]).failed(
        2,
        "scheme must be",
        "http://localhost",
    );
    let literal = env.run(&["job", "ls", "--domain", &url, "--token", "literal-secret"]);
    assert!(literal.stderr.contains("warning: a token on the command line"), "{literal:?}");
    assert!(!literal.stderr.contains("literal-secret"), "{literal:?}");
}

#[test]
fn what_is_not_there() {
    let env = TestEnv::new();
    env.run(&["job", "show", "2Nope"]).failed(
        3,
        "no job \"2Nope\" in /bookmarks/services/oada-jobs",
        "job ls",
    );
    env.run(&["job", "show", "@last"]).failed(3, "there are no jobs", "job post");
    env.run(&["queue", "rm", "nobody"]).failed(3, "no queue \"nobody\"", "queue ls");
    env.run(&["help", "contrakt"]).failed(3, "no command or topic", "contract");
}

#[test]
fn questions_without_anybody_to_answer() {
    let env = TestEnv::new();
    env.run(&["queue", "add"]).failed(2, "name of the queue is missing", "queue add NAME");
    env.run(&["queue", "add", "x"]).failed(2, "domain is missing", "--domain HOST");
    env.run(&["queue", "add", "x", "--domain", "a.example"]).failed(
        2,
        "token is missing",
        "--token-file FILE",
    );
}

#[test]
fn a_token_file_is_the_owners_alone() {
    let env = TestEnv::new();
    env.post(&["t"]);
    let token = env.path().join("home/.local/share/oada-jobs/token");
    assert_eq!(fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);
}
