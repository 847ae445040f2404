//! Which commands handle which types, from the flags of `serve`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{TimeoutArg, timeout};
use crate::cli::error::{Exit, Failure, chain};
use crate::cli::files::nearest_word;
use crate::cli::time::duration;
use crate::engine::HandlerEntry;
use crate::engine::handler::{Program, ShellHandler, ShellOptions};

/// The limit of a type that has none of its own.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Handlers, and how they are run.
#[derive(Clone, Debug, Args)]
pub(super) struct HandlerArgs {
    /// Runs COMMAND through /bin/sh for each job of TYPE; `*` and `?` in TYPE are wildcards
    #[arg(long = "handler", value_name = "TYPE=COMMAND")]
    handlers: Vec<String>,

    /// The time limit of a job, of all types or of one: `30s`, `email=5m`, `none` [default: 10m]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = timeout)]
    timeout: Vec<TimeoutArg>,

    /// How often a job that failed is tried again, for all types or for one: `2`, `email=5`
    #[arg(long, value_name = "[TYPE=]N")]
    retries: Vec<String>,

    /// How long a handler has from TERM to KILL when it must stop
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration, hide_short_help = true)]
    kill_after: Duration,
}

impl HandlerArgs {
    /// The handlers by type.
    ///
    /// # Errors
    /// A usage failure for what cannot be understood, and one for a script that cannot be run.
    pub(super) fn read(&self) -> Result<BTreeMap<String, HandlerEntry>, Failure> {
        let mut handlers = BTreeMap::new();
        for handler in &self.handlers {
            let split = handler.split_once('=').filter(|(job_type, _)| !job_type.is_empty());
            let (job_type, command) = split.ok_or_else(|| {
                Failure::usage(format!("cannot use --handler {handler:?}"))
                    .hint("write it as --handler TYPE=COMMAND, such as --handler email=./send.sh")
            })?;
            check(job_type, command)?;
            let options = ShellOptions { grace: self.kill_after, ..ShellOptions::default() };
            let shell = ShellHandler::new(Program::Shell(command.to_owned()), options).map_err(|error| {
                Failure::usage(format!("cannot use the handler of {job_type:?}: {}", chain(&error)))
            })?;
            let entry = HandlerEntry {
                handler: Arc::new(shell),
                timeout: self.timeout_of(job_type),
                retries: self.retries_of(job_type)?,
            };
            if handlers.insert(job_type.to_owned(), entry).is_some() {
                return Err(Failure::usage(format!("type {job_type:?} has two handlers")));
            }
        }
        if handlers.is_empty() {
            return Err(Failure::usage("no handler is given, so no job could be run")
                .hint("give one with --handler TYPE=COMMAND, such as --handler email=./send.sh"));
        }
        self.check_types(&handlers)?;
        Ok(handlers)
    }

    fn timeout_of(&self, job_type: &str) -> Option<Duration> {
        let of_type = self.timeout.iter().rfind(|timeout| timeout.job_type.as_deref() == Some(job_type));
        let of_all = || self.timeout.iter().rfind(|timeout| timeout.job_type.is_none());
        of_type.or_else(of_all).map_or(Some(DEFAULT_TIMEOUT), |timeout| timeout.limit)
    }

    fn retries_of(&self, job_type: &str) -> Result<u32, Failure> {
        let mut found = 0;
        let mut is_own = false;
        for retries in &self.retries {
            let (named, count) = match retries.rsplit_once('=') {
                Some((named, count)) => (Some(named), count),
                None => (None, retries.as_str()),
            };
            let count = count.parse().map_err(|_| {
                Failure::usage(format!("cannot use --retries {retries:?}: {count:?} is not a number"))
            })?;
            match named {
                Some(named) if named == job_type => (found, is_own) = (count, true),
                None if !is_own => found = count,
                _ => {}
            }
        }
        Ok(found)
    }

    /// A limit for a type that has no handler is a slip of the pen.
    fn check_types(&self, handlers: &BTreeMap<String, HandlerEntry>) -> Result<(), Failure> {
        let of_timeouts = self.timeout.iter().filter_map(|timeout| timeout.job_type.as_deref());
        let of_retries = self.retries.iter().filter_map(|retries| Some(retries.rsplit_once('=')?.0));
        for job_type in of_timeouts.chain(of_retries) {
            if !handlers.contains_key(job_type) {
                let failure = Failure::usage(format!("type {job_type:?} has a limit but no handler"));
                let guess = nearest_word(job_type, handlers.keys().map(String::as_str));
                return Err(match guess {
                    Some(guess) => failure.hint(format!("is it {guess:?}?")),
                    None => failure.hint(format!("give it one with --handler {job_type}=COMMAND")),
                });
            }
        }
        Ok(())
    }
}

