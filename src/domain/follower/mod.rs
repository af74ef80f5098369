//! Who follows our people, and whom they follow. Every Follow is answered by a job of the same transaction.

mod store;

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::{followers, following};
use crate::domain::actor::Actor;
use crate::domain::comment;
use crate::error::Result;
use crate::queue::{Event, Job};
use crate::types::{ApUrl, Id, Timestamp};

pub use store::{
    count, count_following, get_following, list_inboxes, list_page, list_people, remove,
};

/// Somebody elsewhere who follows one of our actors.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = followers)]
pub struct Follower {
    /// The row.
    pub id: Id<Follower>,
    /// Ours.
    pub actor_id: Id<Actor>,
    /// Theirs.
    pub follower_id: Id<Actor>,
    /// The Follow's id, exactly as it was sent.
    pub follow_ap_id: ApUrl,
    /// Since when.
    pub created_at: Timestamp,
}

/// Somebody elsewhere whom one of our actors follows.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = following)]
pub struct Following {
    /// The row.
    pub id: Id<Following>,
    /// Ours.
    pub actor_id: Id<Actor>,
    /// Theirs.
    pub target_id: Id<Actor>,
    /// The id of our Follow.
    pub follow_ap_id: ApUrl,
    /// When they accepted.
    pub accepted_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// Takes a Follow in and answers it; one that comes again is answered again, for its sender missed the answer.
pub async fn receive_follow(
    app: &App,
    actor: Id<Actor>,
    follower: &Actor,
    follow: ApUrl,
) -> Result<()> {
    let accepted = !app.hosts.is_blocked(&follower.host);
    let row = Follower {
        id: app.ids.next(),
        actor_id: actor,
        follower_id: follower.id,
        follow_ap_id: follow.clone(),
        created_at: app.now(),
    };
    let job = app.job(Job::Federate {
        event: Event::FollowAnswered {
            actor: actor.raw(),
            follower: follower.id.raw(),
            follow,
            accepted,
            number: row.id.raw(),
        },
    });
    app.db
        .write(move |conn| {
            if accepted {
                store::upsert(conn, &row)?;
            }
            job.enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// Takes a follower off the list at its own word.
pub async fn receive_unfollow(
    app: &App,
    actor: Id<Actor>,
    follower: Id<Actor>,
    activity: ApUrl,
) -> Result<()> {
    let now = app.now();
    app.db
        .write(move |conn| {
            comment::note_received(conn, &activity, now)?;
            remove(conn, actor, follower)
        })
        .await
}

/// Takes a follower off the list at its own word, by the id of its Follow alone. False when there is no such Follow.
pub async fn receive_unfollow_of(app: &App, follower: Id<Actor>, follow: ApUrl) -> Result<bool> {
    app.db
        .write(move |conn| store::remove_by_follow(conn, follower, &follow))
        .await
}

/// Follows somebody elsewhere as `actor`; asking again sends the Follow again.
pub async fn follow(app: &App, actor: &Actor, target: &Actor) -> Result<Following> {
    let id = app.ids.next::<Following>();
    let row = Following {
        id,
        actor_id: actor.id,
        target_id: target.id,
        follow_ap_id: app.url(&format!("/ap/follows/{id}")),
        accepted_at: None,
        created_at: app.now(),
    };
    let (clock, ids) = (app.clock.clone(), app.ids.clone());
    let row = app
        .db
        .write(move |conn| {
            let row = store::insert_following(conn, &row)?;
            let event = Event::Followed {
                following: row.id.raw(),
            };
            crate::queue::NewJob::now(&clock, &ids, Job::Federate { event }).enqueue(conn)?;
            Ok(row)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(row)
}

/// Notes the answer to our Follow, given by the one it was sent to.
pub async fn receive_answer(
    app: &App,
    target: Id<Actor>,
    follow: ApUrl,
    accepted: bool,
) -> Result<bool> {
    let now = app.now();
    app.db
        .write(move |conn| store::answer(conn, target, &follow, accepted, now))
        .await
}
