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
