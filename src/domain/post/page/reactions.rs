//! The reactions of a page, to the post and to its comments: counts first, then the faces, which a
//! post that nobody reacted to is spared. Read only.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{Entry, FACES, Faces, Person, PostPage, person};
use crate::db::{self, Conn, fixed};
use crate::domain::actor::Actor;
use crate::error::Result;
use crate::text::emoji::{self, Emojis};
use crate::types::{ApUrl, Host, Id};

/// Emoji that are shown each by itself, of a post; all others are left out.
const GROUPS: usize = 24;
/// Kinds and emoji that are shown of one comment.
const TALLIES: usize = 8;

/// What somebody reacts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    /// like, announce, emoji or dislike.
    pub kind: String,
    /// The emoji, or `:name:`; empty for all other kinds.
    pub emoji: String,
    /// A server whose people use it.
    pub host: String,
    /// The address of a custom emoji's picture here.
    pub picture: Option<String>,
}

impl Symbol {
    /// The name of a custom emoji and the server it belongs to.
    pub(super) fn named(&self) -> Option<(&str, &str)> {
        let (name, host) = emoji::named(&self.emoji)?;
        Some((name, host.unwrap_or(&self.host)))
    }

    /// The emoji as text: another server's name is left out.
    pub fn text(&self) -> String {
        match emoji::named(&self.emoji) {
            Some((name, _)) => format!(":{name}:"),
            None => self.emoji.clone(),
        }
    }

    pub(super) fn dress(&mut self, known: &HashMap<String, Emojis>) {
        let picture = self
            .named()
            .and_then(|(name, host)| known.get(host)?.get(name).cloned());
        self.picture = picture;
    }
}

/// How often somebody reacted in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How.
    pub symbol: Symbol,
    /// How often.
    pub count: i64,
}

/// Those who reacted with one emoji.
#[derive(Clone, Debug)]
pub struct Group {
    /// Which.
    pub symbol: Symbol,
    /// Who.
    pub faces: Faces,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    comment_id: Option<i64>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    emoji: String,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[derive(QueryableByName)]
struct FaceRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    emoji: String,
    #[diesel(sql_type = BigInt)]
    actor: Id<Actor>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    host: Host,
    #[diesel(sql_type = Text)]
    url: ApUrl,
    #[diesel(sql_type = Nullable<Text>)]
    avatar: Option<String>,
}

/// How many quote and link to a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TalkCounts {
    pub(super) quotes: i64,
    pub(super) links: i64,
}

const COUNTS: &str = "SELECT NULL AS comment_id, r.kind AS kind, r.emoji AS emoji, MIN(a.host) AS host, COUNT(*) AS total \
    FROM reactions r JOIN actors a ON a.id = r.actor_id \
    WHERE r.post_id = $1 AND r.comment_id IS NULL AND NOT a.blocked GROUP BY r.kind, r.emoji \
    UNION ALL \
    SELECT NULL AS comment_id, t.kind AS kind, '' AS emoji, '' AS host, COUNT(*) AS total \
    FROM talk t JOIN actors b ON b.id = t.actor_id \
    WHERE t.post_id = $2 AND t.standing = 'shown' AND NOT b.blocked GROUP BY t.kind";

/// The reactions to comments; their ids follow, as one value.
const COUNTS_BELOW: &str = "SELECT r.comment_id AS comment_id, r.kind AS kind, r.emoji AS emoji, MIN(a.host) AS host, COUNT(*) AS total \
    FROM reactions r JOIN actors a ON a.id = r.actor_id WHERE NOT a.blocked AND r.comment_id";

/// One kind's first people; each arm ends as soon as it has them, however many there are.
const ARM: &str = "SELECT * FROM (SELECT r.kind AS kind, r.emoji AS emoji, a.id AS actor, a.name AS name, a.username AS username, \
    a.host AS host, a.url AS url, a.avatar AS avatar, r.id AS id FROM reactions r JOIN actors a ON a.id = r.actor_id";

