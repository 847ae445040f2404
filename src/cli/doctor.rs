//! `doctor`: whether everything that a command needs is as it should be.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::connect::{App, Store};
use super::error::{Exit, Failure, chain};
use super::figures::workers;
use super::output::{Column, Show};
use super::serve::inspect;
use super::time::show_duration;
use crate::jobs::{self, Layout, ListState};
use crate::model::Path;
use crate::oada::WatchEvent;

/// Check settings, handlers of the file, store, token, lists, change feed, queues and workers, and say what to do
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs doctor
  oada-jobs doctor -C prod --service mailer
  oada-jobs doctor --repair")]
pub(super) struct DoctorArgs {
    /// Makes the lists that are not there, and turns plain objects in their place into resources
    #[arg(long)]
    pub(super) repair: bool,
}

const COLUMNS: [Column; 4] = [
    Column::new("CHECK", "check"),
    Column::new("STATE", "state").shown(Show::Status),
    Column::new("FOUND", "found"),
    Column::new("NEXT", "next"),
];

/// How long the change feed may take to stand.
const PATIENCE: Duration = Duration::from_secs(10);

/// One finding: which check, its state, what was found, and what to do next.
type Finding = (&'static str, &'static str, String, String);

pub(super) async fn doctor(args: DoctorArgs, app: &App) -> Result<Exit, Failure> {
    let mut findings = settings(app);
    match app.store().await {
        Err(failure) => findings.push(failed("store", &failure)),
        Ok(store) => {
            if args.repair {
                findings.push(repair(&store, app).await);
            }
            findings.extend(store_findings(&store).await);
        }
    }
    let mut listing = app.ui.listing(&COLUMNS);
    for (check, state, found, next) in &findings {
        listing.push(check, &json!({"check": check, "state": state, "found": found, "next": next}))?;
    }
    listing.finish("nothing was checked")?;
    let is_well = findings.iter().all(|(_, state, ..)| *state != "error");
    Ok(if is_well { Exit::Ok } else { Exit::Error })
}

fn failed(check: &'static str, failure: &Failure) -> Finding {
    (check, "error", failure.message.clone(), failure.hints.join("; "))
}

async fn repair(store: &Store, app: &App) -> Finding {
    let mended = async {
        let found = jobs::survey(&store.client, &store.root).await?.layout();
        let layout = found.or(app.settings.layout.value.chosen()).unwrap_or(Layout::Classic);
        jobs::ensure_or_repair(&store.client, &store.root, layout).await
    };
    match mended.await {
        Err(error) => failed("repair", &error.into()),
        Ok(mended) if mended.is_empty() => ("repair", "ok", "nothing was to be mended".into(), String::new()),
        Ok(mended) => {
            let places: Vec<String> = mended.iter().map(ToString::to_string).collect();
            ("repair", "ok", format!("made a resource of {}", places.join(", ")), String::new())
        }
    }
}

fn settings(app: &App) -> Vec<Finding> {
    let settings = &app.settings;
    let told = |check, value: String, source: &dyn std::fmt::Display| -> Finding {
        (check, "ok", format!("{value} (from {source})"), String::new())
    };
    let mut findings = Vec::new();
    match &settings.domain {
        Some(domain) => findings.push(told("domain", domain.value.clone(), &domain.source)),
        None => {
            let folder = &settings.data_dir;
            findings.push(told("data folder", folder.value.display().to_string(), &folder.source));
        }
    }
    if let Some(token) = &settings.token {
        findings.push(told("token", "given".to_owned(), &token.source));
    }
    if let Some(file) = &settings.handlers {
        match inspect(file) {
            Err(failure) => findings.push(failed("handlers", &failure)),
            Ok(handlers) => findings.extend(handlers.into_iter().map(|handler| match handler.command {
                Ok(command) => {
                    told("handler", format!("{}: {command}", handler.job_type), &file.path.display())
                }
                Err(failure) => failed("handler", &failure),
            })),
        }
    }
    findings.push(told("service", settings.service.value.clone(), &settings.service.source));
    findings
}

