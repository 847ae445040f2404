//! What is kept of a command's output, and within which limits.

/// Which part stays of output that is over its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The beginning.
    Head,
    /// The end.
    Tail,
}

/// Output kept up to a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// What was kept.
    pub bytes: Vec<u8>,
    /// How many bytes were not.
    pub dropped: u64,
}

/// Keeps output up to a limit as it comes.
#[derive(Debug)]
pub struct Capture {
    limit: usize,
    keep: Keep,
    captured: Captured,
}

impl Capture {
    /// Keeps `limit` bytes of one end.
    #[must_use]
    pub fn new(limit: usize, keep: Keep) -> Self {
        Self { limit, keep, captured: Captured::default() }
    }

    /// Takes the next piece.
    pub fn push(&mut self, bytes: &[u8]) {
        let Captured { bytes: kept, dropped } = &mut self.captured;
        match self.keep {
            Keep::Head => {
                let taken = bytes.len().min(self.limit - kept.len());
                kept.extend_from_slice(&bytes[..taken]);
                *dropped += (bytes.len() - taken) as u64;
            }
            Keep::Tail => {
                kept.extend_from_slice(bytes);
                // Up to twice the limit is held, so that the moving costs nothing to speak of.
                if kept.len() > self.limit.saturating_mul(2) {
                    *dropped += trim_front(kept, self.limit);
                }
            }
        }
    }

    /// What was kept.
    #[must_use]
    pub fn finish(mut self) -> Captured {
        self.captured.dropped += trim_front(&mut self.captured.bytes, self.limit);
        self.captured
    }
}

fn trim_front(bytes: &mut Vec<u8>, limit: usize) -> u64 {
    let excess = bytes.len().saturating_sub(limit);
    bytes.drain(..excess);
    excess as u64
}

/// One line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line, up to the limit.
    pub bytes: &'a [u8],
    /// How many bytes of it were over the limit.
    pub cut: usize,
}

/// Splits a stream into lines, none of which is kept beyond a limit.
#[derive(Debug)]
pub struct Lines {
    limit: usize,
    partial: Vec<u8>,
    cut: usize,
}

impl Lines {
    /// A splitter that keeps `limit` bytes of a line.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, partial: Vec::new(), cut: 0 }
    }

    /// Takes the next piece of the stream and gives the lines that end in it to `sink`.
    pub fn push(&mut self, mut bytes: &[u8], mut sink: impl FnMut(Line<'_>)) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            bytes = rest;
            if self.partial.is_empty() && self.cut == 0 && line.len() <= self.limit {
                sink(Line { bytes: without_return(line), cut: 0 });
            } else {
                self.add(line);
                self.end(&mut sink);
            }
        }
        self.add(bytes);
    }

    /// Gives a last line that has no end to `sink`.
    pub fn finish(&mut self, mut sink: impl FnMut(Line<'_>)) {
        if !self.partial.is_empty() {
            self.end(&mut sink);
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let taken = bytes.len().min(self.limit - self.partial.len());
        self.partial.extend_from_slice(&bytes[..taken]);
        self.cut += bytes.len() - taken;
    }

    fn end(&mut self, sink: &mut impl FnMut(Line<'_>)) {
        sink(Line { bytes: without_return(&self.partial), cut: self.cut });
        self.partial.clear();
        self.cut = 0;
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_keeps_the_part_it_was_told_to() {
        for (keep, expected) in [(Keep::Head, "0123"), (Keep::Tail, "6789")] {
            let mut capture = Capture::new(4, keep);
            for piece in ["01", "234567", "8", "9"] {
                capture.push(piece.as_bytes());
            }
            let captured = capture.finish();
            assert_eq!((captured.bytes.as_slice(), captured.dropped), (expected.as_bytes(), 6), "{keep:?}");
        }
    }

    fn split(limit: usize, pieces: &[&str]) -> Vec<(String, usize)> {
        let (mut lines, mut found) = (Lines::new(limit), Vec::new());
        let mut sink =
            |line: Line<'_>| found.push((String::from_utf8_lossy(line.bytes).into_owned(), line.cut));
        for piece in pieces {
            lines.push(piece.as_bytes(), &mut sink);
        }
        lines.finish(&mut sink);
        found
    }

    #[test]
    fn lines_are_whole_however_they_arrive() {
        let expected = [("ab".to_owned(), 0), (String::new(), 0), ("c".to_owned(), 0), ("d".to_owned(), 0)];
        assert_eq!(split(9, &["ab\n\nc\r\nd"]), expected);
        assert_eq!(split(9, &["a", "b", "\n", "\nc", "\r\n", "d"]), expected);
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_is_not() {
        assert_eq!(split(2, &["abcde\nf\n"]), [("ab".to_owned(), 3), ("f".to_owned(), 0)]);
        assert_eq!(split(2, &["abc", "d", "e\nf\n"]), [("ab".to_owned(), 3), ("f".to_owned(), 0)]);
    }
}
