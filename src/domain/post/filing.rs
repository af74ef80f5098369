//! Where a post is filed: its categories, and its place in a series. Both are this blog's own order and are told to no other
//! server. What a writer hands in is checked here; no SQL.

use crate::text::sanitize;

/// Categories of a post, levels of one, characters of a name.
const CATEGORIES_MAX: usize = 20;
const LEVELS_MAX: usize = 5;
const NAME_MAX: usize = 100;
/// The highest number of a part.
const PART_MAX: i32 = 100_000;

/// Where a post is filed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filing {
    /// Its categories in the writer's order, each with those above it: `Music/Choir`.
    pub categories: Vec<String>,
    /// Its place in a series.
    pub series: Option<Place>,
}

/// A place in a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the series.
    pub series: String,
    /// Which part it is, from 1 on as a rule; parts may share a number.
    pub part: i32,
}

/// What a writer asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) categories: Vec<Category>,
    /// The name, and the part unless it is to be the next one.
    pub(super) series: Option<(String, Option<i32>)>,
}

/// A category by the names from the top down to its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Category(pub(super) Vec<String>);

impl Category {
    /// Reads `Music/Choir`.
    fn parse(text: &str) -> Result<Self, String> {
        let names: Vec<String> = text
            .split('/')
            .map(|name| sanitize::name(name, NAME_MAX))
            .collect();
        if names.iter().any(String::is_empty) {
            return Err(format!(
                "\"{text}\": a category has a name, and names above it are put before a / as in Music/Choir"
            ));
        }
        if names.len() > LEVELS_MAX {
            return Err(format!("\"{text}\": at most {LEVELS_MAX} levels"));
        }
        Ok(Self(names))
    }

    /// What tells it from others: its names in lower case.
    pub(super) fn key(&self) -> String {
        self.0.join("/").to_lowercase()
    }
}

/// Checks all categories of a post; one that is named twice counts once.
pub(super) fn check_categories(names: &[String]) -> Result<Vec<Category>, String> {
    let mut found: Vec<Category> = Vec::new();
    for name in names {
        let category = Category::parse(name)?;
        if found.iter().all(|known| known.key() != category.key()) {
            found.push(category);
        }
    }
    if found.len() > CATEGORIES_MAX {
        return Err(format!("at most {CATEGORIES_MAX} categories"));
    }
    Ok(found)
}

/// A series by name, and the place in it; None: the last.
type Part = (String, Option<i32>);

/// Lays a change of the series over what was. An empty name takes the post out; another series without a part makes it the
/// last one. Fails with the field and why.
pub(super) fn check_series(
    old: Option<Place>,
    name: Option<String>,
    part: Option<i32>,
) -> Result<Option<Part>, (&'static str, String)> {
    if let Some(part) = part
        && !(1..=PART_MAX).contains(&part)
    {
        return Err(("series_part", format!("a number from 1 to {PART_MAX}")));
    }
    let name = name.map(|name| sanitize::name(&name, NAME_MAX));
    match (name, old) {
        (Some(name), _) if name.is_empty() && part.is_some() => no_series(),
        (Some(name), _) if name.is_empty() => Ok(None),
        (Some(name), Some(old)) if key(&name) == key(&old.series) => {
            Ok(Some((name, part.or(Some(old.part)))))
        }
        (Some(name), _) => Ok(Some((name, part))),
        (None, Some(old)) => Ok(Some((old.series, part.or(Some(old.part))))),
        (None, None) if part.is_some() => no_series(),
        (None, None) => Ok(None),
    }
}

fn no_series<T>() -> Result<T, (&'static str, String)> {
    Err(("series_part", "a part needs a series".into()))
}

/// What tells one series from another.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(check_categories(&names)?
            .into_iter()
            .map(|one| one.0.join("/"))
            .collect())
    }

    #[test]
    fn categories_are_read_with_those_above_them() {
        assert_eq!(
            categories(&["Music / Choir", "music/choir", "日記"]).unwrap(),
            ["Music/Choir", "日記"]
        );
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        for bad in [
            &["a//b"][..],
            &[""],
            &["/"],
            &["a/b/c/d/e/f"],
            &many.iter().map(String::as_str).collect::<Vec<_>>(),
        ] {
            assert!(categories(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_series_keeps_what_is_not_said() {
        let old = || {
            Some(Place {
                series: "Psalms".into(),
                part: 3,
            })
        };
        let said = |name: Option<&str>, part| check_series(old(), name.map(str::to_owned), part);
        assert_eq!(said(None, None), Ok(Some(("Psalms".into(), Some(3)))));
        assert_eq!(said(None, Some(4)), Ok(Some(("Psalms".into(), Some(4)))));
        assert_eq!(
            said(Some("psalms"), None),
            Ok(Some(("psalms".into(), Some(3))))
        );
        assert_eq!(said(Some("Hymns"), None), Ok(Some(("Hymns".into(), None))));
        assert_eq!(said(Some(""), None), Ok(None));
        assert!(said(Some(""), Some(1)).is_err());
        assert!(check_series(None, None, Some(1)).is_err());
        assert!(check_series(None, Some("x".into()), Some(0)).is_err());
    }
}
