//! `SessionConfig`: what a session can be told.

use super::events::SessionEvents;
use super::n_plus_one::NPlusOne;
use crate::flush::{FlushRules, Unsaved};
use crate::state::read::port::ChangeRules;

/// Settings of a session.
///
/// ```
/// use orm_core::SessionConfig;
/// let config = SessionConfig::default().expire_on_commit(false);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    pub(super) autoflush: bool,
    pub(super) expire_on_commit: bool,
    /// Whether the rollback of a savepoint expires what was read in it.
    pub(super) expires_reads: bool,
    /// Whether a savepoint whose commit fails is rolled back by that.
    pub(super) ends_savepoints: bool,
    /// Whether what an object leads to is written again when its insertion was rolled back.
    pub(super) relates_again: bool,
    /// Whether everything that the database makes of a new row is read back with it.
    pub(super) reads_defaults_back: bool,
    /// Whether queries mean what SQLAlchemy makes of them, where that is another thing.
    pub(super) asks_like_sqlalchemy: bool,
    /// Whether relationships that are loaded when they are read are loaded for many objects at once.
    pub(super) batch: bool,
    pub(super) n_plus_one: NPlusOne,
    pub(super) begin: Begin,
    pub(super) read_only: bool,
    pub(super) autobegin: bool,
    pub(super) close_resets_only: bool,
    pub(super) join: JoinMode,
    pub(super) rules: FlushRules,
    pub(super) changes: ChangeRules,
    pub(super) events: Option<&'static SessionEvents>,
}

/// When the transactions of a session take the lock for writing, which one of them has at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Begin {
    /// When they first write, or at once where a flush is the first that they do. A transaction that has read before
    /// can't write any more once somebody else has: it is `locked`, and has to be repeated.
    #[default]
    Deferred,
    /// When they begin. Others that write wait until then, those that read don't.
    Immediate,
}

/// What a session does with a transaction that is there on its connection already
/// ([`Session::on_connection`](super::Session::on_connection)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinMode {
    /// [`CreateSavepoint`](JoinMode::CreateSavepoint) where a savepoint is set on the connection, else
    /// [`RollbackOnly`](JoinMode::RollbackOnly).
    #[default]
    ConditionalSavepoint,
    /// Its commits leave it alone, its rollbacks roll it back.
    RollbackOnly,
    /// Its commits commit it, and its rollbacks, and its end, roll it back.
    ControlFully,
    /// It sets a savepoint, which its commits release and its rollbacks roll back: the transaction around it goes on.
    CreateSavepoint,
}

impl Default for SessionConfig {
    /// Autoflush and expire-on-commit are on, and where SQLAlchemy loses data this library doesn't.
    fn default() -> Self {
        SessionConfig {
            autoflush: true,
            expire_on_commit: true,
            expires_reads: true,
            ends_savepoints: true,
            relates_again: true,
            reads_defaults_back: false,
            asks_like_sqlalchemy: false,
            batch: false,
            n_plus_one: NPlusOne::Off,
            begin: Begin::Deferred,
            read_only: false,
            autobegin: true,
            close_resets_only: true,
            join: JoinMode::ConditionalSavepoint,
            rules: FlushRules::USUAL,
            changes: ChangeRules::USUAL,
            events: None,
        }
    }
}

impl SessionConfig {
    /// Whether a query flushes first, so that it sees what was changed.
    #[must_use]
    pub fn autoflush(mut self, on: bool) -> Self {
        self.autoflush = on;
        self
    }

