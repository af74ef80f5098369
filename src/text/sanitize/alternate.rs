//! Finds the other form that an HTML page names of itself in its head. Nothing else of the page is read.

use html5ever::tokenizer::Tag;

use super::tokens::{self, Content, Visitor};

/// The address of the first `<link rel="alternate">` of this media type, as it stands there.
pub fn alternate(html: &str, media_type: &str) -> Option<String> {
    let head = html.split("<body").next().unwrap_or_default();
    let search = Search {
        media_type,
        found: None,
    };
    tokens::walk(head, search).found
}

struct Search<'a> {
    media_type: &'a str,
    found: Option<String>,
}

impl Visitor for Search<'_> {
    fn text(&mut self, _text: &str) {}

    fn open(&mut self, tag: &Tag) -> Content {
        if self.found.is_none() && &*tag.name == "link" && self.fits(tag) {
            self.found = attribute(tag, "href").map(str::to_owned);
        }
        Content::Show
    }

    fn close(&mut self, _name: &str) {}
}

impl Search<'_> {
    fn fits(&self, tag: &Tag) -> bool {
        let mut rel = attribute(tag, "rel").unwrap_or_default().split_whitespace();
        let kind = attribute(tag, "type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        rel.any(|word| word.eq_ignore_ascii_case("alternate"))
            && kind.eq_ignore_ascii_case(self.media_type)
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag.attrs.iter().find(|one| &*one.name.local == name)?;
    Some(&found.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "application/activity+json";

    #[test]
    fn the_other_form_is_found_among_other_links() {
        let page = "<!DOCTYPE html><html><head><title><link></title><link rel=stylesheet href=/a.css>\
                    <link rel=alternate type=application/atom+xml href=/feed>\
                    <LINK href='/users/bob/1' type='application/activity+json; x=y' rel='me Alternate'></head><body>";
        assert_eq!(alternate(page, KIND).as_deref(), Some("/users/bob/1"));
    }

    #[test]
    fn what_stands_in_the_text_of_a_page_is_not_its_head() {
        let link = "<link rel=alternate type=application/activity+json href=/1>";
        for page in [
            format!("<head></head><body>{link}"),
            format!("<head><title>{link}</title>"),
            format!("<head><script>{link}</script>"),
            "<link rel=alternate type=application/activity+json>".into(),
            String::new(),
        ] {
            assert_eq!(alternate(&page, KIND), None, "{page}");
        }
    }
}
