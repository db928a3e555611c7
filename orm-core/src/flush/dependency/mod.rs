//! What each direction of a relationship adds to a flush: objects before it, columns and rows in it.

mod many_to_many;
mod many_to_one;
mod one_to_many;

use std::rc::Rc;

use super::FlushPort;
use super::work::Work;
use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::orphan::{self, Moment, Verdict, deletes_orphans};
use crate::state::read::reach::ReadOptions;

/// Brings in the objects that depend on these.
pub(super) fn presort(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
    is_delete: bool,
) -> Result<()> {
    match (relation.direction(), is_delete) {
        (Direction::OneToMany, true) => one_to_many::presort_deletes(work, cx, relation, items),
        (Direction::OneToMany, false) => one_to_many::presort_saves(work, cx, relation, items),
        (Direction::ManyToOne, true) => many_to_one::presort_deletes(work, cx, relation, items),
        (Direction::ManyToOne, false) => delete_orphans(work, cx, relation, items, ReadOptions::DATABASE),
        (Direction::ManyToMany, true) => many_to_many::presort_deletes(work, relation, items),
        (Direction::ManyToMany, false) => delete_orphans(work, cx, relation, items, ReadOptions::MEMORY),
    }
}

/// Writes what the relationship of these objects asks for.
pub(super) fn process(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    is_delete: bool,
    items: &[u32],
) -> Result<()> {
    match (relation.direction(), is_delete) {
        (Direction::OneToMany, true) => one_to_many::process_deletes(work, relation, items),
        (Direction::OneToMany, false) => one_to_many::process_saves(work, relation, items),
        // The rows that refer to a deleted one are those of the items themselves.
        (Direction::ManyToOne, true) => Ok(()),
        (Direction::ManyToOne, false) => many_to_one::process_saves(work, cx, relation, items),
        (Direction::ManyToMany, true) => many_to_many::process_deletes(work, cx, relation, items),
        (Direction::ManyToMany, false) => many_to_many::process_saves(work, cx, relation, items),
    }
}

/// Deletes what lost its parent by a relationship with `delete-orphan`.
fn delete_orphans(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
    options: ReadOptions,
) -> Result<()> {
    if !deletes_orphans(relation) {
        return Ok(());
    }
    for item in items {
        let Some(history) = work.history(*item, relation, options)? else { continue };
        for child in &history.deleted {
            if orphan::in_flush(child, relation, Moment::ParentSaved)? == Verdict::Delete {
                delete_with_cascade(work, cx, child)?;
            }
        }
    }
    Ok(())
}

/// Deletes an object and what its `delete` cascade reaches.
fn delete_with_cascade(work: &mut Work, cx: &dyn FlushPort, child: &Rc<Instance>) -> Result<()> {
    work.reach(cx, child, true, false)?;
    let reached: Vec<Handle> = cx.cascade_delete(child)?;
    for instance in reached {
        work.reach(cx, &instance, true, false)?;
    }
    Ok(())
}
