//! Work done in a transaction of its own: `Engine::transaction` and `Engine::read`.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::config::{Begin, SessionConfig};
use super::{Inner, Session};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// How often work is done again that the database was too busy for, unless told.
const TIMES: u32 = 5;

impl Engine {
    /// Does work in a transaction: with a session that is committed when the work is done, and rolled back where it fails
    /// or panics. The transaction takes the lock for writing when it begins, so that nobody changes what it has read.
    ///
    /// Where the database is busy for longer than the busy timeout, the work is done again, up to five times, with a new
    /// session each time; so it should have no effects besides those on the session. Errors of its own aren't repeated.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Account {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     balance: i64,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # engine.transaction(|session| session.add(Account { id: 1, balance: 5 }).map(drop))?;
    /// let balance = engine.transaction(|session| {
    ///     let account = session.get_one::<Account>(1)?;
    ///     account.set_balance(account.balance()? + 10)?;
    ///     account.balance()
    /// })?;
    /// assert_eq!(balance, 15);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the work says; `locked` where the database stays busy; and as [`commit`](Session::commit).
    pub fn transaction<R>(&self, work: impl FnMut(&Session) -> Result<R>) -> Result<R> {
        self.transaction_with(SessionConfig::default(), TIMES, work)
    }

    /// As [`transaction`](Self::transaction), with settings of the session and how often the work is done again, and for
    /// work with errors of another type.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    pub fn transaction_with<R, E: From<Error>>(
        &self,
        config: SessionConfig,
        times: u32,
        mut work: impl FnMut(&Session) -> Result<R, E>,
    ) -> Result<R, E> {
        let config = config.begin(Begin::Immediate).read_only(false);
        let mut left = times;
        loop {
            let session = Ending(Session::with_config(self, config));
            let done = once(&session.0, &mut work);
            let met_lock = session.0.inner.met_lock();
            match done {
                Err(_) if met_lock && left > 0 => {
                    drop(session); // gives the connection back before it waits
                    pause(times.saturating_sub(left));
                    left -= 1;
                }
                done => return done,
            }
        }
    }

    /// Reads in a transaction: all that the work reads is of one moment, and it waits for nobody who writes. Writing is
    /// refused: a flush with something to write is `read-only` before it runs a statement.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Account {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     balance: i64,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// let accounts = engine.read(|session| {
    ///     let accounts = session.scalars(select(Account))?.all()?;
    ///     accounts.iter().map(|account| account.to_value()).collect::<orm::Result<Vec<Account>>>()
    /// })?;
    /// assert!(accounts.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the work says, and what the database says.
    pub fn read<R>(&self, work: impl FnOnce(&Session) -> Result<R>) -> Result<R> {
        self.read_with(SessionConfig::default(), work)
    }

    /// As [`read`](Self::read), with settings of the session, and for work with errors of another type.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with<R, E: From<Error>>(
        &self,
        config: SessionConfig,
        work: impl FnOnce(&Session) -> Result<R, E>,
    ) -> Result<R, E> {
        let session = Ending(Session::with_config(self, config.read_only(true)));
        session.0.inner.connect()?;
        work(&session.0)
    }
}

/// A session for one piece of work. It ends with that, also by a panic, and where the work keeps it by an object.
struct Ending(Session);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.inner.end();
    }
}

/// Does work once and commits it. What fails is rolled back when the session is dropped.
fn once<R, E: From<Error>>(
    session: &Session,
    work: &mut impl FnMut(&Session) -> Result<R, E>,
) -> Result<R, E> {
    session.inner.connect()?;
    let done = work(session)?;
    session.commit()?;
    Ok(done)
}

/// Waits before work is done again: longer each time, and not as long as others that wait.
fn pause(round: u32) {
    let longest = 100_u64.saturating_mul(1 << round.min(7)).min(10_000);
    let share = RandomState::new().hash_one(round) % longest.max(1);
    std::thread::sleep(Duration::from_micros(longest / 2 + share / 2));
}

impl Inner {
    /// Whether the database was too busy for the transaction that is running.
    fn met_lock(&self) -> bool {
        self.connection.borrow().as_ref().is_some_and(|connection| connection.met_lock())
    }
}
