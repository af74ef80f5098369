//! What may pass: the lists of elements, attributes, classes and schemes, for others' comments and for own
//! posts. Changing a line here changes what strangers can put into a page.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use url::Url;

/// The rules for one source of HTML.
pub(super) struct Policy {
    /// Elements that are kept; of others only the content is.
    pub(super) tags: Vec<&'static str>,
    /// True when headings become bold paragraphs.
    pub(super) flat_headings: bool,
    /// True when the links of headings to themselves go.
    pub(super) no_anchors: bool,
    /// Class names that are kept.
    classes: &'static [&'static str],
    /// Class names are also kept when they start so.
    class_starts: &'static [&'static str],
    /// The second wall.
    pub(super) wall: Builder<'static>,
}

/// Text formatting: what comments of all platforms are made of.
const TEXT_TAGS: [&str; 27] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "details",
    "em",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "rp",
    "rt",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "u",
    "ul",
    "q",
];

/// What posts have besides.
const POST_TAGS: [&str; 34] = [
    "abbr",
    "caption",
    "cite",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "img",
    "input",
    "ins",
    "kbd",
    "mark",
    "samp",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "var",
    "wbr",
    "bdi",
];

/// What strangers send. Of the classes, none that the site's own style knows but for those of mentions and tags, and none
/// that hides anything.
pub(super) static REMOTE: LazyLock<Policy> =
    LazyLock::new(|| comments(&["h-card", "hashtag", "mention", "quote-inline", "u-url"]));

/// The same, with the pieces that Mastodon cuts long addresses into still to be seen.
pub(super) static PIECES: LazyLock<Policy> = LazyLock::new(|| {
    comments(&[
        "ellipsis",
        "h-card",
        "hashtag",
        "invisible",
        "mention",
        "quote-inline",
        "u-url",
    ])
});

fn comments(classes: &'static [&'static str]) -> Policy {
    Policy {
        tags: TEXT_TAGS.to_vec(),
        flat_headings: true,
        no_anchors: false,
        classes,
        class_starts: &[],
        wall: {
            let mut wall = wall(
                &TEXT_TAGS,
                &["class", "lang"],
                &[("ol", &["start"])],
                "nofollow ugc noopener",
                UrlRelative::Deny,
            );
            wall.set_tag_attribute_value("pre", "tabindex", "0");
            wall
        },
    }
}

pub(super) static OWN: LazyLock<Policy> = LazyLock::new(|| Policy {
    tags: [&TEXT_TAGS[..], &POST_TAGS[..]].concat(),
    flat_headings: false,
    no_anchors: false,
    classes: &[
        "anchor",
        "contains-task-list",
        "display",
        "footnote-backref",
        "footnote-ref",
        "footnotes",
        "h-card",
        "hashtag",
        "math",
        "mention",
        "task-list-item",
        "task-list-item-checkbox",
        "u-url",
    ],
    class_starts: &["hl-", "language-"],
    wall: {
        let tags = [&TEXT_TAGS[..], &POST_TAGS[..]].concat();
        let mut wall = wall(
            &tags,
            &["class", "dir", "id", "lang", "title"],
            &POST_ATTRIBUTES,
            "noopener",
            UrlRelative::PassThrough,
        );
        wall.set_tag_attribute_value("img", "loading", "lazy");
        // What scrolls sideways must scroll by the keyboard too.
        wall.set_tag_attribute_value("pre", "tabindex", "0");
        wall.set_tag_attribute_value("table", "tabindex", "0");
        wall
    },
});

/// What other servers get of our own texts: no colours for code and no anchors, which mean nothing there, and every
/// address whole.
pub(super) fn sent(base: Url) -> Policy {
    let own = [&TEXT_TAGS[..], &POST_TAGS[..]].concat();
    let tags: Vec<_> = own.into_iter().filter(|tag| *tag != "span").collect();
    Policy {
        flat_headings: false,
        no_anchors: true,
        classes: &["hashtag", "mention", "u-url"],
        class_starts: &["language-"],
        wall: wall(
            &tags,
            &["class", "dir", "lang", "title"],
            &SENT_ATTRIBUTES,
            "noopener",
            UrlRelative::RewriteWithBase(base),
        ),
        tags,
    }
}

const SENT_ATTRIBUTES: [(&str, &[&str]); 7] = [
    ("img", &["alt", "height", "src", "width"]),
    ("input", &["aria-label", "checked", "disabled", "type"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

const POST_ATTRIBUTES: [(&str, &[&str]); 9] = [
    ("a", &["aria-label"]),
    ("details", &["open"]),
    ("img", &["alt", "height", "loading", "src", "width"]),
    ("input", &["aria-label", "checked", "disabled", "type"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

fn wall(
    tags: &[&'static str],
    everywhere: &[&'static str],
    attributes: &[(&'static str, &'static [&'static str])],
    rel: &'static str,
    relative: UrlRelative<'static>,
) -> Builder<'static> {
    let mut by_tag: HashMap<_, HashSet<_>> = attributes
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect();
    by_tag.entry("a").or_default().insert("href");
    let mut wall = Builder::empty();
    wall.tags(tags.iter().copied().collect())
        .tag_attributes(by_tag)
        .generic_attributes(everywhere.iter().copied().collect())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(relative)
        .link_rel(Some(rel));
    wall
}

impl Policy {
    /// The value an attribute is kept with, or None. Which attributes an element may have at all, and which
    /// addresses, is for the wall to say.
    pub(super) fn value<'v>(&self, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
        match name {
            "class" => {
                let known = |class: &&str| {
                    self.classes.contains(class)
                        || self
                            .class_starts
                            .iter()
                            .any(|start| class.starts_with(start))
                };
                let kept: Vec<_> = value.split_ascii_whitespace().filter(known).collect();
                (!kept.is_empty()).then(|| kept.join(" ").into())
            }
            "id" => Some(anchor(value)),
            "href" => match value.strip_prefix('#') {
                Some(id) => Some(format!("#{}", anchor(id)).into()),
                None if is_half(value) => None,
                None => Some(value.into()),
            },
            // The renderer's English frame around a heading's text.
            "aria-label" => {
                let heading = value.trim_start_matches("Link to heading '");
                Some(
                    if heading == value {
                        value
                    } else {
                        heading.trim_end_matches('\'')
                    }
                    .into(),
                )
            }
            _ => Some(value.into()),
        }
    }
}

/// True for an address with a web scheme but no host: on a page with the same scheme it leads to the page's own site
/// (WHATWG URL, "special relative or authority state"), elsewhere to another.
fn is_half(address: &str) -> bool {
    let text: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let slashes = rest.chars().take_while(|c| matches!(c, '/' | '\\'));
    web && slashes.count() < 2
}

/// An id that no template uses.
fn anchor(id: &str) -> Cow<'_, str> {
    let safe = id.is_empty()
        || ["h-", "fn-", "fnref-"]
            .iter()
            .any(|start| id.starts_with(start));
    if safe {
        id.into()
    } else {
        format!("h-{id}").into()
    }
}
