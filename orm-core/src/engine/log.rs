//! `SqlLog`: the stock observer, which keeps what ran.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::observe::{EventKind, Observer, StatementEvent};
use crate::value::Value;

/// A statement that [`SqlLog`] kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedStatement {
    /// What was executed.
    pub kind: EventKind,
    /// The text.
    pub sql: String,
    /// The bound values.
    pub params: Vec<Value>,
    /// How many rows it gave or changed.
    pub rows: u64,
    /// The message, where it failed.
    pub error: Option<String>,
}

impl std::fmt::Display for LoggedStatement {
    /// The text, and the values in brackets where there are any.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sql)?;
        for (index, value) in self.params.iter().enumerate() {
            write!(f, "{}{value}", if index == 0 { " [" } else { ", " })?;
        }
        if self.params.is_empty() { Ok(()) } else { f.write_str("]") }
    }
}

/// Keeps every statement with its parameters until it is taken: for tests that state which statements run.
///
/// Transaction control isn't kept unless [`with_transactions`](SqlLog::with_transactions) asks for it.
///
/// ```
/// use std::sync::Arc;
/// use orm_core::engine::{Engine, SqlLog};
///
/// fn count_statements(engine: &Engine) -> usize {
///     let log = Arc::new(SqlLog::new());
///     engine.observe(log.clone());
///     // ... work ...
///     engine.unobserve(&log);
///     log.take().len()
/// }
/// ```
#[derive(Debug, Default)]
pub struct SqlLog {
    statements: Mutex<Vec<LoggedStatement>>,
    transactions: bool,
}

impl SqlLog {
    /// An empty log.
    pub fn new() -> Self {
        SqlLog::default()
    }

    /// An empty log that keeps `BEGIN`, `COMMIT`, `ROLLBACK` and savepoints too.
    pub fn with_transactions() -> Self {
        SqlLog { transactions: true, ..SqlLog::default() }
    }

    /// Takes what was kept since the last time, in the order in which the statements ended.
    pub fn take(&self) -> Vec<LoggedStatement> {
        std::mem::take(&mut *self.lock())
    }

    /// How many statements are kept.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LoggedStatement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for SqlLog {
    fn wants_params(&self) -> bool {
        true
    }

    fn statement(&self, event: &StatementEvent<'_>) {
        if event.kind == EventKind::Transaction && !self.transactions {
            return;
        }
        self.lock().push(LoggedStatement {
            kind: event.kind,
            sql: event.sql.to_owned(),
            params: event.params.to_vec(),
            rows: event.rows,
            error: event.error.map(ToString::to_string),
        });
    }
}
