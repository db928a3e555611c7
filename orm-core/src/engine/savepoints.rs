//! `Savepoints`: the savepoints that are set on a connection, whoever of those that share it has set them.

use std::cell::RefCell;

/// The names of the savepoints that are set, the innermost last.
#[derive(Default)]
pub(super) struct Savepoints(RefCell<Vec<String>>);

impl Savepoints {
    /// The innermost one.
    pub(super) fn innermost(&self) -> Option<String> {
        self.0.borrow().last().cloned()
    }

    /// A savepoint was set.
    pub(super) fn set(&self, name: &str) {
        self.0.borrow_mut().push(name.to_owned());
    }

    /// A savepoint has ended, and those within it; or the transaction, and all of them.
    pub(super) fn end(&self, name: Option<&str>) {
        let mut names = self.0.borrow_mut();
        let at = match name {
            None => Some(0),
            Some(name) => names.iter().rposition(|known| known == name),
        };
        if let Some(at) = at {
            names.truncate(at);
        }
    }
}
