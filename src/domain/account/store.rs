//! SQL for accounts and tokens.

use diesel::prelude::*;

use super::Account;
use super::token::Token;
use crate::db::Conn;
use crate::db::schema::{accounts, actors, tokens};
use crate::domain::actor::Actor;
use crate::error::{Error, Result};
use crate::types::Id;

pub(super) fn insert(conn: &mut Conn, account: &Account) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values(account)
        .execute(conn)?;
    Ok(())
}

pub(super) fn load_by_name(conn: &mut Conn, name: &str) -> Result<Option<Account>> {
    let query = accounts::table
        .filter(accounts::name.eq(name))
        .select(Account::as_select());
    Ok(query.first(conn).optional()?)
}

/// The account with this login name, and its actor.
pub fn load_with_actor(conn: &mut Conn, name: &str) -> Result<Option<(Account, Actor)>> {
    let query = accounts::table
        .inner_join(actors::table)
        .filter(accounts::name.eq(name));
    Ok(query
        .select((Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?)
}

pub(super) fn load_first(conn: &mut Conn) -> Result<Option<(Account, Actor)>> {
    let query = accounts::table
        .inner_join(actors::table)
        .order(accounts::id);
    Ok(query
        .select((Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?)
}

/// All accounts with their actors, oldest first.
pub fn list_with_actors(conn: &mut Conn) -> Result<Vec<(Account, Actor)>> {
    let query = accounts::table
        .inner_join(actors::table)
        .order(accounts::id);
    Ok(query
        .select((Account::as_select(), Actor::as_select()))
        .load(conn)?)
}

pub(super) fn has_password(conn: &mut Conn, actor: Id<Actor>) -> Result<bool> {
    let query = accounts::table
        .filter(accounts::actor_id.eq(actor))
        .filter(accounts::password_hash.is_not_null())
        .select(accounts::id);
    Ok(query.first::<i64>(conn).optional()?.is_some())
}

pub(super) fn set_password(conn: &mut Conn, name: &str, hash: Option<&str>) -> Result<()> {
    let changed = diesel::update(accounts::table.filter(accounts::name.eq(name)))
        .set(accounts::password_hash.eq(hash))
        .execute(conn)?;
    if changed == 0 {
        Err(Error::NotFound("the account"))
    } else {
        Ok(())
    }
}

pub(super) fn insert_token(conn: &mut Conn, token: &Token) -> Result<()> {
    diesel::insert_into(tokens::table)
        .values(token)
        .execute(conn)?;
    Ok(())
}

pub(super) fn load_by_token(
    conn: &mut Conn,
    hash: &str,
) -> Result<Option<(Account, Actor, String)>> {
    let query = tokens::table
        .inner_join(accounts::table.inner_join(actors::table))
        .filter(tokens::hash.eq(hash))
        .select((Account::as_select(), Actor::as_select(), tokens::scopes));
    Ok(query.first(conn).optional()?)
}

pub(super) fn list_tokens(conn: &mut Conn) -> Result<Vec<(Token, String)>> {
    let query = tokens::table
        .inner_join(accounts::table)
        .order(tokens::id)
        .select((Token::as_select(), accounts::name));
    Ok(query.load(conn)?)
}

pub(super) fn delete_token(conn: &mut Conn, id: Id<Token>) -> Result<()> {
    if diesel::delete(tokens::table.find(id)).execute(conn)? == 0 {
        Err(Error::NotFound("the token"))
    } else {
        Ok(())
    }
}
