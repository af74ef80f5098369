//! Everything readers see: pages and feeds, rendered on the server and complete without JavaScript.
//! The functions here are pure: view values in, text out. They must not look into the database, and
//! no word of the interface stands outside `i18n/`.

mod assets;
mod date;
pub mod feed;
pub mod i18n;
#[cfg(test)]
mod page_tests;
mod pages;
#[cfg(test)]
mod sample;
mod thread;
pub mod view;

pub use assets::{CONTENT_SECURITY_POLICY, favicon, stylesheet};
pub use date::DateText;
pub use pages::{render_author, render_error, render_home, render_post, render_tag};

/// Name and text of each template, for the test that looks up the words they use.
#[cfg(test)]
fn templates_for_tests() -> [(&'static str, &'static str); 8] {
    [
        ("base", include_str!("templates/base.html")),
        ("macros", include_str!("templates/macros.html")),
        ("post", include_str!("templates/post.html")),
        ("discussion", include_str!("templates/discussion.html")),
        ("home", include_str!("templates/home.html")),
        ("author", include_str!("templates/author.html")),
        ("tag", include_str!("templates/tag.html")),
        ("error", include_str!("templates/error.html")),
    ]
}
