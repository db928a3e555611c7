//! Both sides of a relationship in step: what a change of one asks of the other.
//!
//! An `Initiator` says with which operation of which attribute a change began; a side that would only repeat that
//! operation is left alone. The other side isn't loaded for it: a collection that isn't loaded queues the change.

use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::{Initiator, Op};
use crate::state::change::to_one;
use crate::state::memory::access::with_slot;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::Instance;

/// What the other side has to do.
pub(super) struct Answer<'a> {
    /// The object there.
    pub(super) instance: &'a Rc<Instance>,
    /// The relationship there.
    pub(super) relation: &'static Relation,
    /// The object here.
    pub(super) item: &'a Rc<Instance>,
    pub(super) initiator: Initiator,
}

/// Whether `initiator` is an append to the attribute itself, so that there is nothing left to do.
fn is_append_of(initiator: Initiator, reverse: &'static Relation) -> bool {
    initiator == Initiator::append(reverse)
        || (reverse.is_many() && initiator == Initiator::new(reverse, Op::BulkReplace))
}

/// An object comes to a collection: whether it has to link back. A fresh one is linked back here.
pub(super) fn of_append<'a>(
    instance: &'a Rc<Instance>,
    relation: &'static Relation,
    item: &'a Rc<Instance>,
    initiator: Initiator,
) -> Result<Option<Answer<'a>>> {
    let Some(reverse) = relation.synced() else { return Ok(None) };
    check_conflict(relation, reverse, item, initiator)?;
    let done = is_append_of(initiator, reverse)
        || (initiator.is_of(relation)
            && !reverse.is_many()
            && to_one::set_fresh(item, reverse, instance, false)?);
    Ok((!done).then_some(Answer { instance: item, relation: reverse, item: instance, initiator }))
}

/// An object leaves a collection: whether its link back has to go.
pub(super) fn of_remove<'a>(
    instance: &'a Rc<Instance>,
    relation: &'static Relation,
    item: &'a Rc<Instance>,
    initiator: Initiator,
) -> Option<Answer<'a>> {
    let reverse = relation.synced()?;
    let replaced = Initiator::new(reverse, if reverse.is_many() { Op::BulkReplace } else { Op::Replace });
    let done = initiator == Initiator::remove(reverse) || initiator == replaced;
    (!done).then_some(Answer { instance: item, relation: reverse, item: instance, initiator })
}

/// A to-one relationship is set to something else: whether the link back of what it led to has to go.
pub(super) fn of_replaced<'a>(
    instance: &'a Rc<Instance>,
    relation: &'static Relation,
    old: &'a Rc<Instance>,
    initiator: Initiator,
) -> Option<Answer<'a>> {
    let reverse = relation.synced()?;
    let done = initiator == Initiator::new(reverse, if reverse.is_many() { Op::Remove } else { Op::Replace });
    let initiator = Initiator::append(relation);
    (!done).then_some(Answer { instance: old, relation: reverse, item: instance, initiator })
}

/// A to-one relationship is set: whether what it leads to then has to link back.
pub(super) fn of_set<'a>(
    instance: &'a Rc<Instance>,
    relation: &'static Relation,
    value: &'a Rc<Instance>,
    initiator: Initiator,
) -> Result<Option<Answer<'a>>> {
    let Some(reverse) = relation.synced() else { return Ok(None) };
    check_conflict(relation, reverse, instance, initiator)?;
    let done = is_append_of(initiator, reverse);
    Ok((!done).then_some(Answer { instance: value, relation: reverse, item: instance, initiator }))
}

/// Refuses a change that arrives at a third attribute: the two sides lead elsewhere.
fn check_conflict(
    relation: &Relation,
    reverse: &Relation,
    instance: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    if initiator.is_of(relation) || initiator.is_of(reverse) {
        return Ok(());
    }
    Err(Error::new(
        Code::ReverseConflict,
        format!(
            "the change of {} arrives at `{}.{}`",
            instance.header().label(),
            reverse.class(),
            reverse.name()
        ),
    )
    .about(relation.class(), Some(relation.name()))
    .help("`back_populates` of both sides must name each other"))
}

/// The reverse side by which an object adopts what comes to a collection, if it is fresh and that leads to one object.
pub(super) fn adopts(instance: &Rc<Instance>, relation: &'static Relation) -> Option<&'static Relation> {
    let is_fresh = instance.header().session() == SessionId::NONE && !relation.single_parent();
    relation.synced().filter(|reverse| is_fresh && !reverse.is_many())
}

/// Relates a fresh object to the fresh one whose collection it comes to, with all that follows from it: nobody has
/// to be told, and nothing has to be let go of. Says whether it is fresh; in a new graph most are.
pub(super) fn adopt(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    reverse: &'static Relation,
    item: &Rc<Instance>,
) -> Result<bool> {
    let begun = to_one::set_fresh(item, reverse, instance, relation.tracks_parent())?;
    if begun {
        to_one::note_backlink(item, reverse);
    }
    Ok(begun)
}

/// Whether the reverse side is a to-one relationship.
pub(super) fn is_to_one(relation: &'static Relation) -> bool {
    relation.synced().is_some_and(|reverse| !reverse.is_many())
}

/// An object stands in a collection: notes on it that the one behind its to-one slot links back to it, if that is the
/// collection's object.
pub(super) fn note_backlink(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) {
    let reverse = relation.synced().filter(|reverse| !reverse.is_many());
    if let Some(reverse) = reverse
        && with_slot(item, reverse.slot(), |slot| slot.leads_to(instance)).unwrap_or(false)
    {
        to_one::note_backlink(item, reverse);
    }
}
