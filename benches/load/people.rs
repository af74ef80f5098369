//! The people elsewhere whom a node already knows, written into its database as if they had come over the network.

use antiphon::app::App;
use antiphon::db::schema::{actors, followers};
use antiphon::domain::actor::{self, Actor, ActorKey};
use antiphon::domain::follower::Follower;
use antiphon::types::ApUrl;
use diesel::prelude::*;

use crate::support;

/// Stores actors with their keys, as if they had been fetched.
pub(crate) async fn store_actors(app: &App, people: Vec<(Actor, Vec<ActorKey>)>) {
    let written = app.db.write(move |conn| {
        people
            .iter()
            .try_for_each(|(person, keys)| actor::upsert_remote(conn, person, keys).map(|_| ()))
    });
    written.await.expect("actors can be stored");
}

/// Gives `alice` a follower on each of these origins.
pub(crate) async fn add_followers(app: &App, alice: &Actor, origins: &[String]) {
    let rows: Vec<(Actor, Follower)> = origins
        .iter()
        .map(|base| {
            let person = support::stranger(app, base, "reader");
            let row = Follower {
                id: app.ids.next(),
                actor_id: alice.id,
                follower_id: person.id,
                follow_ap_id: ApUrl::new(format!("{base}/follows/1")),
                created_at: app.now(),
            };
            (person, row)
        })
        .collect();
    let written = app.db.write(move |conn| {
        for (person, row) in &rows {
            diesel::insert_into(actors::table)
                .values(person)
                .execute(conn)?;
            diesel::insert_into(followers::table)
                .values(row)
                .execute(conn)?;
        }
        Ok(())
    });
    written.await.expect("followers can be stored");
}
