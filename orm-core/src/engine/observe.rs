//! `Observer`: who is told of every statement.

use std::time::Duration;

use crate::value::Value;

/// One executed statement.
#[derive(Debug)]
pub struct StatementEvent<'a> {
    /// The text.
    pub sql: &'a str,
    /// The bound values, where the observer asked for them.
    pub params: &'a [Value],
    /// How many rows it gave or changed.
    pub rows: u64,
    /// How long it took, preparation included.
    pub duration: Duration,
}

/// Is told of every statement of an engine, after it ran.
pub trait Observer: Send + Sync {
    /// Whether it wants the parameters, which have to be copied for it.
    fn wants_params(&self) -> bool {
        false
    }

    /// A statement ran.
    fn statement(&self, event: &StatementEvent<'_>);
}
