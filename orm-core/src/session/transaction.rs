//! Transactions and savepoints: begun when they are needed, ended by the user, broken by a failed flush.

use std::rc::{Rc, Weak};

use super::{Inner, Session};
use crate::engine::{Connection, EngineConnection};
use crate::error::{Code, Error, Result};

/// A transaction or a savepoint of a session.
pub(super) struct Transaction {
    pub(super) serial: u32,
    /// The savepoint's name; `None` for the transaction itself.
    pub(super) savepoint: Option<String>,
    /// Whether the database knows of it.
    started: bool,
    /// Why nothing can be done before a rollback.
    pub(super) broken: Option<String>,
}

impl Transaction {
    pub(super) fn is_nested(&self) -> bool {
        self.savepoint.is_some()
    }
}

/// A savepoint of a session: a part of the transaction that can be rolled back by itself. Dropped without
/// [`commit`](Savepoint::commit), it is rolled back.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[relationship(back_populates = "user")]
/// #     addresses: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     email: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "addresses")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let user = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let part = session.begin_nested()?;
/// user.set_name("Edward")?;
/// part.rollback()?;
/// assert_eq!(user.name()?, "ed");
/// # Ok(())
/// # }
/// ```
#[must_use = "a savepoint that is dropped is rolled back"]
#[derive(Debug)]
pub struct Savepoint {
    session: Weak<Inner>,
    serial: u32,
    done: bool,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.id.get().0)
    }
}

impl Savepoint {
    fn session(&self) -> Result<Rc<Inner>> {
        self.session
            .upgrade()
            .ok_or_else(|| Error::new(Code::NoTransaction, "the session of the savepoint is gone"))
    }

    /// Flushes and keeps what was done since the savepoint, as a part of the transaction around it. Savepoints
    /// within it are committed too.
    ///
    /// # Errors
    /// As a flush; `no-transaction` where the transaction has ended meanwhile; `pending-rollback`.
    pub fn commit(mut self) -> Result<()> {
        let session = self.session()?;
        self.done = true;
        session.commit_down_to(self.serial)
    }

    /// Takes back what was done since the savepoint, in the database and in the objects.
    ///
    /// # Errors
    /// `no-transaction` where the transaction has ended meanwhile, and what the database says.
    pub fn rollback(mut self) -> Result<()> {
        let session = self.session()?;
        self.done = true;
        session.roll_back_down_to(self.serial)
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        if !self.done
            && let Some(session) = self.session.upgrade()
        {
            // Where the transaction has ended there is nothing left to take back.
            let _ = session.roll_back_down_to(self.serial);
        }
    }
}

impl Session {
    /// Flushes and commits. Objects are expired, so that the next transaction reads what it finds.
    ///
    /// # Errors
    /// As a flush; `pending-rollback` after a failed one; and what the database says: the transaction is then
    /// still there, to be committed again or rolled back.
    pub fn commit(&self) -> Result<()> {
        self.inner.autobegin();
        self.inner.commit_down_to(0)?;
        crate::state::collect_if_due();
        Ok(())
    }

    /// Takes back everything since the last commit, in the database and in the objects: new ones are transient
    /// again, deleted ones persistent, and the rest is expired.
    ///
    /// # Errors
    /// What the database says; the objects are restored all the same.
    pub fn rollback(&self) -> Result<()> {
        let ended = self.inner.roll_back_all();
        crate::state::collect_if_due();
        ended
    }

    /// Flushes and sets a savepoint.
    ///
    /// # Errors
    /// As a flush; `pending-rollback`.
    pub fn begin_nested(&self) -> Result<Savepoint> {
        self.inner.autobegin();
        self.inner.check_active()?;
        self.inner.flush()?;
        let serial = self.inner.next_serial();
        self.inner.transactions.borrow_mut().push(Transaction {
            serial,
            savepoint: Some(format!("orm_{serial}")),
            started: false,
            broken: None,
        });
        Ok(Savepoint { session: Rc::downgrade(&self.inner), serial, done: false })
    }

