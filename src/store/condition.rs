//! Conditional requests: `If-Match` and `If-None-Match`.

/// One entity tag, or what clients send in place of one.
enum Tag<'a> {
    /// Whatever exists.
    Any,
    /// `"key/rev"`, also weak.
    Exact(&'a str, u64),
    /// `5` or `"5"`: a rev of the resource that is meant. Old clients send this.
    Rev(u64),
}

fn tags(header: &str) -> impl Iterator<Item = Tag<'_>> {
    header.split(", ").filter_map(|tag| {
        let tag = tag.trim();
        if tag == "*" {
            return Some(Tag::Any);
        }
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        let bare = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
        match bare.rsplit_once('/') {
            Some((key, rev)) => Some(Tag::Exact(key, rev.parse().ok()?)),
            None => Some(Tag::Rev(bare.parse().ok()?)),
        }
    })
}

/// Whether a tag in `header` names the resource as it is; `rev` is `None` where it does not exist.
pub(super) fn matches(header: &str, resource: &str, rev: Option<u64>) -> bool {
    let Some(rev) = rev else { return false };
    tags(header).any(|tag| match tag {
        Tag::Any => true,
        Tag::Exact(key, tag_rev) => key == resource && tag_rev == rev,
        Tag::Rev(tag_rev) => tag_rev == rev,
    })
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
