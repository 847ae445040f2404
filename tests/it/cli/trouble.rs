//! Servers that are slow, refuse, talk nonsense or break off: each kind of command says what, where, why and what next,
//! in one line and with the right exit code, and ends.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::env::{DEADLINE, Ran, Running, TestEnv};
use crate::support::trouble::{Asked, Fault, Trouble};

/// The server, the commands' home, and jobs of each kind in it.
struct World {
    env: TestEnv,
    _store: Running,
    trouble: Trouble,
    token: String,
    failed: String,
}

/// Days in the first zone are over as seen from the second.
const WEST: &str = "Pacific/Pago_Pago";
const EAST: &str = "Pacific/Kiritimati";

impl World {
    fn new() -> Self {
        let env = TestEnv::new();
        let (store, url) = env.serve_store(&["--data-dir", "data"]);
        let (trouble, token) = Trouble::before_store_of(&env, &url, "config.toml");
        let world = Self { env, _store: store, trouble, token, failed: String::new() };
        let failed = world.post(&["bad"]);
        world.post(&["bad"]);
        world.post(&["good"]);
        let handlers = ["--handler", "bad=exit 3", "--handler", "good=true"];
        let served = world.run(&[&["serve", "--once", "--tz", WEST], &handlers[..]].concat(), "");
        assert_eq!(served.code, Some(0), "{served:?}");
        world.post(&["later"]);
        Self { failed, ..world }
    }

    fn post(&self, args: &[&str]) -> String {
        let ran = self.run(&[&["job", "post"], args].concat(), "");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap()["key"].as_str().unwrap().to_owned()
    }

    /// Runs a command at the server to its end, which must come.
    fn run(&self, args: &[&str], stdin: &str) -> Ran {
        let mut command = self.env.command(&[args, &["--config-file", "config.toml"]].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        let (mut to_child, stdin) = (child.stdin.take().unwrap(), stdin.to_owned());
        // A command that fails early does not read it.
        let feeding = thread::spawn(move || drop(to_child.write_all(stdin.as_bytes())));
        let (sender, ended) = mpsc::channel();
        let waiting = thread::spawn(move || drop(sender.send(child.wait_with_output().unwrap())));
        let in_time = ended.recv_timeout(DEADLINE);
        if in_time.is_err() {
            kill_process(pid, Signal::KILL).unwrap();
        }
        feeding.join().unwrap();
        waiting.join().unwrap();
        let ran = Ran::of(in_time.unwrap_or_else(|_| panic!("{args:?} does not end: {:?}", ended.recv())));
        assert!(!ran.stderr.contains("panicked"), "{args:?}: {ran:?}");
        assert!(!ran.stderr.contains(&self.token) && !ran.stdout.contains(&self.token), "{args:?}: {ran:?}");
        ran
    }

    /// A command of each kind.
    fn commands(&self) -> Vec<(Vec<&str>, &'static str)> {
        let prune = ["prune", "--success-older-than", "0s", "--resources", "--tz", EAST, "--yes"];
        vec![
            (vec!["job", "post", "t"], ""),
            (vec!["job", "post", "t", "--ndjson"], "{}\n{}\n{}\n"),
            (vec!["job", "ls"], ""),
            (vec!["job", "show", &self.failed], ""),
            (vec!["job", "watch", &self.failed], ""),
            (vec!["job", "wait", &self.failed], ""),
            (vec!["job", "retry", "--status", "failure", "--yes"], ""),
            (vec!["job", "export", "--all"], ""),
            (prune.to_vec(), ""),
            (vec!["stats"], ""),
            (vec!["queue", "ls"], ""),
            (vec!["check"], ""),
        ]
    }

    /// Runs each command while all requests are broken alike; it must fail so.
    fn all_fail(&self, fault: &Fault, flags: &[&str], (code, cause, next): (i32, &str, &str)) {
        let told = fault.clone();
        self.trouble.breaks(move |_| told.clone());
        for (args, stdin) in self.commands() {
            let ran = self.run(&[&args, flags].concat(), stdin);
            // What a probe cannot tell is neither well nor critical, whatever the reason.
            let code = if args[0] == "check" { 3 } else { code };
            assert_eq!(ran.code, Some(code), "{args:?} at {fault:?}: {ran:?}");
            ran.failed(code, cause, next);
        }
    }
}

#[test]
fn servers_that_refuse() {
    let world = World::new();
    let quick = ["--request-timeout", "2s"];
    for (fault, expected) in [
        (Fault::status(401), (4, "the server does not accept the token (status 401)", "--token-file")),
        (Fault::status(500), (1, "the server failed (status 500)", "log")),
        (Fault::status(503), (6, "the server is not available (status 503)", "try again")),
        (Fault::wait("120"), (6, "asks to slow down (status 429)", "asks to wait 2m")),
        (Fault::status(400), (1, "does not understand the request (status 400)", "doctor")),
        (Fault::status(302), (1, "the server has moved (status 302)", "doctor")),
    ] {
        world.all_fail(&fault, &quick, expected);
    }
    // A place that may not be seen, and one that is not there, look alike below `/resources`.
    world.trouble.breaks(|_| Fault::status(403));
    for (args, stdin) in world.commands() {
        let ran = world.run(&[&args[..], &quick].concat(), stdin);
        match args[0] {
            "check" => ran.failed(3, "not allowed with this token", "use a token"),
            _ => ran.failed(4, "not allowed with this token (status 403)", "use a token"),
        }
    }
}

#[test]
fn servers_that_hold_nothing() {
    let world = World::new();
    world.trouble.breaks(|_| Fault::status(404));
    for (args, stdin) in world.commands() {
        let ran = world.run(&args, stdin);
        match args[..] {
            ["job", "show" | "watch" | "wait", ..] => ran.failed(3, "no job", "job ls"),
            ["job", "post" | "retry", ..] => ran.failed(3, "not found (status 404)", "domain"),
            _ => assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}"),
        }
    }
}

