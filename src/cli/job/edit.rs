//! `job edit`.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use clap::Args;
use serde_json::{Map, Value, json};

use super::input::{self, ChangeArgs};
use super::selectors::resolve;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, While};
use crate::jobs::{self, NewJob};

/// Post a job again with another config; the old job stays as it is
///
/// Without --set and --patch, $VISUAL or $EDITOR is opened with the config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job edit 2Xyz --set to=ada@b.c
  oada-jobs job edit 2Xyz --patch '{\"retries\": null}'")]
pub(in crate::cli) struct EditArgs {
    /// The job: a key, the beginning of one, `resources/…`, an absolute path or `@last`
    #[arg(value_name = "JOB")]
    job: String,

    #[command(flatten)]
    changes: ChangeArgs,
}

pub(super) async fn edit(args: EditArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let found = resolve(&store, &args.job).await?;
    let changes = args.changes.read()?;
    let mut config = changes.of(&found.job.config)?;
    if changes.is_empty() {
        config = in_editor(app, &found.job.job_type, &config)?;
        if config == found.job.config {
            app.ui.note("nothing was changed, so nothing was posted");
            return Ok(Exit::Ok);
        }
    }
    let mut job = NewJob::new(&found.job.job_type, config);
    job.extra.insert("retry_of".into(), found.id.as_str().into());
    let layout = store.posting_layout().await?;
    let posted = jobs::post(&store.client, &store.root, layout, &job).await?;
    let record = json!({
        "key": posted.key, "id": posted.id.as_str(), "type": job.job_type, "retry_of": found.key, "done": "posted",
    });
    app.ui.result(&posted.key, &record, || {
        format!("posted {} as {}; follow it with `oada-jobs job watch {1}`", found.key, posted.key)
    })?;
    Ok(Exit::Ok)
}

fn in_editor(app: &App, job_type: &str, config: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    app.ui.must_ask("What to change", "--set PATH=VALUE or --patch CONFIG")?;
    let editor = ["VISUAL", "EDITOR"].iter().find_map(std::env::var_os).ok_or_else(|| {
        Failure::usage("no editor is named by VISUAL or EDITOR")
            .hint("change single values with --set PATH=VALUE")
    })?;
    let folder = std::env::temp_dir();
    let path = folder.join(format!("oada-jobs-{}.json", crate::model::new_key()));
    // Configs may hold what is nobody else's to read.
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let mut file = opened.during("cannot make a file to edit")?;
    writeln!(file, "{:#}", Value::Object(config.clone()))?;
    drop(file);
    // The editor may be a command with arguments, as others take it.
    let status = Command::new("/bin/sh").arg("-c").arg("exec $0 \"$1\"").arg(&editor).arg(&path).status();
    let edited = status.during("cannot start the editor").and_then(|status| {
        if status.success() {
            Ok(input::config(&format!("@{}", path.display())))
        } else {
            Err(Failure::new(Exit::Error, format!("the editor ended with {status}; nothing was posted")))
        }
    });
    // What somebody has written is not thrown away for a comma.
    if let Ok(Err(failure)) = edited {
        let file = path.display();
        let next = format!("it is kept: mend it, and post it with `oada-jobs job post {job_type} @{file}`");
        return Err(failure.hint(next));
    }
    // What is left of it does no harm.
    let _ = std::fs::remove_file(&path);
    edited.flatten()
}
