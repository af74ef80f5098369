//! The renderer: what authors rely on, and what they must not be able to do.

use super::*;

fn post(source: &str) -> String {
    render_post(source, &Mentions::new()).html.into_string()
}

fn comment(source: &str) -> String {
    render_comment(source, &Mentions::new()).html.into_string()
}

#[test]
fn gfm_is_rendered() {
    assert_eq!(
        post("~~a~~ **b**"),
        "<p><del>a</del> <strong>b</strong></p>\n"
    );
    assert!(post("| a |\n|:-:|\n| b |").contains("<td align=\"center\">b</td>"));
    assert!(post("- [x] done").contains("<input type=\"checkbox\" disabled=\"\" checked=\"\""));
    assert!(
        post("see https://a.example/b")
            .contains("<a href=\"https://a.example/b\" rel=\"noopener\">")
    );
    assert!(post("**\"강조\"**는").contains("<strong>"));
}

#[test]
fn headings_have_anchors_in_posts_only() {
    let html = post("## Über uns\n\n## Über uns\n\n[up](#über-uns)");
    assert!(html.starts_with("<h2 id=\"h-über-uns\">Über uns<a href=\"#h-über-uns\" aria-label=\"Über uns\" class=\"anchor\" rel=\"noopener\"></a></h2>"), "{html}");
    assert!(html.contains("id=\"h-über-uns-1\""));
    assert_eq!(comment("## A"), "<h2>A</h2>\n");
}

#[test]
fn footnotes_point_to_and_fro() {
    let html = post("a[^1]\n\n[^1]: note");
    for part in [
        "<a href=\"#fn-1\" id=\"fnref-1\"",
        "<section class=\"footnotes\">",
        "<li id=\"fn-1\">",
        "href=\"#fnref-1\"",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!comment("a[^1]\n\n[^1]: note").contains("fn-1"));
}

#[test]
fn code_is_highlighted_by_classes() {
    let html = post("```rust\nfn main() { \"<b>\" }\n```");
    assert!(
        html.starts_with(
            "<pre tabindex=\"0\"><code class=\"language-rust\"><span class=\"hl-source hl-rust\">"
        ),
        "{html}"
    );
    assert!(!html.contains("style"));
    assert_eq!(
        post("```\n<b>\n```"),
        "<pre tabindex=\"0\"><code>&lt;b&gt;\n</code></pre>\n"
    );
}

#[test]
fn lonely_picture_becomes_a_figure() {
    let rendered = render_post(
        "![A *cat*](/media/c.png \"My \\\"cat\\\"\")\n\ntext ![b](https://x.example/b.png)",
        &Mentions::new(),
    );
    let html = rendered.html.as_str();
    assert!(html.starts_with("<figure><img src=\"/media/c.png\" alt=\"A cat\" loading=\"lazy\"><figcaption>My \"cat\"</figcaption></figure>\n<p>text <img"), "{html}");
    let image = |url: &str, alt: &str| Image {
        url: url.into(),
        alt: alt.into(),
    };
    assert_eq!(
        rendered.images,
        [
            image("/media/c.png", "A cat"),
            image("https://x.example/b.png", "b")
        ]
    );
    assert!(!post("![a](/c.png)").contains("figcaption"));
}

#[test]
fn comments_show_pictures_as_links_and_html_as_text() {
    assert_eq!(
        comment("![a *cat*](https://x.example/c.png)"),
        "<p><a href=\"https://x.example/c.png\" rel=\"noopener\">a cat</a></p>\n"
    );
    assert_eq!(
        comment("[![a](/c.png)](https://x.example)"),
        "<p><a href=\"https://x.example\" rel=\"noopener\">a</a></p>\n"
    );
    assert_eq!(comment("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
    assert!(comment("<script>x</script>").contains("&lt;script&gt;"));
}

#[test]
fn mentions_become_links() {
    let known = Mentions::from([(
        "bob@m.example".to_owned(),
        "https://m.example/users/bob?a&b".to_owned(),
    )]);
    let rendered = render_comment(
        "Hi @Bob@m.example, and @eve@localhost:8081! @bob@M.example @x@y.example:99",
        &known,
    );
    let html = rendered.html.as_str();
    let bob = "<a href=\"https://m.example/users/bob?a&amp;b\" class=\"u-url mention\" rel=\"noopener\">@<span>Bob</span></a>";
    assert!(
        html.starts_with(&format!(
            "<p>Hi {bob}, and <a href=\"https://localhost:8081/@eve\""
        )),
        "{html}"
    );
    let names: Vec<_> = rendered.mentions.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        ["@Bob@m.example", "@eve@localhost:8081", "@x@y.example:99"]
    );
}

#[test]
fn neighbouring_mentions_are_all_links() {
    let rendered = render_post(
        "@a@m.example @b@m.example @c@m.example\n**@d@m.example**님, mail e@m.example",
        &Mentions::new(),
    );
    assert_eq!(rendered.mentions.len(), 4);
    assert!(rendered.html.as_str().contains("mailto:e@m.example"));
}

#[test]
fn code_and_links_hold_no_mentions_and_no_hashtags() {
    let rendered = render_post(
        "`@a@m.example #no` [@b@m.example #no](https://x.example/#no)\n\n```\n@c@m.example #no\n```\n\n#Yes *#또* #yes",
        &Mentions::new(),
    );
    assert!(rendered.mentions.is_empty(), "{:?}", rendered.mentions);
    assert_eq!(rendered.hashtags, ["Yes", "또"]);
}

#[test]
fn raw_html_of_posts_goes_through_the_sanitiser() {
    assert_eq!(
        post("<details><summary>a</summary>\n\n*b* <script>x</script></details>"),
        "<details><summary>a</summary>\n<p><em>b</em> </p></details>\n"
    );
    assert!(
        !post("<p onclick=x style=y>\n\n[a](javascript:x) ![b](javascript:y)")
            .contains("javascript")
    );
}

#[test]
fn hostile_markdown_neither_crashes_nor_hangs() {
    for source in [
        ">".repeat(20_000),
        "[".repeat(20_000),
        "*a **b ".repeat(5_000),
        "- ".repeat(10_000),
        "![".repeat(10_000),
        "@a@m.example ".repeat(5_000),
        "`".repeat(20_000),
        "#a ".repeat(10_000),
        "|a".repeat(10_000),
        format!("```rust\n{}\n```", "\"(".repeat(30_000)),
        "<div>\n\n".repeat(5_000),
    ] {
        assert!(render_post(&source, &Mentions::new()).mentions.len() <= 50);
        assert!(render_comment(&source, &Mentions::new()).hashtags.len() <= 50);
    }
}
