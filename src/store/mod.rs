//! The embedded store: an OADA server for one machine, durable on disk.
//!
//! Owns documents, links, revs, changes and tokens, and serves them over HTTP and WebSocket. Must not know what a
//! job is.
//!
//! A request comes in over `http` or `socket`, becomes a `request::Request`, and is answered from a snapshot by `read`
//! or by the `writer`, which `apply`s it in a transaction.

mod ahead;
mod apply;
mod auth;
mod body;
mod bytes;
mod changes;
mod check;
mod condition;
mod db;
mod delete;
mod document;
mod error;
mod folder;
mod graph;
mod http;
mod key;
mod local;
mod media;
mod packed;
mod plain;
mod read;
mod removals;
mod render;
mod request;
mod routes;
mod row;
mod scan;
mod scopes;
mod server;
mod socket;
mod stall;
#[cfg(test)]
mod tests;
mod upkeep;
mod users;
mod watch;
mod whole;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};

use apply::Write;
use auth::{Auth, NewToken};
use body::{Body, Json};
use db::Db;
use folder::Folder;
use removals::Removals;
use request::{Method, Refusal, Request, Response, Target};
use watch::Hub;
use writer::Writer;

pub use auth::{TokenInfo, User};
pub use check::CheckReport;
pub use error::Error;
pub use local::Local;
pub use server::{Tls, serve};
pub use upkeep::Stats;

/// The version of this program, by which clients tell the embedded store from others.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How a store is opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreOptions {
    /// How much of the data file to keep in memory, in bytes.
    pub cache_bytes: usize,
    /// The name of the user that a new data folder gets.
    pub first_user: String,
    /// Check the data file from end to end, even if it looks as it was left.
    pub verify: bool,
    /// How many changes of each resource to keep, at least one; all without it. A watch that resumes from further
    /// back gets those that are left.
    pub keep_changes: Option<u64>,
    /// How large the data file may be, in bytes, for it to be read from end to end when it is opened after a crash in
    /// the middle of a write to it. A larger one is opened at once.
    pub walk_bytes: u64,
    /// How much is written to the journal, in bytes, before the data file catches up with it. A longer one costs time
    /// when the store is opened after a crash; a shorter one costs writes to the data file.
    pub journal_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 24 * 1024 * 1024,
            first_user: "owner".to_owned(),
            verify: false,
            keep_changes: None,
            walk_bytes: 64 * 1024 * 1024,
            journal_bytes: db::JOURNAL_BYTES,
        }
    }
}

impl StoreOptions {
    /// These options with another name for the first user.
    #[must_use]
    pub fn first_user(self, name: &str) -> Self {
        Self { first_user: name.to_owned(), ..self }
    }

    /// These options with another number of changes to keep.
    #[must_use]
    pub fn keep_changes(self, changes: u64) -> Self {
        Self { keep_changes: Some(changes), ..self }
    }

    /// These options with a check of the whole data file.
    #[must_use]
    pub fn verify(self) -> Self {
        Self { verify: true, ..self }
    }

    fn db(&self) -> db::Options {
        let Self { cache_bytes, verify, walk_bytes, keep_changes, journal_bytes, .. } = *self;
        let keep_changes = keep_changes.map(|keep| keep.max(1));
        db::Options { cache_bytes, verify, walk_bytes, keep_changes, journal_bytes }
    }
}

/// An open data folder. Clones are handles on the same store; the folder is let go when the last is dropped, or by
/// [`Store::close`].
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    // Fields are dropped in this order: first the writer, then the database, then the lock.
    writer: Writer,
    db: Mutex<Option<Arc<Db>>>,
    hub: Arc<Hub>,
    auth: Auth,
    folder: Mutex<Option<Folder>>,
    /// Names this opening of the store.
    instance: String,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

