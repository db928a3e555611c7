//! Both sides of a relationship in step: a change of one is made on the other.
//!
//! An `Initiator` says with which operation of which attribute a change began; a side that would only repeat that
//! operation is left alone. The other side isn't loaded for it: a collection that isn't loaded queues the change.

use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::{Initiator, Op};
use crate::state::change::to_one::{Before, Expect};
use crate::state::change::{to_many, to_one};
use crate::state::memory::access::with_slot;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::Instance;
use crate::state::memory::items::At;
use crate::state::read::reach::ReadOptions;

/// Appends to (or sets) the reverse side. Says whether it links to the item then.
fn append(
    to: &Rc<Instance>,
    reverse: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<bool> {
    if reverse.is_many() {
        to_many::append(to, reverse, item, At::End, Some(initiator), ReadOptions::IDENTITY_MAP)
    } else {
        to_one::set(to, reverse, Some(item), Some(initiator), Expect::Anything)?;
        Ok(true)
    }
}

/// Takes from (or empties) the reverse side, if the object is there.
fn pop(
    from: &Rc<Instance>,
    reverse: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    if !reverse.is_many() {
        return to_one::set(from, reverse, None, Some(initiator), Expect::OrLeave(item));
    }
    match to_many::remove(from, reverse, item, Some(initiator), ReadOptions::IDENTITY_MAP) {
        Err(error) if error.code() == Code::NotInCollection => Ok(()),
        other => other,
    }
}

/// Whether `initiator` is an append to the attribute itself, so that there is nothing left to do.
fn is_append_of(initiator: Initiator, reverse: &'static Relation) -> bool {
    initiator == Initiator::append(reverse)
        || (reverse.is_many() && initiator == Initiator::new(reverse, Op::BulkReplace))
}

/// An object came to a collection.
pub(crate) fn on_append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    let Some(reverse) = relation.inverse() else { return Ok(()) };
    check_conflict(relation, reverse, item, initiator)?;
    let done = is_append_of(initiator, reverse)
        || (initiator.is_of(relation)
            && !reverse.is_many()
            && to_one::set_fresh(item, reverse, instance, false)?);
    if !done {
        append(item, reverse, instance, initiator)?;
    }
    Ok(())
}

/// An object left a collection.
pub(crate) fn on_remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    let Some(reverse) = relation.inverse() else { return Ok(()) };
    let replaced = Initiator::new(reverse, if reverse.is_many() { Op::BulkReplace } else { Op::Replace });
    if initiator == Initiator::remove(reverse) || initiator == replaced {
        Ok(())
    } else {
        pop(item, reverse, instance, initiator)
    }
}

/// A to-one relationship was set to something else. Says whether that links back then.
pub(crate) fn on_set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    before: &Before,
    initiator: Initiator,
) -> Result<bool> {
    let Some(reverse) = relation.inverse() else { return Ok(false) };
    if let Some(old) = before.object() {
        let repeats = Initiator::new(reverse, if reverse.is_many() { Op::Remove } else { Op::Replace });
        if initiator != repeats {
            pop(old, reverse, instance, Initiator::append(relation))?;
        }
    }
    let Some(value) = value else { return Ok(false) };
    check_conflict(relation, reverse, instance, initiator)?;
    if is_append_of(initiator, reverse) { Ok(false) } else { append(value, reverse, instance, initiator) }
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

/// Relates a fresh object to the fresh one whose collection it comes to, with all that follows from it: nobody has
/// to be told, and nothing has to be let go of. Says whether they are like that; in a new graph most are.
pub(crate) fn adopt(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<bool> {
    if instance.header().session() != SessionId::NONE || relation.single_parent() {
        return Ok(false);
    }
    match relation.inverse() {
        Some(reverse) if !reverse.is_many() => {
            let begun = to_one::set_fresh(item, reverse, instance, relation.tracks_parent())?;
            if begun {
                to_one::note_backlink(item, reverse);
            }
            Ok(begun)
        }
        _ => Ok(false),
    }
}

/// Whether the reverse side is a to-one relationship.
pub(crate) fn is_to_one(relation: &'static Relation) -> bool {
    relation.inverse().is_some_and(|reverse| !reverse.is_many())
}

/// An object stands in a collection: notes on it that the one behind its to-one slot links back to it, if that is the
/// collection's object.
pub(crate) fn note_backlink(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) {
    let reverse = relation.inverse().filter(|reverse| !reverse.is_many());
    if let Some(reverse) = reverse
        && with_slot(item, reverse.slot(), |slot| slot.leads_to(instance)).unwrap_or(false)
    {
        to_one::note_backlink(item, reverse);
    }
}
