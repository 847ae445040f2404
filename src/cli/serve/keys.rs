//! The keys of a handler's table in the configuration file: one for each flag that may name a type.
//!
//! Owns what each of them may hold. Flag and key are read by the same reader, so that they cannot come to differ.

use serde_json::{Value as Json, json};

use super::by_type::{ForType, number, word};
use super::handlers::HandlerArgs;
use super::pointer;
use super::running::{ORPHANS, OVERSIZE, RESULT, SIGNALS, STDIN, entry, meanings, path, positive, text};
use super::starting::rate;
use crate::cli::size::size;
use crate::cli::time::{duration, limit};
use crate::cli::tree::{Member, Node, Value};

/// A key, beside `command` and `mode`.
pub(super) struct Key {
    /// The flag without its dashes, and with `_` for those inside.
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// Adds what the file says of a type to what the flags say.
    pub(super) set: fn(&mut HandlerArgs, &str, &str) -> Result<(), String>,
}

/// What a key may hold.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Word(fn() -> Vec<&'static str>),
    Duration,
    /// A duration, or `none`.
    Limit,
    /// Bytes: a number, or a string such as `64k`.
    Size,
    /// How often something may happen.
    Rate,
    /// A JSON pointer.
    Pointer,
    /// A whole number from this one.
    Number(i64),
    Switch,
    /// A path, relative to the file.
    Folder,
    /// A list of names.
    Names,
    /// A table of strings: the environment.
    Entries,
    /// A table of words by exit code.
    Meanings,
}

const MEANINGS: [&str; 6] = ["ok", "skip", "fail", "never", "retry", "broken"];

/// All keys, in the order of the flags.
pub(super) const KEYS: &[Key] = &[
    key("timeout", Form::Limit, |args, of, text| put(&mut args.timeout, of, limit(text))),
    key("retries", Form::Number(0), |args, of, text| put(&mut args.retries, of, number(text))),
    key("concurrency", Form::Number(1), |args, of, text| {
        put(&mut args.starting.concurrency, of, positive(text))
    }),
    key("rate", Form::Rate, |args, of, text| put(&mut args.starting.rate, of, rate(text))),
    key("key", Form::Pointer, |args, of, text| put(&mut args.starting.key, of, pointer(text))),
    key("stdin", Form::Word(|| words(&STDIN)), |args, of, text| {
        put(&mut args.running.stdin, of, word(&STDIN)(text))
    }),
    key("result", Form::Word(|| words(&RESULT)), |args, of, text| {
        put(&mut args.running.result, of, word(&RESULT)(text))
    }),
    key("result_limit", Form::Size, |args, of, text| put(&mut args.running.result_limit, of, size(text))),
    key("result_oversize", Form::Word(|| words(&OVERSIZE)), |args, of, text| {
        put(&mut args.running.result_oversize, of, word(&OVERSIZE)(text))
    }),
    key("log_limit", Form::Size, |args, of, text| put(&mut args.running.log_limit, of, size(text))),
    key("cwd", Form::Folder, |args, of, text| put(&mut args.running.cwd, of, path(text))),
    key("env", Form::Entries, |args, of, text| put(&mut args.running.env, of, entry(text))),
    key("clean_env", Form::Switch, |args, of, _| put(&mut args.running.clean_env, of, Ok(()))),
    key("secret_env", Form::Names, |args, of, name| put(&mut args.running.secret_env, of, text(name))),
    key("pass_token", Form::Switch, |args, of, _| put(&mut args.running.pass_token, of, Ok(()))),
    key("no_shell", Form::Switch, |args, of, _| put(&mut args.running.no_shell, of, Ok(()))),
    key("on_exit", Form::Meanings, |args, of, text| put(&mut args.running.on_exit, of, meanings(text))),
    key("orphans", Form::Word(|| words(&ORPHANS)), |args, of, text| {
        put(&mut args.running.orphans, of, word(&ORPHANS)(text))
    }),
    key("stop_signal", Form::Word(|| words(&SIGNALS)), |args, of, text| {
        put(&mut args.running.stop_signal, of, word(&SIGNALS)(text))
    }),
    key("kill_after", Form::Duration, |args, of, text| put(&mut args.running.kill_after, of, duration(text))),
    key("extend_limit", Form::Limit, |args, of, text| put(&mut args.running.extend_limit, of, limit(text))),
    key("memory", Form::Size, |args, of, text| put(&mut args.running.memory, of, size(text))),
    key("cpu", Form::Number(0), |args, of, text| put(&mut args.running.cpu, of, number(text))),
    key("max_files", Form::Number(0), |args, of, text| put(&mut args.running.max_files, of, number(text))),
    key("nice", Form::Number(-20), |args, of, text| put(&mut args.running.nice, of, number(text))),
    key("work_dir", Form::Folder, |args, of, text| put(&mut args.running.work_dir, of, path(text))),
    key("processes", Form::Number(1), |args, of, text| put(&mut args.running.processes, of, positive(text))),
    key("pipeline", Form::Number(1), |args, of, text| put(&mut args.running.pipeline, of, positive(text))),
    key("max_jobs_per_process", Form::Number(0), |args, of, text| {
        put(&mut args.running.max_jobs_per_process, of, number(text))
    }),
    key("idle", Form::Duration, |args, of, text| put(&mut args.running.idle, of, duration(text))),
    key("batch_size", Form::Number(1), |args, of, text| {
        put(&mut args.running.batch_size, of, positive(text))
    }),
    key("batch_wait", Form::Duration, |args, of, text| put(&mut args.running.batch_wait, of, duration(text))),
];

