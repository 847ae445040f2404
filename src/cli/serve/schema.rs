//! The configuration file as a JSON Schema, for editors: made from the keys that are read and the help of their flags.

use clap::{Args, CommandFactory};
use serde_json::{Map, Value, json};

use super::file::{COMMAND, MODE, modes};
use super::handlers::HandlerArgs;
use super::keys::KEYS;
use crate::cli::args::Cli;
use crate::cli::config::FILE_KEYS;
use crate::cli::files::{HANDLERS, is_truth};

/// The schema, as it lies in `docs/`.
pub(in crate::cli) fn schema() -> Value {
    let globals = Cli::command();
    let mut properties: Map<String, Value> = FILE_KEYS
        .iter()
        .map(|key| {
            let held = if is_truth(key) { "boolean" } else { "string" };
            ((*key).to_owned(), described(json!({"type": held}), &globals, key))
        })
        .collect();
    properties.insert(
        HANDLERS.to_owned(),
        json!({
            "description": "The handlers of `oada-jobs serve`, a table for each type of jobs; `*` and `?` are wildcards",
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/handler"},
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "oada-jobs.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": {"handler": handler()},
    })
}

fn handler() -> Value {
    let flags = HandlerArgs::augment_args(clap::Command::new("serve"));
    let mut properties: Map<String, Value> = KEYS
        .iter()
        .map(|key| (key.name.to_owned(), described(key.form.schema(), &flags, key.name)))
        .collect();
    properties.insert(
        COMMAND.to_owned(),
        json!({
            "description": "What is run for a job: a line for /bin/sh, or a list of words that no shell sees",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ],
        }),
    );
    properties.insert(
        MODE.to_owned(),
        json!({
            "description": "Whether the command is started for each job, lives on between jobs, or is started for several at once [default: spawn]",
            "type": "string",
            "enum": modes(),
        }),
    );
    json!({
        "type": "object",
        "properties": properties,
        "required": [COMMAND],
        "additionalProperties": false,
    })
}

/// Adds the help of the flag.
fn described(mut schema: Value, command: &clap::Command, key: &str) -> Value {
    let flag = command.get_arguments().find(|flag| flag.get_long() == Some(&key.replace('_', "-")));
    if let Some(help) = flag.and_then(clap::Arg::get_help) {
        schema["description"] = help.to_string().into();
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_described() {
        let schema = schema();
        let keys = |place: &str| schema.pointer(place).unwrap().as_object().unwrap().clone();
        let handler = keys("/$defs/handler/properties");
        assert_eq!(handler.len(), KEYS.len() + 2);
        assert_eq!(keys("/properties").len(), FILE_KEYS.len() + 1);
        for (key, held) in handler.iter().chain(&keys("/properties")) {
            assert!(held["description"].as_str().is_some_and(|text| text.len() > 10), "{key}: {held}");
        }
    }
}
