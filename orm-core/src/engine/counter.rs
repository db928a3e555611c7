//! `Counter`: how many statements the connections of a session ran, while somebody wants to know.

use std::cell::Cell;
use std::rc::Rc;

use super::observe::EventKind;

/// Counts statements as observers are told of them, transaction control left out.
#[derive(Default)]
pub(crate) struct Counter {
    /// How many want to know.
    wanted: Cell<usize>,
    statements: Cell<usize>,
}

/// Somebody wants to know how many statements run from now on, until this is dropped.
pub(crate) struct Counting {
    counter: Rc<Counter>,
    before: usize,
}

impl Counter {
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.wanted.get() > 0
    }

    pub(super) fn count(&self, kind: EventKind) {
        if kind != EventKind::Transaction {
            self.statements.set(self.statements.get().wrapping_add(1));
        }
    }

    /// Counts from now on.
    pub(crate) fn start(self: &Rc<Self>) -> Counting {
        self.wanted.set(self.wanted.get() + 1);
        Counting { counter: Rc::clone(self), before: self.statements.get() }
    }
}

impl Counting {
    /// How many statements have run.
    pub(crate) fn statements(&self) -> usize {
        self.counter.statements.get().wrapping_sub(self.before)
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.counter.wanted.set(self.counter.wanted.get().saturating_sub(1));
    }
}
