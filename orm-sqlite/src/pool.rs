//! `Pool`: lends connections to threads, and takes them back clean.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orm_core::Result;
use orm_core::engine::{Connection, Driver};
use orm_core::sql::Dialect;
use rusqlite::Connection as Raw;
use tempfile::TempDir;

use crate::connection::Lent;
use crate::dialect::SqliteDialect;
use crate::location::{Location, Place, refused};
use crate::open::Opener;
use crate::options::Options;

/// The driver: a pool, and the dialect.
pub(crate) struct SqliteDriver {
    pool: Arc<Pool>,
    dialect: SqliteDialect,
}

impl SqliteDriver {
    /// Opens the database.
    pub(crate) fn open(location: Location, attached: Vec<Location>, options: Options) -> Result<Self> {
        let mut opener = Opener { location, attached, options };
        let first = opener.open_first()?;
        let locations = std::iter::once(&mut opener.location).chain(&mut opener.attached);
        let folders = locations.filter_map(|location| location.folder.take()).collect();
        let mut state = State { folders, ..State::default() };
        // What is named in memory is gone with its last connection. An only one stays.
        if opener.has(Place::NamedMemory) && !opener.has_one_connection() {
            state.anchor = Some(first);
        } else {
            state.idle.push(first);
        }
        let pool = Pool { opener, state: Mutex::new(state), returned: Condvar::new() };
        Ok(SqliteDriver { pool: Arc::new(pool), dialect: SqliteDialect })
    }
}

impl Driver for SqliteDriver {
    fn connect(&self) -> Result<Box<dyn Connection>> {
        let raw = self.pool.take()?;
        Ok(Box::new(Lent::new(raw, Arc::clone(&self.pool))))
    }

    fn dialect(&self) -> &dyn Dialect {
        &self.dialect
    }

    fn close(&self) {
        self.pool.close();
    }
}

/// Connections to one database.
pub(crate) struct Pool {
    opener: Opener,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Raw>,
    lent: usize,
    closed: bool,
    /// Keeps a database in memory alive while all connections are closed or lent; nothing runs on it.
    anchor: Option<Raw>,
    /// The folders that go with the databases, after the last connection.
    folders: Vec<TempDir>,
}

impl Pool {
    pub(crate) fn options(&self) -> &Options {
        &self.opener.options
    }

    /// Takes an idle connection, or opens one.
    fn take(&self) -> Result<Raw> {
        let options = self.options();
        let deadline = Instant::now().checked_add(options.pool_timeout);
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(refused("the engine is closed"));
            }
            if let Some(raw) = state.idle.pop() {
                state.lent += 1;
                return Ok(raw);
            }
            if state.lent < options.max_connections {
                state.lent += 1;
                break;
            }
            let left = deadline.map_or(Duration::MAX, |d| d.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                let message = match options.max_connections {
                    1 => "the only connection is in use".to_owned(),
                    most => format!("all {most} connections are in use"),
                };
                return Err(refused(message).help("close sessions that are done, or raise `max_connections`"));
            }
            state = match self.returned.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        drop(state);
        self.opener.open().inspect_err(|_| {
            self.lock().lent -= 1;
            self.returned.notify_one();
        })
    }

    /// Takes a connection back: rolled back and kept, or closed where it can't be handed on as it is.
    pub(crate) fn give_back(&self, raw: Raw, changed: bool) {
        let rolled_back = raw.is_autocommit() || raw.execute_batch("ROLLBACK").is_ok();
        let only = self.opener.has_one_connection();
        if only && changed {
            self.opener.restore(&raw);
        }
        let (surplus, folders) = {
            let mut state = self.lock();
            state.lent -= 1;
            let room = rolled_back && !changed && state.idle.len() < self.options().pool_size;
            if !state.closed && (only || room) {
                state.idle.push(raw);
                (None, Vec::new())
            } else {
                let is_last = state.closed && state.lent == 0;
                (Some(raw), if is_last { std::mem::take(&mut state.folders) } else { Vec::new() })
            }
        };
        self.returned.notify_one();
        // Closing may write a checkpoint, so it is done without the lock.
        drop(surplus);
        drop(folders);
    }

    fn close(&self) {
        let (idle, anchor, folders) = {
            let mut state = self.lock();
            state.closed = true;
            let folders = if state.lent == 0 { std::mem::take(&mut state.folders) } else { Vec::new() };
            (std::mem::take(&mut state.idle), state.anchor.take(), folders)
        };
        self.returned.notify_all();
        drop((idle, anchor));
        drop(folders);
    }

    /// The state is valid after each line of the code above, so a poisoned lock is no reason to fail.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