    /// Whether sessions do what SQLAlchemy's do also where that loses data or leaves an object with a value that the
    /// database doesn't have. The rollback of a savepoint expires what was changed in it, but not what was read in it;
    /// a savepoint whose commit fails waits for the rollback of the session, and the transaction with it;
    /// a new object that changes its parent leaves the session, where the relationship says `delete-orphan`; not all
    /// objects follow the changed key of what they refer to; a relationship that was set wins over its foreign key that is
    /// set by hand afterwards, without a word; a new object that takes over the row of a deleted one writes
    /// only what was set of it, its version too; `merge` compares versions where both are in memory; one whose insertion was rolled back is inserted again without what it leads to; the deletion of one whose insertion was rolled back deletes the row that has its key by now; what was to be deleted, and was saved as a part of another parent, is deleted by the next flush; links of a deleted object are looked for by a key that was changed in the same flush;
    /// what is loaded beyond a relationship is loaded of what its rows lead to, also where the session holds others by now;
    /// a query doesn't find the rows that don't contain an object without a parent; of a key of several columns all have to
    /// differ for a row to lead to another object; the condition of an option holds for all rows of its class that are read
    /// further on; what `immediate` says of several objects that another `immediate` has loaded runs no statement; what is said beyond a `subquery` that follows a `selectin` is left out;
    /// a relationship by a condition is asked for, after a flush, also where a column that it equates is `NULL`;
    /// each statement of a query with `populate_existing` overwrites what it meets, also what an earlier one has loaded;
    /// [`check_rows`](Self::check_rows),
    /// [`active_history`](Self::active_history) and [`unique_order`](Self::unique_order) are off, and
    /// [`unsaved`](Self::unsaved) is [`Unsaved::Warn`]. Every value that the database makes of a new row is read
    /// back with it, by `RETURNING`; otherwise only keys are. What is set after it counts.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().like_sqlalchemy(true);
    /// ```
    #[must_use]
    pub fn like_sqlalchemy(mut self, on: bool) -> Self {
        self.expires_reads = !on;
        self.ends_savepoints = !on;
        self.relates_again = !on;
        self.reads_defaults_back = on;
        self.asks_like_sqlalchemy = on;
        self.changes = if on { ChangeRules::SQLALCHEMY } else { ChangeRules::USUAL };
        self.rules = if on { FlushRules::SQLALCHEMY } else { FlushRules::USUAL };
        self
    }

    /// Whether every row that a flush writes is checked by itself. An insert that the database ignores (`ON CONFLICT
    /// IGNORE`, a trigger with `RAISE(IGNORE)`, a view) is then an error of the code `flush`, and so is a deletion
    /// after which the row is still there; a row or a link that stands twice is `stale-data`. Otherwise only inserts
    /// whose key the database generates are checked, and the rows that changes of one kind find are counted together,
    /// as in SQLAlchemy. Default: yes.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().check_rows(false);
    /// ```
    #[must_use]
    pub fn check_rows(mut self, on: bool) -> Self {
        self.rules.checks_rows = on;
        self
    }

    /// Whether a to-one relationship whose foreign key stands on the other side loads what it led to before it is set to
    /// something else, so that the flush can take the key from it; and whether the deletion of an object leaves those alone
    /// that a relationship of it still holds in memory, though their foreign keys are known to belong to another one.
    /// Default: yes.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().active_history(false);
    /// ```
    #[must_use]
    pub fn active_history(mut self, on: bool) -> Self {
        self.changes.loads_replaced = on;
        self.rules.asks_children = on;
        self
    }

    /// Whether a flush deletes a row before it writes another one with the same value in a column, or columns, of which
    /// the table says that they are unique: a one-to-one that is replaced, a name that passes from an object to another.
    /// Where that would come before itself, and with `false`, it inserts and updates first, as SQLAlchemy does.
    /// Default: yes.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().unique_order(false);
    /// ```
    #[must_use]
    pub fn unique_order(mut self, on: bool) -> Self {
        self.rules.unique_order = on;
        self
    }

    /// What a flush does with an object that isn't in the session, though a relationship of one that is leads to it.
    /// Default: [`Unsaved::Error`].
    ///
    /// ```
    /// use orm_core::{SessionConfig, Unsaved};
    /// let config = SessionConfig::default().unsaved(Unsaved::Save);
    /// ```
    #[must_use]
    pub fn unsaved(mut self, unsaved: Unsaved) -> Self {
        self.rules.unsaved = unsaved;
        self
    }

