//! The command line: flags, configuration, output, prompts and exit codes, over the rooms below.
//!
//! Must not hold logic that a user of the library would miss.

mod args;
mod check;
mod choose;
mod complete;
mod completions;
mod config;
mod connect;
mod context;
mod doctor;
mod error;
mod figures;
mod files;
mod generate;
mod handler;
mod job;
mod listing;
mod logging;
mod output;
mod plot;
mod prune;
mod queue;
mod serve;
mod size;
mod stats;
mod store;
mod table;
mod time;
mod topics;
mod tree;
mod trends;
mod work;
mod worker;

use std::process::ExitCode;

use clap::FromArgMatches;
use tokio::signal::unix::{Signal, SignalKind, signal};

use args::{Cli, Command};
use config::{Settings, Surroundings};
use connect::App;
use error::{Exit, Failure};
use output::Ui;

/// Runs the command line of this process to its end.
pub fn main() -> ExitCode {
    if let Some(answered) = complete::answer() {
        return answered;
    }
    let parsed = args::command().try_get_matches().and_then(|matches| {
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut args::command()))
    });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Whoever reads the help may have seen enough.
            let _ = error.print();
            return if error.use_stderr() { exit_code(Exit::Usage) } else { exit_code(Exit::Ok) };
        }
    };
    match start(cli) {
        Ok(exit) => exit_code(exit),
        Err(failure) => exit_code(failure.exit),
    }
}

fn exit_code(exit: Exit) -> ExitCode {
    ExitCode::from(exit.code())
}

/// Reads the settings, runs the command, and tells what failed.
fn start(mut cli: Cli) -> Result<Exit, Failure> {
    match &mut cli.command {
        Command::Queue(queue::QueueCommand::Add(args)) => args.take(&mut cli.globals),
        Command::Context(context::ContextCommand::Add(args)) => args.take(&mut cli.globals),
        Command::Context(context::ContextCommand::Show(args)) => args.take(&mut cli.globals),
        _ => {}
    }
    let settings = Settings::read(&cli.globals, &Surroundings::here()).inspect_err(|failure| {
        use std::io::Write;
        // Without settings there is no telling how to write.
        let _ = writeln!(std::io::stderr(), "error: {}", failure.message);
        for hint in &failure.hints {
            let _ = writeln!(std::io::stderr(), "hint: {hint}");
        }
    })?;
    let ui = Ui::new(&cli.globals, &settings);
    for warning in &settings.warnings {
        ui.warn(warning);
    }
    let app = App::new(ui, settings, cli.globals);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if matches!(cli.command, Command::Store(store::StoreCommand::Serve(_))) {
        runtime.worker_threads(store::serve::runtime_threads());
    }
    let ended = runtime
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(cli.command, &app)));
    // What was left in the middle of a start by then is killed.
    crate::process::finish_starts();
    match ended {
        Err(failure) if failure.is_closed_pipe => Ok(Exit::Ok),
        Err(failure) => {
            app.ui.fail(&failure);
            Err(failure)
        }
        Ok(exit) => Ok(exit),
    }
}

async fn run(command: Command, app: &App) -> Result<Exit, Failure> {
    if let Some(reason) = &app.settings.unusable_context {
        if command.needs_a_store() {
            return Err(Failure::usage(format!("cannot use the context in use: {reason}")).hint(
                "use another with `oada-jobs context use NAME`, or none with `oada-jobs context use`",
            ));
        }
        app.ui.warn(&format!("the context in use cannot be used: {reason}"));
    }
    let read_only = &app.settings.read_only;
    if read_only.value && command.changes_the_store() {
        let message = format!("not allowed: {} says that nothing may be changed", read_only.source);
        return Err(Failure::new(Exit::NotAllowed, message).hint("use another context with -C NAME"));
    }
    if command.needs_a_store() && !command.has_a_log() {
        logging::start_patience(&app.ui, app.settings.request_timeout.value);
    }
    let ended = match command {
        // These have an orderly end of their own.
        Command::Serve(args) => serve::serve(*args, app).await,
        Command::Store(store::StoreCommand::Serve(args)) => store::serve::serve(args, app).await,
        Command::Handler(handler::HandlerCommand::Test(args)) => handler::test(*args, app).await,
        command => tokio::select! {
            ended = dispatch(command, app) => ended,
            exit = interrupted() => {
                app.ui.note(if exit == Exit::Interrupted { "interrupted" } else { "terminated" });
                Ok(exit)
            }
        },
    };
    app.close().await;
    ended
}

async fn dispatch(command: Command, app: &App) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => serve::serve(*args, app).await,
        Command::Queue(command) => queue::run(command, app).await,
        Command::Job(command) => job::run(command, app).await,
        Command::Failures(args) => job::failures::failures(args, app).await,
        Command::Context(command) => context::run(command, app),
        Command::Handler(command) => handler::run(command, app).await,
        Command::Worker(command) => worker::run(command, app).await,
        Command::Stats(args) => stats::stats(args, app).await,
        Command::Check(args) => check::check(args, app).await,
        Command::Prune(args) => prune::prune(args, app).await,
        Command::Doctor(args) => doctor::doctor(args, app).await,
        Command::Store(command) => store::run(command, app).await,
        Command::Completions(args) => completions::completions(&args, app),
        Command::Man(args) => generate::man(&args, app),
        Command::List(args) => job::ls(args, app).await,
        Command::Retry(args) => job::retry(args, app).await,
        Command::Print(args) => job::print(args, app).await,
        Command::Help(args) => topics::help(&args, app),
        Command::Generate(args) => generate::generate(&args, app),
    }
}

/// Resolves when the process is asked to end.
async fn interrupted() -> Exit {
    Interrupts::listen().next().await
}

/// The requests to end, by INT or TERM, none of which is missed.
struct Interrupts(Option<(Signal, Signal)>);

impl Interrupts {
    fn listen() -> Self {
        Self(signal(SignalKind::interrupt()).ok().zip(signal(SignalKind::terminate()).ok()))
    }

    async fn next(&mut self) -> Exit {
        let Some((interrupt, terminate)) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        }
    }
}
