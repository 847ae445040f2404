//! Reading what a running command writes into its pipes.

use std::io;

use crate::process::{Line, Lines, ReadEnd};

/// What an answer may hold beside a result of the greatest size.
pub(super) const ANSWER_EXTRA: usize = 64 << 10;
/// Reads from one pipe before others have their turn, at most.
const READS_PER_TURN: usize = 64;

/// A line that was read and is still to be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unseen {
    bytes: Vec<u8>,
    cut: usize,
}

impl Unseen {
    pub(super) fn line(&self) -> Line<'_> {
        Line { bytes: &self.bytes, cut: self.cut }
    }
}

/// Reads the lines that are there, so that what was said elsewhere before them can be heard before they are looked at: it is
/// in its pipe by now. Returns whether the pipe is at its end, too.
pub(super) fn read_unseen(pipe: &ReadEnd, lines: &mut Lines) -> (Vec<Unseen>, bool) {
    let mut unseen = Vec::new();
    let is_at_end =
        read_lines(pipe, lines, |line| unseen.push(Unseen { bytes: line.bytes.to_vec(), cut: line.cut }));
    (unseen, is_at_end)
}

/// Reads what is there. Returns whether the pipe is at its end.
pub(super) fn read_lines(pipe: &ReadEnd, lines: &mut Lines, mut sink: impl FnMut(Line<'_>)) -> bool {
    let mut buffer = [0; 4 << 10];
    for _ in 0..READS_PER_TURN {
        match pipe.read_now(&mut buffer) {
            Ok(0) => return true,
            Ok(count) => lines.push(&buffer[..count], &mut sink),
            Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
        }
    }
    false
}

pub(super) async fn readable(pipe: Option<&mut ReadEnd>) {
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

    use super::*;

    #[test]
    fn lines_are_read_up_to_the_end() {
        let (ours, mut theirs) = io::pipe().unwrap();
        let ours = ReadEnd::new(ours.into()).unwrap();
        let (mut read, mut lines) = (Lines::new(100), Vec::new());
        theirs.write_all(b"a li").unwrap();
        assert!(!read_lines(&ours, &mut read, |line| lines.push(line.bytes.to_vec())));
        theirs.write_all(b"ne\n").unwrap();
        assert_eq!(
            read_unseen(&ours, &mut read),
            (vec![Unseen { bytes: b"a line".to_vec(), cut: 0 }], false)
        );
        theirs.write_all(b"another\n").unwrap();
        drop(theirs);
        assert!(read_lines(&ours, &mut read, |line| lines.push(line.bytes.to_vec())));
        assert_eq!(lines, [b"another".to_vec()]);
    }
}
