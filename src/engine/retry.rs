//! Repeating what must land.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// Repeats `step` until it succeeds, with growing, jittered pauses up to `longest`; says each failure. There is no
/// limit: cancelling is the caller's.
pub(super) async fn until_it_lands<T, E: std::fmt::Display, F: Future<Output = Result<T, E>>>(
    step: impl Fn() -> F,
    said: impl Fn(&str),
    longest: Duration,
) -> T {
    let mut pauses = pauses(longest);
    loop {
        match step().await {
            Ok(done) => return done,
            Err(error) => said(&error.to_string()),
        }
        tokio::time::sleep(pauses.next().unwrap_or(longest)).await;
    }
}

/// Growing, jittered pauses without end.
pub(super) fn pauses(longest: Duration) -> impl Iterator<Item = Duration> + Send {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times()
        .build()
}
