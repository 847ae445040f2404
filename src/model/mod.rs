//! The words that all rooms share: ids, paths, trees, links, changes and jobs, with the rules that need no I/O.
//!
//! Owns the data and its rules. Must not do I/O, and depends on no other room.

mod change;
mod cursor;
mod id;
mod job;
mod ksuid;
mod link;
mod lookout;
mod members;
mod path;
mod pointer;
mod quoted;
mod reading;
mod tree;

pub use change::{Change, ChangeKind, Rev, merge};
pub(crate) use cursor::Cursor;
pub use id::{ResourceId, key_time, new_key};
pub(crate) use job::time_text;
pub use job::{
    AGAIN_STATUS, Attempt, Claim, FINISHED_META, InvalidJob, Job, JobStatus, STARTED_META, Update, now_text,
    parse_time,
};
pub use ksuid::Ksuid;
pub use link::Link;
pub(crate) use lookout::LookOut;
pub(crate) use members::Members;
pub use path::{Path, PathError, is_item_key};
pub use pointer::{decode_segment, nested, pointer_segments, split_pointer};
pub(crate) use quoted::{Text, before, before_special, push_quoted, push_separated};
pub use tree::{Node, Tree};
