//! Making the keys of our actors and reading them back; keeping others' public keys parsed.

use moka::sync::Cache;
use serde_json::Value;

use super::proof;
use super::signature::{Ed25519Key, PublicKey, RsaKey, SignatureError};
use crate::app::App;
use crate::db::Conn;
use crate::domain::actor::{self, Actor, LocalKeys, NewKeys};
use crate::error::{Error, Result};
use crate::types::Id;

/// Makes the two keys of a new actor: RSA-2048 and Ed25519. About 0.1 s of CPU, off the async threads.
pub async fn generate() -> Result<NewKeys> {
    let made = tokio::task::spawn_blocking(|| {
        let (rsa, ed25519) = (RsaKey::generate()?, Ed25519Key::generate()?);
        Ok(NewKeys {
            private: LocalKeys {
                rsa_pem: rsa.to_pkcs8_pem()?,
                ed25519_pem: ed25519.to_pkcs8_pem()?,
            },
            rsa_public_pem: rsa.public_pem()?,
            ed25519_multibase: ed25519.public_multibase(),
        })
    });
    made.await.map_err(Error::internal)?
}

/// What signs for one of our actors.
#[derive(Clone)]
pub struct Signer {
    /// The RSA key.
    pub key: RsaKey,
    /// Where others find its public half.
    pub key_id: String,
}

/// Loads what signs for one of our actors.
pub async fn signer(app: &App, actor: Id<Actor>) -> Result<Signer> {
    let (row, keys) = load(app, actor).await?;
    Ok(Signer {
        key: RsaKey::from_pkcs8_pem(&keys.rsa_pem)?,
        key_id: format!("{}#main-key", row.ap_id),
    })
}

/// Puts an actor's proof into a document of its own (FEP-8b32), dated now.
pub async fn prove(app: &App, actor: Id<Actor>, document: Value) -> Result<Value> {
    let (row, keys) = load(app, actor).await?;
    let key = Ed25519Key::from_pkcs8_pem(&keys.ed25519_pem)?;
    let method = format!("{}#ed25519-key", row.ap_id);
    proof::add(document, &key, &method, app.now()).map_err(Error::internal)
}

async fn load(app: &App, actor: Id<Actor>) -> Result<(Actor, LocalKeys)> {
    let read = move |conn: &mut Conn| {
        Ok((
            actor::get(conn, actor)?,
            actor::load_local_keys(conn, actor)?,
        ))
    };
    app.db.read(read).await
}

/// Others' public keys, parsed. Found by their whole text, so that a key that changed is never taken for the old one.
pub struct PublicKeys(Cache<String, PublicKey>);

impl Default for PublicKeys {
    fn default() -> Self {
        /// Keys that are kept parsed, some kilobytes each.
        const MOST: u64 = 1_000;
        Self(Cache::new(MOST))
    }
}

impl PublicKeys {
    /// The key behind a PEM or multibase text. Fails when it is neither.
    pub fn parsed(&self, text: &str) -> Result<PublicKey, SignatureError> {
        if let Some(key) = self.0.get(text) {
            return Ok(key);
        }
        let key = PublicKey::from_pem(text).or_else(|_| PublicKey::from_multibase(text))?;
        self.0.insert(text.to_owned(), key.clone());
        Ok(key)
    }
}
