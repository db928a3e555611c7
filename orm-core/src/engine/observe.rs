//! `Observer`: who is told of every statement.

use std::time::Duration;

use crate::error::Error;
use crate::value::Value;

/// What was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A prepared statement; each of its executions is an event of its own.
    Statement,
    /// Statements without parameters that ran as one text, as DDL does.
    Batch,
    /// `BEGIN`, `COMMIT`, `ROLLBACK` and their like for savepoints, in portable spelling.
    Transaction,
}

/// One executed statement.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StatementEvent<'a> {
    /// What was executed.
    pub kind: EventKind,
    /// The text.
    pub sql: &'a str,
    /// The bound values, where the observer asked for them; else empty.
    pub params: &'a [Value],
    /// How many rows it gave or changed.
    pub rows: u64,
    /// How long it took: preparation included (in a prepared statement's first event), and for a query
    /// whatever the reader did with each row.
    pub duration: Duration,
    /// Why it failed, where it did. A text that the database refuses to prepare is an event too.
    pub error: Option<&'a Error>,
}

/// Is told of every statement of an engine, after it ran.
///
/// It is called on the thread that ran the statement, before the caller sees the result. It may use the
/// engine itself, over a connection of its own.
///
/// ```
/// use orm_core::engine::{Observer, StatementEvent};
///
/// struct Slow;
///
/// impl Observer for Slow {
///     fn statement(&self, event: &StatementEvent<'_>) {
///         if event.duration.as_millis() > 100 {
///             println!("{:?}: {}", event.duration, event.sql);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync {
    /// Whether it wants the parameters, which have to be copied for it. Asked when it is registered.
    fn wants_params(&self) -> bool {
        false
    }

    /// A statement ran, or failed.
    fn statement(&self, event: &StatementEvent<'_>);
}
