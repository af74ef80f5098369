//! schema.org for search engines, as JSON-LD in a data block of the page. Bounded: a page with thousands of comments tells of
//! the first, shortened.

use std::iter::Peekable;

use serde_json::{Map, Value, json};

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

/// A post: a `BlogPosting` with its comments.
pub(super) fn post(site: &Site, view: &PostView) -> String {
    let mut post = object("BlogPosting");
    let images: Vec<&str> = view.covers.iter().map(|cover| cover.url.as_str()).collect();
    let tags: Vec<&str> = view.tags.iter().map(|tag| tag.name.as_str()).collect();
    put(&mut post, "@context", "https://schema.org");
    put(&mut post, "@id", &view.url);
    put(&mut post, "url", &view.url);
    put(&mut post, "mainEntityOfPage", &view.url);
    put(&mut post, "headline", view.label());
    put(&mut post, "description", &view.summary);
    put(&mut post, "inLanguage", &view.language);
    put(
        &mut post,
        "isBasedOn",
        view.canonical.as_deref().unwrap_or_default(),
    );
    put_date(&mut post, "datePublished", view.published);
    put_date(&mut post, "dateModified", view.updated.or(view.published));
    put_list(&mut post, "image", images);
    put_list(&mut post, "keywords", tags);
    post.insert("author".into(), person(site, &view.author));
    post.insert("publisher".into(), blog(site));
    post.insert("isPartOf".into(), blog(site));
    post.insert("commentCount".into(), view.comment_total.into());
    let counted = [
        ("LikeAction", view.likes.total),
        ("ShareAction", view.boosts.total),
        ("CommentAction", view.comment_total),
    ];
    let counters = counted.map(|(action, count)| {
        json!({
            "@type": "InteractionCounter",
            "interactionType": {"@type": action},
            "userInteractionCount": count,
        })
    });
    post.insert("interactionStatistic".into(), json!(counters));
    let shown = view.comments.iter().take(COMMENTS);
    let tree = comments(site, &view.url, &mut shown.peekable(), 0);
    if !tree.is_empty() {
        post.insert("comment".into(), Value::Array(tree));
    }
    let trail = json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": site.title, "item": format!("{}/", site.url)},
            {"@type": "ListItem", "position": 2, "name": view.label(), "item": view.url},
        ],
    });
    escaped(&json!([Value::Object(post), trail]))
}

/// The home page: the site and its blog.
pub(super) fn home(site: &Site, view: &HomeView) -> String {
    let mut web = object("WebSite");
    put(&mut web, "@context", "https://schema.org");
    put(&mut web, "@id", &format!("{}/#site", site.url));
    put(&mut web, "url", &format!("{}/", site.url));
    put(&mut web, "name", &site.title);
    put(&mut web, "description", &site.description);
    put(&mut web, "inLanguage", &site.language);
    let mut blog = object("Blog");
    put(&mut blog, "@context", "https://schema.org");
    put(&mut blog, "@id", &format!("{}/#blog", site.url));
    put(&mut blog, "url", &format!("{}/", site.url));
    put(&mut blog, "name", &site.title);
    put(&mut blog, "description", &site.description);
    put(&mut blog, "inLanguage", &site.language);
    let writers = site.accounts.iter().map(|author| {
        let mut person = person(site, author);
        if let (Some(fields), 1) = (person.as_object_mut(), site.accounts.len()) {
            put_list(
                fields,
                "sameAs",
                site.me.iter().map(String::as_str).collect(),
            );
        }
        person
    });
    blog.insert("author".into(), writers.collect());
    let posts = view.posts.iter().map(|one| {
        let mut post = object("BlogPosting");
        put(&mut post, "@id", &one.url);
        put(&mut post, "url", &one.url);
        put(&mut post, "headline", one.label());
        put_date(&mut post, "datePublished", one.published);
        put_date(&mut post, "dateModified", one.updated.or(one.published));
        Value::Object(post)
    });
    blog.insert("blogPost".into(), posts.collect());
    escaped(&json!([web, blog]))
}

/// A writer's page.
pub(super) fn profile(site: &Site, view: &AuthorView) -> String {
    let mut writer = person(site, &view.author);
    if let Some(fields) = writer.as_object_mut() {
        let bio = strip::start(&view.bio, TEXT);
        put(fields, "description", &bio);
        put_list(
            fields,
            "sameAs",
            site.me.iter().map(String::as_str).collect(),
        );
    }
    escaped(&json!({
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "@id": view.author.url,
        "url": view.author.url,
        "mainEntity": writer,
        "isPartOf": blog(site),
    }))
}

/// A list of posts.
pub(super) fn list(site: &Site, name: &str, url: &str) -> String {
    escaped(&json!({
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": url,
        "url": url,
        "name": name,
        "isPartOf": blog(site),
    }))
}

/// The comments of one depth with what stands below each. Deleted ones hold their places without a word.
fn comments<'a>(
    site: &Site,
    page: &str,
    rest: &mut Peekable<impl Iterator<Item = &'a CommentView>>,
    depth: usize,
) -> Vec<Value> {
    let mut found = Vec::new();
    while let Some(view) = rest.next_if(|next| next.depth.min(DEEPEST) >= depth) {
        let mut comment = object("Comment");
        let url = format!("{page}#{}", view.anchor);
        put(&mut comment, "@id", &url);
        put(&mut comment, "url", &url);
        if !view.deleted {
            put(&mut comment, "text", &strip::start(&view.html, TEXT));
            put(&mut comment, "inLanguage", &view.language);
            put_date(&mut comment, "dateCreated", view.published);
            put_date(&mut comment, "dateModified", view.edited);
            comment.insert("author".into(), person(site, &view.author));
        }
        if depth < DEEPEST {
            let below = comments(site, page, rest, depth + 1);
            if !below.is_empty() {
                comment.insert("comment".into(), Value::Array(below));
            }
        }
        found.push(Value::Object(comment));
    }
    found
}

fn person(site: &Site, author: &Author) -> Value {
    let mut person = object("Person");
    put(&mut person, "name", author.label());
    put(&mut person, "url", author.href().unwrap_or_default());
    put(&mut person, "alternateName", &author.handle);
    let picture = author.avatar.as_deref().map(|path| site.absolute(path));
    put(&mut person, "image", picture.as_deref().unwrap_or_default());
    Value::Object(person)
}

fn blog(site: &Site) -> Value {
    let (id, url) = (format!("{}/#blog", site.url), format!("{}/", site.url));
    json!({"@type": "Blog", "@id": id, "name": site.title, "url": url})
}

fn object(kind: &str) -> Map<String, Value> {
    Map::from_iter([("@type".to_owned(), kind.into())])
}

/// Sets a text, unless it is empty.
fn put(object: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.to_owned(), text.into());
    }
}

fn put_date(object: &mut Map<String, Value>, key: &str, at: Option<Timestamp>) {
    if let Some(at) = at {
        object.insert(key.to_owned(), machine(at).to_string().into());
    }
}

fn put_list(object: &mut Map<String, Value>, key: &str, texts: Vec<&str>) {
    if !texts.is_empty() {
        object.insert(key.to_owned(), json!(texts));
    }
}

/// The JSON as it may stand between `<script>` and `</script>`: nothing in it can end the element, begin a comment or be an
/// entity, and no old reader of scripts finds a line's end in a text.
fn escaped(value: &Value) -> String {
    let json = value.to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
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
