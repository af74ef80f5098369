//! Everything readers see: pages and feeds, rendered on the server and complete without JavaScript.
//! `routes` and `read` answer requests, `convert` turns the domain's values into views; all else is
//! pure: view values in, text out. No word of the interface stands outside `i18n/`.

mod answer;
mod assets;
mod convert;
mod date;
mod echoes;
pub mod feed;
pub mod i18n;
mod moved;
#[cfg(test)]
mod page_tests;
mod pages;
pub mod query;
mod queue;
mod read;
pub mod reader;
mod replies;
mod routes;
#[cfg(test)]
mod sample;
mod thread;
pub mod view;

pub use answer::error_page;
pub use assets::{CONTENT_SECURITY_POLICY, favicon, stylesheet};
pub use convert::SOURCE_URL;
pub use date::DateText;
pub use moved::moved;
pub use pages::{
    render_about, render_archive, render_author, render_category, render_error, render_followers,
    render_free_page, render_home, render_post, render_queue, render_replies, render_series,
    render_tag,
};
pub use read::{author_page, elsewhere, post_page};
pub use routes::{Segment, method_not_allowed, negotiated_routes, not_found, router};

/// Name and text of each template, for the test that looks up the words they use.
#[cfg(test)]
fn templates_for_tests() -> [(&'static str, &'static str); 18] {
    [
        ("base", include_str!("templates/base.html")),
        ("macros", include_str!("templates/macros.html")),
        ("post", include_str!("templates/post.html")),
        ("discussion", include_str!("templates/discussion.html")),
        ("talk", include_str!("templates/talk.html")),
        ("home", include_str!("templates/home.html")),
        ("author", include_str!("templates/author.html")),
        ("tag", include_str!("templates/tag.html")),
        ("about", include_str!("templates/about.html")),
        ("queue", include_str!("templates/queue.html")),
        ("error", include_str!("templates/error.html")),
        ("replies", include_str!("templates/replies.html")),
        ("around", include_str!("templates/around.html")),
        ("archive", include_str!("templates/archive.html")),
        ("category", include_str!("templates/category.html")),
        ("followers", include_str!("templates/followers.html")),
        ("page", include_str!("templates/page.html")),
        ("series", include_str!("templates/series.html")),
    ]
}
