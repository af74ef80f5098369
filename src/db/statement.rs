//! Statements that are prepared once for each connection, where diesel's own would be prepared each time they are asked:
//! SQL of our own, whose text is one of few, and on SQLite `IN` with a list of any length.

use std::borrow::Cow;

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text, Untyped};

use super::{AnyBackend, Conn};
use crate::types::Id;

const IN_SQLITE: &str = " IN (SELECT value FROM json_each('[' || $1 || ']'))";

/// SQL whose text is one of few: a connection keeps each prepared for as long as it lives. For a text that holds what
/// somebody typed, a number or a list of any length, take `diesel::sql_query`.
pub fn fixed(sql: impl Into<Cow<'static, str>>) -> Fixed {
    Fixed {
        sql: sql.into(),
        values: Vec::new(),
    }
}

/// See [`fixed`].
#[derive(Debug)]
#[must_use = "a query does nothing until it is loaded or executed"]
pub struct Fixed {
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

/// A value of a [`Fixed`] statement.
#[derive(Debug)]
pub enum Value {
    /// `BIGINT`; small ones too.
    Number(i64),
    /// `TEXT`.
    Text(String),
}

impl Fixed {
    /// Gives the next value: for `$1`, `$2` and so on, which stand in their order, each once.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Number(id.raw())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<DB> QueryFragment<DB> for Fixed
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.sql.split('$');
        out.push_sql(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(&self.values) {
            match value {
                Value::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
            }
            out.push_sql(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        Ok(())
    }
}

// Known by its text, not by its type.
impl QueryId for Fixed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Fixed {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for Fixed {}

/// A condition as text, for a partial index: a bound value would not lead to it. diesel's `sql` would be prepared each time.
pub fn literal(sql: impl Into<Cow<'static, str>>) -> Literal {
    Literal(sql.into())
}

/// See [`literal`].
#[derive(Clone, Debug)]
pub struct Literal(Cow<'static, str>);

impl<DB: Backend> QueryFragment<DB> for Literal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&self.0);
        Ok(())
    }
}

// Known by its text, not by its type.
impl QueryId for Literal {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Literal {
    type SqlType = Bool;
}

impl ValidGrouping<()> for Literal {
    type IsAggregate = is_aggregate::No;
}

impl<S> AppearsOnTable<S> for Literal {}
impl<S> SelectableExpression<S> for Literal {}

/// What stands behind a column of SQL of our own that shall be one of a list, however long: the list is one value, as [`listed`]
/// writes it, and the first of the statement.
pub fn is_listed(conn: &Conn) -> &'static str {
    match conn {
        Conn::Pg(_) => " = ANY(CAST('{' || $1 || '}' AS BIGINT[]))",
        Conn::Sqlite(_) => IN_SQLITE,
    }
}

/// The value of a list: its ids, with commas between them.
pub fn listed(ids: impl IntoIterator<Item = i64>) -> String {
    let ids = ids.into_iter().map(|id| id.to_string());
    ids.collect::<Vec<_>>().join(",")
}

/// True for rows whose `column` is one of `ids`, however many there are: diesel's `eq_any` on PostgreSQL, where it is one value, and
/// a list of numbers on SQLite.
macro_rules! among {
    ($column:expr, $ids:expr) => {{
        let ids: Vec<i64> = $ids.into_iter().map(i64::from).collect();
        $crate::db::Among::new($column, &ids, $column.eq_any(ids.clone()))
    }};
}
pub(crate) use among;

/// See `among!`.
#[derive(Debug)]
pub struct Among<C, A> {
    column: C,
    list: String,
    any: A,
}

impl<C, A> Among<C, A> {
    /// Of a column, a list and the column's `eq_any` of that list.
    pub(crate) fn new(column: C, ids: &[i64], any: A) -> Self {
        Self {
            column,
            list: listed(ids.iter().copied()),
            any,
        }
    }
}

impl<C, A> QueryFragment<AnyBackend> for Among<C, A>
where
    C: QueryFragment<AnyBackend>,
    A: QueryFragment<AnyBackend>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        if matches!(out.backend(), AnyBackend::Pg(_)) {
            return self.any.walk_ast(out);
        }
        let (before, after) = IN_SQLITE.split_once("$1").unwrap_or((IN_SQLITE, ""));
        out.push_sql("(");
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(before);
        out.push_bind_param::<Text, _>(&self.list)?;
        out.push_sql(after);
        out.push_sql(")");
        Ok(())
    }
}

// A connection is of one backend, where the text is one for each column.
impl<C: QueryId, A> QueryId for Among<C, A> {
    type QueryId = Among<C::QueryId, ()>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C, A> Expression for Among<C, A> {
    type SqlType = Bool;
}

impl<C, A> ValidGrouping<()> for Among<C, A> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<S>, A, S> AppearsOnTable<S> for Among<C, A> {}
impl<C: SelectableExpression<S>, A, S> SelectableExpression<S> for Among<C, A> {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{Connection, InstrumentationEvent};

    use super::*;
    use crate::db::schema::posts;

    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        sum: i64,
    }

    fn conn() -> Conn {
        Conn::Sqlite(SqliteConnection::establish(":memory:").unwrap())
    }

    /// Counts the statements that a connection prepares to keep them.
    fn count_kept(conn: &mut Conn) -> Arc<AtomicUsize> {
        let kept = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&kept);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        kept
    }

    #[test]
    fn a_fixed_statement_is_prepared_once_and_takes_its_values_in_order() {
        let mut conn = conn();
        let kept = count_kept(&mut conn);
        for (a, b) in [(1_i64, 2), (30, 4), (500, 6)] {
            let query = fixed("SELECT CAST($1 * 10 + $2 + LENGTH($3) AS BIGINT) AS sum");
            let found = query.bind(a).bind(b).bind("four".to_owned());
            let found: Sum = found.get_result(&mut conn).unwrap();
            assert_eq!(found.sum, a * 10 + i64::from(b) + 4);
        }
        assert_eq!(kept.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn lists_of_every_length_share_a_statement() {
        let mut conn = conn();
        fixed("CREATE TABLE posts (id BIGINT PRIMARY KEY)")
            .execute(&mut conn)
            .unwrap();
        fixed("INSERT INTO posts VALUES (1), (2), (-3), (9223372036854775807)")
            .execute(&mut conn)
            .unwrap();
        let kept = count_kept(&mut conn);
        let many: Vec<i64> = (2..50_000).collect();
        for (asked, found) in [
            (Vec::new(), Vec::new()),
            (vec![-3, 1], vec![-3, 1]),
            (many, vec![2]),
            (vec![i64::MAX, i64::MIN], vec![i64::MAX]),
        ] {
            let query = posts::table.filter(among!(posts::id, asked));
            let ids: Vec<i64> = query
                .select(posts::id)
                .order(posts::id)
                .load(&mut conn)
                .unwrap();
            assert_eq!(ids, found);
        }
        assert_eq!(kept.load(Ordering::SeqCst), 1);
    }
}
