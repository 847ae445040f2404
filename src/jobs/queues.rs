//! The queue list of a service: other stores, or other users' views of this one, that a worker serves as well
//! (`jobs-contract.md` 7).
//!
//! Owns the form of an entry. Tokens in it are in clear text on the store, and never leave this type but to log in.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Error, ServiceRoot};
use crate::model::{Link, Tree, is_item_key};
use crate::oada::Client;

/// One entry of the queue list.
#[derive(Clone, Debug)]
pub struct QueueEntry {
    /// The domain of the store it names.
    pub domain: String,
    /// The token to use there.
    pub token: SecretString,
}

impl PartialEq for QueueEntry {
    fn eq(&self, other: &Self) -> bool {
        self.domain == other.domain && self.token.expose_secret() == other.token.expose_secret()
    }
}

/// The list as it was read: entries by name, and for those that are none the reason.
pub type Queues = BTreeMap<String, Result<QueueEntry, String>>;

/// Reads the queue list; empty if there is none. An entry may be inline or a link.
///
/// # Errors
/// When the store refuses or cannot be reached. An invalid entry is an `Err` in its place and stops nothing.
pub async fn queues(client: &Client, root: &ServiceRoot) -> Result<Queues, Error> {
    let Some(document) = client.find(&root.queues()).await? else { return Ok(Queues::new()) };
    let Value::Object(members) = document.value else {
        return Ok(Queues::new());
    };
    let mut list = Queues::new();
    for (name, value) in members {
        if name.starts_with('_') || value.is_null() {
            continue;
        }
        let entry = match Link::from_value(&value) {
            Some(link) => match client.find(&link.id.path()).await? {
                Some(linked) => entry_of(&linked.value),
                None => Err(format!("it links to {}, which does not exist", link.id)),
            },
            None => entry_of(&value),
        };
        list.insert(name, entry);
    }
    Ok(list)
}

/// Reads one entry.
///
/// # Errors
/// Says what is missing.
pub fn entry_of(value: &Value) -> Result<QueueEntry, String> {
    let text = |member| {
        value
            .get(member)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| format!("{member:?} must be a string"))
    };
    Ok(QueueEntry { domain: text("domain")?, token: text("token")?.into() })
}

/// Adds an entry, or replaces the one of that name.
///
/// # Errors
/// When the name is unfit, or the store refuses or cannot be reached.
pub async fn add_queue(
    client: &Client,
    root: &ServiceRoot,
    name: &str,
    entry: &QueueEntry,
) -> Result<(), Error> {
    if !is_item_key(name) {
        return Err(Error::Key { key: name.to_owned() });
    }
    let tree = Tree::classic();
    client.ensure(&root.queues(), tree).await?;
    // Inline in the list: the only form that @oada/jobs 1.0.4 reads.
    let body = json!({name: {"domain": entry.domain, "token": entry.token.expose_secret()}});
    let content_type = tree.at(&root.queues()).and_then(crate::model::Node::content_type);
    client.put(&root.queues(), content_type.unwrap_or("application/json"), &body, None).await?;
    Ok(())
}

/// Takes an entry out of the list.
///
/// # Errors
/// [`Error::NoSuchQueue`], or when the store refuses or cannot be reached.
pub async fn remove_queue(client: &Client, root: &ServiceRoot, name: &str) -> Result<(), Error> {
    let missing = || Error::NoSuchQueue { name: name.to_owned(), service: root.to_string() };
    if !is_item_key(name) {
        return Err(missing());
    }
    let listed = client.find(&root.queues()).await?;
    if listed.and_then(|list| list.value.get(name).filter(|entry| !entry.is_null()).cloned()).is_none() {
        return Err(missing());
    }
    client.delete(&root.queues().join(name), None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_checked() {
        let entry = entry_of(&json!({"domain": "a.example", "token": "secret"})).unwrap();
        assert_eq!(entry.domain, "a.example");
        assert!(!format!("{entry:?}").contains("secret"));
        assert_eq!(entry_of(&json!({"domain": "a"})).unwrap_err(), "\"token\" must be a string");
        assert!(entry_of(&json!({"domain": "", "token": "t"})).is_err());
        assert!(entry_of(&json!("x")).is_err());
    }
}
