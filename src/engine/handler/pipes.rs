//! Reading what a running command writes into its pipes.

use std::io;
use std::os::fd::AsFd;

use tokio::net::unix::pipe;

use crate::process::{Line, Lines};

/// What an answer may hold beside a result of the greatest size.
pub(super) const ANSWER_EXTRA: usize = 64 << 10;
/// Reads from one pipe before others have their turn, at most.
pub(super) const READS_PER_TURN: usize = 16;

/// Reads what is in the pipe at this moment: without asking the runtime, which may not have heard yet of what was written
/// a moment ago; but it must be told when there is nothing more, or it would wake us at once.
pub(super) fn read_now(pipe: &pipe::Receiver, buffer: &mut [u8]) -> io::Result<usize> {
    match rustix::io::read(pipe.as_fd(), &mut *buffer) {
        Err(rustix::io::Errno::AGAIN) => pipe.try_read(buffer),
        read => read.map_err(io::Error::from),
    }
}

/// Reads what is there. Returns whether the pipe is at its end.
pub(super) fn read_lines(pipe: &pipe::Receiver, lines: &mut Lines, mut sink: impl FnMut(Line<'_>)) -> bool {
    let mut buffer = [0; 4 << 10];
    for _ in 0..READS_PER_TURN {
        match read_now(pipe, &mut buffer) {
            Ok(0) => return true,
            Ok(count) => lines.push(&buffer[..count], &mut sink),
            Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
        }
    }
    false
}

pub(super) async fn readable(pipe: Option<&pipe::Receiver>) {
    match pipe {
        // An error shows again in the read.
        Some(pipe) => drop(pipe.readable().await),
        None => std::future::pending().await,
    }
}

pub(super) async fn wait_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::fd::OwnedFd;

    use super::*;

    /// The last words of a command that has ended since the runtime last looked.
    #[tokio::test]
    async fn what_was_written_a_moment_ago_is_read() {
        let (ours, mut theirs) = std::io::pipe().unwrap();
        let ours = pipe::Receiver::from_owned_fd(OwnedFd::from(ours)).unwrap();
        theirs.write_all(b"last\nwords").unwrap();
        let mut buffer = [0; 16];
        let unheard = ours.try_read(&mut buffer).unwrap_err();
        assert_eq!(unheard.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(read_now(&ours, &mut buffer).unwrap(), 10);
        assert_eq!(read_now(&ours, &mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        theirs.write_all(b"a line\n").unwrap();
        drop(theirs);
        let mut lines = Vec::new();
        assert!(read_lines(&ours, &mut Lines::new(100), |line| lines.push(line.bytes.to_vec())));
        assert_eq!(lines, [b"a line".to_vec()]);
    }
}
