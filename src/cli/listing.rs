//! Listings: results of one kind, written as they come or in an order of their own.
//!
//! Owns which members are shown, in which order, and how each looks in a table. Memory does not grow with the length
//! of a listing; one that is sorted keeps the first [`MOST_SORTED`] of its order and no more.

use std::cmp::Ordering;
use std::io::Write;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::error::Failure;
use super::files::nearest_word;
use super::output::{Format, Ui, csv_line, plain, size, style_of, yaml};
use super::table::{self, Cell, Look};

/// How many results a listing keeps to be sorted.
pub(super) const MOST_SORTED: usize = 10_000;
/// How many rows of a table are laid out together at most.
const TABLE_ROWS: usize = 500;
/// How long a row waits for others to be laid out with it: soon enough for who looks, and long enough for columns that keep
/// their place.
const LAID_OUT_AFTER: Duration = Duration::from_millis(100);

/// A column of a listing: a member of each result, and how it is shown in a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) heading: &'static str,
    /// The member, with dots between levels.
    pub(super) field: &'static str,
    pub(super) is_wide: bool,
    pub(super) show: Show,
}

/// How a member is shown in a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Show {
    Text,
    Time,
    /// The time in this member, or where there is none, in another.
    TimeOr(&'static str),
    Status,
    /// As told from the whole result.
    With(fn(&Value) -> String),
}

impl Column {
    /// A column of text.
    pub(super) const fn new(heading: &'static str, field: &'static str) -> Self {
        Self { heading, field, is_wide: false, show: Show::Text }
    }

    /// This column, shown in another way.
    pub(super) const fn shown(self, show: Show) -> Self {
        Self { show, ..self }
    }

    /// This column, in wide tables only.
    pub(super) const fn wide(self) -> Self {
        Self { is_wide: true, ..self }
    }

    fn is_called(&self, name: &str) -> bool {
        self.field == name || self.heading.replace(' ', "_").eq_ignore_ascii_case(&name.replace(' ', "_"))
    }
}

/// What is wanted of listings: which members, and in which order.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// The members, with dots between levels; all where none is named.
    pub(super) columns: Vec<String>,
    pub(super) sort: Option<Sort>,
}

/// An order of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    field: String,
    descending: bool,
}

/// Reads `FIELD`, `FIELD:asc` or `FIELD:desc`.
pub(super) fn sort(text: &str) -> Result<Sort, String> {
    let (field, descending) = match text.rsplit_once(':') {
        None => (text, false),
        Some((field, "asc")) => (field, false),
        Some((field, "desc")) => (field, true),
        Some((_, order)) => return Err(format!("{order:?} is neither asc nor desc")),
    };
    if field.is_empty() {
        return Err("the member to sort by is missing".to_owned());
    }
    Ok(Sort { field: field.to_owned(), descending })
}

impl Sort {
    /// What has no such member comes last, whatever the order.
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        match (member(a, &self.field), member(b, &self.field)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => {
                let order = match (a.as_f64(), b.as_f64()) {
                    (Some(a), Some(b)) => a.total_cmp(&b),
                    _ => plain(Some(a)).cmp(&plain(Some(b))),
                };
                if self.descending { order.reverse() } else { order }
            }
        }
    }
}

/// A column that is shown.
#[derive(Clone, Debug)]
struct Shown {
    heading: String,
    field: String,
    show: Show,
}

impl From<&Column> for Shown {
    fn from(column: &Column) -> Self {
        Self { heading: column.heading.to_owned(), field: column.field.to_owned(), show: column.show }
    }
}

/// The columns that are meant by their names; members that have no column get one.
fn chosen(columns: &[Column], names: &[String]) -> Vec<Shown> {
    let choose = |name: &String| match columns.iter().find(|column| column.is_called(name)) {
        Some(column) => column.into(),
        // A time is shown as one, and anything else as it is.
        None => Shown { heading: name.to_uppercase(), field: name.clone(), show: Show::Time },
    };
    names.iter().map(choose).collect()
}

/// A member of a result, with dots between levels.
fn member<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(field) {
        return Some(found).filter(|value| !value.is_null());
    }
    let step = |value: &'a Value, key: &str| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    };
    field.split('.').try_fold(value, step).filter(|value| !value.is_null())
}

