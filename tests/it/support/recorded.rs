//! Conversations that were recorded with the reference server, and what a store holds compared with them.
//!
//! Owns how recorded and actual documents are walked side by side: `<id:1>` and its like stand for whatever is met
//! first and for the same ever after. What else may differ is said by the caller, place by place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use oada_jobs::model::new_key;
use serde_json::{Map, Value, json};

use super::deployed::{PATIENCE, StoreProcess};
use super::tap::{self, Tap};

/// Where the recordings are; where there are none it is said, and in CI is an error.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = match std::env::var_os("OADA_TRANSCRIPTS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/transcripts"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "no recordings at {}", folder.display());
    skipped(&folder);
    None
}

#[expect(clippy::print_stdout, reason = "a test that did nothing should not look like one that passed")]
fn skipped(folder: &std::path::Path) {
    println!("skipped: no recordings at {}", folder.display());
}

/// A recorded conversation.
pub(crate) struct Talk {
    recording: Value,
}

impl Talk {
    /// The conversation of this name, where there are recordings.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let file = folder()?.join(format!("{name}.json"));
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Some(Self { recording: serde_json::from_slice(&text).unwrap() })
    }

    /// What the client's promise gave.
    pub(crate) fn client_result(&self) -> &Value {
        &self.recording["client_result"][0]
    }

    /// The documents at the end, by the path they were first met at.
    pub(crate) fn documents_after(&self) -> &Map<String, Value> {
        self.recording["documents_after"].as_object().unwrap()
    }

    /// What `client`, `worker` or `poster` asked, and what it was answered.
    pub(crate) fn exchanges(&self, who: &str) -> Vec<Value> {
        tap::recorded(self.recording["frames"].as_array().unwrap(), who)
    }

    /// Puts the documents of the beginning into an empty store.
    pub(crate) async fn plant(&self, store: &StoreProcess) {
        let documents = self.recording["documents_before"].as_object().unwrap();
        let mut symbols = Symbols::default();
        symbols.learn("<date>", &jiff::Timestamp::now().strftime("%Y-%m-%d").to_string());
        // The deepest first, so that versioned links find what they link to.
        let mut paths: Vec<&String> = documents.keys().collect();
        paths.sort_by_key(|path| std::cmp::Reverse(path.matches('/').count()));
        for path in paths {
            let content_type = documents[path]["_type"].as_str().unwrap();
            let body = symbols.planted(&documents[path]);
            if path == "/bookmarks" {
                store.put(path, content_type, &body).await;
            } else {
                let id = symbols.filled(documents[path]["_id"].as_str().unwrap());
                store.put(&format!("/{id}"), content_type, &body).await;
            }
        }
    }
}

/// What symbols stand for, as far as it is known.
#[derive(Clone, Default)]
struct Symbols {
    known: BTreeMap<String, String>,
}

impl Symbols {
    fn learn(&mut self, symbol: &str, meaning: &str) {
        self.known.insert(symbol.to_owned(), meaning.to_owned());
    }

    /// A text with fresh ids in the place of symbols that stand for nothing yet.
    fn filled(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        while let Some((start, end)) = first_symbol(&text) {
            let symbol = text[start..end].to_owned();
            let meaning = self.known.entry(symbol).or_insert_with(new_key).clone();
            text.replace_range(start..end, &meaning);
        }
        text
    }

    /// A recorded document as the body of a write: without what the store sets itself, its links not yet followed.
    fn planted(&mut self, recorded: &Value) -> Value {
        let Value::Object(members) = recorded else {
            return match recorded {
                Value::String(text) => self.filled(text).into(),
                other => other.clone(),
            };
        };
        let is_document = members.contains_key("_type");
        let own = members.iter().filter(|(key, _)| !(is_document && key.starts_with('_')));
        own.map(|(key, value)| {
            let value = if key == "_rev" { json!(0) } else { self.planted(value) };
            (self.filled(key), value)
        })
        .collect::<Map<_, _>>()
        .into()
    }

