//! `context`: named settings, such as one for each server.
//!
//! Owns the folder `contexts` beside the user's configuration: a file for each context, readable by its owner alone,
//! in `current` the name of the one that is used unless told otherwise, and in `previous` that of the one before it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use secrecy::ExposeSecret;
use serde_json::json;

use super::args::Globals;
use super::config::{CONTEXT, SEEN_BY_OTHERS, TokenSource, token_source};
use super::connect::{App, read_token};
use super::error::{Exit, Failure, While};
use super::files::{ConfigFile, nearest_word, readable_token};
use super::output::{Column, Show};
use crate::oada::Domain;

/// Manage named settings, such as one for each server
#[derive(Debug, Subcommand)]
pub(super) enum ContextCommand {
    Add(AddArgs),
    #[command(visible_alias = "list")]
    Ls(LsArgs),
    #[command(visible_alias = "get")]
    Show(ShowArgs),
    Use(UseArgs),
    Previous(PreviousArgs),
    #[command(visible_alias = "delete")]
    Rm(RmArgs),
}

/// Add a context, or replace it, from the flags given here
///
/// It keeps --domain, --token-file, --service, --layout, --output, --ca-file, --insecure and --read-only. Name, domain and
/// token are asked for on a terminal where they are missing; a token that is typed is kept in the context's file, which
/// only its owner can read. With --token-command nothing is kept but how to get it: the command is run by `/bin/sh -c` for
/// each command that needs the token, and the first line that it prints is used.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context add prod --domain oada.example.org --token-file ~/.prod-token --service mailer
  oada-jobs context add prod --domain oada.example.org --token-command 'pass show oada/prod' --read-only
  oada-jobs context use prod")]
pub(super) struct AddArgs {
    /// Its name
    name: Option<String>,
    #[arg(skip)]
    flags: Box<Globals>,
}

impl AddArgs {
    /// Takes the flags that the context is to hold.
    pub(super) fn take(&mut self, globals: &mut Globals) {
        *self.flags = Globals {
            domain: globals.domain.take(),
            token: globals.token.take(),
            token_file: globals.token_file.take(),
            token_command: globals.token_command.take(),
            service: globals.service.take(),
            layout: globals.layout.take(),
            output: globals.output.take(),
            ca_file: globals.ca_file.take(),
            insecure: std::mem::take(&mut globals.insecure),
            read_only: std::mem::take(&mut globals.read_only),
            ..Globals::default()
        };
    }
}

/// List contexts; tokens are never shown
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context ls
  oada-jobs context ls -o name")]
pub(super) struct LsArgs {}

/// Show the settings that count here, and where each comes from; tokens are never shown
///
/// With a name, the settings as they are with `-C NAME`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context show                         what counts here, and why
  oada-jobs context show prod                    what would with -C prod")]
pub(super) struct ShowArgs {
    /// The context; without one, that in use
    name: Option<String>,
}

impl ShowArgs {
    /// Names the context as the flag of all commands does.
    pub(super) fn take(&mut self, globals: &mut Globals) {
        if let Some(name) = self.name.take() {
            globals.context = Some(name);
        }
    }
}

/// Use a context from now on, wherever no other is named
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context use prod
  oada-jobs context use -                        back to the one before
  oada-jobs context use                          none any more")]
pub(super) struct UseArgs {
    /// Its name, or `-` for the one that was in use before; without one, none is used any more
    name: Option<String>,
}

/// Use the context that was in use before, as `context use -` does
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context previous")]
pub(super) struct PreviousArgs {}

/// Remove a context
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs context rm prod")]
pub(super) struct RmArgs {
    /// Its name
    name: String,
}

pub(super) fn run(command: ContextCommand, app: &App) -> Result<Exit, Failure> {
    let folder = app.settings.contexts.clone().ok_or_else(|| {
        Failure::usage("there is no home folder to keep contexts in").hint("set HOME or XDG_CONFIG_HOME")
    })?;
    match command {
        ContextCommand::Add(args) => add(args, app, &folder),
        ContextCommand::Ls(args) => ls(args, app, &folder),
        ContextCommand::Show(_) => show(app, &folder),
        ContextCommand::Use(UseArgs { name: Some(name) }) if name == PREVIOUS => previous(app, &folder),
        ContextCommand::Use(UseArgs { name }) => select(name.as_deref(), app, &folder),
        ContextCommand::Previous(PreviousArgs {}) => previous(app, &folder),
        ContextCommand::Rm(args) => rm(&args, app, &folder),
    }
}

