//! Formulas: TeX in a post's clean HTML becomes MathML when a page is made. What is stored and sent to others stays the TeX
//! in `<code>`, which everybody can read; no MathML has to pass the sanitiser.

use std::fmt::Write as _;
use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use super::images::{attribute, unescape};
use super::markup::{Piece, closes, has_class, name, pieces};
use crate::types::Html;

/// Longest formula, in bytes; a longer one stays TeX.
const LONGEST: usize = 4_096;
/// Most formulas of a text.
const MOST: usize = 1_000;

/// What a formula may be made of (MathML Core), and the attributes of these.
const ELEMENTS: [&str; 27] = [
    "annotation",
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];
const ATTRIBUTES: [&str; 27] = [
    "accent",
    "accentunder",
    "columnspan",
    "depth",
    "dir",
    "display",
    "displaystyle",
    "encoding",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
    "intent",
];

static CONVERTER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| {
    let config = MathCoreConfig {
        annotation: true,
        ..MathCoreConfig::default()
    };
    LatexToMathML::new(config).ok()
});

/// A formula as it is stored: its TeX, with a class that says what it is.
pub(super) fn stored(tex: &str, display: bool) -> String {
    let class = if display { "math display" } else { "math" };
    let tex = super::escape(tex.trim());
    format!("<code class=\"{class}\">{tex}</code>")
}

/// Makes MathML of the formulas in a post's clean HTML. What cannot be made stays TeX.
pub fn show(html: &Html) -> Html {
    let html_text = html.as_str();
    if !html_text.contains("<code class=\"math") {
        return html.clone();
    }
    let mut out = String::with_capacity(html_text.len() * 2);
    let mut parts = pieces(html_text);
    let mut left = MOST;
    while let Some(part) = parts.next() {
        let (Piece::Tag(text) | Piece::Text(text)) = part;
        if left == 0 || !matches!(part, Piece::Tag(tag) if is_formula(tag)) {
            out.push_str(text);
            continue;
        }
        left -= 1;
        let (Some(Piece::Text(tex)), Some(Piece::Tag(end))) = (parts.next(), parts.next()) else {
            break;
        };
        match convert(&unescape(tex), has_class(text, "display")) {
            Some(formula) => out.push_str(&formula),
            None => out.extend([text, tex, end]),
        }
    }
    Html::trusted(out)
}

fn is_formula(tag: &str) -> bool {
    name(tag) == "code" && !closes(tag) && has_class(tag, "math")
}

fn convert(tex: &str, display: bool) -> Option<String> {
    if tex.len() > LONGEST {
        return None;
    }
    let display = if display {
        MathDisplay::Block
    } else {
        MathDisplay::Inline
    };
    let converter = CONVERTER.as_ref()?;
    let made = converter.convert_with_local_state(tex, display).ok()?;
    clean(&made.mathml)
}

/// The formula without styles, which pages may not hold; None when there is anything in it that no formula needs.
fn clean(formula: &str) -> Option<String> {
    let mut out = String::with_capacity(formula.len());
    for piece in pieces(formula) {
        let tag = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Tag(tag) => tag,
        };
        let element = name(tag);
        if element != "semantics" && !ELEMENTS.contains(&element) {
            return None;
        }
        if closes(tag) {
            let _ = write!(out, "</{element}>");
            continue;
        }
        out.push('<');
        out.push_str(element);
        for known in ATTRIBUTES {
            if let Some(value) = attribute(tag, known) {
                let _ = write!(out, " {known}=\"{value}\"");
            }
        }
        if let Some(side) = attribute(tag, "style").and_then(side) {
            let _ = write!(out, " class=\"{side}\"");
        }
        out.push('>');
        if tag.ends_with("/>") {
            let _ = write!(out, "</{element}>");
        }
    }
    Some(out)
}

/// Where a cell's content stands, as a class of our style sheet.
fn side(style: &str) -> Option<&'static str> {
    if style.contains("text-align: left") || style.contains("text-align:left") {
        return Some("l");
    }
    let right = style.contains("text-align: right") || style.contains("text-align:right");
    right.then_some("r")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::{Mentions, render_comment, render_post};
    use crate::text::sanitize;

    fn page(source: &str) -> String {
        show(&render_post(source, &Mentions::new()).html).into_string()
    }

    #[test]
    fn formulas_are_mathml_on_the_page_and_tex_everywhere_else() {
        let source = "Let $a<b$ and\n\n$$\\frac{x^2}{y}$$";
        let stored = render_post(source, &Mentions::new()).html;
        assert!(
            stored
                .as_str()
                .contains("<code class=\"math\">a&lt;b</code>"),
            "{}",
            stored.as_str()
        );
        let shown = show(&stored).into_string();
        assert!(shown.contains("<math><semantics>"), "{shown}");
        assert!(shown.contains("<math display=\"block\">"), "{shown}");
        assert!(
            shown.contains("<mfrac>") && !shown.contains("<code"),
            "{shown}"
        );
        assert!(
            shown.contains("<annotation encoding=\"application/x-tex\">a&lt;b</annotation>"),
            "{shown}"
        );
        assert!(!shown.contains(" style="));
        let base = url::Url::parse("https://blog.example/").unwrap();
        let sent = sanitize::sent(&stored, &base).into_string();
        assert!(sent.contains("<code>a&lt;b</code>"), "{sent}");
    }

    #[test]
    fn money_is_no_formula_and_comments_have_none() {
        for source in ["$5 and $10", "It costs 5 $.", "`$x$`"] {
            assert!(!page(source).contains("<math"), "{source}");
        }
        let comment = render_comment("$x$", &Mentions::new()).html;
        assert_eq!(comment.as_str(), "<p>$x$</p>\n");
        assert!(
            !sanitize::remote("<code class=\"math\">x</code>")
                .as_str()
                .contains("class")
        );
    }

    #[test]
    fn what_is_no_formula_stays_as_it_was_typed() {
        let long = format!("${}$", "x".repeat(5000));
        for source in [
            "$\\frac{$",
            "$\\unknowncommand$",
            "$\\href{javascript:alert(1)}{x}$",
            "$\\begin{matrix}$",
            "$\\def\\a{\\a\\a}\\a$",
            "$}{$",
            &long,
        ] {
            let html = page(source);
            assert!(!html.contains("href") || html.contains("<code"), "{html}");
            assert!(!html.contains("<a"), "{html}");
        }
    }

    #[test]
    fn cells_keep_their_side_without_a_style() {
        let html = page("$$\\begin{cases} 1 & x \\\\ 2 & y \\end{cases}$$");
        assert!(
            html.contains("<mtd class=\"l\">") && !html.contains(" style="),
            "{html}"
        );
    }
}
