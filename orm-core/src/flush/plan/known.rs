//! Orders that were found before: the same classes and relationships are flushed again and again.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::input::Shape;
use super::order::Action;

/// How many orders a thread remembers before it forgets all.
const ORDERS: usize = 512;

thread_local! {
    static KNOWN: RefCell<HashMap<Shape, Rc<[Action]>, FxBuildHasher>> = RefCell::default();
}

/// The actions of a flush of that shape in their order, if it was found before.
pub(super) fn find(shape: &Shape) -> Option<Rc<[Action]>> {
    KNOWN.with_borrow(|known| known.get(shape).cloned())
}

/// Keeps an order that depends on nothing but the shape.
pub(super) fn remember(shape: &Shape, order: &Rc<[Action]>) {
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= ORDERS {
            known.clear();
        }
        known.insert(shape.clone(), Rc::clone(order));
    });
}
