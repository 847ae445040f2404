//! Resource ids, and the keys they are made of.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ksuid::{Ksuid, KsuidText};

/// A new 27-character KSUID.
///
/// Keys made by one process sort in the order in which they were made, also within the one second that a KSUID
/// resolves: a key made in the same second is its predecessor plus one.
#[must_use]
pub fn new_key() -> String {
    static LAST: Mutex<Option<(i64, KsuidText)>> = Mutex::new(None);
    let now = Timestamp::now().as_second();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, next) = match &mut *last {
        Some(last) if last.0 >= now => {
            last.1.count_up();
            last
        }
        last => {
            let mut random: [u8; 16] = rand::random();
            // The first half of the random space, so that counting up cannot run over.
            random[0] &= 0x7f;
            last.insert((now, Ksuid::new(now, random).text()))
        }
    };
    next.as_str().to_owned()
}

/// The time in a KSUID, to one second; `None` if `key` is not one.
#[must_use]
pub fn key_time(key: &str) -> Option<Timestamp> {
    Timestamp::from_second(Ksuid::parse(key)?.unix_seconds()).ok()
}

/// The id of a resource: `resources/<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceId(String);

const PREFIX: &str = "resources/";

impl ResourceId {
    /// The id with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self([PREFIX, key].concat())
    }

    /// A new id with a KSUID as its key.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_key(&new_key())
    }

    /// Reads `resources/<key>`, also with a leading slash; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::key_in(text).map(Self::from_key)
    }

    /// The key in the text of an id, as [`ResourceId::parse`] reads it.
    pub(crate) fn key_in(text: &str) -> Option<&str> {
        let key = text.strip_prefix('/').unwrap_or(text).strip_prefix(PREFIX)?;
        (!key.is_empty() && !key.contains('/')).then_some(key)
    }

    /// The part after `resources/`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0[PREFIX.len()..]
    }

    /// The id as it stands in documents: `resources/<key>`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path that requests use: `/resources/<key>`.
    #[must_use]
    pub fn path(&self) -> super::Path {
        super::Path::of([PREFIX.trim_end_matches('/'), self.key()])
    }

    /// The text of that path.
    pub(crate) fn path_text(&self) -> String {
        if self.0.contains('~') { self.path().to_text() } else { ["/", &self.0].concat() }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ResourceId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not a resource id"))
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ksuids_and_sort_in_the_order_made() {
        let keys: Vec<String> = (0..1000).map(|_| new_key()).collect();
        assert!(keys.iter().all(|key| key.len() == 27));
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        let made = key_time(&keys[0]).unwrap();
        assert!(made.duration_until(Timestamp::now()).as_secs() < 60);
    }

    #[test]
    fn key_time_refuses_what_is_not_a_ksuid() {
        assert_eq!(key_time("old-job"), None);
        assert_eq!(key_time("!!!!!!!!!!!!!!!!!!!!!!!!!!!"), None);
        assert_eq!(key_time("é0000000000000000000000000"), None);
    }

    #[test]
    fn ids_are_read_with_and_without_the_leading_slash() {
        let id = ResourceId::parse("/resources/abc").unwrap();
        assert_eq!(id, ResourceId::parse("resources/abc").unwrap());
        assert_eq!(id.key(), "abc");
        assert_eq!(id.path().to_string(), "/resources/abc");
        for key in ["abc", "a~b"] {
            let id = ResourceId::from_key(key);
            assert_eq!(id.path_text(), id.path().to_string());
        }
        for bad in ["abc", "resources/", "resources/a/b", "users/abc", ""] {
            assert_eq!(ResourceId::parse(bad), None, "{bad:?}");
        }
    }
}
