//! The `oada-jobs` binary: parses, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

/// A job passes through many small allocations on its way, a tenth of a drain's processor time with the system's
/// allocator (`docs/benchmarks.md`). The library leaves this choice to its programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    oada_jobs::cli::main()
}
