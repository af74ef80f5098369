//! Authors elsewhere who ask whether their reply may stand here: what they were answered, and when that changes. An answer
//! follows from where the reply stands; telling it is a job of the same transaction. One row a reply.

use diesel::prelude::*;

use super::{Asked, Comment, Later, passing, store};
use crate::app::App;
use crate::db::Conn;
use crate::db::schema::reply_requests;
use crate::domain::actor::Actor;
use crate::domain::visibility::CommentStatus;
use crate::error::Result;
use crate::queue::{Event, Job};
use crate::types::{ApUrl, Id, Timestamp, word_enum};

word_enum! {
    /// What the author of a reply was told.
    Answer {
        /// Nothing yet.
        Waiting = "waiting",
        /// It may stand here.
        Accepted = "accepted",
        /// It may not.
        Rejected = "rejected",
        /// It might, and may not any more.
        Revoked = "revoked",
    }
}

/// Somebody's wish to be let in, as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reply_requests)]
pub struct Request {
    /// The reply's id.
    pub reply: ApUrl,
    /// Who asked.
    pub actor_id: Id<Actor>,
    /// The id of the request, exactly as it was sent; the reply's own when `bare`.
    pub request: ApUrl,
    /// Nobody asked in words: the reply came from a server that waits for an answer.
    pub bare: bool,
    /// What the reply answers, as the request names it.
    pub target: ApUrl,
    /// What they were told.
    pub answer: Answer,
    /// The number in the last answer's id.
    pub number: i64,
    /// When they asked.
    pub asked_at: Timestamp,
}

/// What a reply answers, when that is ours.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose it is: who lets in.
    pub author: Id<Actor>,
    /// Its ActivityPub id first, then what else it is known by.
    pub ids: Vec<ApUrl>,
}

/// Remembers a request for a reply that is only named, and has the reply fetched; one that is here is answered.
pub async fn ask(app: &App, reply: ApUrl, asked: Asked) -> Result<()> {
    let later = Later::of(app);
    app.db
        .write(move |conn| {
            if let Some(comment) = store::load_by_ap_id(conn, &reply)? {
                return hear(conn, &later, &asked, &comment);
            }
            store::refuse_a_crowd(conn, asked.actor_id)?;
            remember(conn, &later, &reply, &asked, &[])?;
            later.job(Job::FetchReply { reply }).enqueue(conn)
        })
        .await?;
    app.wake.jobs.notify_one();
    Ok(())
}

/// Takes a request for a comment that is here. Does nothing when it is somebody else's, or answers something else than
/// the request says.
pub(super) fn hear(conn: &mut Conn, later: &Later, asked: &Asked, comment: &Comment) -> Result<()> {
    let Some(place) = store::load_place(conn, comment)? else {
        return Ok(());
    };
    let fits = asked
        .target
        .as_ref()
        .is_none_or(|target| place.ids.contains(target));
    if !fits || comment.actor_id != asked.actor_id {
        return Ok(());
    }
    let again = remember(conn, later, &comment.ap_id, asked, &place.ids)?;
    answer(conn, later, comment, again)
}

/// Writes a request down. True when it came before. Words count more than a bare reply, and later words more than earlier.
fn remember(
    conn: &mut Conn,
    later: &Later,
    reply: &ApUrl,
    asked: &Asked,
    place: &[ApUrl],
) -> Result<bool> {
    let known = store::load_request(conn, reply)?.filter(|known| known.actor_id == asked.actor_id);
    if let Some(known) = &known
        && (asked.bare || known.request == asked.request)
    {
        return Ok(known.request == asked.request && !asked.bare);
    }
    let Some(target) = asked.target.as_ref().or(place.first()) else {
        return Ok(false);
    };
    let row = Request {
        reply: reply.clone(),
        actor_id: asked.actor_id,
        request: asked.request.clone(),
        bare: asked.bare,
        target: target.clone(),
        answer: Answer::Waiting,
        number: later.id::<Request>().raw(),
        asked_at: later.now(),
    };
    store::put_request(conn, &row)?;
    Ok(false)
}

