//! The handlers that the configuration file defines: a table `[handlers.TYPE]` for each.
//!
//! Owns what makes such a table wrong, and saying where. What counts for more, file or flag, is the matter of `by_type.rs`.

use std::path::{Path, PathBuf};

use super::handlers::{Command, Given, HandlerArgs};
use super::keys::{Form, KEYS, Key};
use super::running::{ANY, Kind, RunningArgs};
use crate::cli::error::Failure;
use crate::cli::files::{HandlersFile, unknown_key, wrong};
use crate::cli::tree::{Member, Node, Value};

/// What is to be run: a string for the shell, or a list of words that no shell sees.
pub(super) const COMMAND: &str = "command";
/// How it is run.
pub(super) const MODE: &str = "mode";

/// Where a handler stands in a file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    /// The folder from which its relative paths are seen.
    pub(super) folder: PathBuf,
}

/// Lays what a file says under what the flags say, and returns the handlers that it defines.
///
/// # Errors
/// A usage failure that names the file, the line and the key that cannot be used.
pub(super) fn lay_under(args: &mut HandlerArgs, file: &HandlersFile) -> Result<Vec<Given>, Failure> {
    let folder = file.folder();
    let table = |Member { key: job_type, line, node }: &Member| {
        let Value::Table(members) = &node.value else {
            return Err(wrong(&file.path, *line, &dotted(job_type), "must be a table")
                .hint(format!("write [handlers.{}] and under it command = \"…\"", quoted(job_type))));
        };
        let table = Table { file: &file.path, job_type, folder: &folder, members };
        table.lay_under(args)?;
        Ok(Given {
            job_type: job_type.clone(),
            command: table.command(*line)?,
            kind: table.kind()?,
            place: Some(Place { file: file.path.clone(), line: *line, folder: folder.clone() }),
        })
    };
    file.tables.iter().map(table).collect()
}

/// The table of one type.
struct Table<'a> {
    file: &'a Path,
    job_type: &'a str,
    folder: &'a Path,
    members: &'a [Member],
}

impl Table<'_> {
    fn wrong(&self, line: usize, key: &str, reason: &str) -> Failure {
        wrong(self.file, line, &format!("{}.{key}", dotted(self.job_type)), reason)
    }

    fn find(&self, key: &str) -> Option<&Node> {
        self.members.iter().find(|member| member.key == key).map(|member| &member.node)
    }

    fn command(&self, table_line: usize) -> Result<Command, Failure> {
        const WANTED: &str = "must be a string for the shell, or a list of strings to be run without one";
        let Some(Node { line, value }) = self.find(COMMAND) else {
            return Err(self.wrong(table_line, COMMAND, "is missing"));
        };
        let words = |items: &[Node]| {
            let word = |item: &Node| match &item.value {
                Value::Text(text) => Ok(text.clone()),
                _ => Err(self.wrong(item.line, COMMAND, WANTED)),
            };
            items.iter().map(word).collect::<Result<Vec<_>, _>>()
        };
        match value {
            Value::Text(text) if !text.trim().is_empty() => Ok(Command::Line(text.clone())),
            Value::List(items) if !items.is_empty() => words(items).map(Command::Words),
            _ => Err(self.wrong(*line, COMMAND, WANTED)),
        }
    }

    fn kind(&self) -> Result<Kind, Failure> {
        let Some(Node { line, value }) = self.find(MODE) else { return Ok(Kind::Each) };
        let named = |kind: &&Kind| matches!(value, Value::Text(mode) if mode == kind.mode());
        ANY.iter()
            .find(named)
            .copied()
            .ok_or_else(|| self.wrong(*line, MODE, &format!("must be one of {}", modes().join(", "))))
    }

    fn lay_under(&self, args: &mut HandlerArgs) -> Result<(), Failure> {
        let kind = self.kind()?;
        for Member { key: name, line, node } in self.members {
            if name == COMMAND || name == MODE {
                continue;
            }
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                let known = KEYS.iter().map(|key| key.name).chain([COMMAND, MODE]);
                let prefix = format!("{}.", dotted(self.job_type));
                return Err(unknown_key((self.file, *line), (&prefix, name), known));
            };
            if says_nothing(name, kind) {
                let reason = format!("says nothing to a handler whose mode is {:?}", kind.mode());
                return Err(self.wrong(*line, name, &reason).hint("see `oada-jobs help contract`"));
            }
            self.set(key, node, args)?;
        }
        Ok(())
    }

    fn set(&self, key: &Key, node: &Node, args: &mut HandlerArgs) -> Result<(), Failure> {
        let texts = key
            .form
            .texts(node)
            .map_err(|(line, inner, reason)| self.wrong(line, &format!("{}{inner}", key.name), &reason))?;
        for (line, mut text) in texts {
            if matches!(key.form, Form::Folder) {
                text = self.folder.join(text).to_string_lossy().into_owned();
            }
            (key.set)(args, self.job_type, &text).map_err(|reason| self.wrong(line, key.name, &reason))?;
        }
        Ok(())
    }
}

