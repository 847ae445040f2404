//! Users, tokens and scopes, and what they allow.
//!
//! Kept in memory as a whole and written through. A token is stored as its hash only.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::db::{Batch, Rows};
use super::document;
use super::error::{Error, Fault};
use super::graph::Spot;
use super::key::{DocPath, META_KEY};
use super::row::{Header, Node, json_text};
use super::scopes::Scope;

const USER: &str = "user:";
const TOKEN: &str = "token:";

/// Somebody who may own resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id that stands in `_owner` and the like.
    pub id: String,
    /// The name by which people know the user.
    pub username: String,
    /// The key of the user's bookmarks.
    pub bookmarks: String,
    /// The key of the user's shares.
    pub shares: String,
    /// What else has been said about the user, such as a name or an address.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub profile: Map<String, Value>,
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
    withdrawn: AtomicBool,
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
pub(super) struct Auth {
    state: RwLock<State>,
    /// Told whenever a user or token comes or goes, so that sockets look again.
    changed: watch::Sender<()>,
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
        Ok(Self { state: RwLock::new(state), changed: watch::Sender::new(()) })
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let done = work(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_replace(());
        done
    }

    /// Where it is told that a user or token has come or gone.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
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

    /// Takes in a user that is new, or of whom something else is known now.
    pub(super) fn user_stored(&self, user: User) {
        self.change(|state| state.users.insert(user.id.clone(), Arc::new(user)));
    }

    pub(super) fn token_added(&self, token: &NewToken) -> Result<(), Fault> {
        self.change(|state| state.add(TokenRow { info: token.info.clone(), hash: token.hash.clone() }))
    }

    pub(super) fn token_removed(&self, id: &str) {
        self.change(|state| {
            state.tokens.remove(id);
            state.sessions.retain(|hash, session| {
                let stays = !hex(hash).starts_with(id);
                session.withdrawn.fetch_or(!stays, Ordering::Release);
                stays
            });
        });
    }
}

impl State {
    fn add(&mut self, row: TokenRow) -> Result<(), Fault> {
        let user = self.users.get(&row.info.user).cloned().ok_or(Fault::Damage("token without a user"))?;
        let scopes = row.info.scopes.iter().filter_map(|scope| Scope::parse(scope)).collect();
        let hash = unhex(&row.hash).ok_or(Fault::Damage("hash of a token"))?;
        let session = Session { user, owner: row.info.owner, scopes, withdrawn: AtomicBool::new(false) };
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

impl Session {
    /// A session that may do everything, of a user whose bookmarks and shares are nowhere.
    #[cfg(test)]
    pub(super) fn of_everything(user: &str) -> Self {
        let (bookmarks, shares) = ("bookmarks".to_owned(), "shares".to_owned());
        let user =
            User { id: user.to_owned(), username: user.to_owned(), bookmarks, shares, profile: Map::new() };
        let scopes = Scope::parse("all:all").into_iter().collect();
        Self { user: Arc::new(user), owner: true, scopes, withdrawn: AtomicBool::new(false) }
    }

    /// Whether its token has been removed since.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.withdrawn.load(Ordering::Acquire)
    }

    /// Whether it may read or write about users other than its own.
    pub(super) fn administers_users(&self, need: Need) -> bool {
        self.owner || self.scopes.iter().any(|scope| scope.is_of_user_admin() && scope.allows(need))
    }

    pub(super) fn scope_covers(&self, content_type: &str, need: Need) -> bool {
        self.scopes.iter().any(|scope| scope.allows(need) && scope.covers(content_type))
    }

    /// Whether the user may do this with the resource that `place` leads to.
    ///
    /// A grant on a resource that was passed on the way counts for what lies below it, if both have the same owner:
    /// so a shared list shares its items, and nobody gains access by linking a foreign resource.
    pub(super) fn may(&self, rows: &impl Rows, spot: Spot<'_>, need: Need) -> Result<bool, Fault> {
        let Some(header) = spot.header else { return Ok(true) };
        if let Some(answer) = self.grant(rows, spot.resource, header, need)? {
            return Ok(answer);
        }
        for (resource, passed) in spot.passed.iter().rev().filter(|(_, passed)| passed.owner == header.owner)
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
    fn hashes_come_back_from_hexadecimal() {
        let hash = hash("secret");
        assert_eq!(unhex(&hex(&hash)), Some(hash));
        assert_eq!(unhex("zz"), None);
    }
}
