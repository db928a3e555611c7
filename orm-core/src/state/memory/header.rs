//! `Header`: what every object has, whatever its class.

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::changes::Changes;
use crate::state::memory::mark::Mark;
use std::cell::{Cell, RefCell};

/// Which session an object belongs to; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) u32);

impl SessionId {
    pub(crate) const NONE: SessionId = SessionId(0);
}

/// The header of an object.
pub(crate) struct Header {
    mapper: &'static Mapper,
    /// How many handles there are; links and the collector don't count.
    pub(crate) handles: Cell<u32>,
    /// The collector's count.
    pub(crate) gc: Cell<u32>,
    marks: Cell<u32>,
    /// The to-one slot whose object links back to this one, or [`NO_BACKLINK`].
    pub(crate) backlink_slot: Cell<u8>,
    session: Cell<SessionId>,
    /// Its place in the list that its session holds it in.
    pub(crate) place: Cell<u32>,
    /// Its rank among the new objects of its session.
    pub(crate) order: Cell<u32>,
    /// Its place in the flush that is running, counted from 1.
    pub(crate) work: Cell<u32>,
    key: RefCell<Option<Key>>,
    pub(crate) changes: RefCell<Option<Box<Changes>>>,
}

/// No to-one slot shelters the object.
pub(crate) const NO_BACKLINK: u8 = u8::MAX;

impl Header {
    pub(super) fn new(mapper: &'static Mapper) -> Self {
        Header {
            mapper,
            handles: Cell::new(0),
            gc: Cell::new(0),
            marks: Cell::new(0),
            backlink_slot: Cell::new(NO_BACKLINK),
            session: Cell::new(SessionId::NONE),
            place: Cell::new(0),
            order: Cell::new(0),
            work: Cell::new(0),
            key: RefCell::new(None),
            changes: RefCell::new(None),
        }
    }

    #[inline]
    pub(crate) fn mapper(&self) -> &'static Mapper {
        self.mapper
    }

    #[inline]
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks.get() & mark.0 != 0
    }

    #[inline]
    pub(crate) fn mark(&self, mark: Mark) {
        self.marks.set(self.marks.get() | mark.0);
    }

    #[inline]
    pub(crate) fn unmark(&self, mark: Mark) {
        self.marks.set(self.marks.get() & !mark.0);
    }

    #[inline]
    pub(crate) fn session(&self) -> SessionId {
        self.session.get()
    }

    pub(crate) fn set_session(&self, session: SessionId) {
        self.session.set(session);
    }

    #[inline]
    pub(crate) fn has_key(&self) -> bool {
        self.key.try_borrow().is_ok_and(|key| key.is_some())
    }

    pub(crate) fn key(&self) -> Option<Key> {
        self.key.try_borrow().ok().and_then(|key| key.clone())
    }

    pub(crate) fn set_key(&self, key: Option<Key>) {
        if let Ok(mut slot) = self.key.try_borrow_mut() {
            *slot = key;
        }
    }

    /// Runs `f` with the key, without copying it.
    pub(crate) fn with_key<R>(&self, f: impl FnOnce(Option<&Key>) -> R) -> R {
        match self.key.try_borrow() {
            Ok(key) => f(key.as_ref()),
            Err(_) => f(None),
        }
    }

    /// `User#1` or `User(transient)`, for messages.
    pub(crate) fn label(&self) -> String {
        self.with_key(|key| match key {
            Some(key) => format!("{}#{key}", self.mapper.class()),
            None => format!("{}(new)", self.mapper.class()),
        })
    }
}
