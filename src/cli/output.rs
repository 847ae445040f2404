//! The one place that writes to stdout and stderr, and that asks people.
//!
//! Owns formats, colour, width, and whether anybody is there to answer. Results go to stdout, all else to stderr.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::args::Globals;
use super::config::Settings;
use super::error::{Exit, Failure};
use super::table::{self, Cell};
use super::time::TimeStyle;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people, as wide as the terminal.
    Table,
    /// The same with more columns.
    Wide,
    /// One JSON text: an array where there may be several results.
    Json,
    /// One line of JSON a result.
    Ndjson,
    /// YAML.
    Yaml,
    /// Comma-separated values with a heading.
    Csv,
    /// The key or name alone, one a line.
    Name,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    fn decide(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                is_terminal
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

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
}

/// Terminal, formats and streams.
pub(super) struct Ui {
    out: Mutex<Box<dyn Write + Send>>,
    format: Format,
    headers: bool,
    colors: bool,
    error_colors: bool,
    width: Option<u16>,
    pub(super) is_terminal: bool,
    can_ask: bool,
    says_yes: bool,
    quiet: bool,
    pub(super) verbose: u8,
    time: TimeStyle,
    pub(super) zone: TimeZone,
}

impl Ui {
    /// The terminal as this process finds it.
    pub(super) fn new(globals: &Globals, settings: &Settings) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let color = globals.color.unwrap_or(ColorChoice::Auto);
        let default = if is_terminal { Format::Table } else { Format::Ndjson };
        Self {
            out: Mutex::new(Box::new(BufWriter::new(io::stdout()))),
            format: settings.output.as_ref().map_or(default, |format| format.value),
            headers: !globals.no_headers,
            colors: color.decide(is_terminal),
            error_colors: color.decide(io::stderr().is_terminal()),
            width: width(),
            is_terminal,
            can_ask: !globals.no_input && io::stdin().is_terminal() && io::stderr().is_terminal(),
            says_yes: globals.yes,
            quiet: globals.quiet,
            verbose: globals.verbose,
            time: settings.time.value,
            zone: settings.zone.value.clone(),
        }
    }

    /// Whether only results and errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether stderr may be coloured.
    pub(super) fn has_error_colors(&self) -> bool {
        self.error_colors
    }

    /// How results are written.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether results are written for people.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, Format::Table | Format::Wide)
    }

    fn out(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a result to stdout.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        let mut out = self.out();
        writeln!(out, "{text}")?;
        out.flush()?;
        Ok(())
    }

    /// Writes to stdout as it is, such as a script.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = self.out();
        out.write_all(bytes)?;
        out.flush()?;
        Ok(())
    }

    /// Tells what happened, on stderr.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.tell("", Style::new(), text);
        }
    }

    /// Warns, on stderr.
    pub(super) fn warn(&self, text: &str) {
        if !self.quiet {
            self.tell("warning: ", AnsiColor::Yellow.on_default().bold(), text);
        }
    }

    /// Prints a failure and what to do next, on stderr.
    pub(super) fn fail(&self, failure: &Failure) {
        self.tell("error: ", AnsiColor::Red.on_default().bold(), &failure.message);
        for hint in &failure.hints {
            self.tell("hint: ", AnsiColor::Cyan.on_default().bold(), hint);
        }
    }

    fn tell(&self, label: &str, style: Style, text: &str) {
        let style = if self.error_colors { style } else { Style::new() };
        // Nobody is left to be told that stderr is gone.
        let _ = writeln!(io::stderr(), "{style}{label}{style:#}{text}");
    }

    /// A moment as it is shown to people.
    pub(super) fn moment(&self, time: Timestamp) -> String {
        self.time.show(time, &self.zone, Timestamp::now())
    }

    /// A text in the colour of a status.
    pub(super) fn status(&self, status: &str) -> String {
        match style_of(status).filter(|_| self.colors) {
            Some(color) => {
                let style = color.on_default();
                format!("{style}{status}{style:#}")
            }
            None => status.to_owned(),
        }
    }

    /// Writes one result: for people as `text`, else as `value`; its name is what `-o name` writes.
    pub(super) fn result(
        &self,
        name: &str,
        value: &Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table | Format::Wide => self.say(&text()),
            Format::Name => self.say(name),
            Format::Json => self.say(&format!("{value:#}")),
            Format::Ndjson => self.say(&value.to_string()),
            Format::Yaml => self.say(yaml(value)?.trim_end()),
            Format::Csv => {
                let fields: Vec<&str> =
                    value.as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect();
                let heading = if self.headers { csv_line(fields.iter().copied())? } else { String::new() };
                let line = csv_line(fields.iter().map(|field| plain(value.get(field))))?;
                self.say(format!("{heading}{line}").trim_end())
            }
        }
    }

    /// Begins a listing.
    pub(super) fn listing(&self, columns: &'static [Column]) -> Listing<'_> {
        let wide = self.format == Format::Wide;
        let shown = columns.iter().filter(|column| wide || !column.is_wide).copied().collect();
        Listing { ui: self, all: columns, shown, rows: Vec::new(), count: 0, widths: None }
    }

    /// Asks for a line.
    pub(super) fn ask(&self, prompt: &str, flag: &str) -> Result<String, Failure> {
        self.must_ask(prompt, flag)?;
        let asked = dialoguer::Input::<String>::new().with_prompt(prompt).interact_text();
        asked.map_err(not_answered)
    }

    /// Asks for something that must not be seen.
    pub(super) fn ask_secret(&self, prompt: &str, flag: &str) -> Result<secrecy::SecretString, Failure> {
        self.must_ask(prompt, flag)?;
        let asked = dialoguer::Password::new().with_prompt(prompt).interact();
        asked.map(Into::into).map_err(not_answered)
    }

    /// Asks whether to go on; with `--yes` nobody is asked.
    pub(super) fn confirm(&self, question: &str) -> Result<bool, Failure> {
        if self.says_yes {
            return Ok(true);
        }
        if !self.can_ask {
            return Err(Failure::usage(format!("{question} Nobody can be asked here"))
                .hint("answer yes beforehand with --yes, or look first with --dry-run"));
        }
        let asked = dialoguer::Confirm::new().with_prompt(question).default(false).interact();
        asked.map_err(not_answered)
    }

    /// Checks that somebody can be asked.
    ///
    /// # Errors
    /// A usage failure that names the flag to give instead.
    pub(super) fn must_ask(&self, what: &str, flag: &str) -> Result<(), Failure> {
        if self.can_ask {
            return Ok(());
        }
        Err(Failure::usage(format!("{} is missing, and nobody can be asked here", what.to_lowercase()))
            .hint(format!("give it with {flag}")))
    }
}

