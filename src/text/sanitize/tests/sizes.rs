//! The sanitiser against sizes and depths that nobody writes by hand.

use std::time::{Duration, Instant};

use super::super::{own, plain, remote};
use super::{cleaned, depth};

#[test]
fn hostile_sizes_are_quick() {
    let n = 20_000;
    let numbered = |before: &str, after: &str| {
        (0..n)
            .map(|i| i.to_string())
            .collect::<Vec<_>>()
            .join(&format!("{after}{before}"))
    };
    let attributes = numbered(" a", "");
    let formats = numbered("<p><b class=a", ">");
    for html in [
        "<div>".repeat(n),
        "<blockquote>".repeat(n),
        "<b>".repeat(n),
        "<p><i>".repeat(n),
        "<ul><li>".repeat(n),
        "<table><tr><td>".repeat(n),
        "<a href=x>".repeat(n),
        format!("<p a{attributes}>x"),
        formats,
        "<table>x".repeat(n),
        "<".repeat(n),
        "</p>".repeat(n),
        "&".repeat(n),
        "é".repeat(n),
        "\u{a0}".repeat(n),
        "x&".repeat(n),
        format!("<p title=\"{}\">", "&".repeat(n)),
        "<pre>\n".repeat(n),
        "<br>".repeat(n),
        "<!---->".repeat(n),
        "<ruby><rt>".repeat(n),
        "<svg><template>".repeat(n),
        "<a \">".repeat(n),
    ] {
        let start = Instant::now();
        let (theirs, ours) = (remote(&html), own(&html));
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{} took {:?}",
            html.chars().take(9).collect::<String>(),
            start.elapsed()
        );
        assert!(
            depth(theirs.as_str()).max(depth(ours.as_str())) <= 48,
            "{}",
            html.chars().take(9).collect::<String>()
        );
    }
}

#[test]
fn deep_text_survives_without_its_tags() {
    let html = format!(
        "{}deep{}after",
        "<blockquote>".repeat(500),
        "</blockquote>".repeat(500)
    );
    assert_eq!(plain(&cleaned(&html)), "deep after");
    assert!(cleaned(&html).ends_with("</blockquote>after"));
}

#[test]
fn long_input_is_cut_between_characters() {
    let clean = cleaned(&"é".repeat(200_000));
    assert_eq!(clean.len(), 256 * 1024);
    assert_eq!(
        cleaned(&format!(
            "{}<b title=\"{}\">",
            "x".repeat(262_140),
            "y".repeat(100)
        ))
        .len(),
        262_140
    );
}
