//! `store backup`.

use std::path::PathBuf;

use clap::Args;
use reqwest::Method;
use serde_json::json;

use super::ask::{Ask, ask};
use super::data_folder;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};

/// Copy the store to a new file, while whoever serves it goes on
///
/// The copy is the state of one moment, tokens included: keep it where only you can read it. With --domain, the file is
/// made on the machine of that store, and must be named from the root.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store backup copy.redb")]
pub(in crate::cli) struct BackupArgs {
    /// The file to make; it must not be there
    file: PathBuf,
}

pub(super) async fn backup(args: BackupArgs, app: &App) -> Result<Exit, Failure> {
    let file = if app.settings.domain.is_some() {
        args.file
    } else {
        data_folder(app)?;
        std::path::absolute(&args.file).during(format_args!("cannot use {}", args.file.display()))?
    };
    let name = file.display().to_string();
    let asked = Ask::patient(Method::POST, "store/backup").with(json!({"file": name}));
    ask(app, asked).await.map_err(|failure| {
        let failure = failure.context("cannot copy the store");
        match failure.exit {
            Exit::Conflict => failure.hint("name a file that is not there, in a folder that is"),
            _ => failure,
        }
    })?;
    app.ui
        .result(&name, &json!({"file": name, "done": "copied"}), || format!("copied the store to {name}"))?;
    Ok(Exit::Ok)
}
