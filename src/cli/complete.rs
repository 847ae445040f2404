//! Completing words while they are typed, with what stands on the store.
//!
//! Owns the answer to a shell that asks for candidates: commands and flags, and besides them contexts, services, queues,
//! workers, types and jobs. It comes before a deadline with whatever is known by then; what fails is left out in silence.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use clap::{Arg, Command, CommandFactory, FromArgMatches};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use clap_complete::env::Shells;
use futures_util::{StreamExt, stream};

use super::args::{Cli, Globals};
use super::config::{Settings, Surroundings, TokenSource};
use super::connect::{App, Store};
use super::context;
use super::error::Failure;
use super::output::Ui;
use super::time::duration;
use crate::jobs::{self, FinalList, JobEntries, Listed};
use crate::model::{Job, Path as StorePath};

/// The variable by which a shell asks, with its name.
pub(super) const VARIABLE: &str = "OADA_JOBS_COMPLETE";
/// The variable that says how long an answer may take.
const WITHIN: &str = "OADA_JOBS_COMPLETE_WITHIN";
/// How long an answer may take: people wait for it with a finger on the key.
const DEADLINE: Duration = Duration::from_millis(150);
/// What is left of that for closing what was opened.
const FOR_CLOSING: Duration = Duration::from_millis(20);
/// How many jobs are offered.
const JOBS: usize = 30;
/// An embedded store that nobody serves is opened only while it is so small that this takes no time.
const LARGEST_OPENED: u64 = 16 << 20;

/// What a shell asks.
#[derive(Debug)]
struct Asked {
    /// The words typed so far, the program first.
    words: Vec<OsString>,
    deadline: Instant,
    /// Whether the shell shows what a candidate is.
    shows_help: bool,
}

/// What stands on the store, or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Contexts,
    Services,
    Queues,
    Workers,
    Types,
    Jobs,
}

