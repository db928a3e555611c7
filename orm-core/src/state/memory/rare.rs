//! `Rare`: what few objects have. It is made when something is first put into it, and stays as long as the object.

use std::cell::RefCell;

use crate::state::key::Key;
use crate::state::memory::changes::Changes;

/// What few objects have: an object that is loaded and read has nothing of it.
#[derive(Default)]
pub(crate) struct Rare {
    /// The key, where it isn't one integer.
    pub(super) key: RefCell<Option<Key>>,
    /// What is remembered of its changes.
    pub(crate) changes: RefCell<Option<Box<Changes>>>,
}
