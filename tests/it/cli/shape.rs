//! Which members of results are shown, and in which order.

use serde_json::{Value, json};

use crate::support::env::TestEnv;

fn some_jobs() -> TestEnv {
    let env = TestEnv::new();
    for n in [20, 3, 100] {
        env.post(&["t", "--set", &format!("n={n}"), "--set", "to=a"]);
    }
    env
}

#[test]
fn members_are_chosen_in_every_format() {
    let env = some_jobs();
    let list = |args: &[&str]| {
        env.ok(&[&["job", "ls", "--columns", "status,config.n", "--sort", "config.n:desc"], args].concat())
    };
    let first: Value = serde_json::from_str(list(&[]).lines().next().unwrap()).unwrap();
    assert_eq!(first, json!({"status": "pending", "config.n": 100}));
    let json: Vec<Value> = serde_json::from_str(&list(&["-o", "json"])).unwrap();
    assert_eq!((json.len(), &json[0]), (3, &first));
    assert!(list(&["-o", "csv"]).starts_with("status,config.n\npending,"));
    assert!(list(&["-o", "yaml"]).contains("config.n: 100"));
    assert!(list(&["-o", "table"]).starts_with("STATUS   CONFIG.N\npending  100\n"));
    assert_eq!(list(&["-o", "name"]).lines().next().unwrap().len(), 27);
    // By the heading too, and a time is shown as one.
    let table = env.ok(&["job", "ls", "-o", "table", "--columns", "KEY,when,posted", "--limit", "1"]);
    assert!(table.contains(" ago"), "{table}");
    env.run(&["job", "ls", "--columns", "kei"]).failed(2, "no member \"kei\"", "\"key\"");
    env.run(&["job", "ls", "--columns", "xyzzy"]).failed(2, "no member", "there are attempt, config");
}

#[test]
fn members_of_a_single_result_are_chosen_too() {
    let env = some_jobs();
    let show =
        |args: &[&str]| env.ok(&[&["job", "show", "@last", "--columns", "type,config.to"], args].concat());
    assert_eq!(serde_json::from_str::<Value>(&show(&[])).unwrap(), json!({"type": "t", "config.to": "a"}));
    assert_eq!(show(&["-o", "table"]), "type        t\nconfig.to   a\n");
    env.run(&["job", "show", "@last", "--columns", "tipe"]).failed(2, "\"tipe\"", "\"type\"");
}

#[test]
fn listings_are_sorted_whole_and_cut_afterwards() {
    let env = some_jobs();
    let numbers = |args: &[&str]| -> Vec<Value> {
        let ran = env.records(&[&["job", "ls", "--sort"], args].concat());
        ran.into_iter().map(|job| job["config"]["n"].clone()).collect()
    };
    assert_eq!(numbers(&["config.n"]), [json!(3), json!(20), json!(100)]);
    assert_eq!(numbers(&["config.n:desc"]), [json!(100), json!(20), json!(3)]);
    assert_eq!(numbers(&["config.n", "--limit", "1"]), [json!(3)]);
    let cut = env.run(&["job", "ls", "--sort", "config.n", "--limit", "2"]);
    assert!(cut.stderr.contains("the first 2 of 3 in this order are shown"), "{cut:?}");
    let names = env.ok(&["job", "ls", "-o", "name", "--sort", "config.n"]);
    let sorted = env.records(&["job", "ls", "--sort", "config.n"]);
    assert_eq!(names.lines().collect::<Vec<_>>(), sorted.iter().map(|job| &job["key"]).collect::<Vec<_>>());
    env.run(&["job", "ls", "--sort", "nothing"]).failed(2, "no member \"nothing\"", "there are");
    let bad = env.run(&["job", "ls", "--sort", "key:up"]);
    assert!(bad.code == Some(2) && bad.stderr.contains("neither asc nor desc"), "{bad:?}");
    assert_eq!(env.ok(&["worker", "ls", "--sort", "id", "-o", "json"]), "[]\n");
}
