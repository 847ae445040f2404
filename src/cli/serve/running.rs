//! How the commands of `serve` are run: a flag for each member of the handlers' options.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::by_type::{ALL_TYPES, ForType, assigned, every, number, pick, pick_own, prefixed, switch, word};
use crate::cli::error::Failure;
use crate::cli::size::size;
use crate::cli::time::{duration, limit};
use crate::engine::handler::{
    BatchLimits, ExitMeaning, Orphans, OversizeMode, Resources, ResultMode, ShellOptions, StdinMode,
    StopSignal, StreamOptions,
};

/// How handlers are run, for all types or for one.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How handlers are run, all or those of TYPE")]
pub(in crate::cli) struct RunningArgs {
    /// What a handler reads: `job`, `config` or `none` [default: job]
    #[arg(long, value_name = "[TYPE=]WHAT", value_parser = assigned(word(&STDIN)), hide_short_help = true)]
    pub(super) stdin: Vec<ForType<StdinMode>>,

    /// What its output is: `auto`, `json`, which any other text is a failure for, or `none` [default: auto]
    #[arg(long, value_name = "[TYPE=]WHAT", value_parser = assigned(word(&RESULT)), hide_short_help = true)]
    pub(super) result: Vec<ForType<ResultMode>>,

    /// The most bytes of a result, such as `64k` [default: 1M]
    #[arg(long, value_name = "[TYPE=]SIZE", value_parser = assigned(size), hide_short_help = true)]
    pub(super) result_limit: Vec<ForType<u64>>,

    /// What becomes of a larger one: `fail`, `truncate` to keep its end, or `spill` to store it, up to 16 MiB, as a
    /// resource to which the job links [default: fail]
    #[arg(long, value_name = "[TYPE=]WHAT", value_parser = assigned(word(&OVERSIZE)), hide_short_help = true)]
    pub(super) result_oversize: Vec<ForType<OversizeMode>>,

    /// The most bytes of log lines of one run; of what comes later the tail is kept [default: 1M]
    #[arg(long, value_name = "[TYPE=]SIZE", value_parser = assigned(size), hide_short_help = true)]
    pub(super) log_limit: Vec<ForType<u64>>,

    /// The working directory [default: that of the worker]
    #[arg(long, value_name = "[TYPE=]DIR", value_parser = assigned(path), hide_short_help = true)]
    pub(super) cwd: Vec<ForType<PathBuf>>,

    /// One more entry of the environment
    #[arg(long, value_name = "[TYPE:]NAME=VALUE", value_parser = prefixed(entry), hide_short_help = true)]
    pub(super) env: Vec<ForType<(OsString, OsString)>>,

    /// Inherits nothing of the worker's environment
    #[arg(long, value_name = "TYPE", value_parser = switch, num_args = 0..=1, require_equals = true, default_missing_value = ALL_TYPES, hide_short_help = true)]
    pub(super) clean_env: Vec<ForType<()>>,

    /// A name that is not inherited, beside those that never are
    #[arg(long, value_name = "[TYPE=]NAME", value_parser = assigned(text), hide_short_help = true)]
    pub(super) secret_env: Vec<ForType<String>>,

    /// Gives the token of the job's queue in a file
    #[arg(long, value_name = "TYPE", value_parser = switch, num_args = 0..=1, require_equals = true, default_missing_value = ALL_TYPES, hide_short_help = true)]
    pub(super) pass_token: Vec<ForType<()>>,

    /// Starts the command itself, split into words as a shell would, and no shell
    #[arg(long, value_name = "TYPE", value_parser = switch, num_args = 0..=1, require_equals = true, default_missing_value = ALL_TYPES, hide_short_help = true)]
    pub(super) no_shell: Vec<ForType<()>>,

    /// What exit codes mean: `ok`, `skip`, `fail`, `never`, `retry` or `broken`, such as `3=skip,50=retry`
    #[arg(long, value_name = "[TYPE:]CODE=WHAT,…", value_parser = prefixed(meanings), hide_short_help = true)]
    pub(super) on_exit: Vec<ForType<Meanings>>,

    /// What becomes of processes that outlive their handler: `kill`, `wait` or `ignore` [default: kill]
    #[arg(long, value_name = "[TYPE=]WHAT", value_parser = assigned(word(&ORPHANS)), hide_short_help = true)]
    pub(super) orphans: Vec<ForType<Orphans>>,

