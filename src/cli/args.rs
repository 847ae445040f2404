//! The command line as a whole: the flags that all commands share, and the list of commands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::listing::{Sort, sort};
use super::output::{ColorChoice, Format};
use super::time::{TimeStyle, duration};
use super::{
    check, completions, context, doctor, generate, handler, job, prune, queue, serve, stats, store, topics,
    worker,
};
use crate::jobs::Layout;

const EXAMPLES: &str = "\
Examples:
  oada-jobs serve --handler email=./send.sh      run a worker
  oada-jobs job post email '{\"to\":\"a@b.c\"}'      give it a job
  oada-jobs job ls --status failure              see what failed
  oada-jobs job retry 2Xyz                       try it again

Without --domain, everything runs on an embedded store in the data folder.";

/// Runs and operates OADA job queues.
#[derive(Debug, Parser)]
#[command(
    name = "oada-jobs",
    version,
    after_help = EXAMPLES,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Help as it is shown: what a command is for, its use and examples, and only then all its flags.
const HELP: &str = "\
{before-help}{about-with-newline}
{usage-heading} {usage}{after-help}

{all-args}";

/// The whole command line.
pub(super) fn command() -> clap::Command {
    fn with_help(command: clap::Command) -> clap::Command {
        command.help_template(HELP).mut_subcommands(with_help)
    }
    with_help(Cli::command())
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Serve(Box<serve::ServeArgs>),
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    #[command(subcommand)]
    Job(job::JobCommand),
    Failures(job::failures::FailuresArgs),
    #[command(subcommand)]
    Handler(handler::HandlerCommand),
    #[command(subcommand)]
    Worker(worker::WorkerCommand),
    Stats(stats::StatsArgs),
    Check(check::CheckArgs),
    Prune(prune::PruneArgs),
    Doctor(doctor::DoctorArgs),
    #[command(subcommand)]
    Context(context::ContextCommand),
    #[command(subcommand)]
    Store(store::StoreCommand),
    #[command(alias = "completion")]
    Completions(completions::CompletionsArgs),
    Man(generate::ManArgs),
    Help(topics::HelpArgs),
    #[command(hide = true)]
    List(job::LsArgs),
    #[command(hide = true)]
    Retry(job::RetryArgs),
    #[command(hide = true)]
    Print(job::PrintArgs),
    #[command(hide = true)]
    Generate(generate::GenerateArgs),
}

impl Command {
    /// Whether the command is for a store, and so for the one that is meant.
    pub(super) fn needs_a_store(&self) -> bool {
        !matches!(
            self,
            Self::Handler(_)
                | Self::Context(_)
                | Self::Completions(_)
                | Self::Man(_)
                | Self::Help(_)
                | Self::Generate(_)
        )
    }

    /// Whether the command writes a log of its own.
    pub(super) fn has_a_log(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Store(store::StoreCommand::Serve(_)))
    }

    /// Whether the command changes anything on a store.
    pub(super) fn changes_the_store(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Prune(_) | Self::Retry(_) => true,
            Self::Queue(command) => command.changes_the_store(),
            Self::Job(command) => command.changes_the_store(),
            Self::Worker(command) => command.changes_the_store(),
            Self::Doctor(args) => args.repair,
            Self::Store(command) => command.changes_the_store(),
            Self::Failures(_)
            | Self::Stats(_)
            | Self::Check(_)
            | Self::Handler(_)
            | Self::Context(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Help(_)
            | Self::List(_)
            | Self::Print(_)
            | Self::Generate(_) => false,
        }
    }
}