/// The members that were chosen of a result.
pub(super) fn project(value: &Value, names: &[String]) -> Value {
    let members = names.iter().map(|name| (name.clone(), member(value, name).cloned().unwrap_or_default()));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Checks that a result has the members that are asked for. The result's own name may be no member of it.
pub(super) fn check<'a>(
    value: &Value,
    names: impl IntoIterator<Item = &'a str>,
    columns: &[Column],
) -> Result<(), Failure> {
    let members = || value.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    for name in names {
        let first = name.split('.').next().unwrap_or_default();
        let is_known = columns.iter().any(|column| column.field == name)
            || members().any(|member| member == name || member == first);
        if !is_known {
            let known: Vec<&str> = members().collect();
            let hint = match nearest_word(name, known.iter().copied()) {
                Some(guess) => format!("is it {guess:?}?"),
                None => format!("there are {}", known.join(", ")),
            };
            return Err(Failure::usage(format!("results have no member {name:?}")).hint(hint));
        }
    }
    Ok(())
}

/// Results that are kept until all are known.
struct Sorted {
    order: Sort,
    most: usize,
    kept: Vec<(String, Value)>,
}

impl Sorted {
    fn keep(&mut self, name: &str, value: &Value) {
        self.kept.push((name.to_owned(), value.clone()));
        if self.kept.len() >= 2 * self.most {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let order = &self.order;
        self.kept.sort_by(|(_, a), (_, b)| order.compare(a, b));
        self.kept.truncate(self.most);
    }
}

/// Results that are written as they come.
pub(super) struct Listing<'a> {
    ui: &'a Ui,
    columns: &'static [Column],
    /// The columns of CSV.
    all: Vec<Shown>,
    shown: Vec<Shown>,
    /// Rows that are to be laid out together, and since when the first of them waits.
    rows: Vec<Vec<Cell>>,
    waiting: Option<Instant>,
    seen: usize,
    written: usize,
    /// How wide the columns so far want to be, once there are rows above.
    above: Option<Vec<u16>>,
    sorted: Option<Sorted>,
}

impl<'a> Listing<'a> {
    /// Begins a listing.
    pub(super) fn new(ui: &'a Ui, columns: &'static [Column]) -> Self {
        let (all, shown) = if ui.shape.columns.is_empty() {
            let wide = ui.format() == Format::Wide;
            let shown = columns.iter().filter(|column| wide || !column.is_wide).map(Shown::from).collect();
            (columns.iter().map(Shown::from).collect(), shown)
        } else {
            let chosen = chosen(columns, &ui.shape.columns);
            (chosen.clone(), chosen)
        };
        let sorted = ui.shape.sort.as_ref().map(|sort| {
            let column = columns.iter().find(|column| column.is_called(&sort.field));
            let field = column.map_or(sort.field.clone(), |column| column.field.to_owned());
            Sorted { order: Sort { field, ..sort.clone() }, most: MOST_SORTED, kept: Vec::new() }
        });
        let rows = Vec::new();
        Self { ui, columns, all, shown, rows, waiting: None, seen: 0, written: 0, above: None, sorted }
    }

    /// Whether results are kept until all are known, so that those to be left out cannot be known before.
    pub(super) fn is_sorted(&self) -> bool {
        self.sorted.is_some()
    }

    /// Writes at most so many, where they are sorted.
    pub(super) fn at_most(&mut self, limit: Option<u32>) {
        if let (Some(sorted), Some(limit)) = (&mut self.sorted, limit) {
            sorted.most = sorted.most.min(limit as usize);
        }
    }

    /// Adds a result; `name` is what `-o name` writes.
    pub(super) fn push(&mut self, name: &str, value: &Value) -> Result<(), Failure> {
        self.seen += 1;
        if self.seen == 1 && self.ui.format() != Format::Name {
            check(value, self.all.iter().map(|column| column.field.as_str()), self.columns)?;
        }
        if let Some(sorted) = &mut self.sorted {
            if self.seen == 1 {
                check(value, [sorted.order.field.as_str()], self.columns)?;
            }
            sorted.keep(name, value);
            return Ok(());
        }
        self.write(name, value)
    }

    /// Adds a result that is JSON text, on one line.
    pub(super) fn push_text(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let is_as_wanted = self.ui.format() == Format::Ndjson && self.ui.shape.columns.is_empty();
        if self.seen == 0 || !is_as_wanted || self.is_sorted() {
            let value = serde_json::from_str(text).map_err(std::io::Error::from)?;
            return self.push(name, &value);
        }
        self.seen += 1;
        self.written += 1;
        writeln!(self.ui.out(), "{text}")?;
        Ok(())
    }

