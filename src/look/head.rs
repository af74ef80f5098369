//! The site's own elements in the head: `meta` and `link` that only say something. Whatever would load, run or go
//! somewhere is refused when the node starts.

use ammonia::{Builder, UrlRelative};
use std::collections::{HashMap, HashSet};

use super::refused;
use crate::error::Result;
use crate::types::Html;

/// What a `link` may say: none of these makes a browser ask a server.
const RELATIONS: [&str; 16] = [
    "author",
    "authorization_endpoint",
    "hub",
    "indieauth-metadata",
    "license",
    "me",
    "micropub",
    "microsub",
    "monetization",
    "openid.delegate",
    "openid.server",
    "pgpkey",
    "pingback",
    "token_endpoint",
    "webmention",
    "webring",
];

/// Names that the pages or their headers set themselves.
const TAKEN: [&str; 5] = [
    "color-scheme",
    "generator",
    "referrer",
    "theme-color",
    "viewport",
];

/// Gives the elements back as they may stand in a head. Fails when anything else stands among them.
pub(super) fn clean(text: &str) -> Result<Html> {
    let attributes: HashMap<&str, HashSet<&str>> = HashMap::from([
        ("meta", HashSet::from(["content", "name", "property"])),
        ("link", HashSet::from(["href", "rel", "title", "type"])),
    ]);
    let mut wall = Builder::empty();
    wall.tags(HashSet::from(["meta", "link"]))
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(|element, attribute, value| {
            let value_is = |list: &[&str]| {
                let mut words = value.split_ascii_whitespace();
                words.all(|word| list.contains(&word.to_ascii_lowercase().as_str()))
            };
            let fine = match (element, attribute) {
                ("link", "rel") => value_is(&RELATIONS),
                ("meta", "name") => !value_is(&TAKEN),
                _ => true,
            };
            fine.then(|| value.into())
        });
    let cleaned = wall.clean(text).to_string();
    let count = |text: &str, sign: &str| text.matches(sign).count();
    let kept = |sign| count(text, sign) == count(&cleaned, sign);
    let named = count(&cleaned, "<meta ")
        == count(&cleaned, "name=") + count(&cleaned, "property=")
        && count(&cleaned, "<link ") == count(&cleaned, "rel=");
    let loose = outside(&cleaned);
    if kept("<") && kept("=\"") && named && loose == 0 {
        return Ok(Html::trusted(cleaned.trim()));
    }
    Err(refused(
        "head",
        format!(
            "only <meta name=\"…\" content=\"…\"> and <link rel=\"…\" href=\"…\"> may stand there, with none of the names {} and the relations {}; values stand in double quotes",
            TAKEN.join(", "),
            RELATIONS.join(", ")
        ),
    ))
}

/// How much text stands outside of the elements.
fn outside(html: &str) -> usize {
    html.split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .map(|text| text.trim().len())
        .sum()
}
