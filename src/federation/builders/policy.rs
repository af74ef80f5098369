//! What others may do with our objects, as they are told: the rules in both spellings that GoToSocial had, the answers to
//! those who asked, and the document that shows that a reply was let in. Only what the node keeps to is said here: naming
//! a rule promises that it is kept.

use serde_json::{Value, json};

use super::activity::{Built, built};
use super::{PUBLIC, set};
use crate::app::App;
use crate::config::{Discussion, Moderation, Quotes};
use crate::domain::actor::Actor;
use crate::domain::comment::{Answer, Comment, Request};
use crate::domain::post::Post;
use crate::types::{ApUrl, Id, Timestamp};

/// The node's rules at a moment.
#[derive(Clone, Debug)]
pub struct Terms {
    rules: Discussion,
    now: Timestamp,
}

/// Who may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Everybody, at once.
    Open,
    /// Everybody; some wait for a person's decision.
    Moderated,
    /// Nobody but the writer.
    Closed,
}

impl Terms {
    /// The rules as they are now.
    pub fn of(app: &App) -> Self {
        Self {
            rules: app.config.discussion.clone(),
            now: app.now(),
        }
    }

    /// Who may answer a post, and what stands under it.
    pub fn answering(&self, post: &Post) -> Answering {
        match self.rules.moderation {
            _ if post.policy().is_closed(&self.rules, self.now) => Answering::Closed,
            Moderation::Open => Answering::Open,
            Moderation::Screened | Moderation::Known | Moderation::All => Answering::Moderated,
        }
    }

    /// Says in a post's document who may answer and quote it. When it has closed by itself, that moment is its last edit:
    /// others read no Update that is not newer.
    pub fn add_to_post(&self, document: &mut Value, post: &Post, author: &Actor) {
        self.add(document, self.answering(post), &[&author.ap_id]);
        let closed = post.closes_at(&self.rules).filter(|at| *at <= self.now);
        if let Some(at) = closed.max(post.edited_at) {
            set(document, "updated", json!(at.rfc3339()));
        }
    }

    /// The same in the Note of a comment under the post; `writer` is the post's.
    pub fn add_to_note(&self, document: &mut Value, post: &Post, author: &Actor, writer: &ApUrl) {
        let mut ours = vec![&author.ap_id];
        if *writer != author.ap_id {
            ours.push(writer);
        }
        self.add(document, self.answering(post), &ours);
    }

    fn add(&self, document: &mut Value, answering: Answering, ours: &[&ApUrl]) {
        let policy = json!({
            "canReply": can_reply(answering, ours),
            "canQuote": can_quote(self.rules.quotes, ours),
        });
        set(document, "interactionPolicy", policy);
        let open = answering != Answering::Closed;
        set(document, "commentsEnabled", json!(open));
    }
}

/// Who may answer: `ours` always may.
pub fn can_reply(answering: Answering, ours: &[&ApUrl]) -> Value {
    let (everybody, ours) = (json!([PUBLIC]), json!(ours));
    match answering {
        Answering::Open => rule(everybody, json!([])),
        Answering::Moderated => rule(ours, everybody),
        Answering::Closed => rule(ours, json!([])),
    }
}

/// Who may quote: everybody, or only `ours`. Silence would mean nobody (FEP-044f).
pub fn can_quote(quotes: Quotes, ours: &[&ApUrl]) -> Value {
    match quotes {
        Quotes::Open => rule(json!([PUBLIC]), json!([])),
        Quotes::Closed => rule(json!(ours), json!([])),
    }
}

/// A rule in the present terms and in those that GoToSocial before 0.21 reads.
fn rule(automatic: Value, manual: Value) -> Value {
    json!({
        "automaticApproval": automatic.clone(),
        "manualApproval": manual.clone(),
        "always": automatic,
        "approvalRequired": manual,
    })
}

/// The id under which it is shown that a comment was let in.
pub fn authorization_id(site: &str, comment: Id<Comment>) -> String {
    format!("{site}/ap/comments/{comment}/authorization")
}

/// The document that shows that a reply was let in (GoToSocial: ReplyAuthorization), without `@context`.
pub fn authorization(site: &str, author: &Actor, comment: &Comment, target: &ApUrl) -> Value {
    json!({
        "id": authorization_id(site, comment.id),
        "type": "ReplyAuthorization",
        "attributedTo": author.ap_id,
        "interactingObject": comment.ap_id,
        "interactionTarget": target,
    })
}

/// Tells the author of a reply what was decided: `Accept` with the authorization, `Reject`, or the `Delete` of an
/// authorization that was given. None while nothing is decided.
pub fn answer(
    site: &str,
    author: &Actor,
    asker: &Actor,
    request: &Request,
    comment: Id<Comment>,
    (told, number): (Answer, i64),
) -> Option<Built> {
    let authorization = authorization_id(site, comment);
    let (kind, path) = match told {
        Answer::Accepted => ("Accept", "accepts"),
        Answer::Rejected => ("Reject", "rejects"),
        Answer::Revoked => {
            return Some(built(json!({
                "id": format!("{authorization}#deletes/{number}"),
                "type": "Delete",
                "actor": author.ap_id,
                "to": [asker.ap_id, PUBLIC],
                "cc": [author.followers],
                "object": authorization,
            })));
        }
        Answer::Waiting => return None,
    };
    let mut document = json!({
        "id": format!("{}#{path}/replies/{number}", author.ap_id),
        "type": kind,
        "actor": author.ap_id,
        "to": [asker.ap_id],
        "object": object(request, asker),
    });
    if request.bare {
        set(&mut document, "cc", json!([PUBLIC, author.followers]));
    }
    if told == Answer::Accepted {
        set(&mut document, "result", json!(authorization));
    }
    Some(built(document))
}

/// What is answered: the request, whole and with its raw id; the reply when there was no request.
fn object(request: &Request, asker: &Actor) -> Value {
    if request.bare {
        return json!(request.reply);
    }
    json!({
        "id": request.request,
        "type": "ReplyRequest",
        "actor": asker.ap_id,
        "object": request.target,
        "instrument": request.reply,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_both_spellings() {
        let me = ApUrl::new("https://blog.example/ap/users/1");
        for (answering, automatic, manual) in [
            (Answering::Open, json!([PUBLIC]), json!([])),
            (Answering::Moderated, json!([me]), json!([PUBLIC])),
            (Answering::Closed, json!([me]), json!([])),
        ] {
            let rule = can_reply(answering, &[&me]);
            assert_eq!(rule["automaticApproval"], automatic);
            assert_eq!(rule["always"], automatic);
            assert_eq!(rule["manualApproval"], manual);
            assert_eq!(rule["approvalRequired"], manual);
        }
    }
}
