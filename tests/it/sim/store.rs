//! The documents of the simulated store, and what requests do to them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use oada_jobs::model::merge;

struct Resource {
    rev: u64,
    previous: (u64, Instant),
    body: Value,
    content_type: String,
    modified: f64,
    changes: Vec<Logged>,
}

/// One entry of a resource's change log.
#[derive(Clone)]
pub(super) struct Logged {
    pub(super) rev: u64,
    kind: &'static str,
    body: Value,
}

impl Logged {
    /// The change array that watchers get.
    pub(super) fn array(&self, resource: &str) -> Value {
        json!([{"resource_id": resource, "path": "", "type": self.kind, "body": self.body}])
    }
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Map<String, Value>,
    pub(super) data: Option<Value>,
    /// The resource that was changed, with what is to be told to its watchers.
    pub(super) change: Option<(String, Logged)>,
    /// The condition was no longer met, and believed all the same.
    pub(super) is_doubled: bool,
}

/// The documents.
pub(super) struct Documents {
    resources: BTreeMap<String, Resource>,
    began: Instant,
    /// How long after a write a condition on the rev before it is still believed, as on a reference server with
    /// several partitions.
    pub(super) double_claims_for: Duration,
}

struct Place {
    id: String,
    leftover: Vec<String>,
    /// Where the last link stands: its resource and the way in it.
    link: Option<(String, Vec<String>)>,
}

const BOOKMARKS: &str = "resources/bookmarks";

impl Documents {
    pub(super) fn new() -> Self {
        let mut documents =
            Self { resources: BTreeMap::new(), began: Instant::now(), double_claims_for: Duration::ZERO };
        documents.write(BOOKMARKS, "application/vnd.oada.bookmarks.1+json", &[], json!({}));
        documents
    }

    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn is_unfinished_job(&self, id: &str) -> bool {
        let job = self.resources.get(id).map(|resource| &resource.body);
        let has_ended = |job: &Value| job["status"] == "success" || job["status"] == "failure";
        job.is_some_and(|job| job.get("config").is_some() && !has_ended(job))
    }

    /// When a resource was last written, in seconds of the store's clock.
    pub(super) fn modified(&self, id: &str) -> Option<f64> {
        self.resources.get(id).map(|resource| resource.modified)
    }

    pub(super) fn rev(&self, id: &str) -> Option<u64> {
        self.resources.get(id).map(|resource| resource.rev)
    }

    pub(super) fn changes_after(&self, id: &str, rev: u64) -> Vec<Logged> {
        let log = self.resources.get(id).map(|resource| resource.changes.as_slice()).unwrap_or_default();
        log.iter().filter(|logged| logged.rev > rev).cloned().collect()
    }

    pub(super) fn read(&self, path: &str) -> Option<Value> {
        let place = self.resolve(path);
        let value = self.resources.get(&place.id)?.body.pointer(&pointer(&place.leftover))?;
        (!value.is_null()).then(|| value.clone())
    }

    pub(super) fn resource_at(&self, path: &str) -> String {
        self.resolve(path).id
    }

