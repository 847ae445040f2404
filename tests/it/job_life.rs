//! `docs/job-life.md` lists exactly the moves that the code allows.

use std::collections::BTreeSet;
use std::fs;

use oada_jobs::model::JobStatus;

#[test]
fn the_page_lists_the_moves_that_the_code_allows() {
    let states = [JobStatus::Pending, JobStatus::Running, JobStatus::Success, JobStatus::Failure];
    let allowed: BTreeSet<(String, String)> = states
        .iter()
        .flat_map(|from| states.iter().map(move |to| (from, to)))
        .filter(|(from, to)| from.may_become(**to))
        .map(|(from, to)| (from.as_str().to_owned(), to.as_str().to_owned()))
        .collect();
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/job-life.md")).unwrap();
    let is_state = |word: &str| states.iter().any(|state| state.as_str() == word);
    let listed: BTreeSet<(String, String)> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let (from, to) = (cells.next()?, cells.next()?);
            (is_state(from) && is_state(to)).then(|| (from.to_owned(), to.to_owned()))
        })
        .collect();
    assert_eq!(listed, allowed);
}
