//! Scopes: what a token may do with resources of which type.
//!
//! The names of the reference server stand for the types that they stand for there.

use super::auth::Need;
use super::media;

/// One scope of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    name: String,
    read: bool,
    write: bool,
}

const EVERYTHING: &str = "all";
/// The scope that allows to make and change users.
const USER_ADMIN: &str = "oada.admin.user";

/// What stands between `application/vnd.` and `+json` in the types of a name; those with a `/` are whole types.
type Types = &'static [&'static str];

const LISTS: Types = &["oada.bookmarks.1", "oada.shares.1"];
const ROCKS: Types = &["oada.rocks.1", "oada.rock.1"];
const JSON: Types = &["application/json"];
const PDF: Types = &["application/pdf"];

/// The names of the reference server.
const NAMES: &[(&str, &[Types])] = &[
    (USER_ADMIN, &[&["oada.user.1"]]),
    ("oada.mirrors", &[&["oada.mirrors.1"]]),
    (
        "oada.fields",
        &[
            LISTS,
            &["oada.bookmarks.fields.1", "oada.fields.1", "oada.field.1", "oada.farms.1", "oada.farm.1"],
            &["oada.growers.1", "oada.grower.1"],
            JSON,
        ],
    ),
    (
        "oada.isoblue",
        &[
            &["oada.bookmarks.1", "oada.isoblue.1", "oada.isoblue.device.1", "oada.isoblue.dataset.1"],
            &["oada.isoblue.day.1", "oada.isoblue.hour.1"],
            JSON,
        ],
    ),
    ("oada.operations", &[LISTS, &["oada.operation.1", "oada.operations.1"], JSON]),
    ("oada.rocks", &[LISTS, ROCKS, JSON]),
    (
        "trellisfw",
        &[
            LISTS,
            ROCKS,
            &["oada.service.jobs.1", "trellisfw.audit.sqfi.1", "trellisfw.audit.primusgfs.1"],
            &["trellisfw.audit.globalgap.1", "trellisfw.certification.sqfi.1"],
            &["trellisfw.certification.primusgfs.1", "trellisfw.certification.globalgap.1"],
            &["trellisfw.certifications.globalgap.1", "trellisfw.certifications.sgfi.1"],
            &["trellisfw.certifications.1", "trellisfw.coi.accord", "trellisfw.client.1"],
            &["trellisfw.clients.1", "trellisfw.connection.1", "trellisfw.documents.1", "trellisfw.1"],
            &["trellisfw.document.1"],
            JSON,
            PDF,
        ],
    ),
    (
        "trellis",
        &[
            LISTS,
            ROCKS,
            &["oada.service.jobs.1", "trellis.audit.primusgfs.1", "trellis.audit.globalgap.1"],
            &["trellis.certification.primusgfs.1", "trellis.certification.globalgap.1"],
            &["trellis.certifications.globalgap.1", "trellis.certifications.1", "trellis.client.1"],
            &["trellis.clients.1", "trellis.connection.1", "trellis.1"],
            JSON,
            PDF,
        ],
    ),
    (
        "oada.yield",
        &[
            &["multipart/form-data", "image/jpeg"],
            LISTS,
            &["oada.services.1", "oada.service.1", "oada.operations.1", "oada.operation.1"],
            &["oada.seasons.1", "oada.season.1", "oada.tiled-maps.1", "oada.tiled-maps.dry-yield-map.1"],
            &["oada.harvest.1", "oada.as-harvested.1", "oada.as-harvested.yield-moisture-dataset.1"],
            &["oada.as-harvested.geohash.1", "oada.data-index.1", "oada.data-index.tiled-maps.1"],
            &["oada.connection.1", "oada.note.1", "oada.notes.1", "oada.field.1", "oada.fields.1"],
            &["oada.grower.1", "oada.farm.1", "oada.farms.1", "oada.yield.1"],
            JSON,
            PDF,
        ],
    ),
];

