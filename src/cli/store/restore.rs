//! `store restore`.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::aside;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};
use crate::store::{Error, Store};

/// Make the data folder of a copy, from `store backup`
///
/// The copy is checked first. The folder must hold no data and be free; its owner gets a new token, other tokens are
/// those of the copy.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store restore copy.redb --data-dir new")]
pub(in crate::cli) struct RestoreArgs {
    /// The copy
    file: PathBuf,
}

pub(super) async fn restore(args: RestoreArgs, app: &App) -> Result<Exit, Failure> {
    let folder = app.settings.data_dir.value.clone();
    if !args.file.exists() {
        let message = format!("cannot restore {}: there is no such file", args.file.display());
        return Err(Failure::new(Exit::NotFound, message).hint("check the path of the copy"));
    }
    let (file, dir) = (args.file.clone(), folder.clone());
    let what = format!("cannot restore {}", args.file.display());
    aside(move || match Store::restore(&file, &dir) {
        Err(Error::Io { source, .. }) if source.kind() == ErrorKind::AlreadyExists => Ok(false),
        restored => restored.map(|()| true),
    })
    .await
    .during(what)
    .and_then(|is_made| {
        is_made.then_some(()).ok_or_else(|| {
            Failure::new(Exit::Conflict, format!("data folder {} holds a store already", folder.display()))
                .hint("name a new folder with --data-dir")
        })
    })?;
    let (file, folder) = (args.file.display().to_string(), folder.display().to_string());
    app.ui.result(&folder, &json!({"folder": folder, "file": file, "done": "restored"}), || {
        format!("made {folder} of {file}")
    })?;
    Ok(Exit::Ok)
}
