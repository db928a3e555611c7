//! `Savepoints`: the savepoints that are set on a connection, whoever of those that share it has set them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A savepoint that is set, or was.
pub(crate) struct SetPoint {
    name: String,
    ended: Cell<Option<Ended>>,
}

/// How a savepoint ended, by itself or with what was around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// What was done since it was set is a part of what was around it.
    Kept,
    TakenBack,
}

impl SetPoint {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How it ended; `None` while it is set.
    #[inline]
    pub(crate) fn ended(&self) -> Option<Ended> {
        self.ended.get()
    }
}

/// The savepoints that are set, the innermost last.
#[derive(Default)]
pub(super) struct Savepoints {
    set: RefCell<Vec<Rc<SetPoint>>>,
    /// How many got their names here.
    named: Cell<u64>,
}

impl Savepoints {
    /// The innermost one.
    pub(super) fn innermost(&self) -> Option<Rc<SetPoint>> {
        self.set.borrow().last().cloned()
    }

    /// A name that none of those has which share the connection.
    pub(super) fn name(&self) -> String {
        // 64 bits are never used up.
        let number = self.named.get().wrapping_add(1);
        self.named.set(number);
        format!("orm_{number}")
    }

    /// A savepoint was set.
    pub(super) fn set(&self, name: &str) -> Rc<SetPoint> {
        let point = Rc::new(SetPoint { name: name.to_owned(), ended: Cell::new(None) });
        self.set.borrow_mut().push(Rc::clone(&point));
        point
    }

    /// A savepoint has ended, and those within it; or the transaction, and all of them.
    pub(super) fn end(&self, name: Option<&str>, how: Ended) {
        let mut set = self.set.borrow_mut();
        let at = match name {
            None => Some(0),
            Some(name) => set.iter().rposition(|known| known.name == name),
        };
        if let Some(at) = at {
            set.drain(at..).for_each(|point| point.ended.set(Some(how)));
        }
    }
}
