//! Who may say what about what. The origin (scheme, host and port) of an id is the authority over it: a document counts
//! from its own origin and by its own author; of all else only the id is taken, to be fetched from there. Pure.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use super::objects::Doc;
use super::reason::{Reason, Refusal};
use super::talk;
use crate::types::{ApUrl, Host};

/// Most objects that are read of one activity; GoToSocial sends several for the votes of one person.
const OBJECTS_MAX: usize = 16;

/// An object in a proven actor's activity.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// It lives where its actor lives and is by that actor: believed as it stands.
    Own(Doc),
    /// Only its id is believed; it is fetched from there.
    Named(ApUrl),
}

/// What an activity that its signer only passes on makes us do. Nothing else of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Fetch this object from its origin.
    Fetch(ApUrl),
    /// Ask this object's origin whether it is gone.
    ConfirmDelete(ApUrl),
}

/// True when an id carries this node's own host, in whatever spelling; `site` without a port means every port.
pub fn is_ours(site: &Host, id: &ApUrl) -> bool {
    id.host().is_some_and(|host| host.is_at(site))
}

/// What an activity is recognised by: its id where that lives on its actor's server; else (no id, a `urn:`) one made of
/// actor and bytes.
pub fn recognisable(doc: &Doc, actor: &ApUrl, body: &[u8]) -> Result<ApUrl, Refusal> {
    match doc.id() {
        Some(id) if id.same_origin(actor) => Ok(id),
        Some(id) if id.host().is_some() => {
            let text = format!("the activity {id} is not on the server of {actor}");
            Err(Reason::ForeignId.refuse(text))
        }
        _ => {
            let hash = digest::digest(&digest::SHA256, body);
            Ok(ApUrl::new(format!(
                "{actor}#{}",
                BASE64_URL_SAFE_NO_PAD.encode(hash)
            )))
        }
    }
}

/// Refuses what does not live on its actor's server.
pub fn check_origin(id: &ApUrl, actor: &ApUrl) -> Result<(), Refusal> {
    if id.same_origin(actor) {
        Ok(())
    } else {
        Err(Reason::ForeignObject.refuse(format!("{id} is not on the server of {actor}")))
    }
}

/// Those who made an object, by its own word: `attributedTo`, else (Pleroma, GNU social) `actor`.
pub fn authors(object: &Doc) -> Vec<ApUrl> {
    let authors = object.ids("attributedTo");
    if authors.is_empty() {
        object.ids("actor")
    } else {
        authors
    }
}

/// The author of a fetched object: the first (PeerTube names a person and a group) that lives where the object lives.
pub fn author(object: &Doc) -> Option<ApUrl> {
    let id = object.id()?;
    authors(object)
        .into_iter()
        .find(|author| author.same_origin(&id))
}

/// The objects of a Create, each believed or only named. Fails when there is none, or one on the actor's own server is
/// by somebody else.
pub fn parts(activity: &Doc, actor: &ApUrl, site: &Host) -> Result<Vec<Part>, Refusal> {
    let mut parts = Vec::new();
    for value in activity.values("object").take(OBJECTS_MAX) {
        let named = Doc::id_of(value).ok_or_else(no_object)?;
        match value.as_object() {
            Some(map) if named.same_origin(actor) => {
                let object = Doc(map.clone());
                check_own(&object, actor)?;
                parts.push(Part::Own(object));
            }
            _ if may_concern(value, site) => parts.push(Part::Named(named)),
            _ => {}
        }
    }
    match activity.values("object").next() {
        Some(_) => Ok(parts),
        None => Err(no_object()),
    }
}

fn no_object() -> Refusal {
    Reason::NoObject.refuse("the activity has no object, or one without an id")
}

/// Refuses an object that is not believed of its actor: elsewhere than on that server, or by somebody else.
pub fn check_own(object: &Doc, actor: &ApUrl) -> Result<(), Refusal> {
    let id = object.id().ok_or_else(no_object)?;
    check_origin(&id, actor)?;
    let authors = authors(object);
    if authors.is_empty() || authors.contains(actor) {
        Ok(())
    } else {
        Err(Reason::NotAuthor.refuse(format!("{id} is not by {actor}")))
    }
}

/// What is taken of an activity whose signer is not its actor, or which a group announces whole. Fails for kinds that
/// mean nothing without their actor's word.
pub fn passed_on(activity: &Doc, site: &Host) -> Result<Vec<Hint>, Refusal> {
    let objects = activity.values("object").take(OBJECTS_MAX);
    let elsewhere = |id: &ApUrl| id.host().is_some() && !is_ours(site, id);
    if activity.is("Delete") {
        let ids = objects.filter_map(Doc::id_of).filter(elsewhere);
        return Ok(ids.map(Hint::ConfirmDelete).collect());
    }
    if !activity.is("Create") && !activity.is("Update") {
        return Err(Reason::NotForwardable.refuse("the signer is not the activity's actor"));
    }
    let answers = objects.filter(|value| may_concern(value, site));
    let ids = answers.filter_map(Doc::id_of).filter(elsewhere);
    Ok(ids.map(Hint::Fetch).collect())
}

