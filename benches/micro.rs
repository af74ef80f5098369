//! The costs of single steps: `cargo bench --bench micro`. Whole journeys under load are in `load`.

#[path = "support/mod.rs"]
mod support;

use std::sync::Arc;

use antiphon::app::App;
use antiphon::domain::comment::thread;
use antiphon::domain::post::page;
use antiphon::federation::signature::{
    BodyDigest, ParsedSignature, PublicKey, Request, RsaKey, SignatureForm, Site, sign_post,
    sign_post_digest,
};
use antiphon::http::HttpSettings;
use antiphon::text::{markdown, sanitize};
use antiphon::types::Timestamp;
use antiphon::web;
use axum::body::to_bytes;
use axum::extract::{Path, State};
use divan::{Bencher, black_box};
use http::HeaderMap;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

const FORMS: [&str; 2] = ["cavage", "rfc9421"];
const KIND: &str = "application/activity+json";
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn main() {
    divan::main();
}

fn form(name: &str) -> SignatureForm {
    if name == "cavage" {
        SignatureForm::Cavage
    } else {
        SignatureForm::Rfc9421
    }
}

fn inbox() -> Url {
    Url::parse("https://blog.example/ap/inbox").expect("it is an address")
}

#[divan::bench(args = FORMS)]
fn sign(bencher: Bencher, name: &str) {
    let key = RsaKey::generate().expect("a key can be made");
    let (url, digest) = (inbox(), BodyDigest::of(support::COMMENT.as_bytes()));
    bencher.bench(|| {
        sign_post_digest(
            form(name),
            &key,
            "https://a.example/u#main-key",
            &url,
            KIND,
            &digest,
            NOW,
        )
    });
}

/// Everything that a signature costs in the inbox: read, check with digest, prove.
#[divan::bench(args = FORMS)]
fn verify(bencher: Bencher, name: &str) {
    let key = RsaKey::generate().expect("a key can be made");
    let (body, url) = (support::COMMENT.as_bytes(), inbox());
    let headers = sign_post(
        form(name),
        &key,
        "https://a.example/u#main-key",
        &url,
        KIND,
        body,
        NOW,
    );
    let headers = headers.expect("it can be signed");
    let site = Site::new(&url).expect("it has a host");
    let public = key.public_key().expect("the key is sound");
    bencher.bench(|| {
        let request = Request {
            method: "POST",
            path_and_query: "/ap/inbox",
            headers: &headers,
            body: Some(body),
        };
        let parsed = ParsedSignature::parse(&request).expect("it is there");
        parsed.check(&request, &site, NOW).expect("it is sound");
        parsed.verify(&request, &site, &public)
    });
}

#[divan::bench]
fn read_a_public_key(bencher: Bencher) {
    let key = RsaKey::generate().expect("a key can be made");
    let text = key.public_pem().expect("the key can be written");
    bencher.bench(|| PublicKey::from_pem(black_box(&text)));
}

#[divan::bench]
fn sanitise_a_comment() -> antiphon::types::Html {
    sanitize::remote(black_box(support::COMMENT))
}

#[divan::bench]
fn sanitise_twenty_times_as_much(bencher: Bencher) {
    let text = support::COMMENT.repeat(20);
    bencher.bench(|| sanitize::remote(black_box(&text)));
}

#[divan::bench(args = [1, 10, 40])]
fn markdown_post(bencher: Bencher, times: usize) {
    let text = support::MARKDOWN.repeat(times);
    bencher.bench(|| markdown::render_post(black_box(&text), &markdown::Mentions::new()));
}

/// A node whose post has so many comments.
struct Discussion {
    runtime: Runtime,
    app: Arc<App>,
    slug: String,
    _folder: TempDir,
}

impl Discussion {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let runtime = Runtime::new().expect("a runtime can be made");
        let (app, slug) = runtime.block_on(async {
            let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
            let post = support::publish(&app, &alice, 0).await;
            support::add_comments(&app, &post, count).await;
            (app, post.slug)
        });
        Self {
            runtime,
            app,
            slug,
            _folder: folder,
        }
    }
}

/// From the request to the whole body, never cached.
#[divan::bench(args = [0, 500, 10_000], max_time = 3)]
fn whole_page(bencher: Bencher, comments: usize) {
    let node = Discussion::new(comments);
    bencher.bench_local(|| {
        node.runtime.block_on(async {
            let (app, slug) = (Arc::clone(&node.app), node.slug.clone());
            let answer = web::post_page(
                State(app),
                Path(slug),
                http::Uri::from_static("/"),
                HeaderMap::new(),
            )
            .await;
            to_bytes(answer.into_body(), usize::MAX).await
        })
    });
}

#[divan::bench(args = [500, 10_000], max_time = 3)]
fn read_a_page(bencher: Bencher, comments: usize) {
    let node = Discussion::new(comments);
    bencher.bench_local(|| {
        let slug = node.slug.clone();
        let read = node
            .app
            .db
            .read(move |conn| page::load_by_slug(conn, &slug));
        node.runtime.block_on(read)
    });
}

#[divan::bench(args = [500, 10_000], max_time = 3)]
fn build_a_thread(bencher: Bencher, comments: usize) {
    let node = Discussion::new(comments);
    let slug = node.slug.clone();
    let read = node
        .app
        .db
        .read(move |conn| page::load_by_slug(conn, &slug));
    let entries = node
        .runtime
        .block_on(read)
        .expect("the post is there")
        .comments;
    bencher
        .with_inputs(|| entries.clone())
        .bench_values(thread::build);
}
