//! `serve --metrics`: what Prometheus and a load balancer see of a worker.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use rustix::process::Signal;

use crate::support::env::{Running, TestEnv};

/// What an HTTP server answers: the status line, and the body.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

fn address(worker: &Running) -> String {
    let line = worker.stderr.line_with("metrics at ");
    let (_, rest) = line.split_once("http://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// The value of the metric with this name and these labels, in the order in which they stand.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn jobs_requests_and_costs_are_counted_and_health_tells_of_draining() {
    let env = TestEnv::new();
    let worker = env.serve(&[
        "--metrics",
        "127.0.0.1:0",
        "--handler",
        "good=true",
        "--handler",
        "bad=false",
        "--handler",
        "slow=while [ ! -e go ]; do sleep 0.05; done",
    ]);
    let address = address(&worker);
    let slow = env.post(&["slow"]);
    for job_type in ["good", "good", "bad"] {
        env.post(&[job_type]);
    }
    let seen = |series: &'static str, wanted: f64| {
        env.wait_for(series, || {
            let (status, text) = get(&address, "/metrics");
            assert!(status.contains("200"), "{status}");
            assert!(text.ends_with("# EOF\n"), "{text}");
            (value(&text, series) == Some(wanted)).then_some(text)
        })
    };
    seen(r#"oada_jobs_filed_total{service="oada-jobs",type="good"}"#, 2.0);
    seen(r#"oada_jobs_filed_total{service="oada-jobs",type="bad"}"#, 1.0);
    let text = seen(r#"oada_jobs_total{service="oada-jobs",type="slow",state="running"}"#, 1.0);
    for (series, wanted) in [
        (r#"oada_jobs_total{service="oada-jobs",type="good",state="success"}"#, 2.0),
        (r#"oada_jobs_total{service="oada-jobs",type="bad",state="failure"}"#, 1.0),
        (r#"oada_jobs_total{service="oada-jobs",type="good",state="running"}"#, 0.0),
        (r#"oada_jobs_run_seconds_count{service="oada-jobs",type="good",status="success"}"#, 2.0),
    ] {
        assert_eq!(value(&text, series), Some(wanted), "{series} in {text}");
    }
    for series in [
        "oada_jobs_requests_total",
        "oada_jobs_messages_total",
        r#"oada_jobs_cpu_seconds_total{of="handlers"}"#,
        r#"oada_jobs_peak_memory_bytes{of="worker"}"#,
    ] {
        assert!(value(&text, series).is_some_and(|value| value > 0.0), "{series} in {text}");
    }
    assert_eq!(get(&address, "/health"), ("HTTP/1.1 200 OK".to_owned(), "serving\n".to_owned()));

    worker.signal(Signal::TERM);
    env.wait_for("draining", || (get(&address, "/health").1 == "draining\n").then_some(()));
    assert!(get(&address, "/health").0.contains("503"));
    fs::write(env.path().join("go"), "").unwrap();
    env.ok(&["job", "wait", &slow, "--timeout", "30s"]);
}

#[test]
fn jobs_that_wait_at_gates_are_counted_by_type() {
    let env = TestEnv::new();
    let slow = "while [ ! -e go ]; do sleep 0.05; done";
    let (one, other) = (format!("one={slow}"), format!("t-*={slow}"));
    let flags = ["--handler", &one, "--handler", &other, "--concurrency", "one=1", "--key", "t-*=/config/to"];
    let worker = env.serve(&[&["--metrics", "127.0.0.1:0"][..], &flags].concat());
    let address = address(&worker);
    let seen = |wanted: [f64; 2]| {
        env.wait_for("the jobs that wait", || {
            let (_, text) = get(&address, "/metrics");
            let waiting = ["one", "t-*"].map(|job_type| {
                let series = format!(r#"oada_jobs_waiting{{service="oada-jobs",type="{job_type}"}}"#);
                value(&text, &series)
            });
            (waiting == wanted.map(Some)).then_some(())
        });
    };
    seen([0.0, 0.0]);
    for job_type in ["one", "t-a", "one", "t-b", "one"] {
        env.post(&[job_type, "--set", "to=x"]);
    }
    seen([2.0, 1.0]);
    fs::write(env.path().join("go"), "").unwrap();
    seen([0.0, 0.0]);
}

#[test]
fn an_address_in_use_is_told_before_any_job_runs() {
    let env = TestEnv::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let ran = env.run(&["serve", "--metrics", &at, "--handler", "t=true"]);
    ran.failed(1, &format!("cannot show metrics on {at}"), "--metrics 127.0.0.1:0");
    let ran = env.run(&["serve", "--metrics", "nowhere", "--handler", "t=true"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("invalid value 'nowhere' for '--metrics <ADDRESS>'"), "{ran:?}");
}
