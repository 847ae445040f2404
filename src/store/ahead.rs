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

/// Whether the client of a socket is told ahead. Not before it has said that it runs on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ahead(bool);

impl Ahead {
    /// The client says on which boot of which machine it runs.
    pub(super) fn hear_boot(&mut self, boot: &str) {
        self.0 |= BOOT.as_deref() == Some(boot);
    }

    pub(super) fn is_on(self) -> bool {
        self.0
    }

    /// Whether a write may be answered ahead that asks for it or does not.
    pub(super) fn answers(self, is_asked_for: bool) -> bool {
        self.0 && is_asked_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_lost_with_this_machine_is_told_ahead() {
        let mut ahead = Ahead::default();
        for other in ["", "true", "2c3f7e52-0000-4bb5-a5cb-da4fc466ef27"] {
            ahead.hear_boot(other);
            assert!(!ahead.is_on() && !ahead.answers(true), "{other}");
        }
        if let Some(boot) = BOOT.as_deref() {
            ahead.hear_boot(boot);
            ahead.hear_boot("another");
            assert!(ahead.is_on() && ahead.answers(true) && !ahead.answers(false));
        }
    }
}
