//! How the databases read lists: from an index, in its order, however many rows there are. Every statement of a list is taken
//! down while it runs and explained afterwards.

use std::sync::{Arc, Mutex};

use antiphon::db::Conn;
use antiphon::domain::post::page::{self, Selection, Span};
use antiphon::domain::post::{self, NewPost};
use antiphon::error::Result;
use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::world::{Reply, create, person};
use crate::support::{TestApp, both_databases};

/// Tables that may hold millions of rows.
const BIG: &[&str] = &[
    "posts",
    "post_tags",
    "post_categories",
    "post_series",
    "comments",
    "related",
    "addresses",
    "followers",
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    detail: String,
}

/// Runs something and gives the statements that it sent.
fn statements(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<()>) -> Vec<String> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&sent);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            noted.lock().unwrap().push(query.to_string());
        }
    });
    work(conn).unwrap();
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let all = sent.lock().unwrap();
    all.iter()
        .map(|text| text.split(" -- binds").next().unwrap().to_owned())
        .collect()
}

/// How a statement is carried out, line by line.
fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    match conn {
        Conn::Sqlite(c) => {
            let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load(c)
                .unwrap();
            lines.into_iter().map(|line| line.detail).collect()
        }
        Conn::Pg(c) => {
            let values = (1..100)
                .take_while(|number| statement.contains(&format!("${number}")))
                .count();
            let nulls = vec!["NULL"; values].join(", ");
            let call = if values == 0 {
                "explained".to_owned()
            } else {
                format!("explained({nulls})")
            };
            // On few rows PostgreSQL reads tables from end to end whatever indexes there are: it must say what else it could do.
            for setting in [
                "enable_seqscan = off",
                "enable_bitmapscan = off",
                "enable_sort = off",
                "plan_cache_mode = force_generic_plan",
            ] {
                diesel::sql_query(format!("SET {setting}"))
                    .execute(c)
                    .unwrap();
            }
            diesel::sql_query(format!("PREPARE explained AS {statement}"))
                .execute(c)
                .unwrap();
            let lines: Vec<PlanLine> = diesel::sql_query(format!("EXPLAIN EXECUTE {call}"))
                .load(c)
                .unwrap();
            diesel::sql_query("DEALLOCATE explained")
                .execute(c)
                .unwrap();
            lines.into_iter().map(|line| line.detail).collect()
        }
    }
}

/// True when a line of a plan reads a big table from end to end.
fn reads_all(line: &str) -> bool {
    let sqlite = |table: &&&str| line.trim() == format!("SCAN {table}");
    let postgres =
        |table: &&&str| line.contains("Seq Scan") && line.split(' ').any(|word| word == **table);
    BIG.iter().find(sqlite).is_some() || BIG.iter().find(postgres).is_some()
}

/// True when a line of a plan sorts.
fn sorts(line: &str) -> bool {
    line.contains("TEMP B-TREE FOR ORDER BY")
        || line.contains("TEMP B-TREE FOR LAST")
        || line
            .trim_start()
            .trim_start_matches("->")
            .trim_start()
            .starts_with("Sort")
}

/// Every list, from its first page and from a later one.
fn read_lists(
    conn: &mut Conn,
    author: antiphon::types::Id<antiphon::domain::actor::Actor>,
) -> Result<()> {
    let all = Selection::default();
    let newest = page::load_list(conn, &all, None, 3)?.posts;
    let before = Some(newest[1].post.id);
    let category = page::load_category(conn, "music")?.unwrap().id;
    for selection in [
        all,
        Selection {
            author: Some(author),
            ..Selection::default()
        },
        Selection {
            tag: Some("choir".into()),
            ..Selection::default()
        },
        Selection {
            category: Some(category),
            ..Selection::default()
        },
    ] {
        for start in [None, before] {
            assert!(
                !page::load_list(conn, &selection, start, 3)?
                    .posts
                    .is_empty()
            );
        }
    }
    page::load_tag_name(conn, "choir")?;
    page::list_months(conn, None)?;
    for month in [None, Some(11)] {
        let span = Span { year: 2026, month };
        for start in [None, before] {
            assert!(!page::load_titles(conn, span, start, 3)?.titles.is_empty());
        }
    }
    for after in [None, Some(newest[2].post.id)] {
        page::load_parts(conn, "psalms", after, 3)?.unwrap();
    }
    post::find_moved(conn, "https://blog.example", "/posts/nothing")?;
    post::find_moved(conn, "https://blog.example", "/nothing")?;
    antiphon::domain::pages::load_by_slug(conn, "nothing")?;
    antiphon::domain::media::list_of_page(conn, 1)?;
    antiphon::domain::follower::list_people(conn, author, None, 3)?;
    let one = post::get(conn, newest[1].post.id)?;
    page::load_neighbours(conn, &one)?;
    page::load_around(conn, &one)?;
    Ok(())
}

both_databases! {
    async fn lists_are_read_in_the_order_of_an_index(app: TestApp) {
        let ann = person(&app, "ann").await;
        for number in 1..=9 {
            let new = NewPost {
                title: format!("Psalm {number}"),
                content: "Text".into(),
                tags: vec!["choir".into()],
                categories: vec!["Music".into()],
                series: Some("Psalms".into()),
                ..NewPost::default()
            };
            let made = create(&app, new).await;
            Reply::new(&ann, &made, "<p>x</p>").arrive(&app).await;
        }
        let alice = app.alice.id;
        let plans = app.app.db.read(move |conn| {
            let sent = statements(conn, |conn| read_lists(conn, alice));
            Ok(sent.into_iter().map(|text| { let plan = plan(conn, &text); (text, plan) }).collect::<Vec<_>>())
        });
        let plans = plans.await.unwrap();
        assert!(plans.len() > 40, "{}", plans.len());
        for (text, plan) in plans {
            assert!(!plan.iter().any(|line| reads_all(line)), "{text}\n{}", plan.join("\n"));
            let bounded = text.contains("LIMIT");
            assert!(!bounded || !plan.iter().any(|line| sorts(line)), "{text}\n{}", plan.join("\n"));
        }
    }

    async fn comments_are_counted_without_their_rows(app: TestApp) {
        let made = create(&app, NewPost { title: "Psalm".into(), content: "x".into(), ..NewPost::default() }).await;
        let plans = app.app.db.read(move |conn| {
            let sent = statements(conn, |conn| post::count_comments(conn, &[made.id]).map(|_| ()));
            Ok(sent.into_iter().flat_map(|text| plan(conn, &text)).collect::<Vec<_>>())
        });
        let plan = plans.await.unwrap().join("\n");
        // PostgreSQL chooses among indexes by what the table holds, and this one holds nothing.
        assert!(plan.contains("COVERING INDEX comments_shown") || plan.contains("Index"), "{plan}");
    }
}
