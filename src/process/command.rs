//! What to start, as plain data, and how that becomes a program, its arguments and its environment.
//!
//! Must not start anything.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::cgroup::VARIABLE;

const SHELL: &str = "/bin/sh";

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A line for `/bin/sh -c`.
    Shell(String),
    /// A program, looked up along `PATH` unless it holds a slash, and its arguments.
    Argv(Vec<OsString>),
}

/// A command as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// What is to be run.
    pub program: Program,
    /// The working directory; the caller's own unless set.
    pub cwd: Option<PathBuf>,
    /// The whole environment, apart from what each run adds.
    pub env: BTreeMap<OsString, OsString>,
    /// What it may use of the machine.
    pub resources: Resources,
}

/// What a command may use of the machine: each process of it for itself, or where
/// [`use_control_groups`](super::use_control_groups) can, all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Bytes: of address space of each process, or of memory of all together.
    pub memory: Option<u64>,
    /// Seconds of processor time; `SIGXCPU` at the limit, and the kill five seconds later.
    pub cpu: Option<u64>,
    /// Open files.
    pub files: Option<u64>,
    /// Steps by which it is nicer than the caller.
    pub nice: Option<i32>,
}

impl Resources {
    /// Whether there is a limit that could count for all processes of a command together.
    #[must_use]
    pub fn need_group(&self) -> bool {
        self.memory.is_some() || self.cpu.is_some()
    }
}

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An empty command, or a NUL byte in one.
    #[error("the command is {0}")]
    Unusable(&'static str),
    /// There is no such program.
    #[error("{} was not found", .0.display())]
    NotFound(PathBuf),
    /// There is a file, but it may not be executed.
    #[error("{} is not executable", .0.display())]
    NotExecutable(PathBuf),
    /// The working directory cannot be used.
    #[error("the working directory {} cannot be used", path.display())]
    WorkingDirectory {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Anything else, such as too many processes.
    #[error("{} could not be started", program.display())]
    Failed {
        /// What was to be started.
        program: PathBuf,
        /// Why it was not.
        #[source]
        source: io::Error,
    },
}

/// A command made ready to be started many times.
#[derive(Clone)]
pub struct Launcher {
    pub(super) argv: Vec<CString>,
    pub(super) env: Vec<CString>,
    pub(super) resources: Resources,
    path: Option<OsString>,
    cwd: Option<PathBuf>,
}

impl std::fmt::Debug for Launcher {
    /// Leaves the environment out: it may hold what is nobody else's to read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launcher").field("argv", &self.argv).field("cwd", &self.cwd).finish_non_exhaustive()
    }
}

impl Launcher {
    /// Makes a command ready.
    ///
    /// A shell line of plain words is started without a shell: the shell would only look the program up and become
    /// it. `PWD` is set as the shell would set it.
    ///
    /// # Errors
    /// [`StartError::Unusable`] for an empty command, or a NUL byte in it or its environment.
    pub fn new(spec: &CommandSpec) -> Result<Self, StartError> {
        let words: Vec<OsString> = match &spec.program {
            Program::Argv(argv) => argv.clone(),
            Program::Shell(line) => {
                match plain_words(line).filter(|_| spec.env.contains_key(OsStr::new("PATH"))) {
                    Some(words) => words.into_iter().map(OsString::from).collect(),
                    None if line.trim().is_empty() => Vec::new(),
                    None => vec![SHELL.into(), "-c".into(), line.into()],
                }
            }
        };
        if words.first().is_none_or(|program| program.is_empty()) {
            return Err(StartError::Unusable("empty"));
        }
        let words = if spec.cwd.is_none() && spec.resources == Resources::default() {
            words
        } else {
            prepared(spec, words)
        };
        Ok(Self {
            argv: words.into_iter().map(c_string).collect::<Result<_, _>>()?,
            env: spec.env.iter().map(|(name, value)| env_entry(name, value)).collect::<Result<_, _>>()?,
            resources: spec.resources,
            path: spec.env.get(OsStr::new("PATH")).cloned(),
            cwd: spec.cwd.clone(),
        })
    }

