//! Choosing some of many lines on a terminal: typing searches them, tab marks one.
//!
//! Owns what keys do and what is drawn, over the terminal of dialoguer, whose own lists are either searched or marked.

use std::collections::BTreeSet;
use std::io::{self, Write};

use dialoguer::console::{Key, Term, truncate_str};

use super::plot::Glyphs;
use super::table::printable;

/// Lines above and below those that may be chosen: the question, what keys do, and that of the cursor.
const AROUND: usize = 3;

/// What a key came to.
#[derive(Debug, PartialEq, Eq)]
enum Pressed {
    /// The question still stands.
    Asking,
    /// These lines are meant; none where the question was left.
    Answered(Vec<usize>),
}

/// A question, and how far its answer is.
struct Question<'a> {
    prompt: &'a str,
    lines: &'a [String],
    /// What was typed.
    search: String,
    /// The lines that it fits, by their place in `lines`.
    hits: Vec<usize>,
    /// The hit under the cursor.
    at: usize,
    marked: BTreeSet<usize>,
}

/// Asks which lines are meant; none where the question is left.
///
/// # Errors
/// When the terminal cannot be read or drawn on, or is interrupted.
pub(super) fn choose(prompt: &str, lines: &[String], glyphs: Glyphs) -> io::Result<Vec<usize>> {
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    let mut question = Question::new(prompt, &lines);
    let mut term = Term::buffered_stderr();
    term.hide_cursor()?;
    let asked = ask(&mut term, &mut question, glyphs);
    term.show_cursor()?;
    term.flush()?;
    asked
}

fn ask(term: &mut Term, question: &mut Question<'_>, glyphs: Glyphs) -> io::Result<Vec<usize>> {
    let mut drawn = 0;
    loop {
        let (height, width) = term.size();
        let room = usize::from(height).saturating_sub(AROUND).max(1);
        let picture = question.picture(room, usize::from(width), glyphs);
        term.clear_last_lines(drawn)?;
        drawn = picture.len();
        for line in picture {
            writeln!(term, "{line}")?;
        }
        term.flush()?;
        let pressed = question.press(&term.read_key()?, room);
        if let Pressed::Answered(chosen) = pressed {
            term.clear_last_lines(drawn)?;
            return Ok(chosen);
        }
    }
}

impl<'a> Question<'a> {
    fn new(prompt: &'a str, lines: &'a [String]) -> Self {
        let hits = (0..lines.len()).collect();
        Self { prompt, lines, search: String::new(), hits, at: 0, marked: BTreeSet::new() }
    }

    /// Finds the lines that hold each word that was typed, whatever the case.
    fn find(&mut self) {
        let words: Vec<String> = self.search.split_whitespace().map(str::to_lowercase).collect();
        let fits = |line: &String| {
            let line = line.to_lowercase();
            words.iter().all(|word| line.contains(word))
        };
        self.hits = (0..self.lines.len()).filter(|index| fits(&self.lines[*index])).collect();
        self.at = 0;
    }

    /// Does what a key says; `room` is how many lines are seen at a time.
    fn press(&mut self, key: &Key, room: usize) -> Pressed {
        let last = self.hits.len().saturating_sub(1);
        match key {
            Key::Escape => return Pressed::Answered(Vec::new()),
            Key::Enter if !self.marked.is_empty() => {
                return Pressed::Answered(self.marked.iter().copied().collect());
            }
            // Nothing is marked: the line under the cursor is meant.
            Key::Enter => {
                if let Some(index) = self.hits.get(self.at) {
                    return Pressed::Answered(vec![*index]);
                }
            }
            Key::Tab | Key::BackTab => {
                if let Some(index) = self.hits.get(self.at)
                    && !self.marked.remove(index)
                {
                    self.marked.insert(*index);
                }
                self.at = if *key == Key::Tab { (self.at + 1).min(last) } else { self.at.saturating_sub(1) };
            }
            // As terminals send it for Control-A.
            Key::Home => {
                let are_marked = self.hits.iter().all(|index| self.marked.contains(index));
                for index in &self.hits {
                    if are_marked {
                        self.marked.remove(index)
                    } else {
                        self.marked.insert(*index)
                    };
                }
            }
            Key::ArrowUp => self.at = self.at.saturating_sub(1),
            Key::ArrowDown => self.at = (self.at + 1).min(last),
            Key::PageUp => self.at = self.at.saturating_sub(room),
            Key::PageDown => self.at = (self.at + room).min(last),
            Key::Backspace if self.search.pop().is_some() => self.find(),
            Key::Char(c) if !c.is_control() => {
                self.search.push(*c);
                self.find();
            }
            _ => {}
        }
        Pressed::Asking
    }