    fn write(&mut self, name: &str, value: &Value) -> Result<(), Failure> {
        self.written += 1;
        let first = self.written == 1;
        let projected;
        let data = if self.ui.shape.columns.is_empty() {
            value
        } else {
            let fields: Vec<String> = self.all.iter().map(|column| column.field.clone()).collect();
            projected = project(value, &fields);
            &projected
        };
        let mut out = self.ui.out();
        match self.ui.format() {
            Format::Name => writeln!(out, "{name}")?,
            Format::Ndjson => writeln!(out, "{data}")?,
            Format::Json => {
                let text = format!("{data:#}").replace('\n', "\n  ");
                write!(out, "{}{text}", if first { "[\n  " } else { ",\n  " })?;
            }
            Format::Yaml => {
                let item = Value::Array(vec![data.clone()]);
                write!(out, "{}", yaml(&item)?)?;
            }
            Format::Csv => {
                if first && self.ui.headers {
                    write!(out, "{}", csv_line(self.all.iter().map(|column| &column.field))?)?;
                }
                let cells = self.all.iter().map(|column| plain(member(value, &column.field)));
                write!(out, "{}", csv_line(cells)?)?;
            }
            Format::Table | Format::Wide => {
                drop(out);
                self.rows.push(self.shown.iter().map(|column| cell(self.ui, column, value)).collect());
                self.waiting.get_or_insert_with(Instant::now);
                if self.rows.len() == TABLE_ROWS {
                    self.write_rows()?;
                }
                self.show_waiting()?;
            }
        }
        Ok(())
    }

    /// Writes what is kept back to be laid out together. A listing that is sorted is written at its end alone.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if !self.rows.is_empty() {
            self.write_rows()?;
        }
        self.ui.out().flush()?;
        Ok(())
    }

    /// Whether rows have waited for others long enough.
    pub(super) fn is_due(&self) -> bool {
        self.waiting.is_some_and(|since| since.elapsed() >= LAID_OUT_AFTER)
    }

    /// Writes rows that have waited for others long enough.
    pub(super) fn show_waiting(&mut self) -> Result<(), Failure> {
        if self.is_due() { self.write_rows() } else { Ok(()) }
    }

    fn write_rows(&mut self) -> Result<(), Failure> {
        let headings = (self.above.is_none() && self.ui.headers)
            .then(|| self.shown.iter().map(|column| column.heading.as_str()).collect::<Vec<_>>());
        let rows = std::mem::take(&mut self.rows);
        self.waiting = None;
        let drawn = table::draw(headings.as_deref(), &rows, self.above.as_deref(), self.ui.look());
        self.above = Some(drawn.wanted);
        let mut out = self.ui.out();
        out.write_all(drawn.text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Ends the listing; for people, `nothing` is said on stderr if it is empty. Returns how many results there were.
    pub(super) fn finish(mut self, nothing: &str) -> Result<usize, Failure> {
        if let Some(mut sorted) = self.sorted.take() {
            sorted.cut();
            for (name, value) in &sorted.kept {
                self.write(name, value)?;
            }
            let (written, seen) = (self.written, self.seen);
            if written < seen {
                self.ui.note(&format!("the first {written} of {seen} in this order are shown"));
            }
        }
        match self.ui.format() {
            Format::Table | Format::Wide if self.written == 0 => self.ui.note(nothing),
            Format::Table | Format::Wide if !self.rows.is_empty() => self.write_rows()?,
            Format::Json if self.written == 0 => self.ui.say("[]")?,
            Format::Json => self.ui.say("\n]")?,
            Format::Yaml if self.written == 0 => self.ui.say("[]")?,
            Format::Csv if self.written == 0 && self.ui.headers => {
                self.ui.say(csv_line(self.all.iter().map(|column| &column.field))?.trim_end())?;
            }
            _ => {}
        }
        self.ui.out().flush()?;
        Ok(self.seen)
    }
}

fn cell(ui: &Ui, column: &Shown, value: &Value) -> Cell {
    let text = plain(member(value, &column.field));
    match column.show {
        Show::Text => Cell { text, color: None },
        Show::With(tell) => Cell { text: tell(value), color: None },
        Show::Status => Cell { color: style_of(&text), text },
        Show::Time | Show::TimeOr(_) => {
            let text = match column.show {
                Show::TimeOr(other) if text.is_empty() => plain(member(value, other)),
                _ => text,
            };
            let shown = text.parse::<Timestamp>().map_or(text.clone(), |time| ui.moment(time));
            Cell { text: shown, color: None }
        }
    }
}

/// A part of the terminal that is drawn anew whenever something has changed.
pub(super) struct Screen<'a> {
    ui: &'a Ui,
    columns: Vec<Shown>,
    /// How many lines stand there now.
    lines: usize,
}

