//! How the processes of a run ended. Nothing of it is stored of a success: it is for those who try handlers out.

use std::time::Duration;

use crate::process::{Ended, Exit, Survivors};

/// How the processes of a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// How the command itself ended.
    pub exit: Exit,
    /// Whether it had to be killed.
    pub killed: bool,
    /// Whether it was killed since it had used up its memory.
    pub ran_out_of_memory: bool,
    /// What became of processes that outlived it.
    pub survivors: Survivors,
    /// From its start to its end.
    pub duration: Duration,
    /// Bytes of output over the limit.
    pub output_dropped: u64,
    /// Bytes of log over the limit.
    pub log_dropped: u64,
}

impl From<&Ended> for RunEnd {
    fn from(ended: &Ended) -> Self {
        Self {
            exit: ended.exit,
            killed: ended.killed,
            ran_out_of_memory: ended.ran_out_of_memory,
            survivors: ended.survivors,
            duration: ended.duration,
            output_dropped: ended.stdout.dropped,
            log_dropped: ended.log.dropped,
        }
    }
}
