//! `Node`: an object as the core sees it. `Core` is its header, `Storage` its storage: one allocation.

#![allow(unreachable_pub, reason = "`Handle` dereferences to `Node`, which nothing outside can name")]

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::Columns;
use super::links::{RelSlot, Slots};
use super::track::Track;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::value::{Value, ValueRef};

/// Marks of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(u32);

impl Mark {
    /// Changed since it was last loaded or flushed.
    pub(crate) const MODIFIED: Mark = Mark(1);
    /// Expired as a whole.
    pub(crate) const EXPIRED: Mark = Mark(2);
    /// Its row was deleted by a flush.
    pub(crate) const DELETED: Mark = Mark(4);
    /// In its session's list of new objects.
    pub(crate) const NEW: Mark = Mark(8);
    /// In its session's identity map.
    pub(crate) const MAPPED: Mark = Mark(16);
    /// Marked for deletion in its session.
    pub(crate) const DOOMED: Mark = Mark(32);
    /// Lost its parent while it had no session.
    pub(crate) const ORPHANED: Mark = Mark(64);
    /// Held by its session because it is changed.
    pub(crate) const HELD: Mark = Mark(128);
    /// The collector has come by.
    pub(crate) const VISITED: Mark = Mark(256);
    /// The collector found it reachable.
    pub(crate) const LIVE: Mark = Mark(512);
    /// Waits for the collector.
    pub(crate) const QUEUED: Mark = Mark(1024);
    /// In a list of handles that is being dropped.
    pub(crate) const LEAVING: Mark = Mark(16384);
    /// In such a list, and found to stay alive without it.
    pub(crate) const STAYS: Mark = Mark(8192);
    /// A flush has written it once. What is set afterwards is remembered also while it has no row.
    pub(crate) const WRITTEN: Mark = Mark(2048);
    /// To be expired when the closure that reads it ends.
    pub(crate) const OVERDUE: Mark = Mark(4096);
    /// A relationship of it may be loaded, or changed.
    pub(crate) const RELATED: Mark = Mark(32768);
    /// The database generated its key, be it in a flush that failed later.
    pub(crate) const GENERATED: Mark = Mark(65536);
}

/// Which session an object belongs to; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) u32);

impl SessionId {
    pub(crate) const NONE: SessionId = SessionId(0);
}

/// The primary key of a row, as the identity map compares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// One integer.
    Int(i64),
    /// Anything else.
    Values(Box<[Value]>),
}

impl Key {
    /// A key of these values, in the order of the key's columns.
    pub fn new(mut values: Vec<Value>) -> Self {
        match values.as_slice() {
            [Value::Int(id)] => Key::Int(*id),
            // Databases without truth values give integers back.
            [Value::Bool(id)] => Key::Int(i64::from(*id)),
            _ => Key::Values(std::mem::take(&mut values).into_boxed_slice()),
        }
    }

    /// The values.
    pub fn values(&self) -> Vec<Value> {
        match self {
            Key::Int(id) => vec![Value::Int(*id)],
            Key::Values(values) => values.to_vec(),
        }
    }

    /// Lends one of the values.
    pub(crate) fn get(&self, index: usize) -> ValueRef<'_> {
        match self {
            Key::Int(id) => ValueRef::Int(*id),
            Key::Values(values) => values.get(index).map_or(ValueRef::Null, Value::as_ref),
        }
    }

    /// Whether a value of it is missing.
    pub(crate) fn has_null(&self) -> bool {
        match self {
            Key::Int(_) => false,
            Key::Values(values) => values.iter().any(Value::is_null),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Int(id) => write!(f, "{id}"),
            Key::Values(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{value}")?;
                }
                Ok(())
            }
        }
    }
}

/// The header of an object.
pub struct Core {
    mapper: &'static Mapper,
    /// How many handles there are; links and the collector don't count.
    pub(super) handles: Cell<u32>,
    /// The collector's count.
    pub(super) gc: Cell<u32>,
    marks: Cell<u32>,
    /// The to-one slot whose object links back to this one, or [`NO_SHELTER`].
    pub(super) shelter: Cell<u8>,
    session: Cell<SessionId>,
    /// Its place in the list that its session holds it in.
    pub(crate) place: Cell<u32>,
    /// Its rank among the new objects of its session.
    pub(crate) order: Cell<u32>,
    /// Its place in the flush that is running, counted from 1.
    pub(crate) work: Cell<u32>,
    /// The transaction in which its row was inserted.
    pub(crate) born: Cell<u32>,
    /// The last transaction in which its row was changed.
    pub(crate) touched: Cell<u32>,
    key: RefCell<Option<Key>>,
    pub(super) track: RefCell<Option<Box<Track>>>,
}