impl Scope {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, permission) = text.rsplit_once(':')?;
        let (read, write) = match permission {
            "read" => (true, false),
            "write" => (false, true),
            "all" => (true, true),
            _ => return None,
        };
        (!name.is_empty()).then(|| Self { name: name.to_owned(), read, write })
    }

    pub(super) fn allows(&self, need: Need) -> bool {
        if need == Need::Read { self.read } else { self.write }
    }

    pub(super) fn is_of_user_admin(&self) -> bool {
        self.name == USER_ADMIN
    }

    /// Whether this scope speaks of resources of this type: `all` of every type, a media type of itself, a name of the
    /// reference server of the types in its list, and any other name, such as `oada.service`, of the types
    /// `application/vnd.oada.service…`.
    pub(super) fn covers(&self, content_type: &str) -> bool {
        let essence = media::essence(content_type);
        if self.name == EVERYTHING {
            return true;
        }
        if self.name.contains('/') {
            return self.name == essence;
        }
        let vendor = essence.strip_prefix("application/vnd.");
        if let Some((_, types)) = NAMES.iter().find(|(name, _)| *name == self.name) {
            let plain = vendor.and_then(|vendor| vendor.strip_suffix("+json"));
            return types.iter().copied().flatten().any(|listed| {
                if listed.contains('/') { *listed == essence } else { Some(*listed) == plain }
            });
        }
        vendor
            .and_then(|rest| rest.strip_prefix(self.name.as_str()))
            .is_some_and(|rest| rest.starts_with(['.', '+', '-']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(scope: &str, content_type: &str) -> bool {
        Scope::parse(scope).unwrap().covers(content_type)
    }

    #[test]
    fn names_of_the_reference_server_are_lists_of_types() {
        for yes in [
            "application/vnd.oada.rocks.1+json",
            "application/vnd.oada.rock.1+json; charset=utf-8",
            "application/vnd.oada.bookmarks.1+json",
            "application/json",
        ] {
            assert!(covers("oada.rocks:read", yes), "{yes}");
        }
        for no in [
            "application/vnd.oada.rocks+json",
            "application/vnd.oada.rocks.2+json",
            "application/vnd.oada.fields.1+json",
            "application/pdf",
            "oada.rocks.1",
        ] {
            assert!(!covers("oada.rocks:read", no), "{no}");
        }
        // Why tokens with this scope fail on jobs, there as here.
        assert!(covers("trellis:all", "application/vnd.oada.service.jobs.1+json"));
        for job in ["application/vnd.oada.service.job.1+json", "application/vnd.oada.service.jobs+json"] {
            assert!(!covers("trellis:all", job), "{job}");
        }
        assert!(covers("trellis:all", "application/pdf"));
        assert!(covers("trellisfw:all", "application/vnd.trellisfw.coi.accord+json"));
        assert!(covers("oada.yield:all", "image/jpeg"));
        assert!(covers("oada.admin.user:all", "application/vnd.oada.user.1+json"));
    }

    #[test]
    fn other_names_are_the_beginnings_of_types() {
        assert!(covers("all:all", "anything/at-all"));
        for job in ["job", "job.1", "jobs", "jobs.1", "jobs-success", "queues"] {
            let content_type = format!("application/vnd.oada.service.{job}+json");
            assert!(covers("oada.service:all", &content_type), "{content_type}");
        }
        assert!(covers("oada.service:all", "application/vnd.oada.service+json"));
        assert!(!covers("oada.service:all", "application/vnd.oada.services.1+json"));
        assert!(covers("oada-jobs:read", "application/vnd.oada-jobs.worker.1+json"));
        assert!(covers("application/json:all", "application/json; charset=utf-8"));
        assert!(!covers("example:all", "application/json"));
        for bad in ["", "all", "all:", ":read", "all:everything"] {
            assert_eq!(Scope::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_scope_reads_or_writes_or_both() {
        let allowed = |scope: &str| {
            let scope = Scope::parse(scope).unwrap();
            (scope.allows(Need::Read), scope.allows(Need::Write))
        };
        assert_eq!(allowed("all:read"), (true, false));
        assert_eq!(allowed("all:write"), (false, true));
        assert_eq!(allowed("all:all"), (true, true));
    }
}
