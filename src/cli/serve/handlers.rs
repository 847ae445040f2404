//! Which commands handle which types, from the flags of `serve` and from the configuration file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::by_type::{ForType, assigned, number, pick};
use super::file::{self, Place};
use super::program::{check, program};
use super::running::{ANY, Kind, Named, RunningArgs, named, says_nothing};
use super::starting::StartArgs;
use crate::cli::error::{Failure, chain};
use crate::cli::files::{HandlersFile, nearest_word};
use crate::cli::time::limit;
use crate::engine::HandlerEntry;
use crate::engine::handler::{
    BatchLimits, HandlerKind, Program, ShellBatchHandler, ShellHandler, StreamHandler, StreamOptions,
};
use crate::process::StartError;

/// The limit of a type that has none of its own.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Handlers, and how they are run.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct HandlerArgs {
    /// Runs COMMAND through /bin/sh for each job of TYPE; `*` and `?` in TYPE are wildcards
    #[arg(long = "handler", value_name = "TYPE=COMMAND")]
    handlers: Vec<String>,

    /// Keeps COMMAND running between jobs of TYPE: it reads a line of JSON for each, and answers with one
    #[arg(long = "stream", value_name = "TYPE=COMMAND")]
    streams: Vec<String>,

    /// Runs COMMAND for several jobs of TYPE at once: it reads a line of JSON for each, and answers with one
    #[arg(long = "batch", value_name = "TYPE=COMMAND")]
    batches: Vec<String>,

    /// The time limit of a job, of all types or of one: `30s`, `email=5m`, `none` [default: 10m]
    #[arg(long, value_name = "[TYPE=]DURATION", value_parser = assigned(limit))]
    pub(super) timeout: Vec<ForType<Option<Duration>>>,

    /// How often a job that failed is tried again, for all types or for one: `2`, `email=5`
    #[arg(long, value_name = "[TYPE=]N", value_parser = assigned(number::<u32>))]
    pub(super) retries: Vec<ForType<u32>>,

    #[command(flatten)]
    pub(super) starting: StartArgs,

    #[command(flatten)]
    pub(super) running: RunningArgs,
}

/// A command as it was given.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// A line for a shell, unless a flag or a key says otherwise.
    Line(String),
    /// Words that no shell sees.
    Words(Vec<String>),
}

/// A command for a type, as a flag or the file gives it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) job_type: String,
    pub(super) command: Command,
    pub(super) kind: Kind,
    /// Where it stands, if in a file.
    pub(super) place: Option<Place>,
}

/// All that makes a handler what it is: one that is the same need not be replaced.
#[derive(Clone, Debug, PartialEq)]
struct Definition {
    program: Program,
    kind: Kind,
    options: StreamOptions,
    batch: BatchLimits,
}

/// Handlers that are ready to run.
#[derive(Default)]
pub(super) struct Handlers {
    by_type: BTreeMap<String, (Definition, HandlerEntry)>,
}

impl Handlers {
    /// The entries by type.
    pub(super) fn entries(&self) -> BTreeMap<String, HandlerEntry> {
        self.by_type.iter().map(|(job_type, (_, entry))| (job_type.clone(), entry.clone())).collect()
    }

    /// Whether there is one that may not use all memory or processor time.
    pub(super) fn have_limits(&self) -> bool {
        self.by_type.values().any(|(definition, _)| definition.options.shell.resources.need_group())
    }

    /// The types that have a handler here and none in `other`.
    pub(super) fn without(&self, other: &Self) -> Vec<&str> {
        let only_here = |job_type: &&String| !other.by_type.contains_key(*job_type);
        self.by_type.keys().filter(only_here).map(String::as_str).collect()
    }