    /// The signal that asks a handler to end: `TERM`, `INT`, `HUP`, `QUIT`, `USR1`, `USR2`, `KILL` [default: TERM]
    #[arg(long, value_name = "[TYPE=]SIGNAL", value_parser = assigned(word(&SIGNALS)), hide_short_help = true)]
    pub(super) stop_signal: Vec<ForType<StopSignal>>,

    /// How long a handler has from then to KILL [default: 10s]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = assigned(duration), hide_short_help = true)]
    pub(super) kill_after: Vec<ForType<Duration>>,

    /// The most time that a handler may have in all by asking for more, or `none` for any [default: 24h]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = assigned(limit), hide_short_help = true)]
    pub(super) extend_limit: Vec<ForType<Option<Duration>>>,

    /// The most bytes of memory of all its processes together, such as `512M`; without control groups, of address space
    /// of each
    #[arg(long, value_name = "[TYPE=]SIZE", value_parser = assigned(size), hide_short_help = true)]
    pub(super) memory: Vec<ForType<u64>>,

    /// The most seconds of processor time of all its processes together; without control groups, of each
    #[arg(long, value_name = "[TYPE=]SECONDS", value_parser = assigned(number::<u64>), hide_short_help = true)]
    pub(super) cpu: Vec<ForType<u64>>,

    /// The most files that each of its processes may have open
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(number::<u64>), hide_short_help = true)]
    pub(super) max_files: Vec<ForType<u64>>,

    /// By how many steps it is nicer than the worker
    #[arg(long, value_name = "[TYPE=]STEPS", value_parser = assigned(number::<i32>), allow_hyphen_values = true, hide_short_help = true)]
    pub(super) nice: Vec<ForType<i32>>,

    /// Where the private folders of the runs are made [default: the system's temporary folder]
    #[arg(long, value_name = "[TYPE=]DIR", value_parser = assigned(path), hide_short_help = true)]
    pub(super) work_dir: Vec<ForType<PathBuf>>,

    /// How many processes of a `--stream` command are kept [default: 1]
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(positive), hide_short_help = true)]
    pub(super) processes: Vec<ForType<usize>>,

    /// How many jobs one of them is given before it has answered the first [default: 1]
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(positive), hide_short_help = true)]
    pub(super) pipeline: Vec<ForType<usize>>,

    /// After how many jobs one of them is replaced [default: never]
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(number::<u64>), hide_short_help = true)]
    pub(super) max_jobs_per_process: Vec<ForType<u64>>,

    /// After how long without a job one of them is ended, until there is one again [default: never]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = assigned(duration), hide_short_help = true)]
    pub(super) idle: Vec<ForType<Duration>>,

    /// How many jobs one run of a `--batch` command is given at most [default: 100]
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(positive), hide_short_help = true)]
    pub(super) batch_size: Vec<ForType<usize>>,

    /// How long the first of them waits for others [default: 1s]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = assigned(duration), hide_short_help = true)]
    pub(super) batch_wait: Vec<ForType<Duration>>,
}

/// The time of a handler that asks for more and more.
const DEFAULT_LONGEST: Duration = Duration::from_secs(24 * 3600);

pub(super) type Meanings = Vec<(i32, ExitMeaning)>;

pub(super) const STDIN: [(&str, StdinMode); 3] =
    [("job", StdinMode::Job), ("config", StdinMode::Config), ("none", StdinMode::None)];
pub(super) const RESULT: [(&str, ResultMode); 3] =
    [("auto", ResultMode::Auto), ("json", ResultMode::Json), ("none", ResultMode::None)];
pub(super) const OVERSIZE: [(&str, OversizeMode); 3] =
    [("fail", OversizeMode::Fail), ("truncate", OversizeMode::Truncate), ("spill", OversizeMode::Spill)];
pub(super) const ORPHANS: [(&str, Orphans); 3] =
    [("kill", Orphans::Kill), ("wait", Orphans::Wait), ("ignore", Orphans::Ignore)];
pub(super) const SIGNALS: [(&str, StopSignal); 7] = [
    ("TERM", StopSignal::Term),
    ("INT", StopSignal::Int),
    ("HUP", StopSignal::Hup),
    ("QUIT", StopSignal::Quit),
    ("USR1", StopSignal::Usr1),
    ("USR2", StopSignal::Usr2),
    ("KILL", StopSignal::Kill),
];