/// No to-one slot shelters the object.
pub(super) const NO_SHELTER: u8 = u8::MAX;

impl Core {
    fn new(mapper: &'static Mapper) -> Self {
        Core {
            mapper,
            handles: Cell::new(0),
            gc: Cell::new(0),
            marks: Cell::new(0),
            shelter: Cell::new(NO_SHELTER),
            session: Cell::new(SessionId::NONE),
            place: Cell::new(0),
            order: Cell::new(0),
            work: Cell::new(0),
            born: Cell::new(0),
            touched: Cell::new(0),
            key: RefCell::new(None),
            track: RefCell::new(None),
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

/// An object: its header, and behind it what depends on its class, in one allocation. A reference to it knows
/// the class only by the table of [`Body`], but the header without asking it.
pub struct Node<B: ?Sized = dyn Body> {
    core: Core,
    body: B,
}

/// What an object holds of its class.
pub trait Body {
    /// The columns.
    fn columns(&self) -> &RefCell<dyn Columns>;
    /// The relationships.
    fn relations(&self) -> &RefCell<[RelSlot]>;
}

struct Storage<C, R> {
    columns: RefCell<C>,
    relations: R,
}

impl<C: Columns, R: Slots> Body for Storage<C, R> {
    #[inline]
    fn columns(&self) -> &RefCell<dyn Columns> {
        &self.columns
    }

    #[inline]
    fn relations(&self) -> &RefCell<[RelSlot]> {
        self.relations.slots()
    }
}

impl<B: ?Sized> Drop for Node<B> {
    fn drop(&mut self) {
        if self.core.has(Mark::MAPPED) {
            super::host::forget(&self.core);
        }
    }
}

/// A reference that keeps nothing alive.
pub(crate) type WeakNode = Weak<Node>;

impl Node {
    /// A new object of a class.
    pub(crate) fn new<C: Columns, R: Slots + 'static>(
        mapper: &'static Mapper,
        columns: C,
        relations: R,
    ) -> Rc<Self> {
        let body = Storage { columns: RefCell::new(columns), relations };
        Rc::new(Node { core: Core::new(mapper), body })
    }

    /// The header.
    #[inline]
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The relationships.
    #[inline]
    pub(crate) fn relations(&self) -> &RefCell<[RelSlot]> {
        self.body.relations()
    }

    /// The columns.
    #[inline]
    pub(crate) fn columns(&self) -> &RefCell<dyn Columns> {
        self.body.columns()
    }

    /// Runs `f` with the columns.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&dyn Columns) -> R) -> Result<R> {
        match self.columns().try_borrow() {
            Ok(columns) => Ok(f(&*columns)),
            Err(_) => Err(self.busy()),
        }
    }

    /// Runs `f` with the columns, to be changed.
    pub(crate) fn write<R>(&self, f: impl FnOnce(&mut dyn Columns) -> R) -> Result<R> {
        match self.columns().try_borrow_mut() {
            Ok(mut columns) => Ok(f(&mut *columns)),
            Err(_) => Err(self.busy()),
        }
    }

    /// The error of an access inside a closure that reads the same object.
    pub(crate) fn busy(&self) -> Error {
        Error::new(Code::Busy, "the object is being read by a closure that is still running")
            .of(self.core().mapper().class(), None)
            .help("let the closure end first; copy out of it what is needed")
    }

    /// The stored form of a column, if it is set.
    pub(crate) fn column_value(&self, index: usize) -> Result<Option<Value>> {
        self.read(|columns| columns.slot(index).and_then(super::AnySlot::value))
    }
}

/// The address of an object: its identity in sets.
pub(crate) fn address(node: &Rc<Node>) -> usize {
    Rc::as_ptr(node).cast::<()>() as usize
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn no_mark_is_used_twice() {
        let marks = [
            Mark::MODIFIED,
            Mark::EXPIRED,
            Mark::DELETED,
            Mark::NEW,
            Mark::MAPPED,
            Mark::DOOMED,
            Mark::ORPHANED,
            Mark::HELD,
            Mark::VISITED,
            Mark::LIVE,
            Mark::QUEUED,
            Mark::LEAVING,
            Mark::STAYS,
            Mark::WRITTEN,
            Mark::OVERDUE,
            Mark::RELATED,
            Mark::GENERATED,
        ];
        let all = marks.iter().fold(0, |all, mark| all | mark.0);
        assert_eq!(all.count_ones() as usize, marks.len());
    }
}