    /// Whether `actual` is what was recorded. What unknown symbols stand for is learnt on the way.
    fn match_text(&mut self, recorded: &str, actual: &str) -> bool {
        if recorded == "<any>" || recorded == "<stack>" {
            return true;
        }
        if recorded == "<time>" {
            return actual.parse::<jiff::Timestamp>().is_ok();
        }
        let Some((start, end)) = first_symbol(recorded) else { return recorded == actual };
        let (symbol, after) = (&recorded[start..end], &recorded[end..]);
        let Some(rest) = actual.strip_prefix(&recorded[..start]) else { return false };
        let length = match self.known.get(symbol) {
            Some(meaning) if rest.starts_with(meaning.as_str()) => meaning.len(),
            Some(_) => return false,
            None => {
                let fits = |c: char| c.is_ascii_alphanumeric() || (symbol == "<date>" && c == '-');
                let length = if symbol == "<date>" { "YYYY-MM-DD".len() } else { new_key().len() };
                let meaning = rest.get(..length).filter(|meaning| meaning.chars().all(fits));
                let Some(meaning) = meaning else { return false };
                self.learn(symbol, meaning);
                length
            }
        };
        self.match_text(after, &rest[length..])
    }
}

/// Where the first symbol of a text begins and ends.
fn first_symbol(text: &str) -> Option<(usize, usize)> {
    let start = text.find('<')?;
    let end = start + text[start..].find('>')? + 1;
    Some((start, end))
}

/// How revs are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revs {
    /// The same writes were made, so each rev is as recorded.
    Exact,
    /// Another number of writes led to the same: a rev must stand where one was recorded.
    Present,
}

/// A comparison of what is with what was recorded.
pub(crate) struct Comparison {
    revs: Revs,
    /// Endings of places, and members that may be there without having been recorded.
    ours: Vec<(&'static str, &'static str)>,
    /// Endings of places, and members that were recorded and need not be there.
    theirs: Vec<(&'static str, &'static str)>,
    symbols: Symbols,
    differences: Vec<String>,
}

impl Comparison {
    pub(crate) fn new(revs: Revs) -> Self {
        Self { revs, ours: vec![], theirs: vec![], symbols: Symbols::default(), differences: vec![] }
    }

