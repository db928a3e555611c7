//! `Rare`: what few objects have. It is made when something is first put into it, and stays as long as the object.

use std::cell::RefCell;
use std::sync::Arc;

use crate::state::memory::changes::Changes;
use crate::state::memory::links::LinkSlots;
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
}

#[cfg(test)]
mod tests {
    use super::{LinkSlots, Rare};
    use crate::state::memory::links::LinkSlot;

    #[test]
    fn what_few_objects_have_takes_seventeen_words() {
        assert_eq!((size_of::<LinkSlot>(), size_of::<LinkSlots>(), size_of::<Rare>()), (32, 40, 136));
    }
}
