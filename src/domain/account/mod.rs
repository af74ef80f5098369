//! People who log in here: name, password, tokens. Each has one actor that speaks for it.

mod form;
mod password;
mod store;
pub mod token;

pub use form::{form_token, is_form_token};
pub use password::check as check_password;

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::db::schema::accounts;
use crate::domain::actor::{self, Actor, NewKeys};
use crate::error::{Error, Result};
use crate::queue::{Event, Job};
use crate::text::{self, markdown};
use crate::types::{Id, Timestamp, word_enum};

pub use store::{list_with_actors, load_with_actor};

/// Longest text about a writer, in bytes.
const ABOUT_MAX: usize = 2_000;

/// Somebody who logs in.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    /// The row.
    pub id: Id<Account>,
    /// The login name, and the part of the handle before the host.
    pub name: String,
    /// Its actor.
    pub actor_id: Id<Actor>,
    /// Argon2id in PHC form; None: cannot log in.
    pub password_hash: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

word_enum! {
    /// What a token may do.
    Scope {
        /// See drafts, held comments and deliveries.
        Read = "read",
        /// Publish, edit, delete, answer.
        Write = "write",
        /// Decide about comments.
        Moderate = "moderate",
        /// Everything.
        Admin = "admin",
    }
}

/// Who is asking, and what they may do.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account.
    pub account: Account,
    /// Its actor.
    pub actor: Actor,
    /// What the token allows.
    pub scopes: BTreeSet<&'static str>,
}

impl Identity {
    /// Fails with `Forbidden` unless the token has the scope. `admin` has all; `write` and `moderate` include `read`.
    pub fn require(&self, scope: Scope) -> Result<()> {
        let has = |scope: Scope| self.scopes.contains(scope.as_str());
        let included = scope == Scope::Read && (has(Scope::Write) || has(Scope::Moderate));
        if has(scope) || has(Scope::Admin) || included {
            Ok(())
        } else {
            Err(Error::Forbidden(format!(
                "this token lacks the scope \"{scope}\""
            )))
        }
    }
}

/// Checks a login name: 1 to 30 of a-z, 0-9 and _, as the fediverse's servers agree on.
pub fn check_name(name: &str) -> Result<()> {
    let ok = (1..=30).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if ok {
        Ok(())
    } else {
        Err(Error::invalid_field(
            "name",
            "a name has 1 to 30 characters of a-z, 0-9 and _",
        ))
    }
}

/// Makes an account with its actor and keys. `Conflict` when the name is taken.
pub async fn create(
    app: &App,
    name: &str,
    password: Option<String>,
    keys: NewKeys,
) -> Result<(Account, Actor)> {
    check_name(name)?;
    let display = text::sanitize::name(name, 100);
    let id = app.ids.next::<Actor>();
    let actor = actor::new_local(app, id, "Person", name, &display, &format!("users/{id}"));
    let password_hash = password::hash_if_given(password).await?;
    let account = Account {
        id: app.ids.next(),
        name: name.to_owned(),
        actor_id: actor.id,
        password_hash,
        created_at: app.now(),
    };
    app.db
        .write(move |conn| {
            if store::load_by_name(conn, &account.name)?.is_some() {
                return Err(Error::Conflict(format!(
                    "there is already an account \"{}\"",
                    account.name
                )));
            }
            actor::insert(conn, &actor)?;
            actor::insert_keys(
                conn,
                actor.id,
                &keys.private,
                &actor::public_keys(&actor, &keys),
            )?;
            store::insert(conn, &account)?;
            Ok((account, actor))
        })
        .await
}

/// Gives an account's actor another display name, and tells its followers.
pub async fn set_display_name(app: &App, name: &str, display: &str) -> Result<Actor> {
    let display = text::sanitize::name(display, 100);
    if display.is_empty() {
        return Err(Error::invalid_field(
            "name",
            "a display name has 1 to 100 characters",
        ));
    }
    change_actor(app, name, move |conn, actor, now| {
        actor::set_name(conn, actor, &display, now)
    })
    .await
}

/// Says what an account's page tells about its writer, in Markdown, and tells its followers. Empty: nothing.
pub async fn set_about(app: &App, name: &str, about: &str) -> Result<Actor> {
    if about.len() > ABOUT_MAX {
        let why = format!("at most {ABOUT_MAX} bytes");
        return Err(Error::invalid_field("about", why));
    }
    let about = markdown::render_comment(about, &markdown::Mentions::new()).html;
    change_actor(app, name, move |conn, actor, now| {
        actor::set_summary(conn, actor, &about, now)
    })
    .await
}

/// Says whether what an account comments may be found by searching, and tells its followers.
pub async fn set_indexable(app: &App, name: &str, indexable: bool) -> Result<Actor> {
    change_actor(app, name, move |conn, actor, now| {
        actor::set_indexable(conn, actor, indexable, now)
    })
    .await
}

/// Changes an account's actor, and tells its followers. `NotFound` when there is no such account.
async fn change_actor(
    app: &App,
    name: &str,
    change: impl FnOnce(&mut Conn, Id<Actor>, Timestamp) -> Result<()> + Send + 'static,
) -> Result<Actor> {
    let (account, _) = get_by_name(app, name).await?;
    let (actor, now) = (account.actor_id, app.now());
    let job = app.job(Job::Federate {
        event: Event::ActorUpdated {
            actor: actor.raw(),
            at: now.0,
        },
    });
    let changed = app
        .db
        .write(move |conn| {
            change(conn, actor, now)?;
            job.enqueue(conn)?;
            actor::get(conn, actor)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(changed)
}

/// Sets a new password. `NotFound` when there is no such account.
pub async fn set_password(app: &App, name: &str, password: String) -> Result<()> {
    let hash = password::hash_if_given(Some(password)).await?;
    let name = name.to_owned();
    app.db
        .write(move |conn| store::set_password(conn, &name, hash.as_deref()))
        .await
}

/// The account and its actor by login name, or `NotFound`.
pub async fn get_by_name(app: &App, name: &str) -> Result<(Account, Actor)> {
    let name = name.to_owned();
    let found = app
        .db
        .read(move |conn| store::load_with_actor(conn, &name))
        .await?;
    found.ok_or(Error::NotFound("the account"))
}

/// True when somebody can log in with the account that this actor speaks for.
pub async fn may_log_in(app: &App, actor: Id<Actor>) -> Result<bool> {
    app.db
        .read(move |conn| store::has_password(conn, actor))
        .await
}

/// The first account made: the blog's main author, if there is one.
pub async fn load_first(app: &App) -> Result<Option<(Account, Actor)>> {
    app.db.read(store::load_first).await
}

/// All accounts with their actors, oldest first.
pub async fn list(app: &App) -> Result<Vec<(Account, Actor)>> {
    app.db.read(list_with_actors).await
}

/// Checks name and password. `Unauthorized`, with one text for both faults, when they do not fit.
pub async fn log_in(app: &App, name: &str, password: String) -> Result<(Account, Actor)> {
    let name = name.to_owned();
    let found = app
        .db
        .read(move |conn| store::load_with_actor(conn, &name))
        .await?;
    let hash = found
        .as_ref()
        .and_then(|(account, _)| account.password_hash.clone());
    let fits = password::verify(password, hash).await?;
    match found {
        Some(found) if fits => Ok(found),
        _ => Err(Error::Unauthorized("name or password is wrong".into())),
    }
}
