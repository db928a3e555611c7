//! Transactions and savepoints: begun when they are needed, ended by the user, broken by a failed flush.

use std::rc::Rc;

use super::begun::{Begun, Expires, Kind, Transaction, TransactionNumber};
use super::config::Begin;
use super::events::{End, Place};
use super::{Inner, Session};
use crate::engine::{Access, Connection, Ended, EngineConnection};
use crate::error::{Code, Error, Result};

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.id.get().0)
    }
}

impl Session {
    /// Flushes and commits. Objects are expired, so that the next transaction reads what it finds.
    ///
    /// # Errors
    /// As a flush; `pending-rollback` after a failed one; `wrong-state` within [`Rows::each`](super::Rows::each);
    /// and what the database says: the transaction is then still there, to be committed again or rolled back.
    pub fn commit(&self) -> Result<()> {
        self.inner.autobegin()?;
        self.inner.commit_all()?;
        crate::state::collect_if_due();
        Ok(())
    }

    /// Takes back everything since the last commit, in the database and in the objects: new ones are transient
    /// again, deleted ones persistent, and the rest is expired.
    ///
    /// # Errors
    /// `wrong-state` within [`Rows::each`](super::Rows::each); what the database says, and then the objects are
    /// restored all the same.
    pub fn rollback(&self) -> Result<()> {
        let ended = self.inner.roll_back_all();
        crate::state::collect_if_due();
        ended
    }
}

impl Inner {
    /// Begins a transaction or a savepoint, of which the database hears when a statement needs it.
    pub(super) fn begin(&self, kind: Kind) -> TransactionNumber {
        let number = self.last_transaction.get().next();
        self.last_transaction.set(number);
        let transaction = Transaction { number, kind, begun: None, broken: None };
        self.transactions.borrow_mut().push(transaction);
        self.ledger.borrow_mut().begin();
        number
    }

    /// Refuses to end a transaction in the middle of a flush, as a column type of the user's own could.
    pub(super) fn check_flushing(&self) -> Result<()> {
        if self.flushing.get() {
            return Err(Error::new(Code::WrongState, "the session is flushing"));
        }
        Ok(())
    }

    /// Refuses to end a transaction while a query is reading rows in it.
    pub(super) fn check_cursors(&self) -> Result<()> {
        if self.cursors.get() > 0 {
            return Err(Error::new(Code::WrongState, "a query of the session is reading rows")
                .help("end the transaction after `each`, or take the objects by `all` first"));
        }
        Ok(())
    }

    /// The connection, with the transaction and every savepoint begun.
    pub(super) fn connect(&self) -> Result<Rc<EngineConnection>> {
        self.connect_for(match (self.config.read_only, self.config.begin) {
            (true, _) => Access::Read,
            (false, Begin::Immediate) => Access::Write,
            (false, Begin::Deferred) => Access::Usual,
        })
    }

    /// The connection for a flush. Where it is the first that a transaction does, nothing was read that others could
    /// have changed before it gets the lock.
    pub(super) fn connect_to_write(&self) -> Result<Rc<EngineConnection>> {
        self.connect_for(Access::Write)
    }

    fn connect_for(&self, access: Access) -> Result<Rc<EngineConnection>> {
        self.check_ended()?;
        match self.running() {
            Some(connection) => Ok(connection),
            None => self.start(access),
        }
    }

    /// The connection, where the transaction and every savepoint are begun and go on.
    #[inline]
    fn running(&self) -> Option<Rc<EngineConnection>> {
        let transactions = self.transactions.borrow();
        // The last begins last; when it has begun, so have the others.
        let is_running =
            |last: &Transaction| last.begun.is_some() && last.broken.is_none() && last.ended().is_none();
        let goes_on = transactions.last().is_some_and(is_running);
        let connection = self.connection.borrow();
        connection.as_ref().filter(|connection| goes_on && connection.in_transaction()).map(Rc::clone)
    }

