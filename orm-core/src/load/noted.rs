//! `Noted`: the objects that a query with `populate_existing`, or a statement, has made or overwritten so far.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use crate::mapper::MapperId;
use crate::state::key::Key;
use crate::state::memory::instance::Instance;

/// The objects that a query or a statement has made or overwritten so far. A query overwrites each once, wherever its rows
/// are met; a statement loads relationships of those that it made also where these are loaded by then.
#[derive(Clone, Default)]
pub(super) struct Noted(Rc<RefCell<HashSet<(MapperId, Key), FxBuildHasher>>>);

impl Noted {
    /// Adds an object. Says whether it wasn't among them.
    pub(super) fn insert(&self, object: &Instance) -> bool {
        let header = object.header();
        let Some(key) = header.key() else { return false };
        self.0.try_borrow_mut().is_ok_and(|mut objects| objects.insert((header.mapper().id(), key)))
    }

    /// Whether an object is among them.
    pub(super) fn has(&self, object: &Instance) -> bool {
        let header = object.header();
        let Some(key) = header.key() else { return false };
        self.0.try_borrow().is_ok_and(|objects| objects.contains(&(header.mapper().id(), key)))
    }
}
