//! What a command is set up with by its options, which is the same for each way of running one: what starts it, how it is
//! stopped, and where its private directories are.

use std::sync::Arc;

use super::attempt_dir::AttemptDirs;
use super::given::environment;
use super::options::{Orphans, Program, ShellOptions};
use crate::process::{CommandSpec, Launcher, RunOptions, StartError};

impl ShellOptions {
    /// What starts `program` by these options.
    ///
    /// # Errors
    /// When the command is empty, or holds a NUL byte.
    pub(super) fn launcher(&self, program: Program) -> Result<Arc<Launcher>, StartError> {
        let env = environment(self, std::env::vars_os());
        let (cwd, resources) = (self.cwd.clone(), self.resources);
        Launcher::new(&CommandSpec { program, cwd, env, resources }).map(Arc::new)
    }

    /// How a run is stopped, and what becomes of what it leaves; what it writes is bounded as by default.
    pub(super) fn run_options(&self) -> RunOptions {
        let Self { grace, stop_signal, orphans, .. } = *self;
        RunOptions { grace, stop_signal, orphans, ..RunOptions::default() }
    }

    /// Where the private directories of runs are made.
    pub(super) fn attempt_dirs(&self, reuse: bool) -> Arc<AttemptDirs> {
        let parent = self.work_dir.clone().unwrap_or_else(std::env::temp_dir);
        Arc::new(AttemptDirs::new(parent, reuse))
    }

    /// The same for runs of one command each. Who is left alone may write into its directory for ever, so that none is
    /// used again then.
    pub(super) fn dirs_of_runs(&self) -> Arc<AttemptDirs> {
        self.attempt_dirs(self.orphans != Orphans::Ignore)
    }
}
