//! `Replaced`: a cell of a session that holds another value for a while.

use std::cell::Cell;

/// Gives a cell the value back that it had before, also where what runs in between panics.
pub(super) struct Replaced<'a, T: Copy>(&'a Cell<T>, T);

impl<'a, T: Copy> Replaced<'a, T> {
    pub(super) fn by(value: T, cell: &'a Cell<T>) -> Self {
        Replaced(cell, cell.replace(value))
    }
}

impl<T: Copy> Drop for Replaced<'_, T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}
