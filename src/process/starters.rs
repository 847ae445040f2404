//! The threads on which commands are started, away from those of the runtime.
//!
//! The runtime has such threads too, but calls one while it has the lock that is the first thing the one called needs: each
//! start would cost two more changes of threads.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// How long a thread waits for more to do before it ends.
const IDLE: Duration = Duration::from_secs(10);

type Work = Box<dyn FnOnce() + Send>;

static STARTERS: Starters = Starters::new();

/// Does what may take its time. There are as many threads as have something to do at once. Cancelling the wait does not
/// cancel the work, whose outcome is dropped then.
///
/// # Errors
/// When there can be no thread for it, or it panics.
pub async fn on_a_starter<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    STARTERS.do_work(work).await
}

/// Waits until all that has been begun is done; what has not is forgotten. For the end of a program: nobody would stop a
/// command that comes to be started then.
pub fn finish_starts() {
    STARTERS.finish();
}

struct Starters {
    pool: Mutex<Pool>,
    /// Somebody who waits is called.
    called: Condvar,
    /// Nobody is busy any more.
    done: Condvar,
}

struct Pool {
    work: VecDeque<Work>,
    /// Threads that wait and have not been called.
    idle: usize,
    /// How many were called and have not come yet.
    called: usize,
    busy: usize,
    /// Whether somebody waits until nobody is busy.
    is_finishing: bool,
}

impl Starters {
    const fn new() -> Self {
        let pool = Pool { work: VecDeque::new(), idle: 0, called: 0, busy: 0, is_finishing: false };
        Self { pool: Mutex::new(pool), called: Condvar::new(), done: Condvar::new() }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn do_work<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let (give, given) = oneshot::channel();
        self.hand_over(Box::new(move || {
            let _ = give.send(work());
        }))?;
        given.await.map_err(io::Error::other)
    }

    fn hand_over(&'static self, work: Work) -> io::Result<()> {
        let mut pool = self.pool();
        pool.work.push_back(work);
        if pool.idle > 0 {
            (pool.idle, pool.called) = (pool.idle - 1, pool.called + 1);
            drop(pool);
            self.called.notify_one();
            return Ok(());
        }
        let made = std::thread::Builder::new().name("starter".to_owned()).spawn(|| self.attend());
        if made.is_err() && pool.busy + pool.called == 0 {
            // Nobody would come to it.
            pool.work.pop_back();
            return made.map(drop);
        }
        Ok(())
    }

    /// Works until there has been nothing to do for a while.
    fn attend(&self) {
        let mut pool = self.pool();
        loop {
            while let Some(work) = pool.work.pop_front() {
                pool.busy += 1;
                drop(pool);
                // Whoever waits for it is told by its silence.
                let _ = catch_unwind(AssertUnwindSafe(work));
                pool = self.pool();
                pool.busy -= 1;
            }
            if pool.is_finishing && pool.busy == 0 {
                self.done.notify_all();
            }
            pool.idle += 1;
            let waited = self.called.wait_timeout_while(pool, IDLE, |pool| pool.called == 0);
            pool = waited.unwrap_or_else(PoisonError::into_inner).0;
            if pool.called == 0 {
                pool.idle -= 1;
                return;
            }
            pool.called -= 1;
        }
    }

    fn finish(&self) {
        let mut pool = self.pool();
        let forgotten = std::mem::take(&mut pool.work);
        pool.is_finishing = true;
        while pool.busy > 0 {
            pool = self.done.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        drop(pool);
        drop(forgotten);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn starters() -> &'static Starters {
        Box::leak(Box::new(Starters::new()))
    }

    #[tokio::test]
    async fn all_is_done_at_once_and_threads_are_used_again() {
        let starters = starters();
        for _ in 0..3 {
            let (mut last, mut all) = (None::<mpsc::Sender<()>>, Vec::new());
            for n in 0..20 {
                // Each waits until the one after it has begun.
                let (begun, next_begins) = mpsc::channel();
                let before = last.replace(begun);
                all.push(tokio::spawn(starters.do_work(move || {
                    drop(before);
                    let _ = next_begins.recv();
                    n
                })));
            }
            drop(last);
            for (n, done) in all.into_iter().enumerate() {
                assert_eq!(done.await.unwrap().unwrap(), n);
            }
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_thread_lives_on() {
        let starters = starters();
        for _ in 0..3 {
            assert!(starters.do_work(|| panic!("as is meant")).await.is_err());
        }
        assert_eq!(starters.do_work(|| 1).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_has_begun_is_waited_for() {
        let starters = starters();
        let (begun, begins) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let work = tokio::spawn(starters.do_work(move || {
            begun.send(()).unwrap();
            let _ = ends.recv();
            tell.send(()).unwrap();
        }));
        tokio::task::yield_now().await;
        begins.recv().unwrap();
        work.abort();
        let finish = std::thread::spawn(|| starters.finish());
        drop(end);
        finish.join().unwrap();
        assert!(told.try_recv().is_ok());
    }
}
