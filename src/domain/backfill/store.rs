//! SQL for completing threads. No rules here; see the slice's `mod.rs`.

mod sources;
mod threads;
mod wanted;

pub(super) use sources::hurry;
pub use sources::{add_source, due_sources, fail_source, note_reading, rest_source};
pub use threads::{ThreadRow, add_spent, awake, begin, list_threads, next_due, sleep_until};
pub(super) use threads::{list_oversleeping, may_ask};
pub use wanted::{
    count_missing, count_wanted_by_host, defer, dismiss, due_wanted, find, forget_old, found,
    keep_waiting, list_hosts, load_wanted, postpone, settle, settle_host, want, want_parent,
};
