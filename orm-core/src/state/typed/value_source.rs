//! `ValueSource`: an object while its plain value is made of it, with what is loaded nested in it. What the value is
//! made by is given to it: it knows no class.

use std::cell::RefCell;

use crate::declare::{Column, ColumnId, LinkSlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::{Relation, RelationId};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::column;
use crate::value::Typed;

/// How deep plain values nest at most.
const DEPTH: usize = 128;

/// What makes the plain value of a class.
type FromSource<T> = fn(&ValueSource<'_>) -> Result<T>;

/// An object while its plain value is made, for generated code.
pub struct ValueSource<'a> {
    handle: &'a Handle,
    path: &'a RefCell<Vec<usize>>,
    reached_by: Option<RelationId>,
}

impl ValueSource<'_> {
    /// Makes the plain value of an object by `from_source`, with what is loaded nested in it.
    pub(crate) fn make<T>(handle: &Handle, from_source: FromSource<T>) -> Result<T> {
        let path = RefCell::new(Vec::new());
        ValueSource { handle, path: &path, reached_by: None }.run(from_source)
    }

    fn run<T>(&self, from_source: FromSource<T>) -> Result<T> {
        self.path.borrow_mut().push(address(self.handle));
        let value = from_source(self);
        self.path.borrow_mut().pop();
        value
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
        {
            let path = self.path.borrow();
            if objects.iter().any(|object| path.contains(&address(object))) {
                return Ok(None);
            }
            if path.len() >= DEPTH {
                return Err(Error::new(
                    Code::Value,
                    format!("the plain value would nest deeper than {DEPTH} objects"),
                )
                .about(relation.class(), Some(relation.name()))
                .help("take the parts one by one"));
            }
        }
        let reached_by = Some(relation.id());
        objects
            .iter()
            .map(|handle| ValueSource { handle, path: self.path, reached_by }.run(from_source))
            .collect::<Result<_>>()
            .map(Some)
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.handle
    }
}
