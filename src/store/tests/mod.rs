//! The store's promises, tried out from the inside: on storage that can be cut off, and against a plain model.

mod ahead;
mod cost;
mod damage;
mod large;
mod links;
mod model;
mod power;
mod problems;
mod several;
mod together;

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::apply::{self, Write};
use super::auth::Session;
use super::body::{Body, Json};
use super::changes::Event;
use super::db::{Batch, Db, Options};
use super::error::Fault;
use super::request::{Method, Request, Response, Target};

const CACHE: usize = 1024 * 1024;

fn file() -> &'static Path {
    Path::new("in memory")
}

fn options() -> Options {
    Options::new(CACHE)
}

/// A write as it comes out of a request.
fn write(session: &Arc<Session>, method: Method, path: &str, body: Option<Value>) -> Write {
    let target = Target::parse(path, session).unwrap().unwrap();
    let content_type = Some("application/json".to_owned());
    let request = Request { method, content_type, ..Request::get(target, Arc::clone(session)) };
    let body =
        body.map_or(Body::None, |body| Body::Json(Json::read(body.to_string().into(), false).unwrap()));
    Write { request, body, ensure: None }
}

fn applied(batch: &mut Batch<'_>, write: &Write) -> Result<Response, Fault> {
    apply::apply(batch, write, 1.5, &mut Vec::<Event>::new())
}

/// Does one write in a transaction of its own.
fn done(db: &Db, write: &Write) -> Response {
    db.write(|batch| applied(batch, write)).unwrap()
}
