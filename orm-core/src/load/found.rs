//! Setting what was found for a relationship.

use super::loading::Loading;
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

/// Sets what stands in a row beside its parent, where that isn't known or changed. Says whether what is below it is filled
/// by the row too.
pub(super) fn set_beside(
    (parent, relation): (&Handle, &'static Relation),
    child: Option<&Handle>,
    loading: &mut Loading,
    loads_known: bool,
) -> Result<bool> {
    if related::is_untouched(parent, relation)? {
        related::set_committed_one(parent, relation, child)?;
        // Where it may not stay at this row, the next ones are compared with it.
        if !loads_known || !relation.leads_to_one_row() {
            loading.set_one(parent, relation);
        }
        return Ok(true);
    }
    let has_set = loading.has_set(parent, relation);
    if has_set
        && !relation.leads_to_one_row()
        && child.is_some()
        && !related::leads_to(parent, relation, child)?
    {
        warn_of_several(relation, 2);
    }
    Ok(loads_known || has_set)
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
