//! `Driver`, `Connection`, `Statement` and `Row`: the contract with a database.
//!
//! A driver is shared between threads and hands out connections; a connection stays on the thread of the
//! session that took it. Everything takes `&self`, because a lazy load may run while the rows of another
//! statement are being read.
//!
//! Which fault maps to which error ([`Fault`](crate::Fault)): a broken constraint is `Constraint`, with table
//! and columns where the database tells; waiting longer than the busy timeout is `Busy`, and so is a lock for
//! which waiting is in vain; writing what may only be read is `ReadOnly`; no space left is `Full`; a file
//! that is damaged or no database is `Corrupt`; what can't be opened or is closed is `Connection`; a value
//! that can't be stored, or text that isn't UTF-8, is `Value`; everything that the database refuses to parse
//! or finds missing, and every misuse of a statement, is `Statement`. An error of a statement carries its
//! text. A driver never panics on what a database says.

use std::ops::ControlFlow;

use crate::error::Result;
use crate::sql::Dialect;
use crate::value::ValueRef;

/// Whether to go on reading rows.
pub type Flow = ControlFlow<()>;

/// A database: opens or lends connections, and knows its dialect.
pub trait Driver: Send + Sync + 'static {
    /// Takes a connection from the pool. It goes back when it is dropped, rolled back.
    ///
    /// # Errors
    /// `Connection` where none can be opened, or the engine is closed.
    fn connect(&self) -> Result<Box<dyn Connection>>;

    /// How statements are written for this database.
    fn dialect(&self) -> &dyn Dialect;

    /// Closes the pool: idle connections now, lent ones when they come back. Later calls of `connect` fail.
    fn close(&self);
}

/// One connection.
pub trait Connection {
    /// Prepares one statement, or takes it from the connection's cache.
    ///
    /// # Errors
    /// `Statement` where the database refuses it, or the text is several statements.
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>>;

    /// Runs statements without parameters and rows, as for DDL and pragmas.
    ///
    /// # Errors
    /// What the database says.
    fn execute_batch(&self, sql: &str) -> Result<()>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// What the database says.
    fn begin(&self) -> Result<()>;

    /// Commits it. After an error the transaction is still open, unless the database ended it.
    ///
    /// # Errors
    /// What the database says, such as `Busy` or a deferred foreign key.
    fn commit(&self) -> Result<()>;

    /// Rolls it back. Rolling back where there is no transaction is no error.
    ///
    /// # Errors
    /// What the database says.
    fn rollback(&self) -> Result<()>;

    /// Sets a savepoint; names are the session's, unique within a transaction.
    ///
    /// # Errors
    /// What the database says.
    fn savepoint(&self, name: &str) -> Result<()>;

    /// Releases a savepoint.
    ///
    /// # Errors
    /// What the database says.
    fn release(&self, name: &str) -> Result<()>;

    /// Rolls back to a savepoint and removes it.
    ///
    /// # Errors
    /// What the database says.
    fn rollback_to(&self, name: &str) -> Result<()>;

    /// Whether a transaction is open. The database may have ended it by itself, as on a full disk.
    fn in_transaction(&self) -> bool;

    /// How many rows this connection has inserted, updated or deleted so far, those of triggers and of
    /// foreign key actions included.
    fn total_changes(&self) -> u64;
}

/// What an executed statement did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many rows matched; rows changed by foreign key actions and triggers don't count. 0 for a statement
    /// that changes no rows, such as DDL.
    pub rows: u64,
    /// The key that the database generated for the row inserted last; of no meaning after other statements.
    pub last_id: i64,
}

/// A prepared statement, with parameters bound one by one, counted from 0.
pub trait Statement {
    /// Binds a parameter. Bound values stay until they are bound anew.
    ///
    /// # Errors
    /// `Value` where the database can't store it.
    fn bind(&mut self, index: usize, value: ValueRef<'_>) -> Result<()>;

    /// Runs a statement that gives no rows.
    ///
    /// # Errors
    /// What the database says; `Statement` where it gives rows.
    fn execute(&mut self) -> Result<Done>;

    /// Runs a statement and lends each row. Stops where `each` fails or says so. Meanwhile `each` may run
    /// other statements on the connection, those of the same text included.
    ///
    /// # Errors
    /// What the database or `each` says.
    fn query(&mut self, each: &mut dyn FnMut(&dyn Row) -> Result<Flow>) -> Result<()>;
}

/// A row, lent while it is current.
pub trait Row {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// Where there is no such column, or its text isn't UTF-8.
    fn get(&self, index: usize) -> Result<ValueRef<'_>>;
}
