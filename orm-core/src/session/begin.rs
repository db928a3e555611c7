//! How transactions begin: by themselves or when it is said, on a connection of the session's own or on one where there is
//! one already.

use super::begun::{Begun, Kind};
use super::config::{JoinMode, SessionConfig};
use super::{Inner, Session};
use crate::engine::{Access, Connection, EngineConnection};
use crate::error::{Code, Error, Result};

impl Session {
    /// A session on a connection that somebody else has, who may have begun a transaction on it: what becomes of that the
    /// settings say ([`SessionConfig::join`]). Where there is none, the session begins and ends its own, as others do. The
    /// connection stays the other one's: it goes back to the engine when both have let go of it.
    ///
    /// A test that is to leave nothing behind gives its sessions a connection, and rolls back what they did:
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Ware {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// use orm::engine::{Access, Connection};
    /// use orm::{JoinMode, SessionConfig};
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// let connection = engine.connect()?;
    /// connection.begin(Access::Usual)?;
    /// let session = Session::on_connection(&connection, SessionConfig::default().join(JoinMode::CreateSavepoint));
    /// session.add(Ware::builder().name("nail"))?;
    /// session.commit()?;
    /// assert_eq!(session.scalars(select(Ware))?.count()?, 1);
    /// drop(session);
    /// connection.rollback()?;
    /// # let session = Session::new(&engine);
    /// assert_eq!(session.scalars(select(Ware))?.count()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_connection(connection: &EngineConnection, config: SessionConfig) -> Self {
        Session::over(connection.engine(), config, Some(connection.shared()))
    }

    /// Begins a transaction, of which the database hears with the first statement. A session does that by itself, unless its
    /// settings say otherwise ([`SessionConfig::autobegin`]).
    ///
    /// # Errors
    /// `wrong-state` where one has begun; `no-transaction` where the session is closed for good.
    pub fn begin(&self) -> Result<()> {
        if self.in_transaction() {
            return Err(Error::new(Code::WrongState, "the session has begun a transaction already")
                .help("commit it or roll it back first; a part of it is begun by `begin_nested`"));
        }
        self.inner.check_closed()?;
        self.inner.begin(Kind::Transaction);
        Ok(())
    }

    /// The first of the two phases in which several databases commit together. SQLite has none, so that is always an error.
    ///
    /// # Errors
    /// `wrong-state`.
    pub fn prepare(&self) -> Result<()> {
        Err(Error::new(Code::WrongState, "the database has no transactions of two phases")
            .help("call `commit`, which is one phase"))
    }

    /// Whether a transaction has begun.
    pub fn in_transaction(&self) -> bool {
        !self.inner.transactions.borrow().is_empty()
    }

    /// Whether the session can go on: it isn't closed for good, and no failed flush waits for a rollback.
    pub fn is_active(&self) -> bool {
        self.inner.check_closed().and_then(|()| self.inner.check_active()).is_ok()
    }
}

impl Inner {
    /// Begins a transaction where there is none, if the session does that by itself.
    #[inline]
    pub(super) fn autobegin(&self) -> Result<()> {
        if !self.transactions.borrow().is_empty() {
            return Ok(());
        }
        self.check_closed()?;
        if !self.config.autobegin {
            return Err(Error::new(Code::NoTransaction, "the session begins no transaction by itself")
                .help("call `begin` first"));
        }
        self.begin(Kind::Transaction);
        Ok(())
    }

    /// Begins a transaction where there is none, in which changes stand that are there already.
    pub(super) fn begin_where_none(&self) {
        if self.transactions.borrow().is_empty() {
            self.begin(Kind::Transaction);
        }
    }

    /// Refuses to begin anything when the session is closed for good.
    pub(super) fn check_closed(&self) -> Result<()> {
        if self.is_closed.get() {
            return Err(Error::new(Code::NoTransaction, "the session is closed for good")
                .help("make another one, or end this one by `reset`"));
        }
        Ok(())
    }

    /// Begins a transaction in the database, or joins the one that is there.
    pub(super) fn begin_or_join(&self, connection: &EngineConnection, access: Access) -> Result<Begun> {
        let Some(joined) = self.joins.as_ref().filter(|joined| joined.in_transaction()) else {
            connection.begin(access)?;
            return Ok(Begun::Transaction);
        };
        let savepoint = joined.innermost_savepoint();
        match (self.config.join, &savepoint) {
            (JoinMode::CreateSavepoint, _) | (JoinMode::ConditionalSavepoint, Some(_)) => {
                Begun::savepoint_on(connection)
            }
            (JoinMode::RollbackOnly, _) | (JoinMode::ConditionalSavepoint, None) => {
                Ok(Begun::Joined { savepoint, commits: false })
            }
            (JoinMode::ControlFully, _) => Ok(Begun::Joined { savepoint, commits: true }),
        }
    }
}
