//! Changes to the parsed document before it is written: mentions become links, lonely pictures figures.

use std::collections::HashSet;
use std::fmt::Write;

use comrak::nodes::{AstNode, NodeLink, NodeValue};
use comrak::{Arena, Node};

use super::Mentions;
use crate::text::mention::{self, Handle};
use crate::text::{escape, formula, hashtag};

/// The most mentions that become links.
const MAX_MENTIONS: usize = 50;

/// What becomes of pictures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Images {
    /// One alone in its paragraph becomes a figure, its title the caption.
    Figures,
    /// All become links.
    Links,
}

/// Who and what a text speaks of.
pub(super) struct Found {
    /// People, each once.
    pub(super) mentions: Vec<Handle>,
    /// Hashtags, each once.
    pub(super) hashtags: Vec<String>,
}

/// Rewrites the whole document.
pub(super) fn rewrite<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    known: &Mentions,
    images: Images,
) -> Found {
    // Listed first: the loop changes the tree under its feet.
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in &nodes {
        unlink_mention(node);
        keep_formula(node);
    }
    let mut found = Finder {
        known,
        seen: HashSet::new(),
        mentions: Vec::new(),
        text: String::new(),
    };
    for node in nodes.iter().filter(|node| node.parent().is_some()) {
        found.visit(arena, node);
    }
    for node in nodes {
        match images {
            Images::Figures => make_figure(node),
            Images::Links => unpicture(arena, node),
        }
    }
    Found {
        mentions: found.mentions,
        hashtags: hashtag::find(&found.text),
    }
}

/// GFM takes the `bob@m.example` of `@bob@m.example` for a mail address; makes it text again.
fn unlink_mention<'a>(node: Node<'a>) {
    let address = match &node.data().value {
        NodeValue::Link(link) => link.url.strip_prefix("mailto:").map(str::to_owned),
        _ => None,
    };
    let Some(address) = address.filter(|address| *address == node.collect_text()) else {
        return;
    };
    let at_sign = |before: &Node<'a>| matches!(&before.data().value, NodeValue::Text(text) if text.ends_with('@'));
    let Some(before) = node.previous_sibling().filter(at_sign) else {
        return;
    };
    let after = node
        .next_sibling()
        .and_then(|after| Some((after, text_of(after)?)));
    if let NodeValue::Text(text) = &mut before.data_mut().value {
        text.to_mut().push_str(&address);
        text.to_mut()
            .push_str(after.as_ref().map_or("", |(_, text)| text));
    }
    // What follows ends, perhaps, in the next mention's `@`: now the text before does.
    if let Some((after, _)) = after {
        after.detach();
    }
    node.detach();
}

/// A formula is stored as its TeX.
fn keep_formula(node: Node<'_>) {
    let kept = match &node.data().value {
        NodeValue::Math(math) => formula::stored(&math.literal, math.display_math),
        _ => return,
    };
    node.data_mut().value = NodeValue::Raw(kept);
}

fn text_of(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn in_link(node: Node<'_>) -> bool {
    node.ancestors()
        .skip(1)
        .take_while(|above| !above.data().value.block())
        .any(|above| matches!(above.data().value, NodeValue::Link(_)))
}

struct Finder<'m> {
    known: &'m Mentions,
    seen: HashSet<String>,
    mentions: Vec<Handle>,
    /// All text outside of code and links, for the hashtags.
    text: String,
}

impl Finder<'_> {
    fn visit<'a>(&mut self, arena: &'a Arena<'a>, node: Node<'a>) {
        let Some(text) = text_of(node) else {
            self.text.push(' ');
            return;
        };
        if in_link(node) {
            return;
        }
        self.text.push_str(&text);
        let spans = mention::spans(&text);
        if spans.is_empty() {
            return;
        }
        let mut done = 0;
        let put = |value| node.insert_before(arena.alloc(AstNode::from(value)));
        for (span, handle) in spans {
            let Some(link) = self.link(&handle) else {
                break;
            };
            put(NodeValue::Text(
                text.get(done..span.start)
                    .unwrap_or_default()
                    .to_owned()
                    .into(),
            ));
            put(NodeValue::Raw(link));
            done = span.end;
        }
        put(NodeValue::Text(
            text.get(done..).unwrap_or_default().to_owned().into(),
        ));
        node.detach();
    }

    /// The link to somebody; None when there are too many already.
    fn link(&mut self, handle: &Handle) -> Option<String> {
        let key = handle.key();
        let href = self
            .known
            .get(&key)
            .cloned()
            .unwrap_or_else(|| format!("https://{}/@{}", handle.host, handle.user));
        if !self.seen.contains(&key) {
            if self.mentions.len() == MAX_MENTIONS {
                return None;
            }
            self.seen.insert(key);
            self.mentions.push(handle.clone());
        }
        let (href, user) = (escape(&href), escape(&handle.user));
        Some(format!(
            "<a href=\"{href}\" class=\"u-url mention\">@<span>{user}</span></a>"
        ))
    }
}

/// `![alt](url "caption")` alone in a paragraph becomes a figure.
fn make_figure(node: Node<'_>) {
    if !matches!(node.data().value, NodeValue::Paragraph) {
        return;
    }
    let Some(image) = node
        .first_child()
        .filter(|child| child.next_sibling().is_none())
    else {
        return;
    };
    let Some(link) = image_of(image) else { return };
    let (url, alt) = (escape(&link.url), escape(&image.collect_text()));
    let mut figure = format!("<figure><img src=\"{url}\" alt=\"{alt}\">");
    if !link.title.is_empty() {
        // A `String` takes every write.
        let _ = write!(figure, "<figcaption>{}</figcaption>", escape(&link.title));
    }
    image.detach();
    node.data_mut().value = NodeValue::Raw(figure + "</figure>\n");
}

/// A picture becomes a link with its alternative text, or, inside a link, that text.
fn unpicture<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let Some(link) = image_of(node) else { return };
    let alt = node.collect_text();
    let label = if alt.trim().is_empty() {
        link.url.clone()
    } else {
        alt
    };
    let text = NodeValue::Text(label.into());
    let nested = in_link(node);
    let children: Vec<_> = node.children().collect();
    children.into_iter().for_each(AstNode::detach);
    if nested {
        node.data_mut().value = text;
    } else {
        node.data_mut().value = NodeValue::Link(Box::new(NodeLink {
            url: link.url,
            title: String::new(),
        }));
        node.append(arena.alloc(AstNode::from(text)));
    }
}

fn image_of(node: Node<'_>) -> Option<NodeLink> {
    match &node.data().value {
        NodeValue::Image(link) => Some(NodeLink {
            url: link.url.clone(),
            title: link.title.clone(),
        }),
        _ => None,
    }
}
