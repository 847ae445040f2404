//! Conditional requests: `If-Match` and `If-None-Match`.

use crate::model::before;

/// One entity tag, or what clients send in place of one.
enum Tag<'a> {
    /// Whatever exists.
    Any,
    /// `"key/rev"`, also weak.
    Exact(&'a str, u64),
    /// `5` or `"5"`: a rev of the resource that is meant. Old clients send this.
    Rev(u64),
}

impl<'a> Tag<'a> {
    fn read(tag: &'a str) -> Option<Self> {
        let tag = tag.trim();
        if tag == "*" {
            return Some(Self::Any);
        }
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        let bare = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
        match bare.rsplit_once('/') {
            Some((key, rev)) => Some(Self::Exact(key, rev.parse().ok()?)),
            None => Some(Self::Rev(bare.parse().ok()?)),
        }
    }
}

/// Whether a tag in `header` names the resource as it is; `rev` is `None` where it does not exist.
pub(super) fn matches(header: &str, resource: &str, rev: Option<u64>) -> bool {
    let Some(rev) = rev else { return false };
    let is_met = |tag: &str| match Tag::read(tag) {
        Some(Tag::Any) => true,
        Some(Tag::Exact(key, tag_rev)) => key == resource && tag_rev == rev,
        Some(Tag::Rev(tag_rev)) => tag_rev == rev,
        None => false,
    };
    // Nearly always there is one.
    match before(header.as_bytes(), |byte| byte == b',') {
        Some(_) => header.split(", ").any(is_met),
        None => is_met(header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_match_by_key_and_rev() {
        for yes in ["*", "7", "\"7\"", "\"k/7\"", "W/\"k/7\"", "\"k/1\", \"k/7\"", "\"x/1\", 7"] {
            assert!(matches(yes, "k", Some(7)), "{yes}");
        }
        for no in ["6", "\"k/6\"", "\"x/7\"", "\"k/1\",\"k/7\"", "", "k", "\"k/null\""] {
            assert!(!matches(no, "k", Some(7)), "{no}");
        }
    }

    #[test]
    fn nothing_matches_what_does_not_exist() {
        assert!(!matches("*", "k", None));
        assert!(!matches("0", "k", None));
    }
}
