//! How the limits of handlers are kept: by control groups where there are any, else by each process.

use super::handlers::Handlers;
use crate::cli::error::chain;
use crate::process::{GroupLimits, use_control_groups};

/// Whether it was seen to that limits are kept as well as they can be.
#[derive(Default)]
pub(super) struct Limits {
    are_prepared: bool,
}

impl Limits {
    /// Sees to it, once, when there is a handler with limits.
    pub(super) fn prepare(&mut self, handlers: &Handlers) {
        if self.are_prepared || !handlers.have_limits() {
            return;
        }
        self.are_prepared = true;
        tracing::info!("{}", keep_limits());
    }
}

/// Has limits kept as well as they can be from now on, and says how well that is.
pub(in crate::cli) fn keep_limits() -> String {
    match use_control_groups() {
        Ok(GroupLimits { memory: true }) => {
            "--memory and --cpu limit all processes of a handler together, by control groups".to_owned()
        }
        Ok(GroupLimits { memory: false }) => {
            "--cpu limits all processes of a handler together, by control groups; --memory the address space of each"
                .to_owned()
        }
        Err(error) => {
            format!("--memory and --cpu limit each process of a handler for itself: {}", chain(&error))
        }
    }
}
