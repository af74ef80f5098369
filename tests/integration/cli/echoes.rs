//! `quote` and `notification`.

use serde_json::json;

use super::Node;
use crate::support::{TestDb, both_databases};

both_databases! {
    async fn quotes_and_notifications_are_listed_from_the_shell(db: TestDb) {
        let node = Node::made(db);
        assert_eq!(node.json("quote list"), json!([]));
        assert_eq!(node.json("notification list --unread"), json!([]));
        assert_eq!(node.json("notification read"), json!({"read": 0}));
        assert_eq!(node.say("notification read 1 2").ok(), "0 marked as read");
        let said = node.say("quote list");
        assert!(said.err.contains("Nobody quotes or links to this."), "{}", said.err);
        for verb in ["revoke", "approve"] {
            let refused = node.say(&format!("quote {verb} 77")).refused(1);
            assert!(refused.contains("there is no quote 77"), "{refused}");
        }
        assert_eq!(node.say("quote revoke x").status, 2);
        node.say("quote list --post none").refused(1);
        node.say("notification list --account eve").refused(1);
    }
}