fn not_answered(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        return Failure::new(Exit::Interrupted, "interrupted");
    }
    Failure::from(error).context("cannot ask")
}

fn width() -> Option<u16> {
    let of_terminal = || {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        (size.ws_col > 0).then_some(size.ws_col)
    };
    let of_variable = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    of_terminal().or_else(of_variable)
}

/// The colour of a status.
fn style_of(status: &str) -> Option<AnsiColor> {
    match status {
        "success" | "ok" | "open" | "alive" => Some(AnsiColor::Green),
        "failure" | "error" | "dead" => Some(AnsiColor::Red),
        "running" | "started" => Some(AnsiColor::Cyan),
        "pending" | "paused" | "warn" => Some(AnsiColor::Yellow),
        _ => None,
    }
}

fn yaml(value: &Value) -> Result<String, Failure> {
    serde_saphyr::to_string(value)
        .map_err(|error| Failure::new(Exit::Error, format!("cannot write YAML: {error}")))
}

fn csv_line(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<String, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::new(Exit::Error, format!("cannot write CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|error| wrong(&error))?;
    let bytes = writer.into_inner().map_err(|error| wrong(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A member of a result, with dots between levels.
fn member<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    field.split('.').try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// A value as text: strings as they are, nothing for what is absent.
pub(super) fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Labels and what stands under them, a line each; what is empty is left out.
pub(super) fn page(lines: &[(&str, String)]) -> String {
    let shown: Vec<String> = lines
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("{label:<11} {value}"))
        .collect();
    shown.join("\n")
}

/// Results that are written as they come.
pub(super) struct Listing<'a> {
    ui: &'a Ui,
    all: &'static [Column],
    shown: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    count: usize,
    widths: Option<Vec<u16>>,
}

/// How many rows of a table are laid out together. The first of them decide how wide the columns are.
const TABLE_ROWS: usize = 500;

impl Listing<'_> {
    /// Adds a result; `name` is what `-o name` writes.
    pub(super) fn push(&mut self, name: &str, value: &Value) -> Result<(), Failure> {
        self.count += 1;
        let first = self.count == 1;
        let mut out = self.ui.out();
        match self.ui.format {
            Format::Name => writeln!(out, "{name}")?,
            Format::Ndjson => writeln!(out, "{value}")?,
            Format::Json => {
                let text = format!("{value:#}").replace('\n', "\n  ");
                write!(out, "{}{text}", if first { "[\n  " } else { ",\n  " })?;
            }
            Format::Yaml => {
                let item = Value::Array(vec![value.clone()]);
                write!(out, "{}", yaml(&item)?)?;
            }
            Format::Csv => {
                if first && self.ui.headers {
                    write!(out, "{}", csv_line(self.all.iter().map(|column| column.field))?)?;
                }
                let cells = self.all.iter().map(|column| plain(member(value, column.field)));
                write!(out, "{}", csv_line(cells)?)?;
            }
            Format::Table | Format::Wide => {
                drop(out);
                self.rows.push(self.shown.iter().map(|column| self.cell(column, value)).collect());
                if self.rows.len() == TABLE_ROWS {
                    self.write_rows()?;
                }
            }
        }
        Ok(())
    }

    fn cell(&self, column: &Column, value: &Value) -> Cell {
        let text = plain(member(value, column.field));
        match column.show {
            Show::Text => Cell { text, color: None },
            Show::With(tell) => Cell { text: tell(value), color: None },
            Show::Status => Cell { color: style_of(&text), text },
            Show::Time | Show::TimeOr(_) => {
                let text = match column.show {
                    Show::TimeOr(other) if text.is_empty() => plain(member(value, other)),
                    _ => text,
                };
                let shown = text.parse().map_or(text.clone(), |time| self.ui.moment(time));
                Cell { text: shown, color: None }
            }
        }
    }

    fn write_rows(&mut self) -> Result<(), Failure> {
        let headings = (self.widths.is_none() && self.ui.headers)
            .then(|| self.shown.iter().map(|column| column.heading).collect::<Vec<_>>());
        let rows = std::mem::take(&mut self.rows);
        let drawn =
            table::draw(headings.as_deref(), &rows, self.ui.width, self.widths.as_deref(), self.ui.colors);
        self.widths.get_or_insert(drawn.widths);
        let mut out = self.ui.out();
        out.write_all(drawn.text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Ends the listing; for people, `nothing` is said on stderr if it is empty. Returns how many results there were.
    pub(super) fn finish(mut self, nothing: &str) -> Result<usize, Failure> {
        match self.ui.format {
            Format::Table | Format::Wide if self.count == 0 => self.ui.note(nothing),
            Format::Table | Format::Wide if !self.rows.is_empty() => self.write_rows()?,
            Format::Json if self.count == 0 => self.ui.say("[]")?,
            Format::Json => self.ui.say("\n]")?,
            Format::Yaml if self.count == 0 => self.ui.say("[]")?,
            Format::Csv if self.count == 0 && self.ui.headers => {
                self.ui.say(csv_line(self.all.iter().map(|column| column.field))?.trim_end())?;
            }
            _ => {}
        }
        self.ui.out().flush()?;
        Ok(self.count)
    }
}
