//! One data folder and many processes: whoever comes first serves it, and when that one ends another does.

use std::collections::BTreeMap;

use oada_jobs::store::StoreOptions;
use serde_json::{Value, json};

use crate::support::process::Process;
use crate::support::server::{PATIENCE, Socket, TestStore, http};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_processes_at_once_share_one_store_and_take_over_from_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new");
    let mut processes: Vec<Process> = (0..20).map(|_| Process::start(&folder)).collect();
    for (number, process) in processes.iter_mut().enumerate() {
        process.order(&format!("put p{number}")).await;
    }
    let mut owners = Vec::new();
    for (number, process) in processes.iter_mut().enumerate() {
        if process.answer().await == "true" {
            owners.push(number);
        }
    }
    assert_eq!(owners.len(), 1, "{owners:?}");

    // The owner ends in order, then the next one dies; each time the others go on.
    processes.remove(owners[0]).end().await;
    let mut last = processes.pop().unwrap();
    last.order("put after-the-end").await;
    last.answer().await;
    let mut served_by_last = last;
    served_by_last.order("put still").await;
    if served_by_last.answer().await == "true" {
        served_by_last.kill().await;
    }
    let mut other = processes.pop().unwrap();
    other.order("put after-the-death").await;
    other.answer().await;

    other.order("where").await;
    let url = other.answer().await;
    let token = std::fs::read_to_string(folder.join("token")).unwrap();
    let bearer = format!("Bearer {token}");
    let address = url.strip_prefix("http://").unwrap();
    let bookmarks = http(address, "GET", "/bookmarks", &[("authorization", &bearer)], b"").await.json();
    for number in 0..20 {
        assert_eq!(bookmarks[format!("p{number}")], 1, "{number}");
    }
    for key in ["after-the-end", "still", "after-the-death"] {
        assert_eq!(bookmarks[key], 1, "{key}");
    }
    for process in processes {
        process.end().await;
    }
    other.end().await;
}

