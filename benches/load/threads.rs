//! A long thread on many hosts is completed from what they tell: the requests it takes, and what readers notice meanwhile.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use antiphon::clock::Clock;
use antiphon::db::schema::{comments, jobs};
use antiphon::domain::post::Post;
use antiphon::federation::Federation;
use antiphon::federation::signature::RsaKey;
use antiphon::queue::Job;
use antiphon::types::{ApUrl, Timestamp};
use antiphon::worker;
use diesel::dsl::min;
use diesel::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::page;
use crate::report::{Row, median};
use crate::sink::{Answer, Sink};
use crate::support;

const HOSTS: usize = 50;
const REPLIES: usize = 5_000;
/// Writers on each host.
const PEOPLE: usize = 3;
/// Items on a page of a context.
const PAGE: usize = 50;
/// When the clock starts, and how long the thread has to be whole.
const NOW: &str = "2026-11-22T12:00:00Z";
const DAYS: i64 = 30;
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// All that the hosts say.
struct Elsewhere {
    origins: Vec<String>,
    post: String,
    public_pem: String,
    /// What each host knows of the thread: its people's replies and the answers to them.
    contexts: Vec<Vec<String>>,
}

impl Elsewhere {
    fn new(origins: &[String], post: &Post) -> Self {
        let key = RsaKey::generate().expect("a key can be made");
        let mut contexts = vec![Vec::new(); origins.len()];
        for number in 0..REPLIES {
            let above = parent(number).map(|above| above % origins.len());
            let own = number % origins.len();
            for host in [Some(own), above.filter(|above| *above != own)]
                .into_iter()
                .flatten()
            {
                if let Some(known) = contexts.get_mut(host) {
                    known.push(note_id(origins, number));
                }
            }
        }
        Self {
            origins: origins.to_vec(),
            post: post.ap_id.to_string(),
            public_pem: key.public_pem().expect("the key can be written"),
            contexts,
        }
    }

    /// What stands at a path of a host.
    fn answer(&self, host: &str, path: &str) -> Option<Value> {
        let host: usize = host.trim_start_matches('t').parse().ok()?;
        let origin = self.origins.get(host)?;
        if let Some(number) = path.strip_prefix("/notes/") {
            return Some(self.note(number.parse().ok()?));
        }
        if path.starts_with("/users/") {
            return Some(self.person(&format!("{origin}{path}")));
        }
        let id = format!("{origin}/contexts/1");
        let Some(page) = path.strip_prefix("/contexts/1?page=") else {
            let first = format!("{id}?page=1");
            return Some(json!({ "id": id, "type": "OrderedCollection", "first": first }));
        };
        let page: usize = page.parse().ok()?;
        let all = self.contexts.get(host)?;
        let items: Vec<&String> = all.iter().skip((page - 1) * PAGE).take(PAGE).collect();
        let mut body = json!({ "id": format!("{id}?page={page}"), "type": "OrderedCollectionPage", "partOf": id, "orderedItems": items });
        if page * PAGE < all.len()
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("next".into(), json!(format!("{id}?page={}", page + 1)));
        }
        Some(body)
    }

    fn note(&self, number: usize) -> Value {
        let id = note_id(&self.origins, number);
        let origin = id.split("/notes/").next().unwrap_or_default();
        let author = format!("{origin}/users/p{}", number / HOSTS % PEOPLE);
        let above =
            parent(number).map_or_else(|| self.post.clone(), |above| note_id(&self.origins, above));
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Note", "attributedTo": author,
            "inReplyTo": above, "content": support::COMMENT, "published": NOW, "to": [PUBLIC],
            "cc": [format!("{author}/followers")], "context": format!("{origin}/contexts/1"),
        })
    }

    fn person(&self, id: &str) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"], "id": id,
            "type": "Person", "preferredUsername": id.rsplit('/').next(), "inbox": format!("{id}/inbox"),
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.public_pem },
        })
    }
}

/// Every fifth answers the post, the others one of those before.
fn parent(number: usize) -> Option<usize> {
    (number >= HOSTS && !number.is_multiple_of(5)).then(|| number - 1 - number * 7 % HOSTS)
}

fn note_id(origins: &[String], number: usize) -> String {
    let origin = origins
        .get(number % origins.len())
        .map_or("", String::as_str);
    format!("{origin}/notes/{number}")
}

