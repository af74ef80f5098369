//! Quotes as FEP-044f has them: the answer to who asks, the stamp, and its end; who may ask stands in `policy`. Pure.

use serde_json::{Value, json};

use super::activity::{Built, built};
use super::{PUBLIC, with_context};
use crate::domain::actor::Actor;
use crate::queue::Event;
use crate::types::ApUrl;

/// `Accept` with the stamp, or `Reject`, of a QuoteRequest; it stands in it whole, its ids byte for byte. None for another
/// event.
pub fn answer(actor: &Actor, asker: &Actor, event: &Event) -> Option<Built> {
    let Event::QuoteAnswered {
        request,
        target,
        quote,
        stamp,
        number,
        ..
    } = event
    else {
        return None;
    };
    let (kind, path) = match stamp {
        Some(_) => ("Accept", "accepts"),
        None => ("Reject", "rejects"),
    };
    let mut document = json!({
        "id": format!("{}#{path}/quotes/{number}", actor.ap_id),
        "type": kind,
        "actor": actor.ap_id,
        "to": [asker.ap_id],
        "object": {
            "id": request,
            "type": "QuoteRequest",
            "actor": asker.ap_id,
            "object": target,
            "instrument": quote,
        },
    });
    if let Some(stamp) = stamp {
        super::set(&mut document, "result", json!(stamp));
    }
    Some(built(document))
}

/// The stamp: proof that its author lets this object quote that one.
pub fn stamp(id: &ApUrl, author: &Actor, quote: &ApUrl, target: &ApUrl) -> Value {
    let document = json!({
        "id": id,
        "type": "QuoteAuthorization",
        "attributedTo": author.ap_id,
        "interactingObject": quote,
        "interactionTarget": target,
    });
    with_context(document)
}

/// `Delete` of a stamp.
pub fn revoked(author: &Actor, stamp: &ApUrl, quoter: &Actor) -> Built {
    built(json!({
        "id": format!("{stamp}#delete"),
        "type": "Delete",
        "actor": author.ap_id,
        "to": [PUBLIC],
        "cc": [author.followers, quoter.ap_id],
        "object": stamp,
    }))
}
