//! Users: making them, and what is said about them.

use serde_json::{Map, Value};

use super::auth::{self, User};
use super::error::Error;
use super::{Store, apply, writer};

const BOOKMARKS_TYPE: &str = "application/vnd.oada.bookmarks.1+json";
const SHARES_TYPE: &str = "application/vnd.oada.shares.1+json";

/// What the store keeps itself, and what it does not keep at all: nobody logs in here.
const NOT_PROFILE: [&str; 8] = ["_id", "_rev", "_type", "sub", "username", "bookmarks", "shares", "password"];

impl Store {
    /// Adds a user with empty bookmarks and shares.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the name is taken or empty.
    pub fn add_user(&self, username: &str) -> Result<User, Error> {
        self.make_user(username, &crate::model::new_key(), Map::new())
    }

    /// Makes a user of this name, or takes down what else is said of the one there is.
    pub(super) fn put_user_named(&self, username: &str, about: &Map<String, Value>) -> Result<User, Error> {
        match self.inner.auth.user_named(username) {
            Some(user) => self.change_user(&user, about),
            None => self.make_user(username, &crate::model::new_key(), profile(about)),
        }
    }

    /// The same for the user with this id.
    pub(super) fn put_user(&self, id: &str, about: &Map<String, Value>) -> Result<User, Error> {
        let key = id.strip_prefix("users/").unwrap_or(id);
        if let Some(user) = self.inner.auth.user(&format!("users/{key}")) {
            return self.change_user(&user, about);
        }
        if !super::key::is_resource_key(key) {
            return Err(Error::Invalid(format!("{key:?} cannot be the id of a user")));
        }
        match about.get("username").and_then(Value::as_str) {
            Some(username) => self.make_user(username, key, profile(about)),
            None => Err(Error::Invalid("a new user needs a username".to_owned())),
        }
    }

    fn make_user(&self, username: &str, key: &str, profile: Map<String, Value>) -> Result<User, Error> {
        if username.is_empty() || self.inner.auth.user_named(username).is_some() {
            return Err(Error::Invalid(format!("user name {username:?} is taken or empty")));
        }
        let user = User {
            id: format!("users/{key}"),
            username: username.to_owned(),
            bookmarks: crate::model::new_key(),
            shares: crate::model::new_key(),
            profile,
        };
        let stored = user.clone();
        self.run(move |batch| {
            let now = writer::now();
            apply::seed(batch, &stored.bookmarks, BOOKMARKS_TYPE, &stored.id, now)?;
            apply::seed(batch, &stored.shares, SHARES_TYPE, &stored.id, now)?;
            auth::store_user(batch, &stored)
        })?;
        self.inner.auth.user_stored(user.clone());
        Ok(user)
    }

    fn change_user(&self, user: &User, about: &Map<String, Value>) -> Result<User, Error> {
        let mut changed = user.clone();
        if let Some(username) = about.get("username") {
            let named = username.as_str().and_then(|name| self.inner.auth.user_named(name));
            match username.as_str() {
                Some(name) if !name.is_empty() && named.is_none_or(|other| other.id == user.id) => {
                    name.clone_into(&mut changed.username);
                }
                _ => return Err(Error::Invalid(format!("user name {username} is taken or empty"))),
            }
        }
        let mut known = Value::Object(changed.profile);
        crate::model::merge(&mut known, &Value::Object(profile(about)));
        changed.profile = match known {
            Value::Object(known) => known,
            _ => Map::new(),
        };
        let stored = changed.clone();
        self.run(move |batch| auth::store_user(batch, &stored))?;
        self.inner.auth.user_stored(changed.clone());
        Ok(changed)
    }
}

fn profile(about: &Map<String, Value>) -> Map<String, Value> {
    let kept = about.iter().filter(|(name, _)| !NOT_PROFILE.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
