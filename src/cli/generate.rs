//! `man`, and the hidden `generate` that writes the files in `completions/` and `man/`, and the schema in `docs/`.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::args::Cli;
use super::completions::script;
use super::connect::App;
use super::error::{Exit, Failure, While};
use super::serve;

/// Print the manual page of a command
///
/// Shows page `oada-jobs` without a command: `oada-jobs man job post | man -l -`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs man job post | man -l -")]
pub(super) struct ManArgs {
    /// The command, such as `job post`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn man(args: &ManArgs, app: &App) -> Result<Exit, Failure> {
    let wanted = args.command.iter().fold("oada-jobs".to_owned(), |name, word| format!("{name}-{word}"));
    let page = pages()?.into_iter().find(|(name, _)| *name == wanted);
    let Some((_, page)) = page else {
        return Err(Failure::new(Exit::NotFound, format!("no command {:?}", args.command.join(" ")))
            .hint("see `oada-jobs --help`"));
    };
    app.ui.write(&page)?;
    Ok(Exit::Ok)
}

/// The manual pages of all commands, by name.
fn pages() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    collect(&root, "oada-jobs", &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let mut page = Vec::new();
    let titled = command.clone().display_name(name.to_owned());
    // No date: the page changes with the command and not with the day it was made.
    clap_mangen::Man::new(titled).date("").render(&mut page).map_err(Failure::from)?;
    pages.push((name.to_owned(), page));
    for child in command.get_subcommands().filter(|child| !child.is_hide_set()) {
        collect(child, &format!("{name}-{}", child.get_name()), pages)?;
    }
    Ok(())
}

/// Write the files of `completions/` and `man/`, and the schema of the configuration file
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// The folder that holds `completions/`, `man/` and `docs/`
    folder: PathBuf,
}

pub(super) fn generate(args: &GenerateArgs, app: &App) -> Result<Exit, Failure> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for shell in Shell::value_variants() {
        let name = match shell {
            Shell::Bash => "oada-jobs.bash",
            Shell::Zsh => "_oada-jobs",
            Shell::Fish => "oada-jobs.fish",
            Shell::PowerShell => "_oada-jobs.ps1",
            Shell::Elvish => "oada-jobs.elv",
            _ => continue,
        };
        files.push((args.folder.join("completions").join(name), script(*shell)?));
    }
    for (name, page) in pages()? {
        files.push((args.folder.join("man").join(format!("{name}.1")), page));
    }
    let schema = format!("{:#}\n", serve::schema());
    files.push((args.folder.join("docs").join("oada-jobs.schema.json"), schema.into_bytes()));
    for (path, bytes) in &files {
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
        written.during(format_args!("cannot write {}", path.display()))?;
    }
    app.ui.note(&format!("wrote {} files", files.len()));
    Ok(Exit::Ok)
}
