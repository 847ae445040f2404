//! Tables: text from rows and a width, and nothing else.

use anstyle::AnsiColor;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Table, Width};

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) color: Option<AnsiColor>,
}

/// A table as text.
pub(super) struct Drawn {
    pub(super) text: String,
    /// How wide each column is, to draw more rows under it.
    pub(super) widths: Vec<u16>,
}

/// Draws rows, cut so that none is wider than `width`. Where `widths` are those of a table above, they are kept.
pub(super) fn draw(
    headings: Option<&[&str]>,
    rows: &[Vec<Cell>],
    width: Option<u16>,
    widths: Option<&[u16]>,
    colors: bool,
) -> Drawn {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_truncation_indicator("…");
    if colors {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if let Some(width) = width {
        // The margin of the last column is cut off below.
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.saturating_add(2));
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
    let natural = table.column_max_content_widths();
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if let Some(kept) = widths.and_then(|widths| widths.get(index)) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(kept.saturating_add(2))));
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Drawn { text, widths: widths.map_or(natural, <[u16]>::to_vec) }
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

    #[test]
    fn a_table_keeps_to_the_width() {
        for width in [20, 40, 80] {
            let drawn = draw(Some(&["KEY", "STATUS", "ERROR"]), &rows(), Some(width), None, false);
            assert_eq!(drawn.text.lines().count(), 3, "{}", drawn.text);
            for line in drawn.text.lines() {
                assert!(line.chars().count() <= usize::from(width), "{line:?} at {width}");
            }
        }
    }

    #[test]
    fn colour_and_control_characters_come_only_from_us() {
        let plain = draw(Some(&["KEY", "STATUS", "ERROR"]), &rows(), None, None, false).text;
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        let colored = draw(None, &rows(), None, None, true).text;
        assert!(colored.contains("\u{1b}[") && !colored.contains("[2Jb\u{1b}"), "{colored:?}");
        assert!(!colored.contains("\u{1b}[2J"));
    }
}
