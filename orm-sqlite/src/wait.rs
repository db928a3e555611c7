//! `Patience`: waiting for locks that SQLite's busy timeout doesn't cover.

use std::time::{Duration, Instant};

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_LOCKED_SHAREDCACHE;

/// Waits between attempts, a little longer each time, until a time is over.
pub(crate) struct Patience {
    timeout: Duration,
    /// When the first attempt failed.
    since: Option<Instant>,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(timeout: Duration) -> Self {
        Patience { timeout, since: None, pause: Duration::from_micros(100) }
    }

    /// Waits, and says whether to try again.
    #[cold]
    pub(crate) fn wait(&mut self) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        let left = self.timeout.saturating_sub(since.elapsed());
        if left.is_zero() {
            return false;
        }
        std::thread::sleep(self.pause.min(left));
        self.pause = (self.pause * 2).min(Duration::from_millis(20));
        true
    }
}

/// Repeats an attempt that another connection to the same shared cache blocks, until `timeout` is over.
///
/// SQLite's busy handler isn't asked about locks within a shared cache, which is how connections to a
/// database in memory meet. Such a lock refuses a statement before it has done anything, so it can be
/// repeated whole.
#[inline]
pub(crate) fn patiently<T>(
    timeout: Duration,
    attempt: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    repeat(timeout, is_shared_lock, attempt)
}

/// Repeats an attempt that SQLite refuses as busy without having waited.
pub(crate) fn while_busy<T>(
    timeout: Duration,
    attempt: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    repeat(timeout, |error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy), attempt)
}

#[inline]
fn repeat<T>(
    timeout: Duration,
    again: impl Fn(&rusqlite::Error) -> bool,
    mut attempt: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let mut result = attempt();
    if result.is_err() {
        // The usual case is short without this.
        wait_and_repeat(timeout, again, attempt, &mut result);
    }
    result
}

#[cold]
fn wait_and_repeat<T>(
    timeout: Duration,
    again: impl Fn(&rusqlite::Error) -> bool,
    mut attempt: impl FnMut() -> rusqlite::Result<T>,
    result: &mut rusqlite::Result<T>,
) {
    let mut patience = Patience::new(timeout);
    while result.as_ref().is_err_and(&again) && patience.wait() {
        *result = attempt();
    }
}

/// Whether another connection to the same cache holds the lock. A lock within one connection, as when a table
/// is dropped while its rows are read, has another code: waiting would not end it.
pub(crate) fn is_shared_lock(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_LOCKED_SHAREDCACHE)
}
