//! Counts the objects that a session walks over, so that tests can tell how the cost of an operation grows. Only
//! builds with debug assertions count.

use std::cell::Cell;

thread_local! {
    static WALKED: Cell<u64> = const { Cell::new(0) };
}

/// A session walks over so many objects, or places for them.
#[inline]
pub(super) fn walks(objects: usize) {
    if cfg!(debug_assertions) {
        let _ = WALKED.try_with(|walked| walked.set(walked.get().wrapping_add(objects as u64)));
    }
}

/// How many objects sessions of this thread have walked over.
pub fn session_steps() -> u64 {
    WALKED.try_with(Cell::get).unwrap_or(0)
}
