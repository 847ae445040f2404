//! Who may be told of a write before it has come to the disk.
//!
//! Only a client on this machine that asks for it: a power cut that takes the write back takes the client as well, with all
//! that it knew. What this process has written outlives its own end without a sync. A client says where it is by the
//! name that the kernel has given to this run of the machine, since a connection over loopback may come from elsewhere,
//! through a tunnel.

use std::sync::LazyLock;

static BOOT: LazyLock<Option<String>> = LazyLock::new(|| {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|boot| !boot.is_empty())
});

/// Whether a client that names this boot is lost with this machine.
pub(super) fn is_of_this_machine(boot: &str) -> bool {
    BOOT.as_deref() == Some(boot)
}
