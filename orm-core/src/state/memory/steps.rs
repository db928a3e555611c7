//! Counts what searches, the collector and sessions look at, so that tests can tell how the cost of an operation grows. Only
//! builds with debug assertions count.

use std::cell::Cell;

thread_local! {
    static ITEMS: Cell<u64> = const { Cell::new(0) };
    static OBJECTS: Cell<u64> = const { Cell::new(0) };
    static WALKED: Cell<u64> = const { Cell::new(0) };
}

fn count(counter: &'static std::thread::LocalKey<Cell<u64>>, steps: usize) {
    if cfg!(debug_assertions) {
        let _ = counter.try_with(|counter| counter.set(counter.get().wrapping_add(steps as u64)));
    }
}

/// So many items of a collection were looked at.
#[inline]
pub(crate) fn in_collections(items: usize) {
    count(&ITEMS, items);
}

/// The collector looked at so many objects and links.
#[inline]
pub(crate) fn in_collector(steps: usize) {
    count(&OBJECTS, steps);
}

/// A session walked over so many objects, or places for them.
#[inline]
pub(crate) fn in_session(objects: usize) {
    count(&WALKED, objects);
}

/// How many items of collections were looked at on this thread.
pub fn collection_steps() -> u64 {
    ITEMS.try_with(Cell::get).unwrap_or(0)
}

/// How many objects and links the collector looked at on this thread.
pub fn collector_steps() -> u64 {
    OBJECTS.try_with(Cell::get).unwrap_or(0)
}

/// How many objects the sessions of this thread walked over.
pub fn session_steps() -> u64 {
    WALKED.try_with(Cell::get).unwrap_or(0)
}
