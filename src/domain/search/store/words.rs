//! The words themselves: how each database keeps them and is asked for them. What is asked is built of words that hold letters
//! and digits only, and handed over as a value, so no query can become a statement.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use std::fmt::Write as _;

use super::super::entry::{Entry, marks};
use super::super::query::Query;
use crate::db::Conn;
use crate::error::Result;
use crate::text::words::Term;

/// Where the words of a query stand. What has them in its title comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::search) enum Tier {
    /// All of them in the title.
    Title,
    /// Elsewhere too.
    Anywhere,
}

/// Before a word of a title, on PostgreSQL.
const IN_TITLE: &str = "_in_";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Takes the words of a text out.
pub(super) fn remove(conn: &mut Conn, id: i64) -> Result<()> {
    match conn {
        Conn::Pg(c) => diesel::sql_query("DELETE FROM __search WHERE id = $1")
            .bind::<BigInt, _>(id)
            .execute(c)?,
        Conn::Sqlite(c) => diesel::sql_query("DELETE FROM __search WHERE rowid = $1")
            .bind::<BigInt, _>(id)
            .execute(c)?,
    };
    Ok(())
}

/// Puts the words of a text in.
pub(super) fn insert(conn: &mut Conn, id: i64, entry: &Entry) -> Result<()> {
    match conn {
        Conn::Pg(c) => {
            let in_title = entry.title.iter().map(|word| format!("{IN_TITLE}{word}"));
            let all = entry.title.iter().chain(&entry.body).chain(&entry.marks);
            let mut words: Vec<String> = all.cloned().chain(in_title).collect();
            words.sort_unstable();
            words.dedup();
            diesel::sql_query(
                "INSERT INTO __search (id, words, title, body) VALUES ($1, array_to_tsvector($2), $3, $4)",
            )
            .bind::<BigInt, _>(id)
            .bind::<Array<Text>, _>(words)
            .bind::<Text, _>(spaced(&entry.title, false))
            .bind::<Text, _>(spaced(&entry.body, false))
            .execute(c)?
        }
        Conn::Sqlite(c) => {
            let body: Vec<&str> = entry
                .body
                .iter()
                .chain(&entry.marks)
                .map(String::as_str)
                .collect();
            diesel::sql_query("INSERT INTO __search (rowid, title, body) VALUES ($1, $2, $3)")
                .bind::<BigInt, _>(id)
                .bind::<Text, _>(entry.title.join(" "))
                .bind::<Text, _>(body.join(" "))
                .execute(c)?
        }
    };
    Ok(())
}

