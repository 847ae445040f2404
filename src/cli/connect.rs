//! The store of a command: a server by its domain, or the embedded store of the data folder.
//!
//! Owns opening the embedded store for the length of a command, and closing it.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt};
use secrecy::{ExposeSecret, SecretString};

use super::args::Globals;
use super::config::{Settings, TokenSource};
use super::error::{Exit, Failure, While, chain};
use super::job::Cache;
use super::output::Ui;
use crate::jobs::{self, Layout, QueueEntry, ServiceRoot, posting_layout, queues};
use crate::model;
use crate::oada::{self, Builder, Client, Domain, Endpoint, Transport, Url};
use crate::store::Local;

/// How many requests of one command may be under way at a time, unless it is told.
const CONCURRENCY: u16 = 256;
/// The same of `serve`, which has one for each job that it runs or puts away.
const CONCURRENCY_OF_WORKER: u16 = 512;

/// What every command works with.
pub(super) struct App {
    pub(super) ui: Ui,
    pub(super) settings: Settings,
    /// The flags from which the settings came.
    pub(super) globals: Globals,
    local: Mutex<Option<Local>>,
}

/// A service on a store.
pub(super) struct Store {
    pub(super) client: Client,
    pub(super) root: ServiceRoot,
    /// The token that the client uses.
    pub(super) token: SecretString,
    /// The place by which what is kept of its finished jobs is known, where that is to be used.
    kept_for: Option<String>,
    wanted: Option<Layout>,
}

impl Store {
    /// What is kept of its finished jobs, where that is to be used.
    ///
    /// # Errors
    /// When the store refuses or cannot be reached.
    pub(super) async fn cache(&self) -> Result<Option<Cache>, jobs::Error> {
        let Some(place) = &self.kept_for else { return Ok(None) };
        // A user of a store is known by the bookmarks, whatever the token; and a store that was made anew has others.
        let bookmarks = self.client.head(&model::Path::root().join("bookmarks")).await?;
        Ok(bookmarks.and_then(|bookmarks| {
            Cache::named(&[place, bookmarks.resource.as_str(), &self.root.to_string()])
        }))
    }

    /// The layout in which to post; its lists stand afterwards.
    pub(super) async fn posting_layout(&self) -> Result<Layout, Failure> {
        Ok(posting_layout(&self.client, &self.root, self.wanted).await?)
    }
}

/// The embedded store as an endpoint. When the process that holds it ends, this one takes over, or follows the next.
struct Embedded(Local);

impl Endpoint for Embedded {
    fn locate(&self) -> BoxFuture<'_, Result<Url, oada::Error>> {
        async {
            let unreachable =
                |source: oada::Cause| oada::Error::Unreachable { domain: self.describe(), source };
            let url = self.0.endpoint().await.map_err(|error| unreachable(Arc::new(error)))?;
            Url::parse(&url).map_err(|error| unreachable(Arc::new(error)))
        }
        .boxed()
    }

    fn describe(&self) -> String {
        "the embedded store".to_owned()
    }
}

impl App {
    pub(super) fn new(ui: Ui, settings: Settings, globals: Globals) -> Self {
        Self { ui, settings, globals, local: Mutex::new(None) }
    }

    /// The service's name as a place on a store.
    pub(super) fn root(&self) -> Result<ServiceRoot, Failure> {
        let service = &self.settings.service;
        ServiceRoot::named(&service.value)
            .during(format_args!("cannot use the service from {}", service.source))
    }

    /// Sets up the client of the store that the settings name. Nothing is asked of a server yet.
    ///
    /// # Errors
    /// When there is no token for it, or the embedded store cannot be opened.
    pub(super) async fn store(&self) -> Result<Store, Failure> {
        self.store_over(Transport::Http, CONCURRENCY).await
    }

    /// As [`App::store`], for a command that makes many requests: they share one socket.
    ///
    /// # Errors
    /// As [`App::store`].
    pub(super) async fn store_over_socket(&self) -> Result<Store, Failure> {
        self.store_over(Transport::Socket, CONCURRENCY).await
    }

    /// As [`App::store_over_socket`], for a worker.
    ///
    /// # Errors
    /// As [`App::store`].
    pub(super) async fn store_to_serve(&self) -> Result<Store, Failure> {
        self.store_over(Transport::Socket, CONCURRENCY_OF_WORKER).await
    }

