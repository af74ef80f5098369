//! The tables of pictures: those in posts and comments, emoji, previews, and the files of our cache.

#![expect(missing_docs, reason = "the columns are documented in the migrations")]

diesel::table! {
    pictures (id) {
        id -> BigInt,
        comment_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        page_id -> Nullable<BigInt>,
        source -> Text,
        alt -> Text,
        sensitive -> Bool,
        file -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        failed -> Bool,
    }
}

diesel::table! {
    emojis (host, name) {
        host -> Text,
        name -> Text,
        source -> Text,
        file -> Nullable<Text>,
        failed -> Bool,
        added_at -> BigInt,
    }
}

diesel::table! {
    media_files (file) {
        file -> Text,
        bytes -> BigInt,
        host -> Text,
        added_at -> BigInt,
    }
}

diesel::table! {
    picture_sizes (of_file, file) {
        of_file -> Text,
        file -> Text,
        width -> Integer,
    }
}

diesel::table! {
    previews (post_id) {
        post_id -> BigInt,
        file -> Text,
        site -> Text,
        titled -> Bool,
    }
}
