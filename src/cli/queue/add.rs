//! `queue add`.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;
use serde_json::json;

use crate::cli::args::Globals;
use crate::cli::config::{SEEN_BY_OTHERS, TokenSource, token_source};
use crate::cli::connect::{App, read_token, read_token_file};
use crate::cli::error::{Exit, Failure, While};
use crate::cli::files::readable_token;
use crate::jobs::{self, QueueEntry};
use crate::oada::Domain;

/// Add a queue: another store, or another user of one, whose jobs a running `serve` takes up at once
///
/// Here, --domain, --token-file, --token-command and --token are those of the new queue; the service's own store is the one that
/// OADA_DOMAIN or the configuration names, or the embedded one. What is missing is asked for on a terminal. The token
/// is kept on the service's store in clear text, where @oada/jobs looks for it too; it is never shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue add partner --domain oada.example.org --token-file partner.token
  oada-jobs queue add                      asks for name, domain and token")]
pub(in crate::cli) struct AddArgs {
    /// Its name
    name: Option<String>,
    #[arg(skip)]
    domain: Option<String>,
    #[arg(skip)]
    token: Option<SecretString>,
    #[arg(skip)]
    token_file: Option<PathBuf>,
    #[arg(skip)]
    token_command: Option<SecretString>,
}

impl AddArgs {
    /// Takes the flags that mean the new queue out of those that mean the service's store.
    pub(in crate::cli) fn take(&mut self, globals: &mut Globals) {
        self.domain = globals.domain.take();
        self.token = globals.token.take();
        self.token_file = globals.token_file.take();
        self.token_command = globals.token_command.take().map(Into::into);
    }
}

pub(super) async fn add(args: AddArgs, app: &App) -> Result<Exit, Failure> {
    let name = match args.name {
        Some(name) => name,
        None => app.ui.ask("Name of the queue", "its name: `oada-jobs queue add NAME`")?,
    };
    let domain = match args.domain {
        Some(domain) => domain,
        None => app.ui.ask("Domain", "--domain HOST")?,
    };
    Domain::parse(&domain).during("cannot use --domain")?;
    let token = match (args.token_file, args.token) {
        (None, None) if args.token_command.is_some() => {
            let command = args.token_command.unwrap_or_default();
            read_token(&TokenSource::Command(command)).during("cannot use --token-command")?
        }
        (Some(path), _) => {
            if let Some(warning) = readable_token(&path) {
                app.ui.warn(&warning);
            }
            read_token_file(&path)?
        }
        (None, Some(token)) => {
            let source = token_source(&token);
            if matches!(source, TokenSource::Literal(_)) {
                app.ui.warn(SEEN_BY_OTHERS);
            }
            read_token(&source)?
        }
        (None, None) => app.ui.ask_secret("Token", "--token-file FILE")?,
    };
    let store = app.store().await?;
    let replaced = jobs::queues(&store.client, &store.root).await?.contains_key(&name);
    jobs::add_queue(&store.client, &store.root, &name, &QueueEntry { domain: domain.clone(), token }).await?;
    let done = if replaced { "replaced" } else { "added" };
    app.ui.result(&name, &json!({"name": name, "domain": domain, "done": done}), || {
        format!("{done} queue {name} at {domain}; a running `oada-jobs serve` takes it up at once")
    })?;
    Ok(Exit::Ok)
}