fn guard<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the data folder `dir`, which is made if it is not there, and takes its lock.
    ///
    /// A new folder gets a user with empty bookmarks and shares, and a token for everything, in the file `token`.
    ///
    /// # Errors
    /// [`Error::Locked`] if another process has it; [`Error::Newer`] or [`Error::Damaged`] if the data file cannot be
    /// used, which is then left as it is.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Self, Error> {
        let folder = Folder::lock(dir)?;
        let db = Arc::new(Db::open(&folder.data(), &options.db())?);
        let auth = Auth::load(db.system()?)?;
        let hub = Arc::new(Hub::default());
        let writer = Writer::start(Arc::clone(&db), Arc::clone(&hub)).map_err(Error::Serve)?;
        let store = Self {
            inner: Arc::new(Inner {
                writer,
                db: Mutex::new(Some(db)),
                hub,
                auth,
                folder: Mutex::new(Some(folder)),
                instance: crate::model::new_key(),
            }),
        };
        if !store.owner_is_known(dir) {
            store.settle_in(&options.first_user)?;
        }
        Ok(store)
    }

    /// Whether the folder has the token of its owner. A folder that was made of a copy has none, or another's.
    fn owner_is_known(&self, dir: &Path) -> bool {
        let Ok(token) = folder::read_token(dir) else { return false };
        let bearer = format!("Bearer {}", token.expose_secret());
        self.inner.auth.session(Some(&bearer)).is_ok_and(|session| session.owner)
    }

    fn settle_in(&self, username: &str) -> Result<(), Error> {
        let earlier = self.list_tokens().into_iter().find(|token| token.owner);
        let owner = earlier.as_ref().and_then(|token| self.inner.auth.user(&token.user));
        let user = match owner.or_else(|| self.inner.auth.user_named(username)) {
            Some(user) => user,
            None => Arc::new(self.add_user(username)?),
        };
        let secret = auth::random_token()?;
        // The file first: a folder whose token nobody knows would be of no use.
        if let Some(folder) = &*guard(&self.inner.folder) {
            folder.write_token(&secret)?;
        }
        let scopes = ["all:all".to_owned()];
        let token = NewToken::new(secret.expose_secret(), &user, "owner", &scopes, true, writer::now())?;
        self.store_token(token)?;
        match earlier {
            Some(earlier) => self.forget_token(&earlier.id),
            None => Ok(()),
        }
    }

    fn forget_token(&self, id: &str) -> Result<(), Error> {
        let stored = id.to_owned();
        self.run(move |batch| auth::remove_token(batch, &stored))?;
        self.inner.auth.token_removed(id);
        Ok(())
    }

    fn run(
        &self,
        work: impl Fn(&mut db::Batch<'_>) -> Result<(), error::Fault> + Send + 'static,
    ) -> Result<(), Error> {
        Ok(self.inner.writer.run(work)?)
    }

    /// Makes a token for `user`, named by user name or id, and returns its short id with the token itself, which is
    /// kept nowhere.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such user or a scope is not `<name>:<read|write|all>`.
    pub fn add_token(
        &self,
        name: &str,
        user: &str,
        scopes: &[String],
    ) -> Result<(String, SecretString), Error> {
        let auth = &self.inner.auth;
        let owner = auth
            .user_named(user)
            .or_else(|| auth.user(user))
            .ok_or_else(|| Error::Invalid(format!("there is no user {user:?}")))?;
        let secret = auth::random_token()?;
        let token = NewToken::new(secret.expose_secret(), &owner, name, scopes, false, writer::now())?;
        Ok((self.store_token(token)?, secret))
    }

    fn store_token(&self, token: NewToken) -> Result<String, Error> {
        let token = Arc::new(token);
        let stored = Arc::clone(&token);
        self.run(move |batch| stored.store(batch))?;
        self.inner.auth.token_added(&token)?;
        Ok(token.info.id.clone())
    }

    /// All tokens, without the tokens themselves.
    #[must_use]
    pub fn list_tokens(&self) -> Vec<TokenInfo> {
        self.inner.auth.tokens()
    }

    /// Removes the token with this short id; false if there is none. The folder's own token stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the folder's own token.
    pub fn remove_token(&self, id: &str) -> Result<bool, Error> {
        let Some(token) = self.list_tokens().into_iter().find(|token| token.id == id) else {
            return Ok(false);
        };
        if token.owner {
            return Err(Error::Invalid("the token of the data folder cannot be removed".to_owned()));
        }
        self.forget_token(&token.id)?;
        Ok(true)
    }

    /// The user that the data folder belongs to.
    #[must_use]
    pub fn owner(&self) -> Option<User> {
        let token = self.list_tokens().into_iter().find(|token| token.owner)?;
        self.inner.auth.user(&token.user).map(|user| (*user).clone())
    }

    /// Writes what is under way, closes the data file and lets the folder go. Handles that are left answer with
    /// errors.
    pub fn close(&self) {
        self.inner.writer.close();
        guard(&self.inner.db).take();
        if let Some(folder) = guard(&self.inner.folder).take() {
            folder.withdraw();
        }
    }

    /// Compares everything that is stored with everything else, while the store goes on.
    ///
    /// # Errors
    /// [`Error::Database`] if rows cannot be read; what is merely wrong is in the report.
    pub fn check(&self) -> Result<CheckReport, Error> {
        Ok(check::check(&self.snapshot()?)?)
    }

    fn data_file(&self) -> Option<std::path::PathBuf> {
        guard(&self.inner.folder).as_ref().map(Folder::data)
    }

    fn db(&self) -> Result<Arc<Db>, error::Fault> {
        guard(&self.inner.db).clone().ok_or(error::Fault::Closed)
    }

    fn snapshot(&self) -> Result<db::Snapshot, error::Fault> {
        self.db()?.snapshot()
    }

    /// The state that is read: with `ahead` also what is only on its way to the disk.
    fn state(&self, ahead: bool) -> Result<db::Snapshot, error::Fault> {
        if ahead { self.db()?.snapshot_ahead() } else { self.snapshot() }
    }

    /// Says in the data folder where it is served.
    fn announce(&self, url: &str) -> Result<(), Error> {
        match &*guard(&self.inner.folder) {
            Some(folder) => folder.announce(url, &self.inner.instance),
            None => Err(Error::Closed),
        }
    }

    /// Answers a GET or HEAD, at once.
    fn read(&self, request: &Request, ahead: bool) -> Response {
        let answered = self.state(ahead).and_then(|snapshot| read::answer(&snapshot, request));
        answered.unwrap_or_else(|fault| broken(&fault))
    }

    /// Answers any request.
    async fn answer(&self, request: Request) -> Response {
        match request.method {
            Method::Get | Method::Head => self.read(&request, false),
            Method::Put | Method::Post | Method::Delete => self.write(request).await,
        }
    }

    async fn write(&self, request: Request) -> Response {
        match prepare(request) {
            Ok(write) => match self.inner.writer.write(write).await {
                Ok(response) => response,
                Err(fault) => broken(&fault),
            },
            Err(refused) => self.refuse(&refused.0, refused.1),
        }
    }

    /// Does writes that came together. Each is answered as if it had come alone.
    async fn write_each(&self, requests: Vec<Request>) -> Vec<Response> {
        let mut writes = Vec::with_capacity(requests.len());
        let answers = requests.into_iter().map(|request| match prepare(request) {
            Ok(write) => {
                writes.push(write);
                None
            }
            Err(refused) => Some(self.refuse(&refused.0, refused.1)),
        });
        let answers: Vec<_> = answers.collect();
        let count = writes.len();
        let done = self.inner.writer.write_each(writes).await;
        let mut done = done.unwrap_or_else(|fault| broken_each(&fault, count)).into_iter();
        let answer = |refused: Option<Response>| refused.or_else(|| done.next());
        answers.into_iter().filter_map(answer).collect()
    }

    /// Answers GETs that differ in what they are about alone, all from one state.
    fn read_each(&self, mut request: Request, others: Vec<Target>, ahead: bool) -> Vec<Response> {
        let snapshot = match self.state(ahead) {
            Ok(snapshot) => snapshot,
            Err(fault) => return broken_each(&fault, 1 + others.len()),
        };
        let mut answers = Vec::with_capacity(1 + others.len());
        let mut others = others.into_iter();
        loop {
            let answer = read::answer(&snapshot, &request);
            answers.push(answer.unwrap_or_else(|fault| broken(&fault)));
            match others.next() {
                Some(target) => request.target = target,
                None => return answers,
            }
        }
    }

    /// Answers DELETEs that differ in what they are about alone.
    async fn remove_each(&self, removals: Box<Removals>) -> Vec<Response> {
        let count = removals.count();
        match self.inner.writer.remove(removals).await {
            Ok(responses) => responses,
            Err(fault) => broken_each(&fault, count),
        }
    }

    /// Refuses a write that cannot be read, unless it is not allowed in the first place.
    fn refuse(&self, request: &Request, refusal: Refusal) -> Response {
        let refused = self.snapshot().and_then(|snapshot| {
            let target = &request.target;
            let place = graph::resolve(&snapshot, &target.start, target.segments.clone())?;
            let refusal = read::refused(&snapshot, request, place.spot())?.unwrap_or(refusal);
            Ok(refusal.at(Some(&place)))
        });
        refused.unwrap_or_else(|fault| broken(&fault))
    }
}