    /// The types whose handler is another one in `other`.
    pub(super) fn changed(&self, other: &Self) -> Vec<&str> {
        let is_changed = |(job_type, (definition, entry)): &(&String, &(Definition, HandlerEntry))| {
            let other = other.by_type.get(*job_type);
            other.is_some_and(|(other, of)| {
                let rest =
                    |entry: &HandlerEntry| (entry.timeout, entry.retries, entry.longest, entry.spill_over);
                other != definition || rest(of) != rest(entry) || of.limits != entry.limits
            })
        };
        self.by_type.iter().filter(is_changed).map(|(job_type, _)| job_type.as_str()).collect()
    }
}

impl HandlerArgs {
    /// The handlers by type. One that is defined as it is in `old` is taken from there.
    ///
    /// # Errors
    /// A usage failure for what cannot be understood, and one for a script that cannot be run.
    pub(super) fn read(&self, file: Option<&HandlersFile>, old: &Handlers) -> Result<Handlers, Failure> {
        let mut args = self.clone();
        let of_flags = self.given()?;
        let of_file = file.map(|file| file::lay_under(&mut args, file)).transpose()?.unwrap_or_default();
        let is_of_flags = |job_type: &str| of_flags.iter().any(|given| given.job_type == job_type);
        let of_file = of_file.into_iter().filter(|given| !is_of_flags(&given.job_type));
        let given: Vec<Given> = of_file.chain(of_flags.iter().cloned()).collect();
        if given.is_empty() {
            return Err(Failure::usage("no handler is given, so no job could be run").hint(
                "give one with --handler TYPE=COMMAND, such as --handler email=./send.sh, or in oada-jobs.toml",
            ));
        }
        args.check_types(&given)?;
        let mut handlers = Handlers::default();
        for given in &given {
            let made = args.make(given, old).map_err(|failure| match &given.place {
                Some(place) => failure.context(format_args!("{}:{}", place.file.display(), place.line)),
                None => failure,
            })?;
            if handlers.by_type.insert(given.job_type.clone(), made).is_some() {
                return Err(Failure::usage(format!("type {:?} has two handlers", given.job_type)));
            }
        }
        Ok(handlers)
    }

    fn make(&self, given: &Given, old: &Handlers) -> Result<(Definition, HandlerEntry), Failure> {
        let job_type = given.job_type.as_str();
        let definition = self.definition(given)?;
        check(job_type, &definition.program, definition.options.shell.cwd.as_deref())?;
        let kept = old.by_type.get(job_type).filter(|(old, _)| *old == definition);
        let handler = match kept {
            Some((_, entry)) => entry.handler.clone(),
            None => make_handler(definition.clone()).map_err(|error| {
                Failure::usage(format!("cannot use the handler of {job_type:?}: {}", chain(&error)))
            })?,
        };
        let entry = HandlerEntry {
            handler,
            timeout: pick(&self.timeout, job_type).copied().unwrap_or(Some(DEFAULT_TIMEOUT)),
            retries: pick(&self.retries, job_type).copied().unwrap_or(0),
            longest: self.running.longest(job_type),
            spill_over: self.running.spill_over(job_type),
            limits: self.starting.limits(job_type),
        };
        Ok((definition, entry))
    }

    fn definition(&self, given: &Given) -> Result<Definition, Failure> {
        let job_type = given.job_type.as_str();
        self.running.check(job_type, given.kind)?;
        let program = match &given.command {
            Command::Line(line) => program(line, self.running.is_without_shell(job_type))?,
            Command::Words(words) => Program::Argv(words.iter().map(Into::into).collect()),
        };
        let mut options = self.running.stream(job_type);
        if let Some(place) = &given.place {
            // Where the worker is in that folder already, nothing has to be done for it.
            let is_elsewhere = std::env::current_dir().ok().as_ref() != Some(&place.folder);
            let cwd = &mut options.shell.cwd;
            *cwd = cwd.take().or_else(|| is_elsewhere.then(|| place.folder.clone()));
        }
        Ok(Definition { program, kind: given.kind, options, batch: self.running.batch(job_type) })
    }

