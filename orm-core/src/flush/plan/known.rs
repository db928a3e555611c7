//! Orders that were found before: the same classes and relationships are flushed again and again.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::input::Key;
use super::steps::Task;

/// How many orders a thread remembers before it forgets all.
const ORDERS: usize = 512;

thread_local! {
    static KNOWN: RefCell<HashMap<Key, Rc<[Task]>, FxBuildHasher>> = RefCell::default();
}

/// The tasks of a flush of that shape in their order, if it was found before.
pub(super) fn find(key: &Key) -> Option<Rc<[Task]>> {
    KNOWN.with_borrow(|known| known.get(key).cloned())
}

/// Keeps an order that depends on nothing but the shape.
pub(super) fn remember(key: Key, order: &Rc<[Task]>) {
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= ORDERS {
            known.clear();
        }
        known.insert(key, Rc::clone(order));
    });
}
