//! The judges: real Node clients and workers, driven by the scripts in `tests/node`.
//!
//! Their packages are installed once, by `npm ci`, into cargo's folder for test files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::deployed::{PATIENCE, StoreProcess};

/// The folders with packages of their own.
const FOLDERS: [&str; 2] = ["current", "classic"];

/// The judges, where Node and their packages are.
pub(crate) struct Judges {
    folder: PathBuf,
}

/// The judges; without Node there are none, which is said, and in CI is an error.
pub(crate) fn judges() -> Option<&'static Judges> {
    static JUDGES: OnceLock<Result<Judges, String>> = OnceLock::new();
    match JUDGES.get_or_init(install) {
        Ok(judges) => Some(judges),
        Err(reason) => {
            assert!(std::env::var_os("CI").is_none(), "no Node clients: {reason}");
            skipped(reason);
            None
        }
    }
}

#[expect(clippy::print_stderr, reason = "a test that did nothing should not look like one that passed")]
fn skipped(reason: &str) {
    eprintln!("skipped: no node: {reason}");
}

fn install() -> Result<Judges, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    fs::create_dir_all(&folder).unwrap();
    // Released when the file is closed: other test processes wait for the installation.
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    copy_files(&sources, &folder);
    for part in FOLDERS {
        copy_files(&sources.join(part), &folder.join(part));
        install_packages(&folder.join(part))?;
    }
    Ok(Judges { folder })
}

/// Copies the files of one folder, since Node looks for packages beside the real script.
fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_type().unwrap().is_file() {
            continue;
        }
        let (text, to) = (fs::read(entry.path()).unwrap(), to.join(entry.file_name()));
        if fs::read(&to).ok().as_ref() != Some(&text) {
            fs::write(to, text).unwrap();
        }
    }
}

fn install_packages(folder: &Path) -> Result<(), String> {
    let wanted = fs::read(folder.join("package-lock.json")).unwrap();
    // Written last, and gone with the packages when they are installed anew.
    let installed = folder.join("node_modules/.oada-jobs-lock");
    if fs::read(&installed).ok().as_ref() == Some(&wanted) {
        return Ok(());
    }
    let output = std::process::Command::new("npm")
        .args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--fetch-retries=2",
            "--fetch-retry-mintimeout=1000",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    if !output.status.success() {
        return Err(format!("npm ci: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    fs::write(installed, wanted).unwrap();
    Ok(())
}

/// How @oada/client 5.3.0 speaks to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Http,
    Ws,
}

impl Connection {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Ws => "ws",
        }
    }
}

/// What a script that runs to its end has said.
async fn said_by(mut command: Command) -> Value {
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("did not end: {command:?}")).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}\n{complaints}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{command:?}: {error}: {said}"))
}

impl Judges {
    fn script(&self, store: &StoreProcess, script: &str, args: &[&str]) -> Command {
        let mut command = Command::new("node");
        command.arg(self.folder.join(script)).args(args).kill_on_drop(true);
        command.env("DOMAIN", &store.for_judges).env("TOKEN", &store.token).env("CONNECTION", "ws");
        // The day lists of Node workers are those of their own time zone; ours are in UTC.
        command.env("TZ", "UTC").env("NODE_TLS_REJECT_UNAUTHORIZED", "0").env("NODE_NO_WARNINGS", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    /// Runs a script to its end, and returns what it said.
    pub(crate) async fn run(&self, store: &StoreProcess, script: &str, args: &[&str]) -> Value {
        said_by(self.script(store, script, args)).await
    }

    /// `doJob` of @oada/client 5.3.0: what became of a job.
    pub(crate) async fn do_job(&self, store: &StoreProcess, connection: Connection, job: &Value) -> Value {
        let mut command = self.script(store, "current/dojob.mjs", &[&job.to_string()]);
        command.env("CONNECTION", connection.name());
        said_by(command).await
    }

    /// @oada/client 5.3.0.
    pub(crate) fn client5(&self, store: &StoreProcess, connection: Connection) -> Conversation {
        let mut command = self.script(store, "current/client5.mjs", &[]);
        command.env("CONNECTION", connection.name());
        Conversation::start(command)
    }

    /// @oada/client 1.1.4.
    pub(crate) fn client1(&self, store: &StoreProcess) -> Conversation {
        Conversation::start(self.script(store, "classic/client1.cjs", &[]))
    }

    /// A watch of @oada/list-lib 1.1.1 on a list: it has seen the items that were there.
    pub(crate) async fn list1(&self, store: &StoreProcess, list: &str) -> Conversation {
        let mut list = Conversation::start(self.script(store, "classic/list1.cjs", &[list]));
        assert_eq!(list.hear().await, json!({"started": true}));
        list
    }

    /// A service of @oada/jobs 1.0.4, started: it has worked off what was there.
    pub(crate) async fn worker1(&self, store: &StoreProcess, service: &str) -> Conversation {
        let mut worker = Conversation::start(self.script(store, "classic/worker1.cjs", &[service]));
        assert_eq!(worker.hear().await, json!({"started": true}));
        worker
    }
}

/// A judge that is told what to do line by line.
pub(crate) struct Conversation {
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl Conversation {
    fn start(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let stdin = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { stdin, lines, process }
    }

    async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.expect("the judge to answer").unwrap().expect("the judge to go on");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Makes one call of the script; the error is the client's own.
    pub(crate) async fn attempt(&mut self, call: &str, with: Value) -> Result<Value, Value> {
        let line = format!("{}\n", json!({"call": call, "with": with}));
        self.stdin.write_all(line.as_bytes()).await.unwrap();
        let mut answer = self.hear().await;
        match answer.get_mut("ok") {
            Some(seen) => Ok(seen.take()),
            None => Err(answer["error"].take()),
        }
    }

    /// Makes one call of the script that must succeed.
    pub(crate) async fn call(&mut self, call: &str, with: Value) -> Value {
        let asked = with.to_string();
        self.attempt(call, with).await.unwrap_or_else(|error| panic!("{call} {asked}: {error}"))
    }

    /// Lets the judge end, and returns what it says last.
    pub(crate) async fn end(mut self) -> Value {
        drop(self.stdin);
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let said = line.expect("the judge to end").unwrap().unwrap_or_else(|| "null".to_owned());
        assert!(self.process.wait().await.unwrap().success());
        serde_json::from_str(&said).unwrap()
    }
}
