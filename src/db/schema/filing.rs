//! The tables of pages and of how posts are filed: addresses, categories, series, archives, what is alike.

#![expect(missing_docs, reason = "the columns are documented in the migrations")]

diesel::table! {
    pages (id) {
        id -> BigInt,
        slug -> Text,
        title -> Text,
        source -> Text,
        html -> Text,
        language -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    addresses (address) {
        address -> Text,
        post_id -> Nullable<BigInt>,
        page_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    followed (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    categories (id) {
        id -> BigInt,
        key -> Text,
        slug -> Text,
        name -> Text,
        path -> Text,
        parent_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    post_categories (post_id, category_id) {
        post_id -> BigInt,
        category_id -> BigInt,
        position -> Nullable<Integer>,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    series (id) {
        id -> BigInt,
        key -> Text,
        slug -> Text,
        name -> Text,
    }
}

diesel::table! {
    post_series (post_id) {
        post_id -> BigInt,
        series_id -> BigInt,
        part -> Integer,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    related (post_id, position) {
        post_id -> BigInt,
        position -> Integer,
        related_id -> BigInt,
    }
}

diesel::table! {
    post_terms (term, post_id) {
        term -> Text,
        post_id -> BigInt,
    }
}

diesel::table! {
    post_months (month) {
        month -> Integer,
        total -> BigInt,
    }
}
