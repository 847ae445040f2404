//! Errors as the command line shows them: one line, the next step, and an exit code.
//!
//! Owns which error of which room is of which kind. Messages of the rooms hold no tokens, and none is added here.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::time::show_duration;
use crate::{engine, jobs, oada, store};

/// What a process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All went well.
    Ok,
    /// Anything that has no number of its own.
    Error,
    /// The command line or the configuration is wrong.
    Usage,
    /// Nothing answers to what was asked for.
    NotFound,
    /// The token is missing, unknown, or does not allow it.
    NotAllowed,
    /// Somebody else was faster, or holds what is needed.
    Conflict,
    /// The store cannot be reached.
    Unreachable,
    /// Some of many failed.
    SomeFailed,
    /// A job that was waited for failed.
    JobFailed,
    /// A job that was waited for was cancelled.
    JobCancelled,
    /// The wait took too long; the job goes on.
    WaitTimedOut,
    /// Interrupted from the keyboard.
    Interrupted,
    /// Asked to end by a TERM signal.
    Terminated,
}

impl Exit {
    /// All exits with their meaning, as `oada-jobs help exit-codes` shows them.
    pub(super) const ALL: [(Self, &str); 13] = [
        (Self::Ok, "done; jobs that were waited for succeeded"),
        (Self::Error, "another error"),
        (Self::Usage, "usage: the command line or the configuration is wrong"),
        (Self::NotFound, "not found"),
        (Self::NotAllowed, "not allowed: the token is missing, unknown or too narrow"),
        (Self::Conflict, "conflict: somebody else holds it or was faster"),
        (Self::Unreachable, "the store cannot be reached"),
        (Self::SomeFailed, "some of many failed"),
        (Self::JobFailed, "a job that was waited for failed"),
        (Self::JobCancelled, "a job that was waited for was cancelled"),
        (Self::WaitTimedOut, "waiting took too long; the job goes on"),
        (Self::Interrupted, "interrupted (INT)"),
        (Self::Terminated, "terminated (TERM)"),
    ];

    /// The number that the shell sees.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::NotAllowed => 4,
            Self::Conflict => 5,
            Self::Unreachable => 6,
            Self::SomeFailed => 7,
            Self::JobFailed => 8,
            Self::JobCancelled => 9,
            Self::WaitTimedOut => 124,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// Why a command could not do what it was told.
#[derive(Debug)]
pub(super) struct Failure {
    /// What the process ends with.
    pub(super) exit: Exit,
    /// What failed, where and why, in one line.
    pub(super) message: String,
    /// What to do next, a line each.
    pub(super) hints: Vec<String>,
    /// Whoever reads our output is gone, so there is nobody to tell.
    pub(super) is_closed_pipe: bool,
}

impl Failure {
    /// A failure of one kind.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: one_line(&message.into()), hints: Vec::new(), is_closed_pipe: false }
    }