/// The word for the context that was in use before.
const PREVIOUS: &str = "-";

/// The file of a context.
pub(super) fn file_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !is_plain || name.starts_with(['.', '-']) {
        let message =
            format!("{name:?} cannot name a context: use letters, digits and -_., a letter or digit first");
        return Err(Failure::usage(message));
    }
    Ok(folder.join(format!("{name}.toml")))
}

/// The name of the context that is used unless told otherwise.
pub(super) fn current(folder: &Path) -> Option<String> {
    name_in(&folder.join("current"))
}

fn name_in(file: &Path) -> Option<String> {
    let name = fs::read_to_string(file).ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The file of a context that must be there.
///
/// # Errors
/// When it is not, with the name that was probably meant.
pub(super) fn existing(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = file_of(folder, name)?;
    if path.is_file() {
        return Ok(path);
    }
    let failure = Failure::new(Exit::NotFound, format!("no context {name:?}"));
    let known = names(folder)?;
    Err(match nearest_word(name, known.iter().map(String::as_str)) {
        Some(guess) => failure.hint(format!("is it {guess:?}?")),
        None => failure.hint("see them with `oada-jobs context ls`"),
    })
}

/// The names of all contexts.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Failure::from(error).context(format_args!("cannot read {}", folder.display())));
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".toml")?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn add(args: AddArgs, app: &App, folder: &Path) -> Result<Exit, Failure> {
    let name = match args.name {
        Some(name) => name,
        None => app.ui.ask("Name of the context", "its name: `oada-jobs context add NAME`")?,
    };
    let path = file_of(folder, &name)?;
    let flags = *args.flags;
    let domain = match flags.domain {
        Some(domain) => domain,
        None => app.ui.ask("Domain", "--domain HOST")?,
    };
    Domain::parse(&domain).during("cannot use --domain")?;
    let mut settings = toml::Table::new();
    settings.insert("domain".into(), domain.clone().into());
    match (flags.token_file, flags.token) {
        _ if flags.token_command.is_some() => {
            settings.extend(flags.token_command.map(|command| ("token_command".into(), command.into())));
        }
        (Some(file), _) => {
            if let Some(warning) = readable_token(&file) {
                app.ui.warn(&warning);
            }
            let file = std::path::absolute(&file).during("cannot use --token-file")?;
            settings.insert("token_file".into(), file.display().to_string().into());
        }
        (None, Some(token)) => {
            let token = match token_source(&token) {
                TokenSource::Literal(token) => {
                    app.ui.warn(SEEN_BY_OTHERS);
                    token
                }
                source => read_token(&source)?,
            };
            settings.insert("token".into(), token.expose_secret().into());
        }
        (None, None) => {
            let token = app.ui.ask_secret("Token", "--token-file FILE")?;
            settings.insert("token".into(), token.expose_secret().into());
        }
    }
    if let Some(service) = flags.service {
        settings.insert("service".into(), service.into());
    }
    if let Some(layout) = flags.layout {
        settings.insert("layout".into(), format!("{layout:?}").to_lowercase().into());
    }
    if let Some(format) = flags.output.and_then(|format| format.to_possible_value()) {
        settings.insert("output".into(), format.get_name().into());
    }
    if let Some(file) = flags.ca_file {
        let file = std::path::absolute(&file).during("cannot use --ca-file")?;
        settings.insert("ca_file".into(), file.display().to_string().into());
    }
    for (key, is_set) in [("insecure", flags.insecure), ("read_only", flags.read_only)] {
        if is_set {
            settings.insert(key.into(), true.into());
        }
    }
    write(&path, &settings.to_string())?;
    app.ui.result(&name, &json!({"name": name, "domain": domain, "done": "added"}), || {
        format!("added context {name}; use it with `oada-jobs context use {name}`, or once with -C {name}")
    })?;
    Ok(Exit::Ok)
}

