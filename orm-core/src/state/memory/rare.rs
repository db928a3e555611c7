//! `Rare`: what few objects have. It is made when something is first put into it, and stays as long as the object.

use std::cell::RefCell;

use crate::state::key::Key;
use crate::state::memory::changes::Changes;
use crate::state::memory::links::LinkSlots;

/// What few objects have: an object that is loaded and read has nothing of it.
#[derive(Default)]
pub(crate) struct Rare {
    /// The key, where it isn't one integer.
    pub(super) key: RefCell<Option<Key>>,
    /// What is remembered of its changes.
    pub(crate) changes: RefCell<Option<Box<Changes>>>,
    /// The relationships that were touched.
    pub(crate) slots: RefCell<LinkSlots>,
}

#[cfg(test)]
mod tests {
    use super::{LinkSlots, Rare};
    use crate::state::memory::links::LinkSlot;

    #[test]
    fn what_few_objects_have_takes_thirteen_words() {
        assert_eq!((size_of::<LinkSlot>(), size_of::<LinkSlots>(), size_of::<Rare>()), (32, 48, 104));
    }
}
