//! `SessionEvents`: what sessions have called when they flush, when their transactions begin and end, and when objects
//! come, go, and are written.
//!
//! A session that nobody listens to asks once at each place whether that is so.

use std::fmt;
use std::rc::Rc;

use super::execution::Execution;
use super::replaced::Replaced;
use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::query::parts::QueryParts;
use crate::state::ObjectState;
use crate::state::called;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::port;
use crate::state::typed::obj::{AnyObj, Obj};

/// Where a session calls who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    BeforeFlush,
    AfterFlush,
    AfterFlushPostexec,
    AfterBegin,
    BeforeCommit,
    AfterCommit,
    AfterRollback,
    AfterSoftRollback,
}

/// How many places there are.
const PLACES: usize = Place::AfterSoftRollback as usize + 1;

type Listener = Box<dyn Fn(&Session) -> Result<()> + Send + Sync>;
type MoveListener = Box<dyn Fn(&AnyObj, StateChange) + Send + Sync>;
pub(super) type ExecutionListener = Box<dyn Fn(&Session, &mut Execution<'_>) -> Result<()> + Send + Sync>;

/// An object of a session has come from one state to another.
///
/// | From | To | When |
/// |---|---|---|
/// | `Transient` | `Pending` | it is added |
/// | `Pending` | `Persistent` | a flush has inserted its row |
/// | `Pending` | `Transient` | it is expunged, or rolled back |
/// | `Persistent` | `Deleted` | a flush has deleted its row |
/// | `Persistent` | `Transient` | its insertion is rolled back |
/// | `Persistent` | `Detached` | it is expunged, or the session closed |
/// | `Deleted` | `Detached` | the deletion is committed |
/// | `Deleted` | `Persistent` | the deletion is rolled back |
/// | `Detached` | `Persistent` | it is added again |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChange {
    /// The state that it was in.
    pub from: ObjectState,
    /// The one that it is in.
    pub to: ObjectState,
}

/// What sessions call when they flush, when their transactions begin and end, and when objects change their states.
///
/// Listeners are given to all sessions of an application by their settings
/// ([`SessionConfig::events`](crate::SessionConfig::events)), or to one by [`Session::listen`]. They are called in that
/// order, and in the order in which they were added, while nothing is borrowed.
///
/// ```
/// use std::sync::LazyLock;
/// use orm::prelude::*;
/// use orm::{SessionConfig, SessionEvents};
///
/// static EVENTS: LazyLock<SessionEvents> = LazyLock::new(|| {
///     SessionEvents::new().before_flush(|session| {
///         assert!(session.is_dirty());
///         Ok(())
///     })
/// });
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// let session = Session::with_config(&engine, SessionConfig::default().events(&EVENTS));
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct SessionEvents {
    lists: [Vec<Listener>; PLACES],
    moves: Vec<MoveListener>,
    pub(super) executions: Vec<ExecutionListener>,
}

