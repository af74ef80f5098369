//! Writes dates straight into the page, without a string per date.

use std::borrow::Borrow;
use std::fmt;

use chrono::{Datelike, Timelike};

use crate::types::Timestamp;

/// How a moment is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form<'a> {
    /// A pattern in the manner of strftime: `%d` is the day, `%B` the month's name, `%Y` the year, `%R`
    /// hours and minutes; all else stands as it is.
    Words {
        /// The pattern.
        form: &'a str,
        /// Twelve names.
        months: &'a [String],
        /// How the first day of a month is written (`1er`).
        first: &'a str,
    },
    /// RFC 3339, for machines.
    Machine,
}

/// A moment that knows how to write itself. Always UTC. Contains nothing that HTML would escape as
/// long as the pattern does not.
#[derive(Clone, Copy, Debug)]
pub struct DateText<'a> {
    at: Timestamp,
    form: Form<'a>,
}

impl<'a> DateText<'a> {
    pub(super) const fn new(at: Timestamp, form: Form<'a>) -> Self {
        Self { at, form }
    }
}

/// The form for `datetime` attributes.
pub(super) fn machine(at: impl Borrow<Timestamp>) -> DateText<'static> {
    DateText::new(*at.borrow(), Form::Machine)
}

impl fmt::Display for DateText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_chrono();
        let Form::Words {
            form,
            months,
            first,
        } = self.form
        else {
            let (y, m, d) = (at.year(), at.month(), at.day());
            let (hour, minute, second) = (at.hour(), at.minute(), at.second());
            return write!(f, "{y:04}-{m:02}-{d:02}T{hour:02}:{minute:02}:{second:02}Z");
        };
        let mut parts = form.split('%');
        f.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            let mut rest = part.chars();
            match rest.next() {
                Some('d') if at.day() == 1 => f.write_str(first)?,
                Some('d') => write!(f, "{}", at.day())?,
                Some('Y') => write!(f, "{}", at.year())?,
                Some('R') => write!(f, "{:02}:{:02}", at.hour(), at.minute())?,
                Some('B') => {
                    let month = usize::try_from(at.month0())
                        .ok()
                        .and_then(|i| months.get(i));
                    f.write_str(month.map_or("", String::as_str))?;
                }
                _ => {}
            }
            f.write_str(rest.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_form_is_rfc_3339() {
        let at = Timestamp::parse("2026-03-01T04:05:06.7Z").unwrap();
        assert_eq!(machine(at).to_string(), at.rfc3339());
        assert_eq!(machine(Timestamp(-1)).to_string(), "1969-12-31T23:59:59Z");
    }
}
