//! Links from the resources that a job is about to the job: `_meta/services/<service>/jobs/<key>`.
//!
//! Owns which resources a job names: by pointers that the service is set up with, and by what its handler says. Best
//! effort: a resource that is gone, or may not be written, keeps no job from being filed.

use serde_json::{Value, json};

use super::queue::Queue;
use crate::jobs::Listed;
use crate::model::{Job, Link, Path, ResourceId, split_pointer};

/// Whether jobs name resources by pointers that the service is set up with.
pub(super) fn names_any(queue: &Queue) -> bool {
    !queue.service.options.link_pointers.is_empty()
}

/// Links a job back from all that it names.
pub(super) async fn link_back(queue: &Queue, listed: &Listed, job: &Job, said: &[String]) {
    let config = queue.service.options.link_pointers.iter().filter_map(|pointer| named(job, pointer));
    for target in config.chain(said.iter().cloned()) {
        if let Err(reason) = link_from(queue, listed, &target).await {
            queue.trouble(&format!("the link from {target} to its job {}", listed.key), &reason);
        }
    }
}

/// What stands at a JSON pointer into the job: a path, an id, or a link.
fn named(job: &Job, pointer: &str) -> Option<String> {
    let (member, deeper) = split_pointer(pointer.strip_prefix("/config")?)?;
    match job.config.get(&member)?.pointer(deeper)? {
        Value::String(text) => Some(text.clone()),
        other => Link::from_value(other).map(|link| link.id.to_string()),
    }
}

async fn link_from(queue: &Queue, listed: &Listed, target: &str) -> Result<(), String> {
    let path = match ResourceId::parse(target) {
        Some(id) => id.path(),
        None => Path::parse(target).map_err(|error| error.to_string())?,
    };
    let head = queue.client.head(&path).await.map_err(|error| error.to_string())?;
    let resource = match head {
        None => return Err("nothing is there".to_owned()),
        Some(head) if !head.leftover.is_empty() => return Err("it is no resource of its own".to_owned()),
        Some(head) => head.resource,
    };
    let link = Link::unversioned(listed.id.clone()).to_value();
    let body = json!({"services": {queue.root.name(): {"jobs": {listed.key.as_str(): link}}}});
    let meta = resource.path().join("_meta");
    queue.client.put(&meta, "application/json", &body, None).await.map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_ids_and_links_are_found_in_the_config() {
        let config =
            json!({"doc": {"_id": "resources/a", "_rev": 3}, "more": {"path": "/bookmarks/x"}, "n": 1});
        let job = Job::new("svc", "work", config.as_object().cloned().unwrap());
        assert_eq!(named(&job, "/config/doc").as_deref(), Some("resources/a"));
        assert_eq!(named(&job, "/config/doc/_id").as_deref(), Some("resources/a"));
        assert_eq!(named(&job, "/config/more/path").as_deref(), Some("/bookmarks/x"));
        for none in ["/config", "/config/n", "/config/other", "/result/doc", "nonsense"] {
            assert_eq!(named(&job, none), None, "{none}");
        }
    }
}