impl<'a> Screen<'a> {
    /// A screen below the cursor; `None` where results are not written for people on a terminal that can draw.
    pub(super) fn new(ui: &'a Ui, columns: &'static [Column]) -> Option<Self> {
        let can_draw = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
        (ui.is_terminal && ui.is_for_people() && can_draw).then(|| Self {
            ui,
            columns: Listing::new(ui, columns).shown,
            lines: 0,
        })
    }

    /// Draws a table, as many of its rows as there is room for, and a line below it.
    pub(super) fn draw(&mut self, rows: &[&Value], footer: &str) -> Result<(), Failure> {
        let (width, height) = size().unwrap_or((80, 24));
        // Heading, footer, and the line of the cursor.
        let room = usize::from(height).saturating_sub(3);
        let cells: Vec<Vec<Cell>> = rows
            .iter()
            .take(room)
            .map(|row| self.columns.iter().map(|column| cell(self.ui, column, row)).collect())
            .collect();
        let headings: Vec<&str> = self.columns.iter().map(|column| column.heading.as_str()).collect();
        let headings = Some(headings.as_slice()).filter(|_| self.ui.headers && !cells.is_empty());
        let text = if cells.is_empty() {
            String::new()
        } else {
            table::draw(headings, &cells, None, Look { width: Some(width), ..self.ui.look() }).text
        };
        let hidden = rows.len().saturating_sub(room);
        let footer = if hidden == 0 { footer.to_owned() } else { format!("and {hidden} more; {footer}") };
        let footer: String = footer.chars().filter(|c| !c.is_control()).take(usize::from(width)).collect();
        let up = if self.lines == 0 { String::new() } else { format!("\u{1b}[{}F", self.lines) };
        self.lines = text.lines().count() + 1;
        let mut out = self.ui.out();
        write!(out, "{up}\u{1b}[J{text}{footer}\r\n")?;
        out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn orders_are_read_and_kept() {
        assert!(sort("posted:up").is_err() && sort("").is_err() && sort(":desc").is_err());
        let sorted = |text: &str, values: &[Value]| {
            let mut values: Vec<Value> = values.iter().map(|value| json!({"n": value})).collect();
            let order = sort(text).unwrap();
            values.sort_by(|a, b| order.compare(a, b));
            values.into_iter().map(|mut value| value["n"].take()).collect::<Vec<Value>>()
        };
        let values = [json!(10), json!(null), json!(9), json!(-1.5)];
        assert_eq!(sorted("n", &values), [json!(-1.5), json!(9), json!(10), json!(null)]);
        assert_eq!(sorted("n:desc", &values), [json!(10), json!(9), json!(-1.5), json!(null)]);
        assert_eq!(sorted("n:asc", &[json!("b"), json!("a")]), [json!("a"), json!("b")]);
    }

    #[test]
    fn what_is_kept_to_be_sorted_is_bounded() {
        let order = sort("n:desc").unwrap();
        let mut sorted = Sorted { order, most: 10, kept: Vec::new() };
        for n in 0..1000 {
            sorted.keep("x", &json!({"n": (n * 7) % 1000}));
            assert!(sorted.kept.len() < 20);
        }
        sorted.cut();
        let kept: Vec<i64> = sorted.kept.iter().map(|(_, value)| value["n"].as_i64().unwrap()).collect();
        assert_eq!(kept, (990..1000).rev().collect::<Vec<i64>>());
    }

    #[test]
    fn members_are_chosen_by_name_heading_or_path() {
        const COLUMNS: [Column; 2] = [Column::new("ERROR TYPE", "error_type"), Column::new("KEY", "key")];
        let names = ["error type", "KEY", "config.to", "list.1"].map(str::to_owned);
        let fields: Vec<String> = chosen(&COLUMNS, &names).into_iter().map(|shown| shown.field).collect();
        assert_eq!(fields, ["error_type", "key", "config.to", "list.1"]);
        let value = json!({"key": "k", "config": {"to": "a"}, "list": [1, 2], "error_type": null});
        let projected = json!({"key": "k", "config.to": "a", "list.1": 2, "error_type": null});
        assert_eq!(project(&value, &fields), projected);
        let failure = check(&value, ["kei"], &[]).unwrap_err();
        assert!(failure.message.contains("\"kei\"") && failure.hints[0].contains("\"key\""), "{failure:?}");
    }
}
