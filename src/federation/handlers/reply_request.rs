//! ReplyRequest (GoToSocial's interaction controls): somebody asks whether a reply of theirs may stand under something of
//! ours. The reply is taken like any other, and its author is answered when it is decided about: at once, or by a person.

use super::{Envelope, activity};
use crate::app::App;
use crate::domain::comment::{self, Asked};
use crate::federation::objects::Doc;
use crate::federation::reason::{Reason, Refusal};
use crate::federation::{forward, ownership, replies};
use crate::types::ApUrl;

/// A request to let a reply in.
pub(super) struct ReplyRequest(pub(super) Envelope);

activity!(
    ReplyRequest,
    verify(envelope, app) {
        let target = envelope.object_id()?;
        if !app.is_local(&target) {
            return Err(Reason::NothingOfOurs.drop());
        }
        let reply = instrument(envelope)?;
        ownership::check_origin(&reply, &envelope.actor.ap_id)?;
        match envelope.doc.doc("instrument") {
            Some(object) => ownership::check_own(&object, &envelope.actor.ap_id),
            None => Ok(()),
        }
    },
    receive(envelope, app) {
        let target = envelope.object_id()?;
        is_ours(app, &target).await?;
        let reply = instrument(&envelope)?;
        let asked = Asked {
            actor_id: envelope.actor.id,
            request: envelope.id.clone(),
            bare: false,
            target: Some(target.clone()),
        };
        // An object that holds no more than its id is a name.
        let whole = envelope.doc.doc("instrument").filter(|object| object.0.contains_key("type"));
        let Some(object) = whole else {
            return Ok(comment::ask(app, reply, asked).await?);
        };
        if !object.ids("inReplyTo").contains(&target) {
            return Err(Reason::Unusable.refuse("the reply answers something else than the request says"));
        }
        let mut brought = forward::brought(app, &envelope);
        // A request is for us alone.
        brought.bytes = None;
        brought.asked = Some(asked);
        replies::take(app, &object, &envelope.actor, Some(&brought)).await.map(|_| ())
    }
);

/// The id of the reply that is asked for.
fn instrument(envelope: &Envelope) -> Result<ApUrl, Refusal> {
    let reply = envelope.doc.first_id("instrument");
    reply.ok_or_else(|| Reason::NoObject.refuse("the request names no reply"))
}

/// Drops a request for what is not here, or was written elsewhere.
async fn is_ours(app: &App, target: &ApUrl) -> Result<(), Refusal> {
    let target = target.clone();
    let found = app
        .db
        .look_up(move |conn| comment::find_parent(conn, &target));
    match found.await? {
        Some(_) => Ok(()),
        None => Err(Reason::NothingOfOurs.drop()),
    }
}

/// True for a reply whose server holds it back until it is approved, though it sent no request: GoToSocial before 0.21
/// says so by the rules for answers that it gives all its posts. Mastodon's rules name only quotes; what carries an
/// approval needs none.
pub(super) fn awaits_an_answer(object: &Doc) -> bool {
    let policy = object.doc("interactionPolicy");
    let rules = policy.is_some_and(|policy| policy.doc("canReply").is_some());
    let approved = ["approvedBy", "replyAuthorization"];
    rules && !approved.iter().any(|key| object.first_id(key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn only_a_server_with_rules_for_replies_awaits_an_answer() {
        let awaits =
            |object: Value| awaits_an_answer(&serde_json::from_value(object).unwrap_or_default());
        let rules = json!({"canReply": {"always": ["as:Public"]}});
        assert!(awaits(json!({ "interactionPolicy": rules })));
        for not in [
            json!({}),
            json!({"interactionPolicy": null}),
            json!({"interactionPolicy": {"canQuote": {"automaticApproval": ["as:Public"]}}}),
            json!({"interactionPolicy": {"canReply": []}}),
            json!({"interactionPolicy": rules, "approvedBy": "https://blog.example/1"}),
            json!({"interactionPolicy": rules, "replyAuthorization": "https://blog.example/1"}),
        ] {
            assert!(!awaits(not.clone()), "{not}");
        }
    }
}
