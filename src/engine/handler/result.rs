//! Turning what a handler printed into a job's result, which is always an object.

use serde_json::{Map, Value, json};

use super::JobError;
use super::options::{OversizeMode, ResultMode, ShellOptions};
use crate::process::Captured;

/// The result in a handler's output.
///
/// # Errors
/// An output over the limit, or one that is no JSON where it must be.
pub(super) fn from_output(output: &Captured, options: &ShellOptions) -> Result<Map<String, Value>, JobError> {
    if options.result == ResultMode::None {
        return Ok(Map::new());
    }
    if output.dropped > 0 {
        return match options.oversize {
            OversizeMode::Fail | OversizeMode::Spill => Err(too_large(options.kept_bytes())),
            OversizeMode::Truncate => {
                let mut result = from_text(&output.bytes);
                result.insert("truncated".to_owned(), output.dropped.into());
                Ok(result)
            }
        };
    }
    if output.bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    // Values nested deeper than serde_json goes (128 levels) are no JSON to it, and so cannot overflow a stack.
    match serde_json::from_str(&String::from_utf8_lossy(&output.bytes)) {
        Ok(value) => Ok(from_value(value)),
        Err(error) if options.result == ResultMode::Json => {
            Err(JobError::typed("result-invalid", format!("the result is no JSON: {error}")))
        }
        Err(_) => Ok(from_text(&output.bytes)),
    }
}

/// A value as a result.
pub(super) fn from_value(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => object(json!({ "value": other })),
    }
}

/// The failure of a job whose result is over its limit.
pub(super) fn too_large(limit: usize) -> JobError {
    JobError::typed("result-too-large", format!("the result is larger than {limit} bytes"))
}

fn from_text(bytes: &[u8]) -> Map<String, Value> {
    let text = String::from_utf8_lossy(bytes);
    object(json!({ "output": text.trim_end_matches(['\n', '\r']) }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(output: &[u8], mode: ResultMode) -> Result<Value, String> {
        let options = ShellOptions { result: mode, ..ShellOptions::default() };
        let output = Captured { bytes: output.to_vec(), dropped: 0 };
        from_output(&output, &options).map(Value::Object).map_err(|error| error.to_string())
    }

    #[test]
    fn whatever_is_printed_becomes_an_object() {
        let auto = |output: &[u8]| result(output, ResultMode::Auto).unwrap();
        assert_eq!(auto(b"{\"a\": 1}\n"), json!({"a": 1}));
        assert_eq!(auto(b"[1, 2]"), json!({"value": [1, 2]}));
        assert_eq!(auto(b"7"), json!({"value": 7}));
        assert_eq!(auto(b"done\n"), json!({"output": "done"}));
        assert_eq!(auto(b"{\"a\": 1}\n{\"b\": 2}\n"), json!({"output": "{\"a\": 1}\n{\"b\": 2}"}));
        assert_eq!(auto(b" \n"), json!({}));
        assert_eq!(auto(b"a\xc3"), json!({"output": "a\u{fffd}"}));
        assert_eq!(auto(b"a\0b"), json!({"output": "a\0b"}));
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(auto(deep.as_bytes()), json!({ "output": deep }));
    }

    #[test]
    fn json_can_be_insisted_on_and_output_ignored() {
        assert!(result(b"text", ResultMode::Json).unwrap_err().starts_with("result-invalid"));
        assert_eq!(result(b"", ResultMode::Json).unwrap(), json!({}));
        assert_eq!(result(b"text", ResultMode::None).unwrap(), json!({}));
    }

    #[test]
    fn what_is_to_be_spilled_is_kept_up_to_what_a_store_takes() {
        let options =
            ShellOptions { result_bytes: 1, oversize: OversizeMode::Spill, ..ShellOptions::default() };
        let output = Captured { bytes: b"text".to_vec(), dropped: 0 };
        assert_eq!(Value::Object(from_output(&output, &options).unwrap()), json!({"output": "text"}));
        let error = from_output(&Captured { dropped: 1, ..output }, &options).unwrap_err();
        assert!(error.message.contains(&options.kept_bytes().to_string()), "{error}");
    }

    #[test]
    fn too_much_is_a_failure_or_cut() {
        let output = Captured { bytes: b"tail\n".to_vec(), dropped: 5 };
        let options = ShellOptions::default();
        assert_eq!(
            from_output(&output, &options).unwrap_err().error_type.as_deref(),
            Some("result-too-large")
        );
        let options = ShellOptions { oversize: OversizeMode::Truncate, ..options };
        assert_eq!(
            Value::Object(from_output(&output, &options).unwrap()),
            json!({"output": "tail", "truncated": 5})
        );
    }
}
