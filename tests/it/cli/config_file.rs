//! Handlers from `oada-jobs.toml`: what the file says is done, flags win over it, and what is wrong with it is told.

use std::fs;

use serde_json::{Value, json};

use crate::support::env::TestEnv;

#[test]
fn a_worker_runs_the_handlers_of_the_file_and_flags_win() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("show.sh", r#"printf '{"a": "%s", "in": %s, "dir": "%s"}' "$A" "$(cat)" "${PWD##*/}""#);
    env.file(
        "oada-jobs.toml",
        r#"
[handlers.t]
command = "./show.sh"
stdin = "config"
env = { A = "x=y:z" }
"#,
    );
    let folder = env.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(
        env.served(&["t", "--set", "n=1"], &[])["result"],
        json!({"a": "x=y:z", "in": {"n": 1}, "dir": folder})
    );
    let flagged =
        env.served(&["t", "--set", "n=1"], &["--env", "t:A=flag", "--stdin", "none", "--result", "json"]);
    assert_eq!(flagged["status"], "failure", "the input was empty, so the output is no JSON: {flagged}");
    let replaced = env.served(&["t", "--set", "n=1"], &["--handler", "t=printf '%s' \"$A\""]);
    assert_eq!(replaced["result"], json!({"output": "x=y:z"}));
}

#[test]
fn relative_paths_are_seen_from_the_file() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    fs::create_dir_all(env.path().join("project/sub")).unwrap();
    env.script("project/here.sh", "printf '%s' \"${PWD##*/}\"");
    env.script("project/sub/here.sh", "printf '%s' \"${PWD##*/}\"");
    env.file("project/oada-jobs.toml", "[handlers.t]\ncommand = \"./here.sh\"\n");
    let flags = ["--config-file", "project/oada-jobs.toml"];
    assert_eq!(env.served(&["t", "--set", "n=1"], &flags)["result"], json!({"output": "project"}));
    env.file("project/oada-jobs.toml", "[handlers.t]\ncommand = [\"./here.sh\"]\ncwd = \"sub\"\n");
    assert_eq!(env.served(&["t", "--set", "n=1"], &flags)["result"], json!({"output": "sub"}));
    let below = env.path().join("project/sub");
    let key = env.post(&["t"]);
    let mut command = env.command(&["serve", "--once"]);
    assert!(command.current_dir(below).status().unwrap().success(), "the nearest file going up is not read");
    assert_eq!(env.records(&["job", "show", &key])[0]["result"], json!({"output": "sub"}));
}

#[test]
fn a_stream_and_a_command_without_a_shell_stand_in_the_file_too() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script(
        "echo.sh",
        r#"while read -r line; do id=${line#*\"id\":\"}; printf '{"id": "%s"}\n' "${id%%\"*}"; done"#,
    );
    env.file(
        "oada-jobs.toml",
        r#"
[handlers."s*"]
command = "./echo.sh"
mode = "stream"
processes = 2

[handlers.t]
command = ["echo", "$HOME"]
"#,
    );
    assert_eq!(env.served(&["t", "--set", "n=1"], &[])["result"], json!({"output": "$HOME"}));
    let key = env.post(&["several"]);
    env.ok(&["serve", "--once"]);
    assert_eq!(env.records(&["job", "show", &key])[0]["status"], "success");
}

#[test]
fn what_is_wrong_in_the_file_is_told_before_anything_is_opened() {
    let env = TestEnv::new();
    let serve = |text: &str| {
        env.file("oada-jobs.toml", text);
        env.run(&["serve"])
    };
    let t = "[handlers.email]\ncommand = \"true\"\n";
    serve(&format!("{t}stop-signal = \"INT\"\n")).failed(
        2,
        "oada-jobs.toml:3: handlers.email.stop-signal: there is no such key",
        "stop_signal",
    );
    let wrong = serve(&format!("{t}timeout = 30\n"));
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("oada-jobs.toml:3: handlers.email.timeout: must be a string"), "{wrong:?}");
    serve("[handlers.email]\ncommand = \"./gone.sh\"\n").failed(
        2,
        "oada-jobs.toml:1: cannot run the handler of \"email\": ./gone.sh: No such file",
        "check the path",
    );
    env.file("plain.sh", "");
    serve("[handlers.email]\ncommand = [\"./plain.sh\"]\n").failed(2, "not executable", "chmod +x");
    serve("[handler.email]\ncommand = \"true\"\n").failed(2, ":1: handler: there is no such key", "handlers");
    assert!(!env.path().join("home/.local").exists(), "the store was opened all the same");
}

