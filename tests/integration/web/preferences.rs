//! How readers want to read: languages, colours, and the form that remembers both.

use axum::body::Body;
use http::Request;

use crate::support::{Answer, TestApp, TestDb, TestNode, both_databases};

async fn get(node: &TestNode, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    node.ask(request.body(Body::empty()).unwrap()).await
}

async fn choose(node: &TestNode, form: &str) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri("/preferences")
        .header("content-type", "application/x-www-form-urlencoded");
    node.ask(request.body(Body::from(form.to_owned())).unwrap())
        .await
}

both_databases! {
    async fn the_interface_speaks_the_readers_language(node: TestNode) {
        node.publish("Psalm").await;
        for (headers, lang, dir, word) in [
            (&[][..], "en", "ltr", "No thoughts yet on “Psalm”"),
            (&[("accept-language", "tlh, de-AT;q=0.7, fr;q=0.3")][..], "de", "ltr", "Noch keine Gedanken zu „Psalm“"),
            (&[("accept-language", "ar")][..], "ar", "rtl", "لا أفكار بعد حول «Psalm»"),
            (&[("accept-language", "de"), ("cookie", "language=es")][..], "es", "ltr", "«Psalm»"),
            (&[("cookie", "language=xx; theme=neon")][..], "en", "ltr", "No thoughts yet on “Psalm”"),
        ] {
            let page = get(&node, "/posts/psalm", headers).await;
            assert_eq!(page.status, 200);
            assert!(page.text.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{headers:?}");
            assert!(page.text.contains(word), "{headers:?}");
            assert!(page.text.contains("class=\"e-content prose\" lang=\"en\" dir=\"auto\""), "the text keeps its own");
            assert_eq!(page.header("vary"), "Accept, Accept-Language, Cookie");
        }
        assert_eq!(get(&node, "/", &[]).await.header("vary"), "Accept-Language, Cookie");
    }

    async fn an_error_speaks_the_readers_language_too(node: TestNode) {
        let german = [("accept-language", "de"), ("cookie", "theme=dark")];
        for (path, status, word) in [
            ("/nowhere", 404, "Unter dieser Adresse steht nichts"),
            ("/posts/%FF", 404, "Unter dieser Adresse steht nichts"),
            ("/static/x.css", 404, "Unter dieser Adresse steht nichts"),
        ] {
            let page = get(&node, path, &german).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            assert!(page.text.contains("<html lang=\"de\" dir=\"ltr\" data-theme=\"dark\">"), "{path}: {}", page.text);
            assert!(page.text.contains(word), "{path}: {}", page.text);
            assert!(page.header("vary").ends_with("Accept-Language, Cookie"), "{path}");
            let plain = get(&node, path, &[]).await;
            assert!(plain.text.contains("There is nothing at this address"), "{path}");
        }
    }

    async fn the_form_remembers_and_leads_back(node: TestNode) {
        let from = [("referer", "https://blog.example/posts/psalm?before=3")];
        let form = get(&node, "/preferences", &from).await;
        assert_eq!(form.status, 200);
        assert_eq!(form.header("cache-control"), "no-store");
        assert!(form.text.contains("name=\"back\" value=\"/posts/psalm?before=3\""), "{}", form.text);
        let kept = choose(&node, "theme=contrast&language=fr&back=%2Fposts%2Fpsalm%3Fbefore%3D3").await;
        assert_eq!(kept.status, 303);
        assert_eq!(kept.header("location"), "/posts/psalm?before=3");
        let cookies: Vec<_> = kept.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
        assert_eq!(cookies, [
            "theme=contrast; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
            "language=fr; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
        ]);
        let page = get(&node, "/", &[("cookie", "theme=contrast; language=fr")]).await;
        assert!(page.text.contains("<html lang=\"fr\" dir=\"ltr\" data-theme=\"contrast\">"));
        assert!(page.text.contains("href=\"https://blog.example/preferences\""), "a link leads there");
        let form = get(&node, "/preferences", &[("cookie", "theme=contrast; language=fr")]).await;
        assert!(form.text.contains("value=\"contrast\" checked") && form.text.contains("value=\"fr\" checked"));
        let forgotten = choose(&node, "theme=system&language=auto&back=/").await;
        let cookies = forgotten.headers.get_all("set-cookie").iter();
        assert!(cookies.into_iter().all(|one| one.to_str().unwrap().contains("Max-Age=0")));
    }

    async fn the_form_leads_nowhere_else_and_takes_no_other_words(node: TestNode) {
        for back in [
            "https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%5C%5Cevil.example", "%2F%09%2Fevil.example",
            "%2F%2E%2E%2F%2Fevil.example", "javascript%3Aalert(1)", "evil.example", "%2F%0D%0Aset-cookie%3Ax", "", "%FF", "%2Fpreferences",
        ] {
            let answer = choose(&node, &format!("theme=dark&language=auto&back={back}")).await;
            assert_eq!(answer.status, 303, "{back}");
            assert_eq!(answer.header("location"), "/", "{back}");
        }
        for form in ["", "theme=dark", "theme=neon&language=auto", "theme=dark&language=xx", "theme=dark%0D%0Ax&language=en", "%FF=&&=="] {
            let answer = choose(&node, form).await;
            assert_eq!(answer.status, 400, "{form}");
            assert!(answer.headers.get("set-cookie").is_none(), "{form}");
        }
        for referer in ["https://evil.example/x", "https://blog.example.evil.example/", "nonsense", ""] {
            let form = get(&node, "/preferences", &[("referer", referer)]).await;
            assert!(form.text.contains("name=\"back\" value=\"/\""), "{referer}");
        }
    }

    async fn a_site_may_keep_to_its_own_language(db: TestDb) {
        let own = |config: &mut antiphon::config::Config| config.site.follow_reader_language = false;
        let node = TestNode::quiet(TestApp::builder().language("fr").configure(own), db).await;
        let page = get(&node, "/", &[("accept-language", "de")]).await;
        assert!(page.text.contains("<html lang=\"fr\""));
    }

    async fn a_form_of_another_site_changes_nothing(node: TestNode) {
        let post = node.publish("Psalm").await;
        let look = format!("/posts/{}/look", post.slug);
        for (path, form) in [("/preferences", "theme=dark&language=de&back=%2F"), (look.as_str(), "")] {
            for (name, value, status) in [
                ("sec-fetch-site", "cross-site", 403),
                ("origin", "https://evil.example", 403),
                ("origin", "null", 403),
                ("sec-fetch-site", "same-origin", 303),
                ("origin", "https://blog.example", 303),
            ] {
                let request = Request::builder()
                    .method("POST")
                    .uri(path)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header(name, value);
                let answer = node.ask(request.body(Body::from(form)).unwrap()).await;
                assert_eq!(answer.status.as_u16(), status, "{path} {name}: {value}");
                assert_eq!(answer.headers.contains_key("set-cookie"), status == 303 && path == "/preferences");
            }
        }
    }
}
