//! What an attribute was before its first change since the object was clean.

use crate::declare::LinkSlotId;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::access::{with_changes, with_changes_mut, with_slot, with_slot_mut};
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::items::Collected;
use crate::state::memory::links::Loaded;
use crate::state::memory::mark::Mark;
use crate::state::read::port;
use std::rc::Rc;

/// Runs `f` with what a relationship was before it was first changed.
pub(crate) fn with_was<R>(
    instance: &Rc<Instance>,
    place: LinkSlotId,
    f: impl FnOnce(Option<&Was>) -> R,
) -> Result<R> {
    if with_slot(instance, place, |slot| slot.was_empty)? {
        return Ok(f(Some(&Was::NoValue)));
    }
    with_changes(instance, |changes| f(changes.and_then(|changes| changes.was(Attr::Relation(place)))))
}

/// Whether an attribute is changed.
#[inline]
pub(crate) fn is_changed(instance: &Rc<Instance>, attr: Attr) -> Result<bool> {
    match attr {
        // Known in the slot itself.
        Attr::Relation(place) if with_slot(instance, place, |slot| slot.was_empty || slot.is_recorded())? => {
            Ok(true)
        }
        _ => with_changes(instance, |changes| changes.is_some_and(|changes| changes.was(attr).is_some())),
    }
}

/// Keeps what an attribute was before its first change. That a relationship led to nothing is a mark in its
/// slot: so it is with every new object.
pub(crate) fn keep(instance: &Rc<Instance>, attr: Attr, was: Was) -> Result<()> {
    match (attr, was) {
        (Attr::Relation(place), Was::NoValue) => with_slot_mut(instance, place, |slot| slot.was_empty = true),
        (Attr::Relation(place), Was::Many(links)) if links.is_empty() => {
            with_slot_mut(instance, place, |slot| slot.was_empty = true)
        }
        (attr, was) => with_changes_mut(instance, |changes| changes.keep(attr, was)),
    }
}

/// Keeps what an attribute was before its first change, and tells the session that the object is changed.
#[inline]
pub(crate) fn modified(instance: &Rc<Instance>, attr: Attr, was: impl FnOnce() -> Result<Was>) -> Result<()> {
    if !is_changed(instance, attr)? {
        keep(instance, attr, was()?)?;
    }
    mark_modified(instance);
    Ok(())
}

/// The same of a to-one relationship; nothing where that is only read, so that no flush asks for it.
pub(crate) fn modified_one(
    instance: &Rc<Instance>,
    relation: &Relation,
    was: impl FnOnce() -> Result<Was>,
) -> Result<()> {
    if relation.is_viewonly() {
        return Ok(());
    }
    modified(instance, Attr::Relation(relation.slot()), was)
}

/// A collection is about to be changed: from now on it is recorded what comes to it and goes. The session is told
/// that the object is changed. Of a collection that is only read nothing is recorded.
pub(crate) fn modified_many(instance: &Rc<Instance>, relation: &Relation) -> Result<()> {
    let place = relation.slot();
    if relation.is_viewonly() {
        return Ok(());
    }
    if !is_changed(instance, Attr::Relation(place))? {
        with_slot_mut(instance, place, |slot| match slot.many_mut() {
            Some(items) if !items.order().is_empty() => items.order_mut().record(),
            _ => slot.was_empty = true,
        })?;
    }
    mark_modified(instance);
    Ok(())
}

/// Puts another collection into a slot. What it held when it was clean is kept as a whole, unless that is known, or the
/// collection is only read.
pub(crate) fn replace_many(
    instance: &Rc<Instance>,
    relation: &Relation,
    items: Box<Collected>,
) -> Result<()> {
    let place = relation.slot();
    if relation.is_viewonly() {
        drop(with_slot_mut(instance, place, |slot| slot.replace(Loaded::Many(items)))?);
        return Ok(());
    }
    let attr = Attr::Relation(place);
    let is_known = with_slot(instance, place, |slot| slot.was_empty)?
        || with_changes(instance, |changes| changes.is_some_and(|changes| changes.was(attr).is_some()))?;
    let old = with_slot_mut(instance, place, |slot| slot.replace(Loaded::Many(items)))?;
    let (original, rest) = match old {
        Loaded::Many(old) => old.into_order().into_original(),
        Loaded::One(_) | Loaded::No => (Vec::new(), Vec::new()),
    };
    if !is_known {
        keep(instance, attr, Was::Many(original))?;
    }
    drop(rest);
    mark_modified(instance);
    Ok(())
}

/// Marks the object as changed and has its session hold it.
pub(crate) fn mark_modified(instance: &Rc<Instance>) {
    let header = instance.header();
    header.mark(Mark::MODIFIED);
    if !header.has(Mark::HELD)
        && !header.has(Mark::NEW)
        && let Some(session) = port::of(instance)
    {
        session.changed(instance);
    }
}

/// The attribute is what the database holds.
pub(crate) fn forget_change(instance: &Rc<Instance>, attr: Attr) -> Result<()> {
    if !is_changed(instance, attr)? {
        return Ok(());
    }
    if let Attr::Relation(place) = attr {
        let (was_empty, kept) =
            with_slot_mut(instance, place, |slot| (std::mem::take(&mut slot.was_empty), slot.settle()))?;
        let noted = was_empty || kept.is_some();
        drop(kept);
        if noted {
            return Ok(());
        }
    }
    let was = with_changes_mut(instance, |changes| changes.forget(attr))?;
    drop(was);
    Ok(())
}
