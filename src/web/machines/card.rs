//! What a page says of itself in its head: OpenGraph, the address of its oEmbed, its schema.org data.

use std::borrow::Cow;

use super::json_ld;
use crate::types::Timestamp;
use crate::web::view::{AuthorView, CoverView, HomeView, Link, PostView, Site};

/// The head of a page that previews may show. Only what everybody may see is in it.
#[derive(Debug, Default)]
pub(in crate::web) struct Card<'a> {
    /// OpenGraph's kind of thing.
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) title: &'a str,
    pub(in crate::web) url: Cow<'a, str>,
    /// BCP 47.
    language: &'a str,
    pub(in crate::web) covers: &'a [CoverView],
    pub(in crate::web) published: Option<Timestamp>,
    pub(in crate::web) updated: Option<Timestamp>,
    /// The profile of the writer.
    pub(in crate::web) author: &'a str,
    pub(in crate::web) tags: &'a [Link],
    /// Where its oEmbed is, without the format.
    pub(in crate::web) oembed: Option<String>,
    /// It is the page of whoever writes here: it names their other places.
    pub(in crate::web) is_personal: bool,
    /// JSON that may stand in a `script` element.
    pub(in crate::web) data: String,
}

impl<'a> Card<'a> {
    /// A post with its discussion.
    pub(in crate::web) fn post(site: &'a Site, view: &'a PostView) -> Self {
        let url = view.canonical.as_ref().unwrap_or(&view.url);
        let asked: String = url::form_urlencoded::byte_serialize(view.url.as_bytes()).collect();
        Self {
            kind: "article",
            title: view.label(),
            url: url.into(),
            language: &view.language,
            covers: &view.covers,
            published: view.published,
            updated: view.updated,
            author: view.author.href().unwrap_or_default(),
            tags: &view.tags,
            oembed: Some(format!("{}/oembed?url={asked}", site.url)),
            is_personal: false,
            data: json_ld::post(site, view),
        }
    }

    /// The home page.
    pub(in crate::web) fn home(site: &'a Site, view: &'a HomeView) -> Self {
        Self {
            kind: "website",
            title: &site.title,
            url: format!("{}/", site.url).into(),
            language: &site.language,
            is_personal: true,
            data: json_ld::home(site, view),
            ..Self::default()
        }
    }

    /// A writer's page.
    pub(in crate::web) fn author(site: &'a Site, view: &'a AuthorView) -> Self {
        Self {
            kind: "profile",
            title: view.author.label(),
            url: view.author.url.as_str().into(),
            language: &site.language,
            is_personal: true,
            data: json_ld::profile(site, view),
            ..Self::default()
        }
    }

    /// A list of posts: a tag, a category.
    pub(in crate::web) fn list(site: &'a Site, name: &'a str, url: &'a str) -> Self {
        Self {
            kind: "website",
            title: name,
            url: url.into(),
            language: &site.language,
            data: json_ld::list(site, name, url),
            ..Self::default()
        }
    }

    /// OpenGraph's `language_TERRITORY`, where the language says a territory: `pt_BR`.
    pub(in crate::web) fn locale(&self) -> Option<String> {
        let (language, rest) = self.language.split_once('-')?;
        let territory = rest.rsplit('-').find(|part| part.len() == 2)?;
        Some(format!("{language}_{}", territory.to_ascii_uppercase()))
    }
}
