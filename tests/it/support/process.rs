//! Processes of their own that serve a data folder: this test binary, started again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use oada_jobs::store::{Local, StoreOptions};
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::server::{PATIENCE, try_http};

const FOLDER: &str = "OADA_TEST_FOLDER";
const JOURNAL: &str = "OADA_TEST_JOURNAL";
const CACHE: &str = "OADA_TEST_CACHE";

/// Another process at a data folder. Dropped, it is killed.
pub(crate) struct Process {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::with_options(folder, &StoreOptions::default())
    }

    /// A process that opens the folder with this much of a journal and of a cache.
    pub(crate) fn with_options(folder: &Path, options: &StoreOptions) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::process::one_of_many", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .env(JOURNAL, options.journal_bytes.to_string())
            .env(CACHE, options.cache_bytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, orders, answers }
    }

    pub(crate) async fn order(&mut self, order: &str) {
        let line = format!("{order}\n");
        self.orders.as_mut().unwrap().write_all(line.as_bytes()).await.unwrap();
    }

    /// What the process says next.
    pub(crate) async fn answer(&mut self) -> String {
        let reading = async {
            loop {
                let line = self.answers.next_line().await.unwrap().expect("the process to go on");
                // The test harness speaks too, and without a line's end before our own words.
                if let Some((_, answer)) = line.split_once('@') {
                    return answer.to_owned();
                }
            }
        };
        tokio::time::timeout(PATIENCE * 3, reading).await.expect("an answer in time")
    }

    /// The most memory that the process has had at a time, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Lets the process end in order.
    pub(crate) async fn end(mut self) {
        drop(self.orders.take());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("an end in time");
        assert!(ended.unwrap().success());
    }
}

/// What such a process does; it is no test by itself.
#[test]
#[ignore = "is started by other tests"]
fn one_of_many() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut options = StoreOptions::default();
        options.journal_bytes = std::env::var(JOURNAL).unwrap().parse().unwrap();
        options.cache_bytes = std::env::var(CACHE).unwrap().parse().unwrap();
        let local = Local::new(Path::new(&folder)).with_options(options);
        while let Some(order) = next_order().await {
            match order.trim_end().split_once(' ') {
                Some(("put", key)) => {
                    put(&local, key).await;
                    say(&format!("{}", local.is_owner().await));
                }
                _ => say(&local.endpoint().await.unwrap()),
            }
        }
        local.close().await;
    });
}

async fn next_order() -> Option<String> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut order = String::new();
        std::io::stdin().read_line(&mut order).unwrap();
        order
    });
    Some(reading.await.unwrap()).filter(|order| !order.is_empty())
}

#[expect(clippy::print_stdout, reason = "it is read by the test that started this process")]
fn say(what: &str) {
    println!("@{what}");
}

/// Puts a key into the bookmarks, wherever they are served by then.
async fn put(local: &Local, key: &str) {
    loop {
        let url = local.endpoint().await.unwrap();
        let bearer = format!("Bearer {}", local.token().unwrap().expose_secret());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let address = url.strip_prefix("http://").unwrap();
        match try_http(address, "PUT", &format!("/bookmarks/{key}"), &headers, b"1").await {
            Ok(reply) if reply.status == 201 => return,
            // The one that served it has ended: ask again where it is.
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
