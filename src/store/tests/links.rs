//! Links of a resource to itself.

use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::json;

use super::{done, file, options, write};
use crate::store::auth::Session;
use crate::store::db::Db;
use crate::store::document::value;
use crate::store::key::DocPath;
use crate::store::request::Method;

#[test]
fn a_link_to_the_resource_itself_tells_the_rev_of_the_write() {
    let memory = || -> Box<dyn StorageBackend> { Box::new(InMemoryBackend::new()) };
    let db = Db::in_storage(memory(), [memory(), memory()], file(), &options()).unwrap();
    let session = Arc::new(Session::of_everything("u"));
    // Small and without links before, and then not.
    assert_eq!(done(&db, &write(&session, Method::Put, "/resources/r", Some(json!({"a": 1})))).status, 201);
    for (resource, rev) in [("new", 1), ("new", 2), ("r", 2)] {
        let body = json!({"me": {"_id": format!("resources/{resource}"), "_rev": 0}});
        assert_eq!(
            done(&db, &write(&session, Method::Put, &format!("/resources/{resource}"), Some(body))).status,
            201
        );
        let stored = value(&db.snapshot().unwrap(), resource, &DocPath::root()).unwrap().unwrap();
        assert_eq!(stored["me"]["_rev"], rev, "{resource}");
    }
}
