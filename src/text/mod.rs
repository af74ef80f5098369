//! Pure functions over strings. No database, no network, no clock.
