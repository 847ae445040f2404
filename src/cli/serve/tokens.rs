//! The tokens of the stores that jobs come from, for handlers that may see them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use crate::engine::handler::TokenSource;
use crate::oada::Client;

/// The token that was last used with each store.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    by_store: Arc<Mutex<HashMap<String, SecretString>>>,
}

impl Tokens {
    /// Remembers the token of a client's store.
    pub(super) fn remember(&self, client: &Client, token: &SecretString) {
        let mut by_store = self.by_store.lock().unwrap_or_else(PoisonError::into_inner);
        by_store.insert(client.describe(), token.clone());
    }

    /// Where handlers find the token of a job.
    pub(super) fn source(&self) -> TokenSource {
        let tokens = self.clone();
        Arc::new(move |facts| {
            let by_store = tokens.by_store.lock().unwrap_or_else(PoisonError::into_inner);
            by_store.get(&facts.domain).cloned()
        })
    }
}
