//! A post is boosted: thousands of servers fetch its page, its document and its picture at once, each over a new connection,
//! while replies arrive. The node is a process of its own; the load runs beside it on the same cores.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use antiphon::app::App;
use antiphon::clock::Clock;
use antiphon::domain::actor::Actor;
use antiphon::domain::post::{self, Post};
use antiphon::federation::signature::{SignatureForm, sign_get};
use antiphon::http::HttpSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::inbox::{self, Sender};
use crate::people;
use crate::process::Process;
use crate::report::Row;
use crate::sink::{Answer, Sink};
use crate::support;

/// Servers that fetch, and the time in which they come.
const SERVERS: u32 = 5_000;
const TIME: Duration = Duration::from_secs(20);
/// Replies that arrive meanwhile, and those that stand under the post before.
const REPLIES: u32 = 400;
const COMMENTS: usize = 100;
/// Servers that the node has never met and that sign what they fetch; followers on as many servers.
const UNKNOWN: usize = 200;
const FOLLOWERS: usize = 2_000;
/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a server asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Document,
    Picture,
    Reply,
}

/// A request and when it leaves, from the beginning on.
struct Planned {
    kind: Kind,
    at: Duration,
    bytes: Arc<[u8]>,
}

/// How a request ended.
struct Done {
    kind: Kind,
    /// From when it should have left to the last byte, in milliseconds.
    taken: f64,
    /// 0: no whole answer.
    status: u16,
}

/// Without and with strangers who sign and a post that goes out.
pub(crate) fn stampede() -> Vec<Row> {
    let mut rows = quiet();
    rows.extend(with_strangers());
    rows
}

/// Only fetches and replies, against the real binary.
fn quiet() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let (post, replies) = runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
        prepared(&app, &alice).await
    });
    let process = Process::start(folder.path());
    let plan = plan(&process, &post, replies, Vec::new());
    let done = runtime.block_on(run(process.address, plan));
    told("stampede", &done, &process)
}

/// The same while unknown servers sign their fetches and a post goes out.
fn with_strangers() -> Vec<Row> {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let (delivered, documents) = (Arc::new(AtomicUsize::new(0)), Arc::default());
    let sink = hosts(&delivered, &documents);
    let (unknown, followers) = sink.origins.split_at(UNKNOWN);
    let (post, replies, signed) = runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
        people::add_followers(&app, &alice, followers).await;
        // It goes out to them as soon as the node runs.
        let (post, replies) = prepared(&app, &alice).await;
        let strangers = inbox::senders(&app, unknown);
        let shown = documents.set(strangers.iter().map(Sender::document).collect());
        shown.expect("it is set once");
        let signed = strangers.iter().map(|one| signed_get(one, &post)).collect();
        (post, replies, signed)
    });
    let process = Process::start(folder.path());
    let plan = plan(&process, &post, replies, signed);
    let done = runtime.block_on(run(process.address, plan));
    let mut rows = told("stampede with strangers", &done, &process);
    let missing = FOLLOWERS - delivered.load(Ordering::Relaxed).min(FOLLOWERS);
    rows.push(Row::at_most(
        "stampede with strangers: followers without the post after 20 s",
        "servers",
        &[count(missing)],
        0.0,
        "0",
    ));
    rows
}

/// A post with comments, and signed replies to it by 200 people whom the node knows.
async fn prepared(app: &Arc<App>, alice: &Actor) -> (Post, Vec<Vec<u8>>) {
    let post = support::publish(app, alice, 0).await;
    let drawn = post::draw_preview(app, post.id).await;
    drawn.expect("the preview picture can be drawn");
    support::add_comments(app, &post, COMMENTS).await;
    let origins: Vec<String> = (0..200)
        .map(|n| format!("https://s{n}.load.example"))
        .collect();
    let writers = inbox::senders(app, &origins);
    let rows = writers.iter().map(|one| (one.actor.clone(), one.keys()));
    people::store_actors(app, rows.collect()).await;
    let number = usize::try_from(REPLIES).expect("they are few");
    let replies = inbox::requests(app, &post, &writers, number);
    (post, replies)
}

