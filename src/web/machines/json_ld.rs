//! schema.org for search engines, as JSON-LD in a data block of the page. Bounded: a page with thousands of comments tells of
//! the first, shortened.

use std::borrow::Cow;
use std::io;
use std::iter::Peekable;

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use crate::text::strip;
use crate::types::Timestamp;
use crate::web::date::machine;
use crate::web::view::{Author, AuthorView, CommentView, HomeView, PostView, Site};

/// Comments told of at most.
const COMMENTS: usize = 100;
/// How deep answers stand within each other; those below stand side by side. Readers of JSON stop at some depth.
const DEEPEST: usize = 12;
/// Longest text of a comment, in characters.
const TEXT: usize = 300;
/// What all of it is written in.
const CONTEXT: (&str, &str) = ("@context", "https://schema.org");

/// A node object (JSON-LD 1.1, 9.2). It borrows what it tells: a page is made for each change of it.
struct Node<'a>(Vec<(&'static str, Value<'a>)>);

/// What stands in a [`Node`].
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Node(Node<'a>),
    List(Vec<Value<'a>>),
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'a> Node<'a> {
    fn new(kind: &'static str) -> Self {
        let mut fields = Vec::with_capacity(10);
        fields.push(("@type", Value::Text(kind.into())));
        Self(fields)
    }

    fn put(mut self, key: &'static str, value: Value<'a>) -> Self {
        self.0.push((key, value));
        self
    }

    /// With a text, unless it is empty.
    fn set(self, key: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() {
            self
        } else {
            self.put(key, Value::Text(text))
        }
    }

    /// With an address under both its names.
    fn at(self, url: impl Into<Cow<'a, str>>) -> Self {
        let url = url.into();
        self.set("@id", url.clone()).set("url", url)
    }

    fn date(self, key: &'static str, at: Option<Timestamp>) -> Self {
        match at {
            Some(at) => self.set(key, machine(at).to_string()),
            None => self,
        }
    }

    fn node(self, key: &'static str, node: Self) -> Self {
        self.put(key, Value::Node(node))
    }

    /// With a list, unless it is empty.
    fn list(self, key: &'static str, values: impl Iterator<Item = Value<'a>>) -> Self {
        let values: Vec<_> = values.collect();
        if values.is_empty() {
            self
        } else {
            self.put(key, Value::List(values))
        }
    }

    fn texts(self, key: &'static str, texts: impl Iterator<Item = &'a str>) -> Self {
        self.list(key, texts.map(|text| Value::Text(text.into())))
    }

    fn nodes(self, key: &'static str, nodes: impl Iterator<Item = Self>) -> Self {
        self.list(key, nodes.map(Value::Node))
    }
}

/// A post: a `BlogPosting` with its comments.
pub(super) fn post(site: &Site, view: &PostView) -> String {
    let counted = [
        ("LikeAction", view.likes.total),
        ("ShareAction", view.boosts.total),
        ("CommentAction", view.comment_total),
    ];
    let counters = counted.into_iter().map(|(action, total)| {
        Node::new("InteractionCounter")
            .node("interactionType", Node::new(action))
            .put("userInteractionCount", Value::Number(total))
    });
    let shown = view.comments.iter().take(COMMENTS);
    let tree = comments(site, &view.url, &mut shown.peekable(), 0);
    let post = Node::new("BlogPosting")
        .set(CONTEXT.0, CONTEXT.1)
        .at(&view.url)
        .set("mainEntityOfPage", &view.url)
        .set("headline", view.label())
        .set("description", &view.summary)
        .set("inLanguage", &view.language)
        .set("isBasedOn", view.canonical.as_deref().unwrap_or_default())
        .date("datePublished", view.published)
        .date("dateModified", view.updated.or(view.published))
        .texts("image", view.covers.iter().map(|cover| cover.url.as_str()))
        .texts("keywords", view.tags.iter().map(|tag| tag.name.as_str()))
        .node("author", person(site, &view.author))
        .node("publisher", blog(site))
        .node("isPartOf", blog(site))
        .put("commentCount", Value::Number(view.comment_total))
        .nodes("interactionStatistic", counters)
        .nodes("comment", tree.into_iter());
    let step = |position, name: &'_ str, item: String| {
        Node::new("ListItem")
            .put("position", Value::Number(position))
            .set("name", name.to_owned())
            .set("item", item)
    };
    let steps = [
        step(1, &site.title, format!("{}/", site.url)),
        step(2, view.label(), view.url.clone()),
    ];
    let trail = Node::new("BreadcrumbList")
        .set(CONTEXT.0, CONTEXT.1)
        .nodes("itemListElement", steps.into_iter());
    escaped(&[post, trail])
}

/// The home page: the site and its blog.
pub(super) fn home(site: &Site, view: &HomeView) -> String {
    let described = |kind, id: &str| {
        Node::new(kind)
            .set("@id", format!("{}/#{id}", site.url))
            .set("url", format!("{}/", site.url))
            .set("name", &site.title)
            .set("description", &site.description)
            .set("inLanguage", &site.language)
    };
    let is_alone = site.accounts.len() == 1;
    let writers = site.accounts.iter().map(|author| {
        let me = site.me.iter().filter(|_| is_alone);
        person(site, author).texts("sameAs", me.map(String::as_str))
    });
    let posts = view.posts.iter().map(|one| {
        Node::new("BlogPosting")
            .at(&one.url)
            .set("headline", one.label())
            .date("datePublished", one.published)
            .date("dateModified", one.updated.or(one.published))
    });
    let web = described("WebSite", "site").set(CONTEXT.0, CONTEXT.1);
    let blog = described("Blog", "blog")
        .set(CONTEXT.0, CONTEXT.1)
        .nodes("author", writers)
        .nodes("blogPost", posts);
    escaped(&[web, blog])
}

/// A writer's page.
pub(super) fn profile(site: &Site, view: &AuthorView) -> String {
    let writer = person(site, &view.author)
        .set("description", strip::start(&view.bio, TEXT))
        .texts("sameAs", site.me.iter().map(String::as_str));
    let page = Node::new("ProfilePage")
        .set(CONTEXT.0, CONTEXT.1)
        .at(&view.author.url)
        .node("mainEntity", writer)
        .node("isPartOf", blog(site));
    escaped(&page)
}

/// A list of posts.
pub(super) fn list(site: &Site, name: &str, url: &str) -> String {
    let page = Node::new("CollectionPage")
        .set(CONTEXT.0, CONTEXT.1)
        .at(url)
        .set("name", name)
        .node("isPartOf", blog(site));
    escaped(&page)
}

/// The comments of one depth with what stands below each. Deleted ones hold their places without a word.
fn comments<'a>(
    site: &'a Site,
    page: &str,
    rest: &mut Peekable<impl Iterator<Item = &'a CommentView>>,
    depth: usize,
) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    while let Some(view) = rest.next_if(|next| next.depth.min(DEEPEST) >= depth) {
        let mut comment = Node::new("Comment").at(format!("{page}#{}", view.anchor));
        if !view.deleted {
            comment = comment
                .set("text", strip::start(&view.html, TEXT))
                .set("inLanguage", &view.language)
                .date("dateCreated", view.published)
                .date("dateModified", view.edited)
                .node("author", person(site, &view.author));
        }
        if depth < DEEPEST {
            let below = comments(site, page, rest, depth + 1);
            comment = comment.nodes("comment", below.into_iter());
        }
        found.push(comment);
    }
    found
}

