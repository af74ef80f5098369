//! What refusing costs: activities that fail one check each, beside ones that are taken, in the same seconds. Counted is the
//! node's CPU time, for a flood of refusals is paid with nothing else.

use std::time::Duration;

use antiphon::app::App;
use antiphon::domain::moderation;
use antiphon::domain::post::Post;
use antiphon::federation::signature::{RsaKey, SignatureForm, sign_post};
use antiphon::http::HttpSettings;
use antiphon::types::Host;
use http::{HeaderMap, HeaderValue};
use tokio::runtime::Runtime;
use url::Url;

use crate::client;
use crate::inbox::{self, Sender};
use crate::people;
use crate::process::Process;
use crate::report::{Row, median};
use crate::support;

const CONNECTIONS: usize = 32;
/// Repetitions; in each so many activities that are taken, and so many of each kind that is refused.
const TIMES: usize = 5;
const TAKEN: usize = 2_000;
const REFUSED: usize = 10_000;

/// What is wrong with a request, and how it is answered.
const FLAWS: [(&str, Flaw, u16); 6] = [
    ("no signature", Flaw::Unsigned, 401),
    ("a blocked server", Flaw::Blocked, 403),
    ("expired", Flaw::Old, 401),
    ("another host", Flaw::OtherHost, 401),
    ("another body's digest", Flaw::Digest, 401),
    // Its server cannot be asked for a newer key, so the sender may come again.
    ("a wrong signature of a known key", Flaw::Signature, 503),
];

#[derive(Clone, Copy)]
enum Flaw {
    Unsigned,
    Blocked,
    Old,
    OtherHost,
    Digest,
    Signature,
}

/// The CPU time of each kind of refusal, beside that of a reply that is taken.
pub(crate) fn refused() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let (taken, flawed) = runtime.block_on(prepare(folder.path()));
    let process = Process::start(folder.path());
    let mut accepted = Vec::new();
    let mut costs = vec![Vec::new(); FLAWS.len()];
    // A first round warms caches, connections and the allocator, and is not counted.
    for (round, chunk) in taken.chunks(TAKEN).enumerate() {
        let micros = cost(&process, chunk, 202);
        if round > 0 {
            accepted.push(micros);
        }
        for ((requests, (_, _, status)), costs) in flawed.iter().zip(FLAWS).zip(&mut costs) {
            let micros = cost(&process, requests, status);
            if round > 0 {
                costs.push(micros);
            }
        }
    }
    process.kill();
    let one = median(&accepted);
    let rows = FLAWS.iter().zip(&costs);
    rows.map(|((what, _, _), costs)| row(what, costs, one))
        .collect()
}

/// The node's CPU time for one of these, in microseconds. All must be answered with this status.
fn cost(process: &Process, requests: &[Vec<u8>], status: u16) -> f64 {
    let before = process.cpu_seconds();
    let outcome = client::load(process.address, CONNECTIONS, requests);
    // What goes on behind the answers belongs to them.
    std::thread::sleep(Duration::from_millis(200));
    let used = process.cpu_seconds() - before;
    let other = outcome.refused.iter().find(|other| **other != status);
    assert_eq!(other, None, "not all were answered with {status}");
    assert!(status == 202 || outcome.accepted == 0, "some were taken");
    used * 1e6 / f64::from(u32::try_from(requests.len()).expect("they are few"))
}

fn row(what: &str, costs: &[f64], accepted: f64) -> Row {
    let cost = median(costs);
    let ratios: Vec<String> = costs
        .iter()
        .map(|cost| format!("{:.1}", cost / accepted * 100.0))
        .collect();
    Row {
        what: format!("refused: {what}, by CPU time"),
        figure: format!("{cost:.0} µs"),
        ceiling: format!("taken: {accepted:.0} µs"),
        ratio: format!("{:.1} % ({})", cost / accepted * 100.0, ratios.join(", ")),
        wanted: "≤ 10 %",
        reached: cost <= accepted * 0.1,
    }
}

/// Replies to be taken, and for each flaw the requests that have it.
async fn prepare(folder: &std::path::Path) -> (Vec<Vec<u8>>, Vec<Vec<Vec<u8>>>) {
    let (app, alice) = support::node(folder, HttpSettings::default()).await;
    let post = support::publish(&app, &alice, 0).await;
    let origins: Vec<String> = (0..50)
        .map(|number| format!("https://s{number}.load.example"))
        .collect();
    let writers = inbox::senders(&app, &origins);
    let rows = writers
        .iter()
        .map(|sender| (sender.actor.clone(), sender.keys()));
    people::store_actors(&app, rows.collect()).await;
    let blocked = Host::parse("blocked.example").expect("it is a host");
    let done = moderation::block(&app, vec![(blocked, None)]).await;
    done.expect("a server can be blocked");
    let taken = inbox::requests(&app, &post, &writers, (TIMES + 1) * TAKEN);
    let sender = writers.first().expect("there are some");
    let flawed = FLAWS.map(|(_, flaw, _)| {
        // One request is like the other: nothing of them is remembered.
        vec![request(&app, &post, sender, flaw); REFUSED]
    });
    (taken, flawed.to_vec())
}

fn request(app: &App, post: &Post, sender: &Sender, flaw: Flaw) -> Vec<u8> {
    let body = sender.body(app, post, usize::MAX);
    let (key_id, key) = match flaw {
        Flaw::Blocked => (
            "https://blocked.example/users/eve#main-key".to_owned(),
            sender.key.clone(),
        ),
        Flaw::Signature => (
            sender.key_id.clone(),
            RsaKey::generate().expect("a key can be made"),
        ),
        _ => (sender.key_id.clone(), sender.key.clone()),
    };
    let site = match flaw {
        Flaw::OtherHost => "https://other.example",
        _ => support::SITE,
    };
    let age = match flaw {
        Flaw::Old => -13 * 3600,
        _ => 0,
    };
    let url = Url::parse(&format!("{site}/ap/inbox")).expect("it is an address");
    let signed = sign_post(
        SignatureForm::Cavage,
        &key,
        &key_id,
        &url,
        "application/activity+json",
        if matches!(flaw, Flaw::Digest) {
            b"{}"
        } else {
            body.as_bytes()
        },
        app.now().plus_secs(age),
    );
    let mut headers: HeaderMap = signed.expect("the request can be signed");
    if matches!(flaw, Flaw::Unsigned) {
        headers.remove("signature");
    }
    let host = url.host_str().unwrap_or_default();
    headers.insert("host", HeaderValue::from_str(host).expect("it is ASCII"));
    let mut request = inbox::head(&headers, body.len());
    request.push_str(&body);
    request.into_bytes()
}
