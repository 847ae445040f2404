//! `completions`: scripts that have a shell complete commands, flags and what stands on the store.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_complete::env::Shells;

use super::args::Cli;
use super::complete::VARIABLE;
use super::connect::App;
use super::error::{Exit, Failure};

/// Print a completion script for a shell
///
/// The script asks this program for what may come next, and so completes jobs, types, queues, workers, services and
/// contexts too, as far as the store answers within 150 ms; it is silent where it does not.
///
/// Bash:  oada-jobs completions bash > ~/.local/share/bash-completion/completions/oada-jobs
/// Zsh:   oada-jobs completions zsh > "${fpath[1]}/_oada-jobs"
/// Fish:  oada-jobs completions fish > ~/.config/fish/completions/oada-jobs.fish
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,

    /// A script that knows commands and flags by heart, and never asks the program
    #[arg(long = "static")]
    is_static: bool,
}

pub(super) fn completions(args: &CompletionsArgs, app: &App) -> Result<Exit, Failure> {
    if args.is_static {
        let mut script = Vec::new();
        clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
        app.ui.write(&script)?;
    } else {
        app.ui.write(&script(args.shell)?)?;
    }
    Ok(Exit::Ok)
}

const NAME: &str = "oada-jobs";

/// The script for a shell.
pub(super) fn script(shell: Shell) -> Result<Vec<u8>, Failure> {
    let shells = Shells::builtins();
    let known = shells.completer(&shell.to_string());
    let completer = known.ok_or_else(|| Failure::usage(format!("no completions for {shell}")))?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    if shell == Shell::Zsh {
        // Read from a folder of functions, the script is called for the first answer too.
        script.extend_from_slice(
            b"if [ \"$funcstack[1]\" = \"_oada-jobs\" ]; then\n    _clap_dynamic_completer_oada_jobs \"$@\"\nfi\n",
        );
    }
    let text = String::from_utf8_lossy(&script);
    Ok(format!("{}\n", text.trim_start().trim_end()).into_bytes())
}
