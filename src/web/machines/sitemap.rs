//! The site map (sitemaps.org): an index, parts of posts by key, and a part with all other pages.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::Uri;

use crate::app::App;
use crate::domain::account;
use crate::domain::post::Post;
use crate::domain::post::page::{self, MapPart};
use crate::error::{Error, Result};
use crate::types::{Id, Timestamp};
use crate::web::answer::{Document, answer};
use crate::web::date::machine;
use crate::web::view::Site;
use crate::web::xml::Xml;
use crate::web::{convert, query};

const MEDIA_TYPE: &str = "application/xml; charset=utf-8";
const NAMESPACE: [(&str, &str); 1] = [("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")];
/// Addresses in a part; the format's own bound is five times that.
const PART: u16 = 10_000;

/// Answers `/sitemap.xml` with the addresses of the parts.
pub(in crate::web) async fn index(State(app): State<Arc<App>>) -> Response {
    let site = convert::site(&app.config);
    let work = app.db.read(move |conn| {
        let parts = page::list_map_parts(conn, PART)?;
        Ok(Document::text(index_of(&site, &parts), MEDIA_TYPE))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

fn index_of(site: &Site, parts: &[MapPart]) -> String {
    let mut xml = Xml::new();
    xml.open("sitemapindex", &NAMESPACE);
    let pages = format!("{}/sitemap-pages.xml", site.url);
    push(&mut xml, "sitemap", &pages, None);
    for part in parts {
        let address = match part.after {
            None => format!("{}/sitemap-posts.xml", site.url),
            Some(id) => format!("{}/sitemap-posts.xml?after={id}", site.url),
        };
        push(&mut xml, "sitemap", &address, part.changed);
    }
    xml.finish()
}

/// Answers `/sitemap-posts.xml`, `?after=ID` with a later part, oldest posts first: a part stays what it is.
pub(in crate::web) async fn posts(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let after: Option<Id<Post>> = query::id(&uri, "after");
    let work = app.db.read(move |conn| {
        let found = page::list_mapped(conn, after, PART)?;
        if after.is_some() && found.is_empty() {
            return Err(Error::NotFound("the page"));
        }
        let found = found.into_iter().map(|(url, at)| (url.into_string(), at));
        Ok(Document::text(map_of(found), MEDIA_TYPE))
    });
    let outcome = work.await;
    answer(&app, outcome)
}

/// Answers `/sitemap-pages.xml` with all that are no posts: home, about, writers, tags.
pub(in crate::web) async fn pages(State(app): State<Arc<App>>) -> Response {
    let site = convert::site(&app.config);
    let work = app.db.read(move |conn| {
        let writers = account::list_with_actors(conn)?.into_iter();
        let tags = page::list_tag_keys(conn, PART)?;
        let fixed = ["/", "/about"].map(|path| site.absolute(path));
        let mut all = Vec::from(fixed);
        all.extend(writers.map(|(_, actor)| actor.url.into_string()));
        all.extend(tags.iter().map(|key| convert::tag_url(&site, key)));
        all.truncate(PART.into());
        let all = all.into_iter().map(|url| (url, None));
        Ok(Document::text(map_of(all), MEDIA_TYPE))
    });
    let outcome: Result<Document> = work.await;
    answer(&app, outcome)
}

fn map_of(pages: impl Iterator<Item = (String, Option<Timestamp>)>) -> String {
    let mut xml = Xml::new();
    xml.open("urlset", &NAMESPACE);
    for (address, changed) in pages {
        push(&mut xml, "url", &address, changed);
    }
    xml.finish()
}

fn push(xml: &mut Xml, kind: &'static str, address: &str, changed: Option<Timestamp>) {
    xml.open(kind, &[]).element("loc", address);
    if let Some(at) = changed {
        xml.element("lastmod", &machine(at).to_string());
    }
    xml.close();
}
