//! Users, tokens and scopes, and what they allow.
//!
//! Kept in memory as a whole and written through. A token is stored as its hash only.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::db::{Batch, Rows};
use super::document;
use super::error::{Error, Fault};
use super::graph::Place;
use super::key::{DocPath, META_KEY};
use super::row::{Header, Node, json_text};

const USER: &str = "user:";
const TOKEN: &str = "token:";

/// Somebody who may own resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id that stands in `_owner` and the like.
    pub id: String,
    /// The name by which people know the user.
    pub username: String,
    /// The key of the user's bookmarks.
    pub bookmarks: String,
    /// The key of the user's shares.
    pub shares: String,
}

/// What is known of a token: everything but the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// A short id, by which it is removed.
    pub id: String,
    /// The name it was given.
    pub name: String,
    /// The id of the user in whose name it acts.
    pub user: String,
    /// What it allows, as `<name>:<read|write|all>`.
    pub scopes: Vec<String>,
    /// Seconds since the epoch.
    pub created: f64,
    /// Whether it is the data folder's own token, which may manage the others.
    pub owner: bool,
}

#[derive(Serialize, Deserialize)]
struct TokenRow {
    #[serde(flatten)]
    info: TokenInfo,
    hash: String,
}

/// What a request may do.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) user: Arc<User>,
    pub(super) owner: bool,
    scopes: Vec<Scope>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Scope {
    name: String,
    read: bool,
    write: bool,
}

/// What a request wants to do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Read,
    Write,
}

/// Why a request has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unauthorized {
    Missing,
    Invalid,
}

#[derive(Default)]
struct State {
    users: HashMap<String, Arc<User>>,
    tokens: BTreeMap<String, TokenInfo>,
    sessions: HashMap<[u8; 32], Arc<Session>>,
}

/// All users and tokens.
#[derive(Default)]
pub(super) struct Auth {
    state: RwLock<State>,
    /// Raised whenever a token comes or goes, so that sockets look again.
    generation: AtomicU64,
}

impl Auth {
    pub(super) fn load(rows: Vec<(String, Vec<u8>)>) -> Result<Self, Fault> {
        let mut state = State::default();
        let mut tokens = Vec::new();
        for (key, value) in rows {
            if key.starts_with(USER) {
                let user: User =
                    serde_json::from_slice(&value).map_err(|_| Fault::Damage("user is not readable"))?;
                state.users.insert(user.id.clone(), Arc::new(user));
            } else if key.starts_with(TOKEN) {
                let row: TokenRow =
                    serde_json::from_slice(&value).map_err(|_| Fault::Damage("token is not readable"))?;
                tokens.push(row);
            }
        }
        for row in tokens {
            state.add(row)?;
        }
        Ok(Self { state: RwLock::new(state), generation: AtomicU64::new(0) })
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let done = work(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.generation.fetch_add(1, Ordering::AcqRel);
        done
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The session of an `Authorization` header.
    pub(super) fn session(&self, authorization: Option<&str>) -> Result<Arc<Session>, Unauthorized> {
        let header = authorization.filter(|header| !header.is_empty()).ok_or(Unauthorized::Missing)?;
        let token = header.strip_prefix("Bearer ").ok_or(Unauthorized::Invalid)?;
        let hash = hash(token.trim());
        self.read(|state| state.sessions.get(&hash).cloned()).ok_or(Unauthorized::Invalid)
    }

    pub(super) fn user(&self, id: &str) -> Option<Arc<User>> {
        self.read(|state| state.users.get(id).cloned())
    }

    pub(super) fn user_named(&self, username: &str) -> Option<Arc<User>> {
        self.read(|state| state.users.values().find(|user| user.username == username).cloned())
    }

    pub(super) fn tokens(&self) -> Vec<TokenInfo> {
        self.read(|state| state.tokens.values().cloned().collect())
    }

    pub(super) fn user_count(&self) -> usize {
        self.read(|state| state.users.len())
    }

    pub(super) fn user_added(&self, user: User) {
        self.change(|state| state.users.insert(user.id.clone(), Arc::new(user)));
    }

    pub(super) fn token_added(&self, token: &NewToken) -> Result<(), Fault> {
        self.change(|state| state.add(TokenRow { info: token.info.clone(), hash: token.hash.clone() }))
    }

    pub(super) fn token_removed(&self, id: &str) {
        self.change(|state| {
            state.tokens.remove(id);
            state.sessions.retain(|hash, _| !hex(hash).starts_with(id));
        });
    }
}

impl State {
    fn add(&mut self, row: TokenRow) -> Result<(), Fault> {
        let user = self.users.get(&row.info.user).cloned().ok_or(Fault::Damage("token without a user"))?;
        let scopes = row.info.scopes.iter().filter_map(|scope| Scope::parse(scope)).collect();
        let hash = unhex(&row.hash).ok_or(Fault::Damage("hash of a token"))?;
        let session = Session { user, owner: row.info.owner, scopes };
        self.sessions.insert(hash, Arc::new(session));
        self.tokens.insert(row.info.id.clone(), row.info);
        Ok(())
    }
}

/// A token that is about to be stored.
pub(super) struct NewToken {
    pub(super) info: TokenInfo,
    hash: String,
}

impl NewToken {
    /// A token with this text.
    pub(super) fn new(
        secret: &str,
        user: &User,
        name: &str,
        scopes: &[String],
        owner: bool,
        now: f64,
    ) -> Result<Self, Error> {
        if let Some(bad) = scopes.iter().find(|scope| Scope::parse(scope).is_none()) {
            return Err(Error::Invalid(format!("{bad:?} is not a scope: <name>:<read|write|all>")));
        }
        let hash = hex(&hash(secret));
        let info = TokenInfo {
            id: hash[..ID_LENGTH].to_owned(),
            name: name.to_owned(),
            user: user.id.clone(),
            scopes: scopes.to_vec(),
            created: now,
            owner,
        };
        Ok(Self { info, hash })
    }

    pub(super) fn store(&self, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let row = TokenRow { info: self.info.clone(), hash: self.hash.clone() };
        batch.put_system(&format!("{TOKEN}{}", self.info.id), json_text(&row).as_bytes())
    }
}

/// Ten hexadecimal digits of the hash tell tokens apart and give nothing away.
const ID_LENGTH: usize = 10;

pub(super) fn remove_token(batch: &mut Batch<'_>, id: &str) -> Result<(), Fault> {
    batch.remove_system(&format!("{TOKEN}{id}"))
}

pub(super) fn store_user(batch: &mut Batch<'_>, user: &User) -> Result<(), Fault> {
    batch.put_system(&format!("{USER}{}", user.id), json_text(user).as_bytes())
}

/// A user as the transaction sees it.
pub(super) fn stored_user(batch: &Batch<'_>, id: &str) -> Result<Option<User>, Fault> {
    let Some(bytes) = batch.get_system(&format!("{USER}{id}"))? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|_| Fault::Damage("user is not readable"))
}

/// A new random token of 256 bits.
pub(super) fn random_token() -> Result<SecretString, Error> {
    let mut bytes = [0; 32];
    let provider = rustls::crypto::ring::default_provider();
    provider
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::Invalid("the system gives no random numbers".to_owned()))?;
    Ok(SecretString::from(hex(&bytes)))
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        let (name, permission) = text.rsplit_once(':')?;
        let (read, write) = match permission {
            "read" => (true, false),
            "write" => (false, true),
            "all" => (true, true),
            _ => return None,
        };
        (!name.is_empty()).then(|| Self { name: name.to_owned(), read, write })
    }

    /// Whether this scope speaks of resources of this type: `all` of every type, a media type of itself, and a name
    /// such as `oada.rocks` of the types `application/vnd.oada.rocks…`.
    fn covers(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if self.name == "all" {
            return true;
        }
        if self.name.contains('/') {
            return self.name == essence;
        }
        essence
            .strip_prefix("application/vnd.")
            .and_then(|rest| rest.strip_prefix(self.name.as_str()))
            .is_some_and(|rest| rest.starts_with(['.', '+']))
    }
}