fn kills() -> u64 {
    std::env::var("OADA_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(200)
}

/// How many kills one folder goes through before a new one is taken, so that it stays small.
const KILLS_A_FOLDER: u64 = 25;
/// The first of them asks to be answered as soon as the disk alone has to be waited for.
const WRITERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_outlives_kill_9_in_the_middle_of_writing() {
    let (mut round, mut total) = (0, 0);
    while round < kills() {
        let folder = tempfile::tempdir().unwrap();
        let mut answered: BTreeMap<String, u64> = BTreeMap::new();
        let mut keys: Vec<String> = Vec::new();
        // The data file catches up not at all, every few writes, or with each of them.
        let mut options = StoreOptions::default();
        options.journal_bytes = [4 << 20, 16 << 10, 0][(round / KILLS_A_FOLDER % 3) as usize];
        let mut process = Process::with_options(folder.path(), &options);
        for _ in 0..KILLS_A_FOLDER.min(kills() - round) {
            process.order("where").await;
            let url = process.answer().await;
            let token = std::fs::read_to_string(folder.path().join("token")).unwrap();
            let address = url.strip_prefix("http://").unwrap().to_owned();
            // One alone is answered ahead of the disk each time.
            let writers: Vec<_> = (0..if round % 4 == 0 { 1 } else { WRITERS })
                .map(|writer| tokio::spawn(write_until_killed(address.clone(), token.clone(), writer, round)))
                .collect();
            // Any instant will do, and each round has another one.
            tokio::time::sleep(std::time::Duration::from_millis(5 + round * 7 % 40)).await;
            process.kill().await;
            for writer in writers {
                let seen = writer.await.unwrap();
                for (resource, rev) in seen.revs {
                    let known = answered.entry(resource).or_default();
                    *known = rev.max(*known);
                }
                keys.extend(seen.keys);
            }
            process = Process::with_options(folder.path(), &options);
            process.order("where").await;
            process.answer().await;
            verify(folder.path(), &answered, &keys).await;
            round += 1;
        }
        process.kill().await;
        total += answered.values().sum::<u64>();
        let whole = TestStore::again(folder).await;
        let report = whole.store.check().unwrap();
        assert!(report.is_clean(), "{:?}", report.problems);
    }
    assert!(total > 2 * round, "only {total} writes were answered in {round} rounds");
}

#[derive(Default)]
struct Seen {
    /// The last rev of each resource that was answered.
    revs: BTreeMap<String, u64>,
    /// The keys of the list that were answered.
    keys: Vec<String>,
}

async fn write_until_killed(address: String, token: String, writer: usize, round: u64) -> Seen {
    let mut seen = Seen::default();
    let Some(mut socket) = Socket::try_open(&address, "/", &token).await else { return seen };
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let ahead = json!({"x-oada-ahead": boot.trim()});
    if !socket.try_ask("w", "watch", "/bookmarks", ahead, None).await || socket.next_or_end().await.is_none()
    {
        return seen;
    }
    for number in 0.. {
        let own = format!("r{writer}-{}", number % 5);
        let key = format!("k{round}-{writer}-{number}");
        let link = json!({"_id": format!("resources/{own}"), "_rev": 0});
        let headers = json!({"content-type": "application/json", "x-oada-ahead": (writer == 0).to_string()});
        let asks: [(String, String, Value); 2] = [
            (own.clone(), format!("/resources/{own}"), json!({"n": number, "key": key})),
            ("list".to_owned(), "/resources/list".to_owned(), json!({&key: link})),
        ];
        for (resource, path, body) in asks {
            if !socket.try_ask("p", "put", &path, headers.clone(), Some(body)).await {
                return seen;
            }
            let Some(answer) = socket.next_or_end().await else { return seen };
            assert_eq!(answer["status"], 201, "{answer}");
            let rev = answer["headers"]["x-oada-rev"].as_str().unwrap().parse().unwrap();
            seen.revs.insert(resource.clone(), rev);
            if resource == "list" {
                seen.keys.push(key.clone());
            }
        }
    }
    seen
}

async fn verify(folder: &std::path::Path, answered: &BTreeMap<String, u64>, keys: &[String]) {
    let endpoint: Value =
        serde_json::from_slice(&std::fs::read(folder.join("endpoint.json")).unwrap()).unwrap();
    let address = endpoint["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let bearer = format!("Bearer {}", std::fs::read_to_string(folder.join("token")).unwrap());
    let headers = [("authorization", bearer.as_str())];
    for (resource, rev) in answered {
        let head = http(&address, "HEAD", &format!("/resources/{resource}"), &headers, b"").await;
        assert_eq!(head.status, 200, "{resource} at {rev}");
        assert!(head.rev() >= *rev, "{resource} is at {}, {rev} was answered", head.rev());
    }
    if !keys.is_empty() {
        let list = http(&address, "GET", "/resources/list", &headers, b"").await.json();
        let lost: Vec<&String> = keys.iter().filter(|key| list.get(key.as_str()).is_none()).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
    let report = http(&address, "POST", "/store/check", &headers, b"").await.json();
    assert_eq!(report["problems"], json!([]));
}

/// How many links the long list has. With 1,000,000 it takes some minutes.
fn links() -> u64 {
    std::env::var("OADA_LINKS").ok().and_then(|links| links.parse().ok()).unwrap_or(150_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_sent_over_a_socket_without_being_held_in_memory() {
    const PART: u64 = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let mut options = StoreOptions::default();
    options.cache_bytes = 1 << 20;
    let mut filling = Process::with_options(folder.path(), &options);
    filling.order("where").await;
    let url = filling.answer().await;
    let token = std::fs::read_to_string(folder.path().join("token")).unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for part in 0..links() / PART {
        let link =
            |number: u64| (format!("k{number:08}"), json!({"_id": format!("resources/r{number:024}")}));
        let links: serde_json::Map<_, _> = (part * PART..(part + 1) * PART).map(link).collect();
        let body = Value::Object(links).to_string();
        let address = url.strip_prefix("http://").unwrap();
        assert_eq!(http(address, "PUT", "/resources/list", &headers, body.as_bytes()).await.status, 201);
    }
    filling.end().await;

    let mut process = Process::with_options(folder.path(), &options);
    process.order("where").await;
    let url = process.answer().await;
    let mut socket = Socket::open(url.strip_prefix("http://").unwrap(), "/", &token).await;
    socket.ask("h", "head", "/resources/list", json!({}), None).await;
    assert_eq!(socket.next().await["status"], 200);
    let before = process.peak_memory();
    socket.ask("g", "get", "/resources/list", json!({}), None).await;
    socket.ask("p", "ping", "", json!({}), None).await;
    let answers = async { (socket.next_or_end().await, socket.next_or_end().await) };
    let (list, ping) = tokio::time::timeout(PATIENCE * 10, answers).await.unwrap();
    let grown = process.peak_memory() - before;
    let (list, ping) = (list.unwrap(), ping.unwrap());
    assert_eq!((&list["status"], &ping["status"]), (&json!(200), &json!(204)));
    assert_eq!(list["data"].as_object().unwrap().len() as u64, links() + 4);
    // The message is 9 MB or more.
    assert!(grown < 5_000_000, "memory grew by {grown} bytes");
    process.end().await;
}
