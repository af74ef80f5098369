//! The parameters that pages know. Whatever else stands in a query is nobody's business: it changes no page, and no
//! answer is kept twice because of it.

use http::Uri;

/// What a value must look like to count.
#[derive(Clone, Copy)]
enum Kind {
    /// A row's id in decimal.
    Id,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Every parameter that changes an answer that is kept, in the order in which it is kept.
const KNOWN: &[(&str, Kind)] = &[
    ("before", Kind::Id),
    ("after", Kind::Id),
    ("order", Kind::Word(&["newest", "discussed"])),
];

/// The value of a known parameter: the first of that name, if it makes sense.
pub(super) fn value(uri: &Uri, name: &str) -> Option<String> {
    let (_, kind) = KNOWN.iter().find(|(known, _)| *known == name)?;
    read(uri.query()?, name, *kind)
}

fn read(query: &str, name: &str, kind: Kind) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| kind.read(&value))
}

/// The id that a known parameter names.
pub(super) fn id<T>(uri: &Uri, name: &str) -> Option<crate::types::Id<T>> {
    value(uri, name)?.parse().ok()
}

/// The part of a query that counts, in one spelling: `before=12&order=newest`. Empty when nothing does.
pub fn canonical(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let pair = |(name, kind): &(&str, Kind)| Some(format!("{name}={}", read(query, name, *kind)?));
    let pairs: Vec<String> = KNOWN.iter().filter_map(pair).collect();
    pairs.join("&")
}

impl Kind {
    fn read(self, value: &str) -> Option<String> {
        match self {
            Self::Id => value
                .parse::<i64>()
                .ok()
                .filter(|id| *id > 0)
                .map(|id| id.to_string()),
            Self::Word(words) => words.contains(&value).then(|| value.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_in_the_query_is_not_looked_at() {
        assert_eq!(canonical("before=12&before=x"), "before=12");
        assert_eq!(canonical("utm_source=x&before=0012"), "before=12");
        assert_eq!(
            canonical("order=newest&x=y&before=3"),
            "before=3&order=newest"
        );
        for junk in [
            "",
            "before",
            "before=",
            "before=1e9",
            "before=-4",
            "before=x&before=1",
            "before=%FF",
            "order=x",
            "%00=&&==",
            "before=99999999999999999999",
        ] {
            assert_eq!(canonical(junk), "", "{junk}");
        }
    }
}
