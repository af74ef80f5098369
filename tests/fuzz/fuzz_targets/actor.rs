//! Documents of actors, from JSON to rows: what is stored is bounded, clean, lives where it was found and claims no key of
//! another server.
#![no_main]

use std::cell::RefCell;

use activitypub_federation::traits::Object;
use antiphon::error::Error;
use antiphon::federation::objects::Doc;
use antiphon::federation::objects::actor::RemoteActor;
use antiphon::text::sanitize;
use antiphon::types::ApUrl;
use antiphon_fuzz::{is_ours, node::Node};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use url::Url;

/// Where every document is found.
const FOUND: &str = "https://eve.example/users/eve";

thread_local!(static NODE: RefCell<Node> = RefCell::new(Node::alone()));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    antiphon_fuzz::json::mutate(data, size, max_size, seed)
});

fuzz_target!(|body: &[u8]| {
    let Ok(doc) = serde_json::from_slice::<Doc>(body) else {
        return;
    };
    NODE.with_borrow_mut(|node| {
        let found = Url::parse(FOUND).expect("it is an address");
        let data = node.fed.fetcher.data();
        let stored = node.runtime.block_on(async {
            RemoteActor::verify(&doc, &found, &data).await?;
            RemoteActor::from_json(doc, &data).await
        });
        let changed = node.changed();
        match stored {
            Err(error @ (Error::Internal(_) | Error::Db(_) | Error::Setup(_))) => {
                panic!("{}", error.log_text())
            }
            Err(error) => assert!(
                changed.is_empty(),
                "refused ({error}), but {changed:?} changed"
            ),
            Ok(actor) => look_at(node, &actor, &changed),
        }
        if !changed.is_empty() {
            node.restore();
        }
    });
});

fn look_at(node: &mut Node, actor: &RemoteActor, changed: &[String]) {
    for table in changed {
        assert!(
            ["actors", "actor_keys", "emojis", "jobs"].contains(&table.as_str()),
            "{table} changed"
        );
    }
    let row = &actor.row;
    assert!(
        row.ap_id.same_origin(&ApUrl::new(FOUND))
            && !row.local
            && row.host.as_str() == "eve.example",
        "{row:?}"
    );
    assert!(row.name.chars().count() <= 3000 && row.username.chars().count() <= 3000);
    assert!(row.summary.as_str().len() <= 1024 * 1024);
    assert_eq!(
        sanitize::remote(row.summary.as_str()),
        row.summary,
        "it is not clean"
    );
    assert!(!is_ours(&row.url) && !is_ours(&row.inbox), "{row:?}");
    let scheme = row
        .url
        .url()
        .expect("a page is an address")
        .scheme()
        .to_owned();
    assert!(scheme == "https" || scheme == "http", "{}", row.url);
    let fresh = "(SELECT * FROM main.actor_keys EXCEPT SELECT * FROM base.actor_keys)";
    for key in node.words(&format!("SELECT key_id AS word FROM {fresh}")) {
        assert!(ApUrl::new(key.as_str()).same_origin(&row.ap_id), "{key}");
    }
    assert!(node.count(&format!("SELECT count(*) AS n FROM {fresh}")) <= 16);
    let stolen = "SELECT count(*) AS n FROM base.actor_keys WHERE key_id NOT IN (SELECT key_id FROM main.actor_keys)";
    assert_eq!(node.count(stolen), 0);
    for column in [
        "ap_id",
        "username",
        "name",
        "summary",
        "url",
        "inbox",
        "shared_inbox",
        "followers",
        "avatar_source",
    ] {
        let sql = format!("SELECT count(*) AS n FROM actors WHERE instr({column}, char(0)) > 0");
        assert_eq!(
            node.count(&sql),
            0,
            "{column} is no text that PostgreSQL takes"
        );
    }
    assert_eq!(node.count("SELECT count(*) AS n FROM actor_keys WHERE instr(public, char(0)) + instr(key_id, char(0)) > 0"), 0);
}
