//! How long to wait before trying again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// Delays that double from a tenth of a second up to a limit, each with jitter so that many clients that lost the
/// same server do not come back at the same moment.
#[derive(Debug)]
pub(super) struct Backoff {
    longest: Duration,
    delays: ExponentialBackoff,
}

impl Backoff {
    /// Delays that do not grow beyond `longest`.
    pub(super) fn up_to(longest: Duration) -> Self {
        Self { longest, delays: delays(longest) }
    }

    /// The next delay.
    pub(super) fn next_delay(&mut self) -> Duration {
        self.delays.next().unwrap_or(self.longest)
    }

    /// Starts over with short delays.
    pub(super) fn reset(&mut self) {
        self.delays = delays(self.longest);
    }
}

fn delays(longest: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_limit_and_start_over() {
        let longest = Duration::from_secs(5);
        let mut backoff = Backoff::up_to(longest);
        assert!(backoff.next_delay() < Duration::from_millis(300));
        for _ in 0..20 {
            assert!(backoff.next_delay() <= longest * 2);
        }
        assert!(backoff.next_delay() >= longest);
        backoff.reset();
        assert!(backoff.next_delay() < Duration::from_millis(300));
    }
}
