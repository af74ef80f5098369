//! Actor documents.

use serde_json::{Value, json};

use super::set;

use crate::domain::actor::{Actor, ActorKey};
use crate::text::excerpt;

fn context() -> Value {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        "https://www.w3.org/ns/cid/v1",
        {
            "toot": "http://joinmastodon.org/ns#",
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "featured": { "@id": "toot:featured", "@type": "@id" },
            "attributionDomains": { "@id": "toot:attributionDomains", "@container": "@set" },
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger"
        }
    ])
}

/// The document of one of our actors, with its public keys (FEP-521a for the Multikey).
pub fn actor(row: &Actor, keys: &[ActorKey], site: &str) -> Value {
    let at = |rest: &str| format!("{}{rest}", row.ap_id);
    let host = row.host.as_str();
    let mut document = json!({
        "@context": context(),
        "id": row.ap_id,
        "type": row.kind,
        "preferredUsername": row.username,
        "webfinger": format!("{}@{host}", row.username),
        "name": row.name,
        "summary": row.summary,
        "url": row.url,
        "inbox": row.inbox,
        "outbox": at("/outbox"),
        "followers": at("/followers"),
        "following": at("/following"),
        "featured": at("/featured"),
        "endpoints": { "sharedInbox": row.shared_inbox },
        "attachment": [{
            "type": "PropertyValue",
            "name": "Web",
            "value": format!("<a href=\"{site}\" rel=\"me\">{}</a>", excerpt::shorten(host, 80)),
        }],
        "tag": [],
        "manuallyApprovesFollowers": false,
        "discoverable": row.kind == "Person",
        "indexable": row.indexable,
        "published": row.created_at.rfc3339(),
        "attributionDomains": [host],
    });
    for key in keys {
        if key.public.starts_with('z') {
            set(
                &mut document,
                "assertionMethod",
                json!([{
                    "id": key.key_id,
                    "type": "Multikey",
                    "controller": row.ap_id,
                    "publicKeyMultibase": key.public,
                }]),
            );
        } else {
            set(
                &mut document,
                "publicKey",
                json!({
                    "id": key.key_id,
                    "owner": row.ap_id,
                    "publicKeyPem": key.public,
                }),
            );
        }
    }
    document
}

/// As much of an actor's document as others need to check its signatures and to send to it.
pub fn stub(document: &Value) -> Value {
    const SHOWN: [&str; 7] = [
        "@context",
        "id",
        "type",
        "preferredUsername",
        "inbox",
        "publicKey",
        "assertionMethod",
    ];
    let mut stub = json!({});
    for name in SHOWN {
        if let Some(value) = document.get(name) {
            set(&mut stub, name, value.clone());
        }
    }
    stub
}