/// 50 replies come by themselves, one from each host; the other 4,950 are found.
pub(crate) fn completed() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let asked = Arc::new(AtomicU32::new(0));
    let elsewhere: Arc<OnceLock<Elsewhere>> = Arc::default();
    let names: Vec<String> = (0..HOSTS).map(|number| format!("t{number}")).collect();
    let (counting, told) = (Arc::clone(&asked), Arc::clone(&elsewhere));
    let decide = move |host: &str, path: &str| {
        counting.fetch_add(1, Ordering::Relaxed);
        let found = told.get().and_then(|all| all.answer(host, path));
        found.map_or(Answer::Failure, |body| Answer::Document(body.to_string()))
    };
    let sink = Sink::start(&names, false, Arc::new(decide));
    let (held, before, meanwhile) = runtime.block_on(async {
        let clock = Clock::fixed(Timestamp::parse(NOW).expect("it is a time"));
        let (app, alice) = support::node_by(folder.path(), sink.http(), clock).await;
        let read = support::publish(&app, &alice, 0).await;
        support::add_comments(&app, &read, 500).await;
        let post = support::publish(&app, &alice, 1).await;
        let set = elsewhere.set(Elsewhere::new(&sink.origins, &post));
        assert!(set.is_ok(), "it is set once");
        let fed = Federation::new(Arc::clone(&app)).await;
        let fed = fed.expect("the node is complete");
        worker::drain(&fed).await.expect("jobs can be done");
        let before = page::timed(&app, read.slug.as_str()).await;
        let whole = Arc::new(AtomicBool::new(false));
        let completing = tokio::spawn(complete(
            fed,
            sink.origins.clone(),
            post,
            Arc::clone(&whole),
        ));
        let mut times = Vec::new();
        while !whole.load(Ordering::Relaxed) {
            times.push(page::timed(&app, read.slug.as_str()).await);
        }
        let held = completing.await.expect("completing does not panic");
        (held, before, median(&times))
    });
    let requests = f64::from(asked.load(Ordering::Relaxed));
    eprintln!("{held} of {REPLIES} replies held, {requests} requests");
    let replies = f64::from(u32::try_from(REPLIES).expect("they are few"));
    let missing = replies - f64::from(u32::try_from(held).unwrap_or_default());
    vec![
        Row::at_most(
            "thread of 5,000 on 50 hosts: missing",
            "replies",
            &[missing],
            0.0,
            "0",
        ),
        Row::at_most(
            "thread of 5,000 on 50 hosts: requests a reply",
            "requests",
            &[requests / replies],
            1.2,
            "≤ 1.2",
        ),
        Row::at_most(
            "page, 500 comments, meanwhile to before",
            "times",
            &[meanwhile / before],
            1.5,
            "≤ 1.5",
        ),
    ]
}

/// Lets time pass from job to job until the thread sleeps. Returns how many replies are held.
async fn complete(
    fed: Arc<Federation>,
    origins: Vec<String>,
    post: Post,
    whole: Arc<AtomicBool>,
) -> i64 {
    let first: Vec<ApUrl> = (0..HOSTS)
        .map(|number| ApUrl::new(note_id(&origins, number)))
        .collect();
    let named: Vec<_> = first
        .into_iter()
        .map(|reply| fed.app.job(Job::FetchReply { reply }))
        .collect();
    let written = fed
        .app
        .db
        .write(move |conn| named.iter().try_for_each(|job| job.enqueue(conn)));
    written.await.expect("jobs can be written");
    let end = fed.app.now().plus_secs(DAYS * 24 * 3600);
    loop {
        worker::drain(&fed).await.expect("jobs can be done");
        let due = fed.app.db.read(|conn| {
            Ok(jobs::table
                .select(min(jobs::run_at))
                .first::<Option<i64>>(conn)?)
        });
        let due = due.await.expect("the database can be read");
        let Some(due) = due.map(Timestamp).filter(|due| *due < end) else {
            break;
        };
        let pause = (due.0 - fed.app.now().0) / Timestamp::SECOND + 1;
        fed.app.clock.advance_secs(pause.max(1));
    }
    whole.store(true, Ordering::Relaxed);
    let count = fed.app.db.read(move |conn| {
        let all = comments::table.filter(comments::post_id.eq(post.id));
        Ok(all.count().get_result::<i64>(conn)?)
    });
    count.await.expect("the database can be read")
}
