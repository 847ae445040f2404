//! Asking whichever process serves the embedded store for what the OADA client does not speak of.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure, chain};
use crate::cli::output::plain;

/// What is asked of the store.
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Option<Value>,
    is_quick: bool,
}

impl Ask {
    /// Something that takes no longer than any request.
    pub(super) fn quick(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), body: None, is_quick: true }
    }

    /// Something that takes longer the more is stored, and is waited for as long as it takes.
    pub(super) fn patient(method: Method, path: &str) -> Self {
        Self { is_quick: false, ..Self::quick(method, path) }
    }

    /// Adds a body.
    pub(super) fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

/// Asks, and returns the answer's body.
pub(super) async fn ask(app: &App, asked: Ask) -> Result<Value, Failure> {
    let (base, token) = app.authority().await?;
    let url = format!("{}/{}", base.as_str().trim_end_matches('/'), asked.path);
    let unreachable = |error: reqwest::Error| {
        let cause = chain(&error.without_url());
        Failure::new(Exit::Unreachable, format!("cannot reach the store at {base}: {cause}"))
    };
    // Fails when the process has chosen a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let patience = app.settings.request_timeout.value;
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(patience)
        .tls_danger_accept_invalid_certs(app.trusts_any_certificate());
    if asked.is_quick {
        builder = builder.timeout(patience);
    }
    let client = builder.build().map_err(unreachable)?;
    let mut request = client.request(asked.method, url).bearer_auth(token.expose_secret());
    if let Some(body) = &asked.body {
        request = request.json(body);
    }
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status().as_u16();
    let text = answer.text().await.map_err(unreachable)?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    if (200..300).contains(&status) {
        return Ok(value);
    }
    let said = plain(value.get("message").or_else(|| value.get("error")));
    Err(match status {
        401 => Failure::new(
            Exit::NotAllowed,
            format!("the store does not accept the token (status 401): {said}"),
        ),
        403 => Failure::new(Exit::NotAllowed, format!("not allowed with this token (status 403): {said}"))
            .hint("use the token in the data folder of the store"),
        404 => Failure::new(Exit::NotFound, format!("the store at {base} has no /{}", asked.path))
            .hint("is it an embedded store of this version? another server has tools of its own"),
        409 => Failure::new(Exit::Conflict, said),
        400 => Failure::usage(said),
        _ => Failure::new(Exit::Error, format!("the store refused (status {status}): {said}")),
    })
}
