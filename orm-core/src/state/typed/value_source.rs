//! `ValueSource`: an object while its plain value is made of it, with what is loaded nested in it. What the value is
//! made by is given to it: it knows no class.

use std::cell::{Cell, RefCell};

use crate::declare::{Column, ColumnId, LinkSlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::{Relation, RelationId};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::column;
use crate::value::Typed;

/// How deep objects are nested in a plain value at most.
const DEPTH: usize = 128;

/// How much of the stack the walk to them may take. Large structs take much of it where nothing is optimized; a thread has
/// 2 MiB unless it is told otherwise.
const STACK: usize = 1 << 20;

/// How many objects a plain value nests at most. One that is reached by several ways is there several times.
const SIZE: usize = 100_000;

/// What makes the plain value of a class.
type FromSource<T> = fn(&ValueSource<'_>) -> Result<T>;

/// An object while its plain value is made, for generated code.
pub struct ValueSource<'a> {
    handle: &'a Handle,
    /// What is gathered of the related objects; nothing where only the object's columns are wanted.
    walk: Option<&'a Walk>,
    reached_by: Option<RelationId>,
}

/// The walk from an object to what is nested in its plain value.
#[derive(Default)]
struct Walk {
    /// The objects that are being made.
    path: RefCell<Vec<usize>>,
    /// How many were made.
    made: Cell<usize>,
    /// Where on the stack it began.
    start: usize,
}

impl Walk {
    fn make<T>(&self, source: &ValueSource<'_>, from_source: FromSource<T>) -> Result<T> {
        self.path.borrow_mut().push(address(source.handle));
        self.made.set(self.made.get() + 1);
        let value = from_source(source);
        self.path.borrow_mut().pop();
        value
    }
}

/// A place on the stack, about here.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

impl ValueSource<'_> {
    /// Makes the plain value of an object by `from_source`: its columns. No relationship is loaded in it.
    pub(crate) fn make<T>(handle: &Handle, from_source: FromSource<T>) -> Result<T> {
        from_source(&ValueSource { handle, walk: None, reached_by: None })
    }

    /// Makes the plain value of an object by `from_source`, with what is loaded nested in it.
    ///
    /// # Errors
    /// `value` where that is too much, or nests too deep; and those of `from_source`.
    pub(crate) fn make_nested<T>(handle: &Handle, from_source: FromSource<T>) -> Result<T> {
        let walk = Walk { start: stack_address(), ..Walk::default() };
        walk.make(&ValueSource { handle, walk: Some(&walk), reached_by: None }, from_source)
    }

    /// Whether relationships are gathered.
    pub(crate) fn is_nested(&self) -> bool {
        self.walk.is_some()
    }

    /// The value of a column.
    ///
    /// # Errors
    /// `unset`, and whatever loading expired columns says.
    pub fn column<E, V: Typed>(&self, column: Column<E, V>) -> Result<V> {
        let place = column.slot();
        let state = self.handle.read(|columns| columns.at(place).map(AnySlot::state))?;
        if state == Some(SlotState::Unset)
            && self.handle.header().mapper().db_generated_key() == Some(ColumnId::at(place.index()))
            && let Some(unset) = V::unset_key()
        {
            return Ok(unset);
        }
        column::get_or_none(self.handle, column)
    }

    /// Runs `f` with the slot of a column.
    pub fn with_slot<R>(&self, index: usize, f: impl FnOnce(Option<&dyn AnySlot>) -> R) -> Result<R> {
        self.handle.read(|columns| f(columns.slot(index)))
    }

    /// The plain values of loaded objects; `None` for the reverse side, and for objects that are being made already.
    pub(crate) fn nested<T>(
        &self,
        relation: usize,
        objects: &[Handle],
        from_source: FromSource<T>,
    ) -> Result<Option<Vec<T>>> {
        let relation = access::relation(self.handle, LinkSlotId::at(relation))?;
        if self.reached_by.is_some() && relation.inverse().map(Relation::id) == self.reached_by {
            return Ok(None);
        }
        let Some(walk) = self.walk else { return Ok(None) };
        {
            let path = walk.path.borrow();
            if objects.iter().any(|object| path.contains(&address(object))) {
                return Ok(None);
            }
            if path.len() >= DEPTH || stack_address().abs_diff(walk.start) > STACK {
                return Err(too_deep(relation, path.len()));
            }
        }
        let reached_by = Some(relation.id());
        let make_one = |handle| {
            if walk.made.get() >= SIZE {
                return Err(too_large(relation));
            }
            walk.make(&ValueSource { handle, walk: Some(walk), reached_by }, from_source)
        };
        objects.iter().map(make_one).collect::<Result<_>>().map(Some)
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.handle
    }
}

#[cold]
fn too_deep(relation: &Relation, depth: usize) -> Error {
    Error::new(Code::Value, format!("the plain value would nest deeper than {depth} objects"))
        .about(relation.class(), Some(relation.name()))
        .help("take the parts one by one")
}

#[cold]
fn too_large(relation: &Relation) -> Error {
    Error::new(Code::Value, format!("the plain value would nest more than {SIZE} objects"))
        .about(relation.class(), Some(relation.name()))
        .help("what several objects lead to is nested in each of them: take the parts one by one")
}
