//! `KeysOnly`: a relationship of many objects, of which only the keys are read.

use std::cell::RefCell;
use std::rc::Rc;

use crate::declare::ColumnId;
use crate::state::memory::handle::Handle;

/// Objects, with what a relationship of each leads to.
pub(crate) type OfEach = Vec<(Handle, Vec<Handle>)>;

/// What a relationship of objects leads to, which isn't put into their slots.
pub(super) struct KeysOnly {
    deferred: Rc<[ColumnId]>,
    found: RefCell<OfEach>,
}

impl KeysOnly {
    /// These columns are left out.
    pub(super) fn leaving_out(deferred: Rc<[ColumnId]>) -> Self {
        KeysOnly { deferred, found: RefCell::default() }
    }

    /// The columns that are left out.
    pub(super) fn deferred(&self) -> Rc<[ColumnId]> {
        Rc::clone(&self.deferred)
    }

    /// This was found for an object.
    pub(super) fn add(&self, object: &Handle, found: Vec<Handle>) {
        self.found.borrow_mut().push((object.clone(), found));
    }

    /// What was found for each.
    pub(super) fn into_found(self) -> OfEach {
        self.found.into_inner()
    }
}
