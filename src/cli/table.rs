//! Tables: text from rows and a width, and nothing else.

use anstyle::AnsiColor;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, Row, Table, Width};

use super::plot::Glyphs;

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) color: Option<AnsiColor>,
}

/// A table as text.
pub(super) struct Drawn {
    pub(super) text: String,
    /// How wide each column would be if nothing were cut, to draw more rows under it.
    pub(super) wanted: Vec<u16>,
}

/// How a table is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// How wide it may be; without a limit, nothing is cut.
    pub(super) width: Option<u16>,
    pub(super) colors: bool,
    pub(super) glyphs: Glyphs,
}

/// What stands between two columns.
const GAP: u16 = 2;
/// The length of a key, that can be copied only while it is whole.
const KEY: u16 = 27;
/// What is left of the last column, which holds what is long, before others are cut.
const LAST: u16 = 5;

/// Draws rows. Columns are as wide as they want to be, and at least as wide as those `above` them wanted, as far as there
/// is room: so a column keeps its place below other rows, unless it needs more.
pub(super) fn draw(
    headings: Option<&[&str]>,
    rows: &[Vec<Cell>],
    above: Option<&[u16]>,
    look: Look,
) -> Drawn {
    let mut table = Table::new();
    let cut = if look.glyphs == Glyphs::Unicode { "…" } else { ".." };
    table.load_style(comfy_table::presets::NOTHING).set_truncation_indicator(cut);
    if look.colors {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if let Some(headings) = headings {
        let mut row = Row::new();
        row.max_height(1);
        for heading in headings {
            row.add_cell(comfy_table::Cell::new(heading).add_attribute(Attribute::Bold));
        }
        table.set_header(row);
    }
    for cells in rows {
        let mut row = Row::new();
        row.max_height(1);
        for cell in cells {
            let mut drawn = comfy_table::Cell::new(printable(&cell.text)).set_alignment(CellAlignment::Left);
            if let Some(color) = cell.color {
                drawn = drawn.fg(color_of(color));
            }
            row.add_cell(drawn);
        }
        table.add_row(row);
    }
    let mut wanted = table.column_max_content_widths();
    for (wanted, above) in wanted.iter_mut().zip(above.unwrap_or_default()) {
        *wanted = (*wanted).max(*above);
    }
    let given = match look.width {
        Some(width) => arrange(&wanted, width),
        None => wanted.clone(),
    };
    for (column, given) in table.column_iter_mut().zip(given) {
        column.set_padding((0, GAP));
        let width = Width::Fixed(given.max(1).saturating_add(GAP));
        column.set_constraint(ColumnConstraint::Absolute(width));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Drawn { text, wanted }
}

/// Shares a width among columns. The last one gives way first, then those wider than a key, then all.
fn arrange(wanted: &[u16], width: u16) -> Vec<u16> {
    let count = u16::try_from(wanted.len()).unwrap_or(u16::MAX);
    let room = u32::from(width.saturating_sub(GAP.saturating_mul(count.saturating_sub(1))));
    let least = |index: usize| if index + 1 == wanted.len() { LAST } else { KEY };
    let least: Vec<u16> =
        wanted.iter().enumerate().map(|(index, wanted)| (*wanted).min(least(index))).collect();
    // All are cut alike, to the widest that there is room for, but not below what each has to have.
    let cut = |to: u16, least: &[u16]| -> Vec<u16> {
        wanted.iter().zip(least).map(|(wanted, least)| (*wanted).min(to.max(*least))).collect()
    };
    let none = vec![1; wanted.len()];
    let fits = |widths: &[u16]| widths.iter().copied().map(u32::from).sum::<u32>() <= room;
    let least = if fits(&least) { &least } else { &none };
    let (mut narrow, mut wide) = (0, wanted.iter().copied().max().unwrap_or_default());
    while narrow < wide {
        let middle = narrow + (wide - narrow).div_ceil(2);
        if fits(&cut(middle, least)) { narrow = middle } else { wide = middle - 1 }
    }
    cut(narrow, least)
}

/// Text of others must not move the cursor or clear the screen.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn color_of(color: AnsiColor) -> Color {
    match color {
        AnsiColor::Green => Color::Green,
        AnsiColor::Red => Color::Red,
        AnsiColor::Cyan => Color::Cyan,
        _ => Color::Yellow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell>> {
        let cell = |text: &str, color| Cell { text: text.to_owned(), color };
        vec![
            vec![cell("2Xyz", None), cell("success", Some(AnsiColor::Green)), cell("a\u{1b}[2Jb", None)],
            vec![
                cell("2Xyzabc", None),
                cell("failure", Some(AnsiColor::Red)),
                cell(&"long ".repeat(20), None),
            ],
        ]
    }

    fn look(width: Option<u16>) -> Look {
        Look { width, colors: false, glyphs: Glyphs::Unicode }
    }

    #[test]
    fn a_table_keeps_to_the_width() {
        for width in [20, 40, 80] {
            let drawn = draw(Some(&["KEY", "STATUS", "ERROR"]), &rows(), None, look(Some(width)));
            assert_eq!(drawn.text.lines().count(), 3, "{}", drawn.text);
            for line in drawn.text.lines() {
                assert!(line.chars().count() <= usize::from(width), "{line:?} at {width}");
            }
            assert!(drawn.text.contains('…'), "{}", drawn.text);
            let ascii = draw(None, &rows(), None, Look { glyphs: Glyphs::Ascii, ..look(Some(width)) }).text;
            assert!(ascii.is_ascii() && ascii.contains(".."), "{ascii}");
        }
    }

    #[test]
    fn keys_are_cut_last() {
        // As `job ls` has them: key, type, status, when and result.
        let wanted = [27, 12, 7, 8, 300];
        assert_eq!(arrange(&wanted, 500), wanted);
        assert_eq!(arrange(&wanted, 80), [27, 12, 7, 8, 18]);
        assert_eq!(arrange(&wanted, 68), [27, 12, 7, 8, 6]);
        assert_eq!(arrange(&[27, 200, 300], 80), [27, 27, 22]);
        assert_eq!(arrange(&[40, 10, 12], 60), [34, 10, 12]);
        for width in [60, 40, 20, 13] {
            let given: u16 = arrange(&wanted, width).iter().sum();
            assert!(given + 8 <= width, "{given} at {width}");
        }
        assert_eq!(arrange(&wanted, 0), [1; 5]);
        assert!(arrange(&[], 80).is_empty());
    }

    #[test]
    fn rows_below_others_keep_to_their_columns_and_to_the_width() {
        let cells = |words: [&str; 2]| vec![words.map(|text| Cell { text: text.into(), color: None }).into()];
        let first = draw(Some(&["KEY", "TYPE"]), &cells(["2Xyz", "a"]), None, look(Some(20)));
        let below = draw(None, &cells(["a", "b"]), Some(&first.wanted), look(Some(20)));
        assert_eq!((first.text.as_str(), below.text.as_str()), ("KEY   TYPE\n2Xyz  a\n", "a     b\n"));
        // What needs more takes it, up to the width; without one, nothing is lost.
        let long = cells(["2Xyzabc", "a long type that is longer"]);
        let wider = draw(None, &long, Some(&below.wanted), look(Some(20))).text;
        assert!(wider.starts_with("2Xyzabc  a long") && wider.trim_end().chars().count() <= 20, "{wider}");
        assert_eq!(
            draw(None, &long, Some(&below.wanted), look(None)).text.trim_end(),
            "2Xyzabc  a long type that is longer"
        );
    }

    #[test]
    fn colour_and_control_characters_come_only_from_us() {
        let plain = draw(Some(&["KEY", "STATUS", "ERROR"]), &rows(), None, look(None)).text;
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        let colored = draw(None, &rows(), None, Look { colors: true, ..look(None) }).text;
        assert!(colored.contains("\u{1b}[") && !colored.contains("[2Jb\u{1b}"), "{colored:?}");
        assert!(!colored.contains("\u{1b}[2J"));
    }
}
