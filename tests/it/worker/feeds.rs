//! Feeds that cannot go deaf, and lists in all the shapes that old services left.

use std::time::Duration;

use oada_jobs::engine::{Event, Options};
use oada_jobs::jobs::{self, FinalList, Layout};
use oada_jobs::model::{JobStatus, ResourceId};
use serde_json::json;

use super::world::{Worker, World, client, echo, eventually, options};

#[tokio::test]
async fn a_list_that_is_deleted_and_made_again_is_followed_again() {
    for layout in [Layout::Classic, Layout::Current] {
        let world = World::laid_out(layout).await;
        let worker = Worker::start(world.service().on("work", None, echo)).await;
        let before = world.post("work", json!({})).await;
        world.until_filed(&before).await;
        let list = layout.pending(&world.root);
        let resource = world.client.head(&list).await.unwrap().unwrap().resource;
        world.client.delete(&resource.path(), None).await.unwrap();
        worker
            .events
            .until("the deletion is seen", |event| {
                matches!(event, Event::FeedInterrupted { list: told, .. } if *told == list.to_string())
            })
            .await;
        let after = world.post("work", json!({})).await;
        world.until_filed(&after).await;
    }
}

#[tokio::test]
async fn a_list_whose_link_is_put_elsewhere_is_found_by_the_next_listing() {
    let world = World::laid_out(Layout::Classic).await;
    let often = Options { list_again_after: Duration::from_millis(200), ..options() };
    let _worker = Worker::start(world.service().options(often).on("work", None, echo)).await;
    world.client.delete(&world.root.jobs(), None).await.unwrap();
    let key = world.post("work", json!({})).await;
    world.until_filed(&key).await;
}

#[tokio::test]
async fn a_token_that_is_taken_away_is_told_and_stops_only_its_own_queue() {
    let world = World::new().await;
    let (id, secret) = {
        use secrecy::ExposeSecret as _;
        let (id, secret) = world.store.store.add_token("lent", "owner", &["all:all".to_owned()]).unwrap();
        (id, secret.expose_secret().to_owned())
    };
    let lent = oada_jobs::engine::Service::builder(world.root.name())
        .client(client(&world.store.address, &secret))
        .options(options())
        .on("work", None, echo);
    let worker = Worker::start(lent).await;
    let before = world.post("work", json!({})).await;
    world.until_filed(&before).await;
    assert!(world.store.store.remove_token(&id).unwrap());
    world.post("work", json!({})).await;
    worker
        .events
        .until("it is told", |event| match event {
            Event::StoreTrouble { error, .. } | Event::FeedInterrupted { reason: error, .. } => {
                error.contains("401") || error.contains("token")
            }
            _ => false,
        })
        .await;
    let _other = Worker::start(world.service().on("work", None, echo)).await;
    let after = world.post("work", json!({})).await;
    world.until_filed(&after).await;
}

#[tokio::test]
async fn a_worker_says_how_well_it_hears() {
    let world = World::laid_out(Layout::Current).await;
    let often = Options { heartbeat: Duration::from_millis(100), ..options() };
    let _worker = Worker::start(world.service().options(often).on("work", None, echo)).await;
    eventually("both feeds are live", async || {
        let workers = jobs::workers(&world.client, &world.root).await.unwrap();
        let feeds = &workers[0].feeds;
        let lists: Vec<&str> = feeds.iter().map(|feed| feed.list.rsplit('/').next().unwrap()).collect();
        lists == ["jobs", "pending"] && feeds.iter().all(|feed| feed.live && feed.rev.is_some())
    })
    .await;
}

#[tokio::test]
async fn odd_entries_are_handled_one_by_one() {
    let world = World::laid_out(Layout::Current).await;
    let _worker = Worker::start(world.service().on("work", None, echo)).await;
    let pending = "/bookmarks/services/svc/jobs/pending";
    // A versioned link, a job of another service's name, and a key that is not that of the resource.
    world.put("/resources/versioned", &json!({"service": "svc", "type": "work"})).await;
    world.put("/resources/foreign", &json!({"service": "other", "type": "work"})).await;
    world
        .put(
            pending,
            &json!({
                "versioned": {"_id": "resources/versioned", "_rev": 0},
                "another-key": {"_id": "resources/foreign"}
            }),
        )
        .await;
    for (key, id) in [("versioned", "versioned"), ("another-key", "foreign")] {
        eventually(&format!("{key} is filed"), async || {
            !world.is_pending(key).await && world.filed(key).await.len() == 1
        })
        .await;
        assert_eq!(world.get(&format!("/resources/{id}/status")).await.unwrap(), "success");
    }
}

#[tokio::test]
async fn the_lists_of_all_versions_are_read() {
    let world = World::laid_out(Layout::Current).await;
    let base = "/bookmarks/services/svc";
    let day = |n: u32| format!("2024-01-0{n}");
    for (n, path) in [
        (1, "jobs-failure/day-index"),
        (2, "jobs/failure/day-index"),
        (3, "jobs/failure/unknown/day-index"),
        (4, "jobs/failure/timeout/day-index"),
        (5, "jobs-success/day-index"),
        (6, "jobs/success/unknown/day-index"),
    ] {
        let key = format!("job-{n}");
        let status = if path.contains("failure") { "failure" } else { "success" };
        let job = json!({"service": "svc", "type": "work", "status": status});
        world.put(&format!("/resources/{key}"), &job).await;
        let list = format!("old-day-{n}");
        world.put(&format!("/resources/{list}"), &json!({&key: {"_id": format!("resources/{key}")}})).await;
        // Old servers and clients made these as resources or inline; a reader must not care.
        world.put(&format!("{base}/{path}"), &json!({day(n): {"_id": format!("resources/{list}")}})).await;
    }
    for (list, expected) in [(FinalList::Failure, vec![4, 3, 2, 1]), (FinalList::Success, vec![6, 5])] {
        let days = jobs::finished_days(&world.client, &world.root, list).await.unwrap();
        let found: Vec<String> = days.iter().map(|found| found.day.to_string()).collect();
        let expected: Vec<String> = expected.into_iter().map(day).collect();
        assert_eq!(found, expected);
    }
    let found = jobs::find(&world.client, &world.root, "job-3").await.unwrap();
    assert_eq!(found.job.status(), JobStatus::Failure);
    let by_beginning = jobs::find(&world.client, &world.root, "job-4").await.unwrap();
    assert_eq!(by_beginning.id, ResourceId::from_key("job-4"));
    let listed = jobs::listed_in(&world.client, &world.root, &found).await.unwrap();
    assert!(matches!(listed, Some(jobs::ListedIn::Final(day)) if day.day.to_string() == "2024-01-03"));
}
