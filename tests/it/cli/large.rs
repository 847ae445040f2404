//! Long lists: read as far as needed, shown as they come, in memory that does not grow with them, and faster again.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use oada_jobs::oada::{Client, Domain};
use serde_json::{Map, Value, json};

use crate::support::env::{DEADLINE, Running, TestEnv};
use crate::support::trouble::{Fault, Trouble};

/// A store with a server before it that sees all requests.
struct World {
    env: TestEnv,
    _store: Running,
    trouble: Trouble,
    client: Client,
    seen: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn new() -> Self {
        let env = TestEnv::new();
        let (store, url) = env.serve_store(&["--data-dir", "data"]);
        let (trouble, token) = Trouble::before_store_of(&env, &url, "oada-jobs.toml");
        let client =
            Client::builder(Arc::new(Domain::parse(&url).unwrap())).token(token.into()).build().unwrap();
        let world = Self { env, _store: store, trouble, client, seen: Arc::default() };
        world.looks();
        world
    }

    /// Forgets what was asked so far.
    fn looks(&self) {
        self.looks_at(Fault::Nothing);
    }

    /// Forgets what was asked so far, and does this to what is asked from now on.
    fn looks_at(&self, fault: Fault) {
        let seen = self.seen.clone();
        seen.lock().unwrap().clear();
        self.trouble.breaks(move |asked| {
            seen.lock().unwrap().push(format!("{} {}", asked.method, asked.path));
            fault.clone()
        });
    }

    /// How many of the requests begin so.
    fn asked(&self, begins: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|asked| asked.starts_with(begins)).count()
    }

    /// Puts lines of an export into the store.
    fn import(&self, jobs: impl IntoIterator<Item = Value>) {
        let text: String = jobs.into_iter().map(|job| format!("{job}\n")).collect();
        let ran = self.env.run_with(&["job", "import"], &text);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }

    /// Makes a day of a service with so many links, all to one job.
    async fn links(&self, service: &str, count: usize) {
        let links: Map<String, Value> = (0..count)
            .map(|n| (format!("2Xyz-of-the-many-{n:09}"), json!({"_id": "resources/shared"})))
            .collect();
        let put = async |path: &str, body: Value| {
            let path = path.parse().unwrap();
            self.client.put(&path, "application/json", &body, None).await.unwrap();
        };
        put(&format!("/resources/day-of-{service}"), Value::Object(links)).await;
        let index = json!({"day-index": {"2026-01-02": {"_id": format!("resources/day-of-{service}")}}});
        put(&format!("/bookmarks/services/{service}/jobs-success"), index).await;
    }
}

/// A finished job as an export holds it.
fn finished(key: &str, list: &str, day: &str) -> Value {
    let time = format!("{day}T12:00:00.000Z");
    json!({"key": key, "list": list, "day": day, "job": {
        "service": "oada-jobs", "type": "t", "config": {"key": key}, "status": list, "result": {"name": "Error"},
        "updates": {"u": {"status": list, "time": time, "meta": "Runner finshed"}},
    }})
}

