//! One supervised shell command: its process group, its pipes, its limits and its end.
//!
//! Must not know OADA or jobs.
//!
//! A run is over only when nothing of it is left: its session and group are empty, its descendants that made
//! sessions of their own are found by an entry of their environment, and its leader is reaped. Groups are signalled
//! only while their leader is unreaped, since until then the system cannot give the number to anybody else.

mod cgroup;
mod command;
mod leftovers;
mod output;
mod pump;
mod read_end;
mod spawn;
mod starters;
mod supervise;
mod survivors;

pub use cgroup::{GroupLimits, use_control_groups};
pub use command::{CommandSpec, Launcher, Program, Resources, StartError};
pub use leftovers::stop_leftovers;
pub use output::{Capture, Captured, Keep, Line, Lines};
pub use read_end::ReadEnd;
pub use spawn::{Exit, Input, signal_name};
pub use starters::{finish_starts, on_a_starter};
pub use supervise::{
    Connections, Ended, LogTail, Orphans, Pipes, RunOptions, Started, StopSignal, Survivors, start,
};
pub use survivors::adopt_orphans;