fn person<'a>(site: &Site, author: &'a Author) -> Node<'a> {
    let picture = author.avatar.as_deref().map(|path| site.absolute(path));
    Node::new("Person")
        .set("name", author.label())
        .set("url", author.href().unwrap_or_default())
        .set("alternateName", &author.handle)
        .set("image", picture.unwrap_or_default())
}

fn blog(site: &Site) -> Node<'_> {
    Node::new("Blog")
        .set("@id", format!("{}/#blog", site.url))
        .set("name", &site.title)
        .set("url", format!("{}/", site.url))
}

/// The JSON as it may stand between `<script>` and `</script>`.
fn escaped(value: &impl Serialize) -> String {
    let mut out = Vec::with_capacity(16 * 1024);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, InScript);
    value
        .serialize(&mut serializer)
        .expect("texts and numbers under keys of text can be written");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// True for the first byte of what is written as an escape, and of some other characters.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'&' | 0xe2)
}

/// Nothing in it can end the element, begin a comment or be an entity, and no old reader of scripts finds a line's end in a
/// text. All of that can stand in texts only.
struct InScript;

impl Formatter for InScript {
    fn write_string_fragment<W>(&mut self, out: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        // Most texts have none: all bytes are looked at, without a branch, in a fraction of the time.
        let has_any = rest.bytes().fold(false, |any, byte| any | is_special(byte));
        while has_any && let Some(at) = rest.bytes().position(is_special) {
            let (before, from) = rest.split_at(at);
            let mut chars = from.chars();
            let c = chars.next().unwrap_or_default();
            out.write_all(before.as_bytes())?;
            if matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
                write!(out, "\\u{:04x}", u32::from(c))?;
            } else {
                write!(out, "{c}")?;
            }
            rest = chars.as_str();
        }
        out.write_all(rest.as_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::web::sample;

    fn data(view: &PostView) -> Value {
        serde_json::from_str(&post(&sample::site(), view)).unwrap()
    }

    fn count(value: &Value) -> usize {
        let below = value["comment"].as_array().into_iter().flatten();
        below.map(|one| 1 + count(one)).sum()
    }

    #[test]
    fn a_post_tells_of_its_writer_and_its_comments_as_they_answer_each_other() {
        let view = sample::post();
        let data = data(&view);
        let post = &data[0];
        assert_eq!(post["@type"], "BlogPosting");
        assert_eq!(post["author"]["name"], "Alice Marlow");
        assert_eq!(post["author"]["url"], "https://blog.example/@alice");
        assert_eq!(post["datePublished"], "2026-03-01T14:05:00Z");
        assert_eq!(post["interactionStatistic"][0]["userInteractionCount"], 43);
        assert_eq!(count(post), view.comments.len());
        assert_eq!(
            post["comment"][0]["comment"][0]["comment"][0]["text"],
            "A hiccup! Yes. Exactly that."
        );
        let tomb = &post["comment"][2];
        assert!(tomb["text"].is_null() && tomb["author"].is_null(), "{tomb}");
        assert_eq!(tomb["comment"].as_array().unwrap().len(), 2);
        assert_eq!(data[1]["@type"], "BreadcrumbList");
    }

    #[test]
    fn a_long_and_deep_discussion_is_bounded_and_can_be_read() {
        let mut view = sample::post();
        let long = "word ".repeat(500);
        view.comments = (0..400)
            .map(|depth| CommentView {
                depth,
                anchor: format!("comment-{depth}"),
                html: crate::types::Html::trusted(format!("<p>{long}</p>")),
                ..CommentView::default()
            })
            .collect();
        let data = data(&view);
        assert_eq!(count(&data[0]), COMMENTS);
        assert!(data.to_string().len() < 100_000);
    }

    #[test]
    fn nothing_that_people_write_ends_the_block() {
        let mut view = sample::post();
        view.title = "</script><!--<script>&\u{2028}".to_owned();
        view.comments[0].author.name = "</script>".to_owned();
        view.comments[0].author.url = "javascript:alert(1)".to_owned();
        let text = post(&sample::site(), &view);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']) && !text.contains("javascript:"));
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read[0]["headline"], view.title);
        assert_eq!(read[0]["comment"][0]["author"]["name"], "</script>");
    }
}
