//! `ObjectState`: the five states of an object.

use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::{port, related};
use std::fmt;
use std::rc::Rc;

/// Where an object stands between memory and the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectState {
    /// In no session, without a row.
    Transient,
    /// In a session, to be inserted by the next flush.
    Pending,
    /// In a session, with a row.
    Persistent,
    /// In a session; its row was deleted by a flush, and the transaction isn't over.
    Deleted,
    /// With a row, but in no session.
    Detached,
}

impl ObjectState {
    pub(crate) fn of(instance: &Rc<Instance>) -> Self {
        let header = instance.header();
        match (header.has_key(), port::of(instance).is_some()) {
            (false, false) => ObjectState::Transient,
            (false, true) if related::is_guest(instance) => ObjectState::Transient,
            (false, true) => ObjectState::Pending,
            (true, false) => ObjectState::Detached,
            (true, true) if header.has(Mark::DELETED) => ObjectState::Deleted,
            (true, true) => ObjectState::Persistent,
        }
    }
}

impl fmt::Display for ObjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ObjectState::Transient => "transient",
            ObjectState::Pending => "pending",
            ObjectState::Persistent => "persistent",
            ObjectState::Deleted => "deleted",
            ObjectState::Detached => "detached",
        })
    }
}
