//! Waiting for what comes soon.
//!
//! Owns the rule when to look out for something and when to sleep. To sleep costs little and to be woken up to 60 µs, the more
//! the deeper the processor sleeps meanwhile; to look out costs the time it takes. Whoever looks out lets others have
//! the processor at each turn.

use std::time::{Duration, Instant};

/// The look out of somebody who waits, again and again, for one thing alone.
#[derive(Debug, Default)]
pub(crate) struct LookOut {
    began: Option<Instant>,
    /// Whether it came soon the last time.
    pays: bool,
}

impl LookOut {
    /// After this time it is slept.
    pub(crate) const LONGEST: Duration = Duration::from_micros(200);
    /// What took longer the last time is not looked out for.
    const SOON: Duration = Duration::from_micros(500);

    /// It is waited for from now on.
    pub(crate) fn begin(&mut self) {
        self.began = Some(Instant::now());
    }

    /// It has come.
    pub(crate) fn end(&mut self) {
        if let Some(began) = self.began.take() {
            self.pays = began.elapsed() < Self::SOON;
        }
    }

    /// It is not what is waited for alone any more.
    pub(crate) fn give_up(&mut self) {
        self.began = None;
    }

    /// Lets others have a turn, in this process and on this processor.
    pub(crate) async fn turn() {
        std::thread::yield_now();
        tokio::task::yield_now().await;
    }

    /// Whether to look out now, rather than to sleep.
    pub(crate) fn is_on(&self) -> bool {
        self.pays && self.began.is_some_and(|began| began.elapsed() < Self::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_soon_is_looked_out_for_and_not_for_long() {
        let mut look_out = LookOut::default();
        look_out.begin();
        assert!(!look_out.is_on(), "it is not known yet how soon it comes");
        look_out.end();
        assert!(!look_out.is_on());
        look_out.pays = true;
        look_out.begin();
        while look_out.is_on() {}
        assert!(look_out.began.unwrap().elapsed() >= LookOut::LONGEST);
        look_out.give_up();
        assert!(look_out.pays, "it has not come late");
        look_out.begin();
        while look_out.began.unwrap().elapsed() < LookOut::SOON {}
        look_out.end();
        assert!(!look_out.pays);
    }
}