    /// A mistake in the command line or the configuration.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds what to do next.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts what was being done before the cause.
    pub(super) fn context(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

/// Adds to an error what was being done.
pub(super) trait While<T> {
    /// Puts what was being done before the cause.
    fn during(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> While<T> for Result<T, E> {
    fn during(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| error.into().context(what))
    }
}

fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An error and its causes in one line, each cause once.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    one_line(&text)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_closed_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { is_closed_pipe, ..Self::new(Exit::Error, chain(&error)) }
    }
}

impl From<oada::Error> for Failure {
    fn from(error: oada::Error) -> Self {
        use oada::Error as E;
        let message = chain(&error);
        match &error {
            E::InvalidDomain { .. } => Self::new(Exit::Usage, message)
                .hint("write it as oada.example.org, host:port, or http://localhost:3000"),
            E::CaFile { .. } => Self::new(Exit::Usage, message).hint("check --ca-file: it must hold PEM"),
            E::InvalidPath { .. } => Self::new(Exit::Usage, message),
            E::InvalidToken => Self::new(Exit::NotAllowed, message)
                .hint("the file given to --token-file must hold the token alone"),
            E::Unreachable { .. } => Self::new(Exit::Unreachable, message)
                .hint("check the domain and the network; without --domain the embedded store is used"),
            E::Timeout { .. } => Self::new(Exit::Unreachable, message)
                .hint("the server may be busy: allow more time with --request-timeout"),
            E::Certificate { .. } => Self::new(Exit::Unreachable, message)
                .hint("name its authority with --ca-file FILE, or accept any certificate with --insecure"),
            E::Status { .. } if error.is_unauthorized() => Self::new(Exit::NotAllowed, message)
                .hint("give the token of that server with --token-file FILE or OADA_TOKEN"),
            E::Status { .. } if error.is_forbidden() => {
                Self::new(Exit::NotAllowed, message).hint("use a token that may see and change this path")
            }
            E::Status { .. } if error.is_not_found() => Self::new(Exit::NotFound, message)
                .hint("check the domain and the service; what is there is told by `oada-jobs doctor`"),
            E::Status { .. } if error.is_conflict() => {
                Self::new(Exit::Conflict, message).hint("look at it again, and repeat the command")
            }
            E::Status { .. } if error.is_transient() => {
                Self::new(Exit::Unreachable, message).hint(match error.retry_after() {
                    Some(pause) => format!(
                        "it asks to wait {}: try again then, or wait for it with a longer --request-timeout",
                        show_duration(pause)
                    ),
                    None => "try again later".to_owned(),
                })
            }
            E::Status { status: 500.., .. } => Self::new(Exit::Error, message)
                .hint("look into the server's log; the command may be repeated"),
            E::NoWebSocket { .. } => Self::new(Exit::Unreachable, message)
                .hint("proxies must let WebSockets through; is that an OADA server?"),
            E::Garbage { .. } => Self::new(Exit::Error, message).hint("is that an OADA server?"),
            E::InlineInsteadOfResource { .. } => {
                Self::new(Exit::Error, message).hint("mend it with `oada-jobs doctor --repair`")
            }
            E::Status { .. } => Self::new(Exit::Error, message)
                .hint("look whether all is as it should be with `oada-jobs doctor`"),
            _ => Self::new(Exit::Error, message),
        }
    }
}

impl From<jobs::Error> for Failure {
    fn from(error: jobs::Error) -> Self {
        use jobs::Error as E;
        let message = chain(&error);
        match error {
            E::Store(error) => error.into(),
            E::ServiceName { .. } => {
                Self::new(Exit::Usage, message).hint("name the service with --service NAME")
            }
            E::Key { .. } => Self::new(Exit::Usage, message),
            E::NoSuchJob { .. } => Self::new(Exit::NotFound, message).hint(
                "see which there are with `oada-jobs job ls --all`; another service is named by --service",
            ),
            E::Ambiguous { .. } => Self::new(Exit::Usage, message).hint("give more of the key"),
            E::NoSuchQueue { .. } => {
                Self::new(Exit::NotFound, message).hint("see which there are with `oada-jobs queue ls`")
            }
            E::ClaimLost { id, .. } => Self::new(Exit::Conflict, message)
                .hint(format!("see what became of it with `oada-jobs job show {id}`")),
            E::NotAJob { .. } => Self::new(Exit::Error, message).hint(
                "see what stands in the lists with `oada-jobs job ls --all`, and mend or delete it there",
            ),
        }
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        let message = chain(&error);
        match error {
            engine::Error::Queue { service, source } => {
                Self::from(source).context(format_args!("cannot serve {service}"))
            }
            engine::Error::NoHandlers => {
                Self::new(Exit::Usage, message).hint("give one with --handler TYPE=COMMAND")
            }
            _ => Self::new(Exit::Error, message),
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let message = chain(&error);
        match error {
            E::Locked { holder_pid, .. } => {
                let failure = Self::new(Exit::Conflict, message);
                match holder_pid {
                    Some(pid) => failure.hint(format!(
                        "end process {pid}, or reach what it serves with --domain; another folder is named by --data-dir"
                    )),
                    None => failure.hint("end the process that has it, or name another folder with --data-dir"),
                }
            }
            E::Newer { .. } => Self::new(Exit::Error, message).hint("use the newer version of oada-jobs"),
            E::Damaged { .. } => Self::new(Exit::Error, message)
                .hint("it was left as it is: restore it from a copy, or name another folder with --data-dir"),
            E::Io { .. } => Self::new(Exit::Error, message)
                .hint("check the folder and its permissions, or name another with --data-dir"),
            E::Invalid(_) | E::Tls(_) => Self::new(Exit::Usage, message),
            _ => Self::new(Exit::Error, message),
        }
    }
}
