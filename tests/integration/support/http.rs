//! Requests to a router without a network, and their answers.

use std::sync::Arc;

use antiphon::app::App;
use antiphon::http::{HttpClient, HttpSettings};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

use super::TestApp;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// All headers.
    pub(crate) headers: HeaderMap,
    /// The body; what is not UTF-8 is replaced.
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON. Fails the test with the answer when it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// A header; empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A client of the test's own: it may go anywhere and remembers nothing.
pub(crate) fn bare_client() -> HttpClient {
    let settings = HttpSettings {
        allow_loopback: true,
        allow_http: true,
        ..HttpSettings::default()
    };
    HttpClient::new(settings).expect("the client can be built")
}

impl TestApp {
    /// Sends a request to a face of this node.
    pub(crate) async fn send(&self, router: Router<Arc<App>>, request: Request<Body>) -> Answer {
        let service = router.with_state(Arc::clone(&self.app));
        let answer = service
            .oneshot(request)
            .await
            .expect("a router always answers");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .expect("the body can be read");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

mod tests {
    use axum::body::Body;
    use axum::extract::State;
    use axum::routing::get;
    use http::{Request, StatusCode};

    use crate::support::{Answer, TestApp, both_databases};

    both_databases! {
        async fn a_face_sees_the_node_it_is_asked_on(app: TestApp) {
            let face = axum::Router::new().route(
                "/",
                get(async |State(app): State<std::sync::Arc<antiphon::app::App>>| {
                    let title = app.config.site.title.clone();
                    ([("x-host", app.config.host().to_string())], format!("{title:?}"))
                }),
            );
            let answer: Answer = app.send(face, Request::new(Body::empty())).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.header("x-host"), "blog.example");
            assert_eq!(answer.json(), "A test");
        }
    }
}
