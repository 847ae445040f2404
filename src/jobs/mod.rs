//! The jobs contract on the store: layouts, posting, finding, claiming, filing and the queue list.
//!
//! Owns what lies where (`jobs-contract.md`). Must not start processes and must not print.

mod claim;
mod control;
mod error;
mod filing;
mod find;
mod layout;
mod post;
mod queues;
mod repair;
mod restore;
mod settle;
mod unique;
mod workers;
mod writing;

pub(crate) use claim::until_settled;
pub use claim::{Claimed, SETTLED_AFTER, claim, take_back, verify, write};
pub use control::{
    Control, Pause, ask_to_be_quiet, ask_to_cancel, ask_to_go_on, ask_to_stop, cancel_is_done, control,
    last_told, pause, resume, stop_is_done,
};
pub use error::{Error, LostTo};
pub(crate) use filing::DayList;
pub use filing::{DayLists, day_of, filed_day, unlink};
pub(crate) use find::listed_key;
pub use find::{
    FinishedDay, Found, JobEntries, Listed, ListedIn, find, finished_days, listed, listed_in, pending_lists,
};
pub use layout::{
    FinalList, Layout, ListState, PendingList, ServiceRoot, Survey, error_type_segment, survey,
};
pub use post::{
    Created, NewJob, Posted, Retried, create, create_once, link, post, posting_layout, retry, successor,
};
pub use queues::{QueueEntry, Queues, add_queue, entry_of, queues, remove_queue};
pub use repair::{ensure_or_repair, inline_lists};
pub use restore::{Place, Restored, WholeJob, members_of, restore};
pub use settle::{Settlement, destinations, is_waiting, settle};
pub use unique::Unique;
pub use workers::{FeedHealth, WorkerHost, WorkerRecord, beat, register, retire, worker, workers};
pub use writing::{Finish, JobWrite, keyed};