#[expect(clippy::unnecessary_wraps, reason = "the form that the readers of flags share")]
pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    Ok(text.into())
}

#[expect(clippy::unnecessary_wraps, reason = "the form that the readers of flags share")]
pub(super) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

pub(super) fn positive(text: &str) -> Result<usize, String> {
    number(text)
        .and_then(|count| if count == 0 { Err("it must be at least 1".to_owned()) } else { Ok(count) })
}

pub(super) fn entry(text: &str) -> Result<(OsString, OsString), String> {
    let split = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = split.ok_or_else(|| format!("{text:?} is not NAME=VALUE"))?;
    Ok((name.into(), value.into()))
}

pub(super) fn meanings(text: &str) -> Result<Meanings, String> {
    let one = |pair: &str| {
        let (code, word) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is not CODE=WHAT"))?;
        let code: u8 = number(code)?;
        let meaning = word.parse::<ExitMeaning>().map_err(|error| error.to_string())?;
        Ok((i32::from(code), meaning))
    };
    text.split(',').map(one).collect()
}

/// How a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    /// Started for each job.
    Each,
    /// Kept between jobs.
    Stream,
    /// Started for several jobs.
    Batch,
}

/// The kinds to which a flag says something.
pub(super) const ANY: &[Kind] = &[Kind::Each, Kind::Stream, Kind::Batch];
const EACH: &[Kind] = &[Kind::Each];
const STARTED: &[Kind] = &[Kind::Each, Kind::Batch];
const BATCH: &[Kind] = &[Kind::Batch];
const STREAM: &[Kind] = &[Kind::Stream];

impl Kind {
    /// The flag by which a command is given.
    pub(super) fn flag(self) -> &'static str {
        match self {
            Self::Each => "--handler",
            Self::Stream => "--stream",
            Self::Batch => "--batch",
        }
    }

    /// Its `mode` in the configuration file.
    pub(super) fn mode(self) -> &'static str {
        match self {
            Self::Each => "spawn",
            Self::Stream => "stream",
            Self::Batch => "batch",
        }
    }
}

/// A flag, the types that it was given for, and the kinds that it is for.
pub(super) struct Named<'a> {
    pub(super) flag: &'static str,
    pub(super) types: Vec<&'a str>,
    pub(super) kinds: &'static [Kind],
}

pub(super) fn named<'a, T>(flag: &'static str, given: &'a [ForType<T>], kinds: &'static [Kind]) -> Named<'a> {
    Named { flag, types: given.iter().filter_map(ForType::named_by_flag).collect(), kinds }
}

/// A flag was given for a type whose command it says nothing to.
pub(super) fn says_nothing(flag: &str, job_type: &str, kind: Kind) -> Failure {
    let message = format!("{flag} says nothing to {job_type:?}, whose command is given with {}", kind.flag());
    Failure::usage(message).hint("see `oada-jobs help contract` for what each kind of handler is told")
}

impl RunningArgs {
    /// The options of a command that is started for each job.
    pub(super) fn shell(&self, job_type: &str) -> ShellOptions {
        let default = ShellOptions::default();
        let bytes = |given: &[ForType<u64>], default: u64| pick(given, job_type).copied().unwrap_or(default);
        let result_bytes = bytes(&self.result_limit, default.result_bytes as u64);
        ShellOptions {
            stdin: pick(&self.stdin, job_type).copied().unwrap_or_default(),
            result: pick(&self.result, job_type).copied().unwrap_or_default(),
            result_bytes: usize::try_from(result_bytes).unwrap_or(usize::MAX),
            oversize: pick(&self.result_oversize, job_type).copied().unwrap_or_default(),
            log_bytes: bytes(&self.log_limit, default.log_bytes),
            cwd: pick(&self.cwd, job_type).cloned(),
            env: every(&self.env, job_type).cloned().collect(),
            clean_env: pick(&self.clean_env, job_type).is_some(),
            secret_env: every(&self.secret_env, job_type).cloned().collect(),
            pass_token: pick(&self.pass_token, job_type).is_some(),
            on_exit: every(&self.on_exit, job_type).flatten().copied().collect(),
            stop_signal: pick(&self.stop_signal, job_type).copied().unwrap_or_default(),
            grace: pick(&self.kill_after, job_type).copied().unwrap_or(default.grace),
            orphans: pick(&self.orphans, job_type).copied().unwrap_or_default(),
            resources: Resources {
                memory: pick(&self.memory, job_type).copied(),
                cpu: pick(&self.cpu, job_type).copied(),
                files: pick(&self.max_files, job_type).copied(),
                nice: pick(&self.nice, job_type).copied(),
            },
            work_dir: pick(&self.work_dir, job_type).cloned(),
        }
    }

