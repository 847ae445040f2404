//! The jobs contract on the store: layouts, posting, finding, claiming, filing and the queue list.
//!
//! Owns what lies where (`jobs-contract.md`). Must not start processes and must not print.
