//! Likes and boosts: counted once, taken back.

use serde_json::json;

use crate::support::{TestNode, both_databases};

async fn counts(node: &TestNode, thing: &str) -> (i64, i64) {
    let count = async |name: &str| {
        let collection = node.get(&format!("{thing}/{name}")).await.json();
        collection["totalItems"].as_i64().unwrap()
    };
    (count("likes").await, count("shares").await)
}

both_databases! {
    async fn likes_and_boosts_count_once_a_person(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Liked").await;
        for person in [&bob, &carol] {
            for kind in ["Like", "Announce"] {
                node.accept(&person.tell(kind, post.ap_id.as_str())).await;
                let mut again = person.activity(kind, json!(post.ap_id));
                again["id"] = json!(person.at(&format!("#{kind}/again")));
                node.accept(&person.letter(again)).await;
            }
        }
        assert_eq!(counts(&node, post.ap_id.as_str()).await, (2, 2));
        let article = node.get(post.ap_id.as_str()).await.json();
        assert_eq!((&article["likes"]["totalItems"], &article["shares"]["totalItems"]), (&json!(2), &json!(2)));
    }

    async fn an_undone_reaction_is_not_counted_whole_or_by_id(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, carol) = (there.person("bob"), there.person("carol"));
        let post = node.publish("Undone").await;
        let like = bob.activity("Like", json!(post.ap_id));
        let boost = carol.activity("Announce", json!(post.ap_id));
        node.accept(&bob.letter(like.clone())).await;
        node.accept(&carol.letter(boost.clone())).await;
        node.accept(&bob.undo(&like)).await;
        node.accept(&carol.tell("Undo", boost["id"].as_str().unwrap())).await;
        assert_eq!(counts(&node, post.ap_id.as_str()).await, (0, 0));
    }

    async fn nobody_undoes_another_ones_reaction(node: TestNode) {
        let there = node.neighbour().await;
        let (bob, eve) = (there.person("bob"), there.person("eve"));
        let post = node.publish("Kept").await;
        let like = bob.activity("Like", json!(post.ap_id));
        node.accept(&bob.letter(like.clone())).await;
        node.accept(&eve.tell("Undo", like["id"].as_str().unwrap())).await;
        let mut forged = like.clone();
        forged["actor"] = json!(eve.id);
        node.accept(&eve.undo(&forged)).await;
        assert_eq!(counts(&node, post.ap_id.as_str()).await, (1, 0));
    }

    async fn somebody_who_likes_again_after_an_undo_is_counted(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Again").await;
        let like = bob.activity("Like", json!(post.ap_id));
        node.accept(&bob.letter(like.clone())).await;
        node.accept(&bob.undo(&like)).await;
        let mut again = like;
        again["id"] = json!(bob.at("#likes/2"));
        node.accept(&bob.letter(again)).await;
        assert_eq!(counts(&node, post.ap_id.as_str()).await, (1, 0));
    }

    async fn a_captured_like_played_back_after_its_undo_counts_nothing(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        let post = node.publish("Replay").await;
        let like = bob.activity("Like", json!(post.ap_id));
        node.accept(&bob.letter(like.clone())).await;
        node.accept(&bob.undo(&like)).await;
        node.accept(&bob.letter(like)).await;
        assert_eq!(counts(&node, post.ap_id.as_str()).await, (0, 0));
    }

    async fn reactions_to_things_elsewhere_are_none_of_ours(node: TestNode) {
        let there = node.neighbour().await;
        let bob = there.person("bob");
        node.accept(&bob.tell("Like", "https://other.example/1")).await;
        node.accept(&bob.tell("Announce", "https://blog.example/ap/posts/1")).await;
        assert_eq!(node.jobs().await, 0);
    }
}
