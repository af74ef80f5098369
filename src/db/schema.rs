//! The tables as diesel sees them; one file for both databases. A test holds it to the migrations of each.

#![expect(missing_docs, reason = "the columns are documented in the migrations")]

mod filing;
mod media;

pub use filing::{
    addresses, categories, followed, pages, post_categories, post_months, post_series, post_terms,
    related, series,
};
pub use media::{emojis, media_files, picture_sizes, pictures, previews};

diesel::table! {
    actors (id) {
        id -> BigInt,
        ap_id -> Text,
        local -> Bool,
        kind -> Text,
        username -> Text,
        host -> Text,
        name -> Text,
        summary -> Text,
        url -> Text,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        followers -> Nullable<Text>,
        avatar_source -> Nullable<Text>,
        avatar -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        fetched_at -> BigInt,
        gone_at -> Nullable<BigInt>,
        blocked -> Bool,
        indexable -> Bool,
    }
}

diesel::table! {
    actor_keys (key_id) {
        key_id -> Text,
        actor_id -> BigInt,
        public -> Text,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    local_keys (actor_id) {
        actor_id -> BigInt,
        rsa_pem -> Text,
        ed25519_pem -> Text,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        name -> Text,
        actor_id -> BigInt,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        account_id -> BigInt,
        name -> Text,
        hash -> Text,
        scopes -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        ap_id -> Text,
        actor_id -> BigInt,
        status -> Text,
        slug -> Text,
        url -> Text,
        title -> Text,
        summary -> Nullable<Text>,
        excerpt -> Text,
        source -> Text,
        html -> Text,
        language -> Text,
        images -> Text,
        mentions -> Text,
        created_at -> BigInt,
        published_at -> Nullable<BigInt>,
        publish_at -> Nullable<BigInt>,
        edited_at -> Nullable<BigInt>,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        comments -> Text,
        canonical -> Nullable<Text>,
    }
}

diesel::table! {
    post_tags (post_id, position) {
        post_id -> BigInt,
        position -> Integer,
        name -> Text,
        key -> Text,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        ap_id -> Text,
        post_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        actor_id -> BigInt,
        local -> Bool,
        status -> Text,
        visibility -> Text,
        position -> Nullable<Integer>,
        url -> Text,
        html -> Text,
        source -> Nullable<Text>,
        language -> Nullable<Text>,
        mentions -> Text,
        published_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        received_at -> BigInt,
        updated_at -> BigInt,
        hidden -> Bool,
        status_before -> Nullable<Text>,
        rule -> Nullable<Text>,
        root_id -> BigInt,
    }
}

diesel::table! {
    parked (ap_id) {
        ap_id -> Text,
        parent_ap_id -> Text,
        actor_ap_id -> Text,
        document -> Text,
        received_at -> BigInt,
        host -> Text,
    }
}

diesel::table! {
    verdicts (object) {
        object -> Text,
        page -> Nullable<Text>,
        host -> Text,
        verdict -> Text,
        reason -> Text,
        proven -> Bool,
        seen_at -> BigInt,
    }
}

diesel::table! {
    wanted (ap_id) {
        ap_id -> Text,
        host -> Text,
        post_id -> Nullable<BigInt>,
        source -> Nullable<Text>,
        depth -> Integer,
        state -> Text,
        attempts -> Integer,
        due_at -> Nullable<BigInt>,
        added_at -> BigInt,
    }
}

diesel::table! {
    sources (post_id, url) {
        post_id -> BigInt,
        url -> Text,
        host -> Text,
        kind -> Text,
        behind -> Nullable<Text>,
        due_at -> Nullable<BigInt>,
        read_at -> Nullable<BigInt>,
        etag -> Nullable<Text>,
        modified -> Nullable<Text>,
        resume -> Nullable<Text>,
        idle -> Integer,
        failures -> Integer,
        items -> Integer,
        strays -> Integer,
    }
}

diesel::table! {
    threads (post_id) {
        post_id -> BigInt,
        due_at -> Nullable<BigInt>,
        read_at -> Nullable<BigInt>,
        hour_at -> BigInt,
        spent -> Integer,
    }
}

diesel::table! {
    reactions (id) {
        id -> BigInt,
        ap_id -> Text,
        kind -> Text,
        emoji -> Text,
        actor_id -> BigInt,
        target_ap_id -> Text,
        post_id -> BigInt,
        comment_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    talk (id) {
        id -> BigInt,
        ap_id -> Text,
        post_id -> BigInt,
        comment_id -> Nullable<BigInt>,
        kind -> Text,
        actor_id -> BigInt,
        standing -> Text,
        target_ap_id -> Text,
        url -> Text,
        excerpt -> Text,
        request -> Nullable<Text>,
        published_at -> BigInt,
        received_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        actor_id -> BigInt,
        kind -> Text,
        from_id -> BigInt,
        object -> Text,
        url -> Text,
        excerpt -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    followers (id) {
        id -> BigInt,
        actor_id -> BigInt,
        follower_id -> BigInt,
        follow_ap_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    following (id) {
        id -> BigInt,
        actor_id -> BigInt,
        target_id -> BigInt,
        follow_ap_id -> Text,
        accepted_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    notes (id) {
        id -> BigInt,
        ap_id -> Text,
        actor_id -> BigInt,
        parent_ap_id -> Text,
        source -> Text,
        html -> Text,
        language -> Nullable<Text>,
        mentions -> Text,
        published_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        ap_id -> Text,
        actor_id -> BigInt,
        post_id -> Nullable<BigInt>,
        document -> Text,
        created_at -> BigInt,
        comment_id -> Nullable<BigInt>,
        brought_by -> Nullable<Text>,
        parked_reply -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        activity_id -> BigInt,
        actor_id -> BigInt,
        post_id -> Nullable<BigInt>,
        inbox -> Text,
        host -> Text,
        state -> Integer,
        attempts -> Integer,
        next_attempt_at -> BigInt,
        lease_until -> BigInt,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        done_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        payload -> Text,
        run_at -> BigInt,
        lease_until -> BigInt,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        host -> Nullable<Text>,
    }
}

diesel::table! {
    hosts (host) {
        host -> Text,
        signature_form -> Nullable<Text>,
        failures -> Integer,
        blocked -> Bool,
        updated_at -> BigInt,
        reason -> Nullable<Text>,
        blocked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    received (ap_id) {
        ap_id -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    tombstones (ap_id) {
        ap_id -> Text,
        former_type -> Text,
        actor_ap_id -> Text,
        deleted_at -> BigInt,
    }
}

diesel::table! {
    comment_versions (id) {
        id -> BigInt,
        comment_id -> BigInt,
        html -> Text,
        language -> Nullable<Text>,
        written_at -> BigInt,
        replaced_at -> BigInt,
    }
}

diesel::table! {
    reply_requests (reply) {
        reply -> Text,
        actor_id -> BigInt,
        request -> Text,
        bare -> Bool,
        target -> Text,
        answer -> Text,
        number -> BigInt,
        asked_at -> BigInt,
    }
}

diesel::table! {
    search_texts (id) {
        id -> BigInt,
        target_id -> BigInt,
        post_id -> BigInt,
        is_post -> Bool,
        published_at -> BigInt,
    }
}

diesel::table! {
    search_due (target_id) {
        target_id -> BigInt,
        is_post -> Bool,
        changes -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    activities,
    actor_keys,
    actors,
    addresses,
    categories,
    comment_versions,
    comments,
    deliveries,
    emojis,
    followed,
    followers,
    following,
    hosts,
    jobs,
    local_keys,
    media_files,
    notes,
    notifications,
    pages,
    parked,
    picture_sizes,
    pictures,
    post_categories,
    post_months,
    post_series,
    post_tags,
    post_terms,
    posts,
    previews,
    reactions,
    received,
    related,
    reply_requests,
    search_due,
    search_texts,
    series,
    sources,
    talk,
    threads,
    tokens,
    tombstones,
    verdicts,
    wanted,
);

diesel::joinable!(accounts -> actors (actor_id));
diesel::joinable!(actor_keys -> actors (actor_id));
diesel::joinable!(tokens -> accounts (account_id));
diesel::joinable!(posts -> actors (actor_id));
diesel::joinable!(post_tags -> posts (post_id));
diesel::joinable!(post_categories -> posts (post_id));
diesel::joinable!(post_categories -> categories (category_id));
diesel::joinable!(post_series -> posts (post_id));
diesel::joinable!(post_series -> series (series_id));
diesel::joinable!(comments -> actors (actor_id));
diesel::joinable!(reactions -> actors (actor_id));
diesel::joinable!(talk -> actors (actor_id));
diesel::joinable!(notifications -> actors (from_id));
diesel::joinable!(deliveries -> activities (activity_id));
diesel::joinable!(comment_versions -> comments (comment_id));
diesel::joinable!(reply_requests -> actors (actor_id));

diesel::allow_columns_to_appear_in_same_group_by_clause!(wanted::state, wanted::attempts);