impl Session {
    /// A session that may do everything, of a user whose bookmarks and shares are nowhere.
    #[cfg(test)]
    pub(super) fn of_everything(user: &str) -> Self {
        let (bookmarks, shares) = ("bookmarks".to_owned(), "shares".to_owned());
        let user = User { id: user.to_owned(), username: user.to_owned(), bookmarks, shares };
        let scopes = vec![Scope { name: "all".to_owned(), read: true, write: true }];
        Self { user: Arc::new(user), owner: true, scopes }
    }

    pub(super) fn scope_covers(&self, content_type: &str, need: Need) -> bool {
        self.scopes.iter().any(|scope| {
            let allowed = if need == Need::Read { scope.read } else { scope.write };
            allowed && scope.covers(content_type)
        })
    }

    /// Whether the user may do this with the resource that `place` leads to.
    ///
    /// A grant on a resource that was passed on the way counts for what lies below it, if both have the same owner:
    /// so a shared list shares its items, and nobody gains access by linking a foreign resource.
    pub(super) fn may(&self, rows: &impl Rows, place: &Place, need: Need) -> Result<bool, Fault> {
        let Some(header) = &place.header else { return Ok(true) };
        if let Some(answer) = self.grant(rows, &place.resource, header, need)? {
            return Ok(answer);
        }
        for (resource, passed) in place.passed.iter().rev().filter(|(_, passed)| passed.owner == header.owner)
        {
            if let Some(answer) = self.grant(rows, resource, passed, need)? {
                return Ok(answer);
            }
        }
        Ok(false)
    }

    fn grant(
        &self,
        rows: &impl Rows,
        resource: &str,
        header: &Header,
        need: Need,
    ) -> Result<Option<bool>, Fault> {
        if header.owner == self.user.id {
            return Ok(Some(true));
        }
        let granted = |what: &str| -> Result<Option<bool>, Fault> {
            let path = DocPath::from_segments(&[META_KEY, "_permissions", &self.user.id, what]);
            Ok(match document::node(rows, resource, &path)? {
                Some(Node::Leaf(text)) => Some(text == "true"),
                _ => None,
            })
        };
        if granted("owner")? == Some(true) {
            return Ok(Some(true));
        }
        granted(if need == Need::Read { "read" } else { "write" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_name_types() {
        let scope = |text: &str| Scope::parse(text).unwrap();
        assert!(scope("all:all").covers("anything/at-all"));
        assert!(scope("oada.rocks:read").covers("application/vnd.oada.rocks.1+json"));
        assert!(scope("oada.rocks:read").covers("application/vnd.oada.rocks+json"));
        assert!(!scope("oada.rocks:read").covers("application/vnd.oada.rocksalt.1+json"));
        assert!(scope("application/json:all").covers("application/json; charset=utf-8"));
        assert!(!scope("oada.rocks:all").covers("application/vnd.example.item+json"));
        for bad in ["", "all", "all:", ":read", "all:everything"] {
            assert_eq!(Scope::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn hashes_come_back_from_hexadecimal() {
        let hash = hash("secret");
        assert_eq!(unhex(&hex(&hash)), Some(hash));
        assert_eq!(unhex("zz"), None);
    }
}
