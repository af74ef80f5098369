//! A random world: posts in every state, comments of every visibility and state nested below each other, edited, moderated
//! and deleted in random order, and what each of them should be by the plain rule.

use antiphon::domain::actor::{self, Actor};
use antiphon::domain::comment::{self, Comment, Incoming, Parent, RemoteEdit};
use antiphon::domain::media::Named;
use antiphon::domain::moderation;
use antiphon::domain::post::{self, NewPost, Post, Status};
use antiphon::domain::reaction::{self, Kind};
use antiphon::domain::visibility::{CommentStatus, Visibility};
use antiphon::text::sanitize;
use antiphon::types::{ApUrl, Timestamp};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::support::TestNode;

const POSTS: usize = 7;
const COMMENTS: usize = 34;
const CHANGES: usize = 20;

/// A post and what it should be.
pub(super) struct Said {
    pub(super) post: Post,
    pub(super) marker: String,
    pub(super) status: Status,
    pub(super) likes: usize,
}

/// A comment and what it should be.
pub(super) struct Thought {
    pub(super) row: Comment,
    pub(super) author: Actor,
    /// In its id and its author's name.
    pub(super) marker: String,
    /// In its text.
    pub(super) words: String,
    /// Indices into the world.
    pub(super) post: usize,
    pub(super) parent: Option<usize>,
    pub(super) status: CommentStatus,
    pub(super) visibility: Visibility,
    /// It was held, spam or trash when its author deleted it.
    pub(super) unseen_at_end: bool,
}

pub(super) struct World {
    pub(super) posts: Vec<Said>,
    pub(super) thoughts: Vec<Thought>,
}