/// Strangers with a document, followers that take everything.
fn hosts(delivered: &Arc<AtomicUsize>, documents: &Arc<OnceLock<Vec<String>>>) -> Sink {
    // Each listens.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let (counting, shown) = (Arc::clone(delivered), Arc::clone(documents));
    let many = u16::try_from(UNKNOWN + FOLLOWERS).expect("each has an address");
    Sink::by_address(many, move |number, _| {
        if number >= UNKNOWN {
            counting.fetch_add(1, Ordering::Relaxed);
            return Answer::Accepted;
        }
        let document = shown.get().and_then(|all: &Vec<String>| all.get(number));
        document.map_or(Answer::Failure, |text| Answer::Document(text.clone()))
    })
}

/// Everything that leaves, in order: each server's three fetches within its moment, replies evenly between them.
fn plan(
    process: &Process,
    post: &Post,
    replies: Vec<Vec<u8>>,
    signed: Vec<Vec<u8>>,
) -> Vec<Planned> {
    let page = path_of(post.url.as_str());
    let document = path_of(post.ap_id.as_str());
    let picture = preview(process, &page).expect("the page names its preview picture");
    let shared: Vec<(Kind, Arc<[u8]>)> = [
        (Kind::Page, page, "text/html,application/xhtml+xml"),
        (Kind::Document, document, "application/activity+json"),
        (Kind::Picture, picture, "image/*,*/*"),
    ]
    .into_iter()
    .map(|(kind, path, accept)| (kind, get(&path, accept).into()))
    .collect();
    let mut plan = Vec::new();
    let mut signed = signed.into_iter();
    for server in 0..SERVERS {
        let at = TIME * server / SERVERS;
        for (kind, bytes) in &shared {
            let stranger = *kind == Kind::Document && server.is_multiple_of(25);
            let own = if stranger { signed.next() } else { None };
            let bytes = own.map_or_else(|| Arc::clone(bytes), Into::into);
            plan.push(Planned {
                kind: *kind,
                at,
                bytes,
            });
        }
    }
    for (number, bytes) in (0..REPLIES).zip(replies) {
        plan.push(Planned {
            kind: Kind::Reply,
            at: TIME * number / REPLIES,
            bytes: bytes.into(),
        });
    }
    plan.sort_by_key(|one| one.at);
    plan
}

/// Where the page says that its preview picture is.
fn preview(process: &Process, page: &str) -> Option<String> {
    // As it is, not small: what is looked for stands in the text.
    let request = format!(
        "GET {page} HTTP/1.1\r\nhost: blog.example\r\naccept: text/html\r\nconnection: close\r\n\r\n"
    );
    let runtime = Runtime::new().expect("a runtime can be made");
    let (_, body) = runtime.block_on(exchange(process.address, request.as_bytes()))?;
    let text = String::from_utf8_lossy(&body);
    let content = text.split("property=\"og:image\" content=\"").nth(1);
    content.and_then(|rest| Some(path_of(rest.split('"').next()?)))
}

fn path_of(address: &str) -> String {
    address
        .strip_prefix(support::SITE)
        .unwrap_or(address)
        .to_owned()
}