fn broken(fault: &error::Fault) -> Response {
    tracing::error!(%fault, "a request failed");
    Refusal::internal().at(None)
}

fn broken_each(fault: &error::Fault, count: usize) -> Vec<Response> {
    std::iter::repeat_with(|| broken(fault)).take(count).collect()
}

/// Reads the body of a write.
fn prepare(mut request: Request) -> Result<Box<Write>, Box<(Request, Refusal)>> {
    let refused = |request, message: String| Err(Box::new((request, Refusal::new(400, message))));
    if request.method == Method::Delete {
        return Ok(Box::new(Write { request, body: Body::None, ensure: None }));
    }
    let ensure = match request.ensure_link.as_deref() {
        None => None,
        Some("versioned") => Some((crate::model::new_key(), true)),
        Some("unversioned") => Some((crate::model::new_key(), false)),
        Some(_) => {
            return refused(request, "Unsupported value for X-OADA-Ensure-Link".to_owned());
        }
    };
    let content_type = request.content_type.as_deref().filter(|text| !text.is_empty());
    let Some(content_type) = content_type else {
        return refused(request, "No content type specified".to_owned());
    };
    let json = media::is_json(content_type);
    let bytes = request.body.take();
    let body = match (json, bytes) {
        (true, Some(bytes)) => match Json::read(bytes, request.is_plain) {
            Ok(json) => Body::Json(json),
            Err(error) => return refused(request, format!("The body is not JSON: {error}")),
        },
        (true, None) => return refused(request, "The body is empty".to_owned()),
        (false, bytes) => Body::Content(bytes.unwrap_or_default()),
    };
    Ok(Box::new(Write { request, body, ensure }))
}