/// Flags of all commands.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Globals {
    /// The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]
    #[arg(short, long, global = true, value_name = "HOST")]
    pub(super) domain: Option<String>,

    /// The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]
    #[arg(short, long, global = true, value_name = "@FILE|-", value_parser = secret, conflicts_with = "token_file")]
    pub(super) token: Option<SecretString>,

    /// The file that holds the token [env: OADA_TOKEN_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,

    /// A command for `/bin/sh` whose first line of output is the token [env: OADA_TOKEN_COMMAND]
    #[arg(
        long,
        global = true,
        value_name = "COMMAND",
        conflicts_with_all = ["token", "token_file"],
        hide_short_help = true
    )]
    pub(super) token_command: Option<String>,

    /// The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(super) service: Option<String>,

    /// The service by its path, `/bookmarks/services/NAME`, as the npm command took it
    #[arg(
        short,
        long,
        global = true,
        value_name = "PATH",
        conflicts_with = "service",
        hide_short_help = true
    )]
    pub(super) queue: Option<String>,

    /// How the service's lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]
    #[arg(long, global = true, value_name = "LAYOUT", hide_short_help = true)]
    pub(super) layout: Option<LayoutChoice>,

    /// The folder of the embedded store [env: OADA_JOBS_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,

    /// How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(super) output: Option<Format>,

    /// The same as `-o json`
    #[arg(long, global = true, conflicts_with = "output")]
    pub(super) json: bool,

    /// The members of results to show: `key,config.to`
    #[arg(long, global = true, value_name = "A,B", value_delimiter = ',', hide_short_help = true)]
    pub(super) columns: Vec<String>,

    /// Sorts listings by a member: reads the whole list first, and shows the first 10000 at most
    #[arg(long, global = true, value_name = "FIELD[:desc]", value_parser = sort, hide_short_help = true)]
    pub(super) sort: Option<Sort>,

    /// Leaves out the heading of tables and CSV
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) no_headers: bool,

    /// When to use colour [default: auto]
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true)]
    pub(super) color: Option<ColorChoice>,

    /// How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]
    #[arg(long, global = true, value_name = "STYLE", hide_short_help = true)]
    pub(super) time: Option<TimeStyle>,

    /// The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]
    #[arg(long, global = true, value_name = "ZONE", value_parser = zone, hide_short_help = true)]
    pub(super) tz: Option<TimeZone>,

    /// Says more; twice for everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,

    /// Says nothing but results and errors
    #[arg(short = 'Q', long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Never asks anything
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) no_input: bool,

    /// Answers yes to whatever would be asked
    #[arg(short, long, global = true)]
    pub(super) yes: bool,

    /// How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration, hide_short_help = true)]
    pub(super) request_timeout: Option<Duration>,

    /// How many requests may be under way at a time, so that a busy server has room for others [default: 256, for serve 512]
    #[arg(
        long,
        global = true,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        hide_short_help = true
    )]
    pub(super) parallel: Option<u16>,

    /// Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(super) ca_file: Option<PathBuf>,

    /// Accepts any certificate, which lets anybody on the way read the token
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) insecure: bool,

    /// The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]
    #[arg(short = 'C', long, global = true, value_name = "NAME")]
    pub(super) context: Option<String>,

    /// Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) read_only: bool,

    /// A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(super) config_file: Option<PathBuf>,
}

/// How the service's lists are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LayoutChoice {
    /// As they are; a new service becomes classic.
    Auto,
    /// As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`.
    Classic,
    /// As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`.
    Current,
}

impl LayoutChoice {
    /// The layout, where one was chosen.
    pub(super) fn chosen(self) -> Option<Layout> {
        match self {
            Self::Auto => None,
            Self::Classic => Some(Layout::Classic),
            Self::Current => Some(Layout::Current),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

/// Reads the name of a time zone.
pub(super) fn zone(text: &str) -> Result<TimeZone, String> {
    match text {
        "local" => Ok(TimeZone::system()),
        "UTC" | "utc" => Ok(TimeZone::UTC),
        _ => TimeZone::get(text).map_err(|_| {
            format!("{text:?} is not a time zone: write UTC, local, or one such as Europe/Berlin")
        }),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definitions_hold_together() {
        super::command().debug_assert();
    }

    /// clap would hand the value of one to the other.
    #[test]
    fn no_flag_of_a_command_has_the_id_of_a_global_one() {
        fn check(command: &clap::Command, globals: &[&str]) {
            for child in command.get_subcommands() {
                for arg in child.get_arguments() {
                    assert!(
                        !globals.contains(&arg.get_id().as_str()),
                        "{} of {}",
                        arg.get_id(),
                        child.get_name()
                    );
                }
                check(child, globals);
            }
        }
        let root = super::command();
        let globals: Vec<&str> = root.get_arguments().map(|arg| arg.get_id().as_str()).collect();
        check(&root, &globals);
    }
}
