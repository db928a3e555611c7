//! `Driver`, `Connection`, `Statement` and `Row`: the contract with a database.
//!
//! A driver is shared between threads and hands out connections; a connection stays on the thread of the
//! session that took it. Everything takes `&self`, because other statements may run while one is at work: a lazy
//! load while rows are read, the loading of a key while rows are written.
//!
//! The library runs its own statements by their ids ([`Compiled`]): the driver keeps what it has prepared by the
//! id, as long as it likes, and prepares the text where it has nothing. All values come in one call. Statements
//! of users' own come as text ([`Connection::prepare`]).
//!
//! Which fault maps to which error ([`Fault`](crate::Fault)): a broken constraint is `Constraint`, with table
//! and columns where the database tells; waiting longer than the busy timeout is `Busy`, and so is a lock for
//! which waiting is in vain; writing what may only be read is `ReadOnly`; no space left is `Full`; a file
//! that is damaged or no database is `Corrupt`; what can't be opened or is closed is `Connection`; a value
//! that can't be stored, or text that isn't UTF-8, is `Value`; everything that the database refuses to parse
//! or finds missing, and every misuse of a statement, is `Statement`. An error of a statement carries its
//! text. A driver never panics on what a database says.

use std::ops::ControlFlow;

use super::statement::Compiled;
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

    /// Runs a query and lends each row. Stops where `each` fails or says so. `params` are the values of all
    /// placeholders, in their order. Meanwhile `each` may run other statements on the connection, the same one
    /// included.
    ///
    /// A database that sends rows one by one ignores `fetch`. One that sends them together takes all of them
    /// before it lends the first where it is [`Fetch::All`], and reads them in portions where it is
    /// [`Fetch::Stream`].
    ///
    /// # Errors
    /// What the database or `each` says; `Statement` where `params` are more or fewer than the placeholders.
    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()>;

    /// The names of the columns of a query's rows, without running it. They may be those that it had when it was
    /// prepared: [`Row::name`] tells them for sure.
    ///
    /// # Errors
    /// What the database says.
    fn columns(&self, statement: &Compiled) -> Result<Vec<String>>;

    /// Runs a statement that gives no rows. `params` are the values of all placeholders, in their order.
    ///
    /// # Errors
    /// What the database says; `Statement` where it gives rows, or `params` are more or fewer than the
    /// placeholders.
    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done>;

    /// Runs a statement that gives no rows once for each row of values, in their order, until there are no more.
    /// Stops at the first that fails; those before it have run. Meanwhile `rows` may run other statements on the
    /// connection, the same one included.
    ///
    /// # Errors
    /// What the database or `rows` says; `Statement` where it gives rows, or a row has more or fewer values than
    /// there are placeholders.
    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()>;

    /// Runs statements without parameters and rows, as for DDL and pragmas.
    ///
    /// # Errors
    /// What the database says.
    fn execute_batch(&self, sql: &str) -> Result<()>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// What the database says; `Busy` where others keep the lock that it takes for longer than the busy timeout.
    fn begin(&self, access: Access) -> Result<()>;

    /// The statement by which [`begin`](Connection::begin) begins a transaction, as those who listen are told of it.
    fn begin_text(&self, access: Access) -> &'static str;

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

    /// Has the connection closed when it goes back, instead of being lent again. A driver that keeps none has nothing to do.
    fn invalidate(&self) {}
}

/// What a transaction is begun for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading, and perhaps writing later: as the options of the engine say.
    Usual,
    /// Writing: it takes the lock for that at once. It waits for it there, and can't fail later because somebody else
    /// has written since it first read.
    Write,
    /// Reading alone: the database refuses what writes.
    Read,
}

/// How the rows of a query are read: a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// All of them at once; they are few enough to be held.
    All,
    /// One after another, as many as are wanted.
    Stream,
}

/// Takes the value of the next placeholder.
///
/// # Errors
/// `Value` where the database can't store it, `Statement` where there is no further placeholder.
pub type Bind<'b> = dyn FnMut(ValueRef<'_>) -> Result<()> + 'b;

/// The rows of values that a statement runs for, one after another.
pub trait RowSource {
    /// Gives the values of the next row, one for each placeholder, in their order. Says no, and gives none, where
    /// there is no further row.
    ///
    /// # Errors
    /// What `bind` says, and of its own. The statement then doesn't run for this row.
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool>;

    /// What the statement did for a row, counted from 0. Each row is told of, in their order; a driver that sends
    /// several together asks for the next rows before.
    ///
    /// # Errors
    /// Of its own. No further row is then asked for.
    fn done(&mut self, row: usize, done: Done) -> Result<()>;
}

/// What an executed statement did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many rows matched; rows changed by foreign key actions and triggers don't count. 0 for a statement
    /// that changes no rows, such as DDL.
    pub rows: u64,
    /// The key that the database generated for the row inserted last. `None` where no row was inserted; of no
    /// meaning where the table has no generated key, or `ON CONFLICT` updated a row.
    pub last_id: Option<i64>,
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

    /// The values of as many columns as there is room for, from one on, counted from 0.
    ///
    /// # Errors
    /// Where there aren't as many columns, or the text of one isn't UTF-8. What has been filled is then of no
    /// meaning.
    fn values<'r>(&'r self, from: usize, into: &mut [ValueRef<'r>]) -> Result<()>;

    /// The name of a column, counted from 0; `None` where there is no such column.
    fn name(&self, index: usize) -> Option<&str>;
}
