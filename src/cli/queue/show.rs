//! `queue show`.

use clap::Args;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::Which;
use super::figures::{Figures, paused_types};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::{Ui, page, plain};

/// Show a queue: where it is, whether it is paused, what waits in it, and who works on it
///
/// How many run is what the workers said with their last heartbeats.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs queue show
  oada-jobs queue show partner -o json
  oada-jobs queue show partner --show-token --columns token")]
pub(in crate::cli) struct ShowArgs {
    #[command(flatten)]
    queue: Which,

    /// Shows also the token with which the store is used, in clear text
    #[arg(long)]
    show_token: bool,
}

pub(super) async fn show(args: ShowArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.queue(args.queue.name()).await?;
    let figures = Figures::read(&store, &app.ui.zone).await?;
    let mut record = figures.record(args.queue.label(), &store);
    let now = Timestamp::now();
    record["paused"] = json!(figures.control.paused.as_ref().filter(|pause| pause.holds_at(now)));
    record["paused_types"] = paused_types(&figures.control, now);
    record["oldest_key"] = json!(figures.unfinished.oldest_key);
    record["layout"] = json!(figures.layout.map(|layout| layout.to_string()));
    if args.show_token {
        record["token"] = store.token.expose_secret().into();
    }
    let lists = figures.unfinished.lists.iter();
    record["lists"] =
        lists.map(|(path, jobs)| json!({"list": path.to_string(), "jobs": jobs})).collect::<Vec<_>>().into();
    let workers = figures.workers.iter().map(|worker| {
        json!({
            "id": worker.record.id, "state": worker.state(), "host": worker.record.host.name,
            "pid": worker.record.host.pid, "running": worker.record.running.len(),
            "concurrency": worker.record.concurrency, "types": worker.record.types.join(" "),
        })
    });
    record["worker_list"] = workers.collect::<Vec<_>>().into();
    app.ui.result(args.queue.label(), &record, || describe(&app.ui, &record))?;
    Ok(Exit::Ok)
}

fn describe(ui: &Ui, record: &Value) -> String {
    let text = |field: &str| plain(record.get(field));
    let moment = |text: &str| text.parse().map_or(text.to_owned(), |time| ui.moment(time));
    let pause = |pause: &Value| {
        let part = |field: &str, word: &str| {
            let text = plain(pause.get(field));
            let shown = if field == "reason" { text.clone() } else { moment(&text) };
            if text.is_empty() { String::new() } else { format!("{word}{shown}") }
        };
        format!("{}{}{}", part("since", "since "), part("until", ", until "), part("reason", ": "))
    };
    let state = match record.get("paused").filter(|paused| !paused.is_null()) {
        Some(paused) => format!("{} {}", ui.status("paused"), pause(paused)),
        None => ui.status(&text("state")),
    };
    let oldest = match text("oldest") {
        none if none.is_empty() => none,
        time => format!("{} ({})", moment(&time), text("oldest_key")),
    };
    let entries = |field: &str| record.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut lines = vec![
        ("Queue", text("name")),
        ("Service", text("service")),
        ("Store", text("domain")),
        ("Layout", text("layout")),
        ("State", state),
    ];
    if record.get("token").is_some() {
        lines.push(("Token", text("token")));
    }
    for paused in entries("paused_types") {
        lines.push(("Paused type", format!("{} {}", plain(paused.get("type")), pause(&paused))));
    }
    for list in entries("lists") {
        lines.push(("List", format!("{}: {} jobs", plain(list.get("list")), plain(list.get("jobs")))));
    }
    lines.extend([
        ("Unfinished", text("unfinished")),
        ("Running", format!("{} of {} at once", text("running"), text("slots"))),
        ("Oldest", oldest),
        ("Success", format!("{} today", text("success_today"))),
        ("Failure", format!("{} today", text("failure_today"))),
        ("Workers", format!("{} alive", text("workers"))),
    ]);
    let mut page = page(&lines);
    for worker in entries("worker_list") {
        let part = |field: &str| plain(worker.get(field));
        page.push_str(&format!(
            "\n  {}  {}  {} pid {}  runs {} of {}  {}",
            part("id"),
            ui.status(&part("state")),
            part("host"),
            part("pid"),
            part("running"),
            part("concurrency"),
            part("types")
        ));
    }
    page
}
