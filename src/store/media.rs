//! Media types: what counts as JSON, what an `Accept` header allows, and the schema that a versioned type names.

use crate::model::before;

/// The type of a meta document.
pub(super) const META: &str = "application/vnd.oada.meta+json";
/// The type of a change, or of a list of them.
pub(super) const META_UTF8: &str = "application/vnd.oada.meta+json; charset=utf-8";
/// The type of everything that is no resource.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// The type without its parameters.
pub(super) fn essence(media_type: &str) -> &str {
    let end = before(media_type.as_bytes(), |byte| byte == b';');
    end.map_or(media_type, |end| &media_type[..end]).trim()
}

/// Whether content of this type is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type).as_bytes();
    let Some(main) = before(essence, |byte| byte == b'/') else { return false };
    let subtype = &essence[main + 1..];
    subtype.eq_ignore_ascii_case(b"json")
        || subtype.last_chunk::<5>().is_some_and(|end| end.eq_ignore_ascii_case(b"+json"))
}

/// Whether `accept` allows the type, or JSON where the content is that.
pub(super) fn accepts(accept: Option<&str>, media_type: &str) -> bool {
    let Some(accept) = accept else { return true };
    let wanted = essence(media_type).to_ascii_lowercase();
    let main = wanted.split('/').next().unwrap_or_default();
    let json = is_json(media_type);
    accept.split(',').any(|range| {
        let refused = range.split(';').skip(1).any(|parameter| {
            let weight = parameter.trim().strip_prefix("q=").map(str::parse::<f32>);
            matches!(weight, Some(Ok(weight)) if weight <= 0.0)
        });
        let range = essence(range).to_ascii_lowercase();
        !refused
            && (range == "*/*"
                || range.is_empty()
                || range == wanted
                || range.strip_suffix("/*") == Some(main)
                || (json && (range == "application/json" || range == "application/*")))
    })
}

/// The address of the schema of a type `application/vnd.<dom>.<a>.<b>.<N>+json`.
pub(super) fn schema(media_type: &str) -> Option<String> {
    let name = essence(media_type).strip_prefix("application/vnd.")?.strip_suffix("+json")?;
    let (path, version) = name.rsplit_once('.')?;
    let numeric = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    (numeric && !path.is_empty())
        .then(|| format!("https://formats.openag.io/{}/v{version}.schema.json", path.replace('.', "/")))
}

/// Whether `text` can stand in a header as a media type.
pub(super) fn is_plausible(text: &str) -> bool {
    !text.is_empty() && text.len() <= 1024 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_by_subtype_or_suffix() {
        for yes in
            ["application/json", "application/json; charset=utf-8", "text/json", "application/vnd.a+json"]
        {
            assert!(is_json(yes), "{yes}");
        }
        for no in ["application/pdf", "text/plain", "json", "", "application/jsonx"] {
            assert!(!is_json(no), "{no}");
        }
    }

    #[test]
    fn accept_is_the_type_or_json_or_a_star() {
        let item = "application/vnd.example.item+json";
        for yes in ["*/*", "application/json", item, "text/html, */*;q=0.1", "application/*"] {
            assert!(accepts(Some(yes), item), "{yes}");
        }
        assert!(accepts(None, item));
        for no in ["text/html", "text/plain", "application/pdf", "*/*;q=0"] {
            assert!(!accepts(Some(no), item), "{no}");
        }
        assert!(!accepts(Some("application/json"), "application/pdf"));
    }

    #[test]
    fn versioned_types_name_a_schema() {
        assert_eq!(
            schema("application/vnd.oada.service.job.1+json; foo=bar").as_deref(),
            Some("https://formats.openag.io/oada/service/job/v1.schema.json")
        );
        assert_eq!(schema("application/vnd.example.item+json"), None);
        assert_eq!(schema("application/json"), None);
    }
}
