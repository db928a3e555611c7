//! `Pool`: opens connections, lends them to threads, and takes them back clean.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orm_core::Result;
use orm_core::engine::{Connection, Driver};
use orm_core::sql::Dialect;
use rusqlite::Connection as Raw;
use rusqlite::config::DbConfig;
use rusqlite::MAIN_DB;

use crate::connection::Lent;
use crate::dialect::SqliteDialect;
use crate::error::refusal;
use crate::location::{Location, refused};
use crate::options::{JournalMode, Options};
use crate::wait::{patiently, while_busy};

/// The driver: a pool, and the dialect.
pub(crate) struct SqliteDriver {
    pool: Arc<Pool>,
    dialect: SqliteDialect,
}

impl SqliteDriver {
    /// Opens the first connection, so that what is wrong shows now.
    pub(crate) fn open(location: Location, options: Options) -> Result<Self> {
        let memory = location.memory;
        let pool = Pool { location, options, state: Mutex::default(), returned: Condvar::new() };
        let first = pool.open()?;
        if !memory && first.path() == Some("") {
            return Err(refused("each connection would have a database of its own")
                .help("use `Engine::in_memory()`, or a URI with `mode=memory&cache=shared`"));
        }
        pool.check_pragmas(&first)?;
        {
            let mut state = pool.lock();
            if memory {
                state.anchor = Some(first);
            } else {
                state.idle.push(first);
            }
        }
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
    location: Location,
    pub(crate) options: Options,
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
}

impl Pool {
    /// Takes an idle connection, or opens one.
    fn take(&self) -> Result<Raw> {
        let deadline = Instant::now().checked_add(self.options.pool_timeout);
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(refused("the engine is closed"));
            }
            if let Some(raw) = state.idle.pop() {
                state.lent += 1;
                return Ok(raw);
            }
            if state.lent < self.options.max_connections {
                state.lent += 1;
                break;
            }
            let left = deadline.map_or(Duration::MAX, |d| d.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                let most = self.options.max_connections;
                return Err(refused(format!("all {most} connections are in use"))
                    .help("close sessions that are done, or raise `max_connections`"));
            }
            state = match self.returned.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        drop(state);
        self.open().inspect_err(|_| self.forget())
    }

    /// Takes a connection back: rolled back and kept, or closed where its settings may have been changed.
    pub(crate) fn give_back(&self, raw: Raw, changed: bool) {
        let clean = !changed && (raw.is_autocommit() || raw.execute_batch("ROLLBACK").is_ok());
        let surplus = {
            let mut state = self.lock();
            state.lent = state.lent.saturating_sub(1);
            if clean && !state.closed && state.idle.len() < self.options.pool_size {
                state.idle.push(raw);
                None
            } else {
                Some(raw)
            }
        };
        self.returned.notify_one();
        // Closing may write a checkpoint, so it is done without the lock.
        drop(surplus);
    }

    /// A lent connection that never came to be.
    fn forget(&self) {
        let mut state = self.lock();
        state.lent = state.lent.saturating_sub(1);
        drop(state);
        self.returned.notify_one();
    }

    fn close(&self) {
        let (idle, anchor) = {
            let mut state = self.lock();
            state.closed = true;
            (std::mem::take(&mut state.idle), state.anchor.take())
        };
        self.returned.notify_all();
        drop((idle, anchor));
    }

    /// The state is valid between any two statements of the code above, so a poisoned lock is no reason to fail.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<Raw> {
        let options = &self.options;
        let raw =
            Raw::open_with_flags(&self.location.target, options.flags()).map_err(|e| refusal(e, None))?;
        // The limit is SQLite's: milliseconds in 32 bits.
        let longest = Duration::from_millis(i32::MAX as u64);
        raw.busy_timeout(options.busy_timeout.min(longest)).map_err(|e| refusal(e, None))?;
        raw.set_prepared_statement_cache_capacity(options.statement_cache);
        // A quoted name that is no column would else be read as a text.
        for config in [DbConfig::SQLITE_DBCONFIG_DQS_DML, DbConfig::SQLITE_DBCONFIG_DQS_DDL] {
            raw.set_db_config(config, false).map_err(|e| refusal(e, None))?;
        }
        self.set(&raw, "foreign_keys", if options.foreign_keys { "on" } else { "off" })?;
        if options.read_uncommitted.unwrap_or(self.location.memory) {
            self.set(&raw, "read_uncommitted", "on")?;
        }
        self.set_journal_mode(&raw)?;
        if let Some(level) = options.synchronous {
            self.set(&raw, "synchronous", level.as_str())?;
        }
        for (name, value) in &options.pragmas {
            self.set(&raw, name, value)?;
        }
        Ok(raw)
    }

    fn set(&self, raw: &Raw, name: &str, value: &str) -> Result<()> {
        patiently(self.options.busy_timeout, || raw.pragma_update(None, name, value))
            .map_err(|e| refusal(e, Some(&format!("PRAGMA {name} = '{value}'"))))
    }

    fn set_journal_mode(&self, raw: &Raw) -> Result<()> {
        let mode = match self.options.journal_mode {
            Some(mode) => mode,
            None => {
                // Reading the header is also what finds out whether the file is a database.
                raw.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
                    .map_err(|e| refusal(e, None))?;
                if self.location.memory || raw.is_readonly(MAIN_DB).map_err(|e| refusal(e, None))? {
                    return Ok(());
                }
                JournalMode::Wal
            }
        };
        let sql = format!("PRAGMA journal_mode = '{}'", mode.as_str());
        // Two connections that turn the log on at the same moment refuse each other without waiting.
        let got = while_busy(self.options.busy_timeout, || {
            raw.pragma_update_and_check(None, "journal_mode", mode.as_str(), |row| row.get::<_, String>(0))
        })
        .map_err(|e| refusal(e, Some(&sql)))?;
        if self.options.journal_mode.is_some() && got != mode.as_str() {
            return Err(refused(format!(
                "the journal mode is `{got}`, and `{}` can't be had",
                mode.as_str()
            )));
        }
        Ok(())
    }

    /// SQLite is silent about pragmas that it doesn't know.
    fn check_pragmas(&self, raw: &Raw) -> Result<()> {
        for (name, _) in &self.options.pragmas {
            let known: bool = raw
                .query_row("SELECT count(*) FROM pragma_pragma_list WHERE name = lower(?)", [name], |row| {
                    row.get::<_, i64>(0).map(|found| found > 0)
                })
                .map_err(|e| refusal(e, None))?;
            if !known {
                return Err(refused(format!("SQLite knows no pragma `{name}`")));
            }
        }
        Ok(())
    }
}
