//! The archives: how many posts appeared when, the titles of a year or month, the parts of a series. Read only.

use chrono::{NaiveDate, Timelike};
use diesel::prelude::*;

use super::around::{Neighbour, Shelf, Title};
use super::list::{Bound, Start, in_order, key_of, start_of};
use crate::db::schema::{post_months, post_series, posts, series};
use crate::db::{Conn, among};
use crate::domain::post::{Post, Status};
use crate::error::Result;
use crate::types::{Id, Timestamp};

/// A span of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12; None: the whole year.
    pub month: Option<u8>,
}

/// How many posts appeared in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The posts.
    pub total: i64,
}

/// A page of titles, newest first.
#[derive(Clone, Debug)]
pub struct Titles {
    /// The posts.
    pub titles: Vec<Title>,
    /// Where the next page begins, when there is one.
    pub older: Option<Start>,
    /// Where the page before begins, when there is one.
    pub newer: Option<Start>,
}

impl Span {
    /// The first moment of the span, and the first behind it.
    fn bounds(self) -> Option<(Timestamp, Timestamp)> {
        let start = |year: u16, month: u8| {
            let day = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), 1)?;
            let moment = day.and_hms_opt(0, 0, 0)?.with_nanosecond(0)?.and_utc();
            Some(Timestamp::from_secs(moment.timestamp()))
        };
        let (year, next) = (self.year, self.year.checked_add(1)?);
        match self.month {
            None => Some((start(year, 1)?, start(next, 1)?)),
            Some(12) => Some((start(year, 12)?, start(next, 1)?)),
            Some(month) => Some((start(year, month)?, start(year, month.checked_add(1)?)?)),
        }
    }
}

/// The months in which posts appeared, newest first: all, or those of one year.
pub fn list_months(conn: &mut Conn, year: Option<u16>) -> Result<Vec<Month>> {
    let mut query = post_months::table
        .filter(post_months::total.gt(0))
        .order(post_months::month.desc())
        .select((post_months::month, post_months::total))
        .into_boxed();
    if let Some(year) = year {
        let first = i32::from(year) * 100;
        query = query
            .filter(post_months::month.ge(first))
            .filter(post_months::month.lt(first + 100));
    }
    let rows: Vec<(i32, i64)> = query.load(conn)?;
    let read = |(month, total): (i32, i64)| {
        Some(Month {
            year: u16::try_from(month / 100).ok()?,
            month: u8::try_from(month % 100).ok()?,
            total,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// A page of the titles of a year or month.
pub fn load_titles(
    conn: &mut Conn,
    span: Span,
    before: Option<Id<Post>>,
    size: u16,
) -> Result<Titles> {
    let none = Titles {
        titles: Vec::new(),
        older: None,
        newer: None,
    };
    let Some((from, until)) = span.bounds() else {
        return Ok(none);
    };
    let within = || {
        posts::table
            .filter(posts::status.eq(Status::Published))
            .filter(posts::published_at.ge(from))
            .filter(posts::published_at.lt(until))
    };
    let limit = i64::from(size) + 1;
    let bound = match before {
        Some(id) => key_of(conn, id).map(|(at, id)| Bound::Before(at, id))?,
        None => Bound::Newest,
    };
    let mut ids = in_order!(conn, within(), posts::published_at, posts::id, bound, limit);
    let more = ids.len() > usize::from(size);
    ids.truncate(size.into());
    let newer = match (before, ids.first()) {
        (Some(_), Some(first)) => {
            let (at, id) = key_of(conn, *first)?;
            let bound = Bound::After(at, id);
            start_of(
                &in_order!(conn, within(), posts::published_at, posts::id, bound, limit),
                size,
            )
        }
        _ => None,
    };
    let older = ids.last().filter(|_| more).copied().map(Start::Before);
    let titles = posts::table
        .filter(among!(posts::id, ids))
        .filter(posts::status.eq(Status::Published))
        .order((posts::published_at.desc(), posts::id.desc()))
        .select((
            (posts::id, posts::title, posts::excerpt, posts::url),
            posts::published_at,
            posts::language,
        ))
        .load(conn)?;
    Ok(Titles {
        titles,
        older,
        newer,
    })
}

/// A page of a series, its first part first.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Which series.
    pub shelf: Shelf,
    /// The number of each part, and the post.
    pub parts: Vec<(i32, Title)>,
    /// The post behind which the next page begins, when there is one.
    pub next: Option<Id<Post>>,
}

/// Loads a page of the parts of a series that everybody sees, behind a post. None when there is no such series.
pub fn load_parts(
    conn: &mut Conn,
    slug: &str,
    after: Option<Id<Post>>,
    size: u16,
) -> Result<Option<Parts>> {
    let query = series::table.filter(series::slug.eq(slug));
    let shelf: Option<Shelf> = query
        .select((series::id, series::slug, series::name))
        .first(conn)
        .optional()?;
    let Some(shelf) = shelf else {
        return Ok(None);
    };
    let mut query = post_series::table
        .inner_join(posts::table)
        .filter(post_series::series_id.eq(shelf.id))
        .filter(posts::status.eq(Status::Published))
        .order((post_series::part, post_series::post_id))
        .limit(i64::from(size) + 1)
        .select((
            post_series::part,
            (
                (posts::id, posts::title, posts::excerpt, posts::url),
                posts::published_at,
                posts::language,
            ),
        ))
        .into_boxed();
    if let Some(after) = after {
        let place = post_series::table.find(after).select(post_series::part);
        let part: i32 = place.first(conn).optional()?.unwrap_or(i32::MAX);
        query = query.filter(post_series::part.ge(part)).filter(
            post_series::part
                .gt(part)
                .or(post_series::post_id.gt(after)),
        );
    }
    let mut parts: Vec<(i32, Title)> = query.load(conn)?;
    let more = parts.len() > usize::from(size);
    parts.truncate(size.into());
    let next = parts
        .last()
        .filter(|_| more)
        .map(|(_, title)| title.post.id);
    Ok(Some(Parts { shelf, parts, next }))
}

/// What a list of titles links to.
impl Title {
    /// The title, else the beginning of the text.
    pub fn label(&self) -> &str {
        self.post.label()
    }
}

impl Neighbour {
    /// The title, else the beginning of the text.
    pub fn label(&self) -> &str {
        if self.title.trim().is_empty() {
            &self.excerpt
        } else {
            &self.title
        }
    }
}