/// Answers a shell that asks for candidates, if that is what this process was started for.
pub(super) fn answer() -> Option<ExitCode> {
    let shell = std::env::var(VARIABLE).ok().filter(|shell| !shell.is_empty() && shell != "0")?;
    let within = std::env::var(WITHIN).ok().and_then(|text| duration(&text).ok()).unwrap_or(DEADLINE);
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    // Nothing may be written here but candidates, so that an error is told by the exit code alone.
    Some(if write(&shell, words, Instant::now() + within).is_some() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Writes what may stand in the place of the word that is typed, in the form that the shell wants.
fn write(shell: &str, words: Vec<OsString>, deadline: Instant) -> Option<()> {
    let name = Path::new(shell).file_stem()?.to_str()?;
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    // Shells that do not say which word is typed mean the last, which is the program's own name at least.
    let last = words.len().checked_sub(1)?;
    let index = variable("_CLAP_COMPLETE_INDEX").and_then(|text| text.parse().ok()).unwrap_or(last);
    let between = variable("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
    let begins_a_flag = words.get(index).is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"));
    let here = std::env::current_dir().ok();
    let asked = Arc::new(Asked { words: words.clone(), deadline, shows_help: name != "bash" });
    let mut command = command(&asked);
    let mut answer = Vec::new();
    if name == "bash" {
        let (words, index) = unsplit(words, index);
        for candidate in complete(&mut command, words, index, here.as_deref()).ok()? {
            answer.extend_from_slice(candidate.get_value().as_encoded_bytes());
            answer.extend_from_slice(between.as_bytes());
        }
    } else {
        let shells = Shells::builtins();
        shells.completer(name)?.write_complete(&mut command, words, here.as_deref(), &mut answer).ok()?;
    }
    let answer = String::from_utf8_lossy(&answer);
    let candidates = answer.trim_end_matches(&between).split(between.as_str());
    // Flags are offered to whoever begins one: among values they would hide what is looked for.
    let offered: Vec<&str> = candidates.filter(|text| begins_a_flag || !text.starts_with('-')).collect();
    std::io::stdout().write_all(offered.join(&between).as_bytes()).ok()
}

/// The words as they are meant: bash takes `--flag=value` for three of them.
fn unsplit(mut words: Vec<OsString>, mut index: usize) -> (Vec<OsString>, usize) {
    while let Some(at) =
        (1..index).find(|at| words[*at] == "=" && words[*at - 1].as_encoded_bytes().starts_with(b"--"))
    {
        words.remove(at);
        index -= 1;
    }
    (words, index)
}

/// The command line, with the values that have to be looked up.
fn command(asked: &Arc<Asked>) -> Command {
    fn with_values(command: Command, path: &str, asked: &Arc<Asked>) -> Command {
        let names: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
        let command = command.mut_args(|arg| {
            let Some(kind) = kind_of(path, &arg) else { return arg };
            let asked = asked.clone();
            arg.add(ArgValueCompleter::new(move |word: &OsStr| candidates(&asked, kind, word)))
        });
        names.into_iter().fold(command, |command, name| {
            let below = format!("{path} {name}");
            command.mut_subcommand(name, |child| with_values(child, &below, asked))
        })
    }
    with_values(Cli::command(), "", asked)
}

/// What the values of an argument are.
fn kind_of(path: &str, arg: &Arg) -> Option<Kind> {
    match (path, arg.get_id().as_str()) {
        (_, "context") | (" context use" | " context rm" | " context show", "name") => Some(Kind::Contexts),
        (_, "service") => Some(Kind::Services),
        (" queue rm" | " queue show" | " queue stats" | " queue pause" | " queue resume", "name")
        | (" queue drain", "name") => Some(Kind::Queues),
        (" worker show" | " worker stop" | " worker release", "id") | (_, "worker") => Some(Kind::Workers),
        (_, "job_type") => Some(Kind::Types),
        (_, "jobs" | "job") => Some(Kind::Jobs),
        _ => None,
    }
}

/// A candidate, and what it is.
type Candidate = (String, Option<String>);

/// The values that begin as the word does, as many as are known when the time is over.
fn candidates(asked: &Arc<Asked>, kind: Kind, word: &OsStr) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str().map(str::to_owned) else { return Vec::new() };
    let (tell, told) = channel();
    let (deadline, theirs) = (asked.deadline, asked.clone());
    // Not awaited where it takes too long: the process ends with its answer.
    std::thread::spawn(move || look(&theirs, kind, &word, &tell));
    let mut found: Vec<Candidate> = Vec::new();
    // Ends with the last that was told, or when the time is over.
    while let Ok((value, help)) = told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        match found.iter_mut().find(|(known, _)| *known == value) {
            Some((_, known)) => *known = help.or(known.take()),
            None => found.push((value, help)),
        }
    }
    let candidate = |(value, help): Candidate| CompletionCandidate::new(value).help(help.map(Into::into));
    found.into_iter().map(candidate).collect()
}

/// Looks values up and tells them as they are found. All errors end it.
fn look(asked: &Asked, kind: Kind, word: &str, tell: &Sender<Candidate>) {
    // The half-typed word may be an error, as whatever comes after it.
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(&asked.words);
    let Ok(mut globals) = matches.and_then(|matches| Globals::from_arg_matches(&matches)) else { return };
    match kind {
        // The half-typed name of one is none.
        Kind::Contexts => globals.context = None,
        Kind::Services => (globals.service, globals.queue) = (None, None),
        _ => {}
    }
    let Ok(settings) = Settings::read(&globals, &Surroundings::here()) else { return };
    let mut tell = |value: &str, help: Option<String>| {
        if value.starts_with(word) {
            // Nobody waits for it any more.
            let _ = tell.send((value.to_owned(), help));
        }
    };
    if kind == Kind::Contexts {
        let names = settings.contexts.as_deref().map(context::names);
        return names.into_iter().flatten().flatten().for_each(|name| tell(&name, None));
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let app = App::new(Ui::new(&globals, &settings), settings, globals);
    let until =
        tokio::time::Instant::from_std(asked.deadline.checked_sub(FOR_CLOSING).unwrap_or(asked.deadline));
    runtime.block_on(async {
        if may_ask(&app).await {
            let asking = ask(&app, kind, word, asked.shows_help, &mut tell);
            // What was told by then is what there is.
            let _ = tokio::time::timeout_at(until, asking).await;
        }
        app.close().await;
    });
}

/// Whether the store can be asked without a question, a wait or a trace.
async fn may_ask(app: &App) -> bool {
    let settings = &app.settings;
    let asks_for_token = settings
        .token
        .as_ref()
        .is_some_and(|token| matches!(token.value, TokenSource::Stdin | TokenSource::Command(_)));
    if asks_for_token {
        return false;
    }
    if settings.domain.is_some() {
        return true;
    }
    let folder = &settings.data_dir.value;
    let size = std::fs::metadata(folder.join("store.redb")).map(|file| file.len());
    size.is_ok_and(|size| size <= LARGEST_OPENED) || crate::store::Local::new(folder).is_served().await
}

async fn ask(
    app: &App,
    kind: Kind,
    word: &str,
    shows_help: bool,
    tell: &mut impl FnMut(&str, Option<String>),
) -> Result<(), Failure> {
    let store = app.store().await?;
    match kind {
        Kind::Contexts => {}
        Kind::Services => {
            let services = StorePath::root().join("bookmarks").join("services");
            if let Some(document) = store.client.find(&services).await? {
                let names = document.value.as_object().into_iter().flatten().map(|(name, _)| name);
                names.filter(|name| !name.starts_with('_')).for_each(|name| tell(name, None));
            }
        }
        Kind::Queues => {
            for (name, entry) in jobs::queues(&store.client, &store.root).await? {
                tell(&name, Some(entry.map_or_else(|problem| problem, |entry| entry.domain)));
            }
        }
        Kind::Workers => {
            for worker in jobs::workers(&store.client, &store.root).await? {
                let help =
                    format!("{} pid {}: {}", worker.host.name, worker.host.pid, worker.types.join(" "));
                tell(&worker.id, Some(help));
            }
        }
        Kind::Types => {
            for worker in jobs::workers(&store.client, &store.root).await? {
                worker.types.iter().for_each(|name| tell(name, None));
            }
            let jobs = newest(&store, "").await?;
            let mut reading = stream::iter(jobs).map(|job| read(&store, job)).buffer_unordered(JOBS);
            while let Some(read) = reading.next().await {
                if let Some((_, job)) = read {
                    tell(&job.job_type, None);
                }
            }
        }
        Kind::Jobs => {
            let jobs = newest(&store, word).await?;
            jobs.iter().for_each(|job| tell(&job.key, None));
            tell("@last", Some("the newest job".to_owned()));
            if !shows_help {
                return Ok(());
            }
            let mut reading = stream::iter(jobs).map(|job| read(&store, job)).buffer_unordered(JOBS);
            while let Some(read) = reading.next().await {
                if let Some((listed, job)) = read {
                    let ended = job.finished_at().map(|time| app.ui.moment(time)).unwrap_or_default();
                    let help = format!("{} {} {ended}", job.job_type, job.status().as_str());
                    tell(&listed.key, Some(help.trim_end().to_owned()));
                }
            }
        }
    }
    Ok(())
}

async fn read(store: &Store, listed: Listed) -> Option<(Listed, Job)> {
    let document = store.client.find(&listed.id.path()).await.ok()??;
    Some((listed, Job::from_value(&document.value).ok()?))
}

/// The newest jobs whose keys begin with the word: those that have not ended, then those that ended last.
async fn newest(store: &Store, word: &str) -> Result<Vec<Listed>, Failure> {
    let mut found = Vec::new();
    let lists = jobs::pending_lists(&store.client, &store.root).await?;
    take(store, lists.into_iter().map(|list| list.path), word, &mut found).await?;
    let mut days = Vec::new();
    for list in [FinalList::Failure, FinalList::Success] {
        days.extend(jobs::finished_days(&store.client, &store.root, list).await?);
    }
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    for day in days {
        if found.len() >= JOBS {
            break;
        }
        take(store, [day.path], word, &mut found).await?;
    }
    found.truncate(JOBS);
    Ok(found)
}

/// Adds the newest jobs of some lists, holding no more than are offered.
async fn take(
    store: &Store,
    lists: impl IntoIterator<Item = StorePath>,
    word: &str,
    found: &mut Vec<Listed>,
) -> Result<(), Failure> {
    let mut newest: BTreeSet<(String, String)> = BTreeSet::new();
    for list in lists {
        let Some(mut entries) = JobEntries::open(&store.client, &list).await? else { continue };
        while let Some(job) = entries.next().await? {
            if job.key.starts_with(word) {
                newest.insert((job.key, job.id.to_string()));
                if newest.len() > JOBS {
                    newest.pop_first();
                }
            }
        }
    }
    let jobs = newest.into_iter().rev().filter_map(|(key, id)| Some(Listed { key, id: id.try_into().ok()? }));
    found.extend(jobs);
    Ok(())
}
