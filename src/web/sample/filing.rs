//! Sample archives, series, categories, free pages and followers.

use super::{alice, at, home, person};
use crate::types::Html;
use crate::web::view::{
    ArchiveView, CategoryView, FollowersView, FreePageView, Link, MonthView, PartView, SeriesBox,
    SeriesView, YearView,
};

pub(super) fn link(name: &str) -> Link {
    Link {
        name: name.to_owned(),
        href: "https://blog.example/2026/03/another".to_owned(),
    }
}

fn parts() -> Vec<PartView> {
    let names = [
        "The first choir",
        "The pause between two choirs",
        "답하는 합창",
    ];
    let part = |(number, name): (i64, &&str)| PartView {
        number,
        link: link(name),
        is_here: number == 2,
        published: at("2026-03-01T14:05:00Z"),
        language: if number == 3 { "ko" } else { "en" }.to_owned(),
    };
    (1..).zip(&names).map(part).collect()
}

pub(super) fn series_box() -> SeriesBox {
    SeriesBox {
        link: link("How psalms are sung"),
        part: 2,
        total: 3,
        parts: parts(),
    }
}

pub(super) fn series() -> SeriesView {
    SeriesView {
        name: "How psalms are sung".to_owned(),
        url: "https://blog.example/series/how-psalms-are-sung".to_owned(),
        parts: parts(),
        next: Some("https://blog.example/series/how-psalms-are-sung?after=3".to_owned()),
        is_later: true,
    }
}

fn years() -> Vec<YearView> {
    let month = |month: u8| MonthView {
        month,
        url: format!("https://blog.example/archive/2026/{month:02}"),
        total: i64::from(month) * 3,
    };
    let year = |name: &str| YearView {
        link: link(name),
        total: 18,
        months: [3, 2, 1].map(month).to_vec(),
    };
    vec![year("2026"), year("2025")]
}

pub(super) fn archive() -> ArchiveView {
    ArchiveView {
        url: "https://blog.example/archive".to_owned(),
        years: years(),
        ..ArchiveView::default()
    }
}

pub(super) fn month() -> ArchiveView {
    ArchiveView {
        year: Some(2026),
        month: Some(3),
        url: "https://blog.example/archive/2026/03".to_owned(),
        years: years().into_iter().take(1).collect(),
        titles: parts(),
        older: Some("https://blog.example/archive/2026/03?before=9".to_owned()),
        newer: None,
    }
}

pub(super) fn category() -> CategoryView {
    CategoryView {
        name: "Choir".to_owned(),
        path: "Music / Choir".to_owned(),
        url: "https://blog.example/categories/choir".to_owned(),
        list: home(),
    }
}

pub(super) fn page() -> FreePageView {
    FreePageView {
        title: "Imprint".to_owned(),
        url: "https://blog.example/imprint".to_owned(),
        html: Html::trusted("<p>Alice Marlow, Second Stall, Choir Lane.</p>"),
        language: "en".to_owned(),
        updated: at("2026-03-01T14:05:00Z"),
    }
}

pub(super) fn followers() -> FollowersView {
    FollowersView {
        of: alice(),
        total: 312,
        people: (0..9).map(person).collect(),
        older: Some("https://blog.example/@alice/followers?before=9".to_owned()),
        newest: Some("https://blog.example/@alice/followers".to_owned()),
    }
}
