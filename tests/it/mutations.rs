//! That `tests/mutations/run` can still make all its mutations: each is a text that must stand in the tree.

use std::path::Path;
use std::process::Command;

#[test]
fn all_mutations_can_be_made() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/run");
    let checked = Command::new("python3").arg(script).arg("--check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
