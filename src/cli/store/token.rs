//! `store token`: the tokens of the embedded store, asked of whichever process serves it.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::ask::{Ask, ask};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Column, Show, plain};

/// Manage the tokens of the embedded store
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TokenCommand {
    Add(AddArgs),
    #[command(visible_alias = "list")]
    Ls(LsArgs),
    #[command(visible_alias = "delete")]
    Rm(RmArgs),
}

/// Make a token, and print it once: it is kept nowhere
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store token add dashboard --scope oada.services:read
  oada-jobs store token add partner --user partner > partner.token")]
pub(in crate::cli) struct AddArgs {
    /// A name to know it by
    name: String,

    /// The user it acts for, who is made if not there yet [default: the owner of the store]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// What it may do, such as `oada.services:read`; may be repeated [default: all:all]
    #[arg(long, value_name = "TYPE:PERM")]
    scope: Vec<String>,
}

/// List tokens, without the tokens themselves
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store token ls")]
pub(in crate::cli) struct LsArgs {}

/// Remove a token: whoever uses it is locked out at once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs store token rm 4f2a")]
pub(in crate::cli) struct RmArgs {
    /// Its short id, from `store token ls`
    id: String,
}

pub(super) async fn run(command: TokenCommand, app: &App) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Add(args) => add(args, app).await,
        TokenCommand::Ls(args) => ls(args, app).await,
        TokenCommand::Rm(args) => rm(args, app).await,
    }
}

async fn add(args: AddArgs, app: &App) -> Result<Exit, Failure> {
    let wanted = json!({"name": args.name, "user": args.user, "scopes": args.scope});
    let made = ask(app, Ask::quick(Method::POST, "authorizations").with(wanted)).await?;
    let token = plain(made.get("token"));
    app.ui.result(&token, &made, || token.clone())?;
    app.ui.note("keep it safe: it is not shown again");
    Ok(Exit::Ok)
}

const COLUMNS: [Column; 5] = [
    Column::new("ID", "id"),
    Column::new("NAME", "name"),
    Column::new("USER", "user"),
    Column::new("SCOPES", "scopes"),
    Column::new("CREATED", "created").shown(Show::Time),
];

async fn ls(LsArgs {}: LsArgs, app: &App) -> Result<Exit, Failure> {
    let tokens = ask(app, Ask::quick(Method::GET, "authorizations")).await?;
    let mut listing = app.ui.listing(&COLUMNS);
    for token in tokens.as_array().into_iter().flatten() {
        let scopes: Vec<String> = token
            .get("scopes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|scope| plain(Some(scope)))
            .collect();
        let record = json!({
            "id": token.get("id"),
            "name": token.get("name"),
            "user": token.get("user"),
            "scopes": scopes.join(" "),
            "created": token.get("created").and_then(Value::as_f64).and_then(seconds),
        });
        listing.push(&plain(token.get("id")), &record)?;
    }
    listing.finish("no tokens")?;
    Ok(Exit::Ok)
}

/// Seconds since 1970 as RFC 3339.
fn seconds(seconds: f64) -> Option<String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "from_millisecond checks the range, and a cast saturates"
    )]
    let time = jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?;
    Some(format!("{time:.3}"))
}

async fn rm(args: RmArgs, app: &App) -> Result<Exit, Failure> {
    let gone = ask(app, Ask::quick(Method::DELETE, &format!("authorizations/{}", args.id))).await;
    gone.map_err(|failure| match failure.exit {
        Exit::NotFound => Failure::new(Exit::NotFound, format!("no token {:?}", args.id))
            .hint("see them with `oada-jobs store token ls`"),
        _ => failure,
    })?;
    app.ui.result(&args.id, &json!({"id": args.id, "done": "removed"}), || {
        format!("removed token {}; whoever uses it is locked out", args.id)
    })?;
    Ok(Exit::Ok)
}
