//! The command line: flags, configuration, output, prompts and exit codes, over the rooms below.
//!
//! Must not hold logic that a user of the library would miss.
