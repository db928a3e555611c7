//! Setting what was found for a relationship.

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::read::related;

/// Sets what was found.
pub(super) fn set(object: &Handle, relation: &'static Relation, found: &[Handle]) -> Result<()> {
    if relation.is_many() {
        return related::set_committed_many(object, relation, found);
    }
    if found.len() > 1 {
        warn_of_several(relation, found.len());
    }
    related::set_committed_one(object, relation, found.first())
}

/// Sets that a relationship leads to nothing.
pub(super) fn set_empty(object: &Handle, relation: &'static Relation) -> Result<()> {
    set(object, relation, &[])
}

/// Tells that a relationship to one object has several rows.
pub(super) fn warn_of_several(relation: &Relation, rows: usize) {
    tracing::warn!(
        target: "orm::load",
        class = relation.class(),
        attribute = relation.name(),
        rows,
        "several rows for a relationship to one"
    );
}
