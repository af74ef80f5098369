//! Writes HTML again so that it is cheap and unambiguous to parse: every element closed where it belongs,
//! none deeper than a bound, only elements a policy knows. It is not the wall against scripts: ammonia
//! still reads all of it.

use html5ever::tokenizer::Tag;

use super::chars;
use super::elements::{FENCES, attribute, fences_of, is_block, is_heading, is_table_part, is_void};
use super::policy::Policy;
use super::tokens::{Content, Visitor, walk};

/// How deep elements may lie in each other; what is deeper loses its tags and keeps its text.
const DEPTH: usize = 48;

/// The longest run of text, in bytes. Between two stands an element the wall takes out: html5ever's
/// serialiser looks through the rest of a text node at each `&` in it.
const RUN: usize = 4096;

/// The most attributes of an element, and the longest value in bytes.
const ATTRIBUTES: usize = 16;
const VALUE: usize = 4096;

/// Well-nested HTML with the content of `html`.
pub(super) fn nest(html: &str, policy: &Policy) -> String {
    let mut writer = walk(html, Writer::new(policy));
    writer.close_down_to(0);
    writer.out
}

struct Writer<'p> {
    policy: &'p Policy,
    out: String,
    /// The open elements, outermost first.
    open: Vec<String>,
    /// End tags to come whose start tag lay too deep.
    buried: usize,
    /// What stands between the last text and the next.
    gap: Gap,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// A block has just begun or ended.
    Block,
    /// The text goes on.
    None,
    /// An unknown block has begun or ended: a new line, if more text follows.
    Line,
    /// `<pre>` has just begun: a parser skips the line feed there.
    Pre,
}

impl Visitor for Writer<'_> {
    fn text(&mut self, text: &str) {
        if self.is_between_cells() {
            // A parser would move it before the table, step by step: it gets a cell.
            if text.trim().is_empty() || !self.make_cell() {
                return;
            }
        }
        let text = if self.gap == Gap::Pre {
            text.trim_start_matches('\n')
        } else {
            text
        };
        if self.gap == Gap::Line && !text.trim().is_empty() {
            self.out.push_str("<br>");
        }
        if !text.trim().is_empty() {
            self.gap = Gap::None;
        }
        self.write_text(text);
    }

    fn open(&mut self, tag: &Tag) -> Content {
        match &*tag.name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.policy.flat_headings => {
                self.start("p", None);
                self.start("strong", None);
            }
            "input" if !is_checkbox(tag) => {}
            "a" if self.policy.no_anchors && is_anchor(tag) => return Content::Hide,
            name if self.policy.tags.contains(&name) => self.start(name, Some(tag)),
            name => self.unknown(name),
        }
        Content::Show
    }

    fn close(&mut self, name: &str) {
        let name = if is_heading(name) && self.policy.flat_headings {
            "p"
        } else {
            name
        };
        if !self.policy.tags.contains(&name) {
            self.unknown(name);
        } else if is_void(name) {
        } else if self.buried > 0 {
            self.buried -= 1;
        } else if let Some(at) = self.find(name, fences_of(name)) {
            self.close_down_to(at);
        }
    }
}

impl<'p> Writer<'p> {
    fn new(policy: &'p Policy) -> Self {
        Self {
            policy,
            out: String::new(),
            open: Vec::new(),
            buried: 0,
            gap: Gap::Block,
        }
    }

    fn start(&mut self, name: &str, tag: Option<&Tag>) {
        if self.is_misplaced(name) {
            return self.unknown(name);
        }
        self.make_room_for(name);
        match (name, self.open.last().map_or("", String::as_str)) {
            ("td" | "th", "table" | "thead" | "tbody" | "tfoot") => self.start("tr", None),
            ("tr", "table") => self.start("tbody", None),
            _ => {}
        }
        if !is_void(name) {
            if self.open.len() >= DEPTH {
                self.buried += 1;
                return;
            }
            self.open.push(name.to_owned());
        }
        self.write_tag(name, tag);
        self.gap = match name {
            "pre" => Gap::Pre,
            _ if is_block(name) => Gap::Block,
            _ if self.gap == Gap::Pre => Gap::Block,
            _ => self.gap,
        };
    }

