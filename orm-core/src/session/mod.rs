//! `Session`: the objects of one piece of work, their changes, and the transaction they are written in.
//!
//! The life of an object: made by a user it is *transient*; [`add`](Session::add) makes it *pending*; the
//! flush inserts its row and makes it *persistent*; [`delete`](Session::delete) and a flush make it *deleted*,
//! and the commit *detached*, as [`expunge`](Session::expunge) does. Rolling back turns each step round.

mod add;
mod ahead;
mod begin;
mod begun;
mod broken;
mod cascade;
mod change;
mod close;
mod config;
mod connection;
mod count;
mod delete;
mod dynamic;
mod events;
mod execute;
mod execution;
mod expire;
mod expired;
mod expunge;
mod flush;
mod get;
mod guests;
mod key;
mod ledger;
mod list;
mod load_for;
mod loaded_alone;
mod membership;
mod merge;
mod merge_onto;
mod merge_without_load;
mod n_plus_one;
mod of_object;
mod port;
mod read_ahead;
mod replaced;
mod restore;
mod rows_as;
mod run;
mod savepoint;
mod settle;
mod states;
mod transaction;
mod transient;
mod unread;
mod waiting;

pub use crate::flush::Unsaved;
pub use add::AddAll;

use self::loaded_alone::LoadedAlone;
use self::read_ahead::ReadAhead;
pub use config::{Begin, JoinMode, SessionConfig};
pub use connection::SessionConnection;
pub use delete::Deletable;
pub use dynamic::DynamicQuery;
pub use events::{SessionEvents, StateChange};
pub use execute::Rows;
pub use execution::{Execution, ExecutionKind};
pub use key::{AcceptsKey, IntoKey, KeyIs, KeyOf};
pub use n_plus_one::NPlusOne;
pub use savepoint::Savepoint;

use crate::state::change::hooks::Expired;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::identity::IdentityMap;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use self::begun::{Transaction, TransactionNumber};
use self::events::End;
use self::guests::Guests;
use self::ledger::Ledger;
use self::list::ObjectList;
use self::replaced::Replaced;
use crate::engine::{Counter, Engine, EngineConnection};

/// A session: takes objects, tracks their changes, writes them in the right order, and gives one object for
/// one row.
///
/// It belongs to the thread that made it, and so do its objects. The first statement begins a transaction;
/// [`commit`](Session::commit) and [`rollback`](Session::rollback) end it, and the session goes on with the
/// next. A dropped session is closed: its objects are detached. It is kept by whoever had it of an object, too
/// ([`Obj::session`](crate::Obj::session)).
pub struct Session {
    inner: Rc<Inner>,
}

pub(crate) struct Inner {
    id: Cell<SessionId>,
    engine: Engine,
    config: SessionConfig,
    autoflush: Cell<bool>,
    /// Shared with the table in which dropped objects look for it.
    identity: Rc<IdentityMap>,
    /// To be inserted, in the order in which they came.
    new: RefCell<ObjectList>,
    /// Changed objects with rows, held so that no change is lost.
    dirty: RefCell<ObjectList>,
    /// Objects that it loads for without having them.
    guests: RefCell<Guests>,
    /// To be deleted.
    to_delete: RefCell<IndexMap<usize, Handle, FxBuildHasher>>,
    /// Those that have lost their places in the identity map meanwhile.
    displaced: RefCell<IndexMap<usize, Handle, FxBuildHasher>>,
    transactions: RefCell<Vec<Transaction>>,
    connection: RefCell<Option<Rc<EngineConnection>>>,
    /// The connection of somebody else that it is on.
    joins: Option<EngineConnection>,
    /// Whether nothing can be done any more.
    is_closed: Cell<bool>,
    /// Counts the statements of its connections, while somebody wants to know.
    counter: Rc<Counter>,
    /// The number of what was begun last.
    last_transaction: Cell<TransactionNumber>,
    /// What the transaction and its savepoints did to objects.
    ledger: RefCell<Ledger>,
    /// What was loaded for the deletion or the flush that is running.
    read_ahead: RefCell<ReadAhead>,
    /// What was loaded one by one, where that is told.
    loaded_alone: RefCell<LoadedAlone>,
    flushing: Cell<bool>,
    /// Objects that a flush wrote are on their way into the identity map: nothing can be loaded.
    settling: Cell<bool>,
    /// How many queries are reading rows while code of the user's runs.
    cursors: Cell<u32>,
    /// What listens to this session alone.
    events: RefCell<Vec<Rc<SessionEvents>>>,
    /// Whether anything listens; whether to changes of states, and to statements.
    is_heard: Cell<bool>,
    hears_moves: Cell<bool>,
    hears_executions: Cell<bool>,
    /// Changes of states of which nobody was told yet.
    moves: RefCell<Vec<(Handle, StateChange)>>,
    /// What was expired of objects to whose classes somebody listens.
    expired: RefCell<Vec<Expired>>,
    /// About which end of a transaction listeners are called.
    ending: Cell<End>,
}

impl Session {
    /// A session over an engine, with the usual settings.
    pub fn new(engine: &Engine) -> Self {
        Self::with_config(engine, SessionConfig::default())
    }

    /// A session with settings.
    pub fn with_config(engine: &Engine, config: SessionConfig) -> Self {
        Session::over(engine, config, None)
    }

    fn over(engine: &Engine, config: SessionConfig, joins: Option<EngineConnection>) -> Self {
        let inner = Rc::new(Inner {
            id: Cell::new(SessionId::NONE),
            engine: engine.clone(),
            config,
            autoflush: Cell::new(config.autoflush),
            identity: Rc::default(),
            new: RefCell::default(),
            dirty: RefCell::default(),
            guests: RefCell::default(),
            to_delete: RefCell::default(),
            displaced: RefCell::default(),
            transactions: RefCell::default(),
            connection: RefCell::default(),
            joins,
            is_closed: Cell::new(false),
            counter: Rc::default(),
            last_transaction: Cell::default(),
            ledger: RefCell::default(),
            read_ahead: RefCell::default(),
            loaded_alone: RefCell::default(),
            flushing: Cell::new(false),
            settling: Cell::new(false),
            cursors: Cell::new(0),
            events: RefCell::default(),
            is_heard: Cell::new(config.events.is_some()),
            hears_moves: Cell::new(config.events.is_some_and(SessionEvents::hears_moves)),
            hears_executions: Cell::new(config.events.is_some_and(SessionEvents::hears_executions)),
            moves: RefCell::default(),
            expired: RefCell::default(),
            ending: Cell::default(),
        });
        let session = Rc::downgrade(&inner) as _;
        inner.id.set(crate::state::read::port::register(session, Rc::clone(&inner.identity)));
        Session { inner }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Runs `f` with autoflush switched off.
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
    /// user.set_name("Edward")?;
    /// let old = session.no_autoflush(|session| session.scalars(select(User).filter(User::name.eq("Edward")))?.all())?;
    /// assert!(old.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn no_autoflush<R>(&self, f: impl FnOnce(&Session) -> R) -> R {
        let _replaced = Replaced::by(false, &self.inner.autoflush);
        f(self)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.end();
        crate::state::read::port::unregister(self.id.get());
        crate::state::collect_if_due();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("engine", &self.inner.engine)
            .field("new", &self.inner.new.borrow().len())
            .field("dirty", &self.inner.dirty.borrow().len())
            .field("deleted", &self.inner.to_delete.borrow().len())
            .finish()
    }
}
