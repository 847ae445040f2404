//! The `oada-jobs` binary: parses, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

/// A job passes through some hundreds of small allocations on its way, for which the system's allocator takes more of a
/// worker's time (`docs/benchmarks.md`). The library leaves this choice to its programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    oada_jobs::cli::main()
}