    /// True for rows and cells outside of a table, and for what stands in a table but in no cell: a parser
    /// would move it before the table.
    fn is_misplaced(&self, name: &str) -> bool {
        if is_table_part(name) {
            return self.find("table", &[]).is_none();
        }
        self.is_between_cells()
    }

    fn is_between_cells(&self) -> bool {
        self.open
            .last()
            .is_some_and(|top| matches!(top.as_str(), "table" | "thead" | "tbody" | "tfoot" | "tr"))
    }

    /// Opens a cell; false when it would lie too deep.
    fn make_cell(&mut self) -> bool {
        self.start("td", None);
        !self.is_between_cells()
    }

    /// Closes what the start of an element closes by itself (HTML 13.2.6.4.7).
    fn make_room_for(&mut self, name: &str) {
        if is_block(name) && name != "br" {
            self.close_inside(&["p"], &FENCES);
        }
        match name {
            "a" => self.close_inside(&["a"], &[]),
            "li" => self.close_inside(&["li"], &["ul", "ol", "table"]),
            "dd" | "dt" => self.close_inside(&["dd", "dt"], &["dl", "table"]),
            "rt" | "rp" => self.close_inside(&["rt", "rp"], &["ruby"]),
            "td" | "th" => self.close_inside(&["td", "th", "caption"], &["table", "tr"]),
            "tr" => self.close_inside(&["tr", "caption"], &["table"]),
            "caption" | "thead" | "tbody" | "tfoot" => {
                self.close_inside(&["caption", "thead", "tbody", "tfoot", "tr"], &["table"]);
            }
            name if is_heading(name) && self.open.last().is_some_and(|top| is_heading(top)) => {
                self.close_down_to(self.open.len() - 1);
            }
            _ => {}
        }
    }

    /// Closes the outermost of the elements named that stands before a fence.
    fn close_inside(&mut self, names: &[&str], fences: &[&str]) {
        let found = names
            .iter()
            .filter_map(|name| self.find(name, fences))
            .min();
        if let Some(at) = found {
            self.close_down_to(at);
        }
    }

    /// The innermost open element of a name, seen from inside; a fence ends the view.
    fn find(&self, name: &str, fences: &[&str]) -> Option<usize> {
        let at = self
            .open
            .iter()
            .rposition(|open| open == name || fences.contains(&open.as_str()))?;
        self.open.get(at).filter(|open| *open == name).map(|_| at)
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(name) = self.open.pop() else { break };
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
            if is_block(&name) {
                self.gap = Gap::Block;
            }
        }
    }

    fn unknown(&mut self, name: &str) {
        if is_block(name) && self.gap == Gap::None {
            self.gap = Gap::Line;
        }
    }

    fn write_text(&mut self, mut text: &str) {
        while text.len() > RUN {
            let (run, rest) = text.split_at(text.floor_char_boundary(RUN));
            escape(run, &mut self.out);
            self.out.push_str("<seam></seam>");
            text = rest;
        }
        escape(text, &mut self.out);
    }

    fn write_tag(&mut self, name: &str, tag: Option<&Tag>) {
        self.out.push('<');
        self.out.push_str(name);
        if name == "input" {
            let checked = tag.is_some_and(|tag| attribute(tag, "checked").is_some());
            // A field needs a name for those who hear the page; the sign is one in every language.
            self.out.push_str(if checked {
                " type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"☑\""
            } else {
                " type=\"checkbox\" disabled=\"\" aria-label=\"☐\""
            });
        } else {
            for attr in tag.iter().flat_map(|tag| &tag.attrs).take(ATTRIBUTES) {
                self.write_attribute(&attr.name.local, &attr.value);
            }
        }
        self.out.push('>');
    }

    fn write_attribute(&mut self, name: &str, value: &str) {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if !plain || name.starts_with("on") || value.len() > VALUE {
            return;
        }
        let value = chars::visible(value);
        if let Some(value) = self.policy.value(name, &value) {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&value, &mut self.out);
            self.out.push('"');
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// True for the link of a heading to itself.
fn is_anchor(tag: &Tag) -> bool {
    attribute(tag, "class").is_some_and(|class| class == "anchor")
}

fn is_checkbox(tag: &Tag) -> bool {
    attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"))
}
