//! `Rare`: what few objects have. It is made when something is first put into it, and stays as long as the object.

use std::cell::RefCell;
use std::sync::Arc;

use crate::declare::SlotId;
use crate::state::memory::changes::Changes;
use crate::state::memory::links::LinkSlots;
use crate::state::memory::loaded_by::{LoadedBy, without};
use crate::value::Value;

/// What few objects have: an object that is loaded and read has nothing of it.
#[derive(Default)]
pub(crate) struct Rare {
    /// The key, where it isn't one integer.
    pub(super) key: RefCell<Option<Arc<[Value]>>>,
    /// What is remembered of its changes.
    pub(crate) changes: RefCell<Changes>,
    /// The relationships that are in use.
    pub(crate) slots: RefCell<LinkSlots>,
    /// The options that it was loaded by.
    loaded_by: RefCell<Option<LoadedBy>>,
}

impl Rare {
    /// The options that the object was loaded by.
    pub(crate) fn loaded_by(&self) -> Option<LoadedBy> {
        self.loaded_by.try_borrow().ok().and_then(|by| by.clone())
    }

    /// The object was loaded by these options.
    pub(crate) fn load_by(&self, options: Option<LoadedBy>) {
        let before = self.loaded_by.try_borrow_mut().map(|mut by| std::mem::replace(&mut *by, options));
        drop(before); // which may let go of objects
    }

    /// A column is expired by itself: what the options say of it is forgotten.
    pub(crate) fn forget_said_of(&self, column: SlotId) {
        if let Some(without) = self.loaded_by().and_then(|by| without(by, column)) {
            self.load_by(Some(without));
        }
    }

    /// The object is expired: what a query said of it only until then is forgotten.
    pub(crate) fn forget_said(&self) {
        let before = self.loaded_by().and_then(|by| by.options().before().cloned());
        if let Some(before) = before {
            self.load_by(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LinkSlots, Rare};
    use crate::state::memory::links::LinkSlot;

    #[test]
    fn what_few_objects_have_takes_nineteen_words() {
        assert_eq!((size_of::<LinkSlot>(), size_of::<LinkSlots>(), size_of::<Rare>()), (32, 40, 152));
    }
}