impl World {
    pub(super) async fn make(node: &TestNode, seed: u64) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut world = Self {
            posts: Vec::new(),
            thoughts: Vec::new(),
        };
        for number in 0..POSTS {
            world.post(node, &mut dice, number).await;
        }
        for number in 0..COMMENTS {
            world.comment(node, &mut dice, number).await;
        }
        for _ in 0..CHANGES {
            world.change(node, &mut dice).await;
        }
        // The last published one goes, with all that stands below it.
        world.delete_a_post(node).await;
        node.drain().await;
        world
    }

    async fn post(&mut self, node: &TestNode, dice: &mut StdRng, number: usize) {
        let marker = format!("zqp{number}m{:08x}", dice.random::<u32>());
        let status = match number {
            0..=3 => Status::Published,
            4 | 5 => Status::Draft,
            _ => Status::Scheduled,
        };
        let new = NewPost {
            title: format!("T{marker}"),
            content: format!("Text of {marker} ![p](https://pictures.example/{marker}.png)"),
            tags: vec!["shared".into(), format!("tag{marker}")],
            status: Some(status),
            publish_at: (status == Status::Scheduled)
                .then(|| Timestamp::parse("2030-01-01T00:00:00Z"))
                .flatten(),
            ..NewPost::default()
        };
        node.test.advance_secs(1);
        let post = post::create(node.app(), &node.test.alice, new)
            .await
            .unwrap()
            .post;
        let mut likes = 0;
        if status == Status::Published {
            likes = dice.random_range(0..4);
            for liker in 0..likes {
                let actor = stranger(node, &format!("liker{number}x{liker}")).await;
                let id = ApUrl::new(format!("{}/likes/{number}", actor.ap_id));
                reaction::receive(node.app(), id, Kind::Like, actor.id, post.ap_id.clone())
                    .await
                    .unwrap();
            }
        }
        self.posts.push(Said {
            post,
            marker,
            status,
            likes,
        });
    }

    async fn comment(&mut self, node: &TestNode, dice: &mut StdRng, number: usize) {
        node.test.advance_secs(1);
        let post = dice.random_range(0..4);
        let siblings: Vec<usize> = (0..self.thoughts.len())
            .filter(|at| self.thoughts[*at].post == post)
            .collect();
        let parent = siblings
            .choose(dice)
            .copied()
            .filter(|_| dice.random_bool(0.8));
        let marker = format!("zqc{number}m{:08x}", dice.random::<u32>());
        let words = format!("zqw{number}m{:08x}", dice.random::<u32>());
        let under = &self.posts[post].post;
        let above = parent.map(|at| self.thoughts[at].row.id);
        let seen = parent.is_none_or(|at| self.is_public(at));
        let local = seen && dice.random_bool(0.4);
        let (author, row, visibility) = if local {
            let alice = node.test.alice.clone();
            let text = format!("Own {words}");
            let row = comment::reply(node.app(), &alice, under.id, above, text, None)
                .await
                .unwrap();
            let visibility = row.visibility;
            (alice, row, visibility)
        } else {
            let author = stranger(node, &marker).await;
            let visibility = *[
                Visibility::Public,
                Visibility::Public,
                Visibility::Public,
                Visibility::Public,
                Visibility::Unlisted,
                Visibility::Followers,
                Visibility::Direct,
            ]
            .choose(dice)
            .unwrap();
            let ap_id = ApUrl::new(format!("https://far.example/notes/{marker}"));
            let incoming = Incoming {
                activity: None,
                ap_id: ap_id.clone(),
                actor_id: author.id,
                parent: Parent {
                    post_id: under.id,
                    comment_id: above,
                },
                url: ApUrl::new(format!("https://far.example/@x/{marker}")),
                html: sanitize::remote(&format!("<p>Says {words}</p>")),
                language: None,
                visibility,
                published_at: node.app().now(),
                edited_at: None,
                named: Named::default(),
                leads: antiphon::domain::backfill::Leads::default(),
            };
            comment::receive(node.app(), incoming).await.unwrap();
            let row = node
                .app()
                .db
                .read(move |conn| comment::load_by_ap_id(conn, &ap_id));
            (author, row.await.unwrap().unwrap(), visibility)
        };
        self.thoughts.push(Thought {
            row,
            author,
            marker,
            words,
            post,
            parent,
            status: CommentStatus::Published,
            visibility,
            unseen_at_end: false,
        });
    }

    async fn change(&mut self, node: &TestNode, dice: &mut StdRng) {
        node.test.advance_secs(1);
        let at = dice.random_range(0..self.thoughts.len());
        let thought = &mut self.thoughts[at];
        if thought.status == CommentStatus::Deleted {
            return;
        }
        match dice.random_range(0..10) {
            0..=6 => {
                let status = *[
                    CommentStatus::Held,
                    CommentStatus::Spam,
                    CommentStatus::Trash,
                    CommentStatus::Published,
                    CommentStatus::Published,
                    CommentStatus::Published,
                ]
                .choose(dice)
                .unwrap();
                moderation::decide(node.app(), thought.row.id, status)
                    .await
                    .unwrap();
                thought.status = status;
            }
            7 if !thought.row.local => {
                let visibility = if dice.random_bool(0.5) {
                    Visibility::Followers
                } else {
                    Visibility::Public
                };
                let edit = RemoteEdit {
                    ap_id: thought.row.ap_id.clone(),
                    actor_id: thought.author.id,
                    html: sanitize::remote(&format!("<p>Edited {}</p>", thought.words)),
                    language: None,
                    visibility,
                    edited_at: node.app().now(),
                    named: Named::default(),
                };
                let id = thought.row.id;
                assert!(
                    comment::receive_edit(node.app(), None, id, edit)
                        .await
                        .unwrap()
                );
                thought.visibility = visibility;
            }
            _ => {
                thought.unseen_at_end = thought.status != CommentStatus::Published;
                thought.status = CommentStatus::Deleted;
                let (row, author) = (&thought.row, &thought.author);
                if row.local {
                    comment::delete_own(node.app(), author, row.id)
                        .await
                        .unwrap();
                } else {
                    let activity = ApUrl::new(format!("{}#delete", row.ap_id));
                    let done = comment::receive_delete(
                        node.app(),
                        Some(activity.into()),
                        row.ap_id.clone(),
                        author.clone(),
                    );
                    assert!(done.await.unwrap());
                }
            }
        }
    }

    async fn delete_a_post(&mut self, node: &TestNode) {
        let said = &mut self.posts[3];
        post::delete(node.app(), &node.test.alice, said.post.id)
            .await
            .unwrap();
        said.status = Status::Deleted;
    }

    /// True when everybody may read it: by the rule as people would say it, going up the thread.
    pub(super) fn is_public(&self, at: usize) -> bool {
        let thought = &self.thoughts[at];
        thought.status == CommentStatus::Published
            && thought.visibility.is_open()
            && self.is_reachable(at)
    }

    /// True when it was deleted and everybody could read it before.
    pub(super) fn is_place(&self, at: usize) -> bool {
        let thought = &self.thoughts[at];
        thought.status == CommentStatus::Deleted
            && !thought.unseen_at_end
            && thought.visibility.is_open()
            && self.is_reachable(at)
    }

    /// True when nothing above it is hidden.
    fn is_reachable(&self, at: usize) -> bool {
        let thought = &self.thoughts[at];
        match thought.parent {
            None => self.posts[thought.post].status == Status::Published,
            Some(parent) => self.is_public(parent) || self.is_place(parent),
        }
    }

    /// The public comments of a post; with `parent`, those directly below.
    pub(super) fn public_under(&self, post: usize) -> Vec<usize> {
        let public = |at: &usize| self.thoughts[*at].post == post && self.is_public(*at);
        (0..self.thoughts.len()).filter(public).collect()
    }

    /// Everything that no public answer may hold.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        for said in self
            .posts
            .iter()
            .filter(|said| said.status != Status::Published)
        {
            secrets.push(said.marker.clone());
            if said.status != Status::Deleted {
                secrets.push(said.post.id.to_string());
            }
        }
        for (at, thought) in self.thoughts.iter().enumerate() {
            if !self.is_public(at) {
                secrets.push(thought.words.clone());
                // What answers a deleted comment still says what it answers.
                if !self.is_place(at) {
                    secrets.push(thought.marker.clone());
                    secrets.push(thought.row.id.to_string());
                }
            }
        }
        secrets
    }
}

/// Somebody elsewhere whose name is a marker too.
async fn stranger(node: &TestNode, name: &str) -> Actor {
    let app = node.app();
    let home = format!("https://far.example/users/{name}");
    let mut actor = actor::new_local(app, app.ids.next(), "Person", name, name, name);
    actor.local = false;
    actor.host = ApUrl::new(home.clone()).host().unwrap();
    actor.url = ApUrl::new(format!("https://far.example/@{name}"));
    actor.inbox = ApUrl::new(format!("{home}/inbox"));
    (actor.shared_inbox, actor.followers) = (None, None);
    actor.ap_id = ApUrl::new(home);
    let stored = app
        .db
        .write(move |conn| actor::upsert_remote(conn, &actor, &[]));
    stored.await.unwrap()
}
