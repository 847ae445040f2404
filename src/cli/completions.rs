//! `completions`: scripts that complete commands and flags in a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::args::Cli;
use super::connect::App;
use super::error::{Exit, Failure};

/// Print a completion script for a shell
///
/// Bash:  oada-jobs completions bash > ~/.local/share/bash-completion/completions/oada-jobs
/// Zsh:   oada-jobs completions zsh > "${fpath[1]}/_oada-jobs"
/// Fish:  oada-jobs completions fish > ~/.config/fish/completions/oada-jobs.fish
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs, app: &App) -> Result<Exit, Failure> {
    app.ui.write(&script(args.shell))?;
    Ok(Exit::Ok)
}

/// The script for a shell.
pub(super) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "oada-jobs", &mut script);
    script
}
