//! HTTP signatures: making and checking them. Pure; no database, no network.
