//! Like, Announce, Dislike and emoji reactions to something here; to anything else they are not about us. What a group
//! announces is asked of its own origin: its members' activities are not proven by the group's signature.

use super::{Envelope, activity};
use crate::app::App;
use crate::domain::reaction::{self, Given};
use crate::federation::objects::{Doc, reaction as objects};
use crate::federation::passed_on;
use crate::federation::reason::{Reason, Refusal};
use crate::types::ApUrl;

/// A Like, an Announce, a Dislike, an EmojiReact.
pub(super) struct React(pub(super) Envelope);

activity!(
    React,
    verify(envelope, _app) {
        // An announced activity may have no id: the id of what it is about is enough.
        match envelope.inner() {
            Some(_) => Ok(()),
            None => envelope.object_id().map(|_| ()),
        }
    },
    receive(envelope, app) {
        if let Some(inner) = envelope.inner() {
            return match passed_on::take(app, &inner, Some(envelope.id)).await {
                // Likes, votes, locks: without their actor's signature they mean nothing, but the group did no wrong.
                Err(Refusal { reason: Reason::NotForwardable, .. }) => Err(Reason::UnknownType.drop()),
                taken => taken,
            };
        }
        let target = envelope.object_id()?;
        let read = objects::read(&envelope.doc).ok_or_else(|| Reason::UnknownType.drop())?;
        let given = Given {
            activity: envelope.id.clone(),
            kind: read.kind,
            emoji: read.emoji,
            pictures: read.pictures,
            actor: envelope.actor.id,
            target: target.clone(),
        };
        if reaction::give(app, given).await? {
            Ok(())
        } else if is_passed_on(app, &envelope, &target) {
            let named = Doc([("type".to_owned(), "Create".into()), ("object".to_owned(), target.as_str().into())].into_iter().collect());
            passed_on::take(app, &named, Some(envelope.id)).await
        } else {
            Err(Reason::NothingOfOurs.drop())
        }
    }
);

/// True when a group passes on something elsewhere by its bare id (NodeBB, Mbin): it may be a reply to us. What a person
/// boosts is not about us.
fn is_passed_on(app: &App, envelope: &Envelope, target: &ApUrl) -> bool {
    envelope.doc.is("Announce") && envelope.actor.kind == "Group" && !app.is_local(target)
}