/// The places in the index, below `below`, of the next texts that fit, newest first. Whether they may be seen is not looked at.
pub(in crate::domain::search) fn list_fitting(
    conn: &mut Conn,
    query: &Query,
    tier: Tier,
    below: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    if tier == Tier::Title && query.terms.is_empty() {
        return Ok(Vec::new());
    }
    let after = query.after.map_or(i64::MIN, |at| at.0);
    let before = query.before.map_or(i64::MAX, |at| at.0);
    let found: Vec<Found> = match conn {
        Conn::Pg(c) => {
            let asked = Asked::new(query, tier);
            // The places after the five of every query.
            let sql = format!(
                "SELECT s.id AS id FROM __search s JOIN search_texts t ON t.id = s.id \
                 WHERE s.words @@ CAST($1 AS tsquery) AND s.id < $2 AND t.published_at >= $3 AND t.published_at < $4 {} \
                 ORDER BY s.id DESC LIMIT {limit}",
                asked.conditions
            );
            let mut statement = diesel::sql_query(sql)
                .into_boxed()
                .bind::<Text, _>(asked.words)
                .bind::<BigInt, _>(below)
                .bind::<BigInt, _>(after)
                .bind::<BigInt, _>(before);
            for phrase in asked.values {
                statement = statement.bind::<Text, _>(phrase);
            }
            statement.load(c)?
        }
        Conn::Sqlite(c) => diesel::sql_query(
            // CROSS JOIN: in this order, for the words come newest first by themselves.
            "SELECT t.id AS id FROM __search s CROSS JOIN search_texts t ON t.id = s.rowid \
             WHERE s.\"__search\" MATCH $1 AND s.rowid < $2 AND t.published_at >= $3 AND t.published_at < $4 \
             ORDER BY s.rowid DESC LIMIT $5",
        )
        .bind::<Text, _>(fts5(query, tier))
        .bind::<BigInt, _>(below)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(before)
        .bind::<BigInt, _>(limit)
        .load(c)?,
    };
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// The query in the language of FTS5.
fn fts5(query: &Query, tier: Tier) -> String {
    let phrase = |term: &Term| {
        let star = if term.is_prefix { " *" } else { "" };
        format!("\"{}\"{star}", term.tokens.join(" "))
    };
    let (with, without) = marks(query);
    let terms = query
        .terms
        .iter()
        .map(phrase)
        .collect::<Vec<_>>()
        .join(" AND ");
    let mut all: Vec<String> = with.iter().map(|mark| format!("\"{mark}\"")).collect();
    if !terms.is_empty() {
        all.push(match tier {
            Tier::Title => format!("(title : ({terms}))"),
            Tier::Anywhere => format!("({terms})"),
        });
    }
    let mut text = format!("({})", all.join(" AND "));
    for term in &query.without {
        let _ = write!(text, " NOT ({})", phrase(term));
    }
    for mark in without {
        let _ = write!(text, " NOT \"{mark}\"");
    }
    if tier == Tier::Anywhere && !terms.is_empty() {
        let _ = write!(text, " NOT (title : ({terms}))");
    }
    text
}

/// The query for PostgreSQL: words for the index, and conditions for what stands one after the other.
#[derive(Default)]
struct Asked {
    words: String,
    conditions: String,
    values: Vec<String>,
}

impl Asked {
    fn new(query: &Query, tier: Tier) -> Self {
        let mut asked = Self::default();
        let (with, without) = marks(query);
        let mut words: Vec<String> = with.iter().map(|mark| format!("'{mark}'")).collect();
        words.extend(without.iter().map(|mark| format!("!'{mark}'")));
        let single = |term: &&Term| term.tokens.len() == 1;
        let excluded = query.without.iter().filter(single);
        words.extend(excluded.map(|term| format!("!{}", lexemes(term, ""))));
        let start = if tier == Tier::Title { IN_TITLE } else { "" };
        words.extend(query.terms.iter().map(|term| lexemes(term, start)));
        asked.words = words.join(" & ");
        for term in query.terms.iter().filter(|term| !single(term)) {
            let place = asked.phrase(term, tier);
            let _ = write!(asked.conditions, " AND {place}");
        }
        for term in query.without.iter().filter(|term| !single(term)) {
            let place = asked.phrase(term, Tier::Anywhere);
            let _ = write!(asked.conditions, " AND NOT {place}");
        }
        if tier == Tier::Anywhere && !query.terms.is_empty() {
            asked.not_in_title(query);
        }
        asked
    }

    /// Leaves out what was found by its title already.
    fn not_in_title(&mut self, query: &Query) {
        let words: Vec<String> = query
            .terms
            .iter()
            .map(|term| lexemes(term, IN_TITLE))
            .collect();
        let place = self.value(words.join(" & "));
        let mut all = format!("s.words @@ CAST({place} AS tsquery)");
        for term in query.terms.iter().filter(|term| term.tokens.len() > 1) {
            let place = self.phrase(term, Tier::Title);
            let _ = write!(all, " AND {place}");
        }
        let _ = write!(self.conditions, " AND NOT ({all})");
    }

    fn phrase(&mut self, term: &Term, tier: Tier) -> String {
        let words = spaced(&term.tokens, term.is_prefix);
        let place = self.value(words.clone());
        if tier == Tier::Title {
            return format!("strpos(s.title, {place}) > 0");
        }
        let again = self.value(words);
        format!("(strpos(s.title, {place}) > 0 OR strpos(s.body, {again}) > 0)")
    }

    /// Hands a value over; gives its place in the statement.
    fn value(&mut self, value: String) -> String {
        self.values.push(value);
        format!("${}", self.values.len() + 4)
    }
}

/// The words of a term as a tsquery; where they stand is another matter.
fn lexemes(term: &Term, start: &str) -> String {
    let last = term.tokens.len().saturating_sub(1);
    let one = |(place, word): (usize, &String)| {
        let star = if term.is_prefix && place == last {
            ":*"
        } else {
            ""
        };
        format!("'{start}{word}'{star}")
    };
    let all: Vec<String> = term.tokens.iter().enumerate().map(one).collect();
    format!("({})", all.join(" & "))
}

/// Words with a space around each; `open`: the last one may go on.
fn spaced(words: &[String], open: bool) -> String {
    let end = if open { "" } else { " " };
    format!(" {}{end}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::super::query;
    use super::*;

    #[test]
    fn both_languages_say_the_same() {
        let query = query::read("choir \"the tenor\" -solo tag:rust 東京")
            .unwrap()
            .unwrap();
        assert_eq!(
            fts5(&query, Tier::Title),
            "(\"_tag_rust\" AND (title : (\"choir\" AND \"the tenor\" AND \"東京\" *))) NOT (\"solo\")"
        );
        let asked = Asked::new(&query, Tier::Title);
        assert_eq!(
            asked.words,
            "'_tag_rust' & !('solo') & ('_in_choir') & ('_in_the' & '_in_tenor') & ('_in_東京':*)"
        );
        assert_eq!(asked.conditions, " AND strpos(s.title, $5) > 0");
        assert_eq!(asked.values, [" the tenor "]);
        let everywhere = Asked::new(&query, Tier::Anywhere);
        assert_eq!(everywhere.values.len(), 4);
    }
}