macro_rules! listeners {
    ($($(#[$doc:meta])* $name:ident = $place:ident,)*) => {
        impl SessionEvents {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(self, f: impl Fn(&Session) -> Result<()> + Send + Sync + 'static) -> Self {
                    self.with(Place::$place, Box::new(f))
                }
            )*
        }
    };
}

listeners! {
    /// Before a flush that has something to write. What is added, changed or deleted here is written by it. It can't flush
    /// or end a transaction; an error ends the flush, and nothing has happened.
    before_flush = BeforeFlush,
    /// After the statements of a flush, while the session still says what they were about. What is changed here isn't
    /// written. An error rolls the flush back.
    after_flush = AfterFlush,
    /// After a flush, when its objects are what they are now. What is changed here is written by the next flush. An error
    /// rolls the flush back.
    after_flush_postexec = AfterFlushPostexec,
    /// When a transaction, or a savepoint, has begun in the database: it may run statements.
    after_begin = AfterBegin,
    /// Before a transaction, or a savepoint, is flushed and committed. What is changed here is flushed with it. It can't end
    /// a transaction; after an error the transaction goes on.
    before_commit = BeforeCommit,
}

macro_rules! witnesses {
    ($($(#[$doc:meta])* $name:ident = $place:ident,)*) => {
        impl SessionEvents {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(self, f: impl Fn(&Session) + Send + Sync + 'static) -> Self {
                    self.with(Place::$place, Box::new(move |session| {
                        f(session);
                        Ok(())
                    }))
                }
            )*
        }
    };
}

witnesses! {
    /// After a transaction or a savepoint was committed, before objects are expired: they can be read, but no statement is
    /// run.
    after_commit = AfterCommit,
    /// After a transaction or a savepoint was rolled back in the database, also by a flush that failed; its objects are
    /// restored. No statement is run.
    after_rollback = AfterRollback,
    /// After a rollback has ended, also of what a failed flush had rolled back already. A new transaction may begin here.
    after_soft_rollback = AfterSoftRollback,
}

impl SessionEvents {
    /// Nothing listens yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether anything listens to changes of states.
    pub(super) fn hears_moves(&self) -> bool {
        !self.moves.is_empty()
    }

    /// Whether anything listens to statements.
    pub(super) fn hears_executions(&self) -> bool {
        !self.executions.is_empty()
    }

    fn with(mut self, place: Place, listener: Listener) -> Self {
        self.lists[place as usize].push(listener);
        self
    }

    /// When an object of the session has changed its state. It is called when the operation that did so has ended.
    /// Objects that are loaded are told to their class: [`Listeners::load`](crate::Listeners::load).
    #[must_use]
    pub fn state_change(mut self, f: impl Fn(&AnyObj, StateChange) + Send + Sync + 'static) -> Self {
        self.moves.push(Box::new(f));
        self
    }

    /// Before a statement of the user's runs: a query, `get` of an object that the session doesn't have, or what writes
    /// rows. It is told of the [`Execution`], which it may narrow, and comes before the flush. An error refuses the
    /// statement. Statements of its own, of a flush, and of what objects load later aren't told.
    #[must_use]
    pub fn before_execute(
        mut self,
        f: impl Fn(&Session, &mut Execution<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.executions.push(Box::new(f));
        self
    }
}

impl fmt::Debug for SessionEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.lists.iter().map(Vec::len).sum();
        let count = count + self.moves.len() + self.executions.len();
        f.debug_struct("SessionEvents").field("listeners", &count).finish()
    }
}

impl Session {
    /// Has listeners called by this session too.
    pub fn listen(&self, events: SessionEvents) {
        let (hears_moves, hears_executions) = (events.hears_moves(), events.hears_executions());
        self.inner.events.borrow_mut().push(Rc::new(events));
        self.inner.is_heard.set(true);
        self.inner.hears_moves.set(self.inner.hears_moves.get() || hears_moves);
        self.inner.hears_executions.set(self.inner.hears_executions.get() || hears_executions);
    }
}

/// Which end of a transaction listeners are called about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    #[default]
    None,
    /// It is to come.
    Coming,
    /// The database has ended the transaction.
    Done,
}

impl Inner {
    /// Calls who listens at a place.
    ///
    /// # Errors
    /// The first of a listener; the others aren't called then.
    #[inline]
    pub(super) fn fire(&self, place: Place) -> Result<()> {
        if self.is_heard.get() { self.fire_listeners(place) } else { Ok(()) }
    }

    /// The same before or after the end of a transaction, which can't be another one's.
    ///
    /// # Errors
    /// As [`fire`](Self::fire).
    pub(super) fn fire_at(&self, end: End, place: Place) -> Result<()> {
        if !self.is_heard.get() {
            return Ok(());
        }
        let _ending = Replaced::by(end, &self.ending);
        self.fire_listeners(place)
    }

    /// The same where listeners can't fail: it was done already.
    pub(super) fn tell(&self, end: End, place: Place) {
        if let Err(error) = self.fire_at(end, place) {
            tracing::warn!(target: "orm::session", %error, "a listener wasn't called");
        }
    }

    /// Tells that a rollback has ended.
    pub(super) fn end_rollback(&self) {
        self.tell_done();
        self.tell(End::None, Place::AfterSoftRollback);
    }

