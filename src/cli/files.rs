//! Configuration files: ours, and the one of OADA/cli.
//!
//! Owns their syntax, and naming the line that is wrong. A file is never executed and never skipped.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

use super::config::FILE_KEYS;
use super::error::{Exit, Failure};
use super::tree::{self, Node, Value};

/// The table that holds a table for each type of jobs.
pub(super) const HANDLERS: &str = "handlers";

/// A file of settings.
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    values: BTreeMap<String, Node>,
    /// The handlers that it defines.
    pub(super) handlers: Option<HandlersFile>,
}

/// The handlers that a file defines, as they stand in it.
#[derive(Clone)]
pub(super) struct HandlersFile {
    pub(super) path: PathBuf,
    pub(super) tables: Vec<tree::Member>,
}

impl std::fmt::Debug for HandlersFile {
    /// Leaves the tables out: the environment of a handler may hold what is nobody else's to read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlersFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl HandlersFile {
    /// The folder from which its relative paths are seen.
    pub(super) fn folder(&self) -> PathBuf {
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        path.parent().map(Path::to_owned).unwrap_or_default()
    }
}

/// The failure for a value of a file that cannot be used.
pub(super) fn wrong(path: &Path, line: usize, key: &str, reason: &str) -> Failure {
    Failure::usage(format!("cannot use {}:{line}: {key}: {reason}", path.display()))
}

/// The failure for a key that is none.
pub(super) fn unknown_key<'a>(
    (path, line): (&Path, usize),
    (prefix, key): (&str, &str),
    known: impl IntoIterator<Item = &'a str>,
) -> Failure {
    let failure = wrong(path, line, &format!("{prefix}{key}"), "there is no such key");
    match nearest_word(key, known) {
        Some(guess) => failure.hint(format!("is it {guess:?}?")),
        None => failure.hint("see the keys with `oada-jobs help environment`"),
    }
}

impl ConfigFile {
    /// Reads a file; unknown keys are told in `warnings`.
    pub(super) fn read(path: &Path, warnings: &mut Vec<String>) -> Result<Self, Failure> {
        let text = read(path)?;
        let members = tree::parse(&text).map_err(|(line, reason)| {
            Failure::usage(format!("cannot read {}:{line}: {reason}", path.display()))
        })?;
        let mut file = Self { path: path.to_owned(), values: BTreeMap::new(), handlers: None };
        for tree::Member { key, line, node } in members {
            match node.value {
                Value::Table(tables) if key == HANDLERS => {
                    file.handlers = Some(HandlersFile { path: path.to_owned(), tables });
                }
                _ if key == HANDLERS => return Err(file.wrong(line, &key, "must be a table")),
                value if FILE_KEYS.contains(&key.as_str()) => {
                    file.values.insert(key, Node { line, value });
                }
                // A handler that is not seen would leave its jobs lying.
                Value::Table(_) => return Err(unknown_key((path, line), ("", &key), [HANDLERS])),
                _ => {
                    let guess = nearest_word(&key, FILE_KEYS).map(|known| format!("; is it {known:?}?"));
                    warnings.push(format!(
                        "{}:{line}: unknown key {key:?}, ignored{}",
                        path.display(),
                        guess.unwrap_or_default()
                    ));
                }
            }
        }
        if file.values.contains_key("token") {
            warnings.extend(readable_token(path));
        }
        Ok(file)
    }

    /// A value as text, with its line.
    pub(super) fn text(&self, key: &str) -> Result<Option<(String, usize)>, Failure> {
        let Some(Node { line, value }) = self.values.get(key) else { return Ok(None) };
        match value {
            Value::Text(text) => Ok(Some((text.clone(), *line))),
            Value::Truth(truth) if is_truth(key) => Ok(Some((truth.to_string(), *line))),
            _ if is_truth(key) => Err(self.wrong(*line, key, "must be true or false")),
            _ => Err(self.wrong(*line, key, "must be a string")),
        }
    }

    /// The failure for a value that cannot be used.
    pub(super) fn wrong(&self, line: usize, key: &str, reason: &str) -> Failure {
        wrong(&self.path, line, key, reason)
    }
}

/// Whether a key is either true or false.
pub(super) fn is_truth(key: &str) -> bool {
    matches!(key, "insecure" | "read_only")
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        let failure = Failure::new(Exit::Usage, format!("cannot read {}: {error}", path.display()));
        if error.kind() == io::ErrorKind::NotFound { failure.hint("check --config-file") } else { failure }
    })
}

/// The warning for a file with a token that anybody but its owner may read.
pub(super) fn readable_token(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    (metadata.is_file() && metadata.permissions().mode() & 0o077 != 0)
        .then(|| format!("{} holds a token and others may read it: chmod 600 {0}", path.display()))
}

/// The word that was probably meant.
pub(super) fn nearest_word<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (text.chars().count() / 3).max(1);
    let near = words.into_iter().map(|word| (distance(text, word), word)).min()?;
    (near.0 <= limit).then_some(near.1)
}

/// How many letters must be changed, added, removed or swapped with their neighbour to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            let mut best =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + usize::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// A `.oadacli.json`, as OADA/cli keeps it.
pub(super) struct OadaCli {
    pub(super) path: PathBuf,
    content: OadaCliContent,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OadaCliContent {
    domain: Option<String>,
    token: Option<String>,
    domains: BTreeMap<String, OadaCliDomain>,
}

#[derive(Deserialize)]
struct OadaCliDomain {
    domain: Option<String>,
    token: Option<SecretString>,
}

impl OadaCli {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = read(path)?;
        let content = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!("cannot read {}:{}: {error}", path.display(), error.line()))
        })?;
        Ok(Self { path: path.to_owned(), content })
    }

    /// Its settings in the form of ours.
    pub(super) fn as_config(&self) -> ConfigFile {
        let pairs = [("domain", &self.content.domain), ("token", &self.content.token)];
        let values = pairs
            .into_iter()
            .filter_map(|(key, text)| {
                Some((key.to_owned(), Node { line: 1, value: Value::Text(text.clone()?) }))
            })
            .collect();
        ConfigFile { path: self.path.clone(), values, handlers: None }
    }

    /// The host and the token of a domain, by its name in the map or by its host.
    pub(super) fn domain(&self, name: &str) -> Option<(String, Option<SecretString>)> {
        let by_name = self.content.domains.get_key_value(name);
        let by_host = || self.content.domains.iter().find(|(_, entry)| entry.domain.as_deref() == Some(name));
        let (key, entry) = by_name.or_else(by_host)?;
        Some((entry.domain.clone().unwrap_or_else(|| key.clone()), entry.token.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_are_guessed() {
        assert_eq!(nearest_word("domian", FILE_KEYS), Some("domain"));
        assert_eq!(nearest_word("xyzzy", FILE_KEYS), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