    /// Whether a transaction has begun.
    pub fn in_transaction(&self) -> bool {
        !self.inner.transactions.borrow().is_empty()
    }

    /// Whether a savepoint is set.
    pub fn in_nested_transaction(&self) -> bool {
        self.inner.transactions.borrow().last().is_some_and(Transaction::is_nested)
    }
}

impl Inner {
    fn next_serial(&self) -> u32 {
        let serial = self.serial.get().wrapping_add(1).max(1);
        self.serial.set(serial);
        serial
    }

    /// Begins a transaction, of which the database hears when a statement needs it.
    pub(super) fn autobegin(&self) {
        if self.transactions.borrow().is_empty() {
            let serial = self.next_serial();
            self.transactions.borrow_mut().push(Transaction {
                serial,
                savepoint: None,
                started: false,
                broken: None,
            });
        }
    }

    /// The number of the transaction, without savepoints.
    pub(super) fn outermost(&self) -> u32 {
        self.transactions.borrow().first().map_or(u32::MAX, |transaction| transaction.serial)
    }

    /// The number of the innermost savepoint, or of the transaction.
    pub(super) fn innermost(&self) -> u32 {
        self.transactions.borrow().last().map_or(0, |transaction| transaction.serial)
    }

    /// Refuses to go on after a failed flush.
    pub(super) fn check_active(&self) -> Result<()> {
        match self.transactions.borrow().last().and_then(|transaction| transaction.broken.as_deref()) {
            None => Ok(()),
            Some(why) => Err(Error::new(
                Code::PendingRollback,
                format!("the transaction was rolled back by a failed flush: {why}"),
            )
            .help("call `rollback()` of the session, or of the savepoint, first")),
        }
    }

    /// Refuses to end a transaction in the middle of a flush, as a column type of the user's own could.
    pub(super) fn check_flushing(&self) -> Result<()> {
        if self.flushing.get() {
            return Err(Error::new(Code::WrongState, "the session is flushing"));
        }
        Ok(())
    }

