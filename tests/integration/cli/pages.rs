//! `page`, and where `post` files a post.

use serde_json::json;

use super::Node;
use crate::support::{TestDb, both_databases};

both_databases! {
    async fn pages_are_kept_from_the_shell(db: TestDb) {
        let node = Node::made(db);
        let file = node.data.join("imprint.md");
        std::fs::write(&file, "# Imprint\n\nAlice.\n").unwrap();
        let file = file.display().to_string();
        let made = node.json(&format!("page create {file}"));
        assert_eq!((made["slug"].as_str(), made["url"].as_str()), (Some("imprint"), Some("https://blog.example/imprint")));
        let changed = node.json("page edit imprint --slug impressum");
        assert_eq!(changed["slug"], "impressum");
        assert!(node.say("page list").ok().contains("/impressum"));
        node.say("page edit impressum").refused(2);
        node.say("page edit nothing --title x").refused(1);
        assert!(node.say(&format!("page create {file} --slug about")).refused(1).contains("program"));
        assert_eq!(node.json("page delete impressum --yes")["status"], "deleted");
        assert_eq!(node.json("page list"), json!([]));
    }

    async fn front_matter_says_where_a_post_is_filed(db: TestDb) {
        let node = Node::made(db);
        let file = node.data.join("post.md");
        std::fs::write(&file, "---\ntitle: Psalm\ncategories: [Music/Choir, Travel]\nseries: Psalms\nseries_part: 3\n---\nText\n").unwrap();
        let file = file.display().to_string();
        let made = node.json(&format!("post create {file}"));
        assert_eq!(made["categories"], json!(["Music/Choir", "Travel"]));
        assert_eq!((made["series"].as_str(), made["series_part"].as_i64()), (Some("Psalms"), Some(3)));
        let changed = node.json("post edit psalm --category Bread --slug hymn");
        assert_eq!((&changed["categories"], changed["url"].as_str()), (&json!(["Bread"]), Some("https://blog.example/posts/hymn")));
    }

    async fn a_pattern_that_cannot_work_is_refused_at_once(db: TestDb) {
        let node = Node::made(db);
        let env = [("ANTIPHON_SITE__PERMALINKS", "/%year%/%monthnum%/")];
        let refused = node.run_with(&["post", "list"], &env, "").refused(1);
        assert!(refused.contains("site.permalinks") && refused.contains("%postname%"), "{refused}");
    }
}