    /// Allows members that were not recorded, where the place ends with `place`.
    pub(crate) fn ours(mut self, place: &'static str, members: &[&'static str]) -> Self {
        self.ours.extend(members.iter().map(|member| (place, *member)));
        self
    }

    /// Allows that recorded members are missing, where the place ends with `place`.
    pub(crate) fn theirs(mut self, place: &'static str, members: &[&'static str]) -> Self {
        self.theirs.extend(members.iter().map(|member| (place, *member)));
        self
    }

    /// Compares a value of the same conversation.
    pub(crate) fn and(mut self, what: &str, recorded: &Value, actual: &Value) -> Self {
        self.value(what, recorded, actual);
        self
    }

    /// Compares requests of the same conversation with what a tap has heard, each with its answer.
    pub(crate) fn and_heard(self, recorded: Vec<Value>, tap: &Tap) -> Self {
        self.and("requests", &recorded.into(), &tap.exchanges().into())
    }

    /// The same with a part of what a tap has heard, but for how often in a row the same was asked.
    pub(crate) fn and_heard_once(self, mut recorded: Vec<Value>, mut heard: Vec<Value>) -> Self {
        recorded.dedup();
        heard.dedup();
        self.and("requests", &recorded.into(), &heard.into())
    }

    /// Fails if anything differs that may not.
    pub(crate) fn assert_same(&self) {
        assert!(self.differences.is_empty(), "{}", self.differences.join("\n"));
    }

    /// Compares all documents that can be reached from the bookmarks. Fails if anything differs that may not.
    pub(crate) async fn assert_documents(mut self, store: &StoreProcess, talk: &Talk) {
        let mut reached = reach(store).await;
        for (path, recorded) in talk.documents_after() {
            let path_here = self.symbols.filled(path);
            match reached.remove(&path_here) {
                Some(actual) => self.value(path, recorded, &actual),
                None => self.differences.push(format!("{path}: recorded, nothing is at {path_here}")),
            }
        }
        let allowed: Vec<String> =
            self.ours.iter().map(|(place, member)| format!("{place}/{member}")).collect();
        for path in reached.keys() {
            let is_below = |place: &String| path.contains(&format!("{place}/")) || path.ends_with(place);
            if !allowed.iter().any(is_below) {
                self.differences.push(format!("{path}: not recorded"));
            }
        }
        self.assert_same();
    }

    fn allows(list: &[(&str, &str)], place: &str, member: &str) -> bool {
        list.iter().any(|(ending, allowed)| place.ends_with(ending) && *allowed == member)
    }

    fn value(&mut self, place: &str, recorded: &Value, actual: &Value) {
        let same = match (recorded, actual) {
            (Value::Object(recorded), Value::Object(actual)) => return self.object(place, recorded, actual),
            (Value::Array(recorded), Value::Array(actual)) if recorded.len() == actual.len() => {
                for (index, (recorded, actual)) in recorded.iter().zip(actual).enumerate() {
                    self.value(&format!("{place}/{index}"), recorded, actual);
                }
                return;
            }
            (Value::String(recorded), Value::String(actual)) => self.symbols.match_text(recorded, actual),
            (Value::String(recorded), Value::Number(_)) => recorded == "<time>",
            (Value::Number(_), Value::Number(actual))
                if place.ends_with("/_rev") && self.revs == Revs::Present =>
            {
                actual.as_u64().is_some_and(|rev| rev > 0)
            }
            _ => recorded == actual,
        };
        if !same {
            self.differences.push(format!("{place}: {recorded} was recorded, {actual} is there"));
        }
    }

    fn object(&mut self, place: &str, recorded: &Map<String, Value>, actual: &Map<String, Value>) {
        let mut left: BTreeSet<&String> = actual.keys().collect();
        // What has a known name first: of the rest, any member with the right content may be meant.
        let (known, unknown): (Vec<_>, Vec<_>) = recorded.iter().partition(|(key, _)| self.is_known(key));
        for (key, value) in known {
            match actual.get_key_value(&self.symbols.filled(key)) {
                Some((here, actual)) => {
                    left.remove(here);
                    self.value(&format!("{place}/{key}"), value, actual);
                }
                None if Self::allows(&self.theirs, place, key) => {}
                None => {
                    self.differences.push(format!("{place}/{key}: {value} was recorded, nothing is there"))
                }
            }
        }
        for (key, value) in unknown {
            match left.iter().copied().find(|here| self.fits(place, (key, value), (here, &actual[*here]))) {
                Some(here) => {
                    left.remove(here);
                    self.symbols.match_text(key, here);
                    self.value(&format!("{place}/{key}"), value, &actual[here]);
                }
                None => self
                    .differences
                    .push(format!("{place}/{key}: {value} was recorded, none of {left:?} fits")),
            }
        }
        left.retain(|member| !Self::allows(&self.ours, place, member));
        for member in left {
            self.differences
                .push(format!("{place}/{member}: {} is there, nothing was recorded", actual[member]));
        }
    }

    fn is_known(&self, key: &str) -> bool {
        first_symbol(key).is_none_or(|(start, end)| self.symbols.known.contains_key(&key[start..end]))
    }

    fn fits(&self, place: &str, recorded: (&str, &Value), actual: (&str, &Value)) -> bool {
        let mut trial = Self {
            revs: self.revs,
            ours: self.ours.clone(),
            theirs: self.theirs.clone(),
            symbols: self.symbols.clone(),
            differences: vec![],
        };
        if !trial.symbols.match_text(recorded.0, actual.0) {
            return false;
        }
        trial.value(&format!("{place}/{}", recorded.0), recorded.1, actual.1);
        trial.differences.is_empty()
    }
}

