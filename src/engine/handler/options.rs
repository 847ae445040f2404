//! How a command handles jobs, as plain data: a member for each flag and each key of the configuration file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

pub use crate::process::{Orphans, Program, Resources, StopSignal};

/// What a handler reads on its standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StdinMode {
    /// The job as one line of JSON.
    #[default]
    Job,
    /// Its `config` alone, as one line of JSON.
    Config,
    /// Nothing.
    None,
}

/// What becomes of a handler's standard output when it has succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultMode {
    /// It is the result: a JSON object as it is, other JSON under `value`, text under `output`.
    #[default]
    Auto,
    /// It is the result, and anything but JSON is a failure.
    Json,
    /// It is ignored.
    None,
}

/// What becomes of a result over the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OversizeMode {
    /// The job fails with the type `result-too-large`.
    #[default]
    Fail,
    /// The end of it is kept, as text under `output`, and `truncated` says how many bytes are missing. Where a result is part
    /// of an answer, the job fails instead.
    Truncate,
    /// It is kept, up to [`SPILL_BYTES`]; [`HandlerEntry::spill_over`](crate::engine::HandlerEntry::spill_over) says what
    /// becomes of it.
    Spill,
}

/// The largest result that is not in the job itself: what stores take in one request.
pub const SPILL_BYTES: usize = 16 << 20;

/// What an exit code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitMeaning {
    /// `ok`: the job is done.
    Success,
    /// `skip`: the job is done, since there was nothing to do.
    Skip,
    /// `fail`: the job failed.
    Fail,
    /// `never`: the job failed and no further attempt can help.
    Never,
    /// `retry`: it did not work this time.
    Retry,
    /// `broken`: the handler itself does not work.
    Broken,
}

impl ExitMeaning {
    /// What a code means unless a handler's options say otherwise.
    #[must_use]
    pub fn of(code: i32) -> Self {
        match code {
            0 => Self::Success,
            65 => Self::Never,
            75 => Self::Retry,
            99 => Self::Skip,
            126 | 127 => Self::Broken,
            _ => Self::Fail,
        }
    }
}

/// A word that names no [`ExitMeaning`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of ok, skip, fail, never, retry, broken")]
pub struct UnknownMeaning(String);

impl FromStr for ExitMeaning {
    type Err = UnknownMeaning;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "ok" => Ok(Self::Success),
            "skip" => Ok(Self::Skip),
            "fail" => Ok(Self::Fail),
            "never" => Ok(Self::Never),
            "retry" => Ok(Self::Retry),
            "broken" => Ok(Self::Broken),
            other => Err(UnknownMeaning(other.to_owned())),
        }
    }
}

/// How a command handles jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellOptions {
    /// `--stdin`: what it reads; the job.
    pub stdin: StdinMode,
    /// `--result`: what its output is; the result.
    pub result: ResultMode,
    /// `--result-limit`: the bytes of a result; 1 MiB.
    pub result_bytes: usize,
    /// `--result-oversize`: what becomes of a larger one; the job fails.
    pub oversize: OversizeMode,
    /// `--log-limit`: the bytes of log lines that are kept of one run, beside the tail; 1 MiB.
    pub log_bytes: u64,
    /// `--cwd`: the working directory; the worker's own.
    pub cwd: Option<PathBuf>,
    /// `--env NAME=VALUE`: more environment.
    pub env: BTreeMap<OsString, OsString>,
    /// `--clean-env`: whether nothing of the worker's environment is inherited.
    pub clean_env: bool,
    /// `--secret-env`: names that are not inherited, beside those that are never.
    pub secret_env: Vec<String>,
    /// `--pass-token`: whether the token of the job's queue is given in a file.
    pub pass_token: bool,
    /// `--on-exit 3=skip,42=fail`: what exit codes mean, where it differs from [`ExitMeaning::of`].
    pub on_exit: BTreeMap<i32, ExitMeaning>,
    /// `--stop-signal`: what asks it to end; `TERM`.
    pub stop_signal: StopSignal,
    /// `--kill-after`: the time from then until it is killed; 10 s.
    pub grace: Duration,
    /// `--orphans`: what becomes of processes that outlive it; they are killed.
    pub orphans: Orphans,
    /// `--memory`, `--cpu`, `--max-files`, `--nice`: what it may use of the machine; all of it.
    pub resources: Resources,
    /// `--work-dir`: where the private directories of the attempts are made; the system's temporary folder.
    pub work_dir: Option<PathBuf>,
}

impl Default for ShellOptions {
    fn default() -> Self {
        Self {
            stdin: StdinMode::default(),
            result: ResultMode::default(),
            result_bytes: 1 << 20,
            oversize: OversizeMode::default(),
            log_bytes: 1 << 20,
            cwd: None,
            env: BTreeMap::new(),
            clean_env: false,
            secret_env: Vec::new(),
            pass_token: false,
            on_exit: BTreeMap::new(),
            stop_signal: StopSignal::default(),
            grace: Duration::from_secs(10),
            orphans: Orphans::default(),
            resources: Resources::default(),
            work_dir: None,
        }
    }
}

impl ShellOptions {
    /// The bytes of output, or of an answer, that are kept as the result. A part of an answer says nothing, so that those who
    /// answer have nothing truncated.
    #[must_use]
    pub fn kept_bytes(&self) -> usize {
        match self.oversize {
            OversizeMode::Fail | OversizeMode::Truncate => self.result_bytes,
            OversizeMode::Spill => SPILL_BYTES.max(self.result_bytes),
        }
    }

    /// What an exit code means for this handler.
    #[must_use]
    pub fn meaning_of(&self, code: i32) -> ExitMeaning {
        self.on_exit.get(&code).copied().unwrap_or_else(|| ExitMeaning::of(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_mean_what_the_contract_says_unless_remapped() {
        let mut options = ShellOptions::default();
        options.on_exit.insert(3, "skip".parse().unwrap());
        options.on_exit.insert(75, ExitMeaning::Fail);
        let meanings = [0, 1, 3, 65, 75, 99, 126, 127].map(|code| options.meaning_of(code));
        use ExitMeaning::{Broken, Fail, Never, Skip, Success};
        assert_eq!(meanings, [Success, Fail, Skip, Never, Fail, Skip, Broken, Broken]);
        assert!("maybe".parse::<ExitMeaning>().is_err());
    }
}
