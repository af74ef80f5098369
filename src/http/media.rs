//! Content types by meaning: which replies and requests hold ActivityPub JSON.

use mediatype::{MediaType, Name, ReadParams};

const APPLICATION: Name<'_> = Name::new_unchecked("application");
const ACTIVITY: Name<'_> = Name::new_unchecked("activity");
const LD: Name<'_> = Name::new_unchecked("ld");
const JSON: Name<'_> = Name::new_unchecked("json");
const PROFILE: Name<'_> = Name::new_unchecked("profile");
const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";

/// True for a reply that may be read as an ActivityPub object: `application/activity+json`, or
/// `application/ld+json` with the ActivityStreams profile (ActivityPub 3.2). Anything weaker could be a
/// file that a user uploaded.
pub fn is_activity_json(content_type: &str) -> bool {
    kind(content_type).is_some_and(|kind| kind != Kind::PlainLd)
}

/// True for what an inbox reads: as [`is_activity_json`], and `application/ld+json` without profile.
pub fn is_inbox_json(content_type: &str) -> bool {
    kind(content_type).is_some()
}

/// True for a JSON document that describes something: `application/json`, or any `application/…+json` such as WebFinger's
/// `application/jrd+json`.
pub fn is_plain_json(content_type: &str) -> bool {
    MediaType::parse(content_type.trim()).is_ok_and(|parsed| {
        let suffix = parsed.suffix.unwrap_or(parsed.subty);
        parsed.ty == APPLICATION && suffix == JSON
    })
}

#[derive(PartialEq, Eq)]
enum Kind {
    Activity,
    ProfiledLd,
    PlainLd,
}

fn kind(content_type: &str) -> Option<Kind> {
    let parsed = MediaType::parse(content_type.trim()).ok()?;
    if parsed.ty != APPLICATION || parsed.suffix != Some(JSON) {
        return None;
    }
    if parsed.subty == ACTIVITY {
        return Some(Kind::Activity);
    }
    if parsed.subty != LD {
        return None;
    }
    let mut plain = true;
    for (_, profile) in parsed.params().filter(|(name, _)| *name == PROFILE) {
        plain = false;
        if profile
            .unquoted_str()
            .split_ascii_whitespace()
            .any(|iri| iri == ACTIVITY_STREAMS)
        {
            return Some(Kind::ProfiledLd);
        }
    }
    plain.then_some(Kind::PlainLd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_legal_spelling_is_activity_json() {
        for text in [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            "Application/Activity+JSON;charset=UTF-8",
            " application/activity+json ",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json; charset=utf-8; PROFILE=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json ; profile=\"https://www.w3.org/ns/activitystreams\" ; charset=utf-8",
            "APPLICATION/LD+JSON; profile=\"https://w3id.org/x https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity_json(text), "{text}");
            assert!(is_inbox_json(text), "{text}");
        }
    }

    #[test]
    fn other_types_are_not() {
        for text in [
            "",
            "json",
            "text/html",
            "application/json",
            "text/activity+json",
            "application/activity",
            "application/activity+xml",
            "application/activity+json+x",
            "application/ld+json; profile=x",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams-evil\"",
            "image/png; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/json, application/activity+json",
            "application/activity+json, text/html",
            "application/activity+json text/html",
            "application/activity+json; charset",
        ] {
            assert!(!is_activity_json(text), "{text}");
            assert!(!is_inbox_json(text), "{text}");
        }
    }

    #[test]
    fn descriptions_are_json_of_any_kind_and_nothing_else() {
        for text in [
            "application/jrd+json",
            "application/json;charset=utf-8",
            "Application/JRD+JSON",
            "application/activity+json",
        ] {
            assert!(is_plain_json(text), "{text}");
        }
        for text in [
            "",
            "text/html",
            "text/plain",
            "image/json",
            "application/xml",
            "application/jsonx",
        ] {
            assert!(!is_plain_json(text), "{text}");
        }
    }

    #[test]
    fn ld_json_without_profile_is_for_inboxes_only() {
        for text in ["application/ld+json", "application/ld+json; charset=utf-8"] {
            assert!(!is_activity_json(text), "{text}");
            assert!(is_inbox_json(text), "{text}");
        }
    }
}
