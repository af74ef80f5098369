//! What the words of `federation::reason` mean, in a sentence for whoever asks after a message. A test of the suite holds
//! this list to that one.

/// The sentence for a reason's word; for a word of another version, one that says so.
pub fn sentence(reason: &str) -> &'static str {
    let (_, text) = SENTENCES
        .iter()
        .find(|(word, _)| *word == reason)
        .unwrap_or(&UNKNOWN);
    text
}

const UNKNOWN: (&str, &str) = ("", "for a reason that this version does not know");

const SENTENCES: &[(&str, &str)] = &[
    ("not_shown", "its server does not show it to us"),
    (
        "chain_too_long",
        "more replies stand between it and a post here than are looked for",
    ),
    (
        "chain_in_circle",
        "what it answers is, further up, an answer to itself",
    ),
    ("too_large", "the message was larger than a message may be"),
    ("body_incomplete", "the message broke off on its way"),
    ("media_type", "the message was not sent as ActivityStreams"),
    (
        "busy",
        "too much came at once; it is taken when it comes again",
    ),
    (
        "rate_limited",
        "its server sent too much at once; it is taken when it comes again",
    ),
    ("signature_missing", "the message was not signed"),
    (
        "signature_malformed",
        "the message's signature cannot be read",
    ),
    (
        "signature_digest",
        "the message's signature is not for this text",
    ),
    (
        "signature_window",
        "the message's signature was too old, or from the future",
    ),
    (
        "signature_coverage",
        "the message's signature leaves something out that it must cover",
    ),
    (
        "signature_host",
        "the message was signed for another server",
    ),
    (
        "signature_algorithm",
        "the message's signature is of a kind that is not known here",
    ),
    (
        "signature_key",
        "the key of the message's signature cannot be used",
    ),
    ("signature_mismatch", "the message's signature is wrong"),
    (
        "key_address",
        "the message's signature names a key that has no address",
    ),
    (
        "key_unreachable",
        "its server could not be asked for its key; it is taken when it comes again",
    ),
    (
        "key_unreadable",
        "what its server shows as its key is no key",
    ),
    ("key_gone", "whoever signed the message is gone"),
    (
        "key_not_listed",
        "whoever signed the message does not show that key",
    ),
    ("blocked_host", "its server is blocked here"),
    (
        "own_host",
        "the message says that it comes from this very server",
    ),
    ("unreadable_json", "the message cannot be read"),
    ("too_deep", "the message is nested too deep"),
    ("no_actor", "the message does not say who sent it"),
    ("no_object", "the message does not say what it is about"),
    (
        "foreign_id",
        "the message does not live on its sender's server",
    ),
    ("foreign_object", "it does not live on its sender's server"),
    ("not_author", "it is by somebody else than its sender"),
    ("not_owner", "only whoever made it may change it"),
    (
        "not_forwardable",
        "somebody else passed the message on, and without its sender's signature it means nothing",
    ),
    ("no_such_account", "it is for an account that is not here"),
    ("unusable", "something in the message cannot be used"),
    (
        "internal",
        "something broke here; it is taken when it comes again",
    ),
    ("unknown_type", "messages of this kind have no meaning here"),
    ("nothing_of_ours", "it answers nothing of this blog"),
    ("not_public", "it is not public"),
    ("no_comment", "it is nothing that can stand as a comment"),
    (
        "too_large_to_wait",
        "it is too large to be kept while what it answers is looked for",
    ),
    ("deleted", "it was deleted before it came"),
    ("unchanged", "there was nothing to change"),
    (
        "stranger",
        "it is the farewell of somebody who was never known here",
    ),
    (
        "unreachable",
        "its server could not be reached, or did not answer well",
    ),
    (
        "not_found",
        "its server does not show it: it is gone, or not public",
    ),
    (
        "no_document",
        "what stands at this address is no post of the social web",
    ),
];
