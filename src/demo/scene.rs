//! What happens in the demonstration, in order. Each step waits until the other server has it.

use super::node::{Person, settle};
use super::{Fed, Node, Stage, wait_for};
use crate::domain::comment::{self, Comment};
use crate::domain::delivery;
use crate::domain::follower;
use crate::domain::note::Note;
use crate::domain::post::{self, NewPost, Post};
use crate::domain::reaction::{self, Kind};
use crate::error::Result;
use crate::federation::remote;
use crate::types::{ApUrl, Id};

const POST: &str = include_str!("post.md");

/// Everybody who takes part.
pub(super) struct Cast {
    pub(super) alice: Person,
    pub(super) bob: Person,
    pub(super) carol: Person,
    pub(super) dave: Person,
}

/// Makes the accounts.
pub(super) async fn cast(blog: &Node, reading: &Node) -> Result<Cast> {
    let (alice, bob, carol, dave) = tokio::try_join!(
        settle(blog, "alice", "Alice Marlowe"),
        settle(reading, "bob", "Bob Adeyemi"),
        settle(reading, "carol", "Carol Lindqvist"),
        settle(reading, "dave", "Dave Okafor"),
    )?;
    Ok(Cast {
        alice,
        bob,
        carol,
        dave,
    })
}

/// Plays it and returns the address of the post's page.
pub(super) async fn play(
    stage: &Stage,
    blog: &Node,
    reading: &Node,
    cast: &Cast,
) -> Result<String> {
    stage.title("What happens, each line over signed HTTP:");
    let scene = Scene {
        stage,
        blog: &blog.fed,
        reading: &reading.fed,
    };
    let alice = &cast.alice;
    for person in [&cast.bob, &cast.carol, &cast.dave] {
        scene.follow(person, alice).await?;
    }
    let post = scene.publish(alice).await?;
    let first = scene.answer(&cast.bob, &post.ap_id, "A letter every fortnight taught me more about writing than any feed. Do you think a *comment* can be a letter, too?").await?;
    let second = scene.answer(&cast.carol, &first.ap_id, "It can if it may arrive late. Most comment boxes close before I have thought of anything to say.").await?;
    let third = scene.answer_at_home(alice, &post, &second, "That is the plan here: answers may take weeks. I would rather read one that took you an evening.").await?;
    scene
        .answer(
            &cast.bob,
            &third.ap_id,
            "Then I shall take the evening. Thank you for leaving the door open.",
        )
        .await?;
    scene.answer(&cast.dave, &post.ap_id, "I read this aloud at breakfast. The part about the stamps stays with me.\n\nMy grandmother kept every envelope:\n\n> *The stamp is the part that travelled.*").await?;
    for person in [&cast.bob, &cast.carol, &cast.dave] {
        scene.react(person, &post, Kind::Like).await?;
    }
    scene.react(&cast.dave, &post, Kind::Announce).await?;
    scene.delivered(&post).await?;
    Ok(post.url.into_string())
}

struct Scene<'a> {
    stage: &'a Stage,
    blog: &'a Fed,
    reading: &'a Fed,
}

impl Scene<'_> {
    async fn follow(&self, who: &Person, whom: &Person) -> Result<()> {
        let following = remote::follow(self.reading, &who.actor, &whom.actor.handle()).await?;
        wait_for("the Follow to be accepted", || async {
            let id = following.id;
            let row = self
                .reading
                .app
                .db
                .read(move |conn| follower::get_following(conn, id))
                .await?;
            Ok(row.accepted_at)
        })
        .await?;
        self.stage.step(&format!(
            "{} found {} by WebFinger, followed, and was accepted",
            who.name,
            whom.actor.handle()
        ));
        Ok(())
    }

    async fn publish(&self, who: &Person) -> Result<Post> {
        let new = NewPost {
            title: "In praise of the slow reply".into(),
            content: POST.into(),
            tags: ["Letters", "SlowWeb", "Writing"].map(String::from).to_vec(),
            ..NewPost::default()
        };
        let tagged = post::create(&self.blog.app, &who.actor, new).await?;
        self.stage.step(&format!(
            "{} published \"{}\" as an Article",
            who.name, tagged.post.title
        ));
        Ok(tagged.post)
    }

    /// Somebody on the other server answers; waits until the comment stands under the post.
    async fn answer(&self, who: &Person, target: &ApUrl, text: &str) -> Result<Note> {
        let note = remote::reply(self.reading, &who.actor, target, text.into()).await?;
        let arrived = self.comment_on_blog(&note.ap_id).await?;
        self.stage.step(&format!(
            "{} answered; it stands on the blog as comment {arrived}",
            who.name
        ));
        Ok(note)
    }

    async fn comment_on_blog(&self, ap_id: &ApUrl) -> Result<String> {
        wait_for("an answer to arrive", || async {
            let wanted = ap_id.clone();
            let found =
                self.blog
                    .app
                    .db
                    .read(move |conn| match comment::load_by_ap_id(conn, &wanted)? {
                        Some(row) => comment::load_number(conn, &row),
                        None => Ok(None),
                    });
            found.await
        })
        .await
    }

    /// The writer answers on her own blog; waits until the other server has taken it.
    async fn answer_at_home(
        &self,
        who: &Person,
        post: &Post,
        below: &Note,
        text: &str,
    ) -> Result<Comment> {
        let wanted = below.ap_id.clone();
        let parent = self
            .blog
            .app
            .db
            .read(move |conn| comment::load_by_ap_id(conn, &wanted))
            .await?;
        let parent = parent.map(|row| row.id);
        let own = comment::reply(
            &self.blog.app,
            &who.actor,
            post.id,
            parent,
            text.into(),
            None,
        )
        .await?;
        let number = self.comment_on_blog(&own.ap_id).await?;
        self.delivered(post).await?;
        self.stage.step(&format!(
            "{} answered on the blog (comment {number}); a Note with Mentions went out",
            who.name
        ));
        Ok(own)
    }

    async fn react(&self, who: &Person, post: &Post, kind: Kind) -> Result<()> {
        let before = self.count(post, kind).await?;
        remote::react(
            self.reading,
            &who.actor,
            &post.ap_id,
            kind == Kind::Announce,
        )
        .await?;
        wait_for("a like or boost to be counted", || async {
            Ok((self.count(post, kind).await? > before).then_some(()))
        })
        .await?;
        let verb = if kind == Kind::Announce {
            "boosted"
        } else {
            "liked"
        };
        self.stage.step(&format!("{} {verb} the post", who.name));
        Ok(())
    }

    async fn count(&self, post: &Post, kind: Kind) -> Result<i64> {
        let target = post.ap_id.clone();
        self.blog
            .app
            .db
            .read(move |conn| reaction::count(conn, &target, kind))
            .await
    }

    /// Waits until everything about the post is delivered.
    async fn delivered(&self, post: &Post) -> Result<()> {
        let id: Id<Post> = post.id;
        let totals = wait_for("the post to be delivered", || async {
            let totals = self
                .blog
                .app
                .db
                .read(move |conn| delivery::totals(conn, Some(id)))
                .await?;
            Ok((totals.delivered > 0 && totals.waiting + totals.retrying == 0).then_some(totals))
        })
        .await?;
        self.stage.step(&format!(
            "everything about the post is delivered (deliveries: {})",
            totals.delivered
        ));
        Ok(())
    }
}