    /// As [`App::store`], but for a queue on the service's list, where one is named.
    ///
    /// # Errors
    /// When there is no such queue or its entry cannot be used, and as [`App::store`].
    pub(super) async fn queue(&self, name: Option<&str>) -> Result<Store, Failure> {
        let own = self.store().await?;
        let Some(name) = name else { return Ok(own) };
        let entry = queues(&own.client, &own.root).await?.remove(name).ok_or_else(|| {
            jobs::Error::NoSuchQueue { name: name.to_owned(), service: own.root.to_string() }
        })?;
        let entry = entry.map_err(|problem| {
            Failure::new(Exit::Error, format!("queue {name:?} cannot be used: {problem}"))
                .hint(format!("put another in its place with `oada-jobs queue add {name}`"))
        })?;
        self.listed_store(&own, entry).during(format_args!("cannot use queue {name:?}"))
    }

    /// The store that an entry of the queue list names.
    pub(super) fn listed_store(&self, own: &Store, entry: QueueEntry) -> Result<Store, Failure> {
        let patience = self.settings.request_timeout.value;
        let client = queue_client(&self.settings, &entry)?;
        let client = client.patience(patience).concurrency(self.concurrency(CONCURRENCY)).build()?;
        Ok(Store { client, root: own.root.clone(), token: entry.token, kept_for: None, wanted: own.wanted })
    }

    /// As [`App::store_over_socket`], for a command that looks at many jobs: finished ones that were seen before are taken
    /// from this machine, unless `cached` is false.
    ///
    /// # Errors
    /// As [`App::store`].
    pub(super) async fn store_to_look(&self, cached: bool) -> Result<Store, Failure> {
        let mut store = self.store_over_socket().await?;
        // The embedded store is on this machine as well.
        store.kept_for = self.settings.domain.as_ref().filter(|_| cached).map(|domain| domain.value.clone());
        Ok(store)
    }

    async fn store_over(&self, transport: Transport, concurrency: u16) -> Result<Store, Failure> {
        let root = self.root()?;
        let (endpoint, token): (Arc<dyn Endpoint>, _) = match self.domain()? {
            Some(domain) => (Arc::new(domain.clone()), self.token_for(&domain)?),
            None => {
                let local = self.open_local().await?;
                let token = self.local_token(&local)?;
                (Arc::new(Embedded(local)), token)
            }
        };
        let client = self.client(endpoint, token.clone(), (transport, concurrency))?;
        Ok(Store { client, root, token, kept_for: None, wanted: self.settings.layout.value.chosen() })
    }

    fn domain(&self) -> Result<Option<Domain>, Failure> {
        let Some(domain) = &self.settings.domain else { return Ok(None) };
        let read = Domain::parse(&domain.value);
        read.during(format_args!("cannot use the domain from {}", domain.source)).map(Some)
    }

    fn token_for(&self, domain: &Domain) -> Result<SecretString, Failure> {
        let token = self.settings.token.as_ref().ok_or_else(|| {
            Failure::new(Exit::NotAllowed, format!("no token for {domain}"))
                .hint("put it into a file and name that with --token-file FILE, or set OADA_TOKEN")
        })?;
        read_token(&token.value).during(format_args!("cannot use the token from {}", token.source))
    }

    fn local_token(&self, local: &Local) -> Result<SecretString, Failure> {
        match &self.settings.token {
            Some(token) => {
                read_token(&token.value).during(format_args!("cannot use the token from {}", token.source))
            }
            None => local.token().during("cannot use the token of the embedded store"),
        }
    }

    /// The address of the store and a token for it, for what is no OADA request.
    ///
    /// # Errors
    /// As [`App::store`].
    pub(super) async fn authority(&self) -> Result<(Url, SecretString), Failure> {
        if let Some(domain) = self.domain()? {
            return Ok((domain.url().clone(), self.token_for(&domain)?));
        }
        let local = self.open_local().await?;
        let url = Embedded(local.clone()).locate().await?;
        Ok((url, self.local_token(&local)?))
    }

