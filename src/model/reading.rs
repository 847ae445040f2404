//! A job out of its text, without a tree of values in between.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::quoted::Text;
use super::{InvalidJob, Job};

impl Job {
    /// Reads a job out of the text of a resource: what [`Job::from_value`] makes of what stands there.
    ///
    /// # Errors
    /// When the text is not JSON. What is JSON and not a job is told of inside.
    pub fn from_text(text: &str) -> serde_json::Result<Result<Self, InvalidJob>> {
        if let Ok(Plain(job)) = serde_json::from_str(text) {
            return Ok(Ok(job));
        }
        serde_json::from_str(text).map(|value| Self::from_value(&value))
    }
}

/// A job that has what it must, and nothing that is to be passed over. Nothing else can be read as this.
struct Plain(Job);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PlainVisitor;
        impl<'de> Visitor<'de> for PlainVisitor {
            type Value = Plain;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a job")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain, A::Error> {
                let mut job = Job::default();
                let (mut service, mut job_type) = (None, None);
                while let Some(Text(member)) = map.next_key()? {
                    match &*member {
                        "service" => service = map.next_value()?,
                        "type" => job_type = map.next_value()?,
                        "status" => job.status_field = map.next_value()?,
                        "config" => job.config = map.next_value::<Option<_>>()?.unwrap_or_default(),
                        "result" => job.result = map.next_value()?,
                        "updates" => job.updates = map.next_value::<Option<_>>()?.unwrap_or_default(),
                        "claim" => job.claim = map.next_value()?,
                        "attempts" => {
                            job.attempts = map.next_value::<Option<BTreeMap<_, _>>>()?.unwrap_or_default();
                        }
                        of_store if of_store.starts_with('_') => drop(map.next_value::<IgnoredAny>()?),
                        extra => match map.next_value()? {
                            Value::Null => drop(job.extra.remove(extra)),
                            value => drop(job.extra.insert(extra.to_owned(), value)),
                        },
                    }
                }
                job.service = service.ok_or_else(|| A::Error::missing_field("service"))?;
                job.job_type = job_type.ok_or_else(|| A::Error::missing_field("type"))?;
                Ok(Plain(job))
            }
        }
        deserializer.deserialize_map(PlainVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "service", "type", "status", "config", "result", "updates", "claim", "attempts", "mine", "_rev",
        ]);
        let update = r#"{"status":"info","time":"2026-01-02T03:04:05Z","meta":{"a":[1]}}"#;
        let attempt = r#"{"worker":"w","started":"s","ended":"e","outcome":"success","more":1}"#;
        let claim = r#"{"worker":"w","nonce":"n","attempt":2,"at":"a"}"#;
        let values = ["null", "\"text\"", "\"\\u00e9\\n\"", "1", "[]", "{}", r#"{"a":{"b":null}}"#, claim];
        let mut values = values.map(str::to_owned).to_vec();
        for entries in [update, attempt, "1"] {
            values.extend(["1", "+1", "01", "k"].map(|key| format!(r#"{{"{key}":{entries}}}"#)));
            values.push(format!(r#"{{"1":{entries},"k":null}}"#));
        }
        (name, prop::sample::select(values)).prop_map(|(name, value)| format!("\"{name}\":{value}"))
    }

    proptest! {
        #[test]
        fn it_is_what_the_tree_of_values_says(
            members in prop::collection::vec(member(), 0..8),
            is_complete in prop::bool::weighted(0.8),
        ) {
            let begin = if is_complete { vec!["\"service\":\"svc\",\"type\":\"t\"".to_owned()] } else { Vec::new() };
            let text = format!("{{{}}}", members.into_iter().chain(begin).collect::<Vec<_>>().join(","));
            let value: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Job::from_text(&text).unwrap(), Job::from_value(&value), "{}", text);
        }
    }

    #[test]
    fn what_is_no_job_is_named_and_what_is_no_json_refused() {
        assert_eq!(Job::from_text("[]").unwrap(), Err(InvalidJob::NotAnObject));
        assert_eq!(Job::from_text("{\"_id\":\"resources/a\"}").unwrap(), Err(InvalidJob::Empty));
        assert!(Job::from_text("{\"service\":\"a\",\"type\":\"b\"").is_err());
    }
}
