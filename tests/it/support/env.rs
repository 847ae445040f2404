//! A place to run the built binary in: a home of its own, an empty environment, and an end for what was started.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

/// How long anything may take before a test gives up.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A home for one test.
pub(crate) struct TestEnv {
    home: tempfile::TempDir,
}

/// What a finished command left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestEnv {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// The working directory of all commands.
    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes a shell script that can be executed.
    pub(crate) fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.file(name, &format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A command of the binary, in an environment that holds nothing of ours.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_oada-jobs"), args)
    }

    /// Any program, in the same environment.
    pub(crate) fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path().join("home"))
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args))
    }

    /// Runs the binary to its end with text on stdin.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &str) -> Ran {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Runs the binary, which must succeed, and returns its stdout.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
        ran.stdout
    }

    /// Runs the binary, which must succeed, and returns the records that it printed.
    pub(crate) fn records(&self, args: &[&str]) -> Vec<Value> {
        self.ok(args).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Posts a job and returns its key.
    pub(crate) fn post(&self, args: &[&str]) -> String {
        let record = self.records(&[&["job", "post"], args].concat()).remove(0);
        record["key"].as_str().unwrap().to_owned()
    }

    /// The job that a worker with these flags makes of one post.
    pub(crate) fn served(&self, post: &[&str], flags: &[&str]) -> Value {
        let key = self.post(post);
        self.ok(&[&["serve", "--once"], flags].concat());
        self.records(&["job", "show", &key]).remove(0)
    }

    /// Starts the binary; it is killed, with all that it started, when the test ends.
    pub(crate) fn spawn(&self, args: &[&str]) -> Running {
        Running::start(self.command(args))
    }

    /// Starts `store serve` on a free port, waits until it can be reached, and returns its address too.
    pub(crate) fn serve_store(&self, args: &[&str]) -> (Running, String) {
        let running = self.spawn(&[&["store", "serve", "--listen", "127.0.0.1:0"], args].concat());
        let url = running.stdout.line_with("://");
        (running, url)
    }

    /// Starts a worker and waits until it serves its own queue.
    pub(crate) fn serve(&self, args: &[&str]) -> Running {
        let running = self.spawn(&[&["serve"], args].concat());
        running.stderr.line_with("queue started");
        running
    }

    /// Waits until `found` finds something.
    pub(crate) fn wait_for<T>(&self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until `job ls` with these flags lists so many jobs.
    pub(crate) fn wait_for_jobs(&self, count: usize, args: &[&str]) -> Vec<Value> {
        self.wait_for(&format!("{count} jobs with {args:?}"), || {
            let jobs = self.records(&[&["job", "ls"], args].concat());
            (jobs.len() == count).then_some(jobs)
        })
    }
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command) -> Ran {
    Ran::of(command.output().unwrap())
}

impl Ran {
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Checks that the command failed with this code, in one line that holds `cause`, and a hint that holds `next`.
    pub(crate) fn failed(&self, code: i32, cause: &str, next: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let errors: Vec<&str> = self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert!(errors.len() == 1 && errors[0].contains(cause), "{cause:?} is not told: {self:?}");
        let hints = self.stderr.lines().filter(|line| line.starts_with("hint: "));
        assert!(hints.into_iter().any(|line| line.contains(next)), "{next:?} is not hinted at: {self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

/// A started command.
pub(crate) struct Running {
    child: Child,
    pub(crate) stdout: Lines,
    pub(crate) stderr: Lines,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.process_group(0).spawn().unwrap();
        let stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal to the process alone.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Kills the process alone, as a crash would, and waits for it.
    pub(crate) fn crash(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// Waits until the process ends by itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            let told = || format!("{}\n{}", self.stdout.text(), self.stderr.text());
            assert!(Instant::now() < deadline, "the process does not end: {}", told());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The group may be empty already.
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// What a process has written so far.
#[derive(Clone)]
pub(crate) struct Lines {
    written: Arc<(Mutex<Written>, Condvar)>,
}

#[derive(Default)]
struct Written {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let written: Arc<(Mutex<Written>, Condvar)> = Arc::default();
        let theirs = written.clone();
        thread::spawn(move || {
            let (written, changed) = &*theirs;
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                written.lock().unwrap().lines.push(line);
                changed.notify_all();
            }
            written.lock().unwrap().ended = true;
            changed.notify_all();
        });
        Self { written }
    }

    /// Waits for a line that holds `text`.
    pub(crate) fn line_with(&self, text: &str) -> String {
        self.line_where(text, |line| line.contains(text))
    }

    /// Waits for a line that fits.
    pub(crate) fn line_where(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        let (written, changed) = &*self.written;
        let deadline = Instant::now() + DEADLINE;
        let mut guard = written.lock().unwrap();
        loop {
            if let Some(line) = guard.lines.iter().find(|line| fits(line)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!guard.ended && !left.is_zero(), "no line with {what:?} in:\n{}", guard.lines.join("\n"));
            guard = changed.wait_timeout(guard, left).unwrap().0;
        }
    }

    /// All that was written so far.
    pub(crate) fn text(&self) -> String {
        self.written.0.lock().unwrap().lines.join("\n")
    }
}

/// Whether a process is there, zombies not counted.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}
