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
        match use_control_groups() {
            Ok(GroupLimits { memory: true }) => {
                tracing::info!(
                    "--memory and --cpu limit all processes of a handler together, by control groups"
                );
            }
            Ok(GroupLimits { memory: false }) => tracing::info!(
                "--cpu limits all processes of a handler together, by control groups; --memory the address space of each"
            ),
            Err(error) => tracing::info!(
                "--memory and --cpu limit each process of a handler for itself: {}",
                chain(&error)
            ),
        }
    }
}
