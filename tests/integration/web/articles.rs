//! What a post's page makes of its text: formulas, notes beside their lines, contents, minutes.

use antiphon::domain::post::NewPost;

use super::world::{create, get};
use crate::support::{TestApp, both_databases};

fn essay(content: String) -> NewPost {
    NewPost {
        title: "Essay".into(),
        content,
        ..NewPost::default()
    }
}

both_databases! {
    async fn a_long_post_has_contents_notes_and_minutes(app: TestApp) {
        let words = "word ".repeat(400);
        let content = format!("First[^1] with $x^2$.\n\n## One\n\n{words}\n\n## Two & a half\n\n{words}\n\n### Three\n\n{words}\n\n[^1]: A *note*.");
        create(&app, essay(content)).await;
        let page = get(&app, "/posts/essay").await.text;
        for part in [
            "6 minutes to read",
            "<li><a href=\"#h-one\" dir=\"auto\">One</a></li>",
            "<li><a href=\"#h-two--a-half\" dir=\"auto\">Two &amp; a half</a></li>",
            "<li class=\"below\"><a href=\"#h-three\" dir=\"auto\">Three</a></li>",
            "<span class=\"sidenote\"><sup>1</sup>A <em>note</em>.</span>",
            "<section class=\"footnotes beside\">",
            "<msup><mi>x</mi><mn>2</mn></msup>",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let feed = get(&app, "/feed.atom").await.text;
        assert!(!feed.contains("sidenote") && !feed.contains("&lt;math"), "{feed}");
    }

    async fn a_short_post_has_no_contents(app: TestApp) {
        create(&app, essay("## A\n\n## B\n\n## C\n\nShort.".into())).await;
        let page = get(&app, "/posts/essay").await.text;
        assert!(page.contains("One minute to read") && !page.contains("class=\"contents\""));
    }
}