    /// Whether certificates need no check: as told, or since the store is this machine's own.
    pub(super) fn trusts_any_certificate(&self) -> bool {
        self.settings.insecure.value || self.settings.domain.is_none()
    }

    /// Opens the embedded store, or attaches to whoever has it open.
    async fn open_local(&self) -> Result<Local, Failure> {
        let folder = &self.settings.data_dir;
        let what = format_args!("cannot open the embedded store in {}", folder.value.display());
        let local = Local::new(&folder.value);
        // Asked now, so that a folder that cannot be used is told at once and not taken for a server that is away.
        local.endpoint().await.during(what)?;
        *self.local.lock().unwrap_or_else(PoisonError::into_inner) = Some(local.clone());
        Ok(local)
    }

    fn client(
        &self,
        endpoint: Arc<dyn Endpoint>,
        token: SecretString,
        (transport, concurrency): (Transport, u16),
    ) -> Result<Client, Failure> {
        let settings = &self.settings;
        let mut builder = Client::builder(endpoint)
            .token(token)
            .transport(transport)
            .concurrency(self.concurrency(concurrency))
            .request_timeout(settings.request_timeout.value)
            .patience(settings.request_timeout.value)
            .accept_invalid_certs(self.trusts_any_certificate());
        if let Some(file) = &settings.ca_file {
            builder = builder.ca_file(&file.value);
        }
        Ok(builder.build()?)
    }

    fn concurrency(&self, unless_told: u16) -> usize {
        self.globals.parallel.unwrap_or(unless_told).into()
    }

    /// Closes the embedded store, if this process has it open.
    pub(super) async fn close(&self) {
        let local = self.local.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(local) = local {
            local.close().await;
        }
    }
}

/// A client of the store that an entry of the queue list names.
pub(super) fn connect_queue(settings: &Settings, entry: &QueueEntry) -> Result<Client, oada::Error> {
    queue_client(settings, entry)?.build()
}

fn queue_client(settings: &Settings, entry: &QueueEntry) -> Result<Builder, oada::Error> {
    let mut builder = Client::builder(Arc::new(Domain::parse(&entry.domain)?))
        .token(entry.token.clone())
        .transport(Transport::Socket)
        .request_timeout(settings.request_timeout.value)
        .accept_invalid_certs(settings.insecure.value);
    if let Some(file) = &settings.ca_file {
        builder = builder.ca_file(&file.value);
    }
    Ok(builder)
}

/// Reads a token from where it is.
pub(super) fn read_token(source: &TokenSource) -> Result<SecretString, Failure> {
    match source {
        TokenSource::Literal(token) => Ok(token.clone()),
        TokenSource::File(path) => read_token_file(path),
        TokenSource::Command(command) => run_token_command(command),
        TokenSource::Stdin => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).during("cannot read the token from stdin")?;
            trimmed(&text, "stdin")
        }
    }
}

/// Runs the command that prints the token. It may ask on the terminal; its own messages are seen on stderr.
fn run_token_command(command: &SecretString) -> Result<SecretString, Failure> {
    let failed = |message: String| {
        Failure::new(Exit::NotAllowed, message)
            .hint("run the command by hand: its first line must be the token")
    };
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", command.expose_secret()])
        // What comes on our stdin is for the command line.
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("token_command cannot be run: {}", chain(&error))))?;
    if !output.status.success() {
        return Err(failed(format!("token_command failed: {}", output.status)));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| failed("token_command printed what is no text".to_owned()))?;
    match text.lines().next().map(str::trim) {
        Some(token) if !token.is_empty() => Ok(token.into()),
        _ => Err(failed("token_command printed no token in its first line".to_owned())),
    }
}

/// Reads the token that a file holds.
pub(super) fn read_token_file(path: &Path) -> Result<SecretString, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::NotAllowed, format!("cannot read {}: {}", path.display(), chain(&error)))
            .hint("the file must hold the token alone")
    })?;
    trimmed(&text, &path.display().to_string())
}

fn trimmed(text: &str, place: &str) -> Result<SecretString, Failure> {
    match text.trim() {
        "" => Err(Failure::new(Exit::NotAllowed, format!("{place} holds no token"))
            .hint("it must hold the token alone; get one from whoever runs that server")),
        token => Ok(token.into()),
    }
}