#[test]
fn servers_that_do_not_answer() {
    let world = World::new();
    let quick = ["--request-timeout", "500ms"];
    world.all_fail(&Fault::Never, &quick, (6, "no answer in time", "--request-timeout"));
    world.all_fail(&Fault::Close, &quick, (6, "cannot reach http://127.0.0.1", "check the domain"));
    world.all_fail(&Fault::Half, &quick, (6, "cannot reach http://127.0.0.1", "check the domain"));
}

#[test]
fn servers_that_talk_nonsense() {
    let world = World::new();
    let quick = ["--request-timeout", "20s"];
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>";
    world.all_fail(&Fault::Text(page), &quick, (1, "the answer makes no sense", "OADA server"));
    world.all_fail(&Fault::Endless, &quick, (1, "MiB", "OADA server"));
    let quick = ["--request-timeout", "500ms"];
    let noise = "+OK not HTTP at all\r\n\r\n";
    world.all_fail(&Fault::Text(noise), &quick, (6, "cannot reach http://127.0.0.1", "check the domain"));
}

/// A sensible server whose documents are not what they should be.
#[test]
fn documents_of_other_types() {
    let world = World::new();
    for body in ["[1, 2]", "\"text\"", "7", "true", "{\"a\": 1}", "{\"day-index\": [1]}", "{\"a\": "] {
        let told = Fault::resource(body);
        world.trouble.breaks(move |asked: &Asked| match asked.method.as_str() {
            "GET" if asked.path != "/bookmarks" => told.clone(),
            _ => Fault::Nothing,
        });
        for (args, stdin) in world.commands() {
            let ran = world.run(&args, stdin);
            match args[..] {
                // They read no document, or those that they read are no jobs and no queues.
                ["job", "post", ..] => assert_eq!(ran.code, Some(0), "{args:?} with {body}: {ran:?}"),
                ["job", "show" | "watch" | "wait", ..] => {
                    let cause = if body.ends_with(' ') { "makes no sense" } else { "strange is not a job" };
                    ran.failed(1, cause, "");
                }
                _ => {
                    let is_told = ran.stderr.lines().any(|line| line.starts_with("error: "));
                    assert_eq!(is_told, ran.code != Some(0), "{args:?} with {body}: {ran:?}");
                }
            }
        }
    }
}

#[test]
fn a_write_that_always_comes_too_late() {
    let world = World::new();
    world.trouble.breaks(|asked| match asked.method.as_str() {
        "PUT" | "DELETE" => Fault::status(412),
        _ => Fault::Nothing,
    });
    for (args, stdin) in world.commands() {
        let ran = world.run(&args, stdin);
        let changed = "changed by somebody else meanwhile (status 412)";
        match args[..] {
            ["job", "post", "t"] => ran.failed(5, changed, "repeat the command"),
            ["job", "post" | "retry", ..] | ["prune", ..] => {
                let told = match args[1] {
                    "post" => 3,
                    "retry" => 2,
                    _ => 1,
                };
                assert_eq!((ran.code, ran.stderr.matches(changed).count()), (Some(7), told), "{ran:?}");
            }
            ["job", "watch" | "wait", ..] => assert_eq!(ran.code, Some(8), "{ran:?}"),
            _ => assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}"),
        }
    }
}

#[test]
fn a_store_that_is_lost_while_the_only_job_is_pruned() {
    let world = World::new();
    world.trouble.breaks(|asked| match asked.method.as_str() {
        "DELETE" => Fault::Close,
        _ => Fault::Nothing,
    });
    let (args, stdin) = world.commands().into_iter().find(|(args, _)| args[0] == "prune").unwrap();
    let ran = world.run(&args, stdin);
    assert_eq!(ran.code, Some(6), "{ran:?}");
}

