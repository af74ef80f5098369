//! Values of what stands around posts: series, archives, categories; and of pages that are no posts.

use super::{Author, HomeView, Link};
use crate::types::{Html, Timestamp};

/// The series of a post, as its page shows it.
#[derive(Clone, Debug, Default)]
pub struct SeriesBox {
    /// The series.
    pub link: Link,
    /// Which part the post is.
    pub part: i64,
    /// How many parts there are.
    pub total: i64,
    /// Those around the post, itself among them.
    pub parts: Vec<PartView>,
}

/// A part of a series.
#[derive(Clone, Debug, Default)]
pub struct PartView {
    /// Its number.
    pub number: i64,
    /// The post.
    pub link: Link,
    /// True for the post on whose page this stands.
    pub is_here: bool,
    /// When it came out; not told in the box.
    pub published: Option<Timestamp>,
    /// BCP 47; not told in the box.
    pub language: String,
}

/// The page of a series.
#[derive(Clone, Debug, Default)]
pub struct SeriesView {
    /// The name.
    pub name: String,
    /// The address of its first page.
    pub url: String,
    /// The parts of this page.
    pub parts: Vec<PartView>,
    /// The address of the next page.
    pub next: Option<String>,
    /// True for a later page.
    pub is_later: bool,
}

/// The page of a category.
#[derive(Clone, Debug, Default)]
pub struct CategoryView {
    /// The name.
    pub name: String,
    /// Its name with those above it; the same as the name where there are none.
    pub path: String,
    /// The address of this page.
    pub url: String,
    /// The posts.
    pub list: HomeView,
}

/// The archive, or a year or month of it.
#[derive(Clone, Debug, Default)]
pub struct ArchiveView {
    /// The year; none for the whole archive.
    pub year: Option<i64>,
    /// The month, 1 to 12.
    pub month: Option<u8>,
    /// The address of this page.
    pub url: String,
    /// The years that are listed, each with its months; on the page of a year, that one.
    pub years: Vec<YearView>,
    /// The posts, newest first.
    pub titles: Vec<PartView>,
    /// The address of the next page.
    pub older: Option<String>,
    /// The address of the page before.
    pub newer: Option<String>,
}

/// A year of the archive.
#[derive(Clone, Debug, Default)]
pub struct YearView {
    /// The year and its page.
    pub link: Link,
    /// How many posts came out.
    pub total: i64,
    /// The months in which there were any, newest first.
    pub months: Vec<MonthView>,
}

/// A month of the archive.
#[derive(Clone, Debug, Default)]
pub struct MonthView {
    /// 1 to 12.
    pub month: u8,
    /// Its page.
    pub url: String,
    /// How many posts came out.
    pub total: i64,
}

/// A page that is no post.
#[derive(Clone, Debug, Default)]
pub struct FreePageView {
    /// Plain text.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The content.
    pub html: Html,
    /// BCP 47.
    pub language: String,
    /// When it last changed.
    pub updated: Option<Timestamp>,
}

/// Those who follow an account.
#[derive(Clone, Debug, Default)]
pub struct FollowersView {
    /// Whom.
    pub of: Author,
    /// How many.
    pub total: i64,
    /// Those of this page, newest first.
    pub people: Vec<Author>,
    /// The address of the next page.
    pub older: Option<String>,
    /// The address of the first page, on a later one.
    pub newest: Option<String>,
}