    /// The file to be executed. Looked up afresh for each start: programs come and go while a worker lives.
    pub(super) fn resolve(&self) -> Result<PathBuf, StartError> {
        if let Some(cwd) = &self.cwd {
            let failed = |source| StartError::WorkingDirectory { path: cwd.clone(), source };
            rustix::fs::access(cwd, Access::EXEC_OK).map_err(|error| failed(error.into()))?;
        }
        let program = OsStr::from_bytes(self.argv[0].as_bytes());
        if program.as_bytes().contains(&b'/') {
            return Ok(program.into());
        }
        let mut found = None;
        for dir in
            std::env::split_paths(self.path.as_deref().unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin")))
        {
            let candidate = dir.join(program);
            if rustix::fs::access(&candidate, Access::EXEC_OK).is_ok() && candidate.is_file() {
                return Ok(candidate);
            }
            if found.is_none() && candidate.is_file() {
                found = Some(candidate);
            }
        }
        Err(found.map_or_else(|| StartError::NotFound(program.into()), StartError::NotExecutable))
    }

    /// Tells what a failed start means.
    pub(super) fn start_error(program: &Path, source: io::Error) -> StartError {
        match source.kind() {
            io::ErrorKind::NotFound => StartError::NotFound(program.into()),
            io::ErrorKind::PermissionDenied => StartError::NotExecutable(program.into()),
            _ => StartError::Failed { program: program.into(), source },
        }
    }
}

/// A start with a directory or limits. A shell sets them and becomes the command: anything that we did ourselves between
/// fork and exec would make each start copy our page tables, and a shell starts faster than we do. It is paid only by
/// those who ask for it.
fn prepared(spec: &CommandSpec, words: Vec<OsString>) -> Vec<OsString> {
    let Resources { memory, cpu, files, nice } = spec.resources;
    let mut script = String::new();
    let mut step = |line: String| script.push_str(&format!("{line} || exit 126; "));
    if spec.cwd.is_some() {
        step(r#"cd -- "$1""#.to_owned());
    }
    let is_grouped = spec.resources.need_group();
    if is_grouped {
        step(format!("{{ [ -z \"${VARIABLE}\" ] || echo $$ >\"${VARIABLE}/cgroup.procs\"; }}"));
    }
    if let Some(memory) = memory {
        // The address space of some programs is far larger than what they use, so it is only the second choice.
        step(format!("[ -e \"${VARIABLE}/memory.max\" ] || ulimit -v {}", memory.div_ceil(1024)));
    }
    if is_grouped {
        step(format!("unset {VARIABLE}"));
    }
    if let Some(cpu) = cpu {
        step(format!("ulimit -S -t {cpu}"));
        step(format!("ulimit -H -t {}", cpu.saturating_add(5)));
    }
    if let Some(files) = files {
        step(format!("ulimit -n {files}"));
    }
    script.push_str("shift; exec ");
    if let Some(nice) = nice {
        script.push_str(&format!("nice -n {nice} "));
    }
    script.push_str(r#""$@""#);
    let cwd = spec.cwd.as_deref().unwrap_or(Path::new("")).as_os_str().to_owned();
    let start = [SHELL.into(), "-c".into(), script.into(), SHELL.into(), cwd];
    start.into_iter().chain(words).collect()
}

fn c_string(text: OsString) -> Result<CString, StartError> {
    CString::new(text.into_vec()).map_err(|_| StartError::Unusable("not usable: it holds a NUL byte"))
}

pub(super) fn env_entry(name: &OsStr, value: &OsStr) -> Result<CString, StartError> {
    // With room for the end, so that nothing is moved.
    let mut entry = OsString::with_capacity(name.len() + value.len() + 2);
    entry.push(name);
    entry.push("=");
    entry.push(value);
    c_string(entry)
}

/// Words that mean something to a shell by themselves, whatever lies on `PATH`.
const SHELL_WORDS: &[&str] = &[
    ".",
    ":",
    "alias",
    "bg",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "in",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

/// The words of a line in which a shell would see nothing but words.
fn plain_words(line: &str) -> Option<Vec<&str>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./,:@%+= \t".contains(c);
    let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    let is_command = !first.contains('=') && !first.starts_with('%') && !SHELL_WORDS.contains(first);
    (line.chars().all(plain) && is_command).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launcher(program: Program) -> Launcher {
        let env = BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]);
        Launcher::new(&CommandSpec { program, cwd: None, env, resources: Resources::default() }).unwrap()
    }

    fn argv(line: &str) -> Vec<String> {
        let launcher = launcher(Program::Shell(line.to_owned()));
        launcher.argv.iter().map(|word| word.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn only_plain_words_go_without_a_shell() {
        assert_eq!(argv("python3  job.py\t--dry-run x=1"), ["python3", "job.py", "--dry-run", "x=1"]);
        for line in [
            "a; b", "A=1 b", "echo x", "a '", "a $B", "a > b", "~/a", "a *", "a #b", "a\nb", "exit 3",
            "[ a ]", "ä",
        ] {
            assert_eq!(argv(line), ["/bin/sh", "-c", line]);
        }
    }

    #[test]
    fn programs_are_looked_up_and_their_absence_is_named() {
        let resolve = |program: &str| launcher(Program::Argv(vec![program.into()])).resolve();
        assert!(resolve("sh").unwrap().is_absolute());
        assert_eq!(resolve("./x").unwrap(), Path::new("./x"));
        assert!(matches!(resolve("no-such-program"), Err(StartError::NotFound(_))));
    }

    #[test]
    fn empty_commands_and_nul_bytes_are_refused() {
        for program in [Program::Shell("  ".into()), Program::Argv(vec![]), Program::Shell("a\0b".into())] {
            let spec =
                CommandSpec { program, cwd: None, env: BTreeMap::new(), resources: Resources::default() };
            assert!(matches!(Launcher::new(&spec), Err(StartError::Unusable(_))));
        }
    }
}
