//! The built binary as its users deploy it: a store in a process of its own, workers in others, and a plain view of
//! what the store holds.

use std::future::Future;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::env::{Running, TestEnv};
use super::tap::Tap;

/// How long a test waits for what must come. Far more than it takes: the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Waits until `look` finds something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// `oada-jobs store serve`.
pub(crate) struct StoreProcess {
    pub(crate) url: String,
    /// Where the judges find it.
    pub(crate) for_judges: String,
    pub(crate) token: String,
    env: TestEnv,
    http: reqwest::Client,
    _process: Running,
}

/// Whether a store speaks TLS, with a certificate of its own making.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Plain,
    Tls,
}

impl StoreProcess {
    pub(crate) fn start(wire: Wire) -> Self {
        let env = TestEnv::new();
        let data_dir = ["--data-dir", "data"];
        let (process, url) = match wire {
            Wire::Plain => env.serve_store(&data_dir),
            Wire::Tls => env.serve_store(&[&data_dir[..], &["--tls-self-signed"]].concat()),
        };
        let token = std::fs::read_to_string(env.path().join("data/token")).unwrap();
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http =
            reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
        Self { for_judges: url.clone(), url, token: token.trim().to_owned(), env, http, _process: process }
    }

    /// A store whose judges are listened to. Whether the tap speaks TLS is said; the store behind it does not.
    pub(crate) async fn tapped(wire: Wire) -> (Self, Tap) {
        let mut store = Self::start(Wire::Plain);
        let tap = Tap::before(store.url.strip_prefix("http://").unwrap(), wire).await;
        store.for_judges.clone_from(&tap.url);
        (store, tap)
    }

    async fn send(&self, method: Method, path: &str, body: Option<(&str, &Value)>) -> (StatusCode, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some((content_type, body)) = body {
            request = request.header("content-type", content_type).body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    /// What is at `path`, if anything is.
    pub(crate) async fn find(&self, path: &str) -> Option<Value> {
        let (status, value) = self.send(Method::GET, path, None).await;
        if status == StatusCode::NOT_FOUND {
            return None;
        }
        assert!(status.is_success(), "GET {path}: {status} {value}");
        Some(value)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.find(path).await.unwrap_or_else(|| panic!("nothing at {path}"))
    }

    pub(crate) async fn put(&self, path: &str, content_type: &str, body: &Value) {
        let (status, answer) = self.send(Method::PUT, path, Some((content_type, body))).await;
        assert_eq!(status, StatusCode::CREATED, "PUT {path} {body}: {answer}");
    }

    /// Starts `oada-jobs serve` for `service` on this store.
    pub(crate) fn serve(&self, service: &str, args: &[&str]) -> Running {
        let at = ["--domain", &self.url, "--insecure", "--token-file", "data/token", "--service", service];
        self.env.serve(&[&at, args].concat())
    }
}
