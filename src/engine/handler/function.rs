//! Handlers that are async functions of a Rust program.

use std::future::Future;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Context, Handler, JobError, Outcome};
use crate::model::Job;

/// A handler made of a function. When it must stop, its future is dropped.
pub(crate) struct Function<F>(pub(crate) F);

impl<F, Fut, R> Handler for Function<F>
where
    F: Fn(Job, Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<R, JobError>> + Send,
    R: Serialize + Send,
{
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            tokio::select! {
                biased;
                result = (self.0)(job.clone(), context.clone()) => match result.map(as_result) {
                    Ok(Ok(result)) => Outcome::Success(result),
                    Ok(Err(error)) => Outcome::Failure(
                        JobError::typed("result", format!("the result is not JSON: {error}")),
                    ),
                    Err(error) => Outcome::Failure(error),
                },
                _ = context.cancelled() => Outcome::Stopped { details: Map::new() },
            }
        })
    }
}

/// A result must be an object (`jobs-contract.md` 3.1): nothing becomes `{}`, anything else goes under `value`.
fn as_result(result: impl Serialize) -> serde_json::Result<Map<String, Value>> {
    Ok(match serde_json::to_value(result)? {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        other => Map::from_iter([("value".to_owned(), other)]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn results_are_objects() {
        assert_eq!(Value::Object(as_result(json!({"a": 1})).unwrap()), json!({"a": 1}));
        assert_eq!(Value::Object(as_result(()).unwrap()), json!({}));
        assert_eq!(Value::Object(as_result([1, 2]).unwrap()), json!({"value": [1, 2]}));
    }
}
