//! Links: objects with a string `_id` (`oada-protocol.md` 3.3).

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_json::{Map, Value, json};

use super::{ResourceId, Rev};

/// A link from one resource to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it points to. The target need not exist.
    pub id: ResourceId,
    /// Present on a versioned link: the target's rev when the link was last rewritten, 0 if unknown.
    pub rev: Option<Rev>,
}

impl Link {
    /// A link that does not follow its target's changes.
    #[must_use]
    pub fn unversioned(id: ResourceId) -> Self {
        Self { id, rev: None }
    }

    /// A link through which changes of the target climb; the store fills in the rev.
    #[must_use]
    pub fn versioned(id: ResourceId) -> Self {
        Self { id, rev: Some(Rev(0)) }
    }

    /// Reads a link out of `value`; `None` if it is none, or points outside `resources/`.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        Self::from_map(value.as_object()?)
    }

    /// Reads a link out of the members of an object.
    #[must_use]
    pub fn from_map(map: &Map<String, Value>) -> Option<Self> {
        let id = ResourceId::parse(map.get("_id")?.as_str()?)?;
        let rev = map.get("_rev").map(|rev| Rev(rev.as_u64().unwrap_or(0)));
        Some(Self { id, rev })
    }

    /// The link as it is written.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self.rev {
            Some(Rev(rev)) => json!({"_id": self.id.as_str(), "_rev": rev}),
            None => json!({"_id": self.id.as_str()}),
        }
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut link = serializer.serialize_struct("Link", 2)?;
        link.serialize_field("_id", self.id.as_str())?;
        match &self.rev {
            Some(rev) => link.serialize_field("_rev", rev)?,
            None => link.skip_field("_rev")?,
        }
        link.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_other_values() {
        let link = Link::from_value(&json!({"_id": "resources/a", "_rev": 3})).unwrap();
        assert_eq!(link.rev, Some(Rev(3)));
        assert_eq!(serde_json::to_value(&link).unwrap(), link.to_value());
        let unversioned = Link::unversioned(link.id);
        assert_eq!(serde_json::to_value(&unversioned).unwrap(), unversioned.to_value());
        assert_eq!(Link::from_value(&json!({"_id": "resources/a"})).unwrap().rev, None);
        for none in [json!(null), json!({}), json!({"_id": 1}), json!({"_id": "users/a"}), json!(["_id"])] {
            assert_eq!(Link::from_value(&none), None, "{none}");
        }
    }
}
