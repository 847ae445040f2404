//! A pseudo-terminal with the binary at its other end.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::env::DEADLINE;

/// A running command and what it has drawn.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    drawn: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    /// Starts a command on a terminal of this width.
    pub(crate) fn start(mut command: Command, columns: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&ours, size).unwrap();
        let theirs = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        command.stdin(theirs()).stdout(theirs()).stderr(theirs()).env("TERM", "xterm");
        let child = command.spawn().unwrap();
        // The command holds copies of the other end, which would keep it open after the child has ended.
        drop(command);
        let keyboard = File::from(ours.try_clone().unwrap());
        let drawn = Arc::default();
        let reader = Some(read(ours, &drawn));
        Self { child, keyboard, drawn, reader }
    }

    /// Waits until `text` is drawn.
    pub(crate) fn shows(&self, text: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !self.text().contains(text) {
            assert!(Instant::now() < deadline, "{text:?} is not drawn: {}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").unwrap();
    }

    /// Interrupts the command, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::INT,
        )
        .unwrap();
    }

    /// Presses keys, as the terminal sends them.
    pub(crate) fn presses(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// All that was drawn so far.
    pub(crate) fn text(&self) -> String {
        self.drawn.lock().unwrap().clone()
    }

    /// Waits until the command ends, and returns its code and all that it drew.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What was drawn last may not have been read yet.
                self.reader.take().unwrap().join().unwrap();
                return (status.code(), self.text());
            }
            assert!(Instant::now() < deadline, "the command does not end: {}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(ours: OwnedFd, drawn: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let (mut screen, drawn) = (File::from(ours), drawn.clone());
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        // Reading fails when the other end is closed.
        while let Ok(count) = screen.read(&mut buffer) {
            drawn.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    })
}