    fn resolve(&self, path: &str) -> Place {
        let mut segments = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned);
        let mut id = match segments.next().as_deref() {
            Some("bookmarks") => BOOKMARKS.to_owned(),
            _ => format!("resources/{}", segments.next().unwrap_or_default()),
        };
        let (mut leftover, mut link) = (Vec::new(), None);
        for segment in segments {
            leftover.push(segment);
            let value = self.resources.get(&id).and_then(|r| r.body.pointer(&pointer(&leftover)));
            if let Some(target) = value.and_then(|value| value.get("_id")).and_then(Value::as_str) {
                link = Some((id, std::mem::take(&mut leftover)));
                id = target.to_owned();
            }
        }
        Place { id, leftover, link }
    }

    pub(super) fn answer(&mut self, request: &Value) -> Answer {
        let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let header = |name: &str| request["headers"].get(name).and_then(Value::as_str).map(str::to_owned);
        let place = self.resolve(&text("path"));
        match text("method").as_str() {
            "get" | "head" | "watch" => self.get(&place, text("method") == "get"),
            "put" => {
                let condition = header("if-match");
                let content_type = header("content-type").unwrap_or_default();
                self.put(&place, condition.as_deref(), &content_type, request["data"].clone())
            }
            "delete" => self.delete(&place, header("if-match").as_deref()),
            _ => refusal(400),
        }
    }

    fn get(&self, place: &Place, with_body: bool) -> Answer {
        let Some(resource) = self.resources.get(&place.id) else { return refusal(404) };
        let value = if place.leftover.first().is_some_and(|segment| segment == "_meta") {
            Some(
                json!({"_id": format!("{}/_meta", place.id), "_rev": resource.rev, "modified": resource.modified}),
            )
        } else {
            resource.body.pointer(&pointer(&place.leftover)).filter(|value| !value.is_null()).cloned()
        };
        let Some(mut value) = value else { return refusal(404) };
        if let (Some(members), true) = (value.as_object_mut(), place.leftover.is_empty()) {
            members.insert("_id".into(), place.id.clone().into());
            members.insert("_rev".into(), resource.rev.into());
            members.insert("_type".into(), resource.content_type.clone().into());
        }
        let data = with_body.then_some(value);
        Answer { status: 200, headers: self.headers(place), data, change: None, is_doubled: false }
    }

    fn put(&mut self, place: &Place, condition: Option<&str>, content_type: &str, data: Value) -> Answer {
        let Some(is_doubled) = self.holds(&place.id, condition) else { return refusal(412) };
        if !self.resources.contains_key(&place.id) && !place.leftover.is_empty() {
            return refusal(404);
        }
        let foreign = |id: &Value| place.leftover.is_empty() && id.as_str() != Some(&place.id);
        if data.get("_id").is_some_and(foreign) {
            return refusal(422);
        }
        let change = self.write(&place.id, content_type, &place.leftover, data);
        Answer {
            status: 201,
            headers: self.headers(place),
            data: None,
            change: Some((place.id.clone(), change)),
            is_doubled,
        }
    }

    fn delete(&mut self, place: &Place, condition: Option<&str>) -> Answer {
        let (id, way) = match &place.link {
            Some((parent, way)) if place.leftover.is_empty() => (parent.clone(), way.clone()),
            _ => (place.id.clone(), place.leftover.clone()),
        };
        let Some(is_doubled) = self.holds(&id, condition) else { return refusal(412) };
        let headers = self.headers(&Place { id: id.clone(), leftover: Vec::new(), link: None });
        let done = |change| Answer { status: 204, headers, data: None, change, is_doubled };
        let Some((last, parents)) = way.split_last() else {
            self.resources.remove(&id);
            return done(None);
        };
        let Some(resource) = self.resources.get_mut(&id) else { return done(None) };
        let parent = resource.body.pointer_mut(&pointer(parents)).and_then(Value::as_object_mut);
        if parent.and_then(|parent| parent.remove(last)).is_none() {
            return done(None);
        }
        let change = self.log(&id, "delete", wrapped(&way, Value::Null));
        done(Some((id, change)))
    }

    /// Whether a condition is met; `Some(true)` if it is not and passes all the same.
    fn holds(&self, id: &str, condition: Option<&str>) -> Option<bool> {
        let Some(condition) = condition else { return Some(false) };
        let resource = self.resources.get(id)?;
        let is = |rev: u64| condition == etag(id, rev);
        let (previous, at) = resource.previous;
        if is(resource.rev) {
            return Some(false);
        }
        (is(previous) && at.elapsed() < self.double_claims_for).then_some(true)
    }

    fn write(&mut self, id: &str, content_type: &str, way: &[String], data: Value) -> Logged {
        let (now, body) = (Instant::now(), wrapped(way, data));
        let resource = self.resources.entry(id.to_owned()).or_insert_with(|| Resource {
            rev: 0,
            previous: (0, now),
            body: json!({}),
            content_type: content_type.to_owned(),
            modified: 0.0,
            changes: Vec::new(),
        });
        merge(&mut resource.body, &body);
        self.log(id, "merge", body)
    }

    fn log(&mut self, id: &str, kind: &'static str, mut body: Value) -> Logged {
        let modified = self.began.elapsed().as_secs_f64();
        let resource = self.resources.get_mut(id).unwrap();
        resource.previous = (resource.rev, Instant::now());
        resource.rev += 1;
        resource.modified = modified;
        body["_rev"] = resource.rev.into();
        let logged = Logged { rev: resource.rev, kind, body };
        resource.changes.push(logged.clone());
        logged
    }

    fn headers(&self, place: &Place) -> Map<String, Value> {
        let rev = self.rev(&place.id).unwrap_or(0);
        let leftover = pointer(&place.leftover);
        let mut headers = Map::new();
        headers.insert("content-location".into(), format!("/{}{leftover}", place.id).into());
        headers.insert("x-oada-rev".into(), rev.to_string().into());
        headers.insert("etag".into(), etag(&place.id, rev).into());
        headers.insert("content-type".into(), "application/json".into());
        if !leftover.is_empty() {
            headers.insert("x-oada-path-leftover".into(), leftover.into());
        }
        headers
    }
}

fn etag(id: &str, rev: u64) -> String {
    format!("\"{}/{rev}\"", id.trim_start_matches("resources/"))
}

pub(super) fn refusal(status: u16) -> Answer {
    let data = Some(json!({"statusCode": status}));
    Answer { status, headers: Map::new(), data, change: None, is_doubled: false }
}

fn pointer(segments: &[String]) -> String {
    segments.iter().map(|segment| format!("/{segment}")).collect()
}

fn wrapped(way: &[String], value: Value) -> Value {
    way.iter().rev().fold(value, |inner, segment| json!({ segment.as_str(): inner }))
}