    fn given(&self) -> Result<Vec<Given>, Failure> {
        let flags =
            [(Kind::Each, &self.handlers), (Kind::Stream, &self.streams), (Kind::Batch, &self.batches)];
        let texts = flags.iter().flat_map(|(kind, texts)| texts.iter().map(move |text| (*kind, text)));
        texts
            .map(|(kind, text)| {
                let flag = kind.flag();
                let split = text.split_once('=').filter(|(job_type, _)| !job_type.is_empty());
                let (job_type, command) = split.ok_or_else(|| {
                    Failure::usage(format!("cannot use {flag} {text:?}"))
                        .hint(format!("write it as {flag} TYPE=COMMAND, such as {flag} email=./send.sh"))
                })?;
                let command = Command::Line(command.to_owned());
                Ok(Given { job_type: job_type.to_owned(), command, kind, place: None })
            })
            .collect()
    }

    /// A flag for a type that has no handler, or none that it says anything to, is a slip of the pen.
    fn check_types(&self, given: &[Given]) -> Result<(), Failure> {
        let own = [named("--timeout", &self.timeout, ANY), named("--retries", &self.retries, ANY)];
        for Named { flag, types, kinds } in
            own.into_iter().chain(self.starting.named()).chain(self.running.named())
        {
            for job_type in types {
                let Some(handler) = given.iter().find(|handler| handler.job_type == job_type) else {
                    return Err(unhandled(flag, job_type, given));
                };
                if !kinds.contains(&handler.kind) {
                    return Err(says_nothing(flag, job_type, handler.kind));
                }
            }
        }
        Ok(())
    }
}

fn make_handler(definition: Definition) -> Result<HandlerKind, StartError> {
    let Definition { program, kind, options, batch } = definition;
    Ok(match kind {
        Kind::Each => HandlerKind::Each(Arc::new(ShellHandler::new(program, options.shell)?)),
        Kind::Stream => HandlerKind::Each(Arc::new(StreamHandler::new(program, options)?)),
        Kind::Batch => HandlerKind::Batch(Arc::new(ShellBatchHandler::new(program, options.shell)?), batch),
    })
}

/// A handler of a file, seen from outside.
pub(in crate::cli) struct Inspected {
    pub(in crate::cli) job_type: String,
    /// Its command, or what is wrong with it.
    pub(in crate::cli) command: Result<String, Failure>,
}

/// Looks at each handler of a file by itself.
///
/// # Errors
/// When the file cannot be understood as a whole.
pub(in crate::cli) fn inspect(file: &HandlersFile) -> Result<Vec<Inspected>, Failure> {
    let mut args = HandlerArgs::default();
    let given = file::lay_under(&mut args, file)?;
    let looked_at = given.into_iter().map(|given| {
        let command = args.definition(&given).and_then(|definition| {
            check(&given.job_type, &definition.program, definition.options.shell.cwd.as_deref())?;
            Ok(match &given.command {
                Command::Line(line) => line.clone(),
                Command::Words(words) => words.join(" "),
            })
        });
        Inspected { job_type: given.job_type, command }
    });
    Ok(looked_at.collect())
}

