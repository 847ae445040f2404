//! Real processes, really killed: several workers and one store, with a handler that writes down each of its runs.
//!
//! Workers are killed and stopped at random, and so is the store, while jobs are worked off. In the end each job stands
//! in exactly one final list, and has been run once, plus at most once for each attempt that a kill interrupted.
//! `OADA_JOBS_CHAOS_JOBS` and `OADA_JOBS_CHAOS_SECONDS` make it longer: 5000 and 120 for the full test.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use oada_jobs::jobs::{self, NewJob, ServiceRoot};
use oada_jobs::oada::{Client, Domain};
use rustix::process::Signal;

use crate::sim::Random;
use crate::support::env::{Running, TestEnv};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

struct Chaos {
    env: TestEnv,
    url: String,
    workers: Vec<Running>,
    store: Running,
    random: Random,
    killed: u32,
}

impl Chaos {
    fn begin(seed: u64) -> Self {
        let env = TestEnv::new();
        env.script("work.sh", "read -r job\necho \"$OADA_JOB_KEY\" >> runs\nsleep 0.3\necho done");
        let (store, url) = env.serve_store(&[]);
        let url = url[url.find("http").unwrap()..].split_whitespace().next().unwrap().to_owned();
        let token = fs::read_to_string(env.path().join("home/.local/share/oada-jobs/token")).unwrap();
        env.file("token", &token);
        let mut chaos = Self { env, url, workers: Vec::new(), store, random: Random::new(seed), killed: 0 };
        for _ in 0..4 {
            let worker = chaos.worker();
            chaos.workers.push(worker);
        }
        chaos
    }

    fn worker(&self) -> Running {
        let args = [
            "serve",
            "-d",
            &self.url,
            "--token-file",
            "token",
            "--handler",
            "work=./work.sh",
            "--concurrency",
            "3",
        ];
        self.env.spawn(&[&args[..], &["--max-attempts", "1000"]].concat())
    }

    async fn post(&self, count: u64) {
        let token = fs::read_to_string(self.env.path().join("token")).unwrap();
        let client = Client::builder(Arc::new(Domain::parse(&self.url).unwrap())).token(token.into());
        let (client, root) = (client.build().unwrap(), ServiceRoot::named("oada-jobs").unwrap());
        let layout = jobs::posting_layout(&client, &root, None).await.unwrap();
        let mut posted = Vec::new();
        for _ in 0..count {
            let job = NewJob::new("work", serde_json::Map::new());
            posted.push(jobs::create(&client, &root, layout, &job).await.unwrap());
        }
        jobs::link(&client, &root, layout, &posted).await.unwrap();
    }

    fn disturb(&mut self) {
        let index = usize::try_from(self.random.below(4)).unwrap();
        match self.random.below(10) {
            0..=4 => {
                self.workers[index].crash();
                self.workers[index] = self.worker();
                self.killed += 1;
            }
            5..=7 => {
                self.workers[index].signal(Signal::STOP);
                thread::sleep(Duration::from_millis(self.random.below(1500)));
                self.workers[index].signal(Signal::CONT);
            }
            _ => {
                self.store.crash();
                let listen = self.url.trim_start_matches("http://").trim_end_matches('/');
                self.store = self.env.spawn(&["store", "serve", "--listen", listen]);
                self.store.stdout.line_with("://");
            }
        }
    }

    fn list(&self, status: &str) -> Vec<String> {
        let args = [
            "job",
            "ls",
            "-d",
            &self.url,
            "--token-file",
            "token",
            "--status",
            status,
            "--all",
            "-o",
            "name",
        ];
        self.env.ok(&args).lines().map(str::to_owned).collect()
    }
}

#[test]
fn every_job_is_filed_once_while_workers_and_store_are_killed() {
    let jobs = number("OADA_JOBS_CHAOS_JOBS", 200);
    let seconds = number("OADA_JOBS_CHAOS_SECONDS", 15);
    let seed = number("OADA_JOBS_SEED", u64::from(std::process::id()));
    let mut chaos = Chaos::begin(seed);
    tokio::runtime::Runtime::new().unwrap().block_on(chaos.post(jobs));

    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(200 + chaos.random.below(1500)));
        chaos.disturb();
    }
    // Dead workers of this host are known to be dead at once; the one that hung is not waited for.
    let deadline = Instant::now() + Duration::from_secs(180 + seconds);
    while !chaos.list("pending").is_empty() || !chaos.list("running").is_empty() {
        assert!(Instant::now() < deadline, "seed {seed}: jobs are left: {:?}", chaos.list("pending"));
        thread::sleep(Duration::from_millis(500));
    }
    let success = chaos.list("success");
    assert_eq!((success.len() as u64, chaos.list("failure").len()), (jobs, 0), "seed {seed}");
    let mut runs: BTreeMap<String, u32> = BTreeMap::new();
    for key in fs::read_to_string(chaos.env.path().join("runs")).unwrap().lines() {
        *runs.entry(key.to_owned()).or_default() += 1;
    }
    let more_than_once: u32 = runs.values().map(|times| times - 1).sum();
    eprintln!(
        "seed {seed}: {jobs} jobs, {} workers killed, {more_than_once} runs repeated after a kill",
        chaos.killed
    );
    assert_eq!(runs.len() as u64, jobs, "seed {seed}: a job was filed without having been run");
    assert!(more_than_once <= chaos.killed * 3, "seed {seed}: more runs than kills can explain");
}

#[test]
fn what_a_killed_worker_left_running_is_stopped_before_its_job_runs_again() {
    let env = TestEnv::new();
    let script = "read -r job\nif [ \"$OADA_JOB_ATTEMPT\" = 1 ]; then echo $$ > first; exec sleep 1000; fi\n\
                  case $(cut -d' ' -f3 /proc/$(cat first)/stat 2>/dev/null) in ''|Z) echo alone ;; *) echo both ;; esac";
    env.script("work.sh", script);
    let (_store, _url) = env.serve_store(&[]);
    env.post(&["work"]);
    let mut worker = env.serve(&["--handler", "work=./work.sh"]);
    env.wait_for("the first run", || env.path().join("first").exists().then_some(()));
    worker.crash();
    let _next = env.serve(&["--handler", "work=./work.sh"]);
    let jobs = env.wait_for_jobs(1, &["--status", "success"]);
    assert_eq!(jobs[0]["result"], serde_json::json!({"output": "alone"}));
    assert_eq!(jobs[0]["attempt"], 2);
}