fn get(path: &str, accept: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: blog.example\r\naccept: {accept}\r\naccept-encoding: gzip, br\r\n\
         user-agent: load/1.0\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// A fetch of the post's document that a stranger signed.
fn signed_get(stranger: &Sender, post: &Post) -> Vec<u8> {
    let url = Url::parse(post.ap_id.as_str()).expect("it is an address");
    let now = Clock::System.now();
    let headers = sign_get(
        SignatureForm::Cavage,
        &stranger.key,
        &stranger.key_id,
        &url,
        now,
    );
    let mut request = format!(
        "GET {} HTTP/1.1\r\nhost: blog.example\r\naccept: application/activity+json\r\nconnection: close\r\n",
        url.path()
    );
    for (name, value) in &headers.expect("the request can be signed") {
        if name != http::header::HOST {
            let value = value.to_str().expect("we made it of ASCII");
            let _ = write!(request, "{name}: {value}\r\n");
        }
    }
    request.push_str("\r\n");
    request.into_bytes()
}

/// Sends everything at its time, each over a new connection.
async fn run(address: SocketAddr, plan: Vec<Planned>) -> Vec<Done> {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let begun = Instant::now() + Duration::from_millis(100);
    let mut tasks = JoinSet::new();
    for Planned { kind, at, bytes } in plan {
        tokio::time::sleep_until(begun + at).await;
        tasks.spawn(async move {
            let answer = tokio::time::timeout(PATIENCE, exchange(address, &bytes)).await;
            let status = answer.ok().flatten().map_or(0, |(status, _)| status);
            let taken = (begun + at).elapsed().as_secs_f64() * 1000.0;
            Done {
                kind,
                taken,
                status,
            }
        });
    }
    tasks.join_all().await
}

/// One request over a new connection: status and whole body, read to the connection's end or the length that was told.
async fn exchange(address: SocketAddr, request: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.set_nodelay(true).ok()?;
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::with_capacity(16 * 1024);
    loop {
        if let Some(whole) = whole(&answer) {
            return Some(whole);
        }
        if stream.read_buf(&mut answer).await.ok()? == 0 {
            return ended(&answer);
        }
    }
}

/// Status, told length and body of an answer, as far as it is here.
fn parts(answer: &[u8]) -> Option<(u16, Option<usize>, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(answer.get(..end)?).to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|text| text.trim().parse().ok());
    Some((status, length, answer.get(end + 4..)?))
}

fn whole(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let (status, length, body) = parts(answer)?;
    (body.len() >= length?).then(|| (status, body.to_vec()))
}

/// At the end of the connection an answer without a length is whole.
fn ended(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let (status, length, body) = parts(answer)?;
    length.is_none().then(|| (status, body.to_vec()))
}

fn told(name: &str, done: &[Done], process: &Process) -> Vec<Row> {
    let mut rows = Vec::new();
    let right = |one: &&Done| one.status == if one.kind == Kind::Reply { 202 } else { 200 };
    let wrong: Vec<u16> = done
        .iter()
        .filter(|one| !right(one))
        .map(|one| one.status)
        .collect();
    eprintln!("{name}: {} of {} failed", wrong.len(), done.len());
    let shown: Vec<u16> = wrong.iter().take(20).copied().collect();
    if !shown.is_empty() {
        eprintln!("{name}: the first statuses (0: no answer): {shown:?}");
    }
    let errors = [count(wrong.len())];
    let errors = Row::at_most(&format!("{name}: errors"), "requests", &errors, 0.0, "0");
    rows.push(errors);
    for (kind, label) in [
        (Kind::Page, "page"),
        (Kind::Document, "document"),
        (Kind::Picture, "picture"),
        (Kind::Reply, "reply"),
    ] {
        let of_kind = done.iter().filter(|one| one.kind == kind && right(one));
        let mut times: Vec<f64> = of_kind.map(|one| one.taken).collect();
        if times.is_empty() {
            continue;
        }
        times.sort_by(f64::total_cmp);
        let at = |share: usize| {
            let place = (times.len() * share / 100).min(times.len() - 1);
            times.get(place).copied().unwrap_or(f64::NAN)
        };
        let (number, last) = (times.len(), at(100));
        let line = format!(
            "{name}: {label}: {number}, median {:.1} ms, 90 % {:.1} ms",
            at(50),
            at(90)
        );
        eprintln!("{line}, 99 % {:.1} ms, slowest {last:.1} ms", at(99));
        let what = format!("{name}: {label}, 99 % within");
        rows.push(Row::at_most(&what, "ms", &[at(99)], 250.0, "≤ 250 ms"));
    }
    eprintln!("{name}: {:.1} MB at the end", process.memory());
    let what = format!("{name}: most memory (VmHWM)");
    let peak = [process.peak()];
    rows.push(Row::at_most(&what, "MB", &peak, 60.0, "≤ 60 MB"));
    rows
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