/// Loads the reactions into a page that has its comments, and tells how many speak of the post elsewhere.
pub(super) fn load(conn: &mut Conn, page: &mut PostPage) -> Result<TalkCounts> {
    let post = page.post.id.raw();
    let own: Vec<CountRow> = fixed(COUNTS).bind(post).bind(post).load(conn)?;
    let below = count_below(conn, &page.comments)?;
    spread(&mut page.comments, below);
    let total = |kind: &str| {
        let rows = own.iter().filter(|row| row.kind == kind);
        rows.map(|row| row.total).sum::<i64>()
    };
    page.dislikes = total("dislike");
    (page.likes.total, page.boosts.total) = (total("like"), total("announce"));
    let talk = TalkCounts {
        quotes: total("quote"),
        links: total("link"),
    };
    let groups = own.into_iter().filter(|row| row.kind == "emoji");
    page.reacted = groups.map(group).collect();
    page.reacted
        .sort_by(|a, b| (b.faces.total, &a.symbol.emoji).cmp(&(a.faces.total, &b.symbol.emoji)));
    page.reacted.truncate(GROUPS);
    if page.likes.total > 0 || page.boosts.total > 0 || !page.reacted.is_empty() {
        load_faces(conn, page)?;
    }
    Ok(talk)
}

/// The counts of these comments alone, however many the post has.
fn count_below(conn: &mut Conn, comments: &[Entry]) -> Result<Vec<CountRow>> {
    if comments.is_empty() {
        return Ok(Vec::new());
    }
    let listed = db::listed(comments.iter().map(|entry| entry.id));
    let statement = format!(
        "{COUNTS_BELOW}{} GROUP BY r.comment_id, r.kind, r.emoji",
        db::is_listed(conn)
    );
    Ok(fixed(statement).bind(listed).load(conn)?)
}

fn group(row: CountRow) -> Group {
    Group {
        faces: Faces {
            total: row.total,
            people: Vec::new(),
        },
        symbol: symbol(row),
    }
}

fn symbol(row: CountRow) -> Symbol {
    Symbol {
        kind: row.kind,
        emoji: row.emoji,
        host: row.host,
        picture: None,
    }
}

/// Gives each comment its counts, most first.
fn spread(comments: &mut [Entry], rows: Vec<CountRow>) {
    let mut by_comment: HashMap<i64, Vec<Tally>> = HashMap::new();
    for row in rows {
        let (comment, count) = (row.comment_id.unwrap_or_default(), row.total);
        let tally = Tally {
            symbol: symbol(row),
            count,
        };
        by_comment.entry(comment).or_default().push(tally);
    }
    for comment in comments {
        let Some(mut tallies) = by_comment.remove(&comment.id) else {
            continue;
        };
        let rank = |tally: &Tally| match tally.symbol.kind.as_str() {
            "like" => 0,
            "announce" => 1,
            "emoji" => 2,
            _ => 3,
        };
        tallies.sort_by(|a, b| {
            let place = |tally: &Tally| (rank(tally), -tally.count, tally.symbol.emoji.clone());
            place(a).cmp(&place(b))
        });
        tallies.truncate(TALLIES);
        comment.reactions = tallies;
    }
}

fn load_faces(conn: &mut Conn, page: &mut PostPage) -> Result<()> {
    let post = page.post.id.raw();
    let few = FACES;
    let statement = format!(
        "{ARM} WHERE r.post_id = $1 AND r.kind = 'like' AND r.comment_id IS NULL AND NOT a.blocked ORDER BY r.id LIMIT {few}) AS l \
         UNION ALL {ARM} WHERE r.post_id = $2 AND r.kind = 'announce' AND r.comment_id IS NULL AND NOT a.blocked ORDER BY r.id LIMIT {few}) AS b \
         UNION ALL {ARM} WHERE r.post_id = $3 AND r.kind = 'emoji' AND r.comment_id IS NULL AND NOT a.blocked ORDER BY r.id LIMIT {}) AS e \
         ORDER BY id",
        4 * few
    );
    let rows: Vec<FaceRow> = fixed(statement)
        .bind(post)
        .bind(post)
        .bind(post)
        .load(conn)?;
    for row in rows {
        let (kind, emoji, somebody) = somebody(row);
        let people = match kind.as_str() {
            "like" => Some(&mut page.likes.people),
            "announce" => Some(&mut page.boosts.people),
            _ => {
                let mut groups = page.reacted.iter_mut();
                let group = groups.find(|group| group.symbol.emoji == emoji);
                group.map(|group| &mut group.faces.people)
            }
        };
        if let Some(people) = people {
            people.push(somebody);
        }
    }
    Ok(())
}

fn somebody(row: FaceRow) -> (String, String, Person) {
    let handle = (row.username.as_str(), &row.host);
    let face = person(row.actor, row.name, handle, row.url, row.avatar);
    (row.kind, row.emoji, face)
}
