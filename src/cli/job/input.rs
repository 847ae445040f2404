//! What a job is given: its config, from the command line, a file or stdin, with single values set.

use std::fs;
use std::io::Read;

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::error::{Exit, Failure, chain};
use crate::model::merge;

/// Reads a config: JSON as it is, `@FILE`, or `-` for stdin.
///
/// # Errors
/// A usage failure that names the place, line and column.
pub(in crate::cli) fn config(text: &str) -> Result<Map<String, Value>, Failure> {
    let (place, json) = read(text)?;
    object(&place, serde_json::from_str(&json))
}

/// Reads as many configs as stand one after the other.
///
/// # Errors
/// A usage failure that names the place, line and column.
pub(in crate::cli) fn configs(text: &str) -> Result<Vec<Map<String, Value>>, Failure> {
    let (place, json) = read(text)?;
    serde_json::Deserializer::from_str(&json).into_iter().map(|value| object(&place, value)).collect()
}

/// What was given, and where it stands.
fn read(text: &str) -> Result<(String, String), Failure> {
    Ok(match text.strip_prefix('@') {
        _ if text == "-" => {
            let mut json = String::new();
            std::io::stdin()
                .read_to_string(&mut json)
                .map_err(|error| unreadable("the config from stdin", &error))?;
            ("stdin".to_owned(), json)
        }
        Some(file) => (
            file.to_owned(),
            fs::read_to_string(file)
                .map_err(|error| unreadable(&format!("the config from {file}"), &error))?,
        ),
        None => ("the config".to_owned(), text.to_owned()),
    })
}

/// The failure for a file that cannot be read.
pub(super) fn unreadable(place: &str, error: &std::io::Error) -> Failure {
    let exit = if error.kind() == std::io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Error };
    Failure::new(exit, format!("cannot read {place}: {}", chain(error)))
        .hint("check the path, which is seen from the working directory; - means stdin")
}

fn object(place: &str, read: serde_json::Result<Value>) -> Result<Map<String, Value>, Failure> {
    let hint = "write it as '{\"name\": \"value\"}', as @FILE, or as - for stdin; single values with --set name=value";
    match read {
        Ok(Value::Object(config)) => Ok(config),
        Ok(other) => {
            let kind = match other {
                Value::Array(_) => "an array",
                Value::String(_) => "a string",
                Value::Number(_) => "a number",
                _ => "no object",
            };
            Err(Failure::usage(format!("cannot use {place}: it is {kind}, and must be a JSON object"))
                .hint(hint))
        }
        Err(error) => Err(Failure::usage(format!("cannot use {place}: it is not JSON: {error}")).hint(hint)),
    }
}

/// How a config is to differ from that of an earlier job.
#[derive(Clone, Debug, Args)]
pub(super) struct ChangeArgs {
    /// Sets one value of the config: `--set a.b=1`; JSON where it can be read as such, else text
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// Merges into the config: a JSON object, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "CONFIG")]
    patch: Option<String>,
}

impl ChangeArgs {
    /// Reads what is to be merged, once for however many jobs.
    ///
    /// # Errors
    /// As [`config`], and where a value is not given as `a.b=VALUE`.
    pub(super) fn read(&self) -> Result<Changes, Failure> {
        let patch = self.patch.as_deref().map(config).transpose()?;
        let changes = Changes { patch, set: self.set.clone() };
        // What is wrong whatever the config is told before any job is changed.
        changes.set.iter().try_for_each(|assignment| set(&mut Map::new(), assignment))?;
        Ok(changes)
    }
}

/// Changes of a config.
pub(super) struct Changes {
    patch: Option<Map<String, Value>>,
    set: Vec<String>,
}

impl Changes {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.patch.is_none() && self.set.is_empty()
    }

    /// A config with the changes made.
    ///
    /// # Errors
    /// Where a value is to be set below one that is no object.
    pub(super) fn of(&self, config: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
        let mut value = Value::Object(config.clone());
        if let Some(patch) = &self.patch {
            merge(&mut value, &Value::Object(patch.clone()));
        }
        let mut config = value.as_object().cloned().unwrap_or_default();
        self.set.iter().try_for_each(|assignment| set(&mut config, assignment))?;
        Ok(config)
    }
}

/// Sets one value in a config by `a.b=VALUE`: JSON where it can be read as such, else text.
///
/// # Errors
/// A usage failure that shows the form.
pub(super) fn set(config: &mut Map<String, Value>, assignment: &str) -> Result<(), Failure> {
    let form = || {
        Failure::usage(format!("cannot use --set {assignment:?}"))
            .hint("write it as --set name=value or --set outer.inner=value")
    };
    let (path, text) = assignment.split_once('=').ok_or_else(form)?;
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let mut place = config;
    let mut keys = path.split('.').peekable();
    while let Some(key) = keys.next() {
        if key.is_empty() {
            return Err(form());
        }
        if keys.peek().is_none() {
            place.insert(key.to_owned(), value);
            return Ok(());
        }
        let inner = place.entry(key).or_insert_with(|| Value::Object(Map::new()));
        place = inner.as_object_mut().ok_or_else(|| {
            Failure::usage(format!("cannot use --set {assignment:?}: {key:?} is not an object"))
                .hint(format!("set {key:?} as a whole: --set {key}='{{\"inner\": …}}'"))
        })?;
    }
    Err(form())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn configs_are_objects() {
        assert_eq!(config("{\"a\": 1}").unwrap(), json!({"a": 1}).as_object().unwrap().clone());
        let failure = config("{\"a\": \n1,}").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("line 2 column 3"), "{}", failure.message);
        assert!(config("[1]").unwrap_err().message.contains("an array"));
        assert_eq!(config("@/no/such/file").unwrap_err().exit, Exit::NotFound);
        assert_eq!(configs("{\"a\": 1}\n{} {}").unwrap().len(), 3);
        assert!(config("{} {}").is_err() && configs("{} [").unwrap_err().message.contains("line 1"));
    }

    #[test]
    fn values_are_set_by_path() {
        let mut config = Map::new();
        for assignment in ["a.b=1", "a.c=text", "d=\"2\"", "e={\"f\":null}", "g=x=y"] {
            set(&mut config, assignment).unwrap();
        }
        assert_eq!(
            Value::Object(config.clone()),
            json!({"a": {"b": 1, "c": "text"}, "d": "2", "e": {"f": null}, "g": "x=y"})
        );
        for bad in ["a", "=1", "a..b=1", "d.x=1"] {
            assert!(set(&mut config, bad).is_err(), "{bad}");
        }
    }
}