/// False for an object that says itself that it answers nothing, and names our host nowhere: it is not worth a request.
fn may_concern(object: &Value, site: &Host) -> bool {
    match object {
        Value::Object(map) => {
            !map.contains_key("type")
                || map.get("inReplyTo").is_some_and(|above| !above.is_null())
                || talk::names_host(object, site)
        }
        _ => true,
    }
}

/// Refuses an Undo of what somebody else did.
pub fn check_undo(undone: Option<&Doc>, actor: &ApUrl) -> Result<(), Refusal> {
    match undone.and_then(|undone| undone.first_id("actor")) {
        Some(by) if by != *actor => {
            Err(Reason::NotOwner.refuse("only one's own activities are undone"))
        }
        _ => Ok(()),
    }
}

/// True when a document counts as the one its id names: it was asked for, or found after redirects, by this id, on the
/// id's own origin.
pub fn is_at_home(id: &ApUrl, asked: &Url, found: &Url) -> bool {
    id.url().is_some_and(|url| url == *asked || url == *found)
        && id.same_origin(&ApUrl::new(found.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BOB: &str = "https://m.example/users/bob";

    fn doc(value: Value) -> Doc {
        serde_json::from_value(value).unwrap()
    }

    fn url(text: &str) -> ApUrl {
        ApUrl::new(text)
    }

    #[test]
    fn no_spelling_of_our_host_is_somebody_elses() {
        let site = Host::parse("bücher.example").unwrap();
        for id in [
            "https://bücher.example/1",
            "https://xn--bcher-kva.example/1",
            "https://BÜCHER.example/1",
            "https://XN--BCHER-KVA.EXAMPLE/1",
            "https://bücher.example./1",
            "https://bücher.example:443/1",
            "https://bücher.example:8443/1",
            "http://bücher.example/1",
            "http://bücher.example:443/1",
            "https://b%C3%BCcher.example/1",
            "https://bücher。example/1",
            "https:\\\\bücher.example/1",
        ] {
            assert!(is_ours(&site, &url(id)), "{id}");
        }
        for id in [
            "https://a.bücher.example/1",
            "https://bücher.example.evil.example/1",
            "https://evil.example/bücher.example",
            "urn:uuid:1",
        ] {
            assert!(!is_ours(&site, &url(id)), "{id}");
        }
        let at_a_port = Host::parse("localhost:8081").unwrap();
        assert!(is_ours(&at_a_port, &url("http://LOCALHOST.:8081/1")));
        assert!(!is_ours(&at_a_port, &url("http://localhost:8082/1")));
    }

    #[test]
    fn an_address_with_a_password_or_white_space_is_none() {
        for id in [
            "https://blog.example@evil.example/1",
            "https://bob:secret@m.example/1",
            "https://m.example\n/1",
            "https://m.example/a b",
            " https://m.example/1",
            "https://m.example/\u{0}",
        ] {
            assert_eq!(url(id).host(), None, "{id:?}");
            assert!(!url(id).same_origin(&url(BOB)), "{id:?}");
        }
        assert!(url("https://m.example/1#x").same_origin(&url(BOB)));
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        for (id, same) in [
            ("https://m.example/1", true),
            ("https://M.Example.:443/1", true),
            ("http://m.example/1", false),
            ("https://m.example:8443/1", false),
            ("https://www.m.example/1", false),
            ("urn:uuid:1", false),
        ] {
            assert_eq!(check_origin(&url(id), &url(BOB)).is_ok(), same, "{id}");
        }
    }

    #[test]
    fn an_activitys_id_is_its_actors_servers_or_made_of_its_bytes() {
        let id = |id: Value| recognisable(&doc(json!({ "id": id })), &url(BOB), b"body");
        let own = "https://m.example/1?c=1#create";
        assert_eq!(id(json!(own)).unwrap(), url(own));
        assert_eq!(
            id(json!("https://evil.example/1")).unwrap_err().reason,
            Reason::ForeignId
        );
        for nameless in [json!(null), json!("urn:uuid:1"), json!(3), json!("")] {
            let made = id(nameless).unwrap();
            assert!(made.as_str().starts_with(&format!("{BOB}#")), "{made}");
        }
    }

    #[test]
    fn embedded_objects_count_from_their_own_origin_and_author_only() {
        let site = Host::parse("blog.example").unwrap();
        let part = |object: Value| parts(&doc(json!({ "object": object })), &url(BOB), &site);
        let id = "https://m.example/1";
        for own in [
            json!({"id": id, "attributedTo": BOB}),
            json!({"id": id, "attributedTo": [{"type": "Group", "id": "https://m.example/c/x"}, {"id": BOB}]}),
            json!({"id": id, "actor": BOB}),
            json!({"id": id}),
        ] {
            assert_eq!(part(own.clone()).unwrap(), [Part::Own(doc(own))]);
        }
        let hers = json!({"id": id, "attributedTo": "https://m.example/users/eve"});
        assert_eq!(part(hers).unwrap_err().reason, Reason::NotAuthor);
        let elsewhere = "https://other.example/1";
        for named in [
            json!(elsewhere),
            json!({ "id": elsewhere }),
            json!({"id": elsewhere, "type": "Note", "inReplyTo": "https://x.example/1", "attributedTo": BOB}),
        ] {
            assert_eq!(part(named).unwrap(), [Part::Named(url(elsewhere))]);
        }
        assert!(
            part(json!({"id": elsewhere, "type": "Page"}))
                .unwrap()
                .is_empty()
        );
        for none in [json!(null), json!([]), json!({"type": "Note"}), json!(7)] {
            assert_eq!(part(none).unwrap_err().reason, Reason::NoObject);
        }
        let many = vec![json!(id); 100];
        assert_eq!(part(json!(many)).unwrap().len(), OBJECTS_MAX);
        let about_us =
            json!({"id": elsewhere, "type": "Page", "attachment": "https://Blog.example/posts/a"});
        assert_eq!(part(about_us).unwrap(), [Part::Named(url(elsewhere))]);
    }

    #[test]
    fn of_what_is_passed_on_only_ids_elsewhere_are_taken() {
        let site = Host::parse("blog.example").unwrap();
        let hints = |kind: &str, object: Value| {
            passed_on(
                &doc(json!({"type": kind, "actor": BOB, "object": object})),
                &site,
            )
        };
        let note = json!({"id": "https://m.example/1", "type": "Note", "inReplyTo": "https://blog.example/1"});
        for kind in ["Create", "Update"] {
            let wanted = vec![Hint::Fetch(url("https://m.example/1"))];
            assert_eq!(hints(kind, note.clone()).unwrap(), wanted);
        }
        let gone = hints(
            "Delete",
            json!({"id": "https://m.example/1", "type": "Tombstone"}),
        );
        assert_eq!(
            gone.unwrap(),
            [Hint::ConfirmDelete(url("https://m.example/1"))]
        );
        for ours in [
            "https://blog.example/1",
            "https://BLOG.example.:443/1",
            "urn:uuid:1",
        ] {
            assert!(hints("Create", json!(ours)).unwrap().is_empty());
            assert!(hints("Delete", json!(ours)).unwrap().is_empty());
        }
        assert!(
            hints(
                "Create",
                json!({"id": "https://m.example/1", "type": "Page"})
            )
            .unwrap()
            .is_empty()
        );
        for kind in ["Like", "Undo", "Follow", "Announce", "Accept"] {
            assert_eq!(
                hints(kind, note.clone()).unwrap_err().reason,
                Reason::NotForwardable
            );
        }
    }

    #[test]
    fn only_ones_own_is_undone() {
        let undo = |undone: Value| check_undo(Some(&doc(undone)), &url(BOB));
        assert!(undo(json!({"actor": BOB})).is_ok() && undo(json!({})).is_ok());
        assert!(check_undo(None, &url(BOB)).is_ok());
        let hers = undo(json!({"actor": ["https://m.example/users/eve", BOB]}));
        assert_eq!(hers.unwrap_err().reason, Reason::NotOwner);
    }

    #[test]
    fn a_fetched_objects_author_lives_where_it_lives() {
        let by = |authors: Value| {
            author(&doc(
                json!({"id": "https://m.example/1", "attributedTo": authors}),
            ))
        };
        assert_eq!(by(json!(["https://evil.example/eve", BOB])), Some(url(BOB)));
        assert_eq!(by(json!("https://evil.example/eve")), None);
    }

    #[test]
    fn a_document_is_at_home_at_its_own_id_only() {
        let home = |id: &str, asked: &str, found: &str| {
            let parse = |text: &str| Url::parse(text).unwrap();
            is_at_home(&url(id), &parse(asked), &parse(found))
        };
        let id = "https://m.example/1";
        assert!(home(id, id, id));
        assert!(home(
            "https://wp.example?c=1",
            "https://wp.example/?c=1",
            "https://wp.example/?c=1"
        ));
        assert!(home(id, id, "https://m.example/objects/1"));
        assert!(home(id, "https://m.example/@bob/1", id));
        assert!(!home(id, id, "https://evil.example/1"));
        assert!(!home(
            id,
            "https://evil.example/1",
            "https://evil.example/1"
        ));
        assert!(!home(id, "https://m.example/2", "https://m.example/2"));
        assert!(!home(id, "https://evil.example/1", "http://m.example/1"));
    }
}
