//! Quotes as FEP-044f has them: who may quote, the answer to who asks, the stamp, and its end. Pure.

use serde_json::{Map, Value, json};

use super::activity::{Built, built};
use super::{PUBLIC, with_context};
use crate::config::Quotes;
use crate::domain::actor::Actor;
use crate::queue::Event;
use crate::types::ApUrl;

/// Who may quote something by this author: everybody, or only the author. Silence would mean nobody.
pub fn can_quote(quotes: Quotes, author: &Value) -> Value {
    let allowed = match quotes {
        Quotes::Open => json!(PUBLIC),
        Quotes::Closed => author.clone(),
    };
    json!({ "automaticApproval": [allowed], "manualApproval": [] })
}

/// Says in an object's `interactionPolicy` who may quote it, beside what stands there.
pub fn with_policy(mut object: Value, quotes: Quotes) -> Value {
    let author = object.get("attributedTo").cloned().unwrap_or_default();
    if let Value::Object(fields) = &mut object {
        let policy = fields
            .entry("interactionPolicy")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(policy) = policy {
            policy.insert("canQuote".into(), can_quote(quotes, &author));
        }
    }
    object
}

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
    Some(built_with_terms(document))
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
    with_terms(with_context(document))
}

/// `Delete` of a stamp.
pub fn revoked(author: &Actor, stamp: &ApUrl, quoter: &Actor) -> Built {
    built_with_terms(json!({
        "id": format!("{stamp}#delete"),
        "type": "Delete",
        "actor": author.ap_id,
        "to": [PUBLIC],
        "cc": [author.followers, quoter.ap_id],
        "object": stamp,
    }))
}

fn built_with_terms(document: Value) -> Built {
    let built = built(document);
    Built {
        document: with_terms(built.document),
        ..built
    }
}

/// Adds the terms of quotes to a document's context.
fn with_terms(mut document: Value) -> Value {
    let terms = json!({
        "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "gts": "https://gotosocial.org/ns#",
        "interactingObject": { "@id": "gts:interactingObject", "@type": "@id" },
        "interactionTarget": { "@id": "gts:interactionTarget", "@type": "@id" },
    });
    if let Some(Value::Array(context)) = document.get_mut("@context") {
        context.push(terms);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_quote_stands_beside_who_may_reply() {
        let author = "https://blog.example/ap/users/1";
        let object = json!({ "attributedTo": author, "interactionPolicy": { "canReply": {} } });
        let open = with_policy(object.clone(), Quotes::Open);
        assert_eq!(
            open["interactionPolicy"],
            json!({
                "canReply": {},
                "canQuote": { "automaticApproval": [PUBLIC], "manualApproval": [] },
            })
        );
        let closed = with_policy(object, Quotes::Closed);
        let allowed = &closed["interactionPolicy"]["canQuote"]["automaticApproval"];
        assert_eq!(*allowed, json!([author]));
    }
}