/// Writes a file that only its owner can read.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let what = format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).during(&what)?;
    }
    // A file that is there may be readable by others: it is made anew.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Failure::from(error).context(what));
        }
        _ => {}
    }
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    opened.and_then(|mut file| file.write_all(text.as_bytes())).during(what)
}

const COLUMNS: [Column; 5] = [
    Column::new("NAME", "name"),
    Column::new("CURRENT", "current").shown(Show::Text),
    Column::new("DOMAIN", "domain"),
    Column::new("SERVICE", "service"),
    Column::new("READ ONLY", "read_only"),
];

fn ls(LsArgs {}: LsArgs, app: &App, folder: &Path) -> Result<Exit, Failure> {
    let current = current(folder);
    let mut listing = app.ui.listing(&COLUMNS);
    for name in names(folder)? {
        let path = file_of(folder, &name)?;
        let text = fs::read_to_string(&path).during(format_args!("cannot read {}", path.display()))?;
        let settings: toml::Table = toml::from_str(&text).unwrap_or_default();
        let member = |key: &str| settings.get(key).and_then(toml::Value::as_str);
        let record = json!({
            "name": name, "current": current.as_deref() == Some(&name),
            "domain": member("domain"), "service": member("service"),
            "read_only": settings.get("read_only").and_then(toml::Value::as_bool).unwrap_or_default(),
        });
        listing.push(&name, &record)?;
    }
    listing.finish("no contexts; add one with `oada-jobs context add NAME`")?;
    Ok(Exit::Ok)
}

const SETTINGS: [Column; 3] =
    [Column::new("SETTING", "setting"), Column::new("VALUE", "value"), Column::new("FROM", "from")];

fn show(app: &App, folder: &Path) -> Result<Exit, Failure> {
    let named = app.globals.context.clone().map(|name| (name, "--context"));
    let named =
        named.or_else(|| Some((std::env::var(CONTEXT).ok().filter(|name| !name.is_empty())?, CONTEXT)));
    let context = named.or_else(|| Some((current(folder)?, "context use")));
    let mut listing = app.ui.listing(&SETTINGS);
    let mut tell = |setting: &str, value: Option<String>, from: Option<String>| {
        listing.push(setting, &json!({"setting": setting, "value": value, "from": from}))
    };
    let (name, from) = context.unzip();
    tell("context", name, from.map(str::to_owned))?;
    for (setting, value, source) in app.settings.all() {
        tell(setting, value, source.map(|source| source.to_string()))?;
    }
    listing.finish("no settings")?;
    Ok(Exit::Ok)
}

fn previous(app: &App, folder: &Path) -> Result<Exit, Failure> {
    let name = name_in(&folder.join("previous")).ok_or_else(|| {
        Failure::new(Exit::NotFound, "no context was in use before this one")
            .hint("use one by its name: `oada-jobs context use NAME`")
    })?;
    select(Some(&name), app, folder)
}

fn select(name: Option<&str>, app: &App, folder: &Path) -> Result<Exit, Failure> {
    if let Some(name) = name {
        // One that cannot be read would be in the way of all commands.
        ConfigFile::read(&existing(folder, name)?, &mut Vec::new()).map_err(|failure| {
            failure.hint(format!("mend it, or make it anew with `oada-jobs context add {name}`"))
        })?;
    }
    let before = current(folder);
    write(&folder.join("current"), name.unwrap_or_default())?;
    // Saying it twice does not make it the one before.
    if let Some(before) = before.filter(|before| Some(before.as_str()) != name) {
        write(&folder.join("previous"), &before)?;
    }
    let record = json!({"name": name, "done": "in use"});
    app.ui.result(name.unwrap_or_default(), &record, || match name {
        Some(name) => format!("context {name} is in use"),
        None => "no context is used any more".to_owned(),
    })?;
    Ok(Exit::Ok)
}

fn rm(args: &RmArgs, app: &App, folder: &Path) -> Result<Exit, Failure> {
    let path = existing(folder, &args.name)?;
    fs::remove_file(&path).during(format_args!("cannot remove {}", path.display()))?;
    if current(folder).as_deref() == Some(args.name.as_str()) {
        write(&folder.join("current"), "")?;
    }
    app.ui.result(&args.name, &json!({"name": args.name, "done": "removed"}), || {
        format!("removed context {}", args.name)
    })?;
    Ok(Exit::Ok)
}
