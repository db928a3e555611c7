//! Objects that a flush deletes because a relationship of a saved one doesn't lead to them any more.

use std::rc::Rc;

use super::super::context::Flush;
use super::super::plan::ItemId;
use super::super::work::Role;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::orphan::{self, Moment, Verdict, deletes_orphans};
use crate::state::read::reach::ReadOptions;

/// Deletes what lost its parent by a relationship with `delete-orphan`.
pub(super) fn delete(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
    options: ReadOptions,
) -> Result<()> {
    if !deletes_orphans(relation) {
        return Ok(());
    }
    let orphans = all(flush, relation, items, options)?;
    orphans.iter().try_for_each(|orphan| delete_with_cascade(flush, relation, orphan, &orphans))
}

/// What lost its parent by a relationship with `delete-orphan`, since the parents are saved without it.
pub(super) fn all(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
    options: ReadOptions,
) -> Result<Vec<Handle>> {
    let mut orphans = Vec::new();
    if !deletes_orphans(relation) {
        return Ok(orphans);
    }
    for item in items {
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        for child in &history.deleted {
            if orphan::in_flush(child, relation, Moment::ParentSaved)? == Verdict::Delete {
                orphans.push(child.clone());
            }
        }
    }
    Ok(orphans)
}

/// Deletes those of the objects that a relationship led to which are orphans at that moment.
pub(super) fn delete_of(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    gone: &[Handle],
    moment: Moment,
) -> Result<()> {
    for child in gone {
        if orphan::in_flush(child, relation, moment)? == Verdict::Delete {
            delete_with_cascade(flush, relation, child, gone)?;
        }
    }
    Ok(())
}

/// Deletes an object that a relationship leads to, or led, and what its `delete` cascade reaches. The same will be done
/// with its `siblings`.
pub(super) fn delete_with_cascade(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    child: &Rc<Instance>,
    siblings: &[Handle],
) -> Result<()> {
    flush.include(relation, child, Role::Deleted)?;
    let reached: Vec<Handle> = flush.cx.cascade_delete(child, siblings)?;
    reached.iter().try_for_each(|instance| flush.include(relation, instance, Role::Deleted))
}
