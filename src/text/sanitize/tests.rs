//! The sanitiser against what servers really send, and against those who mean harm.

mod sizes;

use html5ever::tokenizer::Tag;
use proptest::prelude::*;

use super::tokens::{Content, Visitor, walk};
use super::{images, line, name, own, plain, remote, sent};

fn cleaned(html: &str) -> String {
    remote(html).into_string()
}

#[test]
fn mastodon_markup_passes() {
    let html = r#"<p><span class="h-card"><a href="https://m.example/@bob" class="u-url mention" rel="nofollow ugc noopener">@<span>bob</span></a></span> see <a href="https://a.example/b" rel="nofollow ugc noopener">a.example/b</a><br>ok</p>"#;
    assert_eq!(cleaned(html), html);
    let cut = html.replace(
        ">a.example/b<",
        "><span class=\"invisible\">https://</span><span class=\"ellipsis\">a.exam</span><span class=\"invisible\">ple/b</span><",
    );
    assert_eq!(cleaned(&cut), html);
}

#[test]
fn classes_of_the_site_are_nobody_elses() {
    for class in [
        "by-writer",
        "badge",
        "verified",
        "thought",
        "tombstone",
        "avatar",
        "emoji",
        "pictures",
        "u-photo",
        "p-author",
        "e-content",
        "u-comment",
        "h-cite",
        "h-entry",
        "dt-published",
        "skip",
        "site",
        "invisible",
        "ellipsis",
        "away",
        "copy",
    ] {
        let html =
            format!("<p class=\"{class} mention\" id=\"{class}\" style=\"position:fixed\">x</p>");
        assert_eq!(cleaned(&html), "<p class=\"mention\">x</p>");
    }
}

#[test]
fn plain_texts_from_elsewhere_are_one_honest_line() {
    let hostile = "a\u{202E}b\u{2066}\u{200B}c\u{200F}\n\0 <img src=x>\u{FEFF}&amp;";
    assert_eq!(line(hostile, 100), "abc <img src=x>&amp;");
    assert_eq!(line(&"é".repeat(20_000), 10_000).chars().count(), 10_000);
    for text in [name(hostile, 100), line(hostile, 100)] {
        assert!(!text.contains([
            '\u{202E}', '\u{2066}', '\u{200B}', '\u{200F}', '\u{FEFF}', '\0', '\n'
        ]));
    }
}