    /// Whether every relationship that says `lazy = "select"`, or nothing, is loaded as with `lazy = "batch"`: when it is
    /// read of one object, it is loaded for those that were loaded together with that one, up to 500. An object that is
    /// expired is loaded together with them too. A loop over objects that reads a relationship of each then takes a
    /// statement for every 500 of them. Default: no.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().batch(true);
    /// ```
    #[must_use]
    pub fn batch(mut self, on: bool) -> Self {
        self.batch = on;
        self
    }

    /// What is done where a relationship is loaded one by one for objects that were loaded together. Default:
    /// [`NPlusOne::Off`].
    ///
    /// ```
    /// use orm_core::{NPlusOne, SessionConfig};
    /// let config = SessionConfig::default().n_plus_one(NPlusOne::Warn);
    /// ```
    #[must_use]
    pub fn n_plus_one(mut self, n_plus_one: NPlusOne) -> Self {
        self.n_plus_one = n_plus_one;
        self
    }

    /// What listens to the sessions that have these settings. Default: nothing.
    ///
    /// ```
    /// use std::sync::LazyLock;
    /// use orm_core::{SessionConfig, SessionEvents};
    ///
    /// static EVENTS: LazyLock<SessionEvents> = LazyLock::new(|| SessionEvents::new().after_commit(|_| println!("saved")));
    /// let config = SessionConfig::default().events(&EVENTS);
    /// ```
    #[must_use]
    pub fn events(mut self, events: &'static SessionEvents) -> Self {
        self.events = Some(events);
        self
    }

    /// When transactions take the lock for writing. Default: [`Begin::Deferred`].
    ///
    /// ```
    /// use orm_core::{Begin, SessionConfig};
    /// let config = SessionConfig::default().begin(Begin::Immediate);
    /// ```
    #[must_use]
    pub fn begin(mut self, begin: Begin) -> Self {
        self.begin = begin;
        self
    }

    /// Whether the session begins a transaction by itself when one is needed. With `false`, what would do so is
    /// `no-transaction` until [`begin`](super::Session::begin) is called. Default: yes.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().autobegin(false);
    /// ```
    #[must_use]
    pub fn autobegin(mut self, on: bool) -> Self {
        self.autobegin = on;
        self
    }

    /// Whether a session that was closed can be used again. With `false`, what would begin a transaction is
    /// `no-transaction` after [`close`](super::Session::close), but not after [`reset`](super::Session::reset).
    /// Default: yes.
    ///
    /// ```
    /// use orm_core::SessionConfig;
    /// let config = SessionConfig::default().close_resets_only(false);
    /// ```
    #[must_use]
    pub fn close_resets_only(mut self, on: bool) -> Self {
        self.close_resets_only = on;
        self
    }

    /// What a session on a connection of somebody else ([`Session::on_connection`](super::Session::on_connection)) does
    /// with a transaction that is there. Default: [`JoinMode::ConditionalSavepoint`].
    ///
    /// ```
    /// use orm_core::{JoinMode, SessionConfig};
    /// let config = SessionConfig::default().join(JoinMode::CreateSavepoint);
    /// ```
    #[must_use]
    pub fn join(mut self, mode: JoinMode) -> Self {
        self.join = mode;
        self
    }

    /// Whether the session refuses to write: a flush with something to write is `read-only` before it runs a
    /// statement. Default: no.
    #[must_use]
    pub fn read_only(mut self, on: bool) -> Self {
        self.read_only = on;
        self
    }

    /// Whether a commit expires every object, so that the next transaction reads what it finds.
    #[must_use]
    pub fn expire_on_commit(mut self, on: bool) -> Self {
        self.expire_on_commit = on;
        self
    }
}
