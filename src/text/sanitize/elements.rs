//! What HTML itself says about elements: which break lines, which have no end, which end which. No policy.

use html5ever::tokenizer::Tag;

/// Elements before and after which a line ends.
const BLOCKS: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "tr",
    "ul",
];

/// Elements that an end tag from inside never closes.
pub(super) const FENCES: [&str; 16] = [
    "blockquote",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figure",
    "li",
    "ol",
    "section",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// True for elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

/// True for `h1` to `h6`.
pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// True for elements without an end.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "input" | "wbr")
}

/// True for what may only stand in a table.
pub(super) fn is_table_part(name: &str) -> bool {
    matches!(
        name,
        "caption" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr"
    )
}

/// What an end tag must not reach through: a table ends whatever is open in it, anything else stays inside
/// the list, cell or quote it stands in.
pub(super) fn fences_of(name: &str) -> &'static [&'static str] {
    match name {
        "table" => &[],
        _ if is_table_part(name) => &["table"],
        "blockquote" | "details" | "div" | "dl" | "figure" | "ol" | "section" | "ul" => {
            &["td", "th", "caption"]
        }
        _ => &FENCES,
    }
}

/// An attribute of a start tag.
pub(super) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs
        .iter()
        .find(|attr| &*attr.name.local == name)
        .map(|attr| &*attr.value)
}
