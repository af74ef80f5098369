//! SQL for notes.

use diesel::prelude::*;

use super::Note;
use crate::db::Conn;
use crate::db::schema::notes;
use crate::error::{Error, Result};
use crate::types::{ApUrl, Id};

pub(super) fn insert(conn: &mut Conn, note: &Note) -> Result<()> {
    diesel::insert_into(notes::table)
        .values(note)
        .execute(conn)?;
    Ok(())
}

/// The note with this id, or `NotFound`.
pub fn get(conn: &mut Conn, id: Id<Note>) -> Result<Note> {
    let row = notes::table
        .find(id)
        .select(Note::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Error::NotFound("the note"))
}

/// The note with this ActivityPub id.
pub fn load_by_ap_id(conn: &mut Conn, ap_id: &ApUrl) -> Result<Option<Note>> {
    let query = notes::table
        .filter(notes::ap_id.eq(ap_id))
        .select(Note::as_select());
    Ok(query.first(conn).optional()?)
}