/// Checks the program of a plain command before the first job, as far as that can be told from outside.
fn check(job_type: &str, command: &str) -> Result<(), Failure> {
    let Some(program) = program_of(command) else { return Ok(()) };
    let cannot = |reason: &str, hint: String| {
        let message = format!("cannot run the handler of {job_type:?}: {}: {reason}", program.display());
        Err(Failure::new(Exit::Usage, message).hint(hint))
    };
    if program.to_string_lossy().contains('/') {
        return match std::fs::metadata(&program) {
            Err(error) => {
                cannot(&chain(&error), "check the path; it is seen from the working directory".into())
            }
            Ok(found) if found.is_dir() => cannot("it is a folder", "name the script in it".into()),
            Ok(found) if found.permissions().mode() & 0o111 == 0 => {
                cannot("it is not executable", format!("make it so with `chmod +x {}`", program.display()))
            }
            Ok(_) => Ok(()),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| is_executable(&folder.join(&program))) {
        return Ok(());
    }
    cannot("no such command", "check the spelling, or name a script of yours with ./ before it".into())
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The program that a command starts with; `None` where only a shell can tell.
fn program_of(command: &str) -> Option<PathBuf> {
    const BUILT_IN: [&str; 30] = [
        "!", ".", ":", "[", "alias", "case", "cd", "command", "echo", "eval", "exec", "exit", "export",
        "false", "for", "if", "printf", "pwd", "read", "return", "set", "shift", "source", "test", "trap",
        "true", "umask", "until", "wait", "while",
    ];
    let first = shlex::split(command)?.into_iter().next()?;
    let is_plain = first.chars().all(|c| c.is_alphanumeric() || "/._-+,@%".contains(c));
    (is_plain && !BUILT_IN.contains(&first.as_str())).then(|| first.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(handlers: &[&str], timeouts: &[&str], retries: &[&str]) -> HandlerArgs {
        HandlerArgs {
            handlers: handlers.iter().map(|text| (*text).to_owned()).collect(),
            timeout: timeouts.iter().map(|text| timeout(text).unwrap()).collect(),
            retries: retries.iter().map(|text| (*text).to_owned()).collect(),
            kill_after: Duration::from_secs(10),
        }
    }

    #[test]
    fn limits_are_those_of_the_type_then_of_all_then_ten_minutes() {
        let read = args(&["a=true", "b=true"], &["a=5s", "1h"], &["b=2"]).read().unwrap();
        assert_eq!(read["a"].timeout, Some(Duration::from_secs(5)));
        assert_eq!(read["b"].timeout, Some(Duration::from_secs(3600)));
        assert_eq!((read["a"].retries, read["b"].retries), (0, 2));
        assert_eq!(args(&["a=true"], &[], &[]).read().unwrap()["a"].timeout, Some(DEFAULT_TIMEOUT));
        assert_eq!(args(&["a=true"], &["none"], &[]).read().unwrap()["a"].timeout, None);
    }

    #[test]
    fn slips_are_told_with_the_next_step() {
        let failure = |args: HandlerArgs| args.read().map(|_| ()).unwrap_err();
        assert!(failure(args(&[], &[], &[])).hints[0].contains("--handler"));
        assert!(failure(args(&["email"], &[], &[])).hints[0].contains("TYPE=COMMAND"));
        let missing = failure(args(&["email=./no-such-script.sh --fast"], &[], &[]));
        assert_eq!(missing.exit, Exit::Usage);
        assert!(missing.message.contains("./no-such-script.sh: No such file"), "{}", missing.message);
        assert!(
            failure(args(&["email=no-such-command-at-all"], &[], &[])).message.contains("no such command")
        );
        assert!(failure(args(&["email=./Cargo.toml"], &[], &[])).hints[0].contains("chmod +x"));
        assert!(failure(args(&["email=true"], &["emial=5s"], &[])).hints[0].contains("email"));
        assert!(failure(args(&["email=true", "email=false"], &[], &[])).message.contains("two handlers"));
    }

    #[test]
    fn what_only_a_shell_can_tell_is_left_to_it() {
        for command in ["if true; then x; fi", "A=1 ./x", "$HOME/x", "(x)", "cat | wc"] {
            let program = program_of(command);
            assert!(program.is_none() || program == Some("cat".into()), "{command}: {program:?}");
        }
    }
}
