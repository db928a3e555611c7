//! `Savepoint`: a part of a transaction that is kept or taken back by itself.

use std::rc::{Rc, Weak};

use super::begun::{Kind, Transaction, TransactionNumber};
use super::{Inner, Session};
use crate::error::{Code, Error, Result};

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
    number: TransactionNumber,
    done: bool,
}

impl Savepoint {
    fn session(&self) -> Result<Rc<Inner>> {
        self.session
            .upgrade()
            .ok_or_else(|| Error::new(Code::NoTransaction, "the session of the savepoint is gone"))
    }

    /// Flushes and keeps what was done since the savepoint, as a part of the transaction around it. Savepoints
    /// within it are committed too. Where that fails, the savepoint is rolled back: the transaction around it is as it
    /// was, and can go on.
    ///
    /// # Errors
    /// As a flush; `no-transaction` where the transaction has ended meanwhile; `pending-rollback`.
    pub fn commit(mut self) -> Result<()> {
        let session = self.session()?;
        let committed = session.commit_down_to(self.number);
        // Else it is rolled back when it is dropped.
        self.done = committed.is_ok() || !session.config.ends_savepoints;
        committed
    }

    /// Takes back what was done since the savepoint, in the database and in the objects.
    ///
    /// # Errors
    /// `no-transaction` where the transaction has ended meanwhile, and what the database says.
    pub fn rollback(mut self) -> Result<()> {
        let session = self.session()?;
        self.done = true;
        session.roll_back_down_to(self.number)
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        if !self.done
            && let Some(session) = self.session.upgrade()
        {
            // Where the transaction has ended there is nothing left to take back.
            let _ = session.roll_back_down_to(self.number);
        }
    }
}

impl Session {
    /// Flushes and sets a savepoint.
    ///
    /// # Errors
    /// As a flush; `pending-rollback`.
    pub fn begin_nested(&self) -> Result<Savepoint> {
        self.inner.check_ending()?;
        self.inner.autobegin()?;
        self.inner.check_active()?;
        self.inner.flush()?;
        let number = self.inner.begin(Kind::Savepoint);
        Ok(Savepoint { session: Rc::downgrade(&self.inner), number, done: false })
    }

    /// Whether a savepoint is set.
    pub fn in_nested_transaction(&self) -> bool {
        self.inner.transactions.borrow().last().is_some_and(Transaction::is_nested)
    }
}
