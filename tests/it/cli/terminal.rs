//! What is asked and drawn on a terminal.

use serde_json::json;

use crate::support::env::{Running, TestEnv};
use crate::support::terminal::Terminal;

fn failed_jobs() -> (TestEnv, Running) {
    let env = TestEnv::new();
    let (store, _url) = env.serve_store(&[]);
    for _ in 0..2 {
        env.post(&["t"]);
    }
    env.ok(&["serve", "--handler", "t=exit 3", "--once"]);
    (env, store)
}

#[test]
fn queue_add_asks_for_what_is_missing_and_hides_the_token() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let mut terminal = Terminal::start(env.command(&["queue", "add"]), 100);
    terminal.shows("Name of the queue");
    terminal.types("partner");
    terminal.shows("Domain");
    terminal.types("partner.example");
    terminal.shows("Token");
    terminal.types("very-secret");
    let (code, drawn) = terminal.ended();
    assert_eq!(code, Some(0), "{drawn}");
    assert!(!drawn.contains("very-secret"), "{drawn}");
    assert!(env.ok(&["queue", "ls"]).contains("partner.example"));
}

#[test]
fn many_are_changed_only_after_a_yes() {
    let (env, _store) = failed_jobs();
    let ask = || Terminal::start(env.command(&["job", "retry", "--status", "failure"]), 100);
    let mut terminal = ask();
    terminal.shows("Retry 2 jobs?");
    terminal.types("n");
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("nothing was done"), "{drawn}");
    assert!(env.records(&["job", "ls", "--status", "pending"]).is_empty());
    let mut terminal = ask();
    terminal.shows("Retry 2 jobs?");
    terminal.types("y");
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("retried 2 jobs"), "{drawn}");
    assert_eq!(env.records(&["job", "ls", "--status", "pending"]).len(), 2);
}

#[test]
fn a_table_fits_the_terminal_and_has_colour_unless_told_otherwise() {
    let (env, _store) = failed_jobs();
    let draw = |columns, plain: bool| {
        let mut command = env.command(&["job", "ls"]);
        if !plain {
            command.env_remove("NO_COLOR");
        }
        Terminal::start(command, columns).ended().1
    };
    let plain = draw(60, true);
    assert!(plain.lines().all(|line| line.trim_end().chars().count() <= 60), "{plain}");
    assert!(plain.contains("failure") && !plain.contains('\u{1b}'), "{plain:?}");
    assert!(draw(100, false).contains('\u{1b}'));
}

#[test]
fn a_watch_draws_lines_and_ends_with_the_job() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    let key = env.post(&["t"]);
    let terminal = Terminal::start(env.command(&["job", "watch", &key]), 100);
    terminal.shows("pending");
    env.ok(&["serve", "--handler", "t=echo working >&2; echo done", "--once"]);
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("working") && drawn.contains("done"), "{drawn}");
}

#[test]
fn failures_to_retry_are_searched_by_typing_and_marked() {
    let (env, _store) = failed_jobs();
    let key = env.post(&["other"]);
    env.ok(&["serve", "--handler", "other=echo no such printer >&2; exit 4", "--once"]);
    let retry = || Terminal::start(env.command(&["job", "retry"]), 100);
    let terminal = retry();
    terminal.shows("Retry which");
    terminal.shows("no such");
    assert_eq!(terminal.text().matches("exit-3").count(), 2, "{}", terminal.text());
    let mut terminal = terminal;
    terminal.presses("\u{1b}");
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("nothing was done"), "{drawn}");
    assert!(env.records(&["job", "ls", "--status", "pending"]).is_empty());
    // Typing searches, and enter takes what is under the cursor.
    let mut terminal = retry();
    terminal.shows("3 of 3");
    terminal.presses("PRINTER no");
    terminal.shows("1 of 3");
    terminal.presses("\n");
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("retried"), "{drawn}");
    let pending = env.records(&["job", "ls", "--status", "pending"]);
    assert_eq!((pending.len(), &pending[0]["retry_of"]), (1, &json!(format!("resources/{key}"))));
    // What was retried is not offered again, and several are taken that are marked.
    let mut terminal = retry();
    terminal.shows("2 of 2, 0 marked");
    terminal.presses("\t\t");
    terminal.shows("2 marked");
    terminal.presses("\n");
    let (_, drawn) = terminal.ended();
    assert!(!drawn.contains("no such") && drawn.contains("retried 2 jobs"), "{drawn}");
    let terminal = retry();
    let (code, drawn) = terminal.ended();
    assert!(code == Some(0) && drawn.contains("no failures"), "{drawn}");
    env.run(&["job", "retry"]).failed(2, "no jobs to retry are named", "--status failure");
    let refused = Terminal::start(env.command(&["job", "retry", "--no-input"]), 100).ended();
    assert!(refused.0 == Some(2) && refused.1.contains("no jobs to retry are named"), "{refused:?}");
}

#[test]
fn figures_come_with_plots_on_a_terminal_alone() {
    let (env, _store) = failed_jobs();
    env.post(&["waits"]);
    let draw = |locale: Option<&str>| {
        let mut command = env.command(&["stats"]);
        if let Some(locale) = locale {
            command.env("LC_ALL", locale);
        }
        let (code, drawn) = Terminal::start(command, 80).ended();
        assert_eq!(code, Some(0), "{drawn}");
        assert!(drawn.lines().all(|line| line.trim_end().chars().count() <= 80), "{drawn}");
        for text in ["unfinished", "Jobs posted in each", "Run times by type", " of 2, up to", "under 1m"] {
            assert!(drawn.contains(text), "{text:?} is not in {drawn}");
        }
        drawn
    };
    assert!(draw(Some("en_GB.UTF-8")).contains('█'));
    for locale in [None, Some("C")] {
        let drawn = draw(locale);
        assert!(drawn.is_ascii() && drawn.contains('#') && !drawn.contains('\u{1b}'), "{drawn:?}");
    }
    for format in ["table", "json", "ndjson", "csv"] {
        let piped = env.ok(&["stats", "-o", format]);
        assert!(!piped.contains("Run times") && !piped.contains('#'), "{piped}");
    }
}