    /// The options of a command that lives on between jobs.
    pub(in crate::cli) fn stream(&self, job_type: &str) -> StreamOptions {
        StreamOptions {
            shell: self.shell(job_type),
            processes: pick(&self.processes, job_type).copied().unwrap_or(1),
            pipeline: pick(&self.pipeline, job_type).copied().unwrap_or(1),
            max_jobs: pick(&self.max_jobs_per_process, job_type).copied(),
            idle: pick(&self.idle, job_type).copied(),
        }
    }

    /// How many jobs one run is given, and how long the first of them waits for others.
    pub(in crate::cli) fn batch(&self, job_type: &str) -> BatchLimits {
        BatchLimits {
            size: pick(&self.batch_size, job_type).copied().unwrap_or(100),
            wait: pick(&self.batch_wait, job_type).copied().unwrap_or(Duration::from_secs(1)),
        }
    }

    /// The time that a run may have in all by asking for more.
    pub(in crate::cli) fn longest(&self, job_type: &str) -> Option<Duration> {
        pick(&self.extend_limit, job_type).copied().unwrap_or(Some(DEFAULT_LONGEST))
    }

    /// The bytes over which a result becomes a resource of its own.
    pub(in crate::cli) fn spill_over(&self, job_type: &str) -> Option<usize> {
        let options = self.shell(job_type);
        (options.oversize == OversizeMode::Spill).then_some(options.result_bytes)
    }

    /// Whether the command is started without a shell.
    pub(in crate::cli) fn is_without_shell(&self, job_type: &str) -> bool {
        pick(&self.no_shell, job_type).is_some()
    }

    /// Checks what is said of a type, by flags or in a file, of which only the value tells that it is for another kind.
    pub(super) fn check(&self, job_type: &str, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Each && pick_own(&self.result_oversize, job_type) == Some(&OversizeMode::Truncate) {
            return Err(says_nothing("--result-oversize truncate", job_type, kind));
        }
        Ok(())
    }

    /// The same for a type that is run at the desk, where flags for other types may stand as well.
    pub(in crate::cli) fn check_alone(&self, job_type: &str, kind: Kind) -> Result<(), Failure> {
        let wrong = |named: &Named<'_>| named.types.contains(&job_type) && !named.kinds.contains(&kind);
        match self.named().iter().find(|named| wrong(named)) {
            Some(named) => Err(says_nothing(named.flag, job_type, kind)),
            None => self.check(job_type, kind),
        }
    }

    /// The types that the flags name.
    pub(super) fn named(&self) -> Vec<Named<'_>> {
        vec![
            named("--result-limit", &self.result_limit, ANY),
            named("--result-oversize", &self.result_oversize, ANY),
            named("--log-limit", &self.log_limit, ANY),
            named("--cwd", &self.cwd, ANY),
            named("--env", &self.env, ANY),
            named("--clean-env", &self.clean_env, ANY),
            named("--secret-env", &self.secret_env, ANY),
            named("--no-shell", &self.no_shell, ANY),
            named("--orphans", &self.orphans, ANY),
            named("--stop-signal", &self.stop_signal, ANY),
            named("--kill-after", &self.kill_after, ANY),
            named("--extend-limit", &self.extend_limit, ANY),
            named("--memory", &self.memory, ANY),
            named("--cpu", &self.cpu, ANY),
            named("--max-files", &self.max_files, ANY),
            named("--nice", &self.nice, ANY),
            named("--work-dir", &self.work_dir, ANY),
            named("--stdin", &self.stdin, EACH),
            named("--result", &self.result, EACH),
            named("--pass-token", &self.pass_token, STARTED),
            named("--on-exit", &self.on_exit, STARTED),
            named("--processes", &self.processes, STREAM),
            named("--pipeline", &self.pipeline, STREAM),
            named("--max-jobs-per-process", &self.max_jobs_per_process, STREAM),
            named("--idle", &self.idle, STREAM),
            named("--batch-size", &self.batch_size, BATCH),
            named("--batch-wait", &self.batch_wait, BATCH),
        ]
    }
}