    /// The connection, with the transaction and every savepoint begun.
    pub(super) fn connect(&self) -> Result<Rc<EngineConnection>> {
        self.autobegin();
        self.check_active()?;
        let connection = self.connection.borrow().clone();
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let connection = Rc::new(self.engine.connect()?);
                *self.connection.borrow_mut() = Some(Rc::clone(&connection));
                connection
            }
        };
        // The last begins last; when it has begun, so have the others.
        if self.transactions.borrow().last().is_some_and(|transaction| transaction.started) {
            return Ok(connection);
        }
        let waiting: Vec<(usize, Option<String>)> = self
            .transactions
            .borrow()
            .iter()
            .enumerate()
            .filter(|(_, transaction)| !transaction.started)
            .map(|(at, transaction)| (at, transaction.savepoint.clone()))
            .collect();
        for (at, savepoint) in waiting {
            match savepoint {
                None => connection.begin()?,
                Some(name) => connection.savepoint(&name)?,
            }
            if let Some(transaction) = self.transactions.borrow_mut().get_mut(at) {
                transaction.started = true;
            }
        }
        Ok(connection)
    }

    fn position(&self, serial: u32) -> Result<usize> {
        self.transactions.borrow().iter().position(|transaction| transaction.serial == serial).ok_or_else(
            || Error::new(Code::NoTransaction, "the savepoint is gone: the transaction around it has ended"),
        )
    }

    /// Commits the innermost savepoints down to one, or everything.
    fn commit_down_to(&self, serial: u32) -> Result<()> {
        let down_to = if serial == 0 { 0 } else { self.position(serial)? };
        while self.transactions.borrow().len() > down_to {
            self.commit_innermost()?;
        }
        Ok(())
    }

    fn commit_innermost(&self) -> Result<()> {
        self.check_flushing()?;
        self.check_active()?;
        // A flush may leave something to flush where a user's types change objects in it.
        let mut left = 100;
        while !self.is_clean() {
            if left == 0 {
                return Err(Error::new(Code::Flush, "after 100 flushes there is still something to flush")
                    .help("a column type changes objects while it is written: it must not"));
            }
            left -= 1;
            self.flush()?;
        }
        let connection = self.connection.borrow().clone();
        let (savepoint, started) = match self.transactions.borrow().last() {
            Some(transaction) => (transaction.savepoint.clone(), transaction.started),
            None => return Ok(()),
        };
        if let (Some(connection), true) = (&connection, started) {
            match &savepoint {
                Some(name) => connection.release(name)?,
                None => connection.commit()?,
            }
        }
        self.transactions.borrow_mut().pop();
        if savepoint.is_none() {
            self.after_commit();
            self.give_back_connection();
        }
        Ok(())
    }

    /// Rolls savepoints back down to one, and it too.
    fn roll_back_down_to(&self, serial: u32) -> Result<()> {
        self.check_flushing()?;
        let down_to = self.position(serial)?;
        let mut ended = Ok(());
        while self.transactions.borrow().len() > down_to {
            // What is inside of it ends with it; only the outermost is rolled back in the database.
            let last = self.transactions.borrow().len() == down_to + 1;
            ended = self.roll_back_innermost(last);
        }
        ended
    }

    fn roll_back_all(&self) -> Result<()> {
        self.check_flushing()?;
        if !self.is_clean() {
            self.autobegin(); // objects that came while an earlier transaction was ending
        }
        let mut ended = Ok(());
        while !self.transactions.borrow().is_empty() {
            ended = self.roll_back_innermost(true);
        }
        ended
    }

    /// Ends the innermost savepoint or the transaction. One that is broken was rolled back already.
    fn roll_back_innermost(&self, in_database: bool) -> Result<()> {
        let (broken, serial, nested) = match self.transactions.borrow().last() {
            Some(transaction) => (transaction.broken.is_some(), transaction.serial, transaction.is_nested()),
            None => return Ok(()),
        };
        let mut ended = Ok(());
        if !broken {
            if in_database {
                ended = self.roll_back_in_database();
            }
            self.restore(serial, nested);
        } else if !self.is_clean() {
            self.restore(serial, nested);
        }
        self.transactions.borrow_mut().pop();
        if !nested {
            self.forget_transaction();
            self.give_back_connection();
        }
        ended
    }

    fn roll_back_in_database(&self) -> Result<()> {
        let connection = self.connection.borrow().clone();
        let innermost = match self.transactions.borrow().last() {
            Some(transaction) if transaction.started => Some(transaction.savepoint.clone()),
            _ => None,
        };
        match (connection, innermost) {
            (Some(connection), Some(Some(name))) => connection.rollback_to(&name),
            (Some(connection), Some(None)) => connection.rollback(),
            _ => Ok(()),
        }
    }

    /// A flush failed: the innermost savepoint, or the transaction, is rolled back and waits to be ended.
    pub(super) fn break_innermost(&self, error: &Error) {
        let Some((serial, nested)) = self
            .transactions
            .borrow()
            .last()
            .map(|transaction| (transaction.serial, transaction.is_nested()))
        else {
            return;
        };
        if let Err(failed) = self.roll_back_in_database() {
            tracing::warn!(target: "orm::session", error = %failed, "the rollback after a failed flush failed");
        }
        self.restore(serial, nested);
        if let Some(transaction) = self.transactions.borrow_mut().last_mut() {
            transaction.broken = Some(error.to_string());
        }
    }

    fn give_back_connection(&self) {
        let connection = self.connection.borrow_mut().take();
        drop(connection);
    }

    /// Ends everything without restoring objects: the session is closed.
    pub(super) fn end_all(&self) -> Result<()> {
        let connection = self.connection.borrow_mut().take();
        let begun = self.transactions.borrow().first().is_some_and(|transaction| transaction.started);
        self.transactions.borrow_mut().clear();
        match connection {
            Some(connection) if begun => connection.rollback(),
            _ => Ok(()),
        }
    }
}
