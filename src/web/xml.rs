//! Writes XML: elements, attributes and texts, escaped. No more than feeds, site maps and oEmbed need.

/// A document in the making.
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins with the declaration.
    pub(super) fn new() -> Self {
        Self {
            text: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.text.push('>');
        self.open.push(name);
        self
    }

    /// Closes the innermost open element.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.end(name);
        }
        self
    }

    /// An element with a text.
    pub(super) fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.element_with(name, &[], text)
    }

    /// An element with attributes and a text.
    pub(super) fn element_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> &mut Self {
        self.start(name, attributes);
        self.text.push('>');
        push_escaped(&mut self.text, text);
        self.end(name);
        self
    }

    /// An empty element.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.text.push_str("/>\n");
        self
    }

    /// The whole text, with all elements closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            push_escaped(&mut self.text, value);
            self.text.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        for piece in ["</", name, ">\n"] {
            self.text.push_str(piece);
        }
    }
}

/// Drops what XML 1.0 (2.2) cannot hold even escaped; one such character makes the whole document unreadable.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| is_allowed(*c)).collect()
}

const fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars().filter(|c| is_allowed(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader makes a plain line feed of it otherwise (XML 1.0, 2.11).
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_stays_a_text() {
        let mut xml = Xml::new();
        xml.open("a", &[("b", "\"<&\u{0}")])
            .element("c", "]]>&\u{1b}</c>")
            .empty("d", &[]);
        let text = xml.finish();
        assert!(
            text.ends_with("<a b=\"&quot;&lt;&amp;\"><c>]]&gt;&amp;&lt;/c&gt;</c>\n<d/>\n</a>\n")
        );
    }
}
