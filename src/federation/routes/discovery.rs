//! The routes by which others find what is here: WebFinger, host-meta, NodeInfo.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};

use super::{Fed, Named, failure};
use crate::error::Error;
use crate::federation::{nodeinfo, webfinger};

pub(super) async fn finger(
    State(fed): Fed,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let resource = query
        .iter()
        .find(|(key, _)| key == "resource")
        .map_or("", |(_, value)| value.as_str());
    match webfinger::answer(&fed.app, resource).await {
        Ok(document) => discovery("application/jrd+json", document.to_string()),
        Err(error) => failure(&error),
    }
}

pub(super) async fn host_meta(State(fed): Fed) -> Response {
    let template = fed.app.url("/.well-known/webfinger?resource={uri}");
    discovery(
        "application/xrd+xml",
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\
             <Link rel=\"lrdd\" template=\"{template}\"/></XRD>\n"
        ),
    )
}

pub(super) async fn node_versions(State(fed): Fed) -> Response {
    discovery("application/json", nodeinfo::versions(&fed.app).to_string())
}

pub(super) async fn node_document(State(fed): Fed, Named(version): Named<String>) -> Response {
    if version != "2.0" && version != "2.1" {
        return failure(&Error::NotFound("this NodeInfo version"));
    }
    let profile = format!(
        "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\""
    );
    match nodeinfo::document(&fed.app, &version).await {
        Ok(document) => discovery(&profile, document.to_string()),
        Err(error) => failure(&error),
    }
}

/// An answer that any page may read and any cache keep for a while.
fn discovery(media_type: &str, body: String) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
    ];
    (headers, body).into_response()
}
