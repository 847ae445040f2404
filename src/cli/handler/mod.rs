//! `handler`: what the author of a handler needs, inside of it and at the desk.

mod tell;
mod test;
mod trial;

use clap::Subcommand;

use super::connect::App;
use super::error::{Exit, Failure};
pub(super) use test::test;

/// Speak to the worker from inside a handler, and try handlers out
#[derive(Debug, Subcommand)]
#[command(after_help = "\
All but `test` are for handlers and whatever they start: they write one line to the pipe at OADA_JOB_CONTROL.
See `oada-jobs help contract`.")]
pub(super) enum HandlerCommand {
    Test(Box<test::TestArgs>),
    Update(tell::UpdateArgs),
    Progress(tell::ProgressArgs),
    Result(tell::ResultArgs),
    Fail(tell::FailArgs),
    Extend(tell::ExtendArgs),
    Snooze(tell::SnoozeArgs),
    Link(tell::LinkArgs),
}

pub(super) async fn run(command: HandlerCommand, app: &App) -> Result<Exit, Failure> {
    let line = match command {
        HandlerCommand::Test(args) => return test::test(*args, app).await,
        HandlerCommand::Update(args) => args.line(),
        HandlerCommand::Progress(args) => args.line(),
        HandlerCommand::Result(args) => args.line()?,
        HandlerCommand::Fail(args) => args.line(),
        HandlerCommand::Extend(args) => args.line(),
        HandlerCommand::Snooze(args) => args.line(),
        HandlerCommand::Link(args) => args.line(),
    };
    tell::say(line).await
}