async fn store_findings(store: &Store) -> Vec<Finding> {
    let mut findings = Vec::new();
    let bookmarks = Path::root().join("bookmarks");
    let asked = Instant::now();
    match store.client.head(&bookmarks).await {
        Err(error) => {
            findings.push(failed("store", &error.into()));
            return findings;
        }
        Ok(head) => {
            let took = show_duration(asked.elapsed());
            let found = format!("{} answers in {took} and accepts the token", store.client.describe());
            match head {
                Some(_) => findings.push(("store", "ok", found, String::new())),
                None => findings.push((
                    "store",
                    "error",
                    format!("{found}, but /bookmarks is not there"),
                    "use a token of a user with bookmarks".into(),
                )),
            }
        }
    }
    findings.push(lists(store).await.unwrap_or_else(|error| failed("lists", &error.into())));
    findings.push(clock(store).await);
    findings.push(feed(store, &bookmarks).await);
    findings.push(match jobs::queues(&store.client, &store.root).await {
        Err(error) => failed("queues", &error.into()),
        Ok(queues) => {
            let broken: Vec<&str> =
                queues.iter().filter(|(_, entry)| entry.is_err()).map(|(name, _)| name.as_str()).collect();
            if broken.is_empty() {
                ("queues", "ok", format!("{} besides its own", queues.len()), String::new())
            } else {
                let next = "see why with `oada-jobs queue ls`".to_owned();
                ("queues", "error", format!("unusable: {}", broken.join(", ")), next)
            }
        }
    });
    findings.push(match workers(store).await {
        Err(failure) => failed("workers", &failure),
        Ok(workers) => match workers.iter().filter(|worker| worker.is_alive).count() {
            0 => ("workers", "warn", "none".to_owned(), "start one with `oada-jobs serve`".to_owned()),
            alive => ("workers", "ok", format!("{alive} alive"), String::new()),
        },
    });
    findings
}

/// Which layout the lists have, and whether one is a plain object, as a post leaves it that makes no lists.
async fn lists(store: &Store) -> Result<Finding, jobs::Error> {
    let survey = jobs::survey(&store.client, &store.root).await?;
    let Some(layout) = survey.layout() else {
        let next = "they are made by the first `job post` or `serve`".into();
        return Ok(("lists", "ok", format!("{} has no lists yet", store.root), next));
    };
    let inline = jobs::inline_lists(&store.client, &store.root, layout).await?;
    if !inline.is_empty() {
        let places: Vec<String> = inline.iter().map(ToString::to_string).collect();
        let found =
            format!("jobs lie in plain objects, where no worker sees new ones: {}", places.join(", "));
        return Ok(("lists", "error", found, "make lists of them with `oada-jobs doctor --repair`".into()));
    }
    if layout == Layout::Classic && survey.pending == ListState::Inline {
        let found =
            format!("jobs lie in {}, posted for another layout", Layout::Current.pending(&store.root));
        return Ok(("lists", "warn", found, "`serve` runs them; have them posted to its parent".into()));
    }
    Ok(("lists", "ok", format!("{} has the {layout} layout", store.root), String::new()))
}

/// By how much the clocks may differ: the store tells whole seconds, and the answer is on its way for a while.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5);

async fn clock(store: &Store) -> Finding {
    let time = match store.client.server_time().await {
        Err(error) => return failed("clock", &error.into()),
        Ok(None) => return ("clock", "ok", "the store does not tell its time".into(), String::new()),
        Ok(Some(time)) => time,
    };
    let ahead = time.duration_since(Timestamp::now());
    let by = ahead.unsigned_abs();
    if by <= CLOCKS_DIFFER {
        return ("clock", "ok", "ours and the store's agree".into(), String::new());
    }
    let word = if ahead.is_negative() { "behind" } else { "ahead of" };
    let found = format!("the store's is {} {word} ours", show_duration(by));
    (
        "clock",
        "warn",
        found,
        "set them by NTP; workers are judged by the store's, times of updates are ours".into(),
    )
}

async fn feed(store: &Store, path: &Path) -> Finding {
    let mut watch = store.client.watch(path, None);
    let next = "proxies must let WebSockets through".to_owned();
    let stands = async {
        loop {
            match watch.next().await {
                WatchEvent::Started { .. } => return Ok(()),
                WatchEvent::Missing(error) | WatchEvent::Disconnected(error) => return Err(chain(&error)),
                WatchEvent::Changes(_) | WatchEvent::Gap | WatchEvent::Deleted => {}
            }
        }
    };
    match timeout(PATIENCE, stands).await {
        Ok(Ok(())) => ("change feed", "ok", "changes are told as they happen".to_owned(), String::new()),
        Ok(Err(reason)) => ("change feed", "error", reason, next),
        Err(_) => ("change feed", "error", format!("no answer in {}", show_duration(PATIENCE)), next),
    }
}
