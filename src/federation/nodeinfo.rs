//! NodeInfo 2.0 and 2.1: what this node runs and how large it is.

use serde_json::{Value, json};

use super::builders::set;
use crate::app::App;
use crate::domain::{account, comment, post};
use crate::error::Result;

/// The list of versions.
pub fn versions(app: &App) -> Value {
    let link = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": app.url(&format!("/nodeinfo/{version}")),
        })
    };
    json!({ "links": [link("2.0"), link("2.1")] })
}

/// The document of one version (`2.0` or `2.1`).
pub async fn document(app: &App, version: &str) -> Result<Value> {
    let users = account::list(app).await?.len();
    let (posts, comments) = app
        .db
        .read(|conn| {
            Ok((
                post::count_published(conn, None)?,
                comment::count_public(conn, None)?,
            ))
        })
        .await?;
    let mut software = json!({ "name": "antiphon", "version": env!("CARGO_PKG_VERSION") });
    if version == "2.1" {
        set(&mut software, "homepage", json!(app.url("/about")));
    }
    Ok(json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": ["atom1.0"] },
        "openRegistrations": false,
        "usage": {
            "users": { "total": users, "activeMonth": users, "activeHalfyear": users },
            "localPosts": posts,
            "localComments": comments,
        },
        "metadata": {
            "nodeName": app.config.site.title,
            "nodeDescription": app.config.site.description,
        },
    }))
}