#[test]
fn a_doctor_looks_at_the_handlers_of_the_file() {
    let env = TestEnv::new();
    let (_store, _url) = env.serve_store(&[]);
    env.script("send.sh", "true");
    env.file(
        "oada-jobs.toml",
        "[handlers.email]\ncommand = \"./send.sh --fast\"\n[handlers.pdf]\ncommand = \"./gone.sh\"\n",
    );
    let doctor = env.run(&["doctor", "-o", "ndjson"]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    let findings: Vec<Value> =
        doctor.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found = |state: &str, text: &str| {
        let fits = |one: &&Value| one["check"] == "handler" && one["found"].to_string().contains(text);
        let finding = findings.iter().find(fits).unwrap_or_else(|| panic!("{text} is not in {findings:?}"));
        assert_eq!(finding["state"], state);
    };
    found("ok", "email: ./send.sh --fast");
    found("error", "./gone.sh: No such file");
    env.file("oada-jobs.toml", "[handlers.email]\ncommand = \"true\"\nidel = \"1s\"\n");
    assert!(env.run(&["doctor"]).stdout.contains(":3: handlers.email.idel"));
}

/// The files in the documentation are files as the schema and the worker want them.
#[test]
fn examples_are_as_the_schema_and_the_worker_want_them() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema: Value =
        serde_json::from_slice(&fs::read(root.join("docs/oada-jobs.schema.json")).unwrap()).unwrap();
    let text = fs::read_to_string(root.join("docs/environment.md")).unwrap();
    let examples: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty());
    let is_read = |text: &str| {
        let env = TestEnv::new();
        for script in ["send.sh", "thumb.py"] {
            env.script(script, "true");
        }
        fs::create_dir(env.path().join("scratch")).unwrap();
        env.file("oada-jobs.toml", text);
        let said = env.run(&["doctor"]);
        !said.stdout.contains("\"check\":\"handlers\"") && !said.stderr.contains("oada-jobs.toml")
    };
    for example in examples {
        let value: Value = toml::from_str(example).unwrap();
        assert_eq!(misfits(&value, &schema, &schema), Vec::<String>::new(), "{example}");
        assert!(is_read(example), "{example}");
    }
    let t = "[handlers.t]\ncommand = \"true\"\n";
    for wrong in [
        "retries = -1",
        "retries = \"1\"",
        "timeout = 5",
        "stdin = \"all\"",
        "memory = \"1 GB\"",
        "clean_env = 1",
        "secret_env = \"A\"",
        "env = [\"A\"]",
        "env = { A = 1 }",
        "on_exit = { 3 = \"maybe\" }",
        "mode = \"other\"",
        "processes = 0",
        "idel = \"5s\"",
    ] {
        let text = format!("{t}{wrong}\n");
        let value: Value = toml::from_str(&text).unwrap();
        assert!(!misfits(&value, &schema, &schema).is_empty(), "the schema accepts {wrong}");
        assert!(!is_read(&text), "the worker accepts {wrong}");
    }
}

/// What in a value is not as a schema wants it; as much of JSON Schema as ours uses.
fn misfits(value: &Value, schema: &Value, root: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (rule, wanted) in schema.as_object().unwrap() {
        let fits = match rule.as_str() {
            "$ref" => {
                let place = wanted.as_str().unwrap().trim_start_matches('#');
                wrong.extend(misfits(value, root.pointer(place).unwrap(), root));
                true
            }
            "type" => match wanted.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                "boolean" => value.is_boolean(),
                other => panic!("{other}"),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_i64() >= wanted.as_i64(),
            "minLength" => value.as_str().is_none_or(|text| !text.is_empty()),
            "minItems" => value.as_array().is_none_or(|items| !items.is_empty()),
            "pattern" => is_like(value.as_str().unwrap_or_default(), wanted.as_str().unwrap()),
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    wrong.extend(misfits(item, wanted, root));
                }
                true
            }
            "anyOf" => wanted.as_array().unwrap().iter().any(|one| misfits(value, one, root).is_empty()),
            "required" => {
                wanted.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
            }
            "propertyNames" => value.as_object().is_none_or(|members| {
                members.keys().all(|name| is_like(name, wanted["pattern"].as_str().unwrap()))
            }),
            "properties" => {
                for (key, inner) in wanted.as_object().unwrap() {
                    wrong.extend(value.get(key).into_iter().flat_map(|held| misfits(held, inner, root)));
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let others = value.as_object().into_iter().flatten();
                for (key, held) in
                    others.filter(|(key, _)| !known.is_some_and(|known| known.contains_key(*key)))
                {
                    match wanted {
                        Value::Bool(false) => wrong.push(format!("{key} is not known")),
                        inner => wrong.extend(misfits(held, inner, root)),
                    }
                }
                true
            }
            "$schema" | "$defs" | "title" | "description" => true,
            other => panic!("the schema uses {other}, of which this test knows nothing"),
        };
        if !fits {
            wrong.push(format!("{value} is against {rule} {wanted}"));
        }
    }
    wrong
}

/// The few patterns that the schema uses.
fn is_like(text: &str, pattern: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^[0-9]" => text.starts_with(|c: char| c.is_ascii_digit()),
        "^([0-9].*|none)$" => text == "none" || text.starts_with(|c: char| c.is_ascii_digit()),
        "^[0-9]+([kKMG]i?)?B?$" => {
            let text = text.strip_suffix('B').unwrap_or(text);
            let text = text.strip_suffix('i').unwrap_or(text);
            digits(text.strip_suffix(['k', 'K', 'M', 'G']).unwrap_or(text))
        }
        "^[^=]+$" => !text.is_empty() && !text.contains('='),
        "^[0-9]{1,3}$" => digits(text) && text.len() < 4,
        other => panic!("the schema uses the pattern {other}, of which this test knows nothing"),
    }
}
