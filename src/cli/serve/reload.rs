//! Reading the handlers again while a worker runs.

use futures_util::future::BoxFuture;

use super::handlers::{HandlerArgs, Handlers};
use crate::cli::config::{Settings, Surroundings};
use crate::cli::connect::App;
use crate::cli::error::Failure;
use crate::engine;

/// Replaces the handlers of a running service by those that flags and file define now. What cannot be used is told, and
/// all stays as it is.
///
/// What is returned resolves when nothing of the old ones is running any more.
pub(super) fn reload(
    args: &HandlerArgs,
    app: &App,
    handlers: &mut Handlers,
    live: &engine::Handlers,
) -> Option<BoxFuture<'static, ()>> {
    match read(args, app, handlers) {
        Ok(new) => {
            tracing::info!(
                added = ?new.without(handlers),
                changed = ?new.changed(handlers),
                removed = ?handlers.without(&new),
                "handlers were read again"
            );
            *handlers = new;
            Some(live.replace(handlers.entries()))
        }
        Err(failure) => {
            tracing::error!(hints = ?failure.hints, "the handlers stay as they are: {}", failure.message);
            None
        }
    }
}

fn read(args: &HandlerArgs, app: &App, old: &Handlers) -> Result<Handlers, Failure> {
    let settings = Settings::read(&app.globals, &Surroundings::here())?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    args.read(settings.handlers.as_ref(), old)
}