    #[cold]
    fn fire_listeners(&self, place: Place) -> Result<()> {
        let Some(session) = self.session() else { return Ok(()) };
        let call = |events: &SessionEvents| {
            let listeners = events.lists.get(place as usize).map_or(&[][..], Vec::as_slice);
            listeners.iter().try_for_each(|listener| called::call(|| listener(&session)))
        };
        self.config.events.map_or(Ok(()), call)?;
        let own: Vec<Rc<SessionEvents>> = self.events.borrow().clone();
        own.iter().try_for_each(|events| call(events))
    }

    /// Tells of a query that is about to run. The one that runs is given where anybody listens.
    #[inline]
    pub(super) fn tell_query(&self, query: &QueryParts) -> Result<Option<Box<QueryParts>>> {
        if self.hears_executions.get() { self.tell_heard_query(query).map(Some) } else { Ok(None) }
    }

    #[cold]
    fn tell_heard_query(&self, query: &QueryParts) -> Result<Box<QueryParts>> {
        let mut query = Box::new(query.clone());
        self.tell_execution(&mut Execution::of_query(&mut query))?;
        Ok(query)
    }

    /// Tells of a statement that is about to run. What listeners run themselves isn't told.
    #[cold]
    pub(super) fn tell_execution(&self, execution: &mut Execution<'_>) -> Result<()> {
        let Some(session) = self.session() else { return Ok(()) };
        let _untold = Replaced::by(false, &self.hears_executions);
        let mut call = |events: &SessionEvents| {
            let mut listeners = events.executions.iter();
            listeners.try_for_each(|listener| called::call(|| listener(&session, execution)))
        };
        self.config.events.map_or(Ok(()), &mut call)?;
        let own: Vec<Rc<SessionEvents>> = self.events.borrow().clone();
        own.iter().try_for_each(|events| call(events))
    }

    /// The session as users have it; none while it is dropped.
    pub(super) fn session(&self) -> Option<Session> {
        let inner = port::find(self.id.get())?.into_any().downcast::<Inner>().ok()?;
        Some(Session { inner })
    }

    /// Refuses to end a transaction while listeners of an end are called.
    pub(super) fn check_ending(&self) -> Result<()> {
        if self.ending.get() == End::None { Ok(()) } else { Err(is_ending()) }
    }

    /// Refuses to run statements after the end of a transaction, while its listeners are called.
    #[inline]
    pub(super) fn check_ended(&self) -> Result<()> {
        if self.ending.get() == End::Done { Err(is_ending()) } else { Ok(()) }
    }

    /// An object has changed its state, of which is told when the operation has ended.
    #[inline]
    pub(super) fn moved(&self, instance: &Rc<Instance>, from: ObjectState, to: ObjectState) {
        if self.hears_moves.get() {
            self.moves.borrow_mut().push((Handle::to(instance), StateChange { from, to }));
        }
    }

    /// Tells what an operation that has ended did to objects: what it has expired, and which have changed their states.
    #[inline]
    pub(super) fn tell_done(&self) {
        if self.flushing.get() {
            return;
        }
        self.tell_expired();
        if self.hears_moves.get() {
            self.tell_each_move();
        }
    }

    #[cold]
    fn tell_each_move(&self) {
        let moves = std::mem::take(&mut *self.moves.borrow_mut());
        let own: Vec<Rc<SessionEvents>> = self.events.borrow().clone();
        for (handle, change) in moves {
            let object: AnyObj = Obj::from_handle(handle);
            let call = |events: &SessionEvents| {
                for listener in &events.moves {
                    let called = called::call(|| {
                        listener(&object, change);
                        Ok(())
                    });
                    if let Err(error) = called {
                        tracing::warn!(target: "orm::session", %error, "a listener wasn't called");
                    }
                }
            };
            if let Some(events) = self.config.events {
                call(events);
            }
            own.iter().for_each(|events| call(events));
        }
    }
}

#[cold]
fn is_ending() -> Error {
    Error::new(Code::WrongState, "the session is ending a transaction").help(
        "a listener of the end can't end one, and runs no statement after it: it may do so when `commit` or `rollback` \
         has returned",
    )
}
