//! What several subjects need for their tests.

pub(crate) mod deployed;
pub(crate) mod env;
pub(crate) mod handler;
pub(crate) mod node;
pub(crate) mod passage;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod recorded;
pub(crate) mod scripted;
pub(crate) mod server;
pub(crate) mod tap;
pub(crate) mod terminal;
pub(crate) mod trouble;
