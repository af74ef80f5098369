//! What came back from elsewhere beside comments, from the domain's values to what the pages show: reactions, quotes,
//! links. Nothing is looked up here.

use super::convert::{faces, person};
use super::view::{ReactedView, SpokenView, TalkView, TallyView};
use crate::domain::post::page::{Group, Spoken, Symbol, Tally};

/// Those who reacted with one emoji.
pub(super) fn reacted(group: Group) -> ReactedView {
    ReactedView {
        tally: sign(group.symbol, group.faces.total),
        faces: faces(group.faces),
    }
}

/// How often somebody reacted in one way.
pub(super) fn tally(tally: Tally) -> TallyView {
    sign(tally.symbol, tally.count)
}

fn sign(symbol: Symbol, count: i64) -> TallyView {
    let (phrase, sign) = match symbol.kind.as_str() {
        "like" => ("likes", "♥".to_owned()),
        "announce" => ("boosts", "↻".to_owned()),
        "dislike" => ("dislikes", "−".to_owned()),
        _ => ("", symbol.text()),
    };
    TallyView {
        phrase,
        sign,
        picture: symbol.picture,
        count,
    }
}

/// Posts elsewhere that speak of a post, and how many there are in all.
pub(super) fn talk((items, total): (Vec<Spoken>, i64)) -> TalkView {
    let shown = |spoken: Spoken| SpokenView {
        author: person(spoken.author),
        host: spoken.host,
        url: spoken.url,
        excerpt: spoken.excerpt,
        published: spoken.published_at,
    };
    TalkView {
        total,
        items: items.into_iter().map(shown).collect(),
    }
}
