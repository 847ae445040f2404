//! `serve` reads its handlers again on HUP: nothing that runs is lost, and what is wrong changes nothing.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::env::{Running, TestEnv, is_alive};

const STREAM: &str = r#"
while read -r line; do
    id=${line#*\"id\":\"}
    printf '{"id": "%s", "result": {"pid": %s}}\n' "${id%%\"*}" $$
done
echo bye >> bye
"#;

struct Worker {
    env: TestEnv,
    worker: Running,
    _store: Running,
    reloads: usize,
}

impl Worker {
    fn new(file: &str) -> Self {
        let env = TestEnv::new();
        let (store, _url) = env.serve_store(&[]);
        env.script("stream.sh", STREAM);
        env.file("oada-jobs.toml", file);
        let worker = env.serve(&["--list-again", "1h"]);
        Self { env, worker, _store: store, reloads: 0 }
    }

    /// Writes the file, sends HUP and waits for what is told then.
    fn reload(&mut self, file: &str, told: &str) -> String {
        self.env.file("oada-jobs.toml", file);
        self.worker.signal(Signal::HUP);
        self.reloads += 1;
        self.env.wait_for(told, || {
            let text = self.worker.stderr.text();
            let lines: Vec<&str> = text.lines().filter(|line| line.contains("handlers")).collect();
            let line = lines.get(self.reloads - 1)?;
            assert!(line.contains(told), "{told:?} is not in {line}");
            Some((*line).to_owned())
        })
    }

    fn result(&self, key: &str) -> Value {
        self.env.ok(&["job", "wait", key, "--timeout", "30s"]);
        self.env.records(&["job", "show", key])[0]["result"].clone()
    }

    fn waits_in(&self, key: &str, status: &str) {
        self.env.wait_for(status, || {
            (self.env.records(&["job", "show", key])[0]["status"] == status).then_some(())
        });
    }

    fn path(&self, name: &str) -> PathBuf {
        self.env.path().join(name)
    }
}

#[test]
fn running_jobs_end_by_the_old_handler_and_new_ones_have_the_new() {
    let old = "[handlers.t]\ncommand = \"while [ ! -e go ]; do sleep 0.05; done; echo old\"\n";
    let mut worker = Worker::new(old);
    let first = worker.env.post(&["t"]);
    worker.waits_in(&first, "running");
    worker.reload("[handlers.t]\ncommand = \"echo new\"\n", "changed=[\"t\"]");
    let second = worker.env.post(&["t"]);
    assert_eq!(worker.result(&second), json!({"output": "new"}));
    assert_eq!(worker.env.records(&["job", "show", &first])[0]["status"], "running");
    let wrong = worker.reload("[handlers.t]\ncommand = \"echo newer\"\nretires = 2\n", "stay as they are");
    assert!(wrong.contains("ERROR") && wrong.contains("oada-jobs.toml:3: handlers.t.retires"), "{wrong}");
    assert!(wrong.contains("is it \\\"retries\\\"?"), "{wrong}");
    worker.reload("[handlers.t]\ncommand = \"./gone.sh\"\n", "./gone.sh: No such file");
    worker.reload("", "no handler is given");
    let third = worker.env.post(&["t"]);
    assert_eq!(worker.result(&third), json!({"output": "new"}));
    fs::write(worker.path("go"), "").unwrap();
    assert_eq!(worker.result(&first), json!({"output": "old"}));
    worker.worker.signal(Signal::TERM);
    assert_eq!(worker.worker.ended().code(), Some(0));
}

#[test]
fn handlers_come_and_go() {
    let mut worker = Worker::new("[handlers.t]\ncommand = \"echo t\"\n");
    let early = worker.env.post(&["u"]);
    worker.worker.stderr.line_with("left alone");
    worker.reload("[handlers.\"u*\"]\ncommand = \"echo u\"\n", "added=[\"u*\"] changed=[] removed=[\"t\"]");
    assert_eq!(worker.result(&early), json!({"output": "u"}));
    worker.env.wait_for("the types in the worker's record", || {
        (worker.env.records(&["worker", "ls"])[0]["types"] == "u*").then_some(())
    });
    let late = worker.env.post(&["t"]);
    let after = worker.env.post(&["u"]);
    worker.result(&after);
    worker.waits_in(&late, "pending");
    worker.reload("[handlers.t]\ncommand = \"echo again\"\n", "added=[\"t\"]");
    assert_eq!(worker.result(&late), json!({"output": "again"}));
}

#[test]
fn a_broken_handler_is_tried_again_at_once() {
    let mut worker = Worker::new("[handlers.t]\ncommand = \"exit 127\"\n");
    let key = worker.env.post(&["t"]);
    worker.worker.stderr.line_with("handler cannot be started");
    // It would rest for a minute, which is longer than any test waits.
    worker.reload("[handlers.t]\ncommand = \"echo mended\"\n", "changed=[\"t\"]");
    assert_eq!(worker.result(&key), json!({"output": "mended"}));
}

#[test]
fn a_program_that_is_deleted_while_its_handler_serves_costs_no_job() {
    let handler = |timeout: &str| format!("[handlers.t]\ncommand = \"./job.sh\"\ntimeout = \"{timeout}\"\n");
    let mut worker = Worker::new("[handlers.t]\ncommand = \"true\"\n");
    worker.env.script("job.sh", "rm job.sh; echo first");
    worker.reload(&handler("1m"), "changed=[\"t\"]");
    let first = worker.env.post(&["t"]);
    assert_eq!(worker.result(&first), json!({"output": "first"}));
    let second = worker.env.post(&["t"]);
    let told = worker.worker.stderr.line_with("handler cannot be started");
    assert!(told.contains("job.sh was not found"), "{told}");
    worker.waits_in(&second, "pending");
    worker.env.script("job.sh", "echo again");
    worker.reload(&handler("2m"), "changed=[\"t\"]");
    assert_eq!(worker.result(&second), json!({"output": "again"}));
}

#[test]
fn processes_of_a_changed_stream_are_replaced_when_they_are_idle() {
    let stream = |job_type: &str, more: &str| {
        format!("[handlers.{job_type}]\ncommand = \"./stream.sh\"\nmode = \"stream\"\n{more}\n")
    };
    let mut worker = Worker::new(&(stream("a", "") + &stream("b", "")));
    let pid = |worker: &Worker, job_type: &str| {
        let key = worker.env.post(&[job_type]);
        u32::try_from(worker.result(&key)["pid"].as_u64().unwrap()).unwrap()
    };
    let (a, b) = (pid(&worker, "a"), pid(&worker, "b"));
    worker.reload(
        &(stream("a", "env = { NEW = \"1\" }") + &stream("b", "timeout = \"1m\"")),
        "changed=[\"a\", \"b\"]",
    );
    worker.env.wait_for("the end of the old process", || (!is_alive(a)).then_some(()));
    assert_eq!(fs::read_to_string(worker.path("bye")).unwrap(), "bye\n", "it was killed");
    assert_ne!(pid(&worker, "a"), a);
    assert_eq!(pid(&worker, "b"), b, "a process was replaced that need not be");
    worker.reload(&stream("a", "env = { NEW = \"1\" }"), "removed=[\"b\"]");
    worker.env.wait_for("the end of the removed process", || (!is_alive(b)).then_some(()));
    worker.worker.signal(Signal::TERM);
    assert_eq!(worker.worker.ended().code(), Some(0));
    assert_eq!(fs::read_to_string(worker.path("bye")).unwrap(), "bye\n".repeat(3), "one was killed");
}
