//! Others' HTML, from what came to the page: cleaning twice changes nothing, only listed elements, attributes and addresses
//! are left, and a browser's parser finds nothing of it outside its own place on the page.
#![no_main]

use std::cell::RefCell;

use antiphon::text::emoji::{self, Emojis};
use antiphon::text::sanitize;
use antiphon::types::Html;
use antiphon::web::render_post;
use antiphon::web::view::{CommentView, PostView, Site};
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use libfuzzer_sys::fuzz_target;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::Value;
use url::Url;

const ELEMENTS: [&str; 26] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];
const CLASSES: [&str; 7] = [
    "ellipsis",
    "h-card",
    "hashtag",
    "invisible",
    "mention",
    "quote-inline",
    "u-url",
];

/// The post's own text is the first such place.
const PLACE: usize = 3;

thread_local! {
    static FRAME: RefCell<String> = RefCell::new(frame(&page(Html::default())).0);
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let clean = sanitize::remote(&text);
    assert_eq!(
        sanitize::remote(clean.as_str()).as_str(),
        clean.as_str(),
        "cleaning it again changes it"
    );
    let known = Emojis::from([("x".to_owned(), "/media/x.png".to_owned())]);
    let (around, elements) = frame(&page(emoji::show(&clean, &known)));
    FRAME.with_borrow(|frame| assert!(*frame == around, "it left its place: {clean:?}"));
    for (name, attributes) in elements {
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}>");
        for (attribute, value) in attributes {
            assert!(
                is_listed(&name, &attribute, &value),
                "<{name} {attribute}={value:?}>"
            );
        }
    }
    let name = sanitize::name(&text, 50);
    assert_eq!(
        sanitize::name(&escaped(&name), 50),
        name,
        "cleaning the name again changes it"
    );
});

fn is_listed(element: &str, attribute: &str, value: &str) -> bool {
    match (element, attribute) {
        // The pictures that stand for emoji are put in by us.
        ("img", "src") => value == "/media/x.png",
        ("img", "alt" | "title") => value == ":x:",
        ("img", "class") => value == "emoji",
        ("img", "width" | "height" | "loading" | "decoding") => true,
        ("a", "href") => leads_away(value),
        ("a", "rel") => value == "nofollow ugc noopener",
        ("pre", "tabindex") => value == "0",
        ("ol", "start") | (_, "lang") => true,
        (_, "class") => value
            .split_ascii_whitespace()
            .all(|class| CLASSES.contains(&class)),
        _ => false,
    }
}

/// The address is whole: from whatever page it is followed, it leads to the same place.
fn leads_away(value: &str) -> bool {
    let from = |page: &str| Url::parse(page).and_then(|page| page.join(value)).ok();
    let (https, http, alone) = (
        from("https://blog.example/a"),
        from("http://blog.example/a"),
        Url::parse(value).ok(),
    );
    let scheme = alone
        .as_ref()
        .is_some_and(|url| ["https", "http", "mailto"].contains(&url.scheme()));
    scheme && https == alone && http == alone
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A page with the text in one comment, between two others.
fn page(html: Html) -> String {
    let comment = |number: &str, html: Html| CommentView {
        number: number.into(),
        anchor: format!("comment-{number}"),
        html,
        ..CommentView::default()
    };
    let comments = vec![
        comment("1", sanitize::remote("a")),
        comment("2", html),
        comment("3", sanitize::remote("b")),
    ];
    let view = PostView {
        comments,
        ..PostView::default()
    };
    render_post(
        &Site {
            language: "en".into(),
            ..Site::default()
        },
        &view,
    )
    .expect("a page is rendered")
}

type Attributes = Vec<(String, String)>;

/// What a block of data holds: one text, which is JSON.
fn block(node: &Handle) -> Value {
    let children = node.children.borrow();
    assert!(
        children.len() == 1,
        "a block of data holds more than a text"
    );
    let NodeData::Text { contents } = &children[0].data else {
        panic!("a block of data holds no text");
    };
    serde_json::from_str(&contents.borrow()).expect("a block of data holds JSON")
}

/// The names and kinds of what stands in a block of data, without the texts: in those, what somebody wrote may stand. A text
/// that is empty is left out of the block.
fn push_shape(out: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| *name != "text") {
                out.push_str(&format!("{name}:"));
                push_shape(out, value);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| push_shape(out, item)),
        Value::String(_) => out.push('s'),
        other => out.push_str(&other.to_string()),
    }
    out.push(';');
}

/// The page as a browser reads it without the place of the second comment, and the elements of that place.
fn frame(page: &str) -> (String, Vec<(String, Attributes)>) {
    let document = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let (mut text, mut inside) = (String::new(), Vec::new());
    let mut places = 0;
    let mut waiting: Vec<(Handle, bool)> = vec![(document.document.clone(), false)];
    while let Some((node, within)) = waiting.pop() {
        let mut within = within;
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes: Attributes = attrs
                .borrow()
                .iter()
                .map(|one| (one.name.local.to_string(), one.value.to_string()))
                .collect();
            if within {
                inside.push((name.local.to_string(), attributes));
            } else {
                text.push_str(&format!("<{} {attributes:?}>", name.local));
                if attributes.contains(&("type".into(), "application/ld+json".into())) {
                    push_shape(&mut text, &block(&node));
                    continue;
                }
                if attributes.contains(&("class".into(), "e-content prose".into())) {
                    places += 1;
                    within = places == PLACE;
                }
            }
        } else if let (NodeData::Text { contents }, false) = (&node.data, within) {
            text.push_str(&contents.borrow());
        }
        text.push_str(if within { "" } else { "|" });
        waiting.extend(
            node.children
                .borrow()
                .iter()
                .rev()
                .map(|child| (child.clone(), within)),
        );
    }
    (text, inside)
}