/// A fault that passes: its name, the requests it befalls, and what it is.
type Passing = (&'static str, fn(&Asked) -> bool, Box<dyn Fn() -> Fault>);

#[test]
fn servers_that_are_well_again_after_a_while() {
    let world = World::new();
    let soon =
        || (Timestamp::now() + Duration::from_secs(2)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let faults: [Passing; 6] = [
        ("503", |asked| asked.number < 3, Box::new(|| Fault::status(503))),
        ("429 in seconds", |asked| asked.number < 2, Box::new(|| Fault::wait("1"))),
        ("429 with a date", |asked| asked.number < 2, Box::new(move || Fault::wait(&soon()))),
        (
            "429 of the distant past",
            |asked| asked.number < 2,
            Box::new(|| Fault::wait("Wed, 21 Oct 2015 07:28:00 GMT")),
        ),
        ("closed", |asked| [3, 10, 25].contains(&asked.number), Box::new(|| Fault::Close)),
        (
            "late",
            |asked| asked.number.is_multiple_of(3),
            Box::new(|| Fault::Late(Duration::from_millis(100))),
        ),
    ];
    for (name, breaks, fault) in faults {
        for (args, stdin) in world.commands() {
            let fault = fault();
            world.trouble.breaks(move |asked| if breaks(asked) { fault.clone() } else { Fault::Nothing });
            let ran = world.run(&args, stdin);
            let code = if matches!(args[..], ["job", "watch" | "wait", ..]) { 8 } else { 0 };
            assert_eq!(ran.code, Some(code), "{args:?} with {name}: {ran:?}");
        }
    }
}

#[test]
fn a_way_that_lets_no_websocket_through() {
    let world = World::new();
    world.trouble.breaks(|asked| if asked.method == "UPGRADE" { Fault::status(404) } else { Fault::Nothing });
    for (args, stdin) in world.commands() {
        let ran = world.run(&args, stdin);
        match args[..] {
            ["job", "watch" | "wait", ..] => ran.failed(6, "opens no WebSocket", "let WebSockets through"),
            _ => assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}"),
        }
    }
}

#[test]
fn a_store_that_is_killed_while_many_jobs_are_changed() {
    let mut world = World::new();
    let many: String = (0..400).map(|n| format!("{{\"n\": {n}}}\n")).collect();
    assert_eq!(world.run(&["job", "post", "many", "--ndjson"], &many).code, Some(0));
    // Broken off in the middle, and away from then on.
    world.trouble.breaks(|asked| if asked.number < 150 { Fault::Nothing } else { Fault::Close });
    let quick = ["--request-timeout", "2s"];
    let cancel = ["job", "cancel", "--type", "many", "--yes"];
    let lost = world.run(&[&cancel[..], &quick].concat(), "");
    lost.failed(6, "cannot reach http://127.0.0.1", "check the domain");
    world.trouble.breaks(|asked| if asked.number < 700 { Fault::Nothing } else { Fault::Close });
    let lost = world.run(&[&cancel[..], &quick].concat(), "");
    lost.failed(6, "cannot cancel", "check the domain");
    assert!(lost.stderr.contains("were not tried; run it again to go on"), "{lost:?}");
    world.trouble.breaks(|_| Fault::Nothing);
    assert_eq!(world.run(&cancel, "").code, Some(0));
    let left = world.run(&["job", "ls", "--type", "many", "--status", "pending"], "");
    assert_eq!((left.code, left.stdout.lines().count()), (Some(0), 0), "{left:?}");

    let posting = many.repeat(10);
    world.trouble.breaks(|asked| if asked.number < 1500 { Fault::Nothing } else { Fault::Close });
    let lost = world.run(&[&["job", "post", "more", "--ndjson"], &quick[..]].concat(), &posting);
    lost.failed(6, "cannot reach http://127.0.0.1", "the first");
    world.trouble.breaks(|_| Fault::Nothing);
    let posted = world.run(&["job", "ls", "--type", "more"], "").stdout.lines().count();
    // Those that were linked when the answer was lost may be there.
    let number = |after: &str| {
        let told = lost.stderr.split(after).nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        told.unwrap_or(0_usize)
    };
    let (sure, unsure) = (number("the first "), number("whether the "));
    assert!((sure..=sure + unsure).contains(&posted) && sure > 0, "{posted} are there: {}", lost.stderr);

    world._store.crash();
    let gone = world.run(&[&["job", "ls"], &quick[..]].concat(), "");
    gone.failed(6, "cannot reach http://127.0.0.1", "check the domain");
}

#[test]
fn a_token_that_is_withdrawn_while_a_job_is_watched() {
    let world = World::new();
    let key = world.post(&["later"]);
    let args = ["job", "watch", &key, "--config-file", "config.toml"];
    let mut watch = world.env.spawn(&args);
    watch.stdout.line_with(r#""status":"pending""#);
    world.trouble.breaks(|asked| match asked.method.as_str() {
        "UPGRADE" => Fault::Nothing,
        _ => Fault::status(401),
    });
    // Where nothing is lost, it comes to light when the watch is looked after, which takes a while.
    world.trouble.cut();
    let code = watch.ended().code();
    let told = watch.stderr.text();
    assert!(code == Some(4) && told.contains("does not accept the token"), "{code:?}: {told}");
}