fn unhandled(flag: &str, job_type: &str, given: &[Given]) -> Failure {
    let failure = Failure::usage(format!("{flag} names type {job_type:?}, which has no handler"));
    match nearest_word(job_type, given.iter().map(|handler| handler.job_type.as_str())) {
        Some(guess) => failure.hint(format!("is it {guess:?}?")),
        None => failure.hint(format!("give it one with --handler {job_type}=COMMAND")),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::error::Exit;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        handlers: HandlerArgs,
    }

    fn args(flags: &[&str]) -> HandlerArgs {
        Flags::try_parse_from([&["serve"], flags].concat()).unwrap().handlers
    }

    fn read(flags: &[&str]) -> Result<BTreeMap<String, HandlerEntry>, Failure> {
        args(flags).read(None, &Handlers::default()).map(|handlers| handlers.entries())
    }

    #[test]
    fn limits_are_those_of_the_type_then_of_all_then_ten_minutes() {
        let both = ["--handler", "a=true", "--handler", "b=true"];
        let read = |flags: &[&str]| read(&[&both, flags].concat()).unwrap();
        let handlers = read(&["--timeout", "a=5s", "--timeout", "1h", "--retries", "b=2"]);
        assert_eq!(handlers["a"].timeout, Some(Duration::from_secs(5)));
        assert_eq!(handlers["b"].timeout, Some(Duration::from_secs(3600)));
        assert_eq!((handlers["a"].retries, handlers["b"].retries), (0, 2));
        assert_eq!(read(&[])["a"].timeout, Some(DEFAULT_TIMEOUT));
        assert_eq!(read(&["--timeout", "none"])["a"].timeout, None);
    }

    #[test]
    fn slips_are_told_with_the_next_step() {
        let failure = |flags: &[&str]| read(flags).map(|_| ()).unwrap_err();
        assert!(failure(&[]).hints[0].contains("--handler"));
        assert!(failure(&["--handler", "email"]).hints[0].contains("TYPE=COMMAND"));
        let missing = failure(&["--handler", "email=./no-such-script.sh --fast"]);
        assert_eq!(missing.exit, Exit::Usage);
        assert!(missing.message.contains("./no-such-script.sh: No such file"), "{}", missing.message);
        let unknown = failure(&["--handler", "email=no-such-command-at-all"]);
        assert!(unknown.message.contains("no such command"));
        assert!(failure(&["--handler", "email=./Cargo.toml"]).hints[0].contains("chmod +x"));
        assert!(failure(&["--handler", "email=true", "--timeout", "emial=5s"]).hints[0].contains("email"));
        let twice = failure(&["--handler", "email=true", "--stream", "email=cat"]);
        assert!(twice.message.contains("two handlers"));
        let cut = failure(&["--batch", "email=cat", "--result-oversize", "email=truncate"]);
        assert!(cut.message.contains("--result-oversize truncate says nothing"), "{}", cut.message);
        let stream = failure(&["--stream", "email=cat", "--stdin", "email=none"]);
        assert!(stream.message.contains("--stdin says nothing to \"email\""), "{}", stream.message);
        let each = failure(&["--handler", "email=true", "--idle", "email=5s"]);
        assert!(each.message.contains("--idle says nothing"), "{}", each.message);
    }

    #[test]
    fn whatever_runs_them_results_are_spilled_by_the_limit() {
        for flag in ["--handler", "--stream", "--batch"] {
            let flags = [flag, "a=cat", "--result-oversize", "spill", "--result-limit", "1k"];
            assert_eq!(read(&flags).unwrap()["a"].spill_over, Some(1024), "{flag}");
            assert_eq!(read(&flags[..2]).unwrap()["a"].spill_over, None, "{flag}");
        }
    }

    #[test]
    fn options_are_those_of_all_and_of_the_type() {
        let args = args(&[
            "--env",
            "A=all",
            "--env",
            "email:A=own",
            "--env",
            "B=x=y",
            "--on-exit",
            "3=skip,50=retry",
            "--on-exit",
            "email:3=fail",
            "--clean-env",
            "--no-shell=email",
            "--cwd",
            "email=/tmp",
            "--result-limit",
            "64k",
        ]);
        let (email, other) = (args.running.shell("email"), args.running.shell("other"));
        assert_eq!((&email.env[std::ffi::OsStr::new("A")], email.env.len()), (&"own".into(), 2));
        assert_eq!(other.env[std::ffi::OsStr::new("A")], "all");
        use crate::engine::handler::ExitMeaning::{Fail, Retry, Skip};
        let meanings = [email.meaning_of(3), email.meaning_of(50), other.meaning_of(3)];
        assert_eq!(meanings, [Fail, Retry, Skip]);
        assert!(email.clean_env && other.clean_env && other.cwd.is_none() && email.cwd.is_some());
        assert!(args.running.is_without_shell("email") && !args.running.is_without_shell("other"));
        assert_eq!(other.result_bytes, 64 << 10);
    }
}