    /// The lines to be drawn, none of them wider than the terminal.
    fn picture(&self, room: usize, width: usize, glyphs: Glyphs) -> Vec<String> {
        let (pointer, mark, cut) = match glyphs {
            Glyphs::Unicode => ("❯", "✔", "…"),
            Glyphs::Ascii => (">", "x", ".."),
        };
        let mut picture = vec![format!("{}? {}_", self.prompt, self.search)];
        let top = self.at.saturating_sub(room.saturating_sub(1));
        for (place, index) in self.hits.iter().enumerate().skip(top).take(room) {
            let pointer = if place == self.at { pointer } else { " " };
            let mark = if self.marked.contains(index) { mark } else { " " };
            picture.push(format!("{pointer} {mark} {}", self.lines[*index]));
        }
        picture.push(format!(
            "{} of {}, {} marked: type to search, tab marks, ctrl-a marks all, enter takes, escape leaves",
            self.hits.len(),
            self.lines.len(),
            self.marked.len(),
        ));
        // A line that reaches the edge would take two.
        picture.iter().map(|line| truncate_str(line, width.saturating_sub(1), cut).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<String> {
        ["2Xya  email  exit-3: no mailbox", "2Xyb  print  exit-4: No paper", "2Xyc  email  timeout"]
            .map(str::to_owned)
            .into()
    }

    fn press(question: &mut Question<'_>, keys: &[Key]) -> Pressed {
        let mut pressed = Pressed::Asking;
        for key in keys {
            assert_eq!(pressed, Pressed::Asking, "asked no more before {key:?}");
            pressed = question.press(key, 10);
        }
        pressed
    }

    fn typed(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn typing_searches_and_enter_takes_the_line_under_the_cursor() {
        let lines = lines();
        let mut question = Question::new("Which", &lines);
        press(&mut question, &typed("EXIT no"));
        assert_eq!(question.hits, [0, 1]);
        press(&mut question, &typed(" paper"));
        assert_eq!(question.hits, [1]);
        assert_eq!(press(&mut question, &[Key::Enter]), Pressed::Answered(vec![1]));
        press(&mut question, &typed("x"));
        assert_eq!((question.hits.len(), press(&mut question, &[Key::Enter])), (0, Pressed::Asking));
        press(&mut question, &[Key::Tab, Key::Home, Key::ArrowDown, Key::PageDown]);
        assert!(question.marked.is_empty());
        press(&mut question, &vec![Key::Backspace; 20]);
        assert_eq!((question.hits.len(), question.search.as_str()), (3, ""));
        assert_eq!(press(&mut question, &[Key::Escape]), Pressed::Answered(Vec::new()));
    }

    #[test]
    fn what_is_marked_stays_so_while_others_are_searched() {
        let lines = lines();
        let mut question = Question::new("Which", &lines);
        press(&mut question, &typed("timeout"));
        press(&mut question, &[Key::Tab]);
        press(&mut question, &vec![Key::Backspace; 7]);
        press(&mut question, &typed("exit-"));
        assert_eq!(question.marked, BTreeSet::from([2]));
        press(&mut question, &[Key::Home]);
        assert_eq!(question.marked, BTreeSet::from([0, 1, 2]));
        press(&mut question, &[Key::Home, Key::ArrowDown, Key::ArrowDown, Key::Tab]);
        assert_eq!(press(&mut question, &[Key::Enter]), Pressed::Answered(vec![1, 2]));
    }

    #[test]
    fn the_picture_fits_the_terminal_and_follows_the_cursor() {
        let lines: Vec<String> = (0..100).map(|n| format!("line {n:02} {}", "long ".repeat(20))).collect();
        let mut question = Question::new("Which", &lines);
        for _ in 0..40 {
            press(&mut question, &[Key::ArrowDown]);
        }
        for width in [10, 40, 200] {
            let picture = question.picture(5, width, Glyphs::Ascii);
            assert_eq!(picture.len(), 7);
            assert!(picture.iter().all(|line| line.chars().count() < width), "{picture:?}");
        }
        let picture = question.picture(5, 200, Glyphs::Unicode);
        assert!(picture[5].starts_with("❯   line 40") && picture[1].contains("line 36"), "{picture:?}");
        press(&mut question, &[Key::PageUp, Key::PageUp, Key::PageUp, Key::PageUp, Key::PageUp]);
        assert_eq!(question.at, 0);
    }
}