const fn key(
    name: &'static str,
    form: Form,
    set: fn(&mut HandlerArgs, &str, &str) -> Result<(), String>,
) -> Key {
    Key { name, form, set }
}

fn put<T>(given: &mut Vec<ForType<T>>, job_type: &str, read: Result<T, String>) -> Result<(), String> {
    given.push(ForType::of_file(job_type, read?));
    Ok(())
}

fn words<T>(words: &[(&'static str, T)]) -> Vec<&'static str> {
    words.iter().map(|(word, _)| *word).collect()
}

/// A value that cannot be used: its line, what stands after the key to find it, and why.
pub(super) type Misfit = (usize, String, String);

impl Form {
    /// What a node says in the words of the flag, once for each time that the flag would be given, with its line.
    ///
    /// # Errors
    /// When the key may not hold such a value.
    pub(super) fn texts(self, node: &Node) -> Result<Vec<(usize, String)>, Misfit> {
        let one = |text: String| Ok(vec![(node.line, text)]);
        let misfit = || Err((node.line, String::new(), self.wanted()));
        match (self, &node.value) {
            (Self::Switch, Value::Truth(truth)) => {
                Ok(truth.then(|| (node.line, String::new())).into_iter().collect())
            }
            (Self::Number(least), Value::Integer(number)) if *number >= least => one(number.to_string()),
            (Self::Size, Value::Integer(number)) if *number >= 0 => one(number.to_string()),
            (
                Self::Size
                | Self::Duration
                | Self::Limit
                | Self::Folder
                | Self::Word(_)
                | Self::Rate
                | Self::Pointer,
                Value::Text(text),
            ) if !text.is_empty() => one(text.clone()),
            (Self::Names, Value::List(items)) => items
                .iter()
                .map(|item| match &item.value {
                    Value::Text(name) => Ok((item.line, name.clone())),
                    _ => Err((item.line, String::new(), self.wanted())),
                })
                .collect(),
            (Self::Entries | Self::Meanings, Value::Table(members)) => {
                members.iter().map(|member| self.entry(member)).collect()
            }
            _ => misfit(),
        }
    }

    fn entry(self, Member { key, line, node }: &Member) -> Result<(usize, String), Misfit> {
        let misfit = |why: &str| Err((*line, format!(".{key}"), why.to_owned()));
        match &node.value {
            Value::Text(text) if matches!(self, Self::Meanings) => Ok((*line, format!("{key}={text}"))),
            Value::Text(_) if key.is_empty() || key.contains(['=', '\0']) => {
                misfit("no name in an environment is like that")
            }
            Value::Text(text) => Ok((*line, format!("{key}={text}"))),
            _ => misfit("must be a string"),
        }
    }

    /// What the key may hold, as an error says it.
    fn wanted(self) -> String {
        match self {
            Self::Word(words) => format!("must be one of {}", words().join(", ")),
            Self::Duration => "must be a string such as \"30s\"".to_owned(),
            Self::Limit => "must be a string such as \"30s\", or \"none\"".to_owned(),
            Self::Size => "must be a number of bytes, or a string such as \"64k\"".to_owned(),
            Self::Rate => "must be a string such as \"30/min\"".to_owned(),
            Self::Pointer => "must be a string such as \"/config/to\"".to_owned(),
            Self::Number(least) => format!("must be a whole number, {least} or more"),
            Self::Switch => "must be true or false".to_owned(),
            Self::Folder => "must be a string, the path of a folder".to_owned(),
            Self::Names => "must be a list of strings".to_owned(),
            Self::Entries => "must be a table of strings".to_owned(),
            Self::Meanings => format!("must be a table from exit codes to {}", MEANINGS.join(", ")),
        }
    }

    /// The same as a JSON Schema.
    pub(super) fn schema(self) -> Json {
        const DURATION: &str = "^([0-9].*|none)$";
        match self {
            Self::Word(words) => json!({"type": "string", "enum": words()}),
            Self::Duration => json!({"type": "string", "pattern": "^[0-9]"}),
            Self::Limit => json!({"type": "string", "pattern": DURATION}),
            Self::Size => json!({"anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": "^[0-9]+([kKMG]i?)?B?$"},
            ]}),
            Self::Rate => json!({"type": "string", "pattern": "^[0-9]+/"}),
            Self::Pointer => json!({"type": "string", "pattern": "^/"}),
            Self::Number(least) => json!({"type": "integer", "minimum": least}),
            Self::Switch => json!({"type": "boolean"}),
            Self::Folder => json!({"type": "string", "minLength": 1}),
            Self::Names => json!({"type": "array", "items": {"type": "string"}}),
            Self::Entries => json!({
                "type": "object",
                "propertyNames": {"pattern": "^[^=]+$"},
                "additionalProperties": {"type": "string"},
            }),
            Self::Meanings => json!({
                "type": "object",
                "propertyNames": {"pattern": "^[0-9]{1,3}$"},
                "additionalProperties": {"type": "string", "enum": MEANINGS},
            }),
        }
    }
}
