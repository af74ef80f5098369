//! Answers to WebFinger, as their consumer reads them: a server on loopback gives the input to whoever asks, and the document
//! of the actor that is then asked for. Nobody of ours, and nobody elsewhere than where he was looked for, comes out of it.
#![no_main]

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use antiphon::error::Error;
use antiphon::federation::webfinger;
use antiphon::http::{HttpSettings, Resolver};
use antiphon::text::mention::Handle;
use antiphon_fuzz::node::Node;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde_json::json;

type Answer = Arc<Mutex<Vec<u8>>>;

struct Stage {
    node: Node,
    answer: Answer,
    server: SocketAddr,
    runs: u64,
}

thread_local!(static STAGE: RefCell<Stage> = RefCell::new(Stage::new()));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    antiphon_fuzz::json::mutate(data, size, max_size, seed)
});

fuzz_target!(|body: &[u8]| {
    STAGE.with_borrow_mut(|stage| {
        stage.runs += 1;
        // A host of its own for each run: what failed once is not asked again for a while.
        let host = format!("h{}.localhost:{}", stage.runs, stage.server.port());
        let named = String::from_utf8_lossy(body).replace("HOST", &host);
        *stage.answer.lock().expect("nobody panics with it") = named.into_bytes();
        let handle = Handle::parse(&format!("@eve@{host}")).expect("it is a handle");
        let fed = Arc::clone(&stage.node.fed);
        let found =
            stage
                .node
                .runtime
                .block_on(webfinger::resolve(&fed.app, &fed.fetcher, &handle));
        match found {
            Err(error @ (Error::Internal(_) | Error::Db(_) | Error::Setup(_))) => {
                panic!("{}", error.log_text())
            }
            Err(_) => {}
            Ok(actor) => assert!(
                !actor.local && fed.app.config.host() != actor.host,
                "{actor:?}"
            ),
        }
        if !stage.node.changed().is_empty() {
            stage.node.restore();
        }
    });
});

impl Stage {
    fn new() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let node = Node::new(HttpSettings {
            resolver: Resolver::All(loopback),
            allow_loopback: true,
            allow_http: true,
            // Each run has a host of its own, and so a connection that nobody uses again.
            max_idle_per_host: 0,
            ..HttpSettings::default()
        });
        let answer = Answer::default();
        let (sender, receiver) = std::sync::mpsc::channel();
        let shown = Arc::clone(&answer);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime starts");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind((loopback, 0))
                    .await
                    .expect("a port is free");
                sender
                    .send(listener.local_addr().expect("it has an address"))
                    .expect("somebody waits");
                let service = axum::Router::new()
                    .fallback(move |request| respond(Arc::clone(&shown), request));
                axum::serve(listener, service).await.expect("it serves");
            });
        });
        let server = receiver.recv().expect("the server starts");
        Self {
            node,
            answer,
            server,
            runs: 0,
        }
    }
}

/// WebFinger gets the input; everything else is the actor of that address.
async fn respond(answer: Answer, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/.well-known/webfinger" {
        let body = answer.lock().expect("nobody panics with it").clone();
        return ([(CONTENT_TYPE, "application/jrd+json")], body).into_response();
    }
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let id = format!("http://{host}{path}");
    let document = json!({
        "id": id, "type": "Person", "preferredUsername": "eve", "inbox": format!("{id}/inbox"),
    });
    (
        [(CONTENT_TYPE, "application/activity+json")],
        document.to_string(),
    )
        .into_response()
}
