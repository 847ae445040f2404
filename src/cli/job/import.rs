//! `job import`.

use clap::Args;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::export::{DAY, ID, JOB, KEY, LIST, TYPE};
use super::intake::{ALREADY, Links, Written, take_in};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs::{self, FinalList, NewJob, Place, Restored, WholeJob};
use crate::model::ResourceId;

/// Put jobs back that `job export` wrote: as they were, finished ones too
///
/// What is there already stays as it is, so importing twice does no harm. A job that was running is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job import kept.ndjson
  oada-jobs job import failures.ndjson --rerun")]
pub(in crate::cli) struct ImportArgs {
    /// The file; stdin if it is `-` or absent
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: String,

    /// Posts each to run here, whatever came of it: its type, config and further members, under its key
    #[arg(long)]
    rerun: bool,

    /// The same under a new key each; importing twice then posts twice
    #[arg(long)]
    new_keys: bool,
}

pub(super) async fn import(args: ImportArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store_over_socket().await?;
    let layout = store.posting_layout().await?;
    let (client, root) = (&store.client, &store.root);
    let from = |did| (args.file.as_str(), layout, did);
    if args.rerun || args.new_keys {
        let read = |line: &str| {
            let exported = Exported::read(line)?;
            let mut job = new_job(&Value::Object(exported.members))?;
            if !args.new_keys {
                job.key = exported.key;
            }
            Ok(job)
        };
        return take_in(app, &store, from("posted"), read, async |job| {
            Ok(jobs::create_once(client, root, layout, &job).await?.into())
        })
        .await;
    }
    let read = |line: &str| {
        let mut exported = Exported::read(line)?;
        // It belongs to the service that it is put into, as all that stands in its lists.
        exported.members.insert("service".to_owned(), root.name().into());
        exported.whole()
    };
    take_in(app, &store, from(IMPORTED), read, async |whole: WholeJob| {
        let restored = jobs::restore(client, layout, &whole).await?;
        let links = match (restored, whole.place) {
            (Restored::Other, _) => Links::None,
            (_, Place::Pending) => Links::Pending,
            (_, Place::Final(..)) => Links::Days(whole.days(root, layout)),
        };
        let done = if restored == Restored::New { IMPORTED } else { ALREADY };
        Ok(Written { key: whole.key, id: whole.id, done, links })
    })
    .await
}

const IMPORTED: &str = "imported";

/// A line that `job export` wrote.
struct Exported {
    key: String,
    record: Value,
    members: Map<String, Value>,
}

impl Exported {
    fn read(line: &str) -> Result<Self, String> {
        let mut record: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let key = record.get(KEY).and_then(Value::as_str).ok_or("\"key\" must be a string")?.to_owned();
        let members = match record.get_mut(JOB).map(Value::take) {
            Some(Value::Object(members)) => members,
            _ => return Err("\"job\" must be an object: was it written by `job export`?".to_owned()),
        };
        Ok(Self { key, record, members })
    }

    fn text(&self, member: &str) -> Result<Option<&str>, String> {
        match self.record.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{member:?} must be a string")),
        }
    }

    fn whole(self) -> Result<WholeJob, String> {
        let id = match self.text(ID)? {
            None => ResourceId::from_key(&self.key),
            Some(id) => ResourceId::parse(id).ok_or(format!("{ID:?} must be the id of a resource"))?,
        };
        let list = match self.text(LIST)? {
            None | Some("pending") => None,
            Some("success") => Some(FinalList::Success),
            Some("failure") => Some(FinalList::Failure),
            Some(_) => return Err(format!("{LIST:?} must be pending, success or failure")),
        };
        let place = match (list, self.text(DAY)?) {
            (None, _) => Place::Pending,
            (Some(list), Some(day)) => {
                Place::Final(list, day.parse::<Date>().map_err(|_| format!("{DAY:?} must be a day"))?)
            }
            (Some(_), None) => return Err(format!("{DAY:?} is missing: of which day is it?")),
        };
        let content_type = self.text(TYPE)?.map(str::to_owned);
        Ok(WholeJob { key: self.key, id, content_type, place, members: self.members })
    }
}

/// Reads a job to post: `type`, `config`, and further members that are not the worker's own.
pub(super) fn new_job(value: &Value) -> Result<NewJob, String> {
    const WORKERS_OWN: [&str; 9] =
        ["service", "type", "config", "status", "result", "updates", "claim", "attempts", "retried"];
    let job_type = value.get("type").and_then(Value::as_str).ok_or("\"type\" must be a string")?;
    let config = match value.get("config") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(config)) => config.clone(),
        Some(_) => return Err("\"config\" must be an object".to_owned()),
    };
    let mut job = NewJob::new(job_type, config);
    job.extra = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !WORKERS_OWN.contains(&key.as_str()) && !key.starts_with('_'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Ok(job)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whole(record: &Value) -> Result<WholeJob, String> {
        Exported::read(&record.to_string())?.whole()
    }

    #[test]
    fn lines_of_an_export_are_read_and_others_named() {
        let job = json!({"type": "t", "service": "s"});
        let read = whole(
            &json!({"key": "k", "id": "resources/r", "list": "failure", "day": "2026-01-02", "job": job}),
        );
        let read = read.unwrap();
        assert_eq!(read.place, Place::Final(FinalList::Failure, Date::constant(2026, 1, 2)));
        assert_eq!((read.id.key(), read.content_type), ("r", None));
        // As earlier versions wrote it.
        let old = whole(&json!({"key": "k", "job": job})).unwrap();
        assert_eq!((old.place, old.id.key()), (Place::Pending, "k"));
        for (wrong, reason) in [
            (json!([]), "\"key\""),
            (json!({"key": "k", "job": 1}), "\"job\""),
            (json!({"key": "k", "job": job, "id": "x"}), "\"id\""),
            (json!({"key": "k", "job": job, "list": "lost"}), "\"list\""),
            (json!({"key": "k", "job": job, "list": "success"}), "\"day\""),
            (json!({"key": "k", "job": job, "list": "success", "day": "monday"}), "\"day\""),
        ] {
            assert!(whole(&wrong).unwrap_err().contains(reason), "{wrong}");
        }
    }
}
