//! Replays what was recorded of the reference server against the embedded store, by the `ours` rules of the
//! recordings' own description.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::recorded;
use crate::support::server::{PATIENCE, Reply, Socket, TestStore, http};

/// How long a socket must be silent before everything is taken to have come.
const QUIET: Duration = Duration::from_millis(300);

/// Steps without an `ours` of their own in which `oada-protocol.md` asks for something else than was recorded: what is
/// to be compared of them, and why.
const BY_THE_PAGE: [(&str, usize, &str, &str); 3] = [
    ("ids", 11, r#"{"status": 400}"#, "as in step 10: a name that cannot be one is the client's error (3.1)"),
    (
        "link-odd-keys",
        5,
        r#"{"body_at": {"a/b": {"_id": "resources/link-odd-keys-k", "_rev": 2}}}"#,
        "Q24: the _rev of the link is rewritten in place",
    ),
    (
        "link-self",
        11,
        r#"{"headers": {"etag": "\"link-self-k/4\"", "x-oada-rev": "4"}}"#,
        "3.1: a resource that is there has a rev",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_scenario_is_answered_alike() {
    let Some(folder) = recorded::folder() else { return };
    let only = std::env::var("OADA_SCENARIO").ok();
    let mut scenarios = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let scenario: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let wanted = only.as_deref().is_none_or(|only| scenario["name"] == only);
        if wanted && scenario.get("steps").is_some() {
            scenarios.push(scenario);
        }
    }
    // The slow ones first, so that nothing waits for them in the end.
    scenarios.sort_by_key(|scenario| scenario["slow"] != true);
    let count = scenarios.len();
    let room = std::sync::Arc::new(Semaphore::new(16));
    let mut running = JoinSet::new();
    for scenario in scenarios {
        let room = std::sync::Arc::clone(&room);
        running.spawn(async move {
            let _permit = room.acquire_owned().await.unwrap();
            replay(scenario).await
        });
    }
    let mut differences = Vec::new();
    while let Some(found) = running.join_next().await {
        differences.extend(found.unwrap());
    }
    differences.sort();
    assert!(
        differences.is_empty(),
        "{} of {count} scenarios:\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(only.is_some() || count == 123, "{count} scenarios");
}

async fn replay(scenario: Value) -> Vec<String> {
    let name = scenario["name"].as_str().unwrap().to_owned();
    let mut player = Player::start().await;
    let mut differences = Vec::new();
    for (index, step) in scenario["steps"].as_array().unwrap().iter().enumerate() {
        let mut step = step.clone();
        if let Some((.., ours, _)) = BY_THE_PAGE.iter().find(|(file, at, ..)| *file == name && *at == index) {
            step["ours"] = serde_json::from_str(ours).unwrap();
        }
        if let Err(difference) = player.step(&step).await {
            differences.push(format!("{name}#{index}: {difference}"));
            break;
        }
    }
    player.store.stop.cancel();
    differences
}

struct Player {
    store: TestStore,
    symbols: Symbols,
    sockets: HashMap<String, Socket>,
    silent: HashMap<String, Socket>,
}

/// What stands for what, as far as it is known.
struct Symbols {
    known: BTreeMap<String, String>,
}

impl Player {
    async fn start() -> Self {
        let store = TestStore::start_for("sam").await;
        store.store.add_user("frank").unwrap();
        let frank = store.token_for("frank", &["all:all"]);
        let rocks = store.token_for("frank", &["oada.rocks:all"]);
        let mut known = BTreeMap::new();
        for (token, name, suffix) in [(&store.token, "sam", ""), (&frank, "frank", ":frank")] {
            let bearer = format!("Bearer {token}");
            let me =
                http(&store.address, "GET", "/users/me", &[("authorization", &bearer)], b"").await.json();
            let key =
                |at: &str| me[at]["_id"].as_str().unwrap().strip_prefix("resources/").unwrap().to_owned();
            known.insert(format!("<user:{name}>"), me["sub"].as_str().unwrap().to_owned());
            known.insert(format!("<bookmarks{suffix}>"), key("bookmarks"));
            known.insert(format!("<shares{suffix}>"), key("shares"));
        }
        known.insert("<token:god>".to_owned(), store.token.clone());
        known.insert("<token:frank-all>".to_owned(), frank);
        known.insert("<token:rocks>".to_owned(), rocks);
        known.insert("<token:bad>".to_owned(), "no-such-token".to_owned());
        known.insert("<host>".to_owned(), store.address.clone());
        known.insert("<base>".to_owned(), format!("http://{}", store.address));
        Self { store, symbols: Symbols { known }, sockets: HashMap::new(), silent: HashMap::new() }
    }

    async fn step(&mut self, step: &Value) -> Result<(), String> {
        match step["kind"].as_str().unwrap() {
            "settle" => Ok(()),
            "http" => {
                let reply = self.request(&step["request"]).await;
                self.compare_reply(step, &reply)
            }
            "parallel" => {
                let requests = step["requests"].as_array().unwrap();
                let mut sent = Vec::new();
                for request in requests {
                    sent.push(self.request(request));
                }
                let replies = futures_util::future::join_all(sent).await;
                let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
                let mut revs = Vec::new();
                for reply in &replies {
                    *statuses.entry(reply.status.to_string()).or_default() += 1;
                    revs.extend(reply.header("x-oada-rev").map(|rev| rev.parse::<u64>().unwrap()));
                }
                revs.sort_unstable();
                same("result", &step["result"], &json!({"statuses": statuses, "revs": revs}))
            }
            "ws-open" => {
                let path = step["path"].as_str().unwrap_or("/");
                let socket = Socket::open(&self.store.address, path, "").await;
                let name = step["socket"].as_str().unwrap().to_owned();
                if step["answerPings"] == false {
                    self.silent.insert(name, socket);
                } else {
                    self.sockets.insert(name, socket);
                }
                Ok(())
            }
            "ws-send" => {
                let text = match step.get("sendText") {
                    Some(text) => text.as_str().unwrap().to_owned(),
                    None => self.symbols.fill(&step["send"].to_string()),
                };
                self.socket(step).send_text(&text).await;
                Ok(())
            }
            "ws-receive" => {
                let socket = self.socket(step);
                let mut received = Vec::new();
                while received.len() < due(step)
                    && let Ok(Some(message)) = tokio::time::timeout(PATIENCE, socket.next_or_end()).await
                {
                    received.push(message);
                }
                received.extend(socket.until_quiet(QUIET).await);
                self.compare_messages(step, received)
            }
            "ws-close" => {
                if let Some(socket) = self.sockets.remove(step["socket"].as_str().unwrap())
                    && step["abrupt"] != true
                {
                    socket.close().await;
                }
                Ok(())
            }
            "ws-await-close" => self.await_close(step).await,
            other => Err(format!("unknown kind of step {other}")),
        }
    }

    fn socket(&mut self, step: &Value) -> &mut Socket {
        let name = step["socket"].as_str().unwrap();
        self.sockets.get_mut(name).unwrap_or_else(|| panic!("no socket {name}"))
    }

    async fn await_close(&mut self, step: &Value) -> Result<(), String> {
        let name = step["socket"].as_str().unwrap();
        let limit = Duration::from_millis(step["at_most_ms"].as_u64().unwrap());
        let Some(socket) = self.silent.remove(name) else { return Err(format!("no silent socket {name}")) };
        // The client library answers pings as it reads, so this socket is only watched from below.
        let stream = socket.into_stream().into_inner();
        let mut bytes = [0; 4096];
        let closed = async {
            loop {
                stream.readable().await.unwrap();
                match stream.try_read(&mut bytes) {
                    Ok(0) => return,
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(_) => return,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(limit, closed).await.map_err(|_| "not closed in time".to_owned())
    }

    async fn request(&self, request: &Value) -> Reply {
        let mut headers: Vec<(String, String)> = Vec::new();
        let god = &self.symbols.known["<token:god>"];
        let authorization = match request["auth"].as_str().unwrap() {
            "god" => Some(format!("Bearer {god}")),
            "none" => None,
            "no-prefix" => Some(god.clone()),
            "basic" => Some("Basic c2FtOnNlY3JldA==".to_owned()),
            other => Some(format!("Bearer {}", self.symbols.known[&format!("<token:{other}>")])),
        };
        headers.extend(authorization.map(|text| ("authorization".to_owned(), text)));
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            headers.push((name.clone(), self.symbols.fill(value.as_str().unwrap())));
        }
        let body = if let Some(body) = request.get("body") {
            self.symbols.fill(&body.to_string()).into_bytes()
        } else if let Some(text) = request.get("bodyText") {
            text.as_str().unwrap().as_bytes().to_vec()
        } else if let Some(encoded) = request.get("bodyBase64") {
            base64::engine::general_purpose::STANDARD.decode(encoded.as_str().unwrap()).unwrap()
        } else if let Some(length) = request.get("bodyOfBytes") {
            let frame = r#"{"fill":""}"#.len();
            format!(r#"{{"fill":"{}"}}"#, "x".repeat(length.as_u64().unwrap() as usize - frame)).into_bytes()
        } else {
            Vec::new()
        };
        let path = self.symbols.fill(request["path"].as_str().unwrap());
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        http(&self.store.address, request["method"].as_str().unwrap(), &path, &headers, &body).await
    }

    fn compare_reply(&mut self, step: &Value, reply: &Reply) -> Result<(), String> {
        let ours = step.get("ours");
        let recorded = &step["response"];
        let compare = step["compare"].as_str().unwrap_or("all");
        let informational = ours
            .is_some_and(|ours| ours.as_object().unwrap().keys().all(|key| key == "note" || key == "why"));
        let body = actual_body(reply);
        if let Some(status) = ours.and_then(|ours| ours.get("status")) {
            same("status", status, &json!(reply.status))?;
        } else if compare != "none" && !informational {
            same("status", &recorded["status"], &json!(reply.status))?;
        }
        if let Some(ours) = ours {
            if let Some(headers) = ours.get("headers") {
                for (name, value) in headers.as_object().unwrap() {
                    self.symbols.alike(name, value, &json!(reply.header(name).unwrap_or_default()))?;
                }
            }
            if let Some(wanted) = ours.get("body") {
                self.symbols.alike("body", wanted, &body.clone().unwrap_or(Value::Null))?;
            }
            if let Some(wanted) = ours.get("body_at") {
                let body = body.clone().unwrap_or(Value::Null);
                // Of a change it speaks of the first element's body.
                let at = if body.is_array() { &body[0]["body"] } else { &body };
                for (key, value) in wanted.as_object().unwrap() {
                    self.symbols.alike(key, value, &at[key])?;
                }
            }
            let other_status = ours.get("status").is_some_and(|status| *status != recorded["status"]);
            if other_status || informational || ours.get("body_at").is_some() {
                return Ok(());
            }
        }
        if compare == "status" || compare == "none" {
            self.bind_quietly(recorded, reply, body.as_ref());
            return Ok(());
        }
        let replaced = ours.and_then(|ours| ours.get("headers"));
        self.compare_headers(recorded, replaced, reply)?;
        if ours.is_none_or(|ours| ours.get("body").is_none()) {
            self.compare_body(recorded, reply, body.as_ref())?;
        }
        Ok(())
    }

    fn compare_headers(
        &mut self,
        recorded: &Value,
        replaced: Option<&Value>,
        reply: &Reply,
    ) -> Result<(), String> {
        let status = reply.status;
        if status == 401 || status == 403 {
            return Ok(());
        }
        let missing_resource = status == 404
            && recorded["headers"]["x-oada-rev"].as_str().is_some_and(|rev| rev == "null" || rev == "0");
        let kept =
            ["content-location", "content-type", "etag", "location", "x-oada-path-leftover", "x-oada-rev"];
        for name in kept {
            if replaced.is_some_and(|replaced| replaced.get(name).is_some()) {
                continue;
            }
            if missing_resource && (name == "etag" || name == "x-oada-rev") {
                continue;
            }
            let wanted = recorded["headers"].get(name).and_then(Value::as_str);
            let actual = reply.header(name);
            match (wanted, actual) {
                (None, None) => {}
                (Some(wanted), Some(actual)) if name == "content-type" => {
                    same(name, &json!(essence(wanted)), &json!(essence(actual)))?;
                }
                (Some(wanted), Some(actual)) => {
                    self.symbols.alike(name, &json!(wanted), &json!(actual))?;
                }
                _ => return Err(format!("{name}: {wanted:?} was recorded, {actual:?} came")),
            }
        }
        if let Some(length) = recorded["headers"].get("content-length").and_then(Value::as_str) {
            same("content-length", &json!(length), &json!(reply.header("content-length")))?;
        }
        Ok(())
    }

    fn compare_body(&mut self, recorded: &Value, reply: &Reply, body: Option<&Value>) -> Result<(), String> {
        if reply.status >= 400 {
            // The wording of errors is free.
            return match body {
                Some(body) => same("statusCode", &json!(reply.status), &body["statusCode"]),
                None => Ok(()),
            };
        }
        if let Some(wanted) = recorded.get("body") {
            return self.symbols.alike("body", wanted, body.unwrap_or(&Value::Null));
        }
        let wanted = if let Some(text) = recorded.get("bodyText") {
            text.as_str().unwrap().as_bytes().to_vec()
        } else if let Some(encoded) = recorded.get("bodyBase64") {
            base64::engine::general_purpose::STANDARD.decode(encoded.as_str().unwrap()).unwrap()
        } else {
            Vec::new()
        };
        if wanted == reply.body {
            return Ok(());
        }
        Err(format!("body: {} came", String::from_utf8_lossy(&reply.body)))
    }

    /// Learns ids from an answer that is not compared.
    fn bind_quietly(&mut self, recorded: &Value, reply: &Reply, body: Option<&Value>) {
        if let Some(location) = recorded["headers"].get("content-location") {
            let actual = json!(reply.header("content-location").unwrap_or_default());
            let _ = self.symbols.alike("content-location", location, &actual);
        }
        if let (Some(wanted), Some(actual)) = (recorded.get("body"), body) {
            let _ = self.symbols.alike("body", wanted, actual);
        }
    }

    fn compare_messages(&mut self, step: &Value, received: Vec<Value>) -> Result<(), String> {
        if step["compare"] == "none" {
            return Ok(());
        }
        if let Some(ours) = step.get("ours").and_then(|ours| ours.get("receive")) {
            let wanted = ours.as_array().unwrap();
            let more = step["ours"]["more"] == true;
            if received.len() < wanted.len() || (received.len() > wanted.len() && !more) {
                return Err(format!("{} messages came: {received:?}", received.len()));
            }
            for (wanted, actual) in wanted.iter().zip(&received) {
                for (key, value) in wanted.as_object().unwrap() {
                    let actual = actual.get(key).cloned().unwrap_or(Value::Null);
                    if key == "headers" {
                        self.compare_socket_headers(value, &actual)?;
                    } else {
                        self.symbols.alike(key, value, &actual)?;
                    }
                }
            }
            return Ok(());
        }
        if step.get("ours").is_some_and(|ours| ours.get("note").is_some()) {
            return Ok(());
        }
        let wanted = step["receive"].as_array().unwrap().clone();
        if wanted.len() != received.len() {
            return Err(format!("{} messages, not {}, came: {received:?}", received.len(), wanted.len()));
        }
        if step["compare"] == "strict" {
            for (wanted, actual) in wanted.iter().zip(&received) {
                self.compare_message(wanted, actual)?;
            }
            return Ok(());
        }
        let (wanted, mut actual) = (streams(wanted), streams(received));
        for (stream, wanted) in wanted {
            let stream = self.symbols.fill(&stream);
            let actual = actual.remove(&stream).unwrap_or_default();
            if wanted.len() != actual.len() {
                return Err(format!("{} messages of {stream}: {actual:?}", actual.len()));
            }
            for (wanted, actual) in wanted.iter().zip(&actual) {
                self.compare_message(wanted, actual)?;
            }
        }
        if actual.is_empty() { Ok(()) } else { Err(format!("also came: {actual:?}")) }
    }

    fn compare_message(&mut self, wanted: &Value, actual: &Value) -> Result<(), String> {
        let failed = wanted["status"].as_u64().is_some_and(|status| status >= 400);
        let mut keys: Vec<&String> = wanted.as_object().unwrap().keys().collect();
        for key in actual.as_object().unwrap().keys() {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            let (wanted, actual) = (wanted.get(key), actual.get(key));
            match (key.as_str(), wanted, actual) {
                ("headers", Some(wanted), Some(actual)) => self.compare_socket_headers(wanted, actual)?,
                ("data", Some(_), Some(_)) if failed => {}
                (_, Some(wanted), Some(actual)) => self.symbols.alike(key, wanted, actual)?,
                _ => return Err(format!("{key}: {wanted:?} was recorded, {actual:?} came")),
            }
        }
        Ok(())
    }

    fn compare_socket_headers(&mut self, wanted: &Value, actual: &Value) -> Result<(), String> {
        for name in ["content-location", "content-type", "etag", "x-oada-path-leftover", "x-oada-rev"] {
            let (wanted, actual) = (wanted.get(name), actual.get(name));
            let missing = |value: Option<&Value>| {
                value.is_none_or(|value| {
                    let text = value.as_str().unwrap_or_default();
                    text == "null" || text == "0" || text.ends_with("/null\"") || text.ends_with("/0\"")
                })
            };
            match (wanted, actual) {
                (Some(wanted), Some(actual)) if name == "content-type" => {
                    let (wanted, actual) = (wanted.as_str().unwrap(), actual.as_str().unwrap());
                    same(name, &json!(essence(wanted)), &json!(essence(actual)))?;
                }
                (Some(wanted), Some(actual)) => self.symbols.alike(name, wanted, actual)?,
                (None, None) => {}
                (wanted, None) if missing(wanted) => {}
                _ => return Err(format!("{name}: {wanted:?} was recorded, {actual:?} came")),
            }
        }
        Ok(())
    }
}

/// How many messages must come, however long the machine takes over them.
fn due(step: &Value) -> usize {
    let ours = step.get("ours");
    if step["compare"] == "none" || ours.is_some_and(|ours| ours.get("note").is_some()) {
        return 0;
    }
    let wanted = ours.and_then(|ours| ours.get("receive")).unwrap_or(&step["receive"]);
    wanted.as_array().map_or(0, Vec::len)
}

/// Messages by what they belong to: answers by their id, changes by their resource.
fn streams(messages: Vec<Value>) -> BTreeMap<String, Vec<Value>> {
    let mut streams: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for message in messages {
        let stream = match message.get("resourceId") {
            Some(resource) => format!("change {}", resource.as_str().unwrap()),
            None => format!("answer {}", message["requestId"]),
        };
        streams.entry(stream).or_default().push(message);
    }
    streams
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap().trim()
}

fn actual_body(reply: &Reply) -> Option<Value> {
    let json = reply.header("content-type").is_some_and(|kind| essence(kind).ends_with("json"));
    if json && !reply.body.is_empty() { Some(reply.json()) } else { None }
}

fn same(what: &str, wanted: &Value, actual: &Value) -> Result<(), String> {
    if wanted == actual { Ok(()) } else { Err(format!("{what}: {wanted} was recorded, {actual} came")) }
}

impl Symbols {
    /// Puts what is known in the place of symbols.
    fn fill(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (symbol, value)| text.replace(symbol, value))
    }

    /// Compares, and learns what unknown symbols stand for.
    fn alike(&mut self, at: &str, wanted: &Value, actual: &Value) -> Result<(), String> {
        match (wanted, actual) {
            (Value::String(wanted), _) if wanted == "<any>" => Ok(()),
            (Value::String(wanted), Value::Number(_)) if wanted == "<time>" => Ok(()),
            (Value::String(wanted), Value::String(_)) if wanted == "<time>" || wanted == "<date>" => Ok(()),
            (Value::String(wanted), Value::String(actual)) => self.texts_alike(at, wanted, actual),
            (Value::Object(wanted), Value::Object(actual)) => self.maps_alike(at, wanted, actual),
            (Value::Array(wanted), Value::Array(actual)) if wanted.len() == actual.len() => {
                for (index, (wanted, actual)) in wanted.iter().zip(actual).enumerate() {
                    self.alike(&format!("{at}/{index}"), wanted, actual)?;
                }
                Ok(())
            }
            _ => same(at, wanted, actual),
        }
    }

    fn texts_alike(&mut self, at: &str, wanted: &str, actual: &str) -> Result<(), String> {
        let mut wanted = self.fill(wanted);
        while let Some(start) = wanted.find("<id:") {
            let end = start + wanted[start..].find('>').unwrap() + 1;
            let symbol = wanted[start..end].to_owned();
            let id = actual.get(start..start + 27).filter(|id| id.chars().all(|c| c.is_ascii_alphanumeric()));
            let Some(id) = id else { return Err(format!("{at}: no id for {symbol} in {actual}")) };
            self.known.insert(symbol, id.to_owned());
            wanted = self.fill(&wanted);
        }
        same(at, &json!(wanted), &json!(actual))
    }

    fn maps_alike(
        &mut self,
        at: &str,
        wanted: &Map<String, Value>,
        actual: &Map<String, Value>,
    ) -> Result<(), String> {
        let mut rest: Vec<&String> = actual.keys().collect();
        let mut unknown = Vec::new();
        for (key, value) in wanted {
            let key = self.fill(key);
            if key.contains("<id:") {
                unknown.push((key, value));
                continue;
            }
            rest.retain(|left| **left != key);
            match actual.get(&key) {
                Some(actual) => self.alike(&format!("{at}/{key}"), value, actual)?,
                None => return Err(format!("{at}/{key}: {value} was recorded, nothing came")),
            }
        }
        for (key, value) in unknown {
            // Known meanwhile, or the only one left.
            let filled = self.fill(&key);
            let left = if actual.contains_key(&filled) {
                filled
            } else if let [only] = rest.as_slice() {
                (*only).clone()
            } else {
                return Err(format!("{at}: which of {rest:?} is {key}?"));
            };
            self.texts_alike(at, &key, &left)?;
            rest.retain(|key| **key != left);
            self.alike(&format!("{at}/{left}"), value, &actual[&left])?;
        }
        if rest.is_empty() { Ok(()) } else { Err(format!("{at}: {rest:?} came as well")) }
    }
}