/// The most memory that a command took, in KiB.
fn peak_memory(mut command: Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, deadline) = (0, Instant::now() + DEADLINE * 2);
    while child.try_wait().unwrap().is_none() {
        let now = fs::read_to_string(&status).unwrap_or_default();
        let line = now.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(most.unwrap_or(0));
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the command does not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_takes_no_more_memory_for_more_rows() {
    let world = World::new();
    world.import([finished("shared", "success", "2026-01-01")]);
    world.links("short", 10_000).await;
    world.links("long", 100_000).await;
    let peak = |service: &str, args: &[&str]| {
        peak_memory(world.env.command(&[&["job", "ls", "-s", service], args].concat()))
    };
    // Short of a list that is as long, which is kept with about 50 bytes a row, nothing grows.
    const MARGIN: u64 = 15 << 10;
    let (few, many) = (peak("short", &["-o", "name"]), peak("long", &["-o", "name"]));
    assert!(many < few + MARGIN, "{few} KiB for 10,000 rows, {many} KiB for 100,000");
    for format in ["table", "ndjson"] {
        let rows = |count: &str| peak("short", &["--no-cache", "-o", format, "--limit", count]);
        let (few, many) = (rows("500"), rows("5000"));
        assert!(many < few + MARGIN, "{format}: {few} KiB for 500 rows, {many} KiB for 5,000");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_ends_it() {
    let world = World::new();
    world.import([finished("shared", "success", "2026-01-01")]);
    world.links("oada-jobs", 20_000).await;
    for more in [&[][..], &["--where", "config.key=shared"], &["-o", "table"]] {
        world.looks();
        let mut command = world.env.command(&[&["job", "ls", "--since", "2025-01-01"], more].concat());
        let mut child = command.spawn().unwrap();
        {
            use std::io::BufRead as _;
            let mut line = String::new();
            std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            assert!(!line.is_empty());
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
        let asked = world.asked("GET /resources/");
        assert!(asked < 15_000, "{more:?}: {asked} jobs were fetched for nobody");
    }
}

#[test]
fn rows_are_shown_as_they_come() {
    let world = World::new();
    world.import((0..50).map(|n| finished(&format!("k{n:02}"), "success", "2026-01-02")));
    // The newest come first, and all but three never.
    world.trouble.breaks(|asked| match asked.path.as_str() {
        "/resources/k49" | "/resources/k48" | "/resources/k47" => Fault::Nothing,
        path if path.starts_with("/resources/") => Fault::Never,
        _ => Fault::Nothing,
    });
    for format in ["ndjson", "csv", "json", "yaml", "table", "wide"] {
        let listing = world.env.spawn(&["job", "ls", "-o", format]);
        listing.stdout.line_with("k47");
    }
}

#[test]
fn only_the_lists_and_bodies_that_are_needed_are_read() {
    let world = World::new();
    let today = format!("{:.10}", Timestamp::now().to_string());
    let days = ["2020-01-01", "2025-06-01", "2026-01-02", "2026-01-03", today.as_str()];
    world.import(days.iter().enumerate().flat_map(|(n, day)| {
        [finished(&format!("s{n}"), "success", day), finished(&format!("f{n}"), "failure", day)]
    }));
    let lists = |args: &[&str]| {
        world.looks();
        let rows = world.env.ok(&[&["job", "ls", "--no-cache"], args].concat()).lines().count();
        (
            rows,
            world.asked("GET /bookmarks/services/oada-jobs/jobs-success/day-index/"),
            world.asked("GET /resources/"),
        )
    };
    // Today's jobs ended at noon, which may not have come.
    let (rows, read, _) = lists(&["--since", "24h", "--status", "success"]);
    assert!(rows <= 1 && read == 1, "{rows} rows of {read} days");
    assert_eq!(lists(&["--status", "success", "-o", "name"]), (5, 5, 0));
    assert_eq!(lists(&["--status", "failure", "-o", "name"]), (5, 0, 0));
    // A day that lies within the time, whatever the zone, is known to fit.
    assert_eq!(lists(&["--since", "2025-01-01", "--until", "2025-12-31", "-o", "name"]), (2, 1, 0));
    assert_eq!(lists(&["--day", "2026-01-02", "--status", "success"]), (1, 2, 2));
    world.looks();
    assert_eq!(world.env.records(&["job", "count"]).len(), 2);
    assert_eq!(world.asked("GET /resources/"), 0);
}

#[test]
fn finished_jobs_are_kept_here_and_never_shown_other_than_they_are() {
    let world = World::new();
    world.import((0..40).map(|n| finished(&format!("k{n:02}"), "failure", "2026-01-02")));
    let look = |more: &[&str]| {
        world.looks();
        let rows = world.env.records(&[&["job", "ls"], more].concat());
        (rows, world.asked("GET /resources/"))
    };
    let (first, asked) = look(&[]);
    assert_eq!((first.len(), asked), (40, 40));
    // Whether they are still so, the embedded store says along with the list; of another server it is asked.
    for (server, heads) in [(Fault::Nothing, 0), (Fault::Foreign, 40)] {
        world.looks_at(server);
        assert_eq!(world.env.records(&["job", "ls"]), first);
        assert_eq!((world.asked("GET /resources/"), world.asked("HEAD /resources/")), (0, heads));
    }
    for (format, lines) in [("csv", 41), ("table", 41), ("name", 40)] {
        let shown =
            |more: &[&str]| world.env.ok(&[&["job", "ls", "--time", "iso", "-o", format], more].concat());
        assert_eq!(shown(&[]), shown(&["--no-cache"]));
        assert_eq!(shown(&[]).lines().count(), lines);
    }
    assert_eq!(look(&["--sort", "key"]).0[0]["key"], "k00");
    assert_eq!(look(&["--columns", "key"]).0[0], json!({"key": "k39"}));
    assert_eq!(look(&["--where", "config.key=k07"]), (vec![first[32].clone()], 0));
    assert_eq!(look(&["--no-cache"]), (first.clone(), 40));
    let counted = world.env.records(&["failures"]);
    assert_eq!((&counted[0]["count"], world.asked("GET /resources/")), (&json!(40), 40));

    // Edited, deleted, taken out of the list, and new.
    let job = |key: &str| format!("/resources/{key}").parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let edited = json!({"result": {"message": "edited"}});
        world.client.put(&job("k05"), "application/json", &edited, None).await.unwrap();
        world.client.delete(&job("k06"), None).await.unwrap();
        let link = "/bookmarks/services/oada-jobs/jobs-failure/day-index/2026-01-02/k07";
        world.client.delete(&link.parse().unwrap(), None).await.unwrap();
    });
    world.import([finished("k40", "failure", "2026-01-02")]);
    let (rows, asked) = look(&[]);
    let row = |key: &str| rows.iter().find(|row| row["key"] == key);
    assert_eq!((rows.len(), asked), (40, 2));
    assert_eq!(row("k05").unwrap()["error"], "edited");
    assert_eq!(row("k06").unwrap()["status"], "missing");
    assert!(row("k07").is_none() && row("k40").is_some());
    // Other services and other stores have their own.
    assert!(look(&["--service", "other"]).0.is_empty());

    // Several at once, and whatever stands in the files.
    let folder = world.env.path().join("home/.cache/oada-jobs/finished");
    let files = || {
        let folders = fs::read_dir(&folder).unwrap();
        folders
            .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
            .map(|file| file.unwrap().path())
    };
    assert!(files().count() > 0);
    let token = fs::read_to_string(world.env.path().join("data/token")).unwrap();
    for file in files() {
        assert!(!fs::read_to_string(&file).unwrap().contains(token.trim()));
        fs::write(&file, "nonsense\n{}\n").unwrap();
    }
    std::thread::scope(|scope| {
        let looks: Vec<_> = (0..4).map(|_| scope.spawn(|| world.env.records(&["job", "ls"]))).collect();
        looks.into_iter().for_each(|look| assert_eq!(look.join().unwrap(), rows));
    });
    // What is not there is looked for each time.
    assert_eq!(look(&[]), (rows, 1));
    // No place for it is no error.
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    assert_eq!(look(&[]).0.len(), 40);
}

#[test]
fn a_list_that_follows_its_jobs_tells_which_have_changed() {
    let world = World::new();
    let layout = ["--layout", "current"];
    let text: String =
        (0..20).map(|n| format!("{}\n", finished(&format!("k{n:02}"), "success", "2026-01-02"))).collect();
    assert_eq!(world.env.run_with(&[&["job", "import"], &layout[..]].concat(), &text).code, Some(0));
    let look = || {
        world.looks();
        let rows = world.env.records(&["job", "ls"]);
        (rows, world.asked("GET /resources/") + world.asked("HEAD /resources/"))
    };
    let (first, asked) = look();
    assert_eq!((first.len(), asked), (20, 20));
    assert_eq!(look(), (first, 0));
    let job = "/resources/k05".parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let edited = json!({"result": {"value": "edited"}});
    runtime.block_on(world.client.put(&job, "application/json", &edited, None)).unwrap();
    let (rows, asked) = look();
    assert_eq!(asked, 1);
    assert!(rows.iter().any(|row| row["result"]["value"] == "edited"));
}
