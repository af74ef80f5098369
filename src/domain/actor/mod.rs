//! People and programs, ours and others', as the social web knows them: name, address, inbox, keys. Fetching their
//! documents is `federation`'s.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::{actor_keys, actors};
use crate::error::{Error, Result};
use crate::types::{ApUrl, Host, Html, Id, Json, Timestamp};

pub use store::{
    find_by_handle, forget_unused, get, insert, insert_keys, list_by_ids, list_keys, load_by_ap_id,
    load_by_key, load_local_keys, mark_gone, set_avatar, set_indexable, set_name, set_summary,
    upsert_remote,
};

/// An actor as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = actors, treat_none_as_null = true)]
pub struct Actor {
    /// The row.
    pub id: Id<Actor>,
    /// The ActivityPub id.
    pub ap_id: ApUrl,
    /// One of ours.
    pub local: bool,
    /// Person, Service, Application, Group or Organization.
    pub kind: String,
    /// The part of the handle before the host.
    pub username: String,
    /// The handle's host.
    pub host: Host,
    /// The display name; the username when none is given.
    pub name: String,
    /// The biography.
    pub summary: Html,
    /// The profile page.
    pub url: ApUrl,
    /// Where messages for this actor go.
    pub inbox: ApUrl,
    /// Where messages for anyone on its server go.
    pub shared_inbox: Option<ApUrl>,
    /// The collection of its followers, as an address to recognise in `to` and `cc`.
    pub followers: Option<ApUrl>,
    /// The picture's address on the actor's own server.
    pub avatar_source: Option<String>,
    /// The picture in our cache (file name).
    pub avatar: Option<String>,
    /// First seen.
    pub created_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
    /// Last fetched.
    pub fetched_at: Timestamp,
    /// When its server said that it is gone.
    pub gone_at: Option<Timestamp>,
    /// What it says in public may be found by searching (toot:indexable). False unless it says so.
    pub indexable: bool,
}

/// A public key of an actor, as it was published: PEM or multibase.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = actor_keys)]
pub struct ActorKey {
    /// The key's id, exactly as signatures name it.
    pub key_id: String,
    /// Whose it is.
    pub actor_id: Id<Actor>,
    /// PEM (SPKI or PKCS#1), or multibase for a Multikey.
    pub public: String,
    /// When it was read.
    pub fetched_at: Timestamp,
}

/// The private keys of one of our actors, in PEM (PKCS#8).
#[derive(Clone, Debug, Queryable)]
pub struct LocalKeys {
    /// RSA-2048, for HTTP signatures.
    pub rsa_pem: String,
    /// Ed25519, published as a Multikey.
    pub ed25519_pem: String,
}

/// Fresh keys with the public halves as they are published.
#[derive(Clone, Debug)]
pub struct NewKeys {
    /// The private halves.
    pub private: LocalKeys,
    /// SPKI in PEM.
    pub rsa_public_pem: String,
    /// `z6Mk…`.
    pub ed25519_multibase: String,
}

/// Somebody named in a text: the handle as written, and what was found behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mention {
    /// `@user@host`.
    pub handle: String,
    /// The actor's id, once resolved.
    pub ap_id: Option<ApUrl>,
    /// The actor's page, once resolved.
    pub url: Option<ApUrl>,
}

/// A column of mentions.
pub type Mentions = Json<Vec<Mention>>;

impl Actor {
    /// `@user@host`.
    pub fn handle(&self) -> String {
        format!("@{}@{}", self.username, self.host)
    }

    /// The inbox to use for this actor when its server shares one.
    pub fn delivery_inbox(&self) -> &ApUrl {
        self.shared_inbox.as_ref().unwrap_or(&self.inbox)
    }

    /// The address of the cached picture on this node.
    pub fn avatar_path(&self) -> Option<String> {
        self.avatar.as_deref().map(avatar_path)
    }
}

/// The path under which a cached picture is served.
pub fn avatar_path(file: &str) -> String {
    format!("/media/{file}")
}

/// The id of the actor that stands for the node itself: it signs fetches and is readable unsigned.
pub fn instance_ap_id(app: &App) -> ApUrl {
    app.url("/ap/instance")
}

/// The node's own actor. Fails when `init` never made it.
pub async fn get_instance(app: &App) -> Result<Actor> {
    let ap_id = instance_ap_id(app);
    app.db
        .read(move |conn| load_by_ap_id(conn, &ap_id))
        .await?
        .ok_or_else(|| {
            Error::Setup(
                "the database holds no instance actor; create the node with `antiphon init`".into(),
            )
        })
}

/// Builds the row of an actor of ours. `path` is its place under `/ap/`.
pub fn new_local(
    app: &App,
    id: Id<Actor>,
    kind: &str,
    username: &str,
    name: &str,
    path: &str,
) -> Actor {
    let now = app.now();
    let at = |rest: &str| app.url(&format!("/ap/{path}{rest}"));
    let page = if kind == "Person" {
        format!("/@{username}")
    } else {
        "/".into()
    };
    Actor {
        id,
        ap_id: at(""),
        local: true,
        kind: kind.into(),
        username: username.into(),
        host: app.config.host(),
        name: name.into(),
        summary: Html::default(),
        url: app.url(&page),
        inbox: at("/inbox"),
        shared_inbox: Some(app.url("/ap/inbox")),
        followers: Some(at("/followers")),
        avatar_source: None,
        avatar: None,
        created_at: now,
        updated_at: now,
        fetched_at: now,
        gone_at: None,
        indexable: kind == "Person",
    }
}

/// The rows of a local actor's public keys.
pub fn public_keys(actor: &Actor, keys: &NewKeys) -> Vec<ActorKey> {
    let row = |fragment: &str, public: &str| ActorKey {
        key_id: format!("{}#{fragment}", actor.ap_id),
        actor_id: actor.id,
        public: public.to_owned(),
        fetched_at: actor.created_at,
    };
    vec![
        row("main-key", &keys.rsa_public_pem),
        row("ed25519-key", &keys.ed25519_multibase),
    ]
}

/// Makes the node's own actor unless it exists.
pub async fn ensure_instance(app: &App, keys: NewKeys) -> Result<()> {
    let mut actor = new_local(
        app,
        app.ids.next(),
        "Application",
        "instance.actor",
        "",
        "instance",
    );
    actor.name.clone_from(&app.config.site.title);
    actor.inbox = app.url("/ap/inbox");
    app.db
        .write(move |conn| {
            if load_by_ap_id(conn, &actor.ap_id)?.is_some() {
                return Ok(());
            }
            insert(conn, &actor)?;
            insert_keys(conn, actor.id, &keys.private, &public_keys(&actor, &keys))
        })
        .await
}