#[test]
fn scripts_styles_and_handlers_are_dropped() {
    for (bad, good) in [
        ("a<script>alert(1)</script>b", "ab"),
        (
            "<style>p{}</style><p style=\"color:red\" id=x onclick=alert(1)>a</p>",
            "<p>a</p>",
        ),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("<svg><script>alert(1)</script></svg>a", "a"),
        (
            "<math><mtext><table><mglyph><style><img src onerror=alert(1)></math>a",
            "a",
        ),
        (
            "<a href=\"java\tscript:alert(1)\">a</a>",
            "<a rel=\"nofollow ugc noopener\">a</a>",
        ),
        (
            "<a href=\"&#1;jav&#x61;script:alert(1)\">a</a>",
            "<a rel=\"nofollow ugc noopener\">a</a>",
        ),
        (
            "<a href=\"/relative\">a</a>",
            "<a rel=\"nofollow ugc noopener\">a</a>",
        ),
        (
            "<iframe srcdoc=\"<script>\">x</iframe><object data=x></object><form action=x><input name=y></form>",
            "",
        ),
        ("<template><p>x</template>a", "a"),
        ("<textarea></textarea><img src=x onerror=y>a", "a"),
        ("<!-- <b> --><![CDATA[x]]>a<!doctype html>", "a"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        (
            "<p class=\"admin mention btn\">a</p>",
            "<p class=\"mention\">a</p>",
        ),
    ] {
        assert_eq!(cleaned(bad), good, "{bad}");
    }
}

#[test]
fn web_addresses_without_a_host_are_dropped() {
    for half in [
        "https:x",
        "HTTPS:/ap/inbox",
        "http:",
        "ht\ntps:/\t@bob",
        " https:&/m.example",
    ] {
        let link = "<a rel=\"nofollow ugc noopener\">a</a>";
        assert_eq!(
            cleaned(&format!("<a href=\"{half}\">a</a>")),
            link,
            "{half}"
        );
        assert!(
            !own(&format!("<a href=\"{half}\">a</a>"))
                .as_str()
                .contains("href"),
            "{half}"
        );
    }
    assert!(cleaned("<a href=\"https:/\\a.example\">a</a>").contains("href"));
}

#[test]
fn headings_of_comments_become_bold_paragraphs() {
    assert_eq!(
        cleaned("<h1>A</h1><h3 id=x>B <i>c</i></h3>d"),
        "<p><strong>A</strong></p><p><strong>B <i>c</i></strong></p>d"
    );
}

#[test]
fn lines_of_unknown_blocks_stay_apart() {
    assert_eq!(
        cleaned("<div>a</div><div>b<b>c</b></div><p>d</p>"),
        "a<br>b<b>c</b><p>d</p>"
    );
    assert_eq!(
        cleaned("<table><tr><td>a</td><td>b</td></tr></table>"),
        "a<br>b"
    );
}

#[test]
fn bad_nesting_is_put_right() {
    assert_eq!(cleaned("<p>a<p>b"), "<p>a</p><p>b</p>");
    assert_eq!(cleaned("<b><i>x</b>y</i>"), "<b><i>x</i></b>y");
    assert_eq!(
        cleaned("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e"),
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>e"
    );
    assert_eq!(cleaned("</p></b></div>a<b>"), "a<b></b>");
    assert_eq!(
        cleaned("<ruby>漢<rp>(<rt>kan<rp>)</ruby>"),
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"
    );
}

#[test]
fn tables_are_put_right() {
    let html = own("<table>a<tr><td>b<td>c<thead><tr><th>d</table>e");
    let rows = "<tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody><thead><tr><th>d</th></tr></thead>";
    assert_eq!(
        html.as_str(),
        format!("<table tabindex=\"0\">{rows}</table>e")
    );
}

#[test]
fn direction_tricks_are_neutralised_also_as_entities() {
    assert_eq!(cleaned("a\u{202E}b&#x202e;c&zwnj;d&#8203;e"), "abcde");
    assert_eq!(cleaned("می&zwnj;خواهم"), "می\u{200C}خواهم");
}

#[test]
fn posts_keep_what_the_renderer_makes() {
    for html in [
        "<figure><img src=\"/media/a.png\" alt=\"A\" loading=\"lazy\"><figcaption>B</figcaption></figure>",
        "<table tabindex=\"0\"><thead><tr><th align=\"left\">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
        "<h2 id=\"h-a\">a<a href=\"#h-a\" class=\"anchor\" rel=\"noopener\"></a></h2>",
        "<ul class=\"contains-task-list\"><li class=\"task-list-item\"><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"☑\"> a</li></ul>",
        "<pre tabindex=\"0\"><code class=\"language-rust\"><span class=\"hl-keyword hl-other\">fn</span></code></pre>",
        "<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" rel=\"noopener\">1</a></sup>",
        "<details open=\"\"><summary>a</summary><p>b</p></details>",
    ] {
        assert_eq!(own(html).as_str(), html);
    }
}

#[test]
fn other_servers_get_whole_addresses_and_no_furniture() {
    let page = url::Url::parse("https://blog.example/posts/a").unwrap();
    for (ours, theirs) in [
        (
            "<h2 id=\"h-a\">A<a href=\"#h-a\" aria-label=\"A\" class=\"anchor\"></a></h2>",
            "<h2>A</h2>",
        ),
        (
            "<pre tabindex=\"0\"><code class=\"language-rust\"><span class=\"hl-keyword\">fn</span> a</code></pre>",
            "<pre><code class=\"language-rust\">fn a</code></pre>",
        ),
        (
            "<img src=\"/media/a.png\" alt=\"A\" loading=\"lazy\">",
            "<img src=\"https://blog.example/media/a.png\" alt=\"A\">",
        ),
        (
            "<a href=\"#fn-1\">1</a><a href=\"b\">b</a>",
            "<a href=\"https://blog.example/posts/a#fn-1\" rel=\"noopener\">1</a><a href=\"https://blog.example/posts/b\" rel=\"noopener\">b</a>",
        ),
        (
            "<a href=\"https://m.example/@bob\" class=\"u-url mention\">@<span>bob</span></a>",
            "<a href=\"https://m.example/@bob\" class=\"u-url mention\" rel=\"noopener\">@bob</a>",
        ),
    ] {
        assert_eq!(sent(&own(ours), &page).as_str(), theirs);
    }
}

#[test]
fn posts_lose_what_could_harm() {
    for (bad, good) in [
        (
            "<a href=\"javascript:x\" id=\"comments\">a</a>",
            "<a id=\"h-comments\" rel=\"noopener\">a</a>",
        ),
        (
            "<a href=\"#x\">a</a><a href=\"/b\">b</a>",
            "<a href=\"#h-x\" rel=\"noopener\">a</a><a href=\"/b\" rel=\"noopener\">b</a>",
        ),
        (
            "<a href=\"java\u{200B}script:x\">a</a>",
            "<a rel=\"noopener\">a</a>",
        ),
        (
            "<img src=\"data:image/svg+xml,x\" onload=x>",
            "<img loading=\"lazy\">",
        ),
        (
            "<input type=password name=p><input type=CHECKBOX onclick=x>",
            "<input type=\"checkbox\" disabled=\"\" aria-label=\"☐\">",
        ),
        (
            "<p style=x class=\"btn hl-a\">a</p><script>b</script>",
            "<p class=\"hl-a\">a</p>",
        ),
    ] {
        assert_eq!(own(bad).as_str(), good, "{bad}");
    }
}

#[test]
fn plain_is_one_folded_paragraph() {
    assert_eq!(
        plain("<h1>A</h1><p>b&amp;c<br>d\n\n e</p><ul><li>f</li><li>g</li></ul><script>x</script>"),
        "A b&c d e f g"
    );
    assert_eq!(
        plain(
            "a<sup class=\"footnote-ref\"><a>1</a></sup> b<section class=\"footnotes\"><section>x</section>y</section> c"
        ),
        "a b c"
    );
    assert_eq!(plain("1 < 2 &lt;3"), "1 < 2 <3");
}

#[test]
fn names_are_short_plain_and_honest() {
    assert_eq!(
        name(" <b>Bob</b>\n\u{202E}evil\u{200B}  &amp; <3 ", 50),
        "Bob evil & <3"
    );
    assert_eq!(name("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 2), "👨‍👩‍👧‍👦👨‍👩‍👧‍👦");
    assert_eq!(name("홍길동님", 3), "홍길동");
    assert_eq!(name("<script>x</script>\u{3164}\u{200F}", 9), "");
    assert!(
        name(&format!("Z{}", "\u{301}".repeat(1000)), 30)
            .chars()
            .count()
            < 20
    );
}

#[test]
fn a_name_that_is_cut_ends_with_no_joiner() {
    for joiner in ['\u{200C}', '\u{200D}'] {
        let cut = name(&format!("می{joiner}خواهم"), 2);
        assert_eq!(cut, "می");
    }
}

#[test]
fn images_of_a_post_are_listed() {
    let html =
        own("<img src=\"/a.png\" alt=\"A &amp; B\"><p><img src=\"https://x.example/b.png\"></p>");
    assert_eq!(
        images(&html),
        [
            ("/a.png".into(), "A & B".into()),
            ("https://x.example/b.png".into(), String::new())
        ]
    );
}

/// Collects what must not be, as a browser's tokenizer sees it.
#[derive(Default)]
struct Suspect {
    found: Vec<String>,
    depth: usize,
    deepest: usize,
}

impl Visitor for Suspect {
    fn text(&mut self, _: &str) {}

    fn open(&mut self, tag: &Tag) -> Content {
        if !matches!(&*tag.name, "br" | "hr" | "img" | "input" | "wbr") {
            self.depth += 1;
            self.deepest = self.deepest.max(self.depth);
        }
        if matches!(
            &*tag.name,
            "script" | "style" | "iframe" | "svg" | "math" | "object" | "form"
        ) {
            self.found.push(tag.name.to_string());
        }
        for attr in &tag.attrs {
            let value = attr
                .value
                .replace(|c: char| c.is_whitespace() || c.is_control(), "")
                .to_lowercase();
            let link = matches!(&*attr.name.local, "href" | "src");
            if attr.name.local.starts_with("on")
                || &*attr.name.local == "style"
                || (link && value.starts_with("javascript:"))
            {
                self.found
                    .push(format!("{}={}", attr.name.local, attr.value));
            }
        }
        Content::Show
    }

    fn close(&mut self, _: &str) {
        self.depth -= 1;
    }
}

fn depth(html: &str) -> usize {
    walk(html, Suspect::default()).deepest
}

const TAGS: &str = "p a b i div ul ol li pre code blockquote h1 h2 table tr td th tbody thead caption ruby rt rp br \
    hr img input span details summary dl dt dd svg math style script title template noscript select option button form \
    textarea figure section body html frameset mtext colgroup nobr font wbr sup bdi plaintext";

const ATTRIBUTES: [&str; 17] = [
    "",
    " class='mention x hl-a'",
    " href='javascript:alert(1)'",
    " href=\"https://a.example/?a&b\"",
    " onclick=x",
    " src=javascript:x",
    " style='x'",
    " id=\"a\"",
    " id='fn-1'",
    " href='#x'",
    " type=checkbox checked",
    " title='<b>\"'",
    " /",
    " href=' JaVa\tScRiPt:x'",
    " aria-label=\"Link to heading 'x'\"",
    " href='//x'",
    " onerror = '1' href=/y",
];

const TEXTS: [&str; 26] = [
    "x",
    " ",
    "\n",
    "\n\n",
    "<",
    ">",
    "&",
    "&lt;script>",
    "\u{202E}",
    "&#x200d;",
    "é",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&#13;",
    "\u{a0}",
    "\"",
    "'",
    "`",
    "한",
    "\0",
    "<scr<script>ipt>",
    "javascript:",
    "&#10;",
    "\u{c}",
];

/// Mostly tags that could fight with each other, with hostile attributes in between.
fn soup() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(TAGS.split_whitespace().collect::<Vec<_>>());
    let attribute = prop::sample::select(&ATTRIBUTES[..]);
    let text = prop::sample::select(&TEXTS[..]);
    let piece = prop_oneof![
        4 => (tag.clone(), attribute).prop_map(|(tag, attr)| format!("<{tag}{attr}>")),
        3 => tag.prop_map(|tag| format!("</{tag}>")),
        3 => text.prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn cleaned_html_is_harmless_and_stays_as_it_is(html in soup()) {
        for clean in [remote, own] {
            let once = clean(&html);
            prop_assert_eq!(&walk(once.as_str(), Suspect::default()).found, &Vec::<String>::new());
            prop_assert!(!once.as_str().contains("<script"));
            let twice = clean(once.as_str());
            prop_assert_eq!(once.as_str(), twice.as_str());
        }
    }

    #[test]
    fn plain_text_and_names_are_one_line(html in soup(), most in 0usize..20) {
        for text in [plain(&html), name(&html, most)] {
            let tricky = text.contains(['\n', '\t', '\u{202E}']);
            prop_assert!(!tricky);
        }
    }
}
