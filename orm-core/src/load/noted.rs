//! `Noted`: the objects that a query with `populate_existing`, or a statement, has made or overwritten so far.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use crate::mapper::{MapperId, Relation};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;

/// The objects that a query or a statement has made or overwritten so far. A query overwrites each once, wherever its rows
/// are met, or in each of its statements anew; a statement loads relationships of those that it made also where these are
/// loaded by then.
#[derive(Clone, Default)]
pub(super) struct Noted(Rc<RefCell<HashSet<(MapperId, Key), FxBuildHasher>>>);

/// What a statement overwrites.
pub(super) struct Overwrites {
    /// Which objects it has overwritten.
    pub(super) noted: Noted,
    /// The relationships that stay as they are, and columns with them, where the query leaves them out: as in SQLAlchemy.
    pub(super) keeps: Option<Vec<&'static Relation>>,
}

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
