//! API tokens: shown once, stored as a hash, limited by scopes.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;

use super::{Account, Identity, Scope, store};
use crate::app::App;
use crate::db::schema::tokens;
use crate::error::{Error, Result};
use crate::types::{Id, Timestamp};

/// A stored token. The secret itself is not kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// The row.
    pub id: Id<Token>,
    /// Whose it is.
    pub account_id: Id<Account>,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the secret, base64url. The secret has 256 random bits, so a slow hash would gain nothing.
    pub hash: String,
    /// Words separated by spaces.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Makes a token and returns its secret, which cannot be shown again.
pub async fn create(
    app: &App,
    account: Id<Account>,
    name: &str,
    scopes: &[Scope],
) -> Result<String> {
    if name.trim().is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid_field(
            "name",
            "a token's name has 1 to 100 characters",
        ));
    }
    if scopes.is_empty() {
        return Err(Error::invalid_field(
            "scopes",
            "name at least one of read, write, moderate, admin",
        ));
    }
    let secret = format!(
        "antiphon_{}",
        BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
    );
    let scopes: BTreeSet<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let token = Token {
        id: app.ids.next(),
        account_id: account,
        name: name.trim().to_owned(),
        hash: hash(&secret),
        scopes: scopes.into_iter().collect::<Vec<_>>().join(" "),
        created_at: app.now(),
    };
    app.db
        .write(move |conn| store::insert_token(conn, &token))
        .await?;
    Ok(secret)
}

/// Finds who a secret belongs to. `Unauthorized` when nobody.
pub async fn authenticate(app: &App, secret: &str) -> Result<Identity> {
    let hash = hash(secret);
    let found = app
        .db
        .read(move |conn| store::load_by_token(conn, &hash))
        .await?;
    let (account, actor, scopes) = found.ok_or_else(|| {
        Error::Unauthorized("this token is unknown; make one with `antiphon token create`".into())
    })?;
    let scopes = scopes
        .split(' ')
        .filter_map(Scope::parse)
        .map(Scope::as_str)
        .collect();
    Ok(Identity {
        account,
        actor,
        scopes,
    })
}

/// All tokens with their owners' login names, oldest first.
pub async fn list(app: &App) -> Result<Vec<(Token, String)>> {
    app.db.read(store::list_tokens).await
}

/// Takes a token away: whoever uses it is refused from now on. `NotFound` when there is none.
pub async fn revoke(app: &App, id: Id<Token>) -> Result<()> {
    app.db
        .write(move |conn| store::delete_token(conn, id))
        .await
}

fn hash(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
