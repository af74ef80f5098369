//! SQL for verdicts. No rules here.

use std::collections::{HashMap, HashSet};

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Note, Verdict};
use crate::db::schema::verdicts;
use crate::db::{CHUNK, Conn, each};
use crate::error::Result;
use crate::types::{ApUrl, Host, Timestamp};

type Row = (ApUrl, Option<ApUrl>, Host, Verdict, String, bool, Timestamp);

/// What was noted about an object, by its id or the address of its page; what is proven comes first.
pub fn load(conn: &mut Conn, address: &ApUrl) -> Result<Option<Note>> {
    let all = verdicts::table.select(verdicts::all_columns);
    let row: Option<Row> = all
        .filter(verdicts::object.eq(address))
        .first(conn)
        .optional()?;
    let row = match row {
        Some(row) => Some(row),
        None => all
            .filter(verdicts::page.eq(address))
            .order((verdicts::proven.desc(), verdicts::seen_at.desc()))
            .first(conn)
            .optional()?,
    };
    let note = |(object, page, host, verdict, reason, proven, seen_at)| Note {
        object,
        page,
        host,
        verdict,
        reason,
        proven,
        seen_at,
    };
    Ok(row.map(note))
}

/// How many there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(verdicts::table.count().get_result(conn)?)
}

/// Writes notes of different objects; those that weigh less than what is known are left out.
pub(super) fn put(conn: &mut Conn, notes: &[Note]) -> Result<()> {
    for chunk in notes.chunks(CHUNK) {
        let objects: Vec<&ApUrl> = chunk.iter().map(|note| &note.object).collect();
        let known: Vec<(ApUrl, bool, Verdict)> = verdicts::table
            .filter(verdicts::object.eq_any(objects))
            .select((verdicts::object, verdicts::proven, verdicts::verdict))
            .load(conn)?;
        let known: HashMap<ApUrl, (bool, Verdict)> = known
            .into_iter()
            .map(|(object, proven, verdict)| (object, (proven, verdict)))
            .collect();
        let may = |note: &&Note| {
            let before = known.get(&note.object);
            before.is_none_or(|(proven, verdict)| note.outweighs(*proven, *verdict))
        };
        let rows: Vec<_> = chunk.iter().filter(may).map(row).collect();
        if !rows.is_empty() {
            each!(conn, c => diesel::insert_into(verdicts::table)
                .values(rows)
                .on_conflict(verdicts::object)
                .do_update()
                .set((
                    verdicts::page.eq(excluded(verdicts::page)),
                    verdicts::verdict.eq(excluded(verdicts::verdict)),
                    verdicts::reason.eq(excluded(verdicts::reason)),
                    verdicts::proven.eq(excluded(verdicts::proven)),
                    verdicts::seen_at.eq(excluded(verdicts::seen_at)),
                ))
                .execute(c))?;
        }
    }
    Ok(())
}

type Columns<'a> = (
    diesel::dsl::Eq<verdicts::object, &'a ApUrl>,
    diesel::dsl::Eq<verdicts::page, Option<&'a ApUrl>>,
    diesel::dsl::Eq<verdicts::host, &'a Host>,
    diesel::dsl::Eq<verdicts::verdict, Verdict>,
    diesel::dsl::Eq<verdicts::reason, &'a str>,
    diesel::dsl::Eq<verdicts::proven, bool>,
    diesel::dsl::Eq<verdicts::seen_at, Timestamp>,
);

fn row(note: &Note) -> Columns<'_> {
    (
        verdicts::object.eq(&note.object),
        verdicts::page.eq(note.page.as_ref()),
        verdicts::host.eq(&note.host),
        verdicts::verdict.eq(note.verdict),
        verdicts::reason.eq(note.reason.as_str()),
        verdicts::proven.eq(note.proven),
        verdicts::seen_at.eq(note.seen_at),
    )
}

/// Keeps at most so many unproven notes of each server that these notes name; the oldest go.
pub(super) fn trim_hosts(conn: &mut Conn, notes: &[Note], most: i64) -> Result<()> {
    let said = notes.iter().filter(|note| !note.proven);
    let hosts: HashSet<&Host> = said.map(|note| &note.host).collect();
    let hosts: Vec<&Host> = hosts.into_iter().collect();
    for chunk in hosts.chunks(CHUNK) {
        let full: Vec<(Host, i64)> = verdicts::table
            .filter(verdicts::host.eq_any(chunk.to_vec()))
            .filter(verdicts::proven.eq(false))
            .group_by(verdicts::host)
            .having(count_star().gt(most))
            .select((verdicts::host, count_star()))
            .load(conn)?;
        for (host, count) in full {
            let oldest = verdicts::table
                .filter(verdicts::host.eq(host))
                .filter(verdicts::proven.eq(false))
                .order(verdicts::seen_at)
                .limit(count - most)
                .select(verdicts::object)
                .load(conn)?;
            delete(conn, &oldest)?;
        }
    }
    Ok(())
}

/// Keeps at most so many in all: what was only said goes before what is proven, and the oldest first.
pub(super) fn trim(conn: &mut Conn, most: i64) -> Result<()> {
    for proven in [false, true] {
        let surplus = count(conn)? - most;
        if surplus <= 0 {
            return Ok(());
        }
        let oldest = verdicts::table
            .filter(verdicts::proven.eq(proven))
            .order(verdicts::seen_at)
            .limit(surplus)
            .select(verdicts::object)
            .load(conn)?;
        delete(conn, &oldest)?;
    }
    Ok(())
}

fn delete(conn: &mut Conn, objects: &[ApUrl]) -> Result<()> {
    for chunk in objects.chunks(CHUNK) {
        let these = verdicts::table.filter(verdicts::object.eq_any(chunk.to_vec()));
        diesel::delete(these).execute(conn)?;
    }
    Ok(())
}

/// Forgets what was noted before `oldest`.
pub(super) fn forget_old(conn: &mut Conn, oldest: Timestamp) -> Result<()> {
    diesel::delete(verdicts::table.filter(verdicts::seen_at.lt(oldest))).execute(conn)?;
    Ok(())
}
