//! Job types that were probably meant where another was written.

use crate::cli::connect::{App, Store};
use crate::cli::files::nearest_word;
use crate::engine::matches;
use crate::jobs;

/// Says which type was probably meant, where no worker has a handler for the one that was written.
///
/// It is said by the way: what cannot be looked up is not said.
pub(in crate::cli) async fn suggest(app: &App, store: &Store, written: &str) {
    let Ok(workers) = jobs::workers(&store.client, &store.root).await else { return };
    let known = || workers.iter().flat_map(|worker| worker.types.iter().map(String::as_str));
    if known().any(|handled| matches(handled, written)) {
        return;
    }
    if let Some(guess) = nearest_word(written, known().filter(|handled| !is_pattern(handled))) {
        app.ui.note(&format!("no worker handles {written:?}; is it {guess:?}?"));
    }
}

/// Whether more than one type may be meant.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}