/// All documents that can be reached by links from the bookmarks, by the path they are first met at.
///
/// Checks on the way that versioned links carry the rev of what they link to. A worker may write while they are read one
/// after the other, so a link that is behind is looked at again from the beginning, and must be right in the end.
pub(crate) async fn reach(store: &StoreProcess) -> Map<String, Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match walk(store).await {
            Ok(reached) => return reached,
            Err(behind) => assert!(Instant::now() < deadline, "{behind}"),
        }
    }
}

async fn walk(store: &StoreProcess) -> Result<Map<String, Value>, String> {
    let mut reached = Map::new();
    let mut met = BTreeSet::new();
    let mut ahead = vec![("/bookmarks".to_owned(), None)];
    while let Some((path, rev_of_link)) = ahead.pop() {
        let document = store.get(&path).await;
        if let Some(rev) = rev_of_link.filter(|rev| document["_rev"] != *rev) {
            return Err(format!("the link at {path} tells rev {rev} of {}", document["_rev"]));
        }
        if !met.insert(document["_id"].as_str().unwrap().to_owned()) {
            continue;
        }
        let mut links = Vec::new();
        links_of(&path, &document, &mut links);
        // The last is taken up next.
        ahead.extend(links.into_iter().rev());
        reached.insert(path, document);
    }
    Ok(reached)
}

fn links_of(place: &str, value: &Value, found: &mut Vec<(String, Option<Value>)>) {
    for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with('_')) {
        let place = format!("{place}/{key}");
        if value.get("_id").is_some() {
            found.push((place, value.get("_rev").cloned()));
        } else {
            links_of(&place, value, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(recorded: &Value, actual: &Value) -> Vec<String> {
        let mut comparison = Comparison::new(Revs::Present).ours("/result", &["exit"]);
        comparison.value("", recorded, actual);
        comparison.differences
    }

    #[test]
    fn symbols_stand_for_one_thing_only() {
        let [a, b] = [new_key(), new_key()];
        let recorded = json!({"x": "resources/<id:1>", "y": {"<id:1>": 1, "<id:2>": "z"}});
        let same = json!({"x": format!("resources/{a}"), "y": {&a: 1, &b: "z"}});
        assert_eq!(differences(&recorded, &same), Vec::<String>::new());
        let other = json!({"x": format!("resources/{a}"), "y": {&b: 1, "other": "z"}});
        assert_eq!(differences(&recorded, &other).len(), 4, "neither key fits, and both are too much");
        assert_eq!(differences(&json!("<date>/x"), &json!("2024-01-02/x")), Vec::<String>::new());
        assert_eq!(differences(&json!("<date>/x"), &json!("2024-01-0/x")).len(), 1);
        assert_eq!(differences(&json!("<time>"), &json!("2024-01-02T03:04:05.678Z")), Vec::<String>::new());
        assert_eq!(differences(&json!("<time>"), &json!("soon")).len(), 1);
    }

    #[test]
    fn members_with_unknown_keys_are_told_apart_by_their_content() {
        let [a, b] = [new_key(), new_key()];
        let recorded = json!({"<id:1>": "started", "<id:2>": "success"});
        assert_eq!(differences(&recorded, &json!({&a: "success", &b: "started"})), Vec::<String>::new());
        assert_eq!(differences(&recorded, &json!({&a: "failure", &b: "started"})).len(), 2);
    }

    #[test]
    fn what_is_too_much_or_too_little_is_told_but_for_what_is_allowed() {
        let recorded = json!({"_rev": 4, "result": {"message": "m"}});
        assert_eq!(
            differences(&recorded, &json!({"_rev": 3, "result": {"message": "m", "exit": 1}})),
            Vec::<String>::new()
        );
        for actual in [
            json!({"_rev": 0, "result": {"message": "m"}}),
            json!({"result": {"message": "m"}}),
            json!({"_rev": 4, "result": {"message": "m"}, "exit": 1}),
            json!({"_rev": 4, "result": {}}),
            json!({"_rev": 4, "result": {"message": "n"}}),
        ] {
            assert_eq!(differences(&recorded, &actual).len(), 1, "{actual}");
        }
    }
}
