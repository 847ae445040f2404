//! The one place that writes to stdout and stderr, and that asks people.
//!
//! Owns formats, colour, width, and whether anybody is there to answer. Results go to stdout, all else to stderr.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;

use super::args::Globals;
use super::choose::choose;
use super::config::Settings;
use super::error::{Exit, Failure};
pub(super) use super::listing::{Column, Listing, Show};
use super::listing::{Screen, Shape, check, project};
use super::plot::Glyphs;
use super::table::Look;
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
    #[value(alias = "ids")]
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

/// Terminal, formats and streams.
pub(super) struct Ui {
    out: Mutex<Box<dyn Write + Send>>,
    format: Format,
    pub(super) headers: bool,
    colors: bool,
    error_colors: bool,
    width: Option<u16>,
    glyphs: Glyphs,
    /// Which members of results are wanted, and in which order.
    pub(super) shape: Shape,
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
            out: Mutex::new(Box::new(BufWriter::with_capacity(WRITTEN_AT_ONCE, Stdout(io::stdout())))),
            format: settings.output.as_ref().map_or(default, |format| format.value),
            headers: !globals.no_headers,
            colors: color.decide(is_terminal),
            error_colors: color.decide(io::stderr().is_terminal()),
            width: width(),
            glyphs: Glyphs::of(|name| std::env::var(name).ok()),
            shape: Shape { columns: globals.columns.clone(), sort: globals.sort.clone() },
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

    /// How tables are drawn.
    pub(super) fn look(&self) -> Look {
        Look { width: self.width, colors: self.colors, glyphs: self.glyphs }
    }

    /// How results are written.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether results are written for people.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, Format::Table | Format::Wide)
    }

    /// The stream of results.
    pub(super) fn out(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a result to stdout.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        let mut out = self.out();
        writeln!(out, "{text}")?;
        out.flush()?;
        Ok(())
    }

    /// Writes a line to stdout that may wait for others to be seen.
    pub(super) fn write_line(&self, text: &str) -> Result<(), Failure> {
        writeln!(self.out(), "{text}")?;
        Ok(())
    }

    /// Has all that was written seen.
    pub(super) fn flush(&self) -> Result<(), Failure> {
        self.out().flush()?;
        Ok(())
    }

    /// Does work that writes, has what is written seen soon after, and breaks off when nobody reads any more.
    ///
    /// `show` writes what waits to be written, if it is time for that.
    ///
    /// # Errors
    /// Those of the work and of `show`, and a closed pipe.
    pub(super) async fn shown_as_it_comes<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
        mut show: impl FnMut() -> Result<(), Failure>,
    ) -> Result<T, Failure> {
        let mut work = std::pin::pin!(work);
        let mut looks = tokio::time::interval(SEEN_AFTER);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = looks.tick() => {
                    show()?;
                    self.flush()?;
                    if is_reader_gone() {
                        return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
                    }
                }
            }
        }
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
        let names = &self.shape.columns;
        let projected;
        let (value, text) = if names.is_empty() || self.format == Format::Name {
            (value, Text::Page(text))
        } else {
            check(value, names.iter().map(String::as_str), &[])?;
            projected = project(value, names);
            let line = |name| (name, plain(projected.get(name)));
            let lines: Vec<(&str, String)> = names.iter().map(String::as_str).map(line).collect();
            (&projected, Text::Lines(page(&lines)))
        };
        match self.format {
            Format::Table | Format::Wide => match text {
                Text::Page(text) => self.say(&text()),
                Text::Lines(lines) => self.say(&lines),
            },
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
        Listing::new(self, columns)
    }

    /// A part of the terminal that is drawn anew, where there is one to draw on.
    pub(super) fn screen(&self, columns: &'static [Column]) -> Option<Screen<'_>> {
        Screen::new(self, columns)
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

    /// Whether somebody is there to be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.can_ask
    }

    /// Asks which of some lines are meant, which are searched by typing; none where the question is left.
    pub(super) fn pick(&self, prompt: &str, lines: &[String]) -> Result<Vec<usize>, Failure> {
        choose(prompt, lines, self.glyphs).map_err(not_answered)
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

/// Stdout, whose errors say what they are about.
struct Stdout(io::Stdout);

fn to_stdout(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write to stdout: {error}"))
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| to_stdout(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| to_stdout(&error))
    }
}

/// A result for people.
enum Text<F> {
    /// As its command writes it.
    Page(F),
    /// The members that were chosen.
    Lines(String),
}

/// How much is written at once at most, where there is so much.
const WRITTEN_AT_ONCE: usize = 64 << 10;

/// How soon what is written is seen.
pub(super) const SEEN_AFTER: Duration = Duration::from_millis(50);

/// Whether stdout is a pipe whose other end is closed, which else is only noticed when something is written.
fn is_reader_gone() -> bool {
    let stdout = io::stdout();
    let mut asked = [PollFd::new(&stdout, PollFlags::empty())];
    let is_told = poll(&mut asked, Some(&Timespec::default())).is_ok_and(|count| count > 0);
    is_told && asked[0].revents().contains(PollFlags::ERR)
}

fn not_answered(error: impl Into<io::Error>) -> Failure {
    let error = error.into();
    if error.kind() == io::ErrorKind::Interrupted {
        return Failure::new(Exit::Interrupted, "interrupted");
    }
    Failure::from(error).context("cannot ask")
}

/// How wide and how high the terminal is, in characters.
pub(super) fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
}

fn width() -> Option<u16> {
    let of_terminal = || size().map(|(width, _)| width);
    let of_variable = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    of_terminal().or_else(of_variable)
}

/// The colour of a status.
pub(super) fn style_of(status: &str) -> Option<AnsiColor> {
    match status {
        "success" | "ok" | "open" | "alive" => Some(AnsiColor::Green),
        "failure" | "error" | "dead" => Some(AnsiColor::Red),
        "running" | "started" => Some(AnsiColor::Cyan),
        "pending" | "paused" | "warn" => Some(AnsiColor::Yellow),
        _ => None,
    }
}

/// A value as YAML.
pub(super) fn yaml(value: &Value) -> Result<String, Failure> {
    serde_saphyr::to_string(value)
        .map_err(|error| Failure::new(Exit::Error, format!("cannot write YAML: {error}")))
}

/// A line of CSV.
pub(super) fn csv_line(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<String, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::new(Exit::Error, format!("cannot write CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|error| wrong(&error))?;
    let bytes = writer.into_inner().map_err(|error| wrong(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