/// Answers the request for a comment, if there is one, as the comment stands now; `again` repeats an answer that was given.
pub(super) fn answer(conn: &mut Conn, later: &Later, comment: &Comment, again: bool) -> Result<()> {
    let Some(request) = store::load_request(conn, &comment.ap_id)? else {
        return Ok(());
    };
    if request.actor_id != comment.actor_id {
        return Ok(());
    }
    let place = store::load_place(conn, comment)?;
    if !place.is_some_and(|place| place.ids.contains(&request.target)) {
        return Ok(());
    }
    let wanted = wanted(&request, comment);
    let told = if wanted == request.answer {
        if !again || wanted == Answer::Waiting {
            return Ok(());
        }
        request
    } else {
        let told = Request {
            answer: wanted,
            number: later.id::<Request>().raw(),
            ..request
        };
        store::put_request(conn, &told)?;
        told
    };
    let event = Event::ReplyAnswered {
        reply: told.reply,
        answer: told.answer.as_str().to_owned(),
        number: told.number,
        again,
    };
    later.job(Job::Federate { event }).enqueue(conn)
}

/// What the author is to be told of a comment that stands as it does. Pure.
fn wanted(request: &Request, comment: &Comment) -> Answer {
    let thrown_away = matches!(comment.status, CommentStatus::Spam | CommentStatus::Trash);
    match request.answer {
        _ if comment.is_public() => Answer::Accepted,
        Answer::Waiting if thrown_away => Answer::Rejected,
        // The older form knows no other way to take an approval back.
        Answer::Accepted if thrown_away && request.bare => Answer::Rejected,
        Answer::Accepted => Answer::Revoked,
        told => told,
    }
}

/// What follows from a moderator's decision about a comment: its author is told; what was kept of it is passed on, and
/// those below it that can be seen now are answered too; or what is still on its way stays here.
pub fn after_decision(conn: &mut Conn, later: &Later, comment: &Comment) -> Result<()> {
    let comment = store::get(conn, comment.id)?;
    answer(conn, later, &comment, false)?;
    if !comment.is_public() {
        return store::stop_passing_on(conn, comment.id);
    }
    for below in store::list_waiting(conn, comment.post_id)? {
        answer(conn, later, &below, false)?;
    }
    passing::pass_on_kept(conn, later, comment.post_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Mentions;
    use crate::domain::visibility::Visibility;
    use crate::types::Html;

    fn comment(status: CommentStatus) -> Comment {
        let id = ApUrl::new("https://m.example/1");
        Comment {
            id: Id::new(1),
            ap_id: id.clone(),
            post_id: Id::new(1),
            parent_id: None,
            actor_id: Id::new(1),
            local: false,
            status,
            visibility: Visibility::Public,
            position: None,
            url: id,
            html: Html::default(),
            source: None,
            language: None,
            mentions: Mentions::default(),
            published_at: Timestamp(0),
            edited_at: None,
            received_at: Timestamp(0),
            updated_at: Timestamp(0),
            hidden: false,
            rule: None,
            root_id: Id::new(1),
        }
    }

    fn told(answer: Answer, bare: bool, status: CommentStatus) -> Answer {
        let id = ApUrl::new("https://m.example/1");
        let request = Request {
            reply: id.clone(),
            actor_id: Id::new(1),
            request: id.clone(),
            bare,
            target: id,
            answer,
            number: 1,
            asked_at: Timestamp(0),
        };
        wanted(&request, &comment(status))
    }

    #[test]
    fn an_answer_follows_from_where_the_reply_stands() {
        use Answer::{Accepted, Rejected, Revoked, Waiting};
        use CommentStatus::{Held, Published, Spam, Trash};
        for (before, bare, status, after) in [
            (Waiting, false, Published, Accepted),
            (Waiting, false, Held, Waiting),
            (Waiting, false, Spam, Rejected),
            (Waiting, true, Trash, Rejected),
            (Rejected, false, Published, Accepted),
            (Rejected, false, Held, Rejected),
            (Accepted, false, Trash, Revoked),
            (Accepted, false, Held, Revoked),
            (Accepted, true, Held, Revoked),
            (Accepted, true, Spam, Rejected),
            (Revoked, false, Trash, Revoked),
            (Revoked, false, Published, Accepted),
        ] {
            assert_eq!(
                told(before, bare, status),
                after,
                "{before} {bare} {status}"
            );
        }
    }
}
