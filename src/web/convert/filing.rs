//! Series, archives, categories and what resembles a post, as pages show them.

use super::{Writers, list, neighbour};
use crate::domain::post::Post;
use crate::domain::post::page::{
    self, Around, Category, List, Month, Parts, Shelf, Span, Start, Title, Titles,
};
use crate::types::Id;
use crate::web::view::{
    ArchiveView, CategoryView, Link, MonthView, PartView, PostView, SeriesBox, SeriesView, Site,
    YearView,
};

/// Puts what stands around a post into its view.
pub(in crate::web) fn around(site: &Site, view: &mut PostView, around: Around, own: Id<Post>) {
    let category = |shelf: Shelf| Link {
        href: category_url(site, &shelf.slug),
        name: shelf.name,
    };
    view.categories = around.categories.into_iter().map(category).collect();
    view.related = around.related.into_iter().map(neighbour).collect();
    view.series = around.series.map(|series| series_box(site, series, own));
}

fn series_box(site: &Site, series: page::Series, own: Id<Post>) -> SeriesBox {
    let part = |(number, post): (i32, page::Neighbour)| PartView {
        number: number.into(),
        is_here: post.id == own,
        link: neighbour(post),
        ..PartView::default()
    };
    let parts: Vec<PartView> = series.parts.into_iter().map(part).collect();
    SeriesBox {
        link: Link {
            href: series_url(site, &series.shelf.slug),
            name: series.shelf.name,
        },
        part: parts
            .iter()
            .find(|part| part.is_here)
            .map_or(0, |part| part.number),
        total: series.total,
        parts,
    }
}

fn category_url(site: &Site, slug: &str) -> String {
    format!("{}/categories/{slug}", site.url)
}

fn series_url(site: &Site, slug: &str) -> String {
    format!("{}/series/{slug}", site.url)
}

/// The address of a year or month of the archive.
pub(in crate::web) fn archive_url(site: &str, span: Span) -> String {
    match span.month {
        Some(month) => format!("{site}/archive/{:04}/{month:02}", span.year),
        None => format!("{site}/archive/{:04}", span.year),
    }
}

/// The page of a category.
pub(in crate::web) fn category(
    site: &Site,
    category: Category,
    found: List,
    writers: &Writers,
) -> CategoryView {
    let url = category_url(site, &category.slug);
    CategoryView {
        list: list(site, found, writers, &url),
        name: category.name,
        path: category.path.replace('/', " / "),
        url,
    }
}

/// The whole archive.
pub(in crate::web) fn archive(site: &Site, months: Vec<Month>) -> ArchiveView {
    ArchiveView {
        url: format!("{}/archive", site.url),
        years: years(site, months),
        ..ArchiveView::default()
    }
}

/// A year or month of the archive.
pub(in crate::web) fn titles(
    site: &Site,
    span: Span,
    months: Vec<Month>,
    found: Titles,
) -> ArchiveView {
    let url = archive_url(&site.url, span);
    let address = |start| match start {
        Start::Newest => url.clone(),
        Start::Before(id) => format!("{url}?before={id}"),
    };
    let of_span = |month: &Month| span.month.is_none_or(|wanted| wanted == month.month);
    ArchiveView {
        year: Some(span.year.into()),
        month: span.month,
        years: years(site, months.into_iter().filter(of_span).collect()),
        older: found.older.map(address),
        newer: found.newer.map(address),
        titles: found
            .titles
            .into_iter()
            .map(|title| part(0, title))
            .collect(),
        url,
    }
}

fn years(site: &Site, months: Vec<Month>) -> Vec<YearView> {
    let mut years: Vec<YearView> = Vec::new();
    for month in months {
        let span = Span {
            year: month.year,
            month: None,
        };
        let name = month.year.to_string();
        if years.last().is_none_or(|year| year.link.name != name) {
            let href = archive_url(&site.url, span);
            years.push(YearView {
                link: Link { name, href },
                ..YearView::default()
            });
        }
        let Some(year) = years.last_mut() else {
            continue;
        };
        year.total += month.total;
        year.months.push(MonthView {
            month: month.month,
            url: archive_url(
                &site.url,
                Span {
                    month: Some(month.month),
                    ..span
                },
            ),
            total: month.total,
        });
    }
    years
}

/// A page of a series.
pub(in crate::web) fn series(site: &Site, found: Parts, is_later: bool) -> SeriesView {
    let url = series_url(site, &found.shelf.slug);
    SeriesView {
        name: found.shelf.name,
        next: found.next.map(|id| format!("{url}?after={id}")),
        parts: found
            .parts
            .into_iter()
            .map(|(number, title)| part(number, title))
            .collect(),
        is_later,
        url,
    }
}

fn part(number: i32, title: Title) -> PartView {
    PartView {
        number: number.into(),
        published: title.published_at,
        language: title.language,
        link: neighbour(title.post),
        is_here: false,
    }
}