/// Whether a key is one for other kinds of handlers.
fn says_nothing(key: &str, kind: Kind) -> bool {
    let args = RunningArgs::default();
    let is_meant = |flag: &str| flag.trim_start_matches('-').replace('-', "_") == key;
    args.named().iter().any(|named| is_meant(named.flag) && !named.kinds.contains(&kind))
}

/// The words for `mode`.
pub(super) fn modes() -> Vec<&'static str> {
    ANY.iter().map(|kind| kind.mode()).collect()
}

fn dotted(job_type: &str) -> String {
    format!("handlers.{}", quoted(job_type))
}

/// A type as a key of TOML.
fn quoted(job_type: &str) -> String {
    let is_bare =
        !job_type.is_empty() && job_type.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { job_type.to_owned() } else { format!("{job_type:?}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Args;

    use super::*;
    use crate::cli::files::ConfigFile;

    /// What the file makes of flags, in a folder of its own.
    fn read(text: &str, args: &mut HandlerArgs) -> Result<Vec<Given>, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("oada-jobs.toml");
        std::fs::write(&path, text).unwrap();
        let file = ConfigFile::read(&path, &mut Vec::new())?;
        file.handlers.map_or(Ok(Vec::new()), |file| lay_under(args, &file))
    }

    fn failure(text: &str) -> Failure {
        read(text, &mut HandlerArgs::default()).map(|_| ()).unwrap_err()
    }

    /// The flags that may name a type, as keys.
    fn flags_by_type() -> BTreeSet<String> {
        let command = HandlerArgs::augment_args(clap::Command::new("serve"));
        command
            .get_arguments()
            .filter(|flag| {
                let names = flag.get_value_names().unwrap_or_default();
                names.iter().any(|name| name.contains("TYPE") && !name.contains("COMMAND"))
            })
            .map(|flag| flag.get_long().unwrap().replace('-', "_"))
            .collect()
    }

    #[test]
    fn each_flag_by_type_has_its_key_and_each_key_its_flag() {
        let keys: Vec<String> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(keys.iter().cloned().collect::<BTreeSet<_>>(), flags_by_type());
        assert_eq!(keys.len(), flags_by_type().len(), "a key stands there twice");
    }

    #[test]
    fn all_keys_count_for_their_type_and_less_than_flags() {
        let mut args = HandlerArgs::default();
        let given = read(
            "[handlers.a]\ncommand = [\"x\", \"y z\"]\nmode = \"stream\"\nprocesses = 3\nidle = \"1m\"\n\
             cwd = \"sub\"\nmemory = \"1k\"\nmax_files = 9\nclean_env = true\nsecret_env = [\"S\"]\n\
             env = { A = \"1\", B = \"x=y:z\" }\n\
             [handlers.\"b-*\"]\ncommand = \"true\"\ntimeout = \"none\"\non_exit = { 3 = \"skip\" }\nclean_env = false\n",
            &mut args,
        )
        .unwrap_or_else(|failure| panic!("{failure:?}"));
        assert!(given[0].kind == Kind::Stream && given[1].kind == Kind::Each);
        assert!(matches!(&given[0].command, Command::Words(words) if words[1] == "y z"));
        let a = args.running.stream("a");
        assert_eq!((a.processes, a.idle), (3, Some(std::time::Duration::from_secs(60))));
        assert!(a.shell.cwd.unwrap().ends_with("sub") && a.shell.clean_env);
        assert_eq!((a.shell.resources.memory, a.shell.resources.files), (Some(1024), Some(9)));
        assert_eq!(a.shell.env[std::ffi::OsStr::new("B")], "x=y:z");
        assert_eq!(a.shell.secret_env, ["S"]);
        let b = args.running.shell("b-*");
        assert!(!b.clean_env && b.cwd.is_none() && b.env.is_empty());
        assert_eq!(b.meaning_of(3), crate::engine::handler::ExitMeaning::Skip);
    }

    proptest::proptest! {
        /// Whatever stands in the file is understood, or is an error of the user's.
        #[test]
        fn no_file_is_too_odd(
            key in "[a-z_]{1,12}|env|on_exit|command|memory|timeout|secret_env",
            value in r#"-?[0-9]{1,25}|"[^"\\n\r]*"|\[\[?"?a?"?\]?\]|\{ ?"[^"\\n\r]*" = [0-9"a]{1,3} ?\}|true|1e9|.*"#,
            noise in "(\\[handlers\\.[a-z*\"]{0,3}\\]\n)?.*",
        ) {
            let text = format!("[handlers.t]\ncommand = \"true\"\n{key} = {value}\n{noise}");
            if let Err(failure) = read(&text, &mut HandlerArgs::default()) {
                proptest::prop_assert_eq!(failure.exit, crate::cli::error::Exit::Usage);
                proptest::prop_assert!(failure.message.contains("oada-jobs.toml:"), "{}", failure.message);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_key() {
        let t = "[handlers.t]\ncommand = \"true\"\n";
        for (text, told) in [
            (
                format!("{t}stop_signal = \"FOO\"\n"),
                "oada-jobs.toml:3: handlers.t.stop_signal: \"FOO\" is none of",
            ),
            (format!("{t}retries = \"2\"\n"), ":3: handlers.t.retries: must be a whole number, 0 or more"),
            (format!("{t}retries = -1\n"), ":3: handlers.t.retries: must be a whole number"),
            (format!("{t}timeout = 30\n"), ":3: handlers.t.timeout: must be a string such as \"30s\""),
            (format!("{t}timeout = \"soon\"\n"), ":3: handlers.t.timeout: \"soon\" is not a duration"),
            (format!("{t}memory = 1.5\n"), ":3: handlers.t.memory: must be a number of bytes"),
            (format!("{t}clean_env = \"yes\"\n"), ":3: handlers.t.clean_env: must be true or false"),
            (
                format!("{t}secret_env = [\n \"A\",\n 3]\n"),
                ":5: handlers.t.secret_env: must be a list of strings",
            ),
            (format!("{t}[handlers.t.env]\nA = 1\n"), ":4: handlers.t.env.A: must be a string"),
            (
                format!("{t}env = {{ \"A=B\" = \"1\" }}\n"),
                ":3: handlers.t.env.A=B: no name in an environment",
            ),
            (
                format!("{t}on_exit = {{ 3 = \"maybe\" }}\n"),
                ":3: handlers.t.on_exit: \"maybe\" is none of ok",
            ),
            (
                format!("{t}on_exit = {{ 300 = \"skip\" }}\n"),
                ":3: handlers.t.on_exit: \"300\" is not a number",
            ),
            (format!("{t}mode = \"batches\"\n"), ":3: handlers.t.mode: must be one of spawn, stream"),
            (
                format!("{t}idle = \"5s\"\n"),
                ":3: handlers.t.idle: says nothing to a handler whose mode is \"spawn\"",
            ),
            (format!("{t}mode = \"stream\"\nstdin = \"none\"\n"), ":4: handlers.t.stdin: says nothing"),
            ("\n[handlers.\"a b\"]\nretries = 1\n".to_owned(), ":2: handlers.\"a b\".command: is missing"),
            ("[handlers]\nt = \"./x\"\n".to_owned(), ":2: handlers.t: must be a table"),
            (
                "[handlers.t]\ncommand = [1]\n".to_owned(),
                ":2: handlers.t.command: must be a string for the shell",
            ),
            ("handlers = 3\n".to_owned(), ":1: handlers: must be a table"),
        ] {
            let failure = failure(&text);
            assert_eq!(failure.exit, crate::cli::error::Exit::Usage);
            assert!(failure.message.contains(told), "{told}\n{}", failure.message);
        }
        let misspelt = failure(&format!("{t}stop-signal = \"INT\"\n"));
        assert!(
            misspelt.message.ends_with(":3: handlers.t.stop-signal: there is no such key"),
            "{misspelt:?}"
        );
        assert_eq!(misspelt.hints, ["is it \"stop_signal\"?"]);
        let table = failure("[handler.t]\ncommand = \"true\"\n");
        assert!(
            table.message.contains(":1: handler: there is no such key")
                && table.hints[0].contains("handlers")
        );
    }
}
