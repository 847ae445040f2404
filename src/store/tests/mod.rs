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

use std::io;
use std::path::Path;
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
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

/// Who is told of what is done to storage in memory.
trait Observer: std::fmt::Debug + Send + Sync {
    fn writes(&self, _bytes: usize) {}

    /// An error is one of the sync.
    fn syncs(&self) -> io::Result<()>;
}

#[derive(Debug)]
struct Observed<O>(InMemoryBackend, Arc<O>);

impl<O: Observer + 'static> Observed<O> {
    fn boxed(observer: &Arc<O>) -> Box<dyn StorageBackend> {
        Box::new(Self(InMemoryBackend::new(), Arc::clone(observer)))
    }
}

impl<O: Observer + 'static> StorageBackend for Observed<O> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.1.syncs()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.1.writes(data.len());
        self.0.write(offset, data)
    }
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
