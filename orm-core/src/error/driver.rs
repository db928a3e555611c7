//! `DriverError`: what a database said, in portable kinds.

use std::error::Error as StdError;
use std::fmt;

use super::Code;

/// Which constraint refused a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Constraint {
    /// A unique constraint or index.
    Unique,
    /// The primary key.
    PrimaryKey,
    /// A foreign key.
    ForeignKey,
    /// `NOT NULL`.
    NotNull,
    /// A check.
    Check,
    /// Another rule, such as one of a trigger or of a strict table's types.
    Other,
}

/// The portable kind of what a database said. Every driver maps its own codes to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A constraint refused the change.
    Constraint(Constraint),
    /// Locked by another connection for longer than the busy timeout.
    Busy,
    /// The database, or the connection, is read-only.
    ReadOnly,
    /// No space left.
    Full,
    /// Damaged, or not a database.
    Corrupt,
    /// The connection can't be opened, or is closed.
    Connection,
    /// A value that the database can't store, such as NaN in SQLite.
    Value,
    /// A statement that the database refuses: syntax, unknown tables, misuse.
    Statement,
    /// Anything else.
    Other,
}

/// What a database said.
#[derive(Debug)]
pub struct DriverError {
    fault: Fault,
    message: String,
    table: Option<String>,
    columns: Vec<String>,
    sql: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DriverError {
    /// A fault with the database's message.
    pub fn new(fault: Fault, message: impl Into<String>) -> Self {
        DriverError {
            fault,
            message: message.into(),
            table: None,
            columns: Vec::new(),
            sql: None,
            source: None,
        }
    }

    /// Adds the table and the columns, where the database tells.
    #[must_use]
    pub fn at(mut self, table: Option<String>, columns: Vec<String>) -> Self {
        self.table = table;
        self.columns = columns;
        self
    }

    /// Adds the statement.
    #[must_use]
    pub fn with_sql(mut self, sql: &str) -> Self {
        self.sql = Some(sql.to_owned());
        self
    }

    /// Keeps the driver's own error.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The portable kind.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The database's message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The table, where the database tells.
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The columns, where the database tells.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The statement, where there was one.
    pub fn sql(&self) -> Option<&str> {
        self.sql.as_deref()
    }

    /// The error code that goes with the kind.
    pub fn code(&self) -> Code {
        match self.fault {
            Fault::Constraint(_) => Code::Integrity,
            Fault::Busy => Code::Locked,
            Fault::ReadOnly => Code::ReadOnly,
            Fault::Full => Code::Full,
            Fault::Corrupt => Code::Corrupt,
            Fault::Connection => Code::Connection,
            Fault::Value => Code::Value,
            Fault::Statement | Fault::Other => Code::Database,
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for DriverError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
