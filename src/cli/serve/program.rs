//! Whether the program of a handler can be run, as far as that can be told before the first job.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli::error::{Exit, Failure, chain};
use crate::engine::handler::Program;

/// The program of a handler's command.
///
/// # Errors
/// When the command, which no shell reads, cannot be split into words.
pub(in crate::cli) fn program(command: &str, is_without_shell: bool) -> Result<Program, Failure> {
    if !is_without_shell {
        return Ok(Program::Shell(command.to_owned()));
    }
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| {
        Failure::usage(format!("cannot split the command {command:?} into words")).hint("check its quotes")
    })?;
    Ok(Program::Argv(words.into_iter().map(Into::into).collect()))
}

/// Checks the program of a plain command before the first job, as far as that can be told from outside.
pub(in crate::cli) fn check(job_type: &str, program: &Program, cwd: Option<&Path>) -> Result<(), Failure> {
    let program = match program {
        Program::Shell(command) => program_of(command),
        Program::Argv(words) => words.first().map(PathBuf::from),
    };
    let Some(program) = program else { return Ok(()) };
    let cannot = |reason: &str, hint: String| {
        let message = format!("cannot run the handler of {job_type:?}: {}: {reason}", program.display());
        Err(Failure::new(Exit::Usage, message).hint(hint))
    };
    if program.to_string_lossy().contains('/') {
        let found = cwd.map_or_else(|| program.clone(), |cwd| cwd.join(&program));
        return match std::fs::metadata(found) {
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
    const BUILT_IN: [&str; 31] = [
        "!", ".", ":", "[", "alias", "case", "cd", "command", "echo", "eval", "exec", "exit", "export",
        "false", "for", "if", "printf", "pwd", "read", "return", "set", "shift", "source", "test", "trap",
        "true", "ulimit", "umask", "until", "wait", "while",
    ];
    let first = shlex::split(command)?.into_iter().next()?;
    let is_plain = first.chars().all(|c| c.is_alphanumeric() || "/._-+,@%".contains(c));
    (is_plain && !BUILT_IN.contains(&first.as_str())).then(|| first.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_shell_can_tell_is_left_to_it() {
        for command in ["if true; then x; fi", "A=1 ./x", "$HOME/x", "(x)", "cat | wc"] {
            let program = program_of(command);
            assert!(program.is_none() || program == Some("cat".into()), "{command}: {program:?}");
        }
    }

    #[test]
    fn without_a_shell_the_first_word_is_the_program() {
        let words = program("'a b' $HOME", true).unwrap();
        assert_eq!(words, Program::Argv(vec!["a b".into(), "$HOME".into()]));
        assert!(check("t", &words, None).unwrap_err().message.contains("no such command"));
        assert!(program("'", true).is_err() && program("'", false).is_ok());
    }

    #[test]
    fn paths_are_seen_from_the_working_directory_of_the_handler() {
        let plain = Program::Shell("./handlers.rs".to_owned());
        let here = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/serve"));
        assert!(check("t", &plain, None).unwrap_err().message.contains("No such file"));
        assert!(check("t", &plain, Some(here)).unwrap_err().message.contains("not executable"));
    }
}
