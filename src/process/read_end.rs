//! Our end of a pipe that a command writes into.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use tokio::net::unix::pipe;

/// The reading end of a pipe. The runtime is told of it only when somebody has to wait for what comes: a command that has
/// ended by then is heard without it.
#[derive(Debug)]
pub struct ReadEnd(Option<State>);

#[derive(Debug)]
enum State {
    Unwatched(OwnedFd),
    Watched(pipe::Receiver),
}

impl ReadEnd {
    /// Takes a pipe over.
    ///
    /// # Errors
    /// When it cannot be made not to block.
    pub fn new(pipe: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        Ok(Self::of_nonblocking(pipe))
    }

    /// The same of a pipe that does not block.
    #[must_use]
    pub fn of_nonblocking(pipe: OwnedFd) -> Self {
        Self(Some(State::Unwatched(pipe)))
    }

    /// Reads what is in the pipe at this moment: without asking the runtime, which may not have heard yet of what was
    /// written a moment ago; but it must be told when there is nothing more, or it would wake us at once.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when there is nothing, but may be later.
    pub fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(state) = &self.0 else { return Ok(0) };
        match (rustix::io::read(state, &mut *buffer), state) {
            (Err(rustix::io::Errno::AGAIN), State::Watched(pipe)) => pipe.try_read(buffer),
            (read, _) => read.map_err(io::Error::from),
        }
    }

    /// Resolves when there may be something to read. Needs a runtime. Cancelling it is harmless.
    ///
    /// # Errors
    /// When the runtime cannot watch it; it is closed then.
    pub async fn readable(&mut self) -> io::Result<()> {
        self.0 = match self.0.take() {
            Some(State::Unwatched(pipe)) => {
                Some(State::Watched(pipe::Receiver::from_owned_fd_unchecked(pipe)?))
            }
            state => state,
        };
        match &self.0 {
            Some(State::Watched(pipe)) => pipe.readable().await,
            _ => Ok(()),
        }
    }
}

impl AsFd for State {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unwatched(pipe) => pipe.as_fd(),
            Self::Watched(pipe) => pipe.as_fd(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// The last words of a command that has ended since the runtime last looked.
    #[tokio::test]
    async fn what_was_written_a_moment_ago_is_read() {
        let (ours, mut theirs) = io::pipe().unwrap();
        let mut ours = ReadEnd::new(ours.into()).unwrap();
        let mut buffer = [0; 16];
        for words in [b"unwatched", b"a watched"] {
            theirs.write_all(words).unwrap();
            assert_eq!(ours.read_now(&mut buffer).unwrap(), 9);
            assert_eq!(ours.read_now(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            let soon = std::time::Duration::from_millis(1);
            assert!(tokio::time::timeout(soon, ours.readable()).await.is_err(), "there is nothing to read");
        }
        theirs.write_all(b"end").unwrap();
        ours.readable().await.unwrap();
        drop(theirs);
        assert_eq!((ours.read_now(&mut buffer).unwrap(), ours.read_now(&mut buffer).unwrap()), (3, 0));
    }
}
