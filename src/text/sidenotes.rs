//! Footnotes, besides their place at the end, beside the line that calls them: wide screens show the one, all else the
//! other. Only for pages; what is stored and sent has the notes at its end alone.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::images::attribute;
use super::markup::{Piece, closes, has_class, name, pieces};
use crate::types::Html;

/// Puts the notes that a margin can hold beside their lines, and marks them at the end.
pub fn beside(html: &Html) -> Html {
    let text = html.as_str();
    let Some(at) = text.rfind("<section class=\"footnotes\">") else {
        return html.clone();
    };
    let (body, end) = text.split_at(at);
    let notes = notes(end);
    let mut placed = Vec::new();
    let body = place(body, &notes, &mut placed);
    Html::trusted(body + &mark(end, &placed))
}

/// The notes of a section that are made of lines of text alone, by their id.
fn notes(section: &str) -> HashMap<&str, String> {
    let mut found = HashMap::new();
    let mut items = section.split("<li id=\"").skip(1);
    for item in items.by_ref() {
        let Some((id, rest)) = item.split_once('"') else {
            continue;
        };
        let inside = rest.split_once('>').map_or("", |(_, inside)| inside);
        if let Some(note) = inside.split("</li>").next().and_then(lines) {
            found.insert(id, note);
        }
    }
    found
}

/// What stands in a note's paragraphs, without its way back; None when there is anything else in it.
fn lines(note: &str) -> Option<String> {
    let mut out = String::new();
    let mut in_way_back = false;
    for piece in pieces(note) {
        match piece {
            Piece::Tag(tag) if in_way_back => in_way_back = !(closes(tag) && name(tag) == "a"),
            Piece::Text(_) if in_way_back => {}
            Piece::Text(text) => out.push_str(text),
            Piece::Tag(tag) => match name(tag) {
                "a" if has_class(tag, "footnote-backref") => in_way_back = true,
                "p" if closes(tag) => out.push_str("<br>"),
                "p" => {}
                "a" | "b" | "br" | "code" | "em" | "i" | "q" | "s" | "small" | "span"
                | "strong" | "sub" | "u" | "del" | "cite"
                    if !tag.contains(" id=\"") =>
                {
                    out.push_str(tag);
                }
                _ => return None,
            },
        }
    }
    let out = out.trim().trim_end_matches("<br>").trim();
    (!out.is_empty()).then(|| out.to_owned())
}

/// The text with each note after its mark, where the mark stands in a paragraph that stands in nothing.
fn place<'h>(body: &'h str, notes: &HashMap<&str, String>, placed: &mut Vec<&'h str>) -> String {
    let mut out = String::with_capacity(body.len() * 2);
    let (mut depth, mut calls) = (0_usize, None);
    for piece in pieces(body) {
        let (Piece::Tag(text) | Piece::Text(text)) = piece;
        out.push_str(text);
        let Piece::Tag(tag) = piece else {
            continue;
        };
        if matches!(name(tag), "br" | "hr" | "img" | "input" | "wbr") {
            continue;
        }
        if !closes(tag) {
            depth += 1;
            let target = attribute(tag, "href").and_then(|href| href.strip_prefix('#'));
            // In `<p><sup class="footnote-ref"><a href="#fn-1">`.
            if depth == 3 && target.is_some_and(|id| id.starts_with("fn-")) {
                calls = target;
            }
            continue;
        }
        depth = depth.saturating_sub(1);
        if name(tag) != "sup" || depth != 1 {
            continue;
        }
        let call = calls.take().filter(|id| !placed.contains(id));
        if let Some((id, note)) = call.and_then(|id| Some((id, notes.get(id)?))) {
            placed.push(id);
            let number = placed.len();
            let _ = write!(
                out,
                "<span class=\"sidenote\"><sup>{number}</sup>{note}</span>"
            );
        }
    }
    out
}

/// The section at the end with what was placed marked, each note with its number.
fn mark(section: &str, placed: &[&str]) -> String {
    let mut out = String::with_capacity(section.len() + 64);
    let (mut number, mut left) = (0, 0);
    for piece in pieces(section) {
        let (Piece::Tag(text) | Piece::Text(text)) = piece;
        let id = match piece {
            Piece::Tag(tag) if name(tag) == "li" && !closes(tag) => attribute(tag, "id"),
            _ => None,
        };
        let Some(id) = id else {
            out.push_str(text);
            continue;
        };
        number += 1;
        let beside = placed.contains(&id);
        left += usize::from(!beside);
        let class = if beside { " class=\"beside\"" } else { "" };
        let _ = write!(out, "<li id=\"{id}\" value=\"{number}\"{class}>");
    }
    if left > 0 {
        return out;
    }
    out.replacen("class=\"footnotes\"", "class=\"footnotes beside\"", 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::{Mentions, render_post};

    fn page(source: &str) -> String {
        beside(&render_post(source, &Mentions::new()).html).into_string()
    }

    #[test]
    fn notes_stand_beside_their_lines_and_at_the_end() {
        let html =
            page("One[^a] and two[^b].\n\n[^a]: The *first*.\n[^b]: Of two\n\n    paragraphs.");
        assert!(
            html.contains(
                "</sup><span class=\"sidenote\"><sup>1</sup>The <em>first</em>.</span> and two"
            ),
            "{html}"
        );
        assert!(html.contains("<sup>2</sup>Of two<br>"), "{html}");
        assert!(
            html.contains("<section class=\"footnotes beside\">"),
            "{html}"
        );
        assert_eq!(html.matches("id=\"fn-a\"").count(), 1, "{html}");
    }

    #[test]
    fn a_note_that_no_margin_holds_stays_at_the_end() {
        let html = page(
            "One[^a] two[^b].\n\n- three[^c]\n\n[^a]: text\n[^b]:\n    - a list\n[^c]: of a list",
        );
        assert_eq!(html.matches("class=\"sidenote\"").count(), 1, "{html}");
        assert!(html.contains("<section class=\"footnotes\">"), "{html}");
        assert!(html.contains("<li id=\"fn-b\" value=\"2\">"), "{html}");
        assert!(html.contains("value=\"1\" class=\"beside\""), "{html}");
    }

    #[test]
    fn a_text_without_notes_stays_as_it_is() {
        assert_eq!(page("plain"), "<p>plain</p>\n");
    }
}