    /// The connection, with what isn't begun begun.
    #[cold]
    fn start(&self, access: Access) -> Result<Rc<EngineConnection>> {
        self.autobegin()?;
        self.check_active()?;
        let connection = self.connection.borrow().clone();
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let connection = match &self.joins {
                    Some(joined) => joined.shared(),
                    None => self.engine.connect()?,
                };
                let connection = Rc::new(connection.counted_by(&self.counter));
                *self.connection.borrow_mut() = Some(Rc::clone(&connection));
                connection
            }
        };
        self.check_open(&connection)?;
        let waiting: Vec<(usize, Kind)> = self
            .transactions
            .borrow()
            .iter()
            .enumerate()
            .filter(|(_, transaction)| transaction.begun.is_none())
            .map(|(at, transaction)| (at, transaction.kind))
            .collect();
        for (at, kind) in waiting {
            let begun = match kind {
                Kind::Transaction => self.begin_or_join(&connection, access)?,
                Kind::Savepoint => Begun::savepoint_on(&connection)?,
            };
            if let Some(transaction) = self.transactions.borrow_mut().get_mut(at) {
                transaction.begun = Some(begun);
            }
            self.fire(Place::AfterBegin)?;
        }
        Ok(connection)
    }

    /// How many transactions and savepoints stand around a savepoint.
    fn depth(&self, number: TransactionNumber) -> Result<usize> {
        let transactions = self.transactions.borrow();
        transactions.iter().rposition(|transaction| transaction.number == number).ok_or_else(|| {
            Error::new(Code::NoTransaction, "the savepoint is gone: the transaction around it has ended")
        })
    }

    /// Commits the innermost savepoints down to one.
    pub(super) fn commit_down_to(&self, number: TransactionNumber) -> Result<()> {
        let depth = self.depth(number)?;
        self.commit_each(depth)
    }

    fn commit_all(&self) -> Result<()> {
        self.commit_each(0)
    }

    /// Those that listeners begin meanwhile stay.
    fn commit_each(&self, depth: usize) -> Result<()> {
        let count = self.transactions.borrow().len().saturating_sub(depth);
        let committed = (0..count).try_for_each(|_| self.commit_innermost());
        self.tell_done();
        committed
    }

    fn commit_innermost(&self) -> Result<()> {
        self.check_flushing()?;
        self.check_ending()?;
        self.check_active()?;
        self.fire_at(End::Coming, Place::BeforeCommit)?;
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
        let is_nested = self.transactions.borrow().last().is_some_and(Transaction::is_nested);
        if !is_nested {
            self.check_cursors()?;
        }
        let connection = self.connection.borrow().clone();
        let begun = match self.transactions.borrow().last() {
            Some(transaction) => transaction.begun.clone(),
            None => return Ok(()),
        };
        if let (Some(connection), Some(begun)) = (&connection, &begun) {
            self.check_open(connection)?;
            if let Err(error) = begun.commit(connection) {
                if self.is_ended() {
                    self.break_all(&error.to_string());
                }
                return Err(error);
            }
        }
        self.transactions.borrow_mut().pop();
        if is_nested {
            self.ledger.borrow_mut().release();
            self.tell(End::Done, Place::AfterCommit);
            return Ok(());
        }
        let page = self.ledger.borrow_mut().end();
        self.tell(End::Done, Place::AfterCommit);
        self.after_commit(page);
        self.give_back_connection();
        Ok(())
    }

    /// Rolls savepoints back down to one, and it too.
    pub(super) fn roll_back_down_to(&self, number: TransactionNumber) -> Result<()> {
        self.check_flushing()?;
        self.check_ending()?;
        let depth = self.depth(number)?;
        let kept = self.check_kept(depth);
        let mut ended = Ok(());
        while self.transactions.borrow().len() > depth {
            // What is inside of it ends with it; only the outermost is rolled back in the database.
            let last = self.transactions.borrow().len() == depth + 1;
            ended = self.roll_back_innermost(last);
        }
        self.end_rollback();
        kept.and(ended)
    }

    fn roll_back_all(&self) -> Result<()> {
        self.check_flushing()?;
        self.check_cursors()?;
        self.check_ending()?;
        if !self.is_clean() {
            self.begin_where_none(); // objects that came while an earlier transaction was ending
        }
        let kept = self.check_kept(0);
        let mut ended = Ok(());
        // Those that listeners begin meanwhile stay.
        let count = self.transactions.borrow().len();
        for _ in 0..count {
            ended = self.roll_back_innermost(true);
        }
        if count > 0 {
            self.end_rollback();
        }
        kept.and(ended)
    }

    /// Ends the innermost savepoint or the transaction. One that is broken was rolled back already.
    fn roll_back_innermost(&self, in_database: bool) -> Result<()> {
        let (mut ended, is_broken, is_nested) = match self.transactions.borrow().last() {
            Some(transaction) => {
                (transaction.savepoint_is_gone(), transaction.broken.is_some(), transaction.is_nested())
            }
            None => return Ok(()),
        };
        let rolls_back = !is_broken && in_database;
        if rolls_back {
            ended = self.roll_back_in_database();
            // Objects hold then what they held: a listener reads what is loaded.
            self.tell(End::Done, Place::AfterRollback);
        }
        let is_broken = self.check_active().is_err(); // also where that has found the whole transaction gone
        if is_broken && !self.is_clean() {
            tracing::warn!(target: "orm::session", "what was changed after a rollback is lost");
        }
        if !is_broken || !self.is_clean() {
            let depth = self.transactions.borrow().len().saturating_sub(1);
            self.restore_at(depth);
        }
        self.transactions.borrow_mut().pop();
        self.ledger.borrow_mut().end();
        if !is_nested {
            self.give_back_connection();
        }
        ended
    }

    /// Takes back in the objects what the savepoint or transaction at a depth did.
    pub(super) fn restore_at(&self, depth: usize) {
        let expires = self.transactions.borrow().get(depth).map_or(Expires::All, Transaction::expires);
        let page = self.ledger.borrow_mut().take(depth);
        self.restore(&page, expires);
        self.ledger.borrow_mut().restored(depth, page);
    }

    /// Rolls the innermost back in the database. Where a savepoint can't be, the whole transaction is.
    pub(super) fn roll_back_in_database(&self) -> Result<()> {
        let connection = self.connection.borrow().clone();
        let innermost = self.transactions.borrow().last().and_then(|transaction| transaction.begun.clone());
        let Some((connection, begun)) = connection.zip(innermost) else { return Ok(()) };
        if begun.savepoint().is_none() {
            return begun.roll_back(&connection);
        }
        if begun.ended() == Some(Ended::TakenBack) {
            return Ok(());
        }
        self.check_open(&connection)?;
        begun.roll_back(&connection).or_else(|error| {
            self.break_all(&error.to_string());
            connection.rollback().and(Err(error))
        })
    }

    fn give_back_connection(&self) {
        self.loaded_alone.borrow_mut().end();
        let connection = self.connection.borrow_mut().take();
        drop(connection);
    }

    /// Ends everything without restoring objects: the session is closed.
    pub(super) fn end_all(&self) -> Result<()> {
        self.loaded_alone.borrow_mut().end();
        let connection = self.connection.borrow_mut().take();
        let begun = {
            let transactions = self.transactions.borrow();
            let mut begun = transactions.iter().filter_map(|transaction| transaction.begun.clone());
            begun.find(|begun| !begun.is_left() && begun.ended().is_none())
        };
        self.transactions.borrow_mut().clear();
        let deleted = self.ledger.borrow_mut().take_deleted();
        self.ledger.borrow_mut().clear();
        self.detach_deleted(deleted);
        connection.zip(begun).map_or(Ok(()), |(connection, begun)| begun.roll_back(&connection))
    }
}
