//! Looking after the data folder: check, copies, compaction, figures.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;

use serde_json::json;

use crate::support::env::TestEnv;

#[test]
fn a_copy_that_is_made_while_the_store_is_served_makes_a_folder_with_the_jobs() {
    let env = TestEnv::new();
    let (mut store, _url) = env.serve_store(&[]);
    let key = env.post(&["t", "--set", "n=1"]);
    let done = env.records(&["store", "backup", "copy"]).remove(0);
    let copy = env.path().join("copy");
    let there = fs::canonicalize(done["file"].as_str().unwrap()).unwrap();
    assert_eq!((there, &done["done"]), (fs::canonicalize(&copy).unwrap(), &json!("copied")));
    env.post(&["t", "--set", "n=2"]);
    env.run(&["store", "backup", "copy"]).failed(5, "already exists", "not there");
    env.run(&["store", "compact"]).failed(5, "is in use by process", "end process");
    env.run(&["store", "restore", "copy"]).failed(5, "is in use by process", "end process");
    store.crash();

    env.run(&["store", "restore", "copy"]).failed(5, "holds a store already", "--data-dir");
    let again = ["--data-dir", "again"];
    let made = env.records(&[&["store", "restore", "copy"], &again[..]].concat()).remove(0);
    assert_eq!(made["done"], "restored");
    let jobs = env.records(&[&["job", "ls"], &again[..]].concat());
    assert_eq!(jobs.iter().map(|job| &job["key"]).collect::<Vec<_>>(), [&json!(key)]);
    let compacted = env.records(&[&["store", "compact"], &again[..]].concat()).remove(0);
    assert!(compacted["bytes_after"].as_u64() <= compacted["bytes_before"].as_u64(), "{compacted}");
    assert_eq!(env.records(&[&["job", "ls"], &again[..]].concat()).len(), 1);
}

#[test]
fn a_healthy_folder_is_told_from_a_damaged_one() {
    let env = TestEnv::new();
    env.run(&["store", "check"]).failed(3, "no data folder", "--data-dir");
    let (mut store, _url) = env.serve_store(&[]);
    env.post(&["t"]);
    let served = env.records(&["store", "check"]).remove(0);
    assert_eq!((&served["state"], &served["problems"]), (&json!("ok"), &json!([])));
    assert!(served["resources"].as_u64() > Some(3), "{served}");
    store.crash();
    assert_eq!(env.records(&["store", "check"]).remove(0), served);

    let data = env.path().join("home/.local/share/oada-jobs/store.redb");
    let file = OpenOptions::new().write(true).open(&data).unwrap();
    let length = fs::metadata(&data).unwrap().len();
    // The beginning is left whole: the file still looks like a store.
    for page in 1..length / 4096 {
        file.write_at(&[0x5a; 64], page * 4096 + 512).unwrap();
    }
    env.run(&["store", "check"]).failed(1, "store.redb is damaged", "restore");
    env.file("text", "no store at all");
    env.run(&["store", "restore", "text", "--data-dir", "new"]).failed(1, "is damaged", "--data-dir");
    env.run(&["store", "restore", "missing", "--data-dir", "new"]).failed(3, "missing", "check the path");
}

#[test]
fn figures_of_the_store_are_told_to_its_owner_alone() {
    let env = TestEnv::new();
    let (_store, url) = env.serve_store(&[]);
    env.post(&["t"]);
    let stats = env.records(&["store", "stats"]).remove(0);
    assert!(stats["rows"].as_u64() > Some(0) && stats["writes"].as_u64() > Some(0), "{stats}");
    assert!(env.ok(&["store", "stats", "-o", "table"]).contains("disk bytes"));
    let token = env.records(&["store", "token", "add", "other"]).remove(0);
    env.file("other.token", token["token"].as_str().unwrap());
    let other = ["store", "stats", "--domain", &url, "--token-file", "other.token"];
    env.run(&other).failed(4, "not allowed with this token", "data folder");
}
