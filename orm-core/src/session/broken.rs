//! Transactions and savepoints that were taken back, or ended by others, and wait for the session to end them.

use super::Inner;
use super::begun::{Broken, Transaction};
use super::events::{End, Place};
use crate::engine::{Connection, Ended, EngineConnection};
use crate::error::{Error, Result};

impl Inner {
    /// Refuses to go on where the innermost was taken back and waits to be ended.
    pub(super) fn check_active(&self) -> Result<()> {
        match self.transactions.borrow().last().and_then(|transaction| transaction.broken.as_ref()) {
            None => Ok(()),
            Some(broken) => Err(broken.error()),
        }
    }

    /// Refuses to go on where the database has ended the transaction by itself, as a trigger, a full disk or a user's
    /// own statement make it. Then all of it is gone, and statements would be committed one by one.
    pub(super) fn check_open(&self, connection: &EngineConnection) -> Result<()> {
        if !self.is_begun() {
            return Ok(());
        }
        if !connection.in_transaction() {
            self.break_all("it has none any more");
        } else if let Some(depth) = self.overtaken() {
            self.break_overtaken(depth);
        } else {
            return Ok(());
        }
        self.check_active()
    }

    /// Whether the database was told that the transaction begins.
    fn is_begun(&self) -> bool {
        self.transactions.borrow().first().is_some_and(|transaction| transaction.begun.is_some())
    }

    /// Whether the database has ended the transaction by itself.
    pub(super) fn is_ended(&self) -> bool {
        let connection = self.connection.borrow();
        self.is_begun() && connection.as_ref().is_some_and(|connection| !connection.in_transaction())
    }

    /// A flush failed: the innermost savepoint, or the transaction, is rolled back and waits to be ended.
    pub(super) fn break_innermost(&self, error: &Error) {
        let Some(depth) = self.transactions.borrow().len().checked_sub(1) else { return };
        if self.is_ended() {
            return self.break_all(&error.to_string());
        }
        if let Err(failed) = self.roll_back_in_database() {
            tracing::warn!(target: "orm::session", error = %failed, "the rollback after a failed flush failed");
        }
        self.tell(End::Done, Place::AfterRollback);
        self.restore_at(depth);
        self.break_at(depth, Broken::Flush(error.to_string()));
        self.tell(End::Done, Place::AfterSoftRollback);
    }

    /// The database has ended the transaction, or can't roll back a savepoint: what it and its savepoints did is taken
    /// back, and each of them waits to be ended.
    pub(super) fn break_all(&self, why: &str) {
        let depth = self.transactions.borrow().len();
        for depth in (0..depth).rev() {
            self.restore_at(depth);
            self.break_at(depth, Broken::Ended(why.to_owned()));
        }
    }

    /// The outermost savepoint of the session that others have ended.
    fn overtaken(&self) -> Option<usize> {
        let is_it = |one: &Transaction| one.broken.is_none() && one.ended().is_some();
        self.transactions.borrow().iter().position(is_it)
    }

    /// Others have ended a savepoint of the session, with those within it: objects are what became of their rows, and each
    /// waits to be ended.
    #[cold]
    fn break_overtaken(&self, outermost: usize) {
        let depth = self.transactions.borrow().len();
        for depth in (outermost..depth).rev() {
            let ended = self.transactions.borrow().get(depth).and_then(Transaction::ended);
            if ended == Some(Ended::Kept) {
                let page = self.ledger.borrow_mut().take(depth);
                match depth {
                    0 => self.after_commit(page),
                    _ => self.ledger.borrow_mut().keep(depth, page),
                }
            } else {
                self.restore_at(depth);
            }
            self.break_at(depth, Broken::Overtaken(ended.unwrap_or(Ended::TakenBack)));
        }
    }

    fn break_at(&self, depth: usize, broken: Broken) {
        if let Some(transaction) = self.transactions.borrow_mut().get_mut(depth) {
            transaction.broken.get_or_insert(broken);
        }
    }

    /// Refuses to call something rolled back that others have kept, unless that was told before.
    pub(super) fn check_kept(&self, depth: usize) -> Result<()> {
        let transactions = self.transactions.borrow();
        match transactions.get(depth).filter(|one| one.broken.is_none()).and_then(Transaction::ended) {
            Some(how @ Ended::Kept) => Err(Broken::Overtaken(how).error()),
            _ => Ok(()),
        }
    }
}
