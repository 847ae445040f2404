//! Moving bytes between a run and its pipes, within the limits.

use std::io;
use std::os::fd::OwnedFd;

use tokio::net::unix::pipe;

use super::output::{Capture, Captured, Keep, Line, Lines};
use super::read_end::ReadEnd;
use super::supervise::{LogTail, RunOptions};

/// Our ends of the pipes of a run.
#[derive(Debug)]
pub(super) struct Ends {
    /// Where the input is written, and what is.
    pub(super) stdin: Option<(OwnedFd, Vec<u8>)>,
    pub(super) stdout: Option<ReadEnd>,
    pub(super) stderr: Option<ReadEnd>,
}

/// Moves bytes between the run and its pipes.
pub(super) struct Pump<'a> {
    stdin: Option<(pipe::Sender, Vec<u8>, usize)>,
    stdout: Option<ReadEnd>,
    stderr: Option<ReadEnd>,
    captured: Capture,
    log: Log<'a>,
}

/// Reads from one pipe before the others have their turn, at most.
const READS_PER_TURN: usize = 8;

impl<'a> Pump<'a> {
    /// Connects a run. Needs a runtime.
    pub(super) fn new(
        ends: Ends,
        options: &RunOptions,
        log: &'a mut (dyn FnMut(Line<'_>) + Send),
    ) -> io::Result<Self> {
        let stdin = match ends.stdin {
            Some((pipe, bytes)) => Some((pipe::Sender::from_owned_fd(pipe)?, bytes, 0)),
            None => None,
        };
        Ok(Self {
            stdin,
            stdout: ends.stdout,
            stderr: ends.stderr,
            captured: Capture::new(options.stdout_bytes, options.stdout_keep),
            log: Log::new(options, log),
        })
    }

    /// Moves bytes for as long as it is polled. Cancelling loses nothing.
    pub(super) async fn forever(&mut self) -> std::convert::Infallible {
        self.until_closed().await;
        std::future::pending().await
    }

    /// Moves bytes until both outputs are closed. Cancelling loses nothing.
    pub(super) async fn until_closed(&mut self) {
        // What has ended by now need not be waited for.
        self.read_stdout();
        self.read_stderr();
        while self.stdout.is_some() || self.stderr.is_some() {
            tokio::select! {
                () = readable(self.stdout.as_mut()) => self.read_stdout(),
                () = readable(self.stderr.as_mut()) => self.read_stderr(),
                () = writable(self.stdin.as_ref().map(|(pipe, ..)| pipe)) => self.write(),
            }
        }
    }

    fn read_stdout(&mut self) {
        read(&mut self.stdout, |bytes| self.captured.push(bytes));
    }

    fn read_stderr(&mut self) {
        read(&mut self.stderr, |bytes| self.log.push(bytes));
    }

    /// Writes what the pipe takes. One that nobody reads any more is closed.
    fn write(&mut self) {
        if let Some((pipe, bytes, written)) = &mut self.stdin {
            match pipe.try_write(&bytes[*written..]) {
                Ok(count) => *written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => *written = bytes.len(),
            }
            if *written == bytes.len() {
                self.stdin = None;
            }
        }
    }

    pub(super) fn finish(self) -> (Captured, LogTail) {
        (self.captured.finish(), self.log.finish())
    }
}

async fn readable(pipe: Option<&mut ReadEnd>) {
    match pipe {
        // An error shows again in the read.
        Some(pipe) => drop(pipe.readable().await),
        None => std::future::pending().await,
    }
}

async fn writable(pipe: Option<&pipe::Sender>) {
    match pipe {
        Some(pipe) => drop(pipe.writable().await),
        None => std::future::pending().await,
    }
}

/// Most commands write little or nothing, and a buffer costs as much as it is large.
fn read(pipe: &mut Option<ReadEnd>, mut sink: impl FnMut(&[u8])) {
    if read_into(&mut [0; 1 << 10], pipe, &mut sink) {
        let mut buffer = [0; 16 << 10];
        for _ in 0..READS_PER_TURN {
            if !read_into(&mut buffer, pipe, &mut sink) {
                return;
            }
        }
    }
}

/// Reads once. Returns whether there may be more.
fn read_into(buffer: &mut [u8], pipe: &mut Option<ReadEnd>, sink: &mut impl FnMut(&[u8])) -> bool {
    let Some(open) = pipe else { return false };
    match open.read_now(buffer) {
        Ok(0) => *pipe = None,
        Ok(count) => {
            sink(&buffer[..count]);
            return true;
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(_) => *pipe = None,
    }
    false
}

/// Standard error: lines up to the limit, and the tail.
struct Log<'a> {
    lines: Lines,
    left: u64,
    sink: &'a mut (dyn FnMut(Line<'_>) + Send),
    tail: Capture,
    tail_lines: usize,
    dropped: u64,
}

impl<'a> Log<'a> {
    fn new(options: &RunOptions, sink: &'a mut (dyn FnMut(Line<'_>) + Send)) -> Self {
        Self {
            lines: Lines::new(options.line_bytes),
            left: options.log_bytes,
            sink,
            tail: Capture::new(options.tail_bytes, Keep::Tail),
            tail_lines: options.tail_lines,
            dropped: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.tail.push(bytes);
        if self.left == 0 {
            self.dropped += bytes.len() as u64;
            return;
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        self.lines.push(bytes, &mut *self.sink);
    }

    fn finish(mut self) -> LogTail {
        self.lines.finish(&mut *self.sink);
        let text = last_lines(self.tail.finish().bytes, self.tail_lines);
        LogTail { text, dropped: self.dropped }
    }
}

fn last_lines(mut text: Vec<u8>, lines: usize) -> Vec<u8> {
    while text.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        text.pop();
    }
    let newlines = text.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let start = newlines.map(|(at, _)| at + 1).nth(lines.saturating_sub(1)).unwrap_or(0);
    text.split_off(start)
}
